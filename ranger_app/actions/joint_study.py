"""The report of a joint study: one page that is the same, to the last byte, at every station with the same records.

It names its definitions, its data and its gaps. Nothing in it depends on who asks: no name of the station at work, no
date of printing, no code that follows the order in which a library came to know things.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ranger_app.actions import analysis_corridor, analysis_individuals, analysis_words, border_layer
from ranger_app.actions import analysis_crossings as ledger
from ranger_app.actions.analysis import Question
from ranger_app.actions.analysis_crossings import Told
from ranger_app.actions.analysis_events import Row, gather
from ranger_app.actions.encounters import Among
from ranger_app.actions.outputs import spare_library
from ranger_app.domain import taxa
from ranger_app.domain.findings import Cell, Column, Findings, Table
from ranger_app.domain.independence import Rule
from ranger_app.domain.joint_study import JointStudy, Party, from_text, to_text
from ranger_app.errors import DataProblem, EnvironmentProblem, file_missing, file_unreadable
from ranger_app.geo import border
from ranger_app.i18n import _, language, ngettext
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ranger_app.reports.figures import figure
from ranger_app.store import partners
from ranger_app.store.connection import Database


@dataclass(frozen=True, slots=True)
class StudyQuestion(Question):
    """A question that a joint study asks: what ``joint`` says stands in place of all other choices."""

    joint: JointStudy | None = None


def read(file: Path) -> JointStudy:
    """The study of a file. DataProblem STUDY_WRONG where it is none, names what is unknown or lacks what is needed."""
    if not file.is_file():
        raise file_missing(file)
    try:
        return from_text(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise file_unreadable(file, error) from error
    except UnicodeDecodeError as error:
        raise _wrong("UTF-8") from error
    except ValueError as error:
        raise _wrong(str(error)) from error


def write(study: JointStudy, file: Path) -> None:
    """Write a study as a file for the partners. EnvironmentProblem where that fails."""
    spare_library(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(to_text(study), encoding="utf-8", newline="\n")
    except OSError as error:
        raise EnvironmentProblem(
            "STUDY_NOT_WRITTEN",
            _("The study could not be written to {file}.").format(file=file),
            _("Check the folder and its disk."),
        ) from error


def proposed(
    library: Library,
    question: Question,
    stations: Iterable[bytes] = (),
    species: Iterable[str] = (),
    title: str = "",
) -> JointStudy:
    """A study of this station with ``stations`` (none given: all trusted partners), by the choices of a question.

    ``species`` none given: the question's, else all of which these stations know animals.
    """
    own = library.station
    chosen = set(stations)
    with library.read() as db:
        known = [one for one in partners.partners(db) if one.trusted and (not chosen or one.id in chosen)]
        parties = [Party(own.id, own.name, own.country), *(Party(one.id, one.name, one.country) for one in known)]
        wanted = set(species) or ({question.taxon} if question.taxon else set())
        if not wanted:
            rows = db.conn.execute(
                "SELECT DISTINCT i.taxon, b.origin FROM individual AS i JOIN batch AS b ON b.key = i.batch"
                " WHERE i.deleted = 0 AND i.taxon IS NOT NULL"
            )
            here = {one.station for one in parties}
            wanted = {taxon for taxon, origin in rows if origin in here}
    return JointStudy(
        title, tuple(sorted(parties, key=lambda one: one.station)), tuple(sorted(wanted)),
        question.start, question.end, question.rule.minutes, question.rule.anchor, question.pairs,
        _fingerprint(border_layer.in_use(library)),
    )  # fmt: skip


def study(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """The findings of the question's joint study; of one with all partners where it names none.

    DataProblem BORDER_DIFFERS where the study reckons with another border layer than this station.
    """
    asked = question.joint if isinstance(question, StudyQuestion) else None
    joint = asked or proposed(library, question)
    layer = border_layer.in_use(library)
    if joint.border and joint.border != _fingerprint(layer):
        raise DataProblem(
            "BORDER_DIFFERS",
            _("The study reckons with another border layer than this station."),
            _("Choose the same layer at every station of the study, or the shipped reference."),
        )
    plain = Question(
        rule=Rule(joint.minutes, joint.anchor), start=joint.start, end=joint.end, pairs=joint.nights,
        exact=question.exact, at_home=question.at_home,
    )  # fmt: skip
    among = Among({one.station: (one.name, one.country) for one in joint.parties}, frozenset(joint.species))
    with library.read() as db:
        told = yield from ledger.tell(library, db, plain, cancel, among)
        anybody = replace(told.met.asked.question, individuals=False, anybody=True)
        got = yield from gather(db, anybody, cancel)
        places = _places(db, told, joint)
    beside = analysis_corridor.beside(told.met, got.found, joint.species) if told.lines else ()
    curves, _missed = analysis_individuals.discovery_curves(told.met)
    digest = _digest(told)
    return Findings(
        "study",
        joint.title or _("Joint study of animals on both sides of the border"),
        ledger.summary(told),
        _scope(joint, told, digest),
        (*ledger.rules(told), *analysis_words.event_rules(told.met.asked), *analysis_words.night_rules(told.met.asked)),
        tuple(_gaps(told, joint)),
        ledger.charts(told),
        (*ledger.tables(told), *((analysis_individuals.curve_table(curves),) if curves else ()), *beside, places),
        {**ledger.facts(told), "stations": len(told.met.sites), "encounters_digest": digest},
        reproducible=True,
    )


def _scope(joint: JointStudy, told: Told, digest: str) -> tuple[tuple[str, str], ...]:
    start = joint.start.isoformat() if joint.start else _("the beginning")
    end = joint.end.isoformat() if joint.end else _("the newest record")
    return (
        (_("Partners"), ", ".join(f"{one.name} ({one.country})" for one in joint.parties)),
        (_("Species"), ", ".join(sorted(taxa.name(one, language()) for one in joint.species))),
        (_("Period"), _("{start} to {end}").format(start=start, end=end)),
        (_("Stations"), _of_countries(told)),
        (_("Encounters"), figure(len(told.met.encounters))),
        (_("Digest of the encounters"), digest[:32]),
        (_("Digest of the border"), _fingerprint(told.met.layer)),
    )


def _of_countries(told: Told) -> str:
    numbers = Counter(site.country for site in told.met.sites.values())
    return ", ".join(f"{country or _('country not known')}: {figure(n)}" for country, n in sorted(numbers.items()))


def _gaps(told: Told, joint: JointStudy) -> list[str]:
    """What the study does not know: the same sentences at every station with the same records."""
    met = told.met
    found = ledger.left_out(told)

    def add(n: int, words: str) -> None:
        if n:
            found.append(words.format(n=figure(n)))

    rough = sum(site.precision != "exact" for site in met.sites.values())
    add(
        rough,
        ngettext(
            "{n} station is known here only roughly: whoever knows its place gets other figures.",
            "{n} stations are known here only roughly: whoever knows their places gets other figures.",
            rough,
        ),
    )
    keepers = {animal.station for animal in met.catalogues.animals.values()}
    silent = [one.name for one in joint.parties if one.station not in keepers]
    if silent:
        found.append(_("No animal of these species is known of: {names}.").format(names=", ".join(silent)))
    if met.asked.stopped:
        found.append(_("Stopped early: no encounter is counted."))
    unnamed, passed, lacking = met.asked.passed.unnamed, met.asked.passed, told.lacking
    add(
        unnamed,
        ngettext(
            "{n} picture of these species shows an animal that nobody has named.",
            "{n} pictures of these species show animals that nobody has named.",
            unnamed,
        ),
    )
    add(
        lacking.unreviewed,
        ngettext("{n} picture waits for a person.", "{n} pictures wait for a person.", lacking.unreviewed),
    )
    add(
        lacking.undated,
        ngettext(
            "{n} picture has no time and is in no event.",
            "{n} pictures have no time and are in no event.",
            lacking.undated,
        ),
    )
    unknown = len(lacking.without_effort)
    add(
        unknown,
        ngettext("{n} deployment has no known effort.", "{n} deployments have no known effort.", unknown),
    )
    left = passed.set_up + passed.time_lapse
    add(
        left,
        ngettext(
            "{n} picture of setting up or of time lapse is left out.",
            "{n} pictures of setting up or of time lapse are left out.",
            left,
        ),
    )
    return found


def _places(db: Database, told: Told, joint: JointStudy) -> Table:
    """The stations of cameras by id: whose, in which country, how many encounters and nights; no name, no place."""
    rows = [
        *db.conn.execute("SELECT k.id, b.origin FROM location AS k JOIN batch AS b ON b.key = k.batch"),
        *db.conn.execute("SELECT k.id, b.origin FROM deployment AS k JOIN batch AS b ON b.key = k.batch"),
    ]
    origin = dict(rows)
    names = {one.station: one.name for one in joint.parties}
    events = Counter(one.place for one in told.met.encounters)
    proving = Counter(one.place for one in told.met.encounters if not one.doubt)
    found: list[Row] = []
    for number, (place, site) in enumerate(sorted(told.met.sites.items()), start=1):
        nights: Cell = None if site.nights is None else round(site.nights, 4)
        maker = names.get(origin.get(place, b""), "")
        found.append((f"P{number}", maker, site.country, events[place], proving[place], nights))
    columns = (
        Column("station", _("Station")),
        Column("partner", _("Partner")),
        Column("country", _("Country")),
        Column("encounters", _("Encounters")),
        Column("proving_side", _("Proving a side")),
        Column("trap_nights", _("Trap nights"), 1),
    )
    return Table(_("Stations of cameras"), columns, found, "stations")


def _digest(told: Told) -> str:
    """SHA-256 of all encounters, each a line of animal, second, place and doubt, in a fixed order."""
    whole = hashlib.sha256()
    for one in told.met.encounters:
        known = one.latitude == one.latitude
        where = f"{round(one.latitude * 1e7)},{round(one.longitude * 1e7)}" if known else ""
        whole.update(f"{one.animal.hex()}|{one.at}|{one.place.hex()}|{where}|{one.country}|{one.doubt}\n".encode())
    return whole.hexdigest()


def _fingerprint(layer: border.Layer) -> str:
    """The beginning of the SHA-256 of a border's corners in 1e-7 degree, who lies beside them and their accuracy."""
    import numpy as np

    whole = hashlib.sha256(np.round(layer.pieces * 1e7).astype("<i8").tobytes())
    whole.update(repr((layer.pairs, layer.accuracy)).encode())
    return whole.hexdigest()[:16]


def _wrong(what: str) -> DataProblem:
    return DataProblem(
        "STUDY_WRONG",
        _("This is no file of a joint study that can be used: {what}.").format(what=what),
        _("Have a partner write it again, or correct it: unknown words in it are not passed over."),
    )
