"""Hundreds of damaged and forged bundles: each is refused in one sentence with nothing changed, or healed whole.

The least numbers that the tests assert add up to more than 400.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zstandard

from ranger_app.actions import records
from ranger_app.actions.bundle_read import ReadReport, read_bundles
from ranger_app.actions.bundle_verify import verify_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.jobs import run
from ranger_app.keys import StationKeys
from ranger_app.library import Library
from ranger_app.store.statehash import state_hash
from ranger_app.sync import manifest, minisign, packs
from ranger_app.sync.manifest import Outer, Part
from ranger_app.sync.problems import BundleProblem
from ranger_app.sync.writer import BundleWriter, Contents, Receiver, Sender

Add = Callable[..., list[str]]


def facts(library: Library) -> tuple[object, ...]:
    """What a refused bundle must leave as it was."""
    with library.read() as db:
        rows = [db.conn.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("batch", "station", "journal")]
        return (state_hash(db), *rows, sorted(p.name for p in library.folder.rglob("*.jpg")))


def attempt(library: Library, place: Path) -> ReadReport | BundleProblem:
    """Read, or be told why not; any other exception fails the test."""
    try:
        return run(read_bundles(library, place))
    except BundleProblem as problem:
        return problem


class World:
    """A sender, its good bundle, an older one, and a receiver that is made afresh once it has taken something."""

    def __init__(self, folder: Path, add_pictures: Add, pair: Callable[..., None]) -> None:
        self.folder = folder
        self.sender = Library.create(folder / "sender", name="Sender", country="RU", utc_offset=600)
        template = Library.create(folder / "template", name="Receiver", country="CN", utc_offset=480)
        self.stranger = Library.create(folder / "stranger", name="Stranger", country="JP", utc_offset=540)
        pair(self.sender, template, folder)
        pair(self.sender, self.stranger, folder)
        self.receiver_id, self.receiver_sealing = template.station.id, template.station.sealing
        template.close()
        add_pictures(self.sender, 2)
        self.old = self.write("old")
        add_pictures(self.sender, 3, first=10)
        for number in range(20):
            records.add(self.sender, "location", {"name": f"Hide {number}", "remarks": os.urandom(200).hex()})
        self.good = self.write("good")
        with self.sender.read() as db:
            self.wanted = state_hash(db)
        self.receiver: Library | None = None
        self.taken = 0
        self.refused = 0

    def write(self, stick: str) -> Path:
        request = WriteRequest(self.folder / stick, (self.receiver_id,), "originals")
        folder = run(write_bundle(self.sender, request)).folder
        assert folder is not None
        return folder

    def fresh(self) -> Library:
        if self.receiver is None:
            shutil.rmtree(self.folder / "receiver", ignore_errors=True)
            shutil.copytree(self.folder / "template", self.folder / "receiver")
            self.receiver = Library.open(self.folder / "receiver")
            self.receiver.db.conn.execute("PRAGMA synchronous=OFF")  # no power cut is tested here
            self.before = facts(self.receiver)
        return self.receiver

    def copy(self) -> Path:
        target = self.folder / "stick"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.good.parent.parent, target)
        return target / "exchange" / self.good.name

    def judge(self, place: Path, what: str) -> bool:
        """Read; True where it was taken whole, False where it was refused and nothing changed."""
        receiver = self.fresh()
        try:
            verified = run(verify_bundles(receiver, place)).complete
        except BundleProblem:
            verified = False
        outcome = attempt(receiver, place)
        if isinstance(outcome, BundleProblem):
            said = str(outcome)
            assert outcome.exit_status == 3
            assert said.startswith(f"{outcome.code}: "), what
            assert said.endswith("."), (what, said)
            assert "\n" not in said
            assert len(said) < 500
            assert facts(receiver) == self.before, what
            assert not verified or outcome.code in ("BUNDLE_NOT_VALID", "BUNDLE_NOT_FOR_US"), (what, said)
            self.refused += 1
            return False
        report = outcome
        with receiver.read() as db:
            assert state_hash(db) == self.wanted, what
        assert (report.damaged, report.originals, report.thumbnails) == (0, 5, 5), what
        assert report.new == 27, what
        assert verified, what
        receiver.close()
        self.receiver = None
        self.taken += 1
        return True

    def close(self) -> None:
        for library in (self.sender, self.stranger, self.receiver):
            if library is not None:
                library.close()


@pytest.fixture
def world(
    tmp_path: Path, pictures: Add, pairing: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    monkeypatch.setattr(os, "fsync", lambda _handle: None)
    made = World(tmp_path, pictures, pairing)
    yield made
    made.close()


def healed(name: str) -> bool:
    """Whether a second copy stands for this file."""
    return not name.startswith(("thumbs", "media", "DONE"))


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name != manifest.READ_ME)


def flip(path: Path, at: int, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= bit
    path.write_bytes(data)


def test_any_changed_byte(world: World) -> None:
    chance = random.Random(20261)
    names = [path.name for path in files(world.good)]
    cases = [(name, number) for name in names for number in range(20)]
    for name, number in cases:
        folder = world.copy()
        path = folder / name
        size = path.stat().st_size
        at = {0: 0, 1: size - 1}.get(number, chance.randrange(size))
        flip(path, at, 1 << chance.randrange(8))
        assert world.judge(folder, f"{name} byte {at}") == healed(name), (name, at)
    assert world.taken + world.refused >= 220
    assert world.taken > 100
    assert world.refused > 50


def test_changed_read_me_does_not_matter(world: World) -> None:
    folder = world.copy()
    flip(folder / manifest.READ_ME, 100, 1)
    assert world.judge(folder, "READ-ME")
    folder = world.copy()
    (folder / manifest.READ_ME).unlink()
    (folder / "._READ-ME.txt").write_bytes(b"left by another system")
    assert world.judge(folder, "READ-ME missing, stray file")


def test_cut_grown_missing_and_emptied_files(world: World) -> None:
    chance = random.Random(20262)
    for path in files(world.good):
        for number in range(5):
            folder = world.copy()
            victim = folder / path.name
            data = victim.read_bytes()
            if number == 0:
                victim.unlink()
            elif number == 1:
                victim.write_bytes(b"")
            elif number == 2:
                victim.write_bytes(data + chance.randbytes(chance.randrange(1, 5000)))
            elif number == 3:
                victim.write_bytes(bytes(len(data)))
            else:
                victim.write_bytes(data[: chance.randrange(len(data))])
            assert world.judge(folder, f"{path.name} {number}") == healed(path.name), (path.name, number)
    assert world.taken + world.refused >= 55


def test_both_copies_gone(world: World) -> None:
    chance = random.Random(20263)
    pairs = (("keys.age", "keys.bak"), ("ops-0001.pak", "ops-0001.bak"), ("bundle.json", "bundle.bak"),
             ("bundle.json.minisig", "bundle.bak.minisig"))
    for first, second in pairs:
        for number in range(8):
            folder = world.copy()
            for name in (first, second):
                path = folder / name
                if number == 0:
                    path.unlink()
                elif number == 1:
                    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])
                elif "minisig" in name:
                    flip(path, chance.randrange(50, 100), 1)  # in the signature itself, behind the key id
                else:
                    flip(path, chance.randrange(path.stat().st_size), 1 << chance.randrange(8))
            assert not world.judge(folder, f"{first} and {second}, {number}")
    assert world.refused >= 32


def test_swapped_renamed_and_old_parts(world: World) -> None:
    names = [path.name for path in files(world.good)]
    chance = random.Random(20264)
    for number in range(12):
        folder = world.copy()
        one, other = chance.sample([n for n in names if n.endswith((".pak", ".age"))], 2)
        (folder / one).rename(folder / "between")
        (folder / other).rename(folder / one)
        (folder / "between").rename(folder / other)
        assert world.judge(folder, f"swapped {one} {other} {number}") == (healed(one) and healed(other))
    for name in names:
        folder = world.copy()
        shutil.copyfile(world.old / name, folder / name)
        assert world.judge(folder, f"old {name}") == healed(name), name
    for name in names:
        folder = world.copy()
        (folder / name).rename(folder / f"x{name}")
        assert world.judge(folder, f"renamed {name}") == healed(name), name
    folder = world.copy()
    for name in ("keys.age", "keys.bak", "ops-0001.pak", "ops-0001.bak"):
        shutil.copyfile(world.old / name, folder / name)
    assert not world.judge(folder, "everything sealed is of the old bundle")
    folder = world.copy()
    folder.rename(folder.with_name("my photos (2)"))
    assert world.judge(folder.parent.parent, "folder renamed: its name means nothing")


def sign(folder: Path, outer: bytes, keys: StationKeys) -> None:
    """Put a manifest with both copies, signatures and DONE into a bundle, as the station with ``keys`` would."""
    import hashlib

    number = json.loads(outer)["bundle"]
    signature = minisign.sign(
        outer, key_id=keys.station[:8], comment=f"ranger bundle {number}", sign=keys.signer.sign
    )
    for base in (manifest.OUTER, manifest.OUTER_COPY):
        (folder / base).write_bytes(outer)
        (folder / (base + manifest.SIGNATURE)).write_bytes(signature)
    (folder / manifest.DONE).write_text(hashlib.sha256(outer).hexdigest() + "\n", encoding="ascii")


def test_forged_manifests(world: World) -> None:
    partner, stranger = world.sender.keys, world.stranger.keys
    text = (world.good / manifest.OUTER).read_bytes()
    plain = json.loads(text)

    def changed(**fields: object) -> bytes:
        return json.dumps({**plain, **fields}).encode()

    def part(**fields: object) -> bytes:
        parts = [dict(one) for one in plain["parts"]]
        parts[-1] |= fields
        return changed(parts=parts)

    wrong = [
        changed(bundle="00" * 16),
        changed(counter=99),
        changed(counter=-1),
        changed(counter=2**70),
        changed(counter="1"),
        changed(format=0),
        changed(format=2),
        changed(format="one"),
        changed(parts=[]),
        changed(parts=plain["parts"] * 2),
        changed(parts=plain["parts"][:1]),
        changed(parts=plain["parts"][:-1]),
        changed(parts=list(reversed(plain["parts"]))),
        changed(parts="none"),
        part(name="../../station.key"),
        part(name="..\\..\\station.key"),
        part(name="/etc/hostname"),
        part(name="C:\\windows\\win.ini"),
        part(name="media-0001.pak/../../x"),
        part(name="media-0001.PAK"),
        part(name="media-0001.pak\n"),
        part(name="мedia-0001.pak"),
        part(copy="../x"),
        part(copy="ops-0001.pak"),
        part(name=None),
        part(size=-1),
        part(size=2**80),
        part(size=0),
        part(sha256="0" * 64),
        part(sha256="zz"),
        b"",
        b"null",
        b"[]",
        b"{}",
        b"[" * 200_000,
        b'{"format": 1' + b" " * manifest.LIMIT,
        b"\xff\xfe\x00",
        text[:-20],
        text[:1],
    ]
    for number, outer in enumerate(wrong):
        for keys in (partner, stranger):
            folder = world.copy()
            try:
                sign(folder, outer, keys)
            except (ValueError, KeyError, TypeError, RecursionError):
                for base in (manifest.OUTER, manifest.OUTER_COPY):
                    (folder / base).write_bytes(outer)
            assert not world.judge(folder, f"manifest {number}")
    folder = world.copy()
    sign(folder, text, stranger)
    assert not world.judge(folder, "the stranger's signature under the partner's name")
    assert world.refused >= 79
    folder = world.copy()
    sign(folder, changed(**{"from": stranger.station.hex()}), stranger)
    with pytest.raises(BundleProblem, match="BUNDLE_FROM_STRANGER"):
        run(read_bundles(world.fresh(), folder))


@dataclass
class Crafted:
    """A bundle that the partner itself signed, with something wrong inside."""

    world: World

    def write(self, group: Callable[[packs.PackWriter, BundleWriter], None], **contents: object) -> Path:
        world = self.world
        station = world.sender.station
        shutil.rmtree(world.folder / "crafted", ignore_errors=True)
        sender = Sender(station.id, station.incarnation, world.sender.keys.signer.sign)
        writer = BundleWriter(world.folder / "crafted", sender, 50)
        group(writer._ops, writer)
        fields = {"holds": [], "cards": [], "created": 1, "operations": 1, "media": 0} | contents
        receiver = Receiver(world.receiver_id, world.receiver_sealing)
        for _step in writer.finish([receiver], Contents(**fields)):  # type: ignore[arg-type]
            pass
        return writer.folder


def test_partner_that_lies(world: World) -> None:
    crafted = Crafted(world)
    bomb = zstandard.ZstdCompressor().compress(bytes(packs.LARGEST_GROUP + 1))
    large = zstandard.ZstdCompressor().compress(bytes(200))
    endless = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1 << 27))
    groups = [
        bomb,
        endless,
        large,
        b"",
        b"no zstd",
        bomb[:100],
        zstandard.ZstdCompressor().compress(b"\xff" * 12 + b"x"),
        zstandard.ZstdCompressor().compress(b"\0\0\0\1"),
    ]
    for number, content in enumerate(groups):
        folder = crafted.write(lambda pack, writer, c=content: pack.add(writer._sealer.seal(c)))  # type: ignore[misc]
        assert not world.judge(folder, f"group {number}")
    folder = crafted.write(lambda pack, writer: pack.add(b"not a frame at all" * 10))
    assert not world.judge(folder, "no frame")
    whole = next(iter(groups))
    folder = crafted.write(lambda pack, writer: pack.add(writer._sealer.seal(whole)[:-1]))
    assert not world.judge(folder, "cut frame")

    def forged(pack: packs.PackWriter, writer: BundleWriter) -> None:
        with world.sender.read() as db:
            head, signature = db.conn.execute("SELECT head, signature FROM batch LIMIT 1").fetchone()
        for _done in writer.add_batches([(head, signature, b"\x94")]):
            pass

    assert not world.judge(crafted.write(forged), "a batch whose body is not what was signed")
    for cards in (["{}"], ["x"], [json.dumps({"ranger_card": 1})], ["[" * 50_000]):
        assert not world.judge(crafted.write(lambda pack, writer: None, cards=cards), "a bad card")
    for holds in ([("00", "00", [1, 2])], [("0" * 32, "0" * 16, [5, 2])], [("0" * 32, "0" * 16, [1])]):
        assert not world.judge(crafted.write(lambda pack, writer: None, holds=holds), "bad holds")


def test_inner_and_outer_must_agree(world: World) -> None:
    other = world.copy()
    outer = manifest.read_outer((other / manifest.OUTER).read_bytes())
    old = manifest.read_outer((world.old / manifest.OUTER).read_bytes())
    keys_of_old = next(part for part in old.parts if part.name == manifest.KEYS)
    parts: list[Part] = [keys_of_old, *outer.parts[1:]]
    for name in (manifest.KEYS, manifest.KEYS_COPY):
        shutil.copyfile(world.old / name, other / name)
    sign(other, manifest.write(Outer(1, outer.bundle, outer.station, outer.counter, parts)), world.sender.keys)
    assert not world.judge(other, "keys of another bundle")


def test_links_folders_and_pipes_are_refused(world: World) -> None:
    outside = world.folder / "outside"
    outside.mkdir()
    for path in files(world.good):
        folder = world.copy()
        victim = folder / path.name
        target = outside / path.name
        shutil.copyfile(victim, target)
        victim.unlink()
        try:
            victim.symlink_to(target)
        except OSError:
            pytest.skip("no links here")
        assert world.judge(folder, f"link {path.name}") == healed(path.name), path.name
        victim.unlink()
        victim.mkdir()
        assert world.judge(folder, f"folder {path.name}") == healed(path.name), path.name
        victim.rmdir()
        if sys.platform != "win32":
            os.mkfifo(victim)
            assert world.judge(folder, f"pipe {path.name}") == healed(path.name), path.name
    linked = world.folder / "linked" / "exchange"
    linked.mkdir(parents=True)
    (linked / world.good.name).symlink_to(world.good)
    assert not world.judge(linked.parent, "a link instead of the bundle's folder")


def test_places_without_a_bundle(world: World, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"a file in place of the folder")
    empty = tmp_path / "empty"
    (empty / "exchange").mkdir(parents=True)
    for place in (file, empty, empty / "exchange", tmp_path / "nowhere", file / "below", tmp_path / "a\0b"):
        with pytest.raises(BundleProblem, match="NO_BUNDLE"):
            run(read_bundles(world.fresh(), place))
    stick = tmp_path / "odd"
    (stick / "exchange").mkdir(parents=True)
    (stick / "exchange" / world.good.name).write_bytes(b"a file in place of the bundle")
    assert not world.judge(stick, "file for folder")


def test_reading_leaves_the_stick_alone(world: World) -> None:
    folder = world.copy()
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    assert world.judge(folder, "read only")
    folder.chmod(0o755)
    assert before == {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
