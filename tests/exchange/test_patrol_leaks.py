"""No format of patrols tells more than its rule lets be seen: a word in every field, a den, a track, a photo."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import ledger, partners
from ranger_app.actions.export_data import FORMATS, export
from ranger_app.actions.import_data import import_data
from ranger_app.actions.sharing import set_rule
from ranger_app.actions.sharing_view import View
from ranger_app.domain.sharing import FULL, OPEN, STANDARD, Rule
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.sync.cards import confirmation_digits
from tests import traces
from tests.exchange import patrol_secrets, smart_files
from tests.exchange.patrol_secrets import Den

NOW = 1_700_000_000_000
PATROL_FORMATS = ("csv", "geojson", "gpx", "kml", "smart-patrol")
EXACTLY = dict.fromkeys(range(5), "exact")
RULES: dict[str, Rule] = {
    "standard": STANDARD,
    "open": OPEN,
    "no people": dataclasses.replace(FULL, name="no people", people=False),
    "no tracks": dataclasses.replace(FULL, name="no tracks", tracks=False),
    "no files": dataclasses.replace(FULL, name="no files", files=False),
    "rough places": dataclasses.replace(FULL, name="rough places", places={**EXACTLY, 1: "2"}),
    "no places": dataclasses.replace(FULL, name="no places", places={**EXACTLY, 1: "withheld"}),
    "no tigers": dataclasses.replace(FULL, name="no tigers", species=frozenset({"Panthera tigris"})),
    "no finds": dataclasses.replace(FULL, name="no finds", kinds=frozenset({"sighting"})),
    "no patrols": dataclasses.replace(FULL, name="no patrols", kinds=frozenset({"patrol"})),
    "pictures small": dataclasses.replace(FULL, name="pictures small", pictures="thumbnails"),
    "embargo": dataclasses.replace(FULL, name="embargo", embargo_days=36_500),
    "rough open": dataclasses.replace(OPEN, name="rough open", kinds=frozenset(), pictures="thumbnails"),
}


@dataclass
class Round:
    """A library with the den."""

    library: Library
    den: Den
    partner: bytes


@pytest.fixture
def round_(tmp_path: Path) -> Iterator[Round]:
    with (
        Library.create(tmp_path / "theirs", name="B", country="CN", utc_offset=480) as other,
        Library.create(tmp_path / "ours", name="A", country="RU", utc_offset=600, clock=lambda: NOW) as library,
    ):
        den = patrol_secrets.made(library)
        card = partners.write_card(other, tmp_path / "card.json")
        digits = confirmation_digits(library.station.id, other.station.id)
        partners.add_partner(library, card, confirm=digits, clearance="full")
        yield Round(library, den, other.station.id)


def hidden(round_: Round, rule: Rule) -> traces.Traces:
    with round_.library.read() as db:
        view = View(db, rule, NOW)
        secrets = round_.den.hidden(view)
        if view.picture(round_.den.records["media"]) != "original":
            secrets |= {name: data for name, data in round_.den.traces.items() if name.startswith("exif")}
        return secrets


def told(folder: Path, secrets: traces.Traces) -> dict[str, list[str]]:
    long = {name: data for name, data in secrets.items() if len(data) > 7}  # pixels hold short ones by chance
    found = {
        name: traces.search(data, long if name.endswith(".jpg") else secrets) for name, data in traces.files(folder)
    }
    return {name: what for name, what in found.items() if what}


@pytest.mark.parametrize("format_name", PATROL_FORMATS)
def test_a_format_tells_no_more_than_its_rule(round_: Round, tmp_path: Path, format_name: str) -> None:
    for name, rule in RULES.items():
        set_rule(round_.library, round_.partner, rule)
        out = tmp_path / name
        # SMART's folder holds patrols and nothing else: where none may leave, there is no folder.
        nothing = format_name == "smart-patrol" and name in ("no patrols", "embargo")
        with pytest.raises(DataProblem) if nothing else nullcontext():
            jobs.run(export(round_.library, format_name, out, rule="B"))
        assert out.exists() is not nothing
        secrets = hidden(round_, rule)
        assert secrets
        assert told(out, secrets) == {}, name


IMPORTED = ("E-104", "E-999", "Рейнджер", "巡护员", "Скалист", "У ручья", "ХТ_000017", "фото 1-1", "珲春站", "Группа",
            "Охрана", "Петля", "131.412", "43.2123", "123.4567", "Нога",
            "Всё спокойно", "тигр.", "wiresnare")  # fmt: skip


@pytest.mark.parametrize("format_name", PATROL_FORMATS)
def test_what_came_from_smart_stays_under_the_open_rule(tmp_path: Path, format_name: str) -> None:
    made = smart_files.patrol()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "p.xml").write_bytes(made.xml)
    for name, data in made.attachments.items():
        (tmp_path / "in" / name).write_bytes(data)
    with Library.create(tmp_path / "ours", name="A", country="RU", utc_offset=600) as library:
        jobs.run(import_data(library, "smart-patrol", tmp_path / "in"))
        jobs.run(export(library, format_name, tmp_path / "out"))
        secrets = traces.joined(traces.of_text(word, word) for word in IMPORTED)
        assert told(tmp_path / "out", secrets) == {}
        jobs.run(export(library, format_name, tmp_path / "exact", exact=True))
        assert told(tmp_path / "exact", secrets)


@pytest.mark.parametrize("positions", ["lines", "points"])
def test_single_positions_follow_the_rule_too(round_: Round, tmp_path: Path, positions: str) -> None:
    jobs.run(export(round_.library, "geojson", tmp_path / "out", options={"positions": positions}))
    assert told(tmp_path / "out", hidden(round_, OPEN)) == {}


@pytest.mark.parametrize("format_name", ["geojson", "gpx", "kml", "smart-patrol"])
def test_a_rough_place_is_the_middle_of_its_cell_and_says_so(round_: Round, tmp_path: Path, format_name: str) -> None:
    set_rule(round_.library, round_.partner, RULES["rough places"])
    jobs.run(export(round_.library, format_name, tmp_path / "out", rule="B"))
    text = "".join(path.read_text("utf-8") for path in (tmp_path / "out").rglob("*.*[nlx]"))
    assert "43.27" in text
    assert "131.24" in text
    assert "1569" in text or "1,569" in text


@pytest.mark.parametrize("format_name", ["geojson", "gpx", "kml", "smart-patrol"])
def test_exactness_tells_and_stands_in_the_ledger(round_: Round, tmp_path: Path, format_name: str) -> None:
    library, den = round_.library, round_.den
    report = jobs.run(export(library, format_name, tmp_path / "out", exact=True))
    found = {name for names in told(tmp_path / "out", den.traces).values() for name in names}
    expected = {"waypoint remarks|t utf-8", "den|p latitude rounded 7", "patrol objective|t utf-8"}
    assert expected <= found
    if format_name in ("smart-patrol", "geojson"):
        (photo,) = (path for path in (tmp_path / "out").rglob("*") if path.suffix.casefold() == ".jpg")
        assert photo.read_bytes() == den.photo
    newest = ledger.lines(library)[0]
    assert (newest.given.what, newest.given.name, newest.given.rule) == ("export", format_name, "exact")
    assert newest.given.records["patrol"] == report.written["patrol"] == 1
    library.person = den.records["ranger"]
    with pytest.raises(DataProblem):
        jobs.run(export(library, format_name, tmp_path / "again", exact=True))
    assert not (tmp_path / "again").exists()


def test_what_is_withheld_is_counted(round_: Round, tmp_path: Path) -> None:
    report = jobs.run(export(round_.library, "geojson", tmp_path / "out"))
    assert {kind: report.withheld[kind] for kind in ("patrol", "track", "waypoint", "sighting", "media", "files")} == {
        "patrol": 1,
        "track": 1,
        "waypoint": 1,
        "sighting": 1,
        "media": 1,
        "files": 1,
    }


def test_the_patrol_formats_are_all_here() -> None:
    assert set(PATROL_FORMATS) <= set(FORMATS)
