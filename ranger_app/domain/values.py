"""Between what a person types or reads and what is stored, for every type of field."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from ranger_app.domain.fields import Field, Type, Value, valid
from ranger_app.domain.ids import parse_id
from ranger_app.domain.time import instant_text, offset_text, parse_offset
from ranger_app.i18n import N_, _

Lookup = Callable[[str, str], bytes | None]
"""(kind, what was typed) -> the id of the record meant, None where there is none or more than one."""

_DMS = re.compile(
    r"^\s*(?P<first>[NSEW])?\s*(?P<d>\d{1,3})\s*[°:\s]\s*(?P<m>\d{1,2})\s*['′:\s]?\s*(?P<s>\d{1,2}(?:[.,]\d+)?)?\s*"
    r"[\"″]?\s*(?P<last>[NSEW])?\s*$",
    re.IGNORECASE,
)
YES = N_("yes")
NO = N_("no")


def canonical(value: object) -> str:
    """A list or object as the one text that is stored for it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def parse(field: Field, text: str, lookup: Lookup | None = None) -> Value:
    """What a person typed, as it is stored; empty means no value. ValueError with a translated sentence."""
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        return None
    value = _PARSERS.get(field.type, _text)(field, text, lookup)
    if isinstance(value, int) and field.minimum is not None and value < field.minimum:
        raise ValueError(_("Too small: at least {value}.").format(value=shown(field, field.minimum)))
    if isinstance(value, int) and field.maximum is not None and value > field.maximum:
        raise ValueError(_("Too large: at most {value}.").format(value=shown(field, field.maximum)))
    return value


def _text(_field: Field, text: str, _lookup: Lookup | None) -> Value:
    return text


def _integer(_field: Field, text: str, _lookup: Lookup | None) -> Value:
    if not re.fullmatch(r"[+-]?\d{1,18}", text):
        raise ValueError(_("Write a whole number."))
    return int(text)


