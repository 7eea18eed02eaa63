"""A drop point on an SFTP server. A server proves itself with its key: the first is kept, another is refused.

Keys, agents and settings of the person's own SSH are not used: only what was entered for this drop point.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh
from fsspec.asyn import sync
from sshfs import SSHFileSystem

from ranger_app.sync.drop import BLOCK, MOST_NAMES, WAIT, Address, Emit, Login
from ranger_app.sync.files import open_plain

DRAFT = ".new"
_PORT = 22
_DOTS = (".", "..")


def _connect(where: Address, login: Login, known: list[Any], proved: list[str]) -> Any:
    """Log in; a key that is not ``known`` is noted in ``proved`` and accepted only where none was kept before."""

    class Client(asyncssh.SSHClient):  # type: ignore[misc]
        def validate_host_public_key(self, _host: str, _addr: str, _port: int, key: Any) -> bool:
            proved.append(key.export_public_key("openssh").decode("ascii").strip())
            return not login.host_key

    return SSHFileSystem(
        where.host,
        port=where.port or _PORT,
        username=login.user,
        password=login.password,
        known_hosts=(known, [], []),
        client_factory=Client,
        client_keys=None,
        agent_path=None,
        config=None,
        connect_timeout=WAIT,
        login_timeout=WAIT,
        keepalive_interval=WAIT // 2,
        keepalive_count_max=2,
        timeout=WAIT * 3,
        skip_instance_cache=True,
    )


class SftpCarrier:
    """An upload that broke off is continued: its draft holds what arrived, the reading back proves the whole."""

    def __init__(self, where: Address, login: Login) -> None:
        self._root = where.path
        known = [asyncssh.import_public_key(login.host_key)] if login.host_key else []
        proved: list[str] = []
        try:
            self._files = _connect(where, login, known, proved)
        except (asyncssh.KeyExchangeFailed, asyncssh.ConnectionLost):
            if login.host_key:
                # Only a key of the kind kept was asked for, and some servers hang up on that. Which one is there now?
                _connect(where, login, [], proved)
            raise
        self.host_key = login.host_key or (proved[0] if proved else "")
        self._sftp: Any = self._now(self._files.client.start_sftp_client())

    def _now(self, awaitable: Any) -> Any:
        async def wait() -> Any:
            return await awaitable

        return sync(self._files.loop, wait, timeout=WAIT * 3)

    def _at(self, path: str) -> str:
        return posixpath.join(self._root, path) if self._root else path

    def folders(self, path: str) -> list[str]:
        """Names in a folder, at most MOST_NAMES: the server is asked no further."""

        async def read() -> list[str]:
            found: list[str] = []
            seen = 0
            with suppress(asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
                async for entry in self._sftp.scandir(self._at(path)):
                    seen += 1
                    if seen > MOST_NAMES:
                        break
                    name = (
                        entry.filename if isinstance(entry.filename, str) else entry.filename.decode("utf-8", "replace")
                    )
                    if name not in _DOTS:
                        found.append(name)
            return found

        names: list[str] = self._now(read())
        return names

    def size(self, path: str) -> int | None:
        """Bytes of a file, None where there is none."""
        try:
            size = self._files.info(self._at(path))["size"]
        except FileNotFoundError:
            return None
        return int(size or 0)

    def make_folder(self, path: str) -> None:
        """Make a folder and what it stands in."""
        self._files.makedirs(self._at(path), exist_ok=True)

    def send(self, source: Path, path: str, emit: Emit) -> None:
        """Send a file under a draft name, going on where an earlier try stopped, then name it."""
        draft = path + DRAFT
        there = self.size(draft) or 0
        with open_plain(source) as file:
            length = file.seek(0, 2)
            there = there if there <= length else 0
            file.seek(there)
            if there:
                emit(there)
            with self._files.open(self._at(draft), "ab" if there else "wb") as copy:
                while block := file.read(BLOCK):
                    copy.write(block)
                    emit(len(block))
        # sshfs's own move removes the draft where the server knows only the plain renaming.
        self._now(self._sftp.rename(self._at(draft), self._at(path)))

    def read(self, path: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes of a file."""
        with self._files.open(self._at(path), "rb") as file:
            file.seek(start)
            while start < end and (block := file.read(min(BLOCK, end - start))):
                start += len(block)
                yield block

    def same(self, source: Path, path: str) -> bool | None:
        """Few servers can hash; all are read back."""
        return None

    def remove(self, path: str) -> None:
        """Remove a file."""
        self._files.rm_file(self._at(path))

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError, asyncssh.Error):
            self._files.client.abort()
