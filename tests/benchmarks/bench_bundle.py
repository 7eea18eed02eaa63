"""A bundle of many operations, written and read, against floors in the same run.

Writing: ``tar`` of the same signed batches onto the same disk, synced, then read back cold and hashed. Reading: the
same rows put into the same tables by plain ``executemany``, FULL and with transactions of the same size, then the same
edits as plain updates; no signatures, no log, no merging.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from ranger_app import jobs
from ranger_app.actions import partners
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import BY_NAME
from ranger_app.domain.ops import Op, change, create
from ranger_app.library import Library
from ranger_app.media.copying import forget_cached
from ranger_app.store import log
from ranger_app.store.apply import OPERATIONS_A_TURN
from ranger_app.store.connection import open_writer, transaction
from ranger_app.store.migrations import migrate
from ranger_app.store.statehash import state_hash
from ranger_app.sync.cards import confirmation_digits
from tests.benchmarks.memory import peak


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of both directions and their floors."""

    operations: int
    megabytes: float
    write: float
    write_floor: float
    read: float
    read_floor: float
    peak: float
    """The largest memory of the reading process, MB."""

    @property
    def write_ratio(self) -> float:
        """Our rate of writing as a part of the floor's."""
        return self.write_floor / self.write

    @property
    def read_ratio(self) -> float:
        """Our rate of reading as a part of the floor's."""
        return self.read_floor / self.read


def operations(library: Library, number: int) -> Iterator[list[Op]]:
    """Nine tenths whole creates of media and observations in batches of 500, then one tenth single edits."""
    chance = random.Random(1)
    library.new_id = lambda: chance.randbytes(16)
    creates = number * 9 // 10
    made: list[tuple[str, bytes]] = []
    batch: list[Op] = []
    for at in range(creates):
        record = library.new_id()
        if at % 2 == 0:
            kind = "media"
            fields: dict[str, Value] = {
                "sha256": chance.randbytes(32).hex(), "bytes": 2_500_000, "media_type": "image/jpeg",
                "file_name": f"IMG_{at % 9999:04d}.JPG", "folder": "DCIM/100RECNX", "width": 4000, "height": 3000,
                "camera_time": f"2026-05-{at % 28 + 1:02d}T12:{at % 60:02d}:00", "camera_time_source": "exif",
            }  # fmt: skip
        else:
            kind = "observation"
            fields = {
                "media": made[-1][1], "type": "animal", "taxon": "Panthera tigris", "count": 1, "method": "human",
                "at": 1_780_000_000_000 + at,
            }  # fmt: skip
        made.append((kind, record))
        batch.append(create(kind, record, fields))
        if len(batch) == 500:
            yield batch
            batch = []
    if batch:
        yield batch
    for start in range(0, number - creates, 500):
        chosen = [made[chance.randrange(creates)] for _at in range(min(500, number - creates - start))]
        yield [change(kind, record, {"remarks": f"seen {start}"}) for kind, record in dict.fromkeys(chosen)]


def _write_floor(library: Library, target: Path) -> float:
    with library.read() as db:
        files = [b"".join((s.sealed.head, s.sealed.signature, s.sealed.body)) for s in log.stored(db)]
    start = time.perf_counter()
    with target.open("xb") as out:
        with tarfile.open(fileobj=out, mode="w") as tar:
            for number, data in enumerate(files):
                info = tarfile.TarInfo(f"{number:08d}")
                info.size = len(data)
                tar.addfile(info, BytesIO(data))
        out.flush()
        os.fsync(out.fileno())
    forget_cached(target)
    with target.open("rb") as back:
        hashlib.file_digest(back, "sha256")
    return time.perf_counter() - start


