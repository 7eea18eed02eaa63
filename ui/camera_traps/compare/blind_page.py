"""Answering a second opinion blind: the pictures asked about at the left, known animals of the species at the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from ranger_app.actions import catalogue, second_opinion
from ranger_app.actions.catalogue import Shown
from ranger_app.actions.second_opinion import Asked
from ranger_app.domain import taxa
from ranger_app.i18n import _, language, ngettext
from ranger_app.library import Library
from ranger_app.store import gallery, rows
from ranger_app.store.connection import Database
from ui.bridge import Bridge
from ui.camera_traps.compare.compare_page import LOW, UNDER_THE_STRIP, steering
from ui.camera_traps.compare.subject import Subject, of_animal
from ui.camera_traps.compare.two_panes import TwoPanes
from ui.commands import Command
from ui.numbers import number
from ui.widgets.buttons import button, primary
from ui.widgets.empty_state import EmptyState
from ui.widgets.text import label
from ui.widgets.wrapped import Wrapped

_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Question:
    """What waits: the pictures asked about, and the animals it may be. Nothing here tells what was answered first."""

    asked: Asked
    pictures: Subject
    animals: tuple[Subject, ...]


class BlindPage(QWidget):
    """``told`` when something is asked or answered."""

    told = Signal()

    def __init__(self, library: Library, bridge: Bridge, leave: Callable[[], object]) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self.asked: list[Asked] = []
        self.question: Question | None = None
        self.place = 0
        self._turn = 0
        self._stack = QStackedLayout(self)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.panes = TwoPanes(library, bridge, free_left=True)
        column.addWidget(self.panes, 1)
        row = Wrapped(8)
        self.yes = primary(_("It is this animal"), partial(self.answer, "animal"), key="S")
        row.addWidget(self.yes)
        row.addWidget(button(_("Next animal"), partial(self.step, 1), key="N"))
        row.addWidget(button(_("An animal not known yet"), partial(self.answer, "new"), key="A"))
        row.addWidget(button(_("Cannot tell"), partial(self.answer, "cannot_tell"), key="C"))
        column.addLayout(row)
        self.count = label("", "muted", wrap=True)
        column.addWidget(self.count)
        self._stack.addWidget(page)
        self.empty = EmptyState(
            _(
                "Nobody waits for your second opinion. To ask for one, open an animal of the catalogue, choose a"
                " capture and press O: somebody else then looks at it without knowing what you said."
            ),
            _("Open the catalogue"),
            leave,
            icon="done",
            key="Esc",
        )
        self._stack.addWidget(self.empty)
        self.setFocusProxy(self.panes)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.count.setMinimumHeight(0 if self.height() < LOW else UNDER_THE_STRIP)

    # -- reading -----------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read what waits for the person at work."""
        self._turn += 1
        turn, library = self._turn, self._library
        shown = self.question.asked.id if self.question is not None else None

        def read(_cancel: object) -> tuple[list[Asked], Question | None]:
            with library.read() as db:
                waiting = second_opinion.open_for(library, db)
                first = next((one for one in waiting if one.id == shown), waiting[0] if waiting else None)
                return waiting, _question(db, first) if first is not None else None

        self._bridge.run(read, lambda found: self._take(turn, *found), owner=self)

    def _take(self, turn: int, waiting: list[Asked], question: Question | None) -> None:
        if turn != self._turn:
            return
        before = self.question
        self.asked, self.question = waiting, question
        if question is None or before is None or before.asked.id != question.asked.id:
            self.place = 0
            self.panes.begin()
        self._stack.setCurrentIndex(0 if question is not None else 1)
        self._show()
        self.told.emit()

    def _show(self) -> None:
        question = self.question
        if question is None:
            self.panes.show_pair(None, None)
            return
        self.place = max(0, min(self.place, len(question.animals) - 1))
        shown = question.animals[self.place] if question.animals else None
        self.panes.show_pair(
            question.pictures, shown, _("No animal of this species is in the catalogue yet: it is one not known yet.")
        )
        self.yes.setEnabled(shown is not None)
        near = [self.place + by for by in (*range(1, _AHEAD + 1), -1)]
        self.panes.ahead([question.animals[n] for n in near if 0 <= n < len(question.animals)])
        place, n = number(self.place + 1), len(question.animals)
        words = _("Animal {place} of {n}.").format(place=place, n=number(n)) if n else ""
        self.count.setText(f"{words} {_('Go by the pattern alone: what was said first is shown once you answered.')}")

    def step(self, by: int) -> None:
        """The animal after (1) or before (-1) at the right; around at the ends."""
        if self.question is not None and self.question.animals:
            self.place = (self.place + by) % len(self.question.animals)
            self._show()

    def sentence(self) -> str:
        """What waits, in a line."""
        n = len(self.asked)
        words = ngettext("{n} waits for your answer", "{n} wait for your answer", n).format(n=number(n))
        return words if n else _("Nothing waits for you.")

    # -- answering ---------------------------------------------------------------------------------------------

    def answer(self, answer: str) -> None:
        """Say "animal" (the one shown at the right), "new" or "cannot_tell"; the next question follows."""
        question = self.question
        if question is None or (answer == "animal" and not question.animals):
            return
        animal = question.animals[self.place] if answer == "animal" else None
        words = {
            "animal": _("Answered: {animal}.").format(animal=animal.title if animal is not None else ""),
            "new": _("Answered: an animal not known yet."),
            "cannot_tell": _("Answered: it cannot be told."),
        }[answer]
        record = animal.animal if animal is not None else None

        def done(_changes: object) -> None:
            self._bridge.say(words, undo=True)
            self.read()

        self._bridge.act(
            lambda _cancel: second_opinion.answer(self._library, question.asked.id, answer, record), done, owner=self
        )

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """Its keys; ``free`` tells whether plain letters are commands now."""
        keys = partial(steering, free)
        made = partial(Command, group=_("Second opinions"), enabled=lambda: keys() and self.question is not None)
        return [
            made("opinions.yes", _("It is this animal"), partial(self.answer, "animal"), "S"),
            made("opinions.next", _("Next animal"), partial(self.step, 1), "N", also=("Right",)),
            made("opinions.previous", _("Animal before"), partial(self.step, -1), "Shift+N", also=("Left",)),
            made("opinions.new", _("An animal not known yet"), partial(self.answer, "new"), "A"),
            made("opinions.cannot_tell", _("Cannot tell"), partial(self.answer, "cannot_tell"), "C"),
            *self.panes.commands(keys, points=False),
        ]


def _question(db: Database, asked: Asked) -> Question:
    observation = rows.get(db, "observation", asked.observation)
    flank = observation.text("flank") if observation is not None else ""
    pictures = []
    for media in asked.media:
        row = db.conn.execute("SELECT taken_at FROM media WHERE id = ?", (media,)).fetchone()
        pictures.append(Shown(media, gallery.picture_of(db, media), flank, False, row[0] if row else None))
    species = taxa.name(asked.taxon, language()) if asked.taxon else ""
    subject = Subject(None, _("Who is it?"), species, True, tuple(pictures))
    found = []
    known = [one for one in catalogue.entries(db, asked.taxon) if asked.taxon]
    own = {one.id for one in known if one.mine}
    for entry in known:
        if entry.mine or own.isdisjoint(entry.joined):  # one and the same animal stands there once
            found.append(of_animal(db, entry, pictures))
    found.sort(key=lambda one: not one.pictures)
    return Question(asked, subject, tuple(found))
