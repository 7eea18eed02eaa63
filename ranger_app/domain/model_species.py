"""The species that a find speaks of, whichever way its model or another program writes it.

The secrecy of a place follows from the species seen there, so a name that can be recognised must be: an item's own
scientific name, a key of the Red List tree such as ``panthera_rl.pantherapardus_rl15954.``, or a name in any language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ranger_app.domain import taxa
from ranger_app.domain.model_parts import Attribute, Item, Model
from ranger_app.domain.model_walk import attribute, item_path, path
from ranger_app.domain.taxa import Taxon

_RED_LIST = re.compile(r"(?P<stem>[a-z]+)_rl\d*", re.IGNORECASE)
_LETTERS = re.compile(r"[^a-z]")
_TELLS = ("species", "taxon", "animal", "bird", "wildlife", "mammal", "вид", "物种", "동물")
"""Parts of an attribute's key that say its value is a species, where the model has no more."""
_WEAKEST = 9
_LATIN = re.compile(r"[A-Z][a-z]+(?: [a-z]{3,}){1,2}")


def taxon_of(model: Model, attributes: Sequence[Mapping[str, str]], hkey: str = "") -> str | None:
    """The scientific name of the species a find tells of, or None.

    ``attributes`` are the find's, each with ``key``, ``value`` and perhaps ``type``; ``hkey`` is its category, for
    models that have one for each species. Of several species the most sensitive counts, because the place must be as
    secret as that one; of equally sensitive ones the first. A species that is not listed is named as it was written.
    """
    found = species_of(model, attributes, hkey)
    return min(found, key=lambda name: taxa.sensitive(name) or _WEAKEST, default=None)


def species_of(model: Model, attributes: Sequence[Mapping[str, str]], hkey: str = "") -> list[str]:
    """All species that a find tells of, those of its attributes first and that of its category last."""
    found: list[str] = []
    for one in attributes:
        value = str(one.get("value") or "")
        if value:
            named = _named(attribute(model, str(one.get("key") or "")), one, value)
            if named:
                found.append(named)
    named = _of_category(model, hkey) if hkey else None
    return [*found, named] if named else found


def _named(known: Attribute | None, one: Mapping[str, str], value: str) -> str | None:
    key = str(one.get("key") or "").casefold()
    kind = known.type if known else str(one.get("type") or "").upper()
    if kind in ("NUMERIC", "BOOLEAN", "DATE"):
        return None
    tells = any(part in key for part in _TELLS)
    steps = item_path(known, value) if known is not None else ()
    for step in reversed(steps):
        if step.taxon:
            return taxa.match(step.taxon) or step.taxon
    red = red_list(value)
    if red:
        return red
    if kind == "TREE" or tells:
        return (taxa.match(value) if tells else None) or _up_the_tree(steps, value)
    return _scientific_key(value) or (taxa.match(value) if kind == "TEXT" and " " in value.strip() else None)


def _up_the_tree(steps: Sequence[Item], value: str) -> str | None:
    """The species that the lowest step names by a label or by its key; above that only species count, no groups.

    A tree may go on below the species, with sexes or ages.
    """
    parts = value.strip().rstrip(".").split(".")
    for above, part in enumerate(reversed(parts)):
        step = steps[-1 - above] if above < len(steps) else None
        labels = step.labels.values() if step else ()
        for named in (*map(taxa.match, labels), _by_key(part)):
            if named and (not above or " " in named):
                return named
    return None


def _of_category(model: Model, hkey: str) -> str | None:
    red = red_list(hkey)
    if red:
        return red
    steps = path(model, hkey)
    labels = [text for text in steps[-1].labels.values() if text] if steps else []
    for text in labels:
        named = taxa.match(text)
        listed = taxa.find(named) if named else None
        if listed and listed.code.casefold() != taxa.fold(text):  # "Camp" could be a code of four letters
            return named
    return _scientific_key(hkey)


def red_list(value: str) -> str | None:
    """The species of a Red List key: the genus part tells where the species part is to be cut.

    The nearest listed species counts, so a subspecies is its species; one that is not listed is put together from its
    parts. A family or a genus alone is no species.
    """
    parts = [_RED_LIST.fullmatch(part) for part in value.strip().rstrip(".").split(".")]
    stems = [match["stem"].casefold() if match else "" for match in parts]
    for stem in reversed(stems):
        listed = _squashed().get(stem)
        if listed and " " in listed:
            return listed
    above, last = (stems[-2] if len(stems) > 1 else ""), stems[-1]
    if above and last and last.startswith(above) and last != above:
        return f"{above.capitalize()} {last[len(above) :]}"
    return None


def _last(value: str) -> str:
    return value.strip().rstrip(".").rpartition(".")[2]


def _by_key(value: str) -> str | None:
    """A key such as ``amurtiger`` or ``sika_deer``: any name of ours in Latin letters."""
    part = _LETTERS.sub("", _last(value).casefold())
    return _squashed().get(part) or _english().get(part)


def _scientific_key(value: str) -> str | None:
    named = _squashed().get(_LETTERS.sub("", _last(value).casefold()))
    return named if named and " " in named else None


def _squashed() -> dict[str, str]:
    return _tables()[0]


def _english() -> dict[str, str]:
    return _tables()[1]


_memo: list[tuple[tuple[Taxon, ...], tuple[dict[str, str], dict[str, str]]]] = []


def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """Scientific and English names without spaces and capitals -> species; made again when people add a species."""
    listed = taxa.load()
    if not _memo or _memo[0][0] is not listed:
        _memo[:] = [(listed, _squeezed(listed))]
    return _memo[0][1]


def _squeezed(listed: tuple[Taxon, ...]) -> tuple[dict[str, str], dict[str, str]]:
    scientific: dict[str, str] = {}
    english: dict[str, str] = {}
    everyday = {part for taxon in listed for part in taxon.names.get("en", "").casefold().split()}
    for taxon in listed:
        for name in (*taxon.synonyms, taxon.names.get("en", "")):
            if name.isascii() and name:
                latin = _LATIN.fullmatch(name) and everyday.isdisjoint(name.casefold().split())
                into = scientific if latin else english
                into.setdefault(_LETTERS.sub("", name.casefold()), taxon.scientific)
    for taxon in listed:
        scientific[_LETTERS.sub("", taxon.scientific.casefold())] = taxon.scientific
    return scientific, english
