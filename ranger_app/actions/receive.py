"""Pictures out of a bundle: thumbnails into the cache, originals into the vault once their hash is proved."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ranger_app.actions import originals
from ranger_app.actions.bundle_losses import Arrivals
from ranger_app.changes import Changes
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Progress
from ranger_app.library import Library
from ranger_app.media import copying, formats, thumbs, vault
from ranger_app.store.connection import Database
from ranger_app.sync import contents, packs
from ranger_app.sync.contents import Copy, Piece
from ranger_app.sync.files import to_disk
from ranger_app.sync.reader import Opened
from ranger_app.sync.sealing import FrameDamaged

LONGEST_SIDE = 2048
"""A thumbnail with more pixels a side is not one."""
IN_MEMORY = 16 << 20
"""Originals up to this size are proved and stored by a thread of their own while the next ones are opened."""
_UNDERWAY = 4
_FOLDERS = 64
"""Folders of the vault whose new names are brought to the disk together."""


@dataclass(slots=True)
class Received:
    """What came in. ``copies`` are redacted pictures in place of originals."""

    thumbnails: int = 0
    originals: int = 0
    copies: int = 0


def receive_thumbs(
    library: Library, opened: Opened, received: Received, arrivals: Arrivals, token: CancelToken
) -> Generator[Progress, None, None]:
    """Keep the thumbnails of known pictures that have none here. OSError where the library's disk fails."""
    total = opened.inner.media
    with library.read() as db:
        for number, item in enumerate(contents.thumbs(opened)):
            if token.cancelled:
                return
            if item is None:
                continue
            key, jpeg = item
            hidden = key.startswith(packs.NO_HASH)
            name = key[len(packs.NO_HASH) :].hex() if hidden else key.hex()
            known = _hidden_picture(db, key[-16:]) if hidden else _known_picture(db, name)
            if known or not arrivals.needed:  # of a damaged bundle the record itself may be lost
                arrivals.note("thumbs", key)
            if known and not thumbs.is_whole(thumbs.place(library.cache, name)) and _is_small_jpeg(jpeg):
                thumbs.keep(library.cache, name, jpeg)
                received.thumbnails += 1
            yield Progress(min(number + 1, total), total, _("Taking in thumbnails"))


def _known_picture(db: Database, sha256: str) -> bool:
    return db.conn.execute("SELECT 1 FROM media WHERE sha256=?", (sha256,)).fetchone() is not None


def _hidden_picture(db: Database, record: bytes) -> bool:
    """Whether the picture is known and its file's hash is withheld from this station."""
    return db.conn.execute("SELECT 1 FROM media WHERE id=? AND sha256 IS NULL", (record,)).fetchone() is not None


def _is_small_jpeg(data: bytes) -> bool:
    if not (data.startswith(b"\xff\xd8\xff") and data.endswith(b"\xff\xd9")):
        return False
    try:
        import simplejpeg  # brings numpy, which is slow to load

        height, width = simplejpeg.decode_jpeg_header(data)[:2]
    except (ValueError, TypeError):
        return False
    return bool(0 < height <= LONGEST_SIDE and 0 < width <= LONGEST_SIDE)


def receive_originals(
    library: Library, opened: Opened, received: Received, arrivals: Arrivals, token: CancelToken
) -> Generator[Progress, None, None]:
    """Take the originals of known records that are not here yet, and redacted pictures for the review of others.

    OSError where the library's disk fails, EnvironmentProblem COPY_DIFFERS where it gives back other bytes.
    """
    total = sum(part.size for part in opened.outer.parts if part.name.startswith("media-"))
    vault.clean_incoming(library.vault)  # what an interrupted reading left half-written
    before = received.originals
    with _Admission(received, arrivals) as admission:
        done = 0
        for item in _whole_originals(library, opened, admission):
            if token.cancelled:
                break
            if isinstance(item, Copy):
                _keep_copy(library, item, received, arrivals)
            elif isinstance(item, int):
                done += item
            yield Progress(min(done, total), total, _("Taking in originals"))
        admission.finish()
    if received.originals > before or received.copies:
        for tell in library.listeners:
            tell(Changes(frozenset({"media"})))


def _keep_copy(library: Library, copy: Copy, received: Received, arrivals: Arrivals) -> None:
    with library.read() as db:
        known = _hidden_picture(db, copy.id)
    if known or not arrivals.needed:
        arrivals.note("media", packs.NO_HASH + copy.id)
    target = thumbs.review_place(library.cache, copy.id.hex())
    if known and not thumbs.is_whole(target) and _is_small_jpeg(copy.jpeg):
        thumbs.keep_review(library.cache, copy.id.hex(), copy.jpeg)
        received.copies += 1


class _Admission:
    """Puts whole originals into the vault in the order they came, some of them beside the reading of the next."""

    def __init__(self, received: Received, arrivals: Arrivals) -> None:
        self._received, self._arrivals = received, arrivals
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="receive")
        self._underway: deque[tuple[bytes, Future[Path | None]]] = deque()
        self._folders: set[Path] = set()

    def __enter__(self) -> _Admission:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        for _sha256, future in self._underway:  # after an error or a cancel: what was admitted counts as here
            if not future.cancelled() and future.exception() is None:
                self._note(future.result())
        self._sync()

    def store(self, sha256: bytes, admit: Callable[[], Path]) -> None:
        """Run ``admit`` on a thread; waits while many are under way. It gives the folder that got the file."""
        self._underway.append((sha256, self._pool.submit(admit)))
        while len(self._underway) > _UNDERWAY:
            self._take()

    def skipped(self, sha256: bytes) -> None:
        """An original that is here already, counted in its turn."""
        future: Future[Path | None] = Future()
        future.set_result(None)
        self._underway.append((sha256, future))

    def finish(self) -> None:
        """Wait for all of them."""
        while self._underway:
            self._take()

    def _take(self) -> None:
        sha256, future = self._underway.popleft()
        try:
            self._note(future.result())
        except FrameDamaged:
            return  # its bytes are not what their name says
        self._arrivals.note("media", sha256)
        if len(self._folders) > _FOLDERS:
            self._sync()

    def _note(self, folder: Path | None) -> None:
        if folder is not None:
            self._received.originals += 1
            self._folders.add(folder)

    def _sync(self) -> None:
        vault.sync_folders(self._folders)
        self._folders = set()


