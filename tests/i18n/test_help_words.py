"""The help pages name buttons and places as the window does, in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from ranger_app.paths import resource
from tests.i18n.words import NOT_OUR_WORDS

PAGES = sorted(path.stem for path in resource("help", "en").glob("*.md"))
KEY = re.compile(r"(?:(?:Ctrl|Shift|Alt)\+)*(?:[A-Z0-9]|\W|F\d+|Enter|Esc|Space|Ctrl|Shift|Alt|Del)")
"""A key of the keyboard, the same on every page."""


def _text(language: str, page: str) -> str:
    path: Path = resource("help", language, f"{page}.md")
    return path.read_text(encoding="utf-8")


def _named(text: str) -> list[str]:
    return re.findall(r"\*\*(.+?)\*\*", text)


def _told(page: str) -> list[tuple[int, str]]:
    """What the English page tells people to press or open, with its place among the names in bold."""
    found = [
        (place, match[2])
        for place, match in enumerate(re.finditer(r"(\w+(?: then)?) \*\*(.+?)\*\*|\*\*(.+?)\*\*", _text("en", page)))
        if match[1] in ("Press", "press", "Open", "open", "or press")
    ]
    return [(place, name) for place, name in found if not KEY.fullmatch(name)]


@pytest.mark.parametrize("page", PAGES)
def test_what_to_press_is_in_the_window(page: str, template: Catalog) -> None:
    assert not [name for _place, name in _told(page) if template.get(name) is None]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["ru", "zh_CN"])
def test_the_translated_page_names_it_alike(language: str, page: str, catalogs: dict[str, Catalog]) -> None:
    there = _named(_text(language, page))
    for place, name in _told(page):
        message = catalogs[language].get(name)
        if message is not None:
            assert message.string in there, f"{name}: the window says {message.string!r}, the page {there[place]!r}"


def test_there_are_names_to_compare() -> None:
    assert sum(len(_told(page)) for page in PAGES) > 20


@pytest.mark.parametrize("language", sorted(NOT_OUR_WORDS))
def test_one_word_for_one_thing(language: str) -> None:
    for page in PAGES:
        text = _text(language, page).casefold()
        assert not [word for word in NOT_OUR_WORDS[language] if word in text], page
