"""Originals kept under the hash of their content, so that a file is stored once and can always be proved.

Half-copied files lie in ``incoming`` until they are verified; a crash leaves nothing else behind.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ranger_app.media.formats import FORMATS

INCOMING = "incoming"
_copying: set[Path] = set()
"""Copies this process is making now; whatever else lies in ``incoming`` is a leftover."""
_ENDINGS = tuple(form.extension for form in FORMATS)


def place(vault: Path, sha256: str, extension: str) -> Path:
    """Where the original with this hash (64 lower-case hex digits) lies or would lie; ``extension`` without dot."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    if not extension.isalnum() or not extension.isascii():
        raise ValueError(f"not a file ending: {extension!r}")
    return vault / sha256[:2] / f"{sha256}.{extension.lower()}"


def find(vault: Path, sha256: str) -> Path | None:
    """The stored original with this hash, whatever its ending, or None when it is not here."""
    for extension in _ENDINGS:
        path = place(vault, sha256, extension)
        if path.is_file():
            return path
    folder = vault / sha256[:2]
    return next((path for path in folder.glob(f"{sha256}.*") if path.is_file()), None) if folder.is_dir() else None


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content as 64 lower-case hex digits; OSError when it cannot be read."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verify(path: Path) -> bool:
    """Whether the file's content still matches the hash in its name; False also when it cannot be read."""
    try:
        return hash_file(path) == path.name.partition(".")[0]
    except OSError:
        return False


def incoming_name(vault: Path) -> Path:
    """A fresh path in ``incoming`` on the same disk as the vault; end it with ``admit`` or ``discard``."""
    folder = vault / INCOMING
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / secrets.token_hex(16)
    _copying.add(path)
    return path


def discard(incoming: Path) -> None:
    """Drop a copy that is not needed after all."""
    with suppress(OSError):
        incoming.unlink(missing_ok=True)
    _copying.discard(incoming)


def clean_incoming(vault: Path) -> int:
    """Remove what interrupted copies left behind; answers how many files. The caller holds the library's lock."""
    folder = vault / INCOMING
    removed = 0
    if folder.is_dir():
        for path in folder.iterdir():
            if path not in _copying:
                with suppress(OSError):
                    path.unlink()
                    removed += 1
    return removed


def admit(incoming: Path, target: Path) -> None:
    """Move a verified copy to its place, read-only. The caller syncs the folder with ``sync_folders``."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        if verify(target):
            discard(incoming)
            return
        # Windows refuses to replace a read-only file; here the old content is known to be bad.
        target.chmod(stat.S_IREAD | stat.S_IWRITE)
    incoming.replace(target)
    _copying.discard(incoming)
    with suppress(OSError):  # FAT and some network disks know no modes
        target.chmod(stat.S_IREAD | stat.S_IRGRP | stat.S_IROTH)


def sync_folders(folders: Iterable[Path]) -> None:
    """Make renames inside these folders durable. Windows journals renames itself and cannot sync a folder."""
    if os.name == "nt":
        return
    for folder in sorted(set(folders)):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
