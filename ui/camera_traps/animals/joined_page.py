"""What stations say of one animal and others: joined, waiting, disputed or different, and who said it when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QMargins, QSize, Signal
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ranger_app.actions import catalogue, same_animal
from ranger_app.actions.same_animal import Listed, Word
from ranger_app.domain.same_animal import RULE
from ranger_app.i18n import _, ngettext, pgettext
from ranger_app.library import Library
from ranger_app.store import animals, gallery, rows
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.animals.picture_frame import small_image
from ui.camera_traps.animals.small_pictures import draw_cut
from ui.camera_traps.animals.words import country_word, word
from ui.camera_traps.compare.found import STATES, state_of, wrongs
from ui.commands import Command
from ui.numbers import day, day_at
from ui.widgets.banner import Banner
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import label, muted, section

_BOX = QSize(128, 96)


@dataclass(frozen=True, slots=True)
class Other:
    """Another animal and what is said of the two; ``listed`` names the animal shown as ``one``, ``state`` is a code of
    STATES."""

    listed: Listed
    state: str
    code: str
    name: str
    country: str
    mine: bool
    image: QImage


@dataclass(frozen=True, slots=True)
class Said:
    """All that is said of one animal. ``wrong`` are the contradictions it is part of, in words; ``codes`` its codes in
    all catalogues where it is joined, else ""."""

    others: tuple[Other, ...] = ()
    wrong: tuple[str, ...] = ()
    codes: str = ""


def read(library: Library, animal: bytes) -> Said:
    """What is said of an animal; for workers."""
    with library.read() as db:
        here = animals.catalogues(db)
        pairs = [one for one in same_animal.listed(library, db) if animal in (one.one, one.other)]
        wrong = wrongs(here)
        found = []
        for pair in pairs:
            turned = pair if pair.one == animal else replace(pair, one=animal, other=pair.one)
            other = here.animals[turned.other]
            record = rows.get(db, "individual", other.id)
            shown = catalogue.pictures(db, other.id)
            sha256 = gallery.picture_of(db, shown[0].media) if shown else None
            state = state_of(pair, wrong=any(one.has(pair.one, pair.other) for one in wrong))
            found.append(
                Other(
                    turned, state, other.code, record.text("name") if record else "", here.country(other.station),
                    other.station == library.station.id, small_image(library, sha256, _BOX),
                )
            )  # fmt: skip
        told = tuple(one.words for one in wrong if any(animal in pair for pair in one.pairs))
        codes = here.codes(animal) if len(here.joins.together(animal)) > 1 else ""
        return Said(tuple(found), told, codes)


class _Picture(QLabel):
    """A small picture cut to its shape."""

    def __init__(self, image: QImage) -> None:
        super().__init__()
        self.setFixedSize(_BOX * 0.75)
        pixmap = QPixmap(self.size() * self.devicePixelRatioF())
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        pixmap.fill(theme.colour("surface"))
        painter = QPainter(pixmap)
        draw_cut(painter, self.rect(), None if image.isNull() else QPixmap.fromImage(image))
        painter.end()
        self.setPixmap(pixmap)


class JoinedPage(QWidget):
    """``compare_wanted(one, other)`` to see two beside each other, ``counted(n)`` how many are joined or wait."""

    compare_wanted = Signal(object, object)
    counted = Signal(int)

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self.animal: bytes | None = None
        self.said = Said()
        self._asked = 0
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.area = ScrolledColumn(QMargins(0, 0, 8, theme.BETWEEN))
        self.area.column.setSpacing(theme.BETWEEN)
        outer.addWidget(self.area)
        self.empty = EmptyState(
            _("Nobody has said yet that this animal is also known under another code. Put another one beside it."),
            _("Compare"),
            self.compare,
            icon="star",
            key="C",
        )
        outer.addWidget(self.empty)

    def open(self, animal: bytes | None) -> None:
        """Show what is said of an animal."""
        if animal != self.animal:
            self.said = Said()
            self._show()
        self.animal = animal
        self.read()

    def read(self) -> None:
        """Read again what is said."""
        self._asked += 1
        asked, animal = self._asked, self.animal
        if animal is not None:
            self._bridge.run(
                lambda _cancel: read(self._library, animal), lambda said: self._take(asked, said), owner=self
            )

    def _take(self, asked: int, said: Said) -> None:
        if asked != self._asked:
            return
        self.said = said
        self._show()
        self.counted.emit(sum(one.listed.state != "different" for one in said.others))

    def _show(self) -> None:
        column = self.area.column
        while (item := column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.area.setVisible(bool(self.said.others))
        self.empty.setVisible(not self.said.others)
        if not self.said.others:
            return
        for words in self.said.wrong:
            column.addWidget(Banner(words))
        for one in self.said.others:
            column.addWidget(self._card(one))
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(button(_("Compare with another animal"), self.compare, key="C"))
        row.addStretch(1)
        column.addWidget(foot)
        column.addWidget(muted(_(RULE)))
        column.addStretch(1)

    def _card(self, one: Other) -> Card:
        card = Card()
        row = QHBoxLayout()
        row.setSpacing(theme.INSIDE)
        row.addWidget(_Picture(one.image))
        words = QVBoxLayout()
        words.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(section(" · ".join(part for part in (one.code, one.name) if part)))
        head.addWidget(Chip(_("ours") if one.mine else country_word(one.country), "own" if one.mine else "partner"))
        words_of_state, tone = STATES[one.state]
        head.addWidget(Chip(_(words_of_state), tone))
        head.addStretch(1)
        words.addLayout(head)
        for said in one.listed.said:
            words.addWidget(label(self._told(said), "muted", wrap=True))
        words.addStretch(1)
        row.addLayout(words, 1)
        buttons = QVBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(button(_("Compare"), partial(self._compare, one.listed.other)))
        if one.listed.mine in ("same", "different"):
            back, key = pgettext("statement", "Take back"), "B" if self.takeable() == 1 else ""
            buttons.addWidget(button(back, partial(self.take_back, one.listed.other), role="quiet", key=key))
        buttons.addStretch(1)
        row.addLayout(buttons)
        card.body.addLayout(row)
        return card

    def _told(self, said: Word) -> str:
        when = day(day_at(said.at / 1000, self._library.station.utc_offset)) if said.at else ""
        who = ", ".join(part for part in (said.by, said.station_name) if part)
        points = ngettext("{n} matching point", "{n} matching points", len(said.points)).format(n=len(said.points))
        parts = (word("same_animal", "answer", said.answer), who, when, points if said.points else "", said.remarks)
        return " · ".join(part for part in parts if part)

    # -- what a person does ------------------------------------------------------------------------------------

    def compare(self) -> None:
        """This animal beside one that is still to be chosen."""
        if self.animal is not None:
            self.compare_wanted.emit(self.animal, None)

    def _compare(self, other: bytes) -> None:
        self.compare_wanted.emit(self.animal, other)

    def take_back(self, other: bytes) -> None:
        """Take this station's word on the two back."""
        animal = self.animal
        if animal is not None:
            self._bridge.act(
                lambda _cancel: same_animal.take_back(self._library, animal, other),
                lambda _done: self._bridge.say(_("Taken back. What rested on it stands apart again."), undo=True),
                owner=self,
            )

    def take_back_first(self) -> None:
        """Take back what this station said last of this animal and another."""
        for one in self.said.others:
            if one.listed.mine in ("same", "different"):
                self.take_back(one.listed.other)
                return

    def takeable(self) -> int:
        """How many words of this station can be taken back."""
        return sum(one.listed.mine in ("same", "different") for one in self.said.others)

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """The keys of this page; ``free`` tells whether plain letters are commands now."""
        made = partial(Command, group=_("Same animal"), enabled=lambda: free() and self.isVisible())
        found = [made("joined.compare", _("Compare"), self.compare, "C")]
        if self.takeable() == 1:
            found.append(made("joined.take_back", pgettext("statement", "Take back"), self.take_back_first, "B"))
        return found
