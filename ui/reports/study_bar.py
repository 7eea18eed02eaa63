"""Over the report of a joint study: what it asks, in a line, and how to change it, to take in or give a study file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ranger_app.actions import joint_study
from ranger_app.domain import taxa
from ranger_app.domain.joint_study import JointStudy
from ranger_app.i18n import _, language
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.commands import Command
from ui.numbers import apart
from ui.reports.study_form import Offer, StudyForm, read_offer
from ui.widgets.buttons import button
from ui.widgets.choose import choose_file, choose_new_file
from ui.widgets.text import label
from ui.widgets.wrapped import Wrapped

STUDY = "study"
"""The report that these choices are for."""
_FILE = "joint-study"


class StudyBar(QWidget):
    """``changed`` when a person asks another study, ``turned`` when ``form`` is to be shown or put away."""

    changed = Signal()
    turned = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._offer: Offer | None = None
        self.chosen: JointStudy | None = None
        """What a person chose or a file says; None for the usual study."""
        self.file = ""
        """The file it was read from, as long as nobody changed it."""
        self.editing = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.words = label("", wrap=True)
        column.addWidget(self.words)
        self.hint = label(
            _("To get the same report at every station, save the study file and give it to your partners."),
            "muted", wrap=True,
        )  # fmt: skip
        column.addWidget(self.hint)
        row = Wrapped(8)
        self.change_button = button(_("Change the study"), self.edit, key="C")
        self.open_button = button(_("Open a study file"), self.choose, key="O")
        self.save_button = button(_("Save the study file"), self.save, key="S")
        for one in (self.change_button, self.open_button, self.save_button):
            row.addWidget(one)
        column.addLayout(row)
        self.form = StudyForm()
        self.form.done.connect(self._made)
        self.form.left.connect(self.put_away)
        self._show()

    # -- what it asks ------------------------------------------------------------------------------------------

    @property
    def study(self) -> JointStudy | None:
        """The study that is asked; None until what is known here was read."""
        return self.chosen or (self._offer.proposed if self._offer is not None else None)

    def read(self) -> None:
        """Read again what a study can be made of."""
        self._bridge.run(lambda _cancel: read_offer(self._library), self._take, owner=self)

    def _take(self, offer: Offer) -> None:
        self._offer = offer
        self._show()

    def _show(self) -> None:
        study = self.study
        self.words.setText(in_words(study, self.file) if study is not None else " ")
        self.change_button.setEnabled(study is not None)
        self.save_button.setEnabled(self.can_save())

    def can_save(self) -> bool:
        """Whether the study names what a file of it needs."""
        study = self.study
        return study is not None and bool(study.parties and study.species)

    # -- changing ----------------------------------------------------------------------------------------------

    def edit(self) -> None:
        """Show the form with the study as it stands."""
        if self.study is not None and self._offer is not None:
            self.form.show_study(self.study, self._offer)
            self._turn(on=True)
            self.form.setFocus()

    def put_away(self) -> None:
        """Leave the study as it was."""
        self._turn(on=False)

    def _turn(self, *, on: bool) -> None:
        self.editing = on
        self.turned.emit()

    def _made(self, study: JointStudy) -> None:
        if study != self.study:
            self.file = ""
        self.chosen = study
        self._turn(on=False)
        self._show()
        self.changed.emit()

    # -- files -------------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Choose the file of a study that a partner gave, or that was saved here."""
        choose_file(self, _("Choose a study file"), self.open_file, "*.json *.JSON")

    def open_file(self, file: Path) -> None:
        """Ask what a file says."""
        self._bridge.run(lambda _cancel: joint_study.read(file), partial(self._opened, file), owner=self)

    def _opened(self, file: Path, study: JointStudy) -> None:
        self.chosen, self.file = study, file.name
        self._turn(on=False)
        self._show()
        self.changed.emit()

    def save(self) -> None:
        """Ask where the study goes, then write its file."""
        if self.can_save():
            choose_new_file(self, _("Save the study file"), self.save_to, f"{_FILE}.json", "json")

    def save_to(self, file: Path) -> None:
        """Write the study as a file for the partners."""
        study = self.study
        if study is None:
            return
        words = _("{file} is in {folder}. Give it to your partners: they open it here.")
        self._bridge.run(
            lambda _cancel: joint_study.write(study, file),
            lambda _none: self._bridge.say(words.format(file=file.name, folder=file.parent)),
            owner=self,
        )

    # -- what the screen asks ----------------------------------------------------------------------------------

    def commands(self, group: str) -> list[Command]:
        """The keys of the study, or of its form while that is shown."""
        if self.editing:
            return [
                Command("study.done", _("Show the report"), self.form.finish, "Ctrl+Return", group=group),
                Command("study.leave", _("Leave it as it was"), self.put_away, "Esc", group=group),
            ]
        return [
            Command("study.change", _("Change the study"), self.edit, "C", group=group),
            Command("study.open", _("Open a study file"), self.choose, "O", group=group),
            Command("study.save", _("Save the study file"), self.save, "S", self.can_save, group),
        ]

    def state(self) -> dict[str, Any]:
        """The study, and what was filled in and not finished."""
        draft = (self.form.study(), self.form.days()) if self.editing else None
        return {"chosen": self.chosen, "file": self.file, "offer": self._offer, "draft": draft}

    def restore(self, state: dict[str, Any]) -> None:
        """Ask the same study again, with the form as it stood."""
        self.chosen, self.file, self._offer = state["chosen"], state["file"], state["offer"]
        self._show()
        if state["draft"] is not None and self._offer is not None:
            study, days = state["draft"]
            self.form.show_study(study, self._offer)
            self.form.put_days(*days)
            self._turn(on=True)


def in_words(study: JointStudy, file: str = "") -> str:
    """What a study asks, in a line or two."""
    start, end = (one.isoformat() if one else "…" for one in (study.start, study.end))
    parts = (
        study.title,
        ", ".join(f"{one.name} ({one.country})" for one in study.parties),
        ", ".join(sorted(taxa.name(one, language()) for one in study.species)) or _("no known animals"),
        f"{start} – {end}" if study.start or study.end else _("all days"),
        apart(study.minutes),
        _("from the file {name}").format(name=file) if file else "",
    )
    return " · ".join(part for part in parts if part)
