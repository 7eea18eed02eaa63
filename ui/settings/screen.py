"""Settings: how the window looks and speaks, who works here, what the station is called, and its safety."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ranger_app.changes import Changes
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.commands import Command
from ui.settings.about import About
from ui.settings.border_card import KEY as BORDER_KEY
from ui.settings.border_card import BorderCard
from ui.settings.general import General
from ui.settings.model_page import KEYS, ModelPage
from ui.settings.people import People
from ui.settings.room import Room
from ui.settings.safety import Safety
from ui.settings.species import Species
from ui.settings.station import StationPage
from ui.widgets.screen import Screen
from ui.widgets.segments import Pages


class SettingsScreen(Screen):
    """Eight pages; ``open_at("people")`` and the like show one of them."""

    help_page = "settings"
    NAMES = ("general", "people", "species", "model", "station", "room", "safety", "about")

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge, scroll=False)
        self.set_heading(_("Settings"), _("What you change here is in force at once."))
        self.general = General(bridge)
        self.border = BorderCard(library, bridge)
        self.general.add_card(self.border)
        self.people = People(library, bridge)
        self.people.panel_wanted.connect(self.panel_wanted)
        self.people.panel_done.connect(self.panel_done)
        self.species = Species(library, bridge)
        self.species.panel_wanted.connect(self.panel_wanted)
        self.species.panel_done.connect(self.panel_done)
        self.model = ModelPage(library, bridge)
        self.model.panel_wanted.connect(self.panel_wanted)
        self.model.panel_done.connect(self.panel_done)
        self.station = StationPage(library, bridge)
        self.room = Room(library, bridge)
        self.safety = Safety(library, bridge)
        self.about = About(library)
        self.pages = Pages(
            [
                (_("Language and look"), self.general),
                (_("People"), self.people),
                (_("Species"), self.species),
                (_("Observation model"), self.model),
                (_("Station"), self.station),
                (_("Originals"), self.room),
                (_("Backup and check"), self.safety),
                (_("About Ranger"), self.about),
            ],
            wrap=True,
        )
        self.pages.changed.connect(self._turned)
        self.body.addWidget(self.pages, 1)

    def _turned(self, index: int) -> None:
        if self.NAMES[index] == "room":
            self.room.refresh()
        elif self.NAMES[index] == "model":
            self.model.refresh(None)
        elif self.NAMES[index] == "station":
            self.station.refresh()
        self.commands_changed.emit()

    def commands(self) -> list[Command]:
        group = _("Settings")
        return [
            *self.pages.commands("settings", group),
            Command("settings.add_person", _("Add a person"), self._add_person, "Ctrl+N", group=group),
            Command("settings.add_species", _("Add a species"), self._add_species, "Ctrl+Shift+N", group=group),
            Command("settings.change_species", _("Change a species"), self._change_species, "Ctrl+E", group=group),
            *self._of_the_model(group),
            Command("settings.pin", _("Set a PIN"), self._set_pin, "Ctrl+P", group=group),
            Command("settings.save_station", _("Save name and offset"), self._save, "Ctrl+S", group=group),
            Command("settings.border", _("Load a border"), self._load_border, BORDER_KEY, group=group),
            Command("settings.disk", _("Add a disk for originals"), self._add_disk, "Ctrl+D", group=group),
            Command("settings.backup", _("Back up now"), self._backup, "Ctrl+B", group=group),
            Command("settings.check", _("Check the library"), self._check, "Ctrl+Shift+C", group=group),
            Command("settings.open", _("Open another library"), self.safety.choose_library, "Ctrl+O", group=group),
        ]

    def _of_the_model(self, group: str) -> list[Command]:
        acts = (
            ("category", _("Add a category of finds"), self.model.add_category),
            ("words", _("Change the words of a category"), self.model.change_words),
            ("attribute", _("Add an attribute of finds"), self.model.add_attribute),
            ("take", _("Import an observation model from SMART"), self.model.take_file),
            ("give", _("Export the observation model"), self.model.give),
        )
        return [
            Command(f"settings.model_{name}", words, partial(self._in_the_model, run), KEYS[name], group=group)
            for name, words, run in acts
        ]

    def _in_the_model(self, run: Callable[[], object]) -> None:
        self._choose("model")
        self.model.ready()
        run()

    def _load_border(self) -> None:
        self._choose("general")
        self.border.choose()

    def _add_person(self) -> None:
        self._choose("people")
        self.people.add()

    def _add_species(self) -> None:
        self._choose("species")
        self.species.add()

    def _change_species(self) -> None:
        self._choose("species")
        self.species.change()

    def _choose(self, name: str) -> None:
        self.pages.choose(self.NAMES.index(name))

    def _set_pin(self) -> None:
        self._choose("people")
        self.people.set_pin()

    def _save(self) -> None:
        if self.people.save() or self.species.save():  # a form stands open in the side panel
            return
        self._choose("station")
        self.station.save()

    def _add_disk(self) -> None:
        self._choose("room")
        self.room.choose()

    def _backup(self) -> None:
        self._choose("safety")
        self.safety.back_up()

    def _check(self) -> None:
        self._choose("safety")
        self.safety.check()

    def refresh(self, changes: Changes | None) -> None:
        self.people.refresh(changes)
        self.species.refresh(changes)
        self.safety.refresh()
        if self.NAMES[self.pages.index] == "model":
            self.model.refresh(changes)

    def open_at(self, target: Any) -> None:
        if target in self.NAMES:
            self.pages.choose(self.NAMES.index(target))

    def pictures(self) -> list[tuple[str, Callable[[], object]]]:
        pages = [(name, partial(self.pages.choose, number)) for number, name in enumerate(self.NAMES)]
        forms: list[tuple[str, Callable[[], object]]] = [
            ("person", self._add_person),
            ("pin", self._set_pin),
            ("species-form", self._add_species),
            ("model-form", partial(self._in_the_model, self.model.add_category)),
        ]
        return [*pages[1:], *forms]

    def state(self) -> dict[str, Any]:
        return {"page": self.pages.index}

    def restore(self, state: dict[str, Any]) -> None:
        self.pages.choose(int(state.get("page", 0)))
