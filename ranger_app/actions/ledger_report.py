"""The ledger as a report: a page to print and CSV, for whoever has to answer what was given to whom.

Unless exact reading is asked for it leaves out who worked, the names of folders and the places they were written to.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from ranger_app.actions import ledger, ledger_words
from ranger_app.actions.analysis import Question
from ranger_app.actions.ledger import Line
from ranger_app.domain.findings import Cell, Column, Findings, Table
from ranger_app.i18n import _, ngettext
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.reports.figures import figure

Row = tuple[Cell, ...]


def findings(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """Everything that left between the question's days, newest first, with what became of it."""
    yield Progress(0, 1, _("Reading the ledger"))
    offset = library.station.utc_offset

    def local(ms: int | None) -> str:
        if ms is None:
            return ""
        there = datetime.fromtimestamp(ms / 1000, UTC).replace(tzinfo=None) + timedelta(minutes=offset)
        return f"{there:%Y-%m-%dT%H:%M}"

    found = [one for one in ledger.lines(library) if _between(local(one.given.at)[:10], question)]
    states = Counter(one.state for one in found)
    missing = states[ledger.UNCONFIRMED] + states[ledger.IN_PART] + states[ledger.UNFINISHED]
    given = ngettext("{n} thing left this station.", "{n} things left this station.", len(found))
    lack = ngettext("{n} of them is not confirmed.", "{n} of them are not confirmed.", missing)
    tables = [
        Table(_("What we gave"), _columns(), [_row(one, local) for one in found]),
        Table(
            _("Records and pictures in it"),
            (
                Column("line", _("Line")),
                Column("kind", _("Kind")),
                Column("kind_word", _("What")),
                Column("number", _("Number")),
            ),
            [row for one in found for row in _numbers(one)],
            "contents",
        ),
        Table(
            _("What the rule held back"),
            (Column("line", _("Line")), Column("withheld", _("Held back"))),
            [(one.given.key, sentence) for one in found for sentence in ledger_words.withheld(one.given)],
            "withheld",
        ),
    ]
    if question.exact:
        tables.append(_exact(found))
    return Findings(
        "ledger",
        _("What we gave"),
        f"{given.format(n=figure(len(found)))} {lack.format(n=figure(missing))}",
        _scope(library, question),
        (
            _("A bundle counts as confirmed when a receipt signed by the partner names it."),
            _("Where a later bundle was confirmed, it brought what an earlier one had lost on the way."),
            _("The rule is the one that held when it left, whatever it says today."),
        ),
        _left_out(question.exact),
        (),
        tuple(tables),
        {"lines": len(found), "confirmed": states[ledger.CONFIRMED], "not_confirmed": missing},
    )


def _between(day: str, question: Question) -> bool:
    after = question.start is None or day >= question.start.isoformat()
    return after and (question.end is None or day <= question.end.isoformat())


def _columns() -> tuple[Column, ...]:
    return (
        Column("line", _("Line")),
        Column("at", _("When")),
        Column("to", _("Given to")),
        Column("what", _("What")),
        Column("rule", _("Rule")),
        Column("records", _("Records")),
        Column("pictures", _("Pictures")),
        Column("state", _("State")),
        Column("confirmed", _("Confirmed")),
    )


def _row(line: Line, local: ledger.Local) -> Row:
    given = line.given
    words, _tone = ledger_words.state_words(line)
    return (
        given.key,
        local(given.at),
        line.to,
        ledger_words.title(given),
        ledger_words.rule_word(given),
        line.records,
        line.pictures,
        words,
        local(given.confirmed),
    )


def _exact(found: list[Line]) -> Table:
    columns = (
        Column("line", _("Line")),
        Column("person", _("By")),
        Column("place", _("Written to")),
        Column("bytes", _("Bytes")),
        Column("digest", _("Digest")),
    )
    rows: list[Row] = [
        (one.given.key, one.who, one.given.place, one.given.bytes, one.given.digest[:16]) for one in found
    ]
    return Table(_("Who did it and where it was written to"), columns, rows, "places")


def _numbers(line: Line) -> list[Row]:
    given = line.given
    records: list[Row] = [(given.key, kind, ledger_words.kind_word(kind), n) for kind, n in given.records.items()]
    media: list[Row] = [(given.key, form, ledger_words.form_word(form), n) for form, n in given.media.items()]
    return records + media


def _scope(library: Library, question: Question) -> tuple[tuple[str, str], ...]:
    days = [(_("From"), question.start), (_("To"), question.end)]
    scope = [(word, day.isoformat()) for word, day in days if day is not None]
    return (*scope, *((one.name, ledger_words.standing_words(one)[0]) for one in ledger.standings(library)))


def _left_out(exact: bool) -> tuple[str, ...]:
    found = [_("What left before this ledger was kept is only in the journal of bundles.")]
    if not exact:
        found.append(_("Who did it and where it was written to is withheld in this copy."))
    return tuple(found)
