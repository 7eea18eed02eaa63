"""Record ids: 16 random bytes, because an id that carried a time or a counter would tell a stranger something."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

ID_BYTES = 16

NewId = Callable[[], bytes]


def new_id() -> bytes:
    """A new record id."""
    return secrets.token_bytes(ID_BYTES)


def parse_id(text: str) -> bytes:
    """The id written as 32 hex digits; ValueError otherwise."""
    value = bytes.fromhex(text)
    if len(value) != ID_BYTES:
        raise ValueError(text)
    return value


def derived_id(dataset: str, kind: str, identifier: str) -> bytes:
    """The id of a record that another program made: the same wherever and however often it is imported."""
    text = "\0".join(("ranger import", dataset, kind, identifier))
    return hashlib.sha256(text.encode()).digest()[:ID_BYTES]
