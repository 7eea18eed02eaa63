"""A bundle of originals, written and read, against ``tar`` piped into ``age`` in the same run.

Writing counts until the stick has flushed everything and everything was read back; the floor is ``tar`` into ``age``
with a flush and nothing read back. Reading counts until every original lies proved in the vault; the floor is
``age -d`` into ``tar``, flushed. Both read from the disk, not from memory.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ranger_app import jobs
from ranger_app.actions import partners
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.domain.ops import Op, create
from ranger_app.library import Library
from ranger_app.media import thumbs, vault
from ranger_app.media.copying import forget_cached
from ranger_app.sync import agekeys
from ranger_app.sync.cards import confirmation_digits
from tests.benchmarks.memory import peak

THUMB = b"\xff\xd8\xff" + bytes(12_000) + b"\xff\xd9"
ORIGINAL = 2_500_000
"""Bytes of one picture of a camera trap."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of both directions and their floors; ``peak`` is the process's largest memory, MB."""

    megabytes: float
    write: float
    write_floor: float
    read: float
    read_floor: float
    peak: float

    @property
    def write_ratio(self) -> float:
        """Our rate of writing as a part of the floor's."""
        return self.write_floor / self.write

    @property
    def read_ratio(self) -> float:
        """Our rate of reading as a part of the floor's."""
        return self.read_floor / self.read


def fill(library: Library, number: int, size: int = ORIGINAL) -> list[Path]:
    """Put made-up originals into the vault, seen by a person, so that they may leave."""
    chance = random.Random(7)
    paths: list[Path] = []
    ops: list[Op] = []
    for _at in range(number):
        data = b"\xff\xd8\xff" + chance.randbytes(size - 5) + b"\xff\xd9"
        name = sha256(data).hexdigest()
        thumbs.keep(library.cache, name, THUMB)
        path = vault.place(library.vault, name, "jpg")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        paths.append(path)
        media = create("media", library.new_id(), {"sha256": name, "bytes": size, "media_type": "image/jpeg"})
        said = {"media": media.id, "type": "blank", "method": "human"}
        ops += (media, create("observation", library.new_id(), said))
    for at in range(0, len(ops), 500):
        library.commit(ops[at : at + 500], label="benchmark")
    os.sync()
    return paths


def _cold(paths: list[Path]) -> None:
    for path in paths:
        forget_cached(path)


def floors(age: str, library: Library, paths: list[Path], folder: Path) -> tuple[float, float]:
    """Seconds of ``tar | age`` onto the disk and of ``age -d | tar`` back from it, each with the flush."""
    identity, target, back = folder / "identity", folder / "floor.age", folder / "back"
    identity.write_text(agekeys.identity(library.keys.sealing_secret) + "\n", encoding="ascii")
    recipient = agekeys.recipient(library.keys.sealing)
    names = folder / "names"
    names.write_text("".join(f"{path.relative_to(library.vault)}\n" for path in paths), encoding="ascii")
    _cold(paths)
    start = time.perf_counter()
    with target.open("xb") as out:
        tar = subprocess.Popen(["tar", "-C", str(library.vault), "-cf", "-", "-T", str(names)], stdout=subprocess.PIPE)
        subprocess.run([age, "-r", recipient], stdin=tar.stdout, stdout=out, check=True)
        if tar.wait():
            raise OSError("tar failed")
        os.fsync(out.fileno())
    write = time.perf_counter() - start
    forget_cached(target)
    back.mkdir()
    start = time.perf_counter()
    opened = subprocess.Popen([age, "-d", "-i", str(identity), str(target)], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-C", str(back), "-xf", "-"], stdin=opened.stdout, check=True)
    if opened.wait():
        raise OSError("age failed")
    os.sync()
    read = time.perf_counter() - start
    shutil.rmtree(back)
    target.unlink()
    return write, read


def compare(folder: Path, megabytes: int) -> Figures | None:
    """One run of both directions with their floors; None where the stock ``age`` is not installed."""
    age = shutil.which("age")
    if age is None or shutil.which("tar") is None:
        return None
    sender = Library.create(folder / "sender", name="Sender", country="RU", utc_offset=600)
    receiver = Library.create(folder / "receiver", name="Receiver", country="CN", utc_offset=480)
    with sender, receiver:
        digits = confirmation_digits(sender.station.id, receiver.station.id)
        for one, other in ((sender, receiver), (receiver, sender)):
            card = partners.write_card(one, folder / f"{one.station.name}.json")
            partners.add_partner(other, card, confirm=digits, clearance="full")
        paths = fill(sender, max(1, megabytes * 1_000_000 // ORIGINAL))
        write_floor, read_floor = floors(age, sender, paths, folder)
        _cold(paths)
        start = time.perf_counter()
        request = WriteRequest(folder / "stick", (receiver.station.id,), "originals")
        written = jobs.run(write_bundle(sender, request))
        write = time.perf_counter() - start
        if written.folder is None or written.media != len(paths):
            raise AssertionError(written)
        _cold(list(written.folder.iterdir()))
        start = time.perf_counter()
        report = jobs.run(read_bundles(receiver, folder / "stick"))
        read = time.perf_counter() - start
        if report.damaged or report.originals != len(paths):
            raise AssertionError(report)
    return Figures(len(paths) * ORIGINAL / 1e6, write, write_floor, read, read_floor, peak())


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of one run."""
    parser = argparse.ArgumentParser(prog="bench exchange", description=main.__doc__)
    parser.add_argument("--megabytes", type=int, default=1074)
    parser.add_argument("--dir", type=Path, default=None, help="a folder on the disk to measure")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ranger-bench-", dir=chosen.dir) as folder:
        made = compare(Path(folder), chosen.megabytes)
    if made is None:
        print("The stock age program is not installed; nothing was measured.")
        return 1
    print(f"originals of {made.megabytes:.0f} MB on {platform.platform()}, {os.cpu_count()} processors")
    for what, ours, floor, ratio, of in (
        ("write", made.write, made.write_floor, made.write_ratio, "tar | age, flushed"),
        ("read", made.read, made.read_floor, made.read_ratio, "age -d | tar x, flushed"),
    ):
        print(
            f"  {what:5} {ours:6.2f} s {made.megabytes / ours:6.0f} MB/s;"
            f" floor ({of}) {floor:6.2f} s; ratio {ratio:.2f}"
        )
    print(f"  most memory {made.peak:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
