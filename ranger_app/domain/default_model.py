"""The observation model that comes with the program, for landscapes of big cats and waterbirds.

It is kept as three tables that people can read and correct (``resources/models``), and put together when first needed.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterator

from ranger_app.domain import taxa
from ranger_app.domain.model_parts import Attribute, Category, Item, Labels, Model
from ranger_app.i18n import LANGUAGES
from ranger_app.paths import resource

NAME = "Ranger"
VERSION = "1.0"
SCHEME = "IUCN-CMP"
SCHEME_VERSION = "3.3"

_Row = dict[str, str]


@functools.cache
def default() -> Model:
    """The shipped model. Its labels are in six languages; those nobody has confirmed stand in ``unreviewed``."""
    below: dict[str, list[_Row]] = {}
    for row in _rows("categories"):
        below.setdefault(row["hkey"].rstrip(".").rpartition(".")[0], []).append(row)
    items: dict[tuple[str, str], list[_Row]] = {}
    for row in _rows("items"):
        items.setdefault((row["attribute"], row["value"].rstrip(".").rpartition(".")[0]), []).append(row)
    return Model(
        name=NAME,
        version=VERSION,
        languages=tuple(LANGUAGES),
        attributes=tuple(_attribute(row, items) for row in _rows("attributes")),
        categories=_categories(below, ""),
        threat_scheme=SCHEME,
        threat_version=SCHEME_VERSION,
    )


def _rows(name: str) -> Iterator[_Row]:
    with resource("models", f"default_{name}.csv").open(encoding="utf-8", newline="") as source:
        yield from csv.DictReader(source)


def _labels(row: _Row) -> Labels:
    return {language: row[language] for language in LANGUAGES if row[language]}


def _categories(below: dict[str, list[_Row]], above: str) -> tuple[Category, ...]:
    return tuple(
        Category(
            key=row["hkey"].rstrip(".").rpartition(".")[2],
            labels=_labels(row),
            attributes=tuple(row["attributes"].split()),
            children=_categories(below, row["hkey"].rstrip(".")),
            threat=row["threat"],
            kind=row["kind"],
            unreviewed=tuple(row["unreviewed"].split()),
        )
        for row in below.get(above, ())
    )


def _attribute(row: _Row, items: dict[tuple[str, str], list[_Row]]) -> Attribute:
    return Attribute(
        key=row["key"],
        type=row["type"],
        labels=_labels(row),
        unit=row["unit"],
        required=row["required"] == "1",
        minimum=row["minimum"],
        maximum=row["maximum"],
        aggregations=tuple(row["aggregations"].split()),
        items=_items(items, row["items"] or row["key"], ""),
        unreviewed=tuple(row["unreviewed"].split()),
    )


def _items(items: dict[tuple[str, str], list[_Row]], attribute: str, above: str) -> tuple[Item, ...]:
    return tuple(_item(items, attribute, row) for row in items.get((attribute, above), ()))


def _item(items: dict[tuple[str, str], list[_Row]], attribute: str, row: _Row) -> Item:
    labels, unreviewed = _labels(row), tuple(row["unreviewed"].split())
    species = taxa.given(row["taxon"]) if row["taxon"] else None
    if species and not labels:
        labels = {language: species.name(language) for language in LANGUAGES}
        unreviewed = tuple(language for language in LANGUAGES if language in species.unverified)
    return Item(
        key=row["value"].rstrip(".").rpartition(".")[2],
        labels=labels,
        children=_items(items, attribute, row["value"].rstrip(".")),
        taxon=row["taxon"],
        unreviewed=unreviewed,
    )
