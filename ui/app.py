"""Starts the window: the one place where library, bridge, preferences and screens are put together."""

from __future__ import annotations

import argparse
import ctypes
import faulthandler
import gc
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from ranger_app import i18n
from ranger_app.errors import RangerError
from ranger_app.geo import coordinates
from ranger_app.library import DATABASE, Library
from ranger_app.paths import default_library, profile_folder
from ranger_app.store import ballast
from ui import fonts, preferences, problems, theme, toolkit_words
from ui.bridge import Bridge
from ui.preferences import Preferences

log = logging.getLogger("ui")
_GC_EVERY_MS = 5000
SWITCH_S = 0.0002
"""How long the window's thread waits for a busy worker each time it needs Python's lock."""
_GC_ALL_EVERY = 4
_M_ARENA_MAX, _ARENAS = -8, 2
"""glibc's option, and how many heaps its threads may share."""


def tune() -> None:
    """Set the process up for a window with several threads; call before the first of them starts."""
    sys.setswitchinterval(SWITCH_S)
    if sys.platform.startswith("linux"):
        # A heap for each thread keeps what was freed in it: a long day would grow by tens of megabytes.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


class Collector(QObject):
    """Python's cyclic garbage collector, pinned to the window's thread: elsewhere it may free a widget."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._turn = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)
        self._timer.start(_GC_EVERY_MS)

    def _collect(self) -> None:
        # By the clock and not by counts: a count of the oldest is reached once in ten minutes at best, and until
        # then a busy day's dead windows pile up. All of it takes about 20 ms.
        self._turn = (self._turn + 1) % _GC_ALL_EVERY
        gc.collect(2 if self._turn == 0 else 1)


class Desk(QObject):
    """Opens libraries and shows them; at most one window at a time."""

    def __init__(self, kept: Preferences) -> None:
        super().__init__()
        self.kept = kept
        self.window: Any = None
        self.first: Any = None
        self.bridge: Bridge | None = None
        self.library: Library | None = None

    def dress(self) -> None:
        """Use the language and appearance of the preferences."""
        i18n.use_language(self.kept.language)
        coordinates.prefer(self.kept.notation)
        fonts.apply(self.kept.language)
        toolkit_words.apply(self.kept.language)
        theme.apply(self.kept.appearance)

    def open(self, folder: Path) -> None:
        """Show the library in ``folder``, or the first page where there is none or it cannot be opened."""
        problem: RangerError | None = None
        if (folder / DATABASE).is_file():
            try:
                self.show(Library.open(folder, passphrase=os.environ.get("RANGER_PASSPHRASE")))
                return
            except RangerError as error:
                problem = error
        self.show_first(folder, problem)

    def show_first(self, folder: Path, problem: RangerError | None = None) -> None:
        """Show the page that makes or opens a library."""
        from ui.shell.first_start import FirstStart

        self.first = FirstStart(folder, self.kept, problem)
        self.first.made.connect(self.show)
        self.first.dressed.connect(self.dress)
        self.first.show()

    def show(self, library: Library) -> None:
        """Show ``library`` in the window."""
        from ui.shell.window import Window
        from ui.shell.working import restore_person

        self.library = library
        library.attended = True
        restore_person(library, self.kept)
        self.bridge = Bridge(library, preferences=self.kept)
        self.bridge.wished.connect(self._wish)
        self.kept.library = str(library.folder)
        self.kept.save()
        window = Window(library, self.bridge)
        window.closing.connect(self.close)
        self.window = window
        window.show()
        self.bridge.run(lambda _cancel: ballast.keep(library.folder))
        if self.first is not None:
            self.first.bridge.close()
            self.first.close()
            self.first.deleteLater()
            self.first = None

    def _wish(self, what: str, value: object) -> None:
        if what == "library":
            QTimer.singleShot(0, self, lambda: self._change_library(Path(str(value))))
            return
        if what in ("language", "appearance"):
            setattr(self.kept, what, str(value))
            self.kept.save()
            self.dress()
        # "station" changes a name only; all three redraw. Later, so that the button that asked is not deleted under
        # its own click.
        QTimer.singleShot(0, self, self._rebuild)

    def _rebuild(self) -> None:
        if self.window is not None:
            self.window.rebuild()

    def _change_library(self, folder: Path) -> None:
        window = self.window
        self.close()
        if window is not None:
            window.close()
            window.deleteLater()
        self.open(folder)

    def close(self) -> None:
        """Let running work finish its current item, then close the library."""
        self.window = None
        if self.bridge is not None:
            self.bridge.close()
            self.bridge = None
        if self.library is not None:
            self.library.close()
            self.library = None


def _excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.error("unexpected", exc_info=(kind, error, trace))
    desk = _desk
    if desk is not None and desk.bridge is not None:
        desk.bridge.report(error)
    else:
        problems.write_report(error)
        sys.__excepthook__(kind, error, trace)


_desk: Desk | None = None


def _watch_crashes() -> None:
    try:
        folder = profile_folder() / "reports"
        folder.mkdir(parents=True, exist_ok=True)
        # Kept open for the life of the process: the handler writes into it when Python no longer can.
        faulthandler.enable((folder / "crash.txt").open("a", encoding="utf-8"))
    except OSError:
        if sys.stderr is not None:
            faulthandler.enable()


def make_application(arguments: Sequence[str] = ()) -> QApplication:
    """The QApplication with style and attributes set; call once per process."""
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication(["ranger-app", *arguments])
    app.setApplicationName("Ranger")
    app.setApplicationDisplayName("Ranger")
    app.setStyle("Fusion")
    return app


def main(arguments: Sequence[str] | None = None, watch: Callable[[Desk], object] | None = None) -> int:
    """Run the window; returns the exit status. ``--smoke`` paints once and ends (for the set-up and the build).

    ``watch`` is called with the desk once the window is up, before the event loop: benchmarks look over its shoulder.
    """
    global _desk
    parser = argparse.ArgumentParser(prog="ranger-app", description="Ranger in a window")
    parser.add_argument("--library", type=Path, help="folder of the library")
    parser.add_argument("--smoke", action="store_true", help="open, paint once, close")
    parser.add_argument("--smoke-map", action="store_true", help="the same, and show an empty map")
    given = parser.parse_args(arguments)
    logging.getLogger().addHandler(problems.recent)
    tune()
    given.smoke |= given.smoke_map
    if given.smoke and given.library is None:
        with tempfile.TemporaryDirectory(prefix="ranger-smoke-") as folder:
            os.environ["RANGER_PROFILE"] = str(Path(folder) / "profile")
            return _run(Path(folder) / "library", smoke=True, smoke_map=given.smoke_map)
    _watch_crashes()
    return _run(given.library, smoke=given.smoke, smoke_map=given.smoke_map, watch=watch)


def _run(
    folder: Path | None, *, smoke: bool, smoke_map: bool = False, watch: Callable[[Desk], object] | None = None
) -> int:
    global _desk
    app = make_application()
    sys.excepthook = _excepthook
    collector = Collector(app)
    kept = preferences.load()
    _desk = desk = Desk(kept)
    desk.dress()
    app.styleHints().colorSchemeChanged.connect(lambda _scheme: desk.dress() if kept.appearance == "system" else None)
    if smoke and folder is not None and not (folder / DATABASE).is_file():
        Library.create(folder, name="Smoke", country="RU", utc_offset=600).close()
    desk.open(folder or Path(kept.library or default_library()))
    shown: list[bool] = []
    if smoke:
        # Two turns of the event loop after the window is up: the first paint and what it started have happened.
        last = (lambda: _show_a_map(app, shown)) if smoke_map else app.closeAllWindows
        QTimer.singleShot(0, app, lambda: QTimer.singleShot(0, app, last))
    if watch is not None:
        watch(desk)
    status = app.exec()
    desk.close()
    _desk = None
    del collector
    if smoke_map and shown != [True]:
        print("The web engine could not show a map.", file=sys.stderr)  # noqa: T201 - for the build, not for a person
        return 1
    return int(status)


def _show_a_map(app: QApplication, shown: list[bool]) -> None:
    """Show an empty map in the web engine, then close everything: a build proves that it carries what this needs."""
    from ranger_app.maps import page
    from ranger_app.maps.layers import MapPage
    from ui.widgets.web import WebView

    view = WebView()
    view.show()

    def done(well: bool) -> None:
        shown.append(well)
        if view.failure is not None and sys.stderr is not None:
            print(view.failure, file=sys.stderr)  # noqa: T201
        view.deleteLater()
        QTimer.singleShot(0, app, app.closeAllWindows)

    view.loaded.connect(done)
    view.show_page(page.write(MapPage("Map", [])))


if __name__ == "__main__":
    sys.exit(main())
