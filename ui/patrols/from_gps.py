"""Questions about files of a GPS device before they become a patrol, beside what they hold, seen before it is taken.

Only what the files leave open is asked: a clock where times have no zone, one patrol or several where there are days.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLabel, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions.patrol_files import Seen, look
from ranger_app.actions.patrol_import import PatrolImported, import_patrol
from ranger_app.domain.kinds_patrol import TRANSPORTS
from ranger_app.domain.time import parse_offset
from ranger_app.i18n import _, ngettext
from ranger_app.jobs import CancelToken
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import clock, decimal, number, offset
from ui.patrols.words import reason_word
from ui.problems import worded
from ui.widgets.buttons import primary
from ui.widgets.text import label, muted

_ENDINGS = ("gpx", "kml", "kmz", "geojson", "json", "csv", "nmea")
SUFFIXES = " ".join(f"*.{ending} *.{ending.upper()}" for ending in _ENDINGS)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FromGps(QWidget):
    """Looks at ``paths``, asks for leader, transport and what else is open; ``done(result)`` once it is on the disk."""

    def __init__(
        self,
        library: Library,
        bridge: Bridge,
        paths: Path | Sequence[Path],
        people: list[str],
        leader: str,
        done: Callable[[PatrolImported], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._bridge, self._done = library, bridge, done
        self._paths = [paths] if isinstance(paths, Path) else list(paths)
        self._asked = 0
        self._looked_with: tuple[str, int | None] | None = None
        self._looking: CancelToken | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(6)
        column.addWidget(label(self._title(), "strong", wrap=True))
        column.addWidget(muted(_("Files are kept as they are. Points that do not fit are marked, never deleted.")))
        column.addSpacing(4)
        self.found = label(_("Looking at the files …"), "sentence", wrap=True)
        self.marked = muted("")
        self.doubts = label("", "warning", wrap=True)
        for one in (self.found, self.marked, self.doubts):
            column.addWidget(one)
        self.marked.hide()
        self.doubts.hide()
        column.addSpacing(8)
        self.leader = QLineEdit(leader)
        self.leader.setCompleter(QCompleter(people, self.leader))
        self.transport = QComboBox()
        for choice in TRANSPORTS:
            self.transport.addItem(_(choice.label), choice.code)
        self.days = QComboBox()
        self.clock = QLineEdit()
        for word, control in ((_("Leader"), self.leader), (_("Transport"), self.transport)):
            self._ask(column, word, control)
        self._days_caption = self._ask(column, _("Days"), self.days)
        self._clock_caption = self._ask(column, _("UTC offset of times without a zone"), self.clock)
        self._show_only_what_is_open(None)
        self.wrong = label("", "warning", wrap=True)
        self.wrong.hide()
        column.addWidget(self.wrong)
        self.button = primary(_("Make the patrol"), self.take, key="Return")
        column.addSpacing(8)
        column.addWidget(self.button)
        column.addStretch(1)
        self.setFocusProxy(self.leader)
        self.clock.editingFinished.connect(self._look)
        self.transport.currentIndexChanged.connect(self._look)
        self._look()

    def _title(self) -> str:
        if len(self._paths) == 1:
            return self._paths[0].name
        return ngettext("{n} file", "{n} files", len(self._paths)).format(n=number(len(self._paths)))

    def _ask(self, column: QVBoxLayout, word: str, control: QWidget) -> QLabel:
        caption = label(word, "muted", wrap=True)
        caption.setBuddy(control)
        control.setAccessibleName(word)
        column.addWidget(caption)
        column.addWidget(control)
        return caption

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return takes the files from wherever the keyboard is."""
        if event.key() in _ENTER:
            self.take()
        else:
            super().keyPressEvent(event)

    # -- what the files hold -----------------------------------------------------------------------------------

    def _look(self) -> None:
        try:
            minutes = self._minutes()
        except ValueError:
            return
        transport = str(self.transport.currentData())
        if (transport, minutes) == self._looked_with:
            return
        self._looked_with = transport, minutes
        if self._looking is not None:
            self._looking.cancel()
        self._asked += 1
        asked = self._asked

        def work(cancel: CancelToken) -> Seen:
            self._looking = cancel
            return look(self._library, self._paths, transport, minutes, cancel)

        self._bridge.run(
            work,
            lambda seen: self._show(seen) if asked == self._asked else None,
            lambda error: self._cannot(error) if asked == self._asked else None,
            owner=self,
        )

    def _show(self, seen: Seen) -> None:
        self.wrong.hide()
        parts = []
        if len(self._paths) != seen.files:  # a folder, or the same file twice
            parts.append(ngettext("{n} file", "{n} files", seen.files).format(n=number(seen.files)))
        if seen.days:
            span = seen.days[0] if len(seen.days) == 1 else f"{seen.days[0]} – {seen.days[-1]}"
            days = ngettext("{n} day", "{n} days", len(seen.days)).format(n=number(len(seen.days)))
            parts.append(f"{span} ({days})")
        parts.append(ngettext("{n} point", "{n} points", seen.points).format(n=number(seen.points)))
        if seen.tracks:
            parts.append(_("{n} km").format(n=decimal(seen.cleaned.metres / 1000, 1)))
            if seen.cleaned.seconds is not None:
                parts.append(_("{time} h").format(time=clock(round(seen.cleaned.seconds))))
        if seen.routes:
            parts.append(ngettext("{n} planned way", "{n} planned ways", seen.routes).format(n=number(seen.routes)))
        if seen.waypoints:
            parts.append(ngettext("{n} waypoint", "{n} waypoints", seen.waypoints).format(n=number(seen.waypoints)))
        self.found.setText(" · ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts))
        marked = [f"{reason_word(code)}: {number(count)}" for code, count in seen.excluded.items()]
        if seen.damaged_lines:
            marked.append(_("damaged lines: {n}").format(n=number(seen.damaged_lines)))
        self.marked.setText(" · ".join(marked))
        self.marked.setVisible(bool(marked))
        self.doubts.setText("\n".join(one.sentence for one in seen.doubts))
        self.doubts.setVisible(bool(seen.doubts))
        self._show_only_what_is_open(seen)

    def _show_only_what_is_open(self, seen: Seen | None) -> None:
        several = 0 if seen is None else len(seen.days)
        if several > 1 and self.days.count() == 0:
            self.days.addItem(_("One patrol of all days"), False)
            self.days.addItem(_("A patrol for each day"), True)
        self._days_caption.setVisible(several > 1)
        self.days.setVisible(several > 1)
        naive = seen is not None and bool(seen.naive_times)
        if seen is not None and naive and not self.clock.text().strip():
            self.clock.setPlaceholderText(", ".join(offset(minutes) for minutes in seen.naive_offsets))
        self._clock_caption.setVisible(naive)
        self.clock.setVisible(naive)
        if seen is not None and naive:
            words = ngettext(
                "{n} time has no zone. UTC offset of the clock that wrote it:",
                "{n} times have no zone. UTC offset of the clock that wrote them:",
                seen.naive_times,
            )
            self._clock_caption.setText(words.format(n=number(seen.naive_times)))

    def _cannot(self, error: BaseException) -> None:
        self.found.setText("")
        self._refused(error)

    # -- taking them -------------------------------------------------------------------------------------------

    def _minutes(self) -> int | None:
        """The offset as typed, None for none; ValueError where it is no offset."""
        text = self.clock.text().strip()
        return parse_offset(text) if text else None

    def take(self) -> None:
        """Import the files as answered."""
        if not self.button.isEnabled():
            return
        try:
            minutes = self._minutes()
        except ValueError:
            self._say(_("Write the UTC offset as +10:00."))
            self.clock.setFocus()
            return
        leader, transport = self.leader.text(), str(self.transport.currentData())
        per_day = bool(self.days.currentData())
        self._asked += 1  # what a look still finds is of no use any more
        if self._looking is not None:
            self._looking.cancel()
        self.button.setEnabled(False)
        self._bridge.run(
            lambda _cancel: import_patrol(
                self._library, self._paths, leader=leader, transport=transport, utc_offset=minutes, per_day=per_day
            ),
            self._done,
            self._refused,
            owner=self,
            title=_("GPS file {name}").format(name=self._title()),
        )

    def _refused(self, error: BaseException) -> None:
        problem = worded(error)
        self._say(f"{problem.what} {problem.todo}")
        self.button.setEnabled(True)

    def _say(self, sentence: str) -> None:
        self.wrong.setText(sentence)
        self.wrong.show()
