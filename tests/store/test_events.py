"""Which pictures of the library form one event, read by key; months with pictures; what still waits by event."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions.identify import Answer, state
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ranger_app.store import events, gallery
from ranger_app.store.gallery import Filter

DAY = "2025-08-31T"
A = ("10:00:00", "10:02:00", "10:04:00", "10:06:01", "10:07:00")
"""Two minutes apart twice, then one second more: 3 pictures, then 2."""
B = ("10:01:00", "10:20:00")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Khasan", country="RU", utc_offset=600) as made:
        yield made


def fill(library: Library) -> dict[str, list[bytes]]:
    ids: dict[str, list[bytes]] = {}
    for name, times in (("A", [DAY + one for one in A] + [None]), ("B", [DAY + one for one in B])):
        deployment = library.new_id()
        library.commit([create("deployment", deployment, {"name": name, "utc_offset": 600})], label="t")
        ids[name + "!"] = [deployment]
        ids[name] = [library.new_id() for _time in times]
        library.commit(
            [
                create("media", record, {"deployment": deployment, "file_name": f"{n}.jpg", "camera_time": time})
                for n, (record, time) in enumerate(zip(ids[name], times, strict=True))
            ],
            label="t",
        )
    return ids


def key(library: Library, media: bytes) -> int:
    with library.read() as db:
        found = gallery.key_of(db, media)
    assert found is not None
    return found


def test_an_event_holds_the_pictures_of_one_deployment_up_to_the_gap(library: Library) -> None:
    ids = fill(library)
    keys = {name: [key(library, one) for one in found] for name, found in ids.items() if "!" not in name}
    with library.read() as db:
        for place in range(3):
            assert events.event_of(db, keys["A"][place]) == keys["A"][:3]
        assert events.event_of(db, keys["A"][3]) == keys["A"][3:5]
        assert events.event_of(db, keys["A"][5]) == [keys["A"][5]]  # no time: by itself
        assert events.event_of(db, keys["B"][0]) == [keys["B"][0]]  # another camera at the same minute
        assert events.event_of(db, keys["A"][0], 121) == keys["A"][:5]
        assert events.event_of(db, keys["A"][1], 119) == [keys["A"][1]]


def test_a_selection_is_gathered_by_event_and_never_widened(library: Library) -> None:
    ids = fill(library)
    a, b = ([key(library, one) for one in ids[name]] for name in "AB")
    with library.read() as db:
        chosen = [b[0], a[2], a[0], a[4], a[5]]
        found = events.units_of(db, chosen)
    assert sorted(map(tuple, found)) == sorted([(a[0], a[2]), (a[4],), (a[5],), (b[0],)])


def test_events_that_wait_are_counted_and_an_answered_one_is_not(library: Library) -> None:
    ids = fill(library)
    with library.read() as db:
        assert events.waiting(db, Filter()) == 5
        assert events.waiting(db, Filter(ids["A!"][0])) == 3
    state(library, [ids["A"][:3]], [Answer("blank")])
    with library.read() as db:
        assert events.waiting(db, Filter()) == 4
        assert events.waiting(db, Filter(review="done")) == 4


def test_months_are_those_of_the_station(library: Library) -> None:
    ids = fill(library)
    more = [library.new_id() for _n in range(3)]
    times = ("1970-01-01T00:00:05", "2025-09-01T00:00:00", "2025-12-31T23:59:59")
    library.commit(
        [
            create("media", record, {"deployment": ids["A!"][0], "file_name": "x.jpg", "camera_time": time})
            for record, time in zip(more, times, strict=True)
        ],
        label="t",
    )
    with library.read() as db:
        assert events.months(db, 600) == [(2025, 12), (2025, 9), (2025, 8), (1970, 1)]
        assert events.months(db, 0) == [(2025, 12), (2025, 8), (1969, 12)]
        start, end = events.month_span(2025, 9, 600)
        assert len(gallery.keys(db, Filter(start=start, end=end))) == 1
    assert end - start == 30 * 86_400 - 1


def test_pictures_with_a_flag_are_found(library: Library) -> None:
    fill(library)
    record = library.new_id()
    library.commit([create("media", record, {"file_name": "y.jpg", "flags": '["no_date","damaged"]'})], label="t")
    with library.read() as db:
        assert list(gallery.keys(db, Filter(flag="damaged"))) == [gallery.key_of(db, record)]
        assert list(gallery.keys(db, Filter(flag="weak_date"))) == []
