"""Which records and pictures a bundle holds for these partners and this much room; the originals by what matters most.

The same questions are answered before anything is written, so that a person hears what fits while it can be changed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ranger_app.actions import leaving
from ranger_app.domain import taxa
from ranger_app.domain.intervals import Vector, covers, unpack
from ranger_app.domain.kinds import KINDS
from ranger_app.errors import EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.store import ledger
from ranger_app.store.connection import Database
from ranger_app.store.partners import KnownStation
from ranger_app.sync import holds
from ranger_app.sync.packs import PIECE
from ranger_app.sync.sealing import frame_size

Pictures = Literal["none", "thumbnails", "originals"]
PICTURES: tuple[Pictures, ...] = ("none", "thumbnails", "originals")
SPARE = 4 << 20
"""Room left on the stick beside what was reckoned: directories, clusters, keys and manifests."""
USUAL_THUMB = 14 << 10
"""What a thumbnail is reckoned at that is not made yet, bytes."""
OVERHEAD = frame_size(0) + 48 + 64
"""What one picture takes beside its own bytes, with its share of the lists."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """The batches that one of the partners is not known to hold: local keys, operations, bytes, and by whom."""

    keys: list[int]
    operations: int
    size: int
    stations: set[bytes]


def held_by_all(partners: list[KnownStation]) -> Vector:
    """What every one of them said it holds."""
    said = [holds.from_bytes(known.holds) for known in partners]
    return holds.common([unpack(one.packed) if one else {} for one in said])


def lacking(db: Database, have: Vector, upto: int) -> Lacking:
    """The batches up to the local key ``upto`` that are not in ``have``."""
    found = Lacking([], 0, 0, set())
    operations = size = 0
    rows = db.conn.execute(
        "SELECT key, origin, incarnation, n, operations, length(head) + length(body) FROM batch WHERE key <= ?"
        " ORDER BY key",
        (upto,),
    )
    for key, origin, incarnation, n, number, length in rows:
        if not covers(have.get((origin, incarnation), []), n):
            found.keys.append(key)
            found.stations.add(origin)
            operations += number
            size += length
    return Lacking(found.keys, operations, size, found.stations)


def numbers_by_kind(db: Database, found: Lacking) -> dict[str, int]:
    """How many records of each kind these batches made, and under ``edit`` how many edits they hold."""
    wanted = set(found.keys)
    numbers = {}
    for kind in KINDS:
        made = db.conn.execute(f'SELECT batch, count(*) FROM "{kind.name}" GROUP BY batch')
        numbers[kind.name] = sum(number for batch, number in made if batch in wanted)
    edits = db.conn.execute("SELECT batch, count(*) FROM edit GROUP BY batch")
    numbers["edit"] = sum(number for batch, number in edits if batch in wanted)
    return {name: number for name, number in numbers.items() if number}


def size_of_records(found: Lacking) -> int:
    """Bytes on the stick that hold these batches, both copies, at most.

    They lie compressed one by one in the library; together, and more thoroughly, they never come to more than this.
    """
    each = found.size + len(found.keys) * (64 + 12) + (found.size >> 6)
    return 2 * (each + (each >> 19) * OVERHEAD + OVERHEAD)


def creator(partners: tuple[bytes, ...]) -> bytes:
    """The single recipient, whose own pictures are not sent back to it; empty for several."""
    return partners[0] if len(set(partners)) == 1 else b""


_CLASS = "CASE WHEN m.shown IN ({flagships}) THEN 0 WHEN m.shown = 'blank' THEN 2 ELSE 1 END"
_ARRIVED = (
    "EXISTS (SELECT 1 FROM given_media AS gm JOIN given AS g ON g.key = gm.given WHERE gm.name = {name}"
    f" AND gm.form = 'original' AND gm.lacking = 0 AND g.station = ? AND {ledger.HAS})"
)
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """An original that may be sent: hash as hex, local key of its record's batch, bytes as its record says."""

    sha256: str
    batch: int
    size: int


def _arrived(partners: tuple[bytes, ...], name: str) -> str:
    """SQL, with a parameter for each partner: all of them confirmed that they hold this original."""
    return " AND ".join([_ARRIVED.format(name=name)] * len(partners)) or "0"


def track_files(db: Database, partners: tuple[bytes, ...]) -> Iterator[Candidate]:
    """The files that tracks came from."""
    rows = db.conn.execute(
        "SELECT t.source_sha256, t.batch FROM track AS t LEFT JOIN batch AS b ON b.key = t.batch"
        " WHERE t.deleted = 0 AND t.source_sha256 IS NOT NULL AND coalesce(b.origin, x'') <> ?"
        # A track that names the file of a picture is no way round the picture's own rules.
        " AND NOT EXISTS (SELECT 1 FROM media AS m WHERE m.sha256 = t.source_sha256)"
        f" AND NOT ({_arrived(partners, 't.source_sha256')}) ORDER BY t.key",
        (creator(partners), *partners),
    )
    met: set[str] = set()
    for sha256, batch in rows:
        if sha256 not in met:
            met.add(sha256)
            yield Candidate(sha256, batch or 0, 0)


def files_of_tracks(db: Database, hashes: list[str]) -> set[str]:
    """Of these hashes, those of files that tracks came from and that are no picture's."""
    marks = ",".join("?" * len(hashes))
    rows = db.conn.execute(
        f"SELECT t.source_sha256 FROM track AS t WHERE t.source_sha256 IN ({marks}) AND t.deleted = 0"
        " AND NOT EXISTS (SELECT 1 FROM media AS m WHERE m.sha256 = t.source_sha256)",
        hashes,
    )
    return {row[0] for row in rows}


