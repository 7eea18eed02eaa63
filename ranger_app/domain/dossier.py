"""The dossier of a site as plain values, and its fixed words in all six languages.

Its words are a table of their own, because a committee in any of the countries reads a dossier whether or not the
window speaks its language.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ranger_app.domain.findings import Findings, Table
from ranger_app.i18n import language
from ranger_app.paths import resource


@dataclass(frozen=True, slots=True)
class SeasonCell:
    """A season on paper: ``birds`` None where nobody counted, ``adequate`` False where a low number says nothing."""

    birds: int | None
    adequate: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """The dossier of one site. ``seasons`` has a row for each kind of season with a cell for each of ``years``."""

    name: str
    facts: tuple[tuple[str, str], ...]
    overall: tuple[tuple[str, str], ...]
    criteria: Table
    species: Table
    years: tuple[int, ...]
    seasons: tuple[tuple[str, tuple[SeasonCell, ...]], ...]
    lacking: tuple[str, ...]
    provenance: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Dossier(Findings):
    """Findings with the sheets that the page is drawn from; its tables hold the same figures of all sites."""

    sheets: Sequence[Sheet] = ()


@functools.cache
def _table() -> dict[str, dict[str, str]]:
    with resource("dossier", "words.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def word(key: str) -> str:
    """A fixed text of the dossier in the language in use, English where that has none."""
    row = _table()[key]
    return row[language()] or row["en"]


def wetland(text: str) -> str:
    """What a person wrote as the type of a wetland, with codes of the Ramsar classification as words.

    Words stay as they are. Numbers alone are codes of Ramsar or of the waterbird census, which mean other types: they
    are words only where "Ramsar" or one of its letters stands beside them.
    """
    said, named = re.subn(r"\bramsar\b:?", "", text, flags=re.IGNORECASE)
    codes = [one for one in re.split(r"[\s,;/+]+", said) if one]
    types = _wetland_types()
    if not codes or any(code.casefold() not in types for code in codes):
        return text
    if not named and all(code.isdigit() for code in codes):
        return f"{text} ({word('which_codes')})"
    rows = [types[code.casefold()] for code in codes]
    return "; ".join(f"{row[language()] or row['en']} ({row['code']})" for row in rows)


@functools.cache
def _wetland_types() -> dict[str, dict[str, str]]:
    with resource("dossier", "wetland_types.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"].casefold(): row for row in csv.DictReader(file)}


def fixed_texts() -> frozenset[str]:
    """The keys of all fixed texts."""
    return frozenset(_table())
