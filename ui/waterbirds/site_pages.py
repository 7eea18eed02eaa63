"""Pages of a site's card: its species by season, the days of its seasons, and waters seen from two sectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import site_parts, sites
from ranger_app.actions.listing import Line
from ranger_app.actions.site_parts import Overlap
from ranger_app.actions.sites import SeasonDays, SiteSpecies
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.seasons import ORDER, is_day
from ranger_app.i18n import _, pgettext
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.numbers import number, short_day
from ui.widgets.buttons import button
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.empty_state import EmptyState
from ui.widgets.segments import Segments
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label, muted

NAME, SCIENTIFIC, SEEN, AVERAGE, MOST, LAST = range(6)


def season_word(kind: str) -> str:
    """The word for a season in the language in use."""
    choices = {choice.code: choice.label for choice in kind_named("survey").field("season").choices}
    return _(choices[kind]) if kind in choices else kind


class SpeciesModel(LinesModel):
    """Species of a site; scientific names in italics."""

    def __init__(self) -> None:
        super().__init__(
            [_("Species"), _("Scientific name"), _("Seen in"), _("Average"), pgettext("birds", "Most"), _("Last")],
            [False, False, True, True, True, False],
        )

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.FontRole and index.column() == SCIENTIFIC:
            italic = QFont(QApplication.font())
            italic.setPixelSize(theme.SMALL)
            italic.setItalic(True)
            return italic
        return super().data(index, role)


class SpeciesPage(QWidget):
    """A site's own list of species for a season, the most often seen first."""

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self._site: bytes | None = None
        self._asked = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.seasons = Segments([_("Whole year"), *(season_word(kind) for kind in ORDER)], wrap=True)
        self.seasons.chosen.connect(lambda _index: self.read())
        column.addWidget(self.seasons)
        self.table = LineTable(
            bridge,
            SpeciesModel(),
            lambda: [],
            (),
            EmptyState(_("No birds were counted here in this season."), icon="bird"),
            newest_first=SEEN,
            spare={LAST: 720, SCIENTIFIC: 660, MOST: 460},
        )
        self.table.view.setAccessibleName(_("Species of the site"))
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)

    def show_site(self, site: bytes | None) -> None:
        """Show the species of a site or sector."""
        self._site = site
        self.read()

    def step(self) -> None:
        """Show the next season."""
        self.seasons.choose((self.seasons.index + 1) % (len(ORDER) + 1))

    def read(self) -> None:
        """Ask for the species of the season that is chosen."""
        site, index = self._site, self.seasons.index
        self._asked += 1
        asked = self._asked
        if site is None or not self.isVisible():
            self.table.show_lines([])
            return
        kind = ORDER[index - 1] if index > 0 else None
        self._bridge.run(
            lambda _cancel: sites.species(self._library, site, kind),
            lambda found: self._show(asked, found),
            lambda _error: None,
            owner=self,
        )

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self.read()

    def _show(self, asked: int, found: Sequence[SiteSpecies]) -> None:
        if asked == self._asked:
            self.table.show_lines([_species_line(n, one) for n, one in enumerate(found)])


def _species_line(place: int, one: SiteSpecies) -> Line:
    texts = (
        one.name,
        "" if one.name == one.taxon else one.taxon,
        _("{n} of {all}").format(n=number(one.visits), all=number(one.of)),
        number(one.average),
        number(one.most),
        short_day(one.last) if one.last else "",
    )
    keys: tuple[tuple[int, int | str], ...] = (
        (1, one.name.casefold()),
        (1, one.taxon),
        (0, -place),
        (0, one.average),
        (0, one.most),
        (1, one.last),
    )
    return Line(one.taxon.encode(), texts, keys)


