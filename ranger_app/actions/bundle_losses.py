"""What a damaged bundle cost, by name: kept until it came some other way, and told to the sender in the next receipt.

The sender's own list says what should be there; where it is lost too, frames are told by their ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ranger_app.actions import originals
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store.connection import Database
from ranger_app.sync import contents, manifest, packs
from ranger_app.sync.index import Index
from ranger_app.sync.reader import Opened

PART, OPERATIONS, THUMBNAIL, ORIGINAL, COPY, FRAME = "part", "operations", "thumbnail", "original", "copy", "frame"
MOST_NAMED = 20_000
"""Losses told by name; beyond that many, parts and numbers only."""
_KINDS = {"ops": OPERATIONS, "thumbs": THUMBNAIL, "media": ORIGINAL}
_STEP = 32


@dataclass(frozen=True, slots=True)
class Lost:
    """One thing of a bundle that this library lacks.

    ``what`` is ``part`` (``name``: a file), ``operations`` (the group's number from 1), ``thumbnail`` or ``original``
    (SHA-256 in hex, or the record's id), ``copy`` (the record's id of a redacted picture), ``frame`` (its id).
    """

    folder: Path
    what: str
    name: str


class Arrivals:
    """What opened of a bundle that is not whole, in the order it came."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self.needed = bool(opened.checked.lost)
        self._came: dict[str, bytearray] = {kind: bytearray() for kind in _KINDS}

    def note(self, kind: str, key: bytes) -> None:
        """A group (frame id), thumbnail or original (key) is here."""
        if self.needed:
            self._came[kind] += key.ljust(_STEP, b"\0")

    def lacking(self, index: Index, kind: str) -> Iterator[tuple[int, bytes]]:
        """Number from 1 and key of what the index names and did not come."""
        came = self._came[kind]
        at = 0
        void = set(self._opened.inner.void) if kind == "media" else set()
        late: set[bytes] | None = None
        if kind == "ops":  # of two copies, so in no order
            late = {bytes(came[begin : begin + _STEP]) for begin in range(0, len(came), _STEP)}
        for number, key in enumerate(index.names(kind), start=1):
            if late is not None:
                if key not in late:
                    yield number, key
                continue
            if came[at : at + _STEP] == key:
                at += _STEP
            elif not (void and self._opened.sealer.frame_id(key).hex() in void):
                yield number, key


@dataclass(slots=True)
class Losses:
    """``number`` is what the stick lost, second copies counted; ``lost`` what the library lacks because of it."""

    number: int
    lost: list[tuple[str, str]]


def reckon(library: Library, opened: Opened, arrivals: Arrivals, before: set[tuple[str, str]] | None) -> Losses:
    """Compare what came with what should have come.

    ``before`` is what an earlier reading of the same bundle lacked, None where there was none: what came then is not
    lost now.
    """
    files = [name for name in opened.checked.lost if name != manifest.DONE]
    parts = [name for name in files if name.partition("-")[0] in _KINDS]
    if not parts:
        return _of_whole(opened, before, len(files))
    index = contents.index(opened)
    number = len(files) - len(parts) + (not opened.checked.done)
    if index is None:
        frames = [frame for frames in opened.bad.values() for frame in sorted(frames)]
        lost = [(PART, name) for name in parts] + [(FRAME, frame.hex()) for frame in frames[:MOST_NAMED]]
        return Losses(number + max(len(frames), len(parts)), [one for one in lost if before is None or one in before])
    lost, lacking = [], 0
    for kind, what in _KINDS.items():
        for at, key in arrivals.lacking(index, kind):
            number += 1
            one = (what, str(at)) if kind == "ops" else _picture(what, key)
            if (before is None or one in before) if kind == "ops" else not is_here(library, *one):
                lacking += 1
                if lacking <= MOST_NAMED:
                    lost.append(one)
    if lacking > MOST_NAMED:
        lost += [(PART, name) for name in parts]
    return Losses(max(number, 1), lost)


def _of_whole(opened: Opened, before: set[tuple[str, str]] | None, files: int) -> Losses:
    """Of a bundle whose records and pictures are what was signed: frames that its sender made wrongly, or DONE."""
    frames = [(FRAME, frame.hex()) for frames in opened.bad.values() for frame in sorted(frames)]
    number = len(frames) + files + (not opened.checked.done)
    return Losses(number, [one for one in frames[:MOST_NAMED] if before is None or one in before])


def _picture(what: str, key: bytes) -> tuple[str, str]:
    if key.startswith(packs.NO_HASH):
        return (COPY if what == ORIGINAL else what), key[len(packs.NO_HASH) :].hex()
    return what, key.hex()


def is_here(library: Library, what: str, name: str) -> bool:
    """Whether a lost picture came some other way, or was here before."""
    if what == THUMBNAIL:
        return thumbs.is_whole(thumbs.place(library.cache, name))
    if what == COPY:
        return thumbs.is_whole(thumbs.review_place(library.cache, name))
    return what == ORIGINAL and originals.is_kept(library, name)


def earlier(db: Database, bundle: bytes) -> set[tuple[str, str]] | None:
    """What an earlier reading of a bundle lacked; None where it was not read before."""
    if db.conn.execute("SELECT 1 FROM journal WHERE bundle=? AND direction='read'", (bundle,)).fetchone() is None:
        return None
    rows = db.conn.execute("SELECT what, name FROM damaged WHERE bundle=?", (bundle,))
    return {(what, name) for what, name in rows}
