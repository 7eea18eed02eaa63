"""What the review asks of a library: progress, the next picture, what was said, keys, deployments, what waits today."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import deployment_list, deployment_times, ingest_preview, patrol_state, records, review, today
from ranger_app.actions.identify import Answer, identify
from ranger_app.actions.take_back import take_back
from ranger_app.actions.undo import undo
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ranger_app.store import gallery
from ranger_app.store.gallery import Filter


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Khasan station", country="RU", utc_offset=600) as made:
        yield made


def deployed(library: Library, name: str, times: list[str | None]) -> tuple[bytes, list[bytes]]:
    deployment = records.add(library, "deployment", {"name": name, "utc_offset": 600, "start": "2025-01-01T00:00:00"})
    ids = [library.new_id() for _time in times]
    ops = [
        create(
            "media",
            record,
            {"deployment": deployment, "sha256": record.hex() * 2, "camera_time": time, "file_name": f"{place}.jpg"},
        )
        for place, (record, time) in enumerate(zip(ids, times, strict=True))
    ]
    library.commit(ops, label="ingest")
    return deployment, ids


def key_of(library: Library, media: bytes) -> int:
    with library.read() as db:
        key = gallery.key_of(db, media)
    assert key is not None
    return key


def test_tally_counts_what_a_person_saw_and_nothing_else(library: Library) -> None:
    first, ids = deployed(library, "One", ["2025-01-01T10:00:00", "2025-01-01T10:00:01"])
    deployed(library, "Two", ["2025-01-02T10:00:00"])
    machine = {"media": ids[1], "type": "animal", "taxon": "Lynx lynx", "method": "machine"}
    library.commit([create("observation", library.new_id(), machine)], label="identify")
    identify(library, [ids[0]], Answer("blank"))
    with library.read() as db:
        assert review.tally(db) == review.Tally(3, 1)
        assert review.tally(db, first) == review.Tally(2, 1)
        assert review.tally(db, first).to_review == 1
        assert review.shown_in_library(db) == [("Lynx lynx", 1), ("blank", 1)]
        assert [one.machine for one in review.said(db, ids[1])] == [True]
    undo(library)
    with library.read() as db:
        assert review.tally(db) == review.Tally(3, 0)


def test_next_to_review_follows_the_order_of_the_grid(library: Library) -> None:
    times: list[str | None] = ["2025-01-01T12:00:00", None, "2025-01-01T10:00:00", "2025-01-01T10:00:00", None]
    deployment, ids = deployed(library, "One", times)
    _other, late = deployed(library, "Two", ["2025-01-01T11:00:00"])
    with library.read() as db:
        order = list(gallery.keys(db, Filter()))
        assert order == [key_of(library, ids[n]) for n in (1, 4, 2, 3)] + [
            key_of(library, late[0]),
            key_of(library, ids[0]),
        ]
        walked = [review.next_to_review(db, Filter())]
        while walked[-1] is not None:
            walked.append(review.next_to_review(db, Filter(), walked[-1]))
        assert walked == [*order, None]
    identify(library, [ids[2], ids[0]], Answer("blank"))
    with library.read() as db:
        after = key_of(library, ids[4])
        assert review.next_to_review(db, Filter(), after) == key_of(library, ids[3])
        assert review.next_to_review(db, Filter(deployment), key_of(library, ids[3])) is None
        assert review.next_to_review(db, Filter(end=0), None) is None


def test_what_was_said_comes_people_first_and_newest_first(library: Library) -> None:
    library.person = records.add(library, "person", {"name": "Ranger 1", "role": "ranger"})
    _deployment, ids = deployed(library, "One", ["2025-01-01T10:00:00"])
    identify(library, ids, Answer("animal", "Sus scrofa", 3))
    library.clock = lambda: 4_000_000_000_000
    machine = {"media": ids[0], "type": "animal", "taxon": "Lynx lynx", "method": "machine", "machine": "M", "at": 1}
    library.commit([create("observation", library.new_id(), machine)], label="identify")
    identify(library, ids, Answer("animal", "Panthera tigris", 1, None, "female"))
    with library.read() as db:
        found = review.said(db, ids[0])
    assert [(one.shown, one.by, one.machine) for one in found] == [
        ("Panthera tigris", "Ranger 1", False),
        ("Sus scrofa", "Ranger 1", False),
        ("Lynx lynx", "M", True),
    ]
    assert (found[0].count, found[0].sex, found[1].count) == (1, "female", 3)


def test_species_keys_belong_to_a_person(library: Library) -> None:
    first = records.add(library, "person", {"name": "Ranger 1", "role": "ranger"})
    second = records.add(library, "person", {"name": "Ranger 2", "role": "ranger"})
    library.person = first
    assert review.species_list(library) == review.USUAL_SPECIES
    review.keep_species(library, ["Лось", "Vulpes vulpes", " ", *["Lynx lynx"] * 9])
    assert review.species_list(library)[:2] == ("Alces alces", "Vulpes vulpes")
    assert len(review.species_list(library)) == 9
    library.person = second
    assert review.species_list(library) == review.USUAL_SPECIES
    library.person = first
    review.keep_species(library, [])
    assert review.species_list(library) == review.USUAL_SPECIES


def test_usual_species_are_in_the_list_of_species() -> None:
    from ranger_app.domain import taxa

    assert all(taxa.find(name) for name in review.USUAL_SPECIES)


def test_going_on_is_kept(library: Library) -> None:
    assert review.goes_on(library)
    review.set_goes_on(library, False)
    assert not review.goes_on(library)


def test_deployments_with_their_numbers(library: Library) -> None:
    place = records.add(library, "location", {"name": "Oak Ridge", "latitude": 425_000_000, "longitude": 1_308_000_000})
    deployment, ids = deployed(library, "One", ["2025-01-01T10:00:00", "2025-01-01T10:00:01"])
    records.edit(library, "deployment", deployment, {"location": place})
    deployment_times.add_failure(library, deployment, "2025-01-02T00:00:00", "2025-01-03T00:00:00", "snow")
    identify(library, ids[:1], Answer("blank"))
    with library.read() as db:
        (line,) = deployment_list.deployments(db)
        assert (line.name, line.location, line.pictures, line.to_review, line.failures) == ("One", "Oak Ridge", 2, 1, 1)
        assert deployment_list.names(db) == [(deployment, "One")]
        (failure,) = deployment_list.failures(db, deployment)
    assert (failure.start, failure.reason) == ("2025-01-02T00:00:00", "snow")


def test_known_animals_by_species(library: Library) -> None:
    records.add(library, "individual", {"code": "T-02", "taxon": "Panthera tigris"})
    records.add(library, "individual", {"code": "T-01", "taxon": "Panthera tigris", "name": "Bystraya"})
    records.add(library, "individual", {"code": "L-01", "taxon": "Panthera pardus"})
    with library.read() as db:
        assert [one.name for one in review.known_animals(db, "Panthera tigris")] == ["T-01 Bystraya", "T-02"]
        assert len(review.known_animals(db)) == 3


def test_a_day_with_nothing_and_a_day_with_work(library: Library) -> None:
    empty = today.day(library)
    assert (empty.empty, empty.to_review, empty.backup_days, empty.ingests) == (True, 0, None, ())
    deployed(library, "One", ["2025-01-01T10:00:00"])
    deployed(library, "Two", ["2025-01-01T10:00:00", "2025-01-01T10:00:01"])
    records.add(library, "patrol", {"name": "Ridge", "state": "draft", "date": "2025-01-01"})
    patrol_state.submit(library, records.add(library, "patrol", {"name": "River", "date": "2025-01-02"}))
    day = today.day(library)
    assert not day.empty
    assert (day.to_review, day.review_at, day.review_there) == (3, "Two", 2)
    assert (day.to_submit, day.submit_names, day.patrols_to_review, day.patrol_names) == (1, ("Ridge",), 1, ("River",))


def test_a_card_is_told_by_its_folder(tmp_path: Path) -> None:
    assert not today.is_camera_card(tmp_path)
    (tmp_path / "dcim").mkdir()
    assert today.is_camera_card(tmp_path)
    assert not today.is_camera_card(tmp_path / "missing")


def test_a_card_that_is_emptied_waits_no_more_until_it_holds_more(library: Library, tmp_path: Path) -> None:
    from PIL import Image

    from ranger_app import jobs
    from ranger_app.actions.ingest import IngestRequest, ingest

    card = tmp_path / "card"
    (card / "DCIM").mkdir(parents=True)
    for n in range(3):
        Image.new("RGB", (32, 24), (n * 60, 90, 40)).save(card / "DCIM" / f"IMG_{n}.JPG")
    assert not today.is_emptied(library, card)
    jobs.run(ingest(library, IngestRequest(card, "Oak Ridge", 425_000_000, 1_308_000_000)))
    assert today.is_emptied(library, card)
    Image.new("RGB", (32, 24), "white").save(card / "DCIM" / "IMG_3.JPG")
    assert not today.is_emptied(library, card)
    (card / "DCIM" / "IMG_0.JPG").unlink()
    assert not today.is_emptied(library, card)  # as many files as then, but not the same ones
    assert not today.is_emptied(library, tmp_path / "gone")


@pytest.mark.realdata
def test_look_through_a_card_before_it_is_emptied(library: Library, real_data: Path) -> None:
    from ranger_app import jobs
    from ranger_app.actions.ingest import IngestRequest, ingest

    folder = real_data / "camtrap-dp-example" / "media"
    found = ingest_preview.look_through(library, folder)
    assert (found.pictures, found.videos, found.unread, found.location) == (10, 0, 0, "")
    assert found.first
    assert found.last >= found.first
    assert found.bytes == sum(one.stat().st_size for one in folder.iterdir())
    report = jobs.run(ingest(library, IngestRequest(folder, "Oak Ridge", 425_000_000, 1_308_000_000)))
    assert ingest_preview.locations(library) == ["Oak Ridge"]
    assert [one[0] for one in ingest_preview.deployments_at(library, "Oak Ridge")] == [report.deployment_id]
    if found.serial_number:
        assert ingest_preview.look_through(library, folder).location == "Oak Ridge"
    (line,) = deployment_list.ingests(library)
    assert (line.stored, line.place, line.can_take_back, line.finished is not None) == (10, "Oak Ridge", True, True)
    assert deployment_list.ingests(library, unfinished=True) == []
    assert take_back(library, line.id) == 10
    assert deployment_list.ingests(library) == []
