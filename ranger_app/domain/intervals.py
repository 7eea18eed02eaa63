"""Which batches a station has seen: interval sets for each writer, never only a maximum.

A damaged or partly read bundle leaves holes that a maximum would hide for ever.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

Writer = tuple[bytes, bytes]
"""(station id, incarnation): one writer whose batches are numbered 1, 2, 3, …"""

Spans = list[tuple[int, int]]
"""Sorted, disjoint, not adjacent, both ends included."""

Vector = dict[Writer, Spans]
Packed = list[tuple[bytes, bytes, list[int]]]


def covers(spans: Spans, number: int) -> bool:
    """Whether ``number`` lies in ``spans``."""
    if not spans:
        return False
    if len(spans) == 1:
        return spans[0][0] <= number <= spans[0][1]
    at = bisect_right(spans, (number, 1 << 62)) - 1
    return at >= 0 and spans[at][0] <= number <= spans[at][1]


def add(spans: Spans, number: int) -> None:
    """Put ``number`` into ``spans`` in place."""
    if spans and spans[-1][1] == number - 1:  # the usual case: the next in line
        spans[-1] = (spans[-1][0], number)
        return
    if covers(spans, number):
        return
    merged = sorted([*spans, (number, number)])
    spans[:] = _joined(merged)


def without(spans: Spans, numbers: Iterable[int]) -> Spans:
    """``spans`` with these numbers taken out, as a new list."""
    left = list(spans)
    for number in numbers:
        at = bisect_right(left, (number, 1 << 62)) - 1
        if at >= 0 and left[at][0] <= number <= left[at][1]:
            low, high = left[at]
            left[at : at + 1] = [span for span in ((low, number - 1), (number + 1, high)) if span[0] <= span[1]]
    return left


def _joined(sorted_spans: Iterable[tuple[int, int]]) -> Spans:
    joined: Spans = []
    for low, high in sorted_spans:
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def pack(vector: Mapping[Writer, Spans]) -> Packed:
    """The vector as plain lists in a fixed order, for a batch header or a bundle."""
    return [
        (origin, incarnation, [edge for span in vector[origin, incarnation] for edge in span])
        for origin, incarnation in sorted(vector)
        if vector[origin, incarnation]
    ]


def unpack(packed: Packed) -> Vector:
    """The vector from its packed form; ValueError where the spans are not well formed."""
    vector: Vector = {}
    for origin, incarnation, edges in packed:
        spans = list(zip(edges[::2], edges[1::2], strict=True))
        if any(low > high or low < 1 for low, high in spans):
            raise ValueError("span")
        vector[origin, incarnation] = _joined(sorted(spans))
    return vector
