"""What a bundle would hold before it is written, so that step three can say at once what goes and what fits.

In a small library the very lists are gone through that writing goes through. In a large one what is known by counting
alone is counted, and sizes are taken from a sample: nobody waits at a button.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ranger_app.actions import bundle_choice as choice
from ranger_app.actions import bundle_room
from ranger_app.actions.bundle_choice import Lacking
from ranger_app.actions.bundle_plan import most
from ranger_app.actions.bundle_room import Fitting
from ranger_app.actions.sharing_view import View
from ranger_app.domain.sharing import Pictures
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import ledger, log
from ranger_app.store import partners as store
from ranger_app.store.connection import Database

SMALL = 8_000
"""Pictures up to which every one is looked at."""
_SAMPLE = 400
_THUMBS = 60
_LOOKED_AT = 20_000
_PEOPLE = 2_000


@dataclass(frozen=True, slots=True)
class Outlook:
    """``records`` and ``thumbnails`` that one of the partners is not known to hold; ``originals`` and their bytes.

    Of the originals ``fits`` go on the stick that was asked about and ``left_out`` stay for the next time; ``copies``
    of them go without camera data. ``needed`` bytes are taken by records and thumbnails. Without ``exact`` the
    figures of pictures are near, not right.
    """

    records: int
    thumbnails: int
    originals: int
    original_bytes: int
    fits: int = 0
    fits_bytes: int = 0
    left_out: int = 0
    left_bytes: int = 0
    copies: int = 0
    needed: int = 0
    free: int | None = None
    enough: bool = True
    """Records and thumbnails fit; without that nothing is written."""
    exact: bool = True


def outlook(
    library: Library,
    partners: tuple[bytes, ...],
    folder: Path | None = None,
    *,
    media: Pictures = "originals",
    budget: int | None = None,
) -> Outlook:
    """What would be written for ``partners`` (station ids) into ``folder``, or anywhere with room for all of it.

    Damaged originals, and those on a disk that is not plugged in, are found on writing only. OSError where the stick
    cannot be asked.
    """
    free = bundle_room.free_space(folder) if folder is not None else None
    with library.read() as db:
        known = [found for one in partners if (found := store.station(db, one)) is not None]
        view = View(db, choice.rule_for(db, partners), library.now_ms())
        records = choice.lacking(db, known, view, log.newest_key(db), choice.creator(partners))
        wanted = most(media, view.rule)
        small = int(db.conn.execute("SELECT coalesce(max(key), 0) FROM media").fetchone()[0]) <= SMALL
        pictures = (
            _Counted(library, db, view, partners, records) if small else _Told(library, db, view, partners, records)
        )
        needed = bundle_room.size_of_records(records.size, len(records.keys))
        number = 0
        if wanted != "none":
            number, size = pictures.thumbnails()
            needed += size
        have_room = bundle_room.room(free, budget) if free is not None else budget
        fitting = Fitting(1 << 62 if have_room is None else have_room - needed)
        copies = pictures.originals(fitting) if wanted == "originals" else 0
    return Outlook(
        records=records.operations,
        thumbnails=number,
        originals=fitting.fits + fitting.left_out,
        original_bytes=fitting.fits_bytes + fitting.left_bytes,
        fits=fitting.fits,
        fits_bytes=fitting.fits_bytes,
        left_out=fitting.left_out,
        left_bytes=fitting.left_bytes,
        copies=copies,
        needed=needed,
        free=free,
        enough=have_room is None or needed <= have_room,
        exact=small,
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """Every picture looked at, as on writing."""

    library: Library
    db: Database
    view: View
    partners: Sequence[bytes]
    records: Lacking

    def thumbnails(self) -> tuple[int, int]:
        """How many, and bytes on the stick."""
        number = size = 0
        own = self.library.station.id
        for _batch, key in choice.thumbnails(self.db, self.view, self.partners, self.records, own):
            number += 1
            size += _thumb_size(self.library, choice.name_of(key))
        return number, size

    def originals(self, fitting: Fitting) -> int:
        """Fit them in; returns how many are copies."""
        copies = 0
        for _one in choice.track_files(self.db, self.view, self.partners):
            fitting.take(0)
        for one in choice.pictures(self.db, self.view, self.partners, self.records):
            copies += one.copy
            fitting.take(bundle_room.USUAL_COPY if one.copy else one.size)
        return copies


def _thumb_size(library: Library, name: str) -> int:
    try:
        return bundle_room.size_of_thumb(thumbs.place(library.cache, name).stat().st_size)
    except OSError:
        return bundle_room.size_of_thumb(bundle_room.USUAL_THUMB)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the indexes tell of a million pictures in a moment."""

    library: Library
    db: Database
    view: View
    partners: Sequence[bytes]
    records: Lacking

    def _number(self, sql: str, *values: object) -> int:
        return int(self.db.conn.execute(sql, values).fetchone()[0] or 0)

    def thumbnails(self) -> tuple[int, int]:
        """How many, and bytes on the stick. Those that were deleted since count too."""
        spans = list(self.records.spans())
        number = 0
        for low, high in spans:
            number += self._number(
                "SELECT count(*) FROM media INDEXED BY media_by_batch WHERE batch BETWEEN ? AND ?", low, high
            )
        number = max(0, number - self._people(lambda batch, _seen: any(low <= batch <= high for low, high in spans)))
        names = [row[0] for row in self._sample("sha256") if row[0]][:_THUMBS]
        each = sum(_thumb_size(self.library, name) for name in names) // max(1, len(names))
        return number, number * (each or bundle_room.size_of_thumb(bundle_room.USUAL_THUMB))

    def originals(self, fitting: Fitting) -> int:
        """Fit them in by their usual size; returns how many are copies."""
        live = self._number("SELECT count(*) FROM media INDEXED BY media_by_time WHERE deleted = 0")
        without = self._number(
            "SELECT count(*) FROM media INDEXED BY media_by_name WHERE sha256 IS NULL AND deleted = 0"
        )
        people = self._people(lambda _batch, seen: seen >= 2)
        number = max(0, live - without - people - self._unseen())
        maker = choice.creator(self.partners)
        if maker and live:
            theirs = self._number(
                "SELECT count(*) FROM batch AS b JOIN media AS m INDEXED BY media_by_batch ON m.batch = b.key"
                " WHERE b.origin = ?",
                maker,
            )
            number -= number * min(theirs, live) // live
        copies = not self.view.rule.files
        number = max(0, number - self._arrived(choice.REDACTED if copies else choice.ORIGINAL))
        sizes = [row[0] for row in self._sample("bytes") if row[0]]
        each = bundle_room.USUAL_COPY if copies else sum(sizes) // max(1, len(sizes))
        fits = min(number, fitting.left // bundle_room.size_of_original(each))
        fitting.fits, fitting.fits_bytes = fits, fits * each
        fitting.leave((number - fits) * each, number - fits)
        return number if copies else 0

    def _people(self, counts: Callable[[int, int], bool]) -> int:
        """Pictures of people that nobody released and that count, by batch and by whether they were seen.

        The index goes by hash, so that the first of it are as good as any drawn by lot.
        """
        total = self._number("SELECT count(*) FROM media INDEXED BY media_of_people WHERE people = 1 AND deleted = 0")
        rows = self.db.conn.execute(
            "SELECT coalesce(batch, 0), seen_by FROM media INDEXED BY media_of_people WHERE people = 1 AND deleted = 0"
            " AND coalesce(people_released, 0) = 0 LIMIT ?",
            (_PEOPLE,),
        ).fetchall()
        if not rows:
            return 0
        looked = len(rows) if total > _PEOPLE else max(total, 1)
        return total * sum(counts(batch, seen or 0) for batch, seen in rows) // looked

    def _unseen(self) -> int:
        """Pictures that no person has seen, without those of deployments that were released."""
        waiting = self.db.conn.execute(
            "SELECT deployment, count(*) FROM media INDEXED BY media_to_review WHERE deleted = 0 AND seen_by < 2"
            " GROUP BY deployment"
        ).fetchall()
        rules = dict(self.db.conn.execute("SELECT id, released FROM deployment WHERE released = 1").fetchall())
        twice = {row[0] for row in self.db.conn.execute("SELECT id FROM deployment WHERE looks >= 2")}
        number = 0
        for deployment, count in waiting:
            if deployment in rules:
                continue
            number += count
            if deployment in twice and count <= _LOOKED_AT:  # one of two people has looked at some of them
                number -= self._number(
                    "SELECT count(DISTINCT m.id) FROM media AS m INDEXED BY media_to_review JOIN observation AS o"
                    " ON o.media = m.id WHERE m.deployment = ? AND m.deleted = 0 AND m.seen_by < 2 AND o.deleted = 0"
                    " AND o.method IS NOT 'machine' AND o.type <> 'unclassified'",
                    deployment,
                )
        return number

    def _arrived(self, form: str) -> int:
        """How many all the partners confirmed, as the ledger's own figures say."""
        numbers = [
            sum(row.media.get(form, 0) for row in ledger.sealed(self.db, one) if row.proved) for one in self.partners
        ]
        return min(numbers, default=0)

    def _sample(self, column: str) -> list[tuple[Any, ...]]:
        last = self._number("SELECT coalesce(max(key), 0) FROM media")
        keys = sorted({1 + last * number // _SAMPLE for number in range(_SAMPLE)})
        marks = ",".join("?" * len(keys))
        return self.db.conn.execute(
            f'SELECT "{column}" FROM media WHERE key IN ({marks}) AND deleted = 0', keys
        ).fetchall()
