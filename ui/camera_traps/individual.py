"""One known animal: its form, and the pictures that show its flanks."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout

from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import gallery, rows
from ui.bridge import Bridge
from ui.camera_traps.form_page import FormPage
from ui.widgets.card import Card
from ui.widgets.text import label, muted
from ui.widgets.thumbs import read_picture

FLANKS = ("left_picture", "right_picture", "face_picture", "tail_picture")
_PICTURE = QSize(220, 160)


class IndividualPage(FormPage):
    """One animal: its form, and the pictures that show its flanks."""

    kind = "individual"
    kinds = frozenset({"individual"})

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge)
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
        self.beside.addWidget(self.pictures)
        self.beside.addStretch(1)

    def name(self) -> str:
        """Code and name of the animal shown, empty for a new one."""
        found = self._found()
        return " ".join(part for part in (found.text("code"), found.text("name")) if part) if found else ""

    def _show_rest(self) -> None:
        record = self.record
        self.pictures.setVisible(record is not None)
        with self._library.read() as db:
            found = rows.get(db, "individual", record) if record else None
            for name, frame in self._frames.items():
                frame.setPixmap(QPixmap())
                frame.setText(_("no picture"))
                media = found[name] if found is not None else None
                picture = gallery.picture_of(db, media) if isinstance(media, bytes) else None
                if picture:
                    self._load(record, picture, frame)

    def _load(self, record: bytes | None, sha256: str, frame: QLabel) -> None:
        def read(_cancel: object) -> Any:
            path = thumbs.thumbnail(self._library.folder, sha256)
            return read_picture(path, _PICTURE) if path is not None else None

        self._bridge.run(read, partial(self._show, record, frame), lambda _error: None, owner=self)

    def _show(self, record: bytes | None, frame: QLabel, image: Any) -> None:
        if record == self.record and image is not None and not image.isNull():
            frame.setPixmap(QPixmap.fromImage(image))
