"""Whether a wetland's counts reach a level, and whether they do so regularly: pure rules on numbers by season.

Ramsar's glossary (Resolution XI.8, Annex 2) defines "regularly"; thresholds follow the Waterbird Population Estimates.
Everything here works on whole birds, so that no verdict hangs on how a computer rounds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ranger_app.domain.seasons import Season

TWO_THIRDS, MEAN = "two_thirds", "mean"
"""The two ways to occur regularly."""
MET, PROVISIONAL, NOT_MET, INSUFFICIENT = "met", "provisional", "not_met", "insufficient"
"""Verdicts: reached; reached by the mean of three or four seasons only; not reached; under three seasons with data."""
RAMSAR_5 = 20_000
EAAFP_STAGING = 5_000
_LEAST_SEASONS = 3
_LEAST_FOR_MEAN = 5


@dataclass(frozen=True, slots=True)
class SeasonValue:
    """The most birds on one date of a season. ``adequate`` where a low number shows that they were few.

    ``birds`` is None for a season nobody counted in, which is missing and never zero.
    """

    season: Season
    birds: int | None
    adequate: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the seasons say of one level. ``rule`` is the one it is met by, empty otherwise.

    ``used`` are seasons with data, ``missing`` those between the first and the last of them without; ``hits`` reached
    the level; ``mean_of_maxima`` is exact as (sum, number).
    """

    state: str
    rule: str
    level: int
    hits: tuple[Season, ...]
    used: tuple[Season, ...]
    missing: tuple[Season, ...]
    mean_of_maxima: tuple[int, int]
    largest: int | None

    @property
    def mean(self) -> float | None:
        """Mean of the seasons' maxima; None without data."""
        birds, number = self.mean_of_maxima
        return birds / number if number else None


def regularly(values: Sequence[SeasonValue], level: int) -> Verdict:
    """Whether ``level`` birds occur regularly (Ramsar, Res. XI.8 Annex 2, "regularly").

    Met where the level was reached in two thirds of the seasons with adequate data, of which there are at least three;
    or where the mean of the seasons' maxima over at least five seasons reaches it. The mean of three or four gives a
    provisional verdict. A number that reaches the level counts however poor the visit was: more birds only hide behind
    poor coverage. A low number of a poor visit says nothing, so its season counts as missing. What is met only because
    poor visits were taken where they were high and left out where they were low is provisional: chosen by their result,
    seasons prove nothing.
    """
    used = [one for one in values if one.birds is not None and (one.adequate or one.birds >= level)]
    missing = tuple(one.season for one in values if one.birds is None or not (one.adequate or one.birds >= level))
    birds = [one.birds for one in used if one.birds is not None]
    hits = tuple(one.season for one in used if one.birds is not None and one.birds >= level)
    total, number = sum(birds), len(birds)
    state, rule = _judged(birds, level)
    if state == MET and number < sum(one.birds is not None for one in values):
        unchosen = (
            [one.birds for one in values if one.birds is not None and one.adequate],
            [one.birds for one in values if one.birds is not None],
        )
        if all(_judged(those, level)[0] != MET for those in unchosen):
            state = PROVISIONAL
    return Verdict(
        state,
        rule,
        level,
        hits,
        tuple(one.season for one in used),
        missing,
        (total, number),
        max(birds, default=None),
    )


def _judged(birds: Sequence[int], level: int) -> tuple[str, str]:
    number = len(birds)
    if number < _LEAST_SEASONS:
        return INSUFFICIENT, ""
    if 3 * sum(one >= level for one in birds) >= 2 * number:
        return MET, TWO_THIRDS
    if sum(birds) >= level * number:
        return (MET if number >= _LEAST_FOR_MEAN else PROVISIONAL), MEAN
    return NOT_MET, ""


def seasons_needed(verdict: Verdict) -> int:
    """How many more seasons at the level, one after the other, would meet it regularly; 0 where it is met.

    By two thirds, or by the mean where that reaches the level already and only seasons lack.
    """
    if verdict.state == MET:
        return 0
    total, number = verdict.mean_of_maxima
    by_hits = max(_LEAST_SEASONS - number, 2 * number - 3 * len(verdict.hits))
    ways = [by_hits, _LEAST_FOR_MEAN - number] if number and total >= verdict.level * number else [by_hits]
    return max(1, min(ways))


def rounded(birds: float) -> int:
    """A 1 % level as the Waterbird Population Estimates write it: 1 to 10 to the nearest 1, 11 to 100 to 5, 101 to
    1,000 to 10, above to 100. The source names no rule for ties; here a half goes up, and the screen says so."""
    step = 1 if birds <= 10 else 5 if birds <= 100 else 10 if birds <= 1000 else 100
    return max(1, math.floor(birds / step + 0.5) * step)


