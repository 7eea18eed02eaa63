"""The faces text is drawn with, ordered by language so that Chinese and Japanese get their own glyph shapes.

System fonts come first; a frozen build carries open-licence faces in resources/fonts, which are loaded here.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QRawFont
from PySide6.QtWidgets import QApplication

from ranger_app.paths import resource

_LATIN = ("Noto Sans",)
_LATIN_ELSEWHERE = ("Segoe UI", "Helvetica Neue", "DejaVu Sans", "Liberation Sans", "Arial")
_SC = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "SimSun")
_JP = ("Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans", "Yu Gothic UI", "Meiryo", "Hiragino Sans")
_KR = ("Noto Sans CJK KR", "Noto Sans KR", "Source Han Sans K", "Malgun Gothic", "Apple SD Gothic Neo")
_ORDER: dict[str, tuple[tuple[str, ...], ...]] = {
    "zh_CN": (_SC, _JP, _KR),
    "ja": (_JP, _SC, _KR),
    "ko": (_KR, _SC, _JP),
}
_loaded: set[Path] = set()


def load_shipped_fonts() -> int:
    """Make the faces in resources/fonts known to Qt; returns how many files were loaded by this call."""
    folder = resource("fonts")
    files = sorted(folder.glob("*.[to]t[fc]")) if folder.is_dir() else []
    new = [file for file in files if file not in _loaded and QFontDatabase.addApplicationFont(str(file)) >= 0]
    _loaded.update(new)
    return len(new)


def families(language: str) -> list[str]:
    """The installed families for ``language``, first choice first; later ones fill the glyphs it lacks."""
    installed = set(QFontDatabase.families())
    cjk = _ORDER.get(language, (_SC, _JP, _KR))
    wanted = [*_LATIN, *_LATIN_ELSEWHERE, *(one for group in cjk for one in group)]
    found = [family for family in wanted if family in installed]
    return found or [QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()]


def apply(language: str) -> QFont:
    """Use the faces for ``language`` in the whole application; returns the body font."""
    load_shipped_fonts()
    font = QFont()
    font.setFamilies(families(language))
    font.setPixelSize(14)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    app = QApplication.instance()
    if isinstance(app, QApplication) and app.font() != font:
        app.setFont(font)
    return font


def missing_glyphs(text: str, language: str) -> set[str]:
    """The characters of ``text`` that no face chosen for ``language`` can draw (spaces and marks aside)."""
    wanted = {c for c in text if not c.isspace() and c.isprintable()}
    for family in families(language):
        if not wanted:
            break
        raw = QRawFont.fromFont(QFont(family))
        wanted = {c for c in wanted if not raw.supportsCharacter(ord(c))}
    return wanted
