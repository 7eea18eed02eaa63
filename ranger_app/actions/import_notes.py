"""What the imports of tables have in common: rows that were not taken, the offset of times without one, words.

Tables that know no UTC offset get one from the person who takes them in, or the station's own, and that is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ranger_app.actions.formats import ImportReport, Option
from ranger_app.domain.fields import Value
from ranger_app.domain.time import offset_text, parse_offset
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import N_, _, ngettext
from ranger_app.library import Library

OFFSET = Option("utc-offset", N_("UTC offset of its times; the station's if empty"))
_LISTED = 1_000

REASONS: dict[str, str] = {
    "cells": N_("The row has another number of cells than the header."),
    "no_id": N_("The row has no identifier."),
    "no_file": N_("The row names no file."),
    "duplicate": N_("The identifier {value} stands in an earlier row."),
    "bad_time": N_("{value} is no date and time that can be read."),
    "bad_order": N_("The end lies before the start."),
    "bad_place": N_("The coordinates are missing or not on the globe."),
    "orphan": N_("There is no row {value} that this one belongs to."),
    "bad_value": N_("{value} cannot be read and was left out."),
    "several": N_("Several pictures here fit the name {value}."),
}


class RowNotes:
    """Rows and values that were not taken, as they go into the report: the first thousand of a kind one by one.

    ``reasons`` are the sentences by their codes, to be translated; ``{value}`` in one is what the row says.
    """

    def __init__(self, report: ImportReport, reasons: Mapping[str, str] = REASONS) -> None:
        self._report, self._reasons = report, reasons
        self._numbers: Counter[tuple[str, str]] = Counter()

    def row(self, table: str, row: int, code: str, value: str = "") -> None:
        """One row, or one value of it, is not taken."""
        self._numbers[table, code] += 1
        if self._numbers[table, code] <= _LISTED:
            reason = _(self._reasons[code]).format(value=value[:80])
            self._report.failed.append({"file": table, "row": row, "code": code, "reason": reason})

    def say(self, table: str, code: str, reason: str) -> None:
        """One sentence about a table."""
        self._report.failed.append({"file": table, "code": code, "reason": reason})

    def first(self, table: str) -> str:
        """Why the first row of a table was not taken."""
        return next((str(one["reason"]) for one in self._report.failed if one.get("file") == table), "")

    def refuse_empty(self, table: str) -> DataProblem:
        """A table of which no row holds."""
        return DataProblem(
            "NO_ROW_TAKEN",
            _("No row of {table} can be taken. {reason}").format(table=table, reason=self.first(table)).strip(),
            _("Nothing was taken. Check that it is the right file."),
        )

    def finish(self) -> None:
        """Say how many more there were."""
        for (table, code), number in self._numbers.items():
            if number > _LISTED:
                more = number - _LISTED
                self.say(table, code, ngettext("{n} more row.", "{n} more rows.", more).format(n=more))


def utc_offset(library: Library, text: str, notes: RowNotes, table: str) -> int:
    """Minutes east of UTC for times without an offset, told in the report. UsageProblem where ``text`` is none."""
    if not text.strip():
        minutes = library.station.utc_offset
        reason = _("Its times have no UTC offset; the station's was taken: {offset}.")
    else:
        try:
            minutes = parse_offset(text)
        except ValueError as error:
            raise UsageProblem(
                "OFFSET_WRONG",
                _("{text} is no UTC offset.").format(text=text[:80]),
                _("Write it as +10:00."),
            ) from error
        reason = _("Its times have no UTC offset; the one given was taken: {offset}.")
    notes.say(table, "utc_offset", reason.format(offset=offset_text(minutes)))
    return minutes


_SEXES = {"female": "female", "f": "female", "male": "male", "m": "male", "unknown": "unknown"}
_AGES = {
    **{"adult": "adult", "subadult": "subadult", "sub-adult": "subadult", "juvenile": "juvenile", "young": "juvenile"},
    **{"cub": "juvenile", "unknown": "unknown"},
}


def sex(text: str) -> Value:
    """Our word for a sex; ValueError for one that is not known."""
    return _word(text, _SEXES)


def life_stage(text: str) -> Value:
    """Our word for an age; ValueError for one that is not known."""
    return _word(text, _AGES)


def _word(text: str, words: dict[str, str]) -> Value:
    if not text:
        return None
    try:
        return words[text.casefold()]
    except KeyError as error:
        raise ValueError(text) from error


def whole(text: str, most: int = 1_000_000) -> int | None:
    """A number of animals, also written as ``2.0``; ValueError where it is none or beyond ``most``."""
    if not text:
        return None
    digits = text.removesuffix(".0")
    if not digits.isascii() or not digits.isdigit() or int(digits[:10]) > most or len(digits) > 10:
        raise ValueError(text)
    return int(digits)
