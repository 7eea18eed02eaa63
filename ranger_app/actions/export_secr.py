"""Known animals for spatial capture-recapture: the files of secr and of oSCR, with effort by occasion.

Places leave exactly, or as the middle of the cell that a rule tells them by; a rule that withholds known animals or
all their places leaves nothing to compute with, and the export is refused.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from ranger_app.actions import encounters, map_cameras, whole_animals
from ranger_app.actions.analysis import Place, Question, clipped, limits
from ranger_app.actions.encounters import Met
from ranger_app.actions.export_secr_words import read_me, script
from ranger_app.actions.formats import ExportReport, ExportRequest, Option
from ranger_app.actions.map_sight import Sight, Spot
from ranger_app.actions.whole_animals import Whole
from ranger_app.domain import taxa
from ranger_app.domain.crossings import Encounter
from ranger_app.domain.effort import as_time
from ranger_app.domain.occasions import SURVEY, Occasions, first_days, number_of
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.exchange import secr_tables
from ranger_app.exchange.secr_tables import Capture, Detector, Session
from ranger_app.i18n import N_, _, ngettext
from ranger_app.jobs import Job
from ranger_app.library import Library
from ranger_app.store.connection import Database

EITHER, LEFT, RIGHT, BOTH = "either", "left", "right", "both"
PROXIMITY, COUNT = "proximity", "count"
DAYS, BINARY = "days", "binary"
YEAR = "year"
OPTIONS = (
    Option("species", N_("the species, in any language")),
    Option("from", N_("first day, YYYY-MM-DD")),
    Option("to", N_("last day, YYYY-MM-DD")),
    Option("occasion-days", N_("days of an occasion"), default="7"),
    Option("flank", N_("which flank has to be seen"), (EITHER, LEFT, RIGHT, BOTH), EITHER),
    Option("detector", N_("whether encounters within an occasion count once or each"), (PROXIMITY, COUNT), PROXIMITY),
    Option("session", N_("name of the session; year: one for each calendar year"), default="1"),
    Option("zone", N_("UTM zone such as 52N; the one in the middle of the stations if left out")),
)
SECR_OPTIONS = (*OPTIONS, Option("usage", N_("how effort is written by occasion"), (DAYS, BINARY), DAYS))
_EPOCH = datetime(1970, 1, 1)
_FLANKED = (
    "SELECT m.deployment, m.taken_at, o.individual, o.flank FROM observation AS o {join} WHERE o.deleted = 0"
    " AND o.individual IS NOT NULL AND o.flank IN ('left', 'right') AND o.method IS NOT 'machine'"
    " AND m.deleted = 0 AND m.taken_at IS NOT NULL"
)
_JOINS = (
    "JOIN media AS m ON m.id = o.media",
    "JOIN event_picture AS e ON e.observation = o.id JOIN media AS m ON m.id = e.media",
)


@dataclass(slots=True)
class Asked:
    """The options as values, and what became of the encounters: why some are not in the file."""

    species: str
    question: Question
    flank: str
    detector: str
    session: str
    zone: int | None
    lost: Counter[str] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Made:
    """All that a writer needs. ``epsg`` is the code of the UTM zone; ``animals`` by their identifiers in the files."""

    sessions: list[Session]
    first_days: list[date]
    days: int
    epsg: int
    animals: Mapping[str, Whole]
    codes: Mapping[str, str]
    stations: Mapping[str, str]

    @property
    def zone(self) -> str:
        """Such as 52N."""
        return f"{self.epsg % 100}{'N' if self.epsg < 32_700 else 'S'}"


def write_secr(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    """Fill the request's folder with captures.txt, traps-SESSION.txt, what stands behind the names, and how to read it.

    DataProblem where the rule withholds animals or places, or where there is nothing to write.
    """
    asked = _asked(request)
    made = yield from _make(library, request, asked, report)
    about = f"WGS 84, UTM zone {made.zone} (EPSG:{made.epsg}), metres"
    traps = secr_tables.write_secr(request.folder, made.sessions, about, days=request.options["usage"] == DAYS)
    _beside(request.folder, made, asked, traps, secr=True, binary=request.options["usage"] == BINARY)


def write_oscr(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    """Fill the request's folder with edf.csv, tdf-NUMBER.csv, what stands behind the names, and how to read it.

    DataProblem as ``write_secr``.
    """
    asked = _asked(request)
    made = yield from _make(library, request, asked, report)
    _beside(request.folder, made, asked, secr_tables.write_oscr(request.folder, made.sessions), secr=False)


def _asked(request: ExportRequest) -> Asked:
    given = request.options
    start, end = (_day(given[name]) for name in ("from", "to"))
    if start and end and end < start:
        raise UsageProblem("DAYS_SWAPPED", _("The end lies before the start."), _("Swap them and try again."))
    text = given["species"].strip()
    if not given["occasion-days"].isdecimal():
        raise UsageProblem(
            "OCCASION_WRONG", _("{text} is no number of days.").format(text=given["occasion-days"]), _("Give 1 to 365.")
        )
    cut = Occasions(int(given["occasion-days"]), 0, start.isoformat() if start else SURVEY)
    species = (taxa.match(text) or text) if text else ""
    question = Question(taxon=species or None, start=start, end=end, occasions=cut, exact=request.exact)
    return Asked(species, question, given["flank"], given["detector"], given["session"].strip() or "1",
                 _zone(given["zone"]))  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageProblem(
            "DATE_WRONG", _("{text} is not a day.").format(text=text), _("Write the day as 2026-01-31.")
        ) from error


def _zone(text: str) -> int | None:
    """The EPSG code of a UTM zone on WGS 84."""
    if not text:
        return None
    number, half = text[:-1], text[-1:].upper()
    if not number.isdecimal() or not 1 <= int(number) <= 60 or half not in ("N", "S"):
        raise UsageProblem("ZONE_WRONG", _("{text} is no UTM zone.").format(text=text), _("Write it as 52N."))
    return (32_600 if half == "N" else 32_700) + int(number)


def _make(library: Library, request: ExportRequest, asked: Asked, report: ExportReport) -> Job[Made]:
    with library.read() as db:
        sight = Sight(library, db, None if request.exact else request.shown)
        if not (sight.allowed("individual") and sight.allowed("observation")):
            raise DataProblem(
                "INDIVIDUALS_WITHHELD",
                _("The rule {rule} withholds known animals, and nothing else is in this file.").format(
                    rule=request.rule
                ),
                _("Use --exact, or the rule of a partner who may see them."),
            )
        whole = yield from encounters.met(library, db, asked.question, request.cancel, by_year=asked.session == YEAR)
        if request.cancel.cancelled:
            return Made([], [], 0, 32_652, {}, {}, {})
        known = whole_animals.animals(db, whole.catalogues)
        species = _one_species(asked, whole, known)
        spots = _spots(sight, whole, species, asked, request)
        epsg = asked.zone or _middle(spots.values())
        animals, codes = _animals(sight, whole, known, asked)
        flanked = _flanked(db, whole) if asked.flank in (LEFT, RIGHT) else None
        stations = _stations(whole, spots)
        made = Made([], [], asked.question.occasions.days, epsg, {word: known[one] for one, word in animals.items()},
                    {word: codes[one] for one, word in animals.items()},
                    {stations[one]: whole.asked.called(whole.sites[one].place) for one in spots})  # fmt: skip
        for name, question in _sessions(asked, whole):
            met = whole if question is asked.question else _of_year(whole, question)
            _session(name, met, question, asked, made, _Shown(sight, spots, animals, known, stations, flanked))
    if not made.sessions:
        raise DataProblem(
            "NOTHING_TO_WRITE",
            _("No known animal was met at a station whose trap nights and place are known."),
            _("Choose another species or time, or enter when the cameras were set up and taken down."),
        )
    report.written["location"] = sum(len(one.detectors) for one in made.sessions)
    report.written["observation"] = sum(len(one.captures) for one in made.sessions)
    report.written["individual"] = len({one.animal for session in made.sessions for one in session.captures})
    report.withheld.update(asked.withheld)
    report.failed += [{"file": "captures", "code": code, "reason": words} for code, words in _lost(asked)]
    return made


@dataclass(frozen=True, slots=True)
class _Shown:
    """What may be told, and by which words: of stations by id, of animals by id."""

    sight: Sight
    spots: Mapping[bytes, Spot]
    animals: Mapping[bytes, str]
    known: Mapping[bytes, Whole]
    stations: Mapping[bytes, str]
    flanked: Callable[[Encounter, int | None, str], bool] | None


def _one_species(asked: Asked, met: Met, known: Mapping[bytes, Whole]) -> str:
    if asked.species:
        return asked.species
    found = sorted({known[one.animal].taxon for one in met.encounters})
    if len(found) > 1:
        raise UsageProblem(
            "SPECIES_NEEDED",
            _("Animals of several species were met: {names}.").format(names=", ".join(found)),
            _("Give --species: one file is about one species."),
        )
    return found[0] if found else ""


def _spots(sight: Sight, met: Met, species: str, asked: Asked, request: ExportRequest) -> dict[bytes, Spot]:
    """Where each station with known effort may be told."""
    found = {}
    for one, site in met.sites.items():
        if site.place.effort is None or not site.place.effort.set_up:
            asked.lost["no_effort"] += 1
            continue
        spot = map_cameras.spot_of_station(sight, site.place, species)
        if spot is not None:
            found[one] = spot
        elif site.latitude == site.latitude:
            asked.withheld["location"] += 1
        else:
            asked.lost["no_place"] += 1
    if not found and asked.withheld["location"]:
        raise DataProblem(
            "PLACES_WITHHELD",
            _("The rule {rule} withholds the places of all stations, and nothing can be computed without them.").format(
                rule=request.rule
            ),
            _("Use --exact, or the rule of a partner who may see them."),
        )
    return found


def _middle(spots: Iterable[Spot]) -> int:
    """The EPSG code of the UTM zone in the middle of these places."""
    places = [one.place for one in spots]
    if not places:
        return 32_652
    latitude, longitude = (sum(part) / len(places) for part in zip(*places, strict=True))
    return (32_600 if latitude >= 0 else 32_700) + int((longitude + 180) % 360 // 6) + 1


def _stations(met: Met, spots: Mapping[bytes, Spot]) -> dict[bytes, str]:
    taken: set[str] = set()
    places = [met.sites[one].place for one in spots]
    return {
        place.id: secr_tables.identifier(met.asked.called(place), place.code, taken, underscore=False)
        for place in places
    }


def _animals(
    sight: Sight, met: Met, known: Mapping[bytes, Whole], asked: Asked
) -> tuple[dict[bytes, str], dict[bytes, str]]:
    """Identifiers and codes, by animal, of those that may be told; of joined codes only those that may be."""
    ids = sorted({one.animal for one in met.encounters}, key=lambda one: (known[one].codes, one))
    shown = sight.groups("individual", [record for one in ids for record in known[one].records])
    taken: set[str] = set()
    words, codes = {}, {}
    for number, one in enumerate(ids, start=1):
        told = [record for record in known[one].records if shown.get(record)]
        if not told:
            asked.withheld["individual"] += 1
            continue
        if asked.flank == BOTH and not {LEFT, RIGHT} <= known[one].flanks:
            asked.lost["one_flank"] += 1
            continue
        codes[one] = met.catalogues.codes(one, told)
        words[one] = secr_tables.identifier(codes[one].replace(" = ", "="), f"A{number}", taken)
    return words, codes


def _flanked(db: Database, met: Met) -> Callable[[Encounter, int | None, str], bool]:
    """Whether an encounter shows a flank: the picture lies before the animal's next encounter at the same station, or
    before the end of the time asked for."""
    places = {camera.id: site.place.id for site in met.sites.values() for camera in site.place.cameras}
    times: dict[tuple[bytes, bytes, str], list[int]] = defaultdict(list)
    for join in _JOINS:
        for deployment, at, animal, flank in db.conn.execute(_FLANKED.format(join=join)):
            if deployment in places:
                times[places[deployment], met.catalogues.joins.of(animal), flank].append(at)
    for one in times.values():
        one.sort()

    def shows(one: Encounter, following: int | None, flank: str) -> bool:
        at = times.get((one.place, one.animal, flank), [])
        return (len(at) if following is None else bisect_left(at, following)) > bisect_left(at, one.at)

    return shows


def _sessions(asked: Asked, met: Met) -> list[tuple[str, Question]]:
    if asked.session != YEAR:
        return [(secr_tables.identifier(asked.session, "1", set()), asked.question)]
    efforts = [site.place.effort for site in met.sites.values() if site.place.effort is not None]
    ends = [as_time(at) for one in efforts for span in one.set_up for at in (span[0], span[1] - 1)]
    years = range(min(ends).year, max(ends).year + 1) if ends else range(0)
    question, found = asked.question, []
    for year in years:
        first, last = date(year, 1, 1), date(year, 12, 31)
        start = max(first, question.start) if question.start else first
        end = min(last, question.end) if question.end else last
        cut = replace(question.occasions, origin=SURVEY if start == first else start.isoformat())
        found.append((str(year), replace(question, start=start, end=end, occasions=cut)))
    return [one for one in found if one[1].start <= one[1].end]  # type: ignore[operator]


def _of_year(met: Met, question: Question) -> Met:
    """The part of what was met, and of the effort, that lies in a question's year."""
    assert question.start is not None
    year = f"{question.start:%Y}"
    sites = {
        one: replace(site, place=replace(site.place, effort=site.place.effort and clipped(site.place.effort, question)))
        for one, site in met.sites.items()
    }
    return replace(met, sites=sites, encounters=[one for one in met.encounters if one.month[:4] == year])


