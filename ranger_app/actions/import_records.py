"""Adding imported records in batches: what is here already stays as it is, what differs is said.

Ids of imported records are derived from their source, so an import that was interrupted goes on by doing it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ranger_app.actions import permission
from ranger_app.actions.formats import ImportReport
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, create
from ranger_app.i18n import ngettext
from ranger_app.jobs import CancelToken
from ranger_app.library import Library
from ranger_app.store import rows

A_BATCH = 500
"""Records in one batch: the writer lane is held for about 50 ms."""


class Taking:
    """Collects records and commits them; ``add`` each, step through ``flush`` now and then, ``finish`` at the end."""

    def __init__(self, library: Library, report: ImportReport, cancel: CancelToken, label: str = "import") -> None:
        self._library = library
        self._report = report
        self._cancel = cancel
        self._label = label
        self._act: int | None = None
        self._waiting: dict[tuple[str, bytes], Mapping[str, Value]] = {}
        self._differs: Counter[str] = Counter()
        self._deleted: Counter[str] = Counter()
        self._lowered: Counter[str] = Counter()
        self._role = permission.role(library)

    def add(self, kind: str, record: bytes, fields: Mapping[str, Value]) -> bool:
        """Take this record with the next batch; True when a batch is full and ``flush`` is due."""
        if kind == "person" and fields.get("role") in permission.RIGHTS:
            fields = {**fields, "role": "ranger"}  # a file gives nobody rights at this station
        self._waiting[kind, record] = self._allowed(kind, fields)
        self._report.read[kind] += 1
        return len(self._waiting) >= A_BATCH

    def _allowed(self, kind: str, fields: Mapping[str, Value]) -> Mapping[str, Value]:
        """The fields without what the person at work may not set: a file gives nobody more rights than they have."""
        roles = permission.needed(kind, {}, fields)
        if roles is None or self._role is None or self._role in roles:
            return fields
        self._lowered[kind] += 1
        left = {name: value for name, value in fields.items() if name not in permission.GUARDED[kind]}
        return left | {"look": "first"} if kind == "observation" else left

    def flush(self) -> bool:
        """Commit what waits and is not here yet; False when a stop was asked for."""
        waiting, self._waiting = self._waiting, {}
        ops: list[Op] = []
        by_kind: dict[str, list[bytes]] = {}
        for kind, record in waiting:
            by_kind.setdefault(kind, []).append(record)
        for kind, ids in by_kind.items():
            here = set()
            for known in self._known(kind, ids):
                here.add(known.id)
                if known.deleted:
                    self._deleted[kind] += 1
                elif any(known.values.get(name) != value for name, value in waiting[kind, known.id].items()):
                    self._differs[kind] += 1
            fresh = [record for record in ids if record not in here]
            ops.extend(create(kind, record, dict(waiting[kind, record])) for record in fresh)
            if fresh:
                self._report.new[kind] += len(fresh)
        if ops:
            done = self._library.commit(ops, label=self._label, act=self._act)
            self._act = self._act or done.batch
        return not self._cancel.cancelled

    def _known(self, kind: str, ids: list[bytes]) -> Iterator[rows.Record]:
        with self._library.read() as db:
            marks = ",".join("?" * len(ids))
            yield from rows.find(db, kind, f"id IN ({marks})", ids, deleted=True, order="")

    def finish(self) -> None:
        """Commit the rest and say what was here with other values or was deleted here: both stay as they are."""
        if self._waiting:
            self.flush()
        for kind, number in self._differs.items():
            reason = ngettext(
                "{n} record is here with other values and stays as it is.",
                "{n} records are here with other values and stay as they are.",
                number,
            ).format(n=number)
            self._report.failed.append({"file": kind, "code": "differs_here", "reason": reason})
        for kind, number in self._lowered.items():
            reason = ngettext(
                "{n} record came without what only others may set: releases, settled answers, states of patrols.",
                "{n} records came without what only others may set: releases, settled answers, states of patrols.",
                number,
            ).format(n=number)
            self._report.failed.append({"file": kind, "code": "role_needed", "reason": reason})
        for kind, number in self._deleted.items():
            reason = ngettext(
                "{n} record was deleted here and stays so.", "{n} records were deleted here and stay so.", number
            ).format(n=number)
            self._report.failed.append({"file": kind, "code": "deleted_here", "reason": reason})
