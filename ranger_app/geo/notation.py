"""Reads how people write a place: degrees in any notation, UTM, MGRS and plane coordinates, in four scripts.

Only the text is read here, in decimal numbers without rounding; what the numbers mean on which datum is said in
``coordinates``. Nothing that could be read in two ways is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from ranger_app.errors import DataProblem
from ranger_app.i18n import _

_LONGEST = 200
EXAMPLES = "42.61234 N 131.20987 E · 42°36'44.4\" N 131°12'35.5\" E · 52T 681254 4720134 · 52TFN 81254 20134"
# Longest first: "з.у." (Mongolian east) begins like "з" (Russian west).
_WORDS: tuple[tuple[str, str], ...] = (
    ("северной широты", "N"), ("южной широты", "S"), ("восточной долготы", "E"), ("западной долготы", "W"),
    ("хойд өргөрөг", "N"), ("өмнөд өргөрөг", "S"), ("зүүн уртраг", "E"), ("баруун уртраг", "W"),
    ("с. ш.", "N"), ("с.ш.", "N"), ("с.ш", "N"), ("сш", "N"), ("ю. ш.", "S"), ("ю.ш.", "S"), ("ю.ш", "S"), ("юш", "S"),
    ("в. д.", "E"), ("в.д.", "E"), ("в.д", "E"), ("вд", "E"), ("з. д.", "W"), ("з.д.", "W"), ("з.д", "W"), ("зд", "W"),
    ("х.ө.", "N"), ("ө.ө.", "S"), ("з.у.", "E"), ("б.у.", "W"),
    ("北纬", "N"), ("北緯", "N"), ("南纬", "S"), ("南緯", "S"), ("东经", "E"), ("東經", "E"), ("東経", "E"),
    ("西经", "W"), ("西經", "W"), ("西経", "W"), ("북위", "N"), ("남위", "S"), ("동경", "E"), ("서경", "W"),
    ("latitude", "LAT"), ("longitude", "LON"), ("lat.", "LAT"), ("lon.", "LON"), ("lat", "LAT"), ("long", "LON"),
    ("lon", "LON"), ("lng", "LON"), ("широта", "LAT"), ("долгота", "LON"), ("纬度", "LAT"), ("经度", "LON"),
    ("緯度", "LAT"), ("經度", "LON"), ("経度", "LON"), ("위도", "LAT"), ("경도", "LON"),
    ("north", "N"), ("south", "S"), ("east", "E"), ("west", "W"), ("北", "N"), ("南", "S"), ("东", "E"), ("東", "E"),
    ("西", "W"), ("n", "N"), ("s", "S"), ("e", "E"), ("w", "W"), ("с", "N"), ("ю", "S"), ("в", "E"), ("з", "W"),
)  # fmt: skip
_MARKS = {"度": "°", "도": "°", "分": "'", "분": "'", "秒": '"', "초": '"', "º": "°", "˚": "°", "′": "'", "’": "'",
          "‘": "'", "`": "'", "´": "'", "ʹ": "'", "″": '"', "”": '"', "“": '"', "ʺ": '"', "−": "-", "–": "-",
          "，": ", ", "、": ", ", "；": ";", "：": ":", "/": ";", "|": ";"}  # fmt: skip
_TOKEN = re.compile(r"(?P<number>[+-]?\d+(?:[.,]\d+)?)|(?P<mark>[°'\"])|(?P<gap>[,;])|(?P<word>[A-Z]+)|\s+|:|=")
_MGRS = re.compile(r"(\d{1,2})\s*([C-HJ-NP-X])\s*([A-HJ-NP-Z]{2})\s*((?:\d\s*){2,10})", re.IGNORECASE)
_NUMBER = r"([+-]?\d{1,9}(?:[.,]\d+)?)"
_UTM = re.compile(
    rf"(?:UTM\s*)?(\d{{1,2}})\s*([C-HJ-NP-X])\s*[,;]?\s*{_NUMBER}\s*(?:m\s*)?([EN]?)\s*[,;\s]\s*{_NUMBER}\s*(?:m\s*)?([EN]?)",
    re.IGNORECASE,
)
_PLANE = re.compile(rf"(?:([XYХУ])\s*[=:]?\s*)?{_NUMBER}\s*[,;\s]\s*(?:([XYХУ])\s*[=:]?\s*)?{_NUMBER}", re.IGNORECASE)
_X = "XxХх"  # Latin and Cyrillic


@dataclass(frozen=True, slots=True)
class Degrees:
    """Two angles as written. ``half_step``: half of the last written digit's worth, degrees."""

    latitude: Decimal
    longitude: Decimal
    half_step: Decimal


@dataclass(frozen=True, slots=True)
class Utm:
    """Zone, its band letter, metres east and north."""

    zone: int
    band: str
    easting: Decimal
    northing: Decimal


