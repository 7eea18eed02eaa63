"""One deployment: its form, its dated failures, its clock, and the cards emptied into it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ranger_app.actions import deployment_times
from ranger_app.changes import Changes
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.ingest_list import IngestList
from ui.camera_traps.parts_card import Entry, PartsCard
from ui.camera_traps.side_by_side import SideBySide
from ui.widgets.card import Card
from ui.widgets.form import RecordForm

WIDE = 900
"""From this width on the notes stand beside the form."""


class DeploymentPage(QWidget):
    """One deployment: its form at the left, what is noted beside it at the right."""

    saved = Signal(object)
    closed = Signal()
    continue_wanted = Signal(str)

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(area.focusPolicy().NoFocus)
        inner = QWidget()
        inner.setProperty("role", "body")
        area.setWidget(inner)
        outer.addWidget(area)
        around = QVBoxLayout(inner)
        around.setContentsMargins(theme.OUTSIDE, 0, theme.OUTSIDE, theme.BETWEEN)
        row = SideBySide(WIDE)
        around.addWidget(row)
        left = Card()
        self.form = RecordForm(library, bridge, "deployment", columns=2)
        self.form.saved.connect(self._saved)
        left.body.addWidget(self.form)
        row.add(left, 5)
        beside = QWidget()
        right = QVBoxLayout(beside)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(theme.BETWEEN)
        kind = kind_named("deployment")
        self.failures = PartsCard(
            _("When it did not work"),
            kind.field("failures"),
            _("No failure is noted: every day between set-up and taking down counts."),
        )
        self.failures.added.connect(self._add_failure)
        self.failures.cleared.connect(lambda: self._clear("failures"))
        self.clock = PartsCard(
            _("When the clock was wrong"),
            kind.field("clock_corrections"),
            _("The camera's own times stand as they are."),
        )
        self.clock.added.connect(self._add_correction)
        self.clock.cleared.connect(lambda: self._clear("clock_corrections"))
        self.cards = IngestList(library, bridge, _("Cards emptied here"))
        self.cards.continue_wanted.connect(self.continue_wanted)
        self.cards.taken_back.connect(self._taken_back)
        for card in (self.failures, self.clock, self.cards):
            right.addWidget(card)
        right.addStretch(1)
        row.add(beside, 4)

    @property
    def record(self) -> bytes | None:
        """The deployment shown, None for a new one."""
        return self.form.record

    def open(self, record: bytes | None) -> None:
        """Show a deployment, or an empty form with the station's offset."""
        if record is None:
            self.form.open_new({"utc_offset": self._library.station.utc_offset})
        else:
            self.form.open_record(record)
        self._show_rest()
        self.form.setFocus()

    def name(self) -> str:
        """The name of the deployment shown, empty for a new one."""
        with self._library.read() as db:
            found = rows.get(db, "deployment", self.record) if self.record else None
        return found.text("name") if found else ""

    def refresh(self, changes: Changes) -> None:
        """Show again what changed."""
        self.form.refresh(changes)
        if {"deployment", "media"} & changes.kinds:
            self._show_rest()

    def _show_rest(self) -> None:
        record = self.record
        for card in (self.failures, self.clock, self.cards):
            card.setVisible(record is not None)
        if record is None:
            return
        with self._library.read() as db:
            found = rows.get(db, "deployment", record)
        if found is not None:
            self.failures.show_entries(found.values.get("failures"))
            self.clock.show_entries(found.values.get("clock_corrections"))
        self.cards.read(record)

    # -- writing -----------------------------------------------------------------------------------------------

    def _saved(self, record: bytes) -> None:
        self._show_rest()
        self.saved.emit(record)

    def _add_failure(self, entry: Entry) -> None:
        record = self.record
        if record is None:
            return
        start, end = str(entry.get("from") or ""), str(entry.get("to") or "")
        for name, value in (("from", start), ("to", end), ("reason", entry.get("reason"))):
            if not value:
                self.failures.editors[name].say(_("This is needed."))
                self.failures.editors[name].control.setFocus()
                return
        reason, remarks = str(entry["reason"]), entry.get("remarks")

        def write(_cancel: object) -> Changes:
            note = str(remarks) if remarks else None
            return deployment_times.add_failure(self._library, record, start, end, reason, note)

        self._bridge.act(write, lambda _changes: self._noted(self.failures), owner=self)

    def _add_correction(self, entry: Entry) -> None:
        record = self.record
        if record is None:
            return
        if not entry.get("method"):
            self.clock.editors["method"].say(_("This is needed."))
            self.clock.editors["method"].control.setFocus()
            return
        self._bridge.act(
            lambda _cancel: deployment_times.add_clock_correction(self._library, record, entry),
            lambda _changes: self._noted(self.clock),
            owner=self,
        )

    def _noted(self, card: PartsCard) -> None:
        card.emptied()
        self._show_rest()
        self._bridge.say(_("Noted."), undo=True)

    def _clear(self, field: str) -> None:
        record = self.record
        if record is not None:
            self._bridge.act(
                lambda _cancel: deployment_times.clear(self._library, record, field),
                lambda _changes: self._cleared(),
                owner=self,
            )

    def _cleared(self) -> None:
        self._show_rest()
        self._bridge.say(_("Taken away."), undo=True)

    def _taken_back(self) -> None:
        with self._library.read() as db:
            found = rows.get(db, "deployment", self.record) if self.record else None
        if found is None or found.deleted:
            self.closed.emit()
        else:
            self._show_rest()

    def state(self) -> dict[str, Any]:
        """What was typed and not saved."""
        return self.form.state()
