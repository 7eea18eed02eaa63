"""The form of a visit, with the ways to add a site or an observer that is not known yet, without leaving it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import count_write, listing, records, survey_read
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.widgets.banner import Banner
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.coordinate_field import CoordinateField
from ui.widgets.field_editors import FieldEditor
from ui.widgets.form import RecordForm
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import muted

_FIRST = ("site", "date", "start", "end", "observers", "season", "method", "coverage", "weather", "wind", "ice")
_FIELDS = (*_FIRST, *(f.name for f in kind_named("survey").fields if f.form and f.name not in (*_FIRST, "no_birds")))


class SurveyForm(RecordForm):
    """The survey's fields; only waterbird sites are offered as its site."""

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge, "survey", fields=_FIELDS, with_button=False)

    def _offer(self, kind: str, names: list[tuple[bytes, str]]) -> None:
        super()._offer(kind, survey_read.sites(self._library) if kind == "location" else names)


class VisitPage(QWidget):
    """A survey's form. ``saved(id)`` once it is on the disk."""

    saved = Signal(object)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        self.unknown = Banner("", "", "attention", _("Add them as rangers"), self.add_people)
        self.unknown.hide()
        outer.addWidget(self.unknown)
        self.new_site = NewSite(library, bridge)
        self.new_site.added.connect(self._site_added)
        self.new_site.hide()
        outer.addWidget(self.new_site)
        area = ScrolledColumn(QMargins(0, 0, 8, 0))
        self.form = SurveyForm(library, bridge)
        self.form.saved.connect(self.saved)
        area.column.addWidget(self.form)
        outer.addWidget(area, 1)
        self.site.control.editingFinished.connect(self._site_typed)  # type: ignore[attr-defined]
        self._proposed_for: bytes | None = None
        self.setFocusProxy(self.form)

    @property
    def site(self) -> FieldEditor:
        """The editor of the site."""
        return self.form.editors["site"]

    def open_new(self, values: dict[str, Value]) -> None:
        """An empty form with proposals."""
        self._proposed_for = None
        self._quiet()
        self.form.open_new(values)
        self.site.control.setFocus()

    def open_survey(self, survey: bytes) -> None:
        """Show a survey."""
        self._quiet()
        self.form.open_record(survey)

    def _quiet(self) -> None:
        self.unknown.hide()
        self.new_site.hide()

    def refresh(self, changes: Changes | None) -> None:
        """Read names again."""
        self.form.refresh(changes)

    # -- the site ----------------------------------------------------------------------------------------------

    def _site_typed(self) -> None:
        text = self.site.typed().strip()
        site = self.site.value_or_none()
        if not text or isinstance(site, bytes):
            self.new_site.hide()
        if isinstance(site, bytes):
            self._propose(site)
        elif text:
            self.new_site.ask(text)

    def _propose(self, site: bytes) -> None:
        """Fill empty fields of a new visit from the last one at ``site``."""
        if self.form.record is not None or site == self._proposed_for:
            return
        self._proposed_for = site
        for name, value in survey_read.defaults(self._library, site).items():
            editor = self.form.editors.get(name)
            if editor is not None and editor.value_or_none() is None and not editor.typed():
                editor.put(value)

    def _site_added(self, site: bytes) -> None:
        self.new_site.hide()
        self.site.offer(survey_read.sites(self._library))
        self.site.put(site)
        self._propose(site)
        self.form.editors["date"].control.setFocus()

    # -- observers ---------------------------------------------------------------------------------------------

    def _strangers(self) -> list[str]:
        editor = self.form.editors["observers"]
        try:
            editor.value()
        except ValueError:
            return [part.strip() for part in editor.typed().split(",") if part.strip()]
        return []

    def add_people(self) -> None:
        """Add the observers nobody knows yet as rangers."""
        typed = self.form.editors["observers"].typed()
        self._bridge.act(
            lambda _cancel: (count_write.people_ids(self._library, typed), listing.names(self._library, "person")),
            self._people_added,
            owner=self,
        )

    def _people_added(self, answer: tuple[str | None, list[tuple[bytes, str]]]) -> None:
        ids, people = answer
        editor = self.form.editors["observers"]
        editor.offer(people)
        editor.put(ids)
        self.unknown.hide()
        self.save()

    def save(self) -> bool:
        """Write the survey; False where something has to be settled first, which is then shown."""
        if self.site.typed().strip() and not isinstance(self.site.value_or_none(), bytes):
            self.new_site.ask(self.site.typed().strip())
            return False
        if self._strangers():
            self.unknown.what.setText(_("Not all of these observers are known here."))
            self.unknown.show()
            return False
        self.unknown.hide()
        if self.form.values() is None:
            return False
        self.form.save()
        return True


class NewSite(Card):
    """Asks for the little that a new site needs; ``added(id)`` once it is on the disk."""

    added = Signal(object)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(_("A site that is not known yet"), parent)
        self._library, self._bridge = library, bridge
        declared = kind_named("location")
        self.name = FieldEditor(declared.field("name"))
        self.where = CoordinateField(bridge)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.name, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.where, 1, Qt.AlignmentFlag.AlignTop)
        for control in (self.name.control, self.where.control):
            if isinstance(control, QLineEdit):
                control.returnPressed.connect(self.add)
        self.body.addLayout(row)
        below = QHBoxLayout()
        below.addWidget(primary(_("Add the site"), self.add, key="Return"))
        below.addWidget(button(_("Not now"), self.hide, role="quiet"))
        below.addWidget(muted(_("The place may stay empty; a site is found by its name.")), 1)
        self.body.addLayout(below)

    def ask(self, name: str) -> None:
        """Show the questions for a site called ``name``."""
        self.name.put(name)
        if self.isHidden():
            self.show()
            self.where.control.setFocus()

    def add(self) -> None:
        """Write the site."""
        values: dict[str, Value] = {"type": "site", "country": self._library.station.country}
        try:
            values["name"] = self.name.value()
            self.name.say("")
        except ValueError as error:
            self.name.say(str(error))
            self.name.control.setFocus()
            return
        try:
            values["latitude"], values["longitude"] = self.where.value()
            self.where.say("")
        except ValueError as error:
            self.where.say(str(error))
            self.where.control.setFocus()
            return
        self._bridge.act(lambda _cancel: records.add(self._library, "location", values), self._done, owner=self)

    def _done(self, site: Any) -> None:
        self._bridge.say(_("Site added"), undo=True)
        self.added.emit(site)
