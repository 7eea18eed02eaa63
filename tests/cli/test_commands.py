"""Every kind from the command line, and wrong use answered in one clear sentence with nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranger_app.cli.main import main
from ranger_app.domain.fields import Field, Type
from ranger_app.domain.kinds import KINDS
from ranger_app.domain.values import exact

Ok = Callable[..., dict[str, Any]]
Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def library(tmp_path: Path, ok: Ok) -> Path:
    folder = tmp_path / "library"
    answer = ok(folder, "init", "--station", "Station A", "--country", "mn", "--utc-offset", "-03:30")
    assert set(answer) >= {"station_id", "fingerprint"}
    return folder


def typed(field: Field) -> str:
    if field.type is Type.TEXT and field.name in ("start", "end"):
        return "08:15"  # a time of day is the one text that is looked at
    match field.type:
        case Type.CHOICE:
            return field.choices[0].code
        case Type.REFERENCE:
            return "ab" * 16
        case Type.INTEGER | Type.DECIMAL | Type.DEGREES | Type.YES_NO:
            return str(max(1, field.minimum or 0))
        case Type.DATE:
            return "2026-01-31"
        case Type.LOCAL_TIME:
            return "2026-01-31 14:05"
        case Type.OFFSET:
            return "-03:00"
        case Type.INSTANT:
            return "2026-01-31T14:05:00Z"
        case Type.DATA | Type.HASH:
            return "00" * 32
        case Type.LIST | Type.REFERENCES:
            return "[]"
        case _:
            return "Барс 豹"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.public], ids=lambda kind: kind.name)
def test_every_kind_is_added_shown_listed_edited_and_deleted(kind: Any, library: Path, ok: Ok) -> None:
    flags = [f"--{field.name.replace('_', '-')}={typed(field)}" for field in kind.fields]
    record = ok(library, kind.name, "add", *flags)["id"]
    shown = ok(library, kind.name, "show", record)
    assert all(shown[field.name] is not None for field in kind.fields)
    texts = [field for field in kind.fields if field.type in (Type.TEXT, Type.LONG_TEXT) and not field.required]
    changed = next(field for field in texts if field.name not in (*kind.facts, "start", "end"))
    ok(library, kind.name, "edit", record, f"--{changed.name.replace('_', '-')}", "other")
    if kind.name != "media":
        (listed,) = ok(library, kind.name, "list")[kind.plural]
        assert listed["id"] == record
        assert listed[changed.name] == "other"
    ok(library, kind.name, "edit", record, f"--{changed.name.replace('_', '-')}", "")
    assert ok(library, kind.name, "show", record)[changed.name] is None
    before = ok(library, "status")["state_hash"]
    ok(library, kind.name, "delete", record)
    assert ok(library, "status")["records"][kind.name] == 0
    ok(library, "undo")
    assert ok(library, "status")["state_hash"] == before
    assert exact(changed, None) == ""


WRONG: list[tuple[int, list[str]]] = [
    (2, []),
    (2, ["fly"]),
    (2, ["location", "add", "--colour", "red"]),
    (2, ["ingest"]),
    (2, ["ingest", ".", "--location", "X", "--utc-offset", "99"]),
    (2, ["identify"]),
    (2, ["identify", "ab" * 16, "--taxon", " "]),
    (2, ["identify", "ab" * 16, "--taxon", "Panthera tigris", "--count", "9" * 20]),
    (2, ["note", "add", "--text", "caf\udce9"]),
    (2, ["patrol", "import", "x.gpx", "--transport", "dragon"]),
    (3, ["location", "add"]),
    (3, ["location", "add", "--name", "X", "--latitude", "91"]),
    (3, ["location", "add", "--name", "X", "--latitude", "north"]),
    (3, ["location", "show", "ab" * 16]),
    (3, ["location", "show", "nowhere"]),
    (3, ["deployment", "add", "--name", "X", "--location", "nowhere"]),
    (3, ["identify", "ab" * 16, "--taxon", "Panthera tigris"]),
    (3, ["identify", "not-an-id", "--taxon", "Panthera tigris"]),
    (3, ["ingest", "no/such/folder", "--location", "X"]),
    (3, ["patrol", "import", "no-such-file.gpx"]),
    (3, ["survey", "import", "no-such-file.csv"]),
    (3, ["bundle", "read", "no/such/folder"]),
    (3, ["bundle", "write", "somewhere", "--to", "Nobody"]),
    (3, ["partner", "add", "no-card.json"]),
    (3, ["conflicts", "resolve", "x:y", "--take", "1"]),
    (3, ["restore", "no-such-file"]),
    (3, ["--as", "Nobody", "status"]),
    (3, ["init", "--station", "Again", "--country", "RU", "--utc-offset", "+10:00"]),
]


@pytest.mark.parametrize(("expected", "arguments"), WRONG, ids=[" ".join(words) or "nothing" for _, words in WRONG])
def test_wrong_use_says_one_sentence_and_changes_nothing(
    expected: int, arguments: list[str], library: Path, ok: Ok, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    before = ok(library, "status")["state_hash"]
    capsys.readouterr()
    assert main(["--library", str(library), *arguments]) == expected
    err = capsys.readouterr().err
    assert "Traceback" not in err
    code, _colon, sentence = err.strip().splitlines()[-1].partition(": ")
    assert code.isupper() or "_" in code
    assert sentence.endswith(".") or ":" in sentence or "--" in sentence
    assert ok(library, "status")["state_hash"] == before


def test_no_library_and_one_in_use(library: Path, tmp_path: Path, ranger: Run) -> None:
    from ranger_app.library import Library

    assert ranger(tmp_path / "none", "status")[0] == 3
    with Library.open(library):
        status, answer = ranger(library, "status")
    assert (status, answer["error"]) == (4, "LIBRARY_IN_USE")


def test_who_is_working_is_kept_with_every_statement(library: Path, ok: Ok) -> None:
    person = ok(library, "person", "add", "--name", "Ranger 1", "--role", "ranger")["id"]
    note = ok(library, "--as", "Ranger 1", "note", "add", "--text", "Snow on the pass")["id"]
    assert ok(library, "note", "show", note)["by"] == person


def test_failures_and_clock_corrections_are_dated_entries(library: Path, ok: Ok) -> None:
    record = ok(library, "deployment", "add", "--name", "D", "--utc-offset", "+10:00")["id"]
    media = ok(library, "media", "add", "--deployment", record, "--camera-time", "2026-03-01T10:00:00")["id"]
    ok(library, "deployment", "fail", record, "--from", "2026-01-01", "--to", "2026-01-05 12:00", "--reason", "snow")
    answer = ok(library, "deployment", "clock", record, "--seconds", "-3600", "--reason", "set wrong")
    assert answer == {"deployment_id": record}
    shown = ok(library, "deployment", "show", record)
    assert shown["failures"] == [{"from": "2026-01-01T00:00:00", "to": "2026-01-05T12:00:00", "reason": "snow"}]
    (listed,) = ok(library, "media", "list")["media"]
    assert (listed["id"], listed["camera_time"]) == (media, "2026-03-01T10:00:00")
    assert listed["time_utc"] == "2026-02-28T23:00:00Z"
    ok(library, "undo")
    assert ok(library, "media", "list")["media"][0]["time_utc"] == "2026-03-01T00:00:00Z"


def test_a_passphrase_guards_the_keys(tmp_path: Path, ok: Ok, ranger: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "guarded"
    monkeypatch.setenv("RANGER_PASSPHRASE", "кедр и снег")
    ok(folder, "init", "--station", "S", "--country", "JP", "--utc-offset", "+09:00")
    assert ok(folder, "status")["keys_protected"] is True
    for wrong in ("кедр", None):
        if wrong is None:
            monkeypatch.delenv("RANGER_PASSPHRASE")
        else:
            monkeypatch.setenv("RANGER_PASSPHRASE", wrong)
        status, answer = ranger(folder, "status")
        assert status == 2
        assert answer["error"] in ("PASSPHRASE_WRONG", "PASSPHRASE_NEEDED")


def test_facts_are_never_edited(library: Path, ok: Ok, ranger: Run) -> None:
    media = ok(library, "media", "add", "--file-name", "IMG_1.JPG", "--camera-time", "2026-03-01T10:00:00")["id"]
    for field in ("--sha256=" + "00" * 32, "--camera-time=2001-01-01 00:00", "--file-name=x"):
        status, answer = ranger(library, "media", "edit", media, field)
        assert (status, answer["error"]) == (3, "FACT")
    ok(library, "media", "edit", media, "--remarks", "blurred")


def test_a_record_with_notes_of_its_own_shows_both(library: Path, ok: Ok) -> None:
    patrol = ok(library, "patrol", "add", "--name", "P", "--notes", "snow on the pass")["id"]
    assert ok(library, "patrol", "show", patrol)["notes"] == "snow on the pass"


def test_events_of_a_deployment_and_one_statement_for_an_event(
    tmp_path: Path, ok: Callable[..., dict[str, Any]]
) -> None:
    made = ok(tmp_path / "demo", "demo", tmp_path / "demo", "--media", "12", "--patrols", "1", "--counts", "2")
    folder = Path(made["libraries"][0])
    deployment = ok(folder, "media", "list", "--limit", "1")["media"][0]["deployment_id"]
    found = ok(folder, "events", "--deployment", deployment)
    assert found["gap"] == 120
    event = next(one for one in found["events"] if len(one["pictures"]) > 1)
    assert event["id"] == event["pictures"][0]
    assert event["start"] < event["end"]
    one_each = ok(folder, "events", "--deployment", deployment, "--gap", "0")["events"]
    assert all(len(one["pictures"]) == 1 for one in one_each)
    said = ok(folder, "identify", *event["pictures"], "--taxon", "blank", "--event", "--replace")
    assert len(said["observations"]) == 1
    again = ok(folder, "events", "--deployment", deployment)["events"]
    assert next(one for one in again if one["id"] == event["id"])["shown"] == ["blank"]
