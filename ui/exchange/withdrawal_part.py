"""Keys withdrawn, in the window: statements that wait for a decision, and the form that withdraws a partner's keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import revocations
from ranger_app.actions.records import title
from ranger_app.actions.revocations import IN_FORCE, Withdrawal
from ranger_app.i18n import _
from ranger_app.jobs import Job
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import day_at
from ui.widgets.banner import Banner
from ui.widgets.buttons import button
from ui.widgets.choose import choose_folder
from ui.widgets.layouts import clear
from ui.widgets.text import label, muted


class Waiting(QWidget):
    """A banner for each statement of a partner on which nobody decided; ``decided`` after each decision."""

    decided = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.hide()

    def show_waiting(self, found: list[Withdrawal]) -> None:
        """Show these statements."""
        clear(self._column)
        for one in found:
            what = _("{issuer} says that the keys of {name} are withdrawn.").format(
                issuer=one.issuer_name, name=one.name
            )
            banner = Banner(what, _("Reason: {reason}").format(reason=one.reason), "attention")
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(button(_("Follow it"), partial(self._decide, revocations.accept, one)))
            row.addWidget(button(_("Do not follow it"), partial(self._decide, revocations.refuse, one), role="quiet"))
            row.addStretch(1)
            box = QWidget()
            inner = QVBoxLayout(box)
            inner.setContentsMargins(0, 0, 0, 0)
            inner.setSpacing(4)
            inner.addWidget(banner)
            inner.addLayout(row)
            self._column.addWidget(box)
        self.setVisible(bool(found))

    def _decide(self, act: Callable[[Library, bytes, bytes], Job[Withdrawal]], one: Withdrawal) -> None:
        self._bridge.run(
            lambda _cancel: act(self._library, one.station, one.issuer),
            lambda _done: self.decided.emit(),
            owner=self,
            title=_("Withdrawn keys of {name}").format(name=one.name),
        )


class WithdrawalPart(QWidget):
    """Withdraw a station's keys, or how they were withdrawn and how to lift it; ``changed`` after."""

    changed = Signal()

    def __init__(self, library: Library, bridge: Bridge, *, own: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._station = b""
        self._name = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.said = label("", wrap=True)
        column.addWidget(self.said)
        row = QHBoxLayout()
        row.setSpacing(8)
        words = _("Withdraw this station's own keys") if own else _("Withdraw the keys")
        self.begin = button(words, self.ask, role="quiet")
        self.save = button(_("Save the statement"), self.choose)
        self.lift_button = button(_("Lift it"), self.lift, role="quiet")
        for made in (self.begin, self.save, self.lift_button):
            row.addWidget(made)
        row.addStretch(1)
        column.addLayout(row)
        self.form = QWidget()
        inner = QVBoxLayout(self.form)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(muted(revocations.no_way_back(own)))
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(_("Why, in one sentence: the laptop was stolen"))
        self.reason.setAccessibleName(_("Reason"))
        self.reason.returnPressed.connect(self.withdraw)
        inner.addWidget(self.reason)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(button(_("Withdraw now"), self.withdraw, role="danger"))
        acts.addWidget(button(_("Leave it"), self._leave, role="quiet"))
        acts.addStretch(1)
        inner.addLayout(acts)
        column.addWidget(self.form)
        self.form.hide()

    def show_station(self, station: bytes, name: str, found: list[Withdrawal]) -> None:
        """Show how a station's keys stand."""
        if station != self._station:
            self._leave()
        self._station, self._name = station, name
        now = [one for one in found if one.station == station and one.state == IN_FORCE]
        ours = any(one.issuer == self._library.station.id for one in now)
        self.said.setText("\n".join(self._sentence(one) for one in now))
        self.said.setVisible(bool(now))
        self.begin.setVisible(not now and self.form.isHidden())
        self.save.setVisible(ours)
        self.lift_button.setVisible(bool(now))

    def _sentence(self, one: Withdrawal) -> str:
        day = day_at((one.decided or one.came) / 1000, self._library.station.utc_offset).isoformat()
        said = _("Keys withdrawn by {issuer}, in force here since {day}. Reason: {reason}").format(
            issuer=one.issuer_name, day=day, reason=one.reason
        )
        if one.by is not None:
            with self._library.read() as db:
                said += "\n" + _("Decided here by {name}.").format(name=title(db, "person", one.by))
        return said

    def ask(self) -> None:
        """Show the form."""
        self.begin.hide()
        self.form.show()
        self.reason.setFocus()

    def _leave(self) -> None:
        self.reason.clear()
        self.form.hide()
        self.begin.show()

    def withdraw(self) -> None:
        """Withdraw the keys for the reason typed."""
        station, reason = self._station, self.reason.text()
        self._run(lambda: revocations.withdraw(self._library, station, reason))

    def lift(self) -> None:
        """Show the station's work again and write to it again."""
        station = self._station
        self._run(lambda: revocations.lift(self._library, station))

    def _run(self, act: Callable[[], object]) -> None:
        self._bridge.run(
            lambda _cancel: act(),
            lambda _done: self._done(),
            owner=self,
            title=_("Withdrawn keys of {name}").format(name=self._name),
        )

    def _done(self) -> None:
        self._leave()
        self.changed.emit()

    def choose(self) -> None:
        """Ask where to write the signed statement, for partners who get no bundle."""
        choose_folder(self, _("Where to save the statement"), self.save_to)

    def save_to(self, folder: Path) -> None:
        """Write our statement into ``folder``."""
        station = self._station
        self._bridge.act(
            lambda _cancel: revocations.write_file(self._library, station, folder),
            lambda path: self._bridge.say(_("Statement saved as {file}").format(file=path.name)),
            owner=self,
        )
