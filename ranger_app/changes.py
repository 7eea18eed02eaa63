"""What an act changed, so that every open screen can decide whether to look again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_IDS = 1000
"""Beyond so many the records are not named one by one."""


@dataclass(frozen=True, slots=True)
class Changes:
    """``kinds`` of records changed, their ``ids`` where they are few, the act's ``label`` and batch number."""

    kinds: frozenset[str]
    ids: tuple[bytes, ...] = ()
    label: str = ""
    batch: int = 0

    @classmethod
    def of(cls, kinds: Iterable[str], ids: Sequence[bytes], label: str, batch: int) -> Changes:
        """With the ids only where they are few."""
        return cls(frozenset(kinds), tuple(ids) if len(ids) <= MOST_IDS else (), label, batch)

    def and_then(self, later: Changes) -> Changes:
        """Both together, as one who looks only now needs to hear them. ``ids`` are kept while they are few."""
        few = self.ids and later.ids and len(self.ids) + len(later.ids) <= MOST_IDS
        ids = self.ids + later.ids if few else ()
        return Changes(self.kinds | later.kinds, ids, later.label, later.batch)
