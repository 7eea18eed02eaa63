"""Sites: the tree of sites, national sites and sectors at the left, what is chosen there at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ranger_app.actions import sites
from ranger_app.actions.listing import Line
from ranger_app.actions.sites import PARTS, Node
from ranger_app.changes import Changes
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.commands import Command
from ui.numbers import number, short_day
from ui.waterbirds.site_card import NOTES, OVERLAPS, RECORD, SEASONS, SECTORS, SPECIES, SiteCard
from ui.widgets.empty_state import EmptyState
from ui.widgets.following import Following
from ui.widgets.origin_mark import origin_mark
from ui.widgets.table import LinesModel, LineTable

NAME, COUNTRY, VISITS, LAST = range(4)
_STEP = "      "


@dataclass(frozen=True, slots=True)
class NodeLine(Line):
    """A line of the tree."""

    node: Node


class TreeModel(LinesModel):
    """Each place set in below what it is part of; marked as this station's own or a partner's."""

    def __init__(self) -> None:
        super().__init__([_("Site"), _("Country"), _("Visits"), _("Last visit")], [False, False, True, False])

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        if index.column() == NAME and isinstance(line, NodeLine):
            if role == Qt.ItemDataRole.DecorationRole and line.node.type not in PARTS:
                return origin_mark(line.node.own)
            if role == Qt.ItemDataRole.DisplayRole:
                return _STEP * line.node.depth + line.node.name
        return super().data(index, role)


class SitesPage(QWidget):
    """``told`` when its commands or its sentence would be others; ``go`` as a screen's."""

    told = Signal()
    go = Signal(str, object)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._lines: list[Node] = []
        empty = EmptyState(
            _("No sites yet. A site is a wetland that is counted as one; its sectors come next."),
            _("New site"),
            self.new,
            icon="map",
            key="N",
        )
        self.table = LineTable(
            bridge,
            TreeModel(),
            self._read,
            {"location", "survey"},
            empty,
            spare={LAST: 520, COUNTRY: 440, VISITS: 360},
        )
        self.table.view.setAccessibleName(_("Sites"))
        self.table.view.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
        self.card = SiteCard(library, bridge)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.BETWEEN)
        row.addWidget(self.table, 45)
        row.addWidget(self.card, 66)
        self._following = Following(self.table, self.card, self)
        self.table.selected.connect(lambda _site: self.told.emit())
        self.table.opened.connect(lambda _site: self.card.turn(RECORD))
        self.table.loaded.connect(self._loaded)
        self.card.gone.connect(self.told)
        self.card.opened.connect(self.table.choose)
        self.card.part_wanted.connect(self.new_part)
        self.card.map_wanted.connect(partial(self.go.emit, "map"))
        self.setFocusProxy(self.table.view)

    def _read(self) -> Sequence[Line]:
        found: list[Line] = []
        for place, node in enumerate(sites.tree(self._library)):
            texts = (
                node.name,
                node.country,
                number(node.visits) if node.visits else "",
                short_day(node.last) if node.last else "",
            )
            keys: tuple[tuple[int, int | str], ...] = ((0, place), (1, node.country), (0, node.visits), (1, node.last))
            found.append(NodeLine(node.id, texts, keys, node))
        return found

    # -- what the screen asks ----------------------------------------------------------------------------------

    def sentence(self) -> str:
        """How many there are, for the heading."""
        nodes = [line.node for line in self.table.model.lines if isinstance(line, NodeLine)]
        if not nodes:
            return _("Where birds are counted, and what is part of what.")
        whole = sum(one.type not in PARTS for one in nodes)
        return _("{sites}, {sectors}").format(
            sites=ngettext("{n} site", "{n} sites", whole).format(n=number(whole)),
            sectors=ngettext("{n} sector or viewpoint", "{n} sectors and viewpoints", len(nodes) - whole).format(
                n=number(len(nodes) - whole)
            ),
        )

    def commands(self) -> list[Command]:
        """What can be done here."""
        group, some, card = _("Sites"), self._some, self.card
        return [
            Command("sites.new", _("New site"), self.new, "N", group=group),
            Command("sites.sector", _("New sector"), partial(self.new_part, "sector"), "Shift+N", some, group),
            Command("sites.viewpoint", _("New viewpoint"), partial(self.new_part, "viewpoint"), "Shift+V", some, group),
            Command("sites.record", _("Show the record"), partial(card.turn, RECORD), "E", some, group),
            Command("sites.sectors", _("Show the sectors"), partial(card.turn, SECTORS), "S", some, group),
            Command("sites.species", _("Show the species"), partial(card.turn, SPECIES), "B", some, group),
            Command("sites.next_season", _("Species of the next season"), self.next_season, "X", some, group),
            Command("sites.seasons", _("Show the seasons"), partial(card.turn, SEASONS), "D", some, group),
            Command("sites.overlaps", _("Show the overlaps"), partial(card.turn, OVERLAPS), "O", some, group),
            Command("sites.notes", _("Show and add notes"), partial(card.turn, NOTES), "T", some, group),
            Command("sites.map", _("Show on the map"), card.show_on_map, "M", some, group),
            Command("sites.shape", _("Outline or way from a file"), card.choose_shape, "F", some, group),
            Command("sites.save", _("Save"), card.save, "Ctrl+S", self._open, group),
            Command("sites.delete", self._delete_words(), self.delete, "Del", some, group),
        ]

    def _delete_words(self) -> str:
        return _("Delete the overlap") if self.card.pages.index == OVERLAPS else _("Delete the site")

    def _open(self) -> bool:
        return self.card.isVisibleTo(self)

    def _some(self) -> bool:
        return self._open() and self.card.record is not None

    def refresh(self, changes: Changes | None) -> None:
        """Read again what ``changes`` touches."""
        self._following.refresh(changes)

    def keep_edits(self) -> bool:
        """Save what was typed; False where something has to be mended first."""
        return self.card.keep_edits()

    def open_at(self, site: object) -> None:
        """Show a site."""
        if isinstance(site, bytes):
            self.table.choose(site)

    # -- what a person does ------------------------------------------------------------------------------------

    def new(self) -> None:
        """An empty site of this country."""
        self._following.open_new({"type": "site", "country": self._library.station.country})

    def new_part(self, kind: str) -> None:
        """An empty sector or viewpoint of the site that is chosen."""
        sheet = self.card.sheet
        if sheet is None:
            return
        whole = sheet.record["part_of"] if sheet.record["type"] in PARTS else sheet.record.id
        self._following.open_new({"type": kind, "part_of": whole})

    def next_season(self) -> None:
        """The species of the season after the one shown."""
        if self.card.pages.index == SPECIES:
            self.card.species.step()
        else:
            self.card.turn(SPECIES)

    def delete(self) -> None:
        """Take the chosen overlap away, or the site; undo brings it back."""
        if self.card.pages.index == OVERLAPS:
            self.card.overlaps.delete()
        else:
            self.card.delete_record(_("Site deleted"))

    # -- the tree ----------------------------------------------------------------------------------------------

    def _loaded(self, _number: int) -> None:
        self._following.choose_first()
        self.told.emit()
