"""What one partner may see, as choices a person sets: three ready rules, and every part of them by itself."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from ranger_app.actions.sharing import OWN, PRECISION_WORDS
from ranger_app.domain import sharing, taxa
from ranger_app.domain.kinds import KINDS
from ranger_app.domain.sharing import PICTURES, PRECISIONS, PRESETS, SENSITIVITIES, Rule
from ranger_app.i18n import N_, _, language
from ui.widgets.card import Card
from ui.widgets.segments import Segments
from ui.widgets.text import label, muted
from ui.widgets.wrapped import Wrapped

_PRESETS = ("full", "standard", "open")
_LEVELS = {
    1: N_("Extremely sensitive, not reviewed"),
    2: N_("Highly sensitive"),
    3: N_("Medium"),
    4: N_("Low"),
    0: N_("All other places"),
}
_PICTURE_WORDS = {"none": N_("No pictures"), "thumbnails": N_("Small pictures"), "originals": N_("Originals")}
_KINDS = tuple(kind for kind in KINDS if kind.name not in ("person", "protected_area", "taxon", "camera", "track"))
_MOST_DAYS = 3650


class RuleChoice(Card):
    """``changed(rule)`` whenever a person changes a part; ``show_rule`` sets all of it."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.rule: Rule = sharing.STANDARD
        self._showing = False
        self.presets = Segments([_("Full"), _("Standard"), _("Open, the strictest")])
        self.presets.chosen.connect(lambda place: self.take_preset(_PRESETS[place]))
        self.body.addWidget(self.presets)
        self.body.addWidget(label(_("Places of"), "section"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        self.places: dict[int, QComboBox] = {}
        for line, (level, words) in enumerate(_LEVELS.items()):
            box = QComboBox()
            for precision in PRECISIONS:
                box.addItem(_(PRECISION_WORDS[precision]), precision)
            box.setAccessibleName(_(words))
            box.activated.connect(lambda _index: self._typed())
            self.places[level] = box
            grid.addWidget(label(_(words), "sentence", wrap=True), line, 0)
            grid.addWidget(box, line, 1)
        grid.setColumnStretch(0, 1)
        self.body.addLayout(grid)
        self._ticks = QVBoxLayout()
        self._ticks.setSpacing(0)
        self.body.addLayout(self._ticks)
        self.people = self._box(_("Names of people, and who did what"))
        self.tracks = self._box(_("Tracks and points of patrols"))
        self.files = self._box(_("File names, camera data, hashes"))
        row = QHBoxLayout()
        row.setSpacing(8)
        self.pictures = QComboBox()
        for code in PICTURES:
            self.pictures.addItem(_(_PICTURE_WORDS[code]), code)
        self.pictures.setAccessibleName(_("Pictures"))
        self.pictures.activated.connect(lambda _index: self._typed())
        row.addWidget(self.pictures)
        row.addStretch(1)
        row.addWidget(label(_("Hold back the last days"), "sentence"))
        self.days = QSpinBox()
        self.days.setRange(0, _MOST_DAYS)
        self.days.setMinimumWidth(96)
        self.days.setAccessibleName(_("Hold back the last days"))
        self.days.valueChanged.connect(lambda _value: self._typed())
        row.addWidget(self.days)
        self.body.addLayout(row)
        self.body.addWidget(label(_("Give these kinds of record"), "section"))
        holder = QWidget()
        kinds = Wrapped(12)
        holder.setLayout(kinds)
        self.kinds: dict[str, QCheckBox] = {}
        for kind in _KINDS:
            box_of = QCheckBox(_(kind.label_plural))
            box_of.clicked.connect(lambda _on: self._typed())
            self.kinds[kind.name] = box_of
            kinds.addWidget(box_of)
        self.body.addWidget(holder)
        self.species = QLineEdit()
        self.species.setPlaceholderText(_("Species that are not given, with commas between them"))
        self.species.setAccessibleName(_("Species that are not given"))
        self.species.editingFinished.connect(self._typed)
        self.body.addWidget(self.species)
        self.areas_head = muted(_("Only records from these protected areas; none ticked: from everywhere"))
        self.body.addWidget(self.areas_head)
        self._areas_holder = QWidget()
        self._areas_row = Wrapped(12)
        self._areas_holder.setLayout(self._areas_row)
        self.areas: dict[str, QCheckBox] = {}
        self.body.addWidget(self._areas_holder)
        self.show_areas({})
        self.show_rule(self.rule)

    def take_preset(self, name: str) -> None:
        """Set all of one of the ready rules: full, standard or open."""
        self._set(PRESETS[name])

    def _box(self, words: str) -> QCheckBox:
        made = QCheckBox(words)
        made.clicked.connect(lambda _on: self._typed())
        self._ticks.addWidget(made)
        return made

    def show_areas(self, names: dict[str, str]) -> None:
        """Offer these protected areas, by id as 32 hex digits."""
        for box in self.areas.values():
            self._areas_row.removeWidget(box)
            box.deleteLater()
        self.areas = {}
        for area, name in sorted(names.items(), key=lambda item: item[1].casefold()):
            box = QCheckBox(name.replace("&", "&&"))
            box.setChecked(area in self.rule.areas)
            box.clicked.connect(lambda _on: self._typed())
            self.areas[area] = box
            self._areas_row.addWidget(box)
        self.areas_head.setVisible(bool(names))
        self._areas_holder.setVisible(bool(names))

    def show_rule(self, rule: Rule) -> None:
        """Show a rule; ``changed`` is not sent."""
        self.rule, self._showing = rule, True
        preset = next((at for at, name in enumerate(_PRESETS) if replace(rule, name=name) == PRESETS[name]), None)
        self.presets.tick(preset)
        for level, box in self.places.items():
            box.setCurrentIndex(PRECISIONS.index(rule.precision(level)))
        for check, on in ((self.people, rule.people), (self.tracks, rule.tracks), (self.files, rule.files)):
            check.setChecked(on)
        self.pictures.setCurrentIndex(PICTURES.index(rule.pictures))
        self.days.setValue(min(rule.embargo_days, _MOST_DAYS))
        for name, box_of in self.kinds.items():
            box_of.setChecked(name not in rule.kinds)
        self.species.setText(", ".join(sorted(taxa.name(one, language()) for one in rule.species)))
        for area, box_of in self.areas.items():
            box_of.setChecked(area in rule.areas)
        self._showing = False

    def _typed(self) -> None:
        if self._showing:
            return
        names = [one.strip() for one in self.species.text().split(",") if one.strip()]
        unseen = self.rule.kinds - self.kinds.keys()
        self._set(
            replace(
                self.rule,
                name=OWN,
                kinds=unseen | {name for name, box in self.kinds.items() if not box.isChecked()},
                species=frozenset(taxa.match(one) or one for one in names),
                areas=frozenset(area for area, box in self.areas.items() if box.isChecked()),
                embargo_days=self.days.value(),
                people=self.people.isChecked(),
                tracks=self.tracks.isChecked(),
                files=self.files.isChecked(),
                places={one: self.places[one].currentData() for one in SENSITIVITIES},
                pictures=self.pictures.currentData(),
            )
        )

    def _set(self, rule: Rule) -> None:
        self.show_rule(rule)
        self.changed.emit(self.rule)
