"""One bad spot on a stick: what it costs, that the report of it is exact, and that a second stick makes it good."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions.bundle_read import read_bundles
from ranger_app.domain.ops import create
from ranger_app.errors import EnvironmentProblem
from ranger_app.jobs import run
from ranger_app.store import damaged
from ranger_app.store.statehash import state_hash
from ranger_app.sync import files, manifest, packs, sealing
from ranger_app.sync.problems import BundleProblem
from tests.benchmarks.bench_damage import Bundle
from tests.benchmarks.bench_damage import run as spoil

LONG = os.environ.get("RANGER_LONG") == "1"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bundle]:
    monkeypatch.setattr(os, "fsync", lambda _handle: None)
    monkeypatch.setattr(packs, "THUMBS_PART", 300_000)
    monkeypatch.setattr(packs, "MEDIA_PART", 1_000_000)
    bundle = Bundle(tmp_path, originals=20, pictures=60, tracks=30, size=150_000)
    yield bundle
    bundle.close()


def test_a_bad_spot_costs_what_lies_under_it_and_no_record(small: Bundle) -> None:
    cost = spoil(small, 60, seed=1)
    assert (cost.spots, cost.records) == (60, 0)
    assert cost.refused > 20
    assert cost.mean < 0.05  # of only 80 pictures


@pytest.mark.skipif(not LONG, reason="writes 1 GiB; dev.py test --long")
def test_two_hundred_spots_in_a_large_bundle(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path, originals=400, pictures=4000, tracks=110)
    try:
        assert bundle.bytes > 1 << 30
        cost = spoil(bundle, 200, seed=4)
        assert cost.records == 0
        assert cost.mean < 0.01
        assert cost.mean_bytes < 0.01
    finally:
        bundle.close()


def zero(path: Path, start: int, length: int = 4096) -> None:
    """Spoil a stretch of a file."""
    with path.open("r+b") as file:
        file.seek(start)
        file.write(bytes(length))


def state(library: Any) -> str:
    with library.read() as db:
        return state_hash(db)


def told(library: Any, sender: Any) -> list[tuple[str, str]]:
    """What the library keeps as missing of the sender's bundles."""
    with library.read() as db:
        return [one for bundle in damaged.of(db, sender.station.id) for one in bundle.lost]


