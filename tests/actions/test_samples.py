"""Samples: codes, hand-overs that stay as they were signed, results, labels that hold no place."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import records, samples, undo
from ranger_app.domain.ops import DELETED, change
from ranger_app.errors import DataProblem
from ranger_app.library import Library

HANDED = {"at": "2026-03-02T10:00:00", "given_by": "Ranger 1", "taken_by": "Exchange officer", "seal": "A1"}


@pytest.fixture
def library(tmp_path: Path) -> Any:
    with Library.create(tmp_path / "lib", name="Khasan", country="RU", utc_offset=600) as made:
        yield made


def test_codes_count_on_and_are_never_given_twice(library: Library) -> None:
    first = samples.collect(library, {"type": "scat", "date": "2026-03-01"})
    with library.read() as db:
        code = records.existing(db, "sample", first).text("code")
    assert re.fullmatch(r"RU[0-9A-F]{3}-\d\d-001", code)
    assert samples.next_codes(library, 2) == [code[:-3] + "002", code[:-3] + "003"]
    with pytest.raises(DataProblem, match="SAMPLE_CODE_TAKEN"):
        samples.collect(library, {"type": "hair", "code": code})
    records.delete(library, "sample", first)
    assert samples.next_codes(library) == [code[:-3] + "002"]  # the label is on a bag somewhere


def test_place_day_and_species_come_from_the_find(library: Library) -> None:
    patrol = records.add(library, "patrol", {"name": "P"})
    place = {"latitude": 426_000_000, "longitude": 1_310_000_000, "uncertainty": 15}
    at = 1_772_323_200_000  # 2026-03-01T00:00:00Z, ten in the morning at the station
    waypoint = records.add(library, "waypoint", {"patrol": patrol, "at": at, **place})
    find = records.add(
        library, "sighting", {"patrol": patrol, "waypoint": waypoint, "category": "scat.", "taxon": "Panthera tigris"}
    )
    made = samples.collect(library, {"type": "scat", "sighting": find})
    with library.read() as db:
        got = records.existing(db, "sample", made)
    assert {name: got[name] for name in place} == place
    assert (got["waypoint"], got["patrol"], got["suspected_taxon"]) == (waypoint, patrol, "Panthera tigris")
    assert (got["date"], got["time"]) == ("2026-03-01", "10:00")


def test_a_hand_over_stands_as_it_was_signed(library: Library) -> None:
    sample = samples.collect(library, {"type": "scat", "date": "2026-03-01"})
    link = samples.hand_over(library, sample, HANDED)
    with pytest.raises(DataProblem, match="HAND_OVER_LAST"):
        undo.undo(library)
    with pytest.raises(DataProblem, match="FACT"):
        records.edit(library, "hand_over", link, {"taken_by": "Somebody else"})
    library.commit([change("hand_over", link, {"taken_by": "Somebody else", DELETED: 1})], label="forged")
    (shown,) = samples.chain(library, sample)
    assert shown.text("taken_by") == "Exchange officer"
    assert len(shown.warnings) == 1
    assert samples.holder([shown]) == "Exchange officer"


def test_a_chain_tells_its_gaps(library: Library) -> None:
    sample = samples.collect(library, {"type": "scat", "date": "2026-03-01"})
    wrong = samples.hand_over(library, sample, {**HANDED, "at": "2026-02-02T10:00:00"})
    assert "before" in samples.chain(library, sample)[0].warnings[0]
    samples.hand_over(library, sample, HANDED, corrects=wrong)
    samples.hand_over(
        library,
        sample,
        {"at": "2026-03-05T09:00:00", "given_by": "Driver", "taken_by": "Laboratory", "seal": "A2", "seal_whole": 0},
    )
    links = samples.chain(library, sample)
    assert [(one.corrected, len(one.warnings)) for one in links] == [(True, 0), (False, 0), (False, 3)]
    assert samples.holder(links) == "Laboratory"
    other = samples.collect(library, {"type": "hair"})
    with pytest.raises(DataProblem, match="NO_RECORD"):
        samples.hand_over(library, other, HANDED, corrects=wrong)


def test_a_result_becomes_one_observation(library: Library) -> None:
    sample = samples.collect(library, {"type": "scat", "date": "2026-03-01"})
    assert samples.result(library, sample, {"laboratory": "Lab"}) == (None, False)
    tiger = records.add(library, "individual", {"code": "T-01", "taxon": "Panthera tigris"})
    found = {"result_taxon": "Panthera tigris", "result_sex": "female", "individual": tiger}
    observation, new = samples.result(library, sample, found)
    assert new
    again = samples.result(library, sample, {"result_taxon": "Panthera pardus", "individual": None})
    assert again == (observation, False)
    with library.read() as db:
        said = records.existing(db, "observation", observation or b"")
        assert db.conn.execute("SELECT count(*) FROM observation").fetchone() == (1,)
    assert (said["taxon"], said["sex"], said["individual"]) == ("Panthera pardus", "female", None)
    assert said["sample"] == sample
    with pytest.raises(DataProblem, match="FIELD_UNKNOWN"):
        samples.result(library, sample, {"latitude": 1})


def test_labels_are_read_again_and_hold_no_place(library: Library, tmp_path: Path) -> None:
    from PIL import Image

    from ranger_app.actions import sample_labels
    from ranger_app.media import qr

    place = {"latitude": 426_123_456, "longitude": 1_310_123_456, "remarks": "Behind the old mill"}
    sample = samples.collect(library, {"type": "scat", "date": "2026-03-01", "substrate": "snow", **place})
    codes = sample_labels.write(library, tmp_path / "labels.html", [sample], empty=2)
    page = (tmp_path / "labels.html").read_text(encoding="utf-8")
    assert len(codes) == 3
    assert all(code in page for code in codes)
    assert not any(word in page for word in ("42.61", "131.01", "mill", "426123456", "src=", "url("))
    photo = tmp_path / "photo.png"
    Image.open(io.BytesIO(qr.draw(sample_labels.PREFIX + codes[0]))).save(photo)
    assert sample_labels.read(library, photo) == sample
    Image.open(io.BytesIO(qr.draw("RANGER SAMPLE nowhere"))).save(photo)
    with pytest.raises(DataProblem, match="NO_RECORD"):
        sample_labels.read(library, photo)
    Image.new("RGB", (50, 50)).save(photo)
    with pytest.raises(DataProblem, match="NO_LABEL"):
        sample_labels.read(library, photo)
