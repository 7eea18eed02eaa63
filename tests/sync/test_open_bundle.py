"""Open bundles end to end: an office reads every word, a partner takes it in, and no exact place is in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import ledger, partners, records
from ranger_app.actions.bundle_open import write_open_bundle
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.actions.status import current_hash
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.sync.cards import confirmation_digits
from ranger_app.sync.problems import BundleProblem

PLACE = {"name": "Heron pond", "type": "site", "latitude": 425_678_912, "longitude": 1_306_543_219, "country": "RU"}


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Library, Library]]:
    """Khasan and Rason, who trust each other."""
    with (
        Library.create(tmp_path / "khasan", name="Khasan", country="RU", utc_offset=600) as ours,
        Library.create(tmp_path / "rason", name="Rason", country="KP", utc_offset=540) as theirs,
    ):
        digits = confirmation_digits(ours.station.id, theirs.station.id)
        for one, other in ((ours, theirs), (theirs, ours)):
            card = partners.write_card(other, tmp_path / f"{other.station.country}.json")
            partners.add_partner(one, card, confirm=digits, clearance="open")
        yield ours, theirs


def season(library: Library) -> bytes:
    person = records.add(library, "person", {"name": "Observer A", "role": "ranger"})
    site = records.add(library, "location", PLACE)
    survey = records.add(library, "survey", {"site": site, "date": "2026-01-17", "observers": f'["{person.hex()}"]'})
    records.add(library, "count", {"survey": survey, "taxon": "Platalea minor", "count": 3})
    records.add(library, "count", {"survey": survey, "taxon": "Anser fabalis", "count": 1200})
    return site


def write(ours: Library, theirs: Library, stick: Path) -> Path:
    folder = jobs.run(write_open_bundle(ours, stick, (theirs.station.id,))).folder
    assert folder is not None
    return folder


def test_it_is_text_and_says_no_more_than_the_rule(pair: tuple[Library, Library], tmp_path: Path) -> None:
    ours, theirs = pair
    season(ours)
    folder = write(ours, theirs, tmp_path / "stick")
    everything = ""
    for path in folder.iterdir():
        text = path.read_bytes().decode("utf-8")  # every file is text
        everything += text
        if path.suffix == ".txt" and path.name != "READ-ME.txt":
            assert all(isinstance(json.loads(line), dict) for line in text.split("\n") if line)
    assert "Anser fabalis" in everything
    assert "2026-01-17" in everything
    for secret in ("Heron pond", "425678912", "1306543219", "42.5678", "Observer A"):
        assert secret not in everything


def test_a_partner_reads_it_and_a_damaged_one_is_healed_or_refused(
    pair: tuple[Library, Library], tmp_path: Path
) -> None:
    ours, theirs = pair
    site = season(ours)
    folder = write(ours, theirs, tmp_path / "stick")
    first = folder / "records-0001.txt"
    first.write_bytes(first.read_bytes().replace(b"1200", b"9200"))
    report = jobs.run(read_bundles(theirs, tmp_path / "stick"))
    assert report.new == 5
    assert report.withheld > 0
    with theirs.read() as db:
        place = rows.get(db, "location", site)
        assert place is not None
        assert (place["name"], place["country"]) == (None, "RU")
        assert sorted(one["count"] for one in rows.find(db, "count")) == [3, 1200]  # type: ignore[type-var]
    before = current_hash(theirs)
    assert jobs.run(read_bundles(theirs, tmp_path / "stick")).new == 0
    assert current_hash(theirs) == before
    (folder / "records-0001.bak").unlink()
    records.add(ours, "note", {"text": "t"})
    with pytest.raises(BundleProblem):
        jobs.run(read_bundles(theirs, tmp_path / "stick"))
    in_part = jobs.run(read_bundles(theirs, tmp_path / "stick", partial=True))
    assert in_part.damaged > 0
    assert current_hash(theirs) == before


def test_the_ledger_says_what_kind_of_bundle_it_was(pair: tuple[Library, Library], tmp_path: Path) -> None:
    ours, theirs = pair
    season(ours)
    write(ours, theirs, tmp_path / "stick")
    (line,) = ledger.lines(ours, theirs.station.id)
    assert line.given.what == "open_bundle"
    assert '"places"' in line.given.rule


def test_a_sealed_bundle_adds_what_a_looser_rule_reveals(pair: tuple[Library, Library], tmp_path: Path) -> None:
    ours, theirs = pair
    season(ours)
    write(ours, theirs, tmp_path / "open")
    jobs.run(read_bundles(theirs, tmp_path / "open"))
    jobs.run(write_bundle(theirs, WriteRequest(tmp_path / "back", (ours.station.id,))))
    jobs.run(read_bundles(ours, tmp_path / "back"))
    card = tmp_path / "KP.json"
    partners.add_partner(ours, card, clearance="full")
    jobs.run(write_bundle(ours, WriteRequest(tmp_path / "sealed", (theirs.station.id,))))
    report = jobs.run(read_bundles(theirs, tmp_path / "sealed"))
    assert report.new == 0
    assert report.revealed > 0
    assert current_hash(ours) == current_hash(theirs)
