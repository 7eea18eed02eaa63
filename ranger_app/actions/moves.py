"""How known animals moved, on a map: lines through their encounters, ranges, stations by the animals met there.

A line joins places of consecutive encounters; the way between them is not known. A place that is told roughly is a
cell and ends no line, so that a file under a rule draws nothing between places that it withholds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from weakref import WeakKeyDictionary

from ranger_app.actions import analysis_individuals, encounters, map_ground, whole_animals
from ranger_app.actions.analysis import Question
from ranger_app.actions.encounters import Met
from ranger_app.actions.map_cameras import MOST, old_enough, spot_of_station
from ranger_app.actions.map_sight import Sight, Spot, written
from ranger_app.actions.whole_animals import Whole
from ranger_app.domain import taxa
from ranger_app.domain.crossings import Encounter, by_animal
from ranger_app.geo import spread
from ranger_app.geo.outline import length
from ranger_app.i18n import N_, _, language, ngettext
from ranger_app.jobs import CancelToken, Job, Progress, run
from ranger_app.library import Library
from ranger_app.maps import page as map_page
from ranger_app.maps.layers import AREAS, LINES, POINTS, Layer, MapPage, Thing, extent
from ranger_app.reports.figures import figure
from ranger_app.store.animals import catalogues

MOVES, RANGES, STATIONS = "moves", "ranges", "known_animals"
NAMES = {
    RANGES: N_("Ranges of known animals"),
    MOVES: N_("Moves of known animals"),
    STATIONS: N_("Stations by known animals"),
}
CROSSES = "crosses"
"""The mark of a line from one country to another."""
_FACTS = 12
_CIRCLE = 144
"""What one animal adds to a circle's weight, so that one more can be seen."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One encounter where it may be drawn; None: it may not be, or not yet. ``day`` is since 1970-01-01, local."""

    met: Encounter
    spot: Spot | None
    day: int


@dataclass(frozen=True, slots=True)
class _Roamed:
    """An animal that may be shown, with its encounters of certain identity in the order of time."""

    animal: Whole
    codes: str
    own: bool
    steps: tuple[_Step, ...]


@dataclass(frozen=True, slots=True)
class _Roaming:
    animals: tuple[_Roamed, ...]
    met: Met


_TOLD: WeakKeyDictionary[Sight, _Roaming] = WeakKeyDictionary()
"""What three layers of one map are made of, worked out once."""


def moves(sight: Sight) -> Layer:
    """Lines between places of consecutive encounters, by animal; dashed from one country to another."""
    return _moves(sight, _roaming(sight))


def ranges(sight: Sight) -> Layer:
    """The minimum convex polygon of each animal whose exact places may all be shown."""
    return _ranges(sight, _roaming(sight))


def stations(sight: Sight) -> Layer:
    """Where known animals were met: the more animals, the larger."""
    return _stations(sight, _roaming(sight))


def page(
    library: Library, animals: Sequence[bytes], *, dark: bool = False, cancel: CancelToken | None = None
) -> Job[tuple[MapPage, str]]:
    """The map of these animals' moves, and its page, for those who work here: all catalogues joined with them count.

    The page holds all it needs; ``bounds`` is None where none of them was met at a known place.
    """
    yield Progress(0, 2, _("Drawing the map"))
    with library.moment() as db:
        sight = Sight(library, db)
        joins = catalogues(db).joins
        together = {one for asked in animals for one in joins.together(asked)}
        marks = ",".join("?" * len(together))
        places = {
            row[0]
            for row in db.conn.execute(
                "SELECT DISTINCT coalesce(d.location, d.id) FROM observation AS o LEFT JOIN event_picture AS e"
                " ON e.observation = o.id JOIN media AS m ON m.id = coalesce(o.media, e.media) JOIN deployment AS d"
                f" ON d.id = m.deployment WHERE o.deleted = 0 AND o.individual IN ({marks})",
                list(together),
            )
        }
        met = yield from encounters.met(library, db, Question(stations=frozenset(places), at_home=True), cancel)
        roaming = _all(sight, met, together)
        made = [_ranges(sight, roaming), _moves(sight, roaming), _stations(sight, roaming)]
    made = [one for one in made if one.things]
    for one in made:
        one.on = True
    bounds = extent(made)
    yield Progress(1, 2, _("Writing the page"))
    ground = [*map_ground.ground(bounds, met.layer), map_ground.known_areas(set(), bounds)]
    shown = MapPage(_("Moves of known animals"), [*ground, *made], language(), bounds=bounds, in_window=True, dark=dark)
    return shown, map_page.write(shown)


