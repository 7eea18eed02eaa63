"""What one bad spot of 4 KiB costs of a bundle, at random places: never a record, and of pictures a small part.

Each time the whole damaged bundle is checked and opened as a partial reading does it, and what it says it lost is
compared with what lay under the spot.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from PIL import Image

from ranger_app import jobs
from ranger_app.actions import bundle_losses, partners
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_verify import signers
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ranger_app.media import thumbs, vault
from ranger_app.store import apply
from ranger_app.store import partners as store
from ranger_app.store.statehash import state_hash
from ranger_app.sync import contents, manifest, packs, reader
from ranger_app.sync.cards import confirmation_digits
from ranger_app.sync.sealing import frame_size

SPOT = 4096
ORIGINAL = 2_500_000
TRACK = 500_000


@dataclass(slots=True)
class Cost:
    """Losses over all spots. ``worst`` is the largest share of the pictures that one spot cost."""

    spots: int = 0
    refused: int = 0
    records: int = 0
    shares: list[float] = field(default_factory=list)
    byte_shares: list[float] = field(default_factory=list)

    @property
    def mean(self) -> float:
        """The mean share of pictures (thumbnails and originals) lost to one spot."""
        return sum(self.shares) / max(1, len(self.shares))

    @property
    def mean_bytes(self) -> float:
        """The same by bytes."""
        return sum(self.byte_shares) / max(1, len(self.byte_shares))


class Bundle:
    """A bundle with records, thumbnails and originals, its recipient, and where each frame lies."""

    def __init__(self, folder: Path, originals: int, pictures: int, tracks: int, size: int = ORIGINAL) -> None:
        self.folder, chance = folder, random.Random(20)
        self.sender = Library.create(folder / "sender", name="Sender", country="RU", utc_offset=600)
        self.receiver = Library.create(folder / "receiver", name="Receiver", country="CN", utc_offset=480)
        pair(self.sender, self.receiver, folder)
        for at in range(tracks):
            track = {"points": chance.randbytes(TRACK if size == ORIGINAL else 60_000), "name": f"{at}"}
            self.sender.commit([create("track", self.sender.new_id(), track)], label="import")
        for start in range(0, pictures, 500):
            self._add_pictures(range(start, min(start + 500, pictures)), originals, size, chance)
        request = WriteRequest(folder / "stick", (self.receiver.station.id,), "originals")
        written = jobs.run(write_bundle(self.sender, request))
        if written.folder is None or (written.originals, written.thumbnails) != (originals, pictures):
            raise AssertionError(written)
        self.place = written.folder
        self.files = sorted(path for path in self.place.iterdir() if path.name != manifest.READ_ME)
        self.bytes = sum(path.stat().st_size for path in self.files)
        opened = self.open(partial=False)
        self.pictures = sum(1 for _item in contents.thumbs(opened)) + originals
        self.groups = sum(1 for _item in contents.groups(opened))
        self.layout, self.picture_bytes = self._layout(opened)

    def _add_pictures(self, numbers: range, originals: int, size: int, chance: random.Random) -> None:
        ops = []
        for at in numbers:
            data = b"\xff\xd8\xff" + chance.randbytes(size - 5) + b"\xff\xd9" if at < originals else chance.randbytes(9)
            name = sha256(data).hexdigest()
            if at < originals:
                path = vault.place(self.sender.vault, name, "jpg")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            thumbs.keep(self.sender.cache, name, thumbnail(at))
            fields = {"sha256": name, "bytes": len(data), "media_type": "image/jpeg"}
            ops.append(create("media", self.sender.new_id(), fields))
        said = {"pictures": json.dumps([op.id.hex() for op in ops]), "type": "blank", "method": "human"}
        self.sender.commit([*ops, create("observation", self.sender.new_id(), said)], label="ingest")

    def open(self, *, partial: bool) -> reader.Opened:
        """Check every file and open the seal, as reading does."""
        checked = reader.look(self.place, signers(self.receiver))
        for _step in reader.check_parts(checked):
            pass
        return reader.open_bundle(checked, self.receiver.station.id, self.receiver.keys.sealing_secret, rescue=partial)

    def _layout(self, opened: reader.Opened) -> tuple[dict[str, list[tuple[int, int, str, str]]], int]:
        """For each part its frames: start, end, and what is lost with them."""
        found: dict[str, list[tuple[int, int, str, str]]] = {}
        total = 0
        for part in opened.outer.parts:
            kind = part.name.partition("-")[0]
            if kind not in ("thumbs", "media"):
                continue
            what = "thumbnail" if kind == "thumbs" else "original"
            lines = found.setdefault(part.name, [])
            for frame in packs.read_frames(self.place / part.name, opened.sealer):
                first = next(frame.blocks())
                end = frame.start + frame_size(frame.head.length)
                lines.append((frame.start, end, what, first[:32].hex()))
                frame.skip()
                total += end - frame.start
        return found, total

    @contextmanager
    def bad_spot(self, chance: random.Random) -> Iterator[tuple[str, int, int]]:
        """Spoil 4 KiB somewhere; gives the file's name and the stretch, and mends it afterwards."""
        at = chance.randrange(self.bytes)
        for path in self.files:
            size = path.stat().st_size
            if at < size:
                break
            at -= size
        start = at // SPOT * SPOT
        with path.open("r+b") as file:
            file.seek(start)
            before = file.read(SPOT)
            file.seek(start)
            file.write(bytes(len(before)) if chance.random() < 0.5 else chance.randbytes(len(before)))
        try:
            yield path.name, start, start + len(before)
        finally:
            with path.open("r+b") as file:
                file.seek(start)
                file.write(before)

    def under(self, name: str, start: int, end: int) -> tuple[set[tuple[str, str]], int]:
        """What lies under a stretch of a file, and how many bytes the frames have."""
        hit = [line for line in self.layout.get(name, []) if line[0] < end and start < line[1]]
        return {(what, key) for _start, _end, what, key in hit}, sum(line[1] - line[0] for line in hit)

    def close(self) -> None:
        """Close both libraries."""
        self.sender.close()
        self.receiver.close()


