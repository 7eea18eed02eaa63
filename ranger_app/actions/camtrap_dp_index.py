"""The first reading of a Camtrap DP package: which rows hold, what they are called, which pictures make an event.

Nothing is taken before all tables were read to their ends once, so that a package that breaks off changes nothing.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator

from ranger_app.actions.formats import ImportReport
from ranger_app.actions.import_notes import RowNotes
from ranger_app.domain.ids import derived_id, parse_id, read_id
from ranger_app.errors import DataProblem
from ranger_app.exchange import camtrap_dp as standard
from ranger_app.exchange import camtrap_dp_fields, further_fields
from ranger_app.exchange.camtrap_dp_read import BadRow, Camtrap, Numbered
from ranger_app.i18n import N_, _, ngettext

KINDS = {"deployments": "deployment", "media": "media", "observations": "observation"}
IDS = {"deployments": "deploymentID", "media": "mediaID", "observations": "observationID"}
_MOST_PICTURES = 25_000
"""Pictures of one event beyond which the list of them is no longer kept."""

_REASONS: dict[str, str] = {
    "cells": N_("The row has another number of cells than the header."),
    "no_id": N_("The row has no identifier."),
    "duplicate": N_("The identifier {value} stands in an earlier row."),
    "bad_time": N_("{value} is no time with its UTC offset."),
    "bad_place": N_("The coordinates are missing or not on the globe."),
    "orphan": N_("There is no row {value} that this one belongs to."),
    "bad_type": N_("{value} is none of the standard's words here."),
    "bad_value": N_("A value in column {value} cannot be read and was left out."),
}


class Troubles(RowNotes):
    """Also counts the values that were taken with less than they said."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__(report, _REASONS)
        self._losses: Counter[tuple[str, str, str]] = Counter()

    def loss(self, table: str, column: str, code: str) -> None:
        """A value was taken with less than it said."""
        self._losses[table, column, code] += 1

    def finish(self) -> None:
        """Say what was only counted."""
        super().finish()
        for (table, column, code), number in self._losses.items():
            words = {
                "rounded": ngettext(
                    "{n} value of {column} has more digits than are kept.",
                    "{n} values of {column} have more digits than are kept.",
                    number,
                ),
                "offset_converted": ngettext(
                    "{n} time in {column} was written with another UTC offset: the same moment at the set-up's offset.",
                    "{n} times in {column} were written with another UTC offset: the same moments at the set-up's"
                    " offset.",
                    number,
                ),
                "as_instant": ngettext(
                    "{n} time in {column} is kept as the same moment in UTC.",
                    "{n} times in {column} are kept as the same moments in UTC.",
                    number,
                ),
                "event_too_long": ngettext(
                    "{n} event has too many pictures to list them.",
                    "{n} events have too many pictures to list them.",
                    number,
                ),
            }
            self.say(table, code, words[code].format(n=number, column=column))


