"""What a partner sends can be passed on: nothing of it bars the bundles of who took it in."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from ranger_app.actions.bundle_open import write_open_bundle
from ranger_app.domain import batch as batches
from ranger_app.domain.batch import BatchError
from ranger_app.domain.ops import create
from ranger_app.jobs import run
from ranger_app.store import rows
from ranger_app.sync import packs
from tests.station import Station


@pytest.mark.parametrize("where", ["field", "label"])
def test_a_line_that_no_reader_takes_is_withheld(stations: Any, where: str) -> None:
    ours, theirs, office = stations.new("ours"), stations.new("theirs"), stations.new("office")
    for other in (theirs, office):
        stations.pair(ours, other)
    long = secrets.token_hex(2_500_000)
    long_one, usual = theirs.new_id(), theirs.new_id()
    fields = {"type": "blank", "behaviour": long if where == "field" else None}
    ops = [create("observation", long_one, fields), create("observation", usual, {"type": "blank"})]
    theirs.commit(ops, label=long if where == "label" else "test")
    stations.write(theirs, ours, stick="in", media="none")
    stations.read(ours, stick="in")
    run(write_open_bundle(ours, stations.folder / "out", (office.station.id,)))
    stations.read(office, stick="out")
    with office.read() as db:
        found = rows.get(db, "observation", usual)
        assert found is not None
        assert found.text("type") == "blank"


def test_a_batch_that_grows_too_large_when_withheld_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    station = Station("many")
    sealed = station.commit(*(create("unknown", number.to_bytes(16, "big"), {}) for number in range(5000)))
    batches.verify(sealed, station.keys.signing)
    monkeypatch.setattr(batches, "LARGEST", len(sealed.body) + 5000 * 20)
    with pytest.raises(BatchError, match="size"):
        batches.verify(sealed, station.keys.signing)


def test_a_batch_that_swells_too_much_is_refused() -> None:
    assert packs.can_be_sent((b"head", b"signature", bytes(1 << 20)))
    assert packs.can_be_sent((b"head", b"signature", secrets.token_bytes(5 << 20)))
    assert not packs.can_be_sent((b"head", b"signature", bytes(5 << 20)))
    with pytest.raises(packs.FrameDamaged):
        list(packs.unpack_batches(next(packs.pack_batches([(b"head", b"signature", bytes(5 << 20))]))[0]))
