"""Numbers, sizes and times as people of the chosen language write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from PySide6.QtCore import QDate, QLocale

from ranger_app.i18n import N_, _, language, ngettext


def _locale() -> QLocale:
    return QLocale(language())


def number(value: int) -> str:
    """``value`` with the grouping of the language: 1,240 in English, 1 240 in Russian."""
    return _locale().toString(value) if abs(value) >= 1000 else str(value)


def size(octets: int) -> str:
    """A file size in the largest fitting unit, decimal like disk makers count: 7.4 GB."""
    value = float(octets)
    unit = N_("B")
    for larger in (N_("kB"), N_("MB"), N_("GB"), N_("TB")):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{_locale().toString(value, 'f', 1 if unit in ('MB', 'GB', 'TB') and value < 100 else 0)} {_(unit)}"


def day(value: date, *, long: bool = False) -> str:
    """A date: "21 Nov 2026"; ``long`` writes the weekday and the whole month."""
    there = QDate(value.year, value.month, value.day)
    if long:
        return _locale().toString(there, QLocale.FormatType.LongFormat)
    if language() in ("zh_CN", "ja"):
        return f"{value.year}年{value.month}月{value.day}日"
    if language() == "ko":
        return f"{value.year}년 {value.month}월 {value.day}일"
    return _locale().toString(there, "d MMM yyyy")


def month_word(text: str) -> str:
    """The month 2026-03 in words: "March 2026"; what is no month stays as it is."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return text
    if language() in ("zh_CN", "ja"):
        return f"{first.year}年{first.month}月"
    if language() == "ko":
        return f"{first.year}년 {first.month}월"
    return f"{_locale().standaloneMonthName(first.month)} {first.year}"


def moment(epoch_seconds: float, utc_offset: int) -> str:
    """A time in the station's own clock, ``utc_offset`` minutes east of UTC: "21 Nov 2026 08:10"."""
    there = datetime.fromtimestamp(epoch_seconds, timezone(timedelta(minutes=utc_offset)))
    return f"{day(there.date())} {there:%H:%M}"


def offset(minutes: int) -> str:
    """A UTC offset: +10:00."""
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def decimal(value: float, digits: int = 1) -> str:
    """``value`` with so many decimals, written with the point or comma of the language."""
    return _locale().toString(float(value), "f", digits)


def clock(seconds: float | None) -> str:
    """Hours and minutes of a length of time: 5:07; empty where it is not known."""
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def day_at(epoch_seconds: float, utc_offset: int) -> date:
    """The day that a moment falls on by a clock ``utc_offset`` minutes east of UTC."""
    return datetime.fromtimestamp(epoch_seconds, timezone(timedelta(minutes=utc_offset))).date()


def short_day(text: str) -> str:
    """A stored date (YYYY-MM-DD) as day() writes it; what is no date stays as it is."""
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def time_left(seconds: float) -> str:
    """ "40 s left", "3 min left", "2 h left": rounded up, so that it is never less than promised."""
    if seconds < 60:
        return _("{n} s left").format(n=number(max(1, round(seconds))))
    minutes = int(seconds // 60) + 1
    if minutes < 120:
        return _("{n} min left").format(n=number(minutes))
    return _("{n} h left").format(n=number(minutes // 60 + 1))


APART = (0, 1, 5, 10, 15, 20, 30, 45, 60, 120, 720, 1440)
"""Minutes offered between two events."""


def apart(minutes: int) -> str:
    """How far apart two events are at least: "30 minutes apart"; 0 = every picture is one."""
    if not minutes:
        return _("every picture")
    if minutes % 60 == 0 and minutes > 60:
        return ngettext("{n} hour apart", "{n} hours apart", minutes // 60).format(n=minutes // 60)
    return ngettext("{n} minute apart", "{n} minutes apart", minutes).format(n=minutes)