def one_percent(low: int | None, high: int | None) -> int | None:
    """1 % of the geometric mean of the estimate's ends, rounded (WPE5 and later); None where neither end is known."""
    ends = [end for end in (low, high) if end is not None and end > 0]
    if not ends:
        return None
    # The product is exact; its root is taken once, so two machines cannot differ in the sixteenth digit of a factor.
    mean = math.sqrt(ends[0] * ends[-1]) if len(ends) == 2 else float(ends[0])
    return rounded(mean / 100)


def quarter_percent(low: int | None, high: int | None, published: int | None = None) -> int | None:
    """0.25 % of a population, the level of the flyway partnership for staging sites, in whole birds, rounded up.

    A quarter of the published 1 % where there is one, else of the geometric mean itself: small levels are not rounded
    twice.
    """
    if published is not None:
        return max(1, -(-published // 4))
    ends = [end for end in (low, high) if end is not None and end > 0]
    if not ends:
        return None
    mean = math.sqrt(ends[0] * ends[-1]) if len(ends) == 2 else float(ends[0])
    return max(1, math.ceil(mean / 400 - 1e-9))


class Counted(NamedTuple):
    """One number of a visit: ``sector`` (None: the whole site), ``flock`` a name that two counters agreed on."""

    site: bytes
    sector: bytes | None
    taxon: str
    birds: int
    flock: str = ""
    visit: bytes = b""


def day_total(counts: Iterable[Counted], groups: Mapping[bytes, bytes]) -> dict[str, int]:
    """Birds by species on one date, nothing counted twice.

    Protocol of Wetlands International: an area surveyed twice in one census counts with the larger number. So numbers
    of one visit add up, of several visits to one sector the largest counts, and so it does between a visit to the whole
    site and those to its sectors. ``groups`` gives one name to all sectors (or sites) from which the same water is
    seen: of their sums the largest counts. Of flocks with the same name the largest counts once, wherever it was seen.
    """
    given = list(counts)
    alone = bool(given) and all(one.visit == given[0].visit and not one.flock for one in given)
    if alone and not any(one.sector in groups or one.site in groups for one in given):
        plain: dict[str, int] = {}  # one visit with nothing to compare it to, as nearly all are
        for one in given:
            plain[one.taxon] = plain.get(one.taxon, 0) + one.birds
        return plain
    by_species: dict[str, list[Counted]] = {}
    by_sector: set[tuple[bytes, bytes]] = set()
    for one in given:
        by_species.setdefault(one.taxon, []).append(one)
        if one.sector is not None:
            by_sector.add((one.site, one.visit))
    return {
        taxon: _one_species(_flocks_once(these), groups, by_sector) if len(these) > 1 else these[0].birds
        for taxon, these in by_species.items()
    }


def _flocks_once(counts: Sequence[Counted]) -> list[Counted]:
    """The counts of one species, of each named flock only what one visit saw of it from one sector."""
    if not any(one.flock for one in counts):
        return list(counts)
    flocks: dict[str, dict[tuple[bytes, bytes, bytes | None], list[Counted]]] = {}
    kept = []
    for one in counts:
        if one.flock.strip():
            seen = flocks.setdefault(one.flock.strip().casefold(), {})
            seen.setdefault((one.site, one.visit, one.sector), []).append(one)
        else:
            kept.append(one)
    for seen in flocks.values():
        kept += max(seen.values(), key=lambda those: sum(one.birds for one in those))
    return kept


def _one_species(counts: Sequence[Counted], groups: Mapping[bytes, bytes], by_sector: set[tuple[bytes, bytes]]) -> int:
    whole: dict[bytes, dict[bytes, int]] = {}
    places: dict[bytes, dict[bytes | None, dict[bytes, int]]] = {}
    for one in counts:
        if one.sector is None and (one.site, one.visit) not in by_sector:
            of_visit = whole.setdefault(one.site, {})
        else:
            of_visit = places.setdefault(one.site, {}).setdefault(one.sector, {})
        of_visit[one.visit] = of_visit.get(one.visit, 0) + one.birds
    sums: dict[bytes, dict[bytes, int]] = {}
    for site in whole.keys() | places.keys():
        of_sectors = {sector: max(visits.values()) for sector, visits in places.get(site, {}).items()}
        most = max(whole.get(site, {}).values(), default=0)
        if most > sum(of_sectors.values()) or not of_sectors:
            of_sectors = {None: most}
        for sector, birds in of_sectors.items():
            place = sector if sector is not None and sector in groups else site if site in groups else sector or site
            of_group = sums.setdefault(groups.get(place, place), {})
            of_group[place] = of_group.get(place, 0) + birds
    return sum(max(of_group.values()) for of_group in sums.values())


def joined(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """One name for all places that are tied to one another by ``pairs``, directly or through others."""
    above: dict[bytes, bytes] = {}

    def top(one: bytes) -> bytes:
        while (other := above.get(one, one)) != one:
            one = other
        return one

    for one, other in pairs:
        first, second = sorted((top(one), top(other)))
        above[second] = first
        above.setdefault(first, first)
    return {one: top(one) for one in above}
