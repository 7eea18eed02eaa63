"""Every file of a card that needs a word, in one table: which, what is with it and why; narrowed to one problem."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from PySide6.QtWidgets import QComboBox, QHBoxLayout

from ranger_app.actions.ingest import IngestReport
from ranger_app.actions.listing import Line
from ranger_app.actions.review import FLAGS
from ranger_app.i18n import N_, _, ngettext
from ui.bridge import Bridge
from ui.numbers import number
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label, muted

KNOWN = "known"
WORDS: dict[str, str] = {
    **FLAGS,
    "unreadable": N_("cannot be read"),
    "folder_unreadable": N_("folder cannot be read"),
    "empty_file": N_("empty file"),
    "not_media": N_("no picture or video"),
    "link": N_("link"),
    "outside_deployment": N_("outside the deployment"),
    KNOWN: N_("already known"),
}
"""What is with a file, in a word or two, untranslated."""
_HEIGHT = 220


class IngestLines(Card):
    """The lines of a report; hidden where there are none."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._lines: list[tuple[str, Line]] = []
        self._dated: frozenset[str] = frozenset()
        """Files that had no date and were given one since."""
        self._flagged = 0
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(label(_("File by file"), "section"))
        head.addStretch(1)
        self.problem = QComboBox()
        self.problem.setAccessibleName(_("Show only"))
        self.problem.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.problem.activated.connect(lambda _index: self._narrow())
        head.addWidget(self.problem)
        self.body.addLayout(head)
        empty = EmptyState(_("Every file was taken, and nothing is odd."))
        headings = [_("File"), _("What"), _("Why")]
        self.table = LineTable(bridge, LinesModel(headings, [False] * 3), list, (), empty)
        self.table.setMinimumHeight(_HEIGHT)
        self.body.addWidget(self.table, 1)
        self.left_out = muted("")
        self.body.addWidget(self.left_out)

    def show_report(self, report: IngestReport) -> None:
        """List what failed, what deserves a second look and what was known; all of it."""
        self._lines = list(_lines(report))
        self._dated, self._flagged = frozenset(), len(report.flagged)
        more = report.already_known - report.made_whole - len(report.duplicates)
        words = ngettext("{n} more known file is not listed.", "{n} more known files are not listed.", more)
        self.left_out.setText(words.format(n=number(more)))
        self.left_out.setVisible(more > 0)
        self.setVisible(bool(self._lines))
        self._count()

    def leave_out_dated(self, undated: set[str]) -> None:
        """Files that got a date since need no second look for lack of one; ``undated`` are those still without."""
        without = {line.texts[0] for code, line in self._lines if code == "no_date"}
        self._dated = frozenset(without - undated)
        self._count()

    @property
    def to_look_at(self) -> int:
        """How many files deserve a second look now."""
        return self._flagged - len(self._dated)

    def _shown(self) -> list[tuple[str, Line]]:
        return [(code, line) for code, line in self._lines if code != "no_date" or line.texts[0] not in self._dated]

    def _count(self) -> None:
        shown = self._shown()
        chosen = self.problem.currentData() or ""
        numbers = Counter(code for code, _line in shown)
        self.problem.clear()
        self.problem.addItem(_("All ({n})").format(n=number(len(shown))), "")
        for code, n in numbers.most_common():
            self.problem.addItem(f"{word_of(code)} ({number(n)})", code)
        self.narrow_to(chosen)

    def narrow_to(self, code: str) -> None:
        """Show only the files with this problem; all where ``code`` is empty."""
        self.problem.setCurrentIndex(max(0, self.problem.findData(code)))
        self._narrow()

    def _narrow(self) -> None:
        code = self.problem.currentData() or ""
        self.table.show_lines([line for of, line in self._shown() if code in ("", of)])


def word_of(code: str) -> str:
    """What is with a file, in a word or two of the language; a code without words is shown as it is."""
    word = WORDS.get(code, code)
    return _(word)


def _lines(report: IngestReport) -> Iterator[tuple[str, Line]]:
    place = 0
    for problem in (*report.failed, *report.flagged):
        yield problem.code, _line(place, problem.file, word_of(problem.code), problem.reason)
        place += 1
    for known in report.duplicates:
        if known.deployment_id == report.deployment_id and known.file != known.of:
            why = _("The same content as {file}.").format(file=known.of)
        elif known.deployment:
            why = _("It is {file} of {deployment}.").format(file=known.of, deployment=known.deployment)
        else:
            why = _("It is {file}.").format(file=known.of)
        yield KNOWN, _line(place, known.file, word_of(KNOWN), why)
        place += 1


def _line(place: int, file: str, what: str, why: str) -> Line:
    return Line(place.to_bytes(16, "big"), (file, what, why), ((0, file), (0, what), (0, why)))
