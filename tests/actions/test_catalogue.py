"""The catalogue: its lines, captures, splitting and moving them, and which picture stands for which side."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ranger_app.actions import capture_marks, catalogue, records, same_animal
from ranger_app.actions.catalogue import Capture, Entry
from ranger_app.actions.identify import Answer, state
from ranger_app.actions.undo import redo, undo
from ranger_app.domain.ops import create
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store.rebuild import rebuild
from ranger_app.store.rows import get

TIGER = "Panthera tigris"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "khasan", name="Khasan", country="RU", utc_offset=600) as made:
        yield made


class Trail:
    """A camera on a path with a picture an hour, and a tiger that all of them show."""

    def __init__(self, library: Library, pictures: int = 6) -> None:
        self.library = library
        place = records.add(library, "location", {"name": "North path", "latitude": 1, "longitude": 1})
        self.deployment = records.add(library, "deployment", {"name": "North 1", "location": place, "utc_offset": 600})
        self.tiger = self.animal("T1")
        self.media = [library.new_id() for _n in range(pictures)]
        ops = [
            create(
                "media",
                one,
                {
                    "deployment": self.deployment,
                    "camera_time": f"2026-03-01T{10 + n}:00:00",
                    "file_name": f"{n}.jpg",
                    "sha256": one.hex() * 2,
                },
            )
            for n, one in enumerate(self.media)
        ]
        library.commit(ops, label="ingest")

    def works(self, name: str, role: str = "ranger") -> None:
        self.library.person = None  # the library's owner enters people
        self.library.person = records.add(self.library, "person", {"name": name, "role": role})

    def animal(self, code: str, **more: str) -> bytes:
        return records.add(self.library, "individual", {"code": code, "taxon": TIGER, **more})

    def seen(self, media: Sequence[bytes], animal: bytes, **more: str) -> bytes:
        made, _changes = state(self.library, [media], [Answer("animal", TIGER, individual=animal, **more)])  # type: ignore[arg-type]
        return made[0]

    def captures(self, animal: bytes, *, joined: bool = True) -> list[Capture]:
        with self.library.read() as db:
            return catalogue.captures(db, animal, joined=joined)

    def entry(self, animal: bytes) -> Entry:
        with self.library.read() as db:
            return next(one for one in catalogue.entries(db) if one.id == animal)


@pytest.fixture
def trail(library: Library) -> Trail:
    return Trail(library)


def test_captures_are_in_time_and_place_with_who_said_it_and_how_sure(trail: Trail) -> None:
    trail.works("Ranger 1")
    first = trail.seen(trail.media[:1], trail.tiger, flank="left", sureness="probable")
    event = trail.seen(trail.media[2:5], trail.tiger)
    newest, oldest = trail.captures(trail.tiger)
    assert (newest.observation, newest.media, newest.flank, newest.sureness) == (event, trail.media[2], "", "")
    assert (oldest.observation, oldest.media, oldest.flank, oldest.sureness) == (
        first, trail.media[0], "left", "probable",
    )  # fmt: skip
    assert (oldest.place, oldest.by, oldest.deployment) == ("North path", "Ranger 1", trail.deployment)
    assert (newest.taken_at or 0) - (oldest.taken_at or 0) == 7200
    entry = trail.entry(trail.tiger)
    assert (entry.captures, entry.code, entry.codes, entry.country, entry.mine) == (2, "T1", "RU T1", "RU", True)
    assert (entry.last_seen or 0) - (oldest.taken_at or 0) == 4 * 3600
    assert entry.picture == trail.media[2]


def test_two_people_on_one_picture_are_one_capture(trail: Trail) -> None:
    for name in ("Ranger 1", "Ranger 2"):
        trail.works(name)
        time.sleep(0.002)  # the later word counts, to the millisecond
        trail.seen(trail.media[:1], trail.tiger)
    [one] = trail.captures(trail.tiger)
    assert (one.by, trail.entry(trail.tiger).captures) == ("Ranger 2", 1)


def test_when_it_was_met_last_follows_every_change(trail: Trail) -> None:
    """The time kept with a statement is the same as one worked out afresh, whatever was changed."""
    early, late = trail.seen(trail.media[:1], trail.tiger), trail.seen(trail.media[3:5], trail.tiger)
    other = trail.animal("T2")

    def met() -> tuple[int | None, int | None]:
        return trail.entry(trail.tiger).last_seen, trail.entry(other).last_seen

    begin = trail.captures(trail.tiger)[-1].taken_at or 0
    assert met() == (begin + 4 * 3600, None)
    records.edit(trail.library, "observation", late, {"pictures": canonical([trail.media[3].hex()])})
    assert met() == (begin + 3 * 3600, None)
    catalogue.move(trail.library, [late], other)
    assert met() == (begin, begin + 3 * 3600)
    records.edit(trail.library, "deployment", trail.deployment, {"utc_offset": 540})
    assert met() == (begin + 3600, begin + 4 * 3600)
    records.edit(trail.library, "observation", early, {"individual": None})
    assert met() == (None, begin + 4 * 3600)
    records.delete(trail.library, "media", trail.media[3])
    assert met()[1] is None
    assert undo(trail.library) is not None
    assert met()[1] == begin + 4 * 3600
    with trail.library.read() as db:
        kept = db.conn.execute("SELECT id, met_at FROM observation ORDER BY id").fetchall()
    trail.library.rebuild(rebuild)
    with trail.library.read() as db:
        assert db.conn.execute("SELECT id, met_at FROM observation ORDER BY id").fetchall() == kept


def test_splitting_is_one_act_and_comes_back_whole(trail: Trail) -> None:
    made = [trail.seen([one], trail.tiger) for one in trail.media]
    cub = catalogue.split(trail.library, trail.tiger, made[4:], {"code": "T1-b", "sex": "female"})
    with trail.library.read() as db:
        record = get(db, "individual", cub)
    assert record is not None
    assert (record["code"], record["taxon"], record["sex"]) == ("T1-b", TIGER, "female")
    assert {one.observation for one in trail.captures(cub)} == set(made[4:])
    assert {one.observation for one in trail.captures(trail.tiger)} == set(made[:4])
    assert undo(trail.library) is not None
    assert {one.observation for one in trail.captures(trail.tiger)} == set(made)
    with trail.library.read() as db:
        assert [one.code for one in catalogue.entries(db)] == ["T1"]
    assert redo(trail.library) is not None
    assert (trail.entry(cub).captures, trail.entry(trail.tiger).captures) == (2, 4)


def test_a_split_of_more_than_a_batch_is_still_one_act(trail: Trail) -> None:
    ops = [
        create(
            "observation",
            trail.library.new_id(),
            {"media": trail.media[0], "type": "animal", "individual": trail.tiger},
        )
        for _n in range(1500)
    ]
    trail.library.commit(ops, label="made")
    catalogue.split(trail.library, trail.tiger, [op.id for op in ops], {"code": "T2"})
    assert trail.captures(trail.tiger) == []
    assert undo(trail.library) is not None
    assert len(trail.captures(trail.tiger)) == 1  # one picture, however often it was named
    with trail.library.read() as db:
        left = db.conn.execute("SELECT count(*) FROM observation WHERE individual = ?", (trail.tiger,)).fetchone()
    assert left == (1500,)


def test_what_cannot_be_split_or_moved(trail: Trail) -> None:
    mine, other = trail.seen(trail.media[:1], trail.tiger), trail.animal("T2")
    theirs = trail.seen(trail.media[1:2], other)
    for observations, values, code in (
        ([theirs], {"code": "T3"}, "NOT_ITS_CAPTURE"),
        ([mine], {}, "FIELD_MISSING"),
        ([], {"code": "T3"}, "NO_CAPTURES"),
    ):
        with pytest.raises(DataProblem, match=code):
            catalogue.split(trail.library, trail.tiger, observations, values)
    with pytest.raises(DataProblem, match="NO_RECORD"):
        catalogue.move(trail.library, [mine], b"?" * 16)
    trail.works("Reviewer", "reviewer")
    settled, _changes = state(
        trail.library, [trail.media[2:3]], [Answer("animal", TIGER, individual=trail.tiger)], look="settled"
    )
    trail.works("Ranger 1")
    with pytest.raises(DataProblem, match="ROLE_NEEDED"):
        catalogue.move(trail.library, settled, other)


def test_a_capture_of_which_the_animal_is_withheld_is_not_moved(trail: Trail) -> None:
    seen = trail.seen(trail.media[:1], trail.tiger)
    with trail.library.read() as db:
        batch = db.conn.execute("SELECT batch FROM observation WHERE id=?", (seen,)).fetchone()[0]
    row = (seen, batch, 0, "observation", "open")
    trail.library.write(lambda db: db.conn.execute("INSERT INTO withheld VALUES (?, ?, ?, ?, ?)", row))
    other = trail.animal("T9")
    with pytest.raises(DataProblem, match="WITHHELD_HERE"):
        catalogue.move(trail.library, [seen], other)
    with pytest.raises(DataProblem, match="WITHHELD_HERE"):
        catalogue.split(trail.library, trail.tiger, [seen], {"code": "T10"})
    assert trail.captures(other) == []


def test_joined_animals_are_read_together_and_keep_their_records(trail: Trail) -> None:
    other = trail.animal("T9")
    here, there = trail.seen(trail.media[:1], trail.tiger), trail.seen(trail.media[1:2], other)
    same_animal.say(trail.library, trail.tiger, other, "same")
    assert [(one.observation, one.animal) for one in trail.captures(trail.tiger)] == [
        (there, other), (here, trail.tiger),
    ]  # fmt: skip
    assert [one.observation for one in trail.captures(trail.tiger, joined=False)] == [here]
    assert trail.entry(other).codes == trail.entry(trail.tiger).codes == "RU T1 = RU T9"
    assert undo(trail.library) is not None
    assert [one.observation for one in trail.captures(other)] == [there]


def test_pictures_by_side_the_chosen_one_first(trail: Trail) -> None:
    left = trail.seen(trail.media[:1], trail.tiger, flank="left")
    trail.seen(trail.media[1:2], trail.tiger, flank="right")
    trail.seen(trail.media[2:4], trail.tiger)
    catalogue.choose_picture(trail.library, trail.tiger, "right", trail.media[5])

    def pictures(flank: str | None = None) -> list[tuple[bytes, str, bool]]:
        with trail.library.read() as db:
            return [(one.media, one.flank, one.chosen) for one in catalogue.pictures(db, trail.tiger, flank)]

    m = trail.media
    assert pictures() == [
        (m[5], "right", True), (m[3], "", False), (m[2], "", False), (m[1], "right", False), (m[0], "left", False),
    ]  # fmt: skip
    assert pictures("right") == [(m[5], "right", True), (m[1], "right", False)]
    assert trail.entry(trail.tiger).picture == m[5]
    capture_marks.mark(trail.library, [left], "flank", "right")
    assert [one[0] for one in pictures("right")] == [m[5], m[1], m[0]]
    catalogue.choose_picture(trail.library, trail.tiger, "left", m[0])
    assert trail.entry(trail.tiger).picture == m[0]
    catalogue.choose_picture(trail.library, trail.tiger, "left", None)
    assert trail.entry(trail.tiger).picture == m[5]
    capture_marks.mark(trail.library, [left], "sureness", "possible")
    assert trail.captures(trail.tiger)[-1].sureness == "possible"
    for wrong in (
        lambda: capture_marks.mark(trail.library, [left], "flank", "belly"),
        lambda: capture_marks.mark(trail.library, [left], "sureness", "perhaps"),
        lambda: catalogue.choose_picture(trail.library, trail.tiger, "other", m[0]),
    ):
        with pytest.raises(DataProblem, match="ANSWER_WRONG"):
            wrong()


def test_a_species_alone(trail: Trail) -> None:
    records.add(trail.library, "individual", {"code": "L1", "taxon": "Panthera pardus"})
    with trail.library.read() as db:
        assert [one.code for one in catalogue.entries(db)] == ["L1", "T1"]
        assert [one.code for one in catalogue.entries(db, TIGER)] == ["T1"]


def test_ten_times_the_captures_take_no_ten_times_as_long(library: Library) -> None:
    """The lines of the catalogue rest on an index, never on the pictures themselves."""
    trail = Trail(library)
    cats = [trail.animal(f"C{n}") for n in range(50)]

    def fill(number: int) -> None:
        for start in range(0, number, 1000):
            ops = []
            for n in range(start, start + 1000):
                media, said = library.new_id(), library.new_id()
                fields = {"deployment": trail.deployment, "camera_time": f"2026-04-{1 + n % 28:02d}T10:00:00"}
                ops.append(create("media", media, {**fields, "exif": "x" * 500}))
                ops.append(create("observation", said, {"media": media, "type": "animal", "individual": cats[n % 50]}))
            library.commit(ops, label="made")

    def seconds() -> float:
        took = []
        for _turn in range(5):
            begin = time.perf_counter()
            with library.read() as db:
                catalogue.entries(db)
            took.append(time.perf_counter() - begin)
        return min(took)

    fill(1000)
    few = seconds()
    fill(9000)
    assert seconds() < 10 * few
