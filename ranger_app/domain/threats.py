"""Words for the codes of the IUCN-CMP classification of direct threats, and the words SMART has for the same.

A code means nothing without its scheme and version: another version gives the same numbers to other threats.
"""

from __future__ import annotations

import csv
import functools

from ranger_app.domain.model_parts import Labels
from ranger_app.domain.model_words import word
from ranger_app.i18n import LANGUAGES
from ranger_app.i18n import language as in_use
from ranger_app.paths import resource

SCHEME = "IUCN-CMP"
VERSION = "3.3"


@functools.cache
def _rows() -> tuple[tuple[str, str, Labels], ...]:
    with resource("models", "threats.csv").open(encoding="utf-8", newline="") as source:
        return tuple(
            (row["code"], row["smart_key"], {language: row[language] for language in LANGUAGES})
            for row in csv.DictReader(source)
        )


@functools.cache
def labels() -> dict[str, Labels]:
    """Code -> words by language, for version 3.3: the first two levels as far as they are used, and hunting's third."""
    return {code: words for code, _smart, words in _rows()}


def threat_word(threat: tuple[str, str, str], language: str | None = None) -> str:
    """(scheme, version, code) as a person reads it, the code before the word; the code alone where it is not known."""
    scheme, version, code = threat
    known = labels().get(code) if (scheme, version) == (SCHEME, VERSION) else None
    return f"{code} {word(known, language or in_use())}" if known else code


def from_smart(key: str) -> str:
    """The code of a threat as SMART's models name it, such as ``biologicalresourceuse.``; "" where it is none."""
    last = key.strip().rstrip(".").rpartition(".")[2].casefold()
    return next((code for code, smart, _words in _rows() if smart and smart == last), "")
