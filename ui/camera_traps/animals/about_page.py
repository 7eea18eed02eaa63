"""The record of one animal: its form, the pictures of its sides, its mother, young and litter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QMargins, QSize, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout

from ranger_app.actions import catalogue
from ranger_app.actions.catalogue import Shown
from ranger_app.domain.kinds_individual import SIDES
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import animals, gallery, rows
from ranger_app.store.rows import Record
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.animals.picture_frame import PictureFrame, SmallFrame, small_image
from ui.camera_traps.animals.words import flank_word, word
from ui.camera_traps.form_page import FormPage
from ui.numbers import day, day_at
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.text import label, muted
from ui.widgets.wrapped import Wrapped

_BOX = QSize(240, 180)


@dataclass(frozen=True, slots=True)
class Side:
    """The picture that stands for a side, and the name of its preview."""

    shown: Shown
    sha256: str | None
    image: QImage


def read_sides(library: Library, animal: bytes) -> dict[str, Side]:
    """By side the picture chosen for it, else the newest capture that shows it; for workers."""
    found: dict[str, Side] = {}
    with library.read() as db:
        for one in catalogue.pictures(db, animal):
            if one.flank in SIDES and one.flank not in found:
                found[one.flank] = Side(one, gallery.picture_of(db, one.media), QImage())
    return {flank: replace(side, image=small_image(library, side.sha256, _BOX)) for flank, side in found.items()}


class FlanksCard(Card):
    """The side chosen large, all four small below it."""

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(_("Pictures that show it"))
        self._library, self._bridge = library, bridge
        self._animal: bytes | None = None
        self._sides: dict[str, Side] = {}
        self.large = PictureFrame(library, bridge)
        self.large.setMinimumHeight(200)
        self.body.addWidget(self.large, 1)
        self.caption = label("", "muted", wrap=True)
        self.body.addWidget(self.caption)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.frames: dict[str, SmallFrame] = {}
        for flank in SIDES:
            frame = SmallFrame(flank_word(flank))
            frame.clicked.connect(partial(self.show_side, flank))
            self.frames[flank] = frame
            row.addWidget(frame, 1)
        self.body.addLayout(row)

    def read(self, animal: bytes | None) -> None:
        """Show the sides of an animal."""
        if animal != self._animal:
            self._show(animal, {})
        if animal is not None:
            self._bridge.run(lambda _cancel: read_sides(self._library, animal), partial(self._show, animal), owner=self)

    def _show(self, animal: bytes | None, sides: dict[str, Side]) -> None:
        if animal != self._animal and sides:
            return  # another animal is shown by now
        before = self.side if animal == self._animal else ""
        self._animal, self._sides = animal, sides
        for flank, frame in self.frames.items():
            side = sides.get(flank)
            frame.show_pixmap(None if side is None or side.image.isNull() else QPixmap.fromImage(side.image))
            frame.setAccessibleDescription("" if side is not None else _("no picture"))
        self.show_side(before if before in sides else next((one for one in SIDES if one in sides), "left"))

    @property
    def side(self) -> str:
        """The side shown large."""
        return next((flank for flank, frame in self.frames.items() if frame.isChecked()), "")

    def show_side(self, flank: str, _checked: bool = True) -> None:
        """Show the picture of a side large."""
        self.frames[flank].setChecked(True)
        side = self._sides.get(flank)
        if side is None:
            self.large.show_picture(None, _("no picture"))
            self.caption.setText(
                _("A flank is never matched to the other one; a missing picture only means that none is known.")
            )
            return
        self.large.show_picture(side.sha256, _("The picture is not here."))
        at = side.shown.taken_at
        when = day(day_at(at, self._library.station.utc_offset)) if at is not None else ""
        why = "" if side.shown.chosen else _("newest capture, none is chosen yet")
        self.caption.setText(" · ".join(part for part in (flank_word(flank), when, why) if part))


class FamilyCard(Card):
    """Mother, young and litter as buttons; ``opened(id)`` when one is pressed."""

    opened = Signal(object)

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(_("Mother and young"))
        self._library, self._bridge = library, bridge
        self._asked = 0
        self.lines: list[tuple[str, list[Record]]] = []
        self._rows = Wrapped(6)
        self.body.addLayout(self._rows)
        self.hide()

    def read(self, animal: bytes | None) -> None:
        """Show the family of an animal; nothing where none is known."""
        self._asked += 1
        asked = self._asked
        if animal is None:
            self.hide()
            return
        self._bridge.run(
            lambda _cancel: family_of(self._library, animal), lambda found: self._take(asked, found), owner=self
        )

    def _take(self, asked: int, found: list[tuple[str, list[Record]]]) -> None:
        if asked != self._asked or found == self.lines:
            return
        self.lines = found
        while (item := self._rows.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for words, records in found:
            said = label(words, "muted")
            said.setMinimumHeight(theme.TARGET)
            self._rows.addWidget(said)
            for one in records:
                sex = word("individual", "sex", one.text("sex"))
                name = " · ".join(part for part in (one.text("code"), one.text("name"), sex) if part)
                self._rows.addWidget(button(name, partial(self.opened.emit, one.id)))
        self.setVisible(bool(found))


def family_of(library: Library, animal: bytes) -> list[tuple[str, list[Record]]]:
    """Mother, young by season and litter of an animal and of all it is joined with; for workers."""
    with library.read() as db:
        joins = animals.catalogues(db).joins
        selves = [one for each in joins.together(animal) if (one := rows.get(db, "individual", each)) is not None]

        def young_of(mother: bytes) -> list[Record]:
            known = joins.together(mother)
            found = [one for each in known for one in rows.find(db, "individual", '"mother" IS ?', [each])]
            return [one for one in found if not one.deleted]

        mothers = [one["mother"] for one in selves]
        known = [found for each in mothers if isinstance(each, bytes) and (found := rows.get(db, "individual", each))]
        mother = known[0] if known else None
        seasons = {one.text("birth_season") for one in selves} - {""}
        litter = [
            one
            for one in (young_of(mother.id) if mother is not None else [])
            if one.id not in joins.together(animal) and one.text("birth_season") in seasons
        ]
        young: dict[str, list[Record]] = {}
        for one in sorted(young_of(animal), key=lambda one: (one.text("birth_season"), one.text("code"))):
            young.setdefault(one.text("birth_season"), []).append(one)
    family = [(_("Mother"), [mother])] if mother is not None and not mother.deleted else []
    family += [(_("Litter"), litter)] if litter else []
    for season, born in young.items():
        family.append((_("Young, {season}").format(season=season) if season else _("Young"), born))
    return family


class AboutPage(FormPage):
    """The form at the left, what it looks like and its family at the right."""

    kind = "individual"
    opened = Signal(object)

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge)
        self.area.column.setContentsMargins(QMargins(0, 0, 8, theme.BETWEEN))
        self.flanks = FlanksCard(library, bridge)
        self.family = FamilyCard(library, bridge)
        self.family.opened.connect(self.opened)
        self.beside.addWidget(self.flanks)
        self.beside.addWidget(self.family)
        self.new = muted(
            _("Its pictures come from the review: name the animal on a picture, then choose one for each side here.")
        )
        self.beside.addWidget(self.new)
        self.beside.addStretch(1)

    def found(self) -> Record | None:
        """The record shown as it stands in the library."""
        return self._found()

    def read(self) -> None:
        """Read again what stands beside the form."""
        self._show_rest()

    def _show_rest(self) -> None:
        record = self.record
        self.flanks.setVisible(record is not None)
        self.new.setVisible(record is None)
        self.flanks.read(record)
        self.family.read(record)

    def restore(self, state: dict[str, Any]) -> None:
        """Show again what state() held."""
        self.form.restore(state)
        self._show_rest()
