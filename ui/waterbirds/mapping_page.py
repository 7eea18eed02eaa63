"""A table of counts with headings of its own: what each column holds is confirmed by hand before anything is taken."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import survey_mapping
from ranger_app.actions.survey_import import SurveysImported
from ranger_app.actions.survey_mapping import Preview
from ranger_app.domain.count_cells import Order
from ranger_app.exchange.count_tables import ACROSS, FIELDS
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import number
from ui.widgets.buttons import primary
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import hairline, label, muted, section

_MOST = 60
_EXAMPLES = 3
_ORDERS: tuple[Order, ...] = ("", "dmy", "mdy", "ymd")


class MappingPage(QWidget):
    """Shows a Preview in the side panel. ``taken(SurveysImported)`` when a person has taken the table,
    ``sheet_wanted(name)`` when another sheet of the workbook is to be shown."""

    taken = Signal(object)
    sheet_wanted = Signal(str)

    def __init__(self, library: Library, bridge: Bridge, found: Preview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.found = found
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 12)
        outer.setSpacing(8)
        self.said = label("", "sentence", wrap=True)
        outer.addWidget(self.said)
        self.take = primary(_("Take the counts"), self._take)
        outer.addWidget(self.take)
        self.sheet = self._box([(name, name) for name in found.grid.sheets])
        self.sheet.setAccessibleName(_("Sheet"))
        _choose(self.sheet, found.grid.name)
        self.sheet.setVisible(len(found.grid.sheets) > 1)
        self.sheet.activated.connect(lambda _index: self._turn())
        outer.addWidget(self.sheet)
        area = ScrolledColumn(QMargins(0, 0, 4, 0))
        outer.addWidget(area, 1)
        column = area.column
        column.addWidget(section(_("What each column holds")))
        self.columns: dict[int, ChoiceBox] = {}
        for at in range(len(found.header)):
            column.addWidget(label(survey_mapping.whole_heading(found, at), "strong", wrap=True))
            examples = self._examples(at)
            if examples:
                column.addWidget(label(examples, "muted", wrap=True))
            box = self._box([("", _("Not used"))] + [(name, _(word)) for name, word in FIELDS.items()])
            box.addItem(_("Numbers under this heading"), "across")
            box.setAccessibleName(_("What {column} holds").format(column=survey_mapping.whole_heading(found, at)))
            self.columns[at] = box
            column.addWidget(box)
        column.addWidget(hairline())
        self.across_word = label(_("The headings over numbers are"), "strong", wrap=True)
        self.across = self._box([(name, _(FIELDS[name])) for name in ACROSS])
        self.across.setAccessibleName(self.across_word.text())
        column.addWidget(self.across_word)
        column.addWidget(self.across)
        self.told: dict[str, tuple[QWidget, QLineEdit]] = {}
        for name, word in (("site", _("Site of the whole table")), ("date", _("Date of the whole table"))):
            words = label(word, "strong", wrap=True)
            line = QLineEdit(found.chosen.proposal.told.get(name, ""))
            line.setAccessibleName(word)
            line.editingFinished.connect(self._changed)
            column.addWidget(words)
            column.addWidget(line)
            self.told[name] = (words, line)
        self.order_word = label(_("Dates are written"), "strong", wrap=True)
        self.order = self._box(
            [
                ("", _("Not said")),
                ("dmy", _("day, month, year")),
                ("mdy", _("month, day, year")),
                ("ymd", _("year, month, day")),
            ]
        )
        self.order.setAccessibleName(self.order_word.text())
        column.addWidget(self.order_word)
        column.addWidget(self.order)
        self.doubts = QWidget()
        self._lines = QVBoxLayout(self.doubts)
        self._lines.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.doubts)
        column.addStretch(1)
        self._fill()
        for box in (*self.columns.values(), self.across, self.order):
            box.currentIndexChanged.connect(lambda _index: self._changed())
        self._show()
        self.setFocusProxy(self.columns[0] if self.columns else self.take)

    # -- the choice --------------------------------------------------------------------------------------------

    @staticmethod
    def _box(choices: list[tuple[str, str]]) -> ChoiceBox:
        box = ChoiceBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for code, word in choices:
            box.addItem(word, code)
        return box

    def _turn(self) -> None:
        name = str(self.sheet.currentData() or "")
        if name and name != self.found.grid.name:
            self.sheet_wanted.emit(name)

    def _examples(self, at: int) -> str:
        below = self.found.grid.rows[self.found.chosen.proposal.header + 1 :]
        texts = dict.fromkeys(cells[at] for cells in below[:200] if at < len(cells) and cells[at])
        return " · ".join(text[:40] for text in list(texts)[:_EXAMPLES])

    def _fill(self) -> None:
        """Show the choice as it was proposed."""
        chosen = self.found.chosen
        for at, box in self.columns.items():
            _choose(box, chosen.proposal.columns.get(at, ""))
        _choose(self.across, chosen.proposal.across or "sector")
        _choose(self.order, chosen.order)

    def _changed(self) -> None:
        held = {at: str(box.currentData()) for at, box in self.columns.items() if box.currentData()}
        names = [name for name in held.values() if name != "across"]
        twice = next((name for name in names if names.count(name) > 1), "")
        if twice:  # somebody on the way through a list with the arrow keys: nothing is taken from another column
            self.said.setText(_("Two columns hold the same: {field}.").format(field=_(FIELDS[twice])))
            self.take.setEnabled(False)
            return
        chosen = self.found.chosen.with_columns(held, str(self.across.currentData()))
        for name, (_words, line) in self.told.items():
            chosen = chosen.with_told(name, line.text())
        chosen = chosen.with_order(_ORDERS[max(0, self.order.currentIndex())])
        if chosen == self.found.chosen:
            self._show()
            return
        grid = self.found.grid
        self._bridge.run(lambda _cancel: survey_mapping.seen(grid, chosen), self._read, owner=self)

    def _read(self, found: Preview) -> None:
        self.found = found
        self._show()

    # -- what would be taken -----------------------------------------------------------------------------------

    def _show(self) -> None:
        found = self.found
        if found.needs:
            words = ", ".join(_(FIELDS[name]) for name in found.needs)
            self.said.setText(_("Say which column holds: {fields}.").format(fields=words))
        elif found.asks_order:
            self.said.setText(_("The dates can be read in two ways. Say how they are written."))
        elif not found.table.rows:
            self.said.setText(_("No row of the table can be taken."))
        else:
            counts = survey_mapping.sentence(found)
            self.said.setText(_("{counts} would be taken.").format(counts=counts))
        self.take.setEnabled(found.ready)
        across = "across" in found.chosen.proposal.columns.values()
        self.across_word.setVisible(across)
        self.across.setVisible(across)
        held = {*found.chosen.proposal.columns.values(), found.chosen.proposal.above_is}
        held |= {found.chosen.proposal.across}
        for name, (over, line) in self.told.items():
            over.setVisible(name not in held)
            line.setVisible(name not in held)
        asks = found.asks_order or bool(found.chosen.order)
        self.order_word.setVisible(asks)
        self.order.setVisible(asks)
        while (item := self._lines.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.deleteLater()
        doubtful, failed = found.table.doubtful, found.table.failed
        self._list(
            ngettext("{n} cell to look at again", "{n} cells to look at again", len(doubtful)),
            [
                _("Row {n}, {column}: “{text}” {taken}").format(
                    n=one.row, column=one.column, text=one.text[:60], taken=one.taken
                )
                for one in doubtful[:_MOST]
            ],
            len(doubtful),
        )
        self._list(
            ngettext("{n} row is not taken", "{n} rows are not taken", len(failed)),
            [_("Row {n}: {reason}").format(n=one.row, reason=one.reason) for one in failed[:_MOST]],
            len(failed),
        )
        self._list(
            ngettext(
                "{n} species is on no list; kept as written",
                "{n} species are on no list; kept as written",
                len(found.unmatched),
            ),
            list(found.unmatched)[:_MOST],
            len(found.unmatched),
        )

    def _list(self, title: str, lines: list[str], whole: int) -> None:
        if not whole:
            return
        self._lines.addWidget(hairline())
        self._lines.addWidget(label(title.format(n=number(whole)), "strong", wrap=True))
        for line in lines:
            self._lines.addWidget(label(line, wrap=True))
        if whole > len(lines):
            more = whole - len(lines)
            self._lines.addWidget(muted(ngettext("and {n} more", "and {n} more", more).format(n=number(more))))

    def _take(self) -> None:
        found = self.found
        self.take.setEnabled(False)
        self._bridge.run(
            lambda _cancel: survey_mapping.import_mapped(self._library, found),
            self._done,
            owner=self,
            title=_("Table {name}").format(name=found.grid.name),
        )

    def _done(self, result: SurveysImported) -> None:
        self.take.setEnabled(True)
        self.taken.emit(result)


def _choose(box: ChoiceBox, code: str) -> None:
    box.blockSignals(True)
    box.setCurrentIndex(max(0, box.findData(code)))
    box.blockSignals(False)
