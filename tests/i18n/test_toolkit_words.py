"""Qt's own words follow the language too, and English comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from ui import toolkit_words


@pytest.fixture(autouse=True)
def _english_again(qapp: QApplication) -> Iterator[None]:
    yield
    toolkit_words.apply("en")


@pytest.mark.parametrize(
    ("language", "word"), [("ru", "Отмена"), ("zh_CN", "取消"), ("ko", "취소"), ("ja", "キャンセル")]
)
def test_qt_speaks_the_language(language: str, word: str) -> None:
    assert toolkit_words.apply(language)
    assert QApplication.translate("QPlatformTheme", "Cancel") == word
    assert QLocale() == QLocale(language)


def test_english_comes_back() -> None:
    toolkit_words.apply("ru")
    assert toolkit_words.apply("en")
    assert QApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_a_language_qt_does_not_know_stays_english() -> None:
    toolkit_words.apply("ru")
    assert not toolkit_words.apply("mn")
    assert QApplication.translate("QPlatformTheme", "Cancel") == "Cancel"
