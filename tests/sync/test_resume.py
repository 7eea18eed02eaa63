"""A write that stopped is taken up where it stood: same number, whole parts untouched, what was settled and no more."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import bundle_unfinished, bundle_write, records, sharing
from ranger_app.actions.bundle_verify import verify_bundles
from ranger_app.actions.bundle_write import WriteReport, WriteRequest, write_bundle
from ranger_app.domain.ops import create, purge
from ranger_app.domain.sharing import STANDARD
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.jobs import CancelToken, run
from ranger_app.library import Library
from ranger_app.media import vault
from ranger_app.store import ledger
from ranger_app.sync import packs
from ranger_app.sync.problems import BundleProblem

PICTURES = 8


@pytest.fixture
def two(stations: Any, pictures: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Library, Library]:
    """Two stations, and enough in the first for several parts of each kind, pieces of originals too."""
    for name, size in (("OPS_PART", 40_000), ("GROUP", 20_000), ("THUMBS_PART", 9_000), ("MEDIA_PART", 9_000)):
        monkeypatch.setattr(packs, name, size)
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    for first in range(0, PICTURES, 2):
        pictures(one, 2, first=first)
        one.commit([create("track", one.new_id(), {"points": os.urandom(15_000), "name": "T"})], label="import")
    return one, other


def begin(library: Library, partner: Library, stick: Path, steps: int) -> bool:
    """Pull the stick after so many steps of writing; whether it was finished before that."""
    job = write_bundle(library, WriteRequest(stick, (partner.station.id,), "originals"))
    while steps:
        try:
            next(job)
        except StopIteration:
            return True
        steps -= (stick / "exchange").exists()
    pull(job)
    return False


def begin_until(library: Library, partner: Library, stick: Path, name: str) -> None:
    """Pull the stick once there is a file of this name."""
    job = write_bundle(library, WriteRequest(stick, (partner.station.id,), "originals"))
    while not list(stick.glob(f"exchange/*/{name}")):
        next(job)
    pull(job)


def pull(job: Any) -> None:
    with pytest.raises(EnvironmentProblem, match="BUNDLE_NOT_WRITTEN"):
        job.throw(OSError(errno.EIO, "pulled"))


def folder_on(stick: Path) -> Path:
    (folder,) = (stick / "exchange").iterdir()
    return folder


def whole(library: Library, stick: Path) -> bool:
    return run(verify_bundles(library, stick)).complete


def inodes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in folder.iterdir()}


def sealed_batches(stick: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder_on(stick).glob("ops-*")}


def finish(library: Library, stick: Path) -> WriteReport:
    return run(bundle_unfinished.finish(library, stick))


def test_pulled_at_any_moment(two: tuple[Library, Library], stations: Any, tmp_path: Path) -> None:
    one, other = two
    late = None
    for steps in range(1, 400, 3):
        stick = tmp_path / f"stick{steps}"
        if begin(one, other, stick, steps):
            break
        (waiting,) = bundle_unfinished.unfinished(one, stick)
        assert (waiting.can_finish, waiting.partners) == (True, ("Two",))
        with pytest.raises(BundleProblem):
            stations.read(other, stick.name)
        before = inodes(waiting.folder)
        late = records.add(one, "location", {"name": f"Later {steps}"})  # is not part of what was settled
        report = finish(one, stick)
        assert (report.folder, report.counter, report.resumed) == (waiting.folder, waiting.counter, True)
        assert (report.thumbnails, report.originals, report.rotten) == (PICTURES, PICTURES, [])
        assert whole(other, stick)
        parts = sorted(name for name in before if name.endswith(".pak"))
        kept = [name for name in parts if inodes(waiting.folder).get(name) == before[name]]
        assert len(kept) >= len(parts) - 1 - sum(name.startswith("index") for name in parts)
        assert bundle_unfinished.unfinished(one, stick) == []
    assert steps > 40
    assert late is not None
    with other.read() as db:
        assert db.conn.execute("SELECT count(*) FROM location").fetchone() == (0,)
    read = stations.read(other, stick.name)
    assert (read.originals, read.damaged) == (PICTURES, 0)
    with one.read() as db:
        rows = ledger.sealed(db, other.station.id)
        assert len({row.bundle for row in rows}) == len(rows)  # each once, finished ones too
        assert all(row.media == {"original": PICTURES, "thumb": PICTURES} for row in rows)


def spoil_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


@pytest.mark.parametrize("spoil", [spoil_byte, cut, lengthen, Path.unlink])
def test_parts_that_did_not_keep_are_written_again(
    two: tuple[Library, Library], stations: Any, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    one, other = two
    stick = tmp_path / "s"
    begin_until(one, other, stick, "media-0003.pak")
    folder = folder_on(stick)
    before = inodes(folder)
    spoilt = ("ops-0001.pak", "ops-0002.bak", "thumbs-0002.pak", "media-0001.pak")
    for name in spoilt:
        spoil(folder / name)
    finish(one, stick)
    assert whole(other, stick)
    after = inodes(folder)
    assert {name for name in ("ops-0002.pak", "thumbs-0001.pak", "media-0002.pak") if after[name] != before[name]} == (
        set()
    )
    read = stations.read(other, stick.name)
    assert (read.originals, read.thumbnails, read.damaged) == (PICTURES, PICTURES, 0)


def test_large_originals_in_pieces(
    two: tuple[Library, Library], stations: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    monkeypatch.setattr(packs, "PIECE", 1024)
    monkeypatch.setattr(packs, "MEDIA_PART", 2500)
    monkeypatch.setattr(packs, "IN_MEMORY", 0)
    for number in range(2, 12):
        stick = tmp_path / f"stick{number}"
        begin_until(one, other, stick, f"media-{number:04d}.pak")
        finish(one, stick)
        assert whole(other, stick)
    read = stations.read(other, stick.name)
    assert (read.originals, read.damaged) == (PICTURES, 0)


def test_an_original_that_went_bad_meanwhile_is_void_in_all_its_pieces(
    two: tuple[Library, Library], stations: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    monkeypatch.setattr(packs, "PIECE", 1024)
    monkeypatch.setattr(packs, "MEDIA_PART", 1500)
    begin_until(one, other, tmp_path / "s", "media-0002.pak")
    with one.read() as db:
        newest = [row[0] for row in db.conn.execute("SELECT sha256 FROM media ORDER BY key DESC")]
    path = vault.find(one.vault, newest[0])
    assert path is not None
    path.write_bytes(b"rot" + path.read_bytes()[3:])
    report = finish(one, tmp_path / "s")
    assert report.rotten == [newest[0]]
    read = stations.read(other, "s")
    assert (read.originals, read.damaged) == (PICTURES - 1, 0)


def test_a_picture_that_has_to_stay_by_now_is_taken_out_of_finished_parts(
    two: tuple[Library, Library], stations: Any, tmp_path: Path
) -> None:
    one, other = two
    begin_until(one, other, tmp_path / "s", "media-0003.pak")
    with one.read() as db:
        record, sha256 = db.conn.execute("SELECT id, sha256 FROM media ORDER BY key DESC LIMIT 1").fetchone()
    seen = {"media": record, "type": "human", "method": "human", "look": "settled"}
    one.commit([create("observation", one.new_id(), seen)], label="identify")
    report = finish(one, tmp_path / "s")
    assert (report.originals, report.thumbnails) == (PICTURES - 1, PICTURES - 1)
    assert whole(other, tmp_path / "s")
    read = stations.read(other, "s")
    assert (read.originals, read.thumbnails, read.damaged) == (PICTURES - 1, PICTURES - 1, 0)
    assert vault.find(other.vault, sha256) is None


def test_power_fails_between_done_and_the_ledger(
    two: tuple[Library, Library], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two

    def dark(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(bundle_write, "_ended", dark)
        with pytest.raises(KeyboardInterrupt):
            run(write_bundle(one, WriteRequest(tmp_path / "s", (other.station.id,), "originals")))
    folder = folder_on(tmp_path / "s")
    before = inodes(folder)
    assert whole(other, tmp_path / "s")
    (waiting,) = bundle_unfinished.unfinished(one, tmp_path / "s")
    assert waiting.can_finish
    report = finish(one, tmp_path / "s")
    assert inodes(folder) == before  # nothing was written again
    assert (report.originals, report.bytes) == (PICTURES, sum(
        path.stat().st_size for path in folder.iterdir() if path.name != "READ-ME.txt"
    ))  # fmt: skip
    with one.read() as db:
        (row,) = ledger.sealed(db, other.station.id)
    assert (row.counter, row.parts) == (report.counter, report.parts)
    assert bundle_unfinished.unfinished(one, tmp_path / "s") == []


def test_cancel_keeps_it_if_asked(two: tuple[Library, Library], tmp_path: Path) -> None:
    one, other = two
    for keep in (True, False):
        stick, token = tmp_path / f"s{keep}", CancelToken()
        job = write_bundle(one, WriteRequest(stick, (other.station.id,), "originals", keep=keep), token)
        while not list(stick.glob("exchange/*/thumbs-0001.pak")):
            next(job)
        token.cancel()
        report = run(job)
        assert report.cancelled
        assert (report.unfinished is not None) == keep
        assert len(bundle_unfinished.unfinished(one, stick)) == keep
    job = write_bundle(one, WriteRequest(tmp_path / "closed", (other.station.id,), keep=True))
    while not list((tmp_path / "closed").glob("exchange/*/thumbs-0001.pak")):
        next(job)
    job.close()  # the program was closed
    assert len(bundle_unfinished.unfinished(one, tmp_path / "closed")) == 1
    stopped, token = tmp_path / "sTrue", CancelToken()
    token.cancel()
    again = run(bundle_unfinished.finish(one, stopped, token))
    assert again.cancelled
    assert again.unfinished == folder_on(stopped)
    assert finish(one, stopped).originals == PICTURES
    with pytest.raises(DataProblem, match="NOTHING_UNFINISHED"):
        finish(one, stopped)


def test_what_may_no_longer_be_sent_is_not_finished(two: tuple[Library, Library], tmp_path: Path) -> None:
    one, other = two
    begin_until(one, other, tmp_path / "s", "media-0001.pak")
    sharing.set_rule(one, other.station.id, STANDARD)
    with pytest.raises(DataProblem, match="BUNDLE_OUTDATED"):
        finish(one, tmp_path / "s")
    begin_until(one, other, tmp_path / "t", "media-0001.pak")
    one.new_incarnation()
    (waiting,) = bundle_unfinished.unfinished(one, tmp_path / "t")
    assert not waiting.can_finish
    with pytest.raises(DataProblem, match="NOTHING_UNFINISHED"):
        finish(one, tmp_path / "t")


def test_the_stick_says_nothing_of_what_is_kept_at_home(two: tuple[Library, Library], tmp_path: Path) -> None:
    one, other = two
    begin_until(one, other, tmp_path / "s", "media-0001.pak")
    (plan,) = (one.cache / "bundles").iterdir()
    head = (plan / "head.age").read_bytes()
    assert head.startswith(b"age-encryption.org/v1")
    assert other.station.id.hex().encode() not in head
    names = {path.name for path in folder_on(tmp_path / "s").iterdir()}
    assert not names & {"head.age", "journal", "batches", "thumbs", "media"}
    (plan / "journal").write_bytes((plan / "journal").read_bytes()[:-5] + b"\xff\n{")  # broken off by the power cut
    assert finish(one, tmp_path / "s").originals == PICTURES
    assert whole(other, tmp_path / "s")


def test_without_the_plan_it_is_named_and_cannot_be_finished(two: tuple[Library, Library], tmp_path: Path) -> None:
    one, other = two
    begin_until(one, other, tmp_path / "s", "media-0001.pak")
    for path in (one.cache / "bundles").rglob("head.age"):
        path.unlink()
    (waiting,) = bundle_unfinished.unfinished(one, tmp_path / "s")
    assert not waiting.can_finish
    assert bundle_unfinished.unfinished(other, tmp_path / "s") == []  # somebody else's is not ours to finish


def test_what_was_erased_for_good_meanwhile_is_taken_off_the_stick(
    two: tuple[Library, Library], stations: Any, tmp_path: Path
) -> None:
    one, other = two
    place = records.add(one, "location", {"name": "Names somebody"})
    begin_until(one, other, tmp_path / "s", "media-0001.pak")
    one.commit([purge("location", place)], label="purge")
    before = inodes(folder_on(tmp_path / "s"))
    sealed = sealed_batches(tmp_path / "s")
    finish(one, tmp_path / "s")
    after = inodes(folder_on(tmp_path / "s"))
    assert after["thumbs-0001.pak"] == before["thumbs-0001.pak"]
    # By bytes: a file system may give a new file the old one's number.
    assert sealed_batches(tmp_path / "s") != sealed
    stations.read(other, "s")
    with other.read() as db:
        assert db.conn.execute("SELECT count(*) FROM location WHERE name IS NOT NULL").fetchone() == (0,)
