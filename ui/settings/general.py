"""Language and appearance of the window on this computer, and how it writes places."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from ranger_app.geo import coordinates
from ranger_app.i18n import COMPLETE, LANGUAGES, _
from ui.bridge import Bridge
from ui.preferences import APPEARANCES
from ui.settings.page import Page, rows
from ui.widgets.card import Card
from ui.widgets.text import muted


class General(Page):
    """All choices are in force at once; for language and look the whole window is drawn anew."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = Card(_("Language"))
        self.language = QComboBox()
        for code, name in LANGUAGES.items():
            self.language.addItem(
                name if code in COMPLETE else _("{name} (forms and species only)").format(name=name), code
            )
        self.language.setCurrentIndex(max(0, self.language.findData(bridge.preferences.language or "en")))
        self.language.activated.connect(lambda _index: bridge.wished.emit("language", self.language.currentData()))
        words.body.addLayout(rows((_("Language of the window"), self.language)))
        self.add_card(words)
        look = Card(_("Look"))
        self.appearance = QComboBox()
        for name, word in zip(APPEARANCES, (_("As the system"), _("Light"), _("Dark")), strict=True):
            self.appearance.addItem(word, name)
        self.appearance.setCurrentIndex(APPEARANCES.index(bridge.preferences.appearance))
        self.appearance.activated.connect(
            lambda _index: bridge.wished.emit("appearance", self.appearance.currentData())
        )
        look.body.addLayout(rows((_("Light or dark"), self.appearance)))
        look.body.addWidget(
            muted(_("The size of letters follows the scaling of the system: 100 %, 125 % and 150 % are fine."))
        )
        self.add_card(look)
        places = Card(_("Places"))
        self.notation = QComboBox()
        for code, word in coordinates.STYLES.items():
            self.notation.addItem(_(word), code)
        self.notation.setCurrentIndex(max(0, self.notation.findData(bridge.preferences.notation)))
        self.notation.activated.connect(lambda _index: self._prefer(bridge))
        places.body.addLayout(rows((_("Coordinates are shown as"), self.notation)))
        places.body.addWidget(muted(_("They can be typed in any of these, and on older maps' datums, everywhere.")))
        self.add_card(places)

    def _prefer(self, bridge: Bridge) -> None:
        bridge.preferences.notation = str(self.notation.currentData())
        bridge.preferences.save()
        coordinates.prefer(bridge.preferences.notation)
