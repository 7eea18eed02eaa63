"""Reading a bundle: choose the stick, wait, see in plain words what came; only one not whole asks a person."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ranger_app.actions import revocations
from ranger_app.actions.bundle_peek import Peeked, peek
from ranger_app.actions.bundle_read import ReadReport, read_bundles
from ranger_app.actions.drop_carry import FetchReport, fetch_and_read
from ranger_app.actions.drop_points import DropPoint
from ranger_app.actions.status import number_of_records
from ranger_app.changes import Changes
from ranger_app.errors import RangerError
from ranger_app.i18n import _, ngettext
from ranger_app.jobs import Job
from ranger_app.library import Library
from ranger_app.media.volumes import Volume
from ranger_app.sync.problems import BundleProblem
from ui.bridge import Bridge
from ui.exchange.drop_panel import DropPanel
from ui.exchange.drop_rows import DropRows
from ui.exchange.progress import ProgressCard
from ui.exchange.receipt_panel import MakeReceipt
from ui.exchange.result_card import ResultCard
from ui.exchange.rows import Row
from ui.exchange.stick_page import StickPage
from ui.numbers import day, day_at, number, size
from ui.problems import worded
from ui.widgets.banner import Banner
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.choose import choose_folder
from ui.widgets.layouts import clear
from ui.widgets.text import label, muted

NOT_WHOLE = "BUNDLE_NOT_WHOLE"
Outcome = TypeVar("Outcome")


class ReadPage(StickPage):
    """``decide_wanted`` when a person wants to see the decisions; ``taken`` after records came in.

    ``panel_wanted(widget, title)`` to manage the drop points.
    """

    panel_wanted = Signal(object, str)
    decide_wanted = Signal()
    partners_wanted = Signal()
    taken = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(library, bridge, parent)
        self.place: Path | None = None
        self.drop: DropPoint | None = None
        self.reading = False
        self._before = self._now = 0
        self._withdrawn: list[str] = []
        column = self.column
        self.card = Card(_("Which stick were you given?"))
        self.card.body.addWidget(
            muted(_("Ranger finds what is addressed to this station, checks it, and only then takes it in."))
        )
        self._listed = QVBoxLayout()
        self._listed.setSpacing(4)
        self.card.body.addLayout(self._listed)
        row = QHBoxLayout()
        self.folder_button = button(_("Choose a folder"), self.choose, icon="folder", key="F")
        row.addWidget(self.folder_button)
        row.addStretch(1)
        self.card.body.addLayout(row)
        self.drops = DropRows(library, bridge, _("Fetch from {name}"), self.fetch, self.manage_drops)
        self.card.body.addWidget(self.drops)
        column.addWidget(self.card)
        self.progress = ProgressCard()
        column.addWidget(self.progress)
        self._problem = QVBoxLayout()
        self._problem.setSpacing(8)
        column.addLayout(self._problem)
        self.result = ResultCard()
        self.result.receipt_wanted.connect(self.give_receipt)
        self.result.decide_wanted.connect(self.decide_wanted)
        column.addWidget(self.result)
        column.addStretch(1)
        self.partial_offered = False
        self.buttons: list[QPushButton] = []
        self._shown_paths: list[Path] | None = None
        self.take_sticks([])

    def refresh(self, _changes: Changes | None) -> None:
        """Nothing here depends on records."""

    # -- sticks ------------------------------------------------------------------------------------------------

    def take_sticks(self, sticks: list[Volume]) -> None:
        """Show a button for each stick."""
        paths = [one.path for one in sticks]
        if paths == self._shown_paths:
            return
        if not set(paths) <= {one.path for one in self.sticks}:  # another stick: what was wrong with the last is past
            self._clear_problem()
            self.partial_offered = False
        self.sticks, self._shown_paths = sticks, paths
        had_keyboard = self.window().focusWidget() in (*self.buttons, self.folder_button, None)
        clear(self._listed)
        if not sticks:
            self._listed.addWidget(label(_("No stick is plugged in. Put it in, and it appears here."), wrap=True))
        self.buttons = []
        for stick in sticks:
            only = len(sticks) == 1
            words = _("Read {name}").format(name=stick.name)
            run = partial(self.read, stick.path)
            made = primary(words, run, key="Ctrl+Return") if only else button(words, run)
            self.buttons.append(made)
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(12)
            row.addWidget(made)
            row.addWidget(label("" if only else str(stick.path), "sentence"), 1)
            self._listed.addWidget(line)
            holder = QWidget()  # a widget, so that it goes when the sticks are listed anew
            lying = QVBoxLayout(holder)
            lying.setContentsMargins(0, 0, 0, 0)
            lying.setSpacing(2)
            self._listed.addWidget(holder)
            self._look_into(stick, lying)
        if had_keyboard and self.isVisible():
            (self.buttons[0] if self.buttons else self.folder_button).setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        self._shown_paths = None  # another stick may stand at the same place by now
        super().showEvent(event)

    def _look_into(self, stick: Volume, lying: QVBoxLayout) -> None:
        """Say which bundles for this station lie on a stick, before anything is read in."""

        def show(found: list[Peeked]) -> None:
            if self._shown_paths is None or stick.path not in self._shown_paths:
                return
            for one in found:
                lying.addWidget(_peeked_row(one, self._library.station.utc_offset))
            if not found:
                lying.addWidget(muted(_("No whole bundle for this station was seen on it.")))

        self._bridge.run(lambda _cancel: peek(self._library, stick.path), show, owner=self)

    def choose(self) -> None:
        """Choose the stick's folder by hand."""
        choose_folder(self, _("Choose the stick or the folder with the bundle"), self.read)

    def read_first(self) -> None:
        """Read the only stick, or let the person choose."""
        if len(self.sticks) == 1:
            self.read(self.sticks[0].path)
        else:
            self.choose()

    # -- reading -----------------------------------------------------------------------------------------------

    def read(self, place: Path, *, in_part: bool = False) -> None:
        """Read what is addressed to this station at ``place``; ``in_part``: what is whole of a damaged bundle."""
        if self.reading:
            return
        self.place, self.drop, self.reading, self.partial_offered = place, None, True, False
        self._clear_problem()
        self.result.hide()
        name = next((one.name for one in self.sticks if one.path == place), place.name or str(place))
        title = _("Bundle on {name}").format(name=name)
        running = self._bridge.run(
            lambda cancel: self._counted(read_bundles(self._library, place, partial=in_part, cancel=cancel)),
            self._read,
            self._failed,
            owner=self,
            title=title,
        )
        self.progress.follow(running, _("Reading {name}. Leave the stick in.").format(name=name))

    def _counted(self, work: Job[Outcome]) -> Job[Outcome]:
        """The same work, with the library's records counted before and after it."""
        self._before = number_of_records(self._library)
        outcome = yield from work
        self._now = number_of_records(self._library)
        withdrawn = [one.station for one in revocations.list_(self._library) if one.state == revocations.IN_FORCE]
        said = [revocations.sentence(self._library, station) for station in dict.fromkeys(withdrawn)]
        self._withdrawn = [one for one in said if one]
        return outcome

    def manage_drops(self) -> None:
        """Add, try out or remove drop points."""
        self.panel_wanted.emit(DropPanel(self._library, self._bridge, self.drops.refresh), _("Drop points"))

    def fetch(self, point: DropPoint, *, in_part: bool = False) -> None:
        """Fetch what is for this station from a drop point, and read it."""
        if self.reading:
            return
        self.place, self.drop, self.reading, self.partial_offered = None, point, True, False
        self._clear_problem()
        self.result.hide()
        words = _("Fetching from {name}").format(name=point.name)
        running = self._bridge.run(
            lambda cancel: self._counted(fetch_and_read(self._library, point.id, partial=in_part, cancel=cancel)),
            lambda report: self._fetched(report, point),
            self._failed,
            owner=self,
            title=words,
        )
        self.progress.follow(running, words)

    def _fetched(self, report: FetchReport, point: DropPoint) -> None:
        if report.read is not None:
            self._read(report.read)
        else:
            self._ended()
            if report.cancelled:
                self._say(_("Stopped. Fetching again goes on from there."), "", "attention")
            else:
                self._say(_("Nothing new lies at {name} for this station.").format(name=point.name), "", "partner")
        coming = len(report.fetched.unfinished)
        if coming:
            words = ngettext("{n} bundle is still being sent.", "{n} bundles are still being sent.", coming)
            self._say(words.format(n=number(coming)), _("Fetch again later."), "attention")
        for one in report.fetched.refused:
            self._say(one.reason, "", "problem")

    def take_what_is_whole(self) -> None:
        """Take what verifies of the bundle that is not whole."""
        if self.drop is not None and self.partial_offered:
            self.fetch(self.drop, in_part=True)
            return
        if self.place is not None and self.partial_offered:
            self.read(self.place, in_part=True)

    def _read(self, report: ReadReport) -> None:
        self._ended()
        if report.cancelled and not report.bundles:
            self._say(_("Stopped. What was taken in stays; reading again goes on from there."), "", "attention")
            return
        self.result.show_report(report, self._before, self._now, self._withdrawn if report.after_withdrawal else ())
        for refused in report.refused:
            self._refuse(refused.code, refused.reason, "", refused.in_part)
        self.taken.emit()

    def give_receipt(self) -> None:
        """Offer a receipt for those whose bundles were read."""
        if not self.result.senders:
            return
        panel = MakeReceipt(self._library, self._bridge, self.result.senders)
        self.panel_wanted.emit(panel, _("Make a receipt"))

    def _failed(self, error: BaseException) -> None:
        self._ended()
        problem = worded(error)
        code = error.code if isinstance(error, RangerError) else ""
        self._refuse(code, problem.what, problem.todo, isinstance(error, BundleProblem) and error.in_part)

    def _refuse(self, code: str, what: str, todo: str, in_part: bool) -> None:
        if code == NOT_WHOLE and in_part:
            self.partial_offered = True
            offer = _("Nothing was taken. Take what is whole now, or ask for a new copy; it completes this one later.")
            action = _("Take what is whole") + "   T"
            self._say(what, offer, "problem", action, self.take_what_is_whole)
        elif code == "BUNDLE_FROM_STRANGER":
            self._say(what, todo, "problem", _("Partners") + "   P", self.partners_wanted.emit)
        else:
            self._say(what, todo, "problem")

    def _ended(self) -> None:
        self.reading = False
        self.progress.stop()
        self._shown_paths = None  # what lies on the stick may be known now
        self.look_for_sticks()

    def _say(self, what: str, todo: str, tone: str, action: str = "", run: Callable[[], object] | None = None) -> None:
        banner = Banner(what, todo, tone, action, run, close=_("Close"))
        self._problem.addWidget(banner)

    def _clear_problem(self) -> None:
        clear(self._problem)


def _peeked_row(one: Peeked, utc_offset: int) -> Row:
    what = _("Bundle {n} from {name}").format(n=number(one.counter), name=one.sender)
    remark = [
        day(day_at(one.created / 1000, utc_offset)),
        ngettext("{n} record", "{n} records", one.operations).format(n=number(one.operations)),
    ]
    if one.media:
        remark.append(ngettext("{n} picture", "{n} pictures", one.media).format(n=number(one.media)))
    remark.append(size(one.bytes))
    word, tone = (_("read before"), "neutral") if one.read else (_("new"), "own")
    if not one.finished:
        word, tone = _("unfinished"), "attention"
    return Row(what, " · ".join(remark), word, tone)
