"""What came of a card: how much is safe, what is known from where, what has no date, every odd file and its reason.

The next step, reviewing the pictures, stands first; nothing here has to be done before it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ranger_app.actions.ingest import IngestReport
from ranger_app.actions.ingest_report import Elsewhere
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.ingest_lines import IngestLines
from ui.camera_traps.undated_card import UndatedCard
from ui.numbers import number
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.text import label, muted


class IngestResult(QWidget):
    """The report of one ingest. ``review``, ``another`` and ``take_back`` are what its buttons do."""

    def __init__(
        self,
        library: Library,
        bridge: Bridge,
        review: Callable[[], object],
        another: Callable[[], object],
        take_back: Callable[[], object],
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.BETWEEN)
        card = Card()
        self.title = label("", "section", wrap=True)
        card.body.addWidget(self.title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(32)
        self.figures: dict[str, QLabel] = {}
        for place, (name, word) in enumerate(
            (
                ("stored", _("stored")),
                ("known", _("already known")),
                ("failed", _("could not be read")),
                ("flagged", _("look at again")),
            )
        ):
            self.figures[name] = label("", "figure")
            grid.addWidget(self.figures[name], 0, place)
            grid.addWidget(label(word, "muted"), 1, place)
        grid.setColumnStretch(4, 1)
        card.body.addLayout(grid)
        self.elsewhere = label("", "warning", wrap=True)
        card.body.addWidget(self.elsewhere)
        self.whole = muted("")
        card.body.addWidget(self.whole)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.review_button = primary(_("Review these pictures"), review, key="Ctrl+Return")
        self.again_button = button(_("Empty another card"), another, key="Ctrl+N")
        self.back_button = button(_("Take back this ingest"), take_back, key="Ctrl+Backspace")
        for made in (self.review_button, self.again_button, self.back_button):
            row.addWidget(made)
        row.addStretch(1)
        card.body.addLayout(row)
        column.addWidget(card)
        self.undated = UndatedCard(library, bridge, with_key=True)
        self.undated.counted.connect(self._counted)
        column.addWidget(self.undated)
        self.lines = IngestLines(bridge)
        column.addWidget(self.lines, 1)
        column.addStretch(0)

    def show_report(self, report: IngestReport) -> None:
        """Say what came of it."""
        if report.cancelled:
            title = _("Stopped. What was done is safe; choose the same card again to go on.")
        elif report.stored or report.made_whole:
            title = _("The card is copied into the library. You can take it out now.")
        else:
            title = _("Nothing on this card was new. You can take it out now.")
        self.title.setText(title)
        for name, n in (
            ("stored", report.stored),
            ("known", report.already_known),
            ("failed", len(report.failed)),
            ("flagged", len(report.flagged)),
        ):
            self.figures[name].setText(number(n))
        self._say(self.elsewhere, "\n".join(elsewhere_words(one) for one in report.known_elsewhere.values()))
        n = report.made_whole
        words = ngettext(
            "{n} known picture had no file here and has it now.",
            "{n} known pictures had no file here and have it now.",
            n,
        )
        self._say(self.whole, words.format(n=number(n)) if n else "")
        self.review_button.setEnabled(reviewed(report) is not None)
        self.back_button.setVisible(report.stored > 0)
        self.back_button.setEnabled(True)
        self.lines.show_report(report)
        self.undated.show_of(ingest=report.ingest_id)

    def _counted(self, undated: set[str]) -> None:
        self.lines.leave_out_dated(undated)
        self.figures["flagged"].setText(number(self.lines.to_look_at))
        if not undated and self.isVisible() and self.undated.isHidden():
            self.start_focus().setFocus()

    @staticmethod
    def _say(where: QLabel, words: str) -> None:
        where.setText(words)
        where.setVisible(bool(words))

    def start_focus(self) -> QWidget:
        """Where the keyboard goes: the next thing to do."""
        return self.review_button if self.review_button.isEnabled() else self.again_button


def elsewhere_words(one: Elsewhere) -> str:
    """That files of a card are known from another place, in words."""
    n = number(one.files)
    if one.location and one.deployment:
        words = ngettext(
            "{n} file is known from another place: {place}, {deployment}. It stays there and was not stored again.",
            "{n} files are known from another place: {place}, {deployment}. They stay there and were not stored again.",
            one.files,
        )
        return words.format(n=n, place=one.location, deployment=one.deployment)
    words = ngettext(
        "{n} file is known and belongs to no camera here. It was not stored again.",
        "{n} files are known and belong to no camera here. They were not stored again.",
        one.files,
    )
    return words.format(n=n)


def reviewed(report: IngestReport) -> bytes | None:
    """The deployment whose pictures are reviewed next: the card's own, else the one that holds most of its files."""
    if report.deployment_id is not None:
        return report.deployment_id
    there = [one for one in report.known_elsewhere.values() if one.deployment_id is not None]
    return max(there, key=lambda one: one.files).deployment_id if there else None
