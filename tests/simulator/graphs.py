"""Every way in which a few operations can know of each other, each once, made and not picked by hand.

A merge that was tested in all orders on chosen examples was still wrong elsewhere; so the examples are all there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product

Graph = tuple[frozenset[int], ...]
"""For each operation, in an order in which they can have been made, the numbers of those it was made in view of."""

DAGS = (1, 1, 2, 6, 31, 302, 5984)
"""How many different graphs there are of n operations (OEIS A003087)."""
ORDERS = (1, 1, 2, 5, 16, 63, 318)
"""Of these, those where who saw an operation saw all that it had in view (OEIS A000112)."""


def graphs(size: int, *, transitive: bool) -> Iterator[Graph]:
    """All graphs of ``size`` operations that differ in more than the names of these."""
    met: set[object] = set()
    pairs = [(later, earlier) for later in range(size) for earlier in range(later)]
    for chosen in product((False, True), repeat=len(pairs)):
        edges = {pair for pair, taken in zip(pairs, chosen, strict=True) if taken}
        if transitive and any((b, c) in edges and (a, c) not in edges for a, b in edges for c in range(b)):
            continue
        name = _canonical(size, edges)
        if name not in met:
            met.add(name)
            yield tuple(frozenset(b for a, b in edges if a == at) for at in range(size))


def _canonical(size: int, edges: set[tuple[int, int]]) -> object:
    """The same for two graphs if, and only if, renaming makes one of the other."""
    into = [[b for a, b in edges if a == at] for at in range(size)]
    out = [[a for a, b in edges if b == at] for at in range(size)]
    look: list[object] = [(len(into[at]), len(out[at])) for at in range(size)]
    for _ in range(2):
        look = [
            (look[at], sorted(repr(look[b]) for b in into[at]), sorted(repr(look[a]) for a in out[at]))
            for at in range(size)
        ]
    words = [repr(one) for one in look]
    classes = [[at for at in range(size) if words[at] == word] for word in sorted(set(words))]
    best: list[tuple[int, int]] | None = None
    for parts in product(*(permutations(one) for one in classes)):
        place = {at: new for new, at in enumerate(at for part in parts for at in part)}
        named = sorted((place[a], place[b]) for a, b in edges)
        if best is None or named < best:
            best = named
    return (tuple(sorted(words)), tuple(best or ()))
