"""Reading ids: what people write, and what records and files keep."""

from __future__ import annotations

import json

import pytest

from ranger_app.domain.ids import parse_id, read_id, read_ids

ID = bytes(range(16))
NOT_KEPT = (None, 7, "", "00" * 15, "00" * 17, "zz" * 16, ID.hex().upper(), " " + ID.hex()[1:], f"{ID.hex()}\n", ID)


def test_a_kept_id_is_32_lower_hex_digits() -> None:
    assert read_id(ID.hex()) == ID
    assert [read_id(one) for one in NOT_KEPT] == [None] * len(NOT_KEPT)


def test_a_person_may_write_it_in_capitals() -> None:
    assert parse_id(ID.hex().upper()) == ID
    with pytest.raises(ValueError):
        parse_id("00" * 15)


def test_a_list_gives_those_that_are_ids() -> None:
    assert read_ids(json.dumps([ID.hex(), "no", None, 3, {"id": ID.hex()}, "ff" * 16])) == [ID, b"\xff" * 16]
    assert [read_ids(one) for one in (None, "", "{", "{}", "5", "[" * 100_000, f'"{ID.hex()}"')] == [[]] * 7
