"""The list of pairs something was said of, under a heading for each state; and what contradicts itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ranger_app.actions.same_animal import Listed
from ranger_app.domain import taxa
from ranger_app.i18n import _, language
from ranger_app.library import Library
from ui import theme
from ui.camera_traps.animals.small_pictures import BOX, draw_cut
from ui.camera_traps.compare.found import STATES, Found, Wrong, word_line
from ui.numbers import number
from ui.widgets.origin_mark import origin_mark
from ui.widgets.thumbs import Thumbs

_Index = QModelIndex | QPersistentModelIndex
_HEAD, _LINE, _GAP = 40, 68, 10
_ROOM_FOR_PICTURES = 440
_SIGNS = {"agreed": "=", "different": "≠"}
"""Between the two codes; where a word is lacking or against another one it is "?"."""


@dataclass(frozen=True, slots=True)
class Row:
    """A heading (a code of STATES), a pair, or a contradiction. ``id`` is the same when it is read again."""

    id: bytes
    state: str
    number: int = 0
    said: Listed | None = None
    wrong: Wrong | None = None

    @property
    def is_heading(self) -> bool:
        """Whether it only names the group below it."""
        return self.said is None and self.wrong is None

    @property
    def pair(self) -> tuple[bytes, bytes]:
        """The two animals it is about."""
        if self.said is not None:
            return self.said.one, self.said.other
        assert self.wrong is not None
        return self.wrong.between


def rows_of(found: Found) -> list[Row]:
    """What stands in the list, in the order of STATES; groups without anything are left out."""
    made: list[Row] = []
    for state in STATES:
        lines = [
            Row(one.one + one.other, state, said=one)
            for one in found.said.values()
            if found.state(one.one, one.other) == state
        ]
        if state == "contradiction":
            # What is wrong first, then the pairs it rests on: one of them is to be taken back.
            lines = [Row(b"!" + b"".join(one.between), state, wrong=one) for one in found.wrong] + lines
        if lines:
            count = sum(one.wrong is not None for one in lines) or len(lines)
            made += [Row(state.encode(), state, count), *lines]
    return made


class JoinsModel(QAbstractListModel):
    """The rows and what is needed to draw them."""

    def __init__(self, library: Library, parent: QWidget) -> None:
        super().__init__(parent)
        self.library = library
        self.rows: list[Row] = []
        self.found: Found | None = None
        self.pictures: Mapping[bytes, str] = {}

    def take(self, found: Found, pictures: Mapping[bytes, str]) -> None:
        """Show these."""
        self.beginResetModel()
        self.found, self.pictures, self.rows = found, pictures, rows_of(found)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if self.rows[index.row()].is_heading:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.words(self.rows[index.row()])
        return None

    def words(self, row: Row) -> str:
        """A row as somebody would read it aloud."""
        if row.is_heading or self.found is None:
            return f"{_(STATES[row.state][0])} · {number(row.number)}"
        if row.wrong is not None:
            return row.wrong.words
        one, other = (self.found.title(animal) for animal in row.pair)
        return f"{one} {_SIGNS.get(row.state, '?')} {other} · {self.below(row)}"

    def below(self, row: Row) -> str:
        """The second line: who said what."""
        assert self.found is not None
        if row.wrong is not None:
            return row.wrong.words
        said = row.said.said if row.said is not None else ()
        return "; ".join(word_line(one, self.library.station.utc_offset) for one in said)

    def species(self, row: Row) -> str:
        """The species in the language in use."""
        entry = self.found.entries.get(row.pair[0]) if self.found is not None else None
        return taxa.name(entry.taxon, language()) if entry is not None and entry.taxon else ""


class _Drawn(QStyledItemDelegate):
    """Draws a row: both pictures and codes, the species, who said what."""

    def __init__(self, view: JoinsList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        row = self._view.joins.rows[index.row()]
        return QSize(200, _HEAD if row.is_heading else _LINE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = self._view.joins.rows[index.row()]
        rect = QRect(option.rect)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.is_heading:
            self._heading(painter, rect, row)
        else:
            if self._view.currentIndex().row() == index.row():
                painter.fillRect(rect, theme.colour("selection"))
            self._line(painter, rect.adjusted(_GAP, 0, -_GAP, 0), row)
        painter.restore()

    def _heading(self, painter: QPainter, rect: QRect, row: Row) -> None:
        word, tone = STATES[row.state]
        colour = {"own": "accent", "neutral": "text"}.get(tone, tone)
        painter.setFont(_bold(painter))
        painter.setPen(theme.colour(colour))
        place = rect.adjusted(_GAP, 8, -_GAP, 0)
        painter.drawText(place, int(_LEFT | Qt.AlignmentFlag.AlignVCenter), f"{_(word)} · {number(row.number)}")
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _line(self, painter: QPainter, rect: QRect, row: Row) -> None:
        left = rect.left()
        top = rect.top() + (rect.height() - BOX.height()) // 2
        if rect.width() >= _ROOM_FOR_PICTURES:
            for animal in row.pair:
                self._picture(painter, QRect(left, top, BOX.width(), BOX.height()), animal)
                left += BOX.width() + 4
            left += _GAP
        words = QRect(left, top, rect.right() - left, BOX.height() // 2)
        found = self._view.joins.found
        assert found is not None
        plain, bold = QFont(painter.font()), _bold(painter)
        painter.setPen(theme.colour("text"))
        for place, animal in enumerate(row.pair):
            entry = found.entries.get(animal)
            sign = origin_mark(entry is not None and entry.mine)
            painter.drawPixmap(words.left(), words.center().y() - 5, sign)
            painter.setFont(bold)
            title = found.title(animal)
            room = words.adjusted(18, 0, 0, 0)
            painter.drawText(room, int(_LEFT | Qt.AlignmentFlag.AlignVCenter), title)
            words.setLeft(room.left() + painter.fontMetrics().horizontalAdvance(title) + 10)
            if place == 0:
                between = QRect(words.left(), words.top(), 22, words.height())
                painter.drawText(between, Qt.AlignmentFlag.AlignCenter, _SIGNS.get(row.state, "?"))
                words.setLeft(between.right() + 10)
        painter.setFont(plain)
        painter.setPen(theme.colour("muted"))
        _elided(painter, words.adjusted(6, 0, 0, 0), self._view.joins.species(row))
        below = QRect(left, top + BOX.height() // 2, rect.right() - left, BOX.height() // 2)
        if row.wrong is not None:
            painter.setPen(theme.colour("problem"))
        _elided(painter, below, self._view.joins.below(row))

    def _picture(self, painter: QPainter, place: QRect, animal: bytes) -> None:
        sha256 = self._view.joins.pictures.get(animal)
        picture = self._view.thumbs.get(sha256) if sha256 else None
        if sha256 and not self._view.thumbs.known(sha256):
            self._view.lack(sha256)
        draw_cut(painter, place, picture)


_LEFT = Qt.AlignmentFlag.AlignLeft


def _bold(painter: QPainter) -> QFont:
    made = QFont(painter.font())
    made.setBold(True)
    return made


def _elided(painter: QPainter, place: QRect, words: str) -> None:
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, int(_LEFT | Qt.AlignmentFlag.AlignVCenter), shown)


class JoinsList(QListView):
    """``opened(row)`` on Enter or double click, ``chosen(row or None)`` when another one is current."""

    opened = Signal(object)
    chosen = Signal(object)

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.joins = JoinsModel(library, self)
        self.thumbs = Thumbs(library.folder, self)
        self.destroyed.connect(self.thumbs.stop)
        self.thumbs.loaded.connect(lambda _sha256: self.viewport().update())
        self._awaited: bytes | None = None
        self._missing: list[str] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._want)
        self.setModel(self.joins)
        self.setItemDelegate(_Drawn(self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("Statements on two animals"))
        self.selectionModel().currentChanged.connect(lambda *_rows: self.chosen.emit(self.row()))
        self.doubleClicked.connect(lambda _index: self._open())

    def show_found(self, found: Found, pictures: Mapping[bytes, str]) -> None:
        """Show these; the chosen row stays where it is still there, else the one that took its place."""
        row, place = self.row(), self.currentIndex().row()
        before, self._awaited = self._awaited or (row.id if row is not None else None), None
        self.joins.take(found, pictures)
        same = next((n for n, one in enumerate(self.joins.rows) if one.id == before), None)
        self.choose(same if same is not None else max(0, place))

    def await_row(self, record: bytes | None) -> None:
        """Choose the row with this id when it is read."""
        self._awaited = record

    def choose(self, place: int) -> None:
        """Choose the row there, or the nearest one that is no heading."""
        rows: Sequence[Row] = self.joins.rows
        lines = [n for n, row in enumerate(rows) if not row.is_heading]
        if lines:
            self.setCurrentIndex(self.joins.index(min(lines, key=lambda n: (abs(n - place), n))))
        self.chosen.emit(self.row())

    def row(self) -> Row | None:
        """The chosen row."""
        place = self.currentIndex().row()
        return self.joins.rows[place] if 0 <= place < len(self.joins.rows) else None

    def lack(self, sha256: str) -> None:
        """A preview in sight is not here yet."""
        self._missing.append(sha256)
        self._soon.start()

    def _want(self) -> None:
        ratio = self.devicePixelRatioF()
        self.thumbs.resize(QSize(round(96 * ratio), round(72 * ratio)), 4 * max(1, self.height() // _LINE))
        self.thumbs.want(list(dict.fromkeys(reversed(self._missing))))
        self._missing = []

    def _open(self) -> None:
        row = self.row()
        if row is not None and not row.is_heading:
            self.opened.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            super().keyPressEvent(event)
