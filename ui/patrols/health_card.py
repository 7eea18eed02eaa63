"""One health event: the case, the animals, and the samples taken there."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ranger_app.actions import listing, records, samples
from ranger_app.actions.listing import Line
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.values import shown
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import origins
from ranger_app.store.origins import Origin
from ranger_app.store.rows import Record
from ui import theme
from ui.bridge import Bridge
from ui.commands import Command
from ui.widgets.buttons import button, primary
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.form import RecordForm
from ui.widgets.record_card import RecordCard
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.table import LinesModel, LineTable

RECORD, SAMPLES, NOTES = range(3)
_FIRST = (
    *("name", "date", "disease", "certainty", "taxon", "latitude", "longitude", "present", "sick", "dead"),
    *("signs", "case_definition"),
)
_MORE = tuple(f.name for f in kind_named("health_event").fields if f.form and f.name not in (*_FIRST, "pictures"))
_TONES = {"confirmed": "problem", "probable": "attention", "suspected": "attention", "ruled_out": "neutral"}
_COLUMNS = ("code", "type", "date", "result_test")


@dataclass(frozen=True, slots=True)
class HealthPage:
    """What the card shows."""

    record: Record
    origin: Origin | None
    samples: list[Line]


class HealthCard(RecordCard):
    """One health event. ``sample_wanted(event)`` for a new sample, ``sample_opened(sample)`` for one that is there."""

    kind = "health_event"
    kinds = frozenset({"health_event", "sample", "person"})
    sample_wanted = Signal(object)
    sample_opened = Signal(object)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(library, bridge, parent)
        self.chip = Chip("")
        self.head.addWidget(self.chip)
        self.form = RecordForm(
            library, bridge, "health_event", groups=[("", _FIRST)], more=[("", _MORE)], with_button=False
        )
        self.form.saved.connect(self._saved)
        record = ScrolledColumn(QMargins(0, 0, theme.GRID * 2, 0))
        record.column.addWidget(self.form)
        headings = [_(kind_named("sample").field(name).label) for name in _COLUMNS]
        self.taken = LineTable(
            bridge,
            LinesModel(headings, [False] * len(headings)),
            lambda: [],
            (),
            EmptyState(_("No sample was taken here yet."), _("New sample"), self.new_sample, icon="patrol", key="P"),
            with_filter=False,
        )
        self.taken.opened.connect(self.sample_opened)
        self.pages = self._make_pages([(_("Case"), record), (_("Samples taken"), self.taken)])
        self.body.addWidget(self.pages, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        self.sample_button = button(_("New sample from it"), self.new_sample, key="P")
        self.save_button = primary(_("Save"), self.save, key="Ctrl+S")
        for made in (self.sample_button, self.save_button):
            row.addWidget(made)
        self.body.addLayout(row)
        self.show_nothing()

    # -- what is shown -----------------------------------------------------------------------------------------

    def open_new(self, values: dict[str, Value]) -> None:
        """An empty case to fill in."""
        super().open_new(values)
        self.name.setText(_("New health event"))
        self.chip.hide()
        self.taken.show_lines([])
        self.form.open_new(values)
        self.pages.choose(RECORD)
        self.form.editors["name"].control.setFocus()

    def _page_of(self, record: bytes) -> HealthPage:
        taken = samples.of_health_event(self._library, record)
        with self._library.read() as db:
            names = listing.Names(db)
            lines = []
            for one in taken:
                found = records.existing(db, "sample", one)
                declared = kind_named("sample")
                texts = tuple(listing.text_of(declared.field(name), found[name], names) for name in _COLUMNS)
                lines.append(Line(one, texts, tuple((1, text.casefold()) for text in texts)))
            return HealthPage(
                records.existing(db, "health_event", record),
                origins.of(db, "health_event", record, self._library.station),
                lines,
            )

    def _show(self, page: HealthPage) -> None:
        record = page.record
        self.name.setText(record.text("name") or record.text("date"))
        self._show_origin(page.origin)
        certainty = record.text("certainty")
        self.chip.setVisible(bool(certainty))
        word = shown(kind_named("health_event").field("certainty"), certainty or None)
        self.chip.show_word(word, _TONES.get(certainty, "neutral"))
        self.taken.show_lines(page.samples)
        self.pages.tell_number(SAMPLES, len(page.samples))

    # -- what a person does ------------------------------------------------------------------------------------

    def commands(self, group: str) -> list[Command]:
        """What can be done with the event that is shown."""
        some = self._some
        return [
            Command("samples.of_event", _("New sample from it"), self.new_sample, "P", some, group),
            Command("samples.case", _("Show the case"), lambda: self.turn(RECORD), "T", some, group),
            Command("samples.taken", _("Show the samples taken"), lambda: self.turn(SAMPLES), "W", some, group),
            Command("samples.case_notes", _("Show and add notes"), lambda: self.turn(NOTES), "O", some, group),
            Command("samples.case_delete", _("Delete the health event"), self._delete, "Del", some, group),
        ]

    def _some(self) -> bool:
        return self.record is not None and self.isVisible()

    def turn(self, page: int) -> None:
        """Show one of the pages and give it the keyboard."""
        self.pages.choose(page)
        (self.form, self.taken, self.notes)[page].setFocus()

    def new_sample(self) -> None:
        """A sample taken at this event."""
        if self.record is not None and self.keep_edits():
            self.sample_wanted.emit(self.record)

    def save(self) -> None:
        """Write the record."""
        if self.isVisible():
            self.pages.choose(RECORD)
            self.form.save()

    def _delete(self) -> None:
        self.delete_record(_("Health event deleted"))