def pictures(db: Database, partners: tuple[bytes, ...]) -> Iterator[Candidate]:
    """The originals of pictures that may be sent, the most important first.

    Flagship species before all else that was seen, blanks last, the newest first among equals. Left out is what no
    person has reviewed and what shows people, unless released, and what all the partners confirmed to hold.
    """
    species = taxa.flagship()
    kinds = _CLASS.format(flagships=",".join("?" * len(species)))
    # Only keys are sorted: a million of them fit into little memory.
    keys = db.conn.execute(
        "SELECT m.key FROM media AS m LEFT JOIN batch AS b ON b.key = m.batch"
        " WHERE m.deleted = 0 AND m.sha256 IS NOT NULL AND coalesce(b.origin, x'') <> ?"
        f" AND {leaving.ALL_ORIGINALS} AND NOT ({_arrived(partners, 'm.sha256')})"
        f" ORDER BY {kinds}, m.taken_at DESC NULLS LAST, m.key DESC",
        (creator(partners), *partners, *species),
    )
    twice = recorded_twice(db)
    met: set[str] = set()
    while page := [row[0] for row in keys.fetchmany(_PAGE)]:
        marks = ",".join("?" * len(page))
        rows = {
            row[0]: row
            for row in db.conn.execute(
                f"SELECT key, sha256, batch, coalesce(bytes, 0) FROM media WHERE key IN ({marks})", page
            )
        }
        for _key, sha256, batch, size in (rows[key] for key in page if key in rows):
            if sha256 in twice:
                if sha256 in met:
                    continue
                met.add(sha256)
            yield Candidate(sha256, batch or 0, size)


def recorded_twice(db: Database) -> set[str]:
    """Files of which there are several records."""
    rows = db.conn.execute("SELECT sha256 FROM media WHERE sha256 IS NOT NULL GROUP BY sha256 HAVING count(*) > 1")
    return {row[0] for row in rows}


def thumbnails(db: Database, batches: list[int]) -> Iterator[tuple[int, str]]:
    """The pictures recorded in these batches whose thumbnails may leave: number of the batch in the list, and hash."""
    twice = recorded_twice(db)
    met: set[str] = set()
    for number, key in enumerate(batches):
        rows = db.conn.execute(
            "SELECT m.sha256 FROM media AS m WHERE m.batch=? AND m.deleted=0 AND m.sha256 IS NOT NULL"
            f" AND {leaving.PIXELS_LEAVE} ORDER BY m.key",
            (key,),
        ).fetchall()
        for (sha256,) in rows:
            if sha256 in twice:
                if sha256 in met:
                    continue
                met.add(sha256)
            yield number, sha256


# -- room ---------------------------------------------------------------------------------------------------------


def free_space(folder: Path) -> int:
    """Bytes free where ``folder`` is or would be; OSError where the stick cannot be asked."""
    here = folder.absolute()
    while not here.exists() and here != here.parent:
        here = here.parent
    return shutil.disk_usage(here).free


def room(free: int, budget: int | None) -> int:
    """Bytes that the bundle may take: what is free less what is kept, or what a person allowed, if that is less."""
    return max(0, min(free - SPARE, budget if budget is not None else free))


def check_room(needed: int, have: int, free: int) -> None:
    """EnvironmentProblem STICK_FULL where records and thumbnails do not fit."""
    if needed <= have:
        return
    if free - SPARE >= needed:
        raise EnvironmentProblem(
            "STICK_FULL",
            _("Records and small pictures need about {needed} MB, {allowed} MB are allowed.").format(
                needed=_megabytes(needed), allowed=have >> 20
            ),
            _("Allow more, or send no pictures."),
        )
    raise EnvironmentProblem(
        "STICK_FULL",
        _("Records and small pictures need about {needed} MB, the stick has {free} MB free.").format(
            needed=_megabytes(needed + SPARE), free=free >> 20
        ),
        _("Use a larger stick, or free this one."),
    )


def _megabytes(size: int) -> int:
    return -(-size >> 20)


class Fitting:
    """Fills the room that is left with originals in the order they come; one too large leaves room for smaller ones."""

    def __init__(self, room_left: int) -> None:
        self.left = max(0, room_left)
        self.fits = self.fits_bytes = self.fits_sealed = self.left_out = self.left_bytes = 0

    def is_too_large(self, size: int) -> bool:
        """Whether an original of ``size`` bytes does not fit any more."""
        return sealed_size(size) > self.left

    def leave(self, size: int) -> None:
        """It stays for the next time."""
        self.left_out += 1
        self.left_bytes += size

    def take(self, size: int) -> bool:
        """Whether an original of ``size`` bytes goes along."""
        if self.is_too_large(size):
            self.leave(size)
            return False
        needed = sealed_size(size)
        self.left -= needed
        self.fits_sealed += needed
        self.fits += 1
        self.fits_bytes += size
        return True


def sealed_size(size: int) -> int:
    """Bytes that an original of ``size`` bytes takes on the stick, with its share of the lists."""
    return frame_size(size + 48) + OVERHEAD * (1 + size // PIECE)


def thumb_size(size: int) -> int:
    """Bytes that a thumbnail of ``size`` bytes takes on the stick."""
    return frame_size(size + 32) + OVERHEAD
