"""Language and appearance of the window on this computer."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from ranger_app.i18n import COMPLETE, LANGUAGES, _
from ui.bridge import Bridge
from ui.preferences import APPEARANCES
from ui.settings.page import Page, rows
from ui.widgets.card import Card
from ui.widgets.text import muted


class General(Page):
    """Both choices are in force at once; the whole window is drawn anew."""

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
