"""What must hold for a deployment whoever writes it: its dates are in order, and a pair of cameras knows of each other.

``records`` asks here before it writes, so the window, the command line and a table of records cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping

from ranger_app.domain.clock import readable
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, change
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.store import rows
from ranger_app.store.connection import Database


def check(record: bytes | None, before: Mapping[str, Value], values: Mapping[str, Value]) -> None:
    """Refuse ``values`` for a deployment that now has ``before``.

    DataProblem END_BEFORE_START where it would be taken down before it was set up, PAIRED_WITH_ITSELF.
    """
    if "start" in values or "end" in values:
        start, end = ({**before, **values}.get(name) for name in ("start", "end"))
        if isinstance(start, str) and isinstance(end, str) and end < start:
            raise DataProblem(
                "END_BEFORE_START",
                _("Taken down on {end}, before it was set up on {start}.").format(
                    end=readable(end), start=readable(start)
                ),
                _("Correct one of the two times."),
            )
    if record is not None and values.get("paired_with") == record:
        raise DataProblem(
            "PAIRED_WITH_ITSELF", _("A camera cannot be paired with itself."), _("Choose the other camera.")
        )


def pairing(db: Database, record: bytes, before: Value, paired_with: Value) -> list[Op]:
    """What must be written to other deployments so that pairs are mutual when ``record`` gets a partner or loses it.

    The new partner points back; whoever was paired with one of the two before is left single.
    """
    if before == paired_with:
        return []
    ops: dict[bytes, Value] = {}
    if isinstance(before, bytes) and _partner(db, before) == record:
        ops[before] = None
    if isinstance(paired_with, bytes) and rows.get(db, "deployment", paired_with) is not None:
        former = _partner(db, paired_with)
        if isinstance(former, bytes) and former != record and _partner(db, former) == paired_with:
            ops[former] = None
        if former != record:
            ops[paired_with] = record
    return [change("deployment", other, {"paired_with": value}) for other, value in ops.items()]


def check_failure(found: rows.Record, start: str, end: str) -> None:
    """Refuse a failure that does not touch the deployment's time; local times, an empty end = until taken down.

    DataProblem TIMES_SWAPPED or FAILURE_OUTSIDE. What reaches beyond a date of the deployment is kept as written and
    counts only within it.
    """
    set_up, taken_down = found.text("start"), found.text("end")
    if taken_down and start >= taken_down:
        raise DataProblem(
            "FAILURE_OUTSIDE",
            _("The failure begins after the camera was taken down on {end}.").format(end=readable(taken_down)),
            _("Correct the times of the failure, or those of the deployment."),
        )
    if end and end <= start:
        raise DataProblem(
            "TIMES_SWAPPED", _("The end does not lie after the start."), _("Correct one of the two times.")
        )
    if end and set_up and end <= set_up:
        raise DataProblem(
            "FAILURE_OUTSIDE",
            _("The failure ends before the camera was set up on {start}.").format(start=readable(set_up)),
            _("Correct the times of the failure, or those of the deployment."),
        )


def _partner(db: Database, record: bytes) -> Value:
    found = rows.get(db, "deployment", record)
    return None if found is None or found.deleted else found["paired_with"]
