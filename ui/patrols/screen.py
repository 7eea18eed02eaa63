"""Patrols: the list at the left, one patrol at the right, and the ways in: a GPS file or an empty form."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ranger_app.actions import listing, records
from ranger_app.actions.patrol_import import PatrolImported
from ranger_app.actions.patrol_state import REOPENED
from ranger_app.changes import Changes
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.commands import Command
from ui.numbers import number
from ui.patrols.desk import Desk
from ui.patrols.from_gps import SUFFIXES, FromGps
from ui.patrols.page import NOTES, RECORD, TRACK, WAYPOINTS, PatrolCard
from ui.patrols.patrol_list import PatrolTable
from ui.widgets.choose import choose_file
from ui.widgets.later import Later
from ui.widgets.list_screen import ListScreen
from ui.widgets.segments import Pages

LIST, DESK = range(2)


class PatrolsScreen(ListScreen):
    """``open_at`` takes a patrol's id, "new", "gps", "desk", or a state such as "submitted" (its first patrol)."""

    help_page = "patrols"
    table: PatrolTable
    card: PatrolCard

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge)
        self.setAcceptDrops(True)
        listed = QWidget()
        inside = QVBoxLayout(listed)
        inside.setContentsMargins(0, 0, 0, 0)
        self.put_beside(PatrolTable(library, bridge, self.from_gps), PatrolCard(library, bridge), (62, 49), inside)
        self.desk_later = Later(self._make_desk)
        self.tabs = Pages([(_("Patrols"), listed), (_("Manager's desk"), self.desk_later)])
        self.tabs.changed.connect(self._turned)
        self.body.addWidget(self.tabs, 1)
        self._list_sentence = ""
        self._wanted_state = ""
        self.table.opened.connect(lambda _patrol: self.card.turn(RECORD))
        self.table.loaded.connect(self._loaded)
        self.card.stands.connect(self.commands_changed)
        self.card.panel_wanted.connect(self.panel_wanted)
        self.card.panel_done.connect(self.panel_done)
        found = self.commands()
        self.set_heading(_("Patrols"))
        self.set_actions(found[0], found[1])

    # -- the manager's desk ------------------------------------------------------------------------------------

    def _make_desk(self) -> Desk:
        desk = Desk(self.library, self.bridge)
        desk.loaded.connect(self._desk_read)
        desk.open_wanted.connect(self._open_from_desk)
        desk.panel_wanted.connect(self.panel_wanted)
        return desk

    @property
    def desk(self) -> Desk:
        """The manager's desk, made when somebody first turns to it."""
        return self.desk_later.page

    def turn(self, page: int) -> None:
        """Show the list or the desk and give it the keyboard."""
        if page == self.tabs.index or (self.tabs.index == LIST and not self.card.keep_edits()):
            return
        self.tabs.choose(page)

    def _turned(self, page: int) -> None:
        if page == DESK:
            self.set_heading(_("Patrols"), self.desk.sentence)
            self.set_actions()
            self.desk.table.view.setFocus()
        else:
            found = self.commands()
            self.set_heading(_("Patrols"), self._list_sentence)
            self.set_actions(found[0], found[1])
            self.table.view.setFocus()
        self.commands_changed.emit()

    def _desk_read(self, _n: int) -> None:
        if self.tabs.index == DESK:
            self.set_heading(_("Patrols"), self.desk.sentence)

    def _open_from_desk(self, patrol: bytes) -> None:
        self.tabs.choose(LIST)
        self.table.choose(patrol)

    # -- commands ----------------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        group, shown, some = _("Patrols"), self.shown, self.some
        tabs = self.tabs.commands("patrols", group)
        if self.tabs.index == DESK:
            return [*self.desk.commands(group), *tabs]
        return [
            Command("patrols.new", _("New patrol"), self.new, "N", group=group),
            Command("patrols.gps", _("From a GPS file"), self.from_gps, "G", group=group),
            Command("patrols.save", _("Save"), self.card.save, "Ctrl+S", shown, group),
            Command("patrols.submit", _("Submit for review"), self.card.submit, "Ctrl+Return", shown, group),
            Command("patrols.approve", _("Approve"), self.card.approve, "A", some, group),
            Command("patrols.return", _("Return with a comment"), self.card.ask_comment, "R", some, group),
            Command("patrols.track", _("Show the track"), lambda: self.card.turn(TRACK), "T", some, group),
            Command("patrols.record", _("Show the record"), lambda: self.card.turn(RECORD), "E", shown, group),
            Command("patrols.waypoints", _("Show the waypoints"), lambda: self.card.turn(WAYPOINTS), "W", some, group),
            Command("patrols.notes", _("Show and add notes"), lambda: self.card.turn(NOTES), "O", some, group),
            Command("patrols.delete", _("Delete the patrol"), self.delete, "Del", some, group),
            *tabs,
        ]

    def new(self) -> None:
        """An empty record for today, led by whoever is working."""
        if not self.card.keep_edits():
            return
        day = self.today()
        self.table.view.clearSelection()
        self.card.open_new(
            {
                "name": _("Patrol {date}").format(date=day),
                "date": day,
                "type": "ground",
                "transport": "foot",
                "leader": self.library.person,
                "utc_offset": self.library.station.utc_offset,
            }
        )
        self.card.form.editors["name"].control.setFocus()

    def from_gps(self) -> None:
        """Choose a file from the device or a folder."""
        choose_file(self, _("Choose a GPS file"), self.ask_about, SUFFIXES)

    def ask_about(self, path: Path) -> None:
        """Ask who led and how, beside the list."""
        people = [name for _id, name in listing.names(self.library, "person")]
        leader = ""
        if self.library.person is not None:
            with self.library.read() as db:
                leader = records.title(db, "person", self.library.person)
        panel = FromGps(self.library, self.bridge, path, people, leader, self._imported)
        self.panel_wanted.emit(panel, _("From a GPS file"))

    def _imported(self, result: PatrolImported) -> None:
        self.panel_done.emit()
        if result.already_known:
            self.bridge.say(_("This file is a patrol already. Here it is."))
        else:
            self.bridge.say(
                ngettext("Patrol made from {n} point", "Patrol made from {n} points", result.points).format(
                    n=number(result.points)
                ),
                undo=True,
            )
        self.table.refresh(None)
        self.table.choose(result.patrol)
        self.card.open_record(result.patrol)
        self.card.pages.choose(TRACK)
        self.table.view.setFocus()

    def delete(self) -> None:
        """Take the patrol away; undo brings it back."""
        self.delete_record(_("Patrol deleted"))

    # -- the list ----------------------------------------------------------------------------------------------

    def _loaded(self, _number_of: int) -> None:
        states = self.table.state_numbers()
        writing = states.get("draft", 0) + states.get("returned", 0)
        review = states.get("submitted", 0)
        parts = []
        if writing:
            parts.append(ngettext("{n} to submit", "{n} to submit", writing).format(n=number(writing)))
        if review:
            parts.append(ngettext("{n} waits for review", "{n} wait for review", review).format(n=number(review)))
        if not states:
            sentence = _("Where rangers went, what they found, and who has looked at it.")
        else:
            sentence = ", ".join(parts) if parts else _("All patrols are approved.")
        self._list_sentence = sentence
        self.tabs.tell_number(DESK, review + states.get(REOPENED, 0))
        if self.tabs.index == LIST:
            self.set_heading(_("Patrols"), sentence)
        if self._wanted_state:
            self._choose_state(self._wanted_state)
        else:
            self._choose_first()

    def _choose_state(self, state: str) -> None:
        self._wanted_state = ""
        wanted = {"draft", "returned"} if state == "draft" else {state}
        for line in self.table.model.lines:
            if getattr(line, "state", "") in wanted:
                self.table.choose(line.id)
                return

    # -- what the shell asks -----------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        super().refresh(changes)
        if self.desk_later.made is not None:
            self.desk.refresh(changes)

    def state(self) -> dict[str, Any]:
        return {**super().state(), "tab": self.tabs.index}

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        self.tabs.choose(state["tab"])

    def start_focus(self) -> QWidget | None:
        return self.desk.table.view if self.tabs.index == DESK else self.table.view

    def open_at(self, target: Any) -> None:
        if target != "desk":
            self.turn(LIST)
        if target == "new":
            self.new()
        elif target == "gps":
            self.from_gps()
        elif target == "desk":
            self.turn(DESK)
        elif isinstance(target, str):
            if self.table.model.lines:
                self._choose_state(target)
            else:
                self._wanted_state = target
        else:
            super().open_at(target)

    def pictures(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            ("record", partial(self.card.turn, RECORD)),
            ("waypoints", partial(self.card.turn, WAYPOINTS)),
            ("notes", partial(self.card.turn, NOTES)),
            ("new", self.new),
            ("desk", partial(self.turn, DESK)),
        ]

    # -- dropping a file ---------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.ask_about(path)


def dropped(event: QDropEvent) -> Path | None:
    """The GPS file that is being dropped; None for anything else."""
    for url in event.mimeData().urls():
        path = Path(url.toLocalFile())
        if url.isLocalFile() and path.suffix.casefold() == ".gpx":
            return path
    return None
