"""Parts of a bundle: sealed frames one behind the other, in files small enough for FAT32 and for a second try.

Also the three things that frames carry: groups of batches, one thumbnail, a piece of an original.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import zstandard

from ranger_app.sync.files import NewFile, open_plain
from ranger_app.sync.manifest import MOST_PARTS, Part
from ranger_app.sync.sealing import CHUNK, FrameDamaged, FrameHead, Sealer, find_magic, frame_size, read_head

OPS_PART = 16 << 20
THUMBS_PART = 256 << 20
MEDIA_PART = 1 << 30
PIECE = 256 << 20
"""An original larger than this goes in several frames, so that no part grows beyond its limit."""
IN_MEMORY = 32 << 20
"""An original up to this size is read once, hashed and sealed from memory."""
LARGEST_FILE = (1 << 32) - (1 << 20)
"""FAT32 holds no file of 4 GiB."""
GROUP = 1 << 20
"""Batches are compressed together in groups of about this many bytes."""
LARGEST_GROUP = 64 << 20
LARGEST_THUMB = 4 << 20
MOST_BAD = 10_000
"""Frames of a part that begin rightly and do not open, before the rest is given up: made up, not damaged."""
LARGEST_COPY = 4 << 20
"""Bytes of a redacted picture, as of a thumbnail."""
NO_HASH = bytes(16)
"""A picture's key begins so where its hash is withheld; the record's id follows."""
_WINDOW = 8 << 20
_MOST_PACKED = 1000
"""Records never shrink to less than a thousandth; what does was made to fill a disk or an hour."""
_LENGTHS = struct.Struct(">III")
_PIECE_HEAD = struct.Struct(">32sQQ")

Batch = tuple[bytes, bytes, bytes]
"""Header, signature and body of a batch, as they were signed."""


Place = tuple[int, int]
"""How far the contents of a kind of part are written: how many things are whole, and bytes of the one after them."""
START: Place = (0, 0)


@dataclass(frozen=True, slots=True)
class Placed:
    """A finished part and what it holds: the contents of its kind behind ``start`` up to ``end``."""

    kind: str
    number: int
    part: Part
    start: Place
    end: Place


class PackWriter:
    """Writes frames into ``<kind>-0001.pak``, ``<kind>-0002.pak``, … of at most ``limit`` bytes each.

    Whoever adds frames says with ``passed`` what is in, so that ``on_part`` can be told what each part holds.
    """

    def __init__(
        self,
        folder: Path,
        kind: str,
        limit: int,
        *,
        copied: bool = False,
        on_part: Callable[[Placed], None] | None = None,
    ) -> None:
        self.parts: list[Part] = []
        self._folder, self._kind, self._limit, self._copied = folder, kind, limit, copied
        self._on_part = on_part
        self._file: NewFile | None = None
        self._number, self._begin, self._mark, self._bound = 1, START, START, limit

    def start_frame(self, size: int) -> NewFile:
        """The file that takes the next frame of ``size`` bytes; closes the part before where it is full."""
        if self._file is not None and self._file.size + size > self._bound:
            self.finish()
        if self._file is None:
            if self._number > MOST_PARTS // 4:
                raise ValueError("too many parts")
            self._file = NewFile(self._folder / f"{self._kind}-{self._number:04d}.pak")
        return self._file

    def add(self, frame: bytes) -> None:
        """Write one whole frame."""
        self.start_frame(len(frame)).write(frame)

    def passed(self, place: Place) -> None:
        """Everything up to ``place`` has been handed over."""
        self._mark = place

    def go_on(self, number: int, start: Place, *, whole: bool = False) -> None:
        """Let the next part have this number and begin at ``start``.

        ``whole`` for a part that is written again: it takes all that it held, whatever its size comes to.
        """
        self.finish()
        self._number, self._begin, self._mark = number, start, start
        self._bound = LARGEST_FILE if whole else self._limit

    def keep(self, placed: Placed) -> None:
        """Count a part that lies there already, whole; the next one comes behind it."""
        self.finish()
        self.parts.append(placed.part)
        self.go_on(placed.number + 1, placed.end)

    def finish(self) -> None:
        """Bring the open part to the stick."""
        if self._file is not None:
            file, self._file = self._file, None
            file.finish()
            copy = file.path.with_suffix(".bak").name if self._copied else None
            self.parts.append(Part(file.path.name, copy, file.size, file.sha256))
            if self._on_part is not None:
                self._on_part(Placed(self._kind, self._number, self.parts[-1], self._begin, self._mark))
            self._number, self._begin, self._bound = self._number + 1, self._mark, self._limit

    def abandon(self) -> None:
        """Close without finishing."""
        if self._file is not None:
            self._file.abandon()


def pack_batches(batches: Iterable[Batch]) -> Iterator[tuple[bytes, int]]:
    """Compressed groups of batches with the number of batches in each, in order."""
    compress = zstandard.ZstdCompressor(level=3, write_content_size=True).compress
    group: list[bytes] = []
    size = number = 0
    for batch in batches:
        length = _LENGTHS.size + sum(map(len, batch))
        if number and size + length > GROUP:
            yield compress(b"".join(group)), number
            group, size, number = [], 0, 0
        if length > LARGEST_GROUP:
            raise ValueError("a batch is too large to be sent")
        group += (_LENGTHS.pack(*map(len, batch)), *batch)
        size += length
        number += 1
    if number:
        yield compress(b"".join(group)), number


def can_be_sent(batch: Batch) -> bool:
    """Whether the batch, sent on from here, is one that readers take: they refuse what swells too much."""
    size = _LENGTHS.size + sum(map(len, batch))
    if size <= 4 * GROUP:
        return True
    return all(size <= LARGEST_GROUP and size <= len(group) * _MOST_PACKED for group, _number in pack_batches([batch]))


def unpack_batches(content: bytes) -> Iterator[Batch]:
    """The batches of a group; FrameDamaged where it is not one, or would swell beyond its bound."""
    try:
        about = zstandard.get_frame_parameters(content)
        most = min(LARGEST_GROUP, max(4 * GROUP, len(content) * _MOST_PACKED))
        if not 0 <= about.content_size <= most or about.window_size > max(_WINDOW, about.content_size):
            raise FrameDamaged
        decompressor = zstandard.ZstdDecompressor(max_window_size=max(_WINDOW, LARGEST_GROUP))
        plain = decompressor.decompress(content, max_output_size=LARGEST_GROUP, allow_extra_data=False)
    except (zstandard.ZstdError, ValueError, MemoryError) as error:
        raise FrameDamaged from error
    at = 0
    while at < len(plain):
        if at + _LENGTHS.size > len(plain):
            raise FrameDamaged
        head, signature, body = _LENGTHS.unpack_from(plain, at)
        at += _LENGTHS.size
        end = at + head + signature + body
        if end > len(plain):
            raise FrameDamaged
        yield plain[at : at + head], plain[at + head : at + head + signature], plain[at + head + signature : end]
        at = end


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which of the original number ``index`` to write: from byte ``first`` to before ``last``, None for its end."""

    index: int = 0
    first: int = 0
    last: int | None = None


