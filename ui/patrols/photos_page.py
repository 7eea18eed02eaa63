"""Photos of a patrol: when and where each was taken, what it shows, and the clock of the camera set by one of them."""

from __future__ import annotations

from pathlib import Path
from textwrap import shorten
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import patrol_finds, patrol_photos, patrol_write
from ranger_app.actions.listing import Line
from ranger_app.actions.patrol_days import clock
from ranger_app.actions.patrol_photos import GPS, TRACK, WAYPOINT, Photo, PhotosTaken, ShiftSeen
from ranger_app.actions.patrol_places import Spot
from ranger_app.actions.patrol_read import PatrolPage
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.media import thumbs as previews
from ui import theme
from ui.bridge import Bridge
from ui.numbers import number
from ui.patrols.sketch_view import SketchView
from ui.problems import worded
from ui.widgets.buttons import button, primary
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.choose import choose_folder
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label
from ui.widgets.thumbs import read_picture

BOX = QSize(96, 64)
_ROW = 72
_IN_A_CELL = 22
_EMPTY = 230
"""Pixels for the sentence and the button of an empty list."""
PICTURE, TIME, WHERE = range(3)


class PhotosModel(LinesModel):
    """A small picture in the first column."""

    def __init__(self) -> None:
        super().__init__([_("Photo"), _("Time"), _("Place")], [False] * 3)
        self.pictures: dict[bytes, QPixmap] = {}

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.column() == PICTURE:
            line = self.lines[index.row()]
            if role == Qt.ItemDataRole.DecorationRole:
                return self.pictures.get(line.id)
            if role == Qt.ItemDataRole.DisplayRole and line.id in self.pictures:
                return ""
        return super().data(index, role)

    def picture(self, media: bytes, image: QImage) -> None:
        """Show a preview that was read."""
        self.pictures[media] = QPixmap.fromImage(image)
        row = self.row_of(media)
        if row >= 0:
            cell = self.index(row, PICTURE)
            self.dataChanged.emit(cell, cell)


