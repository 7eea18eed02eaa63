"""Deployments whose pictures carry times that cannot be right, each with the correction that would mend it.

A few indexed questions tell which deployments are worth a look; only those are read picture by picture.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from ranger_app.actions import deployment_times, records
from ranger_app.changes import Changes
from ranger_app.domain import clock_checks
from ranger_app.domain.clock import words_of
from ranger_app.domain.clock_checks import Deployed, Finding, Shot
from ranger_app.domain.effort import moment
from ranger_app.domain.time import correction, corrections
from ranger_app.errors import DataProblem
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.store.connection import Database

_DAY = 86_400
_GAP = int(clock_checks.GAP.total_seconds())
_FIRST = int(datetime(clock_checks.FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())
_NUMBERED = re.compile(r"\d{3}[^/\\]*$")
_DIGITS = re.compile(r"(\d+)(?=\.[^.]*$|$)")
_MOST_KEPT = 5000
_kept: dict[tuple[object, ...], tuple[Finding, ...]] = {}
"""Findings by everything they rest on, so that nothing is read twice: a table asks after every change."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One finding and the deployment it is about."""

    deployment: bytes
    name: str
    finding: Finding


def doubts(library: Library, only: Collection[bytes] | None = None) -> list[Doubt]:
    """All findings, or those of some deployments, by the deployments' names."""
    with library.read() as db:
        found = db.conn.execute(
            "SELECT id, coalesce(name, ''), start, \"end\", coalesce(utc_offset, 0), clock_corrections FROM deployment"
            " WHERE deleted = 0 ORDER BY name, id"
        ).fetchall()
        now = library.now_ms() // 1000
        return [
            Doubt(row[0], row[1], finding)
            for row in found
            if only is None or row[0] in only
            for finding in _findings(db, library, row, now)
        ]


def take(library: Library, deployment: bytes, finding: Finding) -> Changes:
    """Do what a finding proposes: write the correction, or the deployment's dates. Undo takes it back.

    DataProblem NO_PROPOSAL where it proposes nothing.
    """
    if finding.proposal is None:
        raise DataProblem("NO_PROPOSAL", _("Nothing can be proposed here."), _("Enter the correction yourself."))
    if "method" in finding.proposal:
        return deployment_times.add_clock_correction(library, deployment, finding.proposal, rough=finding.rough)
    return records.edit(library, "deployment", deployment, dict(finding.proposal))


def words(finding: Finding) -> str:
    """What was found, as a sentence."""
    n = finding.pictures
    texts = {
        clock_checks.SWAPPED: ngettext(
            "Day and month look swapped in {n} picture.", "Day and month look swapped in {n} pictures.", n
        ),
        clock_checks.RESET: ngettext(
            "The clock had gone back to a factory date in {n} picture.",
            "The clock had gone back to a factory date in {n} pictures.",
            n,
        ),
        clock_checks.FUTURE: ngettext("{n} picture lies in the future.", "{n} pictures lie in the future.", n),
        clock_checks.OUTSIDE: ngettext(
            "{n} picture lies outside the deployment's dates.", "{n} pictures lie outside the deployment's dates.", n
        ),
        clock_checks.UNDATED: ngettext("{n} picture has no date.", "{n} pictures have no date.", n),
    }
    return texts[finding.code].format(n=n)


def proposed(finding: Finding) -> str:
    """What would mend it, in words; empty where nothing is proposed."""
    proposal = finding.proposal
    if proposal is None:
        return ""
    if "method" in proposal:
        one = correction(proposal)
        return words_of(one) if one is not None else ""
    parts = []
    if "start" in proposal:
        parts.append(_("set up on {time}").format(time=str(proposal["start"]).replace("T", " ")))
    if "end" in proposal:
        parts.append(_("taken down on {time}").format(time=str(proposal["end"]).replace("T", " ")))
    return _("The deployment's dates: {dates}").format(dates=", ".join(parts))