def _session(name: str, met: Met, question: Question, asked: Asked, made: Made, shown: _Shown) -> None:
    """Add a session to what is made; one without captures or without effort is left out and counted."""
    from pyproj import Transformer

    cut = question.occasions
    places = [site.place for one, site in met.sites.items() if one in shown.spots and site.place.effort is not None]
    places = [one for one in places if one.effort is not None and one.effort.set_up]
    efforts = [one.effort for one in places]
    begun = first_days(efforts, cut)
    count = number_of(efforts, begun, cut)
    start = next((one for one in begun if one is not None), None)
    if start is None:
        return
    length = timedelta(days=cut.days)
    nights = {
        place.id: tuple(effort.between(start + length * n, start + length * (n + 1)) or 0.0 for n in range(count))
        for place, effort in zip(places, efforts, strict=True)
        if effort is not None
    }
    captures = _captures(met, question, start, nights, asked, shown)
    if not captures:
        asked.lost["no_capture"] += 1
        return
    to_utm = Transformer.from_crs("EPSG:4326", f"EPSG:{made.epsg}", always_xy=True)
    detectors = [_detector(place, met, nights[place.id], shown, to_utm) for place in places]
    made.sessions.append(Session(name, count, tuple(detectors), tuple(captures)))
    made.first_days.append(start.date())


