"""Count forms for the people who count: printed for a site and a date, and taken in again as a photograph.

The QR code of a form holds the site's identifier and the date only, so a lost sheet opens nothing; with it a photograph
finds its survey by itself.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.actions import patrol_photos, sites, visit_defaults
from ranger_app.actions.patrol_photos import PhotosTaken
from ranger_app.actions.records import existing
from ranger_app.domain import bird_groups, taxa
from ranger_app.domain.count_cells import read_date
from ranger_app.errors import DataProblem, EnvironmentProblem, UsageProblem, file_unreadable
from ranger_app.i18n import LANGUAGES, _, language
from ranger_app.jobs import CancelToken, Progress
from ranger_app.library import Library
from ranger_app.media import qr
from ranger_app.media.card import FileProblem
from ranger_app.reports import count_form
from ranger_app.reports.count_form import Form, Line
from ranger_app.store import rows

PREFIX = "RANGER COUNT "
"""What stands before site and date in a QR code, so that a reader knows what it is."""
MOST_SPECIES = 60
LEAST_SPECIES = 14
"""Lines for species that a form of a site without counts offers."""
EMPTY = 6
_CODE = re.compile(re.escape(PREFIX) + r"([0-9a-f]{32}) (\d{4}-\d\d-\d\d)", re.ASCII)


@dataclass(slots=True)
class FormsTaken:
    """What came of photographs of forms: by survey, and those that are attached to none."""

    surveys: dict[bytes, PhotosTaken] = field(default_factory=dict)
    failed: list[FileProblem] = field(default_factory=list)

    @property
    def attached(self) -> int:
        """Pictures that belong to a survey now."""
        return sum(len(one.media) for one in self.surveys.values())

    def answer(self) -> dict[str, object]:
        """As the command line says it."""
        failed = [*self.failed, *(bad for one in self.surveys.values() for bad in one.failed)]
        return {
            "survey_ids": [one.hex() for one in self.surveys],
            "stored": sum(one.stored for one in self.surveys.values()),
            "already_known": sum(one.already for one in self.surveys.values()),
            "media_ids": [media.hex() for one in self.surveys.values() for media in one.media],
            "failed": [{"file": bad.file, "code": bad.code, "reason": bad.reason} for bad in failed],
        }


def write(
    library: Library, out: Path, site: bytes, date: str, *, words: str = "", observers: str = "", empty: int = EMPTY
) -> Form:
    """Write the form of ``site`` for ``date`` (YYYY-MM-DD) as the HTML page ``out``, in the language ``words``.

    Its species are those of the site in that season, most often seen first. UsageProblem for an unknown language or
    date, EnvironmentProblem where the file cannot be written.
    """
    form = form_of(library, site, date, words=words, observers=observers, empty=empty)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        count_form.write(form, out)
    except OSError as error:
        raise EnvironmentProblem(
            "FORM_NOT_WRITTEN",
            _("The form could not be written: {what}.").format(what=error.strerror or str(error)),
            _("Check the folder and its disk."),
        ) from error
    return form


def form_of(
    library: Library, site: bytes, date: str, *, words: str = "", observers: str = "", empty: int = EMPTY
) -> Form:
    """What the form of a site and date shows; errors as ``write``."""
    tongue = words or language()
    if tongue not in LANGUAGES:
        raise UsageProblem(
            "LANGUAGE_UNKNOWN",
            _("There is no language called {name}.").format(name=words),
            _("Use one of: {words}.").format(words=", ".join(LANGUAGES)),
        )
    if not _is_date(date):
        raise UsageProblem(
            "DATE_WRONG", _("{text} is not a date such as 2026-05-31.").format(text=date), _("Check it.")
        )
    with library.read() as db:
        record = existing(db, "location", site)
        season = visit_defaults.season(db, site, date)
        sectors = [
            one.text("name")
            for one in rows.find(db, "location", "part_of=? AND coalesce(type, '') = 'sector'", (site,))
        ]
    lines = [_line(one, tongue) for one in _species(library, site, season)]
    code = f"{PREFIX}{site.hex()} {date}"
    return Form(tongue, record.text("name"), date, observers, sectors, lines, max(0, min(empty, 40)), qr.svg(code, ""))


def _is_date(text: str) -> bool:
    return read_date(text).text == text != ""


def _species(library: Library, site: bytes, season: str | None) -> list[str]:
    found = [one.taxon for one in sites.species(library, site, season)]
    found += [one.taxon for one in sites.species(library, site)] if len(found) < LEAST_SPECIES else []
    listed = (one.scientific for one in taxa.load() if one.code and one.group == "bird")
    for taxon in listed if len(set(found)) < LEAST_SPECIES else ():
        if bird_groups.is_waterbird(taxon):
            found.append(taxon)
        if len(set(found)) >= LEAST_SPECIES:
            break
    return list(dict.fromkeys(found))[:MOST_SPECIES]


def _line(taxon: str, tongue: str) -> Line:
    known = taxa.find(taxon)
    if known is None:
        return Line("", taxon, taxon)
    code = "" if known.code in taxa.clashes() else known.code
    return Line(code, known.name(tongue), taxon, tongue in known.unverified and tongue in known.names)


# -- photographs of forms ----------------------------------------------------------------------------------------


def attach(
    library: Library, pictures: Sequence[Path], *, survey: bytes | None = None, cancel: CancelToken | None = None
) -> Generator[Progress, None, FormsTaken]:
    """Take photographs or scans of filled forms as pictures of their surveys; a job whose result is the report.

    Without ``survey`` the QR code of each says which. A picture without one, or of a visit that is not here, is listed
    under ``failed`` and not taken. Originals are hashed, copied and read back as in an ingest; one that is here already
    is linked. DataProblem where no picture was named; EnvironmentProblem as an ingest.
    """
    cancel = cancel or CancelToken()
    report = FormsTaken()
    groups: dict[bytes, list[Path]] = {}
    for done, path in enumerate(pictures):
        yield Progress(done, len(pictures), path.name)
        if cancel.cancelled:
            return report
        try:
            groups.setdefault(survey or survey_of(library, path), []).append(path)
        except DataProblem as problem:
            report.failed.append(FileProblem(path.name, problem.code.casefold(), problem.what))
    for one, paths in groups.items():
        with library.read() as db:
            existing(db, "survey", one)
        taking = patrol_photos.attach_to_survey(library, one, paths, cancel=cancel)
        report.surveys[one] = yield from taking
    return report


def survey_of(library: Library, picture: Path) -> bytes:
    """The survey whose form is in a picture. DataProblem where it shows no form, or the visit is not here or not one
    only; EnvironmentProblem where the file cannot be read."""
    try:
        texts = qr.read(picture)
    except OSError as error:
        raise file_unreadable(picture, error) from error
    read = next((found for text in texts if (found := _CODE.fullmatch(text))), None)
    if read is None:
        raise DataProblem(
            "NO_FORM",
            _("There is no code of a count form in this picture."),
            _("Take it closer, straight on, in good light, or choose the survey."),
        )
    site, date = bytes.fromhex(read[1]), read[2]
    with library.read() as db:
        here = list(rows.find(db, "survey", "site=? AND date=?", (site, date), limit=2))
    if len(here) != 1:
        what = (
            _("There are several surveys of this site on {date}.")
            if here
            else _("There is no survey of this site on {date} yet.")
        )
        todo = _("Choose the survey.") if here else _("Enter the visit first.")
        raise DataProblem("SURVEYS_SEVERAL" if here else "NO_SURVEY", what.format(date=date), todo)
    return here[0].id
