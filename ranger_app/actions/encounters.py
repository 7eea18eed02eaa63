"""Every encounter of known animals with the country it lies in: what the ledger of crossings and its pictures rest on.

An encounter is an independent event of one animal, of all catalogues that are joined, counted as everywhere else.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from operator import itemgetter

from ranger_app.actions import analysis, analysis_words, border_layer
from ranger_app.actions.analysis import Place, Question, Study
from ranger_app.actions.map_sight import Sight
from ranger_app.domain.crossings import Doubt, Encounter
from ranger_app.domain.independence import LAST_RECORD
from ranger_app.domain.sharing import Precision
from ranger_app.geo import border
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.store import animals, sightings
from ranger_app.store.animals import Catalogues
from ranger_app.store.connection import Database

_EPOCH = date(1970, 1, 1)
_IN_ORDER = itemgetter(1, 2, 0)
"""Time, place, animal: of encounters."""


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
    lacking: analysis.Pictures

    @property
    def left_out(self) -> list[str]:
        """What is not in the encounters, in sentences."""
        stopped = [_("Stopped early: no encounter is counted.")] if self.asked.stopped else []
        return [*stopped, *analysis_words.left_out(self.asked, self.lacking)]

    def effort(self) -> dict[str, tuple[int, float, int]]:
        """By country: stations, trap nights, and stations whose nights are not known. "" where no country is known."""
        found: dict[str, tuple[int, float, int]] = {}
        for site in self.sites.values():
            stations, nights, unknown = found.get(site.country, (0, 0.0, 0))
            known = site.nights
            found[site.country] = (stations + 1, nights + (known or 0.0), unknown + (known is None))
        return found


@dataclass(frozen=True, slots=True)
class Among:
    """What counts in a joint study: places and animals of these stations (name and country), animals of these species,
    and what these stations said of two animals."""

    stations: Mapping[bytes, tuple[str, str]]
    species: frozenset[str]


def met(
    library: Library,
    db: Database,
    question: Question,
    cancel: CancelToken | None = None,
    among: Among | None = None,
) -> Job[Met]:
    """All encounters of the question's species (None: every one) in its period. Only people's statements count.

    An animal's species is that of its catalogue.
    """
    known = animals.catalogues(db)
    if among is not None:
        known = known.among(among.stations, among.species)
        question = replace(question, stations=_places_of(db, among.stations, question.stations))
    asked = analysis.study(db, replace(question, individuals=True, machines=False))
    asked.cancel = cancel
    layer = border_layer.in_use(library)
    if among is not None:
        asked.places.sort(key=lambda one: one.id)  # and not as this library came to know them
    sites = {site.place.id: site for site in _sites(library, db, asked, layer)}
    yield Progress(0, 2, _("Counting encounters"))
    seen = _seen(db, asked, known, question.taxon)
    yield Progress(1, 2, _("Counting encounters"))
    found = [] if asked.stopped else _encounters(seen, asked, sites)
    species = {one.taxon for one in known.animals.values()} if question.taxon is None else {question.taxon}
    asked.passed.unnamed = _unnamed(db, asked, species)
    return Met(asked, found, sites, known, layer, analysis.pictures(db, asked))


_Seen = dict[tuple[bytes, bytes, bytes], list[sightings.Named]]
"""Pictures by place, camera where each counts by itself (else the place again), and animal."""


def _seen(db: Database, asked: Study, known: Catalogues, taxon: str | None) -> _Seen:
    """What the cameras of each place saw of each animal."""
    apart = asked.question.apart
    cameras = {
        camera.id: (place.id, camera.id if apart else place.id) for place in asked.places for camera in place.cameras
    }
    of = known.joins.whole
    stands = {one.id: of.get(one.id, one.id) for one in known.animals.values() if taxon is None or one.taxon == taxon}
    found: _Seen = defaultdict(list)
    for number, picture in enumerate(sightings.named(db, asked.passed, _spans(asked))):
        if not number % 5_000 and asked.stopped:
            break
        animal = stands.get(picture[2])
        if animal is not None:
            found[*cameras[picture[1]], animal].append(picture)
    return found


def _encounters(seen: _Seen, asked: Study, sites: Mapping[bytes, Site]) -> list[Encounter]:
    """Independent events as ``domain.independence.events`` makes them, each as sure as its surest picture."""
    threshold, from_last = asked.question.rule.minutes * 60, asked.question.rule.anchor == LAST_RECORD
    shift = {camera.id: camera.offset * 60 for place in asked.places for camera in place.cameras}
    found: list[Encounter] = []
    months: dict[int, str] = {}
    for (place, _camera, animal), pictures in seen.items():
        site = sites[place]
        latitude, longitude, country, metres = site.latitude, site.longitude, site.country, site.metres
        pictures.sort()
        begun: list[sightings.Named] = []
        sure: list[bool] = []
        since = 0
        for picture in pictures:
            at = picture[0]
            if not begun or not threshold or at - since >= threshold:
                begun.append(picture)
                sure.append(picture[3])
                since = at
            else:
                sure[-1] = sure[-1] or picture[3]
                if from_last:
                    since = at
        for picture, certain in zip(begun, sure, strict=True):
            day = (picture[0] + shift[picture[1]]) // 86_400
            month = months.get(day)
            if month is None:
                month = months[day] = f"{_EPOCH + timedelta(days=day):%Y-%m}"
            doubt: Doubt = site.doubt if certain else "identity"
            found.append(Encounter(animal, picture[0], place, latitude, longitude, country, metres, doubt, month))
    found.sort(key=_IN_ORDER)
    return found


def _unnamed(db: Database, asked: Study, species: Iterable[str]) -> int:
    """Pictures of these species on which nobody has named the animal."""
    sql = (
        "SELECT m.deployment, m.taken_at FROM observation AS o INDEXED BY observation_by_taxon CROSS JOIN media AS m"
        " ON m.id = o.media WHERE o.taxon = ? AND o.individual IS NULL AND o.deleted = 0 AND m.deleted = 0"
        " AND o.method IS NOT 'machine' AND m.taken_at IS NOT NULL"
    )
    spans = _spans(asked)
    total = 0
    for taxon in species:
        for camera, at in db.conn.execute(sql, (taxon,)):
            start, end = spans.get(camera, _NEVER)
            total += (start is None or at >= start) and (end is None or at < end)
    return total


def _spans(asked: Study) -> dict[bytes, tuple[int | None, int | None]]:
    """The time asked for of every camera, in UTC seconds."""
    cameras = (camera for place in asked.places for camera in place.cameras)
    return {camera.id: analysis.limits(asked.question, camera.offset) for camera in cameras}


_NEVER = (0, 0)


def _places_of(db: Database, among: Collection[bytes], wanted: frozenset[bytes] | None) -> frozenset[bytes]:
    """The places that some stations made, and their deployments without one; of ``wanted`` where that is given."""
    made: set[bytes] = set()
    for kind in ("location", "deployment"):
        rows = db.conn.execute(f"SELECT k.id, b.origin FROM {kind} AS k JOIN batch AS b ON b.key = k.batch")
        made |= {row[0] for row in rows if row[1] in among}
    return frozenset(made if wanted is None else made & wanted)


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
        doubt = doubt_of(answer, known[3], spot.size)
        found.append(
            Site(place, spot.latitude, spot.longitude, answer.country, answer.neighbour, answer.metres, doubt, known[3])
        )
    return found


def doubt_of(answer: border.Answer, precision: Precision = "exact", uncertainty: int = 0) -> Doubt:
    """Why encounters at a place prove no side, "" where they do; ``uncertainty`` of the place in metres."""
    if not answer.country:
        return "place"
    if precision != "exact":
        return "cell"
    near = answer.metres < answer.accuracy_m + max(uncertainty, 0)
    return "border" if answer.uncertain or near else ""
