"""GPX files become patrols whole, or are refused with the library as it was."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions.patrol_import import import_patrol
from ranger_app.actions.undo import undo
from ranger_app.domain.kinds import kind_named
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.geo.tracks import REASONS, unpack
from ranger_app.library import Library
from ranger_app.media import vault
from ranger_app.store import rows

WITHOUT_PLACES = {"custom_schema_locations.gpx", "default_schema_locations.gpx", "unicode2.gpx"}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Station", country="RU", utc_offset=600) as made:
        yield made


def gpx(number: int = 11, minutes: int = 1, first: str = "T22:00:00Z") -> str:
    """A walk north of 0.001 degree a minute, a planned way and two waypoints."""
    hour, minute = int(first[1:3]), int(first[4:6])
    points = ""
    for n in range(number):
        total = hour * 60 + minute + n * minutes
        time = f"2026-05-{1 + total // 1440:02d}T{total // 60 % 24:02d}:{total % 60:02d}:00{first[9:]}"
        points += f'<trkpt lat="{43 + n / 1000}" lon="131.5"><ele>{n}</ele><time>{time}</time></trkpt>'
    return (
        '<?xml version="1.0"?><gpx version="1.1"><trk><name>Кедровая</name><trkseg>'
        f"{points}</trkseg></trk>"
        '<rte><rtept lat="43" lon="131"/><rtept lat="43.1" lon="131"/></rte>'
        '<wpt lat="43.00000004" lon="131.5"><ele>10.126</ele><time>2026-05-01T22:05:00Z</time>'
        "<name>虎 след</name><cmt>width 9 cm</cmt><sym>Flag</sym></wpt>"
        '<wpt lat="43.01" lon="oops"><ele>1e300</ele><name>lost</name></wpt></gpx>'
    )


def file(tmp_path: Path, text: str | bytes, name: str = "Ivanov secret valley.gpx") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def batches(library: Library) -> int:
    with library.read() as db:
        return int(db.conn.execute("SELECT count(*) FROM batch").fetchone()[0])


def test_a_patrol_with_everything(library: Library, tmp_path: Path) -> None:
    path = file(tmp_path, gpx())
    done = import_patrol(library, path, leader="Ranger 1")
    assert (done.points, done.track_points, done.tracks, done.routes, done.waypoints) == (13, 11, 1, 1, 2)
    assert done.date == "2026-05-02"  # the station is ten hours ahead
    answer = json.loads(json.dumps(done.answer()))
    assert answer["effort"]["raw"]["hours"] == pytest.approx(1 / 6)
    assert answer["effort"]["raw"]["km"] == pytest.approx(1.1111, rel=1e-3)
    assert answer["effort"]["excluded"] == {"km": 0.0, "hours": 0.0}
    assert answer["excluded"] == []
    assert batches(library) == 1
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    kept = vault.find(library.vault, sha256)
    assert kept is not None
    assert kept.read_bytes() == path.read_bytes()
    with library.read() as db:
        patrol = rows.get(db, "patrol", done.patrol)
        assert patrol is not None
        assert patrol.values | {"leader": None} == dict.fromkeys(kind_named("patrol").columns) | {
            "name": "Patrol 2026-05-02",
            "date": "2026-05-02",
            "type": "ground",
            "transport": "foot",
            "start": "2026-05-02T08:00:00",
            "end": "2026-05-02T08:10:00",
            "utc_offset": 600,
            "state": "draft",
            "legs": '[{"number":1}]',
            "days": '[{"date":"2026-05-02","end":"2026-05-02T08:10:00","leg":1,"start":"2026-05-02T08:00:00"}]',
        }
        leader = rows.get(db, "person", patrol["leader"])  # type: ignore[arg-type]
        assert leader is not None
        assert (leader["name"], leader["role"], leader["active"]) == ("Ranger 1", "ranger", 1)
        walked, planned = rows.find(db, "track", "patrol=?", (done.patrol,))
        assert (walked["source_sha256"], walked["name"], walked["planned"]) == (sha256, "Кедровая", 0)
        assert walked["raw_metres"] == walked["cleaned_metres"] == round(done.raw.metres * 1000)
        assert (walked["raw_seconds"], walked["cleaned_seconds"], walked["excluded"]) == (600, 600, None)
        assert (walked["date"], walked["leg"], walked["still_seconds"]) == ("2026-05-02", 1, 0)
        way, marks = unpack(walked["points"])  # type: ignore[arg-type]
        assert list(way.latitude) == [43 + n / 1000 for n in range(11)]
        assert {REASONS[mark] for mark in marks} == {""}
        assert (planned["planned"], planned["point_count"], planned["raw_metres"]) == (1, 2, None)
        seen, lost = rows.find(db, "waypoint", "patrol=?", (done.patrol,))
        assert (seen["name"], seen["remarks"]) == ("虎 след", "width 9 cm")
        assert (seen["latitude"], seen["longitude"], seen["elevation"]) == (430_000_000, 1_315_000_000, 1013)
        assert seen["attributes"] == '[{"name":"symbol","value":"Flag"}]'
        assert (lost["name"], lost["latitude"], lost["longitude"], lost["elevation"]) == ("lost", None, None, None)


def test_the_open_name_tells_neither_place_nor_ranger(library: Library, tmp_path: Path) -> None:
    first = import_patrol(library, file(tmp_path, gpx()))
    second = import_patrol(library, file(tmp_path, gpx(12)))
    with library.read() as db:
        names = [record["name"] for record in rows.find(db, "patrol")]
    assert names == ["Patrol 2026-05-02", "Patrol 2026-05-02 (2)"]
    assert first.patrol != second.patrol


def test_the_same_file_is_not_taken_twice(library: Library, tmp_path: Path) -> None:
    path = file(tmp_path, gpx())
    first = import_patrol(library, path, leader="Ranger 1")
    again = import_patrol(library, file(tmp_path, gpx(), "copy.gpx"), leader="ranger 1")
    assert (again.patrol, again.already_known, batches(library)) == (first.patrol, True, 1)
    assert again.answer()["effort"] == first.answer()["effort"]
    other = import_patrol(library, path, leader="Ranger 2")
    assert other.patrol != first.patrol
    assert import_patrol(library, path, leader="Ranger 1", transport="car").patrol not in (first.patrol, other.patrol)


def test_undo_takes_the_patrol_and_the_file_can_come_again(library: Library, tmp_path: Path) -> None:
    path = file(tmp_path, gpx())
    first = import_patrol(library, path)
    assert undo(library) is not None
    with library.read() as db:
        assert [rows.number(db, kind) for kind in ("patrol", "track", "waypoint")] == [0, 0, 0]
    assert import_patrol(library, path).patrol != first.patrol


def test_a_known_leader_is_not_made_again(library: Library, tmp_path: Path) -> None:
    import_patrol(library, file(tmp_path, gpx()), leader="Ranger 1")
    import_patrol(library, file(tmp_path, gpx(12)), leader=" RANGER 1 ")
    with library.read() as db:
        assert rows.number(db, "person") == 1
        assert len({record["leader"] for record in rows.find(db, "patrol")}) == 1


def test_offset_for_times_without_a_zone(library: Library, tmp_path: Path) -> None:
    path = file(tmp_path, gpx(first="T22:00:00"))
    as_utc = import_patrol(library, path)
    as_local = import_patrol(library, path, utc_offset=600)
    assert (as_utc.date, as_local.date) == ("2026-05-02", "2026-05-01")
    assert as_utc.naive_times == 11
    with library.read() as db:
        starts = [record["start"] for record in rows.find(db, "patrol")]
    assert starts == ["2026-05-02T08:00:00", "2026-05-01T22:00:00"]


def test_without_times_date_and_hours_are_null(library: Library, tmp_path: Path) -> None:
    text = '<gpx><trk><trkseg><trkpt lat="43" lon="131"/><trkpt lat="43.01" lon="131"/></trkseg></trk></gpx>'
    done = import_patrol(library, file(tmp_path, text))
    answer = done.answer()
    assert answer["date"] is None
    assert answer["excluded"] == [{"reason": "no_time", "points": 2}]
    effort = answer["effort"]
    assert isinstance(effort, dict)
    assert [effort[part]["hours"] for part in ("raw", "cleaned", "excluded")] == [None, None, None]
    assert effort["raw"]["km"] == pytest.approx(1.111, rel=1e-3)
    given = import_patrol(library, file(tmp_path, text), date="2026-05-03")
    assert given.date == "2026-05-03"
    with library.read() as db:
        assert rows.get(db, "patrol", given.patrol)["date"] == "2026-05-03"  # type: ignore[index]


def test_waypoints_alone_keep_their_file(library: Library, tmp_path: Path) -> None:
    text = '<gpx><wpt lat="43" lon="131"><name>snare</name></wpt></gpx>'
    done = import_patrol(library, file(tmp_path, text))
    assert (done.points, done.waypoints, done.raw.seconds) == (0, 1, None)
    with library.read() as db:
        (track,) = rows.find(db, "track")
    assert vault.find(library.vault, track.text("source_sha256")) is not None
    assert import_patrol(library, file(tmp_path, text)).already_known


def test_many_waypoints_are_one_act(library: Library, tmp_path: Path) -> None:
    text = "<gpx>" + "".join(f'<wpt lat="43" lon="131"><name>{n}</name></wpt>' for n in range(1200)) + "</gpx>"
    done = import_patrol(library, file(tmp_path, text))
    assert (done.waypoints, batches(library)) == (1200, 3)
    assert undo(library) is not None
    with library.read() as db:
        assert [rows.number(db, kind) for kind in ("patrol", "track", "waypoint")] == [0, 0, 0]


def test_wrong_use(library: Library, tmp_path: Path) -> None:
    path = file(tmp_path, gpx())
    for options in ({"transport": "tank"}, {"date": "2026-02-30"}, {"date": "1.2.2026"}):
        with pytest.raises(UsageProblem):
            import_patrol(library, path, **options)
    assert batches(library) == 0


@pytest.mark.realdata
def test_every_real_file_is_taken_or_refused(library: Library, real_data: Path) -> None:
    taken = 0
    for path in sorted((real_data / "gpx").glob("*.gpx")):
        before = batches(library)
        if path.name in WITHOUT_PLACES:
            with pytest.raises(DataProblem):
                import_patrol(library, path, leader="Nobody yet")
            assert batches(library) == before
            continue
        done = import_patrol(library, path, leader="Ranger 1")
        json.dumps(done.answer(), allow_nan=False)
        assert done.cleaned.metres <= done.raw.metres
        assert sum(done.excluded.values()) <= done.track_points
        taken += 1
        with library.read() as db:
            tracks = list(rows.find(db, "track", "patrol=?", (done.patrol,)))
            assert sum(int(track["point_count"] or 0) for track in tracks) == done.points  # type: ignore[call-overload]
            marks = list(rows.find(db, "waypoint", "patrol=?", (done.patrol,)))
            assert len(marks) == done.waypoints
    assert taken == 25
    with library.read() as db:
        assert [record["name"] for record in rows.find(db, "person")] == ["Ranger 1"]


def mutations(whole: bytes, number: int) -> Iterator[bytes]:
    """Damage of many kinds, the same in each run."""
    chance = random.Random(60)
    for n in range(number):
        place = chance.randrange(len(whole))
        other = chance.randrange(len(whole))
        match n % 6:
            case 0:
                yield whole[:place]
            case 1:
                yield whole[:place] + bytes([chance.randrange(256)]) + whole[place + 1 :]
            case 2:
                yield whole[: min(place, other)] + whole[max(place, other) :]
            case 3:
                yield whole[:place] + chance.randbytes(20) + whole[place:]
            case 4:
                yield whole[:place] + whole[min(place, other) : max(place, other)] + whole[place:]
            case _:
                yield whole.replace(chance.choice([b"43", b"131", b"2026", b"22:", b"lat=", b">"]), b"9" * 40, 3)


def test_mutated_files_are_taken_or_refused_with_one_sentence(library: Library, tmp_path: Path) -> None:
    refused = []
    taken = 0
    for data in mutations(gpx().encode("utf-8"), 60):
        before = batches(library)
        try:
            done = import_patrol(library, file(tmp_path, data), leader="Ranger 1")
        except DataProblem as problem:
            refused.append(problem.what)
            after = before
        else:
            taken += 1
            after = before if done.already_known else before + 1
            json.dumps(done.answer(), allow_nan=False)
        assert batches(library) == after
    assert all(what.endswith(".") and ". " not in what for what in refused)
    assert len(refused) > 30
    assert taken > 5
    kept = [path for path in library.vault.rglob("*") if path.is_file()]
    assert all(vault.verify(path) for path in kept)
    with library.read() as db:
        named = {record.text("source_sha256") for record in rows.find(db, "track")}
    assert {path.stem for path in kept} == named  # a refused file leaves nothing in the vault


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("leader", ["", "Ranger 1"])
@pytest.mark.parametrize("per_day", [False, True])
@pytest.mark.parametrize("survived", [1, 2])
def test_an_import_that_was_cut_off_goes_on_where_it_stood(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leader: str, per_day: bool, survived: int
) -> None:
    for day in (1, 2):
        marks = "".join(
            f'<wpt lat="{43 + n / 1e5}" lon="131.5"><time>2026-05-{day:02d}T01:00:00Z</time><name>{n}</name></wpt>'
            for n in range(600)
        )
        file(tmp_path, gpx(first=f"T0{day}:00:00Z").replace("</gpx>", marks + "</gpx>"), f"{day}.gpx")
    paths = sorted(tmp_path.glob("*.gpx"))
    whole, written = Library.commit, [0]

    def commit(self: Library, *args: Any, **more: Any) -> Any:
        if written[0] == survived:
            raise Killed
        written[0] += 1
        return whole(self, *args, **more)

    monkeypatch.setattr(Library, "commit", commit)
    with pytest.raises(Killed):
        import_patrol(library, paths, leader=leader, per_day=per_day)
    monkeypatch.setattr(Library, "commit", whole)
    made = import_patrol(library, paths, leader=leader, per_day=per_day)
    again = import_patrol(library, paths, leader=leader, per_day=per_day)
    assert again.already_known
    assert again.patrols == made.patrols
    with library.read() as db:
        assert rows.number(db, "patrol") == len(made.patrols)
        assert rows.number(db, "waypoint") == 1204
        assert rows.number(db, "track") == (6 if per_day else 4)  # one more for a day of waypoints alone
        assert rows.number(db, "person") == bool(leader)
        assert not db.conn.execute("SELECT 1 FROM setting WHERE name LIKE 'patrol.import%'").fetchone()
    undo(library)
    with library.read() as db:
        assert rows.number(db, "patrol") == rows.number(db, "waypoint") == rows.number(db, "person") == 0
    assert not import_patrol(library, paths, leader=leader, per_day=per_day).already_known
