"""The texts of the program are collected whole, and a changed text counts as untranslated again."""

from __future__ import annotations

import gettext
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def translations() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ranger_translations", ROOT / "packaging" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def program(translations: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny program in place of ours."""
    for package in translations.PACKAGES:
        (tmp_path / package).mkdir()
    source = tmp_path / "ui" / "screen.py"
    source.write_text(
        '_("Cards to ingest")\nN_("Deployment")\nngettext("{n} image", "{n} images", n)\nprint("not collected")\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "I18N", tmp_path / "resources" / "i18n")
    monkeypatch.setattr(translations, "TEMPLATE", tmp_path / "resources" / "i18n" / "ranger.pot")
    return source


def test_all_three_marks_are_collected(translations: ModuleType, program: Path) -> None:
    found = {message.id for message in translations.extract() if message.id}
    assert found == {"Cards to ingest", "Deployment", ("{n} image", "{n} images")}


def test_update_keeps_translations_and_guesses_none(
    translations: ModuleType, program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    translations.update()
    path = translations.I18N / "ru" / "LC_MESSAGES" / "ranger.po"
    text = path.read_text(encoding="utf-8")
    text = text.replace('msgid "Deployment"\nmsgstr ""', 'msgid "Deployment"\nmsgstr "Установка"')
    text = text.replace('msgid "Cards to ingest"\nmsgstr ""', 'msgid "Cards to ingest"\nmsgstr "Карты к приёму"')
    path.write_text(text, encoding="utf-8")

    changed = program.read_text(encoding="utf-8").replace("Cards to ingest", "Cards to take in")
    program.write_text(changed, encoding="utf-8")
    capsys.readouterr()
    translations.update()
    assert "ru: 1 of 3 translated, 2 untranslated" in capsys.readouterr().out
    kept = path.read_text(encoding="utf-8")
    assert "Установка" in kept
    assert "Карты к приёму" not in kept
    assert "fuzzy" not in kept

    compiled = gettext.translation("ranger", str(translations.I18N), ["ru"])
    assert compiled.gettext("Deployment") == "Установка"


def test_a_second_update_changes_nothing(translations: ModuleType, program: Path) -> None:
    translations.update()
    files = sorted(translations.I18N.rglob("*.po*"))
    assert len(files) == 3
    before = [path.read_bytes() for path in files]
    translations.update()
    assert [path.read_bytes() for path in files] == before
