"""The pictures under review: what a key press said is shown at once, while the writer is still at it.

Here it is also told which rows belong together: the events among the pictures shown.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ranger_app.actions import event_review
from ranger_app.actions.review import FLAGS
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import gallery
from ranger_app.store.gallery import Cell, Eyes
from ui.widgets.media_source import MediaSource

REVIEWED = 2
"""``seen_by`` of a picture a person has looked at."""
MOST_SHOWN = 999
"""Pictures of one event counted on screen; a branch in the wind makes longer ones."""
_MOST_STEPS = 20_000
_PART = 500

Look = tuple[str | None, int]
"""What a picture is said to show, and who has seen it."""


class ReviewSource(MediaSource):
    """A MediaSource that knows what was just said and is not written yet, and which rows are one event."""

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self._said: dict[int, Look] = {}
        self._sizes: dict[int, int] = {}
        self.by_time = True
        """Whether the rows stand in the order they were taken; otherwise every row stands alone."""
        with library.read() as db:
            self.gap = event_review.gap(db)
        """Seconds between two pictures of one event at most."""

    def take(self, keys: array[int]) -> None:
        self._sizes.clear()
        super().take(keys)

    def set_gap(self, seconds: int) -> None:
        """Form events by another gap from now on."""
        self.gap = seconds
        self._sizes.clear()

    @property
    def eyes(self) -> Eyes:
        """The person at work: where two looks are asked for, the answers of others stay hidden."""
        return Eyes(self.library.person)

    def cell(self, row: int) -> Cell | None:
        cell = super().cell(row)
        if cell is not None and cell.key in self._said:
            shown, seen_by = self._said[cell.key]
            return replace(cell, shown=shown, seen_by=seen_by)
        return cell

    def say(self, keys: Iterable[int], shown: str) -> None:
        """Show ``shown`` (a species or a type) for these pictures until ``settle``."""
        self._said.update(dict.fromkeys(keys, (shown, REVIEWED)))

    def looks(self, keys: Sequence[int]) -> dict[int, Look]:
        """What these pictures show in the library now and who has seen them; for a worker."""
        found: dict[int, Look] = {}
        with self.library.read() as db:
            for start in range(0, len(keys), _PART):
                cells = gallery.cells(db, keys[start : start + _PART], self.eyes)
                found.update((cell.key, (cell.shown, cell.seen_by)) for cell in cells)
        return found

    def show_again(self, looks: Mapping[int, Look]) -> None:
        """Show these pictures as they were before an answer, until ``settle``."""
        self._said.update(looks)

    def settle(self, keys: Iterable[int]) -> None:
        """What was said of these is written, or was refused: the library's own words count again."""
        for key in keys:
            self._said.pop(key, None)
        self.forget()

    def is_reviewed(self, row: int) -> bool:
        """Whether a person has looked at the picture at ``row``."""
        cell = self.cell(row)
        return cell is not None and cell.seen_by >= REVIEWED

    def row_at(self, moment: int) -> int:
        """The first row taken at ``moment`` (UTC seconds) or later; the number of rows where all are earlier.

        Rows stand in the order they were taken, those without a time first: about twenty of a million are read.
        """
        with self.library.read() as db:
            return bisect_left(self.keys, moment, key=lambda key: gallery.taken_at(db, key))

    # -- events ------------------------------------------------------------------------------------------------

    def _apart(self, one: Cell, other: Cell) -> int | None:
        """Seconds between two cells; None where either has no time or the rows are in another order."""
        if not self.by_time or one.taken_at is None or other.taken_at is None:
            return None
        return abs(one.taken_at - other.taken_at)

    def joined(self, row: int) -> bool:
        """Whether the picture at ``row`` stands beside the one before it because both are one event."""
        if not 0 < row < len(self.keys):
            return False
        before, here = super().cell(row - 1), super().cell(row)
        if before is None or here is None or here.deployment is None or here.deployment != before.deployment:
            return False
        apart = self._apart(before, here)
        return apart is not None and apart <= self.gap

    def joined_number(self, row: int) -> int:
        """How many pictures stand side by side from ``row``, the first of its event here; at most MOST_SHOWN + 1."""
        known = self._sizes.get(row)
        if known is None:
            known = 1
            while known <= MOST_SHOWN and self.joined(row + known):
                known += 1
            self._sizes[row] = known
        return known

    def _beside(self, row: int, by: int) -> int:
        """The next row of the same event before (-1) or after (1) ``row``; -1 without one.

        Pictures of other cameras taken meanwhile may stand between them.
        """
        here = super().cell(row)
        if here is None or here.deployment is None:
            return -1
        other = row + by
        while 0 <= other < len(self.keys):
            cell = super().cell(other)
            if cell is not None:
                apart = self._apart(here, cell)
                if apart is None or apart > self.gap:
                    return -1
                if cell.deployment == here.deployment:
                    return other
            other += by
        return -1

    def starts_event(self, row: int) -> bool:
        """Whether the picture at ``row`` is the first of its event among those shown."""
        return self._beside(row, -1) < 0

    def event_rows(self, row: int) -> list[int]:
        """The rows of the event that ``row`` belongs to, in order; at most about MOST_SHOWN on either side."""
        before: list[int] = []
        after: list[int] = []
        at = row
        while len(before) <= MOST_SHOWN and (at := self._beside(at, -1)) >= 0:
            before.append(at)
        at = row
        while len(after) <= MOST_SHOWN and (at := self._beside(at, 1)) >= 0:
            after.append(at)
        return [*before[::-1], row, *after]

    def event_step(self, row: int, by: int) -> int:
        """The first row of the event after (1) or before (-1) the one at ``row``; ``row`` where there is none."""
        for steps in range(1, _MOST_STEPS):
            other = row + by * steps
            if not 0 <= other < len(self.keys):
                return row
            if self.starts_event(other):
                return other
        return row


def moment(cell: Cell) -> str:
    """The camera's time of a picture as it was written: "2021-04-11 20:43:11"."""
    return (cell.camera_time or "").replace("T", " ")


def flag_words(flags: str | None) -> list[str]:
    """The flags of a picture (a JSON list) in the language in use."""
    return [_(word) for code, word in FLAGS.items() if f'"{code}"' in (flags or "")]
