"""How a visit and a count of ours read in Darwin Core: times, names of birds, groups as taxa, measurements.

Writing and reading use the same functions, so an exact archive needs further fields only where the two differ.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ranger_app.domain import bird_groups, taxa, visit_words
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.time import offset_text

OCCASION, VISIT, SECTOR = "Project", "SiteVisit", "SectorVisit"
"""Values of ``eventType``: a count on agreed dates, one visit to a site, one sector of it."""
SEPARATOR = " | "
"""Between several values in one cell, as Darwin Core recommends."""
NO_BIRDS = ":none:"
"""Part of the identifier of an occurrence that says "no birds seen" and is no count of its own."""

TARGETS: dict[str, tuple[str, ...]] = {
    "swans": ("Cygnus",),
    "geese": ("Anser", "Branta"),
    "ducks": ("Aix", "Anas", "Aythya", "Bucephala", "Clangula", "Histrionicus", "Mareca", "Melanitta", "Mergellus",
              "Mergus", "Netta", "Sibirionetta", "Somateria", "Spatula", "Tadorna"),
    "loons": ("Gaviidae",),
    "grebes": ("Podicipedidae",),
    "cormorants": ("Phalacrocoracidae",),
    "pelicans": ("Pelecanidae",),
    "herons": ("Ardeidae",),
    "storks": ("Ciconiidae", "Threskiornithidae"),
    "cranes": ("Gruidae",),
    "rails": ("Rallidae",),
    "waders": ("Charadriidae", "Haematopodidae", "Recurvirostridae", "Scolopacidae"),
    "gulls": ("Laridae",),
    "seabirds": ("Alcidae", "Stercorariidae"),
    "raptors": ("Accipitriformes", "Falconiformes", "Strigiformes"),
    "bustards": ("Otididae",),
}  # fmt: skip
"""The taxa that each group of birds stands for, after the IOC World Bird List; terns are Laridae there."""
_GROUP_OF = {one: group for group, names in TARGETS.items() for one in names}

OF_SURVEY: tuple[tuple[str, str, str], ...] = (
    ("ice", "ice cover", "%"),
    ("snow", "snow cover", "%"),
    ("wind", "wind force", "Beaufort"),
    ("temperature", "air temperature", "°C"),
    ("coverage", "coverage of the site", "%"),
    ("visibility", "visibility", ""),
    ("water", "water level", ""),
    ("tide", "tide", ""),
    ("disturbance", "disturbance", ""),
    ("disturbance_effect", "effect of disturbance", ""),
    ("quality", "quality of the visit", ""),
    ("transport", "transport", ""),
    ("season", "season", ""),
)
OF_COUNT: tuple[tuple[str, str, str], ...] = (
    ("low", "number of birds, at least", "individuals"),
    ("high", "number of birds, at most", "individuals"),
    ("give_or_take", "number of birds, give or take", "individuals"),
    ("method", "way of counting", ""),
    ("flock", "flock", ""),
    ("rings", "rings and flags", ""),
    ("sample_of", "birds in the mixed flock", "individuals"),
    ("sample_counted", "birds of the flock looked at", "individuals"),
    ("sample_found", "of this taxon among those looked at", "individuals"),
)
"""Fields that are measurements: name, ``measurementType``, unit."""

_DAY = r"(\d{4})-(\d{2})-(\d{2})"
_CLOCK = r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2}|)"
_MOMENT = re.compile(rf"{_DAY}(?:[T ]{_CLOCK})?", re.ASCII)
_TIME = re.compile(_CLOCK, re.ASCII)
_QUALIFIED = re.compile(r"\b(sp|spp|ssp|cf|aff|agg|indet)\b\.?|[/×?]|\bx\b")


class Name(NamedTuple):
    """A bird as it was written, in the words of Darwin Core: the closest sure name, what qualifies it, its rank."""

    scientific: str
    qualifier: str
    rank: str


class When(NamedTuple):
    """First and last day, times of day as HH:MM, minutes east of UTC; what is not told is empty or None."""

    first: str
    last: str
    start: str | None = None
    end: str | None = None
    offset: int | None = None


def named(taxon: str) -> Name:
    """``Anser sp.`` is Anser, qualified; a pair of species or a hybrid is what stands before the doubt."""
    text = " ".join(taxon.split())
    doubt = _QUALIFIED.search(text)
    if doubt is None:
        return Name(text, "", _rank(text))
    before = text[: doubt.start()].split()
    if doubt[0] in "/×?" or doubt[0] == "x":  # "Anser fabalis/serrirostris": only the genus is sure
        before = before[:1]
    sure = " ".join(before)
    if not sure:
        return Name(text, "", "")
    return Name(sure, text[len(sure) :].strip() or doubt[0], _rank(sure))


def _rank(name: str) -> str:
    words = name.split()
    if len(words) == 2:
        return "species"
    if len(words) == 3:
        return "subspecies"
    if len(words) != 1:
        return ""
    if name == "Aves":
        return "class"
    return "family" if name.endswith("idae") else "order" if name.endswith("iformes") else "genus"


def scope(groups: Iterable[str]) -> list[str]:
    """The taxa of some groups, in the order of the groups."""
    chosen = set(groups)
    return [one for code, names in TARGETS.items() if code in chosen for one in names]


def groups_named(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """The groups of which all taxa, or which themselves, stand among ``words``; then the other words."""
    given = list(words)
    folded = {one.casefold() for one in given}
    found = [
        code for code, names in TARGETS.items() if all(one.casefold() in folded for one in names) or code in folded
    ]
    known = {one.casefold() for code in found for one in (code, *TARGETS[code])}
    return found, [one for one in given if one.casefold() not in known]


def looked_for(survey: Mapping[str, Value], taxon: str) -> bool:
    """Whether a visit vouches that it would have seen this taxon: only one that says that all were looked for."""
    if survey.get("complete") != 1:
        return False
    counted = bird_groups.counted(survey)
    group = bird_groups.group_of(named(taxon).scientific)
    if group in ("", "unidentified"):  # of which group it is cannot be said: all of them have to be counted
        return counted >= frozenset(bird_groups.WATERBIRDS)
    return group in counted


def when_told(survey: Mapping[str, Value], offset: int | None) -> tuple[str, str, int | None]:
    """``eventDate``, ``eventTime`` and minutes of a visit; an end before the start is one past midnight."""
    date = str(survey.get("date") or "")
    start, end = visit_words.minutes(survey.get("start")), visit_words.minutes(survey.get("end"))
    if start is None or not _is_day(date):
        return date, "", None
    zone = "" if offset is None else offset_text(offset)
    first = f"{start // 60:02d}:{start % 60:02d}{zone}"
    if end is None:
        return f"{date}T{first}", first, None
    last = f"{end // 60:02d}:{end % 60:02d}{zone}"
    until = date
    if end < start:
        try:
            until = (datetime.date.fromisoformat(date) + datetime.timedelta(days=1)).isoformat()
        except OverflowError:
            return f"{date}T{first}", first, None
    return f"{date}T{first}/{until}T{last}", f"{first}/{last}", (end - start) % 1440


def when_read(row: Mapping[str, str]) -> When | None:
    """The time of an event from ``eventDate``, ``eventTime``, ``year``, ``month``, ``day``; None where it is no day."""
    text = row.get("eventDate", "").strip()
    if not text:
        parts = [row.get(one, "").strip() for one in ("year", "month", "day")]
        if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
            return None
        text = f"{int(parts[0]):04d}-{int(parts[1]):02d}-{int(parts[2]):02d}"
    begin, slash, finish = text.partition("/")
    first = _moment(begin.strip())
    if first is None:
        return None
    day, start, offset = first
    last, end = day, None
    if slash:
        second = _moment(finish.strip()) or _short_end(finish.strip(), day)
        if second is None:
            return None
        last, end = second[0], second[1]
        if last < day:
            return None
    if start is None:
        begin, _slash, finish = row.get("eventTime", "").strip().partition("/")
        told, until = _TIME.fullmatch(begin.strip()), _TIME.fullmatch(finish.strip())
        if told and (clock := _clock(told[1], told[2])):
            start, offset = clock, _offset(told[3])
        if until and start is not None:
            end = _clock(until[1], until[2])
    if start is not None and end is not None and (end < start) == (_days(day, last) == 1) and _days(day, last) <= 1:
        last = day  # one visit, maybe past midnight
    return When(day, last, start, end, offset)


def _moment(text: str) -> tuple[str, str | None, int | None] | None:
    match = _MOMENT.fullmatch(text)
    if match is None or not _is_day(text[:10]):
        return None
    if match[4] is None:
        return text[:10], None, None
    clock = _clock(match[4], match[5])
    return None if clock is None else (text[:10], clock, _offset(match[6]))


def _short_end(text: str, day: str) -> tuple[str, str | None, int | None] | None:
    match = _TIME.fullmatch(text)
    if match is not None and (clock := _clock(match[1], match[2])):
        return day, clock, _offset(match[3])
    if re.fullmatch(r"\d{2}", text, re.ASCII) and _is_day(day[:8] + text):  # 2025-01-12/14
        return day[:8] + text, None, None
    if re.fullmatch(r"\d{2}-\d{2}", text, re.ASCII) and _is_day(day[:5] + text):
        return day[:5] + text, None, None
    return None


def _clock(hour: str, minute: str) -> str | None:
    return f"{int(hour):02d}:{minute}" if int(hour) < 24 and int(minute) < 60 else None


def _offset(text: str) -> int | None:
    if not text:
        return None
    if text == "Z":
        return 0
    found = int(text[1:3]) * 60 + int(text[-2:])
    found = -found if text[0] == "-" else found
    return found if abs(found) <= 840 else None


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _days(first: str, last: str) -> int:
    return (datetime.date.fromisoformat(last) - datetime.date.fromisoformat(first)).days


def survey_read(when: When) -> dict[str, Value]:
    """The fields of a visit that its event row tells by itself."""
    return {"date": when.first, "start": when.start, "end": when.end, "utc_offset": when.offset}


def count_read(row: Mapping[str, str]) -> dict[str, Value]:
    """The fields of a count that its occurrence row tells by itself; ValueError naming the reason where it is none."""
    taxon = (row.get("verbatimIdentification") or row.get("scientificName") or "").strip()
    if not taxon:
        raise ValueError("no_name")
    status = row.get("occurrenceStatus", "").strip().casefold()
    number, said = _number(row)
    if status in ("absent", "0", "false"):
        if number:
            raise ValueError("absent_with_number")
        number = 0
    elif number == 0:
        if status:
            raise ValueError("present_with_zero")
        raise ValueError("zero_without_status")
    fields: dict[str, Value] = {
        "taxon": taxon,
        "count": number or 0,
        "sex": row.get("sex", "").strip() or None,
        "life_stage": row.get("lifeStage", "").strip() or None,
        "remarks": row.get("occurrenceRemarks", "").strip() or None,
    }
    if number is None:
        if said:
            raise ValueError("no_number")
        fields["method"] = "present"
    if row.get("behavior", "").strip().casefold() == "roosting":
        fields["roost"] = 1
    return fields


def _number(row: Mapping[str, str]) -> tuple[int | None, bool]:
    """The number of birds, and whether a number was given that cannot be read."""
    text = row.get("individualCount", "").strip()
    if not text and row.get("organismQuantityType", "").strip().casefold() in ("individuals", "individual"):
        text = row.get("organismQuantity", "").strip()
    if not text:
        return None, False
    whole = re.fullmatch(r"(\d{1,12})(?:[.,]0+)?", text, re.ASCII)
    return (int(whole[1]), True) if whole else (None, True)


def known_taxon(name: str) -> str:
    """A scientific name as the list of species has it, else as it was written."""
    return taxa.match(name) or name


def english(kind: str, field: str, value: Value) -> str:
    """A coded value in English, a free one as it is: archives read alike whatever language the station uses."""
    text = str(value if value is not None else "")
    if field in visit_words.SEVERAL and kind == "survey":
        codes, rest = visit_words.codes(field, text)
        return ", ".join([*(visit_words.SEVERAL[field][code] for code in codes), *([rest] if rest else [])])
    if kind == "survey" and text in visit_words.OF_FIELD.get(field, {}):
        return visit_words.OF_FIELD[field][text]
    return next((one.label for one in kind_named(kind).field(field).choices if one.code == text), text)
