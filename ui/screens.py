"""Takes a picture of every screen and panel on a demo library and says what is wrong with them.

``python -m ui.screens OUT [--languages en,ru,zh_CN] [--themes light,dark] [--library DIR]``; exit status 1 where a
text is cut, a table says nothing, or something cannot be read.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from ranger_app import i18n
from ranger_app.demo import season
from ranger_app.errors import DataProblem
from ranger_app.i18n import COMPLETE, LANGUAGES
from ranger_app.library import Library
from ui import fonts, screens_exchange, theme
from ui.bridge import Bridge
from ui.exchange.screen import ExchangeScreen
from ui.looked_at import faults
from ui.preferences import Preferences
from ui.screens_exchange import Exchanged
from ui.shell.who import people
from ui.shell.window import Window
from ui.widgets.thumbs import Thumbs
from ui.widgets.web import WebView

SIZE = (1366, 768)
_QUIET_MS = 20
_LONGEST_S = 15.0
_SOON_MS = 1000

State = tuple[str, Callable[[], object]]


def settle(bridge: Bridge | None = None, window: QWidget | None = None) -> None:
    """Let the window finish what it began: reading, previews, layout."""
    end = time.monotonic() + _LONGEST_S
    _wait()
    loaders: list[Thumbs | WebView] = []
    if window is not None:
        loaders = [*window.findChildren(Thumbs), *window.findChildren(WebView)]
    # What waits for a person to stop choosing is shown a moment later.
    waits = [one for one in window.findChildren(QTimer) if one.isSingleShot()] if window is not None else []
    while time.monotonic() < end and (
        (bridge is not None and bridge.busy)
        or any(one.busy for one in loaders)
        or any(one.isActive() and one.interval() <= _SOON_MS for one in waits)
    ):
        _wait()
    _wait()


def _wait() -> None:
    """A turn of the event loop; unlike QTest.qWait it leaves Python to the workers meanwhile."""
    loop = QEventLoop()
    QTimer.singleShot(_QUIET_MS, loop.quit)
    loop.exec()


def states(window: Window, exchanged: Exchanged | None = None) -> Iterator[State]:
    """Every place with its further states, then the panels: (name, how to get there).

    ``exchanged`` adds what an exchange looks like on the way.
    """
    for number, place in enumerate(window.places, start=1):
        yield f"{number}-{place.id}", partial(window.go, place.id)
        for name, get_there in window.current().pictures():
            yield f"{number}-{place.id}-{name}", get_there
        screen = window.current()
        if exchanged is not None and isinstance(screen, ExchangeScreen):
            for name, get_there in screens_exchange.states(screen, exchanged):
                yield f"{number}-{place.id}-{name}", get_there

    def home() -> None:
        window.close_panels()
        window.go(window.places[0].id)

    def undo_strip() -> None:
        home()
        window.bridge.say(i18n._("Undone. Ctrl+Shift+Z does it again."), undo=True)

    def problem() -> None:
        home()
        window.show_problem(
            DataProblem("ROLE_NEEDED", i18n._("The disk is full."), i18n._("Free some space and try again."))
        )

    for name, opened in (("help", window.show_help), ("who", window.show_who), ("find", window.show_palette)):
        yield f"9-{name}", partial(_both, home, opened)
    yield "9-undo", undo_strip
    yield "9-problem", problem


def _both(first: Callable[[], object], second: Callable[[], object]) -> None:
    first()
    second()


def take(widget: QWidget, file: Path) -> QImage:
    """Save what ``widget`` shows as a PNG; returns the picture."""
    picture = widget.grab().toImage()
    file.parent.mkdir(parents=True, exist_ok=True)
    if not picture.save(str(file)):
        raise OSError(f"{file} could not be written")
    return picture


def look(bridge: Bridge, window: QWidget, file: Path) -> list[str]:
    """Take the picture and say what is wrong; looked at again a moment later, as a person would who saw it move."""
    found = faults(window, take(window, file))
    if found:
        settle(bridge, window)
        found = faults(window, take(window, file))
    return found


def photograph(
    library: Library,
    out: Path,
    language: str,
    appearance: str,
    size: tuple[int, int] = SIZE,
    exchanged: Exchanged | None = None,
) -> list[str]:
    """Pictures of the whole window in one language and appearance; returns what is wrong, one line each."""
    i18n.use_language(language)
    fonts.apply(language)
    theme.apply(appearance)
    kept = Preferences(language=language, appearance=appearance)
    bridge = Bridge(library, preferences=kept)
    problems: list[str] = []
    bridge.problem.connect(lambda error: problems.append(f"{language} {appearance}: {error!r}"))
    window = Window(library, bridge)
    window.resize(*size)
    window.show()
    settle(bridge)
    for name, get_there in states(window, exchanged):
        get_there()
        settle(bridge, window)
        problems += [f"{language} {appearance} {name}: {fault}" for fault in look(bridge, window, out / f"{name}.png")]
    window.close()
    bridge.close()
    window.deleteLater()
    settle()
    return problems


def photograph_first(out: Path, folder: Path, language: str, appearance: str) -> list[str]:
    """The picture of the first page."""
    from ui.shell.first_start import FirstStart

    page = FirstStart(folder, Preferences(language=language, appearance=appearance))
    page.resize(*SIZE)
    page.show()
    settle()
    picture = take(page, out / "0-first_start.png")
    found = [f"{language} {appearance} first start: {fault}" for fault in faults(page, picture)]
    page.close()
    page.bridge.close()
    page.deleteLater()
    settle()
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Take all pictures; prints what is wrong and how many were taken."""
    parser = argparse.ArgumentParser(prog="python -m ui.screens", description="A picture of every screen")
    parser.add_argument("out", type=Path)
    parser.add_argument("--languages", default=",".join(COMPLETE))
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--library", type=Path, help="a library to show; a demo library is made without")
    given = parser.parse_args(arguments)
    languages, appearances = given.languages.split(","), given.themes.split(",")
    if set(languages) - set(LANGUAGES) or set(appearances) - {"light", "dark"}:
        parser.error("unknown language or theme")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.app import make_application

    with tempfile.TemporaryDirectory(prefix="ranger-screens-") as temporary:
        os.environ["RANGER_PROFILE"] = str(Path(temporary) / "profile")
        folders = [given.library] if given.library else season.make(Path(temporary) / "demo")
        application = make_application()
        problems: list[str] = []
        with Library.open(folders[0]) as library:
            library.attended = True
            _somebody_works(library)
            exchanged = None
            if len(folders) > 1:
                with Library.open(folders[1]) as other:
                    _somebody_works(other)
                    exchanged = screens_exchange.exchange(library, other, Path(temporary) / "sticks")
            for language in languages:
                for appearance in appearances:
                    out = given.out / f"{language}-{appearance}"
                    problems += photograph(library, out, language, appearance, exchanged=exchanged)
                    problems += photograph_first(out, Path(temporary) / "library", language, appearance)
        application.closeAllWindows()
    taken = len(list(given.out.glob("*/*.png")))
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{taken} pictures in {given.out.resolve()}, {len(problems)} faults")
    return 1 if problems else 0


def _somebody_works(library: Library) -> None:
    """Let a manager of the library work, whose screens show most; else whoever is there."""
    found = people(library)
    managers = [one for one in found if one.text("role") == "manager"]
    if found:
        library.person = (managers or found)[0].id


if __name__ == "__main__":
    sys.exit(main())
