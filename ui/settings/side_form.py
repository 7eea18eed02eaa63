"""A record's form as it stands in the side panel of the settings."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from ui.widgets.form import RecordForm


class SideForm:
    """The form that was opened last, if it still stands there."""

    def __init__(self) -> None:
        self._form: RecordForm | None = None

    def framed(self, form: RecordForm) -> QScrollArea:
        """``form`` in a frame that scrolls, to be shown in the panel."""
        self._form = form
        area = QScrollArea()
        area.setWidgetResizable(True)
        inner = QWidget()
        inner.setProperty("role", "body")
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 12, 16, 16)
        column.addWidget(form)
        area.setWidget(inner)
        area.setFocusProxy(form)
        return area

    def save(self) -> bool:
        """Save the form if one stands open; whether there was one."""
        form = self._form
        if form is None or not shiboken6.isValid(form) or not form.isVisible():
            return False
        form.save()
        return True
