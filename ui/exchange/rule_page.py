"""The sharing rule of a partner: set once in plain words, with a preview of what the partner will see."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QMargins, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ranger_app.actions import partners as acts
from ranger_app.actions.partners import Partner
from ranger_app.actions.sharing import Wish, area_names, changed, rule_of, set_rule, words
from ranger_app.actions.sharing_preview import Preview, preview
from ranger_app.changes import Changes
from ranger_app.domain.sharing import STANDARD, Rule
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows
from ui import theme
from ui.bridge import Bridge
from ui.exchange.rule_choice import RuleChoice
from ui.exchange.rule_preview import RulePreview
from ui.widgets.buttons import button, primary
from ui.widgets.empty_state import EmptyState
from ui.widgets.scrolled import ScrolledColumn

_SETTLE_MS = 400
_NARROW = 1200
"""Below this width of the window, pixels, the preview stands under the choices: 1366 at 125 % leaves 1093."""


class RulePage(QWidget):
    """``saved(partner id)`` after a rule was set; ``edited`` whenever there is something to save, or no longer."""

    saved = Signal(object)
    edited = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.partners: list[Partner] = []
        self.partner: bytes | None = None
        self._in_force: Rule = STANDARD
        self._asked = 0
        self._asked_rule: Rule | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._either = QStackedWidget()
        outer.addWidget(self._either)
        self._either.addWidget(
            EmptyState(_("There is no partner yet. Add one first; then say here what they may see."), icon="exchange")
        )
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.BETWEEN)
        top = QHBoxLayout()
        top.setSpacing(8)
        self.who = QComboBox()
        self.who.setAccessibleName(_("Partner"))
        self.who.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.who.activated.connect(lambda _index: self.choose(self.who.currentData()))
        top.addWidget(self.who)
        top.addStretch(1)
        self.back = button(_("Undo changes"), self.take_back, key="B")
        self.save_button = primary(_("Save the rule"), self.save, key="Ctrl+S")
        top.addWidget(self.back)
        top.addWidget(self.save_button)
        column.addLayout(top)
        self._sides = sides = QHBoxLayout()
        sides.setSpacing(theme.BETWEEN)
        left = ScrolledColumn(QMargins(0, 0, 0, 0))
        self.choice = RuleChoice()
        self.choice.changed.connect(self._changed)
        left.column.addWidget(self.choice)
        self._left = left
        left.column.addStretch(1)
        right = ScrolledColumn(QMargins(0, 0, 0, 0))
        self.seen = RulePreview()
        right.column.addWidget(self.seen)
        self._right = right
        right.column.addStretch(1)
        sides.addWidget(left, 48)
        sides.addWidget(right, 52)
        column.addLayout(sides, 1)
        self._either.addWidget(page)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._ask_again)
        self.setFocusProxy(self.who)
        self._say_edited()

    @property
    def is_edited(self) -> bool:
        """Whether something was changed and not saved."""
        return self.partner is not None and self.choice.rule != self._in_force

    def refresh(self, _changes: Changes | None) -> None:
        """Read the partners again; what a person is changing stays."""
        self._bridge.run(lambda _cancel: acts.list_partners(self._library), self._take_partners, owner=self)

    def _take_partners(self, found: list[Partner]) -> None:
        self.partners = found
        self._either.setCurrentIndex(1 if found else 0)
        self.who.clear()
        for one in found:
            self.who.addItem(f"{one.name}, {one.country}", one.id)
        known = [one.id for one in found]
        if found and self.partner not in known:
            self.choose(known[0])
        elif self.partner in known:
            self.who.setCurrentIndex(known.index(self.partner))
            if not self.is_edited:
                self.choose(self.partner)

    def choose(self, partner: bytes) -> None:
        """Show the rule of a partner."""
        self.partner = partner
        known = [one.id for one in self.partners]
        if partner in known:
            self.who.setCurrentIndex(known.index(partner))

        def read() -> tuple[Rule, dict[str, str]]:
            with self._library.read() as db:
                rule = rule_of(db, partner)
                areas = {one.id.hex(): one.text("name") for one in rows.find(db, "protected_area")}
                return rule, {**area_names(db, rule), **areas}

        self._bridge.run(lambda _cancel: read(), self._take_rule, owner=self)

    def _take_rule(self, found: tuple[Rule, dict[str, str]]) -> None:
        self._in_force, areas = found
        self.choice.show_rule(self._in_force)
        self.choice.show_areas(areas)
        self._say_edited()
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Stand the choices and the preview side by side, or under one another in a narrow window."""
        narrow = self.window().width() < _NARROW
        self._sides.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        for area in (self._left, self._right):
            inner = area.widget()
            if inner is not None:  # a scrolled column asks for no room of its own
                bar = area.verticalScrollBar().sizeHint().width()
                area.setMinimumWidth(inner.minimumSizeHint().width() + bar if area is self._left or narrow else 0)
                area.whole = narrow
                area.make_room()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()  # nobody sees the preview; the window may be closing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.is_edited:
            self._ask_again()

    # -- changing ----------------------------------------------------------------------------------------------

    def _changed(self, _rule: Rule) -> None:
        self._say_edited()
        if not self._timer.isActive():
            self._ask()  # at once: until then the preview would tell of the rule before
        self._timer.start()

    def _say_edited(self) -> None:
        self.save_button.setEnabled(self.is_edited)
        self.back.setEnabled(self.is_edited)
        self.edited.emit()

    def _ask_again(self) -> None:
        if self.choice.rule != self._asked_rule:
            self._ask()

    def _ask(self) -> None:
        rule = self._asked_rule = self.choice.rule
        self._asked += 1
        asked = self._asked

        def look() -> tuple[list[str], Preview]:
            with self._library.read() as db:
                names = area_names(db, rule)
            return words(rule, names), preview(self._library, rule)

        def show(found: tuple[list[str], Preview]) -> None:
            if asked == self._asked:
                self.seen.show_preview(*found)
                self._arrange()

        self._bridge.run(lambda _cancel: look(), show, owner=self)

    def take_back(self) -> None:
        """Show again what is in force."""
        self.choice.show_rule(self._in_force)
        self._changed(self._in_force)

    def save(self) -> None:
        """Put the rule in force for all that is given from now on."""
        partner, rule = self.partner, self.choice.rule
        if partner is None or not self.is_edited:
            return

        def done(rule_now: Rule) -> None:
            self._in_force = rule_now
            self.choice.show_rule(rule_now)
            self._say_edited()
            self._bridge.say(_("Saved. It holds for all that is given from now on."))
            self.saved.emit(partner)

        before = replace(rule, species=self._in_force.species)

        def put() -> Rule:
            with self._library.read() as db:  # a species nobody knows would keep nothing back
                known = changed(db, before, Wish(species=["none", *sorted(rule.species)]))
            return set_rule(self._library, partner, known)

        self._bridge.act(lambda _cancel: put(), done, owner=self)
