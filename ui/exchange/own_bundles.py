"""What this station left on a stick before: a bundle that can be finished, and room that can be made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ranger_app.actions.bundle_free import OnStick, on_stick
from ranger_app.actions.bundle_unfinished import Unfinished, unfinished
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import number, size
from ui.widgets.banner import Banner
from ui.widgets.layouts import clear


class OwnBundles(QWidget):
    """``finish(path)`` and ``free(path)`` when a person wants it; hidden where there is nothing of ours."""

    def __init__(
        self,
        library: Library,
        bridge: Bridge,
        finish: Callable[[Path], object],
        free: Callable[[Path], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._finish, self._free = finish, free
        self.offered: Callable[[], object] = lambda: None
        """Run when a bundle is offered to be finished."""
        self.finish_button: QWidget | None = None
        self.place: Path | None = None
        self._looked = False
        self.can_finish = False
        """Whether a bundle stands there that can be finished."""
        self.can_free = False
        """Whether a bundle stands there that may go."""
        self.partners = ""
        """For whom the bundle is that can be finished."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.hide()

    def look(self, place: Path | None) -> None:
        """Look what of ours lies at ``place``; None for no stick. It was looked at already: nothing is done."""
        if place == self.place and self._looked:
            return
        self.place, self._looked = place, True
        if place is None:
            self._show(None, [], [])
            return
        self._bridge.run(
            lambda _cancel: (unfinished(self._library, place), on_stick(self._library, place)),
            lambda found: self._show(place, *found),
            owner=self,
        )

    def forget(self) -> None:
        """Look again the next time: something was written or taken off."""
        self._looked = False

    def _show(self, place: Path | None, begun: list[Unfinished], lying: list[OnStick]) -> None:
        if place != self.place:
            return
        clear(self._column)
        can = next((one for one in begun if one.can_finish), None)
        self.can_finish = can is not None
        self.partners = ", ".join(can.partners) if can is not None else ""
        if can is not None and place is not None:
            what = _("Bundle {n} for {names} on this stick is unfinished.")
            banner = Banner(
                what.format(n=number(can.counter), names=", ".join(can.partners)),
                _("It can be finished from where it stopped."),
                "attention",
                _("Finish it") + "   I",
                lambda: self._finish(place),
            )
            self._column.addWidget(banner)
            self.finish_button = banner.findChild(QPushButton)
        gone = [one for one in lying if one.may_go]
        self.can_free = bool(gone)
        if gone and place is not None:
            n = len(gone)
            what = ngettext("{n} bundle on this stick is confirmed.", "{n} bundles on this stick are confirmed.", n)
            room = _("Freeing it makes {size} of room. Nothing else is touched.")
            self._column.addWidget(
                Banner(
                    what.format(n=number(n)),
                    room.format(size=size(sum(one.size for one in gone))),
                    "neutral",
                    _("Free this stick") + "   F",
                    lambda: self._free(place),
                )
            )
        self.setVisible(self._column.count() > 0)
        if can is not None:
            self.offered()
