"""A form for a record of any kind, made from the kind's declared fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import border_layer, listing, records
from ranger_app.changes import Changes
from ranger_app.domain.fields import Field, Type, Value
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _, ngettext
from ranger_app.jobs import CancelToken
from ranger_app.library import Library
from ranger_app.store import rows, withheld
from ui.bridge import Bridge
from ui.commands import Command
from ui.widgets.buttons import button, primary
from ui.widgets.coordinate_field import CoordinateField
from ui.widgets.field_editors import FieldEditor
from ui.widgets.text import section

NOT_TYPED = (Type.LIST, Type.DATA, Type.HASH)
_PLACE = ("latitude", "longitude")
_WORTH_SAYING = 5  # metres: finer than any receiver in a forest


class RecordForm(QWidget):
    """Fields of ``kind`` in ``columns`` columns. ``saved(id)`` once the record is on the disk.

    ``fields`` picks and orders them; ``fixed`` are values every new record gets without being asked for. ``groups``
    orders them under headings instead; those of ``more`` stay folded away until they are asked for.
    """

    saved = Signal(object)
    edited = Signal()

    def __init__(
        self,
        library: Library,
        bridge: Bridge,
        kind: str,
        *,
        fields: Sequence[str] | None = None,
        groups: Sequence[tuple[str, Sequence[str]]] = (),
        more: Sequence[tuple[str, Sequence[str]]] = (),
        fixed: Mapping[str, Value] | None = None,
        columns: int = 2,
        with_button: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._bridge, self.kind = library, bridge, kind_named(kind)
        self.fixed: dict[str, Value] = dict(fixed or {})
        self.record: bytes | None = None
        self._before: dict[str, Value] = {}
        self._touched = False
        self._new_sheets = 0
        names = list(fields) if fields is not None else [f.name for f in self.kind.fields if f.form]
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        self.editors: dict[str, FieldEditor] = {}
        self.place: CoordinateField | None = None
        self._proposed = ""
        for heading, part in groups or [("", names)]:
            self._add_group(outer, heading, part, columns)
        self._fold(outer, more, columns)
        self.button = primary(_("Save"), self.save, key="Ctrl+S")
        if with_button:
            line = QHBoxLayout()
            line.addWidget(self.button)
            line.addStretch(1)
            outer.addLayout(line)
        outer.addStretch(1)
        if self.editors:
            self.setFocusProxy(self._shown(next(iter(self.editors))))
        self.refresh(None)

    def _add_group(self, outer: QVBoxLayout, heading: str, names: Sequence[str], columns: int) -> None:
        if heading:
            outer.addWidget(section(heading))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        row = column = 0
        paired = set(_PLACE) <= set(names) - set(self.fixed)
        for name in names:
            field = self.kind.field(name)
            if field.type in NOT_TYPED or field.refers_to == "media" or name in self.fixed:
                continue
            editor = self._editor(field)
            editor.edited.connect(self._edit)
            self.editors[name] = editor
            if paired and name in _PLACE:
                if set(_PLACE) <= set(self.editors):  # both are there: one field for the two
                    row += bool(column)
                    grid.addWidget(self._place_field(), row, 0, 1, columns)
                    row, column = row + 1, 0
                continue
            wide = editor.wide or field.type in (Type.LONG_TEXT, Type.REFERENCES)
            if wide and column:
                row, column = row + 1, 0
            grid.addWidget(editor, row, column, 1, columns if wide else 1)
            column += columns if wide else 1
            if column >= columns:
                row, column = row + 1, 0
        for number in range(columns):
            grid.setColumnStretch(number, 1)
        outer.addLayout(grid)

    def _editor(self, field: Field) -> FieldEditor:
        """The editor of a field; a form may have one of its own."""
        return FieldEditor(field, self)

    def add_editor(self, editor: FieldEditor) -> None:
        """Let a field that stands elsewhere be filled, read and saved with the others; before anything is shown."""
        self.editors[editor.field.name] = editor
        editor.edited.connect(self._edit)

    def _place_field(self) -> CoordinateField:
        first, second = (self.editors[name] for name in _PLACE)
        required = first.field.required and second.field.required
        self.place = CoordinateField(self._bridge, required=required, editors=(first, second), parent=self)
        self.place.edited.connect(self._edit)
        return self.place

    def _shown(self, name: str) -> QWidget:
        """What a person sees of a field: latitude and longitude are one."""
        return self.place if self.place is not None and name in _PLACE else self.editors[name]

    def _propose_uncertainty(self, field: CoordinateField) -> None:
        """What notation and datum leave open goes into an uncertainty that nobody typed."""
        editor = self.editors.get("uncertainty")
        if editor is None or editor.typed() not in ("", self._proposed):
            return
        try:
            place = field.place()
        except ValueError:
            place = None
        metres = place.uncertainty_m if place is not None else 0
        editor.put(metres if metres >= _WORTH_SAYING else None)
        self._proposed = editor.typed()

    def _look_at_border(self) -> None:
        """Warn, and no more, where the declared country is not the one the border says."""
        if self.place is None or "country" not in self.editors:
            return
        latitude, longitude = self.place.value_or_none()
        country = self.editors["country"].value_or_none()
        if latitude is None or longitude is None or not isinstance(country, str):
            self.place.warn("")
            return
        library = self._library
        self._bridge.run(
            lambda _cancel: border_layer.warning(library, latitude, longitude, country), self.place.warn, owner=self
        )

    def _fold(self, outer: QVBoxLayout, more: Sequence[tuple[str, Sequence[str]]], columns: int) -> None:
        """The fields few people need, behind one button that says how many of them are filled in."""
        self.folded: QWidget | None = None
        if not more:
            return
        self.folded = QWidget()
        inside = QVBoxLayout(self.folded)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        before = set(self.editors)
        for heading, part in more:
            self._add_group(inside, heading, part, columns)
        self._folded_names = [name for name in self.editors if name not in before]
        self.fold_button = button("", self.unfold, role="quiet", icon="add")
        line = QHBoxLayout()
        line.addWidget(self.fold_button)
        line.addStretch(1)
        outer.addLayout(line)
        outer.addWidget(self.folded)
        self.folded.hide()

    def fold(self) -> None:
        """Fold the seldom fields away again."""
        if self.folded is not None:
            self.folded.hide()
            self.fold_button.show()

    def unfold(self) -> None:
        """Show the folded fields and go to the first of them."""
        if self.folded is not None:
            self.folded.show()
            self.fold_button.hide()
            self._shown(self._folded_names[0]).setFocus()

    def _count_folded(self) -> None:
        if self.folded is not None:
            n = sum(self._before.get(name) is not None for name in self._folded_names)
            text = ngettext("More fields · {n} filled in", "More fields · {n} filled in", n).format(n=n)
            self.fold_button.setText(f" {text if n else _('More fields')}")

    def commands(self) -> list[Command]:
        """Save, for the commands of the screen the form stands on."""
        return [Command(f"{self.kind.name}.save", _("Save"), self.save, "Ctrl+S")]

    # -- filling -----------------------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Read again the names references may point at, where ``changes`` touches them."""
        for kind in {editor.field.refers_to for editor in self.editors.values()} - {""}:
            if changes is None or kind in changes.kinds:
                self._ask_names(kind)
        if changes is None or self.record is None or self._touched:
            return
        # Changes of very many records do not name them: one of them may be this.
        if self.record in changes.ids or (not changes.ids and self.kind.name in changes.kinds):
            self.open_record(self.record)

    def _ask_names(self, kind: str) -> None:
        self._bridge.run(partial(self._names, kind), partial(self._offer, kind), owner=self)

    def _names(self, kind: str, _cancel: CancelToken) -> list[tuple[bytes, str]]:
        return listing.names(self._library, kind)

    def _offer(self, kind: str, names: list[tuple[bytes, str]]) -> None:
        for name, editor in self.editors.items():
            if editor.field.refers_to == kind:
                editor.offer(names)
                if not self._touched:
                    editor.put(self._before.get(name))

    def open_new(self, values: Mapping[str, Value] | None = None) -> None:
        """Show an empty form, with ``values`` proposed."""
        self.record = None
        self._new_sheets += 1
        self._fill(dict(values or {}))

    def open_record(self, record: bytes | None) -> None:
        """Show a record, read now."""
        if record is None:
            self.open_new()
            return
        with self._library.read() as db:
            found = rows.get(db, self.kind.name, record)
            hidden = withheld.fields_of(db, self.kind.name, record)
        if found is None:
            self.open_new()
            return
        self.record = record
        self._fill(found.values, hidden)

    def _fill(self, values: Mapping[str, Value], hidden: frozenset[str] = frozenset()) -> None:
        self._before = {name: values.get(name) for name in self.editors}
        for name, editor in self.editors.items():
            editor.put(self._before[name])
            editor.keep_back(name in hidden)
        if self.place is not None:
            latitude, longitude = (self._before[name] for name in _PLACE)
            self.place.put(*(one if isinstance(one, int) else None for one in (latitude, longitude)))
            self.place.keep_back(bool(hidden & set(_PLACE)))
            self.place.warn("")
            self._proposed = ""
        self._touched = False
        self._count_folded()
        self.edited.emit()

    def _edit(self) -> None:
        self._touched = True
        sender = self.sender()
        if isinstance(sender, FieldEditor):
            sender.say("")
        if self.place is not None and sender is self.place:
            self._propose_uncertainty(self.place)
        if sender is self.place or (isinstance(sender, FieldEditor) and sender.field.name == "country"):
            self._look_at_border()
        self.edited.emit()

    @property
    def touched(self) -> bool:
        """Whether something was typed that is not saved yet."""
        return self._touched

    # -- saving ------------------------------------------------------------------------------------------------

    def values(self) -> dict[str, Value] | None:
        """All values; None where one cannot be read: its sentence is shown and it has the keyboard."""
        found: dict[str, Value] = {}
        first: FieldEditor | CoordinateField | None = None
        for name, editor in self.editors.items():
            if editor.withheld:  # stays as it is, needed or not
                found[name] = self._before.get(name)
                continue
            if self.place is not None and name in _PLACE:
                try:
                    found[name] = self.place.value()[_PLACE.index(name)]
                    self.place.say("")
                except ValueError as error:
                    self.place.say(str(error))
                    first = first or self.place
                continue
            try:
                found[name] = editor.value()
                editor.say("")
            except ValueError as error:
                editor.say(str(error))
                first = first or editor
        if first is not None:
            if self.folded is not None and self.folded.isAncestorOf(first):
                self.unfold()
            first.control.setFocus()
            return None
        return found

    def save(self) -> None:
        """Write the record; the strip at the bottom says so and offers to undo."""
        values = self.values()
        if values is None:
            return
        library, kind, record = self._library, self.kind.name, self.record
        sheet = (record, self._new_sheets)
        if record is None:
            new = {**{name: value for name, value in values.items() if value is not None}, **self.fixed}
            self._bridge.act(
                lambda _cancel: self._make(new),
                lambda made: self._saved(made, sheet),
                self._refused,
                owner=self,
            )
        else:

            def change(_cancel: object) -> bytes:
                records.edit(library, kind, record, values)
                return record

            self._bridge.act(change, lambda made: self._saved(made, sheet), self._refused, owner=self)
        self._touched = False
        self._before = values

    def _make(self, values: dict[str, Value]) -> bytes:
        """Make a new record, not in the window's thread."""
        return records.add(self._library, self.kind.name, values)

    def _saved(self, record: bytes, sheet: tuple[bytes | None, int]) -> None:
        with self._library.read() as db:
            name = records.title(db, self.kind.name, record)
        self._bridge.say(_("Saved: {name}").format(name=name), undo=True)
        if sheet != (self.record, self._new_sheets):
            return  # another record stands in the form by now
        self.record = record
        self.edited.emit()
        self.saved.emit(record)

    def _refused(self, error: BaseException) -> None:
        self._touched = True
        self._bridge.report(error)

    # -- surviving a change of language ------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """What was typed and not saved."""
        if not self._touched:
            return {"record": self.record}
        drafts = {name: (editor.typed(), editor.value_or_none()) for name, editor in self.editors.items()}
        place = self.place.typed() if self.place is not None else ""
        return {"record": self.record, "drafts": drafts, "place": place}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show again what state() held."""
        self.open_record(state.get("record"))
        for name, (typed, value) in state.get("drafts", {}).items():
            editor = self.editors.get(name)
            if editor is not None:
                editor.put(value)
                if value is None and typed and hasattr(editor.control, "setText"):
                    editor.control.setText(typed)
                self._touched = True
        if self.place is not None and state.get("place"):
            self.place.control.setText(state["place"])
