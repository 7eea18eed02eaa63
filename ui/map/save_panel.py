"""The map as one file to send: under which rule, with which layers. The strictest rule stands first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from ranger_app.actions import map_layers
from ranger_app.actions.partners import list_partners
from ranger_app.domain import sharing
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.widgets.buttons import primary
from ui.widgets.choose import choose_new_file
from ui.widgets.text import label, muted

EXACT = "exact"


class SavePanel(QWidget):
    """``write(path, rule, layers)`` when a person chose; rule EXACT withholds nothing, layers None are all."""

    def __init__(
        self,
        library: Library,
        shown: Sequence[str],
        write: Callable[[Path, str, Sequence[str] | None], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._shown, self._write = library, list(shown), write
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        column.addWidget(label(_("Who may see it"), "section"))
        self.rule = QComboBox()
        self.rule.setAccessibleName(_("Who may see it"))
        self.rule.addItem(_("Anybody (rule: open)"), sharing.OPEN.name)
        self.rule.addItem(_("Partners (rule: standard)"), sharing.STANDARD.name)
        for partner in list_partners(library):
            if partner.trusted:
                self.rule.addItem(_("By the rule for {partner}").format(partner=partner.name), partner.id.hex())
        self.rule.addItem(_("Exact places, for ourselves"), EXACT)
        self.rule.currentIndexChanged.connect(lambda _row: self._say())
        column.addWidget(self.rule)
        self.words = muted("")
        column.addWidget(self.words)
        self.only = QCheckBox(_("Only the layers shown now"))
        self.only.setChecked(True)
        column.addWidget(self.only)
        column.addWidget(primary(_("Choose where"), self.choose))
        column.addWidget(muted(_("One page that opens in any browser, without a network. What left is in the ledger.")))
        column.addStretch(1)
        self.setFocusProxy(self.rule)
        self._say()

    def _say(self) -> None:
        rule = self.rule.currentData()
        if rule == EXACT:
            words = _("Every place and name as it is. Needs the role exchange.")
        elif rule == sharing.OPEN.name:
            words = _("No tracks, no people, no places of sensitive species; other places as squares.")
        else:
            words = _("What this rule withholds is left out; rough places are squares.")
        self.words.setText(words)

    def choose(self) -> None:
        """Ask for the file's place, then write it."""
        name = _("Map of {station}").format(station=self._library.station.name)
        choose_new_file(self, _("Save the map"), self.take, f"{name}.html", "html")

    def take(self, path: Path) -> None:
        """Write to ``path`` as chosen."""
        layers = [*self._shown, map_layers.GROUND, map_layers.OWN] if self.only.isChecked() else None
        self._write(path, str(self.rule.currentData()), layers)
