"""The count sheet: one press or key for each bird, on the disk before it is shown, closed into counts by Enter.

The letters count, digits before a letter say how many, and every other act has one key that no keyboard layout moves.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from ranger_app.actions import count_write, tally_read, taps
from ranger_app.actions.plausible import questions
from ranger_app.actions.tally_read import Entry, Kept, Sheet, Totals
from ranger_app.domain.kinds_camera import LIFE_STAGES, SEXES
from ranger_app.domain.tally import Estimate, Tally
from ranger_app.errors import DataProblem
from ranger_app.i18n import _, ngettext, pgettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.commands import Command
from ui.numbers import number
from ui.waterbirds import tally as large_buttons
from ui.waterbirds.flock import EstimatePanel, Fields, RingsPanel, SamplePanel, SearchPanel, Trace
from ui.waterbirds.sheet_keys import after, chosen, sheet_commands, sub_totals, taken_back
from ui.waterbirds.tally import Pad, Steps, Tiles, large, with_key
from ui.widgets.card import Card
from ui.widgets.segments import Segments
from ui.widgets.text import label

STAGES = ("", *(one.code for one in LIFE_STAGES if one.code != "unknown"))
SEX = ("", *(one.code for one in SEXES if one.code != "unknown"))
_MOST_DIGITS = 6
_LOW = 560
_LOWEST = 430
"""Under this height in pixels the number pad lies flat."""
TRACE, SEARCH, ESTIMATE, SAMPLE, RINGS = range(5)


class CountSheet(QWidget):
    """The sheet of one survey. ``told(title, sentence)`` for the title line; ``gone`` where the survey is no more."""

    told = Signal(str, str)
    gone = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.survey: bytes | None = None
        self.sheet: Sheet | None = None
        self.totals = Totals()
        self.place = Tally(None, "")
        self.pending = ""
        self.sampling = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)  # a key is a key, also for an input method
        self.setAccessibleName(_("Count sheet"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        top = QHBoxLayout()
        top.setSpacing(8)
        self._sectors_row = QHBoxLayout()
        self.sectors: Segments | None = None
        top.addLayout(self._sectors_row, 1)
        self.flock = QLineEdit()
        self.flock.setPlaceholderText(_("No flock"))
        self.flock.setAccessibleName(_("Flock"))
        self.flock.setToolTip(
            _("A flock that two counters see has one name with both; it is then counted once. Other names differ.")
        )
        self.flock.setFixedWidth(232)
        self.flock.editingFinished.connect(lambda: self._name_flock(self.flock.text()))
        self.flock.returnPressed.connect(self.setFocus)
        self.flock_word = label(_("Flock"), "muted")
        top.addWidget(self.flock_word)
        top.addWidget(self.flock)
        column.addLayout(top)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        left = QVBoxLayout()
        left.setSpacing(6)
        self.tiles = Tiles()
        self.tiles.tapped.connect(self.tap_species)
        self.tiles.chosen.connect(self.choose)
        left.addWidget(self.tiles, 1)
        self.steps = Steps(self.add, self.take_back)
        left.addWidget(self.steps)
        middle.addLayout(left, 1)
        middle.addWidget(self._right())
        column.addLayout(middle, 1)
        self.tools = self._tools()
        column.addWidget(self.tools)

    def _right(self) -> QWidget:
        card = Card()
        card.setFixedWidth(296)
        card.body.setSpacing(6)
        card.body.setContentsMargins(12, 8, 12, 8)
        self.trace = Trace()
        self.trace.take_back.connect(self.take_back_entry)
        self.search, self.estimate, self.sample, self.rings = (
            SearchPanel(),
            EstimatePanel(),
            SamplePanel(),
            RingsPanel(),
        )
        self.search.taken.connect(self.take_species)
        self.estimate.taken.connect(self.add_estimate)
        self.sample.shared.connect(self.share_out)
        self.sample.kept.connect(self.keep_sample)
        self.rings.taken.connect(self.add_rings)
        self.stack = QStackedWidget()
        for page in (self.trace, self.search, self.estimate, self.sample, self.rings):
            self.stack.addWidget(page)
            if isinstance(page, Fields):
                page.left.connect(self.back_to_counting)
        card.body.addWidget(self.stack, 1)
        self.stack.currentChanged.connect(lambda _index: self._fit())
        self.pending_word = label("", "code")
        self.pending_word.hide()
        card.body.addWidget(self.pending_word)
        self.pad = Pad()
        self.pad.pressed.connect(self._pad)
        card.body.addWidget(self.pad)
        return card

    def _tools(self) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        self.age_button = large("", self.next_stage, high=56)
        self.sex_button = large("", self.next_sex, high=56)
        for made in (
            large(pgettext("count sheet", "Find"), self.ask_species, key="F3", high=56),
            large(_("New flock"), self.next_flock, key="F4", high=56),
            large(pgettext("count sheet", "Estimate"), self.ask_estimate, key="F5", high=56),
            large(pgettext("count sheet", "Part of a flock"), self.begin_sample, key="F6", high=56),
            self.age_button,
            self.sex_button,
            large(_("Rings"), self.ask_rings, key="F9", high=56),
        ):
            line.addWidget(made, 1)
        self.close_button = large(
            pgettext("count sheet", "Flock done"), self.close_flock, key="Return", role="primary", high=56
        )
        line.addWidget(self.close_button, 1)
        return row

    # -- opening and closing -----------------------------------------------------------------------------------

    def open_survey(self, survey: bytes) -> None:
        """Show the sheet of a survey, where it was left."""
        self.survey = survey
        self.sheet = None
        self.pending = ""
        self._bridge.act(
            lambda _cancel: (tally_read.sheet(self._library, survey), tally_read.totals(self._library, survey)),
            lambda found: self._opened(survey, *found),
            self._lost,
            owner=self,
        )

    def _opened(self, survey: bytes, sheet: Sheet, totals: Totals) -> None:
        if survey != self.survey:
            return
        self.sheet, self.totals = sheet, totals
        if self.sectors is not None:
            self.sectors.hide()
            self.sectors.deleteLater()
        self.sectors = Segments([name or _("Whole site") for _id, name in sheet.sectors], wrap=True)
        for made in self.sectors.findChildren(QWidget):
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setMinimumHeight(44)
        self.sectors.chosen.connect(lambda place: self.go_to_sector(place))
        self._sectors_row.addWidget(self.sectors, 1)
        self.tiles.offer([*sheet.species, *sheet.groups], sheet.average)
        self._move(sheet.place, begun=True)

    def _lost(self, error: BaseException) -> None:
        if isinstance(error, DataProblem) and error.code == "NO_RECORD":
            self.gone.emit()
        else:
            self._failed(error)

    def refresh(self) -> None:
        """Read the totals again, after somebody else wrote counts."""
        self._act(lambda: None)

    def close_taps(self) -> None:
        """Make counts of what is tapped, before something else is shown."""
        survey = self.survey
        if survey is not None:
            self._bridge.act(lambda _cancel: taps.close(self._library, survey), failed=self._failed, owner=self)

    # -- acts --------------------------------------------------------------------------------------------------

    def _act(self, work: Callable[[], object], done: Callable[[], object] | None = None) -> None:
        """Do ``work`` in order after all before it, and show the sheet as it then is on the disk."""
        survey = self.survey
        if survey is None:
            return

        def run(_cancel: object) -> Totals:
            work()
            return tally_read.totals(self._library, survey)

        def shown(found: Totals) -> None:
            if survey == self.survey:
                self.totals = found
                self.show_totals()
                if done is not None:
                    done()

        self._bridge.act(run, shown, self._failed, owner=self)

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, DataProblem):
            self._bridge.say(f"{error.what} {error.todo}")
        else:
            self._bridge.report(error)

    def _tap(self, birds: int, *, typed: bool = False, estimate: Estimate | None = None, rings: str = "") -> None:
        survey, place, sample = self.survey, self.place, self.sampling and not rings
        if survey is None or not place.taxon:
            self._bridge.say(_("Choose a species first."))
            return
        if sample and estimate is not None:
            self._bridge.say(_("A part that is looked at is counted bird by bird."))
            return
        self._act(
            lambda: taps.tap(
                self._library, survey, place, birds, estimate=estimate, sample=sample, typed=typed, rings=rings
            )
        )

    def add(self, step: int) -> None:
        """Add a step to the species being counted; a number typed before takes the place of one bird."""
        typed = self._take_pending()
        if typed is None:
            self._tap(step)
        else:
            self._tap(typed if step > 0 else -typed, typed=True)

    def tap_species(self, taxon: str) -> None:
        """Go to a species and add one bird, or as many as were typed before."""
        self.choose(taxon)
        self.add(1)

    def choose(self, taxon: str) -> None:
        """Go to a species without adding anything."""
        self.back_to_counting()
        if taxon != self.place.taxon:
            self._move(replace(self.place, taxon=taxon))

    def take_species(self, taxon: str, birds: int | None) -> None:
        """Go to a species that was searched, and add a number where one was given."""
        if self.sheet is not None and taxon not in (*self.sheet.species, *self.sheet.groups):
            self.sheet.species.append(taxon)
            self.tiles.offer([*self.sheet.species, *self.sheet.groups], self.sheet.average)
        self._move(replace(self.place, taxon=taxon))
        if birds is not None:
            self._tap(birds, typed=True)

    def take_back(self) -> None:
        """Take back the newest tap; where all are closed, the newest sub-total. A digit just typed goes first."""
        if self.pending:
            self._type("back")
            return
        survey = self.survey
        said: list[str] = []

        def work() -> None:
            if survey is None:
                return
            found = tally_read.totals(self._library, survey)
            if found.newest is not None:
                one = taps.take_back(self._library, survey, found.newest.key)
                if one is not None:
                    said.append(taken_back(one.tally.taxon, one.number))
                return
            closed = [
                (entry, tally)
                for tally, kept in found.kept.items()
                for entry in kept.entries
                if entry.count is not None and not entry.gone and entry.number > 0
            ]
            if closed:
                entry, tally = max(closed, key=lambda pair: pair[0].at)
                if entry.count is not None:
                    said.append(taken_back(tally.taxon, taps.take_back_part(self._library, entry.count, entry.place)))

        self._act(work, lambda: self._bridge.say("".join(said)) if said else None)

    def take_back_entry(self, entry: Entry) -> None:
        """Take back one line of the trace, however old."""
        survey = self.survey
        if survey is None:
            return
        if entry.key is not None:
            key = entry.key
            self._act(lambda: taps.take_back(self._library, survey, key))
        elif entry.count is not None:
            count = entry.count
            self._act(lambda: taps.take_back_part(self._library, count, entry.place))

    def add_estimate(self, estimate: Estimate) -> None:
        """Add an estimate by block to the species being counted."""
        self._tap(0, estimate=estimate)

    def add_rings(self, text: str) -> None:
        """Keep rings and flags with the species being counted."""
        self._tap(0, rings=text)

    def close_flock(self) -> None:
        """Add a number that was typed; else make counts of the taps, and count without a flock again."""
        typed = self._take_pending()
        if typed is not None:
            self._tap(typed, typed=True)
            return
        survey = self.survey
        if survey is None:
            return
        before = [kept for kept in self.totals.kept.values() if any(one.key is not None for one in kept.entries)]
        words = ngettext("{n} count saved", "{n} counts saved", len(before)).format(n=number(len(before)))
        done = (lambda: self._bridge.say(words)) if before else None
        self._act(lambda: taps.close(self._library, survey), done)
        if self.place.flock and not self.sampling:
            self._move(replace(self.place, flock=""))

    def no_birds(self) -> None:
        """Say that the whole site was looked at and empty."""
        survey = self.survey
        if survey is None:
            return

        def work() -> None:
            taps.close(self._library, survey)
            count_write.no_birds(self._library, survey)

        self._act(work, lambda: self._bridge.say(_("No birds seen: saved"), undo=True))

    # -- where one counts --------------------------------------------------------------------------------------

    def _move(self, place: Tally, *, close: bool = False, begun: bool = False) -> None:
        """Count at another place of the sheet from now on; it is remembered."""
        survey = self.survey
        if survey is None:
            return
        elsewhere = (place.sector, place.flock) != (self.place.sector, self.place.flock)
        self.place = place
        if elsewhere or begun:
            self.sampling = bool(self.totals.sample.get((place.sector, place.flock)))
            self.stack.setCurrentIndex(SAMPLE if self.sampling else TRACE)
        if self.flock.text() != place.flock:
            self.flock.setText(place.flock)
            self.flock.setCursorPosition(0)
        self.show_totals()

        def work() -> None:
            if close:
                taps.close(self._library, survey)
            tally_read.remember(self._library, survey, place)

        self._act(work)

    def go_to_sector(self, place: int) -> None:
        """Count in another sector; the taps of the one before become counts."""
        if self.sheet is None:
            return
        sector = self.sheet.sectors[place % len(self.sheet.sectors)][0]
        if sector != self.place.sector:
            self.back_to_counting()
            self._move(replace(self.place, sector=sector, flock=""), close=True)

    def step_sector(self, step: int) -> None:
        """Go to the next or the last sector."""
        if self.sheet is not None:
            at = [one for one, _name in self.sheet.sectors].index(self.place.sector)
            self.go_to_sector(at + step)

    def next_flock(self) -> None:
        """Count another flock; its name tells where and when, so that no other flock is taken for it."""
        if self.sheet is None:
            return
        zone = datetime.timezone(datetime.timedelta(minutes=self.sheet.utc_offset))
        now = datetime.datetime.fromtimestamp(self._library.now_ms() / 1000, zone)
        where = dict(self.sheet.sectors).get(self.place.sector, "") or self.sheet.title.partition(" · ")[0]
        name, n = f"{where} {now:%H:%M}", 1
        while name in self.totals.flocks(self.place.sector) or name == self.place.flock:
            n += 1
            name = f"{where} {now:%H:%M} ({n})"
        self._move(replace(self.place, flock=name), close=True)

    def no_flock(self) -> None:
        """Count birds of no flock again."""
        if self.place.flock:
            self._move(replace(self.place, flock=""), close=True)

    def _name_flock(self, name: str) -> None:
        if name.strip() != self.place.flock:
            self._move(replace(self.place, flock=name.strip()), close=True)

    def next_stage(self) -> None:
        """Count birds of the next age from now on."""
        self._move(replace(self.place, stage=after(STAGES, self.place.stage)))

    def next_sex(self) -> None:
        """Count birds of the other sex from now on."""
        self._move(replace(self.place, sex=after(SEX, self.place.sex)))

    # -- the right side ----------------------------------------------------------------------------------------

    def ask_species(self) -> None:
        """Search a species."""
        self._turn(SEARCH)

    def ask_estimate(self) -> None:
        """Ask for a block and how many of them."""
        self._turn(ESTIMATE)

    def ask_rings(self) -> None:
        """Ask for rings and flags."""
        self._turn(RINGS)

    def begin_sample(self) -> None:
        """Count a part of a mixed flock from now on; again: give the number of all its birds."""
        if not self.sampling:
            self.sampling = True
            self.show_totals()
            self.stack.setCurrentIndex(SAMPLE)
            self.sample.begin()
            self.setFocus()
            return
        self._turn(SAMPLE)

    def share_out(self, of: int) -> None:
        """Spread the flock over the species of its sample."""
        survey, sector, flock = self.survey, self.place.sector, self.place.flock
        if survey is None:
            return
        self._act(lambda: taps.finish_sample(self._library, survey, sector, flock, of), self._sampled)

    def keep_sample(self) -> None:
        """Take the birds looked at as counted."""
        survey, sector, flock = self.survey, self.place.sector, self.place.flock
        if survey is None:
            return
        self._act(lambda: taps.keep_sample(self._library, survey, sector, flock), self._sampled)

    def _sampled(self) -> None:
        self.sampling = False
        self.back_to_counting()
        self.show_totals()

    def _turn(self, page: int) -> None:
        self.stack.setCurrentIndex(page)
        shown = self.stack.currentWidget()
        if isinstance(shown, Fields):
            shown.begin()

    def back_to_counting(self) -> None:
        """Show the trace again and take the keyboard back."""
        if self.sampling and self.stack.currentIndex() != SAMPLE:
            self.stack.setCurrentIndex(SAMPLE)
        elif not self.sampling:
            self.stack.setCurrentIndex(TRACE)
        self.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        """In a low window the keys on the screen give way to what is asked: the keyboard has the same ones."""
        lowest = self.height() < _LOWEST
        self.pad.lay_flat(self.height() < _LOW)
        self.pad.setHidden(lowest)
        self.tools.setHidden(lowest and self.stack.currentIndex() != TRACE)

    # -- keys --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
            return
        key, text = event.key(), event.text()
        moves = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        if text.isdecimal():
            self._type(str(int(text)))
        elif key == Qt.Key.Key_Space:
            self.add(1)
        elif text in ("-", "−"):
            self.add(-1)
        elif text == "+":
            self.add(1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_flock()
        elif key == Qt.Key.Key_Backspace:
            self.take_back()
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.step_sector(1 if key == Qt.Key.Key_PageDown else -1)
        elif key in moves:
            beside = self.tiles.beside(self.place.taxon, *moves[Qt.Key(key)])
            if beside is not None:
                self.choose(beside)
        elif taxon := self.tiles.of_key(large_buttons.letter_of(text)):
            self.tap_species(taxon)
        else:
            super().keyPressEvent(event)

    def _pad(self, what: str) -> None:
        there = QApplication.focusWidget()
        if isinstance(there, QLineEdit) and self.isAncestorOf(there):
            if what == "enter":
                there.returnPressed.emit()
            elif what == "back":
                there.backspace()
            else:
                there.insert(what)
            return
        if what == "enter":
            self.close_flock()
        elif what == "back":
            self.take_back()
        else:
            self._type(what)

    def _type(self, what: str) -> None:
        self.pending = self.pending[:-1] if what == "back" else (self.pending + what)[:_MOST_DIGITS]
        self._show_pending()

    def _take_pending(self) -> int | None:
        typed, self.pending = self.pending, ""
        self._show_pending()
        return int(typed) if typed else None

    def _show_pending(self) -> None:
        self.pending_word.setText(f"+ {number(int(self.pending))}" if self.pending else "")
        self.pending_word.setVisible(bool(self.pending))

    # -- showing -----------------------------------------------------------------------------------------------

    def show_totals(self) -> None:
        """Draw what is on the disk."""
        if self.sheet is None:
            return
        place, totals = self.place, self.totals
        found = totals.sample.get((place.sector, place.flock), {})
        self.sample.show_found(found)
        birds = found if self.sampling else totals.by_taxon(place.sector)
        self.tiles.show_birds(birds, place.taxon, self.sampling)
        kept = totals.kept.get(place, Kept())
        asked = questions(self.sheet.history, place.taxon, totals.of_survey(place.taxon)) if place.taxon else []
        self.trace.show_kept(place.taxon, kept, self._where(), asked, self.sheet.utc_offset)
        if self.sampling and self.stack.currentIndex() == TRACE:
            self.stack.setCurrentIndex(SAMPLE)
        if self.sectors is not None:
            at = [one for one, _name in self.sheet.sectors].index(place.sector)
            self.sectors.tick(at)
            for nth, (sector, name) in enumerate(self.sheet.sectors):
                in_it = totals.of_sector(sector)
                word = name or _("Whole site")
                self.sectors.rename(nth, f"{word} · {number(in_it)}" if in_it else word)
        self.age_button.setText(with_key(chosen(_("Age"), LIFE_STAGES, place.stage), "F7"))
        self.sex_button.setText(with_key(chosen(_("Sex"), SEXES, place.sex), "F8"))
        words = [
            ngettext("{n} bird", "{n} birds", totals.birds).format(n=number(totals.birds)),
            ngettext("{n} species", "{n} species", totals.species).format(n=number(totals.species)),
        ]
        if totals.no_birds and not totals.birds:
            words = [_("No birds seen")]
        self.told.emit(self.sheet.title, ", ".join(words))

    def _where(self) -> str:
        return sub_totals(self.sheet, self.place, self.totals) if self.sheet is not None else ""

    def commands(self, back: Command) -> list[Command]:
        """What can be done on the sheet; ``back`` leads out of it."""
        return sheet_commands(self, back)

    def leave_panel(self) -> None:
        """Leave a panel without taking what it says; a sample that was not begun is forgotten."""
        if self.sampling and not self.totals.sample.get((self.place.sector, self.place.flock)):
            self.sampling = False
        self.back_to_counting()
        self.show_totals()