class PhotosPage(QWidget):
    """Photos of the patrol last shown."""

    counted = Signal(int)
    changed = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._page: PatrolPage | None = None
        self._photos: list[Photo] = []
        self._asked = 0
        self._seen: ShiftSeen | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.summary = label("", "sentence", wrap=True)
        column.addWidget(self.summary)
        self.model = PhotosModel()
        self.table = LineTable(
            bridge,
            self.model,
            lambda: [],
            (),
            EmptyState(
                _("No photos yet. Take them from the phone or the camera's card: the track says where they belong."),
                _("Take photos"),
                self.take,
                icon="camera",
                key="H",
            ),
            with_filter=False,
        )
        self.table.view.setAccessibleName(_("Photos"))
        self.table.view.setIconSize(BOX)
        self.table.view.verticalHeader().setDefaultSectionSize(_ROW)
        self.table.selected.connect(lambda _id: self._selected())
        self.table.opened.connect(lambda _id: self.ask_find())
        beside = QHBoxLayout()
        beside.setSpacing(theme.BETWEEN)
        beside.addWidget(self.table, 5)
        self.sketch = SketchView()
        self.sketch.take_points()
        self.sketch.pointed.connect(self._pointed)
        self.sketch.setMinimumWidth(150)
        self.sketch.hide()
        beside.addWidget(self.sketch, 3)
        column.addLayout(beside, 1)
        self.row = QWidget()
        row = QHBoxLayout(self.row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(button(_("Take photos"), self.take, key="H", icon="add"))
        row.addWidget(button(_("What it shows"), self.ask_find, key="Return", role="quiet"))
        row.addWidget(button(_("Set the clock by it"), self.ask_clock, key="C", role="quiet"))
        row.addStretch(1)
        column.addWidget(self.row)
        column.addWidget(self._find_row())
        column.addWidget(self._clock_row())
        self.setFocusProxy(self.table)

    def _find_row(self) -> QWidget:
        self.choosing = QWidget()
        row = QHBoxLayout(self.choosing)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label(_("It shows"), "muted"))
        self.finds = ChoiceBox()
        self.finds.setAccessibleName(_("The find that the photo shows"))
        self.finds.setMinimumContentsLength(20)
        row.addWidget(self.finds, 1)
        row.addWidget(primary(_("Say so"), self.show_find, key="Ctrl+S"))
        row.addWidget(button(_("Not now"), self._close_rows, key="Esc", role="quiet"))
        self.choosing.hide()
        return self.choosing

    def _clock_row(self) -> QWidget:
        self.setting = QWidget()
        column = QVBoxLayout(self.setting)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label(_("This photo was taken at"), "muted"))
        self.true = QLineEdit()
        self.true.setPlaceholderText(_("14:05, or a place in degrees"))
        self.true.setAccessibleName(_("The time or the place at which the photo was taken"))
        self.true.textEdited.connect(lambda _text: self._forget())
        self.true.returnPressed.connect(self._entered)
        row.addWidget(self.true, 2)
        self.places = ChoiceBox()
        self.places.setAccessibleName(_("The find at which the photo was taken"))
        self.places.setMinimumContentsLength(12)
        self.places.activated.connect(lambda _index: self._at_find())
        row.addWidget(self.places, 2)
        column.addLayout(row)
        self.outlook = label("", "strong", wrap=True)
        column.addWidget(self.outlook)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        self.preview_button = button(_("See what comes of it"), self.preview, key="Return")
        self.take_button = primary(_("Move all photos so"), self.shift, key="Return")
        acts.addWidget(self.preview_button)
        acts.addWidget(self.take_button)
        acts.addWidget(button(_("Not now"), self._close_rows, key="Esc", role="quiet"))
        acts.addStretch(1)
        column.addLayout(acts)
        self.setting.hide()
        return self.setting

    # -- showing -----------------------------------------------------------------------------------------------

    def hasHeightForWidth(self) -> bool:
        return False  # the list gives way to wrapped lines, not the whole screen

    def show_page(self, page: PatrolPage) -> None:
        """Show the photos of ``page``."""
        if self._page is None or page.record.id != self._page.record.id:
            self._close_rows(focus=False)
            self.model.pictures.clear()
        self._page = page
        self.sketch.show_sketch(page.sketch, page.origin is None or page.origin.own)
        self._asked += 1
        asked, patrol, trace = self._asked, page.record.id, page.trace

        def read(_cancel: object) -> list[Photo]:
            with self._library.read() as db:
                return patrol_photos.photos(db, patrol, trace=trace)

        self._bridge.run(read, lambda found: self._show(asked, found), owner=self)

    def _show(self, asked: int, found: list[Photo]) -> None:
        if asked != self._asked or self._page is None:
            return
        self._photos = found
        self._show_photos(found)
        self.table.setMinimumHeight(0 if found else _EMPTY)
        self.sketch.setVisible(bool(found) and not self._page.sketch.empty)
        self._selected()
        self.row.setVisible(bool(found) and self.choosing.isHidden() and self.setting.isHidden())
        self.counted.emit(len(found))
        wanted = [(one.id, one.sha256) for one in found if one.sha256 and one.id not in self.model.pictures]
        cache = self._library.folder

        def pictures(_cancel: object) -> list[tuple[bytes, QImage]]:
            return [(media, _picture(cache, sha256)) for media, sha256 in wanted]

        if wanted:
            self._bridge.run(pictures, self._take_pictures, owner=self)

    def _show_photos(self, found: list[Photo]) -> None:
        page = self._page
        if page is None:
            return
        words = {one.find: one.texts[patrol_finds.WHAT] for one in page.finds if one.find}
        offset = patrol_write.offset_of(page.record)
        several = len({patrol_photos.local_text(one, offset)[:10] for one in found if one.at is not None}) > 1
        self.table.show_lines([_line(one, offset, words, several) for one in found])
        if found and self.table.current() is None:
            self.table.choose(found[0].id)
        nowhere = sum(one.spot is None for one in found)
        seconds = patrol_photos.shift_of(page.record)
        parts = []
        if seconds:
            parts.append(_("Clock moved by {time}.").format(time=_shift_text(seconds)))
        if nowhere:
            parts.append(
                ngettext(
                    "{n} photo has no place: the track says nothing of its time.",
                    "{n} photos have no place: the track says nothing of their time.",
                    nowhere,
                ).format(n=number(nowhere))
            )
        self.summary.setText(" ".join(parts))
        self.summary.setVisible(bool(parts))

    def _selected(self) -> None:
        """Show on the sketch where the chosen photo was taken."""
        photo, page = self.current(), self._page
        places = []
        if photo is not None and photo.spot is not None and page is not None and not page.sketch.empty:
            places = [page.sketch.metres(photo.spot.latitude / 1e7, photo.spot.longitude / 1e7)]
        self.sketch.light(places)
        self.changed.emit()

    def _pointed(self, latitude: float, longitude: float) -> None:
        """The chosen photo was taken here: see what that says of the clock."""
        if self.current() is None:
            return
        if self.setting.isHidden():
            self.ask_clock()
        spot = Spot(round(latitude * 10**7), round(longitude * 10**7))
        self.true.setText(f"{latitude:.5f}, {longitude:.5f}")
        self._compute(spot=spot)

    def _take_pictures(self, found: list[tuple[bytes, QImage]]) -> None:
        for media, image in found:
            if not image.isNull():
                self.model.picture(media, image)

    def current(self) -> Photo | None:
        """The chosen photo, as it would be under the shift that is looked at."""
        chosen = self.table.current()
        photos = self._photos if self._seen is None else self._seen.after
        return next((one for one in photos if one.id == chosen), None)

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self._asking():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._asking():
            self._close_rows()
        else:
            super().keyPressEvent(event)

    def _asking(self) -> bool:
        return not (self.choosing.isHidden() and self.setting.isHidden())

    # -- taking ------------------------------------------------------------------------------------------------

    def take(self) -> None:
        """Choose the folder or card with the photos."""
        if self._page is not None:
            choose_folder(self, _("Choose the folder with the photos"), lambda folder: self.take_files([folder]))

    def take_files(self, paths: list[Path]) -> None:
        """Take these photos and all in these folders."""
        if self._page is None:
            return
        library, patrol = self._library, self._page.record.id
        self._bridge.run(
            lambda cancel: patrol_photos.attach(library, patrol, paths, cancel=cancel),
            self._taken,
            owner=self,
            title=_("Photos of the patrol"),
        )

    def _taken(self, report: PhotosTaken) -> None:
        taken = report.stored + report.linked
        words = ngettext("Took {n} photo", "Took {n} photos", taken).format(n=number(taken))
        if report.failed:
            failed = len(report.failed)
            words += " · " + ngettext("{n} file not taken: {why}", "{n} files not taken: {why}", failed).format(
                n=number(failed), why=report.failed[0].reason
            )
        self._bridge.say(words, undo=taken > 0)

    # -- what it shows -----------------------------------------------------------------------------------------

    def ask_find(self) -> None:
        """Choose the find that the photo shows; the nearest in time stands first."""
        photo, page = self.current(), self._page
        if photo is None or page is None:
            return
        self._close_rows(focus=False)
        self.finds.clear()
        self.finds.addItem(_("nothing in particular"), None)
        finds = [one for one in page.finds if one.find]
        if photo.at is not None:
            finds.sort(key=lambda one: abs((one.at or 1 << 62) - (photo.at or 0)))
        for one in finds:
            self.finds.addItem(f"{one.texts[patrol_finds.TIME]}  {one.texts[patrol_finds.WHAT]}".strip(), one.find)
        place = self.finds.findData(photo.find) if photo.find else min(1, self.finds.count() - 1)
        self.finds.setCurrentIndex(max(0, place))
        self.row.hide()
        self.choosing.show()
        self.finds.setFocus()

    def show_find(self) -> None:
        """Write down what the photo shows."""
        photo, find, library = self.current(), self.finds.currentData(), self._library
        if photo is None or self.choosing.isHidden():
            return
        media = photo.id
        words = _("Photo joined to the find") if find else _("Photo set free")
        self._bridge.act(
            lambda _cancel: patrol_photos.show_at(library, media, None, find),
            lambda _changes: self._bridge.say(words, undo=True),
            owner=self,
        )
        self._close_rows()

    # -- the clock ---------------------------------------------------------------------------------------------

    def ask_clock(self) -> None:
        """Ask when or where the chosen photo was taken."""
        photo, page = self.current(), self._page
        if photo is None or page is None:
            return
        self._close_rows(focus=False)
        self.true.clear()
        self.places.clear()
        self.places.addItem(_("or at this find"), None)
        for one in page.finds:
            if not one.together and (one.at is not None or one.latitude is not None):
                words = f"{one.texts[patrol_finds.TIME]}  {one.texts[patrol_finds.WHAT]}".strip()
                self.places.addItem(words, one.waypoint)
        self._forget()
        self.row.hide()
        self.setting.show()
        self.true.setFocus()

    def _forget(self) -> None:
        self._seen = None
        self.places.setCurrentIndex(0)
        self._told("")

    def _told(self, sentence: str) -> None:
        self.outlook.setText(sentence)
        self.outlook.setVisible(bool(sentence))
        self.preview_button.setVisible(self._seen is None)
        self.take_button.setVisible(self._seen is not None)

    def _entered(self) -> None:
        if self._seen is None:
            self.preview()
        else:
            self.shift()

    def _at_find(self) -> None:
        waypoint = self.places.currentData()
        if waypoint is not None:
            self.true.clear()
            self._compute(waypoint=waypoint)

    def preview(self) -> None:
        """Say what the time or place would do to all photos; nothing is written."""
        text = self.true.text().strip()
        if not text:
            self.true.setFocus()
            return
        if clock(text) is not None or len(text) == 16:
            self._compute(time=text)
        else:
            self._compute(place=text)

    def _compute(self, **known: Any) -> None:
        photo, page, library = self.current(), self._page, self._library
        if photo is None or page is None:
            return
        media, patrol = photo.id, page.record.id

        def work(_cancel: object) -> ShiftSeen:
            return patrol_photos.preview(library, patrol, patrol_photos.shift_by(library, media, **known))

        self._bridge.run(work, self._previewed, self._refused, owner=self)

    def _previewed(self, seen: ShiftSeen) -> None:
        self._seen = seen
        total = len(seen.after)
        words = _("All photos move by {time}. Then {n} of {total} have a place; now it is {before}.").format(
            time=_shift_text(seen.seconds),
            n=number(seen.placed_after),
            total=number(total),
            before=number(seen.placed_before),
        )
        self._show_photos(seen.after)
        self._selected()
        self._told(words)
        self.true.setFocus()

    def _refused(self, error: BaseException) -> None:
        problem = worded(error)
        self._seen = None
        self._told(f"{problem.what} {problem.todo}")
        self.true.setFocus()

    def shift(self) -> None:
        """Move all photos as previewed."""
        seen, page, library = self._seen, self._page, self._library
        if seen is None or page is None:
            return
        patrol, seconds = page.record.id, seen.seconds
        self._bridge.act(
            lambda _cancel: patrol_photos.set_shift(library, patrol, seconds),
            lambda _changes: self._bridge.say(_("Photos moved by {time}").format(time=_shift_text(seconds)), undo=True),
            owner=self,
        )
        self._seen = None
        self._close_rows()

    def _close_rows(self, *, focus: bool = True) -> None:
        if self._seen is not None:
            self._seen = None
            self._show_photos(self._photos)
        self.choosing.hide()
        self.setting.hide()
        self.row.setVisible(bool(self._photos))
        if focus:
            self.table.setFocus()


