"""Giving records to other programs and taking theirs in: what, how exactly, where, and what came of it.

Camera traps offer every format, Patrols those of patrols.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import export_data, import_data
from ranger_app.actions.formats import ExportFormat, ExportReport, ImportFormat, ImportReport, Listed, Option
from ranger_app.actions.listing import Line
from ranger_app.domain.kinds import BY_NAME
from ranger_app.i18n import _
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.commands import Command, key_text
from ui.numbers import number
from ui.problems import worded
from ui.widgets.banner import Banner
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card, card_row
from ui.widgets.choose import choose_file, choose_folder
from ui.widgets.empty_state import EmptyState
from ui.widgets.layouts import clear
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.segments import Segments
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label, muted

EXPORT, IMPORT = "export", "import"
OF_PATROLS = ("smart-patrol", "geojson", "gpx", "kml")
"""Formats that are about patrols before anything else."""
Format = ExportFormat | ImportFormat


def _choice_words(code: str) -> str:
    """An option's choice in words; a code that is a name in every language stays."""
    return {
        "none": _("None"),
        "thumbnails": _("Small pictures"),
        "originals": _("Originals"),
        "targeted": _("Where the animals are expected"),
        "opportunistic": _("Where it was possible"),
        "simpleRandom": _("At random"),
        "systematicRandom": _("On a random grid"),
        "clusteredRandom": _("In random clusters"),
        "experimental": _("As an experiment"),
        "lines": _("As lines with times"),
        "points": _("Each one by itself"),
    }.get(code, code)


def _counted(name: str) -> str:
    """What a number of a report counts."""
    if name in BY_NAME:
        return _(BY_NAME[name].label_plural)
    return {
        "failure": _("Failures of cameras"),
        "clock-correction": _("Clock corrections"),
        "project": _("Projects"),
        "further-fields": _("Further fields"),
        "file": _("Files copied"),
        "files_of_people": _("Files that show people"),
        "files_not_reviewed": _("Files nobody has reviewed"),
        "media_of_people": _("Pictures of people"),
        "observations_of_people": _("Observations of people"),
    }.get(name, name)


