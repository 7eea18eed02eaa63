"""What a bundle's reading or writing is doing: a bar, how far, how long still, and Cancel."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from ranger_app.i18n import _
from ui.bridge import Running
from ui.numbers import number
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.text import label, section

POLL_MS = 100


class ProgressCard(Card):
    """Follows a Running job until it is told to stop."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._running: Running | None = None
        self.what = section("")
        self.body.addWidget(self.what)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.body.addWidget(self.bar)
        row = QHBoxLayout()
        self.far = label("", "sentence")
        row.addWidget(self.far, 1)
        self.cancel = button(_("Cancel"), self._cancel)
        row.addWidget(self.cancel)
        self.body.addLayout(row)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.poll)
        self.hide()

    def follow(self, running: Running, what: str) -> None:
        """Show ``running`` as ``what``."""
        if running.finished:
            return
        self._running = running
        self.what.setText(what)
        self.bar.setValue(0)
        self.far.setText("")
        self.cancel.setEnabled(True)
        self.show()
        self._timer.start()
        self.poll()

    def stop(self) -> None:
        """The job has ended."""
        self._timer.stop()
        self._running = None
        self.hide()

    def poll(self) -> None:
        """Read how far the job is."""
        running = self._running
        if running is None:
            return
        progress = running.progress
        if running.cancel.cancelled:
            self.far.setText(_("Stopping at the next safe point"))
        elif progress is not None:
            words = [progress.note] if progress.note else []
            if progress.total:
                self.bar.setValue(min(1000, progress.done * 1000 // progress.total))
                words.append(_("{n} %").format(n=number(min(100, progress.done * 100 // progress.total))))
                left = running.seconds_left()
                if left is not None:
                    words.append(seconds_words(left))
            self.far.setText(" · ".join(words))

    def _cancel(self) -> None:
        if self._running is not None:
            self._running.cancel.cancel()
            self.cancel.setEnabled(False)
            self.poll()


def seconds_words(seconds: float) -> str:
    """How long still, rounded up: "40 s left", "3 min left"."""
    if seconds < 60:
        return _("{n} s left").format(n=number(max(1, round(seconds))))
    return _("{n} min left").format(n=number(int(seconds // 60) + 1))
