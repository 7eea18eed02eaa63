"""The help pages use the words of the glossary, as the window does."""

from __future__ import annotations

import pytest

from ranger_app.paths import resource
from tests.i18n.words import NOT_OUR_WORDS


@pytest.mark.parametrize("language", sorted(NOT_OUR_WORDS))
def test_one_word_for_one_thing(language: str) -> None:
    pages = sorted(resource("help", language).glob("*.md"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8").casefold()
        assert not [word for word in NOT_OUR_WORDS[language] if word in text], page.name
