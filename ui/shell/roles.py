"""The words for people's roles, from the one declaration of the person kind."""

from __future__ import annotations

from ranger_app.domain.kinds_place import PERSON
from ranger_app.i18n import _


def role_word(code: str) -> str:
    """The translated word for a role; an unknown code is shown as it is."""
    for choice in PERSON.field("role").choices:
        if choice.code == code:
            return _(choice.label)
    return code
