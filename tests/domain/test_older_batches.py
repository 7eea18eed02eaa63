"""Batches of a version whose fields lay in other groups: what belongs to a withheld group today leaves in none."""

from __future__ import annotations

import pytest

from ranger_app.domain import batch as batches
from ranger_app.domain import stubs
from ranger_app.domain.ops import Op, create
from tests.station import Station

PLACE = {"latitude": 425_678_912, "longitude": 1_306_543_219}


def _written(monkeypatch: pytest.MonkeyPatch, op: Op, once_open: set[str]) -> batches.Sealed:
    """The operation as it was written when these fields were open ones."""
    now = batches._GROUPS
    then = {kind: {name: one for name, one in groups.items() if name not in once_open} for kind, groups in now.items()}
    with monkeypatch.context() as patch:
        patch.setattr(batches, "_GROUPS", then)
        return Station("older").commit(op)


@pytest.mark.parametrize(
    ("op", "once_open", "stays"),
    [
        (create("location", b"l" * 16, {"type": "site", "remarks": "at 42.56789", **PLACE}), {"remarks"}, True),
        (create("camera", b"c" * 16, {"name": "Den", "make": "R"}), {"name"}, True),
        (create("camera", b"c" * 16, {"make": "R"}), {"name"}, False),
    ],
)
def test_what_is_withheld_today_stays_though_it_was_open_once(
    monkeypatch: pytest.MonkeyPatch, op: Op, once_open: set[str], stays: bool
) -> None:
    sealed = _written(monkeypatch, op, once_open)
    seen = stubs.withhold(sealed, lambda *_: frozenset({"open", "place.1"}), meta=True)
    told = batches.read(seen).ops[0]
    assert once_open.isdisjoint(told.fields)
    assert ("open" in told.withheld) == stays
    assert batches.read(stubs.join(seen, sealed)).ops[0].fields == op.fields


def test_it_leaves_with_the_group_that_it_belongs_to_now(monkeypatch: pytest.MonkeyPatch) -> None:
    op = create("camera", b"c" * 16, {"name": "Den", "make": "R"})
    sealed = _written(monkeypatch, op, {"name"})
    seen = stubs.withhold(sealed, lambda *_: frozenset({"open", "file"}), meta=True)
    assert batches.read(seen).ops[0].fields == op.fields