def write_original(
    writer: PackWriter, sealer: Sealer, source: Path, sha256: bytes, size: int, stretch: Stretch | None = None
) -> Generator[int, None, list[bytes] | None]:
    """Seal an original, yielding bytes done. The value: frame ids to declare void, because it is no longer itself.

    None where it was seen not to be itself, or could not be read, before anything of it was written. The file is
    hashed first: what a frame's key seals must be the same whenever a bundle is finished later, or two states of a
    stick would give the picture away. A file that changes even between that and the sealing still fills its frames
    (nothing on the stick is ever taken back), and the inner manifest tells the reader to pass over them.
    """
    part = stretch or Stretch()
    last = size if part.last is None else part.last
    result = hashlib.sha256()
    ids: list[bytes] = []
    try:
        handle = _proved(source, sha256, size)
        if handle is None:
            return None
        with handle:
            handle.seek(part.first)
            for offset in range(part.first, max(last, 1), PIECE):
                piece = min(PIECE, size - offset)
                head = FrameHead(sealer.frame_id(sha256, offset), _PIECE_HEAD.size + piece)
                ids.append(head.id)
                file = writer.start_frame(frame_size(head.length))
                blocks = _piece_blocks(_PIECE_HEAD.pack(sha256, size, offset), handle, piece, result)
                for sealed in sealer.seal_blocks(head, blocks):
                    file.write(sealed)
                    yield min(len(sealed), CHUNK)
                writer.passed((part.index, offset + piece) if offset + piece < size else (part.index + 1, 0))
            whole = (part.first, last) == (0, size)
            longer = whole and _has_more(handle)
    except _AtHome:
        return None
    return ids if longer or (whole and result.digest() != sha256) else []


