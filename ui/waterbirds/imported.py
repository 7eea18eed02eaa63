"""What came of a table of counts: what was added, and every row that was not taken, with its reason."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ranger_app.actions.survey_import import SurveysImported
from ranger_app.i18n import _, ngettext
from ui.numbers import number
from ui.widgets.text import hairline, label, muted, section

_MOST = 200


class Imported(QWidget):
    """Shows a SurveysImported in the side panel."""

    def __init__(self, result: SurveysImported, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 8, 16)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        inner.setProperty("role", "body")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        surveys, counts = len(result.surveys), result.counts
        column.addWidget(section(ngettext("{n} count added", "{n} counts added", counts).format(n=number(counts))))
        column.addWidget(muted(ngettext("in {n} survey", "in {n} surveys", surveys).format(n=number(surveys))))
        if result.already_known:
            known = result.already_known
            words = ngettext("{n} row was here already", "{n} rows were here already", known)
            column.addWidget(muted(words.format(n=number(known))))
        self._list(
            column,
            ngettext("{n} row was not taken", "{n} rows were not taken", len(result.failed)),
            [_("Row {n}: {reason}").format(n=one.row, reason=one.reason) for one in result.failed],
        )
        self._list(
            column,
            ngettext(
                "{n} species is on no list; kept as written",
                "{n} species are on no list; kept as written",
                len(result.unmatched),
            ),
            [_("Row {n}: {reason}").format(n=row, reason=taxon) for row, taxon in result.unmatched],
        )
        self._list(
            column,
            ngettext("{n} new place", "{n} new places", len(result.new_locations)),
            result.new_locations,
        )
        self._list(
            column,
            ngettext("{n} new observer", "{n} new observers", len(result.new_persons)),
            result.new_persons,
        )
        column.addStretch(1)
        area.setWidget(inner)
        outer.addWidget(area)

    @staticmethod
    def _list(column: QVBoxLayout, title: str, lines: list[str]) -> None:
        if not lines:
            return
        column.addWidget(hairline())
        column.addWidget(label(title.format(n=number(len(lines))), "strong", wrap=True))
        for line in lines[:_MOST]:
            column.addWidget(label(line, wrap=True))
        if len(lines) > _MOST:
            more = len(lines) - _MOST
            column.addWidget(muted(ngettext("and {n} more", "and {n} more", more).format(n=number(more))))
