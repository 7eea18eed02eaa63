"""Receipts in the side panel: one is made as a file, a text or a QR code, or one that came is taken.

A text is short enough for a telephone message, so that a confirmation need not wait for the next stick.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ranger_app.actions import receipts
from ranger_app.actions.receipts import Taken
from ranger_app.errors import RangerError
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.media import qr
from ui.bridge import Bridge
from ui.numbers import number
from ui.problems import worded
from ui.widgets.banner import Banner
from ui.widgets.buttons import button, primary
from ui.widgets.choose import choose_file, choose_folder
from ui.widgets.layouts import clear
from ui.widgets.qr_code import QrCode
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import label, muted

_CODE_SIDE = 304
"""Three pixels for each square of the longest code."""
_PICTURES = (".png", ".jpg", ".jpeg", ".heic", ".tif", ".tiff")


def _column(page: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(page)
    column.setContentsMargins(16, 12, 16, 16)
    column.setSpacing(8)
    return column


class MakeReceipt(QWidget):
    """Choose the partner, then how the receipt goes. ``made`` after one was."""

    made = Signal()

    def __init__(
        self,
        library: Library,
        bridge: Bridge,
        partners: Sequence[tuple[bytes, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.code = ""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area = ScrolledColumn(QMargins(16, 12, 16, 16))
        outer.addWidget(area)
        column = area.column
        column.setSpacing(8)
        column.addWidget(
            muted(
                _("It tells the partner what arrived here. Every bundle carries one; this is for when none goes soon.")
            )
        )
        self.who = QComboBox()
        self.who.setAccessibleName(_("Partner"))
        for partner, name in partners:
            self.who.addItem(name, partner)
        self.who.currentIndexChanged.connect(lambda _n: self._forget())
        column.addWidget(self.who)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.show_button = primary(_("As a text"), self.show_code)
        self.file_button = button(_("As a file"), self._choose, icon="folder")
        row.addWidget(self.show_button)
        row.addWidget(self.file_button)
        row.addStretch(1)
        column.addLayout(row)
        self.picture = QrCode(_("QR code of the receipt"), _CODE_SIDE)
        self.picture.setFixedHeight(_CODE_SIDE)
        self.how = muted(_("Let the partner photograph this, or send the text below as a message."))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(_("Text of the receipt"))
        self.text.setMinimumHeight(96)
        self.copy_button = button(_("Copy the text"), self.copy)
        for part in (self.picture, self.how, self.text, self.copy_button):
            column.addWidget(part)
            part.hide()
        column.addStretch(1)
        self.setFocusProxy(self.show_button)

    @property
    def partner(self) -> bytes:
        """Who it is for."""
        return bytes(self.who.currentData())

    def show_code(self) -> None:
        """Make a receipt and show it as text and QR code."""
        partner = self.partner
        self._bridge.act(lambda _cancel: receipts.code(self._library, partner), self._show, owner=self)

    def _show(self, code: str) -> None:
        self.code = code
        self.picture.show_text(code)
        self.text.setPlainText(code)
        for part in (self.picture, self.how, self.text, self.copy_button):
            part.show()
        self.made.emit()

    def _forget(self) -> None:
        self.code = ""
        for part in (self.picture, self.how, self.text, self.copy_button):
            part.hide()

    def copy(self) -> None:
        """Put the text where it can be pasted."""
        if self.code:
            QApplication.clipboard().setText(self.code)
            self._bridge.say(_("Copied"))

    def _choose(self) -> None:
        choose_folder(self, _("Choose the stick or a folder"), self.save_to)

    def save_to(self, folder: Path) -> None:
        """Write the receipt as a file into ``folder``."""
        partner = self.partner
        self._bridge.act(lambda _cancel: receipts.write(self._library, partner, folder), self._saved, owner=self)

    def _saved(self, path: Path) -> None:
        self._bridge.say(_("Receipt saved as {file}").format(file=path.name))
        self.made.emit()


class TakeReceipt(QWidget):
    """Paste a receipt's text, or choose its file or a photograph of its code. ``taken`` after one was."""

    taken = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        column = _column(self)
        column.addWidget(
            muted(_("Paste the text that the partner sent, or choose the file or a photograph of the code."))
        )
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText("RGR1:…")
        self.text.setAccessibleName(_("Text of the receipt"))
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(120)
        self.text.setMaximumHeight(200)
        self.text.textChanged.connect(self._changed)
        column.addWidget(self.text)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.take_button = primary(_("Take it"), self.take_text)
        self.file_button = button(_("Choose a file"), self._choose, icon="folder")
        row.addWidget(self.take_button)
        row.addWidget(self.file_button)
        row.addStretch(1)
        column.addLayout(row)
        self._said = QVBoxLayout()
        self._said.setSpacing(8)
        column.addLayout(self._said)
        column.addStretch(1)
        self._changed()
        self.setFocusProxy(self.text)

    def _changed(self) -> None:
        self.take_button.setEnabled(bool(self.text.toPlainText().strip()))

    def take_text(self) -> None:
        """Take what was pasted."""
        text = self.text.toPlainText().strip()
        if text:
            self._bridge.act(lambda _cancel: receipts.take(self._library, text), self._show, self._refuse, owner=self)

    def _choose(self) -> None:
        choose_file(
            self, _("Choose the receipt"), self.take_file, "*.json *.png *.jpg *.jpeg *.heic *.JSON *.PNG *.JPG"
        )

    def take_file(self, path: Path) -> None:
        """Take a receipt's file, or a photograph of its code."""
        self._bridge.act(lambda _cancel: self._from_file(path), self._show, self._refuse, owner=self)

    def _from_file(self, path: Path) -> Taken:
        if path.suffix.lower() not in _PICTURES:
            return receipts.take_file(self._library, path)
        return receipts.take(self._library, next(iter(qr.read(path)), ""))

    def _show(self, taken: Taken) -> None:
        clear(self._said)
        what, todo, tone = taken_words(taken)
        self._said.addWidget(Banner(what, todo, tone))
        for line in more_words(taken):
            self._said.addWidget(label(line, wrap=True))
        self.text.clear()
        self.taken.emit()

    def _refuse(self, error: BaseException) -> None:
        clear(self._said)
        if not isinstance(error, RangerError | OSError):
            self._bridge.report(error)
            return
        problem = worded(error)
        self._said.addWidget(Banner(problem.what, problem.todo, "problem"))


