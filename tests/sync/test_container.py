"""The pieces of a bundle by themselves, and against the stock programs where these are installed."""

from __future__ import annotations

import hashlib
import io
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ranger_app.keys import StationKeys
from ranger_app.paths import resource
from ranger_app.sync import agekeys, cards, holds, manifest, minisign, packs
from ranger_app.sync.packs import PackWriter
from ranger_app.sync.sealing import CHUNK, MAGIC, FrameDamaged, FrameHead, Sealer, frame_size, read_head


def test_age_keys_are_written_as_age_writes_them() -> None:
    for _number in range(20):
        keys = StationKeys.new()
        identity = pyrage.x25519.Identity.from_str(agekeys.identity(keys.sealing_secret))
        assert str(identity) == agekeys.identity(keys.sealing_secret)
        assert str(identity.to_public()) == agekeys.recipient(keys.sealing)


def test_seal_for_several_and_nobody_else() -> None:
    one, other, third = StationKeys.new(), StationKeys.new(), StationKeys.new()
    sealed = agekeys.seal(b"inside", [one.sealing, other.sealing])
    assert agekeys.unseal(sealed, one.sealing_secret) == b"inside"
    assert agekeys.unseal(sealed, other.sealing_secret) == b"inside"
    assert agekeys.unseal(sealed, third.sealing_secret) is None
    for at in range(0, len(sealed), 7):
        damaged = bytearray(sealed)
        damaged[at] ^= 1
        assert agekeys.unseal(bytes(damaged), one.sealing_secret) is None
        assert agekeys.unseal(sealed[:at], one.sealing_secret) is None


def test_signature_file() -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    made = minisign.sign(b"manifest", key_id=b"12345678", comment="ranger bundle ab", sign=key.sign)
    assert minisign.verify(b"manifest", made, public) == "ranger bundle ab"
    assert minisign.verify(b"manifesT", made, public) is None
    assert minisign.verify(b"manifest", made.replace(b"bundle ab", b"bundle ac"), public) is None
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert minisign.verify(b"manifest", made, other) is None
    for text in (b"", b"\n\n\n\n", b"\xff" * 50, made[:-40], made + made):
        assert minisign.verify(b"manifest", text, public) is None


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_frame_round_trip(length: int) -> None:
    sealer = Sealer(b"b" * 16, b"k" * 32)
    content = random.Random(length).randbytes(length)
    frame = sealer.seal(content)
    assert len(frame) == frame_size(length)
    handle = io.BytesIO(frame)
    head = read_head(handle)
    assert head is not None
    assert head == FrameHead(sealer.frame_id(hashlib.sha256(content).digest()), length)
    assert b"".join(sealer.open_blocks(head, handle)) == content
    assert read_head(handle) is None


def test_frames_of_other_bundles_do_not_open() -> None:
    frame = Sealer(b"b" * 16, b"k" * 32).seal(b"content")
    for other in (Sealer(b"c" * 16, b"k" * 32), Sealer(b"b" * 16, b"l" * 32)):
        handle = io.BytesIO(frame)
        head = read_head(handle)
        assert head is not None
        with pytest.raises(FrameDamaged):
            list(other.open_blocks(head, handle))


def test_chunks_cannot_be_reordered_or_left_out() -> None:
    sealer = Sealer(b"b" * 16, b"k" * 32)
    frame = sealer.seal(random.Random(1).randbytes(3 * CHUNK))
    start, step = frame_size(3 * CHUNK) - 3 * (CHUNK + 16), CHUNK + 16
    pieces = [frame[start + at * step : start + (at + 1) * step] for at in range(3)]
    for order in ((1, 0, 2), (0, 2, 1), (0, 1), (0, 2), (0, 1, 1)):
        handle = io.BytesIO(frame[:start] + b"".join(pieces[at] for at in order))
        head = read_head(handle)
        assert head is not None
        with pytest.raises(FrameDamaged):
            list(sealer.open_blocks(head, handle))


