"""The tabs inside a screen: a row of words of which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.commands import Command
from ui.numbers import number
from ui.widgets.buttons import button
from ui.widgets.wrapped import Wrapped

ENOUGH = 585
"""Pixels of height that a window of 768 leaves under the tabs of a screen."""
ENOUGH_INSIDE = 528
"""The same under tabs that stand on such a page."""


class Segments(QWidget):
    """A row of words; ``chosen(index)`` when a person picks another. Left and Right move between them.

    With ``wrap`` it goes on in a second line where there is no room for one.
    """

    chosen = Signal(int)

    def __init__(self, words: Sequence[str], parent: QWidget | None = None, *, wrap: bool = False) -> None:
        super().__init__(parent)
        row = Wrapped() if wrap else QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.setLayout(row)
        self._group = QButtonGroup(self)
        for place, word in enumerate(words):
            made = button(word, role="segment")
            made.setCheckable(True)
            _reserve(made)
            self._group.addButton(made, place)
            row.addWidget(made)
        if isinstance(row, QHBoxLayout):
            row.addStretch(1)
        if words:
            self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self.chosen)

    @property
    def index(self) -> int:
        """The number of the chosen word."""
        return self._group.checkedId()

    def choose(self, index: int) -> None:
        """Choose a word as if it had been pressed."""
        if index != self.index:
            self._group.button(index).setChecked(True)
            self.chosen.emit(index)

    def enable(self, index: int, possible: bool) -> None:
        """Whether a word can be chosen at present."""
        self._group.button(index).setEnabled(possible)

    def tick(self, index: int | None) -> None:
        """Mark a word as chosen without saying so; None marks none."""
        self._group.setExclusive(False)
        for place, made in enumerate(self._group.buttons()):
            made.setChecked(place == index)
        self._group.setExclusive(True)

    def rename(self, index: int, word: str) -> None:
        """Change a word, for example to add a number to it."""
        made = self._group.button(index)
        made.setText(word.replace("&", "&&"))
        _reserve(made)


def _reserve(made: QAbstractButton) -> None:
    # The chosen word is drawn bold: without room for that, choosing it would cut it.
    bold = made.font()
    bold.setPixelSize(theme.BODY)
    bold.setBold(True)
    made.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(made.text()) + 32)


class _Tight(QStackedWidget):
    """Asks for no more than ``enough`` pixels of height, where its page can do with that. A plain stack asks for the
    height that the largest of its pages likes best, and then a page that would fit scrolls."""

    def __init__(self, enough: int) -> None:
        super().__init__()
        self._enough = enough

    def hasHeightForWidth(self) -> bool:
        return False

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        page = self.currentWidget()
        inside = page.layout() if page is not None else None
        if inside is None:
            return least
        width = max(1, self.width())
        likes, needs = inside.totalSizeHint().height(), inside.totalMinimumSize().height()
        if inside.hasHeightForWidth():
            likes, needs = inside.totalHeightForWidth(width), inside.totalMinimumHeightForWidth(width)
        least.setHeight(max(least.height(), needs, min(likes, self._enough)))
        return least

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


class Pages(QWidget):
    """Segments over a stack of pages. With ``enough``, such as ENOUGH, pages keep to that many pixels of height where
    they can."""

    changed = Signal(int)

    def __init__(
        self,
        pages: Sequence[tuple[str, QWidget]],
        parent: QWidget | None = None,
        *,
        wrap: bool = False,
        enough: int = 0,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._words = [word for word, _page in pages]
        self.segments = Segments(self._words, wrap=wrap)
        self.stack = _Tight(enough) if enough else QStackedWidget()
        self._pages = [page for _word, page in pages]
        for page in self._pages:
            self.stack.addWidget(page)
        column.addWidget(self.segments)
        rule = QFrame()
        rule.setProperty("role", "line")
        column.addWidget(rule)
        column.addWidget(self.stack, 1)
        self.segments.chosen.connect(self._turn)
        self._show(0)

    def _turn(self, index: int) -> None:
        self._show(index)
        self.changed.emit(index)

    def _show(self, index: int) -> None:
        """Show a page; the others ask for no room, or the largest would make every page scroll."""
        for place, page in enumerate(self._pages):
            there = QSizePolicy.Policy.Preferred if place == index else QSizePolicy.Policy.Ignored
            page.setSizePolicy(there, there)
        self.stack.setCurrentIndex(index)

    def choose(self, index: int) -> None:
        """Show page ``index``."""
        self.segments.choose(index)
        self._show(index)

    def tell_number(self, index: int, n: int) -> None:
        """Say beside the word of page ``index`` how many things stand on it; nothing where there are none."""
        word = self._words[index]
        self.segments.rename(index, f"{word} · {number(n)}" if n else word)

    def commands(self, place: str, group: str) -> list[Command]:
        """Alt+1, Alt+2 … for the pages, for the commands of the screen."""
        return [
            Command(f"{place}.page_{nth}", word, partial(self.choose, nth - 1), f"Alt+{nth}", group=group)
            for nth, word in enumerate(self._words, start=1)
        ]

    @property
    def index(self) -> int:
        """The page shown."""
        return self.stack.currentIndex()
