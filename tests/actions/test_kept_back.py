"""Records of which something is withheld: named by a word rather than blank, and never typed over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import deployment_list, effort, listing, originals, records
from ranger_app.actions.sharing_view import View
from ranger_app.domain import batch as batches
from ranger_app.domain import stubs
from ranger_app.domain.sharing import FULL, STANDARD, Rule
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import gallery, log
from ranger_app.store.apply import ApplyReport


@pytest.fixture
def stations(tmp_path: Path) -> Iterator[tuple[Library, Library]]:
    with (
        Library.create(tmp_path / "a", name="A", country="RU", utc_offset=600) as ours,
        Library.create(tmp_path / "b", name="B", country="CN", utc_offset=480) as theirs,
    ):
        yield ours, theirs


def give(giver: Library, taker: Library, rule: Rule) -> None:
    """Carry every batch over as the rule lets it be seen."""
    turn = []
    with giver.read() as db:
        view = View(db, rule, giver.now_ms())
        for stored in log.stored(db):
            opened = batches.read(stored.sealed)
            sealed = stubs.withhold(stored.sealed, view.reveal(opened), meta=view.meta(opened), opened=opened)
            turn.append((sealed, batches.read(sealed)))
    taker.take_in(turn, ApplyReport())


def test_withheld_names_are_a_word_and_are_not_edited(stations: tuple[Library, Library]) -> None:
    ours, theirs = stations
    den = records.add(ours, "location", {"name": "Den", "latitude": 430_000_000, "longitude": 1_310_000_000,
                                         "type": "camera_site"})  # fmt: skip
    camera = records.add(ours, "deployment", {"name": "Den 1", "location": den, "utc_offset": 600})
    person = records.add(ours, "person", {"name": "Observer A", "role": "ranger"})
    give(ours, theirs, STANDARD)
    word = f"(withheld) {den.hex()[:6]}"
    with theirs.read() as db:
        assert records.title(db, "location", den) == word
        assert records.title(db, "person", person) == f"(withheld) {person.hex()[:6]}"
        (line,) = deployment_list.deployments(db)
        assert (line.name, line.location) == (f"(withheld) {camera.hex()[:6]}", word)
        assert effort.deployments(db)[0].place == word
    (shown,) = listing.lines(theirs, "location", ("name", "type"))
    assert shown.texts == ("(withheld)", "Camera site")
    for values in ({"name": "Ours"}, {"latitude": 1}, {"remarks": "x"}):
        with pytest.raises(DataProblem, match="WITHHELD_HERE"):
            records.edit(theirs, "location", den, values)
    records.edit(theirs, "location", den, {"country": "RU", "name": None})  # as a form sends it
    give(ours, theirs, FULL)
    with theirs.read() as db:
        assert records.title(db, "location", den) == "Den"
    records.edit(theirs, "location", den, {"remarks": "seen together"})


def test_a_record_without_a_name_that_nobody_withholds_goes_by_its_id(stations: tuple[Library, Library]) -> None:
    ours, _theirs = stations
    blank = records.add(ours, "observation", {"type": "blank"})
    with ours.read() as db:
        assert records.title(db, "observation", blank)
        assert records.title(db, "location", b"x" * 16) == (b"x" * 16).hex()[:8]


def test_a_picture_whose_hash_is_withheld_is_seen_in_the_copy_that_came(stations: tuple[Library, Library]) -> None:
    ours, theirs = stations
    media = records.add(ours, "media", {"sha256": "a" * 64, "file_name": "IMG_0001.JPG", "media_type": "image/jpeg"})
    plain = records.add(theirs, "media", {"media_type": "image/jpeg", "address": "https://example.org/1"})
    give(ours, theirs, STANDARD)
    with theirs.read() as db:
        found = {cell.id: cell for cell in gallery.cells(db, gallery.keys(db, gallery.Filter()))}
        assert found[media].sha256 == media.hex() == gallery.picture_of(db, media)
        assert found[plain].sha256 is None
        assert gallery.picture_of(db, plain) is None
    jpeg = b"\xff\xd8 a copy \xff\xd9"
    thumbs.keep(theirs.cache, media.hex(), jpeg)
    seen = thumbs.thumbnail(theirs.folder, media.hex())
    assert seen is not None
    assert seen.read_bytes() == jpeg
    assert originals.look_for(theirs, media.hex()).why
    assert not originals.is_kept(theirs, media.hex())
    give(ours, theirs, FULL)
    with theirs.read() as db:
        assert gallery.picture_of(db, media) == "a" * 64
