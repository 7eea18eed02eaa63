"""What a record is, given every operation on it that is here: a pure function of their set.

An edit supersedes what its writer had seen; clocks decide only between edits made without knowledge of each
other, and those are shown to a person. (Causal heads with a last-writer tie-break, as in version-vector stores.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ranger_app.domain.fields import Value
from ranger_app.domain.intervals import Vector, Writer, covers
from ranger_app.domain.ops import DELETED

LOOKED_BACK = 64
"""Operations on one record among which separate edits that were joined are told."""


@dataclass(frozen=True, slots=True)
class Version:
    """One operation on the record with what its batch had seen. ``index`` is its place in the batch."""

    writer: Writer
    n: int
    index: int
    hlc: int
    seen: Vector
    fields: dict[str, Value]
    hides: frozenset[str] = frozenset()
    """Fields that it may have set to something withheld from this station."""

    @property
    def stamp(self) -> tuple[int, bytes, bytes, int, int]:
        """The order in which the clock would place it; total and equal at every station."""
        return (self.hlc, self.writer[0], self.writer[1], self.n, self.index)

    def saw(self, other: Version) -> bool:
        """Whether this operation was made with ``other`` in view."""
        if self.writer == other.writer:
            return (self.n, self.index) > (other.n, other.index)
        return covers(self.seen.get(other.writer, []), other.n)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The record's values, the fields that a person must decide, and whether separate edits were joined."""

    values: dict[str, Value]
    conflicts: dict[str, list[Version]] = field(default_factory=dict)
    soft: bool = False


def heads(writers: Sequence[Version]) -> list[Version]:
    """Those of ``writers`` that no other of them had in view, newest stamp first."""
    newest: dict[Writer, Version] = {}
    for version in writers:  # a station always has its own earlier operations in view
        known = newest.get(version.writer)
        if known is None or (version.n, version.index) > (known.n, known.index):
            newest[version.writer] = version
    last = list(newest.values())
    # Any may have seen it: a station's view shrinks when keys are withdrawn, and what it decided before still counts.
    found = [v for v in last if not any(other is not v and other.saw(v) for other in writers)]
    # Honest stations cannot see each other in a circle; for a dishonest one everything stays open.
    return sorted(found or last, key=lambda v: v.stamp, reverse=True)


def concurrent(one: Version, other: Version) -> bool:
    """Whether they are two, and neither was made with the other in view."""
    return one.stamp != other.stamp and not one.saw(other) and not other.saw(one)


def resolve(versions: Sequence[Version]) -> Resolved:
    """The state of one record from all operations on it, in any order."""
    by_field: dict[str, list[Version]] = {}
    hidden: dict[str, list[Version]] = {}
    for version in versions:
        for name in version.fields:
            by_field.setdefault(name, []).append(version)
        for name in version.hides:
            hidden.setdefault(name, []).append(version)
    values: dict[str, Value] = {}
    conflicts: dict[str, list[Version]] = {}
    for name in sorted(by_field):
        open_heads = heads(by_field[name] + hidden.get(name, []))
        if name in hidden:
            open_heads = [v for v in open_heads if name in v.fields]
            if not open_heads:  # a newer value is withheld here; the old one no longer holds
                values[name] = None
                continue
        values[name] = open_heads[0].fields[name]
        if len({v.fields[name] for v in open_heads}) > 1:
            conflicts[name] = open_heads
    if DELETED in by_field:
        _keep_edits(versions, heads(by_field[DELETED]), values, conflicts)
    return Resolved(values, conflicts, len({v.writer for v in versions}) > 1 and _joined(versions))


def makers(created: Iterable[Version]) -> set[bytes]:
    """The stations that made a record, from the operations that create it.

    Who makes it again having it in view edits it; otherwise any partner could pass for the maker of what it was given.
    """
    made = list(created)
    return {
        one.writer[0] for one in made if not any(one.writer[0] != other.writer[0] and one.saw(other) for other in made)
    }


def by_maker(
    versions: Sequence[Version], created: Sequence[Version], fields: frozenset[str], releases: frozenset[str]
) -> list[Version]:
    """The operations on a record without ``fields`` where a station set them that did not make it.

    ``created`` are those that made it, ``releases`` those of the fields that count from nobody where several did.
    """
    made_by = makers(created)
    several = len(made_by) > 1
    found = []
    for version in versions:
        barred = fields if version.writer[0] not in made_by else releases if several else frozenset[str]()
        if not barred.isdisjoint(version.fields):
            version = replace(version, fields={n: v for n, v in version.fields.items() if n not in barred})
        found.append(version)
    return found


def _joined(versions: Sequence[Version]) -> bool:
    # Only said in a report, so the newest operations are looked at and not every pair of a long history.
    recent = sorted(versions, key=lambda v: v.stamp)[-LOOKED_BACK:]
    return any(concurrent(one, other) for at, one in enumerate(recent) for other in recent[at + 1 :])


def _keep_edits(
    versions: Sequence[Version],
    deletions: list[Version],
    values: dict[str, Value],
    conflicts: dict[str, list[Version]],
) -> None:
    # A record deleted on one side and edited on the other stays visible until a person decides.
    unaware = [
        v
        for v in versions
        if any(name != DELETED for name in v.fields) and any(d.fields[DELETED] and concurrent(d, v) for d in deletions)
    ]
    if unaware or DELETED in conflicts:
        values[DELETED] = 0
        sides = {v.stamp: v for v in [*deletions, *unaware]}
        conflicts[DELETED] = [sides[stamp] for stamp in sorted(sides, reverse=True)]
