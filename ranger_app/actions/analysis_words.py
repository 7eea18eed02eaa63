"""The words of an analysis: what was asked, by which rule it was counted, and what is left out with its number.

Nothing is dropped in silence: each figure a person might miss has its sentence here.
"""

from __future__ import annotations

from ranger_app.actions.analysis import Pictures, Study
from ranger_app.domain import effort, independence, taxa
from ranger_app.domain.findings import Cell
from ranger_app.domain.kinds_camera import OBSERVATION_TYPES
from ranger_app.i18n import _, language, ngettext, pgettext
from ranger_app.reports.figures import figure
from ranger_app.store import animals
from ranger_app.store.connection import Database

_TYPE_WORDS = {choice.code: choice.label for choice in OBSERVATION_TYPES}


class Subjects:
    """What subjects are called: species in the language in use, individuals by code."""

    def __init__(self, db: Database, *, individuals: bool = False) -> None:
        self._known: dict[str, tuple[str, str, str]] = {}
        if individuals:
            rows = db.conn.execute("SELECT id, code, name, taxon FROM individual").fetchall()
            for record, code, name, taxon in rows:
                title = " · ".join(part for part in (code, name) if part)
                self._known[record.hex()] = (title or record.hex()[:8], taxon or "", code or record.hex())
            known = animals.catalogues(db)
            for whole in known.joins.groups:
                codes = known.codes(whole)
                self._known[whole.hex()] = (codes, self._known[whole.hex()][1], codes)

    def word(self, subject: str) -> str:
        """For people."""
        if subject in self._known:
            return self._known[subject][0]
        if subject == "animal":
            return _("Animal, species not named")
        if subject in _TYPE_WORDS:
            return _(_TYPE_WORDS[subject])
        return taxa.name(subject, language())

    def code(self, subject: str) -> str:
        """For the CSV: scientific name, type, or the individual's code."""
        return self._known[subject][2] if subject in self._known else subject

    def species(self, subject: str) -> str:
        """The scientific name; empty where there is none."""
        if subject in self._known:
            return self._known[subject][1]
        return "" if subject in _TYPE_WORDS else subject


def scope(asked: Study, subjects: Subjects) -> tuple[tuple[str, str], ...]:
    """What was asked, as pairs of a word and its value."""
    question = asked.question
    start = question.start.isoformat() if question.start else _("the beginning")
    end = question.end.isoformat() if question.end else _("today")
    found = [
        (_("Species"), subjects.word(question.taxon) if question.taxon else _("all animals")),
        (_("Period"), _("{start} to {end}").format(start=start, end=end)),
        (_("Stations"), str(len(asked.places))),
    ]
    if question.individuals:
        found.insert(1, (pgettext("figures", "Counted by"), _("individual")))
    return tuple(found)


def event_rules(asked: Study) -> list[str]:
    """How events were counted."""
    question = asked.question
    found = [question.rule.words]
    if question.rule.minutes:
        found.append(_("Pictures taken in the same second count once. Exactly at the threshold is a new event."))
    found.append(
        _("Each camera is counted by itself.")
        if question.apart
        else _("The cameras of a station are counted together.")
    )
    found.append(
        _(
            "MaxN is the highest number of animals in a single picture of the event; a number that a person stated for"
            " the whole event replaces it."
        )
    )
    found.append(
        _("What machines say counts where no person has spoken.")
        if question.machines
        else _("Only what people say counts: settled statements first.")
    )
    found.append(_("Source of the rule: {source}.").format(source=independence.SOURCE))
    return found


def night_rules(asked: Study) -> list[str]:
    """How trap nights were counted."""
    return [effort.rule_words(asked.question.pairs)]


def place_rules(asked: Study) -> list[str]:
    """What became of the names of places."""
    if asked.question.at_home:
        return []
    if asked.question.exact:
        return [_("Names and places of stations are given. Take care whom you show them to.")]
    return [_("Names and places of stations are withheld: S1, S2 … stand for them and stay the same in every report.")]


def left_out(asked: Study, lacking: Pictures, *, effort_matters: bool = True) -> list[str]:
    """What is not in the figures, each with its number; empty where nothing is missing."""
    found: list[str] = []

    def add(n: int, words: str) -> None:
        if n:
            found.append(words.format(n=figure(n)))

    passed = asked.passed
    if lacking.unreviewed:
        found.append(
            ngettext(
                "{n} of {total} pictures still waits for a person.",
                "{n} of {total} pictures still wait for a person.",
                lacking.unreviewed,
            ).format(n=figure(lacking.unreviewed), total=figure(lacking.all))
        )
    add(
        lacking.one_look,
        ngettext("{n} event waits for a second look.", "{n} events wait for a second look.", lacking.one_look),
    )
    add(
        lacking.disagreeing,
        ngettext(
            "{n} event was seen differently by two people and is not settled: what both say counts.",
            "{n} events were seen differently by two people and are not settled: what both say counts.",
            lacking.disagreeing,
        ),
    )
    add(
        lacking.undated,
        ngettext(
            "{n} picture has no time and is in no event.",
            "{n} pictures have no time and are in no event.",
            lacking.undated,
        ),
    )
    add(
        lacking.homeless,
        ngettext("{n} picture belongs to no deployment.", "{n} pictures belong to no deployment.", lacking.homeless),
    )
    if effort_matters and lacking.without_effort:
        names = [asked.camera_called(one) for one in lacking.without_effort]
        shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
        found.append(
            ngettext(
                "{n} deployment has no known effort: {names}.",
                "{n} deployments have no known effort: {names}.",
                len(names),
            ).format(n=len(names), names=shown)
        )
    add(
        passed.set_up,
        ngettext(
            "{n} picture of setting up or calibrating is left out.",
            "{n} pictures of setting up or calibrating are left out.",
            passed.set_up,
        ),
    )
    add(
        passed.time_lapse,
        ngettext("{n} time-lapse picture is left out.", "{n} time-lapse pictures are left out.", passed.time_lapse),
    )
    add(
        passed.unnamed,
        ngettext(
            "{n} sighting of an animal that was not recognised is left out.",
            "{n} sightings of animals that were not recognised are left out.",
            passed.unnamed,
        ),
    )
    add(
        passed.by_machine,
        ngettext(
            "{n} picture is counted on the word of a machine alone.",
            "{n} pictures are counted on the word of a machine alone.",
            passed.by_machine,
        ),
    )
    return found


def facts(asked: Study, lacking: Pictures) -> dict[str, Cell]:
    """The same by code, for scripts."""
    question, passed = asked.question, asked.passed
    return {
        "threshold_minutes": question.rule.minutes,
        "anchor": question.rule.anchor,
        "cameras": "apart" if question.apart else "pooled",
        "pairs": question.pairs,
        "places": "exact" if question.exact else "withheld",
        "stations": len(asked.places),
        "pictures": lacking.all,
        "unreviewed": lacking.unreviewed,
        "one_look": lacking.one_look,
        "unsettled": lacking.disagreeing,
        "undated": lacking.undated,
        "without_deployment": lacking.homeless,
        "without_effort": len(lacking.without_effort),
        "setting_up": passed.set_up,
        "time_lapse": passed.time_lapse,
        "unrecognised": passed.unnamed,
        "by_machine": passed.by_machine,
    }
