"""One deployment: its form, its dated failures, its clock, and the cards emptied into it."""

from __future__ import annotations

from PySide6.QtCore import Signal

from ranger_app.actions import deployment_times
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.form_page import FormPage
from ui.camera_traps.ingest_list import IngestList
from ui.camera_traps.parts_card import Entry, PartsCard


class DeploymentPage(FormPage):
    """One deployment: its form at the left, what is noted beside it at the right."""

    closed = Signal()
    continue_wanted = Signal(str)
    kind = "deployment"
    kinds = frozenset({"deployment", "media"})

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge)
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
            self.beside.addWidget(card)
        self.beside.addStretch(1)

    def _proposed(self) -> dict[str, Value]:
        return {"utc_offset": self._library.station.utc_offset}

    def name(self) -> str:
        """The name of the deployment shown, empty for a new one."""
        found = self._found()
        return found.text("name") if found else ""

    def _show_rest(self) -> None:
        record = self.record
        for card in (self.failures, self.clock, self.cards):
            card.setVisible(record is not None)
        if record is None:
            return
        found = self._found()
        if found is not None:
            self.failures.show_entries(found.values.get("failures"))
            self.clock.show_entries(found.values.get("clock_corrections"))
        self.cards.read(record)

    # -- writing -----------------------------------------------------------------------------------------------

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
        found = self._found()
        if found is None or found.deleted:
            self.closed.emit()
        else:
            self._show_rest()
