"""What the right side of the count sheet shows: the trace of a number, or the few fields of an estimate or a sample."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ranger_app.actions.flock_shares import shares
from ranger_app.actions.tally_read import Entry, Kept
from ranger_app.domain import taxa
from ranger_app.domain.tally import Estimate
from ranger_app.errors import DataProblem
from ranger_app.i18n import _, language, ngettext
from ui.numbers import number
from ui.waterbirds.tally import large
from ui.widgets.buttons import primary
from ui.widgets.layouts import clear
from ui.widgets.text import label, section

_ENTRIES = 60
_FOUND = 3
_OFFERED = 2
_ROOMY = 300
_PARTS = 14
_WITH_NUMBER = re.compile(r"^(.*?\S)\s+(\d{1,7})$")


class Trace(QWidget):
    """The total of the species being counted, the sub-totals it is made of, questions, and every tap."""

    take_back = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.name = label("", "section", wrap=True)
        self.latin = label("", "scientific")
        self.figure = label("", "figure")
        self.parts = label("", "sentence", wrap=True)
        self.where = label("", "sentence", wrap=True)
        self.question = label("", "warning", wrap=True)
        self.entries = QListWidget()
        self.entries.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.entries.setAccessibleName(_("Taps"))
        self.entries.setMinimumHeight(32)
        self.back = large(_("Take back this one"), self._take_back, high=40)
        self.entries.currentRowChanged.connect(lambda _row: self._enable())
        for part in (self.name, self.latin, self.figure, self.question, self.parts, self.where):
            column.addWidget(part)
        column.addWidget(self.entries, 1)
        column.addWidget(self.back)
        self._shown: list[Entry] = []

    def show_kept(self, taxon: str, kept: Kept, where: str, asked: Sequence[str], utc_offset: int) -> None:
        """Show what is counted of a species in the sector and flock at hand."""
        name = taxa.name(taxon, language())
        self.name.setText(name)
        self.latin.setText(taxon if taxon != name else "")
        self.latin.setVisible(bool(self.latin.text()))
        figure = number(kept.birds)
        if kept.estimated:
            figure = f"{figure} ± {number(kept.give)}"
        self.figure.setText(figure)
        self.parts.setText(traced(kept))
        self.parts.setVisible(bool(self.parts.text()))
        rings = _("Rings: {rings}").format(rings="; ".join(kept.rings)) if kept.rings else ""
        self.where.setText("\n".join(one for one in (where, rings) if one))
        self.question.setText("\n".join(asked))
        self.question.setVisible(bool(asked))
        newest = sorted(kept.entries, key=lambda one: one.at, reverse=True)[:_ENTRIES]
        if newest != self._shown:
            self._shown = newest
            self.entries.clear()
            for one in newest:
                self.entries.addItem(QListWidgetItem(_entry_words(one, utc_offset)))
        self._enable()

    def _enable(self) -> None:
        row = self.entries.currentRow()
        self.back.setEnabled(0 <= row < len(self._shown) and not self._shown[row].gone)

    def _take_back(self) -> None:
        row = self.entries.currentRow()
        if 0 <= row < len(self._shown):
            self.take_back.emit(self._shown[row])


def traced(kept: Kept) -> str:
    """The sub-totals and what they add up to: "23, 5, 2, 4 → 34"."""
    if len(kept.parts) < 2:
        return ""
    before = ["…"] if len(kept.parts) > _PARTS else []
    words = [*before, *(str(one.number).replace("-", "−") for one in kept.parts[-_PARTS:])]
    return f"{', '.join(words)} → {number(kept.birds)}"


def _entry_words(one: Entry, utc_offset: int) -> str:
    zone = datetime.timezone(datetime.timedelta(minutes=utc_offset))
    time = datetime.datetime.fromtimestamp(one.at / 1000, zone).strftime("%H:%M:%S") if one.at else "—"
    words = f"{time}    {'+' if one.number >= 0 else '−'}{number(abs(one.number))}"
    if one.estimate is not None:
        words += f"  ({one.estimate.block} × {one.estimate.times} ± {one.estimate.give})"
    if one.gone:
        words += "  · " + _("taken back")
    return words


class Fields(QWidget):
    """A short form with large fields; Enter goes on and at the end takes it. ``left`` when it is done with."""

    left = Signal()

    def __init__(self, title: str, words: Sequence[str], done: str, *, numbers: bool = True) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        self.column.addWidget(section(title))
        self.lines: list[QLineEdit] = []
        for word in words:
            caption = label(word, "muted", wrap=True)
            line = QLineEdit()
            line.setAccessibleName(word)
            if numbers:
                line.setValidator(QIntValidator(0, 9_999_999, line))
            line.textChanged.connect(lambda _text: self.told())
            line.returnPressed.connect(self._next)
            caption.setBuddy(line)
            self.column.addWidget(caption)
            self.column.addWidget(line)
            self.lines.append(line)
        self.said = label("", "sentence", wrap=True)
        self.column.addWidget(self.said)
        self.done = primary(done, self.finish, key="Return")
        self.done.setMinimumHeight(44)
        self.column.addWidget(self.done)
        self.column.addStretch(1)
        if self.lines:
            self.setFocusProxy(self.lines[0])

    def numbers(self) -> list[int]:
        """What the fields say, 0 for an empty one."""
        return [int(line.text() or "0") for line in self.lines]

    def begin(self) -> None:
        """Empty the fields and take the keyboard."""
        for line in self.lines:
            line.clear()
        self.told()
        if self.lines:
            self.lines[0].setFocus()

    def _next(self) -> None:
        at = next((place for place, line in enumerate(self.lines) if line.hasFocus()), len(self.lines) - 1)
        if at + 1 < len(self.lines):
            self.lines[at + 1].setFocus()
        else:
            self.finish()

    def told(self) -> None:
        """Say what the fields come to."""

    def finish(self) -> None:
        """Take what the fields say."""


class EstimatePanel(Fields):
    """A block counted, how many such blocks, and how far that may be off. ``taken(Estimate)``."""

    taken = Signal(object)

    def __init__(self) -> None:
        super().__init__(
            _("Estimate by block"), [_("Birds in one block"), _("How many blocks"), _("Give or take")], _("Add")
        )

    def told(self) -> None:
        block, times, give = self.numbers()
        made = Estimate(block, times, give)
        self.said.setText(
            _("{birds} birds, between {low} and {high}").format(
                birds=number(made.birds), low=number(max(0, made.birds - give)), high=number(made.birds + give)
            )
        )
        self.done.setEnabled(made.birds > 0)

    def finish(self) -> None:
        block, times, give = self.numbers()
        if block and times:
            self.taken.emit(Estimate(block, times, give))
            self.left.emit()


class SamplePanel(Fields):
    """A mixed flock of which a part is looked at. ``shared(of)`` with all its birds, ``kept`` to count the part."""

    shared = Signal(int)
    kept = Signal()

    def __init__(self) -> None:
        super().__init__(_("Mixed flock: looking at a part"), [_("All birds in the flock")], _("Share out"))
        self.found: dict[str, int] = {}
        self.column.insertWidget(self.column.count() - 1, large(_("Count them as they are"), self.kept.emit, high=44))

    def show_found(self, found: Mapping[str, int]) -> None:
        """The birds looked at so far, by species."""
        self.found = {taxon: birds for taxon, birds in found.items() if birds}
        self.told()

    def told(self) -> None:
        counted = sum(self.found.values())
        looked = ngettext("{n} bird looked at", "{n} birds looked at", counted).format(n=number(counted))
        words = [looked if counted else _("Press a species for each bird you look at.")]
        of = self.numbers()[0]
        try:
            made = shares(of, self.found) if of and counted else []
        except DataProblem as problem:
            made, words = [], [looked, problem.what]
        words += [f"{taxa.name(one.taxon, language())} {one.found} → {number(one.birds)}" for one in made[:_FOUND]]
        if len(made) > _FOUND:
            words.append("…")
        self.said.setText("\n".join(words))
        self.done.setEnabled(bool(made))

    def finish(self) -> None:
        if self.done.isEnabled():
            self.shared.emit(self.numbers()[0])


class RingsPanel(Fields):
    """Rings and flags read on a bird. ``taken(text)``."""

    taken = Signal(str)

    def __init__(self) -> None:
        super().__init__(_("Rings and flags"), [_("Colours, leg, code")], _("Add"), numbers=False)

    def told(self) -> None:
        self.done.setEnabled(bool(self.lines[0].text().strip()))

    def finish(self) -> None:
        text = self.lines[0].text().strip()
        if text:
            self.taken.emit(text)
            self.left.emit()


class SearchPanel(Fields):
    """A species by any name or by its four-letter code, perhaps with a number after it. ``taken(taxon, number)``."""

    taken = Signal(str, object)

    def __init__(self) -> None:
        super().__init__(_("Find a species"), [_("Name in any language, or GRMO")], _("Take"), numbers=False)
        self.offered = QVBoxLayout()
        self.offered.setSpacing(4)
        self.column.insertLayout(self.column.count() - 1, self.offered)
        self.found: list[str] = []

    def _read(self) -> tuple[str, int | None]:
        text = self.lines[0].text().strip()
        with_number = _WITH_NUMBER.match(text)
        return (with_number[1], int(with_number[2])) if with_number else (text, None)

    def told(self) -> None:
        text, _birds = self._read()
        exact = taxa.match(text)
        shared = taxa.clashes().get(text.upper(), ())
        found = [one.scientific for one in taxa.search(text, language(), 2 * _FOUND)]
        self.found = list(dict.fromkeys([*([exact] if exact else []), *shared, *found]))
        clear(self.offered)
        for taxon in self.found[: _OFFERED + (self.height() >= _ROOMY)]:
            name = taxa.name(taxon, language())
            self.offered.addWidget(large(name, self._taking(taxon), high=44, role="row"))
        if shared:
            self.said.setText(_("{code} stands for several species. Which one?").format(code=text.upper()))
        elif text and not self.found:
            self.said.setText(_("Not on the list of species. Enter keeps it as you wrote it."))
        else:
            self.said.setText("")
        self.done.setEnabled(bool(text) and not shared)

    def _taking(self, taxon: str) -> Callable[[], None]:
        return lambda: self._take(taxon)

    def _take(self, taxon: str) -> None:
        _text, birds = self._read()
        self.taken.emit(taxon, birds)
        self.left.emit()

    def finish(self) -> None:
        text, _birds = self._read()
        if self.done.isEnabled():
            self._take(self.found[0] if self.found else text)
