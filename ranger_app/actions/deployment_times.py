"""A deployment's dated failures and clock corrections: each a dated entry beside the pictures, never in them."""

from __future__ import annotations

import json

from ranger_app.actions.records import existing
from ranger_app.changes import Changes
from ranger_app.domain.kinds_camera import FAILURE_REASONS
from ranger_app.domain.ops import change
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library

METHODS = ("shift", "drift", "day_month", "year", "daylight_saving")


def add_failure(
    library: Library, deployment: bytes, start: str, end: str, reason: str, remarks: str | None = None
) -> Changes:
    """Note that the camera did not work from ``start`` to ``end`` (local times as written)."""
    if reason not in {choice.code for choice in FAILURE_REASONS}:
        words = ", ".join(choice.code for choice in FAILURE_REASONS)
        raise DataProblem(
            "REASON_UNKNOWN",
            _("{reason} is not a reason for a failure.").format(reason=reason),
            _("Use one of: {words}.").format(words=words),
        )
    _in_order(start, end)
    entry: dict[str, str | int | None] = {"from": start, "to": end, "reason": reason, "remarks": remarks}
    return _append(library, deployment, "failures", entry)


def add_clock_correction(library: Library, deployment: bytes, entry: dict[str, str | int | None]) -> Changes:
    """Add one correction (see the parts of ``clock_corrections``); later ones apply on top of earlier ones."""
    if entry.get("method") not in METHODS:
        raise DataProblem(
            "METHOD_UNKNOWN",
            _("{method} is not a way to correct a clock.").format(method=entry.get("method")),
            _("Use one of: {words}.").format(words=", ".join(METHODS)),
        )
    start, end = entry.get("from"), entry.get("to")
    if isinstance(start, str) and isinstance(end, str):
        _in_order(start, end)
    elif entry["method"] == "drift":
        raise DataProblem(
            "TIMES_MISSING", _("A drift lies between two known times."), _("Give both, with --from and --to.")
        )
    return _append(library, deployment, "clock_corrections", entry)


def clear(library: Library, deployment: bytes, field: str) -> Changes:
    """Take all entries of ``failures`` or ``clock_corrections`` away; undo brings them back."""
    return library.commit([change("deployment", deployment, {field: None})], label="edit deployment")


def _in_order(start: str, end: str) -> None:
    if end < start:
        raise DataProblem("TIMES_SWAPPED", _("The end lies before the start."), _("Swap them and try again."))


def _append(library: Library, deployment: bytes, field: str, entry: dict[str, str | int | None]) -> Changes:
    with library.read() as db:
        before = existing(db, "deployment", deployment).text(field)
    filled = {name: value for name, value in entry.items() if value not in (None, "")}
    entries = [*(json.loads(before) if before else []), filled]
    return library.commit([change("deployment", deployment, {field: canonical(entries)})], label="edit deployment")
