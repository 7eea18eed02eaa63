"""A receipt: a station's signed statement of what arrived at it, the only proof that a bundle was delivered.

As a file or inside a bundle it says everything; as a short code, for a text message or a QR code, it says what fits
and never more than is true, because claiming too little only makes the next bundle larger.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ranger_app.domain import partial
from ranger_app.domain.intervals import Spans, Vector, Writer, pack, unpack
from ranger_app.domain.partial import Stubs
from ranger_app.sync.minisign import Sign

VERSION = 1
NAME = "ranger_receipt"
"""The key that a receipt's text begins with."""
CODE = "RGR1:"
CODE_LIMIT = 600
"""Characters of a code: four text messages, or a QR code that a telephone reads from a screen."""
LIMIT = 16 << 20
"""Characters of a receipt that are read at most."""
IN_BUNDLE = 64 << 10
"""Characters of a receipt inside a bundle."""
MOST_WHOLE = 4000
MOST_LOST = 5000

_CONTEXT = b"ranger receipt\0"
_CODE_CONTEXT = b"ranger receipt code\0"
_TAG, _NAME = 8, 8
"""Bytes of a bundle's id and of a picture's name in the full form."""
_CODE_WHOLE, _CODE_LOST = 16, 12
_SHORT_ID, _SHORT_INCARNATION, _SHORT_TAG, _SHORT_NAME = 6, 4, 3, 4
_MOST = 2**53

PICTURES = ("thumbnail", "original", "copy")
"""What of a bundle can be missing by its picture's name; all else is told as it is."""


class ReceiptError(ValueError):
    """Not a receipt that counts here. Its text is one of: form, newer, other, stranger, signature, content."""


@dataclass(frozen=True, slots=True)
class InPart:
    """A bundle of which something did not arrive. ``bundle`` is the beginning of its id.

    ``lost`` names what is missing as (what, name), pictures by the beginning of their name in hex; None: not known.
    """

    counter: int
    bundle: bytes
    lost: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the station ``frm`` says to ``to``. ``number`` counts its receipts, ``after`` is its newest bundle's number.

    ``whole`` are numbers of ``to``'s bundles with the beginning of their id. ``stubs`` is None where only its digest
    is told. ``at`` is ms since 1970 by the clock of ``frm``. A ``short`` receipt may leave out what is true.
    """

    frm: bytes
    incarnation: bytes
    to: bytes
    number: int
    after: int
    at: int
    whole: tuple[tuple[int, bytes], ...]
    partly: tuple[InPart, ...]
    holds: Vector
    stubs: Stubs | None
    digest: bytes
    short: bool = False


def has_prefix(bundle: bytes | None, tag: bytes) -> bool:
    """Whether a bundle's id is the one told by its beginning."""
    return bundle is not None and len(tag) >= _SHORT_TAG and bundle.startswith(tag)


# -- the full form ---------------------------------------------------------------------------------------------------

_Count = Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
_Id = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
_Eight = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
_Word = Annotated[str, msgspec.Meta(max_length=64, pattern="^[ -~]*$")]


class _Partly(msgspec.Struct, frozen=True):
    counter: _Count
    bundle: _Eight
    lost: Annotated[list[tuple[_Word, _Word]], msgspec.Meta(max_length=MOST_LOST)] | None


class _Text(msgspec.Struct, frozen=True, rename={"station": "from", "version": NAME}):
    version: Annotated[int, msgspec.Meta(ge=1)]
    station: _Id
    incarnation: _Eight
    to: _Id
    number: _Count
    after: _Count
    at: Annotated[int, msgspec.Meta(ge=0, lt=2**62)]
    whole: Annotated[list[tuple[_Count, _Eight]], msgspec.Meta(max_length=MOST_WHOLE)]
    partly: Annotated[list[_Partly], msgspec.Meta(max_length=MOST_WHOLE)]
    holds: Annotated[list[tuple[_Id, _Eight, list[_Count]]], msgspec.Meta(max_length=100_000)]
    stubs: str | None
    digest: _Eight
    signature: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{128}$")]


def _signed_part(content: Mapping[str, object]) -> bytes:
    rest = {name: value for name, value in content.items() if name != "signature"}
    return _CONTEXT + json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def write_receipt(receipt: Receipt, sign: Sign, limit: int = LIMIT) -> str:
    """The receipt as readable JSON text of at most ``limit`` characters; what does not fit is left out.

    The list of what is held in part is told by its digest alone where it does not fit.
    """
    stubs = None if receipt.stubs is None else base64.b64encode(partial.pack(receipt.stubs)).decode("ascii")
    if stubs is not None and len(stubs) > limit // 2:
        stubs = None
    for fitted in _less(receipt, MOST_WHOLE, MOST_LOST):
        text = _write(fitted, stubs, sign)
        if len(text) <= limit:
            return text
    raise ValueError("limit")


