"""A library of a few records, a bridge that answers at once, and a window on them, for tests of what is on screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from ranger_app import i18n
from ranger_app.actions import records
from ranger_app.library import Library
from ui import fonts, theme
from ui.bridge import Bridge


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Any warning of Qt fails a test of the window; the marker is the one pytest-qt reads."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"), append=False)


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """The arguments of the one QApplication."""
    return ["ranger-tests"]


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[Callable[[str, str], None]]:
    """Dress the application in a language and an appearance; English and light afterwards."""

    def dress(language: str, appearance: str) -> None:
        i18n.use_language(language)
        fonts.apply(language)
        theme.apply(appearance)

    qapp.setStyle("Fusion")
    dress("en", "light")
    yield dress
    dress("en", "light")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A new library with one manager, who is working."""
    with Library.create(tmp_path / "library", name="Khasan station", country="RU", utc_offset=600) as made:
        made.person = records.add(made, "person", {"name": "Ranger 1", "role": "manager", "active": 1})
        yield made


@pytest.fixture
def bridge(library: Library, qapp: QApplication) -> Iterator[Bridge]:
    """A bridge that does everything at once, in the caller; a problem nobody took fails the test."""
    made = Bridge(library, inline=True)
    problems: list[BaseException] = []
    made.problem.connect(problems.append)
    yield made
    made.close()
    expected = getattr(made, "problems_expected", False)
    if problems and not expected:
        raise problems[0]
