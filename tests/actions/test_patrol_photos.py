"""Photos of a patrol: kept in the vault like a card's, placed on the track by time, their clock set by one of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import patrol_photos, patrol_write
from ranger_app.actions.patrol_photos import GPS, NOWHERE, TRACK, WAYPOINT, PhotosTaken
from ranger_app.actions.patrol_write import FindEntry
from ranger_app.actions.undo import undo
from ranger_app.errors import DataProblem
from ranger_app.jobs import Progress
from ranger_app.library import Library
from ranger_app.media import vault
from ranger_app.store import rows
from tests.finding import CAMP, use_model, walked
from tests.media.pictures import ORIGINAL, drawn, encoded, jpeg, with_tags


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Station", country="RU", utc_offset=600) as made:
        use_model(made)
        yield made


@pytest.fixture
def patrol(library: Library, tmp_path: Path) -> bytes:
    return walked(library, tmp_path, stops=True)


def photo(folder: Path, clock: str | None, seed: int = 0, gps: bool = False) -> Path:
    path = folder / f"P{seed:04}.JPG"
    taken = f"2026:03:03 {clock}" if clock else None
    if gps:
        place = {1: "N", 2: (43.0, 6.0, 0.0), 3: "E", 4: (131.0, 30.0, 0.0)}
        path.write_bytes(encoded(drawn(seed), exif=with_tags({ORIGINAL: taken}, place)))
    else:
        path.write_bytes(jpeg(seed, taken))
    return path


def taken(library: Library, patrol: bytes, *paths: Path, **how: bytes) -> PhotosTaken:
    work = patrol_photos.attach(library, patrol, list(paths), **how)  # type: ignore[arg-type]
    try:
        while True:
            assert isinstance(next(work), Progress)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]


def shown(library: Library, patrol: bytes) -> list[patrol_photos.Photo]:
    with library.read() as db:
        return patrol_photos.photos(db, patrol)


def test_photos_are_kept_and_placed_by_time(library: Library, patrol: bytes, tmp_path: Path) -> None:
    on_track = photo(tmp_path, "08:10:30", 1)
    report = taken(library, patrol, on_track, photo(tmp_path, "09:20:00", 2), photo(tmp_path, None, 3))
    assert (report.stored, report.placed, report.failed) == (3, 1, [])
    original = vault.find(library.vault, hashlib.sha256(on_track.read_bytes()).hexdigest())
    assert original is not None
    assert original.read_bytes() == on_track.read_bytes()
    first, second, third = shown(library, patrol)
    assert (first.camera_time, first.source) == ("2026-03-03T08:10:30", TRACK)
    assert first.spot is not None
    assert (first.spot.latitude, first.spot.uncertainty) == (425_052_500, 44)
    assert (second.source, second.spot) == (NOWHERE, None)  # 40 minutes without a fix
    assert (third.at, third.spot) == (None, None)
    undo(library)
    assert shown(library, patrol) == []
    again = taken(library, patrol, on_track)
    assert again.stored == 1


def test_the_place_in_the_file_counts_first(library: Library, patrol: bytes, tmp_path: Path) -> None:
    taken(library, patrol, photo(tmp_path, "08:10:30", 1, gps=True))
    (one,) = shown(library, patrol)
    assert one.source == GPS
    assert one.spot is not None
    assert (one.spot.latitude, one.spot.longitude) == (431_000_000, 1_315_000_000)


def test_a_photo_of_a_find_is_where_the_find_is(library: Library, patrol: bytes, tmp_path: Path) -> None:
    find = patrol_write.add_find(library, patrol, FindEntry(CAMP, "8:30"))
    report = taken(library, patrol, photo(tmp_path, "11:10:30", 1), find=find.find)
    (one,) = shown(library, patrol)
    assert (one.source, one.find, one.waypoint) == (WAYPOINT, find.find, find.waypoint)
    patrol_photos.show_at(library, report.media[0], None)
    assert shown(library, patrol)[0].source == NOWHERE


def test_the_same_photo_again_is_linked_once(library: Library, patrol: bytes, tmp_path: Path) -> None:
    one = photo(tmp_path, "08:10:30", 1)
    twin = tmp_path / "copy.jpg"
    twin.write_bytes(one.read_bytes())
    report = taken(library, patrol, one, twin)
    assert (report.stored, report.already) == (1, 1)
    assert taken(library, patrol, one).already == 1
    other = walked_again(library, tmp_path)
    refused = taken(library, other, one)
    assert [problem.code for problem in refused.failed] == ["belongs_elsewhere"]
    assert len(shown(library, patrol)) == 1


def walked_again(library: Library, tmp_path: Path) -> bytes:
    (tmp_path / "b").mkdir()
    return walked(library, tmp_path / "b", start="2026-03-05T08:00")


def test_what_is_no_photo_is_named_and_nothing_else_changes(library: Library, patrol: bytes, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("no picture", encoding="utf-8")
    with pytest.raises(DataProblem) as none:
        taken(library, patrol, words)
    assert none.value.code == "NO_PHOTOS"
    report = taken(library, patrol, words, tmp_path / "gone.jpg", photo(tmp_path, "08:10:30", 1))
    assert report.stored == 1
    assert [problem.code for problem in report.failed] == ["not_media", "unreadable"]


def test_one_photo_sets_the_clock_of_all(library: Library, patrol: bytes, tmp_path: Path) -> None:
    """The camera is 1 h 5 min behind: what it calls 07:05 was taken at 08:10."""
    report = taken(library, patrol, photo(tmp_path, "07:05:00", 1), photo(tmp_path, "07:25:00", 2))
    first = report.media[0]
    assert [one.source for one in shown(library, patrol)] == [NOWHERE, NOWHERE]
    seconds = patrol_photos.shift_by(library, first, time="8:10")
    assert seconds == 65 * 60
    seen = patrol_photos.preview(library, patrol, seconds)
    assert (seen.placed_before, seen.placed_after) == (0, 2)
    assert [one.source for one in shown(library, patrol)] == [NOWHERE, NOWHERE]  # nothing was taken yet
    assert patrol_photos.shift_by(library, first, place="42.505, 130.8001") == 65 * 60
    snare = patrol_write.add_find(library, patrol, FindEntry(CAMP, "8:10"))
    assert patrol_photos.shift_by(library, first, waypoint=snare.waypoint) == 65 * 60
    patrol_photos.set_shift(library, patrol, seconds)
    places = [one.spot.latitude for one in shown(library, patrol) if one.spot]
    assert places == [425_050_000, 425_150_000]
    assert [one.camera_time for one in shown(library, patrol)] == ["2026-03-03T07:05:00", "2026-03-03T07:25:00"]
    undo(library)
    assert [one.source for one in shown(library, patrol)] == [NOWHERE, NOWHERE]


def test_a_place_off_the_track_says_nothing_of_the_time(library: Library, patrol: bytes, tmp_path: Path) -> None:
    report = taken(library, patrol, photo(tmp_path, "07:05:00", 1), photo(tmp_path, None, 2))
    with pytest.raises(DataProblem) as far:
        patrol_photos.shift_by(library, report.media[0], place="42.6, 131.8")
    assert far.value.code == "NO_TIME_THERE"
    with pytest.raises(DataProblem) as undated:
        patrol_photos.shift_by(library, report.media[1], time="8:10")
    assert undated.value.code == "PHOTO_WITHOUT_TIME"
    with pytest.raises(DataProblem):
        patrol_photos.set_shift(library, patrol, 10**10)


def test_photos_know_their_patrol_for_the_rules_of_sharing(library: Library, patrol: bytes, tmp_path: Path) -> None:
    report = taken(library, patrol, photo(tmp_path, "08:10:30", 1))
    with library.read() as db:
        record = rows.get(db, "media", report.media[0])
    assert record is not None
    assert (record["patrol"], record["deployment"], record["folder"]) == (patrol, None, None)
