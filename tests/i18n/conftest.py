"""The collected texts and their translations, read once for all tests of this folder."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
I18N = ROOT / "resources" / "i18n"


@pytest.fixture(scope="session")
def collector() -> ModuleType:
    """packaging/translations.py, which is no package of the program."""
    spec = importlib.util.spec_from_file_location("ranger_translations", ROOT / "packaging" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def program_texts(collector: ModuleType) -> Catalog:
    """What the sources say now."""
    found: Catalog = collector.extract()
    return found


@pytest.fixture(scope="session")
def template() -> Catalog:
    """What was collected last."""
    with (I18N / "ranger.pot").open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="session")
def catalogs() -> dict[str, Catalog]:
    """The complete translations by language."""
    found = {}
    for language in ("ru", "zh_CN"):
        with (I18N / language / "LC_MESSAGES" / "ranger.po").open("rb") as file:
            found[language] = read_po(file, locale=language)
    return found
