"""Drop points: places on a network where bundles wait for a partner, and how one is reached by its address.

A drop point is never trusted: what it gives is checked as if it came on a stranger's stick, and it learns nothing
but sizes, times and who speaks to it. The libraries that speak to it are loaded when a person asked for a transfer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from ranger_app.errors import UsageProblem
from ranger_app.i18n import _

Kind = Literal["folder", "sftp", "webdav", "s3"]
BLOCK = 1 << 20
"""Bytes moved in one go."""
MOST_NAMES = 5_000
"""Names read of one listing; a drop point that lists more is read no further."""
WAIT = 30
"""Seconds without an answer after which a line counts as lost."""
_HERE = frozenset(("localhost", "127.0.0.1", "::1"))
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Address:
    """A drop point's address taken apart. ``path`` is a folder, or bucket and prefix; ``url`` a web address."""

    kind: Kind
    host: str = ""
    port: int | None = None
    path: str = ""
    url: str = ""
    bucket: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are there. For S3 ``user`` is the access key's id. ``host_key`` is what an SFTP server proved before."""

    user: str = ""
    password: str = ""
    host_key: str = ""


Emit = Callable[[object], None]
"""Told of each block as it has gone out; raises where nobody waits any more."""


class Carrier(Protocol):
    """One open line; paths are relative, with "/" between names. A method may raise whatever its library does:

    it is called by ``drop_steps.beside`` only, which turns that into LineFailed.
    """

    host_key: str
    """What the server proved itself with, where it has such a key."""

    def folders(self, path: str) -> list[str]:
        """Names in a folder, at most MOST_NAMES; empty where there is no such folder."""
        ...

    def size(self, path: str) -> int | None:
        """Bytes of a file, None where there is none."""
        ...

    def make_folder(self, path: str) -> None:
        """Make a folder and what it stands in, unless it is there."""
        ...

    def send(self, source: Path, path: str, emit: Emit) -> None:
        """Put a file there so that its name stands only once all of it does; ``emit(bytes)`` for each step."""
        ...

    def read(self, path: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from ``start`` up to ``end``, never more of them, whatever the drop point sends."""
        ...

    def same(self, source: Path, path: str) -> bool | None:
        """Whether the drop point vouches for the file's bytes; None where it has no way to: then read it back."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file that is there."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


def _wrong(reason: str) -> UsageProblem:
    return UsageProblem("DROP_ADDRESS", reason, _("Give a folder, or an address such as sftp://host/folder."))


def address(text: str, *, plain: bool = False) -> Address:
    """Take a drop point's address apart.

    A folder; ``sftp://host[:port]/folder`` (``/~/folder`` below the user's own); ``https://host/folder`` or
    ``webdavs://`` for WebDAV; ``s3://bucket/prefix?endpoint=https://host&region=NAME`` for S3. UsageProblem
    DROP_ADDRESS where it is none of these, DROP_NOT_SEALED for one that does not encrypt the line, unless ``plain``
    or on this computer.
    """
    if not text.strip() or len(text) > _LONGEST or not text.isprintable():
        raise _wrong(_("This is no address of a drop point."))
    if not re.match(r"[A-Za-z][A-Za-z0-9+]+://", text):  # one letter is a Windows drive
        return Address("folder", path=str(Path(text).expanduser().absolute()))
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        more = parse_qs(parts.query, max_num_fields=10)
    except ValueError as error:
        raise _wrong(_("This is no address of a drop point.")) from error
    if parts.username is not None or parts.password is not None:
        raise _wrong(_("User and password do not belong into the address."))
    scheme = parts.scheme.lower()
    if scheme == "file":
        folder = unquote(parts.path)
        return Address("folder", path=folder[1:] if re.match(r"/[A-Za-z]:", folder) else folder)
    if not host:
        raise _wrong(_("The address names no host."))
    folder = unquote(parts.path)
    if any(part in ("..", ".") for part in folder.split("/")):
        raise _wrong(_("This is no address of a drop point."))
    if scheme == "sftp":
        folder = folder[3:] if folder.startswith("/~/") or folder == "/~" else folder
        return Address("sftp", host, port, folder.rstrip("/"))
    if scheme in ("http", "https", "webdav", "webdavs", "dav", "davs"):
        sealed = scheme in ("https", "webdavs", "davs")
        _check_sealed(sealed, host, plain)
        return Address("webdav", host, port, url=f"http{'s' if sealed else ''}://{parts.netloc}{parts.path}")
    if scheme == "s3":
        endpoint = more.get("endpoint", [""])[0]
        if endpoint:
            ends = urlsplit(endpoint)
            if ends.scheme not in ("http", "https") or not ends.hostname:
                raise _wrong(_("The endpoint has to be an address with https://."))
            _check_sealed(ends.scheme == "https", ends.hostname, plain)
        region = more.get("region", ["us-east-1"])[0]
        return Address("s3", path=folder.strip("/"), url=endpoint, bucket=parts.netloc, region=region)
    raise _wrong(_("Drop points of this kind are not known: {kind}.").format(kind=scheme))


def _check_sealed(sealed: bool, host: str, plain: bool) -> None:
    if not sealed and not plain and host not in _HERE:
        raise UsageProblem(
            "DROP_NOT_SEALED",
            _("The line to {host} would not be encrypted, and the password could be read on the way.").format(
                host=host
            ),
            _("Use an address with https://, or say that an open line is meant."),
        )


def connect(where: Address, login: Login) -> Carrier:
    """Open a line to a drop point; call it as the methods of a Carrier are called."""
    if where.kind == "folder":
        from ranger_app.sync.drop_folder import FolderCarrier

        return FolderCarrier(where)
    if where.kind == "sftp":
        from ranger_app.sync.drop_sftp import SftpCarrier

        return SftpCarrier(where, login)
    if where.kind == "webdav":
        from ranger_app.sync.drop_webdav import WebdavCarrier

        return WebdavCarrier(where, login)
    from ranger_app.sync.drop_s3 import S3Carrier

    return S3Carrier(where, login)
