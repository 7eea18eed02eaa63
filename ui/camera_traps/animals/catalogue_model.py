"""The catalogue of known animals as lines of a table: one for each animal of each catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from ranger_app.actions import catalogue
from ranger_app.actions.catalogue import Entry
from ranger_app.actions.listing import Line
from ranger_app.domain import taxa
from ranger_app.domain.natural_order import natural
from ranger_app.i18n import _, language
from ranger_app.library import Library
from ranger_app.store import gallery
from ui.camera_traps.animals.small_pictures import PICTURE_ROLE
from ui.camera_traps.animals.words import country_word, word
from ui.numbers import day, day_at, number
from ui.widgets.origin_mark import origin_mark
from ui.widgets.table import LinesModel

PICTURE, CODE, NAME, SPECIES, SEX, STATUS, WHOSE, CAPTURES, LAST = range(9)
OURS, THEIRS, JOINED, ALONE = "ours", "theirs", "joined", "alone"


@dataclass(frozen=True, slots=True)
class AnimalLine(Line):
    """A line of the catalogue. ``sha256`` names the preview of its picture."""

    entry: Entry
    sha256: str | None

    def is_one_of(self, whose: str) -> bool:
        """Whether it is ours, a partner's, joined with another or not; "" is everything."""
        entry = self.entry
        return {OURS: entry.mine, THEIRS: not entry.mine, JOINED: joined(entry), ALONE: not joined(entry)}.get(
            whose, True
        )


def joined(entry: Entry) -> bool:
    """Whether an animal is one with another, of whichever catalogue."""
    return len(entry.joined) > 1


def codes(entry: Entry) -> str:
    """The code an animal is known by: those of all catalogues where it is joined."""
    return entry.codes if joined(entry) else entry.code


def lines(library: Library) -> list[AnimalLine]:
    """The whole catalogue; for workers."""
    with library.read() as db:
        found = catalogue.entries(db)
        pictures = gallery.pictures_of(db, [one.picture for one in found if one.picture is not None])
    species = {one.taxon: taxa.name(one.taxon, language()) for one in found}
    offset = library.station.utc_offset
    words = {
        (field, code): word("individual", field, code)
        for field, code in {
            (field, code) for one in found for field, code in (("sex", one.sex), ("status", one.status))
        }
    }
    return [_line(one, species[one.taxon], words, pictures.get(one.picture or b""), offset) for one in found]


def _line(
    one: Entry, species: str, words: Mapping[tuple[str, str], str], sha256: str | None, offset: int
) -> AnimalLine:
    sex, status = words["sex", one.sex], words["status", one.status]
    whose = _("ours") if one.mine else country_word(one.country)
    last = one.last_seen
    texts = (
        "",
        codes(one),
        one.name or "",
        species,
        sex,
        status,
        whose,
        number(one.captures) if one.captures else "",
        day(day_at(last, offset)) if last is not None else "",
    )
    keys = (
        (0, 0),
        (1, natural(one.code)),
        (1, (one.name or "").casefold()),
        (1, species.casefold()),
        (1, sex),
        (1, status),
        (1, "" if one.mine else whose),
        (0, one.captures),
        (0, last if last is not None else -(1 << 62)),
    )
    return AnimalLine(one.id, texts, keys, one, sha256)


class CatalogueModel(LinesModel):
    """All animals, or those of one species, ours or theirs, joined or not."""

    def __init__(self) -> None:
        headings = [
            _("Picture"), _("Code"), _("Known as"), _("Species"), _("Sex"), _("Status"), _("Catalogue"),
            _("Captures"), _("Last seen"),
        ]  # fmt: skip
        super().__init__(headings, [False] * CAPTURES + [True, False])
        self.every: list[Line] = []
        self.taxon, self.whose = "", ""

    def take(self, lines: Sequence[Line]) -> None:
        self.every = list(lines)
        self.sift(self.taxon, self.whose)

    def sift(self, taxon: str, whose: str) -> None:
        """Show the animals of a species, or of all ("" ), and of those ``whose`` they are."""
        self.taxon, self.whose = taxon, whose
        super().take(
            [
                one
                for one in self.every
                if isinstance(one, AnimalLine) and taxon in ("", one.entry.taxon) and one.is_one_of(whose)
            ]
        )

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        if isinstance(line, AnimalLine):
            if role == PICTURE_ROLE:
                return line.sha256
            if role == Qt.ItemDataRole.DecorationRole and index.column() == WHOSE:
                return origin_mark(line.entry.mine)
        return super().data(index, role)