def test_rescue_finds_the_frames_behind_damage(tmp_path: Path) -> None:
    sealer = Sealer(b"b" * 16, b"k" * 32)
    chance = random.Random(5)
    contents = [chance.randbytes(3000) + (MAGIC if number % 3 == 0 else b"") for number in range(12)]
    writer = PackWriter(tmp_path, "thumbs", 1 << 20)
    for content in contents:
        writer.add(sealer.seal(content))
    writer.finish()
    path = tmp_path / "thumbs-0001.pak"
    whole = path.read_bytes()
    assert [f.content(4000) for f in packs.read_frames(path, sealer)] == contents
    for _number in range(60):
        at = chance.randrange(len(whole) - 100)
        path.write_bytes(whole[:at] + bytes(100) + whole[at + 100 :])
        found = []
        for frame in packs.read_frames(path, sealer, rescue=True):
            try:
                found.append(frame.content(4000))
            except FrameDamaged:
                continue
        assert len(found) >= 10
        assert set(found) < set(contents)
        with pytest.raises(FrameDamaged):
            _ = [frame.content(4000) for frame in packs.read_frames(path, sealer)]
    path.write_bytes(whole[:50] + b"x" + whole[50:])
    assert len([f for f in packs.read_frames(path, sealer, rescue=True) if _opens(f)]) == 11


def _opens(frame: packs.Frame) -> bool:
    try:
        frame.content(4000)
    except FrameDamaged:
        return False
    return True


def test_groups_of_batches() -> None:
    chance = random.Random(3)
    batches = [
        (chance.randbytes(90), chance.randbytes(64), chance.randbytes(chance.randrange(300_000))) for _n in range(30)
    ]
    groups = list(packs.pack_batches(batches))
    assert len(groups) > 3
    assert sum(number for _group, number in groups) == 30
    assert [batch for group, _number in groups for batch in packs.unpack_batches(group)] == batches


def test_originals_larger_than_a_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "PIECE", 3 * CHUNK)
    sealer = Sealer(b"b" * 16, b"k" * 32)
    data = random.Random(8).randbytes(10 * CHUNK + 17)
    source = tmp_path / "film.mp4"
    source.write_bytes(data)
    for limit in (4 * CHUNK, 100 * CHUNK):
        writer = PackWriter(tmp_path, f"media{'x' * (limit // (50 * CHUNK))}", limit)
        job = packs.write_original(writer, sealer, source, hashlib.sha256(data).digest(), len(data))
        assert _value(job) == []
        writer.finish()
        assert all(part.size <= limit for part in writer.parts)
        back = b""
        for part in writer.parts:
            for frame in packs.read_frames(tmp_path / part.name, sealer):
                blocks = frame.blocks()
                _sha256, size, offset, first = packs.piece_head(next(blocks))
                assert (size, offset) == (len(data), len(back))
                back += first + b"".join(blocks)
        assert back == data


def _value(job: object) -> object:
    while True:
        try:
            next(job)  # type: ignore[call-overload]
        except StopIteration as stop:
            return stop.value


@pytest.mark.parametrize("in_memory", [0, 1 << 20])
@pytest.mark.parametrize("change", ["changed", "shorter", "longer", "gone"])
def test_an_original_that_is_not_itself_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, in_memory: int
) -> None:
    monkeypatch.setattr(packs, "IN_MEMORY", in_memory)
    data = random.Random(9).randbytes(CHUNK + 100)
    now = {"changed": b"x" + data[1:], "shorter": data[:-1], "longer": data + b"x", "gone": None}[change]
    source = tmp_path / "a.jpg"
    if now is not None:
        source.write_bytes(now)
    writer = PackWriter(tmp_path, "media", 1 << 30)
    sealer = Sealer(b"b" * 16, b"k" * 32)
    assert _value(packs.write_original(writer, sealer, source, hashlib.sha256(data).digest(), len(data))) is None
    writer.finish()
    assert (writer.parts, list(tmp_path.glob("media*"))) == ([], [])


def test_an_original_that_changes_while_it_is_sealed_is_declared_void(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "IN_MEMORY", 0)
    data = random.Random(9).randbytes(5 * CHUNK)
    source = tmp_path / "a.jpg"
    source.write_bytes(data)
    writer = PackWriter(tmp_path, "media", 1 << 30)
    sealer = Sealer(b"b" * 16, b"k" * 32)
    job = packs.write_original(writer, sealer, source, hashlib.sha256(data).digest(), len(data))
    next(job)
    source.write_bytes(data[:-1] + b"x")
    assert _value(job) == [sealer.frame_id(hashlib.sha256(data).digest())]


