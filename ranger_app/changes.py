"""What an act changed, so that every open screen can decide whether to look again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """``kinds`` of records changed, their ``ids`` where they are few, the act's ``label`` and batch number."""

    kinds: frozenset[str]
    ids: tuple[bytes, ...] = ()
    label: str = ""
    batch: int = 0
