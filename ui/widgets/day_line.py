"""A line in which a day is typed to limit what is shown."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QLineEdit

from ranger_app.domain.fields import Field, Type
from ranger_app.domain.values import parse
from ui.widgets.text import restyle

_DAY = Field("day", "", Type.DATE)


class DayLine(QLineEdit):
    """A line called ``name`` that shows ``hint`` while it is empty; ``width`` in pixels."""

    def __init__(self, hint: str, name: str, width: int = 142) -> None:
        super().__init__()
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self.setFixedWidth(width)

    def day(self) -> date | None:
        """The day in the line; None for none, or one that cannot be read, which is marked."""
        wrong = False
        try:
            value = parse(_DAY, self.text())
        except ValueError as error:
            value, wrong = None, True
            self.setToolTip(str(error))
        if bool(self.property("wrong")) != wrong:
            self.setProperty("wrong", wrong)
            restyle(self)
        return date.fromisoformat(value) if isinstance(value, str) else None
