"""The passphrase around the station's keys: set, changed and taken away, each kept whole on the disk."""

from __future__ import annotations

from ranger_app.actions import permission, proof
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.keys import check_passphrase
from ranger_app.library import Library


def change_passphrase(library: Library, new: str | None, *, current: str = "") -> bool:
    """Put the keys behind ``new``, or take the passphrase away with None; whether they are protected now.

    Needs the role manager. In the window the passphrase of now must be typed too, for somebody may have left it open.
    UsageProblem where ``new`` is too short or ``current`` is another.
    """
    permission.require(library, permission.MANAGER)
    if new is not None:
        check_passphrase(new)
    if library.attended and library.keys.protected and not proof.is_passphrase(library, current):
        raise UsageProblem("PASSPHRASE_WRONG", _("The passphrase of now is not right."), _("Type it again."))
    library.set_passphrase(new)
    return library.keys.protected
