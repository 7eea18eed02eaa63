"""Saying of several captures at once which side of the animal they show and how sure it is who it is: one act."""

from __future__ import annotations

from collections.abc import Sequence

from ranger_app.actions import kept_back, permission, records
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.ops import change
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library

MARKS = ("flank", "sureness")


def mark(library: Library, observations: Sequence[bytes], field: str, word: str | None) -> Changes:
    """Set ``field``, one of MARKS, of these observations to a word of its vocabulary; None takes it back.

    Those that say so already are left alone. DataProblem NO_RECORD, ANSWER_WRONG, ROLE_NEEDED or WITHHELD.
    """
    words = [choice.code for choice in kind_named("observation").field(field).choices] if field in MARKS else []
    if word is not None and word not in words:
        raise DataProblem(
            "ANSWER_WRONG",
            _("{word} cannot be used here.").format(word=word),
            _("Use one of: {words}.").format(words=", ".join(words)),
        )
    values: dict[str, Value] = {field: word}
    with library.read() as db:
        found = [records.existing(db, "observation", one) for one in dict.fromkeys(observations)]
        found = [one for one in found if one[field] != word]
        for one in found:
            kept_back.check(db, "observation", one.id, values)
    for one in found:
        permission.require_for(library, "observation", one.values, values)
    if not found:
        return Changes(frozenset())
    return library.commit([change("observation", one.id, values) for one in found], label="edit observation")
