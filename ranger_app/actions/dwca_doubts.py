"""What an import of a Darwin Core Archive could not take, row by row, with the reason in words."""

from __future__ import annotations

from collections import Counter

from ranger_app.actions.formats import ImportReport
from ranger_app.i18n import N_, _, ngettext

_LISTED = 1000
"""Rows listed one by one for each reason; beyond that they are counted."""

REASONS: dict[str, str] = {
    "cut_short": N_("The row has fewer cells than the description says."),
    "no_identifier": N_("The row has no identifier of its event."),
    "twice": N_("The identifier {value} stands in an earlier row too."),
    "orphan": N_("No event is called {value}."),
    "no_day": N_("{value} is no single day."),
    "no_name": N_("There is no name of a species."),
    "no_number": N_("{value} is no number of birds."),
    "absent_with_number": N_("Absent, but with a number: {value}."),
    "present_with_zero": N_("Present, but 0 birds."),
    "zero_without_status": N_("0 birds, and nothing says whether that is an absence."),
    "not_a_bird": N_("{value} is no bird."),
    "not_observed": N_("Not an observation: {value}."),
    "no_place": N_("The event has no place."),
    "bad_place": N_("Coordinates that cannot be: {value}. The site was taken without them."),
    "bad_value": N_("A value that {value} cannot hold."),
    "required": N_("{value} is missing."),
    "in_circle": N_("The event is part of itself: {value}."),
}


class Doubts:
    """Collects what was not taken; ``finish`` says what was only counted."""

    def __init__(self, report: ImportReport) -> None:
        self._report = report
        self._numbers: Counter[tuple[str, str]] = Counter()

    def row(self, table: str, row: int, code: str, value: str = "") -> None:
        """One row, or one value of it, is not taken."""
        self._numbers[table, code] += 1
        if self._numbers[table, code] <= _LISTED:
            reason = _(REASONS[code]).format(value=value[:80])
            self._report.failed.append({"file": table, "row": row, "code": code, "reason": reason})

    def finish(self) -> None:
        """Say how many more rows there were."""
        for (table, code), number in self._numbers.items():
            if number > _LISTED:
                more = number - _LISTED
                reason = ngettext("{n} more row.", "{n} more rows.", more).format(n=more)
                self._report.failed.append({"file": table, "code": code, "reason": reason})
