"""The one window: rail, title line, the screen, bottom line, and the panels that open inside it.

It knows screens only as Screen; what a place does is its own matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import shiboken6
from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ranger_app.actions import disk
from ranger_app.changes import Changes
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows
from ui import help as help_pages
from ui import theme
from ui.bridge import Bridge
from ui.commands import Command
from ui.numbers import offset
from ui.problems import worded
from ui.shell import saved
from ui.shell.keys import Keys
from ui.shell.lock import Lock
from ui.shell.palette import Palette
from ui.shell.places import PLACES, Place
from ui.shell.rail import Rail
from ui.shell.side_panel import SidePanel
from ui.shell.status_line import StatusLine
from ui.shell.title_line import TitleLine
from ui.shell.undo_strip import UndoStrip
from ui.shell.veil import Veil
from ui.shell.who import WhoPanel
from ui.widgets.banner import Banner
from ui.widgets.screen import Screen

DESIGN_SIZE = (1366, 768)
LEAST_SIZE = (900, 500)
"""1366x768 at 150 % scaling leaves 911x512."""
_SAVED_AGAIN_MS = 60_000
_ASK_THE_DISK_MS = 20_000
"""After the start: Windows takes seconds to say whether its disk is encrypted."""


class Window(QMainWindow):
    """Shows the library of ``bridge``. ``closing`` is emitted once when a person closes it."""

    closing = Signal()

    def __init__(self, library: Library, bridge: Bridge, places: Sequence[Place] = PLACES) -> None:
        super().__init__()
        self.library = library
        self.bridge = bridge
        self.places = tuple(places)
        self.place = self.places[0].id
        self.screens: dict[str, Screen] = {}
        self._state: dict[str, dict[str, Any]] = {}
        self._missed: dict[str, Changes] = {}
        self._field: QWidget | None = None
        self._before_palette: QWidget | None = None
        self.setMinimumSize(*LEAST_SIZE)
        self.resize(*DESIGN_SIZE)
        self._saved_timer = QTimer(self)
        self._saved_timer.setInterval(_SAVED_AGAIN_MS)
        self._saved_timer.timeout.connect(self._show_saved)
        self._build()
        bridge.changed.connect(self._changed)
        bridge.said.connect(lambda sentence, undo: self.strip.say(sentence, undo))
        bridge.problem.connect(self.show_problem)
        bridge.person_changed.connect(self._person_changed)
        bridge.jobs_changed.connect(self._show_saved)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_changed)
        self.lock = Lock(library, bridge, self)
        QTimer.singleShot(_ASK_THE_DISK_MS, self, self._ask_the_disk)

    # -- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.setWindowTitle(f"{self.library.station.name} · Ranger")
        content = QWidget()
        content.setProperty("role", "content")
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.rail = Rail(self.places)
        self.rail.chosen.connect(self.go)
        self.rail.who_wanted.connect(self.show_who)
        row.addWidget(self.rail)
        self.page = QWidget()
        self.page.setProperty("role", "page")
        column = QVBoxLayout(self.page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.title_line = TitleLine()
        self.title_line.find_wanted.connect(self.show_palette)
        column.addWidget(self.title_line)
        self._banners = QVBoxLayout()
        self._banners.setContentsMargins(theme.OUTSIDE, 0, theme.OUTSIDE, 0)
        self._banners.setSpacing(8)
        column.addLayout(self._banners)
        self.stack = QStackedWidget()
        column.addWidget(self.stack, 1)
        self.status_line = StatusLine(self.bridge)
        column.addWidget(self.status_line)
        row.addWidget(self.page, 1)
        self.setCentralWidget(content)
        self.veil = Veil(self.page)
        self.veil.pressed.connect(self.close_panels)
        self.strip = UndoStrip(self.page)
        self.strip.undo_wanted.connect(self.undo)
        self.panel = SidePanel(self.page)
        self.panel.closed.connect(self.veil.hide)
        self.palette_panel = Palette(self.commands, self.page)
        self.palette_panel.closed.connect(self._palette_closed)
        self.rail.show_station(
            self.library.station.name, self.library.station.country, offset(self.library.station.utc_offset)
        )
        self._keys = Keys(content)
        self._keys.bind(self.own_commands())
        self._show_person()
        self._show_saved()
        self._saved_timer.start()
        self.go(self.place)

    def rebuild(self) -> None:
        """Make everything anew in the language and colours now in use; half-written forms are kept."""
        self._state = {place: screen.state() for place, screen in self.screens.items()}
        self.screens = {}
        self._missed = {}
        old = self.takeCentralWidget()
        self._build()
        if old is not None:
            old.hide()
            old.deleteLater()

    def screen_at(self, place: str) -> Screen:
        """The screen of ``place``, built on the first call."""
        if place not in self.screens:
            maker = next(one for one in self.places if one.id == place)
            screen = maker.make(self.library, self.bridge)
            self.screens[place] = screen
            keys = Keys(screen)
            screen.commands_changed.connect(lambda: keys.bind(screen.commands()))
            screen.heading_changed.connect(lambda: self._heading_changed(screen))
            screen.go.connect(self.go)
            screen.panel_wanted.connect(self.panel_show)
            screen.panel_done.connect(lambda: self.panel.close_panel())
            self.stack.addWidget(screen)
            screen.refresh(None)
            if state := self._state.pop(place, None):
                screen.restore(state)
            keys.bind(screen.commands())
        return self.screens[place]

    # -- going about -------------------------------------------------------------------------------------------

    def go(self, place: str, target: Any = None) -> None:
        """Show ``place``; with ``target`` the screen is asked to open it."""
        shown = self.stack.currentWidget()
        if isinstance(shown, Screen) and place != self.place and not shown.leave():
            self.rail.show_place(self.place)
            return
        self.panel.close_panel()
        self.palette_panel.close_palette()
        screen = self.screen_at(place)
        self.place = place
        self.rail.show_place(place)
        self.stack.setCurrentWidget(screen)
        self.title_line.show_screen(screen)
        if missed := self._missed.pop(place, None):
            screen.refresh(missed)
        if target is not None:
            screen.open_at(target)
        self._focus(screen)

    def current(self) -> Screen:
        """The screen shown."""
        return self.screens[self.place]

    def _heading_changed(self, screen: Screen) -> None:
        if screen is self.stack.currentWidget():
            self.title_line.show_screen(screen)

    def panel_show(self, widget: QWidget, title: str) -> None:
        """Show ``widget`` in the side panel."""
        self.palette_panel.close_palette()
        self.veil.cover()
        self.panel.show_widget(widget, title)

    # -- commands ----------------------------------------------------------------------------------------------

    def own_commands(self) -> list[Command]:
        """What works on every screen."""
        going, everywhere = _("Go to"), _("Everywhere")
        found = [
            Command(f"go.{one.id}", _(one.word), partial(self.go, one.id), f"Ctrl+{number}", group=going)
            for number, one in enumerate(self.places, start=1)
        ]
        return [
            *found,
            Command("shell.help", _("Help for this screen"), self.show_help, "F1", group=everywhere),
            Command("shell.who", _("Change who is working"), self.show_who, "F2", group=everywhere),
            Command("shell.cover", _("Cover the window"), self.cover, "Ctrl+Shift+L", group=everywhere),
            Command("shell.find", _("Find anything"), self.show_palette, "Ctrl+K", group=everywhere, in_palette=False),
            Command("shell.undo", _("Undo the last change"), self.undo, "Ctrl+Z", group=everywhere),
            Command(
                "shell.redo", _("Do it again after all"), self.redo, "Ctrl+Shift+Z", group=everywhere, also=("Ctrl+Y",)
            ),
        ]

    def commands(self) -> list[Command]:
        """What can be done now: on this screen, then everywhere."""
        return [*self.current().commands(), *self.own_commands()]

    def show_palette(self) -> None:
        """Open the palette."""
        self.panel.close_panel()
        self._before_palette = QApplication.focusWidget()
        self.veil.cover()
        self.palette_panel.open()

    def _palette_closed(self) -> None:
        self.veil.hide()
        before, self._before_palette = self._before_palette, None
        if before is not None and shiboken6.isValid(before):
            before.setFocus()

    def close_panels(self) -> None:
        """Close whatever panel is open."""
        self.palette_panel.close_palette()
        self.panel.close_panel()

    def show_help(self) -> None:
        """Open this screen's help page, or close it if it is open."""
        if isinstance(self.panel.content, help_pages.HelpPanel):
            self.panel.close_panel()
            return
        self.panel_show(help_pages.HelpPanel(self.current().help_page, self.commands()), _("Help"))

    def show_who(self) -> None:
        """Open the list of people, or close it if it is open."""
        if isinstance(self.panel.content, WhoPanel):
            self.panel.close_panel()
            return
        panel = WhoPanel(self.library, self.bridge)
        panel.chosen.connect(self.panel.close_panel)
        self.panel_show(panel, _("Who is working?"))

    def cover(self) -> None:
        """Cover the window until somebody gives a PIN or the passphrase."""
        if not self.lock.cover_now():
            self.bridge.say(_("Nobody here has a PIN, and the keys have no passphrase: nothing could open it again."))

    def _ask_the_disk(self) -> None:
        self.bridge.run(lambda _cancel: disk.look(self.library), lambda _answer: None, lambda _error: None, owner=self)

    def undo(self) -> None:
        """Take back the last act of this station."""
        from ranger_app.actions.undo import undo

        self.bridge.undo_asked.emit()
        self.bridge.act(lambda _cancel: undo(self.library), self._undone, self._not_undone, owner=self)

    def redo(self) -> None:
        """Do again what was undone last."""
        from ranger_app.actions.undo import redo

        self.bridge.act(lambda _cancel: redo(self.library), self._redone, owner=self)

    def _not_undone(self, error: BaseException) -> None:
        self.bridge.undo_done.emit()
        self.bridge.report(error)

    def _undone(self, changes: Changes | None) -> None:
        self.bridge.undo_done.emit()
        if changes is None:
            self.bridge.say(_("There is nothing to undo."))
        else:
            self.bridge.say(_("Undone. Ctrl+Shift+Z does it again."))

    def _redone(self, changes: Changes | None) -> None:
        self.bridge.say(
            _("There is nothing to do again.") if changes is None else _("Done again."), undo=changes is not None
        )

    # -- hearing -----------------------------------------------------------------------------------------------

    def _changed(self, changes: Changes) -> None:
        if "person" in changes.kinds:
            self._show_person()
        for place, screen in self.screens.items():
            if place == self.place:
                screen.refresh(changes)
            else:  # read when somebody looks: a hidden screen must not slow down the one in use
                missed = self._missed.get(place)
                self._missed[place] = missed.and_then(changes) if missed else changes

    def _person_changed(self) -> None:
        self._show_person()
        person = self.library.person
        if person is not None:
            self.bridge.preferences.people[self.library.station.id.hex()] = person.hex()
            self.bridge.preferences.save()
        self.current().commands_changed.emit()

    def _show_person(self) -> None:
        name = ""
        if self.library.person is not None:
            with self.library.read() as db:
                record = rows.get(db, "person", self.library.person)
            name = record.text("name") if record else ""
        self.rail.show_person(name)

    def _show_saved(self) -> None:
        self.status_line.show_saved(saved.sentence(self.library))

    def show_problem(self, error: BaseException) -> None:
        """Say what went wrong and what to do, across the top of the screen."""
        problem = worded(error)
        where = f"{problem.todo}\n{problem.report}" if problem.report else problem.todo
        banner = Banner(problem.what, where, "problem", close=_("Close"))
        while self._banners.count() >= 2:  # the newest two are enough to read
            item = self._banners.takeAt(0)
            if item and (widget := item.widget()):
                widget.deleteLater()
        self._banners.addWidget(banner)
        banner.show()

    # -- Qt ----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._place_panels)

    def _place_panels(self) -> None:
        for part in (self.veil, self.strip, self.panel, self.palette_panel):
            if not part.isHidden():
                part.place()

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        # A field keeps Ctrl+Z for itself even when it has nothing to undo; then the library's undo is meant.
        if self._field is not None:
            with suppress(RuntimeError):
                self._field.removeEventFilter(self)
            self._field = None
        if isinstance(new, QLineEdit | QPlainTextEdit) and new.window() is self:
            self._field = new
            new.installEventFilter(self)
        if new is None:  # what had the focus was hidden or deleted
            QTimer.singleShot(0, self, self._hold_focus)

    def _hold_focus(self) -> None:
        # Without a focus no key works at all.
        if self.lock.cover is not None:
            return
        if self.isActiveWindow() and QApplication.focusWidget() is None and self.place in self.screens:
            self._focus(self.current())

    @staticmethod
    def _focus(screen: Screen) -> None:
        wanted = screen.start_focus()
        # A button that waits for its data takes no focus.
        (wanted if wanted is not None and wanted.isEnabled() and wanted.isVisible() else screen).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.matches(QKeySequence.StandardKey.Undo)
        ):
            has_own = (
                watched.isUndoAvailable()
                if isinstance(watched, QLineEdit)
                else isinstance(watched, QPlainTextEdit) and watched.document().isUndoAvailable()
            )
            if not has_own:
                self.undo()
                return True
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        shown = self.stack.currentWidget()
        if isinstance(shown, Screen) and not shown.leave():
            event.ignore()
            return
        self._saved_timer.stop()
        self.lock.stop()
        self.closing.emit()
        super().closeEvent(event)
