"""Thousands of damaged, forged and hostile bundles, drawn by a seed: what each does to the library that reads it.

Run as a program it does so in a process of its own and prints what that took: ``python -m tests.sync.mutations 5000``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from ranger_app.actions import records
from ranger_app.actions.bundle_read import ReadReport, read_bundles
from ranger_app.actions.bundle_verify import verify_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.domain import batch as batches
from ranger_app.domain.kinds import BY_NAME
from ranger_app.domain.ops import Op
from ranger_app.errors import RangerError
from ranger_app.jobs import run
from ranger_app.keys import StationKeys
from ranger_app.library import Library
from ranger_app.store.statehash import state_hash
from ranger_app.sync import agekeys, manifest, minisign, packs
from ranger_app.sync.files import hash_file
from ranger_app.sync.manifest import Outer, Part
from ranger_app.sync.problems import BundleProblem
from ranger_app.sync.sealing import MAGIC, Sealer
from ranger_app.sync.writer import INNER_CONTEXT
from tests.benchmarks import memory

Add = Callable[..., list[str]]


def facts(library: Library) -> tuple[object, ...]:
    """What a refused bundle must leave as it was."""
    with library.read() as db:
        rows = [db.conn.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in _TABLES]
        names = sorted(path.name for path in library.folder.rglob("*") if path.is_file() and "ranger" not in path.name)
        return (state_hash(db), *rows, names)


_TABLES = ("batch", "station", "journal", "damaged", "quarantine", "revocation", "receipt")


def attempt(library: Library, place: Path, *, partial: bool = False) -> ReadReport | RangerError:
    """Read, or be told why not; any other exception fails the test."""
    try:
        return run(read_bundles(library, place, partial=partial))
    except RangerError as problem:
        return problem


def is_one_sentence(problem: RangerError) -> bool:
    """Whether a person is told in a few words what is wrong and what to do."""
    said = str(problem)
    return said.startswith(f"{problem.code}: ") and said.endswith(".") and "\n" not in said and len(said) < 500


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
        self.receiver_secret = template.keys.sealing_secret
        template.close()
        add_pictures(self.sender, 2)
        self.old = self.write("old")
        add_pictures(self.sender, 3, first=10)
        for number in range(20):
            records.add(self.sender, "location", {"name": f"Hide {number}", "remarks": os.urandom(200).hex()})
        self.good = self.write("good")
        with self.sender.read() as db:
            self.wanted = state_hash(db)
            self.known = [row[0] for row in db.conn.execute("SELECT id FROM media UNION SELECT id FROM observation")]
        self.receiver: Library | None = None
        self.taken = 0
        self.refused = 0

    def write(self, stick: str) -> Path:
        """Write a bundle with all there is."""
        request = WriteRequest(self.folder / stick, (self.receiver_id,), "originals")
        folder = run(write_bundle(self.sender, request)).folder
        assert folder is not None
        return folder

    def fresh(self) -> Library:
        """The receiver, which has taken nothing yet."""
        if self.receiver is None:
            shutil.rmtree(self.folder / "receiver", ignore_errors=True)
            shutil.copytree(self.folder / "template", self.folder / "receiver")
            self.receiver = Library.open(self.folder / "receiver")
            self.receiver.db.conn.execute("PRAGMA synchronous=OFF")  # no power cut is tested here
            self.before = facts(self.receiver)
        return self.receiver

    def used(self) -> None:
        """The receiver took something: the next one is new."""
        if self.receiver is not None:
            self.receiver.close()
        self.receiver = None
        self.taken += 1

    def copy(self) -> Path:
        """A fresh copy of the good bundle on a stick."""
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
        if isinstance(outcome, RangerError):
            assert isinstance(outcome, BundleProblem), (what, outcome)
            assert outcome.exit_status == 3
            assert is_one_sentence(outcome), (what, str(outcome))
            assert facts(receiver) == self.before, what
            assert not verified or outcome.code in ("BUNDLE_NOT_VALID", "BUNDLE_NOT_FOR_US"), (what, str(outcome))
            self.refused += 1
            return False
        report = outcome
        with receiver.read() as db:
            assert state_hash(db) == self.wanted, what
        assert (report.damaged, report.originals, report.thumbnails) == (0, 5, 5), what
        assert report.new == 27, what
        assert verified, what
        self.used()
        return True

    def close(self) -> None:
        """Close all libraries."""
        for library in (self.sender, self.stranger, self.receiver):
            if library is not None:
                library.close()


def healed(name: str) -> bool:
    """Whether a second copy stands for this file."""
    return not name.startswith(("thumbs", "media", "DONE"))


def files(folder: Path) -> list[Path]:
    """The files of a bundle that count."""
    return sorted(path for path in folder.iterdir() if path.name != manifest.READ_ME)


def sign(folder: Path, outer: bytes, keys: StationKeys) -> None:
    """Put a manifest with both copies, signatures and DONE into a bundle, as the station with ``keys`` would."""
    number = json.loads(outer)["bundle"]
    signature = minisign.sign(outer, key_id=keys.station[:8], comment=f"ranger bundle {number}", sign=keys.signer.sign)
    for base in (manifest.OUTER, manifest.OUTER_COPY):
        (folder / base).write_bytes(outer)
        (folder / (base + manifest.SIGNATURE)).write_bytes(signature)
    (folder / manifest.DONE).write_text(hashlib.sha256(outer).hexdigest() + "\n", encoding="ascii")


@dataclass
class Tally:
    """What a run of mutations came to."""

    drawn: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    taken: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0


class Fuzz:
    """Draws mutations. Outer ones touch the stick alone; inner ones are signed by the partner itself."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.seed, self.chance = world, seed, random.Random(seed)
        self.tally = Tally()
        keys = agekeys.unseal((world.good / manifest.KEYS).read_bytes(), world.receiver_secret)
        assert keys is not None
        self.inner = manifest.read_inner(keys[64:])
        self.sealer = Sealer(bytes.fromhex(self.inner.bundle), bytes.fromhex(self.inner.key))

    def step(self, number: int) -> None:
        """The mutation with this number, read and judged."""
        self.chance = random.Random(f"{self.seed} {number}")
        draw = self.chance.choices((self._outer, self._outer_signed, self._inner), (5, 1, 4))[0]
        folder = self.world.copy()
        start = time.perf_counter()
        what = draw(folder)
        self.tally.drawn[what] += 1
        # The seal is right and so is the signature: what is inside may be taken, if it can be.
        self._judge(folder, what, hostile=draw == self._inner)
        self.tally.slowest = max(self.tally.slowest, time.perf_counter() - start)

    def _judge(self, folder: Path, what: str, *, hostile: bool) -> None:
        world = self.world
        receiver = world.fresh()
        partial = self.chance.random() < 0.2
        with contextlib.suppress(BundleProblem):
            run(verify_bundles(receiver, folder))
        outcome = attempt(receiver, folder.parent.parent if self.chance.random() < 0.3 else folder, partial=partial)
        if isinstance(outcome, RangerError):
            assert isinstance(outcome, BundleProblem), (what, outcome)
            assert is_one_sentence(outcome), (what, str(outcome))
            assert facts(receiver) == world.before, what
            self.tally.refused += 1
            self.tally.codes[outcome.code] += 1
            return
        with receiver.read() as db:
            after = state_hash(db)
            assert db.conn.execute("PRAGMA quick_check").fetchone() == ("ok",), what
        if not hostile and not partial:
            assert after == world.wanted, what
            assert outcome.damaged == 0, what
        assert not list((receiver.vault / "incoming").glob("*")), what
        assert run(read_bundles(receiver, folder, partial=True)).new == 0, what  # once more changes nothing
        with receiver.read() as db:
            assert state_hash(db) == after, what
        self.tally.taken += 1
        world.used()

    # -- what happens to a stick ---------------------------------------------------------------------------------

    def _outer(self, folder: Path) -> str:
        chance, path = self.chance, self.chance.choice(files(folder))
        data = path.read_bytes()
        number = chance.randrange(11)
        if number == 0:
            for _flip in range(chance.choice((1, 1, 1, 5, 50))):
                at = chance.randrange(len(data))
                data = data[:at] + bytes((data[at] ^ 1 << chance.randrange(8),)) + data[at + 1 :]
            path.write_bytes(data)
        elif number == 1:
            path.write_bytes(data[: chance.randrange(len(data))])
        elif number == 2:
            path.write_bytes(data + chance.choice((data, chance.randbytes(5000), bytes(70_000))))
        elif number == 3:
            start, length = chance.randrange(len(data)), chance.randrange(1, 5000)
            path.write_bytes(data[:start] + bytes(min(length, len(data) - start)) + data[start + length :])
        elif number == 4:  # a stretch twice, or left out
            start, end = sorted(chance.randrange(len(data) + 1) for _end in range(2))
            path.write_bytes(data[:end] + chance.choice((data[start:end], b"")) + data[start if start else end :])
        elif number == 5:
            path.unlink()
        elif number == 6:
            other = chance.choice(files(folder))
            between = other.read_bytes()
            other.write_bytes(data)
            path.write_bytes(between)
        elif number == 7:
            old = chance.choice(files(self.world.old))
            shutil.copyfile(old, folder / chance.choice((old.name, path.name)))
        elif number == 8:
            self._replace(path)
        elif number == 9:
            new = chance.choice((path.name.upper(), f"{path.name} ", f"x{path.name}", path.name[:-1], "ops-9999.pak"))
            path.rename(folder / new)
        else:
            self._clutter(folder)
        return f"stick {number}"

    def _replace(self, path: Path) -> None:
        outside = self.world.folder / "outside"
        shutil.copyfile(path, outside)
        path.unlink()
        draw = self.chance.randrange(4)
        if draw == 0:
            path.symlink_to(outside)
        elif draw == 1:
            path.symlink_to("/dev/zero")
        elif draw == 2:
            path.mkdir()
        else:
            os.mkfifo(path)

    def _clutter(self, folder: Path) -> None:
        for _number in range(self.chance.randrange(1, 30)):
            name = self.chance.choice(
                ("DONE ", "._DONE", "Thumbs.db", "ops-0002.pak", "bundle.json~", "é", "media-1.pak")
            )
            (folder / f"{name}{self.chance.randrange(3) or ''}").write_bytes(self.chance.randbytes(50))
        (folder.parent / f"{self.chance.randrange(99)}").mkdir()

    # -- a manifest that is rightly signed -------------------------------------------------------------------------

    def _outer_signed(self, folder: Path) -> str:
        chance = self.chance
        plain = json.loads((folder / manifest.OUTER).read_bytes())
        target: Any = plain if chance.random() < 0.3 else chance.choice(plain["parts"])
        name = chance.choice(list(target))
        odd = target[name] = chance.choice(_ODD)
        if chance.random() < 0.2:
            plain["parts"] = plain["parts"] * chance.choice((0, 2, 20 if odd == _LONG else 3000))
        if chance.random() < 0.1:
            plain["more"] = "x" * chance.choice((10, 100_000, manifest.LIMIT))
        text = json.dumps(plain).encode("utf-8", "surrogatepass")
        if chance.random() < 0.1:
            text = text[: chance.randrange(len(text))]
        try:
            sign(folder, text, self.world.sender.keys)
        except (ValueError, KeyError, TypeError, UnicodeError):
            (folder / manifest.OUTER).write_bytes(text)
            (folder / manifest.OUTER_COPY).write_bytes(text)
        return f"manifest {name}"

    # -- content that the partner itself signed ----------------------------------------------------------------------

    def _inner(self, folder: Path) -> str:
        chance = self.chance
        fields: dict[str, Any] = {}
        draw = chance.randrange(8)
        if draw == 0:  # the frames of a part, whatever is in them
            path = chance.choice([path for path in files(folder) if path.suffix == ".pak"])
            data = bytearray(path.read_bytes())
            for _change in range(chance.randrange(1, 4)):
                self._change_frame(data)
            path.write_bytes(data)
        elif draw == 1:
            self._put(folder, "ops", [self._group()])
        elif draw == 2:
            self._put(folder, "ops", [self._packed([self._batch(self._ops(), 1)])])
        elif draw == 3:
            many = [self._batch(self._ops(), number) for number in range(1, chance.randrange(2, 6))]
            self._put(folder, "ops", [self._packed(many)], more=True)
        elif draw == 4:
            self._put(folder, "thumbs", [self._picture() for _number in range(3)])
        elif draw == 5:
            self._put(folder, "media", [self._piece() for _number in range(3)])
        elif draw == 6:
            self._put(folder, "index", [chance.randbytes(chance.randrange(200)), b"ops\0\0\0\0\0" + bytes(32)])
        else:
            name = chance.choice(("holds", "cards", "void", "statements", "partial", "operations", "media", "to"))
            fields[name] = self._odd_inner(name)
        self._reseal(folder, fields)
        return f"signed {draw} {''.join(fields)}"

    def _change_frame(self, data: bytearray) -> None:
        chance = self.chance
        starts = []
        at = data.find(MAGIC)
        while at >= 0:
            starts.append(at)
            at = data.find(MAGIC, at + 1)
        if not starts:
            return
        start = chance.choice(starts)
        kind = chance.randrange(4)
        if kind == 0:  # the length
            struct.pack_into(">Q", data, start + 38, chance.choice((0, 1, 2**40, 2**63, chance.randrange(10_000_000))))
        elif kind == 1:
            data[start + chance.randrange(46)] ^= 1 << chance.randrange(8)
        elif kind == 2:  # two frames change places, or one comes again
            other = chance.choice(starts)
            data[start:start] = data[other : other + chance.randrange(60_000)]
        else:
            del data[start : start + chance.randrange(2000)]

    def _group(self) -> bytes:
        chance = self.chance
        compress = zstandard.ZstdCompressor().compress
        with_batches = self._packed([self._batch(self._ops(), 1)])
        return chance.choice(
            (
                lambda: compress(bytes(chance.choice((1 << 20, packs.LARGEST_GROUP, packs.LARGEST_GROUP + 1)))),
                lambda: zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1 << 27)),
                lambda: compress(chance.randbytes(200)),
                lambda: compress(
                    struct.pack(">III", *(chance.choice((0, 1, 90, 2**31, 2**32 - 1)) for _n in range(3)))
                ),
                lambda: with_batches[: chance.randrange(len(with_batches))],
                lambda: with_batches + with_batches,
                lambda: chance.randbytes(chance.randrange(300)),
            )
        )()

    def _packed(self, many: list[tuple[bytes, bytes, bytes]]) -> bytes:
        ((group, _number),) = packs.pack_batches(many)
        return group

    def _batch(self, ops: list[Op], n: int) -> tuple[bytes, bytes, bytes]:
        """A batch of the sender, signed, of an incarnation of its own."""
        chance, keys = self.chance, self.world.sender.keys
        meta = batches.Meta(chance.choice((None, b"p" * 16)), chance.choice(("", "x", "x" * 100_000)))
        writer, seen = (keys.station, b"fuzzfuzz"), chance.choice(({}, {(b"s" * 16, b"i" * 8): [(1, 2**53)]}))
        prev, hlc = chance.choice((bytes(32), b"p" * 32)), chance.choice((0, 1, 2**62))

        def seal(some: list[Op]) -> batches.Sealed:
            return batches.seal(some, key=keys.signer, writer=writer, n=n, prev=prev, seen=seen, hlc=hlc, meta=meta)[0]

        try:
            sealed = seal(ops)
        except OverflowError:  # a place that far off the Earth cannot be written at all
            sealed = seal([])
        if chance.random() < 0.7:
            return sealed.head, sealed.signature, sealed.body
        values = list(msgspec.msgpack.decode(sealed.head))
        odd = [one for one in _ODD if one not in (2**70, "\ud800")]
        values[chance.randrange(len(values))] = chance.choice((*odd, [9, 9], ["purge"], ["x"], 2**53, b"x" * 16))
        head = msgspec.msgpack.encode(values)
        body = chance.choice((sealed.body, b"\x93\x02" + sealed.body[2:], sealed.body[:-1], b"", b"\xc0" * 50))
        return head, keys.signer.sign(head), body

    def _ops(self) -> list[Op]:
        """Operations of any kind with values of any type, some of them on records that the good bundle makes."""
        chance, found = self.chance, []
        for _number in range(chance.randrange(1, 12)):
            kind = chance.choice(list(BY_NAME.values()))
            names = chance.sample(kind.columns, min(len(kind.columns), chance.randrange(1, 7)))
            if chance.random() < 0.1:
                names.append(chance.choice(("new_field", "deleted", "id", "key", '"; DROP', "", "x" * 1000)))
            fields = {name: self._value() for name in names}
            record = chance.choice((*self.world.known, chance.randbytes(16), b"same" * 4))
            action: Any = chance.choice(("create", "create", "set", "purge"))
            name = kind.name if chance.random() < 0.95 else chance.choice(("spaceship", "", "sqlite_master", "batch"))
            found.append(Op(action, name, record, {} if action == "purge" else fields, chance.choice(("", "x"))))
        return found

    def _value(self) -> Any:
        chance = self.chance
        ids = [chance.choice(self.world.known).hex() for _number in range(3)]
        return chance.choice(
            (
                None, 0, 1, -1, 2**63 - 1, -(2**63), "", "x", "\0", "я" * 3000, b"", b"x", b"i" * 16,
                chance.choice(self.world.known), "[]", "{}", "null", "[1]", '["zz"]', json.dumps(ids), '[["a"',
                "human", "animal", "machine", "settled", "2026-05-01T10:00:00", "9999-99-99T99:99:99", "NaN",
                '[{"from": 1}]', "a" * 64, "../../x", chance.randbytes(40),
            )
        )  # fmt: skip

    def _picture(self) -> bytes:
        chance = self.chance
        key = chance.choice((chance.randbytes(32), bytes(16) + chance.choice(self.world.known), b"short"))
        with self.world.sender.read() as db:
            hashes = [row[0] for row in db.conn.execute("SELECT sha256 FROM media WHERE sha256 IS NOT NULL")]
        if chance.random() < 0.6:
            key = bytes.fromhex(chance.choice(hashes))
        huge = b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xd9"
        return key + chance.choice((b"", huge, b"\xff\xd8\xff\xd9", chance.randbytes(2000), bytes(packs.LARGEST_THUMB)))

    def _piece(self) -> bytes:
        chance = self.chance
        head = struct.pack(
            ">32sQQ", chance.randbytes(32), chance.choice((0, 1, 100, 2**40, 2**64 - 1)), chance.choice((0, 5, 2**60))
        )
        return chance.choice((head + chance.randbytes(100), self._picture(), b"", head[:20]))

    def _odd_inner(self, name: str) -> Any:
        chance = self.chance
        station, incarnation = "0" * 32, "1" * 16
        run_of = (station, incarnation, chance.choice((0, 1, 5)), chance.choice((1, 5, 2**53)), "ff")
        odd: dict[str, list[Any]] = {
            "holds": [[(station, incarnation, [1, 2])], [("00", "00", [1, 2])], [(station, incarnation, [5, 2])],
                      [(station, incarnation, [1])], [(station, incarnation, [1, 2])] * 50_000],
            "cards": [["{}"], ["x"], ["[" * 50_000], ["{" * 9999] * 50, [json.dumps({"ranger_card": 1})]],
            "void": [["0" * 32] * 1000, ["zz"]],
            "statements": [["x"], ["{" * 50_000], ['{"ranger_receipt": 1'], ['{"ranger_receipt": 1}'],
                           ['{"ranger_revocation": 1, "station": 5}'], ["RGR1:" + "A" * 500], ["\0"] * 9000],
            "partial": [[run_of], [run_of, run_of], [("0", "1", 1, 1, "")], [(station, incarnation, 1, 1, "zz")]],
            "operations": [0, 2**53, -1],
            "media": [0, 2**53],
            "to": [["0" * 32], [], [self.world.receiver_id.hex()] * 900],
        }  # fmt: skip
        return chance.choice(odd[name])

    def _put(self, folder: Path, kind: str, contents: list[bytes], *, more: bool = False) -> None:
        frames = b"".join(self.sealer.seal(content) for content in contents)
        path = folder / f"{kind}-0001.pak"
        path.write_bytes((path.read_bytes() if more else b"") + frames)
        if path.with_suffix(".bak").exists():
            shutil.copyfile(path, path.with_suffix(".bak"))

    def _reseal(self, folder: Path, fields: dict[str, Any]) -> None:
        """Sign everything that lies there as the partner would."""
        keys = self.world.sender.keys
        parts: list[Part] = []
        for part in manifest.read_outer((folder / manifest.OUTER).read_bytes()).parts:
            path = folder / part.name
            if part.name != manifest.KEYS:
                if part.copy is not None:
                    shutil.copyfile(path, folder / part.copy)
                parts.append(Part(part.name, part.copy, path.stat().st_size, _sha256(path)))
        plain = msgspec.to_builtins(self.inner) | {"parts_sha256": manifest.parts_hash(parts)} | fields
        inner = json.dumps(plain).encode()
        sealed = agekeys.seal(keys.signer.sign(INNER_CONTEXT + inner) + inner, [self.world.receiver_sealing])
        for name in (manifest.KEYS, manifest.KEYS_COPY):
            (folder / name).write_bytes(sealed)
        first = Part(manifest.KEYS, manifest.KEYS_COPY, len(sealed), hashlib.sha256(sealed).hexdigest())
        bundle, station = self.inner.bundle, self.inner.station
        sign(folder, manifest.write(Outer(1, bundle, station, self.inner.counter, [first, *parts])), keys)


