"""Batches: what is signed is what was done, and any other byte is noticed."""

from __future__ import annotations

import random

import msgspec
import pytest

from ranger_app.domain import batch as batches
from ranger_app.domain.batch import BatchError, Meta, Sealed
from ranger_app.domain.fields import Group, Type
from ranger_app.domain.kinds import KINDS
from ranger_app.domain.ops import change, create
from ranger_app.keys import StationKeys

KEYS = StationKeys(bytes(32), bytes([1]) * 32)
WRITER = (KEYS.station, b"12345678")


def seal() -> Sealed:
    ops = [
        create("location", b"a" * 16, {"name": "Кедровая", "latitude": 431_234_567, "type": "camera_site"}),
        change("person", b"b" * 16, {"name": None, "role": "ranger"}),
        create("unheard_of", b"c" * 16, {"anything": b"\0\1"}),
    ]
    sealed, _header = batches.seal(
        ops, key=KEYS.signer, writer=WRITER, n=7, prev=b"p" * 32, seen={(b"o" * 16, b"i" * 8): [(1, 4), (6, 6)]},
        hlc=123, meta=Meta(b"m" * 16, "edit", None),
    )  # fmt: skip
    return sealed


def test_what_was_sealed_is_read_back() -> None:
    sealed = seal()
    header = batches.verify(sealed, KEYS.signing)
    opened = batches.read(sealed)
    assert (header.n, header.count, header.hlc) == (7, 3, 123)
    assert opened.seen == {(b"o" * 16, b"i" * 8): [(1, 4), (6, 6)]}
    assert opened.ops[0].fields == {"name": "Кедровая", "latitude": 431_234_567, "type": "camera_site"}
    assert opened.ops[1].fields == {"name": None, "role": "ranger"}
    assert opened.ops[2].fields == {"anything": b"\0\1"}
    assert opened.meta.label == "edit"


def test_any_changed_byte_is_noticed() -> None:
    sealed = seal()
    rng = random.Random(1)
    for part in ("head", "signature", "body"):
        whole = getattr(sealed, part)
        for _ in range(120):
            at = rng.randrange(len(whole))
            changed = whole[:at] + bytes([whole[at] ^ (1 << rng.randrange(8))]) + whole[at + 1 :]
            parts = ("head", "signature", "body")
            other = Sealed(*(changed if name == part else getattr(sealed, name) for name in parts))
            with pytest.raises(BatchError):
                batches.verify(other, KEYS.signing)
    with pytest.raises(BatchError):
        batches.verify(sealed, StationKeys.new().signing)


@pytest.mark.parametrize("value", [1.5, True, [1], {"a": 1}, 2**63])
def test_values_no_column_can_hold_are_refused(value: object) -> None:
    sealed = seal()
    body = msgspec.msgpack.decode(sealed.body)
    body[3][0][4]["open"] = msgspec.msgpack.encode({"type": value})
    with pytest.raises(BatchError):
        batches.read(Sealed(sealed.head, sealed.signature, msgspec.msgpack.encode(body)))


def test_places_people_tracks_and_files_are_committed_apart() -> None:
    for kind in KINDS:
        for field in kind.fields:
            if field.type is Type.DEGREES:
                assert field.group is Group.PLACE, f"{kind.name}.{field.name}"
            if field.refers_to == "person" or (kind.name == "person" and field.name == "name"):
                assert field.group is Group.PEOPLE, f"{kind.name}.{field.name}"
            if field.type is Type.HASH:
                assert field.group in (Group.FILE, Group.TRACK), f"{kind.name}.{field.name}"