def _read_floor(library: Library, target: Path) -> float:
    """Plain inserts of the same operations, OPERATIONS_A_TURN in a transaction; making them ready is not counted."""
    db = open_writer(target)
    migrate(db)
    inserts = {
        kind: f'INSERT INTO "{kind}" (id, {", ".join(chr(34) + c + chr(34) for c in BY_NAME[kind].columns)})'
        f" VALUES (?{',?' * len(BY_NAME[kind].columns)})"
        for kind in ("media", "observation")
    }
    with library.read() as source:
        keys = [row[0] for row in source.conn.execute("SELECT key FROM batch ORDER BY key")]
    seconds = 0.0
    turn: list[Op] = []
    for key in keys:
        turn += library.log.opened(key).ops
        if len(turn) >= OPERATIONS_A_TURN or key == keys[-1]:
            start = time.perf_counter()
            with transaction(db):
                for kind, sql in inserts.items():
                    columns = BY_NAME[kind].columns
                    rows = [
                        (op.id, *map(op.fields.get, columns))
                        for op in turn
                        if op.kind == kind and op.action == "create"
                    ]
                    db.conn.executemany(sql, rows)
                    edits = [(op.fields["remarks"], op.id) for op in turn if op.kind == kind and op.action == "set"]
                    db.conn.executemany(f'UPDATE "{kind}" SET remarks=? WHERE id=?', edits)
            seconds += time.perf_counter() - start
            turn = []
    db.conn.close()
    return seconds


def _read(library: Path, stick: Path) -> int:
    """Read a bundle and print what it took: the whole of a process of its own, so that its memory can be told."""
    with Library.open(library) as receiver:
        start = time.perf_counter()
        report = jobs.run(read_bundles(receiver, stick))
        seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "damaged": report.damaged, "peak": peak()}))
    return 0


def compare(folder: Path, number: int) -> Figures:
    """One run of both directions with their floors."""
    sender = Library.create(folder / "sender", name="Sender", country="RU", utc_offset=600)
    receiver = Library.create(folder / "receiver", name="Receiver", country="CN", utc_offset=480)
    with sender, receiver:
        digits = confirmation_digits(sender.station.id, receiver.station.id)
        for one, other in ((sender, receiver), (receiver, sender)):
            card = partners.write_card(one, folder / f"{one.station.name}.json")
            partners.add_partner(other, card, confirm=digits, clearance="full")
        done = 0
        for ops in operations(sender, number):
            sender.commit(ops, label="benchmark")
            done += len(ops)
        write_floor = _write_floor(sender, folder / "floor.tar")
        start = time.perf_counter()
        request = WriteRequest(folder / "stick", (receiver.station.id,), "none")
        written = jobs.run(write_bundle(sender, request))
        write = time.perf_counter() - start
        read_floor = _read_floor(sender, folder / "floor.db")
        receiver.close()
        told = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.benchmarks.bench_bundle",
                "--read",
                str(receiver.folder),
                str(folder / "stick"),
            ],
            check=True,
            capture_output=True,
            encoding="utf-8",
        ).stdout
        answer = json.loads(told.splitlines()[-1])
        with Library.open(receiver.folder) as taken, sender.read() as one_db, taken.read() as other_db:
            if written.operations != done or answer["damaged"] or state_hash(one_db) != state_hash(other_db):
                raise AssertionError((written, answer))
    return Figures(done, written.bytes / 1e6, write, write_floor, answer["seconds"], read_floor, answer["peak"])


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of one run."""
    parser = argparse.ArgumentParser(prog="bench bundle", description=main.__doc__)
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--dir", type=Path, default=None, help="a folder on the disk to measure")
    parser.add_argument("--read", type=Path, nargs=2, default=None, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.read is not None:
        return _read(*chosen.read)
    with tempfile.TemporaryDirectory(prefix="ranger-bench-", dir=chosen.dir) as folder:
        made = compare(Path(folder), chosen.operations)
    print(
        f"bundle of {made.operations} operations, {made.megabytes:.1f} MB,"
        f" on {platform.platform()}, {os.cpu_count()} processors"
    )
    for what, ours, floor, ratio, of in (
        ("write", made.write, made.write_floor, made.write_ratio, "tar, sync, cold SHA-256"),
        ("read", made.read, made.read_floor, made.read_ratio, "executemany of the same rows"),
    ):
        print(
            f"  {what:5} {ours:7.2f} s {made.operations / ours:9.0f} operations/s;"
            f" floor ({of}) {floor:7.2f} s; ratio {ratio:.2f}"
        )
    print(f"  most memory while reading {made.peak:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
