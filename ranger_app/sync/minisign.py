"""Signatures that the stock minisign program checks, so that an office can verify a bundle without Ranger.

Format after minisign's own description: prehashed ("ED") Ed25519 over BLAKE2b-512, with a signed trusted comment.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Sign = Callable[[bytes], bytes]
"""Makes the 64-byte Ed25519 signature of this station over some bytes."""

LIMIT = 4096
"""A signature file is never longer than this."""


def public_key(key_id: bytes, signing_key: bytes) -> str:
    """The line to hand to ``minisign -P``; ``key_id`` 8 bytes, ``signing_key`` 32 bytes."""
    return base64.b64encode(b"Ed" + key_id + signing_key).decode("ascii")


def sign(message: bytes, *, key_id: bytes, comment: str, sign: Sign) -> bytes:
    """The content of a ``.minisig`` file over ``message``; ``comment`` is signed too and must be one ASCII line."""
    signature = sign(hashlib.blake2b(message).digest())
    whole = sign(signature + comment.encode("ascii"))
    lines = (
        "untrusted comment: Ranger bundle",
        base64.b64encode(b"ED" + key_id + signature).decode("ascii"),
        f"trusted comment: {comment}",
        base64.b64encode(whole).decode("ascii"),
    )
    return ("\n".join(lines) + "\n").encode("ascii")


def verify(message: bytes, signature_file: bytes, signing_key: bytes) -> str | None:
    """The trusted comment where both signatures are right, else None. Never raises."""
    try:
        lines = signature_file[:LIMIT].decode("ascii").split("\n")
        packed = base64.b64decode(lines[1], validate=True)
        whole = base64.b64decode(lines[3], validate=True)
        prefix, comment = lines[2][:17], lines[2][17:]
        if len(lines) != 5 or lines[4] or packed[:2] != b"ED" or len(packed) != 74 or prefix != "trusted comment: ":
            return None
        key = Ed25519PublicKey.from_public_bytes(signing_key)
        key.verify(packed[10:], hashlib.blake2b(message).digest())
        key.verify(whole, packed[10:] + comment.encode("ascii"))
    except (InvalidSignature, IndexError, UnicodeError, ValueError, binascii.Error):
        return None
    return comment
