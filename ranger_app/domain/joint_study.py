"""A joint study: whose records, which species, when and by which rules, as a file that several stations work from.

Stations that hold the same records get the same figures from it, to the last byte, because nothing of its answer
depends on who asks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ranger_app.domain.effort import ONE, RULES
from ranger_app.domain.independence import ANCHORS, LAST_RECORD, MINUTES

VERSION = 1
MAX_TEXT = 1024 * 1024
_KEYS = ("ranger_study", "title", "partners", "species", "from", "to", "minutes", "anchor", "nights", "border")
_MOST = 100
_LONGEST = 200
"""Letters of a title or name."""
_MOST_MINUTES = 525_600


@dataclass(frozen=True, slots=True)
class Party:
    """A station of the study: its id, and the name and country (ISO 3166-1 alpha-2) that the report gives it."""

    station: bytes
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class JointStudy:
    """What a joint study asks. ``start`` and ``end`` are local days, both included; None = without a limit.

    ``nights`` is a rule of ``domain.effort``. ``border`` is the digest of the border layer that the study reckons
    with; empty: whichever a station uses.
    """

    title: str
    parties: tuple[Party, ...]
    species: tuple[str, ...]
    start: date | None = None
    end: date | None = None
    minutes: int = MINUTES
    anchor: str = LAST_RECORD
    nights: str = ONE
    border: str = ""


def to_text(study: JointStudy) -> str:
    """The study as a file: stations by id, species by name, the same text for the same study."""
    content = {
        "ranger_study": VERSION,
        "title": study.title,
        "partners": [
            {"station": one.station.hex(), "name": one.name, "country": one.country}
            for one in sorted(study.parties, key=lambda one: one.station)
        ],
        "species": sorted(study.species),
        "from": study.start.isoformat() if study.start else None,
        "to": study.end.isoformat() if study.end else None,
        "minutes": study.minutes,
        "anchor": study.anchor,
        "nights": study.nights,
        "border": study.border,
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def from_text(text: str) -> JointStudy:
    """The study of a file; ValueError with the key that is wrong, or unknown. Partners and species are needed."""
    if len(text) > MAX_TEXT:
        raise ValueError("length")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("JSON") from error
    if not isinstance(found, dict) or found.get("ranger_study") != VERSION:
        raise ValueError("ranger_study")
    for key in found:
        if key not in _KEYS:
            raise ValueError(str(key)[:_LONGEST])
    partners = found.get("partners")
    if not isinstance(partners, list) or not 0 < len(partners) <= _MOST:
        raise ValueError("partners")
    parties = tuple(sorted((_party(one) for one in partners), key=lambda one: one.station))
    if len({one.station for one in parties}) < len(parties):
        raise ValueError("partners")
    species = found.get("species")
    if not isinstance(species, list) or not 0 < len(species) <= _MOST:
        raise ValueError("species")
    start, end = _day(found, "from"), _day(found, "to")
    if start and end and end < start:
        raise ValueError("to")
    minutes = found.get("minutes", MINUTES)
    if type(minutes) is not int or not 0 <= minutes <= _MOST_MINUTES:
        raise ValueError("minutes")
    border = _word(found.get("border", ""), "border", empty=True)
    return JointStudy(
        _word(found.get("title", ""), "title", empty=True),
        parties,
        tuple(sorted({_word(one, "species") for one in species})),
        start,
        end,
        minutes,
        _one_of(found, "anchor", ANCHORS, LAST_RECORD),
        _one_of(found, "nights", RULES, ONE),
        border,
    )


def _party(entry: object) -> Party:
    if not isinstance(entry, dict) or set(entry) - {"station", "name", "country"}:
        raise ValueError("partners")
    station = _word(entry.get("station"), "partners")
    try:
        known = bytes.fromhex(station)
    except ValueError as error:
        raise ValueError("partners") from error
    country = _word(entry.get("country"), "partners")
    if not (len(country) == 2 and country.isascii() and country.isupper()):
        raise ValueError("partners")
    return Party(known, _word(entry.get("name"), "partners"), country)


def _word(value: object, key: str, *, empty: bool = False) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST or not (value.strip() or empty) or not _plain(value):
        raise ValueError(key)
    return value.strip()


def _plain(value: str) -> bool:
    return all(letter.isprintable() for letter in value)


def _day(found: Mapping[str, object], key: str) -> date | None:
    value = found.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError(key)
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(key) from error


def _one_of(found: Mapping[str, object], key: str, words: tuple[str, ...], usual: str) -> str:
    value = found.get(key, usual)
    if not isinstance(value, str) or value not in words:
        raise ValueError(key)
    return value
