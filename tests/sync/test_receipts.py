"""Receipts: what is said is what is read, little of it fits a text message, and nobody else can say it."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ranger_app.domain import partial
from ranger_app.domain.intervals import Vector, covers
from ranger_app.sync import receipts
from ranger_app.sync.receipts import InPart, Receipt, ReceiptError

_dice = random.Random(4)
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
FRM, TO = _dice.randbytes(16), _dice.randbytes(16)
STUBS = partial.runs([(FRM, b"i" * 8, n, b"\x05") for n in (1, 2, 3, 9)])


def vector(stations: int, incarnations: int = 2, holes: int = 1) -> Vector:
    """What a station of so many stations holds after a season: thousands of batches, a few holes."""
    dice = random.Random(stations)
    found: Vector = {}
    for number in range(stations):
        origin = FRM if number == 0 else TO if number == 1 else dice.randbytes(16)
        for _incarnation in range(incarnations):
            edges = sorted(dice.sample(range(1, 40_000), 2 * holes))
            found[origin, dice.randbytes(8)] = list(zip(edges[::2], edges[1::2], strict=True))
    return found


def receipt(holds: Vector | None = None, **changed: object) -> Receipt:
    said = Receipt(
        FRM,
        b"incarnat",
        TO,
        41,
        17,
        1_795_000_000_123,
        tuple((n, bytes([n]) * 16) for n in range(30, 10, -1)),
        (InPart(9, b"\x09" * 16, (("thumbnail", "ab" * 32), ("original", "cd" * 32), ("part", "ops-0002.pak"))),),
        vector(3) if holds is None else holds,
        STUBS,
        partial.digest(STUBS),
    )
    return replace(said, **changed)  # type: ignore[arg-type]


def key_of(station: bytes) -> bytes | None:
    return PUBLIC if station == FRM else None


def test_the_text_says_what_was_said() -> None:
    said = receipt()
    text = receipts.write_receipt(said, KEY.sign)
    assert receipts.is_receipt(text)
    read = receipts.read_receipt(text, TO, key_of)
    assert (read.frm, read.to, read.incarnation, read.number, read.after, read.at) == (
        FRM, TO, b"incarnat", 41, 17, 1_795_000_000_123,
    )  # fmt: skip
    assert read.holds == said.holds
    assert read.stubs == STUBS
    assert [counter for counter, _tag in read.whole] == list(range(30, 10, -1))
    assert all(receipts.has_prefix(bytes([n]) * 16, tag) for n, tag in read.whole)
    assert read.partly[0].lost == (("thumbnail", "ab" * 8), ("original", "cd" * 8), ("part", "ops-0002.pak"))
    assert not read.short


def test_a_receipt_of_three_stations_fits_a_text_message() -> None:
    said = receipt(vector(3, incarnations=2, holes=2))
    code = receipts.write_code(said, KEY.sign)
    assert len(code) <= receipts.CODE_LIMIT == 600
    assert re.fullmatch(r"RGR1:[A-Z2-7]+", code)
    read = receipts.read_code(code, TO, {FRM: PUBLIC}, said.holds)
    assert read.holds == said.holds
    assert read.short
    assert read.stubs is None
    assert read.digest == partial.digest(STUBS)
    assert (read.number, read.after, read.incarnation) == (41, 17, b"incarnat")
    assert read.whole[0][0] == 30
    assert len(read.whole) >= 4


def test_a_code_survives_a_telephone() -> None:
    said = receipt()
    code = receipts.write_code(said, KEY.sign)
    shown = "\n".join(re.findall(".{1,32}", code.lower()))
    assert receipts.read_code(f"  {shown} \n", TO, {FRM: PUBLIC}, said.holds).number == 41


@pytest.mark.parametrize(("stations", "holes"), [(1, 1), (8, 2), (40, 3), (3, 60)])
def test_a_code_never_says_too_much_and_always_fits(stations: int, holes: int) -> None:
    said = receipt(vector(stations, holes=holes))
    code = receipts.write_code(said, KEY.sign)
    assert len(code) <= receipts.CODE_LIMIT
    read = receipts.read_code(code, TO, {FRM: PUBLIC}, said.holds)
    for writer, spans in read.holds.items():
        assert all(covers(said.holds[writer], n) for low, high in spans for n in (low, (low + high) // 2, high))
    assert {counter for counter, _tag in read.whole} <= {counter for counter, _tag in said.whole}


def test_inside_a_bundle_it_stays_small() -> None:
    many = tuple((n, n.to_bytes(16, "big")) for n in range(1, 4000))
    text = receipts.write_receipt(receipt(whole=many, stubs=None), KEY.sign, receipts.IN_BUNDLE)
    assert len(text) <= receipts.IN_BUNDLE
    read = receipts.read_receipt(text, TO, key_of)
    assert read.whole[0][0] == 3999
    assert len(read.whole) > 1000


def test_what_others_hold_that_nobody_here_knows_is_left_out() -> None:
    said = receipt()
    code = receipts.write_code(said, KEY.sign)
    known = list(said.holds)[:2]
    assert set(receipts.read_code(code, TO, {FRM: PUBLIC}, known).holds) == set(known)


def test_a_short_name_that_means_two_writers_means_none() -> None:
    said = receipt(vector(1, incarnations=1))
    (writer,) = said.holds
    twin = (writer[0], writer[1][:4] + b"twin")
    code = receipts.write_code(said, KEY.sign)
    assert receipts.read_code(code, TO, {FRM: PUBLIC}, [writer, twin]).holds == {}


@pytest.mark.parametrize(
    ("reason", "ours", "key"),
    [("other", b"x" * 16, PUBLIC), ("stranger", TO, None), ("signature", TO, bytes(range(32)))],
)
def test_only_a_partner_says_it_and_only_to_us(reason: str, ours: bytes, key: bytes | None) -> None:
    said = receipt()
    with pytest.raises(ReceiptError, match=reason):
        receipts.read_receipt(receipts.write_receipt(said, KEY.sign), ours, lambda _station: key)
    with pytest.raises(ReceiptError, match=reason):
        receipts.read_code(receipts.write_code(said, KEY.sign), ours, {FRM: key} if key else {}, said.holds)


def test_a_later_version_is_named() -> None:
    text = receipts.write_receipt(receipt(), KEY.sign).replace('"ranger_receipt":1', '"ranger_receipt":2')
    with pytest.raises(ReceiptError, match="newer"):
        receipts.read_receipt(text, TO, key_of)


def test_a_list_of_stubs_that_is_not_the_one_of_the_digest_is_refused() -> None:
    text = receipts.write_receipt(receipt(digest=b"12345678"), KEY.sign)
    with pytest.raises(ReceiptError, match="content"):
        receipts.read_receipt(text, TO, key_of)


@pytest.mark.parametrize("text", ["", "{}", "[]", "nonsense", "{" * 100_000, '{"ranger_receipt":1}', "RGR1:", "\x00"])
def test_what_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(ReceiptError, match="form"):
        receipts.read_receipt(text, TO, key_of)
    with pytest.raises(ReceiptError, match="form"):
        receipts.read_code(text, TO, {FRM: PUBLIC}, [])


def mutated(text: str, dice: random.Random) -> str:
    """One change of some bytes, lengths or numbers."""
    at = dice.randrange(len(text))
    kind = dice.randrange(5)
    if kind == 0:
        return text[:at] + chr(dice.choice((0, 34, 48, 65, 0x4E2D, 123))) + text[at + 1 :]
    if kind == 1:
        return text[:at]
    if kind == 2:
        return text[:at] + text[at:][: dice.randrange(40)] * dice.randrange(2, 50) + text[at:]
    if kind == 3:
        numbers = list(re.finditer(r"\d+", text))
        one = dice.choice(numbers)
        return text[: one.start()] + dice.choice(("-1", "1e400", "9" * 5000, "null", "[]")) + text[one.end() :]
    return text[:at] + text[at + dice.randrange(1, 30) :]


@pytest.mark.parametrize("form", ["text", "code"])
def test_300_mutations_are_refused_in_one_way(form: str) -> None:
    said = receipt()
    whole = receipts.write_receipt(said, KEY.sign) if form == "text" else receipts.write_code(said, KEY.sign)
    dice = random.Random(form)
    seen = 0
    for _attempt in range(300):
        text = mutated(whole, dice)
        if text == whole:
            continue
        seen += 1
        try:
            if form == "text":
                read = receipts.read_receipt(text, TO, key_of)
            else:
                read = receipts.read_code(text, TO, {FRM: PUBLIC}, said.holds)
        except ReceiptError:
            continue
        # Only what means the same may still be taken: white space, or a letter that is skipped.
        assert read == receipts.read_receipt(whole, TO, key_of) if form == "text" else read.number == said.number
    assert seen > 250


def test_what_is_partial_is_kept_and_compared() -> None:
    assert partial.unpack(partial.pack(STUBS)) == STUBS
    writer = (FRM, b"i" * 8)
    assert STUBS[writer] == [(1, 3, b"\x05"), (9, 9, b"\x05")]
    assert [partial.known(STUBS, writer, n) for n in (1, 3, 4, 9, 10)] == [b"\x05", b"\x05", None, b"\x05", None]
    other = {writer: [(3, 4, b"\x07")]}
    assert partial.either(STUBS, other)[writer] == [
        (1, 2, b"\x05"), (3, 3, partial.UNKNOWN), (4, 4, b"\x07"), (9, 9, b"\x05"),
    ]  # fmt: skip
    for bad in (b"x", partial.pack(STUBS)[:-3], partial.pack({writer: [(3, 2, b"")]})):
        with pytest.raises(ValueError, match=r"partial|run|size"):
            partial.unpack(bad)
