"""What a cell of a table of counts means: numbers and dates as counters of several countries write them.

A cell that could mean two things is taken in the way most people would, and says so; nothing is guessed in silence.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from ranger_app.domain.taxa import fold
from ranger_app.i18n import _

MOST_BIRDS = 1_000_000_000
Order = Literal["", "dmy", "mdy", "ymd"]
"""In which order day, month and year stand; empty where nobody said."""


@dataclass(frozen=True, slots=True)
class Number:
    """What a cell says. ``count`` None: nothing was counted. ``doubt`` is a sentence for a cell to look at again.

    ``wrong``: the cell holds what is no number of birds, and ``doubt`` says why.
    """

    count: int | None
    method: str = "counted"
    low: int | None = None
    high: int | None = None
    give: int | None = None
    note: str = ""
    doubt: str = ""
    wrong: bool = False


_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－～〜", "-"))
_NOTHING = {"-", "--", "---", "n/a", "na", "#n/a", "nc", "н/д", "н.д.", "не уч.", "не учитывали", "未统计", "未调查"}
_NONE_SEEN = {"нет", "нету", "none", "nil", "no", "无", "無", "没有", "없음", "なし", "байхгүй", "zero", "ноль"}
_PRESENT = {"+", "++", "+++", "x", "х", "×", "✓", "✔", "v", "○", "●", "present", "p", "есть", "был", "были", "встречен"}
_PRESENT |= {"有", "있음", "あり", "байсан", "many", "много", "many birds", "多", "yes", "да"}
_ABOUT = re.compile(
    r"^(?:circa|approximately|approx\.?|about|around|ca\.?|c\.|c(?=\s*\d)|est\.?|около|ок\.?|прим\.?|примерно|порядка"
    r"|~|≈|∼|±|\+/-|大约|约|約|およそ|약|ойролцоогоор|ойр\.?)\s*(?=\d)"
)
_ABOUT_AFTER = re.compile(r"\s*(?:\?|左右|ほど|くらい|ぐらい|정도|여|орчим|est\.?|~|±)$")
_UNITS = re.compile(
    r"(?<=\d)\s*(?:individuals?|inds?\.?|birds?|pcs\.?|особей|особи|особь|ос\.?|экз\.?|шт\.?|птицы?|只|羽|마리|수"
    r"|толгой|ш\.?|бодгаль)$"
)
_AT_LEAST = re.compile(
    r"^(?:>=|>|≥|more than|over|at least|min\.?|не менее|более|больше|свыше|至少|超过|최소)\s*(?=\d)"
)
_AT_LEAST_AFTER = re.compile(r"\s*(?:\+|以上|이상|-аас дээш)$")
_RANGE = re.compile(r"(?:от |from )?(\d[\d ]*?)\s*(?:-|~|до|to|\.\.+|…|至|から|에서)\s*(\d[\d ]*)")
_SUM = re.compile(r"\d+(?:\s*\+\s*\d+)+")
_BRACKETS = re.compile(r"^(.*?\d.*?)\s*[(（\[](.*)[)）\]]$")
_LONGEST = 200
_GROUPED = re.compile(r"\d{1,3}(?:[ ']\d{3})+")
_POINTED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_DECIMAL = re.compile(r"(\d+)[.,](\d+)")


def read_number(text: str) -> Number:
    """The number of birds a cell stands for.

    Empty is not counted, 0 is none, ``50-60`` the mean between the two, ``+`` present and not counted. ``ca. 200`` is
    an estimate whose band is the place of its last digit that is not 0, at least 10 (the census's bands of quality).
    """
    written = unicodedata.normalize("NFKC", text).translate(_DASHES)
    plain = fold(written).translate(_DASHES)
    if not plain:
        return Number(None)
    if len(plain) > _LONGEST:
        return _wrong()
    if plain in _NOTHING:
        return Number(None, doubt=_("read as not counted"))
    if plain in _NONE_SEEN:
        return Number(0, doubt=_("read as none: 0"))
    if plain in _PRESENT:
        return Number(0, "present", doubt=_("read as present, not counted"))
    inside = _BRACKETS.fullmatch(plain)
    if inside:
        found = read_number(inside[1])
        if found.wrong or found.count is None:
            return _wrong()
        open_at = min(at for at in (written.find(one) for one in "([") if at >= 0)
        note = written[open_at + 1 :].rstrip().rstrip(")]").strip()
        said = _("the words in brackets were kept as a remark")
        return replace(found, note=note, doubt="; ".join(one for one in (found.doubt, said) if one))
    plain = _UNITS.sub("", plain)
    about = bool(_ABOUT.match(plain) or (_ABOUT_AFTER.search(plain) and plain[0].isdigit()))
    plain = _ABOUT_AFTER.sub("", _ABOUT.sub("", plain))
    plain = _UNITS.sub("", plain)
    if _SUM.fullmatch(plain) and not about:
        total = sum(int(one) for one in plain.split("+")) if len(plain) < 400 else MOST_BIRDS + 1
        return _limited(Number(total, doubt=_("added up: {n}").format(n=total)))
    between = _RANGE.fullmatch(plain)
    if between:
        low, high = _whole(between[1]), _whole(between[2])
        if low is None or high is None or low[0] > high[0]:
            return _wrong()
        middle = (low[0] + high[0] + 1) // 2
        said = _("read as an estimate: {n}, between {low} and {high}").format(n=middle, low=low[0], high=high[0])
        return _limited(Number(middle, "estimated", low[0], high[0], doubt=said))
    at_least = bool(_AT_LEAST.match(plain) or _AT_LEAST_AFTER.search(plain))
    plain = _AT_LEAST_AFTER.sub("", _AT_LEAST.sub("", plain))
    whole = _whole(plain)
    if whole is None:
        return _wrong()
    value, doubt = whole
    if at_least:
        said = _("read as at least {n}").format(n=value)
        return _limited(Number(value, "estimated", value, None, doubt="; ".join(one for one in (doubt, said) if one)))
    if about:
        give = band(value)
        low_end = max(0, value - give)
        said = _("read as an estimate: {n}, give or take {give}").format(n=value, give=give)
        found = Number(value, "estimated", low_end, value + give, give)
        return _limited(replace(found, doubt="; ".join(one for one in (doubt, said) if one)))
    return _limited(Number(value, doubt=doubt))


def band(value: int) -> int:
    """Give or take how many a round estimate is meant: the place of its last digit that is not 0, 10 to 10,000."""
    give = 10
    while value and give < 10_000 and value % (give * 10) == 0:
        give *= 10
    return give


def _whole(text: str) -> tuple[int, str] | None:
    text = text.strip()
    if text.isascii() and text.isdigit():
        return (int(text), "") if len(text) <= 12 else (MOST_BIRDS + 1, "")
    if len(text) > 20:
        return None
    if _GROUPED.fullmatch(text):
        return int(text.replace(" ", "").replace("'", "")), ""
    if _POINTED.fullmatch(text):
        value = int(text.replace(".", "").replace(",", ""))
        return value, _("read as {n}, the point or comma between thousands").format(n=value)
    decimal = _DECIMAL.fullmatch(text)
    if decimal and not decimal[2].strip("0"):
        return int(decimal[1]), ""
    return None


def _wrong() -> Number:
    return Number(None, doubt=_("this is not a whole number of birds"), wrong=True)


def _limited(found: Number) -> Number:
    return _wrong() if max(found.count or 0, found.high or 0) > MOST_BIRDS else found


# -- dates -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """A date as YYYY-MM-DD. ``text`` is empty where the cell holds none; ``open`` where its order must be asked."""

    text: str
    open: bool = False
    doubt: str = ""


_YMD = re.compile(
    r"(\d{4})\s*(?:[-/.\s]|年|년|оны?)\s*(\d{1,2})\s*(?:[-/.\s]|月|월|(?:-?р)?\s*сарын)\s*(\d{1,2})\s*(?:日|일|\.)?"
)
_NUMBERS = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})(?:\s*г\.?)?")
_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s.-]+([^\W\d]{3,10})\.?[\s,.-]+(\d{4}|\d{2})(?:\s*(?:г\.?|года))?")
_WORD_FIRST = re.compile(r"([^\W\d]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_TIME_AFTER = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?$", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RUSSIAN = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


def read_date(text: str, order: Order = "") -> Day:
    """The date a cell stands for. With dots the day comes first; with slashes or hyphens ``order`` says, else the
    numbers where one of them is over 12."""
    plain = _TIME_AFTER.sub("", unicodedata.normalize("NFKC", text).translate(_DASHES).strip())
    if len(plain) > 40:
        return Day("")
    whole = _YMD.fullmatch(plain)
    if whole:
        return _day(int(whole[1]), int(whole[2]), int(whole[3]))
    folded = fold(plain)
    for pattern, places in ((_WORDS, (3, 2, 1)), (_WORD_FIRST, (3, 1, 2))):
        named = pattern.fullmatch(folded)
        if named and (month := _month(named[places[1]])):
            return _day(_year(named[places[0]]), month, int(named[places[2]]), short=len(named[places[0]]) == 2)
    parts = _NUMBERS.fullmatch(plain)
    if not parts:
        return Day("")
    first, second, year = int(parts[1]), int(parts[3]), _year(parts[4])
    short = len(parts[4]) == 2
    if order == "ymd" and short:
        return _day(2000 + first, second, int(parts[4]), short=True)
    if first > 12 or (parts[2] == "." and order != "mdy"):
        return _day(year, second, first, short=short)
    if second > 12:
        return _day(year, first, second, short=short)
    if order == "mdy":
        return _day(year, first, second, short=short)
    if order == "dmy" or first == second:
        return _day(year, second, first, short=short)
    return Day("", open=True)


def order_of(texts: list[str]) -> Order:
    """The order that the unmistakable dates of a column show; empty where there is none or they disagree."""
    seen: set[Order] = set()
    for text in texts:
        parts = _NUMBERS.fullmatch(unicodedata.normalize("NFKC", text).translate(_DASHES).strip())
        if parts and parts[2] != ".":
            if int(parts[1]) > 12 >= int(parts[3]):
                seen.add("dmy")
            elif int(parts[3]) > 12 >= int(parts[1]):
                seen.add("mdy")
    return seen.pop() if len(seen) == 1 else ""


def _month(word: str) -> int:
    for names in (_MONTHS, _RUSSIAN):
        for number, name in enumerate(names, 1):
            if word.startswith(name) and (name != "ма" or word in ("май", "мая")):
                return number
    return 0


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _day(year: int, month: int, day: int, *, short: bool = False) -> Day:
    try:
        found = datetime.date(year, month, day).isoformat()
    except ValueError:
        return Day("")
    return Day(found, doubt=_("read as {date}").format(date=found) if short else "")
