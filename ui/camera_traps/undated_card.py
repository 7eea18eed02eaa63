"""Pictures that came without a date: file time or a typed one is offered, and what would come of it shown first."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ranger_app.actions import undated
from ranger_app.actions.undated import Outcome, Undated
from ranger_app.changes import Changes
from ranger_app.domain.fields import Field, Type
from ranger_app.domain.values import parse
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.ingest_choice import span
from ui.camera_traps.side_by_side import SideBySide
from ui.numbers import number
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.segments import Segments
from ui.widgets.text import label, muted

BY_FILE, TYPED = range(2)
_PAUSE_MS = 150
_OURS = ("undo", "redo", undated.LABEL)


class UndatedCard(Card):
    """Shown while an ingest or a deployment has undated pictures.

    ``counted(paths)`` says which are undated whenever that is read.
    """

    counted = Signal(object)

    def __init__(self, library: Library, bridge: Bridge, *, with_key: bool = False) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self._ingest: str | None = None
        self._deployment: bytes | None = None
        self._asked = 0
        self.pictures: list[Undated] = []
        self.outcome: Outcome | None = None
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_PAUSE_MS)
        self._typing.timeout.connect(self._show_range)
        self.title = label("", "section", wrap=True)
        self.body.addWidget(self.title)
        self.body.addWidget(
            muted(_("Ranger invents no date. Without one they stay undated and take part in no analysis by time."))
        )
        row = SideBySide(spacing=12)
        self.how = Segments([_("Time of the file"), _("A typed time")])
        self.how.chosen.connect(lambda _index: self._turned())
        row.add(self.how)
        self.time = QLineEdit()
        self.time.setPlaceholderText("2026-01-31 14:05")
        self.time.setAccessibleName(_("A typed time"))
        self.time.setMaximumWidth(220)
        self.time.textChanged.connect(lambda _text: self._typing.start())
        self.time.returnPressed.connect(self.take)
        row.add(self.time)
        end = QWidget()
        right = QHBoxLayout(end)
        right.setContentsMargins(0, 0, 0, 0)
        right.addStretch(1)
        self.button = button(_("Take these dates"), self.take, key="Ctrl+D" if with_key else "")
        right.addWidget(self.button)
        row.add(end, 1)
        self.body.addWidget(row)
        self.range = label("", "strong", wrap=True)
        self.body.addWidget(self.range)
        self.remark = muted("")
        self.body.addWidget(self.remark)
        self.warning = label("", "warning", wrap=True)
        self.body.addWidget(self.warning)
        bridge.changed.connect(self._changed)
        self.hide()

    def show_of(self, *, ingest: str | None = None, deployment: bytes | None = None) -> None:
        """Look for undated pictures of an ingest or of a deployment; without either nothing is shown."""
        self._ingest, self._deployment = ingest or None, deployment
        self._read()

    def _read(self) -> None:
        self._asked += 1
        asked, ingest, deployment = self._asked, self._ingest, self._deployment

        def found() -> list[Undated]:
            with self._library.read() as db:
                return list(undated.undated(db, ingest=ingest, deployment=deployment))

        self._bridge.run(lambda _cancel: found(), lambda pictures: self._offer(asked, pictures), owner=self)

    def _changed(self, changes: Changes) -> None:
        if (self._ingest or self._deployment) and changes.label in _OURS and "media" in changes.kinds:
            self._read()

    def _offer(self, asked: int, pictures: list[Undated]) -> None:
        if asked != self._asked:
            return
        self.pictures = pictures
        n = len(pictures)
        self.title.setText(ngettext("{n} picture has no date", "{n} pictures have no date", n).format(n=number(n)))
        self.setVisible(n > 0)
        if n:
            self._turned()
        self.counted.emit({one.file for one in pictures})

    def _turned(self) -> None:
        typed = self.how.index == TYPED
        self.time.setVisible(typed)
        self.remark.setText(
            _("All of them get this time, as local time of the camera.")
            if typed
            else _(
                "The time a file was last changed, exact to 2 seconds on a card. In a folder of copies it may be hours"
                " off, or the day of copying: compare it with what you know."
            )
        )
        if typed:
            self.time.setFocus()
        self._show_range()

    def _show_range(self) -> None:
        self._typing.stop()
        time: str | None = None
        if self.how.index == TYPED:
            time = self._time()
            if time is None:
                self._say(None, _("Write the time as 2026-01-31 14:05.") if self.time.text().strip() else "")
                return
        self._asked += 1
        asked, pictures = self._asked, self.pictures
        self._bridge.run(
            lambda _cancel: undated.outcome(self._library, pictures, time),
            lambda found: self._say(found) if asked == self._asked else None,
            owner=self,
        )

    def _time(self) -> str | None:
        text = self.time.text().strip()
        try:
            value = parse(Field("time", "", Type.LOCAL_TIME), text) if text else None
        except ValueError:
            return None
        return value if isinstance(value, str) else None

    def _say(self, found: Outcome | None, wrong: str = "") -> None:
        self.outcome = found
        dated = found.dated if found is not None else 0
        self.range.setText(
            ngettext("{n} picture: {range}", "{n} pictures: {range}", dated).format(
                n=number(dated), range=span(found.first, found.last)
            )
            if found is not None and dated
            else ""
        )
        self.range.setVisible(bool(self.range.text()))
        said = " ".join(undated.warnings(found)) if found is not None else wrong
        self.warning.setText(said)
        self.warning.setVisible(bool(said))
        self.button.setEnabled(dated > 0)

    @property
    def offered(self) -> bool:
        """Whether there is anything to take."""
        return not self.isHidden() and self.button.isEnabled()

    def take(self) -> None:
        """Give the pictures the times shown."""
        if self._typing.isActive():
            self._show_range()
        if not self.offered:
            return
        self.button.setEnabled(False)
        time, pictures = (self._time() if self.how.index == TYPED else None), self.pictures
        self._bridge.act(
            lambda _cancel: undated.date(self._library, pictures, time), self._taken, self._failed, owner=self
        )

    def _taken(self, done: Outcome) -> None:
        words = ngettext("{n} picture got its date.", "{n} pictures got their dates.", done.dated)
        self._bridge.say(words.format(n=number(done.dated)), undo=True)

    def _failed(self, error: BaseException) -> None:
        self.button.setEnabled(True)
        self._bridge.report(error)
