"""A person's word on points of a track: the points stay, the figures follow, an approved patrol reopens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import patrol_state
from ranger_app.actions.patrol_import import import_patrol
from ranger_app.actions.records import add
from ranger_app.actions.track_judgement import marked, overrule, track_of
from ranger_app.actions.undo import undo
from ranger_app.cli.main import main
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.library import Library
from ranger_app.store import rows
from tests.actions.test_patrol_files import gpx


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Station", country="RU", utc_offset=600) as made:
        yield made


@pytest.fixture
def track(library: Library, tmp_path: Path) -> bytes:
    """Eleven points a minute apart, of which the sixth lies ten kilometres aside."""
    path = gpx(tmp_path / "a.gpx", "2026-05-01T22:00:00")
    path.write_text(path.read_text(encoding="utf-8").replace('lat="43.005"', 'lat="43.105"'), encoding="utf-8")
    import_patrol(library, path)
    return read(library).id


def read(library: Library) -> rows.Record:
    with library.read() as db:
        (record,) = rows.find(db, "track")
    return record


def test_runs_say_points_and_reason(library: Library, track: bytes) -> None:
    (run,) = marked(library, track)
    assert (run.first, run.last, run.reason, run.judged, run.seconds) == (5, 5, "spike", "spike", 60)
    assert run.metres == pytest.approx(11_200, rel=1e-2)


def test_a_persons_word_changes_figures_and_keeps_everything(library: Library, track: bytes) -> None:
    before = read(library)
    assert before["excluded"] == '{"spike":1}'
    judged = overrule(library, track, 5, 5, "", "We went up the tower road and back.")
    after = read(library)
    assert after["points"] == before["points"]
    assert (after["excluded"], after["raw_metres"]) == (None, before["raw_metres"])
    assert after["cleaned_metres"] == after["raw_metres"] == round(judged.raw.metres * 1000)
    (entry,) = json.loads(after.text("overrules"))
    assert (entry["first"], entry["last"], entry["mark"]) == (5, 5, "")
    assert entry["why"] == "We went up the tower road and back."
    assert entry["at"] > 1_700_000_000_000
    (run,) = marked(library, track)
    assert (run.reason, run.judged, run.why) == ("", "spike", entry["why"])
    overrule(library, track, 9, 10, "spike", "The receiver lay in the car.")
    last = read(library)
    assert (last["cleaned_seconds"], last["excluded"]) == (480, '{"spike":2}')
    assert last["end"] == before["end"] - 120_000  # type: ignore[operator]
    assert len(json.loads(last.text("overrules"))) == 2
    assert [(one.first, one.last, one.reason, one.judged) for one in marked(library, track)] == [
        (5, 5, "", "spike"), (9, 10, "spike", ""),
    ]  # fmt: skip
    overrule(library, track, 0, 10, "", "All of it counts.")
    assert read(library)["cleaned_metres"] == before["raw_metres"]
    assert undo(library) is not None
    assert read(library).values == last.values


def test_who_said_it(library: Library, track: bytes) -> None:
    import_patrol(library, gpx(library.folder.parent / "b.gpx", "2026-05-03T22:00:00"), leader="Ranger 1")
    with library.read() as db:
        (person,) = rows.find(db, "person")
    library.person = person.id
    overrule(library, track, 5, 5, "", "True.")
    assert marked(library, track)[0].by == person.id.hex()


def test_an_approved_patrol_reopens(library: Library, track: bytes) -> None:
    patrol = read(library)["patrol"]
    assert isinstance(patrol, bytes)
    patrol_state.submit(library, patrol)
    with library.read() as db:
        seen = patrol_state.in_view(db, patrol)
    patrol_state.approve(library, patrol, seen)

    def standing() -> str:
        with library.read() as db:
            record = rows.get(db, "patrol", patrol)
            assert record is not None
            return patrol_state.standing(db, record)

    assert standing() == patrol_state.APPROVED
    overrule(library, track, 5, 5, "", "We went there.")
    assert standing() == patrol_state.REOPENED


@pytest.mark.parametrize(
    ("first", "last", "mark", "why"),
    [
        (0, 11, "", "x"),
        (-1, 3, "", "x"),
        (4, 3, "", "x"),
        (1, 2, "bad_place", "x"),
        (1, 2, "none", "x"),
        (1, 2, "", " "),
    ],
)
def test_wrong_use(library: Library, track: bytes, first: int, last: int, mark: str, why: str) -> None:
    before = read(library).values
    with pytest.raises(UsageProblem):
        overrule(library, track, first, last, mark, why)
    assert read(library).values == before


def test_planned_ways_and_strangers(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "route.gpx"
    path.write_text('<gpx><rte><rtept lat="43" lon="131"/><rtept lat="43.1" lon="131"/></rte></gpx>', encoding="utf-8")
    import_patrol(library, path)
    with pytest.raises(DataProblem):
        overrule(library, read(library).id, 0, 0, "", "x")
    with pytest.raises(DataProblem):
        marked(library, bytes(16))


def test_commands(library: Library, track: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    folder = library.folder
    library.close()

    def said(*arguments: str) -> dict[str, object]:
        assert main(["--library", str(folder), "--json", "patrol", *arguments]) == 0
        answer: dict[str, object] = json.loads(capsys.readouterr().out)
        return answer

    runs = said("points", track.hex())["runs"]
    assert isinstance(runs, list)
    assert [(one["first"], one["last"], one["reason"]) for one in runs] == [(6, 6, "spike")]
    answer = said("judge", track.hex(), "--from", "6", "--as", "counts", "--why", "Seen there.")
    assert answer["excluded"] == []
    runs = said("points", track.hex())["runs"]
    assert isinstance(runs, list)
    assert [(one["reason"], one["judged"], one["why"]) for one in runs] == [("counts", "spike", "Seen there.")]
    assert main(["--library", str(folder), "patrol", "points", "xyz"]) == 2


def test_the_track_of_a_patrol_is_known_by_the_patrol(library: Library, track: bytes, tmp_path: Path) -> None:
    patrol = read(library)["patrol"]
    assert isinstance(patrol, bytes)
    assert track_of(library, patrol) == track_of(library, track) == track
    import_patrol(library, [gpx(tmp_path / f"{day}.gpx", f"2026-05-0{day}T22:00:00") for day in (5, 6)])
    with library.read() as db:
        several = [one["patrol"] for one in rows.find(db, "track") if one["patrol"] != patrol]
    empty = add(library, "patrol", {"name": "Without a track", "date": "2026-05-09"})
    assert len(several) == 2
    assert isinstance(several[0], bytes)
    with pytest.raises(DataProblem) as told:
        track_of(library, several[0])
    assert told.value.code == "TRACKS_SEVERAL"
    with pytest.raises(DataProblem) as told:
        track_of(library, empty)
    assert told.value.code == "NO_TRACK"
