"""Before a card is emptied: which card, where its camera hung, what its clock was set to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import ingest_preview
from ranger_app.actions.ingest_place import IngestRequest
from ranger_app.actions.ingest_preview import Found, Proposal
from ranger_app.domain.fields import Field, Type
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.values import parse
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.media import volumes
from ranger_app.media.volumes import Volume
from ui.bridge import Bridge
from ui.numbers import number, size
from ui.problems import worded
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.choose import choose_folder
from ui.widgets.coordinate_field import CoordinateField
from ui.widgets.field_editors import FieldEditor
from ui.widgets.text import breakable, label, muted

POLL_MS = 3000
MOST_DRIVES = 4


class CardChoice(Card):
    """Step 1: the cards plugged in, or any folder. ``found(Found)`` once it was looked through."""

    found = Signal(object)
    wanted = Signal(object)

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self.folder: Path | None = None
        self.what: Found | None = None
        self._drives: list[Volume] = []
        self._asking = False
        self._asked = 0
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("1", "step"))
        head.addWidget(label(_("Which card"), "section"))
        head.addStretch(1)
        self.body.addLayout(head)
        self.list = QVBoxLayout()
        self.list.setSpacing(4)
        self.body.addLayout(self.list)
        self.choose = button(_("Choose a folder"), self.choose_folder, icon="folder", key="Ctrl+O")
        line = QHBoxLayout()
        line.addWidget(self.choose)
        line.addStretch(1)
        self.body.addLayout(line)
        self.place = label("", "strong", wrap=True)
        self.body.addWidget(self.place)
        self.words = muted("")
        self.body.addWidget(self.words)
        self.body.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)
        self._show_drives()

    def choose_folder(self) -> None:
        """Let the person point at a folder."""
        choose_folder(self, _("The card or the folder with its pictures"), self.take, start=self.folder)

    def take(self, folder: Path) -> None:
        """Look through ``folder``."""
        self.folder, self.what = folder, None
        self._asked += 1
        asked = self._asked
        self.place.setText(breakable(folder))
        self.words.setText(_("Looking through it …"))
        self.wanted.emit(folder)
        self._bridge.run(
            lambda _cancel: ingest_preview.look_through(self._library, folder),
            lambda what: self._looked(asked, what),
            lambda error: self._failed(asked, error),
            owner=self,
        )

    def forget(self) -> None:
        """No card is chosen any more."""
        self.folder = self.what = None
        self._asked += 1
        self.place.setText("")
        self.words.setText("")
        self._show_drives()

    def _looked(self, asked: int, what: Found) -> None:
        if asked != self._asked:
            return
        self.what = what
        self.words.setText(found_words(what))
        self.found.emit(what)

    def _failed(self, asked: int, error: BaseException) -> None:
        if asked != self._asked:
            return
        problem = worded(error)
        self.words.setText(f"{problem.what} {problem.todo}")
        self.found.emit(None)

    # -- cards plugged in --------------------------------------------------------------------------------------

    def _look(self) -> None:
        if not self._asking:
            self._asking = True
            self._bridge.run(lambda _cancel: volumes.removable(), self._drives_found, self._drives_failed, owner=self)

    def _drives_failed(self, _error: BaseException) -> None:
        self._asking = False

    def _drives_found(self, drives: list[Volume]) -> None:
        self._asking = False
        if [one.path for one in drives] != [one.path for one in self._drives]:
            self._drives = drives
            self._show_drives()

    def _show_drives(self) -> None:
        while (item := self.list.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for one in self._drives[:MOST_DRIVES]:
            words = _("{name} · {size} used").format(name=one.name, size=size(one.total - one.free))
            self.list.addWidget(button(words, partial(self.take, one.path), icon="camera"))
        if not self._drives:
            self.list.addWidget(muted(_("Put the card in the reader; it appears here. Or choose a folder.")))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()


def found_words(what: Found) -> str:
    """What a folder holds, in a sentence or two."""
    if not what.pictures and not what.videos:
        return _("There are no pictures or videos in it.")
    parts = []
    if what.pictures:
        parts.append(ngettext("{n} picture", "{n} pictures", what.pictures).format(n=number(what.pictures)))
    if what.videos:
        parts.append(ngettext("{n} video", "{n} videos", what.videos).format(n=number(what.videos)))
    parts.append(size(what.bytes))
    lines = [" · ".join(parts)]
    if what.first:
        lines.append(span(what.first, what.last))
    elif what.pictures:
        lines.append(_("The first and the last picture hold no date. Dates are offered after copying."))
    if what.serial_number:
        lines.append(_("camera {number}").format(number=what.serial_number))
    if what.unread:
        other = ngettext("{n} other file is left where it is", "{n} other files are left where they are", what.unread)
        lines.append(other.format(n=number(what.unread)))
    return "\n".join(lines)


def span(first: str, last: str) -> str:
    """From when to when, local times as stored."""
    start, end = first.replace("T", " "), last.replace("T", " ")
    return start if first == last else _("{first} to {last}").format(first=start, last=end)


class PlaceChoice(Card):
    """Step 2: a known location by name, or a new one with its coordinates; the deployment and the camera's clock."""

    edited = Signal()

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self._known: list[str] = []
        self._proposals: tuple[Proposal, ...] = ()
        self._put = ""
        """The name that was proposed; what a person typed is never exchanged for it."""
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("2", "step"))
        head.addWidget(label(_("Where it hung"), "section"))
        head.addStretch(1)
        self.body.addLayout(head)
        self.location = QLineEdit()
        self.location.setPlaceholderText(_("Type a few letters, or a new name"))
        self.location.setAccessibleName(_("Location"))
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(10)
        completer.activated.connect(lambda _text: QTimer.singleShot(0, self, self._typed))
        self.location.setCompleter(completer)
        self.location.textChanged.connect(lambda _text: self._typed())
        caption = label(_("Location"), "muted")
        caption.setBuddy(self.location)
        self.body.addWidget(caption)
        self.body.addWidget(self.location)
        self.hint = muted("")
        self.body.addWidget(self.hint)
        self._others = QVBoxLayout()
        self._others.setSpacing(4)
        self.body.addLayout(self._others)
        self.where = CoordinateField(bridge, required=True)
        self.offset = FieldEditor(kind_named("deployment").field("utc_offset"))
        self.offset.put(library.station.utc_offset)
        self.deployment = QComboBox()
        self.deployment.setAccessibleName(_("Deployment"))
        self.deployment.activated.connect(lambda _index: self.edited.emit())
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        self.where.edited.connect(self.edited)
        grid.addWidget(self.where, 0, 0, 1, 2)
        self._which = QWidget()
        column = QVBoxLayout(self._which)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        caption = label(_("Deployment"), "muted")
        caption.setBuddy(self.deployment)
        column.addWidget(caption)
        column.addWidget(self.deployment)
        grid.addWidget(self._which, 1, 0, 1, 2)
        grid.addWidget(self.offset, 2, 0)
        for place in (0, 1):
            grid.setColumnStretch(place, 1)
        self.offset.edited.connect(self.edited)
        self.body.addLayout(grid)
        self.body.addWidget(muted(_("The offset is the one the camera's clock was set to.")))
        self.body.addStretch(1)
        self._typed()

    def refresh(self) -> None:
        """Read the known locations."""
        self._bridge.run(lambda _cancel: ingest_preview.locations(self._library), self._offer, owner=self)

    def _offer(self, names: Sequence[str]) -> None:
        self._known = list(names)
        self._names.setStringList(self._known)
        self._typed()

    @property
    def name(self) -> str:
        """The location typed."""
        return self.location.text().strip()

    @property
    def known(self) -> bool:
        """Whether the location is one of the library's."""
        return self.name in self._known

    def put(self, name: str) -> None:
        """Fill in a location, as a person would."""
        self._put = ""
        self.location.setText(name)

    def propose(self, proposals: Sequence[Proposal]) -> None:
        """Fill in the first place a card seems to belong to, with its reason, unless a person typed one already."""
        self._proposals = tuple(proposals)
        if self.name in ("", self._put):
            self._put = self._proposals[0].location if self._proposals else ""
            self.location.setText(self._put)
        self._typed()

    def _proposed(self) -> Proposal | None:
        return next((one for one in self._proposals if one.location == self.name), None)

    def _offer_others(self) -> None:
        while (item := self._others.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for one in self._proposals:
            if one.location != self.name:
                self._others.addWidget(button(_("Or {place}").format(place=one.location), partial(self._take, one)))
                self._others.addWidget(muted(one.reason))

    def _take(self, one: Proposal) -> None:
        self._put = one.location
        self.location.setText(one.location)
        self.location.setFocus()

    def _typed(self) -> None:
        name, known = self.name, self.known
        proposal = self._proposed()
        self._offer_others()
        self.where.setVisible(bool(name) and not known)
        self._which.setVisible(known)
        if not name:
            self.hint.setText(_("{n} locations are known.").format(n=number(len(self._known))) if self._known else "")
        elif proposal is not None:
            self.hint.setText(_("Proposed: {reason}").format(reason=proposal.reason))
        elif known:
            self.hint.setText(_("A known location."))
        else:
            self.hint.setText(_("A new location: give its coordinates once, WGS 84."))
        if known:
            self._bridge.run(
                lambda _cancel: ingest_preview.deployments_at(self._library, name),
                lambda found: self._offer_deployments(name, found),
                owner=self,
            )
        self.edited.emit()

    def _offer_deployments(self, name: str, found: Sequence[tuple[bytes, str]]) -> None:
        if name != self.name:
            return
        self.deployment.clear()
        self.deployment.addItem(_("A new one from these pictures"), None)
        proposal = self._proposed()
        for record, title in found:
            self.deployment.addItem(title, record)
            if proposal is not None and record == proposal.deployment:
                self.deployment.setCurrentIndex(self.deployment.count() - 1)

    def request(self, folder: Path) -> IngestRequest | None:
        """What to ingest; None where something is missing, which then has the keyboard and says so."""
        if not self.name:
            self.hint.setText(_("Say where the camera hung."))
            self.location.setFocus()
            return None
        latitude: int | None = None
        longitude: int | None = None
        if not self.known:
            try:
                latitude, longitude = self.where.value()
            except ValueError as error:
                self.where.say(str(error))
                self.where.control.setFocus()
                return None
            self.where.say("")
        try:
            offset = parse(Field("offset", "", Type.OFFSET), self.offset.typed())
        except ValueError as error:
            self.offset.say(str(error))
            self.offset.control.setFocus()
            return None
        self.offset.say("")
        deployment = self.deployment.currentData() if self.known else None
        return IngestRequest(
            folder,
            self.name,
            latitude,
            longitude,
            offset if isinstance(offset, int) else self._library.station.utc_offset,
            deployment if isinstance(deployment, bytes) else None,
        )