def test_a_second_stick_completes_the_first(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    for number in range(8):
        one.commit(
            [create("track", one.new_id(), {"points": os.urandom(600_000), "name": f"{number}"})], label="import"
        )
    pictures(one, 30)
    first = stations.write(one, other, media="originals").folder
    stick = stations.folder / "stick"
    shutil.copytree(stick, stations.folder / "second")
    second = stations.folder / "second" / "exchange" / first.name
    for folder, part in ((first, 3), (second, 1)):  # the spots differ
        for name in ("ops-0001.pak", "ops-0001.bak", "media-0001.pak", "thumbs-0001.pak"):
            size = (folder / name).stat().st_size
            zero(folder / name, size * part // 4, 100)
    report = stations.read(other, partial=True)
    lacking = {(lost.what, lost.name) for lost in report.lost}
    assert {what for what, _name in lacking} == {"operations", "thumbnail", "original"}
    assert report.damaged == len(lacking)
    assert set(told(other, one)) == lacking
    assert state(other) != state(one)
    again = stations.read(other, "second", partial=True)
    assert again.damaged > 0  # that stick has its own bad spots
    assert again.lost == []
    assert told(other, one) == []
    assert state(other) == state(one)
    assert len(list(other.vault.rglob("*.jpg"))) == 30
    whole = stations.read(other, partial=True)
    assert whole.lost == []
    assert told(other, one) == []


def test_a_later_bundle_makes_pictures_good(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    hashes = pictures(one, 6)
    folder = stations.write(one, other, media="originals").folder
    media = folder / "media-0001.pak"
    zero(media, media.stat().st_size // 2, 10)
    report = stations.read(other, partial=True)
    assert [(lost.what, lost.folder) for lost in report.lost] == [("original", folder)]
    assert report.lost[0].name in hashes
    assert report.damaged == report.bundles[0].damaged == 1
    stations.write(one, other, stick="fresh", media="originals")
    assert stations.read(other, "fresh").originals == 1
    again = stations.read(other, partial=True)
    assert (again.damaged, again.lost) == (1, [])
    assert told(other, one) == []


def test_without_the_list_parts_and_frames_are_told(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    pictures(one, 6)
    folder = stations.write(one, other, media="originals").folder
    for name in ("index-0001.pak", "index-0001.bak"):
        zero(folder / name, 60, 4)
    report = stations.read(other, partial=True)
    assert (report.damaged, report.lost, report.originals) == (1, [], 6)  # nothing but the list itself
    media = folder / "media-0001.pak"
    zero(media, media.stat().st_size // 2, 4)
    third = stations.new("Three", "MN")
    stations.pair(one, third)
    folder = stations.write(one, third, stick="s3", media="originals").folder
    for name in ("index-0001.pak", "index-0001.bak", "media-0001.pak"):
        path = folder / name
        zero(path, path.stat().st_size // 2, 4)
    report = stations.read(third, "s3", partial=True)
    assert sorted(lost.what for lost in report.lost) == ["frame", "part"]
    assert (report.damaged, report.originals) == (2, 5)


def test_unreadable_spots_are_stepped_over(small: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk gives an error, not other bytes, where it cannot read a sector."""
    media = max((path for path in small.files if path.name.startswith("media")), key=lambda path: path.stat().st_size)
    bad = media.stat().st_size // 2 // 4096 * 4096
    real = files.open_plain

    class Failing:
        def __init__(self, inner: Any) -> None:
            self.inner, self.at = inner, 0

        def __enter__(self) -> Failing:
            return self

        def __exit__(self, *_exc: object) -> None:
            self.inner.close()

        def read(self, size: int) -> bytes:
            self.inner.seek(self.at)
            if self.at < bad + 4096 and bad < self.at + size:
                raise OSError(5, "Input/output error")
            data: bytes = self.inner.read(size)
            self.at += len(data)
            return data

        def readinto(self, buffer: memoryview) -> int:
            data = self.read(len(buffer))
            buffer[: len(data)] = data
            return len(data)

        def seek(self, at: int) -> None:
            self.at = at

        def tell(self) -> int:
            return self.at

        def fileno(self) -> int:
            return int(self.inner.fileno())

    def opened(path: Path) -> Any:
        return Failing(real(path)) if path == media else real(path)

    monkeypatch.setattr(files, "open_plain", opened)
    monkeypatch.setattr(packs, "open_plain", opened)
    truth, _size = small.under(media.name, bad, bad + 4096)
    report = run(read_bundles(small.receiver, small.place, partial=True))
    assert {(lost.what, lost.name) for lost in report.lost} == truth
    assert report.originals == 20 - len(truth)
    assert state(small.receiver) == state(small.sender)


def read_and_pull(library: Any, folder: Path, note: str) -> None:
    """Read a bundle and take its stick away at the first step of this name."""
    for progress in read_bundles(library, folder):
        if progress.note == note and folder.exists():
            for path in folder.iterdir():  # files that are open lose their bytes as well
                os.truncate(path, 0)
            folder.rename(folder.with_name("away"))


def test_a_stick_pulled_while_read_is_told_and_read_again(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    pictures(one, 12)
    folder = stations.write(one, other, media="originals").folder
    for note in ("Taking in records", "Taking in thumbnails", "Taking in originals"):
        with pytest.raises(EnvironmentProblem, match="STICK_GONE") as told_so:
            read_and_pull(other, folder, note)
        assert "Put it back" in str(told_so.value)
        shutil.rmtree(folder.with_name("away"))
        stations.write(one, other, media="originals")  # the same again under the next number
        folder = max((stations.folder / "stick" / "exchange").iterdir())
    report = stations.read(other)
    assert report.damaged == 0
    assert state(other) == state(one)
    assert len(list(other.vault.rglob("*.jpg"))) == 12
    assert list((other.vault / "incoming").iterdir()) == []


def test_an_unfinished_bundle_says_so_and_is_offered(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    pictures(one, 4)
    folder = stations.write(one, other, media="originals").folder
    (folder / manifest.DONE).unlink()
    with pytest.raises(BundleProblem, match="unfinished") as problem:
        stations.read(other)
    assert problem.value.code == "BUNDLE_NOT_WHOLE"
    assert problem.value.in_part
    report = stations.read(other, partial=True)
    assert (report.originals, report.damaged, report.lost) == (4, 1, [])
    assert told(other, one) == []
    (folder / manifest.KEYS).unlink()
    (folder / manifest.KEYS_COPY).unlink()
    with pytest.raises(BundleProblem) as problem:
        stations.read(other, partial=True)
    assert not problem.value.in_part


def test_reading_in_part_leaves_the_stick_alone(stations: Any, pictures: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    pictures(one, 4)
    folder = stations.write(one, other, media="originals").folder
    zero(folder / "media-0001.pak", 5000, 10)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555)
    stations.read(other, partial=True)
    folder.chmod(0o755)
    assert before == {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_the_next_frame_is_found_wherever_the_spot_ends(tmp_path: Path) -> None:
    chance = random.Random(3)
    sealer = sealing.Sealer(b"b" * 16, b"k" * 32)
    path = tmp_path / "part"
    path.write_bytes(chance.randbytes(50_000) + sealer.seal(b"content"))
    for end, found in ((None, True), (50_000, False), (50_001, True)):
        with path.open("rb") as handle:
            assert sealing.find_magic(handle, 1, end) == found


def test_a_part_full_of_false_beginnings_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "MOST_BAD", 50)
    ours, theirs = (sealing.Sealer(b"b" * 16, key * 32) for key in (b"k", b"l"))
    path = tmp_path / "part"
    path.write_bytes(b"".join(theirs.seal(bytes((number,))) for number in range(200)) + ours.seal(b"behind"))
    opened = 0
    for frame in packs.read_frames(path, ours, rescue=True):
        with pytest.raises(sealing.FrameDamaged):
            frame.content(100)
        opened += 1
    assert opened == 51
