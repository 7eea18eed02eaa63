"""The control for one field of a record, chosen by the field's type and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from ranger_app.actions import kept_back, people
from ranger_app.actions.listing import TAXA
from ranger_app.domain import taxa
from ranger_app.domain.fields import Field, Type, Value
from ranger_app.domain.values import canonical, exact, parse
from ranger_app.i18n import _, language
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.text import label, restyle

_HINTS: dict[Type, str] = {
    Type.DATE: "2026-01-31",
    Type.LOCAL_TIME: "2026-01-31 14:05",
    Type.DEGREES: "42.5667",
    Type.OFFSET: "+10:00",
}
_MOST = 12


class FieldEditor(QWidget):
    """Caption, control, unit and, when needed, the sentence on what is wrong. ``edited`` when a person changes it."""

    edited = Signal()
    wide = False
    """Needs the whole width of a form."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.withheld = False
        self._names: dict[str, bytes] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        words = _(field.label)
        self.caption = label(_("{label} · needed").format(label=words) if field.required else words, "muted")
        column.addWidget(self.caption)
        self.control = self._control()
        self.control.setAccessibleName(words)
        self.caption.setBuddy(self.control)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.control, 1)
        if field.unit:
            row.addWidget(label(_(field.unit), "muted"))
        column.addLayout(row)
        self.wrong = label("", "warning", wrap=True)
        self.wrong.hide()
        column.addWidget(self.wrong)
        self.setFocusProxy(self.control)
        self._hint = self.control.placeholderText() if isinstance(self.control, QLineEdit | QPlainTextEdit) else ""

    def hint(self, words: str) -> None:
        """What stands in the empty field."""
        self._hint = words
        if isinstance(self.control, QLineEdit | QPlainTextEdit):
            self.control.setPlaceholderText(words)

    def keep_back(self, withheld: bool) -> None:
        """Say that the record's station withholds this field, and take nothing here; or no longer."""
        self.withheld = withheld
        self.control.setEnabled(not withheld)
        self.control.setToolTip(_("This is withheld by its station.") if withheld else "")
        if isinstance(self.control, QLineEdit | QPlainTextEdit):
            self.control.setPlaceholderText(kept_back.word() if withheld else self._hint)

    def _control(self) -> QWidget:
        field = self.field
        if field.type is Type.LONG_TEXT:
            text = QPlainTextEdit()
            text.setTabChangesFocus(True)
            text.setFixedHeight(84)
            text.textChanged.connect(self.edited)
            return text
        if field.type in (Type.CHOICE, Type.YES_NO):
            box = ChoiceBox()
            # By its longest word a list would push the fields beside it out of shape.
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(9)
            box.addItem("", None)
            if field.type is Type.YES_NO:
                box.addItem(_("yes"), 1)
                box.addItem(_("no"), 0)
            for choice in field.choices:
                box.addItem(_(choice.label), choice.code)
            box.activated.connect(lambda _index: self.edited.emit())
            return box
        line = QLineEdit()
        line.setPlaceholderText(_HINTS.get(field.type, ""))
        line.textEdited.connect(lambda _text: self.edited.emit())
        if field.name in TAXA:
            line.setPlaceholderText(_("Name in any language"))
            self._complete(line, [], live=True)
        elif field.type is Type.REFERENCE:
            line.setPlaceholderText(_("Type a few letters"))
        elif field.type is Type.REFERENCES:
            line.setPlaceholderText(_("Names, with commas between"))
        if field.type in (Type.REFERENCE, Type.REFERENCES):
            line.editingFinished.connect(self.spell_out)
        return line

    # -- names to choose from ----------------------------------------------------------------------------------

    def offer(self, names: Sequence[tuple[bytes, str]]) -> None:
        """The records a reference may point at: (id, title). The value shown is kept."""
        before = self.value_or_none()
        self._names = {}
        for record, title in names:
            text = title if title not in self._names else f"{title} ({record.hex()[:8]})"
            self._names[text] = record
        if isinstance(self.control, QLineEdit) and self.field.type is Type.REFERENCE:
            self._complete(self.control, list(self._names))
        if before is not None:
            self.put(before)

    def _complete(self, line: QLineEdit, words: list[str], *, live: bool = False) -> None:
        completer = QCompleter(words, line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(_MOST)
        if live:
            completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
            model = QStringListModel(completer)
            completer.setModel(model)
            line.textEdited.connect(lambda text: model.setStringList(species_offered(text)))
            completer.activated.connect(lambda _text: self.edited.emit())
        line.setCompleter(completer)
        completer.activated.connect(lambda _text: self.edited.emit())

    # -- value -------------------------------------------------------------------------------------------------

    def put(self, value: Value) -> None:
        """Show ``value``."""
        self.say("")
        control = self.control
        if isinstance(control, QComboBox):
            index = control.findData(value)
            if index < 0 and value is not None:  # a word of a newer version stays as it is
                control.addItem(str(value), value)
                index = control.count() - 1
            control.setCurrentIndex(max(0, index))
        elif isinstance(control, QPlainTextEdit):
            control.setPlainText(str(value or ""))
        elif isinstance(control, QLineEdit):
            control.setText(self._text(value))
            control.setCursorPosition(0)

    def _text(self, value: Value) -> str:
        if value is None:
            return ""
        if self.field.name in TAXA:
            return species_text(str(value))
        if self.field.type is Type.REFERENCE and isinstance(value, bytes):
            return next((name for name, one in self._names.items() if one == value), value.hex())
        if self.field.type is Type.REFERENCES:
            ids = parse(self.field, str(value))
            wanted = [bytes.fromhex(one) for one in str(ids).strip("[]").replace('"', "").split(",") if one]
            known = {record: name for name, record in self._names.items()}
            return ", ".join(known.get(one, one.hex()) for one in wanted)
        if self.field.type is Type.LOCAL_TIME:
            return str(value).replace("T", " ")
        return exact(self.field, value)

    def typed(self) -> str:
        """The text in the control as it is."""
        control = self.control
        if isinstance(control, QPlainTextEdit):
            return control.toPlainText()
        return control.text() if isinstance(control, QLineEdit) else ""

    def value(self) -> Value:
        """The value as stored; ValueError with a translated sentence where it cannot be read."""
        control = self.control
        if isinstance(control, QComboBox):
            data = control.currentData()
            value: Value = data if isinstance(data, str | int) else None
        else:
            value = self._read(self.typed())
        if value is None and self.field.required:
            raise ValueError(_("This is needed."))
        return value

    def _read(self, text: str) -> Value:
        text = text.strip()
        if not text:
            return None
        if self.field.name in TAXA:
            return species_of(text)
        if self.field.type is Type.REFERENCES:
            parts = [part.strip() for part in text.split(",") if part.strip()]
            one = Field("one", "", Type.REFERENCE)
            found = [parse(one, part, lambda _kind, name: self._named(name)) for part in parts]
            return canonical([one.hex() for one in found if isinstance(one, bytes)])
        return parse(self.field, text, lambda _kind, name: self._named(name))

    def _named(self, name: str) -> bytes | None:
        return self._names.get(name) or people.one_meant([(one, title) for title, one in self._names.items()], name)

    def spell_out(self) -> None:
        """Write names that were shortened in full, so that a person sees who was understood."""
        value = self.value_or_none()
        if value is not None and isinstance(self.control, QLineEdit):
            self.control.setText(self._text(value))

    def value_or_none(self) -> Value:
        """The value, None where it cannot be read."""
        try:
            return self.value()
        except ValueError:
            return None

    def say(self, sentence: str) -> None:
        """Show ``sentence`` under the control as what is wrong; an empty one clears it."""
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))
        if bool(self.control.property("wrong")) != bool(sentence):
            self.control.setProperty("wrong", bool(sentence))
            restyle(self.control)


def species_text(scientific: str) -> str:
    """A species as it is offered and shown in a field: "Amur tiger · Panthera tigris"."""
    name = taxa.name(scientific, language())
    return name if name == scientific else f"{name} · {scientific}"


def species_offered(text: str) -> list[str]:
    """Species whose name in any language fits what was typed so far."""
    return [species_text(one.scientific) for one in taxa.search(text, language(), _MOST)] if text.strip() else []


def species_of(text: str) -> str:
    """The scientific name for what stands in a species field; an unlisted species stays as it was typed."""
    text = text.strip()
    if " · " in text:
        text = text.rsplit(" · ", 1)[1]
    return taxa.match(text) or text
