"""Today, the page the window opens with: what waits, in large figures, with the one button that leads to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from ranger_app.actions import today
from ranger_app.actions.today import Day
from ranger_app.changes import Changes
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.media.volumes import Volume
from ui import numbers, theme
from ui.bridge import Bridge
from ui.commands import Command
from ui.today.cards import Waiting, cards_of
from ui.widgets.buttons import button
from ui.widgets.card import Card, FigureCard
from ui.widgets.screen import Screen
from ui.widgets.text import muted

READERS_MS = 4000
"""How often the readers are looked at while Today is shown."""
SETTLE_MS = 150
"""Changes that come close together are read once."""
LEAST_CARD = 270
MOST_CARDS = 9


class TodayScreen(Screen):
    """Cards for what waits; the keys 1 to 9 press their buttons."""

    help_page = "today"

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge)
        self.day: Day | None = None
        self.readers: list[Volume] = []
        self.waiting: list[Waiting] = []
        self.cards: list[FigureCard] = []
        self._asked = 0
        self._looking = False
        self._emptied: dict[tuple[str, int], bool] = {}
        self._columns = 0
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.BETWEEN)
        self.body.addLayout(self._grid)
        self.jobs = Card(_("Start something"))
        self.jobs_remark = muted(_("The four main jobs. Each is described step by step under F1."))
        self.jobs.body.addWidget(self.jobs_remark)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.job_buttons: list[QPushButton] = []
        for command in self._jobs():
            made = button(command.title, command.run, key=command.shortcut)
            self.job_buttons.append(made)
            row.addWidget(made)
        row.addStretch(1)
        self.jobs.body.addLayout(row)
        self.body.addWidget(self.jobs)
        self.body.addStretch(1)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._read)
        self._poll = QTimer(self)
        self._poll.setInterval(READERS_MS)
        self._poll.timeout.connect(self._look_for_cards)
        self._say_day()
        self._skeleton()

    # -- commands ----------------------------------------------------------------------------------------------

    def _jobs(self) -> list[Command]:
        group = _("Start something")
        return [
            Command(
                "today.card", _("Empty a card"), partial(self.go.emit, "camera_traps", ("ingest", "")), "E", group=group
            ),
            Command("today.patrol", _("Write up a patrol"), partial(self.go.emit, "patrols", "new"), "P", group=group),
            Command("today.count", _("Enter a count"), partial(self.go.emit, "waterbirds", "new"), "C", group=group),
            Command("today.bundle", _("Write a bundle"), partial(self.go.emit, "exchange", "write"), "W", group=group),
        ]

    def commands(self) -> list[Command]:
        """The buttons of the cards on number keys, then the main jobs."""
        group = _("What waits")
        found = [
            Command(
                f"today.{one.id.partition(':')[0]}.{place}",
                f"{one.action}: {one.figure} {one.what}",
                partial(self.open_card, place),
                str(place + 1),
                group=group,
            )
            for place, one in enumerate(self.waiting[:MOST_CARDS])
            if one.action
        ]
        return [*found, *self._jobs()]

    def open_card(self, place: int) -> None:
        """Press the button of the card at ``place``."""
        if place < len(self.waiting):
            one = self.waiting[place]
            self.go.emit(one.place, one.target)

    def start_focus(self) -> QWidget | None:
        return self.cards[0].button if self.cards and self.day is not None else None

    # -- reading -----------------------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Read the figures again; many changes in a row are read once."""
        if changes is None or "media" in changes.kinds:
            self._emptied.clear()
        if changes is None:
            self._read()
        elif not self._settle.isActive():
            self._settle.start()

    def _read(self) -> None:
        self._asked += 1
        asked = self._asked
        self.bridge.run(lambda _cancel: today.day(self.library), lambda day: self._take(asked, day), owner=self)

    def _take(self, asked: int, day: Day) -> None:
        if asked == self._asked:
            first = self.day is None
            self.day = day
            self._show(first=first)

    def _look_for_cards(self) -> None:
        if self._looking:
            return
        self._looking = True
        self.bridge.run(lambda _cancel: self._cards(), self._found_cards, self._no_cards, owner=self)

    def _cards(self) -> list[Volume]:
        """The cards that hold something new. A card is listed only once as long as nothing on it or here changes."""
        found = []
        for one in today.cards_in_readers():
            key = (str(one.path), one.free)
            if key not in self._emptied:
                self._emptied[key] = today.is_emptied(self.library, one.path)
            if not self._emptied[key]:
                found.append(one)
        return found

    def _found_cards(self, found: list[Volume]) -> None:
        self._looking = False
        if [one.path for one in found] != [one.path for one in self.readers]:
            self.readers = found
            if self.day is not None:
                self._show()

    def _no_cards(self, _error: BaseException) -> None:
        self._looking = False

    # -- drawing -----------------------------------------------------------------------------------------------

    def _say_day(self, sentence: str = "") -> None:
        zone = timezone(timedelta(minutes=self.library.station.utc_offset))
        there: date = datetime.fromtimestamp(self.library.now_ms() / 1000, zone).date()
        title = numbers.day(there, long=True)
        self.set_heading(title[:1].upper() + title[1:], sentence or _("Looking at what waits …"))

    def _skeleton(self) -> None:
        self._fill(6, lambda _card, _place: None)

    def _show(self, *, first: bool = False) -> None:
        assert self.day is not None
        had_focus = next((place for place, card in enumerate(self.cards) if card.button.hasFocus()), -1)
        nothing_focused = self.isVisible() and self.window().focusWidget() in (None, self)
        self.waiting = cards_of(self.day, self.readers, [job.title for job in self.bridge.running])[:MOST_CARDS]
        hurry = sum(1 for one in self.waiting if one.waits)
        self._say_day(
            ngettext("{n} thing waits.", "{n} things wait.", hurry).format(n=numbers.number(hurry))
            if hurry
            else _("Nothing waits. A good day for the field.")
            if not self.day.empty
            else _("Nothing is recorded yet. Begin with one of the four main jobs.")
        )
        self._fill(len(self.waiting), self._draw)
        if had_focus >= 0 or (self.isVisible() and (first or nothing_focused)):
            self.cards[max(0, min(had_focus, len(self.cards) - 1))].button.setFocus()
        self.commands_changed.emit()

    def _draw(self, card: FigureCard, place: int) -> None:
        one = self.waiting[place]
        card.show_figure(one.figure, one.what, one.remark, quiet=not one.waits)
        card.show_chip(one.chip, one.tone)
        card.button.setText(f"{one.action}   {place + 1}".replace("&", "&&"))
        card.button.setAccessibleName(f"{one.action}: {one.figure} {one.what}")
        card.button.setVisible(bool(one.action))
        card.make_primary(place == 0 and bool(one.waits))

    def _fill(self, number: int, draw: Callable[[FigureCard, int], Any]) -> None:
        while len(self.cards) < number:
            place = len(self.cards)
            self.cards.append(FigureCard("", action=" ", run=partial(self.open_card, place)))
            self.cards[-1].setMinimumHeight(168)
            self.cards[-1].button.hide()
        while len(self.cards) > number:
            gone = self.cards.pop()
            self._grid.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, card in enumerate(self.cards):
            draw(card, place)
        self._arrange()

    def _arrange(self) -> None:
        wide = max(1, min(3, (self.width() - 2 * theme.OUTSIDE + theme.BETWEEN) // (LEAST_CARD + theme.BETWEEN)))
        for place, card in enumerate(self.cards):
            self._grid.addWidget(card, place // wide, place % wide)
        for column in range(3):
            self._grid.setColumnStretch(column, 1 if column < wide else 0)
        self._columns = wide

    # -- Qt ----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        focus = self.start_focus()
        if focus is not None and self.window().focusWidget() in (None, self):
            focus.setFocus()
        self._look_for_cards()
        self._poll.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._poll.stop()
