"""Measures how long the window's thread could not answer, by the gaps of a 10 ms timer.

Used by benchmarks and tests to hold the bar: 99 % of gaps under 50 ms, none over 250 ms while work runs.
"""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 10


class Heartbeat(QObject):
    """Records the gaps, in milliseconds, between beats while it runs; counts only between start() and stop()."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to count; earlier gaps are forgotten."""
        self.gaps = []
        self._last = perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """Count the gap that is still open, then stop: a frozen window must not hide behind its last beat."""
        if self._timer.isActive():
            self._timer.stop()
            self.gaps.append((perf_counter() - self._last) * 1000)

    def _beat(self) -> None:
        now = perf_counter()
        self.gaps.append((now - self._last) * 1000)
        self._last = now

    def percentile(self, share: float) -> float:
        """The gap in milliseconds that ``share`` (0 to 1) of all gaps do not exceed; 0 without any."""
        if not self.gaps:
            return 0.0
        ordered = sorted(self.gaps)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def worst(self) -> float:
        """The longest gap in milliseconds."""
        return max(self.gaps, default=0.0)
