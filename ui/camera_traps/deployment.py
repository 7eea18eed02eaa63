"""One deployment: its form, its dated failures, its clock, and the cards emptied into it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QTimer, Signal

from ranger_app.actions import deployment_times, time_check
from ranger_app.domain.clock_checks import Finding
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.clock_card import ClockCard
from ui.camera_traps.doubts_card import DoubtsCard
from ui.camera_traps.form_page import FormPage
from ui.camera_traps.ingest_list import IngestList
from ui.camera_traps.parts_card import Entry, PartsCard
from ui.camera_traps.undated_card import UndatedCard
from ui.camera_traps.worked_card import WorkedCard
from ui.widgets.field_editors import FieldEditor


class DeploymentPage(FormPage):
    """One deployment: its form at the left, what is noted beside it at the right."""

    closed = Signal()
    continue_wanted = Signal(str)
    kind = "deployment"
    kinds = frozenset({"deployment", "media"})

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge)
        self._asked = 0
        self.doubts = DoubtsCard(library, bridge)
        self.doubts.clock_wanted.connect(self._mend_clock)
        self.doubts.dates_wanted.connect(self._mend_dates)
        self.worked = WorkedCard(library, bridge)
        self.failures = PartsCard(
            _("When it did not work"),
            kind_named("deployment").field("failures"),
            _("No failure is noted: every day between set-up and taking down counts."),
            hints=[("to", _("until taken down"))],
        )
        self.failures.added.connect(self._add_failure)
        self.failures.removed.connect(partial(self._remove, "failures"))
        self.clock = ClockCard(library, bridge)
        self.clock.added.connect(self._add_correction)
        self.clock.removed.connect(partial(self._remove, "clock_corrections"))
        self.clock.proposed.connect(self._see_clock)
        self.cards = IngestList(library, bridge, _("Cards emptied here"))
        self.cards.continue_wanted.connect(self.continue_wanted)
        self.cards.taken_back.connect(self._taken_back)
        self.undated = UndatedCard(library, bridge)
        for card in (self.doubts, self.undated, self.worked, self.failures, self.clock, self.cards):
            self.beside.addWidget(card)
        self.beside.addStretch(1)

    def groups(self) -> Sequence[tuple[str, Sequence[str]]]:
        return (
            ("", ("name", "location", "camera", "utc_offset", "start", "end")),
            (_("How it stands"), ("height", "heading", "feature", "paired_with", "bait", "bait_kind")),
            (_("People"), ("set_by", "looks")),
        )

    def more(self) -> Sequence[tuple[str, Sequence[str]]]:
        seldom = ("habitat", "detection_distance", "tilt", "camera_delay", "depth", "timestamp_issues")
        return (("", (*seldom, "groups", "tags", "remarks")),)

    def _proposed(self) -> dict[str, Value]:
        return {"utc_offset": self._library.station.utc_offset}

    def name(self) -> str:
        """The name of the deployment shown, empty for a new one."""
        found = self._found()
        return found.text("name") if found else ""

    def _show_rest(self) -> None:
        record = self.record
        for card in (self.worked, self.failures, self.clock, self.cards):
            card.setVisible(record is not None)
        self.doubts.read(record)
        self.undated.show_of(deployment=record)
        if record is None:
            return
        found = self._found()
        if found is not None:
            self.worked.read(record)
            self.failures.show_entries(found.values.get("failures"))
            self.clock.show_entries(record, found.values.get("clock_corrections"))
        self.cards.read(record)

    # -- writing -----------------------------------------------------------------------------------------------

    def _add_failure(self, entry: Entry) -> None:
        record = self.record
        if record is None:
            return
        for name in ("from", "reason"):
            if not entry.get(name):
                self.failures.editors[name].say(_("This is needed."))
                self.failures.editors[name].control.setFocus()
                return
        start, end, reason = str(entry["from"]), str(entry.get("to") or "") or None, str(entry["reason"])
        note = str(entry.get("remarks") or "") or None
        self._bridge.act(
            lambda _cancel: deployment_times.add_failure(self._library, record, start, end, reason, note),
            lambda _changes: self._noted(self.failures),
            lambda error: self._refused(self.failures.editors["from"], error),
            owner=self,
        )

    def _add_correction(self, entry: Entry, rough: bool) -> None:
        record = self.record
        if record is None:
            return
        self._bridge.act(
            lambda _cancel: deployment_times.add_clock_correction(self._library, record, entry, rough=rough),
            lambda _changes: self._noted(self.clock),
            owner=self,
        )

    def _refused(self, editor: FieldEditor, error: BaseException) -> None:
        """What a person can put right here is said at the field; anything else is the window's matter."""
        if isinstance(error, DataProblem):
            editor.say(f"{error.what} {error.todo}")
            editor.control.setFocus()
        else:
            self._bridge.report(error)

    def _mend_clock(self, finding: Finding) -> None:
        """Show what the proposed correction would do; the button below it takes it."""
        if finding.proposal is not None:
            self.clock.propose(finding.proposal, rough=finding.rough)

    def _see_clock(self) -> None:
        # Once the samples have their place: the button that takes the correction, and what stands over it.
        QTimer.singleShot(0, self.clock.add_button, lambda: self.area.ensureWidgetVisible(self.clock.add_button))

    def _mend_dates(self, finding: Finding) -> None:
        record = self.record
        if record is not None:
            self._bridge.act(
                lambda _cancel: time_check.take(self._library, record, finding),
                lambda _changes: self._noted(None),
                owner=self,
            )

    def _noted(self, card: PartsCard | ClockCard | None) -> None:
        if card is not None:
            card.emptied()
        self._show_rest()
        self._bridge.say(_("Noted."), undo=True)

    def _remove(self, field: str, place: int, entry: Entry) -> None:
        record = self.record
        if record is not None:
            self._bridge.act(
                lambda _cancel: deployment_times.remove(self._library, record, field, place, entry),
                lambda _changes: self._removed(),
                owner=self,
            )

    def _removed(self) -> None:
        self._show_rest()
        self._bridge.say(_("Taken away."), undo=True)

    def _taken_back(self) -> None:
        found = self._found()
        if found is None or found.deleted:
            self.closed.emit()
        else:
            self._show_rest()
