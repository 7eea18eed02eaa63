"""Beside the large picture: what it is, how many, which animal; every choice with its key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QMargins, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ranger_app.actions.review import KnownAnimal, Said
from ranger_app.domain import taxa
from ranger_app.domain.fields import Choice
from ranger_app.domain.kinds_camera import FLANKS, LIFE_STAGES, SEXES, SURENESS
from ranger_app.i18n import _, language, ngettext
from ui import theme
from ui.camera_traps.behaviour_box import BehaviourBox
from ui.camera_traps.reviewer import OTHER_KEYS, AnswerKey, Details, Reviewer
from ui.camera_traps.source import ReviewSource
from ui.camera_traps.species_field import SpeciesField
from ui.widgets.buttons import button, primary
from ui.widgets.chip import Chip
from ui.widgets.keycap import keycap
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import hairline, label

WIDTH = 336
ROW = 29
_BESIDE_CHIP = 84
ROOM_FOR_NINE = 700
"""Panel heights below show six species, three beside a known animal; all nine keys work all the same."""


class Elided(QLabel):
    """A label that ends in … instead of pushing its neighbours away."""

    def __init__(self, text: str, role: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setProperty("elides", True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class AnswerRow(QPushButton):
    """A key cap, a name and, for species, the scientific name."""

    def __init__(self, key: AnswerKey, name: str, scientific: str = "") -> None:
        super().__init__()
        self.key = key
        self.setProperty("role", "answer")
        self.setCheckable(True)
        self.setFixedHeight(ROW)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{name}, {key.key}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(8)
        parts: list[QLabel] = [keycap(key.key), Elided(name)]
        if scientific and scientific != name:
            parts.append(Elided(scientific, "scientific"))
            parts[-1].setAlignment(Qt.AlignmentFlag.AlignRight)
        for place, part in enumerate(parts):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(part, 1 if place == len(parts) - 1 else 0)

    def sizeHint(self) -> QSize:
        return QSize(120, ROW)


class AnswerPanel(QFrame):
    """``answered(AnswerKey)`` for a press on a row, ``species(name)`` for a typed one, ``confirmed`` and ``copied``."""

    answered = Signal(object)
    species = Signal(str)
    confirmed = Signal()
    copied = Signal()
    individual_chosen = Signal(object)
    went_on = Signal(bool)
    left = Signal()
    """The keyboard goes back to the picture."""

    def __init__(
        self,
        reviewer: Reviewer,
        source: ReviewSource,
        behaviours: Callable[[], Sequence[str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._reviewer, self._source, self._behaviours = reviewer, source, behaviours
        self._animals: list[KnownAnimal] | None = None
        self._filling = False
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        area = ScrolledColumn(QMargins(theme.INSIDE, 8, theme.INSIDE, 4))
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(area)
        self._column = area.column
        self._column.setSpacing(2)
        head = QHBoxLayout()
        self.chip = Chip("", "attention")
        head.addWidget(self.chip)
        head.addStretch(1)
        head.addWidget(keycap("S"))
        self._column.addLayout(head)
        self.field = SpeciesField()
        self.field.chosen.connect(self.species)
        self.field.left.connect(self.left)
        self._column.addWidget(self.field)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._column.addLayout(self._rows)
        self.rows: list[AnswerRow] = []
        self.fill_keys()
        self._column.addWidget(hairline())
        self._build_details()
        self._column.addStretch(1)
        self._build_buttons(outer)
        reviewer.details_changed.connect(self.show_details)
        self.show_details()

    def fill_keys(self) -> None:
        """The rows of species and words anew: another person, another list."""
        while (item := self._rows.takeAt(0)) is not None:
            _drop(item.widget(), item.layout())
        self.rows = []
        for key in self._reviewer.species_keys():
            assert key.taxon is not None
            self._add(key, taxa.name(key.taxon, language()), key.taxon)
            self._rows.addWidget(self.rows[-1])
        for pair in (OTHER_KEYS[:2], OTHER_KEYS[2:]):
            line = QHBoxLayout()
            line.setSpacing(8)
            for key in pair:
                self._add(key, self._source.word(key.type))
                line.addWidget(self.rows[-1], 1)
            self._rows.addLayout(line)
        self._fit()

    def _add(self, key: AnswerKey, name: str, scientific: str = "") -> None:
        row = AnswerRow(key, name, scientific)
        row.clicked.connect(lambda _on, key=key: self.answered.emit(key))
        self.rows.append(row)

    def _build_details(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(Elided(_("How many"), "muted"), 1)
        line.addWidget(keycap("Alt+1…9"))
        self.fewer = self._step("−", -1, "-")
        self.count = label("1", "section")
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.count.setMinimumWidth(36)
        self.count.setToolTip(_("How many: of an event, the most that any single picture shows"))
        self.more = self._step("+", 1, "+")
        for part in (self.fewer, self.count, self.more):
            line.addWidget(part)
        self._column.addLayout(line)
        pair = QHBoxLayout()
        pair.setSpacing(8)
        self.sex = self._short(pair, _("Sex"), "X", SEXES)
        self.age = self._short(pair, _("Age"), "A", LIFE_STAGES)
        for place, share in ((1, 9), (3, 11)):
            pair.setStretch(place, share)
        self._column.addLayout(pair)
        self.behaviour = BehaviourBox(self._behaviours)
        self._line(_("Behaviour"), "D", self.behaviour)
        self.behaviour.chosen.connect(lambda word: self._put(behaviour=word))
        self.behaviour.left.connect(self.left)
        self.individual = QComboBox()
        self._fill_choice(self.individual, _("Individual"), _("not said"), ())
        self._line(_("Individual"), "I", self.individual)
        self._known = QWidget()
        known = QVBoxLayout(self._known)
        known.setContentsMargins(0, 0, 0, 0)
        known.setSpacing(2)
        self.flank, self.sureness = QComboBox(), QComboBox()
        self._fill_choice(self.flank, _("Side that shows"), _("not said"), FLANKS)
        self._fill_choice(self.sureness, _("How sure who it is"), _("not said"), SURENESS)
        self._line(_("Side"), "L", self.flank, known)
        self._line(_("How sure"), "P", self.sureness, known)
        self._column.addWidget(self._known)
        self.flank.activated.connect(lambda _i: self._put(flank=self.flank.currentData()))
        self.sureness.activated.connect(lambda _i: self._put(sureness=self.sureness.currentData()))
        self.sex.activated.connect(lambda _i: self._put(sex=self.sex.currentData()))
        self.age.activated.connect(lambda _i: self._put(life_stage=self.age.currentData()))
        self.individual.activated.connect(lambda _i: self.individual_chosen.emit(self.individual.currentData()))

    def _step(self, sign: str, by: int, key: str) -> QPushButton:
        made = button(sign, lambda: self._reviewer.more(by))
        made.setFixedSize(44, theme.TARGET)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setAccessibleName(_("One more") if by > 0 else _("One fewer"))
        made.setToolTip(key)
        return made

    def _line(self, words: str, key: str, box: QComboBox, column: QVBoxLayout | None = None) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(Elided(words, "muted"), 1)
        line.addWidget(keycap(key))
        box.setFixedWidth(176)
        line.addWidget(box)
        (column or self._column).addLayout(line)

    def _short(self, pair: QHBoxLayout, words: str, key: str, choices: Sequence[Choice]) -> QComboBox:
        """A choice without room for its caption: its first word is the caption."""
        box = QComboBox()
        self._fill_choice(box, words, _("{what}?").format(what=words), choices)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(4)
        pair.addWidget(keycap(key))
        pair.addWidget(box, 1)
        return box

    @staticmethod
    def _fill_choice(box: QComboBox, words: str, nothing: str, choices: Sequence[Choice]) -> None:
        box.setAccessibleName(words)
        box.setToolTip(words)
        box.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its key opens it; the letters stay with the picture
        box.addItem(nothing, None)
        for choice in choices:
            box.addItem(_(choice.label), choice.code)

    def _build_buttons(self, outer: QVBoxLayout) -> None:
        self.whole = QCheckBox()
        self.whole.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.whole.clicked.connect(self._reviewer.set_whole)
        self.on = QCheckBox(_("Go on to the next after a key"))
        self.on.toggled.connect(lambda on: None if self._filling else self.went_on.emit(on))
        self.confirm = primary(_("Confirm"), self.confirmed.emit, key="Return")
        self.copy_previous = button(_("Copy previous"), self.copied.emit, key="C")
        below = QVBoxLayout()
        below.setContentsMargins(theme.INSIDE, 0, theme.INSIDE, 10)
        below.setSpacing(2)
        for part in (self.whole, self.on, self.confirm, self.copy_previous):
            below.addWidget(part)
        outer.addLayout(below)

    # -- showing -----------------------------------------------------------------------------------------------

    def show_said(self, said: Sequence[Said], shown: str, *, reviewed: bool) -> None:
        """What is said of the picture: the badge, the marked row, whether there is something to confirm."""
        first = said[0] if said else None
        word = self._source.word(shown)
        own = [one for one in said if first is not None and not one.machine and one.person == first.person]
        others = [self._source.word(one.shown) for one in own]
        if reviewed:
            word = ", ".join(dict.fromkeys([word, *others]))
            by = first.by if first is not None and not first.machine else ""
            self._say(_("{who}: {what}").format(who=by, what=word) if by else word, "own")
        elif first is not None and first.machine and shown:
            sure = f" {first.certainty // 100} %" if first.certainty else ""
            self._say(_("machine says {what}").format(what=word.casefold() + sure), "attention")
        else:
            self._say(_("nobody has said yet"), "attention")
        for row in self.rows:
            row.setChecked(bool(shown) and row.key.shown == shown)
        self.confirm.setEnabled(bool(shown) and shown != "unclassified")
        self.copy_previous.setEnabled(self._reviewer.last is not None)

    def _say(self, words: str, tone: str) -> None:
        room = WIDTH - 2 * theme.INSIDE - _BESIDE_CHIP
        self.chip.setToolTip(words)
        self.chip.show_word(self.chip.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room), tone)

    def show_event(self, pictures: int, *, whole: bool) -> None:
        """Whether a key names the whole event, and how many pictures it has."""
        words = ngettext("The whole event: {n} picture", "The whole event: {n} pictures", pictures)
        self.whole.setText(words.format(n=pictures) + "   W")
        self.whole.setChecked(whole)
        self.confirm.setToolTip(self.whole.text() if whole else "")

    def show_details(self) -> None:
        """How many, sex, age, animal and what is said of knowing it, as they stand."""
        details: Details = self._reviewer.details
        self.count.setText(str(details.count))
        self.fewer.setEnabled(details.count > 1)
        self.sex.setCurrentIndex(max(0, self.sex.findData(details.sex)))
        self.age.setCurrentIndex(max(0, self.age.findData(details.life_stage)))
        self.behaviour.show_word(details.behaviour)
        self.individual.setCurrentIndex(max(0, self._place_of(details.individual)))
        self.flank.setCurrentIndex(max(0, self.flank.findData(details.flank)))
        self.sureness.setCurrentIndex(max(0, self.sureness.findData(details.sureness)))
        self._known.setVisible(details.individual is not None)
        self._fit()

    def _place_of(self, individual: bytes | None) -> int:
        return next((place + 1 for place, one in enumerate(self._animals or ()) if one.id == individual), 0)

    def offer(self, animals: Sequence[KnownAnimal]) -> None:
        """The known animals to choose from."""
        if self._animals == list(animals):
            return
        self._animals = list(animals)
        self.individual.clear()
        self.individual.addItem(_("not matched") if animals else _("none known yet"), None)
        for one in self._animals:
            self.individual.addItem(one.name, one)
        self.individual.setEnabled(bool(animals))
        self.show_details()

    def show_goes_on(self, on: bool) -> None:
        """Whether the viewer goes on after a key."""
        self._filling = True
        self.on.setChecked(on)
        self._filling = False

    def turn(self, box: QComboBox) -> None:
        """The next word of a vocabulary, by its key; nothing where it is not asked."""
        if not box.isVisibleTo(self):
            return
        box.setCurrentIndex((box.currentIndex() + 1) % box.count())
        box.activated.emit(box.currentIndex())

    def _put(self, **words: str | None) -> None:
        self._reviewer.put(replace(self._reviewer.details, **words))  # type: ignore[arg-type]

    def _fit(self) -> None:
        known = self._reviewer.details.individual is not None
        fits = 9 if self.height() >= ROOM_FOR_NINE else 3 if known else 6
        for place, row in enumerate(self.rows[:9]):
            if row.key.taxon is not None:
                row.setVisible(place < fits)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _drop(widget: QWidget | None, layout: object) -> None:
    if widget is not None:
        widget.hide()
        widget.deleteLater()
    elif isinstance(layout, QHBoxLayout):
        while (item := layout.takeAt(0)) is not None:
            _drop(item.widget(), item.layout())
        layout.deleteLater()