def _decimal_of(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", ".").replace("−", "-"))
    except InvalidOperation as error:
        raise ValueError(_("Write a number.")) from error
    if not number.is_finite() or abs(number) > 10**12:
        raise ValueError(_("Write a number."))
    return number


def _decimal(field: Field, text: str, _lookup: Lookup | None) -> Value:
    return int((_decimal_of(text) * 10**field.digits).to_integral_value(ROUND_HALF_EVEN))


def parse_degrees(text: str) -> int:
    """1e-7 degrees from ``43.1234``, ``43,1234``, ``43°07'24.2"N`` or ``E 130 38 12``; ValueError otherwise."""
    match = _DMS.match(text)
    if match and (match["m"] is not None) and not re.fullmatch(r"[\d.,+-]+", text.strip()):
        minutes, seconds = int(match["m"]), _decimal_of(match["s"] or "0")
        if minutes > 59 or seconds >= 60:
            raise ValueError(_("Minutes and seconds are below 60."))
        degrees = Decimal(match["d"]) + Decimal(minutes) / 60 + seconds / 3600
        letter = (match["first"] or match["last"] or "N").upper()
        degrees = -degrees if letter in "SW" else degrees
    else:
        bare = text.strip().rstrip("°").strip()
        letter = bare[-1:].upper() if bare[-1:].upper() in "NSEW" else ""
        degrees = _decimal_of(bare.rstrip("NSEWnsew").strip().rstrip("°"))
        degrees = -degrees if letter and letter in "SW" else degrees
    return int((degrees * 10**7).to_integral_value(ROUND_HALF_EVEN))


def _degrees(_field: Field, text: str, _lookup: Lookup | None) -> Value:
    return parse_degrees(text)


def _yes_no(_field: Field, text: str, _lookup: Lookup | None) -> Value:
    word = text.casefold()
    if word in ("1", "true", "yes", "y", _(YES).casefold()):
        return 1
    if word in ("0", "false", "no", "n", _(NO).casefold()):
        return 0
    raise ValueError(_("Write yes or no."))


def _choice(field: Field, text: str, _lookup: Lookup | None) -> Value:
    word = text.casefold()
    for choice in field.choices:
        if word in (choice.code.casefold(), choice.label.casefold(), _(choice.label).casefold()):
            return choice.code
    raise ValueError(_("Choose one of: {words}.").format(words=", ".join(choice.code for choice in field.choices)))


def _date(_field: Field, text: str, _lookup: Lookup | None) -> Value:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValueError(_("Write the date as 2026-01-31.")) from error


def _local_time(_field: Field, text: str, _lookup: Lookup | None) -> Value:
    try:
        time = datetime.fromisoformat(text.replace(" ", "T", 1))
    except ValueError as error:
        raise ValueError(_("Write the time as 2026-01-31 14:05.")) from error
    if time.tzinfo is not None:
        raise ValueError(_("Write the time without a UTC offset."))
    return time.isoformat(timespec="seconds")


def parse_instant(text: str) -> int:
    """Milliseconds since 1970 from an ISO 8601 time with an offset; ValueError otherwise."""
    try:
        time = datetime.fromisoformat(text.replace(" ", "T", 1))
        if time.tzinfo is None:
            raise ValueError(text)
        delta = time.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(_("Write the time with its offset, as 2026-01-31T14:05:00+10:00.")) from error
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def _instant(_field: Field, text: str, _lookup: Lookup | None) -> Value:
    return parse_instant(text)


def _offset(_field: Field, text: str, _lookup: Lookup | None) -> Value:
    try:
        return parse_offset(text)
    except ValueError as error:
        raise ValueError(_("Write the UTC offset as +10:00.")) from error


def _reference(field: Field, text: str, lookup: Lookup | None) -> Value:
    try:
        return parse_id(text)
    except ValueError:
        found = lookup(field.refers_to, text) if lookup else None
    if found is None:
        raise ValueError(_("There is no single record called {name}.").format(name=text))
    return found


def _references(field: Field, text: str, lookup: Lookup | None) -> Value:
    if text.startswith("["):
        names = _json_list(text)
    else:
        names = [name.strip() for name in text.split(",") if name.strip()]
    ids = [_reference(field, str(name), lookup) for name in names]
    return canonical([one.hex() for one in ids if isinstance(one, bytes)])


def _json_list(text: str) -> list[object]:
    try:
        value = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as error:
        raise ValueError(_("This is not a list.")) from error
    if not isinstance(value, list):
        raise ValueError(_("This is not a list."))
    return value


def _no_float(text: str) -> None:
    raise ValueError(text)


def _list(_field: Field, text: str, _lookup: Lookup | None) -> Value:
    return canonical(_json_list(text))


def _hash(_field: Field, text: str, _lookup: Lookup | None) -> Value:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError(_("This is not a SHA-256 hash."))
    return text


def _data(_field: Field, text: str, _lookup: Lookup | None) -> Value:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise ValueError(_("This is not data in hex digits.")) from error


_PARSERS: dict[Type, Callable[[Field, str, Lookup | None], Value]] = {
    Type.INTEGER: _integer,
    Type.DECIMAL: _decimal,
    Type.DEGREES: _degrees,
    Type.YES_NO: _yes_no,
    Type.CHOICE: _choice,
    Type.DATE: _date,
    Type.LOCAL_TIME: _local_time,
    Type.INSTANT: _instant,
    Type.OFFSET: _offset,
    Type.REFERENCE: _reference,
    Type.REFERENCES: _references,
    Type.LIST: _list,
    Type.HASH: _hash,
    Type.DATA: _data,
}


def scaled_text(value: int, digits: int) -> str:
    """``1.2345`` for 12345 with 4 digits, without trailing zeros."""
    if digits == 0:
        return str(value)
    text = f"{Decimal(value).scaleb(-digits):f}"
    return text.rstrip("0").rstrip(".")


def exact(field: Field, value: Value) -> str:
    """The value as text that ``parse`` reads back to the same: for CSV and for editing."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str):
        return value
    if not valid(field, value):
        return str(value)
    match field.type:
        case Type.DEGREES:
            return scaled_text(value, 7)
        case Type.DECIMAL:
            return scaled_text(value, field.digits)
        case Type.INSTANT:
            return instant_text(value)
        case Type.OFFSET:
            return offset_text(value)
        case _:
            return str(value)


def shown(field: Field, value: Value, name_of: Callable[[str, bytes], str] | None = None) -> str:
    """The value as a person reads it; ``name_of(kind, id)`` names records that are referred to."""
    if value is None:
        return ""
    if not valid(field, value):
        return exact(field, value)
    match field.type:
        case Type.YES_NO:
            return _(YES) if value else _(NO)
        case Type.CHOICE:
            return next((_(choice.label) for choice in field.choices if choice.code == value), str(value))
        case Type.LOCAL_TIME:
            return str(value).replace("T", " ")
        case Type.REFERENCE if isinstance(value, bytes):
            return name_of(field.refers_to, value) if name_of else value.hex()
        case Type.REFERENCES if name_of and isinstance(value, str):
            return ", ".join(name_of(field.refers_to, bytes.fromhex(one)) for one in json.loads(value))
        case _:
            return exact(field, value)


def plain(field: Field, value: Value) -> object:
    """The value for a JSON answer: ids in hex, degrees and decimals as numbers, lists as lists."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.hex()
    if not valid(field, value):  # as another station wrote it
        return value
    match field.type:
        case Type.DEGREES if isinstance(value, int):
            return value / 1e7
        case Type.DECIMAL if isinstance(value, int):
            return value / 10**field.digits
        case Type.YES_NO:
            return bool(value)
        case Type.INSTANT | Type.OFFSET:
            return exact(field, value)
        case Type.LIST | Type.REFERENCES if isinstance(value, str):
            return json.loads(value)
        case _:
            return value
