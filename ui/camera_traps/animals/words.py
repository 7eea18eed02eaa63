"""Words and marks of known animals that more than one of their pages shows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _
from ui.countries import COUNTRIES

_NUMBERED = re.compile(r"^(.*?)(\d+)(\D*)$")


def word(kind: str, field: str, code: str | None) -> str:
    """A code of a field's vocabulary in the language in use; "" for nothing, and an unknown code as it is."""
    if not code:
        return ""
    return kind_named(kind).field(field).words.get(code, code)


def flank_word(flank: str | None) -> str:
    """ "Left flank"; "" where nobody said."""
    return word("observation", "flank", flank)


def sureness_word(sureness: str | None) -> str:
    """How sure a statement is; one that does not say is certain."""
    return word("observation", "sureness", sureness or "certain")


def country_word(code: str) -> str:
    """A country by its ISO 3166-1 code; an unlisted one by its code."""
    return _(COUNTRIES[code]) if code in COUNTRIES else code


def next_code(taken: Iterable[str], like: str) -> str:
    """The code after the last of those numbered as ``like`` is: T-03 after T-01 and T-02. "" where it has no number."""
    shape = _NUMBERED.match(like.strip())
    if shape is None:
        return ""
    stem, digits, end = shape.groups()
    alike = [found for one in taken if (found := _NUMBERED.match(one.strip())) and (found[1], found[3]) == (stem, end)]
    last = max(int(found[2]) for found in [shape, *alike])
    return f"{stem}{last + 1:0{len(digits)}d}{end}"
