"""The observation model: what finds are described by, as a tree in the user's language that a manager can change."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMargins, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ranger_app.actions import export_data, model_write, observation_models
from ranger_app.actions.formats import ExportReport
from ranger_app.actions.model_write import Known
from ranger_app.actions.smart_model_files import import_model
from ranger_app.changes import Changes
from ranger_app.domain import observation_model as models
from ranger_app.domain import threats
from ranger_app.domain.observation_model import Category, Model
from ranger_app.i18n import LANGUAGES, _, language, ngettext
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.numbers import number
from ui.settings.model_forms import AttributeForm, CategoryForm, Side, WordsForm, kind_words, type_words
from ui.widgets.banner import Banner
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.choose import choose_file, choose_folder
from ui.widgets.layouts import clear
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import label, muted
from ui.widgets.wrapped import Wrapped

_HKEY = Qt.ItemDataRole.UserRole
_CHECK = Qt.ItemDataRole.CheckStateRole
_WIDEST = 480
_LOW = 380  # pixels: the help says the same
KEYS = {
    "category": "Ctrl+Shift+A",
    "words": "Ctrl+Shift+R",
    "attribute": "Ctrl+Shift+T",
    "take": "Ctrl+I",
    "give": "Ctrl+Shift+X",
}


class ModelPage(QWidget):
    """A tree with a check mark where a category is asked for; at the right what is asked of the chosen one."""

    panel_wanted = Signal(object, str)
    panel_done = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.model: Model | None = None
        self._known: list[Known] = []
        self._wanted = ""
        self._replaced: list[QTreeWidgetItem] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        self._said = QVBoxLayout()
        column.addLayout(self._said)
        column.addLayout(self._top())
        column.addLayout(self._acts())
        parts = QHBoxLayout()
        parts.setSpacing(theme.BETWEEN)
        parts.addLayout(self._left(), 3)
        parts.addWidget(self._right(), 2)
        column.addLayout(parts, 1)
        self.setFocusProxy(self.tree)

    # -- building ----------------------------------------------------------------------------------------------

    def _top(self) -> Wrapped:
        row = Wrapped(8)
        self.chosen = QComboBox()
        self.chosen.setAccessibleName(_("Model in use"))
        self.chosen.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.chosen.setMaximumWidth(_WIDEST)
        self.chosen.activated.connect(self._use_row)
        row.addWidget(label(_("Model in use")))
        row.addWidget(self.chosen)
        row.addWidget(button(_("Import from SMART"), self.take_file, key=KEYS["take"]))
        row.addWidget(button(_("Export"), self.give, key=KEYS["give"]))
        return row

    def _acts(self) -> Wrapped:
        row = Wrapped(8)
        row.addWidget(button(_("Add a category"), self.add_category, key=KEYS["category"], icon="add"))
        row.addWidget(button(_("Change its words"), self.change_words, key=KEYS["words"]))
        row.addWidget(button(_("Add an attribute"), self.add_attribute, key=KEYS["attribute"]))
        return row

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        self.wanted_word = QLineEdit()
        self.wanted_word.setPlaceholderText(_("Find a category"))
        self.wanted_word.setAccessibleName(_("Find a category"))
        self.wanted_word.setClearButtonEnabled(True)
        self.wanted_word.textChanged.connect(lambda _text: self._narrow())
        column.addWidget(self.wanted_word)
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels([_("Category"), _("What it means"), _("Threat")])
        self.tree.setAccessibleName(_("Categories"))
        self.tree.setUniformRowHeights(True)
        self.tree.setExpandsOnDoubleClick(False)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for place in (1, 2):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.currentItemChanged.connect(lambda _now, _before: self._show_category())
        self.tree.itemChanged.connect(self._ticked)
        self.tree.itemActivated.connect(lambda _item, _column: self.change_words())
        column.addWidget(self.tree, 1)
        self.none = muted(_("No category has this word."))
        self.none.hide()
        column.addWidget(self.none)
        self.how = muted(_("Space takes the check mark away or sets it: only marked categories are asked for."))
        column.addWidget(self.how)
        return column

    def _right(self) -> Card:
        card = Card(_("What is asked"))
        self.name = label("", "strong", wrap=True)
        self.key = muted("")
        self.means = muted("")
        self.asked = QListWidget()
        self.asked.setAccessibleName(_("Attributes"))
        self.asked.itemChanged.connect(self._asked_changed)
        self.nothing = muted(_("Nothing more is asked of it."))
        self.doubt = muted("")
        area = ScrolledColumn(QMargins(0, 0, 0, 0))
        for part in (self.name, self.key, self.means):
            area.column.addWidget(part)
        area.column.addWidget(self.asked, 1)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        area.column.addWidget(self.nothing, 1)
        area.column.addWidget(self.doubt)
        card.body.addWidget(area, 1)
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.how.setHidden(self.height() < _LOW)
        super().resizeEvent(event)

    # -- reading -----------------------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Read the models again where one changed."""
        if changes is None or observation_models.KIND in changes.kinds:
            self._bridge.run(lambda _cancel: self._read(), self._show, owner=self)

    def ready(self) -> None:
        """Have the model here at once, for a command that comes before the page was shown."""
        if self.model is None:
            self._show(self._read())

    def _read(self) -> tuple[list[Known], Model]:
        with self._library.read() as db:
            model = observation_models.in_use(db)
        return model_write.listed(self._library), model

    def _show(self, found: tuple[list[Known], Model]) -> None:
        self._known, self.model = found
        with QSignalBlocker(self.chosen):
            self.chosen.clear()
            for one in self._known:
                words = ngettext("{name}: {n} category", "{name}: {n} categories", one.categories)
                text = words.format(name=one.name, n=number(one.categories))
                changed = one.id is not None and one.origin == models.default().name and not one.station
                origin = _("changed here") if changed else one.station or one.origin
                self.chosen.addItem(f"{text} ({origin})" if origin and origin != one.name else text)
            in_use = next((row for row, one in enumerate(self._known) if one.in_use), 0)
            self.chosen.setCurrentIndex(in_use)
        self._fill()

    def _fill(self) -> None:
        if self.model is None:
            return
        wanted = self._wanted or self.current()
        opened = self._opened()
        self._wanted = ""
        with QSignalBlocker(self.tree):
            # Kept until the next time: one of them may be telling right now that its mark was set.
            self._replaced = self.tree.invisibleRootItem().takeChildren()
            self._add_below(self.model.categories, "", self.tree.invisibleRootItem(), True)
            for item in self._items():
                hkey = str(item.data(0, _HKEY))
                item.setExpanded(hkey in opened if opened is not None else item.parent() is None)
        chosen = next((item for item in self._items() if item.data(0, _HKEY) == wanted), self.tree.topLevelItem(0))
        if chosen is not None:
            above = chosen.parent()
            while above is not None:
                above.setExpanded(True)
                above = above.parent()
            self.tree.setCurrentItem(chosen)
            self.tree.scrollToItem(chosen)
        self._narrow()
        self._show_category()

    def _opened(self) -> set[str] | None:
        """Full keys of the open branches; None before the tree was filled."""
        items = self._items()
        return {str(item.data(0, _HKEY)) for item in items if item.isExpanded()} if items else None

    def _items(self) -> list[QTreeWidgetItem]:
        found: list[QTreeWidgetItem] = []
        waiting = _below(self.tree.invisibleRootItem())
        while waiting:
            item = waiting.pop(0)
            found.append(item)
            waiting += _below(item)
        return found

    def _add_below(self, categories: tuple[Category, ...], above: str, parent: QTreeWidgetItem, asked: bool) -> None:
        assert self.model is not None
        for one in categories:
            hkey = models.join(above, one.key)
            threat = models.threat_of(self.model, hkey)
            kind = kind_words().get(models.kind_of(self.model, hkey), "")
            doubt = " (?)" if language() in one.unreviewed else ""
            word = models.word(one.labels, language(), one.key) + doubt
            item = QTreeWidgetItem([word, kind, threat[2] if threat else ""])
            item.setData(0, _HKEY, hkey)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Checked if one.active else Qt.CheckState.Unchecked)
            here = asked and one.active
            if not here:
                for place in range(3):
                    item.setForeground(place, theme.colour("muted"))
            parent.addChild(item)
            self._add_below(one.children, hkey, item, here)

    def _narrow(self) -> None:
        """Show the categories whose word or key holds what was typed, with those above them."""
        wanted = self.wanted_word.text().strip().casefold()
        shown = 0
        for item in reversed(self._items()):  # the deepest first: a category stays where one below it does
            hkey = str(item.data(0, _HKEY))
            below = any(not one.isHidden() for one in _below(item))
            fits = not wanted or wanted in item.text(0).casefold() or wanted in hkey.casefold()
            item.setHidden(not (fits or below))
            if wanted and below:
                item.setExpanded(True)
            shown += not item.isHidden()
        self.none.setVisible(not shown and self.tree.topLevelItemCount() > 0)

    # -- one category ------------------------------------------------------------------------------------------

    def current(self) -> str:
        """The full key of the chosen category, "" where none is."""
        item = self.tree.currentItem()
        return str(item.data(0, _HKEY)) if item is not None else ""

    def _show_category(self) -> None:
        hkey = self.current()
        found = models.path(self.model, hkey) if self.model and hkey else ()
        if self.model is None or not found:
            return
        self.name.setText(models.full_word(self.model, hkey) or hkey)
        self.key.setText(_("Key: {key}").format(key=hkey))
        threat = models.threat_of(self.model, hkey)
        words = [kind_words().get(models.kind_of(self.model, hkey), "")]
        if threat:
            words.append(f"{threats.threat_word(threat)} ({threat[0]} {threat[1]})")
        self.means.setText(" · ".join(word for word in words if word))
        self.means.setVisible(any(words))
        asked = {one.key for one in models.attributes_of(self.model, hkey)}
        with QSignalBlocker(self.asked):
            self.asked.clear()
            for one in models.attributes_of(self.model, hkey, off=True):
                kind = type_words().get(one.type, one.type)
                unit = f", {models.unit_word(one.unit)}" if one.unit else ""
                item = QListWidgetItem(f"{models.attribute_word(one)}  ·  {kind}{unit}")
                item.setData(_HKEY, one.key)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked if one.key in asked else Qt.CheckState.Unchecked)
                self.asked.addItem(item)
        self.asked.setVisible(self.asked.count() > 0)
        self.nothing.setVisible(self.asked.count() == 0)
        last = found[-1]
        missing = [name for code, name in LANGUAGES.items() if not last.labels.get(code)]
        doubtful = [LANGUAGES[code] for code in last.unreviewed if code in LANGUAGES]
        lines = []
        if missing:
            lines.append(_("No word in: {languages}.").format(languages=", ".join(missing)))
        if doubtful:
            lines.append(_("Not confirmed in: {languages}.").format(languages=", ".join(doubtful)))
        self.doubt.setText("\n".join(lines))
        self.doubt.setVisible(bool(lines))

    # -- changing ----------------------------------------------------------------------------------------------

    def _use_row(self, row: int) -> None:
        if not self._known[row].in_use:
            self._use(self._known[row].id, self._known[row].name)

    def _use(self, record: bytes | None, name: str) -> None:
        self._bridge.act(
            lambda _cancel: model_write.use(self._library, record),
            lambda _nothing: self._bridge.say(_("Finds are described by {name} now.").format(name=name), undo=True),
            self._refused,
            owner=self,
        )

    def _ticked(self, item: QTreeWidgetItem, column: int) -> None:
        if column != 0:
            return
        hkey, active = str(item.data(0, _HKEY)), item.checkState(0) == Qt.CheckState.Checked
        sentence = _("{name} is asked for again.") if active else _("{name} is no longer asked for.")
        self._bridge.act(
            lambda _cancel: model_write.set_active(self._library, hkey, active),
            partial(self._done, sentence.format(name=item.text(0))),
            self._refused,
            owner=self,
        )

    def _asked_changed(self, item: QListWidgetItem) -> None:
        hkey, key = self.current(), str(item.data(_HKEY))
        asked = item.checkState() == Qt.CheckState.Checked
        sentence = _("{name} is asked for again.") if asked else _("{name} is no longer asked for.")
        self._bridge.act(
            lambda _cancel: model_write.set_asked(self._library, hkey, key, asked),
            partial(self._done, sentence.format(name=item.text().partition("  ·  ")[0])),
            self._refused,
            owner=self,
        )

    def _done(self, sentence: str, _nothing: object) -> None:
        self._bridge.say(sentence, undo=True)

    def _refused(self, error: BaseException) -> None:
        self._bridge.report(error)
        self.refresh(None)

    def add_category(self) -> None:
        """Show an empty form for one under the chosen category."""
        if self.model is not None:
            form = CategoryForm(self._library, self._bridge, self.model, self.current())
            self._open(form, _("Add a category"), _("Category added"))

    def change_words(self) -> None:
        """Show the words of the chosen category."""
        found = models.category(self.model, self.current()) if self.model and self.current() else None
        if found is not None:
            form = WordsForm(self._library, self._bridge, self.current(), found)
            self._open(form, _("Change its words"), _("Words changed"))

    def add_attribute(self) -> None:
        """Show an empty form for something more to ask of the chosen category."""
        if self.model is not None and self.current():
            form = AttributeForm(self._library, self._bridge, self.model, self.current())
            self._open(form, _("Add an attribute"), _("Attribute added"))

    def _open(self, form: Side, title: str, sentence: str) -> None:
        def kept(word: str) -> None:
            if word.endswith("."):
                self._wanted = word
                self.refresh(None)
            self.panel_done.emit()
            self._bridge.say(sentence, undo=True)
            self.tree.setFocus()

        form.done.connect(kept)
        self.panel_wanted.emit(form, title)

    # -- files -------------------------------------------------------------------------------------------------

    def take_file(self) -> None:
        """Choose a SMART data model or configurable model."""
        choose_file(self, _("SMART data model or configurable model"), self.take, "*.xml *.XML")

    def take(self, path: Path) -> None:
        """Take the model of ``path`` in, and offer to use it."""
        self._bridge.run(lambda _cancel: import_model(self._library, path), partial(self._taken, path.stem), owner=self)

    def _taken(self, name: str, record: bytes) -> None:
        clear(self._said)
        banner = Banner(
            _("{name} is here now.").format(name=name),
            _("It is not in use yet. Finds keep their keys whichever model is in use."),
            "attention",
            _("Use it"),
            partial(self._use_taken, record, name),
            close=_("Not now"),
        )
        self._said.addWidget(banner)

    def _use_taken(self, record: bytes, name: str) -> None:
        clear(self._said)
        self._use(record, name)

    def give(self) -> None:
        """Choose where the model in use is written as SMART's XML."""
        choose_folder(self, _("Folder in which the new folder is made"), self.write_into)

    def write_into(self, parent: Path) -> None:
        """Write the model in use into a new folder inside ``parent``."""
        name = f"observation-model-{date.today().isoformat()}"
        out, behind = parent / name, 2
        while out.exists():
            out, behind = parent / f"{name}-{behind}", behind + 1
        self._bridge.run(
            lambda cancel: export_data.export(self._library, "smart-model", out, cancel=cancel),
            self._written,
            owner=self,
            title=_("Writing the observation model"),
        )

    def _written(self, report: ExportReport) -> None:
        clear(self._said)
        reasons = " ".join(str(one["reason"]) for one in report.failed)
        words = _("Written into {folder}.").format(folder=report.folder)
        self._said.addWidget(Banner(words, reasons, "attention", close=_("Close")))


def _below(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    """The items right below ``item``."""
    return [one for one in (item.child(row) for row in range(item.childCount())) if one is not None]
