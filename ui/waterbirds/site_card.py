"""The right side of the sites: one site or sector with its record, parts, species, seasons, overlaps and notes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMargins, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import populations, site_parts, sites
from ranger_app.actions.listing import Line
from ranger_app.actions.records import existing
from ranger_app.actions.site_parts import Overlap
from ranger_app.actions.sites import PARTS, Node, SeasonDays
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import N_, _, ngettext, pgettext
from ranger_app.library import Library
from ranger_app.store.origins import Origin
from ranger_app.store.rows import Record
from ui.bridge import Bridge
from ui.numbers import number, short_day
from ui.waterbirds.site_pages import OverlapsPage, SeasonsPage, SpeciesPage
from ui.widgets.buttons import button
from ui.widgets.choose import choose_file
from ui.widgets.empty_state import EmptyState
from ui.widgets.form import RecordForm
from ui.widgets.record_card import RecordCard
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.segments import Pages
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label

RECORD, SECTORS, SPECIES, SEASONS, OVERLAPS, NOTES = range(6)
_FIELDS = (
    *("name", "type", "part_of", "country", "site_code", "flyway", "wetland_type", "area_ha"),
    *("latitude", "longitude", "uncertainty", "protected_area", "remarks"),
)
_SHAPES = "*.gpx *.GPX *.kml *.KML *.kmz *.geojson *.json *.shp *.gpkg"


@dataclass(frozen=True, slots=True)
class SiteSheet:
    """All that the card shows of a site but its species, read at once."""

    record: Record
    origin: Origin | None
    node: Node | None
    parts: list[Node]
    days: list[SeasonDays]
    own_days: bool
    overlaps: list[Overlap]
    candidates: list[tuple[bytes, str]]


class SiteForm(RecordForm):
    """A site's fields; what it can be part of are sites."""

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge, "location", fields=_FIELDS, with_button=False)
        self.editors["flyway"].hint(_("decides which populations count"))
        self.editors["wetland_type"].hint(_("words or Ramsar codes: J, Tp"))
        flyway = self.editors["flyway"].control
        if isinstance(flyway, QLineEdit):
            self._known = QStringListModel(self)
            completer = QCompleter(self._known, flyway)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            flyway.setCompleter(completer)
            bridge.run(lambda _cancel: self._flyways(), self._known.setStringList, owner=self)

    def _flyways(self) -> list[str]:
        with self._library.read() as db:
            of_taxa = populations.by_taxon(db).values()
        return sorted({one.flyway for of_taxon in of_taxa for one in of_taxon if one.flyway})

    def _offer(self, kind: str, names: list[tuple[bytes, str]]) -> None:
        if kind == "location":
            names = [(one.id, one.name) for one in sites.tree(self._library) if one.type not in PARTS]
        super()._offer(kind, names)


