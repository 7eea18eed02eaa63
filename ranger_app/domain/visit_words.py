"""The codes of a visit to a wetland, their words, and times of day as people type them.

Codes are those of the International Waterbird Census form, so that visits of three countries read alike; what a visit
says in other words stays as it is.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from ranger_app.i18n import N_, _

Words = dict[str, str]
METHODS: Words = {
    "A": N_("From the air"),
    "B": N_("Boat"),
    "F": N_("Foot or vehicle"),
    "T": N_("Telescope"),
}
"""Letters of the census form; a visit's method is any combination of them, in this order."""
WATER: Words = {"D": N_("Dry"), "L": N_("Low"), "N": N_("Normal"), "H": N_("High"), "O": N_("Flooded")}
TIDE: Words = {"N": N_("No tide"), "L": N_("Low tide"), "R": N_("Rising"), "H": N_("High tide"), "F": N_("Falling")}
EFFECT: Words = {
    "N": N_("None"),
    "L": N_("Little"),
    "M": N_("Moderate"),
    "S": N_("Strong"),
    "D": N_("Disturbed, not said how much"),
}
WEATHER: Words = {
    "clear": N_("Clear"),
    "cloudy": N_("Cloudy"),
    "overcast": N_("Overcast"),
    "fog": N_("Fog"),
    "rain": N_("Rain"),
    "snow": N_("Snowfall"),
    "wind": N_("Strong wind"),
}
VISIBILITY: Words = {"good": N_("Good"), "moderate": N_("Moderate"), "poor": N_("Poor")}
DISTURBANCE: Words = {
    "hunting": N_("Hunting"),
    "fishing": N_("Fishing"),
    "boats": N_("Boats"),
    "people": N_("People on foot"),
    "vehicles": N_("Vehicles"),
    "farming": N_("Farm work"),
    "livestock": N_("Livestock, dogs"),
    "raptor": N_("Bird of prey"),
    "aircraft": N_("Aircraft, drone"),
    "fire": N_("Fire"),
}
"""Kinds of disturbance; a visit may name several."""
QUALITY: Words = {"good": N_("Good"), "fair": N_("Fair"), "poor": N_("Poor"), "invalid": N_("Not to be used")}
"""A visit that is not to be used stays, and no criterion counts it."""
COVERAGE = {"C": 100, "E": 90, "G": 65, "M": 40, "B": 15}
"""Per cent for the letters of the census form: complete, excellent (75-99), good (50-75), moderate (25-50), bad."""
OF_FIELD: dict[str, Words] = {
    "water": WATER,
    "tide": TIDE,
    "disturbance_effect": EFFECT,
    "weather": WEATHER,
    "visibility": VISIBILITY,
    "quality": QUALITY,
}
"""Fields of a survey of which one code is chosen."""
SEVERAL: dict[str, Words] = {"method": METHODS, "disturbance": DISTURBANCE}
"""Fields of a survey that hold several codes: letters of a method stand together, words have spaces between."""

_TIME = re.compile(r"(\d{1,2})(?:\s*[:.\-h]\s*(\d{1,2}))?|(\d{1,2})(\d{2})")
_LONGEST_HOURS = 14


def codes(field: str, text: object) -> tuple[tuple[str, ...], str]:
    """The codes that ``method`` or ``disturbance`` names, in their order, and what it says beside them."""
    words = SEVERAL[field]
    said = str(text or "").split()
    if field == "method" and len(said) == 1 and said[0].isascii() and set(said[0].upper()) <= set(METHODS):
        said = list(said[0].upper())
    known = {word.casefold(): word for word in words}
    found = {known[one.strip(",;").casefold()] for one in said if one.strip(",;").casefold() in known}
    rest = " ".join(one for one in said if one.strip(",;").casefold() not in known)
    return tuple(code for code in words if code in found), rest


def together(field: str, chosen: set[str], rest: str = "") -> str | None:
    """The value of ``method`` or ``disturbance`` for these codes and free words; None for nothing."""
    found = [code for code in SEVERAL[field] if code in chosen]
    found = ["".join(found)] if field == "method" and found else found
    return " ".join([*found, *rest.split()]) or None


def worded(field: str, text: object) -> str:
    """A coded field as people read it in the language in use; free words stay as they are."""
    if field in SEVERAL:
        found, rest = codes(field, text)
        return ", ".join([*(_(SEVERAL[field][code]) for code in found), *([rest] if rest else [])])
    words = OF_FIELD.get(field, {})
    return _(words[str(text)]) if str(text) in words else str(text or "")


def time_of_day(text: str) -> str | None:
    """HH:MM from what a person types: 8, 0830, 8.30, 8:30. None where it is no time of a day, such as 26:00."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute = int(match[1] or match[3]), int(match[2] or match[4] or 0)
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None


def minutes(text: object) -> int | None:
    """Minutes since midnight of a time as it is kept, None where it is none."""
    read = time_of_day(text[:5]) if isinstance(text, str) else None
    return int(read[:2]) * 60 + int(read[3:]) if read is not None else None


def questions(survey: Mapping[str, object], today: str = "") -> list[str]:
    """Sentences on what a person should look at again in a visit; nothing of it is refused.

    An end before the start is a visit past midnight or a slip; a visit of over 14 hours or in the future (``today`` as
    YYYY-MM-DD) is rare. A time that is none of a day is named too, because a file can bring one.
    """
    found = []
    for name in ("start", "end"):
        if survey.get(name) and minutes(survey[name]) is None:
            found.append(_("{time} is no time of a day. Write it as 08:30.").format(time=survey[name]))
    start, end = minutes(survey.get("start")), minutes(survey.get("end"))
    if start is not None and end is not None:
        if end < start:
            said = _("The end, {end}, is before the start, {start}. Did the count go on past midnight?")
            found.append(said.format(end=survey["end"], start=survey["start"]))
        elif end - start > _LONGEST_HOURS * 60:
            hours = (end - start) // 60
            found.append(_("The visit lasts {hours} hours. Are start and end right?").format(hours=hours))
    day = str(survey.get("date") or "")
    if today and _is_day(day) and day > today:
        found.append(_("{date} lies in the future. Is the date right?").format(date=day))
    return found


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
