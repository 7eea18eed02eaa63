"""The cards emptied so far, newest first: when, where, how many, and the way to go on with one or take it back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import deployment_list
from ranger_app.actions.deployment_list import IngestLine
from ranger_app.actions.take_back import take_back
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import moment, number
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.text import label, muted


class IngestList(Card):
    """Ingests of one deployment, or the newest of all. ``continue_wanted(ingest id)``; ``taken_back`` once it is."""

    continue_wanted = Signal(str)
    taken_back = Signal()

    def __init__(
        self, library: Library, bridge: Bridge, title: str, *, most: int = 20, with_place: bool = False
    ) -> None:
        super().__init__(title)
        self._library, self._bridge, self._most, self._with_place = library, bridge, most, with_place
        self._asked = 0
        self.lines: list[IngestLine] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self.body.addLayout(self._list)

    def read(self, deployment: bytes | None = None) -> None:
        """Read the ingests again: of ``deployment``, or of all."""
        self._asked += 1
        asked = self._asked
        self._bridge.run(
            lambda _cancel: deployment_list.ingests(self._library, deployment=deployment, limit=self._most),
            lambda found: self._show(found) if asked == self._asked else None,
            owner=self,
        )

    def _show(self, lines: list[IngestLine]) -> None:
        self.lines = lines
        while (item := self._list.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for one in lines:
            self._list.addWidget(self._line(one))
        if not lines:
            self._list.addWidget(muted(_("No card was emptied on this computer yet.")))

    def _line(self, one: IngestLine) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        when = moment(one.started / 1000, self._library.station.utc_offset)
        n = ngettext("{n} picture", "{n} pictures", one.stored).format(n=number(one.stored))
        parts = [when, *([one.place] if self._with_place else []), n, *([] if one.finished else [_("not finished")])]
        words = label(" · ".join(parts), wrap=True)
        words.setToolTip(one.folder)
        row.addWidget(words, 1)
        if not one.finished:
            row.addWidget(button(_("Go on"), partial(self.continue_wanted.emit, one.id)))
        if one.can_take_back:
            row.addWidget(button(_("Take back"), partial(self.take_back, one.id), role="quiet"))
        elif one.stored:
            row.addWidget(label(_("shared"), "muted"))
        return box

    def take_back(self, ingest_id: str) -> None:
        """Take a whole ingest back: the wrong card, the wrong place."""
        self._bridge.act(lambda _cancel: take_back(self._library, ingest_id), self._taken_back, owner=self)

    def _taken_back(self, n: int) -> None:
        words = ngettext("Took back {n} picture.", "Took back {n} pictures.", n)
        self._bridge.say(words.format(n=number(n)), undo=True)
        self.taken_back.emit()
