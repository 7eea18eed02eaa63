"""Which batches a station holds with something withheld, as runs of numbers that share one mask.

A partner tells it in its bundles and receipts, so that whoever clears it later knows what to send again.
"""

from __future__ import annotations

import hashlib
import zlib
from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise

import msgspec

from ranger_app.domain.intervals import Writer

Run = tuple[int, int, bytes]
"""First and last number, and the mask of each (see ``stubs.mask``); an empty mask where it is not known."""
Stubs = dict[Writer, list[Run]]

UNKNOWN = b""
"""Something may be withheld, nobody knows what: the batch is sent again."""
MOST_RUNS = 200_000
MOST_BYTES = 16 << 20
"""Bytes a packed list may unpack to."""

_Row = tuple[bytes, bytes, int, int, bytes]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[_Row]).decode


def runs(states: Iterable[tuple[bytes, bytes, int, bytes]]) -> Stubs:
    """Runs from single batches (station, incarnation, number, mask) in ascending order of each writer's numbers."""
    found: Stubs = {}
    for origin, incarnation, n, mask in states:
        line = found.setdefault((origin, incarnation), [])
        if line and line[-1][1] == n - 1 and line[-1][2] == mask:
            line[-1] = (line[-1][0], n, mask)
        else:
            line.append((n, n, mask))
    return found


def _plain(stubs: Stubs) -> bytes:
    return _encode([(*writer, *run) for writer in sorted(stubs) for run in stubs[writer]])


def pack(stubs: Stubs) -> bytes:
    """For keeping and for a receipt; the same list gives the same bytes on every machine of one zlib only."""
    return zlib.compress(_plain(stubs), 6)


def unpack(data: bytes | None) -> Stubs:
    """What was packed, nothing for None. ValueError where it is not well formed or too large."""
    if not data:
        return {}
    opener = zlib.decompressobj()
    try:
        plain = opener.decompress(data, MOST_BYTES)
        if opener.unconsumed_tail or not opener.eof:
            raise ValueError("size")
        rows = _decode(plain)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError("partial") from error
    return checked(rows)


def checked(rows: Iterable[_Row]) -> Stubs:
    """Runs from rows of a stranger: sorted, not overlapping, of sensible length. ValueError otherwise."""
    found: Stubs = {}
    for number, (origin, incarnation, low, high, mask) in enumerate(rows):
        if number >= MOST_RUNS or len(origin) != 16 or len(incarnation) != 8 or not 1 <= low <= high <= 2**53:
            raise ValueError("run")
        line = found.setdefault((origin, incarnation), [])
        if line and line[-1][1] >= low:
            raise ValueError("order")
        line.append((low, high, mask))
    return found


def digest(stubs: Stubs) -> bytes:
    """Eight bytes that are equal where two lists are."""
    return hashlib.sha256(_plain(stubs)).digest()[:8]


NOTHING = digest({})
"""The digest of a station that holds every batch whole."""


def known(stubs: Stubs, writer: Writer, n: int) -> bytes | None:
    """The mask of a batch, None for one that is whole (or not there at all)."""
    line = stubs.get(writer)
    if not line:
        return None
    at = bisect_right(line, n, key=lambda run: run[0]) - 1
    return line[at][2] if at >= 0 and line[at][1] >= n else None


def either(one: Stubs, other: Stubs) -> Stubs:
    """What is partial by either statement; where both name a batch with different masks, it is not known.

    For a partner that was restored: what it revealed to itself since may be lost again.
    """
    found: Stubs = {}
    for writer in {*one, *other}:
        mine, theirs = one.get(writer, []), other.get(writer, [])
        edges = sorted({edge for low, high, _mask in (*mine, *theirs) for edge in (low, high + 1)})
        line: list[Run] = []
        for low, after in pairwise(edges):
            masks = {mask for mask in (known(one, writer, low), known(other, writer, low)) if mask is not None}
            if not masks:
                continue
            mask = masks.pop() if len(masks) == 1 else UNKNOWN
            if line and line[-1][1] == low - 1 and line[-1][2] == mask:
                line[-1] = (line[-1][0], after - 1, mask)
            else:
                line.append((low, after - 1, mask))
        if line:
            found[writer] = line
    return found
