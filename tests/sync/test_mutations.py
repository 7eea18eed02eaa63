"""Damaged, forged and hostile bundles: each is refused in one sentence with nothing changed, or healed whole.

Kinds of damage that are written out here, and as many drawn at random as there is time for (``mutations``).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zstandard

from ranger_app.actions.bundle_read import read_bundles
from ranger_app.jobs import run
from ranger_app.sync import manifest, packs
from ranger_app.sync.manifest import Outer, Part
from ranger_app.sync.problems import BundleProblem
from ranger_app.sync.writer import BundleWriter, Contents, Receiver, Sender
from tests.sync.mutations import World, files, healed, sign

Add = Callable[..., list[str]]
LONG = os.environ.get("RANGER_LONG") == "1"


@pytest.fixture
def world(
    tmp_path: Path, pictures: Add, pairing: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    monkeypatch.setattr(os, "fsync", lambda _handle: None)
    made = World(tmp_path, pictures, pairing)
    yield made
    made.close()


def flip(path: Path, at: int, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= bit
    path.write_bytes(data)


def test_any_changed_byte(world: World) -> None:
    chance = random.Random(20261)
    names = [path.name for path in files(world.good)]
    cases = [(name, number) for name in names for number in range(8)]
    for name, number in cases:
        folder = world.copy()
        path = folder / name
        size = path.stat().st_size
        at = {0: 0, 1: size - 1}.get(number, chance.randrange(size))
        flip(path, at, 1 << chance.randrange(8))
        assert world.judge(folder, f"{name} byte {at}") == healed(name), (name, at)
    assert world.taken + world.refused >= 100
    assert world.taken > 50
    assert world.refused > 20


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
    pairs = (
        ("keys.age", "keys.bak"),
        ("ops-0001.pak", "ops-0001.bak"),
        ("bundle.json", "bundle.bak"),
        ("bundle.json.minisig", "bundle.bak.minisig"),
    )
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


def test_mutations_drawn_at_random() -> None:
    """In a process of its own, so that its memory can be told from that of the tests."""
    number = 6000 if LONG else 300
    seed = random.randrange(1 << 30) if LONG else 1
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "tests.sync.mutations", str(number), str(seed)],
        cwd=root, capture_output=True, encoding="utf-8", timeout=7200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-6000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["mutations"] == number
    assert told["refused"] > number // 5
    assert told["taken"] > number // 5
    if LONG:
        print(told)
    assert told["memory"] < 300, told
    assert told["slowest"] < 20, told
