"""A recorded run of the store again, on a disk whose power can be cut after any write; a process of its own.

It imports apsw and nothing of the program, because two SQLite libraries in one process lose each other's locks. A
recording VFS notes every write, truncation, sync and deletion and every commit that was acknowledged. For a cut the
disk is built again (what was synced, and of the rest some 512-byte sectors, none or all of them) and opened.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import apsw

SECTOR = 512
"""Bytes a disk writes as a whole. A write beside them does them no harm (SQLite's POWERSAFE_OVERWRITE)."""

Event = tuple[str, str, int, bytes]
"""("write" | "truncate" | "sync" | "delete" | "ack", file, offset or size or number of the commit, data)."""


class RecordedFile(apsw.VFSFile):
    """A file of the database, with what is done to it noted."""

    def __init__(self, name: str | apsw.URIFilename, flags: list[int], events: list[Event]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.events, self.name = events, Path(path).name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self.events.append(("write", self.name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self.events.append(("truncate", self.name, size, b""))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        self.events.append(("sync", self.name, flags, b""))  # the real disk has nothing to prove here

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE


class RecordingVFS(apsw.VFS):
    """The system's own files, noted."""

    def __init__(self, events: list[Event]) -> None:
        self.events = events
        super().__init__("recording", "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        assert name is not None, "a temporary file on the disk"
        return RecordedFile(name, flags, self.events)

    def xDelete(self, name: str, syncdir: bool) -> None:
        self.events.append(("delete", Path(name).name, int(syncdir), b""))
        super().xDelete(name, syncdir)


def image(connection: apsw.Connection) -> bytes:
    """The hash of all pages as the connection sees them: equal where, and only where, the content is."""
    return sha256(connection.serialize("main")).digest()


def record(recording: Path, folder: Path) -> tuple[list[Event], list[bytes], Counter[str]]:
    """Do what was recorded on the copy of the database in ``folder``.

    Returns the events, the image after each acknowledged commit (the first before any), and what failed in SQL.
    """
    events: list[Event] = []
    failed: Counter[str] = Counter()
    vfs = RecordingVFS(events)  # SQLite knows it by its name as long as this reference lives
    images: list[bytes] = []
    connection: apsw.Connection | None = None
    for line in recording.read_text(encoding="utf-8").splitlines():
        sql = json.loads(line)
        if sql is None:  # the library was opened
            if connection:
                connection.close()
            connection = apsw.Connection(str(folder / "ranger.db"), vfs="recording")
            if not images:
                images.append(image(connection))
            continue
        assert connection
        try:
            connection.execute(sql).fetchall()
        except apsw.Error as error:  # ours failed there too: a creation that met an existing row is taken back
            failed[type(error).__name__] += 1
        if connection.getautocommit():
            now = image(connection)
            if now != images[-1]:
                images.append(now)
                events.append(("ack", "", len(images) - 1, b""))
    assert connection
    connection.close()
    del vfs
    return events, images, failed


@dataclass
class Disk:
    """What a disk holds for sure, and what was written to it since the last sync of each file."""

    sure: dict[str, bytearray]
    open: dict[str, list[Event]] = field(default_factory=dict)
    acknowledged: int = 0

    def note(self, event: Event) -> None:
        """One event on."""
        what, name, number, _data = event
        if what == "ack":
            self.acknowledged = number
        elif what == "sync":
            content = self.sure.get(name)
            for one in self.open.pop(name, []):
                content = _done(content, one)
            if content is not None:
                self.sure[name] = content
            else:
                self.sure.pop(name, None)
        elif what == "delete" and number:
            self.open.pop(name, None)
            self.sure.pop(name, None)
        else:
            self.open.setdefault(name, []).append(event)

    def cut(self, rng: random.Random) -> dict[str, bytes]:
        """The files as they may be found once the power is back."""
        found = {name: bytes(content) for name, content in self.sure.items() if name not in self.open}
        way = rng.choice(("none", "all", "in order", "sectors", "sectors", "sectors"))
        share = rng.choice((0.03, 0.5, 0.97, rng.random()))
        for name, events in self.open.items():
            before = self.sure.get(name)
            content = bytearray(before) if before is not None else None
            if way == "all":
                taken = events
            elif way == "in order":
                taken = events[: rng.randint(0, len(events))]
            else:
                taken = _some(events, rng, share) if way == "sectors" else []
            for event in taken:
                content = _done(content, event)
            if content is not None:
                found[name] = bytes(content)
        return found


def _done(content: bytearray | None, event: Event) -> bytearray | None:
    what, _name, number, data = event
    if what == "delete":
        return None
    content = bytearray() if content is None else content
    if what == "truncate":
        del content[number:]
    if len(content) < number:
        content.extend(bytes(number - len(content)))
    if what == "write":
        content[number : number + len(data)] = data
    return content


def _some(events: list[Event], rng: random.Random, share: float) -> list[Event]:
    """Some of the sectors written. Each is found as it was after some write to it, or as before all of them."""
    deletions = [at for at, event in enumerate(events) if event[0] == "delete"]
    if deletions and rng.random() < 0.5:  # the entry in the folder was not changed yet: the old file is there
        events = events[: deletions[0]]
    pieces: list[tuple[int, Event]] = []
    newest: dict[int, int] = {}
    for event in events:
        what, name, number, data = event
        if what != "write":
            if what == "delete" or rng.random() < 0.5:
                pieces.append((-1, event))
            continue
        at = 0
        while at < len(data):
            sector = (number + at) // SECTOR
            end = min(len(data), (sector + 1) * SECTOR - number)
            if rng.random() < share:
                newest[sector] = len(pieces)
            pieces.append((sector, ("write", name, number + at, data[at:end])))
            at = end
    return [event for at, (sector, event) in enumerate(pieces) if sector < 0 or at <= newest.get(sector, -1)]


def look(files: dict[str, bytes], folder: Path, whole: set[bytes]) -> bytes | str:
    """Open what is left as the program would; the image of its content, or what is wrong with it."""
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    database = folder / "ranger.db"
    try:
        connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.execute("PRAGMA synchronous=OFF; PRAGMA cell_size_check=ON").fetchall()
            found = image(connection)
            if found not in whole:  # the same pages are as sound as when they were checked
                said = connection.execute("PRAGMA integrity_check").fetchall()
                if said != [("ok",)]:
                    return str(said[0][0])
                whole.add(found)
        finally:
            connection.close()
    except apsw.Error as error:
        return f"{type(error).__name__}: {error}"
    if sha256(database.read_bytes()).digest() != found:
        return "the log did not come into the database"
    return found


def main(recording: str, folder: str, cuts: str, seed: str) -> None:
    """Record in ``folder`` (which holds the database as it was before) and cut; prints one line of JSON."""
    work = Path(folder)
    before = {path.name: bytearray(path.read_bytes()) for path in work.iterdir()}
    events, images, failed = record(Path(recording), work)
    number_of = {one: number for number, one in enumerate(images)}
    after = work / "after"
    after.mkdir()
    rng = random.Random(int(seed))
    moments = sorted(rng.randint(0, len(events)) for _ in range(int(cuts)))
    disk, done, whole = Disk(before), 0, set()
    outcome: Counter[str] = Counter()
    told: list[str] = []
    for moment in moments:
        while done < moment:
            disk.note(events[done])
            done += 1
        found = look(disk.cut(rng), after, whole)
        if isinstance(found, str) or found not in number_of:
            outcome["corrupt"] += 1
            told.append(f"event {moment}: {found if isinstance(found, str) else 'a state that never was'}")
        elif number_of[found] < disk.acknowledged:
            outcome["lost"] += 1
        elif number_of[found] > disk.acknowledged + 1:
            outcome["corrupt"] += 1
            told.append(f"event {moment}: a state that was not yet")
        else:
            outcome["ok"] += 1
            outcome["ahead"] += number_of[found] > disk.acknowledged
    kinds = Counter(event[0] for event in events)
    checkpoints = sum(1 for event in events if event[0] == "sync" and event[1] == "ranger.db")
    answer = {
        "ok": outcome["ok"], "lost": outcome["lost"], "corrupt": outcome["corrupt"], "ahead": outcome["ahead"],
        "commits": len(images) - 1, "distinct": len(number_of), "writes": kinds["write"], "syncs": kinds["sync"],
        "checkpoints": checkpoints, "failed": dict(failed), "told": told[:5],
        "sqlite": apsw.sqlite_lib_version(),
    }  # fmt: skip
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:5])
