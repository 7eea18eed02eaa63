"""The species known here: those that come with the program and those people added, with names, status and secrecy."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions.listing import Line
from ranger_app.changes import Changes
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.taxa import Taxon
from ranger_app.i18n import _, language
from ranger_app.library import Library
from ranger_app.store import rows
from ui.bridge import Bridge
from ui.settings.side_form import SideForm
from ui.widgets.buttons import button
from ui.widgets.empty_state import EmptyState
from ui.widgets.form import RecordForm
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import muted


def _id(taxon: Taxon) -> bytes:
    return hashlib.sha256(taxon.scientific.encode()).digest()[:16]


def lines() -> list[Line]:
    """Every species known as a line of the table."""
    groups = {choice.code: _(choice.label) for choice in kind_named("taxon").field("group").choices}
    found = []
    for order, taxon in enumerate(taxa.load()):
        # A name nobody confirmed is marked, so that it is not printed in a report unread.
        doubt = " (?)" if language() in taxon.unverified else ""
        status = " ".join(part for part in (taxon.iucn, taxon.iucn_date) if part)
        texts = (
            taxon.names.get(language(), "") + doubt,
            taxon.scientific,
            groups.get(taxon.group, taxon.group),
            status,
            str(taxon.sensitive or ""),
            _("changed here") if taxon.own else "",
        )
        found.append(Line(_id(taxon), texts, tuple((1, text.casefold()) for text in (str(order).zfill(6), *texts[1:]))))
    return found


class Species(QWidget):
    """A table of all species; adding one or changing a name happens in the side panel."""

    panel_wanted = Signal(object, str)
    panel_done = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._side = SideForm()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(button(_("Add a species"), self.add, key="Ctrl+Shift+N", icon="add"))
        acts.addWidget(button(_("Change the chosen one"), self.change, key="Ctrl+E"))
        acts.addStretch(1)
        column.addLayout(acts)
        headings = [_("Name"), _("Scientific name"), _("Group"), _("IUCN status"), _("Sensitivity"), _("Own")]
        empty = EmptyState(_("No species is known."), _("Add a species"), self.add, icon="star", key="Ctrl+Shift+N")
        self.table = LineTable(bridge, LinesModel(headings, [False] * 6), lines, ("taxon",), empty, spare={2: 760})
        self.table.opened.connect(self._open)
        column.addWidget(self.table, 1)
        column.addWidget(
            muted(_("(?) marks a name that is not confirmed. Sensitivity 1 to 4: exact places are kept from others."))
        )
        self.setFocusProxy(self.table)

    def refresh(self, changes: Changes | None) -> None:
        """Read the species again."""
        self.table.refresh(changes)

    def add(self) -> None:
        """Show an empty form."""
        self._form(None, {})

    def change(self) -> None:
        """The form of the species chosen in the table."""
        chosen = self.table.current()
        if chosen is None:
            self._bridge.say(_("Choose a species in the table first."))
        else:
            self._open(chosen)

    def _open(self, chosen: bytes) -> None:
        taxon = next((one for one in taxa.load() if _id(one) == chosen), None)
        if taxon is None:
            return
        with self._library.read() as db:
            record = next(rows.find(db, "taxon", "scientific = ?", (taxon.scientific,), limit=1), None)
        proposed: dict[str, Value] = {"scientific": taxon.scientific, "group": taxon.group}
        self._form(record.id if record else None, proposed)

    def _form(self, record: bytes | None, proposed: dict[str, Value]) -> None:
        form = RecordForm(self._library, self._bridge, "taxon", columns=1)
        if record is None:
            form.open_new(proposed)
        else:
            form.open_record(record)
        form.saved.connect(lambda _record: self.panel_done.emit())
        area = self._side.framed(form)
        self.panel_wanted.emit(area, _("Change a species") if proposed or record else _("Add a species"))

    def save(self) -> bool:
        """Save the form if one stands open; whether there was one."""
        return self._side.save()