def _detector(place: Place, met: Met, nights: tuple[float, ...], shown: _Shown, to_utm: Any) -> Detector:
    spot = shown.spots[place.id]
    x, y = to_utm.transform(spot.longitude, spot.latitude)
    told = f"cell_{10.0**spot.size:g}_degree" if spot.size < 0 else "exact"
    return Detector(shown.stations[place.id], x, y, nights, met.sites[place.id].country, told)


def _captures(
    met: Met,
    question: Question,
    start: datetime,
    nights: Mapping[bytes, Sequence[float]],
    asked: Asked,
    shown: _Shown,
) -> list[Capture]:
    """The captures by animal, occasion and detector; what is not among them is counted in ``asked.lost``."""
    found: list[Capture] = []
    later: dict[tuple[bytes, bytes], int] = {}
    length = timedelta(days=question.occasions.days)
    for one in reversed(met.encounters):
        place = met.sites[one.place].place
        following = later.get((one.place, one.animal), limits(question, place.offset)[1])
        later[one.place, one.animal] = one.at
        if one.animal not in shown.animals or one.place not in nights:
            asked.lost["not_shown"] += 1
            continue
        local = _EPOCH + timedelta(seconds=one.at + place.offset * 60)
        occasion = (local - start) // length
        if one.doubt == "identity":
            asked.lost["identity"] += 1
        elif not map_cameras.old_enough(shown.sight, met.day(one)):
            asked.withheld["observation"] += 1
        elif shown.flanked is not None and not shown.flanked(one, following, asked.flank):
            asked.lost["flank"] += 1
        elif not 0 <= occasion < len(nights[one.place]) or not nights[one.place][occasion]:
            asked.lost["outside"] += 1
        else:
            animal = shown.known[one.animal]
            found.append(Capture(shown.animals[one.animal], occasion + 1, shown.stations[one.place], animal.sex))
    found.sort(key=lambda one: (one.animal, one.occasion, one.detector))
    return list(dict.fromkeys(found)) if asked.detector == PROXIMITY else found


