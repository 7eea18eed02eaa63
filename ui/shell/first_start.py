"""The first page: everything a new station must say, on one page, and nothing it can say later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from ranger_app.actions import records, recovery
from ranger_app.actions.backup import SUFFIX
from ranger_app.actions.restore import restoring
from ranger_app.errors import RangerError, UsageProblem
from ranger_app.i18n import LANGUAGES, _
from ranger_app.jobs import Job
from ranger_app.library import DATABASE, Library
from ui import theme
from ui.bridge import Bridge, Running
from ui.countries import COUNTRIES, OFFSETS, usual_offset
from ui.numbers import number, offset
from ui.preferences import Preferences
from ui.problems import worded
from ui.shell.recover_card import RecoverCard
from ui.widgets.banner import Banner
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.choose import choose_file, choose_folder
from ui.widgets.text import breakable, label, muted

_KEYS_GONE = ("KEYS_DAMAGED", "KEYS_OF_ANOTHER_STATION")
"""What only the recovery sheet mends; without one there is still the newest backup."""


class FirstStart(QWidget):
    """Makes a library and its first person, opens another one, or makes the demo; ``made(Library)`` when it is open."""

    made = Signal(object)
    dressed = Signal()
    """The language was changed in the preferences: dress the application anew."""

    def __init__(self, folder: Path, kept: Preferences, problem: RangerError | None = None) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.folder = folder
        self.kept = kept
        self.problem = problem
        self.bridge = Bridge()
        self.bridge.problem.connect(self._failed)
        self.resize(1366, 768)
        self.setMinimumSize(900, 500)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._content: QWidget | None = None
        self.backup: Path | None = None
        """The backup that waits for its passphrase."""
        self._running: Running | None = None
        self._poll = QTimer(self)
        self._poll.setInterval(300)
        self._poll.timeout.connect(self._tell)
        self._sheet = False
        """The recovery sheet is typed in place of the passphrase."""
        self._typed = ("", "", "RU", 600)
        self._build(*self._typed)

    def _build(self, station: str, person: str, country: str, utc_offset: int) -> None:
        self.setWindowTitle("Ranger")
        if self._content is not None:
            self._content.hide()
            self._content.deleteLater()
        area = QScrollArea()
        area.setWidgetResizable(True)
        self._content = area
        inner = QWidget()
        inner.setProperty("role", "body")
        row = QHBoxLayout(inner)
        row.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(theme.BETWEEN)
        row.addLayout(column)
        row.addStretch(1)
        column.addStretch(1)
        column.addWidget(label(_("Welcome to Ranger"), "title"))
        hint = _("One page, then you can work. All of it can be changed later in Settings.")
        column.addWidget(label(hint, "sentence"))
        self._messages = QVBoxLayout()
        column.addLayout(self._messages)
        self.progress = muted("")
        self.progress.hide()
        column.addWidget(self.progress)
        if self.problem is not None:
            self._messages.addWidget(Banner(self.problem.what, self.problem.todo, "attention"))
        self.recovering: RecoverCard | None = None
        if self._sheet or (self.problem is not None and self.problem.code in _KEYS_GONE):
            self.recovering = RecoverCard(self._recover, self._leave_sheet)
            column.addWidget(self.recovering)
            column.addStretch(2)
            area.setWidget(inner)
            self._outer.addWidget(area)
            self.recovering.lines.setFocus()
            return
        if self.problem is not None and self.problem.code.startswith("PASSPHRASE"):
            column.addWidget(self._passphrase_card())
            column.addStretch(2)
            area.setWidget(inner)
            self._outer.addWidget(area)
            self.passphrase.setFocus()
            return
        card = Card()
        card.setFixedWidth(620)
        self.card = card
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.language = QComboBox()
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
        self.language.setCurrentIndex(max(0, self.language.findData(self.kept.language)))
        self.language.activated.connect(lambda _index: self._speak(str(self.language.currentData())))
        self.station = QLineEdit(station)
        self.station.setPlaceholderText(_("for example Khasan station"))
        self.country = QComboBox()
        for code, name in COUNTRIES.items():
            self.country.addItem(f"{_(name)} ({code})", code)
        self.country.setCurrentIndex(max(0, self.country.findData(country)))
        self.country.activated.connect(self._country_chosen)
        self.offset = QComboBox()
        for minutes in OFFSETS:
            self.offset.addItem(offset(minutes), minutes)
        self.offset.setCurrentIndex(max(0, self.offset.findData(utc_offset)))
        self.person = QLineEdit(person)
        self.person.setPlaceholderText(_("a name or a code"))
        for words, widget in (
            (_("Language"), self.language),
            (_("Name of the station"), self.station),
            (_("Country"), self.country),
            (_("Hours from UTC"), self.offset),
            (_("Your name"), self.person),
        ):
            caption = label(words)
            caption.setBuddy(widget)
            widget.setAccessibleName(words)
            form.addRow(caption, widget)
        card.body.addLayout(form)
        self.place = muted(_("The library will lie in {folder}").format(folder=breakable(self.folder)))
        card.body.addWidget(self.place)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.start = primary(_("Start working"), self._make, key="Ctrl+Return")
        self.start.setShortcut("Ctrl+Return")
        buttons.addWidget(self.start)
        buttons.addWidget(button(_("Choose another folder"), self._choose, role="quiet"))
        buttons.addStretch(1)
        card.body.addSpacing(4)
        card.body.addLayout(buttons)
        column.addWidget(card)
        other = Card(_("Or look around first"))
        other.setFixedWidth(620)
        other.body.addWidget(muted(_("The demo library holds a made-up season: pictures, patrols and counts.")))
        others = QHBoxLayout()
        others.setSpacing(8)
        self.demo = button(_("Open the demo library"), self._demo)
        others.addWidget(self.demo)
        others.addWidget(button(_("Open a library"), self._open_other))
        others.addWidget(button(_("Bring back a backup"), self._restore))
        others.addStretch(1)
        other.body.addLayout(others)
        column.addWidget(other)
        column.addStretch(2)
        area.setWidget(inner)
        self._outer.addWidget(area)
        self.station.setFocus()

    def _passphrase_card(self) -> Card:
        card = Card(_("Open the backup") if self.backup else _("Open the library"))
        card.setFixedWidth(620)
        card.body.addWidget(muted(breakable(self.backup or self.folder)))
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setPlaceholderText(_("Passphrase"))
        self.passphrase.setAccessibleName(_("Passphrase"))
        self.passphrase.returnPressed.connect(self._unlock)
        card.body.addWidget(self.passphrase)
        row = QHBoxLayout()
        row.addWidget(primary(_("Open"), self._unlock, key="Return"))
        row.addWidget(button(_("I have the recovery sheet"), self.show_sheet))
        if self.backup is not None:
            row.addWidget(button(_("Back"), self._leave_backup, role="quiet"))
        row.addStretch(1)
        card.body.addLayout(row)
        return card

    # -- acts --------------------------------------------------------------------------------------------------

    def _speak(self, code: str) -> None:
        self.kept.language = code
        self.kept.save()
        QTimer.singleShot(0, self, self._again)

    def _again(self) -> None:
        self.dressed.emit()
        self._typed = (
            self.station.text(), self.person.text(), str(self.country.currentData()), int(self.offset.currentData())
        )  # fmt: skip
        self._build(*self._typed)

    def _country_chosen(self) -> None:
        usual = usual_offset(str(self.country.currentData()))
        if usual is not None:
            self.offset.setCurrentIndex(max(0, self.offset.findData(usual)))

    def _choose(self) -> None:
        choose_folder(self, _("Folder for the library"), self._take_folder, start=self.folder.parent)

    def _take_folder(self, folder: Path) -> None:
        empty = not folder.is_dir() or not any(folder.iterdir())
        self.folder = folder if empty or (folder / DATABASE).is_file() else folder / "Ranger"
        self.place.setText(_("The library will lie in {folder}").format(folder=breakable(self.folder)))

    def _make(self) -> None:
        station, person = self.station.text().strip(), self.person.text().strip()
        for text, field, what in (
            (station, self.station, _("The station has no name.")),
            (person, self.person, _("Your name is missing.")),
        ):
            if not text:
                field.setFocus()
                self._failed(UsageProblem("NAME_MISSING", what, _("Give it a name.")))
                return
        country, minutes = str(self.country.currentData()), int(self.offset.currentData())
        self._work(lambda: make_library(self.folder, station, country, minutes, person))

    def _open_other(self) -> None:
        choose_folder(self, _("Folder of the library"), self._open_in, start=self.folder.parent)

    def _open_in(self, folder: Path) -> None:
        self.folder, self.backup = folder, None
        self._work(lambda: Library.open(folder))

    def _unlock(self) -> None:
        passphrase = self.passphrase.text()
        if self.backup is not None:
            self._bring_back(self.backup, passphrase)
            return
        self._work(lambda: Library.open(self.folder, passphrase=passphrase))

    def show_sheet(self) -> None:
        """Ask for the recovery sheet in place of the passphrase."""
        self._sheet = True
        self._build(*self._typed)

    def _leave_sheet(self) -> None:
        if self.problem is not None and self.problem.code in _KEYS_GONE:
            self.problem = None
        self._sheet = False
        self._build(*self._typed)

    def _recover(self, text: str, passphrase: str | None) -> None:
        backup = self.backup
        if backup is not None:
            self._work(lambda: _restored(self.folder, backup, passphrase, text))
            return
        self._work(lambda: recovered(self.folder, text, passphrase))

    def _restore(self) -> None:
        choose_file(
            self,
            _("Backup to bring back"),
            self._bring_back,
            f"*{SUFFIX}",
            start=self.folder.parent,
        )

    def _bring_back(self, file: Path, passphrase: str | None = None) -> None:
        self.backup = file
        self._work(lambda: _restored(self.folder, file, passphrase))

    def _leave_backup(self) -> None:
        self.backup = self.problem = None
        self._build(*self._typed)

    def _demo(self) -> None:
        folder = self.folder.parent / "Ranger demo"
        self.demo.setText(_("Making the demo library …"))
        self._work(lambda: open_demo(folder))

    def _work(self, make: Callable[[], Library | Job[Library]]) -> None:
        self.setEnabled(False)
        self._poll.start()
        self._running = self.bridge.run(lambda _cancel: make(), self.made.emit, self._failed, owner=self)

    def _tell(self) -> None:
        """Say how far a long work is; short ones say nothing."""
        at = self._running.progress if self._running is not None and not self._running.finished else None
        self.progress.setVisible(at is not None)
        if at is not None:
            of = _("{note}: {done} of {total} MB").format(note=at.note, done=number(at.done), total=number(at.total))
            self.progress.setText(of if at.total else f"{at.note} …")

    def _failed(self, error: BaseException) -> None:
        self.setEnabled(True)
        self._poll.stop()
        self.progress.hide()
        problem = worded(error)
        if self.recovering is not None:
            self.recovering.say(error)
            return
        if problem.code in ("PASSPHRASE_NEEDED", *_KEYS_GONE) and isinstance(error, RangerError):
            self.problem = error
            self._again()
            return
        if not (self.problem is not None and self.problem.code.startswith("PASSPHRASE")):
            self.demo.setText(_("Open the demo library"))
            self.backup = None
        while item := self._messages.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self._messages.addWidget(Banner(problem.what, problem.todo))


def _restored(folder: Path, file: Path, passphrase: str | None, sheet: str | None = None) -> Job[Library]:
    """Records and keys; the originals are brought back in the window, while people can work already.

    With the recovery ``sheet`` as typed, ``passphrase`` is the new one.
    """
    keys = recovery.keys_of(sheet) if sheet is not None else None
    return (yield from restoring(folder, file, passphrase, recovered=keys, bring=False)).library


def recovered(folder: Path, text: str, passphrase: str | None) -> Library:
    """Make the key file again from the recovery sheet as typed, then open the library."""
    recovery.recover(folder, text, passphrase)
    return Library.open(folder, passphrase=passphrase)


def make_library(folder: Path, station: str, country: str, utc_offset: int, person: str) -> Library:
    """Make a library and its first person, a manager, who is then working."""
    library = Library.create(folder, name=station, country=country, utc_offset=utc_offset)
    try:
        library.person = records.add(library, "person", {"name": person, "role": "manager", "active": 1})
    except BaseException:
        library.close()
        raise
    return library


def open_demo(folder: Path) -> Library:
    """Open the demo library in ``folder``, made if it is not there."""
    from ranger_app.demo import season

    found = sorted(one.parent for one in folder.glob(f"*/{DATABASE}"))
    return Library.open(found[0] if found else season.make(folder)[0])
