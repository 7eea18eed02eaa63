"""What reading notices besides records: replays, second histories, broken chains, statements; and that it goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import records
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.domain import batch as batches
from ranger_app.domain.ops import create
from ranger_app.jobs import CancelToken
from ranger_app.library import Library
from ranger_app.media import thumbs, vault
from ranger_app.store.statehash import state_hash
from ranger_app.sync import packs
from ranger_app.sync.packs import NO_HASH
from ranger_app.sync.sealing import FrameHead
from ranger_app.sync.writer import BundleWriter, Contents, Receiver, Sender
from tests.sync.conftest import picture

LONG = os.environ.get("RANGER_LONG") == "1"
FUZZ = b"fuzzfuzz"


def state(library: Library) -> str:
    with library.read() as db:
        return state_hash(db)


def batch_of(sender: Library, n: int, name: str, prev: bytes) -> batches.Sealed:
    """A batch of the sender under an incarnation of its own."""
    return batches.seal(
        [create("location", os.urandom(16), {"name": name})], key=sender.keys.signer, n=n, prev=prev, seen={},
        writer=(sender.station.id, FUZZ), hlc=n, meta=batches.Meta(),
    )[0]  # fmt: skip


def put(
    stations: Any,
    sender: Library,
    receiver: Library,
    stick: str,
    many: list[batches.Sealed],
    *,
    thumbnails: tuple[tuple[bytes, bytes], ...] = (),
    copies: tuple[tuple[bytes, bytes], ...] = (),
    **fields: Any,
) -> Path:
    """Write a bundle with these batches, rightly signed."""
    own = Sender(sender.station.id, sender.station.incarnation, sender.keys.signer.sign)
    writer = BundleWriter(stations.folder / stick, own, fields.pop("counter", 1))
    for _number in writer.add_batches([(one.head, one.signature, one.body) for one in many]):
        pass
    for key, jpeg in thumbnails:
        writer.add_thumb(key, jpeg)
    for key, jpeg in copies:
        writer._media.add(writer._sealer.seal(key + jpeg))
    contents = Contents(**({"holds": [], "cards": [], "created": 1, "operations": 1, "media": 0} | fields))
    for _step in writer.finish([Receiver(receiver.station.id, receiver.station.sealing)], contents):
        pass
    return writer.folder


def pair(stations: Any) -> tuple[Library, Library]:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    return one, other


def test_an_older_bundle_is_told(stations: Any) -> None:
    one, other = pair(stations)
    records.add(one, "location", {"name": "A"})
    stations.write(one, other, stick="first")
    records.add(one, "location", {"name": "B"})
    stations.write(one, other, stick="second")
    assert stations.read(other, "second").notes == []
    assert stations.read(other, "first").notes == ["This is older than what you have (bundle 1, you have 2)."]
    assert stations.read(other, "second").notes == []


def test_two_histories_under_one_number(stations: Any) -> None:
    one, other = pair(stations)
    first, second = (batch_of(one, 1, name, batches.FIRST) for name in ("East", "West"))
    put(stations, one, other, "a", [first])
    put(stations, one, other, "b", [second], counter=2)
    assert stations.read(other, "a").two_histories == []
    before = state(other)
    report = stations.read(other, "b")
    assert (report.quarantined, report.two_histories) == (1, ["One"])
    assert report.notes == ["Station One has two histories (restored or copied?)."]
    assert state(other) == before


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 1, 3)])
def test_a_broken_chain_is_told_wherever_the_neighbour_comes_from(stations: Any, order: tuple[int, ...]) -> None:
    one, other = pair(stations)
    first = batch_of(one, 1, "A", batches.FIRST)
    second = batch_of(one, 2, "B", os.urandom(32))  # not written behind the first
    third = batch_of(one, 3, "C", second.hash)
    made = {1: first, 2: second, 3: third}
    told = []
    for n in order:
        put(stations, one, other, f"{n}", [made[n]], counter=n)
        told += stations.read(other, f"{n}").broken_chain
    assert [(one_break.n, one_break.name, one_break.incarnation) for one_break in told] == [(2, "One", FUZZ)]
    with other.read() as db:
        assert db.conn.execute("SELECT count(*) FROM location").fetchone() == (3,)


def test_statements_that_are_none_change_nothing(stations: Any) -> None:
    one, other = pair(stations)
    before = state(other)
    texts = ["x", "", "{}", '{"ranger_something": 1}', '{"ranger_receipt": 1}', '{"ranger_revocation": 1}', "\0"]
    put(stations, one, other, "a", [batch_of(one, 1, "A", batches.FIRST)], statements=texts)
    report = stations.read(other, "a")
    assert report.new == 1
    assert len(report.ignored) == 2
    assert state(other) != before


def test_pictures_whose_hash_is_withheld_lie_under_their_record(stations: Any) -> None:
    one, other = pair(stations)
    hidden, stranger = os.urandom(16), os.urandom(16)
    media = batches.seal(
        [create("media", hidden, {"media_type": "image/jpeg"})], key=one.keys.signer, n=1, prev=batches.FIRST, seen={},
        writer=(one.station.id, FUZZ), hlc=1, meta=batches.Meta(),
    )[0]  # fmt: skip
    jpegs = tuple((NO_HASH + record, picture(number)) for number, record in enumerate((hidden, stranger)))
    put(stations, one, other, "a", [media], thumbnails=jpegs, copies=(*jpegs, (NO_HASH + hidden, b"no picture")))
    report = stations.read(other, "a")
    assert (report.thumbnails, report.copies, report.originals, report.damaged) == (1, 1, 0, 0)
    assert thumbs.place(other.cache, hidden.hex()).read_bytes() == jpegs[0][1]
    assert thumbs.review_place(other.cache, hidden.hex()).read_bytes() == jpegs[0][1]
    assert not thumbs.place(other.cache, stranger.hex()).exists()
    again = stations.read(other, "a")
    assert (again.thumbnails, again.copies) == (0, 0)


def test_originals_that_are_not_what_their_name_says_stay_out(stations: Any, pictures: Any) -> None:
    one, other = pair(stations)
    (name,) = pictures(one, 1)
    path = vault.find(one.vault, name)
    assert path is not None
    stations.write(one, other, media="none")
    stations.read(other)
    own = Sender(one.station.id, one.station.incarnation, one.keys.signer.sign)
    writer = BundleWriter(stations.folder / "false", own, 7)
    data = b"x" * 500
    head = FrameHead(writer._sealer.frame_id(bytes.fromhex(name)), 48 + len(data))
    block = packs._PIECE_HEAD.pack(bytes.fromhex(name), len(data), 0) + data
    writer._media.add(b"".join(writer._sealer.seal_blocks(head, iter([block]))))
    for _step in writer.finish([Receiver(other.station.id, other.station.sealing)], Contents([], [], 1, 0, 0)):
        pass
    report = stations.read(other, "false")
    assert report.originals == 0
    assert vault.find(other.vault, name) is None
    assert list((other.vault / "incoming").glob("*")) == []


def test_what_was_taken_before_a_stop_is_not_taken_again(stations: Any, pictures: Any) -> None:
    one, other = pair(stations)
    pictures(one, 20)
    stations.write(one, other, media="originals")
    token = CancelToken()
    job = read_bundles(other, stations.folder / "stick", cancel=token)
    taken = 0
    try:
        for progress in job:
            taken += progress.note == "Taking in originals"
            if taken == 12:
                token.cancel()
    finally:
        job.close()
    here = len(list(other.vault.rglob("*.jpg")))
    assert 0 < here < 20
    report = stations.read(other)
    assert report.originals == 20 - here
    assert list((other.vault / "incoming").glob("*")) == []


READER = """
import sys
from pathlib import Path
from ranger_app import jobs
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.library import Library
with Library.open(Path(sys.argv[1])) as library:
    print("begun", flush=True)
    jobs.run(read_bundles(library, Path(sys.argv[2])))
    print("done", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process as only POSIX can")
def test_a_killed_reader_goes_on(stations: Any, pictures: Any) -> None:
    one, other = pair(stations)
    pictures(one, 60)
    for number in range(40):
        records.add(one, "location", {"name": f"{number}"})
    stations.write(one, other, media="originals")
    folder = other.folder
    other.close()
    chance, done, kills = random.Random(7), 0, 0
    for _attempt in range(60 if LONG else 8):
        child = subprocess.Popen(
            [sys.executable, "-c", READER, str(folder), str(stations.folder / "stick")], stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2], encoding="utf-8",
        )  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "begun\n"
        end = time.monotonic() + chance.random() * 0.5
        while time.monotonic() < end and child.poll() is None:
            os.sched_yield()
        child.send_signal(signal.SIGKILL)
        done += child.stdout.read() == "done\n"
        kills += child.wait() == -signal.SIGKILL
        child.stdout.close()
    assert kills
    with Library.open(folder) as again:
        report = list(read_bundles(again, stations.folder / "stick"))
        assert report
        assert state(again) == state(one)
        with again.read() as db:
            assert db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert len(list(again.vault.rglob("*.jpg"))) == 60
        assert all(vault.verify(path) for path in again.vault.rglob("*.jpg"))
        assert list((again.vault / "incoming").glob("*")) == []
