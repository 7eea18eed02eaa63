"""The pictures under review: what a key press said is shown at once, while the writer is still at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ranger_app.actions.review import FLAGS
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store.gallery import Cell, Eyes
from ui.widgets.media_source import MediaSource

REVIEWED = 2
"""``seen_by`` of a picture a person has looked at."""


class ReviewSource(MediaSource):
    """A MediaSource that knows what was just said and is not written yet."""

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self._said: dict[int, str] = {}

    @property
    def eyes(self) -> Eyes:
        """The person at work: where two looks are asked for, the answers of others stay hidden."""
        return Eyes(self.library.person)

    def cell(self, row: int) -> Cell | None:
        cell = super().cell(row)
        if cell is not None and cell.key in self._said:
            return replace(cell, shown=self._said[cell.key], seen_by=REVIEWED)
        return cell

    def say(self, keys: Iterable[int], shown: str) -> None:
        """Show ``shown`` (a species or a type) for these pictures until ``settle``."""
        self._said.update(dict.fromkeys(keys, shown))

    def settle(self, keys: Iterable[int]) -> None:
        """What was said of these is written, or was refused: the library's own words count again."""
        for key in keys:
            self._said.pop(key, None)
        self.forget()

    def is_reviewed(self, row: int) -> bool:
        """Whether a person has looked at the picture at ``row``."""
        cell = self.cell(row)
        return cell is not None and cell.seen_by >= REVIEWED


def moment(cell: Cell) -> str:
    """The camera's time of a picture as it was written: "2021-04-11 20:43:11"."""
    return (cell.camera_time or "").replace("T", " ")


def flag_words(flags: str | None) -> list[str]:
    """The flags of a picture (a JSON list) in the language in use."""
    return [_(word) for code, word in FLAGS.items() if f'"{code}"' in (flags or "")]
