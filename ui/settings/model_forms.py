"""The forms of the observation model that stand in the side panel: a category's words, a new one, a new attribute."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ranger_app.actions import model_write
from ranger_app.domain import observation_model as models
from ranger_app.domain.observation_model import TYPES, Category, Labels, Model
from ranger_app.i18n import LANGUAGES, _, language
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.problems import worded
from ui.widgets.buttons import primary
from ui.widgets.text import label, muted


def type_words() -> dict[str, str]:
    """What each type of attribute is called."""
    return {
        "NUMERIC": _("number"),
        "TEXT": _("text"),
        "LIST": _("one of a list"),
        "MLIST": _("several of a list"),
        "TREE": _("one of a tree"),
        "BOOLEAN": _("yes or no"),
        "DATE": _("date"),
    }


def kind_words() -> dict[str, str]:
    """What each kind of find is called."""
    return {"pressure": _("Pressure"), "state": _("State"), "response": _("Response")}


class Side(QScrollArea):
    """A form of the side panel; ``done(word)`` when it was kept: a key or a full key."""

    done = Signal(str)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.setWidgetResizable(True)
        inner = QWidget()
        inner.setProperty("role", "body")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(16, 12, 16, 16)
        self.column.setSpacing(6)
        self.setWidget(inner)
        self.words: dict[str, QLineEdit] = {}

    def ask_words(self, given: Labels) -> None:
        """One field for the word in each language, the user's own first."""
        for code in sorted(LANGUAGES, key=lambda one: one != language()):
            field = QLineEdit(given.get(code, ""))
            self._put(LANGUAGES[code], field)
            field.returnPressed.connect(self.keep)
            self.words[code] = field
        self.setFocusProxy(self.words[language()])

    def _put(self, caption: str, field: QWidget) -> None:
        words = label(caption, "muted")
        words.setBuddy(field)
        field.setAccessibleName(caption)
        self.column.addWidget(words)
        self.column.addWidget(field)

    def finish(self, caption: str) -> None:
        """The line for what is wrong, and the button."""
        self.wrong = label("", "warning", wrap=True)
        self.wrong.hide()
        self.column.addWidget(self.wrong)
        self.column.addWidget(primary(caption, self.keep, key="Return"))
        self.column.addStretch(1)

    def labels(self) -> Labels:
        """What was typed, by language."""
        return {code: field.text() for code, field in self.words.items()}

    def keep(self) -> None:
        """Save; overridden by each form."""
        raise NotImplementedError

    def act(self, work: Callable[[], str]) -> None:
        """Do ``work``; its answer goes out with ``done``, a refusal stays below the fields."""
        self._bridge.act(lambda _cancel: work(), self.done.emit, self._refused, owner=self)

    def _refused(self, error: BaseException) -> None:
        problem = worded(error)
        self.wrong.setText(f"{problem.what} {problem.todo}")
        self.wrong.show()


class WordsForm(Side):
    """The words of a category in six languages."""

    def __init__(self, library: Library, bridge: Bridge, hkey: str, one: Category) -> None:
        super().__init__(bridge)
        self._library, self._hkey, self._before = library, hkey, one.labels
        self.column.addWidget(muted(_("Key: {key}. Finds keep the key whatever it is called.").format(key=hkey)))
        self.ask_words(one.labels)
        self.finish(_("Keep these words"))

    def keep(self) -> None:
        changed = {code: text for code, text in self.labels().items() if text.strip() != self._before.get(code, "")}

        def work() -> str:
            model_write.rename(self._library, self._hkey, changed)
            return self._hkey

        self.act(work)


class CategoryForm(Side):
    """A new category under ``above`` (its full key, "" for the top)."""

    def __init__(self, library: Library, bridge: Bridge, model: Model, above: str) -> None:
        super().__init__(bridge)
        self._library, self._above = library, above
        where = models.full_word(model, above) if above else None
        sentence = _("Under {name}. What is asked there is asked here too.").format(name=where)
        self.column.addWidget(muted(sentence if where else _("At the top of the tree.")))
        self.ask_words({})
        self.kind = QComboBox()
        self.kind.addItem(_("As the category above") if above else _("Not stated"), "")
        for code, words in kind_words().items():
            self.kind.addItem(words, code)
        self._put(_("What it means"), self.kind)
        self.attributes = QListWidget()
        self.attributes.setMinimumHeight(200)
        inherited = {one.key for one in models.attributes_of(model, above)} if above else set()
        offered = [one for one in model.attributes if one.key not in inherited]
        for one in sorted(offered, key=lambda one: models.attribute_word(one).casefold()):
            item = QListWidgetItem(models.attribute_word(one))
            item.setData(Qt.ItemDataRole.UserRole, one.key)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.attributes.addItem(item)
        if offered:
            self._put(_("Also asked of it (Space chooses)"), self.attributes)
        self.finish(_("Add the category"))

    def keep(self) -> None:
        items = [self.attributes.item(row) for row in range(self.attributes.count())]
        chosen = [one.data(Qt.ItemDataRole.UserRole) for one in items if one.checkState() == Qt.CheckState.Checked]
        words, kind = self.labels(), str(self.kind.currentData())
        self.act(lambda: model_write.add_category(self._library, self._above, words, attributes=chosen, kind=kind))


class AttributeForm(Side):
    """A new attribute that is asked of a category."""

    def __init__(self, library: Library, bridge: Bridge, model: Model, hkey: str) -> None:
        super().__init__(bridge)
        self._library, self._hkey = library, hkey
        where = models.full_word(model, hkey)
        self.column.addWidget(muted(_("Asked of {name} and what stands below it.").format(name=where)))
        self.ask_words({})
        self.type = QComboBox()
        for code, words in type_words().items():
            if code in TYPES:
                self.type.addItem(words, code)
        self._put(_("What is entered"), self.type)
        self.unit = QLineEdit()
        self.unit.setPlaceholderText("cm")
        self._put(_("Unit"), self.unit)
        self.entries = QPlainTextEdit()
        self.entries.setTabChangesFocus(True)
        self.entries.setFixedHeight(120)
        self._put(_("Entries of the list, one a line"), self.entries)
        self.type.currentIndexChanged.connect(lambda _index: self._fit())
        self._fit()
        self.finish(_("Add the attribute"))

    def _fit(self) -> None:
        kind = str(self.type.currentData())
        self.unit.setEnabled(kind == "NUMERIC")
        self.entries.setEnabled(kind in ("LIST", "MLIST", "TREE"))

    def keep(self) -> None:
        words, kind, code = self.labels(), str(self.type.currentData()), language()
        unit = self.unit.text() if self.unit.isEnabled() else ""
        lines = self.entries.toPlainText().splitlines() if self.entries.isEnabled() else []
        items = [{code: line} for line in lines if line.strip()]
        self.act(lambda: model_write.add_attribute(self._library, self._hkey, words, kind, unit=unit, items=items))
