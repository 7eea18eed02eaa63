"""Where known animals were met, and how near each other the captures of two of them lie, as far as places are known.

What a partner tells roughly stays a cell here: a distance from it says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ranger_app.actions.map_sight import Sight, Spot
from ranger_app.geo import spread
from ranger_app.library import Library
from ranger_app.store.connection import Database

_CAMERAS = (
    "SELECT individual, deployment FROM observation INDEXED BY observation_by_individual"
    " WHERE individual IS NOT NULL AND deleted = 0 AND deployment IS NOT NULL"
    " UNION ALL SELECT o.individual, m.deployment FROM observation AS o INDEXED BY observation_by_individual"
    " JOIN media AS m ON m.id = o.media WHERE o.individual IS NOT NULL AND o.deleted = 0 AND o.deployment IS NULL"
    " UNION ALL SELECT o.individual, m.deployment FROM observation AS o INDEXED BY observation_by_individual"
    " JOIN event_picture AS e ON e.observation = o.id JOIN media AS m ON m.id = e.media"
    " WHERE o.individual IS NOT NULL AND o.deleted = 0 AND o.deployment IS NULL AND o.media IS NULL"
)


@dataclass(frozen=True, slots=True)
class Apart:
    """``metres`` between the nearest captures of two animals; ``rough`` where either place is only known as a cell."""

    metres: float
    rough: bool


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """``spots`` are the places of all captures, ``of`` has those of each animal's record by number."""

    spots: Sequence[Spot]
    of: Mapping[bytes, frozenset[int]]

    def nearest(self, one: Collection[bytes], others: Collection[Collection[bytes]]) -> list[Apart | None]:
        """How near the captures of one animal lie to those of each of ``others``; None where no place is known.

        An animal is given as all records that are joined as it.
        """
        here, there = self._places([one]), self._places(others)
        if not here or not there:
            return [None] * len(others)
        found = spread.nearest([self.spots[n].place for n in here], [self.spots[n].place for n in there])
        every = {
            n: Apart(metres, self.spots[n].size < 0 or self.spots[here[closest]].size < 0)
            for n, (metres, closest) in zip(there, found, strict=True)
        }
        return [
            min((every[n] for n in self._places([other])), key=lambda far: (far.metres, far.rough), default=None)
            for other in others
        ]

    def _places(self, animals: Iterable[Collection[bytes]]) -> list[int]:
        return sorted({n for records in animals for record in records for n in self.of.get(record, ())})


def whereabouts(library: Library, db: Database) -> Whereabouts:
    """The places of all captures of known animals, as this station may know them."""
    sight = Sight(library, db)
    numbers: dict[Spot, int] = {}
    found: dict[bytes, set[bytes]] = defaultdict(set)
    for animal, camera in db.conn.execute(_CAMERAS):
        found[animal].add(camera)
    of_camera: dict[bytes, int] = {}
    for camera in set().union(*found.values()):
        spot = sight.at_location(sight.location_of(camera)) if camera is not None else None
        if spot is not None:
            of_camera[camera] = numbers.setdefault(spot, len(numbers))
    return Whereabouts(
        tuple(numbers),
        {
            animal: frozenset(of_camera[camera] for camera in cameras if camera in of_camera)
            for animal, cameras in found.items()
        },
    )
