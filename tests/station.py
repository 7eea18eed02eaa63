"""A station in memory for tests: the real log, projection and signatures without a folder or a disk."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from ranger_app.domain import batch as batches
from ranger_app.domain.batch import Meta, Sealed
from ranger_app.domain.ops import Op
from ranger_app.keys import StationKeys
from ranger_app.store.apply import ApplyReport, apply_turn, check
from ranger_app.store.connection import Database, open_writer, transaction
from ranger_app.store.log import Log, stored
from ranger_app.store.migrations import migrate
from ranger_app.store.project import Projection
from ranger_app.store.statehash import state_hash

KEYS: dict[bytes, bytes] = {}
"""Station id -> public signing key of every station made here."""


@functools.cache
def _empty() -> Database:
    """The tables of a new library, made once: a copy takes a fiftieth of the time."""
    db = open_writer(Path(":memory:"))
    migrate(db)
    return db


class Station:
    """One writer and its tables. ``clock`` is microseconds and may be as wrong as the test likes."""

    def __init__(self, name: str, clock: int = 1_700_000_000_000_000) -> None:
        self.keys = StationKeys(hashlib.sha256(name.encode()).digest(), hashlib.sha256(b"x" + name.encode()).digest())
        self.name = name
        self.writer = (self.keys.station, hashlib.sha256(b"inc" + name.encode()).digest()[:8])
        self.db = open_writer(Path(":memory:"))
        _empty().conn.backup(self.db.conn)
        self.log = Log(self.db)
        self.projection = Projection(self.db, self.log)
        self.clock = clock
        self.n, self.prev = 0, batches.FIRST
        KEYS[self.keys.station] = self.keys.signing

    def commit(self, *ops: Op) -> Sealed:
        self.clock += 1_000_000
        self.n += 1
        meta = Meta()
        sealed, header = batches.seal(
            ops, key=self.keys.signer, writer=self.writer, n=self.n, prev=self.prev, seen=self.log.shown(),
            hlc=self.clock, meta=meta, seed=bytes(16),
        )  # fmt: skip
        opened = batches.read(sealed)
        with transaction(self.db):
            key = self.log.append(sealed, header, meta, understood=True, at=0)
            self.projection.apply(key, opened)
        self.prev = sealed.hash
        return sealed

    def batches(self) -> list[Sealed]:
        return [one.sealed for one in stored(self.db)]

    def read(self, sealed: list[Sealed]) -> ApplyReport:
        report = ApplyReport()
        turn = [(one, check(one, KEYS)) for one in sealed]
        apply_turn(self.db, self.log, self.projection, turn, 0, report)
        return report

    def hash(self) -> str:
        return state_hash(self.db)

    def close(self) -> None:
        self.db.conn.close()
