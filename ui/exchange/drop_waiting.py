"""Bundles that a broken line left here on their way to a drop point: said at once, and sent on with one button."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ranger_app.actions import drop_carry
from ranger_app.actions.drop_carry import SendReport, Waiting
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.exchange.progress import ProgressCard
from ui.numbers import size
from ui.problems import worded
from ui.widgets.banner import Banner
from ui.widgets.layouts import clear


class DropWaiting(QWidget):
    """Takes no room while nothing waits."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.sending = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._listed = QVBoxLayout()
        self._listed.setSpacing(8)
        column.addLayout(self._listed)
        self.progress = ProgressCard()
        column.addWidget(self.progress)
        self.hide()

    def refresh(self) -> None:
        """Look in the library's cache; no drop point is asked."""
        self._bridge.run(lambda _cancel: drop_carry.waiting(self._library), self._show, owner=self)

    def _show(self, found: list[Waiting]) -> None:
        if self.sending:
            return
        clear(self._listed)
        by_point: dict[str, list[Waiting]] = {}
        for one in found:
            by_point.setdefault(one.point.id, []).append(one)
        for several in by_point.values():
            point = several[0].point
            words = _("A bundle for {name} is not all sent ({size}).")
            self._listed.addWidget(
                Banner(
                    words.format(name=point.name, size=size(sum(one.bytes for one in several))),
                    _("Sending goes on where it stopped."),
                    "attention",
                    _("Send on"),
                    partial(self.send, point.id, point.name),
                )
            )
        self.setVisible(bool(by_point))

    def send(self, point: str, name: str) -> None:
        """Send on what waits for a drop point."""
        if self.sending:
            return
        self.sending = True
        words = _("Sending to {name}").format(name=name)
        running = self._bridge.run(
            lambda cancel: drop_carry.send_waiting(self._library, point, cancel),
            lambda report: self._sent(report, name),
            self._failed,
            owner=self,
            title=words,
        )
        self.progress.follow(running, words)

    def _sent(self, report: SendReport, name: str) -> None:
        self._ended()
        if not report.cancelled:
            self._bridge.say(_("All of it is at {name} now.").format(name=name))

    def _failed(self, error: BaseException) -> None:
        self._ended()
        problem = worded(error)
        self._listed.addWidget(Banner(problem.what, problem.todo, "problem", close=_("Close")))

    def _ended(self) -> None:
        self.sending = False
        self.progress.stop()
        self.refresh()
