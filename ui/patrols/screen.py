"""Patrols: the list at the left, one patrol at the right, and the ways in: a GPS file or an empty form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from ranger_app.actions import listing, records
from ranger_app.actions.patrol_import import PatrolImported
from ranger_app.actions.patrol_state import REOPENED
from ranger_app.changes import Changes
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.commands import Command, always
from ui.numbers import number
from ui.patrols.from_gps import SUFFIXES, FromGps
from ui.patrols.page import FINDS, HISTORY, NOTES, PHOTOS, RECORD, TRACK, PatrolCard
from ui.patrols.patrol_list import PatrolTable
from ui.widgets.choose import choose_files, choose_folder
from ui.widgets.later import Later
from ui.widgets.list_screen import ListScreen
from ui.widgets.segments import ENOUGH, Pages

if TYPE_CHECKING:
    from ui.patrols.desk import Desk
    from ui.patrols.samples_page import SamplesPage
    from ui.widgets.transfer import TransferPage

LIST, DESK, SAMPLES, TRANSFER = range(4)


@dataclass(frozen=True, slots=True)
class Tab:
    """A page beside the list of patrols: its word, when it is made, and what the screen says and offers with it."""

    word: str
    later: Later[Any]
    sentence: Callable[[], str]
    commands: Callable[[], list[Command]]
    focus: Callable[[], QWidget] | None = None
    keep_edits: Callable[[], bool] = always
    offered: int = 0
    """How many of its commands, the first, are buttons of the title line."""


class PatrolsScreen(ListScreen):
    """``open_at``: a patrol's id, "new", "gps", "desk", "samples", "export", "import", or a state: its first patrol."""

    help_page = "patrols"
    table: PatrolTable
    card: PatrolCard

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge)
        self.setAcceptDrops(True)
        listed = QWidget()
        inside = QVBoxLayout(listed)
        inside.setContentsMargins(0, 0, 0, 0)
        self.put_beside(PatrolTable(library, bridge, self.from_gps), PatrolCard(library, bridge), (47, 64), inside)
        self.desk_later = Later(self._make_desk)
        self.samples_later = Later(self._make_samples)
        self.transfer_later = Later(self._make_transfer)
        # In the order of LIST, DESK … A further page is one more line here.
        self._more = (
            Tab(
                _("Manager's desk"),
                self.desk_later,
                lambda: self.desk.sentence,
                lambda: self.desk.commands(_("Patrols")),
                lambda: self.desk.table.view,
            ),
            Tab(
                _("Samples"),
                self.samples_later,
                lambda: self.samples.sentence(),
                lambda: self.samples.commands(),
                keep_edits=lambda: self.samples.keep_edits(),
                offered=2,
            ),
            Tab(
                _("Export and import"),
                self.transfer_later,
                lambda: self.transfer.sentence,
                lambda: self.transfer.commands(not_typing),
            ),
        )
        self.tabs = Pages([(_("Patrols"), listed), *((tab.word, tab.later) for tab in self._more)], enough=ENOUGH)
        self.tabs.changed.connect(self._turned)
        self.body.addWidget(self.tabs, 1)
        self._list_sentence = ""
        self._wanted_state = ""
        self.table.opened.connect(lambda _patrol: self.card.turn(RECORD))
        self.table.loaded.connect(self._loaded)
        self.card.stands.connect(self.commands_changed)
        self.card.panel_wanted.connect(self.panel_wanted)
        self.card.wide.connect(self.table.setHidden)
        self.card.panel_done.connect(self.panel_done)
        found = self.commands()
        self.set_heading(_("Patrols"))
        self.set_actions(found[0], found[1])

    # -- the manager's desk ------------------------------------------------------------------------------------

    def _make_desk(self) -> Desk:
        from ui.patrols.desk import Desk

        desk = Desk(self.library, self.bridge)
        desk.loaded.connect(lambda _n: self._told(DESK))
        desk.open_wanted.connect(self._open_from_desk)
        desk.panel_wanted.connect(self.panel_wanted)
        return desk

    @property
    def desk(self) -> Desk:
        """The manager's desk, made when somebody first turns to it."""
        return self.desk_later.page

    def _make_transfer(self) -> TransferPage:
        from ui.widgets.transfer import OF_PATROLS, TransferPage

        page = TransferPage(self.library, self.bridge, only=OF_PATROLS)
        page.changed.connect(lambda: self._told(TRANSFER))
        return page

    @property
    def transfer(self) -> TransferPage:
        """Writing patrols for other programs and taking theirs in, made when somebody first turns to it."""
        return self.transfer_later.page

    def _make_samples(self) -> SamplesPage:
        from ui.patrols.samples_page import SamplesPage

        page = SamplesPage(self.library, self.bridge)
        page.refresh(None)
        page.told.connect(lambda: self._told(SAMPLES))
        return page

    @property
    def samples(self) -> SamplesPage:
        """Samples and health events, made when somebody first turns to them."""
        return self.samples_later.page

    # -- the pages -----------------------------------------------------------------------------------------------

    def _tab(self) -> Tab | None:
        """The page shown, None for the list of patrols."""
        return self._more[self.tabs.index - 1] if self.tabs.index != LIST else None

    def turn(self, page: int) -> None:
        """Show one of the pages and give it the keyboard."""
        if page != self.tabs.index and self.leave():
            self.tabs.choose(page)

    def leave(self) -> bool:
        tab = self._tab()
        return self.card.keep_edits() if tab is None else tab.keep_edits()

    def _turned(self, _page: int) -> None:
        tab = self._tab()
        if tab is not None:
            self.set_heading(_("Patrols"), tab.sentence())
            self.set_actions(*tab.commands()[: tab.offered])
        else:
            found = self.commands()
            self.set_heading(_("Patrols"), self._list_sentence)
            self.set_actions(found[0], found[1])
        self.start_focus().setFocus()
        self.commands_changed.emit()

    def _told(self, page: int) -> None:
        """A page has another sentence and perhaps other commands."""
        tab = self._tab()
        if tab is not None and self.tabs.index == page:
            self.set_heading(_("Patrols"), tab.sentence())
            self.set_actions(*tab.commands()[: tab.offered])
            self.commands_changed.emit()

    def _open_from_desk(self, patrol: bytes) -> None:
        self.tabs.choose(LIST)
        self.table.choose(patrol)

    # -- commands ----------------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        group, shown, some = _("Patrols"), self.shown, self.some
        tabs = self.tabs.commands("patrols", group)
        tab = self._tab()
        if tab is not None:
            return [*tab.commands(), *tabs]
        card = self.card
        on_finds = some() and card.pages.index == FINDS
        words = _("Delete the find") if on_finds and card.finds.current() else _("Delete the patrol")
        return [
            Command("patrols.new", _("New patrol"), self.new, "Ctrl+N", group=group, also=() if on_finds else ("N",)),
            Command("patrols.gps", _("From a GPS file"), self.from_gps, "G", group=group),
            Command("patrols.gps_folder", _("From a folder of GPS files"), self.from_folder, "Shift+G", group=group),
            Command("patrols.save", _("Save"), self.card.save, "Ctrl+S", shown, group),
            Command("patrols.submit", _("Submit for review"), self.card.submit, "Ctrl+Return", shown, group),
            Command("patrols.withdraw", _("Withdraw the submission"), self.card.withdraw, "X", some, group),
            Command("patrols.approve", _("Approve"), self.card.approve, "A", some, group),
            Command("patrols.return", _("Return with a comment"), self.card.ask_comment, "R", some, group),
            Command("patrols.record", _("Show the record"), partial(card.turn, RECORD), "E", shown, group),
            Command("patrols.finds", _("Show the finds"), partial(card.turn, FINDS), "F", some, group, also=("W",)),
            Command("patrols.track", _("Show the track"), partial(card.turn, TRACK), "T", some, group),
            Command("patrols.photos", _("Show the photos"), partial(card.turn, PHOTOS), "P", some, group),
            Command("patrols.history", _("Show the history"), partial(card.turn, HISTORY), "Y", some, group),
            Command("patrols.notes", _("Show and add notes"), partial(card.turn, NOTES), "O", some, group),
            Command(
                *("patrols.find", _("Enter a find"), card.add_find, "Ctrl+F", shown, group),
                also=("N",) if on_finds else (),
            ),
            Command("patrols.day", _("Add a day"), partial(card.add_row, card.days), "Ctrl+D", shown, group),
            Command("patrols.leg", _("Add a leg"), partial(card.add_row, card.legs), "Ctrl+L", shown, group),
            Command("patrols.judge", _("Judge marked points otherwise"), card.judge_points, "K", some, group),
            Command("patrols.take_photos", _("Take photos"), card.take_photos, "H", some, group),
            Command("patrols.photo_clock", _("Set the clock by a photo"), card.set_clock, "C", some, group),
            Command(
                "patrols.model", _("Observation model"), lambda: self.go.emit("settings", "model"), "M", group=group
            ),
            Command(
                *("patrols.effort", _("Effort of the patrols"), lambda: self.go.emit("reports", "patrol-effort")),
                "Shift+E",
                group=group,
            ),
            Command("patrols.delete", words, self.delete, "Del", some, group),
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

    def from_gps(self) -> None:
        """Choose files from the device or a folder."""
        choose_files(self, _("Choose GPS files"), self.ask_about, SUFFIXES)

    def from_folder(self) -> None:
        """Choose a folder of which every file of a track is taken."""
        choose_folder(self, _("Choose a folder of GPS files"), self.ask_about)

    def ask_about(self, paths: Path | list[Path]) -> None:
        """Ask who led and how, beside the list."""
        paths = [paths] if isinstance(paths, Path) else paths
        people = [name for _id, name in listing.names(self.library, "person")]
        leader = ""
        if self.library.person is not None:
            with self.library.read() as db:
                leader = records.title(db, "person", self.library.person)
        panel = FromGps(self.library, self.bridge, paths, people, leader, self._imported)
        self.panel_wanted.emit(panel, _("From a GPS file"))

    def _imported(self, result: PatrolImported) -> None:
        self.panel_done.emit()
        if result.already_known:
            self.bridge.say(_("This file is a patrol already. Here it is."))
        else:
            made = len(result.patrols)
            if made > 1:
                words = ngettext("{n} patrol made", "{n} patrols made", made).format(n=number(made))
            else:
                words = ngettext("Patrol made from {n} point", "Patrol made from {n} points", result.points)
                words = words.format(n=number(result.points))
            self.bridge.say(words, undo=True)
        self.table.refresh(None)
        self.table.choose(result.patrol)
        self.card.open_record(result.patrol)
        self.card.pages.choose(TRACK)
        self.table.view.setFocus()

    def delete(self) -> None:
        """Take away the find that is chosen, or the patrol; undo brings it back."""
        if not self.card.delete_chosen():
            self.card.delete_record(_("Patrol deleted"))

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
            self.following.choose_first()

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
        for later in (self.desk_later, self.samples_later):
            if later.made is not None:
                later.made.refresh(changes)

    def state(self) -> dict[str, Any]:
        return {**super().state(), "tab": self.tabs.index, "find": self.card.finds.form.state()}

    def restore(self, state: dict[str, Any]) -> None:
        self.card.finds.form.restore(state.get("find"))
        super().restore(state)
        self.tabs.choose(state["tab"])

    def start_focus(self) -> QWidget:
        tab = self._tab()
        return self.table.view if tab is None else (tab.focus or (lambda: tab.later.page))()

    def open_at(self, target: Any) -> None:
        if target not in ("desk", "samples", "export", "import"):
            self.turn(LIST)
        if target == "new":
            self.new()
        elif target == "gps":
            self.from_gps()
        elif target == "desk":
            self.turn(DESK)
        elif target == "samples":
            self.turn(SAMPLES)
        elif target in ("export", "import"):
            self.turn(TRANSFER)
            self.transfer.begin(target)
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
            ("finds", partial(self.card.turn, FINDS)),
            ("find", self.card.add_find),
            ("track", partial(self.card.turn, TRACK)),
            ("photos", partial(self.card.turn, PHOTOS)),
            ("history", partial(self.card.turn, HISTORY)),
            ("notes", partial(self.card.turn, NOTES)),
            ("new", self.new),
            ("desk", partial(self.turn, DESK)),
            ("samples", partial(self.turn, SAMPLES)),
            ("transfer", partial(self.turn, TRANSFER)),
        ]

    # -- dropping a file ---------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = dropped(event)
        if paths:
            event.acceptProposedAction()
            self.ask_about(paths)


def not_typing() -> bool:
    """Whether a plain letter may be a command now: not while the keyboard is in a list or a field."""
    return not isinstance(QApplication.focusWidget(), QComboBox | QLineEdit | QPlainTextEdit)


def dropped(event: QDropEvent) -> list[Path]:
    """The files of tracks and folders that are being dropped; empty where anything else is among them."""
    urls = event.mimeData().urls()
    paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    fitting = [path for path in paths if path.is_dir() or f"*{path.suffix.lower()}" in SUFFIXES.split()]
    return fitting if len(fitting) == len(urls) else []
