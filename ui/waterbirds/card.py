"""The right side of the waterbirds: one survey with its counts and totals, its visit and its notes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import count_write, records, survey_read, withheld_counts
from ranger_app.actions.count_write import CountEntry
from ranger_app.actions.listing import Line
from ranger_app.actions.survey_read import COUNT_COLUMNS, NUMBER, REMARKS, SECTOR, Sheet
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _, language, ngettext
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.numbers import number, short_day
from ui.waterbirds.entry import EntryLine
from ui.waterbirds.visit import VisitPage
from ui.widgets.buttons import button
from ui.widgets.empty_state import EmptyState
from ui.widgets.record_card import RecordCard
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label

COUNTS, TOTALS, VISIT, NOTES = range(4)


class TotalsModel(LinesModel):
    """Totals of a survey; scientific names in italics."""

    def __init__(self) -> None:
        super().__init__([_("Species"), _("Scientific name"), _("Rows"), _("Birds")], [False, False, True, True])

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.FontRole and index.column() == 1:
            italic = QFont(QApplication.font())
            italic.setPixelSize(theme.SMALL)
            italic.setItalic(True)
            return italic
        return super().data(index, role)


class SurveyCard(RecordCard):
    """One survey; counts are typed here and saved row by row. ``sheet_wanted``: the count sheet, to count by taps."""

    sheet_wanted = Signal()

    kind = "survey"
    kinds = frozenset({"survey", "count", "location", "person"})

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(library, bridge, parent)
        self.sheet: Sheet | None = None
        self._newest: bytes | None = None
        self.figure = label("", "strong")
        self.head.addWidget(self.figure)
        self.entry = EntryLine()
        self.entry.entered.connect(self._entered)
        declared = kind_named("count")
        shown = COUNT_COLUMNS[:REMARKS]  # remarks are long: they stand below, for the count that is chosen
        headings = [_(declared.field(name).label) for name in shown]
        self.counts = LineTable(
            bridge,
            LinesModel(headings, [name == "count" for name in shown]),
            lambda: [],
            (),
            EmptyState(_("Type the first species above. Each row is saved as soon as you press Enter."), icon="bird"),
            with_filter=False,
        )
        self.counts.opened.connect(self.edit_count)
        self.counts.selected.connect(self._tell_remarks)
        self.counts.view.setAccessibleName(_("Counts"))
        self.totals = LineTable(
            bridge,
            TotalsModel(),
            lambda: [],
            (),
            EmptyState(_("No species yet. Totals over all sectors stand here."), icon="bird"),
            with_filter=False,
        )
        self.totals.view.setAccessibleName(_("Totals"))
        self.visit = VisitPage(library, bridge)
        self.visit.saved.connect(self._saved)
        self.form = self.visit.form
        self.pages = self._make_pages(
            [(_("Counts"), self._counts_page()), (_("Totals"), self.totals), (_("Visit"), self._visit_page())]
        )
        self.body.addWidget(self.pages, 1)
        self.show_nothing()

    def _counts_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.withheld = label("", "warning", wrap=True)
        column.addWidget(self.withheld)
        column.addWidget(self.entry)
        column.addWidget(self.counts, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.remarks = label("", "sentence", wrap=True)
        row.addWidget(self.remarks, 1)
        self.sheet_button = button(_("Count sheet"), self.sheet_wanted.emit, key="F11")
        self.none_button = button(_("No birds seen"), self.no_birds, key="B")
        self.edit_button = button(_("Edit"), lambda: self.edit_count(self.counts.current()), key="Return")
        self.delete_button = button(_("Delete"), self.delete, key="Del")
        for made in (self.sheet_button, self.none_button, self.edit_button, self.delete_button):
            row.addWidget(made)
        column.addLayout(row)
        return page

    def _visit_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.visit, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        self.save_button = button(_("Save and count"), self.save, role="primary", key="Ctrl+S")
        row.addWidget(self.save_button)
        column.addLayout(row)
        page.setFocusProxy(self.visit)
        return page

    # -- what is shown -----------------------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """No survey is chosen."""
        self.sheet = None
        super().show_nothing()

    def open_new(self, values: dict[str, Value]) -> None:
        """An empty visit to fill in."""
        super().open_new(values)
        self.sheet = None
        self.name.setText(_("New survey"))
        self.figure.setText("")
        self.counts.show_lines([])
        self.totals.show_lines([])
        self.entry.clear()
        self.pages.tell_number(COUNTS, 0)
        self.pages.tell_number(TOTALS, 0)
        self.pages.choose(VISIT)
        self.visit.open_new(values)

    def _open_other(self, record: bytes) -> None:
        self.entry.sector.clear()
        self.entry.clear()
        self.visit.open_survey(record)

    def _page_of(self, record: bytes) -> Sheet:
        return survey_read.sheet(self._library, record)

    def _show(self, sheet: Sheet) -> None:
        first = self.sheet is None
        self.sheet = sheet
        site, _space, date = sheet.title.rpartition(" ")
        self.name.setText(f"{site} · {short_day(date)}")
        self._show_origin(sheet.origin)
        species = sum(1 for one in sheet.totals if one.birds)
        words = [
            ngettext("{n} bird", "{n} birds", sheet.birds).format(n=number(sheet.birds)),
            ngettext("{n} species", "{n} species", species).format(n=number(species)),
        ]
        empty = bool(sheet.record["no_birds"]) and not sheet.birds
        self.figure.setText(_("No birds seen") if empty else ", ".join(words) if sheet.counts else "")
        self.none_button.setVisible(not sheet.birds and not empty)
        for made in (self.edit_button, self.delete_button):
            made.setEnabled(bool(sheet.counts))
        self.counts.show_lines([_spaced(one) for one in reversed(sheet.counts)])
        if self._newest is not None:
            self.counts.choose(self._newest)
            self._newest = None
        elif sheet.counts and (first or self.counts.current() is None):
            self.counts.choose(sheet.counts[-1].id)
        self._tell_remarks(self.counts.current())
        kept_back = sheet.withheld
        self.withheld.setVisible(kept_back is not None)
        if kept_back is not None:
            self.withheld.setText(
                _("{station} withholds {what}, maybe of this visit. They are not in these figures.").format(
                    station=kept_back.name, what=withheld_counts.how_many(kept_back)
                )
            )
        self.totals.show_lines([_total_line(one) for one in sheet.totals])
        self.pages.tell_number(COUNTS, len(sheet.counts))
        self.pages.tell_number(TOTALS, len(sheet.totals))
        self.entry.offer([name for _id, name in sheet.sectors], sheet.often)

    def _tell_remarks(self, count: bytes | None) -> None:
        row = self.counts.model.row_of(count) if count else -1
        words = self.counts.model.lines[row].texts[REMARKS] if row >= 0 else ""
        if self.sheet is not None and self.sheet.record["no_birds"] and not self.sheet.counts:
            words = _("The whole site was looked at, and there were no birds.")
        self.remarks.setText(words)

    # -- what a person does ------------------------------------------------------------------------------------

    def turn(self, page: int) -> None:
        """Show one of the pages and give it the keyboard."""
        self.pages.choose(page)
        (self.entry, self.totals, self.visit, self.notes)[page].setFocus()

    def save(self) -> None:
        """Write the visit; then counting can begin."""
        if self.isVisible() and not self.visit.save():
            self.pages.choose(VISIT)

    def keep_edits(self) -> bool:
        """Save what was typed before something else is shown; False where it has to be settled first."""
        if not self.form.touched:
            return True
        if self.visit.save():
            return True
        self.pages.choose(VISIT)
        self._bridge.say(_("Something in the visit is not clear yet. Mend it or clear it first."))
        return False

    def _saved(self, record: bytes) -> None:
        new = record != self.record
        super()._saved(record)
        if new:
            self.entry.sector.clear()
            self.entry.clear()
        if self.pages.index == VISIT:
            self.turn(COUNTS)

    def _entered(self, entry: CountEntry, count: bytes | None) -> None:
        survey = self.record
        if survey is None:
            self._bridge.say(_("Save the visit first: a count belongs to a site and a day."))
            self.turn(VISIT)
            return
        name = taxa.name(taxa.match(entry.taxon) or entry.taxon, language())
        words = _("{species}, {n}").format(species=name, n=number(entry.count))

        def write(_cancel: object) -> bytes:
            if count is None:
                return count_write.add_count(self._library, survey, entry)
            count_write.edit_count(self._library, count, entry)
            return count

        self._bridge.act(write, lambda written: self._written(written, words), owner=self)

    def _written(self, count: bytes, words: str) -> None:
        self._newest = count
        self.counts.choose(count)
        self._bridge.say(_("Saved: {name}").format(name=words), undo=True)

    def edit_count(self, count: bytes | None) -> None:
        """Bring a count into the line above the table."""
        if count is None or self.sheet is None or count not in self.sheet.values:
            return
        line = next(one for one in self.sheet.counts if one.id == count)
        self.entry.edit(count, self.sheet.values[count], line.texts[SECTOR])

    def delete(self) -> None:
        """Take the chosen count away; undo brings it back."""
        count = self.counts.current()
        if count is None or self.pages.index != COUNTS:
            return
        if count == self.entry.count:
            self.entry.clear()
        self._bridge.act(lambda _cancel: records.delete(self._library, "count", count), self._deleted, owner=self)

    def _deleted(self, _changes: Any) -> None:
        self._bridge.say(_("Count deleted"), undo=True)

    def no_birds(self) -> None:
        """Say that the site was looked at and empty."""
        survey = self.record
        if survey is not None:
            self._bridge.act(
                lambda _cancel: count_write.no_birds(self._library, survey),
                lambda _nothing: self._bridge.say(_("No birds seen: saved"), undo=True),
                owner=self,
            )


def _spaced(line: Line) -> Line:
    texts = list(line.texts)
    texts[NUMBER] = number(int(texts[NUMBER])) if texts[NUMBER].isdecimal() else texts[NUMBER]
    return Line(line.id, tuple(texts), line.keys)


def _total_line(total: survey_read.Total) -> Line:
    scientific = "" if total.name == total.taxon else total.taxon
    texts = (total.name, scientific, number(total.rows), number(total.birds))
    keys: tuple[tuple[int, int | str], ...] = (
        (1, total.name.casefold()),
        (1, total.taxon),
        (0, total.rows),
        (0, total.birds),
    )
    return Line(total.taxon.encode(), texts, keys)
