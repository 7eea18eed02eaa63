"""A station's card: its name and public keys, signed by itself, handed over so that two stations can pair.

The station id is a hash of both keys, so no card can put other keys under a known id. That the card is of the
right people is settled only by comparing digits in person.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ranger_app.domain.station import station_id, usable_name
from ranger_app.sync import minisign
from ranger_app.sync.agekeys import recipient

LIMIT = 64 << 10
CODE = "RGC1:"
"""How the text of a card's QR code begins."""
MOST_CODE = 3000
"""Characters; a QR code holds no more."""
_CONTEXT = b"ranger station card\0"
_KEYS = ("ranger_card", "station", "name", "country", "utc_offset", "signing", "sealing", "issued")


class CardError(ValueError):
    """The text is not a card, or not signed by the keys on it."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says. ``text`` is the card as it came; ``utc_offset`` minutes, ``issued`` ms since 1970."""

    station: bytes
    name: str
    country: str
    utc_offset: int
    signing: bytes
    sealing: bytes
    issued: int
    text: str


def _signed_part(content: dict[str, object]) -> bytes:
    rest = {name: value for name, value in content.items() if name != "signature"}
    return _CONTEXT + json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def _content(
    name: str, country: str, utc_offset: int, signing: bytes, sealing: bytes, issued: int
) -> dict[str, object]:
    own = station_id(signing, sealing)
    return {
        "ranger_card": 1,
        "station": own.hex(),
        "name": name,
        "country": country,
        "utc_offset": utc_offset,
        "signing": signing.hex(),
        "sealing": sealing.hex(),
        "age": recipient(sealing),
        "minisign": minisign.public_key(own[:8], signing),
        "issued": issued,
    }


def _text(content: dict[str, object], signature: bytes) -> str:
    return json.dumps({**content, "signature": signature.hex()}, ensure_ascii=False, indent=1) + "\n"


def write_card(
    *, name: str, country: str, utc_offset: int, signing: bytes, sealing: bytes, issued: int, sign: minisign.Sign
) -> str:
    """A new card as readable JSON text; ``sign`` makes the station's Ed25519 signature."""
    content = _content(name, country, utc_offset, signing, sealing, issued)
    return _text(content, sign(_signed_part(content)))


def to_code(text: str) -> str:
    """A card as the short text of a QR code: what cannot be computed again, with the signature.

    CardError for a card that says more than this version's cards do; it goes as a file.
    """
    card = read_card(text)
    signature = bytes.fromhex(json.loads(text)["signature"])
    fields = (card.name, card.country, card.utc_offset, card.signing, card.sealing, card.issued, signature)
    made = CODE + base64.urlsafe_b64encode(msgspec.msgpack.encode(fields)).decode("ascii").rstrip("=")
    if len(made) > MOST_CODE or json.loads(from_code(made)) != json.loads(text):
        raise CardError("code")
    return made


def from_code(code: str) -> str:
    """The card that ``to_code`` made the code of, not yet checked by ``read_card``; CardError where it is none."""
    bare = "".join(code.split())
    if not bare.startswith(CODE) or len(bare) > MOST_CODE:
        raise CardError("code")
    body = bare[len(CODE) :]
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        name, country, minutes, signing, sealing, issued, signature = msgspec.msgpack.decode(
            packed, type=tuple[str, str, int, bytes, bytes, int, bytes]
        )
        return _text(_content(name, country, minutes, signing, sealing, issued), signature)
    except (binascii.Error, msgspec.MsgspecError, ValueError) as error:
        raise CardError("code") from error


def read_card(text: str) -> Card:
    """Check a card and take it apart; CardError where anything is wrong."""
    if len(text) > LIMIT:
        raise CardError("size")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CardError("json") from error
    if not isinstance(content, dict) or not all(name in content for name in (*_KEYS, "signature")):
        raise CardError("fields")
    words = [content[name] for name in ("station", "name", "country", "signing", "sealing", "signature")]
    numbers = [content[name] for name in ("ranger_card", "utc_offset", "issued")]
    if not all(isinstance(word, str) for word in words) or not all(type(number) is int for number in numbers):
        raise CardError("types")
    if not (content["name"].strip() and usable_name(content["name"]) and len(content["country"]) <= 2):
        raise CardError("name")
    if abs(content["utc_offset"]) > 840 or not 0 <= content["issued"] < 1 << 62 or content["ranger_card"] < 1:
        raise CardError("numbers")
    try:
        station, signing, sealing, signature = (
            bytes.fromhex(content[name]) for name in ("station", "signing", "sealing", "signature")
        )
        Ed25519PublicKey.from_public_bytes(signing).verify(signature, _signed_part(content))
    except (InvalidSignature, ValueError, RecursionError) as error:
        raise CardError("signature") from error
    if len(sealing) != 32 or station != station_id(signing, sealing):
        raise CardError("station")
    return Card(
        station,
        content["name"],
        content["country"],
        content["utc_offset"],
        signing,
        sealing,
        content["issued"],
        text,
    )


@lru_cache(maxsize=1024)
def confirmation_digits(ours: bytes, theirs: bytes) -> str:
    """Twenty digits that both sides show the same, derived from both stations' ids, which are hashes of their keys.

    A go-between needs two pairs of keys whose digits meet, 2**33 trials on each side. scrypt makes each trial take
    16 MiB and tens of milliseconds, which puts that out of reach without asking two people to read more digits.
    """
    low, high = sorted((ours, theirs))
    made = hashlib.scrypt(low + high, salt=b"ranger confirmation digits", n=1 << 14, r=8, p=1, dklen=32)
    number = int.from_bytes(made, "big") % 10**20
    digits = f"{number:020d}"
    return " ".join(digits[at : at + 5] for at in range(0, 20, 5))


def same_digits(one: str, other: str) -> bool:
    """Whether two people read the same digits, however they are spaced."""
    return _bare(one) == _bare(other) and len(_bare(one)) == 20


def _bare(text: str) -> str:
    return "".join(str(int(character)) for character in text if character.isdecimal())