def answer(library: Library, only: Collection[bytes] | None = None) -> dict[str, object]:
    """The findings for the command line."""
    return {
        "problems": [
            {
                "deployment_id": one.deployment.hex(),
                "code": one.finding.code,
                "name": one.name,
                "pictures": one.finding.pictures,
                "first": one.finding.first or None,
                "last": one.finding.last or None,
                "proposal": one.finding.proposal,
                "rough": one.finding.rough,
            }
            for one in doubts(library, only)
        ]
    }


# -- reading -------------------------------------------------------------------------------------------------------

_Row = tuple[bytes, str, str | None, str | None, int, str | None]
"""A deployment's id, name, dates, offset and corrections."""
_HERE = "FROM media WHERE deleted = 0 AND deployment = ?"


def _findings(db: Database, library: Library, row: _Row, now: int) -> tuple[Finding, ...]:
    record, _name, start_text, end_text, offset, applied = row
    start, end = moment(start_text), moment(end_text)
    if not _is_doubtful(db, record, start, end, offset, now):
        return ()
    numbers = db.conn.execute(f"SELECT count(*), count(taken_at), max(key) {_HERE}", (record,)).fetchone()
    key = (library.station.id, *row, *numbers, now // _DAY)
    found = _kept.get(key)
    if found is None:
        there = datetime.fromtimestamp(now + offset * 60, UTC).replace(tzinfo=None)
        where = Deployed(start, end, offset, tuple(corrections(applied)), there)
        found = tuple(clock_checks.check(_shots(db, record), where))
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = found
    return found


def _is_doubtful(
    db: Database, record: bytes, start: datetime | None, end: datetime | None, offset: int, now: int
) -> bool:
    """Whether a deployment is worth a look, by a few steps in the index however many pictures it has."""
    first, last = (
        db.conn.execute(f"SELECT {edge}(taken_at) {_HERE}", (record,)).fetchone()[0] for edge in ("min", "max")
    )
    if db.conn.execute(f"SELECT 1 {_HERE} AND taken_at IS NULL LIMIT 1", (record,)).fetchone():
        return True
    if first is None or last is None:
        return False
    if first < _FIRST or last > now + _DAY:
        return True
    if start and first < _seconds(start) - offset * 60:
        return True
    if end and last > _seconds(end) - offset * 60 + 59:
        return True
    there = datetime.fromtimestamp(first + offset * 60, UTC)
    return (there.month, there.day, there.hour) == (1, 1, 0) or _is_broken(db, record, first, last)


def _is_broken(db: Database, record: bytes, first: int, last: int) -> bool:
    """Whether somewhere no picture follows for longer than a camera is usually quiet: two steps in the index a gap."""
    at = first
    while at < last:
        sql = f"SELECT max(taken_at) {_HERE} AND taken_at BETWEEN ? AND ?"
        far = db.conn.execute(sql, (record, at, at + _GAP)).fetchone()[0]
        if far is None or far <= at:
            return True
        at = int(far)
    return False


def _shots(db: Database, record: bytes) -> list[Shot]:
    """The pictures in the order of their files; only files numbered by a camera make a series."""
    found = db.conn.execute(
        "SELECT coalesce(ingest, ''), coalesce(folder, ''), coalesce(file_name, ''), coalesce(camera_time, ''),"
        " file_offset FROM media WHERE deployment = ? AND deleted = 0",
        (record,),
    ).fetchall()
    placed = []
    for ingest, folder, name, written, own in found:
        digits = _DIGITS.search(name)
        # Folders 100MEDIA, 101MEDIA … of one card follow each other; others stand for themselves.
        card = (ingest, _NUMBERED.sub("", folder) if _NUMBERED.search(folder) else folder + "/")
        if ingest and digits:
            placed.append((card, folder, int(digits[1]), name, written, own))
        else:
            placed.append((("", ""), "", 0, written, written, own))
    placed.sort(key=lambda one: one[:4])
    series = {card: place for place, card in enumerate(dict.fromkeys(one[0] for one in placed))}
    return [Shot(written, own, series[card]) for card, _folder, _number, _name, written, own in placed]


def _seconds(time: datetime) -> int:
    return int(time.replace(tzinfo=UTC).timestamp())
