"""Writing a bundle in three steps: who, which stick, write; "safe to remove" only after every file was read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from ranger_app.actions import partners as acts
from ranger_app.actions.bundle_free import FreeReport, free
from ranger_app.actions.bundle_open import write_open_bundle
from ranger_app.actions.bundle_outlook import Outlook, outlook
from ranger_app.actions.bundle_unfinished import finish
from ranger_app.actions.bundle_write import PICTURES, Pictures, WriteReport, WriteRequest, write_bundle
from ranger_app.actions.drop_points import DropPoint
from ranger_app.actions.partners import Partner
from ranger_app.actions.records import title
from ranger_app.actions.slip import write_slip
from ranger_app.changes import Changes
from ranger_app.i18n import _, ngettext
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ranger_app.media import volumes
from ranger_app.media.volumes import Volume
from ui.bridge import Bridge
from ui.exchange.drop_panel import DropPanel
from ui.exchange.drop_rows import DropRows, where_words
from ui.exchange.drop_waiting import DropWaiting
from ui.exchange.journal_card import JournalCard
from ui.exchange.own_bundles import OwnBundles
from ui.exchange.progress import ProgressCard
from ui.exchange.safe_card import SafeCard
from ui.exchange.seen_card import SeenCard
from ui.exchange.steps import StepCard, StickPanel, WhoPanel, stick_words
from ui.exchange.stick_page import StickPage
from ui.numbers import day, day_at, number, size
from ui.problems import worded
from ui.widgets.banner import Banner
from ui.widgets.buttons import button, primary
from ui.widgets.card import card_row
from ui.widgets.layouts import clear

if TYPE_CHECKING:
    from ranger_app.actions.drop_carry import WrittenAndSent

OPEN_TEXT = "open"
"""The choice of an open bundle, beside those of pictures."""


class WritePage(StickPage):
    """``panel_wanted(widget, title)`` and ``panel_done`` for the choices; ``partners_wanted`` where there is none."""

    panel_wanted = Signal(object, str)
    panel_done = Signal()
    partners_wanted = Signal()
    rules_wanted = Signal(object)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(library, bridge, parent)
        self.partners: list[Partner] = []
        self.chosen: tuple[bytes, ...] = ()
        self.stick: Volume | None = None
        self.drop: DropPoint | None = None
        self._the_only_one = False
        self._by_hand = False
        self._outlook: Outlook | None = None
        self._asked = 0
        self.writing = False
        self._last: Path | None = None
        self._last_stick: Path | None = None
        self._slip: Path | None = None
        self.open_page: Callable[[Path], object] = lambda page: QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))
        self._led_on = False
        column = self.column
        self.who = StepCard("1", _("Who"))
        self.who_button = button(_("Change"), self.choose_who, key="1")
        self.which = StepCard("2", _("Which stick"))
        self.which_button = button(_("Change"), self.choose_stick, key="2")
        self.write = StepCard("3", _("Write"))
        self.pictures = QComboBox()
        for code, words in zip(
            PICTURES, (_("Without pictures"), _("With small pictures"), _("With originals")), strict=True
        ):
            self.pictures.addItem(words, code)
        self.pictures.addItem(_("Open text, for inspection"), OPEN_TEXT)
        self.pictures.setCurrentIndex(1)
        self.pictures.setAccessibleName(_("Pictures"))
        self.pictures.activated.connect(lambda _index: self._changed())
        self.write_button = primary(_("Write and check"), self.start, key="3")
        for step, part in ((self.who, self.who_button), (self.which, self.which_button)):
            step.row.addWidget(part)
            step.row.addStretch(1)
        self.write.row.addWidget(self.write_button)
        self.write.row.addStretch(1)
        self.write.options.addWidget(self.pictures)
        column.addLayout(card_row(self.who, self.which, self.write))
        self.mine = OwnBundles(library, bridge, self.finish, self.free)
        self.mine.offered = self._finish_offered
        column.addWidget(self.mine)
        self.waiting = DropWaiting(library, bridge)
        column.addWidget(self.waiting)
        self.progress = ProgressCard()
        column.addWidget(self.progress)
        self.safe = SafeCard(self.slip, self.write_another)
        column.addWidget(self.safe)
        self._problem = QVBoxLayout()
        column.addLayout(self._problem)
        self.see = SeenCard(library, bridge, lambda: self.rules_wanted.emit(self.chosen[0] if self.chosen else b""))
        column.addWidget(self.see, 3)
        self.journal = JournalCard(library, bridge)
        column.addWidget(self.journal, 2)
        self._show_choice()

    # -- reading -----------------------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Read partners, journal and what would be written."""
        self.see.forget()
        if changes is None or "receipt" in changes.kinds:
            self.mine.forget()  # what a partner confirmed may go from the stick
        self._bridge.run(lambda _cancel: acts.list_partners(self._library), self._take_partners, owner=self)
        self.journal.refresh(changes)
        self.waiting.refresh()

    def _take_partners(self, found: list[Partner]) -> None:
        self.partners = [one for one in found if one.trusted]
        known = {one.id for one in self.partners}
        self.chosen = tuple(one for one in self.chosen if one in known)
        if self._the_only_one and len(self.partners) > 1:
            self.chosen, self._the_only_one = (), False  # nobody chose it: now somebody has to
        if not self.chosen and len(self.partners) == 1:
            self.chosen, self._the_only_one = (self.partners[0].id,), True
        self._ask_outlook()
        self._show_choice()

    def _ask_outlook(self) -> None:
        self._outlook = None
        if not self.chosen:
            return
        self._asked += 1
        asked, chosen = self._asked, self.chosen
        place = self.stick.path if self.stick is not None else None
        self._bridge.run(
            lambda _cancel: outlook(self._library, chosen, place, media=self.media),
            lambda found: self._take_outlook(asked, found),
            owner=self,
        )

    def _changed(self) -> None:
        """Ask anew what would go along after a choice."""
        self.safe.hide()  # it speaks of the bundle before
        self._ask_outlook()
        self._show_choice()

    def _take_outlook(self, asked: int, found: Outlook) -> None:
        if asked == self._asked:
            self._outlook = found
            self._show_choice()

    def take_sticks(self, sticks: list[Volume]) -> None:
        """Show the sticks that are plugged in now; the only one is chosen by itself."""
        same, self.sticks = sticks == self.sticks, sticks
        if self._by_hand or self.writing or (same and (self.stick is not None or len(sticks) != 1)):
            return
        paths = [one.path for one in sticks]
        before = self.stick
        if before is None or before.path not in paths:
            self.stick = sticks[0] if len(sticks) == 1 else None
        else:
            self.stick = sticks[paths.index(before.path)]
        if self.safe.isVisible() and self._last_stick is not None:
            if self._last_stick not in paths:
                self.safe.say_taken_out()
                self._last_stick = None
            self._ask_outlook()
            self._show_choice()
        elif self.stick != before:
            self._changed()
        else:
            self._show_choice()

    # -- showing -----------------------------------------------------------------------------------------------

    def _show_choice(self) -> None:
        chosen = [one for one in self.partners if one.id in self.chosen]
        if not self.partners:
            self.who.chosen.setText(_("No partner yet whose keys were compared. That comes first, once."))
            self.who_button.setText(_("Add a partner") + "   1")
        else:
            words = [self._partner_words(one) for one in chosen]
            self.who.chosen.setText("\n".join(words) or _("Choose who may read the bundle."))
            self.who_button.setText((_("Change") if chosen else _("Choose")) + "   1")
        if self.stick is None:
            many = _("Several sticks are plugged in. Choose one.") if self.sticks else _("Put in a stick.")
            self.which.chosen.setText(many)
            self.which_button.setText(_("Choose") + "   2")
        else:
            drop = self.drop
            where = f"{drop.name} · {where_words(drop)}" if drop is not None else stick_words(self.stick)
            self.which.chosen.setText(where)
            self.which_button.setText(_("Change") + "   2")
        self._show_outlook()
        self._show_seen()
        self.mine.look(None if self.writing or self.stick is None or self.drop is not None else self.stick.path)
        # Until "Safe to remove" is taken away nothing else is offered: who presses on would write it all again.
        self.write_button.setEnabled(self.ready and self.safe.isHidden())
        for part in (self.who_button, self.which_button, self.pictures):
            part.setEnabled(not self.writing)
        keyboard = self.window().focusWidget()
        if self.ready and not self._led_on and keyboard is self.who_button:
            self._led_on = True  # once: later the keyboard stays where a person put it
            self.write_button.setFocus()
        elif keyboard is None and self.isVisible() and not self.writing:
            self.which_button.setFocus()  # what had it is gone

    @property
    def ready(self) -> bool:
        """Whether writing can start."""
        return bool(self.chosen) and self.stick is not None and not self.writing

    @property
    def next_button(self) -> QWidget:
        """What a person presses next."""
        if self.safe.isVisible():
            return self.safe.slip
        if self.write_button.isEnabled():
            return self.write_button
        return self.which_button if self.chosen else self.who_button

    def _partner_words(self, partner: Partner) -> str:
        words = f"{partner.name}, {partner.country}"
        if partner.confirmed_at is None:
            return words
        when = day(day_at(partner.confirmed_at / 1000, self._library.station.utc_offset))
        if partner.confirmed_by is None:
            return words + " · " + _("keys compared {date}").format(date=when)
        with self._library.read() as db:
            by = title(db, "person", partner.confirmed_by)
        return words + " · " + _("keys compared {date} by {name}").format(date=when, name=by)

    @property
    def open_text(self) -> bool:
        """Whether the bundle is one that everybody can read."""
        return bool(self.pictures.currentData() == OPEN_TEXT)

    @property
    def media(self) -> Pictures:
        """Which pictures go along."""
        return "none" if self.open_text else PICTURES[max(0, self.pictures.currentIndex())]

    def _show_outlook(self) -> None:
        self.write.warn("")
        found = self._outlook
        if found is None:
            self.write.chosen.setText("" if self.chosen else _("First choose who it is for."))
            return
        parts = [ngettext("{n} record", "{n} records", found.records).format(n=number(found.records))]
        if self.media != "none":
            small = found.thumbnails
            parts.append(ngettext("{n} small picture", "{n} small pictures", small).format(n=number(small)))
        words = ", ".join(parts)
        if found.originals and found.enough:
            words += "\n" + _originals_words(found)
        if not (found.records or found.thumbnails or found.originals):
            words = _("Nothing new for them. A bundle still tells them what you hold.")
        self.write.chosen.setText(words)
        if not found.enough:
            self.write.warn(_("Records and small pictures do not fit on this stick. Put in a larger one."))

    def _show_seen(self) -> None:
        self.see.show_for(self.chosen, open_text=self.open_text)
        # While a bundle is written and until it is taken away, only that counts.
        self.see.setVisible(not self.writing and self.safe.isHidden())

    # -- choosing ----------------------------------------------------------------------------------------------

    def choose_who(self) -> None:
        """Choose the partners, or go and add the first."""
        if self.writing:
            return
        if not self.partners:
            self.partners_wanted.emit()
            return
        self.panel_wanted.emit(WhoPanel(self.partners, self.chosen, self._take_who), _("Who is it for?"))

    def _take_who(self, chosen: tuple[bytes, ...]) -> None:
        self.panel_done.emit()
        self.choose_for(chosen)

    def choose_for(self, chosen: tuple[bytes, ...]) -> None:
        """Write for these partners."""
        self.chosen, self._the_only_one = chosen, False
        self._changed()
        (self.write_button if self.ready else self.which_button if chosen else self.who_button).setFocus()

    def choose_stick(self) -> None:
        """Choose a stick or folder."""
        if self.writing:
            return
        drops = DropRows(self._library, self._bridge, _("To {name}"), self.take_drop, self.manage_drops)
        self.panel_wanted.emit(StickPanel(self.sticks, self.take_folder, drops=drops), _("Which stick?"))

    def manage_drops(self) -> None:
        """Add, try out or remove drop points."""
        self.panel_wanted.emit(DropPanel(self._library, self._bridge, self._drops_changed), _("Drop points"))

    def _drops_changed(self) -> None:
        if self.drop is not None:  # it may be gone, or another place by the same name
            self.drop = self.stick = None
            self._by_hand = False
            self._show_choice()

    def take_drop(self, point: DropPoint) -> None:
        """Write into the library's cache and send from there to ``point``."""
        self.panel_done.emit()
        room = volumes.volume_of(self._library.cache)
        free, total = (room.free, room.total) if room is not None else (0, 0)
        self.drop, self._by_hand = point, True
        self.stick = Volume(self._library.cache, point.name, "", free, total, False)
        self._show_choice()

    def take_folder(self, folder: Path) -> None:
        """Write to ``folder``: a stick's root or any folder."""
        self.panel_done.emit()
        self.drop = None
        self._by_hand = all(folder != one.path for one in self.sticks)
        found = next((one for one in self.sticks if one.path == folder), None) or volumes.volume_of(folder)
        self.stick = found
        self._changed()
        (self.write_button if self.ready else self.who_button).setFocus()

    def take_volume(self, stick: Volume) -> None:
        """Write onto ``stick``, whichever else is plugged in."""
        self.stick, self.drop, self._by_hand = stick, None, True
        self._changed()

    # -- writing -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Write the bundle, read it back, and only then say that the stick may be removed."""
        stick = self.stick
        if not self.ready or stick is None:
            return
        self._last_stick = stick.path if self.drop is None else None
        self._clear_problem()
        self.safe.hide()
        self.writing = True
        names = ", ".join(one.name for one in self.partners if one.id in self.chosen)
        request = WriteRequest(stick.path, self.chosen, self.media)
        what = _("Writing for {name}").format(name=names)
        self._show_choice()
        if self.drop is not None:
            self._start_sending(request, names, self.drop)
            return
        open_text = self.open_text
        self._run(
            lambda cancel: (
                write_open_bundle(self._library, stick.path, self.chosen, cancel)
                if open_text
                else write_bundle(self._library, request, cancel)
            ),
            lambda report: self.show_written(report, names, stick),
            what,
        )

    def finish(self, place: Path) -> None:
        """Finish the bundle on the stick whose writing stopped."""
        stick = self.stick
        if self.writing or stick is None:
            return
        names, self._last_stick = self.mine.partners, stick.path
        self._clear_problem()
        self.safe.hide()
        self.writing = True
        self._show_choice()
        self._run(
            lambda cancel: finish(self._library, place, cancel),
            lambda report: self.show_written(report, names, stick),
            _("Finishing the bundle"),
        )

    def _run(
        self, work: Callable[[CancelToken], Job[WriteReport]], done: Callable[[WriteReport], object], what: str
    ) -> None:
        running = self._bridge.run(work, done, self._failed, owner=self, title=what)
        self.progress.follow(running, _("{what}. Leave the stick in.").format(what=what))
        if self.writing:
            self.progress.cancel.setFocus()

    def free(self, place: Path) -> None:
        """Make room on the stick: take off the bundles that every partner confirmed."""
        self._bridge.run(lambda cancel: free(self._library, place, cancel), self._freed, self._failed, owner=self)

    def _freed(self, report: FreeReport) -> None:
        n = len(report.freed)
        words = ngettext("{n} bundle was taken off, {size}.", "{n} bundles were taken off, {size}.", n)
        self._bridge.say(words.format(n=number(n), size=size(report.bytes)))
        self.mine.forget()
        self.look_for_sticks()
        self._changed()

    def slip(self) -> None:
        """Show the hand-over slip of the bundle just written, for printing."""
        if self._slip is not None:
            self.open_page(self._slip)

    def _make_slip(self, place: Path) -> None:
        """Write the slip while the stick is still in: it is wanted when the stick is out already."""

        def write() -> Path:
            folder = self._library.cache / "slips"
            folder.mkdir(parents=True, exist_ok=True)
            return write_slip(self._library, place, folder)

        self._bridge.run(lambda _cancel: write(), self._keep_slip, self._failed, owner=self)

    def _keep_slip(self, page: Path) -> None:
        self._slip = page

    def _start_sending(self, request: WriteRequest, names: str, point: DropPoint) -> None:
        what = _("Sending to {name}").format(name=point.name)

        def send(cancel: CancelToken) -> Job[WrittenAndSent]:
            from ranger_app.actions.drop_carry import write_and_send  # slow to load, and a stick is the usual way

            return write_and_send(self._library, request, point.id, cancel)

        running = self._bridge.run(
            send,
            lambda result: self._sent(result, names, point),
            self._failed,
            owner=self,
            title=what,
        )
        self.progress.follow(running, what)
        if self.writing:
            self.progress.cancel.setFocus()

    def _sent(self, result: WrittenAndSent, names: str, point: DropPoint) -> None:
        if result.sent is None or result.sent.cancelled:
            self._ended()
            self._say(_("Stopped. What is finished waits here and can be sent on."), "", "attention")
            return
        where = _("Every file at {name} is what was written. Whether it arrives, the partner's receipt tells.")
        self._done(result.written, names, where.format(name=point.name), _("Sent"))

    def show_written(self, report: WriteReport, names: str, stick: Volume) -> None:
        """Say what was written onto ``stick`` for the partners ``names``."""
        if report.cancelled:
            self._ended()
            self._say(_("Stopped. What was begun was taken off the stick again."), "", "attention")
            return
        where = _("Every file was read back from {stick} and is what was written.").format(stick=stick.name)
        self._done(report, names, where)

    def _done(self, report: WriteReport, names: str, where: str, large: str = "") -> None:
        self._ended()
        parts = [ngettext("{n} record", "{n} records", report.operations).format(n=number(report.operations))]
        if report.media:
            parts.append(ngettext("{n} picture", "{n} pictures", report.media).format(n=number(report.media)))
        parts.append(size(report.bytes))
        self._last = report.folder
        what = ", ".join(parts)
        self.safe.say(
            _("For {name}: {what}").format(name=names, what=what) if names else what,
            where,
            large,
            slip=report.folder is not None,
        )
        self.see.hide()
        self._show_choice()
        self._slip = None
        if report.folder is not None:
            self._make_slip(report.folder)
        (self.safe.slip if report.folder is not None else self.safe.again).setFocus()
        if report.left_out:
            n = report.left_out
            words = ngettext("{n} original did not fit and waits.", "{n} originals did not fit and wait.", n)
            todo = _("They go along the next time, or on a larger stick.")
            self._say(words.format(n=number(n)), todo, "attention")
        if report.withheld and not report.rotten:
            n = sum(report.withheld.values())
            words = ngettext("{n} original stayed here.", "{n} originals stayed here.", n)
            todo = _("Review the pictures first. Pictures of people leave only when a manager releases them.")
            self._say(words.format(n=number(n)), todo, "attention")
        if report.elsewhere:
            n = len(report.elsewhere)
            words = ngettext("{n} original lies on a disk that is not plugged in.",
                             "{n} originals lie on a disk that is not plugged in.", n)  # fmt: skip
            self._say(words.format(n=number(n)), _("Plug the disk in and write the bundle again."), "attention")
        if report.rotten:
            n = len(report.rotten)
            words = ngettext("{n} damaged original was left out.", "{n} damaged originals were left out.", n)
            self._say(words.format(n=number(n)), _("Check the disk that your library lies on."), "problem")

    def write_another(self) -> None:
        """Take "Safe to remove" away and begin the next bundle."""
        self.safe.hide()
        self._clear_problem()
        self._show_choice()
        (self.write_button if self.write_button.isEnabled() else self.which_button).setFocus()

    def _failed(self, error: BaseException) -> None:
        self._ended()
        self._clear_problem()
        problem = worded(error)
        self._say(problem.what, problem.todo, "problem")
        self.which_button.setFocus()

    def _finish_offered(self) -> None:
        """What went wrong is said by the offer to finish it."""
        self._clear_problem()
        button_there = self.mine.finish_button
        if button_there is not None and self.isVisible() and not self.write_button.hasFocus():
            button_there.setFocus()

    def _ended(self) -> None:
        self.writing = False
        self.mine.forget()
        self.progress.stop()
        self._show_choice()
        self.refresh(None)
        self.look_for_sticks()

    def _say(self, what: str, todo: str, tone: str) -> None:
        self._problem.addWidget(Banner(what, todo, tone, close=_("Close")))

    def _clear_problem(self) -> None:
        clear(self._problem)


def _originals_words(found: Outlook) -> str:
    """How many originals go along and how many stay: "This stick has 7.4 GB free: 3,210 fit, 40 go the next time"."""
    fit = ngettext("{n} original ({size})", "{n} originals ({size})", found.fits)
    words = fit.format(n=number(found.fits), size=size(found.fits_bytes))
    if not found.left_out:
        return words
    there = size(found.free) if found.free is not None else ""
    rest = number(found.left_out)
    return _("This stick has {free} free: {originals} go along, {rest} the next time.").format(
        originals=words, free=there, rest=rest
    )
