"""Empty a card: choose it, say where its camera hung, watch it go on, read what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QMargins, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ranger_app.actions import deployment_list
from ranger_app.actions.ingest import FIRST_FILES, IngestReport, ingest
from ranger_app.actions.ingest_place import IngestRequest
from ranger_app.actions.ingest_preview import Found
from ranger_app.actions.take_back import take_back
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge, Running
from ui.camera_traps.ingest_choice import CardChoice, PlaceChoice
from ui.camera_traps.ingest_list import IngestList
from ui.camera_traps.ingest_result import IngestResult, reviewed
from ui.camera_traps.side_by_side import SideBySide
from ui.commands import Command, key_text
from ui.numbers import number, time_left
from ui.problems import worded
from ui.widgets.banner import Banner
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import label, muted

POLL_MS = 200
_START, _RUNNING, _REPORT = range(3)


class IngestPage(QWidget):
    """``review_wanted(deployment id)`` after it is done; ``closed`` when the person goes back."""

    review_wanted = Signal(object)
    closed = Signal()
    changed = Signal()
    """Another step is reached: the heading says so."""

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self.running: Running | None = None
        self.report: IngestReport | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area = ScrolledColumn(QMargins(theme.OUTSIDE, 0, theme.OUTSIDE, theme.BETWEEN))
        outer.addWidget(area)
        column = area.column
        column.setSpacing(theme.BETWEEN)
        self._banners = QVBoxLayout()
        column.addLayout(self._banners)
        self.card = CardChoice(library, bridge)
        self.place = PlaceChoice(library, bridge)
        self._steps = SideBySide(760)
        self._steps.add(self.card, 1)
        self._steps.add(self.place, 1)
        column.addWidget(self._steps)
        self.stack = QStackedWidget()
        self.result = IngestResult(library, bridge, self.review, self.another, self.take_back)
        self._step_pages = [self._start_card(), self._running_card(), self.result]
        for page in self._step_pages:
            self.stack.addWidget(page)
        column.addWidget(self.stack, 1)
        self.card.found.connect(self._found)
        self.card.wanted.connect(lambda _folder: self._ready())
        self.place.edited.connect(self._ready)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._ready()

    # -- building ----------------------------------------------------------------------------------------------

    def _start_card(self) -> QWidget:
        card = Card()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label("3", "step"))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(_("Copy and check"), "section"))
        self.ready = muted("")
        words.addWidget(self.ready)
        row.addLayout(words, 1)
        self.start_button = primary(_("Start copying"), self.start, key="Ctrl+Return")
        row.addWidget(self.start_button)
        card.body.addLayout(row)
        card.body.addWidget(muted(_("Ranger only reads the card. Every file is copied, read back and compared.")))
        self.before = IngestList(self._library, self._bridge, _("Emptied before"), most=3, with_place=True)
        self.before.continue_wanted.connect(self.go_on)
        self.before.taken_back.connect(self.before.read)
        return _at_top(card, self.before)

    def _running_card(self) -> QWidget:
        card = Card()
        self.progress_title = label("", "section", wrap=True)
        card.body.addWidget(self.progress_title)
        self.figure = label("", "figure")
        card.body.addWidget(self.figure)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        card.body.addWidget(self.bar)
        row = QHBoxLayout()
        self.progress_words = muted("")
        row.addWidget(self.progress_words, 1)
        self.cancel_button = button(_("Cancel"), self.cancel, key="Ctrl+Backspace")
        row.addWidget(self.cancel_button)
        card.body.addLayout(row)
        row = QHBoxLayout()
        self.look_button = primary(_("Review the first pictures"), self.look, key="Ctrl+Return")
        row.addWidget(self.look_button)
        row.addStretch(1)
        card.body.addLayout(row)
        card.body.addWidget(muted(_("You can go on working meanwhile. What is done is safe, even if the power fails.")))
        return _at_top(card)

    # -- going about -------------------------------------------------------------------------------------------

    def begin(self, folder: str = "") -> None:
        """Start anew, with a card if one is given; work under way goes on being shown."""
        self.place.refresh()
        self.before.read()
        if self.running is not None and not self.running.finished:
            return
        self._banner()
        self.start_button.setText(_("Start copying") + "   " + key_text("Ctrl+Return"))
        self._show(_START)
        self.report = None
        self.card.forget()
        self.place.propose(())
        if folder:
            self.card.take(Path(folder))
        self._ready()

    def go_on(self, ingest_id: str) -> None:
        """Take up an interrupted ingest: the same folder, the same place."""
        found = next(
            (one for one in deployment_list.ingests(self._library, unfinished=True) if one.id == ingest_id), None
        )
        if found is None:
            self.begin()
            return
        self.begin(found.folder)
        self.place.put(found.place)

    def _show(self, page: int) -> None:
        self.stack.setCurrentIndex(page)
        for place, one in enumerate(self._step_pages):
            # Only the step shown takes room: the others would make the page scroll for nothing.
            shown = QSizePolicy.Policy.Preferred if place == page else QSizePolicy.Policy.Ignored
            one.setSizePolicy(QSizePolicy.Policy.Preferred, shown)
        self._steps.setVisible(page == _START)
        self.changed.emit()

    @property
    def page(self) -> str:
        """Which step is shown: start, running or report."""
        return ("start", "running", "report")[self.stack.currentIndex()]

    def _found(self, what: Found | None) -> None:
        self.place.propose(what.proposals if what is not None else ())
        self._ready()
        if what is not None and (what.pictures or what.videos):
            (self.place.location if not self.place.name else self.start_button).setFocus()

    def _ready(self) -> None:
        what, name = self.card.what, self.place.name
        files = what.pictures + what.videos if what is not None else 0
        if self.card.folder is None:
            words = _("First choose a card.")
        elif what is None:
            words = self.card.words.text()
        elif not files:
            words = _("There is nothing to copy in this folder.")
        elif not name:
            words = _("Now say where the camera hung.")
        else:
            words = ngettext("{n} file to {place}", "{n} files to {place}", files).format(n=number(files), place=name)
        self.ready.setText(words)
        self.start_button.setEnabled(bool(files and name))

    def start_focus(self) -> QWidget:
        """Where the keyboard goes: the next thing to do."""
        if self.page == "running":
            return self
        if self.page == "report":
            return self.result.start_focus()
        if self.card.folder is None:
            return self.card.choose
        return self.start_button if self.start_button.isEnabled() else self.place.location

    def commands(self) -> list[Command]:
        """The keys of the step shown."""
        group = _("Empty a card")
        if self.page == "running":
            return [
                Command("ingest.look", _("Review the first pictures"), self.look, "Ctrl+Return", group=group),
                Command("ingest.cancel", _("Cancel"), self.cancel, "Ctrl+Backspace", group=group),
            ]
        if self.page == "report":
            return [
                Command("ingest.review", _("Review these pictures"), self.review, "Ctrl+Return", group=group),
                Command(
                    "ingest.date",
                    _("Take these dates"),
                    self.result.undated.take,
                    "Ctrl+D",
                    group=group,
                    enabled=lambda: self.result.undated.offered,
                ),
                Command("ingest.another", _("Empty another card"), self.another, "Ctrl+N", group=group),
                Command("ingest.back", _("Take back this ingest"), self.take_back, "Ctrl+Backspace", group=group),
            ]
        return [
            Command("ingest.folder", _("Choose a folder"), self.card.choose_folder, "Ctrl+O", group=group),
            Command("ingest.start", _("Start copying"), self.start, "Ctrl+Return", group=group),
        ]

    def state(self) -> dict[str, Any]:
        """The card and the place typed so far."""
        return {"folder": str(self.card.folder or ""), "place": self.place.name}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up the card and the place again."""
        self.begin(state["folder"])
        self.place.put(state["place"])

    # -- work --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Copy what was found."""
        if self.page != "start" or self.card.folder is None or not self.start_button.isEnabled():
            return
        request = self.place.request(self.card.folder)
        if request is not None:
            self.run(request)

    def run(self, request: IngestRequest) -> None:
        """Ingest ``request``, shown here and in the bottom line."""
        self._banner()
        title = _("Card from {place}").format(place=request.location)
        self.progress_title.setText(title)
        self._show(_RUNNING)
        self.cancel_button.setEnabled(True)
        self.look_button.setEnabled(False)
        self.setFocus()
        self.running = self._bridge.run(
            lambda cancel: ingest(self._library, request, cancel), self._done, self._failed, owner=self, title=title
        )
        if not self.running.finished:
            self._poll()
            self._timer.start()

    def cancel(self) -> None:
        """Stop after the file under way; what is done stays."""
        if self.running is not None and not self.running.finished:
            self.running.cancel.cancel()
            self.cancel_button.setEnabled(False)
            self._poll()

    def _poll(self) -> None:
        running = self.running
        if running is None or running.finished:
            self._timer.stop()
            return
        progress = running.progress
        done, total = (progress.done, progress.total) if progress is not None else (0, 0)
        self.figure.setText(_("{done} of {total}").format(done=number(done), total=number(total)) if total else "…")
        self.look_button.setEnabled(done >= FIRST_FILES)
        self.bar.setValue(done * 1000 // total if total else 0)
        words = [progress.note if progress is not None else ""]
        left = running.seconds_left()
        if running.cancel.cancelled:
            words = [_("Stopping after this file")]
        elif left is not None:
            words.insert(0, time_left(left))
        self.progress_words.setText(" · ".join(word for word in words if word))

    def _done(self, report: IngestReport) -> None:
        self._timer.stop()
        self.report = report
        self.result.show_report(report)
        self._show(_REPORT)
        if self.isVisible():
            self.result.start_focus().setFocus()
        n = report.stored
        if n:
            self._bridge.say(ngettext("{n} picture is safe.", "{n} pictures are safe.", n).format(n=number(n)))

    def _failed(self, error: BaseException) -> None:
        self._timer.stop()
        problem = worded(error)
        self._show(_START)
        self._banner(Banner(problem.what, problem.todo, close=_("Close")))
        if self.card.folder is not None:
            self.start_button.setText(_("Go on") + "   " + key_text("Ctrl+Return"))
        self._ready()

    def _banner(self, banner: Banner | None = None) -> None:
        while (item := self._banners.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        if banner is not None:
            self._banners.addWidget(banner)

    # -- afterwards --------------------------------------------------------------------------------------------

    def review(self) -> None:
        """Show what came in, those to review first."""
        deployment = reviewed(self.report) if self.report is not None else None
        if deployment is not None:
            self.review_wanted.emit(deployment)

    def look(self) -> None:
        """Show what is in the library already while the rest is copied."""
        folder = str(self.card.folder.expanduser().resolve()) if self.card.folder is not None else ""

        def begun() -> bytes | None:
            unfinished = deployment_list.ingests(self._library, unfinished=True)
            return next((one.deployment for one in unfinished if one.folder == folder), None)

        if self.look_button.isEnabled():
            self._bridge.run(lambda _cancel: begun(), self._look_at, owner=self)

    def _look_at(self, deployment: bytes | None) -> None:
        if deployment is not None:
            self.review_wanted.emit(deployment)

    def another(self) -> None:
        """The next card, at another place."""
        self.place.put("")
        self.begin()

    def take_back(self) -> None:
        """The wrong card or the wrong place: take all of it back."""
        if self.report is not None:
            ingest_id = self.report.ingest_id
            self.result.back_button.setEnabled(False)
            self._bridge.act(
                lambda _cancel: take_back(self._library, ingest_id), self._taken_back, self._kept, owner=self
            )

    def _taken_back(self, n: int) -> None:
        self.result.back_button.setEnabled(True)
        words = ngettext("Took back {n} picture.", "Took back {n} pictures.", n)
        self._bridge.say(words.format(n=number(n)), undo=True)
        self.begin()

    def _kept(self, error: BaseException) -> None:
        self.result.back_button.setEnabled(True)
        problem = worded(error)
        self._banner(Banner(problem.what, problem.todo, close=_("Close")))


def _at_top(*cards: Card) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.BETWEEN)
    for card in cards:
        column.addWidget(card)
    column.addStretch(1)
    return page
