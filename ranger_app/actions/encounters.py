"""Every encounter of known animals with the country it lies in: what the ledger of crossings and its pictures rest on.

An encounter is an independent event of one animal, of all catalogues that are joined, counted as everywhere else.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ranger_app.actions import border_layer
from ranger_app.actions.analysis import Place, Question, Study
from ranger_app.actions.analysis_events import gather, local
from ranger_app.actions.map_sight import Sight
from ranger_app.domain.crossings import Doubt, Encounter
from ranger_app.domain.independence import Event
from ranger_app.domain.sharing import Precision
from ranger_app.geo import border
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ranger_app.store import animals
from ranger_app.store.animals import Catalogues
from ranger_app.store.connection import Database


@dataclass(frozen=True, slots=True)
class Site:
    """One station of cameras as the border sees it. Degrees and metres; NaN and "" where not known.

    ``precision`` is how precisely its place is known here; anything but "exact" is the middle of a cell.
    """

    place: Place
    latitude: float
    longitude: float
    country: str
    neighbour: str
    metres: float
    doubt: Doubt
    precision: Precision = "exact"

    @property
    def nights(self) -> float | None:
        """Trap nights in the time asked for; None where not known."""
        return None if self.place.effort is None else self.place.effort.nights


@dataclass(frozen=True, slots=True)
class Met:
    """The encounters of a question, in the order of time, with all that tells where they come from."""

    asked: Study
    encounters: list[Encounter]
    sites: Mapping[bytes, Site]
    catalogues: Catalogues
    layer: border.Layer
    left_out: list[str]

    def effort(self) -> dict[str, tuple[int, float, int]]:
        """By country: stations, trap nights, and stations whose nights are not known. "" where no country is known."""
        found: dict[str, tuple[int, float, int]] = {}
        for site in self.sites.values():
            stations, nights, unknown = found.get(site.country, (0, 0.0, 0))
            known = site.nights
            found[site.country] = (stations + 1, nights + (known or 0.0), unknown + (known is None))
        return found


def met(library: Library, db: Database, question: Question, cancel: CancelToken | None = None) -> Job[Met]:
    """All encounters of the question's species (None: every one) in its period. Only people's statements count."""
    got = yield from gather(db, replace(question, individuals=True, machines=False), cancel)
    layer = border_layer.in_use(library)
    sites = {
        place.id: site for place, site in zip(got.asked.places, _sites(library, db, got.asked, layer), strict=True)
    }
    unsure = _unsure(db, got.asked)
    found: list[Encounter] = []
    for place, event in got.found:
        site = sites[place.id]
        doubt: Doubt = "identity" if _is_unsure(unsure, place, event) else site.doubt
        found.append(
            Encounter(
                bytes.fromhex(event.subject), event.start, place.id, site.latitude, site.longitude, site.country,
                site.metres, doubt, f"{local(place, event):%Y-%m}",
            )
        )  # fmt: skip
    found.sort(key=lambda one: (one.at, one.place, one.animal))
    return Met(got.asked, found, sites, animals.catalogues(db), layer, got.left_out())


def _sites(library: Library, db: Database, asked: Study, layer: border.Layer) -> Sequence[Site]:
    sight = Sight(library, db)
    found = []
    for place in asked.places:
        known = sight.locations().get(place.id)
        if known is None:
            location = next((one for camera in place.cameras if (one := sight.location_of(camera.id))), None)
            known = sight.locations().get(location) if location is not None else None
        spot = sight.at(*known[:3], (known[3],)) if known is not None else None
        if known is None or spot is None:
            found.append(Site(place, math.nan, math.nan, "", "", math.nan, "place"))
            continue
        answer = border.side(spot.latitude, spot.longitude, layer)
        doubt: Doubt = ""
        if not answer.country:
            doubt = "place"
        elif known[3] != "exact":
            doubt = "cell"
        elif answer.uncertain or answer.metres < answer.accuracy_m + max(spot.size, 0):
            doubt = "border"
        found.append(
            Site(place, spot.latitude, spot.longitude, answer.country, answer.neighbour, answer.metres, doubt, known[3])
        )
    return found


_Unsure = Mapping[tuple[bytes, str], Sequence[int]]
"""Times (UTC seconds, in order) of pictures that nobody is certain about, by deployment and animal."""
_STATEMENTS = (
    "SELECT m.deployment, m.taken_at, m.key, o.individual, o.sureness FROM observation AS o"
    " JOIN media AS m ON m.id = o.media WHERE {where}"
    " UNION ALL SELECT m.deployment, m.taken_at, m.key, o.individual, o.sureness FROM observation AS o"
    " JOIN event_picture AS e ON e.observation = o.id JOIN media AS m ON m.id = e.media WHERE {where}"
)


def _unsure(db: Database, asked: Study) -> _Unsure:
    """An encounter is as sure as the surest statement on any of its pictures."""
    doubted = "o.deleted = 0 AND o.individual IS NOT NULL AND o.sureness IS NOT NULL AND o.sureness <> 'certain'"
    rows = db.conn.execute(_STATEMENTS.format(where=doubted)).fetchall()
    pictures = {(row[2], asked.same.get(row[3].hex(), row[3].hex())): (row[0], row[1]) for row in rows}
    for number in {key for key, _animal in pictures}:
        certain = (
            f"m.key = {number} AND o.deleted = 0 AND o.individual IS NOT NULL"
            " AND (o.sureness IS NULL OR o.sureness = 'certain')"
        )
        for row in db.conn.execute(_STATEMENTS.format(where=certain)):
            pictures.pop((number, asked.same.get(row[3].hex(), row[3].hex())), None)
    found: dict[tuple[bytes, str], list[int]] = defaultdict(list)
    for (_key, animal), (deployment, taken_at) in pictures.items():
        if deployment is not None and taken_at is not None:
            found[deployment, animal].append(taken_at)
    return {one: sorted(times) for one, times in found.items()}


def _is_unsure(unsure: _Unsure, place: Place, event: Event) -> bool:
    number = 0
    for camera in place.cameras if unsure else ():
        times = unsure.get((camera.id, event.subject))
        if times:
            number += bisect_right(times, event.end) - bisect_left(times, event.start)
    return number >= event.pictures
