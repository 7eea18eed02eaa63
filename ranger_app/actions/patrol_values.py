"""What is told of a find, between what a person types and what is kept: keys of the model, numbers as written.

A key that the model does not know is kept as it stands, because files of other stations and years bring such.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from ranger_app.actions import observation_models
from ranger_app.domain import observation_model as models
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.observation_model import Attribute, Item, Model, attribute_word, item_word
from ranger_app.domain.taxa import fold
from ranger_app.domain.values import NO, YES, canonical
from ranger_app.errors import DataProblem
from ranger_app.i18n import _

Entry = dict[str, str]
"""``key``, ``value`` and ``type``, as in a find's ``attributes``."""
TRUE, FALSE = "true", "false"
_LIST_TYPES = ("LIST", "MLIST", "TREE")


def entries(text: Value) -> list[Entry]:
    """The attributes of a find as stored; what cannot be read is passed over."""
    try:
        found = json.loads(text) if isinstance(text, str) and text else []
    except ValueError:
        return []
    return [
        {name: str(value) for name, value in one.items() if value is not None}
        for one in found
        if isinstance(one, dict) and one.get("key") is not None
    ]


def stored(found: Sequence[Entry]) -> str | None:
    """``entries`` back; None for none."""
    return canonical(list(found)) if found else None


def read(model: Model, hkey: str, typed: Mapping[str, Sequence[str]]) -> list[Entry]:
    """What was typed for each attribute key, as stored, in the order of the model.

    DataProblem ATTRIBUTE_WRONG where a value cannot be used, ATTRIBUTE_MISSING where one that is required is empty.
    """
    known = models.attributes_of(model, hkey)
    found: list[Entry] = []
    for one in known:
        texts = [text.strip() for text in typed.get(one.key, ()) if text.strip()]
        if not texts:
            if one.required:
                raise DataProblem(
                    "ATTRIBUTE_MISSING",
                    _("{name} is empty.").format(name=attribute_word(one)),
                    _("Fill it in and try again."),
                )
            continue
        found += [{"key": one.key, "value": value_of(one, text), "type": one.type} for text in texts]
    order = {one.key for one in known}
    for key, texts_of in typed.items():
        if key not in order:
            other = models.attribute(model, key)
            kind = other.type if other else "TEXT"
            found += [{"key": key, "value": text.strip(), "type": kind} for text in texts_of if text.strip()]
    return found


def value_of(one: Attribute, text: str) -> str:
    """A typed text as the value of an attribute; DataProblem ATTRIBUTE_WRONG in one sentence."""
    text = text.strip()
    if one.type in _LIST_TYPES:
        found = item_value(one, text)
        if found is None:
            raise _wrong(one, _("{text} is not in the list.").format(text=text))
        return found
    if one.type == "NUMERIC":
        return _number(one, text)
    if one.type == "BOOLEAN":
        answer = truth(text)
        if answer is None:
            raise _wrong(one, _("Write yes or no."))
        return answer
    if one.type == "DATE":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise _wrong(one, _("Write the date as 2026-01-31.")) from error
    return text


def truth(text: str) -> str | None:
    """``true`` or ``false`` for yes and no in the user's language, their beginnings, and 1 and 0."""
    word = fold(text)
    yes, no = fold(_(YES)), fold(_(NO))
    if word in (TRUE, "1", "yes", "y", yes) or (word and yes.startswith(word)):
        return TRUE
    if word in (FALSE, "0", "no", "n", no) or (word and no.startswith(word)):
        return FALSE
    return None


def item_value(one: Attribute, text: str) -> str | None:
    """The value of the item that ``text`` names: a key, a label in any language, or the beginning of one label."""
    wanted = fold(text)
    begins: list[str] = []
    for value, item in models.items(one):
        if text == value:
            return value
        words = names_of(item)
        if wanted in (fold(value), *words):
            return value
        if item.active and any(word.startswith(wanted) for word in words):
            begins.append(value)
    return begins[0] if len(begins) == 1 else None


def names_of(item: Item) -> list[str]:
    """All names of an item, those of its species among them, folded for comparing."""
    taxon = taxa.find(item.taxon) if item.taxon else None
    species = (item.taxon, *taxon.names.values(), *taxon.synonyms) if taxon else (item.taxon,)
    words = [*item.labels.values(), item_word(item), *species]
    return [fold(word) for word in words if word]


def _number(one: Attribute, text: str) -> str:
    try:
        number = Decimal(text.replace(",", ".").replace("−", "-").replace(" ", ""))
    except InvalidOperation as error:
        raise _wrong(one, _("Write a number.")) from error
    if not number.is_finite() or abs(number) > 10**12:
        raise _wrong(one, _("Write a number."))
    for limit, below in ((one.minimum, True), (one.maximum, False)):
        bound = _decimal(limit)
        if bound is not None and (number < bound if below else number > bound):
            least, most = one.minimum or "…", one.maximum or "…"
            raise _wrong(one, _("Between {least} and {most}.").format(least=least, most=most))
    return f"{number:f}"


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _wrong(one: Attribute, sentence: str) -> DataProblem:
    return DataProblem(
        "ATTRIBUTE_WRONG", _("{name} cannot be used as it stands.").format(name=attribute_word(one)), sentence
    )


def told(source: observation_models.Source, found: Sequence[Entry]) -> str:
    """The attributes of a find as one line a person reads: values, with the names of plain numbers and texts."""
    return ", ".join(_told(source, found))


def _told(source: observation_models.Source, found: Sequence[Entry]) -> Iterator[str]:
    for one in found:
        known = observation_models.attribute_of(source, one["key"])
        value = observation_models.value_label(source, one["key"], one.get("value", ""))
        if not value:
            continue
        if known is not None and known[1].type in _LIST_TYPES:
            yield value
        else:
            yield f"{observation_models.attribute_label(source, one['key'])}: {value}"


_PAIR = re.compile(r"\s*([^=\s]+)\s*=(.*)", re.DOTALL)


def pairs(texts: Sequence[str]) -> dict[str, list[str]]:
    """``key=value`` texts by key, in their order; DataProblem for one without the sign."""
    found: dict[str, list[str]] = {}
    for text in texts:
        match = _PAIR.fullmatch(text)
        if match is None:
            raise DataProblem(
                "ATTRIBUTE_WRONG",
                _("{text} is not an attribute.").format(text=text),
                _("Write it as key=value."),
            )
        found.setdefault(match[1], []).append(match[2])
    return found
