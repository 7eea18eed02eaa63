"""The help pages: all there in each complete language, built alike, and leading only to each other."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from ranger_app.i18n import COMPLETE
from ranger_app.paths import resource
from ui.help import PAGES

OTHERS = [language for language in COMPLETE if language != "en"]


def _page(language: str, page: str) -> str:
    return resource("help", language, f"{page}.md").read_text(encoding="utf-8")


def _shape(text: str) -> list[str]:
    """The first mark of every line: heading, step, point, plain text."""
    marks = []
    for line in text.splitlines():
        found = re.match(r"(#+|\d+\.|-) ", line)
        marks.append(found[1] if found else "text" if line.strip() else "")
    return marks


def _links(text: str) -> list[str]:
    return re.findall(r"\]\(([^)]*)\)", text)


def _keys(text: str) -> list[str]:
    return re.findall(r"\*\*((?:Ctrl\+|Shift\+)?[A-Z]\w?|F\d\d|(?:Ctrl|Shift|Enter|Esc|Space)\+?\w*)\*\*", text)


@pytest.mark.parametrize("language", COMPLETE)
def test_every_page_is_there_and_no_other(language: str) -> None:
    folder: Path = resource("help", language)
    assert {path.stem for path in folder.glob("*.md")} == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_other_pages(page: str) -> None:
    assert all(link.removesuffix(".md") in PAGES for link in _links(_page("en", page)))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", OTHERS)
def test_translations_are_built_like_the_original(language: str, page: str) -> None:
    original, translated = _page("en", page), _page(language, page)
    assert _shape(translated) == _shape(original)
    assert _links(translated) == _links(original)
    assert sorted(_keys(translated)) == sorted(_keys(original))
    assert translated.count("**") == original.count("**")
    assert re.findall(r"`[^`]*`", translated) == re.findall(r"`[^`]*`", original)


@pytest.mark.parametrize("page", PAGES)
def test_no_line_was_left_in_english(page: str) -> None:
    letters = {"ru": "[а-яё]", "zh_CN": "[一-鿿]"}
    for language in OTHERS:
        for line in _page(language, page).splitlines():
            words = re.sub(r"`[^`]*`|\([^)]*\)", "", line)
            assert not re.search("[A-Za-z]{4}", words) or re.search(letters[language], words, re.IGNORECASE), line


@pytest.mark.parametrize("page", PAGES)
def test_sentences_are_short(page: str) -> None:
    for sentence in re.split(r"(?<=[.:!?])\s|\n", re.sub(r"`[^`]*`", "", _page("en", page))):
        assert len(sentence.split()) <= 25, sentence


@functools.cache
def _catalogue(language: str) -> dict[str, str]:
    """The window's own words in ``language``, from the texts that its translators see."""
    with resource("i18n", language, "LC_MESSAGES", "ranger.po").open("rb") as source:
        found = [m for m in read_po(source) if not m.context]  # a text with a meaning of its own is no control
    return {m.id: m.string for m in found if isinstance(m.id, str) and isinstance(m.string, str)}


def _named_controls(text: str) -> list[str]:
    """What a page tells a person to press or open, without keys."""
    found = re.findall(r"(?:[Pp]ress|[Oo]pen|[Uu]nder|Look at|Wait for) \*\*([^*]+)\*\*", text)
    found += re.findall(r"press \*\*[^*]+\*\*,? or (?:press )?\*\*([^*]+)\*\*", text)
    return [one for one in found if one not in _keys(text) and len(one) > 1]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", OTHERS)
def test_controls_bear_the_words_of_the_window(language: str, page: str) -> None:
    words, translated = _catalogue(language), _page(language, page)
    for control in _named_controls(_page("en", page)):
        assert control in words, f"the window has nothing called {control!r}"
        assert f"**{words[control]}**" in translated, f"{control!r} is called {words[control]!r} in the window"