class SeasonsPage(QWidget):
    """First and last day of each season at a site. ``changed`` after they were written."""

    changed = Signal()

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self._site: bytes | None = None
        self._shown: list[str] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.said = muted("")
        column.addWidget(self.said)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for place, word in enumerate((_("Season"), _("First day"), _("Last day"), _("Visits"))):
            grid.addWidget(label(word, "muted"), 0, place)
        self.lines: dict[str, tuple[QLineEdit, QLineEdit]] = {}
        self._visits = {}
        for nth, kind in enumerate(ORDER, start=1):
            grid.addWidget(label(season_word(kind)), nth, 0)
            ends = []
            for place, word in ((1, _("First day")), (2, _("Last day"))):
                line = QLineEdit()
                line.setPlaceholderText(_("month-day"))
                line.setMaxLength(5)
                line.setAccessibleName(f"{season_word(kind)}: {word}")
                line.returnPressed.connect(self.save)
                grid.addWidget(line, nth, place)
                ends.append(line)
            self.lines[kind] = (ends[0], ends[1])
            self._visits[kind] = label("", "sentence")
            grid.addWidget(self._visits[kind], nth, 3)
        grid.setColumnStretch(0, 2)
        for place in (1, 2, 3):
            grid.setColumnStretch(place, 1)
        column.addLayout(grid)
        self.wrong = label("", "warning", wrap=True)
        self.wrong.hide()
        column.addWidget(self.wrong)
        column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        self.usual_button = button(_("Take the usual days"), self.usual, role="quiet")
        self.save_button = button(_("Save the seasons"), self.save, key="Return")
        row.addWidget(self.usual_button)
        row.addWidget(self.save_button)
        column.addLayout(row)
        self.setFocusProxy(self.lines[ORDER[0]][0])

    def show_days(self, site: bytes, days: Sequence[SeasonDays], own: bool) -> None:
        """Show the days of a site; what is being typed stays."""
        fresh = site != self._site or self._typed() == self._shown
        self._site = site
        self.said.setText(
            _("This site has days of its own. A visit's season follows from its date.")
            if own
            else _("The usual days. Change them where birds come earlier or later here; winter begins in December.")
        )
        self.usual_button.setEnabled(own)
        for one in days:
            self._visits[one.kind].setText(number(one.visits) if one.visits else "")
            if fresh:
                for line, day in zip(self.lines[one.kind], (one.first, one.last), strict=True):
                    line.setText(day)
        if fresh:
            self._shown = self._typed()
            self._say()

    def _typed(self) -> list[str]:
        return [line.text().strip() for ends in self.lines.values() for line in ends]

    def _say(self, wrong: str = "") -> None:
        if not wrong and sites.gaps(self._limits()):
            wrong = _("Some days of the year lie in no season. A visit on such a day counts for none.")
        self.wrong.setText(wrong)
        self.wrong.setVisible(bool(wrong))

    def _limits(self) -> tuple[tuple[str, str, str], ...]:
        of_kind = {kind: [line.text().strip() for line in ends] for kind, ends in self.lines.items()}
        return tuple((kind, ends[0], ends[1]) for kind, ends in of_kind.items() if all(is_day(end) for end in ends))

    def save(self) -> None:
        """Write the days; a season with both days empty does not exist at the site."""
        site = self._site
        if site is None:
            return
        for kind, ends in self.lines.items():
            texts = [line.text().strip() for line in ends]
            wrong = next((line for line, text in zip(ends, texts, strict=True) if not is_day(text)), None)
            if any(texts) and wrong is not None:
                self._say(
                    _("{season}: write both days as month and day, such as 03-01.").format(season=season_word(kind))
                )
                wrong.setFocus()
                return
        self._write(site, self._limits())

    def usual(self) -> None:
        """Go back to the usual days."""
        if self._site is not None:
            self._write(self._site, None)

    def _write(self, site: bytes, limits: tuple[tuple[str, str, str], ...] | None) -> None:
        self._shown = self._typed()  # what is read after the write is shown, nothing typed is lost by that

        def done(_nothing: object) -> None:
            self._say()
            self._bridge.say(_("Seasons saved"), undo=True)
            self.changed.emit()

        self._bridge.act(lambda _cancel: sites.set_seasons(self._library, site, limits), done, owner=self)


_LOW, _NARROW = 300, 520
"""Pixels under which the overlaps leave their rule to the help."""


class OverlapsPage(QWidget):
    """Pairs of sectors from which the same water is seen."""

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self._pairs: dict[bytes, tuple[bytes, bytes]] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.rule = muted(
            _("On a coordinated day the larger number counts for waters seen from two sectors, never both.")
        )
        column.addWidget(self.rule)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.first, self.second = self._box(_("Sector")), self._box(_("Also seen from"))
        row.addWidget(self.first, 1)
        self.between = label(_("also seen from"), "muted")
        row.addWidget(self.between)
        row.addWidget(self.second, 1)
        self.add_button = button(_("Add"), self.add)
        column.addLayout(row)
        self.table = LineTable(
            bridge,
            LinesModel([_("Sector"), _("Also seen from"), _("Where")], [False, False, False]),
            lambda: [],
            (),
            EmptyState(_("No overlap yet. Choose two sectors above that look at the same water."), icon="map"),
            with_filter=False,
        )
        self.table.view.setAccessibleName(_("Overlaps"))
        column.addWidget(self.table, 1)
        below = QHBoxLayout()
        below.addWidget(self.add_button)
        below.addStretch(1)
        self.delete_button = button(_("Delete"), self.delete, key="Del")
        below.addWidget(self.delete_button)
        column.addLayout(below)
        self.setFocusProxy(self.first)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.rule.setHidden(self.height() < _LOW)
        self.between.setHidden(self.width() < _NARROW)
        super().resizeEvent(event)

    @staticmethod
    def _box(words: str) -> ChoiceBox:
        box = ChoiceBox()
        box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(9)
        box.setAccessibleName(words)
        return box

    def show_pairs(
        self, pairs: Sequence[Overlap], candidates: Sequence[tuple[bytes, str]], own: Sequence[bytes]
    ) -> None:
        """Show what overlaps; ``own`` are the places of this site, of which the first is one."""
        for box, offered in (
            (self.first, [one for one in candidates if one[0] in own] or list(candidates)),
            (self.second, list(candidates)),
        ):
            before = box.currentData()
            box.clear()
            for record, name in offered:
                box.addItem(name, record.hex())
            usual = 1 if box is self.second and len(offered) > 1 else 0
            box.setCurrentIndex(max(0, box.findData(before)) if before is not None else usual)
        self.add_button.setEnabled(len(candidates) > 1)
        self._pairs = {one.first + one.second: (one.first, one.second) for one in pairs}
        lines = []
        for one in pairs:
            where = _("across the border") if one.across else _("within the site")
            texts = (one.first_name, one.second_name, where)
            lines.append(Line(one.first + one.second, texts, tuple((1, text.casefold()) for text in texts)))
        self.table.show_lines(lines)
        self.delete_button.setEnabled(bool(lines))

    def add(self) -> None:
        """State that the same water is seen from the two sectors chosen."""
        first, second = self.first.currentData(), self.second.currentData()
        if first and second:
            pair = bytes.fromhex(first), bytes.fromhex(second)
            self._act(lambda: site_parts.tie(self._library, *pair), _("Overlap added"))

    def delete(self) -> None:
        """Take the chosen overlap back."""
        pair = self._pairs.get(self.table.current() or b"")
        if pair is not None:
            self._act(lambda: site_parts.untie(self._library, *pair), _("Overlap deleted"))

    def _act(self, act: Callable[[], object], words: str) -> None:
        self._bridge.act(lambda _cancel: act(), lambda _done: self._bridge.say(words, undo=True), owner=self)
