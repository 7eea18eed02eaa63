"""Writes one bundle into a folder of its own: parts first, then keys and manifests, then a reading back, then DONE.

Nothing is renamed, reopened or taken back; a bundle without DONE is unfinished, whatever stopped it. One that was
stopped is finished under the same number and key: parts that are whole stay, all others are written again from their
beginning.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.paths import resource
from ranger_app.sync import agekeys, index, manifest, minisign, packs
from ranger_app.sync.closing import Files, close, discard
from ranger_app.sync.files import CHUNK, NewFile, hash_file, open_plain, write_small
from ranger_app.sync.index import Index
from ranger_app.sync.manifest import Inner, Outer, Part
from ranger_app.sync.packs import Batch, PackWriter, Placed, Stretch
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
    statements: list[str] = field(default_factory=list)
    """Signed texts for the partners: receipts and withdrawn keys."""
    partial: list[tuple[str, str, int, int, str]] = field(default_factory=list)
    """What the sender holds in part, as ``manifest.partial_out`` gives it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a bundle is called and sealed with: id 16 bytes, key 32 bytes, and the name of its folder."""

    bundle: bytes
    key: bytes
    name: str


def new_identity(station: bytes, counter: int) -> Identity:
    """A fresh bundle id, key and folder name that tell nothing but who wrote and which number."""
    name = f"{station.hex()[:8]}-{counter:06d}-{secrets.token_hex(4)}"
    return Identity(secrets.token_bytes(16), secrets.token_bytes(32), name)


@dataclass(frozen=True, slots=True)
class Written:
    """A finished bundle. ``files`` and ``bytes`` count everything but the READ-ME."""

    bundle: bytes
    folder: Path
    files: int
    bytes: int


class BundleWriter:
    """One bundle being written; call ``add_…`` in the order operations, thumbnails, originals, then ``finish``."""

    def __init__(
        self,
        root: Path,
        sender: Sender,
        counter: int,
        *,
        part_limits: tuple[int, int, int] | None = None,
        identity: Identity | None = None,
        again: Path | None = None,
        on_part: Callable[[Placed], None] | None = None,
        on_files: Callable[[Files], None] | None = None,
    ):
        ops, thumbs, media = part_limits or (packs.OPS_PART, packs.THUMBS_PART, packs.MEDIA_PART)
        own = identity or new_identity(sender.station, counter)
        self.bundle = own.bundle
        self._sender, self.counter = sender, counter
        self._key = own.key
        self._sealer = Sealer(self.bundle, self._key)
        self._on_files = on_files
        self.folder = again or root / EXCHANGE / own.name
        if again is None:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self.folder.mkdir()
        self._ops = PackWriter(self.folder, "ops", ops, copied=True, on_part=on_part)
        self._thumbs = PackWriter(self.folder, "thumbs", thumbs, on_part=on_part)
        self._media = PackWriter(self.folder, "media", media, on_part=on_part)
        self._index = PackWriter(self.folder, index.KIND, ops, copied=True)
        self._copied = 0
        self.void: list[bytes] = []

    def pack(self, kind: str) -> PackWriter:
        """The parts of a kind: ``ops``, ``thumbs`` or ``media``."""
        return {"ops": self._ops, "thumbs": self._thumbs, "media": self._media}[kind]

    def write_read_me(self) -> None:
        """Tell whoever finds the folder what it is, in six languages; not covered by any check."""
        write_small(self.folder / manifest.READ_ME, resource("bundle", "READ-ME.txt").read_bytes())

    def add_batches(self, batches: Iterable[Batch], keys: Sequence[int] = ()) -> Iterator[int]:
        """Seal batches as they are, yielding how many went into each group; ``keys`` names each as it comes."""
        done = 0
        for group, number in packs.pack_batches(batches):
            self._ops.add(self._sealer.seal(group))
            done += number
            if keys:
                self._ops.passed((keys[done - 1], 0))
            yield number

    def add_thumb(self, key: bytes, jpeg: bytes, number: int = 0) -> None:
        """Seal the thumbnail ``number`` of the picture with this name (32 bytes, see ``index``)."""
        self._thumbs.add(self._sealer.seal(key + jpeg))
        self._thumbs.passed((number + 1, 0))

    def add_copy(self, key: bytes, jpeg: bytes, number: int = 0) -> None:
        """Seal a copy without camera data in place of the original ``number``; ``key`` names its record."""
        self._media.add(self._sealer.seal(key + jpeg))
        self._media.passed((number + 1, 0))

    def add_original(
        self, source: Path, sha256: bytes, size: int, stretch: Stretch | None = None
    ) -> Generator[int, None, list[bytes] | None]:
        """Seal an original, yielding bytes done. The value is empty where all went well.

        Else the file is no longer what its hash says: None where nothing of it was written, or the frames that are
        void.
        """
        void = yield from packs.write_original(self._media, self._sealer, source, sha256, size, stretch)
        self.void += void or []
        return void

    def frames_of(self, sha256: bytes, size: int) -> list[bytes]:
        """The names of all frames that hold an original."""
        return [self._sealer.frame_id(sha256, offset) for offset in range(0, max(size, 1), packs.PIECE)]

    def add_copies(self) -> Iterator[int]:
        """Second copies of the parts with operations; written apart from the first, as bad spots are neighbours.

        A copy that lies there already is left where it is whole.
        """
        self._ops.finish()
        self._thumbs.finish()
        for part in list(self._ops.parts[self._copied :]):
            yield from self._add_copy(part)
            self._copied += 1

    def _add_copy(self, part: Part) -> Iterator[int]:
        target = (self.folder / part.name).with_suffix(".bak")
        if target.exists():
            if (yield from hash_file(target, part.size)) == part.sha256:
                return
            target.unlink()
        copy = NewFile(target)
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

    def _add_index(self, listed: Index) -> Iterator[int]:
        """The list of what is inside, twice; the groups of batches are read off the finished parts."""
        for part in self._ops.parts:
            for frame_id in packs.frame_ids(self.folder / part.name):
                listed.add("ops", frame_id)
        for frame in listed.frames(self._sealer):
            self._index.add(frame)
            yield len(frame)
        self._index.finish()
        for part in self._index.parts:
            yield from self._add_copy(part)

    def finish(
        self, receivers: Sequence[Receiver], contents: Contents, listed: Index | None = None
    ) -> Generator[int, None, Written]:
        """Keys, manifests, reading back of every file, DONE. Yields bytes read back.

        ``listed`` names the thumbnails and originals inside, so that a damaged bundle can tell what it lost.
        Raises EnvironmentProblem STICK_NOT_RELIABLE where the stick gives back other bytes, and OSError.
        """
        yield from self.add_copies()
        self._media.finish()
        if listed is not None:
            yield from self._add_index(listed)
        parts = [*self._ops.parts, *self._thumbs.parts, *self._media.parts, *self._index.parts]
        parts = [self._write_keys(parts, receivers, contents), *parts]
        outer = Outer(manifest.FORMAT, self.bundle.hex(), self._sender.station.hex(), self.counter, parts)
        files = yield from close(self.folder, outer, self._sender.sign, self._on_files)
        return Written(self.bundle, self.folder, len(files), sum(size for _name, size, _hash in files))

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
                [frame.hex() for frame in dict.fromkeys(self.void)],
                contents.statements,
                contents.partial,
            )
        )
        # Signed, then sealed, with the recipients named inside: nobody can pass it on as if meant for another.
        sealed = agekeys.seal(self._sender.sign(INNER_CONTEXT + inner) + inner, [r.sealing for r in receivers])
        first = self._small_file(manifest.KEYS, sealed)
        self._small_file(manifest.KEYS_COPY, sealed)
        return Part(manifest.KEYS, manifest.KEYS_COPY, first.size, first.sha256)

    def _small_file(self, name: str, data: bytes) -> NewFile:
        return write_small(self.folder / name, data)

    @property
    def bytes(self) -> int:
        """Bytes of all finished parts, second copies counted: what will be read back, but for the small files."""
        packs_of = (*self._ops.parts, *self._ops.parts, *self._thumbs.parts, *self._media.parts)
        return sum(part.size for part in packs_of)

    def abandon(self) -> None:
        """Close what is open; what lies on the stick stays there, unfinished."""
        for pack in (self._ops, self._thumbs, self._media, self._index):
            pack.abandon()

    def discard(self) -> None:
        """Remove the unfinished folder as far as the stick allows."""
        self.abandon()
        discard(self.folder)
