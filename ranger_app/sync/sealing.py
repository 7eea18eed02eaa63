"""Sealed frames: each file or group of batches encrypted by itself, so that one bad spot costs one frame.

A frame is magic(16), header length(2), CRC-32(4), keyed id(16), plaintext length(8), then chunks of 1 MiB in
ChaCha20-Poly1305. The magic lets a reader find the next frame after damage; the keyed id keeps a stranger from
testing for a known picture. Chunk numbering with a last flag follows the STREAM construction that age uses.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

MAGIC = b"\x93RANGERFRAME\r\n\x1a\n"
CHUNK = 1 << 20
TAG = 16
_HEAD = struct.Struct(">16sHI16sQ")
_REST = struct.Struct(">H16sQ")  # what the CRC covers
_REST_LENGTH = 24
LONGEST = 1 << 40
SPOT = 4096
"""Disks fail in steps of this many bytes."""
MOST_UNREADABLE = 8192
"""Spots stepped over in one search: a stick that was pulled out gives nothing but errors."""


class FrameDamaged(Exception):
    """A frame does not verify."""


class FrameHead(NamedTuple):
    """What stands before a frame's chunks. ``length`` is the plaintext's."""

    id: bytes
    length: int


def _chunks(length: int) -> int:
    return max(1, -(-length // CHUNK))


def frame_size(length: int) -> int:
    """Bytes on the stick of a frame with ``length`` bytes of plaintext."""
    return _HEAD.size + length + TAG * _chunks(length)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


class Sealer:
    """The bundle's key at work. ``bundle_id`` 16 bytes, ``key`` 32 bytes."""

    def __init__(self, bundle_id: bytes, key: bytes) -> None:
        self._bundle_id = bundle_id
        self._naming = hmac.digest(key, b"ranger frame id" + bundle_id, "sha256")
        self._extracted = hmac.digest(bundle_id, key, "sha256")  # HKDF-Extract, RFC 5869, salt = bundle id

    def frame_id(self, content_hash: bytes, offset: int = 0) -> bytes:
        """The keyed name of content with this SHA-256 (of its piece at ``offset``)."""
        return hmac.digest(self._naming, content_hash + offset.to_bytes(8, "big"), "sha256")[:16]

    def _cipher(self, frame_id: bytes) -> ChaCha20Poly1305:
        # HKDF-Expand, one block.
        return ChaCha20Poly1305(hmac.digest(self._extracted, b"ranger frame" + frame_id + b"\1", "sha256"))

    def _bound(self, head: FrameHead) -> bytes:
        return self._bundle_id + head.id + head.length.to_bytes(8, "big")

    def seal(self, content: bytes) -> bytes:
        """A whole frame around ``content``, held in memory."""
        frame_id = self.frame_id(hashlib.sha256(content).digest())
        return b"".join(self.seal_blocks(FrameHead(frame_id, len(content)), _split(content)))

    def seal_blocks(self, head: FrameHead, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """A frame piece by piece. ``blocks`` are of CHUNK bytes, only the last may be shorter."""
        crc = zlib.crc32(_REST.pack(_REST_LENGTH, head.id, head.length))
        yield _HEAD.pack(MAGIC, _REST_LENGTH, crc, head.id, head.length)
        cipher, bound, total = self._cipher(head.id), self._bound(head), _chunks(head.length)
        for number in range(total):
            block = next(blocks, b"")
            yield cipher.encrypt(_nonce(number, number == total - 1), block, bound)

    def open_blocks(self, head: FrameHead, handle: BinaryIO) -> Iterator[bytes]:
        """The plaintext of the frame whose header was just read; FrameDamaged where a chunk does not verify."""
        cipher, bound, total = self._cipher(head.id), self._bound(head), _chunks(head.length)
        left = head.length
        for number in range(total):
            size = min(CHUNK, left)
            try:
                sealed = handle.read(size + TAG)
                block = cipher.decrypt(_nonce(number, number == total - 1), sealed, bound)
            except (InvalidTag, ValueError, OSError) as error:
                raise FrameDamaged from error
            left -= size
            yield block


def _split(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), CHUNK):
        yield content[at : at + CHUNK]


def read_head(handle: BinaryIO) -> FrameHead | None:
    """The next frame's header, None at the end of the file; FrameDamaged where there is something else."""
    try:
        data = handle.read(_HEAD.size)
    except OSError as error:
        raise FrameDamaged from error
    if not data:
        return None
    if len(data) != _HEAD.size:
        raise FrameDamaged
    magic, rest, crc, frame_id, length = _HEAD.unpack(data)
    if magic != MAGIC or rest != _REST_LENGTH or crc != zlib.crc32(data[16:18] + data[22:]) or length > LONGEST:
        raise FrameDamaged
    return FrameHead(frame_id, length)


def find_magic(handle: BinaryIO, start: int, end: int | None = None) -> bool:
    """Move to the next frame at or behind ``start``; False where there is none before ``end``.

    A spot of the stick that cannot be read at all is stepped over, too many of them end the search.
    """
    position, tail, unreadable = start, b"", 0
    while end is None or position < end:
        try:
            handle.seek(position)
            block = handle.read(CHUNK)
        except OSError:
            try:  # what lies before the bad spot
                handle.seek(position)
                block = handle.read(SPOT - position % SPOT)
            except OSError:
                unreadable += 1
                if unreadable > MOST_UNREADABLE:
                    return False
                position, tail = position + SPOT - position % SPOT, b""
                continue
        if not block:
            return False
        window = tail + block
        found = window.find(MAGIC)
        if found >= 0:
            at = position - len(tail) + found
            handle.seek(at)
            return end is None or at < end
        tail = window[-len(MAGIC) + 1 :]
        position += len(block)
    return False