def _lost(asked: Asked) -> list[tuple[str, str]]:
    """What is not in the files, each with its number."""
    n = asked.lost
    words = {
        "identity": ngettext(
            "{n} encounter is left out: the animal is not certain.",
            "{n} encounters are left out: the animal is not certain.", n["identity"]),
        "flank": ngettext(
            "{n} encounter is left out: it does not show the flank asked for.",
            "{n} encounters are left out: they do not show the flank asked for.", n["flank"]),
        "one_flank": ngettext(
            "{n} animal is left out: not both of its flanks are known.",
            "{n} animals are left out: not both of their flanks are known.", n["one_flank"]),
        "outside": ngettext(
            "{n} encounter is left out: its station is said not to have worked then.",
            "{n} encounters are left out: their stations are said not to have worked then.", n["outside"]),
        "not_shown": ngettext(
            "{n} encounter is left out: its station or animal is not in the file.",
            "{n} encounters are left out: their station or animal is not in the file.", n["not_shown"]),
        "no_effort": ngettext(
            "{n} station is left out: its trap nights are not known.",
            "{n} stations are left out: their trap nights are not known.", n["no_effort"]),
        "no_place": ngettext(
            "{n} station is left out: its place is not known.",
            "{n} stations are left out: their place is not known.", n["no_place"]),
        "no_capture": ngettext(
            "{n} session is left out: nothing was met in it.",
            "{n} sessions are left out: nothing was met in them.", n["no_capture"]),
    }  # fmt: skip
    return [(code, text.format(n=n[code])) for code, text in words.items() if n[code]]


def _beside(folder: Path, made: Made, asked: Asked, traps: list[str], *, secr: bool, binary: bool = False) -> None:
    """What the identifiers stand for, what the files are, and a script that reads them."""
    captured = {one.animal for session in made.sessions for one in session.captures}
    rows: list[Sequence[object]] = [("id", "codes", "species", "sex", "flanks")]
    rows += (
        (word, made.codes[word], one.taxon, one.sex, " ".join(sorted(one.flanks)))
        for word, one in sorted(made.animals.items())
        if word in captured
    )
    secr_tables.write_csv(folder / "animals.csv", rows)
    secr_tables.write_csv(folder / "stations.csv", [("id", "station"), *made.stations.items()])
    words = read_me(made, asked, [text for _code, text in _lost(asked)], secr=secr)
    (folder / "README.txt").write_text(words, encoding="utf-8")
    told = script(made, asked, traps, secr=secr, binary=binary)
    (folder / "read.R").write_text(told, encoding="ascii", newline="\n")
