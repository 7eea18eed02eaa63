"""Which acts need which role. Without anybody at work (the bare command line) the library's owner acts."""

from __future__ import annotations

from ranger_app.domain.kinds import kind_named
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows

MANAGER = ("manager",)
EXCHANGE = ("exchange", "manager")


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
    labels = {choice.code: _(choice.label) for choice in kind_named("person").field("role").choices}
    needed = " / ".join(labels[one] for one in roles)
    raise DataProblem(
        "ROLE_NEEDED",
        _("This needs the role: {role}.").format(role=needed),
        _("Ask a person with this role to work here."),
    )