class _AtHome(Exception):
    """The original cannot be read: nothing is wrong with the stick."""


def _proved(source: Path, sha256: bytes, size: int) -> BinaryIO | None:
    """The original opened for reading, if it is what its hash says; one of usual size is held in memory."""
    try:
        with ExitStack() as opened:
            handle = opened.enter_context(source.open("rb"))
            if size <= IN_MEMORY:
                content = handle.read(size + 1)
                good = len(content) == size and hashlib.sha256(content).digest() == sha256
                return io.BytesIO(content) if good else None
            if hashlib.file_digest(handle, "sha256").digest() != sha256:
                return None
            handle.seek(0)
            opened.pop_all()
            return handle
    except OSError as error:
        raise _AtHome from error


def _has_more(handle: BinaryIO) -> bool:
    try:
        return bool(handle.read(1))
    except OSError:
        return True


def _piece_blocks(head: bytes, handle: BinaryIO, length: int, result: hashlib._Hash) -> Iterator[bytes]:
    waiting = head
    left = length
    while left > 0:
        want = min(CHUNK - len(waiting), left)
        try:
            data = handle.read(want)
        except OSError:
            data = b""  # an unreadable sector at home: the hash below will not match
        result.update(data)
        yield waiting + data.ljust(want, b"\0")
        waiting = b""
        left -= want
    if waiting:
        yield waiting


@dataclass(slots=True)
class Frame:
    """A frame whose header was read. ``blocks`` may be taken once; ``skip`` passes over it."""

    head: FrameHead
    start: int
    _handle: BinaryIO
    _sealer: Sealer
    good: bool = field(default=False, init=False)

    def blocks(self) -> Iterator[bytes]:
        """The plaintext in pieces; FrameDamaged where one does not verify."""
        yield from self._sealer.open_blocks(self.head, self._handle)
        self.good = True

    def content(self, limit: int) -> bytes:
        """The whole plaintext, checked against the frame's keyed name; FrameDamaged beyond ``limit`` bytes."""
        if self.head.length > limit:
            raise FrameDamaged
        whole = b"".join(self.blocks())
        if self._sealer.frame_id(hashlib.sha256(whole).digest()) != self.head.id:
            self.good = False
            raise FrameDamaged
        return whole

    def skip(self) -> None:
        """Go behind the frame without opening it."""
        self._handle.seek(self.start + frame_size(self.head.length))
        self.good = True


def read_frames(
    path: Path, sealer: Sealer, *, rescue: bool = False, careful: bool = False, end: int | None = None
) -> Iterator[Frame]:
    """The frames of a part in order. FrameDamaged at anything else; with ``rescue`` the next magic is sought.

    A consumer that catches FrameDamaged from a frame may go on iterating when ``rescue`` is set; ``careful`` raises
    it still where the file cannot be read. Nothing that begins behind ``end`` is looked at: a file that grew by
    damage may be of any size.
    """
    bad = 0
    with open_plain(path) as handle:
        while bad <= MOST_BAD and (end is None or handle.tell() < end):
            start = handle.tell()
            try:
                head = read_head(handle)
                if head is None:
                    return
            except FrameDamaged as error:
                if not rescue or (careful and isinstance(error.__cause__, OSError)):
                    raise
                if not find_magic(handle, start + 1, end):
                    return
                continue
            frame = Frame(head, start, handle, sealer)
            yield frame
            if not frame.good:
                bad += 1
                if not rescue:
                    raise FrameDamaged
                if not find_magic(handle, start + 1, end):
                    return


def frame_ids(path: Path) -> Iterator[bytes]:
    """The ids of a part's frames in order, without opening them. FrameDamaged or OSError where it is not whole."""
    with open_plain(path) as handle:
        start = 0
        while (head := read_head(handle)) is not None:
            yield head.id
            start += frame_size(head.length)
            handle.seek(start)


def piece_head(block: bytes) -> tuple[bytes, int, int, bytes]:
    """The first block of a piece of an original: SHA-256, whole size, offset, and the first of its bytes."""
    if len(block) < _PIECE_HEAD.size:
        raise FrameDamaged
    sha256, size, offset = _PIECE_HEAD.unpack_from(block)
    return sha256, size, offset, block[_PIECE_HEAD.size :]
