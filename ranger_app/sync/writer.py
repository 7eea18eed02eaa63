"""Writes one bundle into a folder of its own: parts first, then keys and manifests, then a reading back, then DONE.

Nothing is renamed, reopened or taken back; a bundle without DONE is unfinished, whatever stopped it.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ranger_app.paths import resource
from ranger_app.sync import agekeys, manifest, minisign, packs
from ranger_app.sync.files import CHUNK, NewFile, folder_to_disk, hash_file, open_plain, write_small
from ranger_app.sync.manifest import Inner, Outer, Part
from ranger_app.sync.packs import Batch, PackWriter
from ranger_app.sync.problems import not_kept
from ranger_app.sync.sealing import Sealer

EXCHANGE = "exchange"
INNER_CONTEXT = b"ranger bundle inner manifest\0"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: station id 16 bytes, incarnation 8 bytes, and the station's Ed25519 signature."""

    station: bytes
    incarnation: bytes
    sign: minisign.Sign


@dataclass(frozen=True, slots=True)
class Receiver:
    """For whom: station id and X25519 public key."""

    station: bytes
    sealing: bytes


@dataclass(frozen=True, slots=True)
class Contents:
    """What the inner manifest tells besides the parts. ``created`` is microseconds since 1970."""

    holds: list[tuple[str, str, list[int]]]
    cards: list[str]
    created: int
    operations: int
    media: int


@dataclass(frozen=True, slots=True)
class Written:
    """A finished bundle. ``files`` and ``bytes`` count everything but the READ-ME."""

    bundle: bytes
    folder: Path
    files: int
    bytes: int


