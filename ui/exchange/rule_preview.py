"""What a partner will see under a rule, before anything is given: sentences, numbers, and places before and after."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from ranger_app.actions.sharing_preview import PlaceSeen, Preview
from ranger_app.domain.kinds import BY_NAME
from ranger_app.i18n import _
from ui.numbers import number
from ui.widgets.card import Card
from ui.widgets.layouts import clear
from ui.widgets.text import ElidedLabel, label, section

_EXAMPLES = 5


class RulePreview(Card):
    """Filled by ``show_preview``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("They will see"), parent)
        self._words = QVBoxLayout()
        self._words.setSpacing(3)
        self.body.addLayout(self._words)
        self._numbers = QGridLayout()
        self._numbers.setHorizontalSpacing(16)
        self._numbers.setVerticalSpacing(2)
        self.body.addSpacing(4)
        self.body.addLayout(self._numbers)
        self.examples = section(_("Places, as they are and as they will be seen"))
        self.body.addSpacing(4)
        self.body.addWidget(self.examples)
        self._places = QGridLayout()
        self._places.setHorizontalSpacing(16)
        self._places.setVerticalSpacing(2)
        self.body.addLayout(self._places)
        self.body.addStretch(1)

    def show_preview(self, words: Sequence[str], seen: Preview) -> None:
        """Show what a rule gives; ``words`` are its sentences."""
        clear(self._words)
        for one in words:
            self._words.addWidget(label(one, "sentence", wrap=True))
        clear(self._numbers)
        for column, text in enumerate((_("Records"), _("in full"), _("in part"), _("not given"))):
            self._numbers.addWidget(label(text, "muted"), 0, column)
            if column:
                self._numbers.setColumnMinimumWidth(column, 64)
        line = 1
        for name, kind in BY_NAME.items():
            found = seen.kinds.get(name)
            if found is None or not (found.whole or found.part or found.withheld):
                continue
            self._numbers.addWidget(label(_(kind.label_plural)), line, 0)
            for column, figure in enumerate((found.whole, found.part, found.withheld), start=1):
                self._numbers.addWidget(_figure(figure), line, column)
            line += 1
        self._numbers.setColumnStretch(4, 1)
        self._show_places(seen.places)

    def _show_places(self, places: Sequence[PlaceSeen]) -> None:
        clear(self._places)
        self.examples.setVisible(bool(places))
        for line, place in enumerate(places[:_EXAMPLES]):
            name = ElidedLabel(place.name)
            name.setMaximumWidth(220)
            self._places.addWidget(name, line, 0)
            self._places.addWidget(label(_degrees(place.latitude, place.longitude, 4), "sentence"), line, 1)
            self._places.addWidget(label(_after(place), "strong", wrap=True), line, 2)
        self._places.setColumnStretch(2, 1)


def _figure(value: int) -> QLabel:
    made = label(number(value) if value else "–", "" if value else "muted")
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made


def _after(place: PlaceSeen) -> str:
    if place.shown_latitude is None or place.shown_longitude is None:
        return _("not given")
    if place.precision == "exact":
        return _("exact")
    digits = int(place.precision)
    where = _degrees(place.shown_latitude, place.shown_longitude, digits)
    return _("{place}, name not given").format(place=where) if place.shown_name is None else where


def _degrees(latitude: int, longitude: int, digits: int) -> str:
    return f"{latitude / 1e7:.{digits}f}, {longitude / 1e7:.{digits}f}"
