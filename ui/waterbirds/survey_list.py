"""The list of surveys: a line each with site, date, observers, species and birds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from ranger_app.actions import survey_read
from ranger_app.actions.survey_read import BIRDS, DATE, OBSERVERS, SITE, SPECIES, SurveyLine
from ranger_app.i18n import _, pgettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import number
from ui.widgets.empty_state import EmptyState
from ui.widgets.origin_mark import origin_mark
from ui.widgets.table import LinesModel, LineTable


class SurveysModel(LinesModel):
    """Marks each survey as this station's own or a partner's."""

    def __init__(self) -> None:
        super().__init__(
            [_("Site"), _("Date"), _("Observers"), pgettext("how many", "Species"), _("Birds")],
            [False, False, False, True, True],
        )

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == SITE and isinstance(line, SurveyLine):
            return origin_mark(line.own)
        return super().data(index, role)


class SurveyTable(LineTable):
    """Surveys, newest first."""

    def __init__(
        self, library: Library, bridge: Bridge, add: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        empty = EmptyState(
            _("No surveys yet. A survey is one visit to one site on one day."),
            _("New survey"),
            add,
            icon="bird",
            key="N",
        )
        super().__init__(
            bridge,
            SurveysModel(),
            lambda: [_worded(one) for one in survey_read.lines(library)],
            {"survey", "count", "location", "person"},
            empty,
            newest_first=DATE,
            spare={OBSERVERS: 500, SPECIES: 420, BIRDS: 330},
            parent=parent,
        )
        self.view.setAccessibleName(_("Surveys"))

    def birds(self) -> int:
        """Birds in all surveys listed."""
        return sum(line.birds or 0 for line in self.model.lines if isinstance(line, SurveyLine))


def _worded(line: SurveyLine) -> SurveyLine:
    texts = list(line.texts)
    if line.birds is not None:
        texts[BIRDS] = number(line.birds)
    return replace(line, texts=tuple(texts))
