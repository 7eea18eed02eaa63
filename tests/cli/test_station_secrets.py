"""Passphrase, recovery sheet and recovery from the command line: secrets never in arguments, answers or errors."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranger_app.domain import recovery
from ranger_app.keys import read_keys
from ranger_app.media import qr

Ok = Callable[..., dict[str, Any]]
Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def folder(tmp_path: Path, ok: Ok) -> Path:
    made = tmp_path / "library"
    ok(made, "init", "--station", "Khasan <1>", "--country", "RU", "--utc-offset", "+10:00")
    ok(made, "person", "add", "--name", "Ranger 1", "--role", "manager")
    return made


def lines_of(page: str) -> list[str]:
    """What a person types from the printed page."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.S)
    return [" ".join(html.unescape(one) for one in re.findall(r"<td[^>]*>(.*?)</td>", row)) for row in rows]


def test_the_passphrase_is_set_changed_and_taken_away(
    folder: Path, ok: Ok, ranger: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, answer = ranger(folder, "station", "passphrase")
    assert (status, answer["error"]) == (2, "PASSPHRASE_MISSING")
    monkeypatch.setenv("RANGER_NEW_PASSPHRASE", "short")
    status, answer = ranger(folder, "station", "passphrase")
    assert (status, answer["error"]) == (2, "PASSPHRASE_SHORT")
    monkeypatch.setenv("RANGER_NEW_PASSPHRASE", "первый снег")
    assert ok(folder, "station", "passphrase") == {"keys_protected": True}
    status, answer = ranger(folder, "status")
    assert (status, answer["error"]) == (2, "PASSPHRASE_NEEDED")
    monkeypatch.setenv("RANGER_PASSPHRASE", "первый снег")
    monkeypatch.setenv("RANGER_NEW_PASSPHRASE", "second snow")
    assert ok(folder, "station", "passphrase") == {"keys_protected": True}
    assert ranger(folder, "status")[1]["error"] == "PASSPHRASE_WRONG"
    monkeypatch.setenv("RANGER_PASSPHRASE", "second snow")
    assert ok(folder, "station", "passphrase", "--remove") == {"keys_protected": False}
    monkeypatch.delenv("RANGER_PASSPHRASE")
    assert ok(folder, "status")["keys_protected"] is False
    monkeypatch.setenv("RANGER_PASSPHRASE", "only this one")
    monkeypatch.delenv("RANGER_NEW_PASSPHRASE")
    assert ok(folder, "station", "passphrase") == {"keys_protected": True}


def test_the_passphrase_of_a_composed_letter_is_the_same_however_it_is_typed(
    folder: Path, ok: Ok, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANGER_NEW_PASSPHRASE", "ёлка и лёд")
    ok(folder, "station", "passphrase")
    monkeypatch.setenv("RANGER_PASSPHRASE", "е\u0308лка и ле\u0308д")
    assert ok(folder, "status")["keys_protected"] is True


def test_a_sheet_brings_back_a_lost_key_file(
    folder: Path, tmp_path: Path, ok: Ok, ranger: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = ok(folder, "station", "recovery-sheet", tmp_path)
    page = Path(answer["sheet"]).read_text(encoding="utf-8")
    keys = read_keys(folder / "station.key", None)
    assert keys.signing_secret.hex() not in page
    assert "Khasan &lt;1&gt;" in page
    assert answer["fingerprint"] in page
    assert "http" not in page.replace("http-equiv", "").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not any(line in json.dumps(answer) for line in recovery.spell(keys.signing_secret, keys.sealing_secret))
    typed = tmp_path / "typed.txt"
    typed.write_text("\n".join(lines_of(page)).lower(), encoding="utf-8")
    before = ok(folder, "status")
    (folder / "station.key").unlink()
    status, problem = ranger(folder, "status")
    assert (status, problem["error"]) == (3, "KEYS_DAMAGED")
    assert "recovery sheet" in problem["todo"]
    assert ok(folder, "station", "recover", typed)["station_id"] == before["station"]["id"]
    after = ok(folder, "status")
    assert after["station"] == before["station"]
    assert read_keys(folder / "station.key", None) == keys


def test_a_picture_of_the_sheet_brings_back_a_forgotten_passphrase(
    folder: Path, tmp_path: Path, ok: Ok, ranger: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = read_keys(folder / "station.key", None)
    monkeypatch.setenv("RANGER_NEW_PASSPHRASE", "nobody remembers it")
    ok(folder, "station", "passphrase")
    picture = tmp_path / "sheet.png"
    picture.write_bytes(qr.draw(recovery.code(recovery.spell(keys.signing_secret, keys.sealing_secret))))
    monkeypatch.setenv("RANGER_NEW_PASSPHRASE", "a better one now")
    assert ok(folder, "station", "recover", picture)["keys_protected"] is True
    monkeypatch.setenv("RANGER_PASSPHRASE", "a better one now")
    assert ok(folder, "status")["keys_protected"] is True
    assert len(list((folder / "backups").glob("station.key.replaced-*"))) == 1


def test_wrong_lines_are_named_and_nothing_is_changed(folder: Path, tmp_path: Path, ok: Ok, ranger: Run) -> None:
    keys = read_keys(folder / "station.key", None)
    lines = recovery.spell(keys.signing_secret, keys.sealing_secret)
    typed = tmp_path / "typed.txt"
    lines[2] = lines[2][:-1] + ("Z" if lines[2][-1] != "Z" else "X")
    lines[5] = lines[5].replace(lines[5][0], "*")
    typed.write_text("\n".join(lines), encoding="utf-8")
    status, answer = ranger(folder, "station", "recover", typed)
    assert (status, answer["error"]) == (3, "SHEET_LINE_WRONG")
    assert "3, 6" in answer["message"]
    typed.write_bytes(b"\xff\xfe\x00binary")
    assert ranger(folder, "station", "recover", typed)[1]["error"] == "SHEET_NOT_READ"
    assert ranger(folder, "station", "recover", tmp_path / "none.txt")[1]["error"] == "SHEET_NOT_READ"
    assert not (folder / "backups").exists()


def test_the_sheet_of_another_station_is_refused(folder: Path, tmp_path: Path, ok: Ok, ranger: Run) -> None:
    other = tmp_path / "other"
    ok(other, "init", "--station", "Other", "--country", "CN", "--utc-offset", "+08:00")
    sheet = Path(ok(other, "station", "recovery-sheet", tmp_path / "o.html")["sheet"])
    typed = tmp_path / "typed.txt"
    typed.write_text("\n".join(lines_of(sheet.read_text(encoding="utf-8"))), encoding="utf-8")
    before = (folder / "station.key").read_bytes()
    status, answer = ranger(folder, "station", "recover", typed)
    assert (status, answer["error"]) == (3, "SHEET_OF_ANOTHER_STATION")
    assert (folder / "station.key").read_bytes() == before
    (folder / "station.key").write_bytes((other / "station.key").read_bytes())
    assert ranger(folder, "status")[1]["error"] == "KEYS_OF_ANOTHER_STATION"


def test_the_sheet_needs_the_role_and_the_pin(
    folder: Path, tmp_path: Path, ok: Ok, ranger: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ranger_app.actions import pins, records
    from ranger_app.library import Library

    ok(folder, "person", "add", "--name", "Ranger 2", "--role", "ranger")
    with Library.open(folder) as library, library.read() as db:
        person = records.find_named(db, "person", "Ranger 1")
        assert person is not None
        pins.set_pin(library, person, "2468")
    out = tmp_path / "sheet.html"
    assert ranger(folder, "--as", "Ranger 2", "station", "recovery-sheet", out)[1]["error"] == "ROLE_NEEDED"
    assert ranger(folder, "--as", "Ranger 1", "station", "recovery-sheet", out)[1]["error"] == "PROOF_WRONG"
    assert not out.exists()
    monkeypatch.setenv("RANGER_PIN", "2468")
    ok(folder, "--as", "Ranger 1", "station", "recovery-sheet", out)
    assert out.exists()


def test_a_library_of_an_older_version_knows_its_station_by_its_batches(
    folder: Path, tmp_path: Path, ok: Ok, ranger: Run
) -> None:
    from ranger_app.store.connection import open_writer

    sheet = Path(ok(folder, "station", "recovery-sheet", tmp_path / "s.html")["sheet"]).read_text(encoding="utf-8")
    typed = tmp_path / "typed.txt"
    typed.write_text("\n".join(lines_of(sheet)), encoding="utf-8")
    db = open_writer(folder / "ranger.db")
    db.conn.execute("DELETE FROM setting WHERE name='station.id'")
    db.conn.close()
    (folder / "station.key").unlink()
    other = recovery.spell(bytes(32), bytes(32))
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("\n".join(other), encoding="utf-8")
    assert ranger(folder, "station", "recover", wrong)[1]["error"] == "SHEET_OF_ANOTHER_STATION"
    ok(folder, "station", "recover", typed)
    ok(folder, "status")


def test_no_report_of_a_mistake_tells_the_secrets(folder: Path) -> None:
    keys = read_keys(folder / "station.key", None)
    assert repr(keys) == "StationKeys(protected=False)"


def test_an_open_key_file_is_not_left_lying_about(
    folder: Path, tmp_path: Path, ok: Ok, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = read_keys(folder / "station.key", None)
    typed = tmp_path / "typed.txt"
    typed.write_text("\n".join(recovery.spell(keys.signing_secret, keys.sealing_secret)), encoding="utf-8")
    monkeypatch.setenv("RANGER_NEW_PASSPHRASE", "a better one now")
    ok(folder, "station", "recover", typed)
    secret = keys.signing_secret.hex().encode("ascii")
    assert not [path for path in folder.rglob("*") if path.is_file() and secret in path.read_bytes()]