def taken_words(taken: Taken) -> tuple[str, str, str]:
    """What a receipt changed: what happened, what to do, and the tone."""
    if taken.confirmed:
        numbers = ", ".join(number(one) for one in sorted(taken.confirmed))
        said = ngettext("{name} has bundle {numbers}.", "{name} has bundles {numbers}.", len(taken.confirmed))
        return said.format(name=taken.name, numbers=numbers), "", "partner"
    if taken.older:
        said = _("You knew this already: {name} has told you more since.")
        return said.format(name=taken.name), _("Nothing was changed."), "partner"
    if taken.in_part:
        return _("{name} could read only a part.").format(name=taken.name), "", "attention"
    return _("The receipt of {name} says nothing new.").format(name=taken.name), "", "partner"


def more_words(taken: Taken) -> list[str]:
    """What else a receipt said, a sentence each."""
    lines = []
    for part in taken.in_part:
        if part.lacking > 0:
            said = ngettext(
                "Of bundle {counter}, {n} picture did not arrive. It goes along next time.",
                "Of bundle {counter}, {n} pictures did not arrive. They go along next time.",
                part.lacking,
            )
            lines.append(said.format(counter=number(part.counter), n=number(part.lacking)))
        else:
            said = _("Bundle {counter} arrived in part. What is missing goes along next time.")
            lines.append(said.format(counter=number(part.counter)))
    if taken.restored:
        lines.append(_("The partner was restored from a backup. What it lost goes along next time."))
    if taken.lacking:
        said = ngettext(
            "{n} record or edit here is not there yet.", "{n} records and edits here are not there yet.", taken.lacking
        )
        lines.append(said.format(n=number(taken.lacking)))
    elif not (taken.older or taken.in_part):
        lines.append(_("They hold everything that you may share with them."))
    return lines
