"""One field for a place in any notation, with the datum beside it and what was understood below.

Used wherever latitude and longitude are typed, so that what is on a map sheet, a GPS or a phone goes in as it stands.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QStyleOptionComboBox, QVBoxLayout, QWidget

from ranger_app.actions import kept_back
from ranger_app.errors import RangerError
from ranger_app.geo import border, coordinates
from ranger_app.geo.notation import EXAMPLES
from ranger_app.i18n import _
from ui.bridge import Bridge
from ui.widgets.buttons import button
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.field_editors import FieldEditor
from ui.widgets.text import label, muted, restyle

EXAMPLE = "42.6123 N 131.2099 E"
Pair = tuple[int | None, int | None]


class _Datums(ChoiceBox):
    """Full names in the list, the short one where it stands beside the field."""

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        option.currentText = self.currentText()

    def currentText(self) -> str:
        return coordinates.SHORT.get(str(self.currentData()), super().currentText())

    def showPopup(self) -> None:
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
        super().showPopup()


class CoordinateField(QWidget):
    """``edited`` when a person changes it; ``value()`` is latitude and longitude in 1e-7 degree, WGS 84.

    ``editors`` are those of a form's latitude and longitude: they are hidden and follow this field, and it them.
    """

    edited = Signal()

    def __init__(
        self,
        bridge: Bridge,
        *,
        required: bool = False,
        editors: tuple[FieldEditor, FieldEditor] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._required, self._editors = bridge, required, editors
        self._kept: Pair = (None, None)
        self._kept_text = ""
        self._order = ""
        self._busy = False
        self._ready = False  # the border, which places on Chinese web maps are held against, is read in
        self.withheld = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        words = _("Coordinates")
        self.caption = label(_("{label} · needed").format(label=words) if required else words, "muted")
        column.addWidget(self.caption)
        self.control = QLineEdit()
        self.control.setAccessibleName(words)
        self.control.setPlaceholderText(EXAMPLE)
        self.control.setToolTip(EXAMPLES)
        self.control.textChanged.connect(self._changed)
        self.caption.setBuddy(self.control)
        self.datum = _Datums()
        self.datum.setAccessibleName(_("Datum"))
        self.datum.setToolTip(_("What the map or the device counts from. A GPS shows WGS 84 unless it was changed."))
        self.datum.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.datum.setMinimumContentsLength(11)
        for code in coordinates.DATUMS:
            self.datum.addItem(_(coordinates.DATUMS[code]), code)
        self.datum.activated.connect(lambda _index: self._changed())
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.control, 1)
        row.addWidget(self.datum)
        column.addLayout(row)
        self.understood = muted("")
        self.understood.hide()
        column.addWidget(self.understood)
        self.wrong = label("", "warning", wrap=True)
        self.wrong.hide()
        column.addWidget(self.wrong)
        self.ask = QWidget()
        asked = QHBoxLayout(self.ask)
        asked.setContentsMargins(0, 0, 0, 0)
        asked.setSpacing(8)
        asked.addWidget(button(_("Latitude first"), lambda: self._answer("lat")))
        asked.addWidget(button(_("Longitude first"), lambda: self._answer("lon")))
        asked.addStretch(1)
        self.ask.hide()
        column.addWidget(self.ask)
        self.warned = label("", "warning", wrap=True)
        self.warned.hide()
        column.addWidget(self.warned)
        self.setFocusProxy(self.control)
        for editor in editors or ():
            editor.hide()
            if isinstance(editor.control, QLineEdit):
                editor.control.textChanged.connect(self._follow)

    # -- value -------------------------------------------------------------------------------------------------

    def put(self, latitude: int | None, longitude: int | None) -> None:
        """Show a place as it is kept; an untouched one comes back from ``value()`` to the last digit."""
        self._kept = (latitude, longitude)
        whole = latitude is not None and longitude is not None
        text = coordinates.write(latitude, longitude, coordinates.preferred(), exact=True) if whole else ""  # type: ignore[arg-type]
        self._kept_text = text
        self._order = ""
        self._busy = True
        self.control.setText(text)
        self.control.setCursorPosition(0)
        self.datum.setCurrentIndex(0)
        self._busy = False
        self.say("")
        self._tell("")
        self.ask.hide()

    def value(self) -> Pair:
        """The place, (None, None) for an empty field; ValueError with a translated sentence where it is none."""
        place = self.place()
        if place is None:
            if self.control.text().strip():
                return self._kept
            if self._required:
                raise ValueError(_("This is needed."))
            return None, None
        return place.latitude, place.longitude

    def place(self) -> coordinates.Place | None:
        """What was typed and what is to be said of it; None where nothing was, or it stands as it was put."""
        text = self.control.text().strip()
        if not text or self._untouched():
            return None
        try:
            return coordinates.parse(text, str(self.datum.currentData()), self._order)
        except RangerError as error:
            raise ValueError(f"{error.what} {error.todo}") from error

    def value_or_none(self) -> Pair:
        """The place, (None, None) where it cannot be read."""
        try:
            return self.value()
        except ValueError:
            return None, None

    def typed(self) -> str:
        """The text as it is."""
        return self.control.text()

    def _untouched(self) -> bool:
        return bool(self._kept_text) and self.control.text() == self._kept_text and self.datum.currentIndex() == 0

    # -- what is shown -----------------------------------------------------------------------------------------

    def say(self, sentence: str) -> None:
        """Show ``sentence`` as what is wrong; an empty one clears it."""
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))
        if bool(self.control.property("wrong")) != bool(sentence):
            self.control.setProperty("wrong", bool(sentence))
            restyle(self.control)

    def warn(self, sentence: str) -> None:
        """Show a warning that stops nothing, such as a country that the border denies."""
        self.warned.setText(sentence)
        self.warned.setVisible(bool(sentence))

    def keep_back(self, withheld: bool) -> None:
        """Say that the record's station withholds the place, and take nothing here; or no longer."""
        self.withheld = withheld
        for control in (self.control, self.datum):
            control.setEnabled(not withheld)
        self.control.setToolTip(_("This is withheld by its station.") if withheld else EXAMPLES)
        self.control.setPlaceholderText(kept_back.word() if withheld else EXAMPLE)

    def _tell(self, sentence: str) -> None:
        self.understood.setText(sentence)
        self.understood.setVisible(bool(sentence))

    # -- typing ------------------------------------------------------------------------------------------------

    def _changed(self, *_text: object) -> None:
        if self._busy:
            return
        self._order = ""
        self._read()
        self.edited.emit()

    def _answer(self, order: str) -> None:
        self._order = order
        self._read()
        self.control.setFocus()
        self.edited.emit()

    def _read(self) -> None:
        """Say what is understood so far; a half-typed place is no mistake yet."""
        self.say("")
        self.warn("")
        if self.datum.currentData() == coordinates.GCJ02 and not self._ready:
            self._tell("…")
            self._bridge.run(lambda _cancel: border.reference(), self._go_on, owner=self)
            return
        text = self.control.text().strip()
        ambiguous = False
        try:
            place = coordinates.parse(text, str(self.datum.currentData()), self._order) if text else None
        except RangerError as error:
            place = None
            ambiguous = error.code == "COORDINATES_ORDER"
            self._tell(f"{error.what}" if ambiguous or error.code not in _STILL_TYPING else "")
        else:
            words = coordinates.understood(place) if place else ""
            self._tell(" · ".join(one for one in (words, place.remark if place else "") if one))
        self.ask.setVisible(ambiguous)
        self._push(place)

    def _go_on(self, _border: object) -> None:
        self._ready = True
        self._read()

    def _push(self, place: coordinates.Place | None) -> None:
        """Hand the place to the form's own two editors."""
        if self._editors is None:
            return
        latitude, longitude = (place.latitude, place.longitude) if place else (None, None)
        if place is None and self._untouched():
            latitude, longitude = self._kept
        self._busy = True
        for editor, value in zip(self._editors, (latitude, longitude), strict=True):
            editor.put(value)
        self._busy = False

    def _follow(self, *_text: object) -> None:
        """Somebody filled the form's editors: show that place here."""
        if self._busy or self._editors is None:
            return
        latitude, longitude = (editor.value_or_none() for editor in self._editors)
        if isinstance(latitude, int) and isinstance(longitude, int):
            self.put(latitude, longitude)
        elif latitude is None and longitude is None:
            self.put(None, None)


_STILL_TYPING = frozenset(("COORDINATES_UNCLEAR", "COORDINATES_BAND"))
