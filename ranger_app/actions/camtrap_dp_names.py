"""How records are called in a Camtrap DP package: the identifiers they came with, codes of animals, names of people."""

from __future__ import annotations

from ranger_app.domain.fields import Value
from ranger_app.domain.ids import read_id
from ranger_app.store import rows
from ranger_app.store.connection import Database

_WITH_SOURCE = ("deployment", "location", "camera", "media", "observation")


class Names:
    """Identifiers and names of one export, and which records were named.

    Under a rule only our own random ids leave, because an identifier from elsewhere may be the name of a place.
    """

    def __init__(self, db: Database, *, exact: bool) -> None:
        self._db = db
        self.exact = exact
        self._shared = {kind: _shared(db, kind) if exact else set() for kind in _WITH_SOURCE}
        self._codes: dict[bytes, str] = _codes(db)
        self._persons: dict[bytes, str] = {}
        self.datasets_met: set[str] = set()
        """Data sets that records came from."""
        self.individuals_met: set[bytes] = set()
        self.persons_met: set[bytes] = set()
        self.locations_met: set[bytes] = set()
        self.cameras_met: set[bytes] = set()

    def ident(self, record: rows.Record) -> str:
        """The identifier the record came with where it is one of its own in this package, else its id."""
        if self.exact:
            source = record.values.get("source")
            known = _identifier(source)
            if record.kind == "deployment" and isinstance(source, str):
                self.datasets_met.add(source.partition(" ")[0])
            if known and known not in self._shared[record.kind]:
                return known
        return record.id.hex()

    def individual(self, record: Value) -> str:
        """The code of a known animal; with a part of its id where two animals have one code."""
        if not isinstance(record, bytes):
            return ""
        self.individuals_met.add(record)
        return self._codes.get(record, record.hex())

    def person(self, record: Value) -> str:
        """The person's name where names may leave."""
        if not isinstance(record, bytes) or not self.exact:
            return ""
        self.persons_met.add(record)
        if record not in self._persons:
            found = rows.get(self._db, "person", record)
            self._persons[record] = found.text("name") if found else ""
        return self._persons[record]


def _identifier(source: Value) -> str:
    """What stands behind the data set in ``source``; empty where it could be taken for one of our own ids."""
    if not isinstance(source, str):
        return ""
    identifier = source.partition(" ")[2]
    ours = read_id(identifier) is not None
    return "" if ours or identifier != identifier.strip() or identifier in ("NA", "NaN", "nan") else identifier


def _shared(db: Database, kind: str) -> set[str]:
    """Identifiers that records of several data sets have in common."""
    found = db.conn.execute(
        f"SELECT substr(source, instr(source, ' ') + 1) AS identifier FROM \"{kind}\" WHERE source IS NOT NULL"
        " AND deleted = 0 GROUP BY identifier HAVING count(*) > 1"
    )
    return {row[0] for row in found}


def _codes(db: Database) -> dict[bytes, str]:
    by_code: dict[str, list[bytes]] = {}
    for record in rows.find(db, "individual", order="id"):
        by_code.setdefault(record.text("code"), []).append(record.id)
    return {
        one: code if code and len(ids) == 1 else f"{code} {one.hex()[:8]}".strip()
        for code, ids in by_code.items()
        for one in ids
    }