def _picture(folder: Path, sha256: str) -> QImage:
    try:
        path = previews.thumbnail(folder, sha256)
    except (OSError, ValueError):
        path = None
    return read_picture(path, BOX) if path is not None else QImage()


def _line(one: Photo, offset: int, words: dict[bytes, str], several: bool) -> Line:
    time = patrol_photos.local_text(one, offset)
    if one.spot is None:
        where = _("no place") if one.at is not None else _("no time")
    else:
        off = "" if one.spot.uncertainty is None else " " + _("± {n} m").format(n=number(one.spot.uncertainty))
        told = {GPS: _("from the photo"), WAYPOINT: _("at the find"), TRACK: _("on the track")}[one.source]
        where = f"{told}{off}"
    if one.find in words:
        where = f"◆ {shorten(words[one.find], _IN_A_CELL, placeholder=' …')}"
    texts = (one.file_name, time[5:16] if several else time[11:], where)
    keys = ((1, one.file_name.casefold()), (0, 1 << 62 if one.at is None else one.at), (1, where))
    return Line(one.id, texts, keys)


def _shift_text(seconds: int) -> str:
    """+1 h 05 min, −40 s: how far a clock is moved."""
    sign = "−" if seconds < 0 else "+"
    whole = abs(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    parts = []
    if hours:
        parts.append(_("{n} h").format(n=number(hours)))
    if minutes:
        parts.append(_("{n} min").format(n=minutes))
    if rest or not parts:
        parts.append(_("{n} s").format(n=rest))
    return sign + " ".join(parts)
