"""Room for originals: how much there is, further disks by name, and the originals of blank pictures that may go."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import drop_blanks, further_disks
from ranger_app.actions.drop_blanks import Droppable, DropReport
from ranger_app.actions.further_disks import Disk, MoveReport
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import number, size
from ui.problems import worded
from ui.settings.page import Page
from ui.widgets.banner import Banner
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.choose import choose_folder
from ui.widgets.layouts import clear
from ui.widgets.text import label, muted


class Room(Page):
    """Read when it is shown: drives answer slowly."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._found: Droppable | None = None
        card = Card(_("Disks for originals"))
        self.free = muted("")
        card.body.addWidget(self.free)
        self.disks = QVBoxLayout()
        self.disks.setSpacing(8)
        card.body.addLayout(self.disks)
        card.body.addWidget(
            muted(
                _(
                    "Records, thumbnails and review copies stay on this computer: without the disk you can go on "
                    "working, only the originals wait until it is plugged in."
                )
            )
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        self.name = QLineEdit()
        self.name.setPlaceholderText(_("Name written on the disk"))
        self.name.setAccessibleName(_("Name written on the disk"))
        self.name.setFixedWidth(280)
        row.addWidget(self.name)
        row.addWidget(button(_("Add this disk"), self.choose, key="Ctrl+D", icon="folder"))
        row.addStretch(1)
        card.body.addLayout(row)
        self.add_card(card)
        blanks = Card(_("Originals of blank pictures"))
        self.rule = label(drop_blanks.rule_of(drop_blanks.DAYS), "muted", wrap=True)
        blanks.body.addWidget(self.rule)
        self.would = label("", wrap=True)
        blanks.body.addWidget(self.would)
        line = QHBoxLayout()
        line.setSpacing(8)
        self.drop_button = button(_("Drop these originals"), self.ask)
        self.sure = button(_("Yes, drop them"), self.drop, role="danger")
        self.no = button(_("No, keep them"), self.keep)
        for one in (self.drop_button, self.sure, self.no):
            line.addWidget(one)
        line.addStretch(1)
        blanks.body.addLayout(line)
        self.add_card(blanks)
        self._say_where = QVBoxLayout()
        self.column.addLayout(self._say_where)
        self.keep()

    def refresh(self) -> None:
        """Look at the disks and count what may go."""
        self._bridge.run(
            lambda _cancel: (further_disks.known(self._library), drop_blanks.droppable(self._library)),
            self._read,
            owner=self,
        )

    def _read(self, found: tuple[list[Disk], Droppable]) -> None:
        disks, self._found = found
        try:
            free = size(shutil.disk_usage(self._library.folder).free)
        except OSError:
            free = "?"
        self.free.setText(_("The library's own disk has {free} free.").format(free=free))
        clear(self.disks)
        for disk in disks:
            self.disks.addWidget(self._line(disk))
        n = len(self._found.hashes)
        words = ngettext("{n} original may go: {size}.", "{n} originals may go: {size}.", n)
        nothing = _("No original fits this rule now.")
        self.would.setText(words.format(n=number(n), size=size(self._found.bytes)) if n else nothing)
        self.keep()

    def _line(self, disk: Disk) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label(disk.name, "strong"))
        here = disk.folder is not None
        row.addWidget(Chip(_("plugged in") if here else _("not plugged in"), "own" if here else "attention"))
        words = ngettext("{n} original, {size}", "{n} originals, {size}", disk.originals)
        row.addWidget(muted(words.format(n=number(disk.originals), size=size(disk.bytes))))
        row.addStretch(1)
        move = button(_("Move reviewed pictures there"), partial(self.move_to, disk.id))
        back = button(_("Bring back"), partial(self.bring_back, disk.id))
        move.setEnabled(here)
        back.setEnabled(here and disk.originals > 0)
        row.addWidget(move)
        row.addWidget(back)
        return made

    # -- disks -------------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for the disk whose name was typed."""
        if not self.name.text().strip():
            self._bridge.say(_("Type the name that is written on the disk first."))
            self.name.setFocus()
            return
        choose_folder(self, _("The disk for originals"), self.add)

    def add(self, place: Path) -> None:
        """Use the disk at ``place``."""
        name = self.name.text()
        self._bridge.run(
            lambda _cancel: further_disks.add(self._library, place, name), self._added, self._failed, owner=self
        )

    def _added(self, disk: Disk) -> None:
        self.name.clear()
        self._bridge.say(_("{name} can hold originals now.").format(name=disk.name))
        self.refresh()

    def move_to(self, disk: str) -> None:
        """Move the originals of deployments that nobody has to review any more."""
        self._bridge.run(
            lambda cancel: further_disks.move(
                self._library, disk, further_disks.reviewed_deployments(self._library), cancel
            ),
            self._moved,
            self._failed,
            owner=self,
            title=_("Moving originals"),
        )

    def bring_back(self, disk: str) -> None:
        """Bring everything of a disk back."""
        self._bridge.run(
            lambda cancel: further_disks.bring_back(self._library, disk, cancel),
            self._moved,
            self._failed,
            owner=self,
            title=_("Bringing originals back"),
        )

    def _moved(self, report: MoveReport) -> None:
        words = ngettext("Moved {n} original, {size}.", "Moved {n} originals, {size}.", report.moved)
        self._bridge.say(words.format(n=number(report.moved), size=size(report.bytes)))
        if report.damaged:
            n = len(report.damaged)
            damaged = ngettext("{n} damaged original stayed here.", "{n} damaged originals stayed here.", n)
            self._show(damaged.format(n=number(n)), _("Check the disk that your library lies on."))
        self.refresh()

    # -- blanks ------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """This cannot be undone, so it is asked."""
        if self._found is None or not self._found.hashes:
            return
        self.drop_button.hide()
        self.sure.show()
        self.no.show()
        self.no.setFocus()

    def keep(self) -> None:
        """Ask no more."""
        self.sure.hide()
        self.no.hide()
        self.drop_button.show()
        self.drop_button.setEnabled(bool(self._found and self._found.hashes))

    def drop(self) -> None:
        """Drop what the rule lets go."""
        self.keep()
        self._bridge.run(
            lambda cancel: drop_blanks.drop(self._library, cancel=cancel),
            self._dropped,
            self._failed,
            owner=self,
            title=_("Dropping originals of blank pictures"),
        )

    def _dropped(self, report: DropReport) -> None:
        words = ngettext("Dropped {n} original, {size}.", "Dropped {n} originals, {size}.", report.dropped)
        self._bridge.say(words.format(n=number(report.dropped), size=size(report.bytes)))
        self.refresh()

    # -- problems ----------------------------------------------------------------------------------------------

    def _failed(self, error: BaseException) -> None:
        problem = worded(error)
        self._show(problem.what, problem.todo)
        self.refresh()

    def _show(self, what: str, todo: str) -> None:
        clear(self._say_where)
        self._say_where.addWidget(Banner(what, todo, "problem", close=_("Close")))
