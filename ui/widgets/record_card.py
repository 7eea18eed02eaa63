"""The sheet at the right of a list: the record chosen there, on pages of which the last holds its notes.

What such a sheet does for any kind of record stands here: it reads beside the window, takes no answer to a question
that was overtaken, and closes when the record is no longer there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ranger_app.actions import records
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.errors import DataProblem
from ranger_app.i18n import N_, _
from ranger_app.library import Library
from ranger_app.store.origins import Origin
from ui.bridge import Bridge
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.form import RecordForm
from ui.widgets.notes import NotesPanel
from ui.widgets.segments import Pages
from ui.widgets.text import section

_IN_A_LINE = 4
"""More pages than so many need two lines of words where large letters leave little room."""


class RecordCard(Card):
    """A record of ``kind``. ``saved(id)`` after its form is on the disk; ``gone`` where it is no longer there.

    A subclass makes ``form`` and ``pages``, the form on the first of them, reads in ``_page_of()`` and draws the answer
    in ``_show()``.
    """

    saved = Signal(object)
    gone = Signal()

    kind = ""
    kinds: frozenset[str] = frozenset()
    """Kinds of which a change is a reason to read again."""
    unclear = N_("One field cannot be read yet. Mend it or clear it first.")
    """What is said where that keeps the record open."""
    form: RecordForm
    pages: Pages

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._library, self._bridge = library, bridge
        self.record: bytes | None = None
        self._asked = 0
        self.body.setSpacing(6)
        self.name = section("")
        self.origin = Chip("", "partner")
        self.head.addWidget(self.name, 1)
        self.head.addWidget(self.origin)
        self.body.addLayout(self.head)
        self.notes = NotesPanel(library, bridge, self.kind)

    def _make_pages(self, pages: Sequence[tuple[str, QWidget]]) -> Pages:
        """The pages of the record; its notes are the last one."""
        made = Pages([*pages, (_("Notes"), self.notes)], wrap=len(pages) > _IN_A_LINE)
        self.notes.counted.connect(lambda n: made.tell_number(len(pages), n))
        return made

    # -- what is shown -----------------------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """No record is chosen."""
        self.record = None
        self.setVisible(False)

    def open_new(self, values: dict[str, Value]) -> None:
        """An empty record to fill in."""
        self.setVisible(True)
        self.record = None
        self._asked += 1
        self.origin.hide()
        self.notes.open_record(None)

    def open_record(self, record: bytes) -> None:
        """Show a record."""
        if record != self.record:
            self._open_other(record)
            self.notes.open_record(record)
        self.record = record
        self._read()

    def _open_other(self, record: bytes) -> None:
        """Get the form ready for a record that was not shown before."""
        self.form.open_record(record)

    def _read(self) -> None:
        record = self.record
        if record is None:
            return
        self._asked += 1
        asked = self._asked
        self._bridge.run(
            lambda _cancel: self._page_of(record),
            lambda page: self._arrived(asked, page),
            lambda error: self._lost(asked, error),
            owner=self,
        )

    def _page_of(self, record: bytes) -> Any:
        """What _show() needs, read from the library, not in the window's thread. DataProblem: there is no record."""
        raise NotImplementedError

    def _show(self, page: Any) -> None:
        """Draw what _page_of() read."""
        raise NotImplementedError

    def _arrived(self, asked: int, page: Any) -> None:
        if asked == self._asked:
            self.setVisible(True)
            self._show(page)

    def _lost(self, asked: int, error: BaseException) -> None:
        if asked != self._asked:
            return
        if isinstance(error, DataProblem):
            self.show_nothing()
            self.gone.emit()
        else:
            self._bridge.report(error)

    def _show_origin(self, origin: Origin | None) -> None:
        """Name the station a record came from, if it is not this one."""
        foreign = origin is not None and not origin.own
        self.origin.setVisible(foreign)
        if foreign and origin:
            self.origin.show_word(origin.name, "partner")

    def refresh(self, changes: Changes) -> None:
        """Read again what ``changes`` touches."""
        self.form.refresh(changes)
        self.notes.refresh(changes)
        if changes.kinds & self.kinds:
            self._read()

    # -- what a person does ------------------------------------------------------------------------------------

    def keep_edits(self) -> bool:
        """Save what was typed before something else is shown; False where something has to be mended first."""
        return self._keep(self.form, 0)

    def _keep(self, form: RecordForm, page: int) -> bool:
        """Save what was typed into ``form``; where it cannot be read turn to its ``page`` and say so."""
        if not form.touched:
            return True
        if form.values() is None:
            self.pages.choose(page)
            self._bridge.say(_(self.unclear))
            return False
        form.save()
        return True

    def delete_record(self, words: str) -> None:
        """Take the record away and say ``words``; undo brings it back."""
        record = self.record
        if record is not None:
            self._bridge.act(
                lambda _cancel: records.delete(self._library, self.kind, record),
                lambda _changes: self._bridge.say(words, undo=True),
                owner=self,
            )

    def _saved(self, record: bytes) -> None:
        self.record = record
        self.notes.open_record(record)
        self._read()
        self.saved.emit(record)
