"""A station's identity: an id that is a hash of its public keys, so that no other keys can be put under it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


def station_id(signing: bytes, sealing: bytes) -> bytes:
    """The 16-byte id that belongs to an Ed25519 and an X25519 public key (32 bytes each)."""
    return hashlib.sha256(signing + sealing).digest()[:16]


NAME_LENGTH = 200
"""Characters; a card with a longer name is refused by everybody who reads it."""


def usable_name(name: str) -> bool:
    """Whether partners take this as a station's name: short, on one line, nothing in it that steers a screen."""
    return len(name) <= NAME_LENGTH and name.isprintable()


def fingerprint(station: bytes) -> str:
    """The id in groups of four hex digits that can be read aloud."""
    digits = station.hex()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


@dataclass(frozen=True, slots=True)
class Station:
    """Who owns a library. ``utc_offset`` is minutes east of UTC; ``incarnation`` changes at every restore or copy."""

    id: bytes
    name: str
    country: str
    utc_offset: int
    incarnation: bytes
    signing: bytes
    sealing: bytes

    @property
    def fingerprint(self) -> str:
        """The id as people compare it."""
        return fingerprint(self.id)
