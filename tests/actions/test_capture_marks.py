"""Saying of several captures at once which side shows and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import capture_marks, records
from ranger_app.actions.undo import undo
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store import rows


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Khasan station", country="RU", utc_offset=600) as made:
        yield made


@pytest.fixture
def said(library: Library) -> list[bytes]:
    return [records.add(library, "observation", {"type": "animal", "taxon": "Panthera tigris"}) for _one in range(3)]


def sides(library: Library, said: list[bytes]) -> list[object]:
    with library.read() as db:
        found = [rows.get(db, "observation", one) for one in said]
    return [one["flank"] for one in found if one is not None]


def test_several_are_one_act(library: Library, said: list[bytes]) -> None:
    changes = capture_marks.mark(library, [*said[:2], said[0]], "flank", "left")
    assert changes.ids == tuple(said[:2])
    assert sides(library, said) == ["left", "left", None]
    assert capture_marks.mark(library, said, "flank", "left").ids == tuple(said[2:])
    undo(library)
    undo(library)
    assert sides(library, said) == [None, None, None]


def test_what_says_so_already_is_left_alone(library: Library, said: list[bytes]) -> None:
    capture_marks.mark(library, said, "sureness", "possible")
    assert not capture_marks.mark(library, said, "sureness", "possible").kinds
    assert capture_marks.mark(library, said, "sureness", None).ids == tuple(said)


@pytest.mark.parametrize(
    ("field", "word", "code"), [("flank", "belly", "ANSWER_WRONG"), ("taxon", "left", "ANSWER_WRONG")]
)
def test_other_words_are_refused(library: Library, said: list[bytes], field: str, word: str, code: str) -> None:
    with pytest.raises(DataProblem) as refused:
        capture_marks.mark(library, said, field, word)
    assert refused.value.code == code
    assert sides(library, said) == [None, None, None]


def test_nothing_is_marked_where_one_record_is_unknown(library: Library, said: list[bytes]) -> None:
    with pytest.raises(DataProblem) as refused:
        capture_marks.mark(library, [*said, bytes(16)], "flank", "left")
    assert refused.value.code == "NO_RECORD"
    assert sides(library, said) == [None, None, None]
