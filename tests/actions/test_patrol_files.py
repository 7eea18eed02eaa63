"""Several files and days at once become one patrol or one a day; whose clock a time is from is said, never guessed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ranger_app.actions.patrol_days import Day, days
from ranger_app.actions.patrol_files import AFTER_FILE, FUTURE, TIMES_DISAGREE, TWICE, look
from ranger_app.actions.patrol_import import PatrolImported, import_patrol
from ranger_app.actions.undo import undo
from ranger_app.cli.main import main
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.library import Library
from ranger_app.media import vault
from ranger_app.store import rows


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Station", country="RU", utc_offset=600) as made:
        yield made


def moments(start: str, number: int, zone: str = "Z") -> list[str]:
    first = datetime.fromisoformat(start)
    return [f"{(first + timedelta(minutes=n)).isoformat()}{zone}" for n in range(number)]


def gpx(path: Path, start: str, number: int = 11, latitude: float = 43.0, made: str = "", zone: str = "Z") -> Path:
    points = "".join(
        f'<trkpt lat="{latitude + n / 1000}" lon="131.5"><time>{time}</time></trkpt>'
        for n, time in enumerate(moments(start, number, zone))
    )
    head = f"<metadata><time>{made}</time></metadata>" if made else ""
    mark = f'<wpt lat="{latitude}" lon="131.5"><time>{moments(start, 1, zone)[0]}</time><name>snare</name></wpt>'
    path.write_text(f"<gpx>{head}{mark}<trk><trkseg>{points}</trkseg></trk></gpx>", encoding="utf-8")
    return path


def table(path: Path, start: str, number: int = 11, latitude: float = 43.0, zone: str = "") -> Path:
    lines = [f"{latitude + n / 1000},131.5,{time}" for n, time in enumerate(moments(start, number, zone))]
    path.write_text("\n".join(["lat,lon,time", *lines]), encoding="utf-8")
    return path


def kept(library: Library, kind: str) -> list[rows.Record]:
    with library.read() as db:
        return list(rows.find(db, kind))


def of(library: Library, done: PatrolImported) -> rows.Record:
    return next(one for one in kept(library, "patrol") if one.id == done.patrol)


def test_several_days_are_one_patrol(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "device"
    folder.mkdir()
    gpx(folder / "b.gpx", "2026-05-02T22:00:00", latitude=43.1)
    table(folder / "a.csv", "2026-05-02T08:00:00")
    done = import_patrol(library, [folder, folder / "a.csv"], leader="Ranger 1")
    patrol = of(library, done)
    assert (patrol["date"], patrol["start"], patrol["end"]) == (
        "2026-05-02", "2026-05-02T08:00:00", "2026-05-03T08:10:00",
    )  # fmt: skip
    assert days(patrol["days"]) == [
        Day(1, "2026-05-02", "2026-05-02T08:00:00", "2026-05-02T08:10:00"),
        Day(1, "2026-05-03", "2026-05-03T08:00:00", "2026-05-03T08:10:00"),
    ]
    tracks = kept(library, "track")
    assert [(one["source_name"], one["date"], one["leg"]) for one in tracks] == [
        ("a.csv", "2026-05-02", 1), ("b.gpx", "2026-05-03", 1),
    ]  # fmt: skip
    for one in tracks:
        found = vault.find(library.vault, one.text("source_sha256"))
        assert found is not None
        assert found.read_bytes() == (folder / one.text("source_name")).read_bytes()
    answer = json.loads(json.dumps(done.answer()))
    assert (answer["days"], answer["files"], answer["formats"]) == (["2026-05-02", "2026-05-03"], 2, ["csv", "gpx"])
    assert (answer["naive_times"], answer["naive_offsets"]) == (11, ["+10:00"])
    assert patrol["notes"] == "File 1 (CSV): 11 times without a zone were read as UTC +10:00."
    assert undo(library) is not None
    assert kept(library, "track") == kept(library, "patrol") == []


def test_a_patrol_for_each_day(library: Library, tmp_path: Path) -> None:
    one = gpx(tmp_path / "one.gpx", "2026-05-01T22:00:00")
    two = gpx(tmp_path / "two.gpx", "2026-05-03T22:00:00", latitude=44)
    text = one.read_text(encoding="utf-8").replace("</gpx>", "")
    text += two.read_text(encoding="utf-8").replace("<gpx>", "").replace("</gpx>", "")
    both = tmp_path / "both.gpx"
    both.write_text(text + '<wpt lat="43" lon="131"><name>undated</name></wpt></gpx>', encoding="utf-8")
    done = import_patrol(library, both, per_day=True, name="Ridge")
    assert [date for _patrol, date in done.patrols] == ["2026-05-02", "2026-05-04"]
    assert done.patrol == done.patrols[0][0]
    assert [one["name"] for one in kept(library, "patrol")] == ["Ridge 2026-05-02", "Ridge 2026-05-04"]
    for patrol, date in done.patrols:
        assert [one["date"] for one in kept(library, "track") if one["patrol"] == patrol] == [date]
    marks = {patrol: [one["name"] for one in kept(library, "waypoint") if one["patrol"] == patrol]
             for patrol, _date in done.patrols}  # fmt: skip
    assert list(marks.values()) == [["snare", "undated"], ["snare"]]
    again = import_patrol(library, both, per_day=True)
    assert (again.already_known, again.patrols) == (True, done.patrols)
    with pytest.raises(UsageProblem):
        import_patrol(library, both, per_day=True, date="2026-05-02")


def test_a_track_over_midnight_has_two_days(library: Library, tmp_path: Path) -> None:
    done = import_patrol(library, gpx(tmp_path / "night.gpx", "2026-05-01T13:50:00", 21))
    assert days(of(library, done)["days"]) == [
        Day(1, "2026-05-01", "2026-05-01T23:50:00", "2026-05-02T00:00:00"),
        Day(1, "2026-05-02", "2026-05-02T00:00:00", "2026-05-02T00:10:00"),
    ]
    assert [one["date"] for one in kept(library, "track")] == ["2026-05-01"]
    known = import_patrol(library, gpx(tmp_path / "night.gpx", "2026-05-01T13:50:00", 21))
    assert (known.already_known, known.patrol) == (True, done.patrol)


@pytest.mark.parametrize(("last", "first", "seconds"), [("13:58", "14:08", 3000), ("13:45", "14:25", 600)])
def test_a_way_without_a_gap_loses_no_time_at_midnight(
    library: Library, tmp_path: Path, last: str, first: str, seconds: int
) -> None:
    """Local midnight is 14:00 UTC; what nobody recorded for over half an hour is not known and not counted."""
    times = ["13:40", last, first, "14:30"]
    points = "".join(
        f'<trkpt lat="{43 + n / 1000}" lon="131.5"><time>2026-05-01T{time}:00Z</time></trkpt>'
        for n, time in enumerate(times)
    )
    path = tmp_path / "a.gpx"
    path.write_text(f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>", encoding="utf-8")
    told = days(of(library, import_patrol(library, path))["days"])
    spent = [datetime.fromisoformat(one.end or "") - datetime.fromisoformat(one.start or "") for one in told]
    assert sum(spent, timedelta()).total_seconds() == seconds


def test_a_given_date_is_that_of_its_day(library: Library, tmp_path: Path) -> None:
    done = import_patrol(library, gpx(tmp_path / "a.gpx", "2006-01-01T01:00:00"), date="2026-05-03")
    patrol = of(library, done)
    assert patrol["date"] == "2026-05-03"
    assert days(patrol["days"]) == [Day(1, "2026-05-03", "2026-05-03T11:00:00", "2026-05-03T11:10:00")]
    assert [one["date"] for one in kept(library, "track")] == ["2026-05-03"]


def test_known_files_are_left_out_of_a_new_patrol(library: Library, tmp_path: Path) -> None:
    first, second = gpx(tmp_path / "a.gpx", "2026-05-01T22:00:00"), gpx(tmp_path / "b.gpx", "2026-05-02T22:00:00")
    one = import_patrol(library, first)
    both = import_patrol(library, [first, second])
    assert (both.already_known, both.known_files, both.points) == (False, ("a.gpx",), 11)
    assert both.patrol != one.patrol
    assert both.date == "2026-05-03"
    again = import_patrol(library, [first, second])
    assert (again.already_known, len(kept(library, "track"))) == (True, 2)
    copy = tmp_path / "copy.gpx"
    copy.write_bytes(first.read_bytes())
    assert import_patrol(library, [first, copy], transport="car").points == 11  # the same content once


def test_one_bad_file_and_nothing_is_taken(library: Library, tmp_path: Path) -> None:
    good = gpx(tmp_path / "a.gpx", "2026-05-01T22:00:00")
    bad = tmp_path / "b.kml"
    bad.write_text("<kml>", encoding="utf-8")
    with pytest.raises(DataProblem) as problem:
        import_patrol(library, [good, bad])
    assert problem.value.what.startswith("b.kml: ")
    assert kept(library, "patrol") == []
    assert not [path for path in library.vault.rglob("*") if path.is_file()]


def test_looking_changes_nothing_and_says_the_same(library: Library, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "2026-05-02T08:00:00")
    seen = look(library, [path])
    assert (seen.points, seen.days, seen.naive_times, seen.naive_offsets) == (11, ["2026-05-02"], 11, [600])
    assert seen.raw.metres == pytest.approx(1111.1, rel=1e-3)
    assert kept(library, "patrol") == []
    assert import_patrol(library, path).seen == seen
    assert look(library, [path], utc_offset=0).days == ["2026-05-02"]
    assert look(library, [path], utc_offset=0).naive_offsets == [0]


def test_times_that_have_not_come_yet(library: Library, tmp_path: Path) -> None:
    start = (datetime.now(UTC) + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%S")
    (doubt,) = look(library, [gpx(tmp_path / "a.gpx", start)]).doubts
    assert (doubt.code, doubt.file) == (FUTURE, "a.gpx")
    assert "a.gpx" in doubt.sentence
    assert of(library, import_patrol(library, tmp_path / "a.gpx"))["notes"] == doubt.sentence.replace(
        "a.gpx", "1 (GPX)"
    )


def test_points_later_than_their_file(library: Library, tmp_path: Path) -> None:
    def codes(made: str) -> list[str]:
        path = gpx(tmp_path / "a.gpx", "2026-05-01T08:00:00", 200, made=made)
        return [one.code for one in look(library, [path]).doubts]

    assert codes("2026-05-01T01:20:00Z") == [AFTER_FILE]
    assert codes("2026-05-01T11:20:00Z") == []
    assert codes("2026-05-01T08:00:00Z") == []  # devices that write the time of the first point there
    assert codes("1970-01-01T00:00:00Z") == []


def test_one_way_in_two_files(library: Library, tmp_path: Path) -> None:
    one, utc = (
        gpx(tmp_path / "a.gpx", "2026-05-01T08:00:00"),
        table(tmp_path / "b.csv", "2026-05-01T08:00:00", zone="Z"),
    )
    shifted = table(tmp_path / "c.csv", "2026-05-01T18:00:00", zone="Z")
    (twice,) = look(library, [one, utc]).doubts
    assert (twice.code, twice.file, twice.other) == (TWICE, "b.csv", "a.gpx")
    (apart,) = look(library, [one, shifted]).doubts
    assert (apart.code, apart.minutes) == (TIMES_DISAGREE, 600)
    assert "10:00" in apart.sentence
    assert look(library, [one, gpx(tmp_path / "d.gpx", "2026-05-02T08:00:00")]).doubts == []


def test_command(library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = library.folder
    library.close()
    files = [str(table(tmp_path / f"{n}.csv", f"2026-05-0{n}T08:00:00")) for n in (1, 2)]
    assert main(["--library", str(folder), "--json", "patrol", "import", *files, "--per-day"]) == 0
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert [one["date"] for one in answer["patrols"]] == ["2026-05-01", "2026-05-02"]
    assert answer["patrol_id"] == answer["patrols"][0]["patrol_id"]
    assert "+10:00" in said.err
    assert main(["--library", str(folder), "--json", "patrol", "import", files[0], "--utc-offset", "+08:00",
                 "--transport", "boat"]) == 0  # fmt: skip
    assert json.loads(capsys.readouterr().out)["naive_offsets"] == ["+08:00"]