def test_holds() -> None:
    one = {(b"a" * 16, b"1" * 8): [(1, 10), (20, 30)], (b"b" * 16, b"1" * 8): [(1, 5)]}
    other = {(b"a" * 16, b"1" * 8): [(5, 22), (30, 99)]}
    assert holds.common([one, other]) == {(b"a" * 16, b"1" * 8): [(5, 10), (20, 22), (30, 30)]}
    assert holds.common([]) == {}
    first, second = holds.said(b"i" * 8, 4, one), holds.said(b"i" * 8, 5, other)
    assert holds.newer(first, second) is second
    assert holds.newer(second, first) is second
    restored = holds.newer(first, holds.said(b"j" * 8, 1, other))
    assert restored == holds.said(b"j" * 8, 1, holds.common([one, other]))
    assert holds.from_bytes(holds.to_bytes(restored)) == restored
    assert holds.from_bytes(b"rubbish") is None


def test_confirmation_digits_are_the_same_on_both_sides() -> None:
    one, other = StationKeys.new().station, StationKeys.new().station
    digits = cards.confirmation_digits(one, other)
    assert digits == cards.confirmation_digits(other, one)
    assert len(digits.replace(" ", "")) == 20
    assert cards.same_digits(digits, digits.replace(" ", "-"))
    assert not cards.same_digits(digits, digits[:-1])
    assert digits != cards.confirmation_digits(one, StationKeys.new().station)


def _card(keys: StationKeys) -> str:
    return cards.write_card(
        name="Заповедник 1",
        country="RU",
        utc_offset=600,
        signing=keys.signing,
        sealing=keys.sealing,
        issued=5,
        sign=keys.signer.sign,
    )


def test_card_round_trip_and_forgeries() -> None:
    import json

    keys, other = StationKeys.new(), StationKeys.new()
    text = _card(keys)
    card = cards.read_card(text)
    assert (card.name, card.station, card.sealing) == ("Заповедник 1", keys.station, keys.sealing)
    content = json.loads(text)
    for name, value in (
        ("name", "Other"), ("name", ""), ("name", "a\nb"), ("sealing", other.sealing.hex()), ("country", "RUSSIA"),
        ("station", other.station.hex()), ("signing", other.signing.hex()), ("utc_offset", 6e2), ("utc_offset", True),
        ("issued", -1), ("signature", "zz"), ("ranger_card", 0),
    ):  # fmt: skip
        with pytest.raises(cards.CardError):
            cards.read_card(json.dumps({**content, name: value}))
    for bad in ("", "[]", "{}", "null", "[" * 60_000, text[:-10], "x" * 100_000):
        with pytest.raises(cards.CardError):
            cards.read_card(bad)


def test_read_me_speaks_six_languages() -> None:
    text = resource("bundle", "READ-ME.txt").read_bytes().decode("utf-8-sig")
    for word in ("English", "Русский", "简体中文", "한국어", "Монгол", "日本語"):
        assert word in text
    assert text.count("DONE") == 6
    assert text.count("[") == 5  # unreviewed translations say so


def _stock(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def test_stock_minisign_checks_the_manifest(stations: Callable[..., object], pictures: Callable[..., object]) -> None:
    program = _stock("minisign")
    one, other = stations.new("One"), stations.new("Two", "CN")  # type: ignore[attr-defined]
    stations.pair(one, other)  # type: ignore[attr-defined]
    folder = stations.write(one, other).folder  # type: ignore[attr-defined]
    key = minisign.public_key(one.station.id[:8], one.station.signing)
    subprocess.run([program, "-V", "-P", key, "-m", str(folder / manifest.OUTER)], check=True)


def test_stock_age_opens_the_keys(tmp_path: Path) -> None:
    program = _stock("age")
    keys = StationKeys.new()
    (tmp_path / "id").write_text(agekeys.identity(keys.sealing_secret) + "\n", encoding="ascii")
    (tmp_path / "keys.age").write_bytes(agekeys.seal(b"inside", [keys.sealing]))
    command = [program, "-d", "-i", str(tmp_path / "id"), str(tmp_path / "keys.age")]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout == b"inside"


def test_stock_zstd_opens_a_group() -> None:
    program = _stock("zstd")
    ((group, _number),) = packs.pack_batches([(b"head", b"signature", b"body")])
    done = subprocess.run([program, "-dc"], input=group, capture_output=True, check=True)
    assert done.stdout.endswith(b"headsignaturebody")