class BundleWriter:
    """One bundle being written; call ``add_…`` in the order operations, thumbnails, originals, then ``finish``."""

    def __init__(self, root: Path, sender: Sender, counter: int, *, part_limits: tuple[int, int, int] | None = None):
        ops, thumbs, media = part_limits or (packs.OPS_PART, packs.THUMBS_PART, packs.MEDIA_PART)
        self.bundle = secrets.token_bytes(16)
        self._sender, self.counter = sender, counter
        self._key = secrets.token_bytes(32)
        self._sealer = Sealer(self.bundle, self._key)
        name = f"{sender.station.hex()[:8]}-{counter:06d}-{secrets.token_hex(4)}"
        self.folder = root / EXCHANGE / name
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir()
        self._ops = PackWriter(self.folder, "ops", ops, copied=True)
        self._thumbs = PackWriter(self.folder, "thumbs", thumbs)
        self._media = PackWriter(self.folder, "media", media)
        self._copied = 0
        self._void: list[bytes] = []

    def write_read_me(self) -> None:
        """Tell whoever finds the folder what it is; not covered by any check."""
        write_small(self.folder / manifest.READ_ME, resource("bundle", "READ-ME.txt").read_bytes())

    def add_batches(self, batches: Iterable[Batch]) -> Iterator[int]:
        """Seal batches as they are, yielding how many went into each group."""
        for group, number in packs.pack_batches(batches):
            self._ops.add(self._sealer.seal(group))
            yield number

    def add_thumb(self, sha256: bytes, jpeg: bytes) -> None:
        """Seal the thumbnail of the original with this hash."""
        self._thumbs.add(self._sealer.seal(sha256 + jpeg))

    def add_original(self, source: Path, sha256: bytes, size: int) -> Generator[int, None, bool]:
        """Seal an original, yielding bytes done. The value: False where the file is no longer what its hash says."""
        void = yield from packs.write_original(self._media, self._sealer, source, sha256, size)
        self._void += void or []
        return void == []

    def add_copies(self) -> Iterator[int]:
        """Second copies of the parts with operations; written apart from the first, as bad spots are neighbours."""
        self._ops.finish()
        self._thumbs.finish()
        for part in list(self._ops.parts[self._copied :]):
            copy = NewFile((self.folder / part.name).with_suffix(".bak"))
            try:
                with open_plain(self.folder / part.name) as handle:
                    while block := handle.read(CHUNK):
                        copy.write(block)
                        yield len(block)
                copy.finish()
            finally:
                copy.abandon()
            if copy.sha256 != part.sha256:
                raise not_kept(part.name)
            self._copied += 1

    def finish(self, receivers: Sequence[Receiver], contents: Contents) -> Generator[int, None, Written]:
        """Keys, manifests, reading back of every file, DONE. Yields bytes read back.

        Raises EnvironmentProblem STICK_NOT_RELIABLE where the stick gives back other bytes, and OSError.
        """
        yield from self.add_copies()
        self._media.finish()
        parts = [*self._ops.parts, *self._thumbs.parts, *self._media.parts]
        parts = [self._write_keys(parts, receivers, contents), *parts]
        outer = manifest.write(
            Outer(manifest.FORMAT, self.bundle.hex(), self._sender.station.hex(), self.counter, parts)
        )
        signature = minisign.sign(
            outer,
            key_id=self._sender.station[:8],
            comment=f"ranger bundle {self.bundle.hex()}",
            sign=self._sender.sign,
        )
        controls = [
            self._small_file(name, data)
            for base in (manifest.OUTER, manifest.OUTER_COPY)
            for name, data in ((base, outer), (base + manifest.SIGNATURE, signature))
        ]
        folder_to_disk(self.folder)
        expected = [(p.name, p.size, p.sha256) for p in parts]
        expected += [(p.copy, p.size, p.sha256) for p in parts if p.copy]
        expected += [(c.path.name, c.size, c.sha256) for c in controls]
        for name, size, sha256 in expected:
            yield from self._read_back(name, size, sha256)
        done = self._small_file(manifest.DONE, controls[0].sha256.encode("ascii") + b"\n")
        folder_to_disk(self.folder)
        folder_to_disk(self.folder.parent)
        yield from self._read_back(manifest.DONE, done.size, done.sha256)
        return Written(self.bundle, self.folder, len(expected) + 1, sum(e[1] for e in expected) + done.size)

    def _write_keys(self, parts: list[Part], receivers: Sequence[Receiver], contents: Contents) -> Part:
        inner = manifest.write(
            Inner(
                manifest.FORMAT,
                self.bundle.hex(),
                self._sender.station.hex(),
                self._sender.incarnation.hex(),
                self.counter,
                [receiver.station.hex() for receiver in receivers],
                self._key.hex(),
                manifest.parts_hash(parts),
                contents.holds,
                contents.created,
                contents.operations,
                contents.media,
                contents.cards,
                [frame.hex() for frame in self._void],
            )
        )
        # Signed, then sealed, with the recipients named inside: nobody can pass it on as if meant for another.
        sealed = agekeys.seal(self._sender.sign(INNER_CONTEXT + inner) + inner, [r.sealing for r in receivers])
        first = self._small_file(manifest.KEYS, sealed)
        self._small_file(manifest.KEYS_COPY, sealed)
        return Part(manifest.KEYS, manifest.KEYS_COPY, first.size, first.sha256)

    def _small_file(self, name: str, data: bytes) -> NewFile:
        return write_small(self.folder / name, data)

    def _read_back(self, name: str, size: int, sha256: str) -> Generator[int, None, None]:
        for _attempt in range(2):  # a second look before a stick is called bad
            if (yield from hash_file(self.folder / name, size)) == sha256:
                return
        raise not_kept(name)

    @property
    def bytes(self) -> int:
        """Bytes of all finished parts, second copies counted: what will be read back, but for the small files."""
        packs_of = (*self._ops.parts, *self._ops.parts, *self._thumbs.parts, *self._media.parts)
        return sum(part.size for part in packs_of)

    def discard(self) -> None:
        """Remove the unfinished folder as far as the stick allows."""
        for pack in (self._ops, self._thumbs, self._media):
            pack.abandon()
        with suppress(OSError):
            for path in self.folder.iterdir():
                with suppress(OSError):
                    path.unlink()
            self.folder.rmdir()
