"""Camera traps: five tabs, and over them the viewer, the page of one record and the emptying of a card."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QStackedWidget, QVBoxLayout, QWidget

from ranger_app.changes import Changes
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.store.gallery import Filter
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps import own_look
from ui.camera_traps.animals.pages import AnimalPages
from ui.camera_traps.deployment_commands import deployment_commands
from ui.camera_traps.deployments import DeploymentsPage
from ui.camera_traps.sorting import Sorting
from ui.commands import Command
from ui.numbers import number
from ui.widgets.later import Later
from ui.widgets.screen import Screen
from ui.widgets.segments import Pages

if TYPE_CHECKING:
    from ui.camera_traps.analysis import AnalysisPage
    from ui.camera_traps.animals.animal_page import AnimalPage
    from ui.camera_traps.animals.catalogue_page import CataloguePage
    from ui.camera_traps.deployment import DeploymentPage
    from ui.camera_traps.ingest import IngestPage
    from ui.camera_traps.pictures import PicturesPage
    from ui.camera_traps.second_look import SecondLookPage
    from ui.camera_traps.viewer import Viewer
    from ui.widgets.transfer import TransferPage

DEPLOYMENTS, PICTURES, INDIVIDUALS, SECOND_LOOK, ANALYSIS = range(5)


class CameraTrapsScreen(Screen):
    """``open_at``: "review", "second_look", ("deployment", id), ("times", deployment id), ("ingest", folder or ""),
    ("continue", ingest id), ("animals", "waiting"), "opinions".
    """

    help_page = "camera_traps"

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge, scroll=False)
        self.body.setContentsMargins(0, 0, 0, 0)
        self._offered: list[str] = []
        self.stack = QStackedWidget()
        self.body.addWidget(self.stack, 1)
        empty_a_card = partial(self.open_at, ("ingest", ""))
        self.deployments = DeploymentsPage(library, bridge, empty_a_card)
        self._gallery = Later(self._made_gallery)
        self._individuals = Later(self._made_individuals)
        self.animals = AnimalPages(library, bridge, self.stack, self)
        self.animals.wanted.connect(self._show)
        self.animals.told.connect(self._arrived)
        self.animals.catalogue_wanted.connect(partial(self.choose_tab, INDIVIDUALS))
        self._second = Later(self._made_second)
        self.analysis = Later(self._made_analysis)
        tabs = QWidget()
        column = QVBoxLayout(tabs)
        column.setContentsMargins(theme.OUTSIDE, 0, theme.OUTSIDE, theme.BETWEEN)
        self.pages = Pages(
            [
                (_("Deployments"), self.deployments),
                (_("Pictures"), self._gallery),
                (_("Individuals"), self._individuals),
                (_("Second look"), self._second),
                (_("Analysis"), self.analysis),
            ]
        )
        column.addWidget(self.pages)
        self.tabs = tabs
        self.stack.addWidget(tabs)
        self.where = "tabs"
        """The page on top: tabs, viewer, deployment, ingest, transfer or one of AnimalPages."""
        self.pages.changed.connect(self._turned)
        self.deployments.opened.connect(self.open_deployment)
        self.deployments.pictures_wanted.connect(self.show_pictures_of)
        self.deployments.table.loaded.connect(lambda _n: self._say())
        self.sorting = Sorting(library, bridge, self, self._show_pictures)
        bridge.person_changed.connect(self._person_changed)
        self._arrived()

    # -- pages made when they are first wanted: until then they cost the visit nothing ----------------------------

    @property
    def gallery(self) -> PicturesPage:
        """All pictures."""
        return self._gallery.page

    @property
    def individuals(self) -> CataloguePage:
        """All known animals."""
        return self._individuals.page

    @property
    def second(self) -> SecondLookPage:
        """What two people saw differently."""
        return self._second.page

    def _made_gallery(self) -> PicturesPage:
        from ui.camera_traps.pictures import PicturesPage

        made = PicturesPage(self.library, self.bridge, partial(self.open_at, ("ingest", "")))
        made.opened.connect(self.open_viewer)
        made.tallied.connect(self._say)
        made.reviewer.keys_changed.connect(self._keys_changed)
        made.reviewer.keys_wanted.connect(self.choose_species)
        return made

    @property
    def individual(self) -> AnimalPage:
        """One known animal."""
        return self.animals.individual

    def _made_individuals(self) -> CataloguePage:
        from ui.camera_traps.animals.catalogue_page import CataloguePage

        made = CataloguePage(self.library, self.bridge, self.add)
        self.animals.attend(made)
        made.opened.connect(self.open_individual)
        made.told.connect(self._arrived)
        return made

    def _made_second(self) -> SecondLookPage:
        from ui.camera_traps.second_look import SecondLookPage

        thumbs, show_deployments = self.gallery.grid.thumbs, partial(self.choose_tab, DEPLOYMENTS)
        made = SecondLookPage(self.library, self.bridge, thumbs, show_deployments)
        made.loaded.connect(self._second_look_read)
        return made

    @cached_property
    def viewer(self) -> Viewer:
        """One picture large."""
        from ui.camera_traps.viewer import Viewer

        gallery = self.gallery
        made = Viewer(self.library, self.bridge, gallery.source, gallery.grid.thumbs, gallery.reviewer)
        made.moved.connect(lambda _row: self._say())
        self.stack.addWidget(made)
        return made

    def _made_analysis(self) -> AnalysisPage:
        from ui.camera_traps.analysis import AnalysisPage

        made = AnalysisPage(self.library, self.bridge, partial(self.open_at, ("ingest", "")))
        made.told.connect(self._arrived)
        return made

    @cached_property
    def deployment(self) -> DeploymentPage:
        """One deployment."""
        from ui.camera_traps.deployment import DeploymentPage

        made = DeploymentPage(self.library, self.bridge)
        made.saved.connect(lambda _id: self._arrived())
        made.closed.connect(self.back)
        made.continue_wanted.connect(lambda ingest_id: self.open_at(("continue", ingest_id)))
        self.stack.addWidget(made)
        return made

    @cached_property
    def ingest(self) -> IngestPage:
        """The emptying of a card."""
        from ui.camera_traps.ingest import IngestPage

        made = IngestPage(self.library, self.bridge)
        made.review_wanted.connect(self.review_of)
        made.changed.connect(self._ingest_changed)
        self.stack.addWidget(made)
        return made

    @cached_property
    def transfer(self) -> TransferPage:
        """Writing records for other programs, and reading theirs."""
        from ui.widgets.transfer import TransferPage

        made = TransferPage(self.library, self.bridge)
        made.changed.connect(self._transfer_changed)
        self.stack.addWidget(made)
        return made

    def open_export(self) -> None:
        """Writing records for other programs."""
        self.transfer.begin("export")
        self._show("transfer")

    def open_import(self) -> None:
        """Reading what other programs wrote."""
        self.transfer.begin("import")
        self._show("transfer")

    def _is_made(self, page: str) -> bool:
        return page in self.__dict__

    # -- where we are ------------------------------------------------------------------------------------------

    @property
    def page(self) -> QWidget:
        """The page on top: the tabs, the viewer, a record's page or the card."""
        return self.stack.currentWidget() or self.tabs

    def _show(self, where: str) -> None:
        if self.where == "viewer" and where != "viewer":
            self.viewer.write_details()
        self.where = where
        self.stack.setCurrentWidget(self.animals.page(where) if where in AnimalPages.NAMES else getattr(self, where))
        self._arrived()
        self._focus()

    def _focus(self) -> None:
        focus = self.start_focus()
        if focus is not None:
            focus.setFocus()

    def _arrived(self) -> None:
        self._say()
        self.commands_changed.emit()

    def _turned(self, index: int) -> None:
        if index == PICTURES and not self.gallery.loaded:
            self.gallery.load()
        self._arrived()
        self._focus()

    def start_focus(self) -> QWidget | None:
        if self.where == "viewer":
            return self.viewer
        if self.where == "deployment":
            return self.deployment.form
        if self.where in AnimalPages.NAMES:
            return self.animals.start_focus(self.where)
        if self.where == "ingest":
            return self.ingest.start_focus()
        if self.where == "transfer":
            return self.transfer
        if self.pages.index == ANALYSIS:
            return self.analysis.page
        if self.pages.index == PICTURES:
            return self.gallery.grid
        if self.pages.index == INDIVIDUALS:
            return self.individuals.table.view
        return self.second.table.view if self.pages.index == SECOND_LOOK else self.deployments.focus()

    def choose_tab(self, index: int) -> None:
        """Show one of the tabs."""
        self._show("tabs")
        self.pages.choose(index)
        self._focus()

    def back(self) -> None:
        """From a page to the tab it was opened from."""
        if self.where == "viewer":
            self._show("tabs")
            self.gallery.grid.go_to(self.viewer.row)
        elif self.where in AnimalPages.NAMES:
            self._show(self.animals.before(self.where))
        elif self.where != "tabs":
            self._show("tabs")

    def open_viewer(self, row: int) -> None:
        """The picture at ``row`` of the grid, large."""
        self.viewer.filter = self.gallery.filter.filter
        self._show("viewer")
        self.viewer.show_row(row)

    def open_deployment(self, record: bytes | None) -> None:
        """The page of a deployment, or an empty one."""
        self.deployment.open(record)
        self._show("deployment")

    def open_individual(self, record: bytes | None) -> None:
        """The page of a known animal, or an empty one."""
        self.animals.open_individual(record)

    def add(self) -> None:
        """A new record of the tab: an animal, else a deployment."""
        if self.pages.index == INDIVIDUALS:
            self.open_individual(None)
        else:
            self.open_deployment(None)

    def show_pictures_of(self, deployment: bytes) -> None:
        """All pictures of a deployment."""
        self.gallery.show_filter(Filter(deployment))
        self.choose_tab(PICTURES)

    def _show_pictures(self, wanted: Filter) -> None:
        self.gallery.show_filter(wanted)
        self.choose_tab(PICTURES)

    def review_of(self, deployment: bytes | None) -> None:
        """The pictures that wait, of one deployment or of all."""
        self.gallery.show_filter(Filter(deployment, "open"))
        self.choose_tab(PICTURES)

    def open_at(self, target: Any) -> None:
        what, value = target if isinstance(target, tuple) else (target, None)
        if what == "review":
            self.review_of(value)
        elif what == "times" and isinstance(value, bytes):
            self.open_deployment(value)
        elif what == "second_look":
            self.choose_tab(SECOND_LOOK)
        elif what == "deployment" and isinstance(value, bytes):
            self.show_pictures_of(value)
        elif what in ("animals", "opinions"):
            self.pages.choose(INDIVIDUALS)
            self.animals.open_at(what)
        elif what == "ingest":
            self.ingest.begin(str(value or ""))
            self._show("ingest")
        elif what == "continue":
            self.ingest.go_on(str(value))
            self._show("ingest")

    # -- heading -----------------------------------------------------------------------------------------------

    def _say(self) -> None:
        if self.where == "viewer":
            cell = self.viewer.cell
            self.set_heading(self._viewer_title(), self._progress(cell.deployment if cell is not None else None))
        elif self.where == "deployment":
            title = self.deployment.name()
            self.set_heading(title or _("A new deployment"), _("One camera at one place, from set-up to taking down."))
        elif self.where in AnimalPages.NAMES:
            self.set_heading(*self.animals.heading(self.where))
        elif self.where == "ingest":
            sentence = {
                "start": _("Three steps, then the card is safe in the library."),
                "running": _("The card is being copied. Leave it in until this is done."),
                "report": _("Done. Read what came of it, then review the pictures."),
            }[self.ingest.page]
            self.set_heading(_("Empty a card"), sentence)
        elif self.where == "transfer":
            title = _("Export") if self.transfer.mode == "export" else _("Import")
            self.set_heading(title, self.transfer.sentence)
        else:
            self.set_heading(_("Camera traps"), self._tab_sentence())
        self._show_actions()

    def _viewer_title(self) -> str:
        cell = self.viewer.cell
        name = self.gallery.names.get(cell.deployment, "") if cell is not None and cell.deployment else ""
        return _("Review · {place}").format(place=name) if name else _("Review")

    def _progress(self, deployment: bytes | None) -> str:
        return own_look.words(self.gallery.own, deployment, self.library.person, self.gallery.progress())

    def _tab_sentence(self) -> str:
        if self.pages.index == PICTURES:
            return self._progress(self.gallery.filter.filter.deployment)
        if self.pages.index == SECOND_LOOK:
            return self.second.sentence()
        if self.pages.index == ANALYSIS:
            return self.analysis.page.sentence
        if self.pages.index == INDIVIDUALS:
            return self.individuals.sentence()
        n = len(self.deployments.table.model.lines)
        return ngettext("{n} deployment.", "{n} deployments.", n).format(n=number(n))

    def _show_actions(self) -> None:
        if self.where != "tabs":
            self._put_actions([self._back()], "")
            return
        if self.pages.index == ANALYSIS:
            write = [self.analysis.page.write_command(self.not_typing)] if self.analysis.page.has_figures else []
            self._put_actions(write, "analysis.write" if write else "")
            return
        add = [self._add()] if self.pages.index not in (PICTURES, SECOND_LOOK) else []
        self._put_actions([*add, self._card()], "camera_traps.card" if self.pages.index != INDIVIDUALS else "")

    def _put_actions(self, wanted: list[Command], primary: str) -> None:
        offered = [*(one.title for one in wanted), primary]
        if offered != self._offered:
            self._offered = offered
            self.set_actions(*wanted, primary=primary)

    # -- commands ----------------------------------------------------------------------------------------------

    def _back(self) -> Command:
        return Command("camera_traps.back", _("Back"), self.back, "Esc", group=_("Camera traps"), bound=False)

    def _add(self) -> Command:
        title = _("Enter an animal") if self.pages.index == INDIVIDUALS else _("Enter a deployment")
        return Command("camera_traps.add", title, self.add, "Ctrl+N", group=_("Camera traps"))

    def _card(self) -> Command:
        run = partial(self.open_at, ("ingest", ""))
        return Command(
            "camera_traps.card", _("Empty a card"), run, "E", group=_("Camera traps"), enabled=self.not_typing
        )

    @staticmethod
    def not_typing() -> bool:
        """Whether a plain letter may be a command now: not while the keyboard is in a list or a field."""
        return not isinstance(QApplication.focusWidget(), QComboBox | QLineEdit | QPlainTextEdit)

    def commands(self) -> list[Command]:
        """What can be done on the page shown."""
        group = _("Camera traps")
        if self.where == "viewer":
            from ui.camera_traps.review_keys import answer_commands, viewer_commands

            return [*answer_commands(self.gallery.reviewer, self.viewer, self.not_typing),
                    *viewer_commands(self.viewer, self.not_typing), self._release_picture(), self._back()]  # fmt: skip
        if self.where == "deployment":
            return [*self.deployment.form.commands(), self._back()]
        if self.where in AnimalPages.NAMES:
            return [*self.animals.commands(self.where, self.not_typing), self._back()]
        if self.where == "ingest":
            return [*self.ingest.commands(), self._back()]
        if self.where == "transfer":
            return [*self.transfer.commands(self.not_typing), self._back()]
        free = self.not_typing
        made = partial(Command, group=group, enabled=free)
        words = (_("Deployments"), _("Pictures"), _("Individuals"), _("Second look"), _("Analysis"))
        found = [
            made(f"camera_traps.tab{index}", word, partial(self.choose_tab, index), key)
            for index, (word, key) in enumerate(zip(words, "DPILY", strict=True))
        ]
        found.append(self._card())
        if self.pages.index == DEPLOYMENTS:
            found.append(self._add())
            found += deployment_commands(self.deployments, self.sorting, self.open_export, self.open_import, free)
        elif self.pages.index == INDIVIDUALS:
            found += [self._add(), *self.individuals.commands(free)]
        elif self.pages.index == SECOND_LOOK:
            found += self.second.commands(free)
        elif self.pages.index == ANALYSIS:
            found += self.analysis.page.commands(free)
        else:
            from ui.camera_traps.grid_commands import grid_commands
            from ui.camera_traps.review_keys import answer_commands

            found += answer_commands(self.gallery.reviewer, self.gallery, free)
            found += grid_commands(self.gallery, self._open_current, free)
        return found

    def _release_picture(self) -> Command:
        title = _("Let this picture of people leave")
        group = _("This picture")
        return Command("viewer.release", title, lambda: self.sorting.release_picture(self.viewer.cell), "Ctrl+L",
                       group=group)  # fmt: skip

    def _second_look_read(self, waiting: int) -> None:
        self.pages.tell_number(SECOND_LOOK, waiting)
        self._say()

    def choose_species(self) -> None:
        """Which species lie on the keys 1 to 9, in the side panel."""
        from ui.camera_traps.species_keys import SpeciesKeys, person_name

        made = SpeciesKeys(self.gallery.reviewer, person_name(self.library))
        made.done.connect(self.panel_done)
        self.panel_wanted.emit(made, _("Species on the keys"))

    def _open_current(self) -> None:
        if self.gallery.grid.current_row >= 0:
            self.open_viewer(self.gallery.grid.current_row)

    # -- hearing -----------------------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Read again what ``changes`` touches."""
        self.deployments.refresh(changes)
        if changes is None:
            return  # no other page is made yet; each reads when it is
        for page in (self._individuals.made, self._second.made, self.analysis.made, self._gallery.made):
            if page is not None:
                page.refresh(changes)
        if self._is_made("deployment"):
            self.deployment.refresh(changes)
        self.animals.refresh(changes)
        if self.where == "viewer" and {"observation", "media", "individual"} & changes.kinds:
            self.viewer.settled()

    def _keys_changed(self) -> None:
        self.gallery.show_answer_keys()
        if self._is_made("viewer"):
            self.viewer.panel.fill_keys()
        self.commands_changed.emit()

    def _person_changed(self) -> None:
        if self._gallery.made is not None:
            self.gallery.reviewer.person_changed()
            self.gallery.person_changed()
            self.gallery.show_answer_keys()
        if self._second.made is not None:
            self.second.person_changed()
        if self._is_made("viewer"):
            self.viewer.panel.fill_keys()
            if self.where == "viewer":
                self.viewer.settled()
        self.commands_changed.emit()

    def _transfer_changed(self) -> None:
        if self.where == "transfer":
            self._say()

    def _ingest_changed(self) -> None:
        if self.where == "ingest":
            self._arrived()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.where != "tabs":
            self.back()
        else:
            super().keyPressEvent(event)

    def pictures(self) -> list[tuple[str, Callable[[], object]]]:
        """The tabs, the viewer, the page of a deployment and the card, for the pictures of all screens."""
        return [
            ("calendar", self.deployments.toggle_calendar),
            ("pictures", partial(self.choose_tab, PICTURES)),
            ("viewer", self._open_current),
            ("viewer_references", self._references),
            ("individuals", partial(self.choose_tab, INDIVIDUALS)),
            ("second_look", partial(self.choose_tab, SECOND_LOOK)),
            ("analysis", partial(self.choose_tab, ANALYSIS)),
            ("analysis_table", self._analysis_table),
            *self.animals.pictures(self._first_individual),
            ("deployment", self._first_deployment),
            ("card", partial(self.open_at, ("ingest", ""))),
            ("export", self.open_export),
            ("import", self.open_import),
        ]

    def _analysis_table(self) -> None:
        self.choose_tab(ANALYSIS)
        self.analysis.page.choose(0)
        self.analysis.page.turn()

    def _references(self) -> None:
        if self.where == "viewer":
            self.viewer.tools.toggle_references()

    def _first_deployment(self) -> None:
        found = self.deployments.table.model.lines
        self.open_deployment(found[0].id if found else None)

    def _first_individual(self) -> None:
        self.open_individual(self.individuals.most_met())

    # -- surviving a change of language ------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """The tab, the page, the filter, the picture and half-written forms."""
        kept: dict[str, Any] = {
            "tab": self.pages.index,
            "where": self.where,
            "calendar": self.deployments.in_calendar,
            "filter": None,
        }
        if self._gallery.made is not None and self.gallery.loaded:
            kept["filter"] = self.gallery.filter.filter
            kept["row"] = self.viewer.row if self.where == "viewer" else self.gallery.grid.current_row
        if self.analysis.made is not None:
            kept["analysis"] = self.analysis.made.state()
        if self._is_made("deployment"):
            kept["deployment"] = self.deployment.state()
        kept["animals"] = self.animals.state()
        if self._individuals.made is not None:
            kept["catalogue"] = self._individuals.made.state()
        if self._is_made("ingest"):
            kept["ingest"] = self.ingest.state()
        return kept

    def restore(self, state: dict[str, Any]) -> None:
        """Stand where the earlier screen stood."""
        where = state["where"]
        if "analysis" in state:
            self.analysis.page.restore(state["analysis"])
        self.pages.choose(state["tab"])
        if state["calendar"]:
            self.deployments.toggle_calendar()
        if state["filter"] is not None:
            self.gallery.resume(state["filter"], state["row"], self.open_viewer if where == "viewer" else None)
        if "deployment" in state:
            self.deployment.form.restore(state["deployment"])
        self.animals.restore(state["animals"])
        if "catalogue" in state:
            self.individuals.restore(state["catalogue"])
        if "ingest" in state:
            self.ingest.restore(state["ingest"])
        if where in ("deployment", "ingest", *AnimalPages.NAMES):
            self._show(where)
        self._arrived()
