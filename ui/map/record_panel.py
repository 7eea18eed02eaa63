"""A place, an area, a sample or a case beside the map: its fields, to look at, to change, to name what was drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QMargins
from PySide6.QtWidgets import QWidget

from ranger_app.domain.fields import Value
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.widgets.form import RecordForm
from ui.widgets.scrolled import ScrolledColumn

_FIELDS = {
    "location": (
        *("name", "type", "latitude", "longitude", "uncertainty", "country", "part_of", "protected_area", "remarks"),
    ),
}
"""Of these kinds only the fields that belong to the map; others show all."""


class RecordPanel(ScrolledColumn):
    """``fixed`` are values of a new record that nobody types, such as its outline."""

    def __init__(
        self,
        library: Library,
        bridge: Bridge,
        kind: str,
        saved: Callable[[], object],
        fixed: Mapping[str, Value] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(QMargins(16, 12, 16, 16), parent)
        self.form = RecordForm(library, bridge, kind, fields=_FIELDS.get(kind), fixed=fixed, columns=1)
        self.form.saved.connect(lambda _record: saved())
        self.column.addWidget(self.form)
        self.setFocusProxy(self.form)
