"""The drop points this station uses: name, address, user, password and the key an SFTP server proved itself with.

They lie in the library's own settings and never leave it. Passwords are sealed with a key made from the station's
secret, so that where the station has a passphrase nobody reads them without it.
"""

from __future__ import annotations

import base64
import json
import secrets
import shutil
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ranger_app.actions import permission
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.store import settings
from ranger_app.store.connection import Database
from ranger_app.sync import drop
from ranger_app.sync.drop import Carrier, Login
from ranger_app.sync.drop_problems import explained
from ranger_app.sync.drop_steps import LineFailed, Moved, asked
from ranger_app.sync.manifest import FOLDER
from ranger_app.sync.writer import EXCHANGE

Result = TypeVar("Result")
_SETTING = "drop.points"
_CONTEXT = b"ranger drop point password"
_LONGEST_NAME = 60
MOST = 50


class Stopped(Exception):
    """A person asked for the stop."""


@dataclass(frozen=True, slots=True)
class DropPoint:
    """One drop point. ``plain``: an open line was meant; ``sealed`` is the password as it is kept, in base64."""

    id: str
    name: str
    url: str
    user: str = ""
    plain: bool = False
    host_key: str = ""
    sealed: str = ""

    @property
    def kind(self) -> drop.Kind:
        """What kind of place it is."""
        return drop.address(self.url, plain=True).kind

    @property
    def bound(self) -> bytes:
        """What the password belongs to: put under another address, it does not open."""
        return "\0".join((self.id, self.url, self.user, str(self.plain))).encode("utf-8")


def _cipher(library: Library) -> ChaCha20Poly1305:
    key = HKDF(SHA256(), 32, salt=library.station.id, info=_CONTEXT).derive(library.keys.sealing_secret)
    return ChaCha20Poly1305(key)


def _read(db: Database) -> list[DropPoint]:
    kept = json.loads(settings.get(db, _SETTING, "[]"))
    return [DropPoint(**one) for one in kept]


def _change(library: Library, change: Callable[[list[DropPoint]], list[DropPoint]]) -> None:
    def write(db: Database) -> None:
        points = change(_read(db))
        rows = [{name: getattr(one, name) for name in DropPoint.__slots__} for one in points]
        settings.put(db, _SETTING, json.dumps(rows, ensure_ascii=False))

    library.write(write)


def known(library: Library) -> list[DropPoint]:
    """All drop points by name; nothing is asked of any of them."""
    with library.read() as db:
        return sorted(_read(db), key=lambda one: one.name.casefold())


def named(library: Library, name: str) -> DropPoint:
    """The drop point called ``name``; DataProblem DROP_UNKNOWN where there is none."""
    for one in known(library):
        if name in (one.name, one.id):
            return one
    raise DataProblem(
        "DROP_UNKNOWN",
        _("There is no drop point called {name}.").format(name=name),
        _("Add it first."),
    )


def add(library: Library, name: str, url: str, *, user: str = "", password: str = "", plain: bool = False) -> DropPoint:
    """Keep a drop point; no line is opened. A name that is taken gets the new address, user and password.

    Raises UsageProblem for an address that is none or whose line would be open (``plain`` allows it), DataProblem
    ROLE_NEEDED.
    """
    permission.require(library, permission.EXCHANGE)
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise UsageProblem("DROP_NAME", _("A drop point needs a short name."), _("Give it one, such as: harbour"))
    where = drop.address(url, plain=plain)
    if where.kind == "folder":
        url = where.path
    before = next((one for one in known(library) if one.name == name), None)
    if before is None and len(known(library)) >= MOST:
        raise UsageProblem("DROP_MANY", _("There are too many drop points."), _("Remove those no longer used."))
    # The key a server proved is kept only for the same server: elsewhere trust begins anew.
    same = before is not None and drop.address(before.url, plain=True).host == where.host != ""
    own = before.id if before is not None else secrets.token_hex(8)
    point = DropPoint(own, name, url, user, plain, before.host_key if before is not None and same else "")
    if password:
        nonce = secrets.token_bytes(12)
        sealed = nonce + _cipher(library).encrypt(nonce, password.encode("utf-8"), point.bound)
        point = replace(point, sealed=base64.b64encode(sealed).decode("ascii"))
    _change(library, lambda points: [*(one for one in points if one.name != name), point])
    return point


def remove(library: Library, name: str) -> None:
    """Forget a drop point, its password and what waits here for it; what lies there stays."""
    permission.require(library, permission.EXCHANGE)
    gone = named(library, name)
    _change(library, lambda points: [one for one in points if one.id != gone.id])
    shutil.rmtree(cache(library, gone), ignore_errors=True)


def cache(library: Library, point: DropPoint) -> Path:
    """Where the library keeps what is to be sent there, what was fetched, and what was met before."""
    return library.cache / "drop" / point.id


def login(library: Library, point: DropPoint) -> Login:
    """Who we are at a drop point. DataProblem DROP_PASSWORD where the password kept does not open."""
    password = ""
    if point.sealed:
        try:
            sealed = base64.b64decode(point.sealed, validate=True)
            password = _cipher(library).decrypt(sealed[:12], sealed[12:], point.bound).decode("utf-8")
        except (InvalidTag, ValueError) as error:
            raise DataProblem(
                "DROP_PASSWORD",
                _("The password of {name} cannot be read any more.").format(name=point.name),
                _("Enter the drop point again, with its password."),
            ) from error
    return Login(point.user, password, point.host_key)


def open_line(library: Library, point: DropPoint) -> Carrier:
    """Open the line to a drop point; blocks. Keeps the key a server proves the first time."""
    who = login(library, point)
    carrier = drop.connect(drop.address(point.url, plain=point.plain), who)
    if carrier.host_key and carrier.host_key != who.host_key:
        proved = carrier.host_key
        _change(
            library,
            lambda points: [replace(one, host_key=proved) if one.id == point.id else one for one in points],
        )
    return carrier


def on_the_line(steps: Generator[Moved, None, Result], point: DropPoint, token: CancelToken, note: str) -> Job[Result]:
    """Run a transfer as a job; what the line does to it becomes one sentence. Raises Stopped on a cancel."""
    try:
        while True:
            try:
                moved = next(steps)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            if token.cancelled:
                raise Stopped
            yield Progress(moved.done, moved.total, note)
    except LineFailed as error:
        raise explained(error, point.name) from error
    finally:
        steps.close()


def calling(point: DropPoint) -> str:
    """What a job says while it has no more to say."""
    return _("Calling {name}").format(name=point.name)


def try_out(library: Library, name: str, cancel: CancelToken | None = None) -> Job[int | None]:
    """Speak to a drop point and count the bundles there; the value, None on a cancel.

    Raises EnvironmentProblem in one sentence.
    """
    permission.require(library, permission.EXCHANGE)
    point = named(library, name)

    def ask() -> int:
        carrier = open_line(library, point)
        try:
            return sum(bool(FOLDER.fullmatch(one)) for one in carrier.folders(EXCHANGE))
        finally:
            carrier.close()

    try:
        return (yield from on_the_line(asked(ask, Moved(0, 0)), point, cancel or CancelToken(), calling(point)))
    except Stopped:
        return None
