"""A wrong clock, put right beside the pictures: what is said of it, and live what would change before it is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QWidget

from ranger_app.actions import clock_preview, deployment_times
from ranger_app.actions.clock_preview import Preview
from ranger_app.actions.records import existing
from ranger_app.domain import clock
from ranger_app.domain.fields import Choice, Field, Type, Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.time import correction
from ranger_app.errors import RangerError
from ranger_app.i18n import N_, _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.parts_card import Entry, EntryList
from ui.numbers import number
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.field_editors import FieldEditor
from ui.widgets.text import ElidedLabel, label, muted

_SETTLE_MS = 250
_ASKED: dict[str, tuple[str, ...]] = {
    "shift": ("said", "true", "seconds", "from", "to", "reason"),
    "drift": ("said", "true", "said_last", "true_last", "reason"),
    "day_month": ("from", "to", "reason"),
    "year": ("years", "reason", "from", "to"),
    "daylight_saving": ("hour", "reason", "from", "to"),
}
"""What is asked for each way to correct a clock, in this order, two beside each other."""


class ClockCard(Card):
    """The corrections of a deployment. ``added(entry, rough)`` and ``removed(place, entry)`` ask the page to write."""

    added = Signal(object, bool)
    removed = Signal(int, object)
    proposed = Signal()
    """What a proposal would do is shown now."""

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(_("When the clock was wrong"))
        self._library, self._bridge = library, bridge
        self._record: bytes | None = None
        self._asked = 0
        self._rough: Entry | None = None
        self._to_show = False
        self.preview: Preview | None = None
        self.list = EntryList(_("The camera's own times stand as they are."), self.words)
        self.list.removed.connect(self.removed)
        self.body.addWidget(self.list)
        self.editors = {field.name: FieldEditor(field) for field in _fields()}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        method = self.editors["method"].control
        assert isinstance(method, QComboBox)
        self._method = method
        self._grid.addWidget(self.editors["method"], 0, 0, 1, 2)
        for name, editor in self.editors.items():
            editor.edited.connect(lambda name=name: self._edited(name))
            editor.setParent(self)
        for name in ("from", "to"):
            control = self.editors[name].control
            if hasattr(control, "setPlaceholderText"):
                control.setPlaceholderText(_("all of them"))
        self.what = label("", wrap=True)
        self.body.addWidget(self.what)
        self.table = QWidget()
        self._cells = QGridLayout(self.table)
        self._cells.setContentsMargins(0, 0, 0, 0)
        self._cells.setHorizontalSpacing(12)
        self._cells.setVerticalSpacing(2)
        self._cells.setColumnStretch(0, 1)
        self.body.addWidget(self.table)
        line = QHBoxLayout()
        self.add_button = button(_("Correct the clock"), self.add, icon="done")
        line.addWidget(self.add_button)
        line.addStretch(1)
        self.body.addLayout(line)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.show_preview)
        self._arrange()

    @property
    def entries(self) -> list[Entry]:
        """The corrections shown."""
        return self.list.entries

    @staticmethod
    def words(entry: Entry) -> str:
        """A correction as exports say it too."""
        one = correction(entry)
        return clock.words_of(one) if one is not None else ""

    def show_entries(self, record: bytes, text: Value) -> None:
        """Show the corrections of a deployment."""
        if record != self._record:
            self._record = record
            self.emptied()
        self.list.show_entries(text)
        if self._method.currentData():
            self.show_preview()

    def propose(self, entry: Mapping[str, Any], *, rough: bool) -> None:
        """Fill in a correction that would mend a finding, show what it does and wait for it to be taken."""
        self.emptied()
        for name, value in entry.items():
            if name in self.editors:
                self.editors[name].put(value)
        self._rough = dict(entry) if rough else None
        self._arrange()
        self._to_show = True
        self.show_preview()
        self.add_button.setFocus()

    def emptied(self) -> None:
        """Make room for the next correction."""
        self._rough = None
        for editor in self.editors.values():
            editor.put(None)
        self._arrange()
        self._forget()

    # -- the form ----------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        asked = _ASKED.get(str(self._method.currentData() or ""), ())
        for name, editor in self.editors.items():
            if name != "method":
                self._grid.removeWidget(editor)
                editor.setVisible(False)
        for place, name in enumerate(asked):
            editor = self.editors[name]
            self._grid.addWidget(editor, 1 + place // 2, place % 2)
            editor.setVisible(True)
        self.add_button.setVisible(bool(asked))

    def _edited(self, name: str) -> None:
        if name == "method":
            self._arrange()
        if name in ("said", "true") and self._method.currentData() == "shift":
            said, true = (self.editors[part].value_or_none() for part in ("said", "true"))
            if isinstance(said, str) and isinstance(true, str):
                self.editors["seconds"].put(clock.seconds_off(said, true))
        elif name == "seconds":
            for part in ("said", "true"):
                self.editors[part].put(None)
        self._settle.start()

    def entry(self, *, complain: bool) -> Entry | None:
        """The correction typed; None where it is not whole yet, said beside the field if ``complain``."""
        method = self._method.currentData()
        if not method:
            if complain:
                self._complain("method", _("This is needed."))
            return None
        values: dict[str, Value] = {}
        for name in _ASKED[method]:
            try:
                values[name] = self.editors[name].value()
                self.editors[name].say("")
            except ValueError as error:
                if complain:
                    self._complain(name, str(error))
                return None
        missing = next((name for name in _needed(method) if values.get(name) is None), "")
        if missing:
            if complain:
                self._complain(missing, _("This is needed."))
            return None
        made: dict[str, Any] = {"method": method}
        try:
            if method == "drift":
                pairs = (str(values[name]) for name in ("said", "true", "said_last", "true_last"))
                made |= clock.drift(*pairs)
            elif method == "daylight_saving":
                made["seconds"] = clock.HOUR if values["hour"] == "forward" else -clock.HOUR
            for name in ("seconds", "years", "from", "to", "reason"):
                if values.get(name) is not None:
                    made[name] = values[name]
            return deployment_times.checked(made)
        except (RangerError, ValueError) as error:
            if complain:
                self._complain(_ASKED[method][0], error.what if isinstance(error, RangerError) else str(error))
            return None

    def _complain(self, name: str, sentence: str) -> None:
        self.editors[name].say(sentence)
        self.editors[name].control.setFocus()

    def add(self) -> None:
        """Ask for the correction to be written."""
        entry = self.entry(complain=True)
        if entry is not None:
            self.added.emit(entry, self._rough == entry)

    # -- before and after --------------------------------------------------------------------------------------

    def _forget(self) -> None:
        self._asked += 1
        self.preview = None
        self.what.hide()
        self.table.hide()

    def show_preview(self) -> None:
        """Read what the correction typed so far would do; nothing is written."""
        record, entry = self._record, self.entry(complain=False)
        if record is None or entry is None:
            self._forget()
            return
        self._asked += 1
        asked = self._asked

        def read(_cancel: object) -> Preview:
            with self._library.read() as db:
                return clock_preview.preview(db, existing(db, "deployment", record), entry)

        self._bridge.run(read, lambda made: self._show(made) if asked == self._asked else None, owner=self)

    def _show(self, made: Preview) -> None:
        self.preview = made
        parts = [
            ngettext("{changed} of {n} picture changes.", "{changed} of {n} pictures change.", made.pictures).format(
                changed=number(made.changed), n=number(made.pictures)
            )
        ]
        if made.cannot:
            words = ngettext("{n} stays: no such day.", "{n} stay: no such day.", made.cannot)
            parts.append(words.format(n=number(made.cannot)))
        if made.undated:
            words = ngettext("{n} has no date.", "{n} have no date.", made.undated)
            parts.append(words.format(n=number(made.undated)))
        if any(made.outside):
            parts.append(
                _("Outside the deployment: {before} now, {after} then.").format(
                    before=number(made.outside[0]), after=number(made.outside[1])
                )
            )
        if made.dates:
            parts.append(_("The deployment's dates were taken from its pictures and move with them."))
        self.what.setText(" ".join(parts))
        self.what.show()
        while (item := self._cells.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for column, heading in enumerate((_("Picture"), _("Now"), _("Corrected"))):
            self._cells.addWidget(muted(heading), 0, column)
        for row, one in enumerate(made.samples, 1):
            self._cells.addWidget(ElidedLabel(one.file_name or one.written, "muted"), row, 0)
            self._cells.addWidget(label(one.before.replace("T", " ")), row, 1)
            after = _("stays as it is") if one.cannot else one.after.replace("T", " ")
            self._cells.addWidget(label(after, "muted" if one.cannot else "strong"), row, 2)
        self.table.setVisible(bool(made.samples))
        if self._to_show:
            self._to_show = False
            self.proposed.emit()


def _needed(method: str) -> tuple[str, ...]:
    return {
        "shift": ("seconds",),
        "drift": ("said", "true", "said_last", "true_last"),
        "year": ("years",),
        "daylight_saving": ("hour",),
    }.get(method, ())


def _fields() -> list[Field]:
    """The parts of a correction, and what a person knows instead of seconds."""
    parts = {part.name: part for part in kind_named("deployment").field("clock_corrections").parts}
    hour = (Choice("forward", N_("Add an hour")), Choice("back", N_("Take an hour off")))
    return [
        Field("method", N_("What was wrong"), Type.CHOICE, choices=parts["method"].choices),
        Field("said", N_("The camera said"), Type.LOCAL_TIME),
        Field("true", N_("The true time was"), Type.LOCAL_TIME),
        Field("said_last", N_("Later the camera said"), Type.LOCAL_TIME),
        Field("true_last", N_("The true time was"), Type.LOCAL_TIME),
        parts["seconds"],
        parts["years"],
        Field("hour", N_("Hour"), Type.CHOICE, choices=hour),
        Field("from", N_("Camera times from"), Type.LOCAL_TIME),
        Field("to", N_("Camera times up to"), Type.LOCAL_TIME),
        parts["reason"],
    ]
