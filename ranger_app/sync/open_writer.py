"""An open bundle: signed, not sealed, every word of it readable with a text editor, for offices that must inspect.

It is a bundle like any other to whoever checks and reads it; only its parts are text (``plain``) and its inner
manifest lies beside them instead of inside a sealed part. What goes in has passed the strictest rule before.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

from ranger_app.paths import resource
from ranger_app.sync import manifest, plain
from ranger_app.sync.closing import close, discard
from ranger_app.sync.files import NewFile, write_small
from ranger_app.sync.manifest import Inner, Outer, Part
from ranger_app.sync.packs import Batch
from ranger_app.sync.problems import not_kept
from ranger_app.sync.writer import EXCHANGE, Contents, Sender, Written, new_identity

PART = 16 << 20
_NO_KEY = "0" * 64


class _Text:
    """One part and its second copy, written side by side and told apart by nothing but the name."""

    def __init__(self, folder: Path, number: int) -> None:
        self._files: list[NewFile] = []
        for ending in ("txt", "bak"):
            self._files.append(NewFile(folder / f"{manifest.RECORDS}-{number:04d}.{ending}"))
        self.size = 0

    def write(self, text: bytes) -> None:
        for file in self._files:
            file.write(text)
        self.size += len(text)

    def finish(self) -> Part:
        for file in self._files:
            file.finish()
        first, copy = self._files
        if first.sha256 != copy.sha256:
            raise not_kept(copy.path.name)
        return Part(first.path.name, copy.path.name, first.size, first.sha256)

    def abandon(self) -> None:
        for file in self._files:
            file.abandon()


def write_open(
    root: Path,
    sender: Sender,
    counter: int,
    batches: Iterable[Batch],
    receivers: Sequence[bytes],
    contents: Contents,
    *,
    part_size: int = PART,
) -> Generator[int, None, Written]:
    """Write an open bundle for stations (ids), yielding bytes done; the value as for a sealed one.

    OSError and EnvironmentProblem STICK_NOT_RELIABLE; the unfinished folder is then removed as far as possible.
    """
    identity = new_identity(sender.station, counter)
    folder = root / EXCHANGE / identity.name
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir()
    parts: list[Part] = []
    text: _Text | None = None
    try:
        write_small(folder / manifest.READ_ME, resource("bundle", "READ-ME.txt").read_bytes())
        for piece in plain.write(batches):
            if text is not None and text.size + len(piece) > part_size:
                parts.append(text.finish())
                text = None
            if text is None:
                text = _Text(folder, len(parts) + 1)
            text.write(piece)
            yield len(piece)
        if text is not None:
            parts.append(text.finish())
            text = None
        inner = Inner(
            manifest.FORMAT,
            identity.bundle.hex(),
            sender.station.hex(),
            sender.incarnation.hex(),
            counter,
            [one.hex() for one in receivers],
            _NO_KEY,
            manifest.parts_hash(parts),
            contents.holds,
            contents.created,
            contents.operations,
            0,
            contents.cards,
            [],
            contents.statements,
            contents.partial,
        )
        parts.insert(0, _contents(folder, manifest.write(inner)))
        outer = Outer(manifest.FORMAT, identity.bundle.hex(), sender.station.hex(), counter, parts)
        files = yield from close(folder, outer, sender.sign)
    except BaseException:
        if text is not None:
            text.abandon()
        discard(folder)
        raise
    return Written(identity.bundle, folder, len(files), sum(size for _name, size, _hash in files))


def _contents(folder: Path, text: bytes) -> Part:
    first = write_small(folder / manifest.CONTENTS, text)
    write_small(folder / manifest.CONTENTS_COPY, text)
    return Part(manifest.CONTENTS, manifest.CONTENTS_COPY, first.size, first.sha256)
