"""The form of a visit: what the last one tells is proposed, and what may be a slip is asked about.

A site or an observer that is not known yet is added without leaving it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import coordinated, count_write, listing, records, survey_read, visit_defaults
from ranger_app.changes import Changes
from ranger_app.domain import visit_words
from ranger_app.domain.fields import Field, Value
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import day_at, short_day
from ui.waterbirds.entry import Fitting
from ui.waterbirds.visit_fields import editor_for
from ui.widgets.banner import Banner
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.coordinate_field import CoordinateField
from ui.widgets.field_editors import FieldEditor
from ui.widgets.form import RecordForm
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import label, muted

_VISIT = (
    *("site", "date", "season", "start", "end", "coverage", "observers", "kind", "coordinated", "complete"),
    *("method", "not_counted"),
)
_DAY = (
    *("weather", "wind", "temperature", "ice", "snow", "water", "tide", "visibility", "disturbance_effect"),
    "disturbance",
)
_SELDOM = tuple(f.name for f in kind_named("survey").fields if f.form and f.name not in (*_VISIT, *_DAY, "no_birds"))
_COLUMNS = 3


class SurveyForm(RecordForm):
    """The survey's fields; only waterbird sites are offered as its site."""

    def __init__(self, library: Library, bridge: Bridge) -> None:
        groups = (("", _VISIT), (_("The day"), _DAY))
        super().__init__(
            library,
            bridge,
            "survey",
            groups=groups,
            more=(("", _SELDOM),),
            columns=_COLUMNS,
            with_button=False,
        )

    def _editor(self, field: Field) -> FieldEditor:
        return editor_for(field, self)

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
        self.asked = Banner("", _("If it is right, save again."), "attention", _("It is right"), self.save)
        self.asked.hide()
        self._asked_about: list[str] = []
        outer.addWidget(self.asked)
        self.new_site = NewSite(library, bridge)
        self.new_site.added.connect(self._site_added)
        self.new_site.hide()
        outer.addWidget(self.new_site)
        self.proposed = label("", "sentence", wrap=True)
        outer.addWidget(self.proposed)
        self.agreed = Fitting()
        outer.addWidget(self.agreed)
        area = ScrolledColumn(QMargins(0, 0, 8, 0))
        self.form = SurveyForm(library, bridge)
        self.form.saved.connect(self.saved)
        area.column.addWidget(self.form)
        outer.addWidget(area, 1)
        self.site.control.editingFinished.connect(self._site_typed)  # type: ignore[attr-defined]
        date = self.form.editors["date"].control
        date.editingFinished.connect(self._propose)  # type: ignore[attr-defined]
        self._proposal: dict[str, Value] = {}
        self._quiet()
        self.setFocusProxy(self.form)

    @property
    def site(self) -> FieldEditor:
        """The editor of the site."""
        return self.form.editors["site"]

    def open_new(self, values: dict[str, Value]) -> None:
        """An empty form with proposals."""
        self._quiet()
        self._proposal = dict(values)
        self.form.open_new(values)
        self._propose()
        first = "site" if values.get("site") is None else "date"
        self.form.editors[first].control.setFocus()

    def open_survey(self, survey: bytes) -> None:
        """Show a survey."""
        self._quiet()
        self.form.open_record(survey)

    def _quiet(self) -> None:
        for part in (self.unknown, self.new_site, self.asked, self.proposed, self.agreed):
            part.hide()
        self._asked_about = []

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
            self._propose()
        elif text:
            self.new_site.ask(text)

    def _propose(self) -> None:
        """Fill what nobody touched in a new visit from earlier visits, for the site and the date that stand there."""
        if self.form.record is not None:
            return
        site, date = (self.form.editors[name].value_or_none() for name in ("site", "date"))
        day = date if isinstance(date, str) else ""
        made = visit_defaults.propose(self._library, site if isinstance(site, bytes) else None, day)
        with self._library.read() as db:
            near = coordinated.near(db, day) if day else []
        agreed = next((one.name for one in near if one.first <= day <= one.last), None)
        wanted = {**made.values, **({"coordinated": agreed} if agreed else {})}
        for name, editor in self.form.editors.items():
            now = editor.value_or_none()
            if name in ("site", "date") or now != self._proposal.get(name) or (now is None and editor.typed()):
                continue
            if wanted.get(name) != now:  # putting what is there already would count as typed
                editor.put(wanted.get(name))
        self._proposal = wanted
        self.proposed.setText(
            _("Proposed from the visit of {date}.").format(date=short_day(made.of)) if made.of else ""
        )
        self.proposed.setVisible(bool(made.of))
        names = [one.name for one in near if one.name != agreed][:3]
        self.agreed.fill(
            [label(_("Coordinated counts of these days:"), "sentence")]
            + [button(name, partial(self._agree, name), role="quiet") for name in names]
            if names
            else []
        )
        self.agreed.setVisible(bool(names))

    def _agree(self, name: str) -> None:
        """Let the visit belong to a coordinated count."""
        editor = self.form.editors["coordinated"]
        editor.put(name)
        editor.edited.emit()

    def _site_added(self, site: bytes) -> None:
        self.new_site.hide()
        self.site.offer(survey_read.sites(self._library))
        self.site.put(site)
        self._propose()
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
        values = self.form.values()
        if values is None:
            return False
        today = day_at(self._library.now_ms() / 1000, self._library.station.utc_offset).isoformat()
        asked = visit_words.questions(values, today)
        if asked and asked != self._asked_about:
            self._asked_about = asked
            self.asked.what.setText(" ".join(asked))
            self.asked.show()
            return False
        self.asked.hide()
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
