"""What is inside an opened bundle: groups of batches, thumbnails, originals, each frame verified before it is given.

A part without an undamaged copy gives the frames of it that verify in any copy; what does not open is noted, so that
the loss can be told exactly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ranger_app.domain.batch import BatchError
from ranger_app.sync import index as indexes
from ranger_app.sync import manifest, packs, plain, problems
from ranger_app.sync.files import hash_file, open_plain
from ranger_app.sync.index import Index
from ranger_app.sync.manifest import Part
from ranger_app.sync.packs import Batch, Frame
from ranger_app.sync.reader import Opened
from ranger_app.sync.sealing import FrameDamaged, Sealer

_GROWN = 1 << 20
"""Bytes that a damaged file may have gained and is still searched."""


def groups(opened: Opened) -> Iterator[tuple[bytes, bytes]]:
    """The frame ids and compressed groups of batches in the order of the sender.

    FrameDamaged where a part is what the sender signed and still does not open.
    """
    if manifest.is_open(opened.outer):
        yield from _open_groups(opened)
        return
    for frame, part in _frames(opened, "ops"):
        try:
            content = frame.content(packs.LARGEST_GROUP + (1 << 20))
        except FrameDamaged as error:
            opened.note_bad("ops", frame.head.id)
            if part is not None:
                _blame_stick(opened, part, error)
                raise
            continue
        yield frame.head.id, content


def _open_groups(opened: Opened) -> Iterator[tuple[bytes, bytes]]:
    """The batches of an open bundle, grouped as a sealed one has them."""
    for part in opened.outer.parts:
        if not part.name.startswith(f"{manifest.RECORDS}-"):
            continue
        source = opened.checked.sources.get(part.name)
        names = [part.name, part.copy] if source is None else [source.name]
        for name in names:
            try:
                with open_plain(opened.checked.folder / (name or part.name)) as handle:
                    for group, _number in packs.pack_batches(plain.read(handle)):
                        yield hashlib.sha256(group).digest()[:16], group
            except BatchError as error:
                if source is not None:
                    raise FrameDamaged from error  # it is what the sender signed
            except OSError as error:
                if source is not None:
                    raise problems.stick_gone(opened.checked.name) from error


def batches(group: bytes) -> Iterator[Batch]:
    """The batches of one group; FrameDamaged where it is none."""
    return packs.unpack_batches(group)


def index(opened: Opened) -> Index | None:
    """The sender's own list of what is inside; None where the bundle has none or it is damaged in both copies."""
    found: list[bytes] = []
    for part in opened.outer.parts:
        if part.name.startswith(f"{indexes.KIND}-"):
            try:
                for frame, _part in _part_frames(opened, part, strict=True):
                    found.append(frame.content(indexes.LARGEST))
            except FrameDamaged:
                return None
            if part.name not in opened.checked.sources:
                return None  # frames of it may be missing
    return indexes.read(found) if found else None


def thumbs(opened: Opened) -> Iterator[tuple[bytes, bytes] | None]:
    """The thumbnails with their keys (32 bytes, see ``Index``); None for one that does not open."""
    for frame, part in _frames(opened, "thumbs"):
        try:
            content = frame.content(packs.LARGEST_THUMB)
            if len(content) < 32:
                raise FrameDamaged
        except FrameDamaged as error:
            opened.note_bad("thumbs", frame.head.id)
            _blame_stick(opened, part, error)
            yield None
            continue
        yield content[:32], content[32:]


@dataclass(frozen=True, slots=True)
class Copy:
    """A redacted picture in place of an original: its record's id and the JPEG."""

    id: bytes
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an original: either take ``blocks`` to their end (they raise FrameDamaged) or call ``skip``."""

    sha256: bytes
    size: int
    offset: int
    blocks: Iterator[bytes]
    skip: Callable[[], None]


def pieces(opened: Opened) -> Iterator[Piece | Copy | None]:
    """The pieces of originals in order, without those the sender declared void; None for one that does not open."""
    void = {bytes.fromhex(frame) for frame in opened.inner.void}
    for frame, part in _frames(opened, "media"):
        if frame.head.id in void:
            frame.skip()
            continue
        blocks = _noted(opened, frame, part)
        try:
            first = next(blocks, b"")
        except FrameDamaged:
            yield None
            continue
        # Once a block has opened the frame's length can be believed.
        try:
            if first.startswith(packs.NO_HASH):
                yield _copy(opened, frame, first, blocks)
                continue
            sha256, size, offset, begin = packs.piece_head(first)
            if opened.sealer.frame_id(sha256, offset) != frame.head.id:
                raise FrameDamaged
        except FrameDamaged:
            opened.note_bad("media", frame.head.id)
            frame.skip()
            yield None
            continue
        yield Piece(sha256, size, offset, chain((begin,), blocks), frame.skip)


def _copy(opened: Opened, frame: Frame, first: bytes, blocks: Iterator[bytes]) -> Copy:
    if frame.head.length > packs.LARGEST_COPY + 32 or len(first) < 32:
        raise FrameDamaged
    whole = first + b"".join(blocks)
    if opened.sealer.frame_id(hashlib.sha256(whole).digest()) != frame.head.id:
        raise FrameDamaged
    return Copy(whole[16:32], whole[32:])


def _noted(opened: Opened, frame: Frame, part: Part | None) -> Iterator[bytes]:
    try:
        yield from frame.blocks()
    except FrameDamaged as error:
        opened.note_bad("media", frame.head.id)
        _blame_stick(opened, part, error)
        raise


def _blame_stick(opened: Opened, part: Part | None, error: FrameDamaged) -> None:
    """Raise STICK_GONE where a part that was whole a moment ago is no longer what it was."""
    if part is None:
        return
    if not isinstance(error.__cause__, OSError):
        if part.name in opened.proved:
            return
        check = hash_file(opened.checked.sources[part.name], part.size)
        while True:
            try:
                next(check)
            except StopIteration as stop:
                if stop.value == part.sha256:
                    opened.proved.add(part.name)
                    return
                break
    raise problems.stick_gone(opened.checked.name) from error


def _frames(opened: Opened, kind: str) -> Iterator[tuple[Frame, Part | None]]:
    """Frames of all parts of a kind, each with its part where that is what the sender signed, else None."""
    for part in opened.outer.parts:
        if part.name.startswith(f"{kind}-"):
            yield from _part_frames(opened, part, strict=kind == "ops")


def _part_frames(opened: Opened, part: Part, *, strict: bool) -> Iterator[tuple[Frame, Part | None]]:
    """Frames of one part; with ``strict`` those of a whole one must all open, or FrameDamaged is raised."""
    source = opened.checked.sources.get(part.name)
    if source is not None:
        try:
            for frame in packs.read_frames(source, opened.sealer, rescue=not strict, careful=True):
                yield frame, part
        except OSError as error:
            raise problems.stick_gone(opened.checked.name) from error
        except FrameDamaged as error:
            _blame_stick(opened, part, error)
            raise
        return
    taken: set[bytes] = set()
    for name in (part.name, part.copy):
        if name is None:
            continue
        for frame in _rescued(opened.checked.folder / name, opened.sealer, part.size + _GROWN):
            if frame.head.id in taken:
                frame.skip()
                continue
            yield frame, None
            if frame.good and part.copy is not None:
                taken.add(frame.head.id)


def _rescued(path: Path, sealer: Sealer, end: int) -> Iterator[Frame]:
    try:
        yield from packs.read_frames(path, sealer, rescue=True, end=end)
    except OSError:
        return  # it was never there, is no file, or its stick is gone
