"""The layers of a map of this library, from below to above; each is made by the part of the work it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ranger_app.actions import border_layer, map_cameras, map_field, map_ground, map_patrols, moves
from ranger_app.actions.map_sight import Period, Sight
from ranger_app.domain.sharing import Rule
from ranger_app.errors import UsageProblem
from ranger_app.i18n import N_, _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.maps.layers import Layer, extent

RECORDS: dict[str, tuple[str, Callable[[Sight], Layer]]] = {
    "coverage": (N_("Ground covered by patrols"), map_patrols.coverage),
    "protected_areas": (N_("Protected areas"), map_field.protected_areas),
    "sectors": (N_("Sites and sectors"), map_field.sectors),
    "routes": (N_("Ways of the visits"), map_field.routes),
    "tracks": (N_("Patrol tracks"), map_patrols.tracks),
    moves.RANGES: (moves.NAMES[moves.RANGES], moves.ranges),
    moves.MOVES: (moves.NAMES[moves.MOVES], moves.moves),
    "locations": (N_("Locations"), map_field.locations),
    "deployments": (N_("Camera deployments"), map_cameras.deployments),
    "counts": (N_("Waterbird counts"), map_field.counts),
    "finds": (N_("Finds and waypoints"), map_patrols.finds),
    "samples": (N_("Samples"), map_field.samples),
    "health": (N_("Sick and dead animals"), map_field.health_events),
    "observations": (N_("Observations"), map_cameras.observations),
    moves.STATIONS: (moves.NAMES[moves.STATIONS], moves.stations),
}
"""Id -> name and what makes it, from below to above."""
GROUND, OWN = "ground", "own"
"""The words for the shipped base map and for a person's own files in a choice of layers."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The layers of one map, and how many records the rule keeps off it."""

    layers: list[Layer]
    bounds: tuple[float, float, float, float] | None
    withheld: dict[str, int]


def check(names: Collection[str]) -> None:
    """UsageProblem where a name is no layer."""
    for name in names:
        if name not in (*RECORDS, GROUND, OWN):
            raise UsageProblem(
                "LAYER_UNKNOWN",
                _("There is no layer called {name}.").format(name=name),
                _("Use some of: {words}.").format(words=", ".join((*RECORDS, GROUND, OWN))),
            )


def layers(
    library: Library,
    rule: Rule | None = None,
    wanted: Collection[str] | None = None,
    period: Period | None = None,
    cancel: CancelToken | None = None,
    *,
    near: bool = True,
) -> Job[Drawn]:
    """Make the layers under ``rule`` (None: all that is here). Layers without anything to draw are left out.

    ``near`` leaves out the ground far from the records: a page for one reserve needs no continent.

    All are read in one moment of the library, whatever else is written meanwhile. Yields its progress; on a cancel
    the layers made so far are returned.
    """
    check(wanted or ())
    names = [name for name in RECORDS if wanted is None or name in wanted]
    made: list[Layer] = []
    with library.moment() as db:
        sight = Sight(library, db, rule, period)
        for number, name in enumerate(names):
            yield Progress(number, len(names), _("Drawing the map: {layer}").format(layer=_(RECORDS[name][0])))
            if cancel is not None and cancel.cancelled:
                break
            made.append(RECORDS[name][1](sight))
    made = [one for one in made if one.things]
    bounds = extent([one for one in made if one.id not in ("protected_areas", "coverage")]) or extent(made)
    below: list[Layer] = []
    if wanted is None or GROUND in wanted:
        drawn = {thing.title for one in made if one.id == "protected_areas" for thing in one.things}
        around = bounds if near else None
        below = [*map_ground.ground(around, border_layer.in_use(library)), map_ground.known_areas(drawn, around)]
    return Drawn([*below, *made], bounds, dict(sight.withheld))
