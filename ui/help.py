"""F1: this screen's help page in the user's language, with the keys that work here, inside the window."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QUrl
from PySide6.QtGui import QFont, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from ranger_app.i18n import _, language
from ranger_app.paths import resource
from ui import theme
from ui.commands import Command, grouped, key_text

PAGES = (
    "today",
    "camera_traps",
    "individuals",
    "second_look",
    "analysis",
    "patrols",
    "waterbirds",
    "map",
    "exchange",
    "reports",
    "settings",
    "first_start",
    "job_card",
    "job_patrol",
    "job_count",
    "job_bundle",
)


def page_text(page: str) -> str:
    """The Markdown of a page in the language in use, else in English; a sentence where there is neither."""
    for code in (language(), "en"):
        path = resource("help", code, f"{page}.md")
        if page in PAGES and path.is_file():
            return path.read_text(encoding="utf-8")
    return _("There is no help page for this screen yet. The keys below work here.")


def keys_html(commands: Sequence[Command]) -> str:
    """The keys of ``commands`` as a table, by group."""
    t = theme.tokens()
    rows: list[str] = []
    for group, members in grouped(commands).items():
        rows.append(f'<tr><td colspan="2" style="padding-top:12px"><b>{escape(group)}</b></td></tr>')
        for command in members:
            caps = "&nbsp; ".join(
                f'<span style="background-color:{t.key_cap}">&nbsp;{escape(key_text(key))}&nbsp;</span>'
                for key in command.keys
            )
            rows.append(
                f'<tr><td style="padding-right:16px; padding-top:6px"><b>{caps}</b></td>'
                f'<td style="padding-top:6px">{escape(command.title)}</td></tr>'
            )
    return f'<table cellspacing="0" cellpadding="0">{"".join(rows)}</table>'


class HelpPanel(QWidget):
    """A page of help and the keys under it; links lead to other pages, never out of the program."""

    def __init__(self, page: str, commands: Sequence[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._commands = list(commands)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 4, 8)
        self.browser = QTextBrowser()
        self.browser.setOpenLinks(False)
        self.browser.anchorClicked.connect(self._follow)
        column.addWidget(self.browser)
        self.setFocusProxy(self.browser)
        self.show_page(page)

    def show_page(self, page: str) -> None:
        """Show ``page`` (a name in PAGES)."""
        document = self.browser.document()
        document.setMarkdown(page_text(page), QTextDocument.MarkdownFeature.MarkdownNoHTML)
        _space(document)
        cursor = QTextCursor(document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        title = escape(_("Keys on this screen"))
        keys = f'<h3 style="font-size:15px; margin-top:20px">{title}</h3>{keys_html(self._commands)}'
        cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
        cursor.insertHtml(keys)
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)

    def _follow(self, url: QUrl) -> None:
        name = url.path().rsplit("/", 1)[-1].removesuffix(".md")
        if name in PAGES and url.scheme() in ("", "page"):
            self.show_page(name)


def _space(document: QTextDocument) -> None:
    # Qt's Markdown has no air between paragraphs and headings far too large.
    sizes = {1: 19, 2: 15, 3: 14}
    document.setIndentWidth(24)
    block = document.begin()
    while block.isValid():
        cursor = QTextCursor(block)
        form = block.blockFormat()
        level = form.headingLevel()
        form.setBottomMargin(4 if block.textList() or level else 10)
        form.setTopMargin(14 if level > 1 else 4 if block.textList() else 0)
        form.setLineHeight(108, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.setBlockFormat(form)
        if level:
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            characters = QTextCharFormat()
            characters.setProperty(QTextFormat.Property.FontPixelSize, sizes.get(level, 14))
            characters.clearProperty(QTextFormat.Property.FontSizeAdjustment)
            characters.setFontWeight(QFont.Weight.Bold)
            cursor.setCharFormat(characters)
        block = block.next()