@dataclass(frozen=True, slots=True)
class Mgrs:
    """A grid reference without spaces; ``metres`` is the side of the square it names."""

    reference: str
    metres: int


@dataclass(frozen=True, slots=True)
class Plane:
    """Gauss-Kruger coordinates: metres north of the equator, metres east with the zone's number in front."""

    northing: Decimal
    easting: Decimal


def read(text: str, order: str = "") -> Degrees | Utm | Mgrs | Plane:
    """What the text says of a place. ``order`` is "lat" or "lon" for two plain numbers: which stands first.

    DataProblem COORDINATES_UNCLEAR where it is no place, COORDINATES_ORDER where either number could be the latitude.
    """
    if len(text) > _LONGEST:
        raise unclear(text[:40] + "…")
    plain = text
    for mark, meant in _MARKS.items():
        plain = plain.replace(mark, meant)
    plain = unicodedata.normalize("NFKC", plain).replace("''", '"').strip()
    found = _MGRS.fullmatch(plain)
    if found:
        digits = re.sub(r"\s", "", found[4])
        if len(digits) % 2:
            raise unclear(text)
        reference = f"{int(found[1])}{found[2]}{found[3]}{digits}".upper()
        return Mgrs(reference, 10 ** (5 - len(digits) // 2))
    found = _UTM.fullmatch(plain)
    if found and _metres(found[3]) >= 100_000 and _metres(found[5]) >= 0:
        return _utm(found, text)
    found = _PLANE.fullmatch(plain)
    if found and max(abs(_metres(found[2])), abs(_metres(found[4]))) > 1_000_000:
        return _plane(found, text)
    return _degrees(plain, text, order)


def unclear(text: str) -> DataProblem:
    """The refusal of a text that is no place."""
    return DataProblem(
        "COORDINATES_UNCLEAR",
        _("{text} is not a place that can be read.").format(text=text.strip() or "–"),
        _("Write it like {examples}.").format(examples=EXAMPLES),
    )


def _metres(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _utm(found: re.Match[str], text: str) -> Utm:
    first, second = _metres(found[3]), _metres(found[5])
    marks = (found[4].upper(), found[6].upper())
    if marks in (("N", "E"), ("N", "")):
        first, second = second, first
    elif marks[0] == marks[1] != "":
        raise unclear(text)
    return Utm(int(found[1]), found[2].upper(), first, second)


def _plane(found: re.Match[str], text: str) -> Plane:
    first, second = _metres(found[2]), _metres(found[4])
    names = [name in _X if name else None for name in (found[1], found[3])]
    if names == [True, False]:  # X is north in Gauss-Kruger
        return Plane(first, second)
    if names == [False, True]:
        return Plane(second, first)
    if names != [None, None]:
        raise unclear(text)
    # Without names the zone tells: an easting has its zone in front, so it is larger than any northing.
    northing, easting = sorted((first, second))
    if not (0 < northing < 10_000_000 < easting or (1_000_000 < easting < 10_000_000 and northing < 1_000_000)):
        if max(first, second) >= 10_000_000 or min(first, second) < 1_000_000:
            raise unclear(text)
        raise _order_unclear()
    if easting < 10_000_000:
        raise unclear(text)
    return Plane(northing, easting)


def _order_unclear() -> DataProblem:
    return DataProblem(
        "COORDINATES_ORDER",
        _("It is not clear which number is the latitude."),
        _("Write N behind the latitude and E behind the longitude."),
    )


# ---------------------------------------------------------------- degrees


def _degrees(plain: str, text: str, order: str) -> Degrees:
    tokens = _tokens(plain, text)
    parts = _parts(tokens, text)
    if len(parts) != 2:
        raise unclear(text)
    angles = [_angle(part, text) for part in parts]
    axes = [axis for _value, axis, _step in angles]
    if axes[0] == axes[1] != "":
        raise unclear(text)
    if not any(axes):
        axes = _by_size([value for value, _axis, _step in angles], order)
    first_is_latitude = axes[0] == "LAT" or axes[1] == "LON"
    latitude, longitude = (angles[0][0], angles[1][0]) if first_is_latitude else (angles[1][0], angles[0][0])
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise unclear(text)
    return Degrees(latitude, longitude, max(angles[0][2], angles[1][2]))


def _by_size(values: list[Decimal], order: str) -> list[str]:
    """Which of two unmarked numbers is the latitude: only one of them can be, or somebody said so."""
    small = [abs(one) <= 90 for one in values]
    if small == [True, False]:
        return ["LAT", "LON"]
    if small == [False, True]:
        return ["LON", "LAT"]
    if small == [True, True] and order in ("lat", "lon"):
        return ["LAT", "LON"] if order == "lat" else ["LON", "LAT"]
    if small == [True, True]:
        raise _order_unclear()
    raise unclear(" ".join(str(one) for one in values))


def _tokens(plain: str, text: str) -> list[tuple[str, str]]:
    """Numbers, marks, gaps and words (N S E W LAT LON) in their order."""
    # A comma is a decimal comma where no point is, and something follows at once; "42.6,131.2" is a list.
    lower = plain.casefold()
    points = re.search(r"\d\.\d", lower) is not None
    for word, meant in _WORDS:
        pattern = re.escape(word)
        if (word[0].isalpha() and word.isascii()) or word[0] in "сювзхөб":
            pattern = rf"(?<![^\W\d_]){pattern}(?![^\W\d_])"
        lower = re.sub(pattern, f" {meant} ", lower)
    if points:
        lower = lower.replace(",", " , ")
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(lower):
        match = _TOKEN.match(lower, at)
        if match is None:
            raise unclear(text)
        at = match.end()
        if match.lastgroup:
            found.append((match.lastgroup, match[0].replace(",", ".") if match.lastgroup == "number" else match[0]))
    if any(kind == "word" and word not in ("N", "S", "E", "W", "LAT", "LON") for kind, word in found):
        raise unclear(text)
    if sum(kind == "number" for kind, _word in found) == 1 and "," in plain:
        raise DataProblem(
            "COORDINATES_ORDER",
            _("It is not clear whether the comma in {text} is a decimal comma.").format(text=text.strip()),
            _("Put a space or a semicolon between latitude and longitude."),
        )
    return found


def _parts(tokens: list[tuple[str, str]], text: str) -> list[list[tuple[str, str]]]:
    """The tokens of the two angles."""
    words = [i for i, (kind, _word) in enumerate(tokens) if kind == "word"]
    gaps = [i for i, (kind, _word) in enumerate(tokens) if kind == "gap"]
    if len(gaps) == 1:
        cut = gaps[0]
        return [tokens[:cut], tokens[cut + 1 :]]
    if gaps:
        raise unclear(text)
    if len(words) > 4:
        raise unclear(text)
    if words and words[0] == 0:  # words stand in front: the next front word begins the second angle
        later = [i for i in words if i > 1 and any(kind == "number" for kind, _w in tokens[1:i])]
        if later:
            return [tokens[: later[0]], tokens[later[0] :]]
    elif words:
        return [tokens[: words[0] + 1], tokens[words[0] + 1 :]]
    degree_marks = [i for i, (kind, mark) in enumerate(tokens) if kind == "mark" and mark == "°"]
    if len(degree_marks) == 2:
        cut = degree_marks[1] - 1
        return [tokens[:cut], tokens[cut:]]
    if len(tokens) in (2, 4, 6) and all(kind == "number" for kind, _word in tokens):
        return [tokens[: len(tokens) // 2], tokens[len(tokens) // 2 :]]
    raise unclear(text)


def _angle(part: list[tuple[str, str]], text: str) -> tuple[Decimal, str, Decimal]:
    """Degrees, "LAT", "LON" or "", and half of the last digit's worth."""
    words = [word for kind, word in part if kind == "word"]
    places = [i for i, (kind, _word) in enumerate(part) if kind == "word"]
    inner = [(kind, word) for kind, word in part if kind != "word"]
    if any(0 < i < len(part) - 1 and i - 1 not in places and i + 1 not in places for i in places):
        raise unclear(text)
    letters = [word for word in words if len(word) == 1]
    names = [word for word in words if len(word) > 1]
    if len(letters) > 1 or len(names) > 1:
        raise unclear(text)
    axis = names[0] if names else ""
    if letters:
        by_letter = "LAT" if letters[0] in "NS" else "LON"
        if axis and axis != by_letter:
            raise unclear(text)
        axis = by_letter
    numbers = [word for kind, word in inner if kind == "number"]
    marks = "".join(word for kind, word in inner if kind == "mark")
    if not 1 <= len(numbers) <= 3 or marks not in ("", "°", "°'", "°'\"")[: len(numbers) + 1]:
        raise unclear(text)
    pattern = "".join("0" if kind == "number" else word for kind, word in inner)
    if marks and not re.fullmatch(r"0°(0'?(0\"?)?)?", pattern):
        raise unclear(text)
    if any("." in one for one in numbers[:-1]) or any(one[0] in "+-" for one in numbers[1:]):
        raise unclear(text)
    negative = numbers[0].startswith("-")
    if negative and letters:
        raise unclear(text)
    values = [abs(Decimal(one)) for one in numbers]
    if any(one >= 60 for one in values[1:]):
        raise unclear(text)
    total = sum((value / 60**i for i, value in enumerate(values)), Decimal(0))
    digits = len(numbers[-1].partition(".")[2])
    step = Decimal(1).scaleb(-digits) / 60 ** (len(values) - 1) / 2
    return (-total if negative or (letters and letters[0] in "SW") else total), axis, step