def _roaming(sight: Sight) -> _Roaming:
    found = _TOLD.get(sight)
    if found is None:
        met = run(encounters.met(sight.library, sight.db, Question(at_home=True)))
        found = _TOLD[sight] = _all(sight, met)
    return found


def _all(sight: Sight, met: Met, only: set[bytes] | None = None) -> _Roaming:
    if not (sight.allowed("individual") and sight.allowed("observation")):
        return _Roaming((), met)
    sure = (one for one in met.encounters if one.doubt != "identity" and (only is None or one.animal in only))
    of = by_animal(sure)
    known = whole_animals.animals(sight.db, met.catalogues, flanks=False)
    groups = sight.groups("individual", [record for one in of for record in known[one].records])
    foreign = sight.foreign("individual")
    spots: dict[tuple[bytes, str], Spot | None] = {}
    found = []
    for animal in sorted(of, key=lambda one: (known[one].codes, one)):
        whole = known[animal]
        told = [record for record in whole.records if groups.get(record)]
        if not told:
            sight.keep_off(MOVES)
            continue
        steps = []
        for one in of[animal]:
            key = (one.place, whole.taxon)
            if key not in spots:
                spots[key] = spot_of_station(sight, met.sites[one.place].place, whole.taxon)
            day = met.day(one)
            steps.append(_Step(one, spots[key] if old_enough(sight, day) else None, day))
        codes = met.catalogues.codes(whole.id, told)
        found.append(_Roamed(whole, codes, any(record not in foreign for record in told), tuple(steps)))
    return _Roaming(tuple(found), met)


def _moves(sight: Sight, roaming: _Roaming) -> Layer:
    layer = Layer(MOVES, _(NAMES[MOVES]), LINES, about="individual", colour="attention", on=False)
    layer.note = _(
        "A line joins places of consecutive encounters; the way between is not known. Dashed: across the border."
    )
    known = _hues(layer, roaming)
    beyond = 0
    for one in roaming.animals:
        for before, after in pairwise(one.steps):
            if before.spot is None or after.spot is None or min(before.spot.size, after.spot.size) < 0:
                continue  # between places told roughly there is no line
            if before.met.place == after.met.place or not sight.period.has(before.day, after.day):
                continue
            if len(layer.things) == MOST:
                beyond += 1
                continue
            layer.things.append(_line(sight, one, before, after, before.spot, after.spot, layer.word(one.codes, known)))
    if beyond:
        more = ngettext(
            "{n} more line is not drawn; choose a shorter time.",
            "{n} more lines are not drawn; choose a shorter time.",
            beyond,
        )
        layer.note = f"{layer.note} {more.format(n=figure(beyond))}"
    return layer


def _hues(layer: Layer, roaming: _Roaming) -> dict[str, int]:
    """Words of a layer by which each animal has the same colour in every layer."""
    known: dict[str, int] = {}
    for one in roaming.animals:
        layer.word(one.codes, known)
    return known


