"""Which animals of other catalogues an animal may be, the one captured nearest to it first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ranger_app.actions.whereabouts import Apart, Whereabouts
from ranger_app.domain.same_animal import key
from ranger_app.i18n import _
from ui.camera_traps.compare.found import Found
from ui.numbers import decimal, number

Pair = tuple[bytes, bytes]
_BY_METRE = 1000
"""Nearer than this, metres, a distance is told in metres."""


Far = Mapping[Pair, Apart | None]
"""By pair, as it stands on screen, how near the captures of its two animals lie."""


@dataclass(frozen=True, slots=True)
class Round:
    """Pairs to walk through, and at which of them to begin."""

    pairs: list[Pair]
    place: int
    far: Far


def begin(
    found: Found, where: Whereabouts, one: bytes, other: bytes | None = None, round_: Sequence[Pair] = ()
) -> Round:
    """An animal with its candidates, ``other`` among them where given; or the pairs of ``round_``; for workers."""
    pairs = [found.placed(*pair) for pair in round_] if round_ else candidates(found, where, one)
    opened = found.placed(one, other) if other is not None else None
    if opened is not None and key(*opened) not in {key(*pair) for pair in pairs}:
        pairs.insert(0, opened)
    pairs = [pair for pair in pairs if all(animal in found.entries for animal in pair)]
    place = next((n for n, pair in enumerate(pairs) if opened is not None and key(*pair) == key(*opened)), 0)
    return Round(pairs, place, far_of(found, where, pairs))


def far_of(found: Found, where: Whereabouts, pairs: Iterable[Pair]) -> Far:
    """How near the captures of each pair lie; for workers."""
    by_left: dict[bytes, list[bytes]] = {}
    for one, other in pairs:
        if one in found.entries and other in found.entries:
            by_left.setdefault(one, []).append(other)
    told: dict[Pair, Apart | None] = {}
    for one, others in by_left.items():
        far = where.nearest(found.entries[one].joined, [found.entries[other].joined for other in others])
        told |= {(one, other): apart for other, apart in zip(others, far, strict=True)}
    return told


def candidates(found: Found, where: Whereabouts, animal: bytes) -> list[Pair]:
    """The animals of other catalogues of its species that nothing was said of with it.

    The one whose captures lie nearest to its own stands first, those without a known place last; then those of another
    sex and dead ones come behind. For a partner's animal the candidates are those of our own catalogue.
    """
    entry = found.entries.get(animal)
    if entry is None:
        return []
    wanted = [
        one
        for one in found.entries.values()
        if one.taxon == entry.taxon
        and one.station != entry.station
        and (entry.mine or one.mine)
        and one.id not in entry.joined
        and found.of(animal, one.id) is None
    ]
    far = where.nearest(entry.joined, [one.joined for one in wanted])

    def order(at: int) -> tuple[float, bool, bool, str, bytes]:
        one, apart = wanted[at], far[at]
        clash = bool(one.sex) and bool(entry.sex) and one.sex != entry.sex
        return apart.metres if apart is not None else math.inf, clash, one.status == "dead", one.code, one.id

    return [found.placed(animal, wanted[at].id) for at in sorted(range(len(wanted)), key=order)]


def apart_words(apart: Apart | None) -> str:
    """How far apart the nearest captures of two animals are; "" where a place is not known."""
    if apart is None:
        return ""
    if apart.rough:
        km = number(round(apart.metres / 1000))
        return _("met about {km} km apart").format(km=km) if apart.metres >= _BY_METRE else _("met in the same area")
    if apart.metres < 1:
        return _("met at the same place")
    if apart.metres < _BY_METRE:
        return _("met {m} m apart").format(m=number(round(apart.metres)))
    return _("met {km} km apart").format(km=decimal(apart.metres / 1000))
