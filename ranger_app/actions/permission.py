"""Which acts need which role. Without anybody at work (the bare command line) the library's owner acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.ops import DELETED
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.reopened import PARTS

MANAGER = ("manager",)
EXCHANGE = ("exchange", "manager")
SETTLERS = ("reviewer", "manager")
"""Who settles a difference and who may ask for two looks."""
RIGHTS = frozenset({*EXCHANGE, *SETTLERS})
"""Roles that may do more than a ranger: no file that is imported gives them to anybody here."""
_RELEASES = {"deployment": "released", "media": "people_released", "location": "release"}
"""Fields that let pictures and counts leave."""
GUARDED = {"deployment": ("released", "looks"), "media": ("people_released",), "observation": ("look",),
           "location": ("release",),
           "person": ("role",), "patrol": ("state", "state_by", "state_at", "state_comment"),
           "observation_model": ("in_use",),
           "population": ("taxon", "edition", "in_use", "published", "low", "high", "one_percent")}  # fmt: skip
"""Fields that not everybody may set, by kind; ``needed`` says who."""
_JUDGED = ("returned", "approved")
"""States of a patrol that a manager sets."""


def role(library: Library) -> str | None:
    """The role of the person at work; "" where nobody said who is; None where the library's owner acts."""
    if library.person is None:
        if not library.attended:
            return None
        with library.read() as db:
            return "" if any(rows.find(db, "person", limit=1)) else None
    with library.read() as db:
        person = rows.get(db, "person", library.person)
    return person.text("role") if person else ""


def require(library: Library, roles: tuple[str, ...]) -> None:
    """DataProblem naming the role unless the person at work has one of ``roles``."""
    current = role(library)
    if current is None or current in roles:
        return
    labels = kind_named("person").field("role").words
    needed = " / ".join(labels[one] for one in roles)
    raise DataProblem(
        "ROLE_NEEDED",
        _("This needs the role: {role}.").format(role=needed),
        _("Ask a person with this role to work here."),
    )


def needed(kind: str, before: Mapping[str, Value], values: Mapping[str, Value]) -> tuple[str, ...] | None:
    """The roles that setting ``values`` of a record needs, whichever way it comes; None where anybody may.

    ``before`` is the record as it stands, empty for a new one. Taking a release back needs none: it only keeps more.
    """
    if values.get(_RELEASES.get(kind, "")):
        return MANAGER
    if kind == "deployment" and "looks" in values and (values["looks"] or 1) != (before.get("looks") or 1):
        return SETTLERS
    if kind == "observation" and values and "settled" in (values.get("look"), before.get("look")):
        return SETTLERS
    if kind == "person" and values.get("role", "ranger") not in ("ranger", before.get("role")):
        return MANAGER  # or anybody could give themselves what the others guard
    if kind == "patrol":
        return _of_a_patrol(before.get("state"), values)
    if kind == "population" and any(name in values for name in GUARDED["population"]):
        return MANAGER  # verdicts of all sites hang on these figures
    if kind == "observation_model" and values and (before.get("in_use") or values.get("in_use")):
        return MANAGER  # the model in use says what everybody is asked for
    return None


def _of_a_patrol(before: Value, values: Mapping[str, Value]) -> tuple[str, ...] | None:
    """A manager returns and approves, and takes both back; an approved patrol is not deleted by others either."""
    if values.get(DELETED) and before == "approved":
        return MANAGER
    if not any(name in values for name in GUARDED["patrol"]):
        return None
    after = values.get("state", before)
    if after in _JUDGED or before == "approved" or (before == "returned" and after != "submitted"):
        return MANAGER
    return None


def undo_needs(
    kind: str, before: Mapping[str, Value], did: Iterable[Mapping[str, Value]], values: Mapping[str, Value]
) -> tuple[str, ...] | None:
    """The roles for taking back an act of ours that did ``did`` to a record, by setting ``values``; None for anybody.

    Who took a step of a patrol takes it back: a ranger who submitted a returned patrol may have it returned again.
    """
    if kind == "patrol" and before.get("state") != "approved":
        return MANAGER if any(fields.get("state") in _JUDGED for fields in did) else None
    return needed(kind, before, values)


def require_for(library: Library, kind: str, before: Mapping[str, Value], values: Mapping[str, Value]) -> None:
    """DataProblem ROLE_NEEDED where the person at work may not set ``values`` of a record that stands as ``before``."""
    roles = needed(kind, before, values)
    if roles is None and kind in PARTS and _leaves_approved(library, before.get("patrol"), values):
        roles = MANAGER
    if roles is not None:
        require(library, roles)


def _leaves_approved(library: Library, patrol: Value, values: Mapping[str, Value]) -> bool:
    """Whether a part of a patrol would be taken out of one that is approved, which nothing in it would tell."""
    if not isinstance(patrol, bytes) or values.get("patrol", patrol) == patrol:
        return False
    with library.read() as db:
        found = rows.get(db, "patrol", patrol)
    return found is not None and found["state"] == "approved"
