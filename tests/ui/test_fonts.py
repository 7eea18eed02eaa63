"""Every character the window can show in its six languages has a glyph in the faces chosen for that language."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from ranger_app.domain import taxa
from ranger_app.i18n import LANGUAGES
from ranger_app.paths import resource
from ranger_app.reports import count_form
from ui import fonts

KEYS = "←→↑↓·–—…°²×′″"
"""Characters the window itself draws beside translated text."""


def translated(language: str) -> str:
    """All texts of a language: its translations, its help pages and forms, and its name."""
    parts: list[str] = [LANGUAGES[language]]
    for folder in (resource("i18n", language), resource("help", language), resource("forms", language)):
        if folder.is_dir():
            texts = [path for path in folder.rglob("*") if path.suffix in (".po", ".md", ".txt", ".html")]
            parts += [path.read_text(encoding="utf-8") for path in texts]
    return "".join(parts)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_no_glyph_is_missing(qapp: QApplication, language: str) -> None:
    species = "".join(name for taxon in taxa.load() for name in (*taxon.names.values(), taxon.scientific))
    names = "".join(LANGUAGES.values())
    read_me = resource("bundle", "READ-ME.txt").read_text(encoding="utf-8-sig")
    forms = "".join(count_form.words(language).values())
    for name in ("words.csv", "wetland_types.csv"):
        with resource("dossier", name).open(encoding="utf-8", newline="") as file:
            forms += "".join(row[language] for row in csv.DictReader(file))
    missing = fonts.missing_glyphs(translated(language) + species + names + read_me + forms + KEYS, language)
    assert not missing, f"no glyph in {fonts.families(language)} for {''.join(sorted(missing))[:80]}"


def test_missing_glyph_is_noticed(qapp: QApplication) -> None:
    assert fonts.missing_glyphs("a \U00013000 Ж", "en") == {"\U00013000"}


def test_chinese_and_japanese_get_their_own_shapes(qapp: QApplication) -> None:
    chinese, japanese, korean = (fonts.families(code) for code in ("zh_CN", "ja", "ko"))

    def first(families: list[str], marks: tuple[str, ...]) -> str:
        return next(name for name in families if any(mark in name for mark in marks))

    marks = ("SC", "JP", "KR", "YaHei", "PingFang", "Yu Gothic", "Meiryo", "Hiragino", "Malgun", "Gothic Neo")
    assert len({first(families, marks) for families in (chinese, japanese, korean)}) == 3


def test_mongolian_letters_are_drawn(qapp: QApplication) -> None:
    assert not fonts.missing_glyphs("ӨөҮү Хасан — Байгаль", "mn")


def test_shipped_faces_are_loaded_once(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "resource", lambda *_parts: tmp_path)
    assert fonts.load_shipped_fonts() == 0
