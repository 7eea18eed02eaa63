"""The line at the bottom: the running job with count, time left and Cancel; at the right what is saved."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from ranger_app.i18n import _, ngettext
from ui import theme
from ui.bridge import Bridge, Running
from ui.numbers import number, time_left
from ui.widgets.buttons import button
from ui.widgets.text import label

POLL_MS = 100


class StatusLine(QWidget):
    """Polls the oldest running job ten times a second; the timer rests while nothing runs."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.setFixedHeight(44)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.OUTSIDE, 0, theme.OUTSIDE, 4)
        row.setSpacing(12)
        self.job = label("", "sentence")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(200)
        self.cancel = button(_("Cancel"), self._cancel, role="quiet")
        self.saved = label("", "sentence")
        row.addWidget(self.job)
        row.addWidget(self.bar)
        row.addWidget(self.cancel)
        row.addStretch(1)
        row.addWidget(self.saved)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        bridge.jobs_changed.connect(self._jobs_changed)
        self._jobs_changed()

    def show_saved(self, sentence: str) -> None:
        """The sentence at the right: what is saved, and the last backup."""
        self.saved.setText(sentence)

    def _jobs_changed(self) -> None:
        busy = bool(self._bridge.running)
        for part in (self.job, self.bar, self.cancel):
            part.setVisible(busy)
        if busy:
            self._poll()
            self._timer.start()
        else:
            self._timer.stop()

    def _poll(self) -> None:
        if not self._bridge.running:
            return
        running = self._bridge.running[0]
        self.job.setText(job_sentence(running, len(self._bridge.running) - 1))
        progress = running.progress
        if progress is not None and progress.total:
            self.bar.setRange(0, 1000)
            self.bar.setValue(min(1000, progress.done * 1000 // progress.total))
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(0)
        self.cancel.setEnabled(not running.cancel.cancelled)

    def _cancel(self) -> None:
        if self._bridge.running:
            running = self._bridge.running[0]
            running.cancel.cancel()
            self.cancel.setEnabled(False)
            self.job.setText(_("{title}: stopping after this one").format(title=running.title))


def job_sentence(running: Running, others: int = 0) -> str:
    """The running job in words: "Card from Barabash 12: 1,240 of 2,000 · 3 min left · 1 more waits"."""
    parts = [running.title]
    progress = running.progress
    if running.cancel.cancelled:
        parts = [_("{title}: stopping after this one").format(title=running.title)]
    elif progress is not None and progress.total:
        parts = [
            _("{title}: {done} of {total}").format(
                title=running.title, done=number(progress.done), total=number(progress.total)
            )
        ]
        left = running.seconds_left()
        if left is not None:
            parts.append(time_left(left))
    if others:
        parts.append(ngettext("{n} more", "{n} more", others).format(n=number(others)))
    return " · ".join(parts)
