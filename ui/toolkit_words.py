"""Qt's own words (menus of text fields, file dialogs, calendars) in the language of the window.

Ranger's texts come from gettext; without this the few that Qt itself shows would stay English.
"""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

_in_use: list[QTranslator] = []


def apply(language: str) -> bool:
    """Let Qt speak ``language`` (a key of i18n.LANGUAGES); False where Qt has no words for it and keeps English."""
    QLocale.setDefault(QLocale(language))
    while _in_use:
        QApplication.removeTranslator(_in_use.pop())
    translator = QTranslator(QApplication.instance())
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if language == "en" or not translator.load(f"qtbase_{language}", folder):
        return language == "en"
    QApplication.installTranslator(translator)
    _in_use.append(translator)
    return True
