"""What is read of a model: words in the reader's language, or the nearest there is, or the key itself.

A word is never empty, because a find with an unknown key must still be seen.
"""

from __future__ import annotations

from ranger_app.domain import taxa
from ranger_app.domain.model_parts import Attribute, Item, Labels, Model
from ranger_app.domain.model_walk import attribute, item, path
from ranger_app.domain.values import NO, YES
from ranger_app.i18n import N_, _
from ranger_app.i18n import language as in_use

_UNITS = frozenset((N_("m"), N_("cm"), N_("mm"), N_("km"), N_("ha"), N_("kg"), N_("g"), N_("min"), N_("m³")))


def unit_word(unit: str) -> str:
    """A unit as it is written in the user's language; one that is not ours as it stands."""
    return _(unit) if unit in _UNITS else unit


def word(labels: Labels, language: str, key: str = "") -> str:
    """The label in ``language``; else in a near form of it (zh for zh_CN), else English, any, and at last ``key``."""
    exact = labels.get(language)
    if exact:
        return exact
    for wanted in (language, "en"):
        base = _base(wanted)
        for code, text in labels.items():
            if text and _base(code) == base:
                return text
    return next((text for text in labels.values() if text), key)


def _base(code: str) -> str:
    return code.replace("-", "_").partition("_")[0].casefold()


def category_word(model: Model, hkey: str, language: str | None = None) -> str | None:
    """The label of a category; None where the model does not know it."""
    found = path(model, hkey)
    return word(found[-1].labels, language or in_use(), found[-1].key) if found else None


def full_word(model: Model, hkey: str, language: str | None = None) -> str | None:
    """The labels from the top down, as one line; None where the model does not know the category."""
    found = path(model, hkey)
    return " › ".join(word(one.labels, language or in_use(), one.key) for one in found) if found else None


def item_word(one: Item, language: str | None = None) -> str:
    """The label of an item; a species without labels by its name."""
    language = language or in_use()
    if not one.labels and one.taxon:
        return taxa.name(one.taxon, language)
    return word(one.labels, language, one.key)


def attribute_word(of: Attribute, language: str | None = None) -> str:
    """The label of an attribute."""
    return word(of.labels, language or in_use(), of.key)


def value_word(model: Model, attribute_key: str, value: str, language: str | None = None) -> str:
    """A find's value as a person reads it: an item's label, yes or no, a number with its unit; else as it stands."""
    known = attribute(model, attribute_key)
    if known is None:
        return value
    if known.type in ("LIST", "MLIST", "TREE"):
        found = item(known, value)
        return item_word(found, language) if found else value
    if known.type == "BOOLEAN" and value.casefold() in ("true", "false", "1", "0", "1.0", "0.0"):
        return _(YES) if value.casefold() in ("true", "1", "1.0") else _(NO)
    return f"{value} {unit_word(known.unit)}" if known.unit and value else value
