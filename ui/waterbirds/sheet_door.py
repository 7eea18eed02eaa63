"""The way from the list of surveys to the count sheet and back: the sheet takes the whole page while it is open."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ranger_app.changes import Changes
from ranger_app.i18n import _
from ui import theme
from ui.commands import Command
from ui.waterbirds.sheet import CountSheet
from ui.widgets.screen import Screen


class SheetDoor:
    """Opens the sheet of ``survey()`` over ``screen``. ``before()`` saves what is being typed; False keeps it shut.

    ``after()`` shows the list anew.
    """

    def __init__(
        self,
        screen: Screen,
        survey: Callable[[], bytes | None],
        before: Callable[[], bool],
        after: Callable[[], object],
    ) -> None:
        self._screen, self._survey, self._before, self._after = screen, survey, before, after
        self._hidden: list[QWidget] = []
        self._heading: tuple[str, str] = ("", "")
        self._actions: tuple[list[Command], str] = ([], "")
        self.sheet: CountSheet | None = None
        self.is_open = False

    @property
    def command(self) -> Command:
        """Opens the sheet: F11 also from a field, where S is a letter, and the same key leads back."""
        some, group = lambda: self._survey() is not None, _("Waterbirds")
        return Command("waterbirds.sheet", _("Count sheet"), self.open, "S", some, group, also=("F11",))

    def commands(self) -> list[Command]:
        """What can be done while the sheet is open."""
        back = Command("sheet.leave", _("Back to the surveys"), self.close, "F11", group=_("Count sheet"))
        return self.sheet.commands(back) if self.sheet is not None else [back]

    def open(self) -> None:
        """Open the sheet of the survey that is shown."""
        survey = self._survey()
        if survey is None or self.is_open or not self._before():
            return
        screen = self._screen
        outer = screen.layout()
        if self.sheet is None and isinstance(outer, QVBoxLayout):
            self.sheet = CountSheet(screen.library, screen.bridge)
            self.sheet.told.connect(self._tell)
            self.sheet.gone.connect(self.close)
            around = QVBoxLayout()
            around.setContentsMargins(theme.OUTSIDE, 0, theme.OUTSIDE, theme.BETWEEN)
            around.addWidget(self.sheet)
            outer.addLayout(around, 1)
        if self.sheet is None:
            return
        self._hidden = [
            part
            for part in screen.findChildren(QWidget)
            if part.parentWidget() is screen and part is not self.sheet and not part.isHidden()
        ]
        for part in self._hidden:
            part.hide()
        self._heading = (screen.title, screen.sentence)
        self._actions = (list(screen.title_actions), screen.primary_action)
        self.is_open = True
        self.sheet.show()
        commands = {one.id: one for one in self.commands()}
        screen.set_actions(commands["sheet.none"], commands["sheet.leave"])
        screen.commands_changed.emit()
        self.sheet.open_survey(survey)
        self.sheet.setFocus()

    def ask_estimate(self) -> None:
        """Ask for an estimate on the sheet that is open."""
        if self.sheet is not None:
            self.sheet.ask_estimate()

    def close(self) -> None:
        """Make counts of what was tapped and go back to the list."""
        if not self.is_open or self.sheet is None:
            return
        self.sheet.close_taps()
        self.is_open = False
        self.sheet.hide()
        for part in self._hidden:
            part.show()
        screen = self._screen
        screen.set_heading(*self._heading)
        screen.set_actions(*self._actions[0], primary=self._actions[1])
        screen.commands_changed.emit()
        self._after()

    def leave(self) -> None:
        """Another place is shown: what was tapped becomes counts, and the sheet stays open for the way back."""
        if self.is_open and self.sheet is not None:
            self.sheet.close_taps()

    def refresh(self, changes: Changes | None) -> None:
        """Show what others wrote."""
        if self.is_open and self.sheet is not None and (changes is None or changes.kinds & {"count", "survey"}):
            self.sheet.refresh()

    def _tell(self, title: str, sentence: str) -> None:
        if self.is_open:
            self._screen.set_heading(title, sentence)
