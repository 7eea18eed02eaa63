"""A row of words of which any number can be switched on; one stop for Tab, arrows inside, Space switches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui import theme
from ui.widgets.buttons import button
from ui.widgets.wrapped import Wrapped

_BACK = (Qt.Key.Key_Left, Qt.Key.Key_Up)
_ON = (Qt.Key.Key_Right, Qt.Key.Key_Down)


class Toggles(QWidget):
    """``words`` are (code, word); ``changed`` when a person switches one."""

    changed = Signal()

    def __init__(self, words: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = Wrapped(4)
        self.setLayout(row)
        self.buttons: dict[str, QPushButton] = {}
        for code, word in words:
            made = button(word, role="segment")
            made.setCheckable(True)
            made.setAutoDefault(False)
            bold = made.font()
            bold.setPixelSize(theme.BODY)
            bold.setBold(True)  # switched on it is drawn bold: without room for that it would be cut
            made.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(word) + 28)
            made.clicked.connect(lambda _on: self.changed.emit())
            made.installEventFilter(self)
            self.buttons[code] = made
            row.addWidget(made)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._stop_at(next(iter(self.buttons.values()), None))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.heightForWidth(width) if layout is not None else 0

    def minimumSizeHint(self) -> QSize:
        widest = max((one.minimumSizeHint().width() for one in self.buttons.values()), default=0)
        return QSize(widest, self.heightForWidth(max(self.width(), widest)))

    def chosen(self) -> set[str]:
        """The codes that are switched on."""
        return {code for code, made in self.buttons.items() if made.isChecked()}

    def choose(self, codes: Iterable[str]) -> None:
        """Switch these on and the others off, without saying so."""
        wanted = set(codes)
        for code, made in self.buttons.items():
            made.setChecked(code in wanted)

    def _stop_at(self, stop: QPushButton | None) -> None:
        for made in self.buttons.values():
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if made is stop else Qt.FocusPolicy.ClickFocus)
        if stop is not None:
            self.setFocusProxy(stop)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = 1 if event.key() in _ON else -1 if event.key() in _BACK else 0
            made = list(self.buttons.values())
            if step and watched in made:
                following = made[(made.index(watched) + step) % len(made)]
                self._stop_at(following)
                following.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)
