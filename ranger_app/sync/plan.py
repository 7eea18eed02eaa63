"""What this station needs to finish a bundle whose writing stopped: kept in its own cache, never on the stick.

The bundle's key is sealed to the station itself. The lists of pictures are settled once and only read from then on;
the journal is appended to, and a line that a power cut broke off is passed over.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from struct import Struct
from typing import Any

import msgspec

from ranger_app.sync import agekeys
from ranger_app.sync.manifest import Part
from ranger_app.sync.packs import Placed

FOLDER = "bundles"
_HEAD, _JOURNAL = "head.age", "journal"
_BATCHES, _THUMBS, _MEDIA = "batches", "thumbs", "media"
_SPAN = Struct(">QQ")
_THUMB = Struct(">32s")
_ORIGINAL = Struct(">32sQB")
MOST_PLANS = 8
"""Older ones are forgotten: their sticks have not come back."""


class Start(msgspec.Struct, frozen=True):
    """What was settled before the first byte was written; ids and key in hex, ``created`` ms since 1970.

    ``upto`` is the newest batch's local key, ``rule`` the sharing rule as it stood; ``operations`` and ``batches``
    count what is inside.
    """

    bundle: str
    key: str
    name: str
    counter: int
    incarnation: str
    partners: list[str]
    media: str
    rule: str
    upto: int
    created: int
    operations: int
    batches: int
    spans: int
    thumbs: int
    originals: int
    original_bytes: int
    left_out: int
    left_bytes: int
    size: int
    """Bytes that the bundle was reckoned to take."""


@dataclass(frozen=True, slots=True)
class Original:
    """An original to send: its name in the bundle (32 bytes), its size, and whether its thumbnail goes along too."""

    key: bytes
    size: int
    shown: bool


@dataclass(slots=True)
class Plan:
    """A bundle on its way. ``parts`` by kind in order, ``failed`` (kind, number) of what could not be sent."""

    folder: Path
    start: Start
    parts: dict[str, list[Placed]] = field(default_factory=dict)
    failed: set[tuple[str, int]] = field(default_factory=set)
    void: list[str] = field(default_factory=list)
    files: list[tuple[str, int, str]] = field(default_factory=list)
    """Name, size and hash of every file of the bundle, once these are settled."""

    def batches(self, after: int = 0, upto: int | None = None) -> Iterator[tuple[int, int]]:
        """The local keys of the batches inside, behind ``after`` and up to ``upto``, as runs with both ends."""
        last = self.start.upto if upto is None else upto
        for low, high in _rows(self.folder / _BATCHES, _SPAN, 0, None):
            if high > after and low <= last:
                yield max(low, after + 1), min(high, last)

    def thumbs(self, first: int = 0, last: int | None = None) -> Iterator[bytes]:
        """The names (32 bytes) of the pictures whose thumbnails go along, from number ``first`` to before ``last``."""
        yield from (row[0] for row in _rows(self.folder / _THUMBS, _THUMB, first, last))

    def originals(self, first: int = 0, last: int | None = None) -> Iterator[Original]:
        """The originals that go along, from number ``first`` to before ``last``."""
        for key, size, shown in _rows(self.folder / _MEDIA, _ORIGINAL, first, last):
            yield Original(key, size, bool(shown))

    def note_part(self, placed: Placed) -> None:
        """Keep that a part is on the stick, whole."""
        known = self.parts.setdefault(placed.kind, [])
        known[:] = [*(one for one in known if one.number != placed.number), placed]
        known.sort(key=lambda one: one.number)
        part = placed.part
        self._note({"part": [placed.kind, placed.number, part.name, part.copy, part.size, part.sha256,
                             *placed.start, *placed.end]})  # fmt: skip

    def drop_part(self, placed: Placed) -> None:
        """Forget a part that is no longer what it was; it is written again."""
        self.parts[placed.kind].remove(placed)
        self._note({"dropped": [placed.kind, placed.number]})

    def note_failed(self, kind: str, number: int, void: Iterable[bytes] = ()) -> None:
        """Keep that the thumbnail or original of this number cannot be sent, and frames to pass over."""
        self.failed.add((kind, number))
        frames = [frame.hex() for frame in void]
        self.void += frames
        self._note({"failed": [kind, number], "void": frames})

    def note_files(self, files: list[tuple[str, int, str]]) -> None:
        """Keep what the finished bundle consists of."""
        self.files = files
        self._note({"files": files})

    def _note(self, entry: dict[str, object]) -> None:
        # Where the library's own disk is full the bundle can still be written; it can only not be finished later.
        with suppress(OSError), (self.folder / _JOURNAL).open("ab") as file:
            file.write(b"\n" + json.dumps(entry).encode("ascii") + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def drop(self) -> None:
        """The bundle is finished or given up."""
        with suppress(OSError):
            (self.folder / _HEAD).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def _rows(path: Path, row: Struct, first: int, last: int | None) -> Iterator[tuple[Any, ...]]:
    with path.open("rb") as file:
        file.seek(first * row.size)
        number = first
        while (last is None or number < last) and len(data := file.read(row.size)) == row.size:
            yield row.unpack(data)
            number += 1


class Lists:
    """The lists of a plan being made. OSError where the library's own disk is full."""

    def __init__(self, cache: Path, name: str) -> None:
        self.folder = cache / FOLDER / name
        self.folder.mkdir(parents=True)
        self._batches = (self.folder / _BATCHES).open("xb")
        self._thumbs = (self.folder / _THUMBS).open("xb")
        self._media = (self.folder / _MEDIA).open("xb")
        self.spans = self.thumbs = self.originals = 0

    def add_batches(self, low: int, high: int) -> None:
        """Send the batches with these local keys, both included."""
        self._batches.write(_SPAN.pack(low, high))
        self.spans += 1

    def add_thumb(self, name: bytes) -> None:
        """Send the thumbnail with this name (32 bytes)."""
        self._thumbs.write(_THUMB.pack(name))
        self.thumbs += 1

    def add_original(self, original: Original) -> None:
        """Send this original."""
        self._media.write(_ORIGINAL.pack(original.key, original.size, original.shown))
        self.originals += 1

    def close(self) -> None:
        """Bring the lists to the disk."""
        for file in (self._batches, self._thumbs, self._media):
            file.flush()
            os.fsync(file.fileno())
            file.close()

    def settle(self, start: Start, sealing: bytes) -> Plan:
        """Close the lists and keep the plan, sealed to this station's own X25519 public key."""
        self.close()
        sealed = agekeys.seal(msgspec.json.encode(start), [sealing])
        draft = self.folder / f"{_HEAD}.new"
        with draft.open("wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / _HEAD)
        return Plan(self.folder, start)

    def abandon(self) -> None:
        """Nothing comes of it."""
        for file in (self._batches, self._thumbs, self._media):
            with suppress(OSError):
                file.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def load(folder: Path, secret: bytes) -> Plan | None:
    """The plan in ``folder``, opened with the station's X25519 private key; None where it is not whole."""
    try:
        plain = agekeys.unseal((folder / _HEAD).read_bytes(), secret)
        if plain is None:
            return None
        plan = Plan(folder, msgspec.json.decode(plain, type=Start))
        lines = (folder / _JOURNAL).read_bytes().split(b"\n") if (folder / _JOURNAL).exists() else []
        _replay(plan, lines)
        start = plan.start
        lists = (
            (folder / _BATCHES, start.spans, _SPAN),
            (folder / _THUMBS, start.thumbs, _THUMB),
            (folder / _MEDIA, start.originals, _ORIGINAL),
        )
        whole = all(path.stat().st_size == number * row.size for path, number, row in lists)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None
    return plan if whole else None


def _replay(plan: Plan, lines: Iterable[bytes]) -> None:
    parts: dict[tuple[str, int], Placed] = {}
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # empty, or broken off by the very power cut
        if "part" in entry:
            kind, number, name, copy, size, sha256, *places = entry["part"]
            start, end = (places[0], places[1]), (places[2], places[3])
            parts[kind, number] = Placed(kind, number, Part(name, copy, size, sha256), start, end)
        elif "dropped" in entry:
            parts.pop(tuple(entry["dropped"]), None)
        elif "failed" in entry:
            kind, number = entry["failed"]
            plan.failed.add((kind, number))
            plan.void += entry["void"]
        elif "files" in entry:
            plan.files = [(name, size, sha256) for name, size, sha256 in entry["files"]]
    for kind, number in sorted(parts):
        plan.parts.setdefault(kind, []).append(parts[kind, number])


def plans(cache: Path, secret: bytes) -> list[Plan]:
    """The unfinished bundles of this library, newest first; what cannot be used is taken away."""
    try:
        folders = sorted((path for path in (cache / FOLDER).iterdir() if path.is_dir()), reverse=True)
    except OSError:
        return []
    found = []
    for folder in folders:
        plan = load(folder, secret)
        if plan is not None:
            found.append(plan)
    found.sort(key=lambda plan: plan.start.counter, reverse=True)
    return found


def tidy(cache: Path, secret: bytes) -> None:
    """Forget the oldest plans beyond MOST_PLANS, and what is none."""
    keep = {plan.folder for plan in plans(cache, secret)[: MOST_PLANS - 1]}
    try:
        folders = list((cache / FOLDER).iterdir())
    except OSError:
        return
    for folder in folders:
        if folder not in keep:
            shutil.rmtree(folder, ignore_errors=True)
