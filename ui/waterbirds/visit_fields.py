"""The fields of a visit that are more than a line of text: codes to choose, groups to switch, times and coverage.

They stand in the visit's form like any field, so that saving, proposals and a change of language treat them alike.
"""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from ranger_app.domain import bird_groups, visit_words
from ranger_app.domain.fields import Field, Value
from ranger_app.i18n import _
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.field_editors import FieldEditor
from ui.widgets.toggles import Toggles

_TIMES = ("start", "end")


def editor_for(field: Field, parent: QWidget) -> FieldEditor:
    """The editor of one field of a survey."""
    if field.name in visit_words.OF_FIELD:
        return CodeEditor(field, parent)
    if field.name in (*visit_words.SEVERAL, "not_counted"):
        return SeveralEditor(field, parent)
    if field.name in _TIMES:
        return TimeEditor(field, parent)
    return CoverageEditor(field, parent) if field.name == "coverage" else FieldEditor(field, parent)


class CodeEditor(FieldEditor):
    """One of the codes of the census form by its words; a word that is none of them is kept and can be left."""

    def _control(self) -> QWidget:
        box = ChoiceBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(9)
        box.addItem("", None)
        for code, word in visit_words.OF_FIELD[self.field.name].items():
            box.addItem(_(word), code)
        box.activated.connect(lambda _index: self.edited.emit())
        return box


class SeveralEditor(FieldEditor):
    """Any number of codes, switched on and off; words that are no codes are kept behind them."""

    wide = True

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        self._rest = ""
        super().__init__(field, parent)
        if field.name == "not_counted":
            self.caption.setText(_("Groups not counted: switch on what nobody looked for"))

    def _control(self) -> QWidget:
        if self.field.name == "not_counted":
            words = [(code, bird_groups.label(code)) for code in bird_groups.WATERBIRDS]
        else:
            words = [(code, _(word)) for code, word in visit_words.SEVERAL[self.field.name].items()]
        self.toggles = Toggles(words)
        self.toggles.changed.connect(self.edited)
        return self.toggles

    def put(self, value: Value) -> None:
        """Show ``value``."""
        self.say("")
        if self.field.name == "not_counted":
            left_out = bird_groups.not_counted(value)
            shown = left_out.intersection(self.toggles.buttons)
            hidden = [code for code in bird_groups.GROUPS if code in left_out - shown]
            self._rest = " ".join([*hidden, bird_groups.free_words(value)]).strip()
        else:
            found, self._rest = visit_words.codes(self.field.name, value)
            shown = frozenset(found)
        self.toggles.choose(shown)

    def typed(self) -> str:
        """The value as text."""
        return str(self.value() or "")

    def value(self) -> Value:
        """The codes and words together, None for nothing."""
        if self.field.name == "not_counted":
            return bird_groups.written(self.toggles.chosen(), self._rest)
        return visit_words.together(self.field.name, self.toggles.chosen(), self._rest)


class TimeEditor(FieldEditor):
    """A time of day, typed as 8, 0830 or 8:30; 26:00 gets a question at once."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self._put: Value = None
        if isinstance(self.control, QLineEdit):
            self.hint("08:30")
            self.control.editingFinished.connect(self._settle)

    def put(self, value: Value) -> None:
        """Show ``value``."""
        self._put = value
        super().put(value)

    def _settle(self) -> None:
        try:
            self.put(self.value())
        except ValueError as error:
            self.say(str(error))

    def value(self) -> Value:
        """HH:MM; ValueError with a translated sentence for what is no time of a day."""
        text = self.typed().strip()
        if not text or text == self._put:
            return text or None
        read = visit_words.time_of_day(text)
        if read is None:
            raise ValueError(_("{time} is no time of a day. Write it as 08:30.").format(time=text))
        return read


class CoverageEditor(FieldEditor):
    """Per cent, or the letter of the census form: C complete, E excellent, G good, M moderate, B bad."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        if isinstance(self.control, QLineEdit):
            self.hint(_("or C E G M B"))
            self.control.editingFinished.connect(self._settle)

    def _settle(self) -> None:
        if (per_cent := visit_words.COVERAGE.get(self.typed().strip().upper())) is not None:
            self.put(per_cent)

    def value(self) -> Value:
        """Per cent of the site that was seen."""
        per_cent = visit_words.COVERAGE.get(self.typed().strip().upper())
        return per_cent if per_cent is not None else super().value()
