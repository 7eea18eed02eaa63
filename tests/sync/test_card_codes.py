"""A station's card as the short text of a QR code: the same card again, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.keys import StationKeys
from ranger_app.sync import cards
from ranger_app.sync.cards import CardError

KEYS = StationKeys(bytes(range(32)), bytes(range(50, 82)))


def card(name: str = "Khasan station", issued: int = 1_790_000_000_000) -> str:
    return cards.write_card(
        name=name, country="RU", utc_offset=600, signing=KEYS.signing, sealing=KEYS.sealing, issued=issued,
        sign=KEYS.signer.sign,
    )  # fmt: skip


@given(st.text(st.characters(categories=("L", "N", "Zs")), min_size=1, max_size=60).filter(lambda one: one.strip()))
def test_the_code_gives_the_very_same_card(name: str) -> None:
    if not name.isprintable():
        return
    text = card(name)
    code = cards.to_code(text)
    assert cards.from_code(code) == text
    assert cards.read_card(cards.from_code(code)) == cards.read_card(text)


def test_the_code_of_a_card_fits_an_easy_qr_code() -> None:
    assert len(cards.to_code(card("Хасанская станция заповедника"))) < 400


def test_a_code_broken_into_lines_is_read() -> None:
    code = cards.to_code(card())
    assert cards.from_code(code[:70] + "\n" + code[70:140] + "\r\n " + code[140:]) == card()


def test_a_changed_letter_is_refused() -> None:
    code = cards.to_code(card())
    for at in range(len(cards.CODE), len(code), 7):
        changed = code[:at] + ("A" if code[at] != "A" else "B") + code[at + 1 :]
        with pytest.raises(CardError):
            cards.read_card(cards.from_code(changed))


def test_a_card_of_a_later_version_goes_as_a_file_only() -> None:
    content = json.loads(card()) | {"telephone": "1"}
    del content["signature"]
    content["signature"] = KEYS.signer.sign(cards._signed_part(content)).hex()
    text = json.dumps(content)
    assert cards.read_card(text).station == KEYS.station
    with pytest.raises(CardError):
        cards.to_code(text)


@given(st.text(max_size=200))
def test_any_text_is_refused_with_our_own_error(text: str) -> None:
    for one in (text, cards.CODE + text):
        with pytest.raises(CardError):
            cards.from_code(one)
