"""Record ids: 16 random bytes, because an id that carried a time or a counter would tell a stranger something."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable

ID_BYTES = 16
_KEPT = re.compile(r"[0-9a-f]{32}")

NewId = Callable[[], bytes]


def new_id() -> bytes:
    """A new record id."""
    return secrets.token_bytes(ID_BYTES)


def parse_id(text: str) -> bytes:
    """The id that a person wrote as 32 hex digits; ValueError otherwise."""
    value = bytes.fromhex(text)
    if len(value) != ID_BYTES:
        raise ValueError(text)
    return value


def read_id(value: object) -> bytes | None:
    """The id that ``value`` is as records and files of ours keep it, 32 lower hex digits; None for anything else."""
    return bytes.fromhex(value) if isinstance(value, str) and _KEPT.fullmatch(value) else None


def read_ids(text: object) -> list[bytes]:
    """The ids in a field that lists them as JSON; what is none is passed over, and so is text that is no list."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return []
    return [one for entry in found if (one := read_id(entry)) is not None] if isinstance(found, list) else []


def derived_id(dataset: str, kind: str, identifier: str) -> bytes:
    """The id of a record that another program made: the same wherever and however often it is imported."""
    text = "\0".join(("ranger import", dataset, kind, identifier))
    return hashlib.sha256(text.encode()).digest()[:ID_BYTES]
