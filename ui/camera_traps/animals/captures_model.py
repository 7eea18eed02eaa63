"""The captures of an animal as rows of a table, put into words as they come into view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from ranger_app.actions import catalogue
from ranger_app.actions.catalogue import Capture
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import animals, gallery
from ui.camera_traps.animals.small_pictures import PICTURE_ROLE
from ui.camera_traps.animals.words import flank_word, sureness_word
from ui.widgets.origin_mark import origin_mark

PICTURE, TIME, PLACE, FLANK, SURENESS, BY, RECORD = range(7)
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Met:
    """All captures of an animal and of those it is joined with, and by record its code and whether it is ours."""

    captures: Sequence[Capture]
    records: Mapping[bytes, tuple[str, bool]]


def read(library: Library, animal: bytes) -> Met:
    """The captures of an animal, the newest first; for workers. DataProblem where there is no such animal."""
    with library.read() as db:
        found = catalogue.captures(db, animal)
        kept_back = gallery.pictures_of(db, [one.media for one in found if one.media and not one.sha256])
        if kept_back:  # what came of these lies under another name than their hash
            found = [replace(one, sha256=one.sha256 or kept_back.get(one.media or b"")) for one in found]
        here = animals.catalogues(db)
        records = {
            one: (here.animals[one].code, here.animals[one].station == library.station.id)
            for one in {each.animal for each in found}
            if one in here.animals
        }
    return Met(found, records)


class CapturesModel(QAbstractTableModel):
    """Captures, the newest first."""

    def __init__(self, utc_offset: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._clock = timezone(timedelta(minutes=utc_offset))
        self._headings = [
            _("Picture"), _("Time"), _("Place"), _("Side"), _("How sure"), _("Who said"), _("Record"),
        ]  # fmt: skip
        self.met = Met((), {})

    def take(self, met: Met) -> None:
        """Show these."""
        self.beginResetModel()
        self.met = met
        self.endResetModel()

    def capture(self, row: int) -> Capture:
        """What stands in a row."""
        return self.met.captures[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.met.captures)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        one = self.met.captures[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(one, index.column())
        if role == PICTURE_ROLE:
            return one.sha256
        if role == Qt.ItemDataRole.DecorationRole and index.column() == TIME and len(self.met.records) > 1:
            return origin_mark(self.met.records.get(one.animal, ("", False))[1])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, one: Capture, column: int) -> str:
        if column == TIME:
            return self._time(one.taken_at) if one.taken_at is not None else _("no time")
        if column == PLACE:
            return one.place
        if column == FLANK:
            return flank_word(one.flank)
        if column == SURENESS:
            return sureness_word(one.sureness)
        if column == BY:
            return one.by
        return self.code(one) if column == RECORD else ""

    def _time(self, at: int) -> str:
        return f"{datetime.fromtimestamp(at, self._clock):%Y-%m-%d %H:%M}"

    def code(self, one: Capture) -> str:
        """The code of the record that a capture is of."""
        return self.met.records.get(one.animal, ("", False))[0]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None
