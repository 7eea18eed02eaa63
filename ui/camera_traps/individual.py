"""One known animal: its form, and the pictures that show its flanks."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ranger_app.changes import Changes
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import rows
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.side_by_side import SideBySide
from ui.widgets.card import Card
from ui.widgets.form import RecordForm
from ui.widgets.text import label, muted
from ui.widgets.thumbs import read_picture

FLANKS = ("left_picture", "right_picture", "face_picture", "tail_picture")
_PICTURE = QSize(220, 160)
WIDE = 900
"""From this width on the pictures stand beside the form."""


class IndividualPage(QWidget):
    """One animal: its form, and the pictures that show its flanks."""

    saved = Signal(object)

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setProperty("role", "body")
        area.setWidget(inner)
        outer.addWidget(area)
        around = QVBoxLayout(inner)
        around.setContentsMargins(theme.OUTSIDE, 0, theme.OUTSIDE, theme.BETWEEN)
        row = SideBySide(WIDE)
        around.addWidget(row)
        left = Card()
        self.form = RecordForm(library, bridge, "individual", columns=2)
        self.form.saved.connect(self._saved)
        left.body.addWidget(self.form)
        row.add(left, 5)
        beside = QWidget()
        right = QVBoxLayout(beside)
        right.setContentsMargins(0, 0, 0, 0)
        self.pictures = Card(_("Pictures that show it"))
        grid = QGridLayout()
        grid.setSpacing(12)
        kind = kind_named("individual")
        self._frames: dict[str, QLabel] = {}
        for place, name in enumerate(FLANKS):
            box = QVBoxLayout()
            frame = QLabel()
            frame.setFixedSize(_PICTURE)
            frame.setAlignment(Qt.AlignmentFlag.AlignCenter)
            frame.setProperty("role", "key")
            frame.setWordWrap(True)
            self._frames[name] = frame
            box.addWidget(frame)
            box.addWidget(label(_(kind.field(name).label), "muted"))
            grid.addLayout(box, place // 2, place % 2)
        self.pictures.body.addLayout(grid)
        self.pictures.body.addWidget(
            muted(_("A flank is never matched to the other one; a missing picture only means that none is known."))
        )
        right.addWidget(self.pictures)
        right.addStretch(1)
        row.add(beside, 4)

    @property
    def record(self) -> bytes | None:
        """The animal shown, None for a new one."""
        return self.form.record

    def name(self) -> str:
        """Code and name of the animal shown, empty for a new one."""
        with self._library.read() as db:
            found = rows.get(db, "individual", self.record) if self.record else None
        return " ".join(part for part in (found.text("code"), found.text("name")) if part) if found else ""

    def open(self, record: bytes | None) -> None:
        """Show an animal, or an empty form."""
        self.form.open_record(record)
        self._show_pictures()
        self.form.setFocus()

    def refresh(self, changes: Changes) -> None:
        """Show again what changed."""
        self.form.refresh(changes)
        if "individual" in changes.kinds:
            self._show_pictures()

    def _saved(self, record: bytes) -> None:
        self._show_pictures()
        self.saved.emit(record)

    def _show_pictures(self) -> None:
        record = self.record
        self.pictures.setVisible(record is not None)
        with self._library.read() as db:
            found = rows.get(db, "individual", record) if record else None
            for name, frame in self._frames.items():
                frame.setPixmap(QPixmap())
                frame.setText(_("no picture"))
                media = found[name] if found is not None else None
                row = db.conn.execute("SELECT sha256 FROM media WHERE id=? AND deleted=0", (media,)).fetchone()
                if row and row[0]:
                    self._load(record, str(row[0]), frame)

    def _load(self, record: bytes | None, sha256: str, frame: QLabel) -> None:
        def read(_cancel: object) -> Any:
            path = thumbs.thumbnail(self._library.folder, sha256)
            return read_picture(path, _PICTURE) if path is not None else None

        self._bridge.run(read, partial(self._show, record, frame), lambda _error: None, owner=self)

    def _show(self, record: bytes | None, frame: QLabel, image: Any) -> None:
        if record == self.record and image is not None and not image.isNull():
            frame.setPixmap(QPixmap.fromImage(image))

    def state(self) -> dict[str, Any]:
        """What was typed and not saved."""
        return self.form.state()
