"""What a SMART patrol file cannot hold of our records, counted while they are written and then said in sentences.

Zone and identity are lost by the format itself and always said; the rest only where there was something to lose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ranger_app.actions.formats import ExportReport
from ranger_app.actions.patrol_shown import Part, ShownPatrol
from ranger_app.actions.place_words import entries
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.time import offset_text
from ranger_app.i18n import _, ngettext

_HELD = {
    "patrol": "name date type mandate objective armed team station leader members transport start end utc_offset legs"
    " days custom notes source",
    "track": "patrol leg planned source_sha256 source_name points point_count raw_metres cleaned_metres raw_seconds"
    " cleaned_seconds still_seconds excluded start end date source",
    "waypoint": "patrol leg name latitude longitude at remarks distance bearing imported source",
    "sighting": "patrol waypoint group number category taxon count attributes by source",
}
"""The fields that stand in the file, or follow from what stands there; the others are said to be left out."""


def _held_of_find(part: Part) -> list[str]:
    """The file knows species and number only as attributes: where none tells them, they are lost."""
    held = set(_HELD["sighting"].split())
    attributes = entries(part.values.get("attributes"))
    if not attributes:
        held -= {"taxon"}
    if not any(_number(one) == part.number("count") for one in attributes):
        held -= {"count"}
    return list(held)


def _number(attribute: Mapping[str, object]) -> float | None:
    try:
        return float(str(attribute.get("value"))) if attribute.get("type") == "NUMERIC" else None
    except ValueError:
        return None


def _sentence(code: str, n: int) -> str:
    match code:
        case "past_midnight":
            text = ngettext(
                "{n} day ends past midnight: SMART writes the clock time and not the date.",
                "{n} days end past midnight: SMART writes the clock time and not the date.",
                n,
            )
        case "no_place":
            text = ngettext(
                "{n} waypoint without a place was not written.",
                "{n} waypoints without a place were not written.",
                n,
            )
        case "no_time":
            text = ngettext(
                "{n} waypoint without a time stands on the first day.",
                "{n} waypoints without a time stand on the first day.",
                n,
            )
        case "photo_of_nothing":
            text = ngettext(
                "{n} photo belongs to no waypoint and is not named in the file.",
                "{n} photos belong to no waypoint and are not named in the file.",
                n,
            )
        case "unreadable_track":
            text = ngettext(
                "{n} track cannot be read and was not written.", "{n} tracks cannot be read and were not written.", n
            )
        case "planned_way":
            text = ngettext(
                "{n} planned way was not written: the format knows only ways that were gone.",
                "{n} planned ways were not written: the format knows only ways that were gone.",
                n,
            )
        case "marked_point":
            text = ngettext(
                "{n} track point that does not count here was written like the others: the format has no marks.",
                "{n} track points that do not count here were written like the others: the format has no marks.",
                n,
            )
        case "elevation":
            text = ngettext(
                "{n} track point lost its elevation: the time stands in its place.",
                "{n} track points lost their elevation: the time stands in its place.",
                n,
            )
        case "no_point_time":
            text = ngettext(
                "{n} track point has no time and was written with 0.",
                "{n} track points have no time and were written with 0.",
                n,
            )
        case "no_point_place":
            text = ngettext(
                "{n} track point without a place was not written.",
                "{n} track points without a place were not written.",
                n,
            )
        case _:
            raise ValueError(code)
    return text.format(n=n)


class Losses:
    """Counts while patrols are written."""

    def __init__(self) -> None:
        self._numbers: Counter[str] = Counter()
        self._fields: Counter[tuple[str, str]] = Counter()
        self.offsets: Counter[int] = Counter()

    def note(self, code: str, number: int = 1) -> None:
        """``number`` things more under one of the codes."""
        if number:
            self._numbers[code] += number

    def fields(self, one: ShownPatrol) -> None:
        """Note the fields of a patrol and of all that belongs to it that the file has no place for."""
        parts: list[tuple[str, list[Part]]] = [
            ("patrol", [one.record]),
            ("track", one.tracks),
            ("waypoint", one.waypoints),
            ("sighting", one.finds),
        ]
        for kind, of_kind in parts:
            held = _HELD[kind].split()
            for part in of_kind:
                rough = ("uncertainty",) if part.rough else ()
                if kind == "sighting":
                    held = _held_of_find(part)
                for name, value in part.values.items():
                    if value is not None and name not in held and name not in rough:
                        self._fields[kind, name] += 1

    def say(self, report: ExportReport, file: str) -> None:
        """Write it all into the report."""
        for offset, number in sorted(self.offsets.items()):
            reason = ngettext(
                "{n} patrol is written in local time at {offset}: the format has no zone. Say so to who reads it.",
                "{n} patrols are written in local time at {offset}: the format has no zone. Say so to who reads them.",
                number,
            ).format(n=number, offset=offset_text(offset))
            report.failed.append({"file": file, "code": "utc_offset", "reason": reason})
        if self.offsets:
            reason = _("The format has no identity: a patrol is known by its number and its station's name alone.")
            report.failed.append({"file": file, "code": "identity", "reason": reason})
        for code, number in sorted(self._numbers.items()):
            report.failed.append({"file": file, "code": code, "reason": _sentence(code, number)})
        for (kind, name), number in sorted(self._fields.items()):
            declared = kind_named(kind)
            known = name in declared.columns
            reason = ngettext(
                "{kind}: the format has no place for {field} ({n} record).",
                "{kind}: the format has no place for {field} ({n} records).",
                number,
            ).format(kind=_(declared.label), field=_(declared.field(name).label) if known else name, n=number)
            report.failed.append({"file": file, "code": f"no_place_for_{kind}_{name}", "reason": reason})
