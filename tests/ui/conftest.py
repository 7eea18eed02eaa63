"""A library of a few records, a bridge that answers at once, and a window on them, for tests of what is on screen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ranger_app import i18n
from ranger_app.actions import records
from ranger_app.errors import EnvironmentProblem
from ranger_app.library import Library
from ui import fonts, theme
from ui.bridge import Bridge
from ui.shell.who import people
from ui.shell.window import Window
from ui.widgets import web
from ui.widgets.screen import Screen


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Any warning of Qt fails a test of the window; the marker is the one pytest-qt reads."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"), append=False)
            # What the offscreen platform itself cannot do, whatever the program asks of it.
            item.add_marker(pytest.mark.qt_log_ignore("^This plugin does not support", extend=True))


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


@pytest.fixture(autouse=True)
def _without_web_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only tests of the web engine start it: it costs seconds and processes, and speaks of the missing display."""
    if request.node.get_closest_marker("web_engine"):
        return

    def none() -> object:
        raise EnvironmentProblem("WEB_ENGINE_MISSING", "The web engine is not started here.", "")

    monkeypatch.setattr(web, "load_engine", none)


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


@pytest.fixture
def show_screen(
    library: Library, bridge: Bridge, qtbot: QtBot, dressed: Callable[[str, str], None]
) -> Callable[[type[Screen]], Screen]:
    """Shows one screen by itself, as large as it is in the window; it hears of changes."""

    def show(kind: type[Screen]) -> Screen:
        made = kind(library, bridge)
        qtbot.addWidget(made)
        made.resize(1170, 650)
        bridge.changed.connect(made.refresh)
        made.refresh(None)
        made.show()
        return made

    return show


@pytest.fixture
def window(library: Library, bridge: Bridge, dressed: Callable[[str, str], None], qtbot: QtBot) -> Iterator[Window]:
    """The whole window on the library, at its design size."""
    made = Window(library, bridge)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo library, made once; tests that change it work on a copy."""
    from ranger_app.demo import season

    return season.make(tmp_path_factory.mktemp("demo"), media=16, patrols=2, counts=20)[0]


@pytest.fixture
def demo(demo_folder: Path, tmp_path: Path) -> Iterator[Library]:
    """The demo library with a manager at work, free to be changed."""
    shutil.copytree(demo_folder, tmp_path / "demo")
    with Library.open(tmp_path / "demo") as opened:
        managers = [one for one in people(opened) if one.text("role") == "manager"]
        opened.person = managers[0].id
        yield opened
