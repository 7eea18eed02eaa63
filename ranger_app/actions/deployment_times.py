"""A deployment's dated failures and clock corrections: each a dated entry beside the pictures, never in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ranger_app.actions import deployment_rules
from ranger_app.actions.clock_preview import moved_dates
from ranger_app.actions.records import existing
from ranger_app.changes import Changes
from ranger_app.domain.clock import METHODS, drift
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds_camera import FAILURE_REASONS
from ranger_app.domain.ops import change
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store.rows import Record

__all__ = ["METHODS", "add_clock_correction", "add_failure", "checked", "clear", "drift", "remove"]

Entry = dict[str, str | int | None]
_MOST = {"seconds": 36_525 * 86_400, "seconds_at_end": 36_525 * 86_400, "years": 100}
"""A correction of more than a century is a slip of the keys: no camera is that old."""


def add_failure(
    library: Library, deployment: bytes, start: str, end: str | None, reason: str, remarks: str | None = None
) -> Changes:
    """Note that the camera did not work from ``start`` to ``end`` (local times as written; no end = until taken down).

    DataProblem REASON_UNKNOWN, TIMES_SWAPPED, or FAILURE_OUTSIDE where no part of it lies within the deployment.
    """
    if reason not in {choice.code for choice in FAILURE_REASONS}:
        words = ", ".join(choice.code for choice in FAILURE_REASONS)
        raise DataProblem(
            "REASON_UNKNOWN",
            _("{reason} is not a reason for a failure.").format(reason=reason),
            _("Use one of: {words}.").format(words=words),
        )
    found = _deployment(library, deployment)
    # "Until taken down" is written as the date itself where it is known, so that every reader of the record sees it.
    end = end or found.text("end") or None
    deployment_rules.check_failure(found, start, end or "")
    entry: Entry = {"from": start, "to": end, "reason": reason, "remarks": remarks}
    return _write(library, found, "failures", [*_entries(found, "failures"), _filled(entry)])


def checked(entry: Mapping[str, Any]) -> Entry:
    """A clock correction that can be applied, empty parts left out; DataProblem says what is missing."""
    method = entry.get("method")
    if method not in METHODS:
        raise DataProblem(
            "METHOD_UNKNOWN",
            _("{method} is not a way to correct a clock.").format(method=method),
            _("Use one of: {words}.").format(words=", ".join(METHODS)),
        )
    start, end = entry.get("from"), entry.get("to")
    if isinstance(start, str) and isinstance(end, str) and start and end:
        if end < start:
            raise DataProblem("TIMES_SWAPPED", _("The end lies before the start."), _("Swap them and try again."))
        if method == "drift" and end == start:
            raise DataProblem(
                "TIMES_EQUAL", _("A drift lies between two different times."), _("Give the second time again.")
            )
    elif method == "drift":
        raise DataProblem(
            "TIMES_MISSING", _("A drift lies between two known times."), _("Give both, with --from and --to.")
        )
    needed = {"shift": "seconds", "daylight_saving": "seconds", "year": "years"}.get(str(method))
    if needed and not entry.get(needed):
        raise DataProblem(
            "NOTHING_TO_CORRECT",
            _("This correction would change nothing."),
            _("Say by how many years.") if needed == "years" else _("Say by how much time."),
        )
    if any(abs(int(entry.get(name) or 0)) > most for name, most in _MOST.items()):
        raise DataProblem(
            "CORRECTION_TOO_LARGE", _("This correction is more than a hundred years."), _("Look at the number again.")
        )
    if method == "drift" and not entry.get("seconds") and not entry.get("seconds_at_end"):
        raise DataProblem("NOTHING_TO_CORRECT", _("This correction would change nothing."), _("Say by how much time."))
    return _filled(entry)


def add_clock_correction(
    library: Library, deployment: bytes, entry: Mapping[str, Any], *, rough: bool = False
) -> Changes:
    """Add one correction (see the parts of ``clock_corrections``); later ones apply on top of earlier ones.

    Where the deployment's dates were taken from its pictures they move with them, in the same batch. ``rough`` also
    marks the deployment as one whose times may be wrong. DataProblem as ``checked``.
    """
    found = _deployment(library, deployment)
    entries = [*_entries(found, "clock_corrections"), checked(entry)]
    more: dict[str, Value] = {"timestamp_issues": 1} if rough else {}
    return _write(library, found, "clock_corrections", entries, more)


def remove(
    library: Library, deployment: bytes, field: str, place: int, entry: Mapping[str, Any] | None = None
) -> Changes:
    """Take one entry of ``failures`` or ``clock_corrections`` away by its place, from 0; undo brings it back.

    DataProblem NO_ENTRY where there is none, or where it is no longer ``entry``: somebody was quicker.
    """
    found = _deployment(library, deployment)
    entries = _entries(found, field)
    if not 0 <= place < len(entries) or (entry is not None and entries[place] != dict(entry)):
        raise DataProblem("NO_ENTRY", _("There is no such entry."), _("Look at the list again."))
    del entries[place]
    return _write(library, found, field, entries)


def clear(library: Library, deployment: bytes, field: str) -> Changes:
    """Take all entries of ``failures`` or ``clock_corrections`` away; undo brings them back."""
    return _write(library, _deployment(library, deployment), field, [])


def _deployment(library: Library, deployment: bytes) -> Record:
    with library.read() as db:
        return existing(db, "deployment", deployment)


def _entries(found: Record, field: str) -> list[Entry]:
    text = found.text(field)
    return list(json.loads(text)) if text else []


def _filled(entry: Mapping[str, Any]) -> Entry:
    return {name: value for name, value in entry.items() if value not in (None, "")}


def _write(
    library: Library, found: Record, field: str, entries: list[Entry], more: Mapping[str, Value] | None = None
) -> Changes:
    values: dict[str, Value] = {field: canonical(entries) if entries else None, **(more or {})}
    if field == "clock_corrections":
        with library.read() as db:
            values |= moved_dates(db, found, values[field])
    return library.commit([change("deployment", found.id, values)], label="edit deployment")
