"""Reading what joins need: the animals of all catalogues, the station that keeps each, what was said of pairs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ranger_app.domain.same_animal import Animal, Joins, Said, joins
from ranger_app.store import settings
from ranger_app.store.connection import Database


@dataclass(frozen=True, slots=True)
class Catalogues:
    """All animals here by id, who is who among them, and the name and country of the stations that keep them."""

    animals: Mapping[bytes, Animal]
    joins: Joins
    stations: Mapping[bytes, tuple[str, str]]

    def codes(self, animal: bytes, only: Collection[bytes] | None = None) -> str:
        """The codes of an animal in all catalogues, as "RU T-07 = CN 12": in the same order at every station.

        ``only``: those of its records that may be told; None for all.
        """
        records = self.joins.together(animal) if only is None else only
        together = {(self.country(self.animals[one].station), self.code(one)) for one in records}
        return " = ".join(code for _country, code in sorted(together))

    def code(self, animal: bytes) -> str:
        """An animal as both sides tell it from others: the country of its catalogue, then its own code."""
        found = self.animals[animal]
        country = self.country(found.station)
        # A code that begins with its country, as CN-T-01, says it once.
        return found.code if found.code.upper().startswith(country) else f"{country} {found.code}"

    def country(self, station: bytes) -> str:
        """ISO 3166-1 alpha-2 of the station's own country; empty where the station is not known."""
        return self.stations.get(station, ("", ""))[1]

    def among(self, stations: Mapping[bytes, tuple[str, str]], species: Collection[str]) -> Catalogues:
        """The animals of these species that these stations keep, by what these stations alone said of them."""
        kept = {one.id: one for one in self.animals.values() if one.station in stations and one.taxon in species}
        words = (word for pair in self.joins.pairs.values() for word in pair.said.values())
        said = [word for word in words if word.station in stations]
        return Catalogues(kept, joins(kept.values(), said), stations)


def catalogues(db: Database) -> Catalogues:
    """The animals of this library and its partners. Of a batch that is no longer here the station is b""."""
    animals = {
        row[0]: Animal(row[0], row[1] or b"", row[2] or row[0].hex()[:8], row[3] or "", row[4] or "")
        for row in db.conn.execute(
            "SELECT i.id, b.origin, i.code, i.taxon, i.sex FROM individual AS i LEFT JOIN batch AS b ON b.key = i.batch"
            " WHERE i.deleted = 0"
        )
    }
    said = [
        Said(row[0], row[1] or b"", row[2], row[3], row[4] or "", row[5] or 0)
        for row in db.conn.execute(
            "SELECT s.id, b.origin, s.one, s.other, s.answer, s.at FROM same_animal AS s"
            " LEFT JOIN batch AS b ON b.key = s.batch WHERE s.deleted = 0 AND s.one IS NOT NULL AND s.other IS NOT NULL"
        )
    ]
    stations = {row[0]: (row[1], row[2]) for row in db.conn.execute("SELECT id, name, country FROM station")}
    own = settings.get(db, "station.id")  # a partner's table of stations holds this one, its own does not
    if own:
        stations[bytes.fromhex(own)] = (settings.get(db, "station.name"), settings.get(db, "station.country"))
    return Catalogues(animals, joins(animals.values(), said), stations)
