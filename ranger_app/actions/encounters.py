"""Every encounter of known animals with the country it lies in: what the ledger of crossings and its pictures rest on.

An encounter is an independent event of one animal, of all catalogues that are joined, counted as everywhere else.
"""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter

from ranger_app.actions import analysis, analysis_words, border_layer
from ranger_app.actions.analysis import Camera, Place, Question, Study
from ranger_app.actions.map_sight import Sight
from ranger_app.domain.crossings import Doubt, Encounter
from ranger_app.domain.independence import begins
from ranger_app.domain.sharing import Precision
from ranger_app.geo import border
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.store import animals, sightings
from ranger_app.store.animals import Catalogues
from ranger_app.store.connection import Database

_EPOCH = date(1970, 1, 1)
_DAY = 86_400
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

    def day(self, one: Encounter) -> int:
        """The day of an encounter by the clock of its station, in days since 1970-01-01."""
        return (one.at + self.sites[one.place].place.offset * 60) // _DAY

    def local_date(self, one: Encounter) -> date:
        """The same as a date."""
        return _EPOCH + timedelta(days=self.day(one))

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
    *,
    by_year: bool = False,
) -> Job[Met]:
    """All encounters of the question's species (None: every one) in its period. Only people's statements count.

    An animal's species is that of its catalogue. ``by_year`` begins anew with each calendar year, as if each were asked
    for by itself.
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
    seen = _seen(db, asked, known, question.taxon, by_year)
    yield Progress(1, 2, _("Counting encounters"))
    found = [] if asked.stopped else _encounters(seen, asked, sites)
    return Met(asked, found, sites, known, layer)


def lacking(db: Database, met: Met) -> analysis.Pictures:
    """What the encounters do not hold, counted; pictures that nobody named go to what the study passed over."""
    question, known = met.asked.question, met.catalogues.animals.values()
    species = {one.taxon for one in known} if question.taxon is None else {question.taxon}
    met.asked.passed.unnamed = sum(_unnamed(db, _spans(met.asked), taxon) for taxon in species)
    return analysis.pictures(db, met.asked)


def left_out(met: Met, gaps: analysis.Pictures) -> list[str]:
    """What is not in the encounters, in sentences."""
    stopped = [_("Stopped early: no encounter is counted.")] if met.asked.stopped else []
    return [*stopped, *analysis_words.left_out(met.asked, gaps)]


_Seen = dict[tuple[bytes, bytes, bytes, int], "array[int]"]
"""Pictures by place, camera where each counts by itself (else the place again), animal, and year where each does.

There are hundreds of thousands, so each is one whole number that sorts by time, then by camera: its second times the
number of cameras, plus the camera by its place in ``_cameras``; that times two, plus one where the animal is certain.
"""


def _cameras(asked: Study) -> list[Camera]:
    return sorted((camera for place in asked.places for camera in place.cameras), key=lambda one: one.id)


def _seen(db: Database, asked: Study, known: Catalogues, taxon: str | None, by_year: bool) -> _Seen:
    """What the cameras of each place saw of each animal."""
    all_cameras = _cameras(asked)
    many = len(all_cameras)
    numbers = {camera.id: number for number, camera in enumerate(all_cameras)}
    cameras = {
        camera.id: (place.id, camera.id if asked.question.apart else place.id, numbers[camera.id], camera.offset * 60)
        for place in asked.places
        for camera in place.cameras
    }
    of = known.joins.whole
    stands = {one.id: of.get(one.id, one.id) for one in known.animals.values() if taxon is None or one.taxon == taxon}
    found: _Seen = defaultdict(lambda: array("q"))
    for number, picture in enumerate(sightings.named(db, asked.passed, _spans(asked))):
        if not number % 5_000 and asked.stopped:
            break
        animal = stands.get(picture[2])
        if animal is None:
            continue
        at = picture[0]
        place, counted, camera, shift = cameras[picture[1]]
        year = datetime.fromtimestamp(at + shift, UTC).year if by_year else 0
        found[place, counted, animal, year].append((at * many + camera) * 2 + picture[3])
    return found


def _encounters(seen: _Seen, asked: Study, sites: Mapping[bytes, Site]) -> list[Encounter]:
    """Independent events as ``domain.independence.events`` makes them, each as sure as its surest picture."""
    shift = [camera.offset * 60 for camera in _cameras(asked)]
    new = begins(asked.question.rule)
    found: list[Encounter] = []
    months: dict[int, str] = {}
    for (place, _counted, animal, _year), pictures in seen.items():
        site = sites[place]
        latitude, longitude, country, metres = site.latitude, site.longitude, site.country, site.metres
        for at, camera, certain in _events(pictures, len(shift), new):
            day = (at + shift[camera]) // _DAY
            month = months.get(day)
            if month is None:
                month = months[day] = f"{_EPOCH + timedelta(days=day):%Y-%m}"
            doubt: Doubt = site.doubt if certain else "identity"
            found.append(Encounter(animal, at, place, latitude, longitude, country, metres, doubt, month))
    found.sort(key=_IN_ORDER)
    return found


def _events(
    pictures: Iterable[int], many: int, new: Callable[[int, int, int], bool]
) -> Iterator[tuple[int, int, bool]]:
    """Second and camera of the first picture of each event, and whether any of its pictures is certain."""
    first = last = camera = 0
    sure: bool | None = None
    for picture in sorted(pictures):
        at = picture // 2 // many
        if sure is None or new(at, first, last):
            if sure is not None:
                yield first, camera, sure
            first, camera, sure = at, picture // 2 % many, False
        last = at
        sure = sure or picture % 2 == 1
    if sure is not None:
        yield first, camera, sure


_Spans = Mapping[bytes, tuple[int | None, int | None]]


def _unnamed(db: Database, spans: _Spans, taxon: str) -> int:
    """Pictures of a species on which nobody has named the animal."""
    sql = (
        "SELECT m.deployment, m.taken_at FROM observation AS o INDEXED BY observation_by_taxon CROSS JOIN media AS m"
        " ON m.id = o.media WHERE o.taxon = ? AND o.individual IS NULL AND o.deleted = 0 AND m.deleted = 0"
        " AND o.method IS NOT 'machine' AND m.taken_at IS NOT NULL"
    )
    total = 0
    for camera, at in db.conn.execute(sql, (taxon,)):
        start, end = spans.get(camera, _NEVER)
        total += (start is None or at >= start) and (end is None or at < end)
    return total


def _spans(asked: Study) -> _Spans:
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
