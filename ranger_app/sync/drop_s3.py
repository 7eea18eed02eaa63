"""A drop point in a bucket of S3, or of a server that speaks its language.

Objects appear whole or not at all. The server says what it holds by an MD5 (ETag), which guards against accidents
as the reading back does elsewhere; where it says something else, the object is read back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import NotFoundError
from obstore.fsspec import FsspecStore
from obstore.store import S3Store

from ranger_app.sync.drop import BLOCK, MOST_NAMES, WAIT, Address, Emit, Login
from ranger_app.sync.files import open_plain

CHUNK = 8 << 20
"""Bytes of one piece of an upload."""
LONGEST = 600
"""Seconds that one piece may take."""


class S3Carrier:
    """Speaks to one bucket below one prefix."""

    host_key = ""

    def __init__(self, where: Address, login: Login) -> None:
        config: dict[str, Any] = {"region": where.region, "virtual_hosted_style_request": False}
        if where.url:
            config["endpoint"] = where.url
        if login.user:
            config |= {"access_key_id": login.user, "secret_access_key": login.password}
        else:
            config["skip_signature"] = True
        retry = {"max_retries": 1, "retry_timeout": timedelta(seconds=WAIT)}
        plain = where.url.startswith("http://")
        options = {"allow_http": plain, "connect_timeout": f"{WAIT}s", "timeout": f"{WAIT}s"}
        self._prefix = where.path + "/" if where.path else ""
        self._bucket = where.bucket
        self._files = FsspecStore(
            "s3", config=config, client_options=options, retry_config=retry, skip_instance_cache=True
        )
        asking: dict[str, Any] = {"config": config, "retry_config": retry}
        self._asking = S3Store(where.bucket, client_options=options, **asking)
        self._moving = S3Store(where.bucket, client_options={**options, "timeout": f"{LONGEST}s"}, **asking)
        list(self._names("", 1))  # a wrong key or bucket is said at once

    def _at(self, path: str) -> str:
        return self._prefix + path

    def _names(self, path: str, most: int) -> Iterator[str]:
        """Names directly below a folder; each is skipped to its end, so that its files are not listed."""
        below = self._at(path).strip("/")
        prefix = below + "/" if below else ""
        after = None
        for _number in range(most):
            batch: list[Any] = next(iter(self._asking.list(below or None, offset=after, chunk_size=1)), [])
            if not batch:
                return
            name = str(batch[0]["path"])[len(prefix) :].split("/", 1)[0]
            last = after
            after = f"{prefix}{name}0"  # "0" follows "/": behind everything below this name
            if last is not None and after <= last:
                return  # a server that goes in circles
            yield name

    def folders(self, path: str) -> list[str]:
        """Names in a folder, at most MOST_NAMES."""
        return list(islice(self._names(path, MOST_NAMES), MOST_NAMES))

    def size(self, path: str) -> int | None:
        """Bytes of an object, None where there is none."""
        try:
            return int(self._asking.head(self._at(path))["size"])
        except (NotFoundError, FileNotFoundError):
            return None

    def make_folder(self, path: str) -> None:
        """A bucket has no folders."""

    def send(self, source: Path, path: str, emit: Emit) -> None:
        """Put an object, a large one in pieces."""
        with open_plain(source) as file:

            def blocks() -> Iterator[bytes]:
                while block := file.read(CHUNK):
                    yield block
                    emit(len(block))

            size = file.seek(0, 2)
            file.seek(0)
            if size <= CHUNK:
                obstore.put(self._moving, self._at(path), file.read(), use_multipart=False)
                emit(size)
            else:
                obstore.put(self._moving, self._at(path), blocks(), chunk_size=CHUNK, max_concurrency=1)

    def read(self, path: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes of an object, taken from the stream, which is dropped at ``end``."""
        answer = self._moving.get(self._at(path), options={"range": (start, end)})
        left = end - start
        for block in answer.stream(BLOCK):
            part = bytes(block)[:left]
            left -= len(part)
            yield part
            if not left:
                break

    def same(self, source: Path, path: str) -> bool | None:
        """By the object's ETag, where that is an MD5 of the whole or of our pieces."""
        tag = str(self._asking.head(self._at(path)).get("e_tag") or "").strip('"').lower()
        with open_plain(source) as file:
            pieces = []
            while block := file.read(CHUNK):
                pieces.append(hashlib.md5(block, usedforsecurity=False).digest())
            if len(pieces) > 1:
                whole = hashlib.md5(b"".join(pieces), usedforsecurity=False).hexdigest()
                return True if tag == f"{whole}-{len(pieces)}" else None
            return (
                True
                if tag == (pieces[0] if pieces else hashlib.md5(b"", usedforsecurity=False).digest()).hex()
                else None
            )

    def remove(self, path: str) -> None:
        """Remove an object."""
        self._files.rm_file(f"{self._bucket}/{self._at(path)}")

    def close(self) -> None:
        """Nothing stays open."""