_LONG = "x" * 70_000
_ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**53, 2**70, "", "x", "../../station.key", "C:\\x", "/etc/passwd", "ops-0001.pak", "DONE",
    "media-0001.pak\n", "media-0001.pak", "\ud800", [], {}, [[]], "0" * 64, _LONG,
)  # fmt: skip


def _sha256(path: Path) -> str:
    job = hash_file(path, path.stat().st_size)
    while True:
        try:
            next(job)
        except StopIteration as stop:
            return str(stop.value)


def main(number: int, seed: int = 1, only: int | None = None) -> int:
    """Run ``number`` mutations, or one of them, and print a line of JSON."""
    from tests.sync.conftest import add_pictures, pair

    os.fsync = lambda _handle: None  # no power cut is tested here
    with tempfile.TemporaryDirectory(prefix="ranger-fuzz-") as folder:
        world = World(Path(folder), add_pictures, pair)
        begin = memory.peak()
        fuzz = Fuzz(world, seed)
        start = time.perf_counter()
        failures: list[str] = []
        for at in [only] if only is not None else range(number):
            try:
                fuzz.step(at)
            except Exception:
                failures.append(f"seed {seed}, number {at}: {traceback.format_exc()}")
                world.used()
        seconds = time.perf_counter() - start
        world.close()
    tally = fuzz.tally
    print("\n".join(failures[:10]), file=sys.stderr)
    print(
        json.dumps(
            {
                "failures": len(failures),
                "mutations": number,
                "refused": tally.refused,
                "taken": tally.taken,
                "seconds": round(seconds, 1),
                "slowest": round(tally.slowest, 2),
                "memory_before": round(begin),
                "memory": round(memory.peak()),
                "codes": dict(tally.codes),
                "drawn": dict(sorted(tally.drawn.items())),
            }
        )
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
