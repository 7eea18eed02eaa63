"""PINs of the people at this station: they keep one person from working as another by mistake.

A PIN is no encryption: whoever holds the disk can read the library. It stays in this library and is never exchanged.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from ranger_app.actions import permission
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store.connection import Database

LEAST = 4
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**14, 8, 1


def _hash(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P, dklen=32)


def with_pin(library: Library) -> set[bytes]:
    """The people who have a PIN."""
    with library.read() as db:
        return {row[0] for row in db.conn.execute("SELECT person FROM pin")}


def set_pin(library: Library, person: bytes, pin: str) -> None:
    """Give ``person`` a PIN of at least four digits, or take it away with an empty one.

    People may change their own, a manager anybody's. DataProblem if it is too short or the role is missing.
    """
    if person != library.person:
        permission.require(library, permission.MANAGER)
    pin = pin.strip()
    if pin and (len(pin) < LEAST or not pin.isdecimal()):
        raise DataProblem("PIN_TOO_SHORT", _("A PIN has at least four digits."), _("Choose another PIN."))
    salt = secrets.token_bytes(16)

    def change(db: Database) -> None:
        db.conn.execute("DELETE FROM pin WHERE person=?", (person,))
        if pin:
            db.conn.execute("INSERT INTO pin (person, salt, hash) VALUES (?, ?, ?)", (person, salt, _hash(pin, salt)))

    library.write(change)


def is_pin(library: Library, person: bytes, pin: str) -> bool | None:
    """Whether ``pin`` is this person's; None where they have none."""
    with library.read() as db:
        row = db.conn.execute("SELECT salt, hash FROM pin WHERE person=?", (person,)).fetchone()
    return None if row is None else hmac.compare_digest(_hash(pin.strip(), row[0]), row[1])


def work_as(library: Library, person: bytes, pin: str = "") -> None:
    """Make ``person`` the one who is working; DataProblem where their PIN is another."""
    if is_pin(library, person, pin) is False:
        raise DataProblem("PIN_WRONG", _("This is not the PIN of this person."), _("Type it again."))
    library.person = person
