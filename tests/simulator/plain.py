"""The merge rule read plainly, to hold the program against: every pair compared, knowledge as it really was.

It shares no line with the program. What a statement knew of is the set of batches at its station, not a vector.
"""

from __future__ import annotations

from dataclasses import dataclass

Value = str | int | bytes | None
Stamp = tuple[int, bytes, bytes, int, int]


@dataclass(frozen=True)
class Statement:
    """One operation. ``batch`` names its batch, ``knew`` those that its station had when it was made."""

    batch: bytes
    index: int
    stamp: Stamp
    knew: frozenset[bytes]
    fields: dict[str, Value]

    def saw(self, other: Statement) -> bool:
        return other.batch in self.knew or (other.batch == self.batch and other.index < self.index)


def state(statements: list[Statement]) -> tuple[dict[str, Value], dict[str, list[Stamp]]]:
    """A record's values and, for each field that waits for a decision, the statements that differ, newest first."""
    values: dict[str, Value] = {}
    waiting: dict[str, list[Stamp]] = {}
    for name in {name for one in statements for name in one.fields}:
        said = [one for one in statements if name in one.fields]
        last = [one for one in said if not any(other.saw(one) for other in said)]
        last.sort(key=lambda one: one.stamp, reverse=True)
        values[name] = last[0].fields[name]
        if any(one.fields[name] != values[name] for one in last):
            waiting[name] = [one.stamp for one in last]
    deletions = [one for one in statements if one.fields.get("deleted")]
    deletions = [
        one for one in deletions if not any(other.saw(one) for other in statements if "deleted" in other.fields)
    ]
    edits = [
        one
        for one in statements
        if set(one.fields) - {"deleted"}
        and any(one is not gone and not gone.saw(one) and not one.saw(gone) for gone in deletions)
    ]
    if edits or "deleted" in waiting:
        values["deleted"] = 0
        newest = [
            one for one in statements
            if "deleted" in one.fields and not any(other.saw(one) for other in statements if "deleted" in other.fields)
        ]  # fmt: skip
        waiting["deleted"] = sorted({one.stamp for one in [*newest, *edits]}, reverse=True)
    return values, waiting
