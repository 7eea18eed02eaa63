"""Second opinions that were given: both answers beside each other, and a key that takes the second one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ranger_app.actions import catalogue, second_opinion
from ranger_app.actions.catalogue import Entry, Shown
from ranger_app.actions.listing import Line
from ranger_app.actions.second_opinion import Compared
from ranger_app.i18n import N_, _
from ranger_app.library import Library
from ranger_app.store import gallery
from ranger_app.store.connection import Database
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.compare.animal_pane import AnimalPane
from ui.camera_traps.compare.rack import Rack
from ui.camera_traps.compare.subject import EVERY, Subject, title
from ui.commands import Command
from ui.numbers import moment
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label

_ANSWERS = {"new": N_("not known yet"), "cannot_tell": N_("cannot tell")}


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answered question with the pictures it was about, and the names of both animals."""

    compared: Compared
    pictures: tuple[Shown, ...]
    first: str
    second: str


class AnsweredPage(QWidget):
    """``animal_wanted(id)`` for the page of an animal; ``told`` when the list was read."""

    animal_wanted = Signal(object)
    told = Signal()

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self._asked = 0
        self.answers: dict[bytes, _Answer] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.BETWEEN)
        empty = EmptyState(_("No second opinion was given yet. Here both answers will stand side by side."))
        headings = [_("Answered"), _("Said first"), _("Second opinion"), _("Result"), _("By")]
        self.table = LineTable(
            bridge, LinesModel(headings, [False] * 5), lambda: [], (), empty, spare={4: 640, 0: 560, 3: 400}
        )
        self.table.view.setAccessibleName(_("Second opinions"))
        self.table.selected.connect(lambda _id: self._show_card())
        row.addWidget(self.table, 58)
        row.addWidget(self._made_card(), 42)
        self.setFocusProxy(self.table)

    def _made_card(self) -> Card:
        card = self.card = Card()
        self._rack = Rack(self._library, self._bridge, self)
        self.pane = AnimalPane(self._rack, self._library.station.utc_offset, ("O", "P"), free=True)
        self.pane.changed.connect(self._want)
        self.chip = Chip("")
        self.words = label("", wrap=True)
        self.move_button = primary("", self.take_second, key="K")
        self.animal_button = button("", self.open_first, key="Return")
        for one in (self.chip, self.words, self.move_button, self.animal_button):
            card.body.addWidget(one)
        card.body.addWidget(self.pane, 1)
        card.hide()
        return card

    def read(self) -> None:
        """Read what was answered."""
        self._asked += 1
        asked, library = self._asked, self._library

        def read(_cancel: object) -> list[_Answer]:
            with library.read() as db:
                entries = {one.id: one for one in catalogue.entries(db)}
                return [_answer(db, one, entries) for one in second_opinion.answered(db)]

        self._bridge.run(read, lambda found: self._take(asked, found), owner=self)

    def _take(self, asked: int, found: list[_Answer]) -> None:
        if asked != self._asked:
            return
        self.answers = {one.compared.id: one for one in found}
        self.table.show_lines([_line(one, self._library.station.utc_offset) for one in found])
        lines = self.table.model.lines
        if lines and self.table.current() is None:
            self.table.choose(lines[0].id)
        self._show_card()
        self.told.emit()

    def current(self) -> _Answer | None:
        """The chosen line."""
        chosen = self.table.current()
        return self.answers.get(chosen) if chosen is not None else None

    def _show_card(self) -> None:
        one = self.current()
        self.card.setVisible(one is not None)
        if one is None:
            return
        self.pane.show_subject(Subject(one.compared.id, one.first, "", True, one.pictures), EVERY)
        self.pane.mark.hide()
        agrees = one.compared.agrees
        self.chip.show_word(_("Both agree") if agrees else _("The answers differ"), "own" if agrees else "attention")
        said = [_("Said first: {what}").format(what=one.first), _("Second opinion: {what}").format(what=one.second)]
        self.words.setText("\n".join([*said, *([one.compared.remarks] if one.compared.remarks else [])]))
        self.move_button.setVisible(self._movable(one))
        self.move_button.setText(f"{_('Move to {animal}').format(animal=one.second)}   K")
        self.animal_button.setVisible(one.compared.first is not None)
        self.animal_button.setText(f"{_('Open {animal}').format(animal=one.first)}   Enter")

    def _want(self) -> None:
        shown = self.pane.shown()
        self._rack.want([shown.sha256 if shown is not None else None, *self.pane.near()])

    @staticmethod
    def _movable(one: _Answer) -> bool:
        return not one.compared.agrees and one.compared.second is not None

    def take_second(self) -> None:
        """Say that the capture shows the animal of the second opinion."""
        one = self.current()
        if one is None or one.compared.second is None or not self._movable(one):
            return
        observation, animal = one.compared.observation, one.compared.second
        words = _("The capture is now of {animal}.").format(animal=one.second)

        def done(_changes: object) -> None:
            self._bridge.say(words, undo=True)
            self.read()

        self._bridge.act(lambda _cancel: catalogue.move(self._library, [observation], animal), done, owner=self)

    def open_first(self) -> None:
        """The page of the animal that was said first."""
        one = self.current()
        if one is not None and one.compared.first is not None:
            self.animal_wanted.emit(one.compared.first)

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """Its keys; ``free`` tells whether plain letters are commands now."""
        made = partial(Command, group=_("Second opinions"), enabled=free)
        return [
            made("opinions.take", _("Move the capture to the second animal"), self.take_second, "K"),
            made("opinions.open", _("Open the animal that was said first"), self.open_first, "Return", bound=False),
            made("opinions.picture_back", _("Picture before"), partial(self.pane.step, -1), "O"),
            made("opinions.picture_on", _("Picture after"), partial(self.pane.step, 1), "P"),
        ]


def _answer(db: Database, one: Compared, entries: dict[bytes, Entry]) -> _Answer:
    pictures = []
    found = db.conn.execute(
        "SELECT id, taken_at FROM media WHERE deleted = 0 AND (id = (SELECT media FROM observation WHERE id = ?1)"
        " OR id IN (SELECT media FROM event_picture WHERE observation = ?1)) ORDER BY taken_at, key",
        (one.observation,),
    )
    for media, taken_at in found.fetchall():
        pictures.append(Shown(media, gallery.picture_of(db, media), "", False, taken_at))

    def name(animal: bytes | None) -> str:
        return title(entries[animal]) if animal is not None and animal in entries else ""

    second = name(one.second) or (_(_ANSWERS[one.answer]) if one.answer in _ANSWERS else one.answer)
    return _Answer(one, tuple(pictures), name(one.first) or _("no animal named"), second)


def _line(one: _Answer, utc_offset: int) -> Line:
    at = moment(one.compared.at / 1000, utc_offset) if one.compared.at else ""
    result = _("agree") if one.compared.agrees else _("≠ differ")
    texts = (at, one.first, one.second, result, one.compared.by)
    return Line(one.compared.id, texts, ((1, one.compared.at), *((1, text.casefold()) for text in texts[1:])))
