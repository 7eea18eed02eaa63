"""Open bundles: what an inspector reads is what was signed, and any change to it is noticed."""

from __future__ import annotations

import io
import json
import random

import pytest

from ranger_app.domain import batch as batches
from ranger_app.domain import stubs
from ranger_app.domain.batch import BatchError, Sealed
from ranger_app.domain.ops import change, create
from ranger_app.sync import plain
from tests.station import KEYS, Station


def season() -> list[Sealed]:
    station = Station("open-season")
    station.commit(
        create("location", b"p" * 16, {"name": "Den", "latitude": 431_234_567, "longitude": 1_311_234_567}),
        create("survey", b"s" * 16, {"site": b"p" * 16, "date": "2026-01-03", "weather": 'лёд 冰 \u2028 \\ " \n'}),
        create("unheard_of", b"c" * 16, {"anything": b"\0\1", "more": -5, "none": None}),
    )
    station.commit(change("survey", b"s" * 16, {"date": None}))
    return station.batches()


def text_of(sealed: list[Sealed]) -> bytes:
    return b"".join(plain.write((one.head, one.signature, one.body) for one in sealed))


def test_text_reads_back_as_the_signed_bytes() -> None:
    whole = season()
    stubbed = [stubs.withhold(one, lambda _n, _op: frozenset({"open", "place.1"}), meta=False) for one in whole]
    for given in (whole, stubbed):
        back = [Sealed(*batch) for batch in plain.read(io.BytesIO(text_of(given)))]
        assert len(back) == len(given)
        for one, other in zip(given, back, strict=True):
            batches.verify(other, KEYS[batches.read_header(other.head).origin])
            assert batches.read(one).ops == batches.read(other).ops


def test_an_inspector_sees_every_value_and_no_withheld_one() -> None:
    text = text_of(
        [stubs.withhold(one, lambda _n, _op: frozenset({"open", "place.1"}), meta=False) for one in season()]
    )
    shown = text.decode("utf-8")
    assert "2026-01-03" in shown
    assert "лёд 冰" in shown
    assert "431000000" in shown
    assert "Den" not in shown
    assert "431234567" not in shown
    for line in shown.split("\n"):
        if line.strip():
            json.loads(line)


def test_any_other_text_is_noticed() -> None:
    text = text_of(season())
    rng = random.Random(5)
    for _ in range(400):
        at = rng.randrange(len(text))
        changed = text[:at] + bytes([text[at] ^ (1 << rng.randrange(8))]) + text[at + 1 :]
        try:
            back = [Sealed(*batch) for batch in plain.read(io.BytesIO(changed))]
            for one in back:
                batches.verify(one, KEYS[batches.read_header(one.head).origin])
        except (BatchError, KeyError):
            continue
        # Only what carries no meaning may differ: white space and the lines' own notes for the reader.
        assert [batches.read(one).ops for one in back] == [batches.read(one).ops for one in season()]


@pytest.mark.parametrize(
    "text",
    [b"{", b"[]\n", b"{}\n", b'{"batch": 1}\n', b'{"create": "x"}\n', b'{"batch":1,"operations":2}\n{"create":"a"}\n',
     b'{"batch":1,"operations":1}\n{"create":"a","id":"zz","scope":"","open":{"says":{}}}\n', b"[" * 100_000 + b"\n"],
)  # fmt: skip
def test_nonsense_is_refused(text: bytes) -> None:
    with pytest.raises(BatchError):
        list(plain.read(io.BytesIO(text)))
