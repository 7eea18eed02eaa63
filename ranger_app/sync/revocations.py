"""A signed statement that a station's keys are withdrawn: what of its work counts, and that nothing after it does.

The cut is made by batch numbers and not by a date, because a clock can be wrong and a thief's surely is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ranger_app.sync import minisign

LIMIT = 256 << 10
MOST_REASON = 500
_MOST_INCARNATIONS = 2000
_CONTEXT = b"ranger revocation\0"
_MARK = "ranger_revocation"


class RevocationError(ValueError):
    """The text is no statement of this kind, or its signature is not right."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """``issuer`` says: of ``station`` nothing counts but the batches up to ``cut``'s number of each incarnation.

    Incarnations that are not named count for nothing. ``lifted`` takes the issuer's earlier word back. ``number``
    counts the statements of this issuer on this station, the largest holds; ``issued`` is ms since 1970 by the
    issuer's clock and decides nothing.
    """

    station: bytes
    name: str
    issuer: bytes
    number: int
    cut: Mapping[bytes, int]
    lifted: bool
    reason: str
    issued: int
    text: str


def is_revocation(text: str) -> bool:
    """Whether a signed text says that it is one of these, whatever it is worth."""
    return f'"{_MARK}"' in text[:200]


def _signed_part(content: dict[str, object]) -> bytes:
    rest = {name: value for name, value in content.items() if name != "signature"}
    return _CONTEXT + json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def write(
    *,
    station: bytes,
    name: str,
    issuer: bytes,
    number: int,
    cut: Mapping[bytes, int],
    reason: str,
    issued: int,
    sign: minisign.Sign,
    lifted: bool = False,
) -> str:
    """A new statement as readable JSON text; ``sign`` makes the issuer's Ed25519 signature."""
    content: dict[str, object] = {
        _MARK: 1,
        "station": station.hex(),
        "name": name,
        "issuer": issuer.hex(),
        "number": number,
        "lifted": lifted,
        "cut": {incarnation.hex(): n for incarnation, n in sorted(cut.items())},
        "reason": reason,
        "issued": issued,
    }
    content["signature"] = sign(_signed_part(content)).hex()
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def read(text: str) -> tuple[Revocation, dict[str, object]]:
    """Take a statement apart without checking who signed it; RevocationError where it is none."""
    if len(text) > LIMIT:
        raise RevocationError("size")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RevocationError("json") from error
    if not isinstance(content, dict) or type(content.get(_MARK)) is not int:
        raise RevocationError("mark")
    words = [content.get(one) for one in ("station", "name", "issuer", "reason", "signature")]
    numbers = [content.get(one) for one in ("number", "issued")]
    cut, lifted = content.get("cut"), content.get("lifted")
    if not all(isinstance(one, str) for one in words) or not isinstance(cut, dict) or not isinstance(lifted, bool):
        raise RevocationError("types")
    if not all(type(one) is int and 0 <= one < 1 << 62 for one in [*numbers, *cut.values()]):
        raise RevocationError("numbers")
    if len(cut) > _MOST_INCARNATIONS or len(content["name"]) > 200 or len(content["reason"]) > MOST_REASON:
        raise RevocationError("size")
    if not (content["name"] + content["reason"]).isprintable():
        raise RevocationError("words")
    try:
        station, issuer = bytes.fromhex(content["station"]), bytes.fromhex(content["issuer"])
        spans = {bytes.fromhex(incarnation): n for incarnation, n in cut.items()}
    except ValueError as error:
        raise RevocationError("hex") from error
    if len(station) != 16 or len(issuer) != 16 or any(len(one) != 8 for one in spans):
        raise RevocationError("length")
    made = Revocation(
        station, content["name"], issuer, content["number"], spans, lifted, content["reason"], content["issued"], text
    )
    return made, content


def verify(text: str, signing_key: bytes) -> Revocation:
    """The statement, checked against the issuer's public key; RevocationError where anything is wrong."""
    made, content = read(text)
    try:
        signature = bytes.fromhex(str(content["signature"]))
        Ed25519PublicKey.from_public_bytes(signing_key).verify(signature, _signed_part(content))
    except (InvalidSignature, ValueError, RecursionError) as error:
        raise RevocationError("signature") from error
    return made
