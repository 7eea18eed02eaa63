"""Sites with their parts, species, seasons, overlaps and shapes, by actions and by command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import records, site_parts, sites
from ranger_app.actions.site_criteria import figures
from ranger_app.cli.main import main
from ranger_app.domain.fields import Value
from ranger_app.errors import DataProblem
from ranger_app.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "lib", name="Khasan", country="RU", utc_offset=600) as made:
        yield made


def place(library: Library, name: str, kind: str = "site", **more: Value) -> bytes:
    return records.add(library, "location", {"name": name, "type": kind, **more})


def visit(library: Library, site: bytes, date: str, counts: dict[str, int], **more: Value) -> bytes:
    sector = more.pop("sector", None)
    survey = records.add(library, "survey", {"site": site, "date": date, **more})
    for taxon, birds in counts.items():
        records.add(library, "count", {"survey": survey, "taxon": taxon, "count": birds, "sector": sector})
    return survey


def test_the_tree_puts_everything_below_what_it_is_part_of(library: Library) -> None:
    north = place(library, "North sector", "sector")
    whole = place(library, "Mouth")
    left, _right = (place(library, name, part_of=whole, country=c) for name, c in (("Left", "RU"), ("Right", "KP")))
    records.edit(library, "location", north, {"part_of": left})
    place(library, "Tower", "viewpoint", part_of=left)
    place(library, "Camera 7", "camera_site")
    visit(library, left, "2026-01-12", {})
    found = sites.tree(library)
    assert [(one.name, one.depth) for one in found] == [
        ("Mouth", 0),
        ("Left", 1),
        ("North sector", 2),
        ("Tower", 2),
        ("Right", 1),
    ]
    assert (found[0].national, found[1].parts, found[1].visits, found[1].last) == (2, 2, 1, "2026-01-12")


def test_places_that_are_part_of_one_another_are_still_shown(library: Library) -> None:
    first = place(library, "First")
    second = place(library, "Second", part_of=first)
    records.edit(library, "location", first, {"part_of": second})
    assert {one.name for one in sites.tree(library)} == {"First", "Second"}
    assert sites.species(library, first) == []


def test_species_by_how_often_they_are_seen_in_a_season(library: Library) -> None:
    lagoon = place(library, "Lagoon")
    east = place(library, "East", "sector", part_of=lagoon)
    for year in (2024, 2025, 2026):
        visit(library, lagoon, f"{year}-04-10", {"Anas crecca": 100 + year - 2024, "Grus monacha": 5}, sector=east)
    visit(library, lagoon, "2026-04-20", {"Anas crecca": 0, "Larus canus": 7}, not_counted="cranes")
    visit(library, lagoon, "2026-01-10", {"Cygnus cygnus": 9})
    spring = sites.species(library, lagoon, "spring")
    assert [(one.taxon, one.visits, one.of, one.average, one.most) for one in spring] == [
        ("Anas crecca", 3, 4, 101, 102),
        ("Grus monacha", 3, 3, 5, 5),
        ("Larus canus", 1, 4, 7, 7),
    ]
    assert [one.taxon for one in sites.species(library, lagoon, "wintering")] == ["Cygnus cygnus"]
    assert len(sites.species(library, lagoon)) == 4
    assert [one.taxon for one in sites.species(library, east, "spring")] == ["Anas crecca", "Grus monacha"]


def test_a_season_stated_by_the_visit_counts_before_its_date(library: Library) -> None:
    lagoon = place(library, "Lagoon")
    visit(library, lagoon, "2026-03-02", {"Cygnus cygnus": 9}, season="wintering")
    assert sites.species(library, lagoon, "spring") == []
    assert len(sites.species(library, lagoon, "wintering")) == 1


def test_seasons_of_a_site(library: Library) -> None:
    lagoon = place(library, "Lagoon")
    visit(library, lagoon, "2026-02-20", {})
    days, own = sites.season_days(library, lagoon)
    assert not own
    assert [(one.kind, one.visits) for one in days if one.visits] == [("wintering", 1)]
    sites.set_season(library, lagoon, "spring", "02-15", "05-20")
    sites.set_season(library, lagoon, "wintering", "12-01", "02-14")
    sites.set_season(library, lagoon, "moult", "07-01", "07-31")
    days, own = sites.season_days(library, lagoon)
    assert own
    assert [(one.kind, one.first, one.last, one.visits) for one in days][:2] == [
        ("wintering", "12-01", "02-14", 0),
        ("spring", "02-15", "05-20", 1),
    ]
    for first, last in (("02-35", "03-01"), ("3-1", "04-01"), ("02-01", "")):
        with pytest.raises(DataProblem):
            sites.set_season(library, lagoon, "autumn", first, last)
    sites.set_season(library, lagoon, "breeding", "", "")
    assert not next(one for one in sites.season_days(library, lagoon)[0] if one.kind == "breeding").first
    assert sites.gaps((("wintering", "12-01", "02-28"), ("spring", "03-01", "05-15")))
    assert not sites.gaps(sites.USUAL)
    sites.set_seasons(library, lagoon, None)
    assert not sites.season_days(library, lagoon)[1]


def test_an_overlap_holds_for_both_and_the_flock_counts_once(library: Library) -> None:
    whole = place(library, "Mouth")
    left, right = (
        place(library, "Left", part_of=whole, country="RU"),
        place(library, "Right", part_of=whole, country="KP"),
    )
    bank, shore = place(library, "Bank", "sector", part_of=left), place(library, "Shore", "sector", part_of=right)
    visit(library, left, "2026-04-10", {"Grus monacha": 40}, sector=bank, coordinated="April count")
    visit(library, right, "2026-04-10", {"Grus monacha": 36}, sector=shore, coordinated="April count")

    def most() -> int | None:
        with library.read() as db:
            (one,) = figures(db, [whole])
        return one.series("spring", "Grus monacha")[0].birds

    assert most() == 76
    site_parts.tie(library, bank, shore)
    site_parts.tie(library, shore, bank)
    assert most() == 40
    (found,) = site_parts.overlaps(library, whole)
    assert (found.across, {found.first, found.second}) == (True, {bank, shore})
    assert found.first_name == "Bank, Left"
    assert len(site_parts.overlaps(library, left)) == 1
    names = [name for _id, name in site_parts.candidates(library, left)]
    assert names[0] == "Bank"
    site_parts.untie(library, shore, bank)
    assert most() == 76
    for first, second in ((bank, bank), (left, bank), (bank, whole)):
        with pytest.raises(DataProblem):
            site_parts.tie(library, first, second)


def test_outline_and_way_come_from_files(library: Library, tmp_path: Path) -> None:
    lagoon = place(library, "Lagoon")
    area = {"type": "Polygon", "coordinates": [[[130.6, 42.5], [130.7, 42.5], [130.7, 42.6], [130.6, 42.5]]]}
    small = {"type": "Polygon", "coordinates": [[[130.6, 42.5], [130.61, 42.5], [130.61, 42.51], [130.6, 42.5]]]}
    features = [{"type": "Feature", "properties": {}, "geometry": one} for one in (small, area)]
    file = tmp_path / "lagoon.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    assert site_parts.set_shape(library, lagoon, file) == "outline"
    points = "".join(f'<trkpt lat="{42.5 + n / 10_000:.4f}" lon="130.6"/>' for n in range(5_000))
    track = tmp_path / "way.gpx"
    track.write_text(
        '<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1" creator="x">'
        f"<trk><trkseg>{points}</trkseg></trk></gpx>",
        encoding="utf-8",
    )
    assert site_parts.set_shape(library, lagoon, track) == "route"
    with library.read() as db:
        record = records.existing(db, "location", lagoon)
    assert json.loads(record.text("outline"))["coordinates"] == area["coordinates"]
    way = json.loads(record.text("route"))["coordinates"]
    assert 1_000 < len(way) <= 2_001
    assert way[-1] == [130.6, 42.9999]
    (node,) = sites.tree(library)
    assert (node.has_outline, node.has_way) == (True, True)
    empty = tmp_path / "points.geojson"
    empty.write_text(json.dumps({"type": "Point", "coordinates": [130, 42]}), encoding="utf-8")
    with pytest.raises(DataProblem):
        site_parts.set_shape(library, lagoon, empty)


def test_the_commands(library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lagoon = place(library, "Lagoon", country="RU")
    other = place(library, "Bay")
    for name, of in (("East", lagoon), ("West", lagoon), ("East", other)):
        place(library, name, "sector", part_of=of)
    visit(library, lagoon, "2026-04-10", {"Anas crecca": 100}, coordinated="April count", method="T")
    library.close()

    def run(*words: str, status: int = 0) -> dict[str, object]:
        assert main(["--library", str(tmp_path / "lib"), "--json", *words]) == status
        answer: dict[str, object] = json.loads(capsys.readouterr().out)
        return answer

    assert len(run("site", "list")["sites"]) == 5  # type: ignore[arg-type]
    assert run("site", "overlap", "East, Lagoon", "West")["overlap"] is True
    shown = run("site", "show", "Lagoon")
    assert [one["names"] for one in shown["overlaps"]] == [["East", "West"]]  # type: ignore[attr-defined]
    assert run("site", "overlap", "West", "East, Lagoon", "--not")["overlap"] is False
    assert run("site", "species", "Lagoon", "--season", "spring")["species"] == [
        {"taxon": "Anas crecca", "visits": 1, "of_visits": 1, "average": 100, "most": 100, "last": "2026-04-10"}
    ]
    season = run("site", "season", "Lagoon", "--season", "moult", "--first", "07-01", "--last", "07-31")
    assert season["own_seasons"] is True
    assert run("site", "season", "Lagoon", "--usual")["own_seasons"] is False
    assert run("site", "season", "Lagoon", "--first", "07-01", status=2)["error"] == "SEASON_MISSING"
    assert run("site", "release", "Lagoon", "--to", "gbif,iwc")["release"] == ["gbif", "iwc"]
    assert run("site", "show", "East", status=3)["error"] == "NO_RECORD"
    agreed = run("survey", "coordinated", "April count")
    assert [(one["name"], one["counted"]) for one in agreed["sites"]] == [("Lagoon", True)]  # type: ignore[attr-defined]
    assert len(run("survey", "coordinated")["counts"]) == 1  # type: ignore[arg-type]
    assert run("survey", "coordinated", "Nothing", status=3)["error"] == "NO_COORDINATED_COUNT"
    proposed = run("survey", "propose", "Lagoon", "2026-04-12")
    assert proposed["from_visit_of"] == "2026-04-10"
    assert proposed["values"]["method"] == "T"  # type: ignore[index]
    assert run("survey", "add", "--site", "Lagoon", "--date", "2026-04-12", "--start", "26:00", status=3)["error"] == (
        "TIME_WRONG"
    )
    asked = run("survey", "add", "--site", "Lagoon", "--date", "2026-04-12", "--start", "9", "--end", "7:30")
    assert len(asked["questions"]) == 1  # type: ignore[arg-type]
