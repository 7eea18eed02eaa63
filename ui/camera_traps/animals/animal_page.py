"""One known animal on four pages: its record, its captures, what joins it with others, its time and moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ranger_app.changes import Changes
from ranger_app.domain import taxa
from ranger_app.i18n import _, language
from ranger_app.library import Library
from ranger_app.store import origins
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.animals.about_page import AboutPage
from ui.camera_traps.animals.captures_page import CapturesPage
from ui.camera_traps.animals.joined_page import JoinedPage
from ui.camera_traps.animals.words import word
from ui.commands import Command
from ui.widgets.again import Again
from ui.widgets.form import RecordForm
from ui.widgets.later import Later
from ui.widgets.segments import Pages

if TYPE_CHECKING:
    from ui.camera_traps.animals.time_page import TimePage

ABOUT, CAPTURES, JOINED, TIME = range(4)
_AT_ONCE = frozenset({"individual", "same_animal", "observation"})
_LATER = frozenset({"media"})


class AnimalPage(QWidget):
    """``told`` when heading or commands would be others; ``compare_wanted(one, other or None)``."""

    told = Signal()
    compare_wanted = Signal(object, object)

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self._said = ("", 0)
        self._again = Again(self, self._read_again, at_once=_AT_ONCE, later=_LATER)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.OUTSIDE, 0, theme.OUTSIDE, theme.BETWEEN)
        self.about = AboutPage(library, bridge)
        self.captures = CapturesPage(library, bridge)
        self.joined = JoinedPage(library, bridge)
        self._time = Later(self._made_time)
        self.pages = Pages(
            [
                (_("Record"), self.about),
                (_("Captures"), self.captures),
                (_("Same animal"), self.joined),
                (_("Time and moves"), self._time),
            ]
        )
        column.addWidget(self.pages)
        self.about.saved.connect(lambda _id: self._opened())
        self.about.opened.connect(self.open)
        self.captures.counted.connect(lambda n: self.pages.tell_number(CAPTURES, n))
        self.joined.counted.connect(self._counted)
        self.joined.compare_wanted.connect(self.compare_wanted)
        self.pages.changed.connect(lambda _page: self._turned())

    def _made_time(self) -> TimePage:
        from ui.camera_traps.animals.time_page import TimePage

        made = TimePage(self._library, self._bridge)
        made.open(self.record)
        made.moves.opened.connect(self._open_from_map)
        return made

    def _open_from_map(self, kind: str, record: bytes) -> None:
        """A place of the map is where some of its captures are from; a line is the animal itself."""
        if kind == "individual" and record != self.record:
            self.open(record)
        elif kind in ("location", "deployment"):
            self.captures.choose_at(kind, record)
        self.pages.choose(CAPTURES)
        self._turned()

    @property
    def time(self) -> TimePage:
        """When and where it was met; made when somebody first looks."""
        return self._time.page

    @property
    def form(self) -> RecordForm:
        """The form of its record."""
        return self.about.form

    @property
    def record(self) -> bytes | None:
        """The animal shown, None for a new one."""
        return self.about.record

    def open(self, record: bytes | None) -> None:
        """Show an animal, or a new one."""
        self.about.open(record)
        if record is None:
            self.pages.choose(ABOUT)
        self._opened()

    def _opened(self) -> None:
        self._again.done()
        record, found = self.record, self.about.found()
        for page in (CAPTURES, JOINED, TIME):
            self.pages.segments.enable(page, record is not None)
            self.pages.tell_number(page, 0)
        self.captures.open(record, found.text("code") if found else "")
        self.joined.open(record)
        if self._time.made is not None:
            self._time.made.open(record)
        self._tell()

    def _tell(self) -> None:
        if self.isVisible():  # otherwise the screen asks when it shows this page
            self.told.emit()

    def _counted(self, n: int) -> None:
        self.pages.tell_number(JOINED, n)
        before = self._said
        self._said = self.joined.said.codes, self.joined.takeable()
        if self._said != before:
            self._tell()

    def _turned(self) -> None:
        self._tell()
        self.start_focus().setFocus()

    # -- what the screen asks ----------------------------------------------------------------------------------

    def heading(self) -> tuple[str, str]:
        """Title and sentence of the page."""
        return self.name() or _("A new animal"), self.sentence()

    def name(self) -> str:
        """Code and name of the animal shown, empty for a new one."""
        found = self.about.found()
        return " ".join(part for part in (found.text("code"), found.text("name")) if part) if found else ""

    def sentence(self) -> str:
        """What it is, and its codes in all catalogues where it is joined."""
        found = self.about.found()
        if found is None:
            return _("One animal that can be told from others.")
        sex, status = (word("individual", name, found.text(name)) for name in ("sex", "status"))
        with self._library.read() as db:
            origin = origins.of(db, "individual", found.id, self._library.station)
        whose = "" if origin is None or origin.own else _("catalogue of {station}").format(station=origin.name)
        parts = (taxa.name(found.text("taxon"), language()), sex, status, self.joined.said.codes, whose)
        return " · ".join(part for part in parts if part)

    def start_focus(self) -> QWidget:
        """Where the keyboard belongs on the page shown."""
        return (self.form, self.captures.view, self.joined, self.time)[self.pages.index]

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """What can be done on the page shown."""
        found = [*self.form.commands(), *self.pages.commands("animal", _("This animal"))]
        if self.pages.index == CAPTURES:
            found += self.captures.commands(free)
        elif self.pages.index == JOINED:
            found += self.joined.commands(free)
        elif self.pages.index == TIME:
            found += self.time.commands(free)
        return found

    def refresh(self, changes: Changes) -> None:
        """Read again what ``changes`` touches, once somebody looks; the form hears of it at once."""
        self.form.refresh(changes)
        self._again.changed(changes)
        if self._time.made is not None:
            self._time.made.refresh(changes)

    def _read_again(self) -> None:
        self.about.read()
        if self.record is not None:
            self.captures.read()
            self.joined.read()
            self._tell()

    # -- surviving a change of language ------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """The page shown, and what was typed and not saved."""
        return {"form": self.form.state(), "page": self.pages.index}

    def restore(self, state: dict[str, Any]) -> None:
        """Show again what state() held."""
        self.about.restore(state["form"])
        self._opened()
        if self.record is not None:
            self.pages.choose(state["page"])
