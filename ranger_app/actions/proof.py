"""Who sits here, asked once more: by a person's PIN or the station's passphrase, before secrets and after a pause.

A PIN keeps a passer-by from the window. It is no encryption; the passphrase and an encrypted disk are.
"""

from __future__ import annotations

from ranger_app.actions import pins
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import _
from ranger_app.keys import FILE, read_keys
from ranger_app.library import Library
from ranger_app.store import settings

_LOCK = "window.lock"
LOCK_AFTER_S = 600
"""Without any key or mouse movement the window is covered after this long."""


def can_ask(library: Library) -> bool:
    """Whether there is anything to ask for: a passphrase, or anybody's PIN."""
    return library.keys.protected or bool(pins.with_pin(library))


def is_passphrase(library: Library, passphrase: str) -> bool:
    """Whether ``passphrase`` opens the station's key file; False where it has none. Takes a good part of a second."""
    if not library.keys.protected or not passphrase:
        return False
    try:
        read_keys(library.folder / FILE, passphrase)
    except UsageProblem:
        return False
    return True


def wanted(library: Library) -> bool:
    """Whether the person at work has to prove that they are who they say before a secret is shown.

    On the bare command line the passphrase was given to open the library, and nobody else is asked.
    """
    if library.person is not None and library.person in pins.with_pin(library):
        return True
    return library.attended and library.keys.protected


def prove(library: Library, secret: str) -> None:
    """DataProblem PROOF_WRONG unless ``secret`` is the PIN of the person at work or the station's passphrase."""
    if wanted(library) and not _is_right(library, library.person, secret):
        raise _wrong()


def unlock(library: Library, person: bytes | None, secret: str) -> None:
    """Uncover the window for ``person``, who then works; DataProblem PROOF_WRONG where the secret is not right."""
    if can_ask(library) and not _is_right(library, person, secret):
        raise _wrong()
    library.person = person


def _is_right(library: Library, person: bytes | None, secret: str) -> bool:
    if person is not None and pins.is_pin(library, person, secret):
        return True
    return is_passphrase(library, secret)


def _wrong() -> DataProblem:
    return DataProblem("PROOF_WRONG", _("This is neither the PIN nor the passphrase."), _("Type it again."))


def lock_chosen(library: Library) -> bool:
    """Whether the window covers itself after a pause: as chosen, else wherever there is a PIN or a passphrase."""
    with library.read() as db:
        chosen = settings.get(db, _LOCK)
    return chosen != "off" and can_ask(library)


def choose_lock(library: Library, on: bool) -> None:
    """Keep the station's choice."""
    library.write(lambda db: settings.put(db, _LOCK, "on" if on else "off"))
