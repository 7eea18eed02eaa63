"""What is odd about a find's attributes by its model, as remarks beside the form: a find is evidence and never refused.

A pattern that a model brings is only tried where it is plainly quick, because some need longer than a life on a text
of fifty letters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from ranger_app.domain.model_parts import Attribute, Model
from ranger_app.domain.model_walk import attribute, attributes_of, category, item
from ranger_app.domain.model_words import attribute_word
from ranger_app.i18n import _

_LONGEST_PATTERN = 200
_LONGEST_TRIED = 200
_MOST_WAYS = 50_000
_ATOM = re.compile(r"\\[dDwWsStnr.\-+*?()\[\]{}|^$\\/]|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[\](){}|*+?]")
_TIMES = re.compile(r"[*+?]|\{(\d{1,3})(,(\d{0,3}))?\}")


@dataclass(frozen=True, slots=True)
class Remark:
    """``code`` is unknown_category, unknown_attribute, unknown_item, missing, not_a_number, not_a_date, too_small,
    too_large, not_yes_no, pattern or several; ``key`` the attribute, ``text`` a sentence in the reader's language.
    """

    code: str
    key: str
    text: str


def check(model: Model, hkey: str, attributes: Sequence[Mapping[str, str]]) -> tuple[Remark, ...]:
    """What does not fit ``model`` in a find of category ``hkey``; ``attributes`` each with ``key`` and ``value``."""
    found: list[Remark] = []
    if category(model, hkey) is None:
        found.append(Remark("unknown_category", "", _("The model in use does not know this category. It is kept.")))
    given: dict[str, list[str]] = {}
    for one in attributes:
        given.setdefault(str(one.get("key") or ""), []).append(str(one.get("value") or ""))
    for key, values in given.items():
        known = attribute(model, key)
        if known is None:
            sentence = _("The model in use does not know {name}. It is kept.").format(name=key)
            found.append(Remark("unknown_attribute", key, sentence))
            continue
        if len([value for value in values if value]) > 1 and known.type != "MLIST":
            sentence = _("{name} stands here more than once.").format(name=attribute_word(known))
            found.append(Remark("several", key, sentence))
        for value in values:
            remark = _value(known, value.strip())
            if remark:
                found.append(remark)
    for known in attributes_of(model, hkey):
        if known.required and not any(given.get(known.key, ())):
            found.append(Remark("missing", known.key, _("{name} is empty.").format(name=attribute_word(known))))
    return tuple(found)


def _value(known: Attribute, value: str) -> Remark | None:
    if not value:
        return None
    name = attribute_word(known)
    if known.type == "NUMERIC":
        return _number(known, value, name)
    if known.type in ("LIST", "MLIST", "TREE") and item(known, value) is None:
        sentence = _("{name}: the model does not know {value}. It is kept.").format(name=name, value=value)
        return Remark("unknown_item", known.key, sentence)
    if known.type == "BOOLEAN" and value.casefold() not in ("true", "false"):
        return Remark("not_yes_no", known.key, _("{name} is neither yes nor no.").format(name=name))
    if known.type == "DATE" and not _is_date(value):
        return Remark("not_a_date", known.key, _("{name} is no date.").format(name=name))
    if known.type == "TEXT" and known.pattern and fits(known.pattern, value) is False:
        return Remark("pattern", known.key, _("{name} is not written as the model wants it.").format(name=name))
    return None


def decimal(text: str) -> Decimal | None:
    """``text`` as a number, with a point or a comma; None where it is none or beyond measure."""
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 15 else None


def _number(known: Attribute, value: str, name: str) -> Remark | None:
    number = decimal(value)
    if number is None:
        return Remark("not_a_number", known.key, _("{name} is no number.").format(name=name))
    least, most = decimal(known.minimum), decimal(known.maximum)
    if least is not None and number < least:
        sentence = _("{name} is smaller than {value}.").format(name=name, value=known.minimum)
        return Remark("too_small", known.key, sentence)
    if most is not None and number > most:
        sentence = _("{name} is larger than {value}.").format(name=name, value=known.maximum)
        return Remark("too_large", known.key, sentence)
    return None


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def fits(pattern: str, value: str) -> bool | None:
    """Whether the whole of ``value`` is as ``pattern`` says; None where the pattern is not tried."""
    if len(value) > _LONGEST_TRIED or not quick(pattern):
        return None
    try:
        return re.fullmatch(pattern, value) is not None
    except (re.error, OverflowError, RecursionError):
        return None


def quick(pattern: str) -> bool:
    """Whether ``pattern`` can be tried on any short text in next to no time.

    Only letters, classes, repeated single ones and groups that are not repeated; and the number of ways in which the
    repeated ones can share a text, which bounds the steps back, must be small.
    """
    if len(pattern) > _LONGEST_PATTERN:
        return False
    ways, place, depth = 1, 0, 0
    while place < len(pattern):
        sign = pattern[place]
        if sign == "(":
            if pattern.startswith("(?", place) and not pattern.startswith("(?:", place):
                return False
            place += 3 if pattern.startswith("(?:", place) else 1
            depth += 1
            continue
        if sign in ")|":
            depth -= sign == ")"
            place += 1
            ways *= 2 if sign == "|" else 1
            repeated = _TIMES.match(pattern, place) if sign == ")" else None
            if repeated:
                if repeated[0] != "?":
                    return False
                ways, place = ways * 2, repeated.end()
        else:
            atom = _ATOM.match(pattern, place)
            if atom is None:
                return False
            place = atom.end()
            repeated = _TIMES.match(pattern, place)
            if repeated:
                ways *= _span(repeated)
                place = repeated.end()
        if ways > _MOST_WAYS or depth < 0 or pattern[place : place + 1] in tuple("*+?{"):
            return False
    return depth == 0


def _span(repeated: re.Match[str]) -> int:
    sign = repeated[0]
    if sign == "?":
        return 2
    if sign in "*+":
        return _LONGEST_TRIED
    least = int(repeated[1])
    if repeated[2] is None:
        return 1
    most = int(repeated[3]) if repeated[3] else _LONGEST_TRIED
    return max(1, min(most, _LONGEST_TRIED) - least + 1)
