"""Covers the window after ten minutes without a key or the mouse, until somebody proves who sits there.

Only the view is covered: what runs goes on. Nothing of a screen is thrown away, half-written forms stay.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import pins, proof
from ranger_app.i18n import _
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.problems import worded
from ui.shell.who import people
from ui.widgets.buttons import primary
from ui.widgets.card import Card
from ui.widgets.text import label, muted

LOOK_MS = 5_000
FREE_TRIES = 4
PAUSE_MS = 15_000
"""After each further wrong secret the field rests: guessing a PIN by hand then takes days."""
_INPUT = frozenset(
    (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel,
     QEvent.Type.TouchBegin, QEvent.Type.TabletPress, QEvent.Type.InputMethod)
)  # fmt: skip


class Cover(QWidget):
    """An opaque sheet over the whole window with one question; ``opened`` when it was answered."""

    opened = Signal()

    def __init__(self, library: Library, bridge: Bridge, window: QWidget) -> None:
        super().__init__(window)
        self._library, self._bridge, self._window = library, bridge, window
        self._wrong = 0
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.OUTSIDE, theme.OUTSIDE, theme.OUTSIDE, theme.OUTSIDE)
        card = Card(_("The window is covered"))
        card.setFixedWidth(460)
        card.body.addWidget(muted(_("It covers itself when nobody uses it. What was running goes on.")))
        self.person = QComboBox()
        self.person.setAccessibleName(_("Who is working?"))
        self._fill()
        card.body.addWidget(self.person)
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setMaxLength(1024)
        words = _("PIN or passphrase") if library.keys.protected else _("PIN")
        self.secret.setPlaceholderText(words)
        self.secret.setAccessibleName(words)
        self.secret.returnPressed.connect(self.try_it)
        card.body.addWidget(self.secret)
        self.said = label("", "warning", wrap=True)
        self.said.hide()
        card.body.addWidget(self.said)
        row = QHBoxLayout()
        self.button = primary(_("Go on"), self.try_it, key="Return")
        row.addWidget(self.button)
        row.addStretch(1)
        card.body.addLayout(row)
        outer.addStretch(1)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(PAUSE_MS)
        self._rest.timeout.connect(self._rested)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self.secret.setFocus()

    def _fill(self) -> None:
        """Whoever has a PIN may go on; with a passphrase everybody may, and the one at work stays at work."""
        with_pin = pins.with_pin(self._library)
        for record in people(self._library):
            if self._library.keys.protected or record.id in with_pin:
                self.person.addItem(record.text("name"), record.id)
        at_work = self._library.person
        place = next((n for n in range(self.person.count()) if self.person.itemData(n) == at_work), -1)
        if at_work is None and self._library.keys.protected:
            self.person.insertItem(0, _("nobody yet"), None)
            place = 0
        self.person.setCurrentIndex(max(0, place))
        self.person.setVisible(self.person.count() > 1)

    def try_it(self) -> None:
        """Ask whether the secret is right."""
        secret, person = self.secret.text(), self.person.currentData()
        if not secret or not self.secret.isEnabled():
            return
        self.secret.setEnabled(False)
        self._bridge.run(
            lambda _cancel: proof.unlock(self._library, person, secret),
            lambda _nothing: self.opened.emit(),
            self._refused,
            owner=self,
        )

    def _refused(self, error: BaseException) -> None:
        self._wrong += 1
        problem = worded(error)
        self.said.setText(f"{problem.what} {problem.todo}")
        self.said.show()
        self.secret.clear()
        if self._wrong > FREE_TRIES:
            self.said.setText(_("Too many wrong answers. Wait 15 seconds."))
            self._rest.start()
        else:
            self._rested()

    def _rested(self) -> None:
        self.secret.setEnabled(True)
        self.secret.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        return super().eventFilter(watched, event)


class Lock(QObject):
    """Watches for input and covers ``window`` when there was none for long enough.

    ``clock`` gives seconds that only ever go forward, so that setting the system's clock neither covers nor opens it.
    """

    def __init__(
        self, library: Library, bridge: Bridge, window: QWidget, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(window)
        self._library, self._bridge, self._window, self._clock = library, bridge, window, clock
        self._last = clock()
        self.cover: Cover | None = None
        self._hidden: list[QWidget] = []
        self._asleep: list[QWidget] = []
        self._focus: QWidget | None = None
        self._handle: QWindow | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def watch(self) -> None:
        """Listen where the system hands its input to the window: not every event of every widget comes by here."""
        handle = self._window.windowHandle()
        if handle is not None and handle is not self._handle:
            handle.installEventFilter(self)
            self._handle = handle

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._last = self._clock()
        return False

    def look(self) -> None:
        """Cover the window if nobody used it for long enough and the station wants that."""
        self.watch()
        if self.cover is None and self._clock() - self._last >= proof.LOCK_AFTER_S:
            if proof.lock_chosen(self._library):
                self.cover_now()
            else:
                self._last = self._clock()  # asked again only after as long

    def cover_now(self) -> bool:
        """Cover the window at once; False where there is neither a PIN nor a passphrase to open it with."""
        if self.cover is not None or not proof.can_ask(self._library):
            return self.cover is not None
        self._focus = QApplication.focusWidget()
        for child in self._window.children():
            if isinstance(child, QWidget) and not child.isWindow() and child.isEnabled():
                child.setEnabled(False)  # no key of a screen works under the cover
                self._asleep.append(child)
        for other in QApplication.topLevelWidgets():
            if other is self._window or not other.isVisible():
                continue
            if other.windowType() in (Qt.WindowType.Popup, Qt.WindowType.ToolTip):
                other.close()
            else:  # the player of a video, a file dialog
                other.hide()
                self._hidden.append(other)
        self.cover = Cover(self._library, self._bridge, self._window)
        self.cover.opened.connect(self._open)
        return True

    def _open(self) -> None:
        cover, self.cover = self.cover, None
        if cover is not None:
            cover.hide()
            cover.deleteLater()
        for child in self._asleep:
            if shiboken6.isValid(child):
                child.setEnabled(True)
        for other in self._hidden:
            if shiboken6.isValid(other):
                other.show()
        self._asleep.clear()
        self._hidden.clear()
        self._last = self._clock()
        self._bridge.person_changed.emit()
        focus, self._focus = self._focus, None
        if focus is not None and shiboken6.isValid(focus):
            focus.setFocus()

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()