def _whole_originals(library: Library, opened: Opened, admission: _Admission) -> Iterator[int | Copy]:
    """Put originals together from their pieces and hand them over; yields bytes done, and copies as they come."""
    current: _Incoming | None = None
    try:
        for piece in contents.pieces(opened):
            if isinstance(piece, Copy):
                yield piece
                continue
            if current is not None and (piece is None or not current.continues(piece)):
                current.drop()
                current = None
            if piece is None:
                continue
            if current is None:
                extension = _wanted(library, piece.sha256.hex()) if piece.offset == 0 else None
                if not extension:
                    piece.skip()
                    if piece.offset == 0:
                        if extension == "" or not opened.checked.lost:
                            admission.skipped(piece.sha256)
                        yield piece.size
                    continue
                current = (_Held if piece.size <= IN_MEMORY else _Streamed)(library.vault, piece, extension)
            try:
                yield from current.take(piece)
            except FrameDamaged:
                current.drop()
                current = None
                continue
            if current.done == current.size:
                finished, current = current, None
                finished.hand_over(admission)
    finally:
        if current is not None:
            current.drop()


class _Incoming:
    """One original being put together from its pieces."""

    def __init__(self, vault_folder: Path, first: Piece, extension: str) -> None:
        self.sha256, self.size, self.done = first.sha256, first.size, 0
        self._vault, self._extension = vault_folder, extension
        self._head = b""

    def continues(self, piece: Piece) -> bool:
        """Whether ``piece`` is the next of this original."""
        return (piece.sha256, piece.size, piece.offset) == (self.sha256, self.size, self.done)

    def take(self, piece: Piece) -> Iterator[int]:
        """Add a piece, yielding bytes done; FrameDamaged where it does not verify."""
        for block in piece.blocks:
            if self.done + len(block) > self.size:
                raise FrameDamaged
            if len(self._head) < formats.HEAD:
                self._head += block[: formats.HEAD]
            self._add(block)
            self.done += len(block)
            yield len(block)

    def _add(self, block: bytes) -> None:
        raise NotImplementedError

    def drop(self) -> None:
        """Give it up."""

    def hand_over(self, admission: _Admission) -> None:
        """Let it be proved and admitted."""
        raise NotImplementedError

    def _admit(self, path: Path) -> Path:
        form = formats.told_by_content(self._head)
        target = vault.place(self._vault, self.sha256.hex(), form.extension if form else self._extension)
        vault.admit(path, target)
        return target.parent


class _Held(_Incoming):
    """One of usual size, held in memory until it is proved."""

    def __init__(self, vault_folder: Path, first: Piece, extension: str) -> None:
        super().__init__(vault_folder, first, extension)
        self._blocks: list[bytes] = []

    def _add(self, block: bytes) -> None:
        self._blocks.append(block)

    def hand_over(self, admission: _Admission) -> None:
        """Hash, write and read back on a thread."""

        def admit() -> Path:
            data = b"".join(self._blocks)
            self._blocks.clear()
            if hashlib.sha256(data).digest() != self.sha256:
                raise FrameDamaged
            return self._admit(copying.write_verified(data, self._vault))

        admission.store(self.sha256, admit)


class _Streamed(_Incoming):
    """A large one, written as it comes."""

    def __init__(self, vault_folder: Path, first: Piece, extension: str) -> None:
        super().__init__(vault_folder, first, extension)
        self._path = vault.incoming_name(vault_folder)
        self._hash = hashlib.sha256()
        self._handle: BinaryIO = self._path.open("xb")

    def _add(self, block: bytes) -> None:
        self._handle.write(block)
        self._hash.update(block)

    def drop(self) -> None:
        """Give it up."""
        self._handle.close()
        vault.discard(self._path)

    def hand_over(self, admission: _Admission) -> None:
        """Prove it from the disk on a thread."""

        def admit() -> Path:
            try:
                to_disk(self._handle)
                self._handle.close()
                copying.forget_cached(self._path)
                if self._hash.digest() != self.sha256 or vault.hash_file(self._path) != self.sha256.hex():
                    raise FrameDamaged
                return self._admit(self._path)
            except BaseException:
                self.drop()
                raise

        admission.store(self.sha256, admit)


def _wanted(library: Library, sha256: str) -> str | None:
    """The ending an original gets where it cannot be told from its content; empty where it is here, None: unknown."""
    if originals.is_kept(library, sha256):
        return ""
    with library.read() as db:
        row = db.conn.execute("SELECT coalesce(file_name, '') FROM media WHERE sha256=? LIMIT 1", (sha256,)).fetchone()
        if row is not None:
            form = formats.told_by_name(row[0])
            return form.extension if form else "bin"
        track = db.conn.execute("SELECT 1 FROM track WHERE source_sha256=? LIMIT 1", (sha256,)).fetchone()
    return "gpx" if track else None
