"""Pictures out of a bundle: thumbnails into the cache, originals into the vault once their hash is proved."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import simplejpeg

from ranger_app.actions import originals
from ranger_app.changes import Changes
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Progress
from ranger_app.library import Library
from ranger_app.media import copying, formats, thumbs, vault
from ranger_app.sync import reader
from ranger_app.sync.files import to_disk
from ranger_app.sync.reader import Opened, Piece
from ranger_app.sync.sealing import FrameDamaged

LONGEST_SIDE = 2048
"""A thumbnail with more pixels a side is not one."""


@dataclass(slots=True)
class Received:
    """What came in, and how many frames or files did not."""

    thumbnails: int = 0
    originals: int = 0
    damaged: int = 0


def receive_thumbs(
    library: Library, opened: Opened, received: Received, token: CancelToken
) -> Generator[Progress, None, None]:
    """Keep the thumbnails of known pictures that have none here. OSError where the library's disk fails."""
    total = opened.inner.media
    with library.read() as db:
        for number, item in enumerate(reader.thumbs(opened)):
            if token.cancelled:
                return
            if item is None:
                received.damaged += 1
                continue
            sha256, jpeg = item[0].hex(), item[1]
            known = db.conn.execute("SELECT 1 FROM media WHERE sha256=?", (sha256,)).fetchone()
            if known and not thumbs.is_whole(thumbs.place(library.cache, sha256)):
                if _is_small_jpeg(jpeg):
                    thumbs.keep(library.cache, sha256, jpeg)
                    received.thumbnails += 1
                else:
                    received.damaged += 1
            yield Progress(min(number + 1, total), total, _("Taking in thumbnails"))


def _is_small_jpeg(data: bytes) -> bool:
    if not (data.startswith(b"\xff\xd8\xff") and data.endswith(b"\xff\xd9")):
        return False
    try:
        height, width = simplejpeg.decode_jpeg_header(data)[:2]
    except (ValueError, TypeError):
        return False
    return bool(0 < height <= LONGEST_SIDE and 0 < width <= LONGEST_SIDE)


class _Incoming:
    """One original being put together from its pieces."""

    def __init__(self, vault_folder: Path, first: Piece) -> None:
        self.sha256, self.size = first.sha256, first.size
        self.done = 0
        self.path = vault.incoming_name(vault_folder)
        self._hash = hashlib.sha256()
        self._head = b""
        self._handle: BinaryIO = self.path.open("xb")

    def continues(self, piece: Piece) -> bool:
        """Whether ``piece`` is the next of this original."""
        return (piece.sha256, piece.size, piece.offset) == (self.sha256, self.size, self.done)

    def take(self, piece: Piece) -> Generator[int, None, None]:
        """Write a piece, yielding bytes done; FrameDamaged where it does not verify."""
        for block in piece.blocks:
            if self.done + len(block) > self.size:
                raise FrameDamaged
            if len(self._head) < formats.HEAD:
                self._head += block[: formats.HEAD]
            self._handle.write(block)
            self._hash.update(block)
            self.done += len(block)
            yield len(block)

    def drop(self) -> None:
        """Give it up."""
        self._handle.close()
        self.path.unlink(missing_ok=True)

    def admit(self, vault_folder: Path, extension: str) -> bool:
        """Prove it from the disk and put it into the vault; False where the bytes are not what they should be."""
        to_disk(self._handle)
        self._handle.close()
        name = self.sha256.hex()
        copying.forget_cached(self.path)
        if self._hash.digest() != self.sha256 or vault.hash_file(self.path) != name:
            self.drop()
            return False
        form = formats.told_by_content(self._head)
        target = vault.place(vault_folder, name, form.extension if form else extension)
        vault.admit(self.path, target)
        vault.sync_folders([target.parent])
        return True


def receive_originals(
    library: Library, opened: Opened, received: Received, token: CancelToken
) -> Generator[Progress, None, None]:
    """Take the originals of known records that are not here yet. OSError where the library's disk fails."""
    total = sum(part.size for part in opened.outer.parts if part.name.startswith("media-"))
    done = 0
    current: _Incoming | None = None
    extension = ""
    try:
        for piece in reader.pieces(opened):
            if token.cancelled:
                break
            if current is not None and (piece is None or not current.continues(piece)):
                current.drop()
                current = None
                received.damaged += 1
            if piece is None:
                received.damaged += 1
                continue
            if current is None:
                extension = _wanted(library, piece.sha256.hex()) if piece.offset == 0 else ""
                if not extension:
                    piece.skip()
                    done += piece.size if piece.offset == 0 else 0
                    continue
                current = _Incoming(library.vault, piece)
            try:
                for step in current.take(piece):
                    done += step
                    yield Progress(min(done, total), total, _("Taking in originals"))
            except FrameDamaged:
                current.drop()
                current = None
                received.damaged += 1
                continue
            if current.done == current.size:
                finished, current = current, None
                if finished.admit(library.vault, extension):
                    received.originals += 1
                else:
                    received.damaged += 1
    finally:
        if current is not None:
            current.drop()
    if received.originals:
        for tell in library.listeners:
            tell(Changes(frozenset({"media"})))


def _wanted(library: Library, sha256: str) -> str:
    """The ending an original gets where it cannot be told from its content; empty where it is not wanted."""
    if originals.is_kept(library, sha256):
        return ""
    with library.read() as db:
        row = db.conn.execute("SELECT coalesce(file_name, '') FROM media WHERE sha256=? LIMIT 1", (sha256,)).fetchone()
        if row is not None:
            form = formats.told_by_name(row[0])
            return form.extension if form else "bin"
        track = db.conn.execute("SELECT 1 FROM track WHERE source_sha256=? LIMIT 1", (sha256,)).fetchone()
    return "gpx" if track else ""
