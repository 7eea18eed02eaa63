"""One person's answer on an event beside the other's: who, when, what, and the points on which they differ marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ranger_app.actions.second_look import Difference, Opinion
from ranger_app.domain import taxa
from ranger_app.domain.agreement import Seen
from ranger_app.domain.fields import Choice
from ranger_app.domain.kinds_camera import LIFE_STAGES, OBSERVATION_TYPES, SEXES
from ranger_app.i18n import _, language
from ui.numbers import moment, number
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.text import ElidedLabel

ROOM_FOR_BOTH_NAMES = 320
_TYPES = {choice.code: choice.label for choice in OBSERVATION_TYPES}


def word_of(shown: str) -> str:
    """A species or type in the language in use."""
    return _(_TYPES[shown]) if shown in _TYPES else taxa.name(shown, language())


class OpinionCard(Card):
    """``taken`` when its answer is to settle the event."""

    taken = Signal()

    def __init__(self, place: int, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.body.setContentsMargins(12, 8, 12, 8)
        self.body.setSpacing(4)
        # Cards share the room equally, whatever is written on them.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.who = ElidedLabel("", "strong")
        self.when = ElidedLabel("", "muted")
        words.addWidget(self.who)
        words.addWidget(self.when)
        head.addLayout(words, 1)
        self.button = button(_("Take this"), self.taken.emit, key=str(place + 1))
        self.button.setAccessibleName(_("Take this"))
        self._words, self._key = self.button.text(), str(place + 1)
        head.addWidget(self.button)
        self.body.addLayout(head)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self.body.addLayout(self._rows)
        self.body.addStretch(1)
        self._scientific: list[QLabel] = []
        self.marked: list[str] = []
        """The words marked as different, for those who listen instead of looking."""

    def show_opinion(
        self,
        difference: Difference,
        opinion: Opinion,
        individuals: Mapping[bytes, str],
        utc_offset: int,
        *,
        open_: bool,
    ) -> None:
        """Show one answer. ``open_``: the person at work may settle, and sees what differs."""
        self.who.setText(opinion.name)
        self.when.setText(moment(opinion.look.at / 1000, utc_offset))
        self.button.setVisible(open_)
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.marked, self._scientific = [], []
        points = {(point.field, point.shown) for point in difference.points} if open_ else set()
        others = [one.look.seen for one in difference.opinions if one is not opinion] if open_ else []
        for shown, seen in opinion.look.seen.items():
            apart = any(shown not in other for other in others)
            self._rows.addWidget(self._row(shown, seen, apart, points, individuals))
        self._fit()
        words = ", ".join(self.marked)
        self.setAccessibleName(
            _("{name}: differs in {what}").format(name=opinion.name, what=words) if words else opinion.name
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # In a narrow window the scientific name makes room; the common one is enough to tell two answers apart. The
        # button keeps its key.
        self.button.setText(self._words if self.width() >= ROOM_FOR_BOTH_NAMES else self._key)
        for one in self._scientific:
            one.setVisible(self.width() >= ROOM_FOR_BOTH_NAMES)

    def _row(
        self,
        shown: str,
        seen: Seen,
        apart: bool,
        points: set[tuple[str, str]],
        individuals: Mapping[bytes, str],
    ) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        first, details, animal = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for line in (first, details, animal):
            line.setSpacing(8)
            column.addLayout(line)
        first.addWidget(self._part(word_of(shown), apart, "section"))
        if shown not in _TYPES and word_of(shown) != shown:
            self._scientific.append(ElidedLabel(shown, "scientific"))
            first.addWidget(self._scientific[-1])
        # How many stands beside the name; the rest below, where there is room for long words.
        parts = (
            (first, "count", f"× {number(seen.count)}" if seen.count is not None else ""),
            (details, "sex", _choices(sorted(seen.sexes), SEXES)),
            (details, "life_stage", _choices(sorted(seen.life_stages), LIFE_STAGES)),
            (animal, "individual", ", ".join(sorted(individuals.get(one, one.hex()[:8]) for one in seen.individuals))),
        )
        for line, field, text in parts:
            if text:
                line.addWidget(self._part(text, (field, shown) in points, "strong" if field == "count" else ""))
        for line in (first, details, animal):
            line.addStretch(1)
        return made

    def _part(self, text: str, differs: bool, role: str) -> QLabel:
        if not differs:
            return ElidedLabel(text, role)
        self.marked.append(text)
        made = Chip(f"≠ {text}", "attention")
        made.setToolTip(_("Here the answers differ."))
        return made


def _choices(codes: Sequence[str], choices: Sequence[Choice]) -> str:
    labels = {choice.code: choice.label for choice in choices}
    return ", ".join(_(labels[code]) if code in labels else code for code in codes)
