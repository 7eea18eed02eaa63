"""A recovery sheet typed by hand: what people do to letters is understood, and a mistake is found by its line."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.domain import recovery
from ranger_app.domain.recovery import RecoveryError

SECRETS = (bytes(range(32)), bytes(range(100, 132)))


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_what_is_spelled_is_read(signing: bytes, sealing: bytes) -> None:
    lines = recovery.spell(signing, sealing)
    assert len(lines) == recovery.LINES
    assert recovery.read("\n".join(lines)) == (signing, sealing)
    assert recovery.read(recovery.code(lines)) == (signing, sealing)


def test_numbers_spacing_and_other_keyboards_are_understood() -> None:
    lines = recovery.spell(*SECRETS)
    numbered = "\n\n".join(f" {n}.  {line.lower()} " for n, line in enumerate(lines, start=1))
    assert recovery.read(numbered) == SECRETS
    assert recovery.read("# my sheet\n" + "\n".join(f"{n} {line}" for n, line in enumerate(lines, 1))) == SECRETS
    dense = "\n".join(line.replace(" ", "-") for line in lines)
    assert recovery.read(dense.replace("0", "o").replace("1", "l")) == SECRETS
    russian = str.maketrans("ABEKMHPCTX", "АВЕКМНРСТХ")
    assert recovery.read("\n".join(lines).translate(russian)) == SECRETS


def test_every_single_wrong_letter_is_found_in_its_line() -> None:
    lines = recovery.spell(*SECRETS)
    chance = random.Random(7)
    for place, line in enumerate(lines):
        for at in range(len(line)):
            if line[at] == " ":
                continue
            other = chance.choice([one for one in recovery.LETTERS if one != line[at]])
            wrong = [*lines[:place], line[:at] + other + line[at + 1 :], *lines[place + 1 :]]
            with pytest.raises(RecoveryError) as told:
                recovery.read("\n".join(wrong))
            assert told.value.lines == (place + 1,)


def test_exchanged_missing_and_short_lines_are_named() -> None:
    lines = recovery.spell(*SECRETS)
    for wrong, named in (
        ([lines[1], lines[0], *lines[2:]], (1, 2)),
        (lines[:-1], (7,)),
        ([*lines[:3], lines[3][:-1], *lines[4:]], (4,)),
        ([*lines[:3], lines[3] + "7", *lines[4:]], (4,)),
        ([], (1, 2, 3, 4, 5, 6, 7)),
    ):
        with pytest.raises(RecoveryError) as told:
            recovery.read("\n".join(wrong))
        assert told.value.lines == named
    with pytest.raises(RecoveryError):
        recovery.read("\n".join([*lines, lines[0]]))


def test_lines_of_two_sheets_are_no_sheet() -> None:
    lines, others = recovery.spell(*SECRETS), recovery.spell(SECRETS[1], SECRETS[0])
    with pytest.raises(RecoveryError) as told:
        recovery.read("\n".join([*lines[:3], *others[3:]]))
    assert told.value.lines == ()


@given(st.text(max_size=300))
def test_any_text_is_refused_with_our_own_error(text: str) -> None:
    with pytest.raises(RecoveryError):
        recovery.read(text)
