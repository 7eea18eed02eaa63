"""The line in which finds are entered one after the other: time, what, its attributes, Enter, and ready for the next.

Made for a paper form in bad handwriting and cold hands: a time without a colon, a category by two letters in any
language, and Enter wherever one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import patrol_finds, patrol_offers, patrol_write
from ranger_app.actions.patrol_days import clock, local
from ranger_app.actions.patrol_offers import Offer
from ranger_app.actions.patrol_places import Spot
from ranger_app.actions.patrol_read import PatrolPage
from ranger_app.actions.patrol_write import NUMBER, FindEntry, FindMade
from ranger_app.domain.observation_model import Attribute, Model, attributes_of, category_word
from ranger_app.errors import RangerError
from ranger_app.geo import coordinates
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import number
from ui.patrols.find_fields import AttributeField, FindField
from ui.patrols.offers_list import OffersList
from ui.problems import worded
from ui.widgets.buttons import button, primary
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.keycap import KeyHint
from ui.widgets.layouts import clear
from ui.widgets.text import label, section

SAME = "="
"""Typed in place of a time: the same waypoint as the find before."""
_COLUMNS = 3
_SETTLE_MS = 150
_HINTED = 600
"""Narrower than this there is no room to name a key that everybody knows."""


class FindForm(QWidget):
    """``written(FindMade)`` after a find is on the disk, ``closed`` when a person has no more, ``offering(bool)`` when
    the list of what fits should be seen or not."""

    written = Signal(object)
    opened = Signal()
    closed = Signal()
    offering = Signal(bool)

    def __init__(self, library: Library, bridge: Bridge, offers: OffersList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge, self._offers = library, bridge, offers
        self._page: PatrolPage | None = None
        self._model = Model()
        self._frequent: list[str] = []
        self._category = ""
        self._find: bytes | None = None
        self._waypoint: bytes | None = None
        self._spot: Spot | None = None
        self._last: FindMade | None = None
        self._by: bytes | None = None
        self._unknown: dict[str, Sequence[str]] = {}
        self._saving = False
        self._left: dict[str, Any] | None = None
        self.attributes: list[AttributeField] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        top = QHBoxLayout()
        self.heading = section("")
        top.addWidget(self.heading, 1)
        self.hint = KeyHint(["Tab"], _("next field"))
        top.addWidget(self.hint)
        self.same_button = button(_("Same place"), self.same_place, key=SAME, role="quiet")
        top.addWidget(self.same_button)
        top.addWidget(button(_("Done"), self.close_form, key="Esc", role="quiet"))
        column.addLayout(top)
        first = QHBoxLayout()
        first.setSpacing(10)
        self.time = FindField(_("Time"), hint="14:05")
        self.time.setMaximumWidth(120)
        self.what = FindField(
            _("What was found"), search=self._categories, needed=True, hint=_("Type a few letters in any language")
        )
        first.addWidget(self.time)
        first.addWidget(self.what, 1)
        column.addLayout(first)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        for place in range(_COLUMNS):
            self._grid.setColumnStretch(place, 1)
        column.addLayout(self._grid)
        last = QHBoxLayout()
        last.setSpacing(10)
        self.count = FindField(_("Number"))
        self.place = FindField(_("Place"), hint=_("from the track"))
        self.datum = ChoiceBox()
        self.datum.setAccessibleName(_("Datum"))
        self.datum.setToolTip(_("What the map or the device counts from. A GPS shows WGS 84 unless it was changed."))
        for code, word in coordinates.SHORT.items():
            self.datum.addItem(word, code)
        self.datum.hide()  # asked where a place is typed
        self.datum.activated.connect(lambda _index: self._tell())
        self.distance = FindField(_("Distance"), unit=_("m"))
        self.bearing = FindField(_("Direction"), unit="°")
        self.remarks = FindField(_("Remarks"))
        for field, share in (
            (self.count, 2),
            (self.place, 5),
            (self.distance, 3),
            (self.bearing, 3),
            (self.remarks, 6),
        ):
            last.addWidget(field, share)
            if field is self.place:
                last.addWidget(self.datum, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(last)
        below = QHBoxLayout()
        self.outlook = label("", "sentence", wrap=True)
        self.button = primary(_("Save the find"), self.save, key="Return")
        self.wrong = label("", "warning", wrap=True)
        self.wrong.hide()
        below.addWidget(self.outlook, 1)
        below.addWidget(self.wrong, 1)
        below.addWidget(self.button)
        column.addLayout(below)
        column.addStretch(1)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SETTLE_MS)
        self._later.timeout.connect(self._tell)
        for field in (self.time, self.what, self.count, self.place, self.distance, self.bearing, self.remarks):
            self._attend(field)
        for line in (self.time.line, self.place.line):
            line.textEdited.connect(lambda _text: self._later.start())
        self.place.line.textChanged.connect(self._ask_datum)
        self._offers.taken.connect(self._clicked)
        self.setFocusProxy(self.time)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.hint.setVisible(event.size().width() >= _HINTED)
        super().resizeEvent(event)

    # -- what it stands on -------------------------------------------------------------------------------------

    def know(self, model: Model, frequent: Sequence[str]) -> None:
        """The model of the patrol, and which categories people here write most often."""
        self._model, self._frequent = model, list(frequent)
        self._take_up()

    def show_page(self, page: PatrolPage) -> None:
        """The patrol as it stands now."""
        if self._page is None or self._page.record.id != page.record.id:
            self._last = None
            if not self.isHidden():
                self.close_form()
        self._page = page
        if self._last is None:
            timed = [one for one in page.finds if one.at is not None and one.waypoint]
            if timed:
                end = timed[-1]
                self._last = FindMade(end.id, end.waypoint, end.at, None, "")
        self.same_button.setEnabled(self._last is not None)
        self._take_up()

    # -- opening and closing -----------------------------------------------------------------------------------

    def open_new(self, *, waypoint: bytes | None = None, spot: Spot | None = None, words: str = "") -> None:
        """An empty line; ``waypoint`` and ``spot`` say the place already, ``words`` names it."""
        self._find, self._waypoint, self._spot = None, waypoint, spot
        self._unknown = {}
        self._by = None  # who types it need not be who saw it
        for field in self._fixed():
            field.clear()
        self._forget_category()
        self.wrong.hide()
        place = bool(waypoint or spot)
        self.heading.setText(_("A find at {place}").format(place=words) if words else _("A new find"))
        self.time.line.setEnabled(waypoint is None)
        self.place.line.setEnabled(not place)
        self.place.line.setPlaceholderText(words if place else _("from the track"))
        self.show()
        self.opened.emit()
        (self.what if waypoint is not None else self.time).line.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tell()

    def open_find(self, find: bytes) -> None:
        """A find that is there, to be changed."""
        self._bridge.run(
            lambda _cancel: patrol_finds.entry(self._library, find), lambda entry: self._fill(find, entry), owner=self
        )

    def _fill(self, find: bytes, entry: FindEntry) -> None:
        self.open_new()
        self._find, self._by = find, entry.by
        self.heading.setText(_("Change a find"))
        self.time.put([], entry.time if self._several_days() else entry.time[11:16])
        self._choose(Offer(entry.category, category_word(self._model, entry.category) or entry.category))
        known = {field.attribute.key for field in self.attributes}
        self._unknown = {key: values for key, values in entry.attributes.items() if key not in known}
        for told in self.attributes:
            told.put_values(list(entry.attributes.get(told.attribute.key, ())))
        for field, text in (
            (self.count, entry.count),
            (self.distance, entry.distance),
            (self.bearing, entry.bearing),
            (self.remarks, entry.remarks),
        ):
            field.put([], text)
        self.place.line.setPlaceholderText(_("as it is"))
        self._tell()
        self.what.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.what.line.selectAll()

    def same_place(self) -> None:
        """The find stands where the one before it was found."""
        if self._last is None:
            return
        time = ""
        if self._last.at is not None and self._page is not None:
            time = f"{local(self._last.at, patrol_write.offset_of(self._page.record)):%H:%M}"
        words = _("the same place") + (f" · {time}" if time else "")
        self.open_new(waypoint=self._last.waypoint, words=words)

    def close_form(self) -> None:
        """No more finds for now; what stands in the line is dropped."""
        if self.isHidden():
            return
        self.hide()
        for field in self._fixed():
            field.clear()
        self._forget_category()
        self.offering.emit(False)
        self.closed.emit()

    def _several_days(self) -> bool:
        return self._page is not None and len(patrol_write.days_out(self._page.record)) > 1

    # -- category and attributes -------------------------------------------------------------------------------

    def _categories(self, text: str) -> Sequence[Offer]:
        return patrol_offers.categories(self._model, text, self._frequent)

    def _forget_category(self) -> None:
        self._category = ""
        clear(self._grid)
        self.attributes = []
        self.count.setVisible(True)
        self._order()

    def _choose(self, offer: Offer) -> None:
        """Take a category: its attributes become fields."""
        self.what.take(offer)
        if offer.value == self._category:
            return
        before = {field.attribute.key: field for field in self.attributes}
        kept = {key: (list(field.chosen), field.line.text()) for key, field in before.items()}
        self._category = offer.value
        clear(self._grid)
        self.attributes = [AttributeField(self._model, one) for one in self._asked(offer.value)]
        for place, field in enumerate(self.attributes):
            if field.attribute.key in kept:
                field.put(*kept[field.attribute.key])
            self._attend(field)
            self._grid.addWidget(field, place // _COLUMNS, place % _COLUMNS)
            field.show()  # now, or the keyboard could not go there yet
        self.count.setVisible(all(field.attribute.key != NUMBER for field in self.attributes))
        self._order()

    def _asked(self, hkey: str) -> list[Attribute]:
        """What is asked for: what is needed first, then in the order of the model."""
        found = attributes_of(self._model, hkey)
        return sorted(found, key=lambda one: not one.required)

    def _fixed(self) -> tuple[FindField, ...]:
        return (self.time, self.what, self.count, self.place, self.distance, self.bearing, self.remarks)

    def _all(self) -> list[FindField]:
        return [
            *(self.time, self.what),
            *self.attributes,
            *(self.count, self.place, self.distance, self.bearing, self.remarks),
        ]

    def _order(self) -> None:
        lines: list[QWidget] = [field.line for field in self._all()]
        for one, after in pairwise(lines):
            QWidget.setTabOrder(one, after)
        QWidget.setTabOrder(lines[-1], self.button)
        QWidget.setTabOrder(self.place.line, self.datum)
        QWidget.setTabOrder(self.datum, self.distance.line)
        rest: list[QWidget] = [self.distance.line, self.bearing.line, self.remarks.line, self.button]
        for one, after in pairwise(rest):
            QWidget.setTabOrder(one, after)

    def _ask_datum(self, text: str) -> None:
        """Ask what a typed place counts from; a time on the track needs no such question."""
        typed = bool(text.strip()) and clock(text) is None
        self.datum.setVisible(typed)
        if not typed:
            self.datum.setCurrentIndex(0)

    # -- keys --------------------------------------------------------------------------------------------------

    def _attend(self, field: FindField) -> None:
        field.line.installEventFilter(self)
        if field.search is not None:
            field.line.textEdited.connect(lambda _text: self._offer(field))

    def _field(self, line: QObject) -> FindField | None:
        return next((field for field in self._all() if field.line is line), None)

    def _offer(self, field: FindField) -> None:
        if field.search is None:
            self.offering.emit(False)
            return
        # An untouched choice shows everything; the highlight waits for a letter, or Tab would take what nobody chose.
        self._offers.offer(field.search(field.typed if field.open else ""), highlight=field.open)
        self.offering.emit(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            field = self._field(watched)
            if field is not None:
                self._offer(field)
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down):
                event.accept()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            field = self._field(watched)
            if field is not None and self._pressed(field, event):
                return True
        return super().eventFilter(watched, event)

    def _pressed(self, field: FindField, event: QKeyEvent) -> bool:
        key, plain = event.key(), not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self._enter(field)
            return True
        if key == Qt.Key.Key_Escape:
            self.close_form()
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and field.search is not None:
            self._offers.step(1 if key == Qt.Key.Key_Down else -1)
            return True
        if key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) and field.search is not None:
            self._offers.step(6 if key == Qt.Key.Key_PageDown else -6)
            return True
        if key == Qt.Key.Key_Tab:
            self._take_highlighted(field)
            return False  # and the keyboard goes on to the next field
        if event.text() == SAME and field is self.time:
            self.same_place()
            return True
        return False

    def _take_highlighted(self, field: FindField) -> bool:
        """Take what is highlighted; whether there was anything."""
        offer = self._offers.current() if field.search is not None else None
        if offer is None:
            return False
        self._take(field, offer)
        return True

    def _take(self, field: FindField, offer: Offer) -> None:
        if field is self.what:
            self._choose(offer)
        else:
            field.take(offer)

    def _enter(self, field: FindField) -> None:
        took = self._take_highlighted(field)
        if field is self.what and took:
            self._next(field)
            return
        self.save()

    def _next(self, field: FindField) -> None:
        fields = [one for one in self._all() if one.isVisibleTo(self) and one.line.isEnabled()]
        place = fields.index(field) if field in fields else -1
        fields[(place + 1) % len(fields)].line.setFocus(Qt.FocusReason.TabFocusReason)

    def _clicked(self, offer: Offer) -> None:
        focused = next((field for field in self._all() if field.line.hasFocus()), None)
        if focused is not None and focused.search is not None:
            self._take(focused, offer)
            if focused.several:
                self._offer(focused)
            else:
                self._next(focused)

    # -- telling -----------------------------------------------------------------------------------------------

    def _entry(self) -> FindEntry:
        attributes: dict[str, Sequence[str]] = dict(self._unknown)
        attributes.update({field.attribute.key: field.values() for field in self.attributes})
        return FindEntry(
            self._category if not self.what.open else "",
            self.time.line.text() if self.time.line.isEnabled() else "",
            attributes,
            self.count.line.text() if self.count.isVisibleTo(self) else "",
            self.place.line.text() if self.place.line.isEnabled() else "",
            self.distance.line.text(),
            self.bearing.line.text(),
            self.remarks.line.text(),
            self._by,
            self._waypoint,
            self._spot,
            self._last.at if self._last and self._find is None else None,
            str(self.datum.currentData()),
        )

    def _tell(self) -> None:
        """Say which moment and which place the find would get."""
        self.wrong.hide()
        self.outlook.show()
        page = self._page
        if page is None or page.trace is None:
            self.outlook.clear()
            return
        if self._waypoint is not None:
            self.outlook.setText(_("It stands on the same waypoint."))
            return
        trace = page.trace
        try:
            at, spot, source = patrol_write.placed(page.record, self._entry(), lambda: trace)
        except RangerError as error:
            self.outlook.setText(error.what)
            return
        words = []
        if at is not None:
            moment = local(at, patrol_write.offset_of(page.record))
            words.append(f"{moment:%Y-%m-%d %H:%M}" if self._several_days() else f"{moment:%H:%M}")
        if spot is not None:
            place = f"{spot.latitude / 1e7:.5f}, {spot.longitude / 1e7:.5f}"
            off = "" if spot.uncertainty is None else " " + _("± {n} m").format(n=number(spot.uncertainty))
            words.append((_("on the track {place}") if source == "track" else "{place}").format(place=place) + off)
        elif at is not None and self._find is None:
            words.append(_("the track says nothing of this time: type the place, or leave it open"))
        self.outlook.setText(" · ".join(words))

    # -- saving ------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write the find; the line is empty again for the next."""
        page = self._page
        if page is None or self._saving:
            return
        entry = self._entry()
        if not entry.category:
            self._refuse(_("Say what was found: type a few letters and press Enter."), self.what)
            return
        needed = next((field for field in self.attributes if field.needed and not field.line.text().strip()), None)
        if needed is not None:
            self._refuse(_("{name} is empty.").format(name=needed.words), needed)
            return
        find, patrol, library = self._find, page.record.id, self._library
        self._saving = True
        if find is None:
            self._bridge.act(
                lambda _cancel: patrol_write.add_find(library, patrol, entry), self._saved, self._failed, owner=self
            )
        else:
            self._bridge.act(
                lambda _cancel: patrol_write.edit_find(library, find, entry), self._saved, self._failed, owner=self
            )

    def _saved(self, made: FindMade) -> None:
        self._saving = False
        words, changed = self.what.line.text(), self._find is not None
        if self._category in self._frequent:
            self._frequent.remove(self._category)
        self._frequent.insert(0, self._category)
        if not changed:
            self._last = made
        self.same_button.setEnabled(self._last is not None)
        self.written.emit(made)
        self._bridge.say(_("Saved: {name}").format(name=words), undo=True)
        if changed:
            self.close_form()
        else:
            self.open_new()

    def _failed(self, error: BaseException) -> None:
        self._saving = False
        problem = worded(error)
        code = getattr(error, "code", "")
        field = {"TIME_WRONG": self.time, "CATEGORY_MISSING": self.what, "NO_TRACK_THEN": self.place}.get(code)
        field = field or next((one for one in self.attributes if one.words and one.words in problem.what), None)
        self._refuse(f"{problem.what} {problem.todo}", field)

    def _refuse(self, sentence: str, field: FindField | None) -> None:
        for one in self._all():
            one.say("")
        self.wrong.setText(sentence)
        self.wrong.show()
        self.outlook.hide()
        if field is not None:
            field.say(sentence)
            field.line.setFocus(Qt.FocusReason.OtherFocusReason)
            field.line.selectAll()

    # -- surviving a change of language ------------------------------------------------------------------------

    def state(self) -> dict[str, Any] | None:
        """What stands in the line and is not saved; None for nothing."""
        if not self.busy_typing:
            return None
        return {
            "patrol": self._page.record.id if self._page else None,
            "category": self._category,
            "texts": [field.line.text() for field in self._fixed()],
            "values": {field.attribute.key: field.values() for field in self.attributes},
            "stands": (self._find, self._waypoint, self._spot, self._by, self._unknown),
        }

    def restore(self, state: dict[str, Any] | None) -> None:
        """Show again what state() held, as soon as the model is known."""
        self._left = state

    def _take_up(self) -> None:
        state, page = self._left, self._page
        if state is None or page is None or page.record.id != state["patrol"] or not self._model.categories:
            return
        self._left = None
        _find, waypoint, spot, _by, _unknown = state["stands"]
        self.open_new(waypoint=waypoint, spot=spot)
        self._find, self._waypoint, self._spot, self._by, self._unknown = state["stands"]
        for field, text in zip(self._fixed(), state["texts"], strict=True):
            field.put([], text)
        if state["category"]:
            word = category_word(self._model, state["category"]) or state["category"]
            self._choose(Offer(state["category"], word))
        for told in self.attributes:
            told.put_values(state["values"].get(told.attribute.key, []))
        self._tell()

    @property
    def busy_typing(self) -> bool:
        """Whether something is typed that is not saved yet."""
        return not self.isHidden() and any(field.line.text().strip() for field in self._all())
