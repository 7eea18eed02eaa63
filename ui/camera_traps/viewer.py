"""One picture large, its neighbours below, what it is beside it: a key says it and goes on to the next."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ranger_app.actions import originals, review
from ranger_app.actions.review import KnownAnimal, Said
from ranger_app.domain.kinds_camera import OBSERVATION_TYPES
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store.gallery import Cell, Filter
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.answer_panel import AnswerPanel, Elided
from ui.camera_traps.film_strip import FilmStrip
from ui.camera_traps.key_line import KeyLine
from ui.camera_traps.picture_tools import PictureTools
from ui.camera_traps.picture_view import PictureView
from ui.camera_traps.reviewer import AnswerKey, Details, Reviewer, details_of
from ui.camera_traps.source import ReviewSource, flag_words, moment
from ui.numbers import number
from ui.widgets.thumbs import Thumbs

_LOOK_AHEAD = 512
"""Rows looked through here before a worker is asked for the next picture to review."""
_TYPES = frozenset(choice.code for choice in OBSERVATION_TYPES)
_SETTLE_MS = 500
"""Details of a picture already named are written when no key came for so long."""


class Viewer(QWidget):
    """Shows the pictures of ``source`` one at a time. ``moved(row)`` for each; ``closed`` when the grid is wanted."""

    moved = Signal(int)
    closed = Signal()

    def __init__(
        self,
        library: Library,
        bridge: Bridge,
        source: ReviewSource,
        thumbs: Thumbs,
        reviewer: Reviewer,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._bridge, self._source, self._thumbs = library, bridge, source, thumbs
        self.reviewer = reviewer
        self.filter = Filter()
        self.row = -1
        self.cell: Cell | None = None
        self.said: list[Said] = []
        self.goes_on = review.goes_on(library)
        self._filling = False
        self._more_of: frozenset[int] = frozenset()
        """The pictures of an event of which one species was named and another is to follow."""
        self.together: list[int] = []
        """The rows of the event shown."""
        self.picture = PictureView(library, bridge)
        self.strip = FilmStrip(source, thumbs)
        self.panel = AnswerPanel(reviewer, source, self._behaviours)
        self.panel.show_goes_on(self.goes_on)
        self.keys = KeyLine()
        self.place = Elided("", "muted")
        self.place.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.tools = PictureTools(self, library, bridge, source)
        self._build()
        self._details = QTimer(self)
        self._details.setSingleShot(True)
        self._details.setInterval(_SETTLE_MS)
        self._details.timeout.connect(self._write)
        self.strip.wanted.connect(self.show_row)
        self.picture.shown.connect(self._say_place)
        thumbs.loaded.connect(self._preview_came)
        reviewer.details_changed.connect(self._details_changed)
        reviewer.rule_changed.connect(self._rule_changed)
        self.panel.answered.connect(self.answer)
        self.panel.species.connect(lambda name: self.answer(AnswerKey("", "animal", name)))
        self.panel.confirmed.connect(self.confirm)
        self.panel.copied.connect(self.copy_previous)
        self.panel.individual_chosen.connect(self._individual)
        self.panel.went_on.connect(self._set_goes_on)
        self.panel.left.connect(self.setFocus)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.OUTSIDE, 0, theme.OUTSIDE, theme.BETWEEN)
        row.setSpacing(theme.BETWEEN)
        self.column = column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.picture, 1)
        column.addWidget(self.strip)
        below = QHBoxLayout()
        below.setSpacing(theme.BETWEEN)
        below.addWidget(self.keys, 3)
        below.addWidget(self.place, 2)
        column.addLayout(below)
        row.addLayout(column, 1)
        row.addWidget(self.panel)
        self.tools.show_keys()

    # -- going about -------------------------------------------------------------------------------------------

    def show_row(self, row: int) -> None:
        """Show the picture at ``row``."""
        if not len(self._source):
            return
        self.write_details()
        row = max(0, min(len(self._source) - 1, row))
        self.row = row
        self.reload()
        cell = self.cell
        sha256 = cell.sha256 if cell is not None else None
        rough = self._thumbs.get(sha256) if sha256 else None
        self.picture.show_picture(sha256, rough, is_video=self.is_video, notice=self._notice())
        self.tools.moved()
        self.strip.show_row(row)
        following = self._source.cell(row + 1) if row + 1 < len(self._source) else None
        if following is not None and not (following.media_type or "").startswith("video"):
            self.picture.ahead(following.sha256)
        self.moved.emit(row)

    def _notice(self) -> str:
        if self.cell is None or '"damaged"' not in (self.cell.flags or ""):
            return ""
        from ranger_app.actions.ingest_report import reason_of  # late: it brings the decoders with it

        return reason_of("damaged")

    def reload(self) -> None:
        """Read again what is said of the picture shown."""
        self.cell = self._source.cell(self.row) if 0 <= self.row < len(self._source) else None
        with self._library.read() as db:
            self.said = review.said(db, self.cell.id, self._source.eyes) if self.cell is not None else []
            taxon = self.taxon
            self.panel.offer(review.known_animals(db, taxon) or (review.known_animals(db) if taxon is None else []))
        self.together = self._source.event_rows(self.row) if self.cell is not None else []
        if self.cell is None or self.cell.key not in self._more_of:
            self._more_of = frozenset()
            self._filling = True
            self.reviewer.put(details_of(self.said[0] if self.said else None))
            self._filling = False
        self._show_said()
        self.strip.show_event(self.together)

    def _show_said(self) -> None:
        shown = (self.cell.shown or "") if self.cell is not None else ""
        self.panel.show_said(self.said, shown, reviewed=self.reviewed)
        self.panel.show_event(len(self.together), whole=self.reviewer.whole)
        self.tools.said()
        self._say_place()

    @property
    def reviewed(self) -> bool:
        """Whether a person has looked at the picture shown."""
        return self.cell is not None and self.cell.seen_by >= 2

    @property
    def is_video(self) -> bool:
        """Whether a video is shown."""
        return self.cell is not None and (self.cell.media_type or "").startswith("video")

    @property
    def taxon(self) -> str | None:
        """The species the picture is said to show."""
        shown = (self.cell.shown or "") if self.cell is not None else ""
        return shown if shown and shown not in _TYPES else None

    def step(self, by: int) -> None:
        """The picture ``by`` places on."""
        if self.tools.arrow(by, 0):
            return
        self.show_row(self.row + by)

    def step_event(self, by: int) -> None:
        """The first picture of the event after (1) or before (-1) this one."""
        self.show_row(self._source.event_step(self.row, by))

    def next_to_review(self) -> None:
        """The next picture nobody has looked at; from the beginning again behind the last."""
        for row in range(self.row + 1, min(len(self._source), self.row + 1 + _LOOK_AHEAD)):
            if not self._source.is_reviewed(row):
                self.show_row(row)
                return
        keys, after, wanted = self._source.keys, self.cell.key if self.cell else None, self.filter

        def look(_cancel: object) -> int:
            with self._library.read() as db:
                for start in (after, None):
                    key = review.next_to_review(db, replace(wanted, eyes=self._source.eyes), start)
                    if key is not None and key in keys:
                        return keys.index(key)
            return -1

        asked = self.row
        self._bridge.run(look, lambda row: self._found(asked, row), owner=self)

    def _found(self, asked: int, row: int) -> None:
        if self.row != asked:
            return
        if row < 0 or row >= len(self._source) or self._source.is_reviewed(row):
            self._bridge.say(_("Every picture of this filter has been looked at."))
            if asked + 1 < len(self._source):
                self.show_row(asked + 1)
        else:
            self.show_row(row)

    # -- saying ------------------------------------------------------------------------------------------------

    def answer(self, key: AnswerKey, *, more: bool = False) -> None:
        """Say what the picture, or all of its event, shows and, where wanted, go on; ``more``: another follows."""
        if self.cell is None:
            return
        self._details.stop()
        add = more or self.cell.key in self._more_of
        if not self.reviewer.answer([self.cell.key], key.type, key.taxon, add=add):
            return
        if not more:
            self._more_of = frozenset()
            self._answered()
            return
        keys = [self._source.keys[row] for row in self.together] if self.reviewer.whole else [self.cell.key]
        self._more_of = frozenset(keys)
        self._filling = True
        self.reviewer.put(Details())
        self._filling = False
        self._stay()

    def confirm(self) -> None:
        """Agree with what is said already; a picture a person has looked at is left as it is."""
        if self.cell is None:
            return
        if self._details.isActive():
            self.write_details()
        elif not self.reviewed:
            shown = self.cell.shown or ""
            if not shown or shown == "unclassified":
                self._bridge.say(_("Nobody has said what this is. Press the key of a species or word."))
                return
            if self._is_contradicted(shown):
                return
            first = self.said[0] if self.said else None
            kind = first.type if first is not None else ("animal" if self.taxon else shown)
            self.reviewer.answer([self.cell.key], kind, first.taxon if first is not None else self.taxon)
        self._answered()

    def _is_contradicted(self, shown: str) -> bool:
        """Whether an event is about to be confirmed blank of which another picture is said to show something.

        Then that picture is shown first: whoever agrees with a machine must have seen what it found.
        """
        if shown != "blank" or not self.reviewer.whole:
            return False
        for row in self.together:
            cell = self._source.cell(row)
            if cell is not None and cell.shown not in (None, "blank", "unclassified"):
                self.show_row(row)
                said = _("This picture of the event is said to show: {what}. Press its key, or B for a blank event.")
                self._bridge.say(said.format(what=self._source.word(cell.shown)))
                return True
        return False

    def copy_previous(self) -> None:
        """Say the same as of the picture named last."""
        if self.cell is None:
            return
        if self.reviewer.last is None:
            self._bridge.say(_("There is nothing to copy yet."))
        elif self.reviewer.state([self.cell.key], self.reviewer.last):
            self._answered()

    def _individual(self, animal: object) -> None:
        if isinstance(animal, KnownAnimal) and self.cell is not None:
            self._filling = True
            self.reviewer.put(replace(self.reviewer.details, individual=animal.id))
            self._filling = False
            self.answer(AnswerKey("", "animal", animal.taxon))
        else:
            self.reviewer.put(replace(self.reviewer.details, individual=None))

    def _answered(self) -> None:
        if self.goes_on:
            self.next_to_review()
        else:
            self._stay()

    def _stay(self) -> None:
        self.cell = self._source.cell(self.row)
        self._show_said()
        self.strip.update()

    def _rule_changed(self) -> None:
        if self.row >= 0 and self.isVisible():
            self.together = self._source.event_rows(self.row) if self.cell is not None else []
            self._show_said()
            self.strip.show_event(self.together)

    def _behaviours(self) -> list[str]:
        with self._library.read() as db:
            return review.behaviours(db)

    def _details_changed(self) -> None:
        # A detail of a picture already named is written by itself; before that it waits for the name.
        named = self.cell is not None and self.cell.key not in self._more_of and self.taxon is not None
        if not self._filling and self.isVisible() and self.reviewed and named:
            self._details.start()

    def write_details(self) -> None:
        """Write changed details of the picture shown, if any wait."""
        if self._details.isActive():
            self._details.stop()
            self._write()

    def _write(self) -> None:
        if self.cell is not None and self.taxon is not None:
            self.reviewer.correct(self.cell.key, self.taxon)

    def _set_goes_on(self, on: bool) -> None:
        self.goes_on = on
        self._bridge.act(lambda _cancel: review.set_goes_on(self._library, on), owner=self)

    # -- the rest ----------------------------------------------------------------------------------------------

    def settled(self) -> None:
        """Answers were written or undone: read the words below and beside the picture again."""
        if self.row >= 0 and not self._details.isActive():
            self.reload()

    def open_outside(self) -> None:
        """Open the original in the system's own viewer or player."""
        if self.cell is None or not self.cell.sha256:
            self._bridge.say(_("The original is not here."))
            return
        found = originals.look_for(self._library, self.cell.sha256)
        if found.path is None:
            self._bridge.say(found.why)
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(found.path)))

    def _preview_came(self, sha256: str) -> None:
        if self.isVisible() and self.cell is not None and self.cell.sha256 == sha256:
            self.picture.offer_rough(sha256, self._thumbs.get(sha256))

    def _say_place(self) -> None:
        cell = self.cell
        parts = [_("{n} of {total}").format(n=number(self.row + 1), total=number(len(self._source)))]
        if len(self.together) > 1:
            place, of = number(self.together.index(self.row) + 1), number(len(self.together))
            parts.append(_("{n} of {total} in the event").format(n=place, total=of))
        if cell is not None:
            parts += [part for part in (*flag_words(cell.flags), moment(cell), cell.file_name or "") if part]
        if self.picture.remark:
            parts.insert(0, self.picture.remark)
        self.place.setText(" · ".join(parts))
        self.place.setToolTip(self.place.text())
        self.picture.setAccessibleDescription(self.place.text())

    # -- Qt ----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or not self.tools.escape():
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.tools.put_away()
