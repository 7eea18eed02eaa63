"""What a grid shows of the library's pictures, read a page at a time."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ranger_app.domain import taxa
from ranger_app.domain.kinds_camera import OBSERVATION_TYPES
from ranger_app.i18n import _, language
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import gallery
from ranger_app.store.gallery import Cell, Eyes, Filter

PAGE = 128
PAGES = 64


class MediaSource:
    """Row numbers in order and the cells of the pages looked at last. Used in the window's thread only."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.keys: array[int] = array("q")
        self._pages: OrderedDict[int, dict[int, Cell]] = OrderedDict()
        self._words: dict[tuple[str, str], str] = {}

    @property
    def eyes(self) -> Eyes | None:
        """Who looks, where that matters; None sees all that was said."""
        return None

    def find(self, wanted: Filter, most: int | None = None) -> array[int]:
        """The row numbers that fit ``wanted``, at most ``most``; slow at a million, so call it on the pool."""
        with self.library.read() as db:
            return gallery.keys(db, replace(wanted, eyes=self.eyes), most)

    def take(self, keys: array[int]) -> None:
        """Show these rows from now on."""
        self.keys = keys
        self._pages.clear()

    def forget(self) -> None:
        """Read cells again when they are next needed: their records changed."""
        self._pages.clear()

    def __len__(self) -> int:
        return len(self.keys)

    def cell(self, row: int) -> Cell | None:
        """The cell at ``row``; None where its record is gone."""
        number = row // PAGE
        page = self._pages.get(number)
        if page is None:
            wanted = self.keys[number * PAGE : (number + 1) * PAGE]
            with self.library.read() as db:
                page = {cell.key: cell for cell in gallery.cells(db, wanted, self.eyes)}
            self._pages[number] = page
            if len(self._pages) > PAGES:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(number)
        return page.get(self.keys[row])

    def joined(self, row: int) -> bool:
        """Whether the picture at ``row`` forms a group with the one before it; here none does."""
        return False

    def joined_number(self, row: int) -> int:
        """How many pictures stand in the group that begins at ``row``."""
        return 1

    def ids(self, keys: Sequence[int]) -> list[bytes]:
        """The ids of rows."""
        with self.library.read() as db:
            return gallery.ids(db, keys)

    def row_of(self, media: bytes) -> int:
        """Where the picture with this id stands, -1 if it is not shown."""
        with self.library.read() as db:
            key = gallery.key_of(db, media)
        try:
            return self.keys.index(key) if key is not None else -1
        except ValueError:
            return -1

    def thumbnail(self, sha256: str) -> Path:
        """Where the preview lies if it has been made."""
        return thumbs.place(self.library.cache, sha256)

    def word(self, shown: str | None) -> str:
        """What a picture is said to show, in the language in use; "" while nobody said."""
        if not shown:
            return ""
        known = self._words.get((language(), shown))
        if known is None:
            labels = {choice.code: choice.label for choice in OBSERVATION_TYPES}
            known = _(labels[shown]) if shown in labels else taxa.name(shown, language())
            self._words[(language(), shown)] = known
        return known
