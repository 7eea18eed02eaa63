"""A drop point on a WebDAV server, such as Nextcloud or a web server's folder.

Answers are bounded before they are parsed: a server that never stops speaking costs neither memory nor time.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from webdav4.client import ResourceNotFound
from webdav4.fsspec import WebdavFileSystem

from ranger_app.sync.drop import BLOCK, MOST_NAMES, WAIT, Address, Emit, Login
from ranger_app.sync.files import open_plain

DRAFT = ".new"
LONGEST_ANSWER = 8 << 20
"""Bytes of a listing that are read."""
_PLAIN = {"Accept-Encoding": "identity"}


class _Bounded(httpx.SyncByteStream):  # type: ignore[misc]
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        left = LONGEST_ANSWER
        for block in self._inner:
            left -= len(block)
            if left < 0:
                raise httpx.ReadError("endless answer")
            yield block

    def close(self) -> None:
        self._inner.close()


class _Line(httpx.HTTPTransport):  # type: ignore[misc]
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["Accept-Encoding"] = "identity"  # nothing that unpacks to more than it is
        response = super().handle_request(request)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            response.close()
            raise httpx.ReadError("packed answer")
        if request.method != "GET":
            response.stream = _Bounded(response.stream)
        return response


class WebdavCarrier:
    """Files are put under a draft name and moved, so that a broken upload never carries the final one."""

    host_key = ""

    def __init__(self, where: Address, login: Login) -> None:
        auth = (login.user, login.password) if login.user else None
        self._files = WebdavFileSystem(
            where.url,
            auth=auth,
            transport=_Line(retries=1),
            timeout=httpx.Timeout(WAIT, read=WAIT * 4),  # a server may take its time to put a large file away
            follow_redirects=False,
            retry=False,
            skip_instance_cache=True,
        )
        self._client = self._files.client
        if not self._client.exists(""):
            raise FileNotFoundError(2, "no such folder", where.url)

    def folders(self, path: str) -> list[str]:
        """Names in a folder, at most MOST_NAMES."""
        try:
            listed = self._files.ls(path, detail=False)
        except FileNotFoundError:
            return []
        return [posixpath.basename(str(name).rstrip("/")) for name in listed[:MOST_NAMES]]

    def size(self, path: str) -> int | None:
        """Bytes of a file, None where there is none."""
        try:
            size = self._files.size(path)
        except FileNotFoundError:
            return None
        return int(size or 0)

    def make_folder(self, path: str) -> None:
        """Make a folder and what it stands in."""
        self._files.makedirs(path, exist_ok=True)

    def send(self, source: Path, path: str, emit: Emit) -> None:
        """Put a file under a draft name, then move it."""
        with open_plain(source) as file:
            size = file.seek(0, 2)
            file.seek(0)
            self._client.upload_fileobj(file, path + DRAFT, overwrite=True, callback=emit, chunk_size=BLOCK, size=size)
        self._client.move(path + DRAFT, path, overwrite=True)

    def read(self, path: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes of a file; a server that knows no ranges sends all of it, and what we have is skipped."""
        headers = {**_PLAIN, "Range": f"bytes={start}-{end - 1}"}
        with self._client.http.stream("GET", self._client.join_url(path), headers=headers) as response:
            if response.status_code == httpx.codes.NOT_FOUND:
                raise ResourceNotFound(path)
            response.raise_for_status()
            skip = start if response.status_code != httpx.codes.PARTIAL_CONTENT else 0
            left = end - start
            for block in response.iter_raw(BLOCK):
                part = block[skip:][:left]
                skip = max(0, skip - len(block))
                left -= len(part)
                yield part
                if not left:
                    break

    def same(self, source: Path, path: str) -> bool | None:
        """What a server's ETag is made of is its own affair."""
        return None

    def remove(self, path: str) -> None:
        """Remove a file."""
        self._files.rm_file(path)

    def close(self) -> None:
        """Hang up."""
        self._client.http.close()