def thumbnail(number: int) -> bytes:
    """A small JPEG, different for each number."""
    image = Image.effect_noise((160, 120), 60)
    image.putpixel((0, 0), number % 256)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def pair(one: Library, other: Library, folder: Path) -> None:
    """Let two stations trust each other."""
    digits = confirmation_digits(one.station.id, other.station.id)
    for left, right in ((one, other), (other, one)):
        partners.add_partner(
            right, partners.write_card(left, folder / f"{left.station.name}.json"), confirm=digits, clearance="full"
        )


def judge(bundle: Bundle, where: tuple[str, int, int], cost: Cost) -> None:
    """Read what is left and hold the report against the truth; AssertionError where it is not exact."""
    cost.spots += 1
    opened = bundle.open(partial=True)
    truth, size = bundle.under(*where)
    arrivals = bundle_losses.Arrivals(opened)
    with bundle.receiver.read() as db:
        keys = store.signing_keys(db)
    groups = 0
    for frame_id, group in contents.groups(opened):
        for batch in contents.batches(group):
            apply.check(apply.Sealed(*batch), keys)
        arrivals.note("ops", frame_id)
        groups += 1
    cost.records += bundle.groups - groups
    for item in contents.thumbs(opened):
        if item is not None:
            arrivals.note("thumbs", item[0])
    for piece in contents.pieces(opened):
        if isinstance(piece, contents.Piece):
            content = sha256()
            try:
                for block in piece.blocks:
                    content.update(block)
            except contents.FrameDamaged:
                continue
            if content.digest() == piece.sha256:
                arrivals.note("media", piece.sha256)
    losses = bundle_losses.reckon(bundle.receiver, opened, arrivals, None)
    if set(losses.lost) != truth or len(losses.lost) != len(truth):
        raise AssertionError((where, sorted(losses.lost), sorted(truth)))
    if opened.checked.complete != (not truth and where[0] != manifest.DONE):
        raise AssertionError((where, opened.checked.lost))
    if losses.number != len(truth) + (where[0] == manifest.DONE):
        raise AssertionError((where, losses.number))
    cost.refused += not opened.checked.complete
    cost.shares.append(len(truth) / bundle.pictures)
    cost.byte_shares.append(size / bundle.picture_bytes)


def run(bundle: Bundle, spots: int, seed: int) -> Cost:
    """Spoil one spot after the other."""
    chance, cost = random.Random(seed), Cost()
    for _number in range(spots):
        with bundle.bad_spot(chance) as where:
            judge(bundle, where, cost)
    return cost


def main(arguments: list[str] | None = None) -> int:
    """Print what 200 bad spots cost."""
    parser = argparse.ArgumentParser(prog="bench damage", description=main.__doc__)
    parser.add_argument("--spots", type=int, default=200)
    parser.add_argument("--dir", type=Path, default=None, help="a folder on the disk to measure")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ranger-bench-", dir=chosen.dir) as folder:
        bundle = Bundle(Path(folder), originals=400, pictures=4000, tracks=110)
        packed = sum(path.stat().st_size for path in bundle.files if path.match("ops-*.pak"))
        print(
            f"bundle of {bundle.bytes / 2**20:.0f} MiB, {packed / 1e6:.0f} MB of operations, {bundle.pictures} pictures"
        )
        start = time.perf_counter()
        cost = run(bundle, chosen.spots, seed=4)
        seconds = time.perf_counter() - start
        print(
            f"  {cost.spots} spots of 4 KiB: records lost {cost.records}; pictures lost on average"
            f" {cost.mean:.4%} ({cost.mean_bytes:.4%} of their bytes), at worst {max(cost.shares):.4%};"
            f" {cost.refused} bundles not whole; every report exact; {seconds / cost.spots:.1f} s each"
        )
        with bundle.bad_spot(random.Random(5)):
            report = jobs.run(read_bundles(bundle.receiver, bundle.place, partial=True))
        with bundle.sender.read() as one, bundle.receiver.read() as other:
            same = state_hash(one) == state_hash(other)
        print(
            f"  one of them taken in part: records the same {same}, lost {[(x.what, x.name[:8]) for x in report.lost]}"
        )
        bundle.close()
    return 0 if same and not cost.records and cost.mean < 0.01 and cost.mean_bytes < 0.01 else 1


if __name__ == "__main__":
    sys.exit(main())