class _OptionFields(QWidget):
    """The further choices of a format."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 3)
        self.fields: dict[str, QComboBox | QLineEdit] = {}

    def offer(self, options: Sequence[Option]) -> None:
        """Show these."""
        clear(self._grid)
        self.fields = {}
        for row, option in enumerate(options):
            words = _(option.label)
            words = words[:1].upper() + words[1:]
            field: QComboBox | QLineEdit
            if option.choices:
                field = QComboBox()
                if not option.default:
                    field.addItem(_("None stated"), "")
                for choice in option.choices:
                    field.addItem(_choice_words(choice), choice)
                field.setCurrentIndex(max(0, field.findData(option.default)))
            else:
                field = QLineEdit(option.default)
            field.setAccessibleName(words)
            self._grid.addWidget(label(words, wrap=True), row, 0)
            self._grid.addWidget(field, row, 1)
            self.fields[option.name] = field

    def given(self) -> dict[str, str]:
        """What was chosen or typed."""
        return {
            name: str(field.currentData() or "") if isinstance(field, QComboBox) else field.text().strip()
            for name, field in self.fields.items()
        }


class TransferPage(ScrolledColumn):
    """``begin(EXPORT)`` or ``begin(IMPORT)``; ``changed`` when the heading's sentence is another.

    With ``only``, these formats alone are offered, and the page itself lets choose between writing and reading.
    """

    changed = Signal()

    def __init__(
        self, library: Library, bridge: Bridge, parent: QWidget | None = None, *, only: Collection[str] = ()
    ) -> None:
        super().__init__(QMargins(0 if only else theme.OUTSIDE, 0, theme.OUTSIDE, theme.BETWEEN), parent)
        self._library, self._bridge, self._only = library, bridge, only
        self.mode = EXPORT
        self.working = False
        self.column.setSpacing(theme.BETWEEN)
        self.modes = Segments([_("Export"), _("Import")])
        self.modes.chosen.connect(lambda index: self.begin((EXPORT, IMPORT)[index]))
        self.column.addWidget(self.modes)
        self.modes.setVisible(bool(only))
        self.what = Card(_("Format"))
        self.format = QComboBox()
        self.format.setAccessibleName(_("Format"))
        self.format.currentIndexChanged.connect(lambda _index: self._chose_format())
        self.what.body.addWidget(self.format)
        self.takes = muted(
            _("A folder, a zip file, or the one file that the other program wrote. Nothing is fetched from the web.")
        )
        self.what.body.addWidget(self.takes)
        self.options = _OptionFields()
        self.what.body.addWidget(self.options)
        self.what.body.addStretch(1)
        self.how = Card(_("How exact"))
        self.rule = Segments([_("For everybody"), _("Everything, exact")])
        self.rule.chosen.connect(lambda _index: self._show_rule())
        self.how.body.addWidget(self.rule)
        self.rule_words = muted("")
        self.how.body.addWidget(self.rule_words)
        self.warning = label("", "warning", wrap=True)
        self.how.body.addWidget(self.warning)
        self.how.body.addStretch(1)
        self.column.addLayout(card_row(self.what, self.how))
        line = QHBoxLayout()
        self.start_button = primary("", self.start, key="Ctrl+Return")
        self.file_button = button(_("Choose a file"), self.choose_file, key="F")
        for part in (self.start_button, self.file_button):
            line.addWidget(part)
        line.addStretch(1)
        self.column.addLayout(line)
        self._problem = QVBoxLayout()
        self.column.addLayout(self._problem)
        self.result = Card("")
        self.said = label("", "strong", wrap=True)
        self.where = muted("")
        self.result.body.addWidget(self.said)
        self.result.body.addWidget(self.where)
        self._figures = QGridLayout()
        self._figures.setHorizontalSpacing(24)
        self._figures.setVerticalSpacing(4)
        self.result.body.addLayout(self._figures)
        self.column.addWidget(self.result)
        self._model = LinesModel([_("Where"), _("Row"), _("What happened")], [False, True, False])
        empty = EmptyState(_("Nothing was left out."), _("Back to the choice"), self.again, icon="done")
        self.failed = LineTable(bridge, self._model, list, (), empty)
        self.failed.setMinimumHeight(220)
        self.column.addWidget(self.failed, 1000)
        self.column.addStretch(1)
        self.setFocusProxy(self.format)
        self.begin(EXPORT)

    # -- choosing ----------------------------------------------------------------------------------------------

    @property
    def formats(self) -> Mapping[str, Format]:
        """The formats that can be written, or read."""
        offered: Mapping[str, Format] = export_data.FORMATS if self.mode == EXPORT else import_data.FORMATS
        return {name: one for name, one in offered.items() if name in self._only} if self._only else offered

    @property
    def chosen(self) -> str:
        """The name of the chosen format."""
        return str(self.format.currentData() or "")

    def begin(self, mode: str) -> None:
        """Offer the formats anew."""
        self.mode = mode
        self.modes.tick((EXPORT, IMPORT).index(mode))
        self.format.blockSignals(True)
        self.format.clear()
        for name, one in self.formats.items():
            self.format.addItem(_(one.label), name)
        self.format.setCurrentIndex(max(0, self.format.findData("camtrap-dp")))
        self.format.blockSignals(False)
        self.how.setVisible(mode == EXPORT)
        self.file_button.setVisible(mode == IMPORT)
        self.takes.setVisible(mode == IMPORT)
        words = _("Choose a folder and write") if mode == EXPORT else _("Choose a folder and read")
        self.start_button.setText(f"{words}   {key_text('Ctrl+Return')}")
        self.again()
        self._chose_format()
        self._show_rule()

    def again(self) -> None:
        """Back to the choice, without the report of the time before."""
        clear(self._problem)
        self.result.hide()
        self.failed.hide()
        self.changed.emit()

    def _chose_format(self) -> None:
        one = self.formats.get(self.chosen)
        self.options.offer(one.options if one else ())
        self._show_rule()

    @property
    def exact(self) -> bool:
        """Whether everything may leave."""
        return self.rule.index == 1

    def _show_rule(self) -> None:
        if self.exact:
            self.rule_words.setText(
                _("Ranger reads such a package back as the same records.")
                if self.chosen == "camtrap-dp"
                else _("Everything leaves that the format can hold. The report lists what it cannot.")
                if self.chosen == "smart-patrol"
                else _("Everything leaves that the format can hold.")
            )
            self.warning.setText(
                _("Exact places of animals and names of people leave. Give it only to those who may have them.")
            )
        else:
            self.rule_words.setText(
                _(
                    "Of patrols only dates, kind and transport leave. Tracks, finds, photos and people stay here,"
                    " and places of cameras are left out or rounded."
                )
                if self.chosen in OF_PATROLS
                else _("Places are left out or rounded to 0.1 degree. People and the names of places stay here.")
            )
            self.warning.setText("")
        self.warning.setVisible(self.exact)

    @property
    def sentence(self) -> str:
        """What the heading says under the title."""
        if self.working:
            return _("At work. The line below says how far it is.")
        if self.mode == EXPORT:
            return _("Records as files that other programs open.")
        return _("Records that other programs wrote. Taking the same in twice adds nothing.")

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """What can be done here; ``free`` says whether a plain letter may be a command now."""
        group = _("Export and import")
        words = _("Choose a folder and write") if self.mode == EXPORT else _("Choose a folder and read")
        found = [Command("transfer.start", words, self.start, "Ctrl+Return", group=group)]
        if self.mode == EXPORT:
            found.append(
                Command("transfer.rule", _("Exact or for everybody"), self._turn_rule, "X", group=group, enabled=free)
            )
        else:
            found.append(Command("transfer.file", _("Choose a file"), self.choose_file, "F", group=group, enabled=free))
        if self._only:
            turn = partial(self.modes.choose, 1 if self.mode == EXPORT else 0)
            found.append(Command("transfer.mode", _("Export or import"), turn, "M", group=group, enabled=free))
        return found

    def _turn_rule(self) -> None:
        self.rule.choose(1 - self.rule.index)

    # -- doing -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Ask for the folder, then write or read."""
        if self.working:
            return
        if self.mode == EXPORT:
            choose_folder(self, _("Folder in which the new folder is made"), self.write_into)
        else:
            choose_folder(self, _("Folder to read"), self.take)

    def choose_file(self) -> None:
        """Ask for a file, then read it."""
        if not self.working:
            choose_file(self, _("File to read"), self.take)

    def write_into(self, parent: Path) -> None:
        """Write a new folder inside ``parent``, called after format and day."""
        out = free_folder(parent, f"{self.chosen}-{date.today().isoformat()}")
        name, exact, options = self.chosen, self.exact, self.options.given()
        self._begin_work()
        self._bridge.run(
            lambda cancel: export_data.export(self._library, name, out, exact=exact, options=options, cancel=cancel),
            self._written,
            self._failed,
            owner=self,
            title=_("Writing {name}").format(name=self.format.currentText()),
        )

    def take(self, source: Path) -> None:
        """Take in ``source``."""
        name, options = self.chosen, self.options.given()
        self._begin_work()
        self._bridge.run(
            lambda cancel: import_data.import_data(self._library, name, source, options=options, cancel=cancel),
            partial(self._read, source),
            self._failed,
            owner=self,
            title=_("Reading {name}").format(name=source.name),
        )

    def _begin_work(self) -> None:
        self.working = True
        self.again()
        self._enable()

    def _enable(self) -> None:
        for part in (self.modes, self.format, self.options, self.rule, self.start_button, self.file_button):
            part.setEnabled(not self.working)
        self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        self.working = False
        self._enable()
        problem = worded(error)
        self._problem.addWidget(Banner(problem.what, problem.todo, "problem"))

    def _written(self, report: ExportReport) -> None:
        self.working = False
        self._enable()
        said = _("Stopped. Nothing was written.") if report.cancelled else _("Written.")
        if report.folder and not report.failed and not report.withheld:
            said = _("Written. Nothing was left out.")
        figures = [(_counted(name), n, "") for name, n in report.written.items()]
        figures += _withheld(report.withheld)
        self._show(said, str(report.folder or ""), figures, report.failed)

    def _read(self, source: Path, report: ImportReport) -> None:
        self.working = False
        self._enable()
        said = _("Stopped. What was taken stays; read it again to go on.") if report.cancelled else _("Taken in.")
        if not report.cancelled and not report.new:
            said = _("Everything in it was here already.")
        figures = [
            (_counted(name), n, _("{n} new").format(n=number(report.new[name]))) for name, n in report.read.items()
        ]
        figures += _withheld(report.withheld)
        self._show(said, str(source), figures, report.failed)

    def _show(self, said: str, where: str, figures: Sequence[tuple[str, int, str]], failed: Sequence[Listed]) -> None:
        self.said.setText(said)
        self.where.setText(where)
        clear(self._figures)
        half = (len(figures) + 1) // 2
        for place, (words, n, remark) in enumerate(figures):
            row, column = place % half, place // half * 3
            self._figures.addWidget(label(words), row, column)
            self._figures.addWidget(label(number(n), "strong"), row, column + 1)
            self._figures.addWidget(label(remark, "muted"), row, column + 2)
        self._figures.setColumnStretch(6, 1)
        self.result.show()
        self.failed.setVisible(bool(failed))
        self.failed.show_lines([_line(place, one) for place, one in enumerate(failed)])


def _withheld(numbers: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """Of a kind of record single values are held back, of anything else the whole."""
    return [
        (_counted(name), n, _("values withheld") if name in BY_NAME else _("withheld")) for name, n in numbers.items()
    ]


def _line(place: int, one: Listed) -> Line:
    where, row, reason = str(one.get("file") or one.get("id") or ""), one.get("row", ""), str(one.get("reason", ""))
    where = _counted(where)
    texts = (where, number(row) if isinstance(row, int) and row else str(row or ""), reason)
    keys = ((1, where.casefold()), (0, row if isinstance(row, int) else 0), (1, reason.casefold()))
    return Line(place.to_bytes(16, "big"), texts, keys)


def free_folder(parent: Path, name: str) -> Path:
    """``parent/name``, or with a number behind it where that is there already."""
    found, number_behind = parent / name, 2
    while found.exists():
        found, number_behind = parent / f"{name}-{number_behind}", number_behind + 1
    return found