def _write(receipt: Receipt, stubs: str | None, sign: Sign) -> str:
    content: dict[str, object] = {
        NAME: VERSION,
        "from": receipt.frm.hex(),
        "incarnation": receipt.incarnation.hex(),
        "to": receipt.to.hex(),
        "number": receipt.number,
        "after": receipt.after,
        "at": receipt.at,
        "whole": [[counter, bundle[:_TAG].hex()] for counter, bundle in receipt.whole],
        "partly": [
            {
                "counter": one.counter,
                "bundle": one.bundle[:_TAG].hex(),
                "lost": None if one.lost is None else [[what, _name(what, name, _NAME)] for what, name in one.lost],
            }
            for one in receipt.partly
        ],
        "holds": [[origin.hex(), inc.hex(), edges] for origin, inc, edges in pack(receipt.holds)],
        "stubs": stubs,
        "digest": receipt.digest.hex(),
    }
    content["signature"] = sign(_signed_part(content)).hex()
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def _name(what: str, name: str, length: int) -> str:
    return name[: length * 2] if what in PICTURES else name


KeyOf = Callable[[bytes], bytes | None]
"""The signing key of the station with this id where it is a partner whose keys were compared, else None."""


def read_receipt(text: str, ours: bytes, key_of: KeyOf) -> Receipt:
    """Check a receipt's text for the station ``ours`` and take it apart; ReceiptError where anything is wrong."""
    content = _content(text)
    version = content[NAME]
    if type(version) is not int or version < 1:
        raise ReceiptError("form")
    if version > VERSION:
        raise ReceiptError("newer")
    try:
        said = msgspec.convert(content, _Text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ReceiptError("form") from error
    if said.to != ours.hex():
        raise ReceiptError("other")
    key = key_of(bytes.fromhex(said.station))
    if key is None:
        raise ReceiptError("stranger")
    _verify(key, bytes.fromhex(said.signature), content)
    try:
        holds = unpack([(bytes.fromhex(origin), bytes.fromhex(inc), edges) for origin, inc, edges in said.holds])
        stubs = None if said.stubs is None else partial.unpack(base64.b64decode(said.stubs, validate=True))
    except (ValueError, binascii.Error) as error:
        raise ReceiptError("content") from error
    if stubs is not None and partial.digest(stubs).hex() != said.digest:
        raise ReceiptError("content")
    return Receipt(
        bytes.fromhex(said.station),
        bytes.fromhex(said.incarnation),
        ours,
        said.number,
        said.after,
        said.at,
        tuple((counter, bytes.fromhex(tag)) for counter, tag in said.whole),
        tuple(
            InPart(one.counter, bytes.fromhex(one.bundle), None if one.lost is None else tuple(one.lost))
            for one in said.partly
        ),
        holds,
        stubs,
        bytes.fromhex(said.digest),
    )


def is_receipt(text: str) -> bool:
    """Whether a text begins as a receipt does, in either form. Never raises."""
    begin = text[:200].lstrip("\ufeff \t\r\n")
    return begin.upper().startswith(CODE) or begin.replace(" ", "").replace("\n", "").startswith(f'{{"{NAME}"')


def _content(text: str) -> dict[str, object]:
    if len(text) > LIMIT:
        raise ReceiptError("form")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReceiptError("form") from error
    if not isinstance(content, dict) or NAME not in content:
        raise ReceiptError("form")
    return content


def _verify(key: bytes, signature: bytes, content: Mapping[str, object]) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, _signed_part(content))
    except (InvalidSignature, ValueError, RecursionError) as error:
        raise ReceiptError("signature") from error


def _less(receipt: Receipt, whole: int, lost: int) -> Iterable[Receipt]:
    """The receipt, then with less and less in it: older bundles first, then names of what is lost, then batches."""
    names = lost
    while True:
        yield _trimmed(receipt, whole, names, receipt.holds)
        if whole > 4:
            whole = whole * 3 // 4
        elif names > 0:
            names //= 2
        else:
            break
    writers = sorted(receipt.holds, key=lambda writer: (_most(receipt.holds[writer]), writer), reverse=True)
    while writers:
        writers.pop()
        yield _trimmed(receipt, 4, 0, {writer: receipt.holds[writer][:1] for writer in writers})
    yield replace(_trimmed(receipt, 1, 0, {}), partly=())


def _trimmed(receipt: Receipt, whole: int, lost: int, holds: Vector) -> Receipt:
    newest = sorted(receipt.whole, reverse=True)[:whole]
    partly = tuple(
        InPart(one.counter, one.bundle, one.lost if one.lost is not None and len(one.lost) <= lost else None)
        for one in sorted(receipt.partly, key=lambda one: one.counter, reverse=True)[:whole]
    )
    return replace(receipt, whole=tuple(newest), partly=partly, holds=holds)


def _most(spans: Spans) -> int:
    return sum(high - low + 1 for low, high in spans)


# -- the code --------------------------------------------------------------------------------------------------------


