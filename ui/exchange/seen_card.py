"""What the chosen partners will see of a bundle, in the words of the rule that holds for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ranger_app.actions.bundle_choice import rule_for
from ranger_app.actions.sharing import area_names, words
from ranger_app.domain.sharing import OPEN, stricter
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import number
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.layouts import clear
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import label, muted


class SeenCard(Card):
    """``change`` is run when a person wants to change the rule."""

    def __init__(
        self, library: Library, bridge: Bridge, change: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(_("They will see"), parent)
        self._library, self._bridge = library, bridge
        self._asked = 0
        self._shown: tuple[tuple[bytes, ...], bool] | None = None
        self.change = button(_("Change the rule"), change, role="quiet", key="U")
        self.head.addWidget(self.change)
        area = ScrolledColumn(QMargins(0, 0, 8, 0))
        self._words = QGridLayout()
        self._words.setVerticalSpacing(4)
        self._words.setHorizontalSpacing(24)
        self._words.setColumnStretch(0, 1)
        self._words.setColumnStretch(1, 1)
        area.column.addLayout(self._words)
        area.column.addStretch(1)
        self.body.addWidget(area, 1)
        self.show_for(())

    def forget(self) -> None:
        """Read the rule again the next time: somebody may have changed it."""
        self._shown = None

    def show_for(self, partners: tuple[bytes, ...], *, open_text: bool = False) -> None:
        """Show what these partners see; ``open_text``: of an open bundle."""
        if (partners, open_text) == self._shown:
            return
        self._shown = (partners, open_text)
        self._asked += 1
        asked = self._asked
        self.change.setVisible(bool(partners))
        if not partners:
            self._show([_("What a partner sees stands here once you have chosen one.")])
            return

        def read() -> list[str]:
            with self._library.read() as db:
                rule = rule_for(db, partners)
                if open_text:
                    rule = replace(stricter(rule, OPEN), name=OPEN.name)
                said = words(rule, area_names(db, rule))
            if open_text:
                said.insert(0, _("Anybody who holds the stick can read it. The strictest rule holds."))
            if len(partners) > 1:
                n = len(partners)
                shared = ngettext("{n} partner reads it.", "{n} partners read it: the stricter rule holds.", n)
                said.insert(0, shared.format(n=number(n)))
            return said

        self._bridge.run(
            lambda _cancel: read(), lambda said: self._show(said) if asked == self._asked else None, owner=self
        )

    def _show(self, said: list[str]) -> None:
        clear(self._words)
        if len(said) == 1:
            self._words.addWidget(muted(said[0]), 0, 0, 1, 2)
            return
        rows = (len(said) + 1) // 2
        for place, one in enumerate(said):  # read down the first column, then down the second
            self._words.addWidget(label(one, wrap=True), place % rows, place // rows, Qt.AlignmentFlag.AlignTop)