class SiteCard(RecordCard):
    """One site, sector or viewpoint. ``opened(id)``: a part that somebody wants to see; ``map_wanted(target)``."""

    opened = Signal(object)
    part_wanted = Signal(str)
    map_wanted = Signal(object)

    kind = "location"
    kinds = frozenset({"location", "survey", "count"})
    unclear = N_("Something in the site is not clear yet. Mend it or clear it first.")

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(library, bridge, parent)
        self.sheet: SiteSheet | None = None
        self.figure = label("", "strong")
        self.head.addWidget(self.figure)
        self.form = SiteForm(library, bridge)
        self.form.saved.connect(self._saved)
        self.species = SpeciesPage(library, bridge)
        self.seasons = SeasonsPage(library, bridge)
        self.overlaps = OverlapsPage(library, bridge)
        self.sectors = LineTable(
            bridge,
            LinesModel([_("Name"), _("Type"), _("On the map"), _("Last visit")], [False] * 4),
            lambda: [],
            (),
            EmptyState(
                _("No sectors yet. A sector is what one counter looks at from one place."),
                _("New sector"),
                lambda: self.part_wanted.emit("sector"),
                icon="map",
                key="Shift+N",
            ),
            with_filter=False,
        )
        self.sectors.view.setAccessibleName(_("Sectors and viewpoints"))
        self.sectors.opened.connect(self.opened)
        self.pages = self._pages()
        self.body.addWidget(self.pages, 1)
        self.show_nothing()

    def _pages(self) -> Pages:
        words = [
            (_("Record"), self._record_page()),
            (_("Sectors"), self._sectors_page()),
            (pgettext("page", "Species"), self.species),
            (_("Seasons"), self.seasons),
            (_("Overlaps"), self.overlaps),
            (_("Notes"), self.notes),
        ]
        made = Pages(words, wrap=True)
        self.notes.counted.connect(lambda n: made.tell_number(NOTES, n))
        return made

    def _record_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        area = ScrolledColumn(QMargins(0, 0, 8, 0))
        area.column.addWidget(self.form)
        column.addWidget(area, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.shape = label("", "sentence", wrap=True)
        column.addWidget(self.shape)
        row.addStretch(1)
        self.file_button = button(_("Outline or way from a file"), self.choose_shape, key="F")
        self.map_button = button(_("Show on the map"), self.show_on_map, key="M")
        self.save_button = button(_("Save"), self.save, role="primary", key="Ctrl+S")
        for made in (self.file_button, self.map_button, self.save_button):
            row.addWidget(made)
        column.addLayout(row)
        page.setFocusProxy(self.form)
        return page

    def _sectors_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.sectors, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for words, what, key in (
            (_("New viewpoint"), "viewpoint", "Shift+V"),
            (_("New sector"), "sector", "Shift+N"),
        ):
            row.addWidget(button(words, partial(self.part_wanted.emit, what), key=key))
        column.addLayout(row)
        page.setFocusProxy(self.sectors)
        return page

    # -- what is shown -----------------------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """No site is chosen."""
        self.sheet = None
        super().show_nothing()

    def open_new(self, values: dict[str, Value]) -> None:
        """An empty site, or an empty part of one, to fill in."""
        super().open_new(values)
        self.sheet = None
        kind = str(values.get("type") or "site")
        self.name.setText({"sector": _("New sector"), "viewpoint": _("New viewpoint")}.get(kind, _("New site")))
        self.figure.setText("")
        self.shape.setText("")
        for page in (SECTORS, SPECIES, SEASONS, OVERLAPS):
            self.pages.segments.enable(page, False)
        for made in (self.file_button, self.map_button):
            made.setEnabled(False)
        self.pages.choose(RECORD)
        self.form.open_new(values)
        self.form.setFocus()

    def _page_of(self, record: bytes) -> SiteSheet:
        with self._library.read() as db:
            found = existing(db, "location", record)
        tree = sites.tree(self._library)
        node = next((one for one in tree if one.id == record), None)
        days, own = sites.season_days(self._library, record)
        return SiteSheet(
            found,
            sites.origin(self._library, record),
            node,
            [one for one in tree if one.parent == record],
            days,
            own,
            site_parts.overlaps(self._library, record),
            site_parts.candidates(self._library, record),
        )

    def _show(self, sheet: SiteSheet) -> None:
        self.sheet = sheet
        node, part = sheet.node, sheet.record["type"] in PARTS
        self.name.setText(sheet.record.text("name") or (node.name if node is not None else ""))
        self._show_origin(sheet.origin)
        visits = node.visits if node is not None else 0
        self.figure.setText(ngettext("{n} visit", "{n} visits", visits).format(n=number(visits)) if visits else "")
        for page in (SECTORS, SEASONS):
            self.pages.segments.enable(page, not part)
        for page in (SPECIES, OVERLAPS):
            self.pages.segments.enable(page, True)
        if part and self.pages.index in (SECTORS, SEASONS):
            self.pages.choose(RECORD)
        self.shape.setText(_shape_words(node))
        self.file_button.setEnabled(True)
        self.map_button.setEnabled(node is not None and node.has_place)
        self.sectors.show_lines([_part_line(one) for one in sheet.parts])
        self.pages.tell_number(SECTORS, len(sheet.parts))
        self.pages.tell_number(OVERLAPS, len(sheet.overlaps))
        self.seasons.show_days(sheet.record.id, sheet.days, sheet.own_days)
        own = [sheet.record.id] if part else [one.id for one in sheet.parts]
        here = [(sheet.record.id, self.name.text())] if part else []
        self.overlaps.show_pairs(sheet.overlaps, [*here, *sheet.candidates], own)
        self.species.show_site(sheet.record.id)

    # -- what a person does ------------------------------------------------------------------------------------

    def turn(self, page: int) -> None:
        """Show one of the pages and give it the keyboard."""
        part = self.sheet is not None and self.sheet.record["type"] in PARTS
        if self.record is None or (part and page in (SECTORS, SEASONS)):
            page = RECORD
        self.pages.choose(page)
        targets = (self.form, self.sectors, self.species, self.seasons, self.overlaps, self.notes)
        targets[page].setFocus()

    def save(self) -> None:
        """Write the record."""
        if self.form.values() is not None:
            self.form.save()
        else:
            self.pages.choose(RECORD)

    def show_on_map(self) -> None:
        """Go to the map, to the place of the site."""
        if self.sheet is None:
            return
        latitude, longitude = self.sheet.record["latitude"], self.sheet.record["longitude"]
        if isinstance(latitude, int) and isinstance(longitude, int):
            self.map_wanted.emit((latitude / 1e7, longitude / 1e7))
        else:
            self._bridge.say(_("This site has no place yet. Type it in the record, or draw a sector on the map."))

    def choose_shape(self) -> None:
        """Choose a file with the outline or the way of the visit."""
        if self.record is not None:
            choose_file(self, _("Choose a file with an outline or a way"), self.take_shape, _SHAPES)

    def take_shape(self, path: Path) -> None:
        """Take the outline or the way of the visit from a file."""
        site = self.record
        if site is None:
            return
        said = {"outline": _("Outline taken from {name}"), "route": _("Way of the visit taken from {name}")}
        self._bridge.act(
            lambda _cancel: site_parts.set_shape(self._library, site, path),
            lambda field: self._bridge.say(said[field].format(name=path.name), undo=True),
            owner=self,
        )


def _shape_words(node: Node | None) -> str:
    if node is None:
        return ""
    words = [_("outline")] * node.has_outline + [_("way of the visit")] * node.has_way
    return _("On the map: {what}").format(what=", ".join(words)) if words else ""


def _part_line(one: Node) -> Line:
    choices = {choice.code: choice.label for choice in kind_named("location").field("type").choices}
    shown = [_("place")] * one.has_place + [_("outline")] * one.has_outline + [_("way")] * one.has_way
    texts = (
        one.name,
        _(choices[one.type]) if one.type in choices else one.type,
        ", ".join(shown),
        short_day(one.last) if one.last else "",
    )
    keys = tuple((1, text.casefold()) for text in (*texts[:3], one.last))
    return Line(one.id, texts, keys)