class Index:
    """What a package holds, by its own identifiers."""

    def __init__(self, camtrap: Camtrap, troubles: Troubles) -> None:
        self.camtrap = camtrap
        self.troubles = troubles
        self.rows: dict[str, int] = dict.fromkeys(KINDS, 0)
        self.deployments: dict[str, int] = {}
        """Deployment -> minutes east of UTC."""
        self.media: dict[str, int] = {}
        """Picture -> its place in the arrays below."""
        self.observations: dict[str, int] = {}
        self._bad: dict[str, bytearray] = {table: bytearray() for table in KINDS}
        """For each row of a table, by its number, whether it was put aside."""
        self._own: dict[tuple[str, str], bytes] = {}
        self._times: dict[str, list[tuple[int, int]]] = {}
        self._media_ids: list[bytes] = []
        self._instants: array[int] = array("q")
        self._events: dict[tuple[str, str], list[int]] = {}

    def read(self) -> Iterator[int]:
        """Read every table once; yields the rows read so far. DataProblem where the package cannot be taken."""
        self._own_ids()
        checks = {"deployments": self._deployment, "media": self._picture, "observations": self._said}
        done = 0
        for table, check in checks.items():
            good = 0
            column = IDS[table]
            known: dict[str, int] = getattr(self, table)
            for found in self.camtrap.rows(table):
                done += 1
                if done % 2_000 == 0:
                    yield done
                self.rows[table] += 1
                row = found.row if isinstance(found, BadRow) else found[0]
                code, value = ("cells", "") if isinstance(found, BadRow) else _identity(found[1][column], known)
                if not code and not isinstance(found, BadRow):
                    code, value = check(found)
                marks = self._bad[table]
                marks.extend(bytes(row + 1 - len(marks)))
                if code:
                    marks[row] = 1
                    self.troubles.row(table, row, code, value)
                else:
                    good += 1
            if self.rows[table] and not good:
                raise DataProblem(
                    "NO_ROW_TAKEN",
                    _("No row of {table} can be taken. {reason}").format(
                        table=table, reason=self.troubles.first(table)
                    ),
                    _("Nothing was taken. Ask for the package again."),
                )
        for times in self._times.values():
            times.sort()
        if self.camtrap.ours:
            self._check_order()

    def good(self, table: str) -> Iterator[Numbered]:
        """The rows that hold."""
        bad = self._bad[table]
        for found in self.camtrap.rows(table):
            if not isinstance(found, BadRow) and found[0] < len(bad) and not bad[found[0]]:
                yield found

    def record(self, table: str, ident: str) -> bytes:
        """The id of the record: its own in a package of ours, else derived from data set and identifier."""
        return self.record_of(KINDS[table], ident)

    def record_of(self, kind: str, ident: str) -> bytes:
        """The same for any kind of record."""
        if self.camtrap.ours:
            own = self._own.get((kind, ident)) or read_id(ident)
            if own is not None:
                return own
        return derived_id(self.camtrap.dataset, kind, ident)

    def pictures(self, row: dict[str, str]) -> list[bytes]:
        """The pictures of an event: those whose own statements name the event, else those taken within it."""
        deployment = row["deploymentID"]
        event = row.get("eventID", "")
        places = set(self._events.get((deployment, event), ())) if event else set()
        if not places:
            start, end = (standard.instant(*standard.read_time(row[one])) for one in ("eventStart", "eventEnd"))
            times = self._times.get(deployment, [])
            first = bisect_left(times, (start, -1))
            last = bisect_right(times, (end, 1 << 62))
            places = {place for _time, place in times[first:last]}
        named = self.media.get(row.get("mediaID", ""))
        if named is not None:
            places.add(named)
        if len(places) > _MOST_PICTURES:
            self.troubles.loss("observations", "eventID", "event_too_long")
            return []
        return [self._media_ids[place] for place in sorted(places, key=lambda one: (self._instants[one], one))]

    def picture(self, ident: str) -> bytes:
        """The id of a picture's record."""
        return self._media_ids[self.media[ident]]

    # ---- the checks of one row: ("", "") where it holds, else a code and what was wrong

    def _deployment(self, found: Numbered) -> tuple[str, str]:
        row = found[1]
        for column in ("deploymentStart", "deploymentEnd"):
            if not standard.is_time(row[column]):
                return "bad_time", row[column]
        try:
            camtrap_dp_fields.location(row, _ignore)
        except ValueError:
            return "bad_place", ""
        self.deployments[row["deploymentID"]] = standard.read_time(row["deploymentStart"])[1]
        return "", ""

    def _picture(self, found: Numbered) -> tuple[str, str]:
        row = found[1]
        deployment, ident = row["deploymentID"], row["mediaID"]
        if deployment not in self.deployments:
            return "orphan", deployment
        try:
            instant = standard.instant(*standard.read_time(row["timestamp"]))
        except ValueError:
            return "bad_time", row["timestamp"]
        place = len(self._media_ids)
        self.media[ident] = place
        self._media_ids.append(self.record("media", ident))
        self._instants.append(instant)
        self._times.setdefault(deployment, []).append((instant, place))
        return "", ""

    def _said(self, found: Numbered) -> tuple[str, str]:
        row = found[1]
        deployment, media, level = row["deploymentID"], row.get("mediaID", ""), row["observationLevel"]
        if deployment not in self.deployments:
            return "orphan", deployment
        if level not in ("media", "event"):
            return "bad_type", level
        if row["observationType"] not in standard.OBSERVATION_TYPES:
            return "bad_type", row["observationType"]
        if (media or level == "media") and media not in self.media:
            return "orphan", media
        for column in ("eventStart", "eventEnd"):
            if not standard.is_time(row[column]):
                return "bad_time", row[column]
        self.observations[row["observationID"]] = len(self.observations)
        event = row.get("eventID", "")
        if level == "media" and event and not self.camtrap.ours:
            self._events.setdefault((deployment, event), []).append(self.media[media])
        return "", ""

    # ---- packages of ours

    def _own_ids(self) -> None:
        for kind, ident, name, value in self.camtrap.further():
            if name == further_fields.OWN_ID and value != ident:
                try:
                    self._own[kind, ident] = parse_id(value)
                except ValueError as error:
                    raise _further_broken() from error

    def _check_order(self) -> None:
        """Further fields are read beside the tables, so they must stand in the tables' order."""
        order = {kind: number for number, kind in enumerate(further_fields.KINDS)}
        tables = {
            "deployment": {ident: place for place, ident in enumerate(self.deployments)},
            "media": self.media,
            "observation": self.observations,
        }
        before = (-1, -1)
        for kind, ident, _name, _value in self.camtrap.further():
            if kind not in order:
                raise _further_broken()
            place = tables.get(kind, {}).get(ident)
            if place is None:
                place = before[1] if order[kind] == before[0] else -1
            here = (order[kind], place)
            if here < before:
                raise _further_broken()
            before = here


def _further_broken() -> DataProblem:
    return DataProblem(
        "FURTHER_FIELDS",
        _("The table further-fields was changed after Ranger wrote it."),
        _("Nothing was taken. Export the package again."),
    )


def _identity(ident: str, known: dict[str, int]) -> tuple[str, str]:
    if not ident:
        return "no_id", ""
    return ("duplicate", ident) if ident in known else ("", "")


def _ignore(_column: str, _code: str) -> None:
    """Told when the row is taken."""