def _line(sight: Sight, one: _Roamed, before: _Step, after: _Step, start: Spot, end: Spot, word: int) -> Thing:
    metres = length([(start.longitude, start.latitude), (end.longitude, end.latitude)])
    origin, goal = before.met.country, after.met.country
    crosses = bool(origin and goal and origin != goal)
    names = [name for name in (sight.named("location", step.met.place) for step in (before, after)) if name]
    facts = [
        taxa.name(one.animal.taxon, language()),
        _("{start} to {end}").format(start=written(before.day), end=written(after.day)),
        " – ".join(names) if len(names) == 2 else "",
        _("{n} km in a straight line").format(n=f"{metres / 1000:.1f}"),
        _("Across the border: {origin} – {goal}").format(origin=origin, goal=goal) if crosses else "",
        _("The side of one end is not certain.") if crosses and (before.met.doubt or after.met.doubt) else "",
    ]
    ends = sorted((start.place, end.place))  # there and back its dashes lie on each other
    return Thing(
        [ends], one.codes, [fact for fact in facts if fact], one.animal.id.hex(), "individual",
        before.day, after.day, (word,), one.own, mark=CROSSES if crosses else "",
    )  # fmt: skip


def _ranges(sight: Sight, roaming: _Roaming) -> Layer:
    layer = Layer(RANGES, _(NAMES[RANGES]), AREAS, about="individual", colour="attention", on=False)
    layer.note = _("The smallest outline without a dent around the exact places where an animal was met.")
    known = _hues(layer, roaming)
    for one in roaming.animals:
        inside = [step for step in one.steps if sight.period.has(step.day, step.day)]
        exact = set(analysis_individuals.exactly((step.met for step in inside), roaming.met))
        here = [step for step in inside if step.met in exact]
        places = {step.spot.place for step in here if step.spot is not None and step.spot.size >= 0}
        if any(step.spot is None or step.spot.size < 0 for step in here):
            continue  # of a part of its places an animal has no range
        corners, area = spread.hull(places)
        if not corners:
            continue
        ring = [[longitude, latitude] for latitude, longitude in (*corners, corners[0])]
        facts = [
            taxa.name(one.animal.taxon, language()),
            _("{n} km² around {places} places").format(n=f"{area / 1e6:.1f}", places=len(places)),
        ]
        layer.things.append(
            Thing(
                {"type": "Polygon", "coordinates": [ring]}, one.codes, facts, one.animal.id.hex(), "individual",
                here[0].day, here[-1].day, (layer.word(one.codes, known),), one.own,
            )
        )  # fmt: skip
    return layer


def _stations(sight: Sight, roaming: _Roaming) -> Layer:
    layer = Layer(STATIONS, _(NAMES[STATIONS]), POINTS, about="species", colour="accent", on=False)
    known: dict[str, int] = {}
    at: dict[tuple[bytes, Spot], dict[bytes, list[int]]] = defaultdict(lambda: defaultdict(list))
    who = {one.animal.id: one for one in roaming.animals}
    for one in roaming.animals:
        for step in one.steps:
            if step.spot is None:
                sight.keep_off(STATIONS)
            elif sight.period.has(step.day, step.day):
                at[step.met.place, step.spot][one.animal.id].append(step.day)
    for (place, spot), here in at.items():
        told = sorted(((who[one], days) for one, days in here.items()), key=lambda item: (-len(item[1]), item[0].codes))
        facts = [
            _("{who}: {n}").format(
                who=one.codes, n=ngettext("{n} encounter", "{n} encounters", len(days)).format(n=len(days))
            )
            for one, days in told[:_FACTS]
        ]
        if len(told) > _FACTS:
            facts.append(_("and {n} more").format(n=len(told) - _FACTS))
        name = sight.named("location", place)
        days = [day for all_days in here.values() for day in all_days]
        title = ngettext("{n} known animal", "{n} known animals", len(here)).format(n=len(here))
        words = sorted({layer.word(taxa.name(one.animal.taxon, language()), known) for one, _days in told})
        layer.things.append(
            Thing(
                spot.place, f"{name}: {title}" if name else title, facts, place.hex(),
                "location" if place in sight.locations() else "deployment", min(days), max(days), words,
                any(one.own for one, _days in told), spot.size, float(_CIRCLE * len(here)),
            )
        )  # fmt: skip
    return layer
