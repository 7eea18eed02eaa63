"""Which border the library reckons with: the shipped reference, or the line of one's own country."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from ranger_app.actions import border_layer
from ranger_app.actions.border_layer import Choice
from ranger_app.geo import layer_files
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.settings.page import rows
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.choose import choose_file
from ui.widgets.text import label, muted

KEY = "Ctrl+Shift+B"
_MOST = 50_000


class BorderCard(Card):
    """Says which line is in use and how good it is; loads another, or goes back to the reference."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(_("Border"), parent)
        self._library, self._bridge = library, bridge
        self.used = label("", wrap=True)
        self.body.addWidget(self.used)
        self.accuracy = QSpinBox()
        self.accuracy.setRange(0, _MOST)
        self.accuracy.setValue(border_layer.DEFAULT_ACCURACY)
        self.accuracy.setSuffix(f" {_('m')}")
        self.body.addLayout(rows((_("A loaded line is good to"), self.accuracy)))
        line = QHBoxLayout()
        line.addWidget(button(_("Load a border"), self.choose, key=KEY))
        self.back = button(_("Back to the reference"), self.go_back, role="quiet")
        line.addWidget(self.back)
        line.addStretch(1)
        self.body.addLayout(line)
        self.body.addWidget(muted(_("A file of lines, or of areas with a column such as country.")))
        self.body.addWidget(muted(_("It only warns where a place lies in another country than was written.")))
        self.refresh()

    def refresh(self) -> None:
        """Read which border is chosen."""
        chosen = border_layer.choice(self._library)
        self.used.setText(_sentence(chosen))
        self.back.setVisible(chosen is not None)
        if chosen is not None:
            self.accuracy.setValue(chosen.accuracy_m)

    def choose(self) -> None:
        """Choose the file of a border."""
        ends = " ".join(f"*{one} *{one.upper()}" for one in layer_files.VECTORS)
        choose_file(self, _("Choose a border"), self.take, ends)

    def take(self, path: Path) -> None:
        """Put the border of a file in the reference's place."""
        metres = self.accuracy.value()
        self._bridge.run(
            lambda _cancel: border_layer.choose(self._library, path, accuracy_m=metres),
            lambda _layer: self.refresh(),
            owner=self,
            title=_("Reading {name}").format(name=path.name),
        )

    def go_back(self) -> None:
        """Use the reference again."""
        self._bridge.act(
            lambda _cancel: border_layer.choose_reference(self._library), lambda _none: self.refresh(), owner=self
        )


def _sentence(chosen: Choice | None) -> str:
    if chosen is None:
        return _("The shipped reference is in use, from OpenStreetMap. It is not an official boundary.")
    if chosen.missing:
        return _("The file {file} is not there now. Until it is, the shipped reference is in use.").format(
            file=chosen.path
        )
    name = " ".join(one for one in (chosen.name, chosen.date) if one)
    return _("{name} is in use, good to {n} m.").format(name=name, n=chosen.accuracy_m)