class _Short(msgspec.Struct, array_like=True, frozen=True):
    version: int
    frm: bytes
    to: bytes
    incarnation: Annotated[bytes, msgspec.Meta(min_length=8, max_length=8)]
    number: _Count
    after: _Count
    at: Annotated[int, msgspec.Meta(ge=0, lt=2**62)]
    whole: list[tuple[_Count, bytes]]
    partly: list[tuple[_Count, bytes, list[tuple[_Word, bytes]] | None]]
    holds: list[tuple[bytes, bytes, list[_Count]]]
    digest: Annotated[bytes, msgspec.Meta(min_length=8, max_length=8)]


_read_short = msgspec.msgpack.Decoder(_Short).decode


def write_code(receipt: Receipt, sign: Sign) -> str:
    """The receipt as a code of at most ``CODE_LIMIT`` capital letters and digits.

    Base32, because it survives text messages, dictation and the alphanumeric mode of a QR code. Ids are shortened;
    the signature is over the whole ones.
    """
    for fitted in _less(receipt, _CODE_WHOLE, _CODE_LOST):
        payload = msgspec.msgpack.encode(_shortened(fitted))
        if _length(len(payload) + 64) <= CODE_LIMIT:
            signature = sign(_CODE_CONTEXT + receipt.frm + receipt.to + payload)
            return CODE + base64.b32encode(payload + signature).decode("ascii").rstrip("=")
    raise ValueError("limit")


def _length(octets: int) -> int:
    return len(CODE) + -(-octets * 8 // 5)


def _shortened(receipt: Receipt) -> _Short:
    return _Short(
        VERSION,
        receipt.frm[:_SHORT_ID],
        receipt.to[:_SHORT_ID],
        receipt.incarnation,
        receipt.number,
        receipt.after,
        receipt.at,
        [(counter, bundle[:_SHORT_TAG]) for counter, bundle in receipt.whole],
        [
            (
                one.counter,
                one.bundle[:_SHORT_TAG],
                # What is no picture says nothing that the vector does not say.
                None if one.lost is None else [_short_name(what, name) for what, name in one.lost],
            )
            for one in receipt.partly
        ],
        [(origin[:_SHORT_ID], inc[:_SHORT_INCARNATION], edges) for origin, inc, edges in pack(receipt.holds)],
        receipt.digest,
    )


def _short_name(what: str, name: str) -> tuple[str, bytes]:
    return (what, bytes.fromhex(name[: _SHORT_NAME * 2]) if what in PICTURES else name.encode("ascii", "replace"))


def read_code(code: str, ours: bytes, keys: Mapping[bytes, bytes], writers: Iterable[Writer]) -> Receipt:
    """Check a code for the station ``ours`` and take it apart; ReceiptError where anything is wrong.

    ``keys`` are the signing keys of partners whose digits were compared, ``writers`` those whose batches are here:
    what the code says of others cannot matter yet.
    """
    bare = "".join(letter for letter in code.upper() if letter.isalnum() or letter == ":")
    if not bare.startswith(CODE) or len(bare) > 2 * CODE_LIMIT:
        raise ReceiptError("form")
    body = bare[len(CODE) :]
    try:
        packed = base64.b32decode(body + "=" * (-len(body) % 8))
        payload, signature = packed[:-64], packed[-64:]
        said = _read_short(payload)
    except (ValueError, binascii.Error, msgspec.MsgspecError, RecursionError) as error:
        raise ReceiptError("form") from error
    if said.version > VERSION:
        raise ReceiptError("newer")
    if len(said.frm) < _SHORT_ID or len(said.to) < _SHORT_ID or not ours.startswith(said.to):
        raise ReceiptError("other")
    senders = [station for station in keys if station.startswith(said.frm)]
    if not senders:
        raise ReceiptError("stranger")
    for station in senders:
        try:
            key = Ed25519PublicKey.from_public_bytes(keys[station])
            key.verify(signature, _CODE_CONTEXT + station + ours + payload)
        except (InvalidSignature, ValueError):
            continue
        return _lengthened(said, station, ours, list(writers))
    raise ReceiptError("signature")


def _lengthened(said: _Short, station: bytes, ours: bytes, writers: list[Writer]) -> Receipt:
    holds: Vector = {}
    try:
        for origin, incarnation, edges in said.holds:
            meant = [
                writer
                for writer in writers
                if len(origin) >= _SHORT_ID
                and len(incarnation) >= _SHORT_INCARNATION
                and writer[0].startswith(origin)
                and writer[1].startswith(incarnation)
            ]
            spans = unpack([(origin, incarnation, edges)])[origin, incarnation]
            if len(meant) == 1 and spans:
                holds[meant[0]] = spans
        partly = tuple(
            InPart(
                counter,
                tag,
                None
                if lost is None
                else tuple((what, name.hex() if what in PICTURES else name.decode("ascii")) for what, name in lost),
            )
            for counter, tag, lost in said.partly
        )
    except ValueError as error:
        raise ReceiptError("content") from error
    return Receipt(
        station,
        said.incarnation,
        ours,
        said.number,
        said.after,
        said.at,
        tuple(said.whole),
        partly,
        holds,
        {} if said.digest == partial.NOTHING else None,
        said.digest,
        short=True,
    )
