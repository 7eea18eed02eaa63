"""SMART patrols in and out: nothing is lost that the reports do not name, and nothing comes in twice."""

from __future__ import annotations

import hashlib
import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions.export_data import export
from ranger_app.actions.formats import ImportReport
from ranger_app.actions.import_data import import_data
from ranger_app.domain.ops import change, create
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.exchange import smart_patrol as smart
from ranger_app.exchange import smart_patrol_read, smart_wkb
from ranger_app.geo.tracks import judge, pack, steps
from ranger_app.geo.way import Way
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.rows import Record
from ranger_app.store.statehash import state_hash
from tests.exchange import smart_files
from tests.exchange.smart_files import Written
from tests.story import Story


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "ours", name="A", country="RU", utc_offset=600) as library:
        yield library


def laid(folder: Path, written: Written, name: str = "patrol.xml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file, data in written.attachments.items():
        (folder / file).write_bytes(data)
    (folder / name).write_bytes(written.xml)
    return folder / name


def taken(library: Library, source: Path, **options: str) -> ImportReport:
    return jobs.run(import_data(library, "smart-patrol", source, options=options))


def written_out(library: Library, out: Path, version: str = "1.3") -> list[smart.Patrol]:
    library.person = None
    jobs.run(export(library, "smart-patrol", out, exact=True, options={"version": version}))
    return [smart_patrol_read.read(path.read_bytes(), path.name) for path in sorted(out.glob("*.xml"))]


def looked_at(library: Library) -> None:
    """Somebody looks at every photo: an original that nobody has seen does not leave."""
    seen = [create("observation", library.new_id(), {"media": one.id, "type": "blank", "method": "human"})
            for one in all_of(library, "media")]  # fmt: skip
    library.commit(seen, label="look")


def all_of(library: Library, kind: str) -> list[Record]:
    with library.read() as db:
        return list(rows.find(db, kind))


REPORTED = "patrol legs[0] days[0] waypoints[3] extra: 1 became 0"
"""An element of nobody's that names a place in words: it could tell who and where, so it is left out and said."""


def without_what_is_reported(found: list[str]) -> list[str]:
    assert REPORTED in found
    return [one for one in found if one != REPORTED]


def codes(report: ImportReport) -> list[str]:
    return [str(one["code"]) for one in report.failed]


@pytest.mark.parametrize("root", ["prefixed", "unprefixed", "default"])
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_round_trip_loses_nothing(library: Library, tmp_path: Path, version: str, root: str) -> None:
    made = smart_files.patrol(version, root=root)
    taken(library, laid(tmp_path / "in", made))
    looked_at(library)
    before = smart_patrol_read.read(made.xml, "patrol.xml")
    (after,) = written_out(library, tmp_path / "out", version)
    assert without_what_is_reported(smart_files.differences(before, after)) == []
    folder = next((tmp_path / "out").glob("*-attachments"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == made.attachments


def test_what_the_groups_of_1_3_become_in_1_2_is_said(library: Library, tmp_path: Path) -> None:
    made = smart_files.patrol("1.3")
    taken(library, laid(tmp_path / "in", made))
    looked_at(library)
    report = jobs.run(export(library, "smart-patrol", tmp_path / "out", exact=True, options={"version": "1.2"}))
    assert "groups_joined" in [one["code"] for one in report.failed]
    (after,) = (smart_patrol_read.read(path.read_bytes(), "x") for path in (tmp_path / "out").glob("*.xml"))
    before = smart_patrol_read.read(made.xml, "x")
    for patrol in (before, after):
        for leg in patrol.legs:
            for day in leg.days:
                for waypoint in day.waypoints:
                    waypoint.groups = [[find for group in waypoint.groups for find in group]] if waypoint.groups else []
    assert without_what_is_reported(smart_files.differences(before, after)) == []


def test_records_say_what_the_file_says(library: Library, tmp_path: Path) -> None:
    report = taken(library, laid(tmp_path / "in", smart_files.patrol()))
    (patrol,) = all_of(library, "patrol")
    assert (patrol["name"], patrol["date"], patrol["type"], patrol["armed"]) == ("ХТ_000017", "2026-01-02", "ground", 1)
    assert (patrol["transport"], patrol["utc_offset"], patrol["state"]) == ("foot", 600, "draft")
    assert (patrol["team"], patrol["station"], patrol["mandate"]) == ("Группа №3", "珲春站", "Охрана тигра")
    legs = json.loads(patrol.text("legs"))
    assert [(leg["number"], leg["transport"], leg["name"]) for leg in legs] == [
        (1, "foot", "Нога А"),
        (2, "other", "2"),
    ]
    assert "transport_unknown" in codes(report)
    days = json.loads(patrol.text("days"))
    assert days[0] == {
        "leg": 1,
        "date": "2026-01-02",
        "start": "2026-01-02T08:00:00",
        "end": "2026-01-02T17:30:00",
        "rest_minutes": 46,
    }
    names = {one.id: one.text("name") for one in all_of(library, "person")}
    assert sorted(names.values()) == ["Рейнджер Первый", "Рейнджер Первый (E-999)", "巡护员 二"]
    leader = patrol["leader"]
    assert isinstance(leader, bytes)
    assert names[leader] == "Рейнджер Первый"
    waypoints = {one.text("name"): one for one in all_of(library, "waypoint") if one["leg"] == 1}
    assert waypoints["2"]["at"] == smart_files.MIDNIGHT + 10 * 3_600_000 - 600 * 60_000
    finds = {one.text("category"): one for one in all_of(library, "sighting")}
    assert set(finds) == {"humanactivity.weaponsequipment.trap.", "animals.sign.track.", "保护区.自定义.类别."}
    assert finds["animals.sign.track."]["taxon"] == "Panthera tigris"
    snare = finds["humanactivity.weaponsequipment.trap."]
    assert snare["count"] == 3
    assert [one["value"] for one in json.loads(snare.text("attributes")) if one["key"] == "actiontaken"] == [
        "confiscated",
        "destroyed",
    ]
    tracks = {one["date"]: one for one in all_of(library, "track")}
    assert json.loads(tracks["2026-01-02"].text("excluded"))["duplicate"] == 17
    assert tracks["2026-01-02"]["start"] == smart_files.MIDNIGHT + (8 - 10) * 3_600_000
    media = {one.text("file_name"): one for one in all_of(library, "media")}
    assert media["нет.jpg"]["sha256"] is None
    assert media["фото 1-1.jpg"]["sighting"] in {one.id for one in finds.values()} | {snare.id}
    assert "attachment_missing" in codes(report)
    assert {"utc_offset", "identity"} <= set(codes(report))
    assert [one["reason"] for one in report.failed if one["code"] == "not_known"] == [
        "team colour (1): no version of the format names this here; it was left out."
    ]
    assert [one["reason"] for one in report.failed if one["code"] == "extra_place"] == [
        "4 gps: what no version of the format names was left out, because it could tell a place."
    ]


def test_taking_it_in_again_adds_nothing(library: Library, tmp_path: Path) -> None:
    path = laid(tmp_path / "in", smart_files.patrol())
    first = taken(library, path)
    with library.read() as db:
        before = state_hash(db)
    again = taken(library, path)
    with library.read() as db:
        assert state_hash(db) == before
    assert not +again.new
    assert again.read["sighting"] == first.read["sighting"]
    assert "differs_here" not in codes(again)


def test_two_stations_that_take_the_same_file_have_the_same_records(library: Library, tmp_path: Path) -> None:
    path = laid(tmp_path / "in", smart_files.patrol())
    taken(library, path, **{"utc-offset": "+08:00"})
    with Library.create(tmp_path / "theirs", name="B", country="CN", utc_offset=480) as other:
        taken(other, path)
        for kind in ("patrol", "track", "waypoint", "sighting", "media", "person"):
            assert {one.id for one in all_of(library, kind)} == {one.id for one in all_of(other, kind)}, kind
            mine, theirs = ({one.id: one.values for one in all_of(of, kind)} for of in (library, other))
            assert mine == theirs, kind


def test_an_attachment_that_comes_later_fills_its_record(library: Library, tmp_path: Path) -> None:
    made = smart_files.patrol()
    path = laid(tmp_path / "in", Written(made.xml, {}))
    assert codes(taken(library, path)).count("attachment_missing") == 4
    laid(tmp_path / "in", made)
    assert codes(taken(library, path)).count("attachment_missing") == 1
    assert sum(one["sha256"] is not None for one in all_of(library, "media")) == 3
    assert len(all_of(library, "media")) == 4


def test_what_a_person_changed_here_goes_out_as_they_changed_it(library: Library, tmp_path: Path) -> None:
    made = smart_files.patrol()
    taken(library, laid(tmp_path / "in", made))
    looked_at(library)
    (patrol,) = all_of(library, "patrol")
    waypoint = next(one for one in all_of(library, "waypoint") if one["name"] == "2")
    library.commit(
        [
            change("patrol", patrol.id, {"notes": "Corrected", "team": "Team 4"}),
            change("waypoint", waypoint.id, {"latitude": 432_345_678, "remarks": "moved"}),
        ],
        label="edit",
    )
    before = smart_patrol_read.read(made.xml, "x")
    (after,) = written_out(library, tmp_path / "out")
    assert sorted(without_what_is_reported(smart_files.differences(before, after))) == [
        "patrol comment: 'Всё спокойно.\\nСнег 40 см <глубоко>' became 'Corrected'",
        "patrol legs[0] days[0] waypoints[1] comment: '' became 'moved'",
        "patrol legs[0] days[0] waypoints[1] y: '43.22' became '43.2345678'",
        "patrol team language: 'ru' became 'en'",
        "patrol team value: 'Группа №3' became 'Team 4'",
    ]


def test_a_zip_and_a_folder_of_patrols_are_taken_whole(library: Library, tmp_path: Path) -> None:
    one, two = smart_files.patrol(seed=1), smart_files.patrol("1.2", seed=2, ident="HC-2")
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for folder, made in (("a", one), ("b", two)):
            archive.writestr(f"{folder}/patrol.xml", made.xml)
            for name, data in made.attachments.items():
                archive.writestr(f"{folder}/{name}", data)
        archive.writestr("b/broken.xml", made.xml[:-20])
    report = taken(library, tmp_path / "export.zip")
    assert report.new["patrol"] == 2
    assert sum(one["sha256"] is not None for one in all_of(library, "media")) == 6
    assert "xml_broken" in codes(report)
    out = tmp_path / "out"
    looked_at(library)
    first = written_out(library, out)
    again = taken(library, out)
    assert not +again.new
    with Library.create(tmp_path / "theirs", name="B", country="CN", utc_offset=600) as other:
        taken(other, out)
        looked_at(other)
        second = written_out(other, tmp_path / "out2")
    for mine, theirs in zip(first, second, strict=True):
        assert smart_files.differences(mine, theirs) == []


def test_a_word_for_a_way_of_moving_is_said_once_and_remembered(library: Library, tmp_path: Path) -> None:
    path = laid(tmp_path / "in", smart_files.patrol())
    with pytest.raises(UsageProblem):
        taken(library, path, transport="雪橇犬队=sledge")
    assert all_of(library, "patrol") == []
    assert "transport_unknown" not in codes(taken(library, path, transport="雪橇犬队 = ski"))
    other = laid(tmp_path / "in2", smart_files.patrol(ident="HT-18"))
    assert "transport_unknown" not in codes(taken(library, other))
    legs = [json.loads(one.text("legs"))[1]["transport"] for one in all_of(library, "patrol")]
    assert legs == ["ski", "ski"]


def test_another_patrol_of_the_same_number_is_not_mixed_in(library: Library, tmp_path: Path) -> None:
    made = smart_files.patrol()
    taken(library, laid(tmp_path / "in", made))
    before = len(all_of(library, "waypoint"))
    later = Written(made.xml.replace(b'startDate="2026-01-02"', b'startDate="2026-02-02"'), {})
    report = taken(library, laid(tmp_path / "later", later))
    assert "same_number" in codes(report)
    assert len(all_of(library, "waypoint")) == before


def test_patrols_made_here_go_out_and_say_what_is_lost(library: Library, tmp_path: Path) -> None:
    new = library.new_id
    person, patrol, waypoint, find = new(), new(), new(), new()
    attributes = [{"key": "typeoftrap", "value": "wiresnare", "type": "LIST"}]
    library.commit(
        [
            create("person", person, {"name": "Ranger 1", "role": "ranger"}),
            create("patrol", patrol, {"name": "North round", "date": "2026-03-01", "leader": person, "utc_offset": 540,
                                      "transport": "snowmobile", "state": "approved"}),
            create("waypoint", waypoint, {"patrol": patrol, "latitude": 431234567, "longitude": 1311234567,
                                          "at": 1_772_323_200_000, "elevation": 12345}),
            create("sighting", find, {"patrol": patrol, "waypoint": waypoint, "category": "humanactivity.trap.",
                                      "attributes": canonical(attributes), "by": person, "remarks": "rusty",
                                      "count": 2}),
        ],
        label="made",
    )  # fmt: skip
    library.person = None
    report = jobs.run(export(library, "smart-patrol", tmp_path / "out", exact=True))
    said = {str(one["code"]): str(one["reason"]) for one in report.failed}
    assert "+09:00" in said["utc_offset"]
    assert {
        "no_place_for_waypoint_elevation",
        "no_place_for_sighting_remarks",
        "no_place_for_sighting_count",
        "no_place_for_patrol_state",
    } <= set(said)
    (path,) = (tmp_path / "out").glob("*.xml")
    found = smart_patrol_read.read(path.read_bytes(), path.name)
    (leg,) = found.legs
    assert (found.name, found.start, leg.members[0].given, leg.members[0].family) == (
        "North round",
        "2026-03-01",
        "Ranger",
        "1",
    )
    (day,) = leg.days
    (place,) = day.waypoints
    assert (day.date, place.name, place.time, place.x, place.y) == (
        *("2026-03-01", "1", "09:00:00"),
        *("131.1234567", "43.1234567"),
    )
    assert [(one.key, one.element, one.text) for one in place.groups[0][0].told] == [
        ("typeoftrap", "itemKey", "wiresnare")
    ]


def test_a_file_that_is_none_is_refused_in_one_sentence(library: Library, tmp_path: Path) -> None:
    for name, data in (
        ("a.xml", b""),
        ("b.xml", b"plain"),
        ("c.xml", b"<gpx/>"),
        ("d.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><patrol id="&b;"/>'),
        ("e.xml", b'<x:patrol xmlns:x="http://www.smartconservationsoftware.org/xml/1.3/datamodel" id="1"/>'),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DataProblem) as caught:
            taken(library, tmp_path / name)
        assert caught.value.what
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataProblem):
        taken(library, tmp_path / "empty")
    for kind in ("patrol", "person"):
        assert all_of(library, kind) == []


def test_ways_recorded_here_are_cut_at_midnight_and_joined_by_day(library: Library, tmp_path: Path) -> None:
    """A night patrol from a receiver and a second one of the next day: a line a day, as long as the ellipsoid says."""
    midnight = 1_772_290_800_000  # 2026-03-01T00:00:00 at +09:00
    patrol, night, planned = library.new_id(), Way(), Way(planned=True)
    for step in range(20):
        night.add(43.1 + step / 997, 131.2 + step / 1013, 150.0, midnight - 600_000.0 + step * 60_000, 0)
        planned.add(43.1 + step / 997, 131.2, math.nan, math.nan, 0)
    later = Way()
    for step in range(5):
        later.add(43.3 + step / 997, 131.3, math.nan, midnight + 3_600_000.0 + step * 60_000, 0)
    library.commit(
        [
            create("patrol", patrol, {"name": "Night", "date": "2026-02-28", "utc_offset": 540, "transport": "foot"}),
            *(
                create("track", library.new_id(), {"patrol": patrol, "points": pack(way, judge(way).marks),
                                                   "planned": int(way.planned), "point_count": len(way)})
                for way in (night, planned, later)
            ),
        ],
        label="made",
    )  # fmt: skip
    library.person = None
    report = jobs.run(export(library, "smart-patrol", tmp_path / "out", exact=True))
    said = {str(one["code"]): str(one["reason"]) for one in report.failed}
    assert said["planned_way"].startswith("1 planned way")
    assert said["elevation"].startswith("20 track points")
    (path,) = (tmp_path / "out").glob("*.xml")
    (leg,) = smart_patrol_read.read(path.read_bytes(), path.name).legs
    assert [day.date for day in leg.days] == ["2026-02-28", "2026-03-01"]
    lines = [smart_wkb.decode(day.lines[0].geometry) for day in leg.days]
    assert [len(line) for line in lines] == [10, 15]
    assert lines[0].time[0] == midnight - 600_000 + 540 * 60_000
    assert list(lines[1].segment) == [0] * 10 + [1] * 5
    expected = [(night, range(10)), (night, range(10, 20))]
    metres = [math.fsum(steps(way, list(points))) for way, points in expected]
    metres[1] += math.fsum(steps(later, range(5)))
    for day, metre in zip(leg.days, metres, strict=True):
        assert abs(float(day.lines[0].distance) - metre / 1000) < 1e-6


def test_a_photo_of_another_patrol_is_not_taken_for_this_ones(library: Library, tmp_path: Path) -> None:
    one, other = smart_files.patrol(seed=1), smart_files.patrol(seed=2, ident="HC-2")
    (first, second), theirs = one.attachments, list(other.attachments.values())
    laid(tmp_path / "in", Written(one.xml, {}), "A.xml")
    laid(tmp_path / "in", Written(other.xml, {}), "B.xml")
    laid(tmp_path / "in" / "B_files", Written(b"", {first: theirs[0]}), "readme.txt")
    laid(tmp_path / "in" / "later", Written(smart_files.patrol(seed=3, ident="C").xml, {second: theirs[1]}), "C.xml")
    taken(library, tmp_path / "in" / "A.xml")
    assert all(media["sha256"] is None for media in all_of(library, "media"))
    laid(tmp_path / "in" / "A_files", Written(b"", {first: one.attachments[first]}), "readme.txt")
    taken(library, tmp_path / "in" / "A.xml")
    here = {media.text("sha256") for media in all_of(library, "media")} - {""}
    assert here == {hashlib.sha256(one.attachments[first]).hexdigest()}


def test_a_partner_that_may_see_all_writes_the_same_file(tmp_path: Path) -> None:
    """What an import keeps beside the records travels with them: A takes it in, B writes it out."""
    made = smart_files.patrol()
    story = Story(tmp_path)
    try:
        story.pair("khasan", "hunchun", "full")
        taken(story["khasan"], laid(tmp_path / "in", Written(made.xml, {})))
        story.carry("khasan", "hunchun")
        (after,) = written_out(story["hunchun"], tmp_path / "out")
    finally:
        story.close()
    before = smart_patrol_read.read(made.xml, "x")
    assert without_what_is_reported(smart_files.differences(before, after)) == []
