"""One backup file: the records compressed and encrypted, the key file, and a signature over all of it.

The key of the content is sealed to the station itself, so its passphrase or its recovery sheet opens the file.
Without a passphrase the key file inside is plain, and so is everything for whoever finds the file.

Magic, length of the head(4), head (JSON), then zstandard data in chunks of 1 MiB under ChaCha20-Poly1305 (RFC 8439),
numbered with a last flag as the STREAM construction does, then an Ed25519 signature over all before it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
import zstandard
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ranger_app.domain.station import station_id
from ranger_app.keys import StationKeys
from ranger_app.sync import agekeys
from ranger_app.sync.files import open_plain, past_cache, to_disk

MAGIC = b"RANGER BACKUP 2\r\n\x1a\n"
CHUNK = 1 << 20
TAG = 16
SIGNATURE = 64
_LONGEST_HEAD = 1 << 16
_CONTEXT = b"ranger backup\0"
_LEVEL = 3


class BackupDamaged(Exception):
    """The file is no backup of this kind, or not whole."""


class Head(msgspec.Struct, frozen=True):
    """What lies open: whose it is, when it was made (ms since 1970), the bytes of the database, and its sealed key."""

    ranger_backup: int
    station: str
    signing: str
    sealing: str
    made: int
    database: int
    keys: dict[str, object]
    """The station's key file: behind the passphrase where the station has one."""
    content_key: str


def write(
    path: Path, database: Path, keys: StationKeys, key_file: bytes, made: int
) -> Generator[int, None, tuple[int, str]]:
    """Write the backup of a database file, yielding the bytes taken from it; the value is (size, SHA-256) of the file.

    OSError where a disk is full or fails; the file is then left for the caller to remove.
    """
    key = secrets.token_bytes(32)
    head = Head(
        2,
        keys.station.hex(),
        keys.signing.hex(),
        keys.sealing.hex(),
        made,
        database.stat().st_size,
        msgspec.json.decode(key_file, type=dict[str, object]),
        base64.b64encode(agekeys.seal(key, [keys.sealing])).decode("ascii"),
    )
    opened = _opening(head)
    cipher, bound, number = ChaCha20Poly1305(key), hashlib.sha256(opened).digest(), 0
    digest = hashlib.sha256()
    with path.open("xb") as file:

        def put(data: bytes) -> None:
            file.write(data)
            digest.update(data)

        put(opened)
        held = bytearray()
        for taken, piece in _compressed(database, head.database):
            held += piece
            while len(held) > CHUNK:  # the last chunk is told apart, so one is always kept back
                put(cipher.encrypt(_nonce(number, last=False), bytes(held[:CHUNK]), bound))
                del held[:CHUNK]
                number += 1
            yield taken
        put(cipher.encrypt(_nonce(number, last=True), bytes(held), bound))
        put(keys.signer.sign(_CONTEXT + digest.digest()))
        to_disk(file)
        past_cache(file)
        size = file.tell()
    return size, digest.hexdigest()


def _opening(head: Head) -> bytes:
    data = msgspec.json.encode(head)
    return MAGIC + len(data).to_bytes(4, "big") + data


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _compressed(database: Path, size: int) -> Iterator[tuple[int, bytes]]:
    compressor = zstandard.ZstdCompressor(level=_LEVEL).compressobj(size=size)
    with database.open("rb") as source:
        while block := source.read(CHUNK):
            yield len(block), compressor.compress(block)
    yield 0, compressor.flush()


def is_backup(path: Path) -> bool:
    """Whether the file begins as one of ours; OSError where it cannot be read."""
    with open_plain(path) as handle:
        return handle.read(len(MAGIC)) == MAGIC


def read_head(handle: BinaryIO) -> tuple[Head, bytes]:
    """The head of an open backup and the hash that its chunks are bound to; BackupDamaged, OSError."""
    start = handle.read(len(MAGIC) + 4)
    length = int.from_bytes(start[len(MAGIC) :], "big")
    if not start.startswith(MAGIC) or len(start) != len(MAGIC) + 4 or length > _LONGEST_HEAD:
        raise BackupDamaged
    data = handle.read(length)
    try:
        head = msgspec.json.decode(data, type=Head)
        known = station_id(bytes.fromhex(head.signing), bytes.fromhex(head.sealing)).hex()
    except (msgspec.MsgspecError, ValueError) as error:
        raise BackupDamaged from error
    if known != head.station or head.ranger_backup != 2 or head.database < 0:
        raise BackupDamaged
    return head, hashlib.sha256(start + data).digest()


def verify(path: Path) -> Generator[int, None, Head]:
    """Read all of a backup past the cache, yielding the bytes read; the value is its head.

    BackupDamaged unless every byte is as the station signed it. Needs no passphrase.
    """
    with open_plain(path) as handle:
        past_cache(handle)
        head, _bound = read_head(handle)
        left = os.fstat(handle.fileno()).st_size - SIGNATURE
        if left < handle.tell() + TAG:
            raise BackupDamaged
        handle.seek(0)
        digest = hashlib.sha256()
        while left > 0:
            block = handle.read(min(CHUNK, left))
            if not block:
                raise BackupDamaged
            digest.update(block)
            left -= len(block)
            yield len(block)
        try:
            signer = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.signing))
            signer.verify(handle.read(), _CONTEXT + digest.digest())
        except (InvalidSignature, ValueError) as error:
            raise BackupDamaged from error
    return head


def unpack(path: Path, keys: StationKeys, target: BinaryIO) -> Generator[int, None, None]:
    """Write the database of a verified backup into ``target``, yielding the bytes written.

    BackupDamaged where the keys do not open it or it holds something else than it says; OSError.
    """
    with open_plain(path) as handle:
        head, bound = read_head(handle)
        try:
            key = agekeys.unseal(base64.b64decode(head.content_key, validate=True), keys.sealing_secret)
        except binascii.Error as error:
            raise BackupDamaged from error
        if key is None or len(key) != 32:
            raise BackupDamaged
        left = os.fstat(handle.fileno()).st_size - SIGNATURE - handle.tell()
        cipher, number, written = ChaCha20Poly1305(key), 0, 0
        expand = zstandard.ZstdDecompressor().decompressobj()
        try:
            while left > 0:
                sealed = handle.read(min(CHUNK + TAG, left))
                left -= CHUNK + TAG
                piece = expand.decompress(cipher.decrypt(_nonce(number, last=left <= 0), sealed, bound))
                number += 1
                written += len(piece)
                if written > head.database:
                    raise BackupDamaged
                target.write(piece)
                yield len(piece)
        except (InvalidTag, zstandard.ZstdError, ValueError) as error:
            raise BackupDamaged from error
        if written != head.database:
            raise BackupDamaged
