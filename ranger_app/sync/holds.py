"""What a partner is known to hold: taken only from bundles read from that partner, never from what was sent.

A partner that was restored from a backup holds less than it once said, so a change of incarnation keeps only what
both statements agree on; sending a record twice is harmless, leaving one out is not.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ranger_app.domain.intervals import Packed, Spans, Vector, pack, unpack


class Holds(msgspec.Struct, frozen=True, array_like=True):
    """A partner's own statement in its bundle number ``counter``, made under ``incarnation`` (8 bytes)."""

    incarnation: bytes
    counter: int
    packed: Packed


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Holds).decode


def to_bytes(holds: Holds) -> bytes:
    """For keeping beside the partner."""
    return _encode(holds)


def from_bytes(data: bytes | None) -> Holds | None:
    """What was kept; None for nothing, or for what cannot be read (then everything is sent)."""
    if data is None:
        return None
    try:
        holds = _decode(data)
        unpack(holds.packed)
    except (msgspec.MsgspecError, ValueError):
        return None
    return holds


def said(incarnation: bytes, counter: int, vector: Vector) -> Holds:
    """A statement as it is kept."""
    return Holds(incarnation, counter, pack(vector))


def newer(old: Holds | None, new: Holds) -> Holds:
    """What to keep of two statements of one partner, in whatever order their bundles came."""
    if old is None:
        return new
    if old.incarnation == new.incarnation:
        return new if new.counter > old.counter else old
    return said(new.incarnation, new.counter, common([unpack(old.packed), unpack(new.packed)]))


def told(old: Holds | None, new: Holds, *, short: bool = False) -> Holds:
    """What to keep once a receipt came, written after the partner's bundle number ``new.counter``.

    A ``short`` one leaves out some of what is true, so that what was known stays.
    """
    if old is None or old.incarnation != new.incarnation:
        return newer(old, new)
    if new.counter < old.counter:
        return old
    if short:
        return said(new.incarnation, new.counter, either(unpack(old.packed), unpack(new.packed)))
    return new


def either(one: Vector, other: Vector) -> Vector:
    """What one of them or both hold."""
    result: Vector = {}
    for origin, incarnation in {*one, *other}:
        writer = (origin, incarnation)
        edges = [edge for span in (*one.get(writer, []), *other.get(writer, [])) for edge in span]
        result |= unpack([(origin, incarnation, edges)])
    return result


def common(vectors: Sequence[Vector]) -> Vector:
    """What all of them hold; nothing for no vectors."""
    if not vectors:
        return {}
    result = vectors[0]
    for other in vectors[1:]:
        both = {writer: _overlap(spans, other.get(writer, [])) for writer, spans in result.items()}
        result = {writer: spans for writer, spans in both.items() if spans}
    return result


def _overlap(one: Spans, other: Spans) -> Spans:
    found: Spans = []
    at = to = 0
    while at < len(one) and to < len(other):
        low, high = max(one[at][0], other[to][0]), min(one[at][1], other[to][1])
        if low <= high:
            found.append((low, high))
        if one[at][1] < other[to][1]:
            at += 1
        else:
            to += 1
    return found
