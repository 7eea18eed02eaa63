"""The two manifests of a bundle: the outer one anybody can check, the inner one only the recipients can read.

The outer names the files and their hashes and nothing else; who gets what, and what the sender holds, is inside.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated

import msgspec

from ranger_app.domain import partial
from ranger_app.domain.intervals import Vector, pack, unpack

FORMAT = 1
LIMIT = 8 << 20
"""Longest manifest that is read, bytes."""
MOST_PARTS = 60_000
"""FAT32 holds no more names in one folder."""

NAME = re.compile(
    r"^[a-z]+-[0-9]{4,5}\.(pak|bak)$|^keys\.(age|bak)$|^records-[0-9]{4,5}\.(txt|bak)$|^contents\.(json|bak)$", re.ASCII
)
FOLDER = re.compile(r"^[0-9a-f]{8}-[0-9]{6,}-[0-9a-f]{8}$", re.ASCII)
"""What a bundle's folder is called: the beginning of the sender's id, the number, and eight digits drawn by lot."""
CONTENTS, CONTENTS_COPY = "contents.json", "contents.bak"
"""The inner manifest of an open bundle, which has no keys."""
RECORDS = "records"
"""Parts of an open bundle: batches as text."""
KEYS, KEYS_COPY = "keys.age", "keys.bak"
OUTER, OUTER_COPY = "bundle.json", "bundle.bak"
SIGNATURE = ".minisig"
DONE = "DONE"
DONE_SIZE = 65
"""Its content is the hash of the outer manifest and a line end."""
READ_ME = "READ-ME.txt"

_Id = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
_Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class Part(msgspec.Struct, frozen=True):
    """A file of the bundle and its second copy, both of these bytes."""

    name: str
    copy: str | None
    size: _Count
    sha256: _Hash


class Outer(msgspec.Struct, frozen=True, rename={"station": "from"}):
    """What stands readable on the stick."""

    format: int
    bundle: _Id
    station: _Id
    counter: _Count
    parts: Annotated[list[Part], msgspec.Meta(max_length=MOST_PARTS)]


class Inner(msgspec.Struct, frozen=True, rename={"station": "from"}):
    """What only the recipients read. ``created`` is microseconds of the sender's clock, ``key`` 64 hex digits.

    ``holds`` is the sender's own version vector; ``void`` names frames whose original proved rotten at home.
    """

    format: int
    bundle: _Id
    station: _Id
    incarnation: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
    counter: _Count
    to: Annotated[list[_Id], msgspec.Meta(min_length=1, max_length=1000)]
    key: _Hash
    parts_sha256: _Hash
    holds: Annotated[list[tuple[str, str, list[_Count]]], msgspec.Meta(max_length=100_000)]
    created: _Count
    operations: _Count
    media: _Count
    cards: Annotated[list[str], msgspec.Meta(max_length=10_000)]
    void: list[Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]] = []
    statements: Annotated[list[str], msgspec.Meta(max_length=10_000)] = []
    """Signed texts that travel along: receipts, and keys withdrawn."""
    partial: Annotated[list[tuple[str, str, _Count, _Count, str]], msgspec.Meta(max_length=100_000)] = []
    """What the sender holds with something withheld: station, incarnation, first and last number, mask in hex."""


INNER_PARTS = (KEYS, CONTENTS)
"""The part that the inner manifest lies in: sealed, or readable in an open bundle."""


def is_open(outer: Outer) -> bool:
    """Whether everybody can read the bundle: signed, not sealed."""
    return any(part.name == CONTENTS for part in outer.parts)


class ManifestError(ValueError):
    """The bytes are not a manifest of this format."""


class NewerFormat(ManifestError):
    """The manifest is of a later version of the program."""


class _Version(msgspec.Struct):
    format: int


_read_version = msgspec.json.Decoder(_Version).decode
_read_outer = msgspec.json.Decoder(Outer).decode
_read_inner = msgspec.json.Decoder(Inner).decode


def write(manifest: Outer | Inner) -> bytes:
    """The manifest as UTF-8 JSON."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def parts_hash(parts: list[Part]) -> str:
    """What the inner manifest says of all parts but the one it lies in, whose hash it cannot contain."""
    lines = [f"{p.name} {p.copy or '-'} {p.size} {p.sha256}\n" for p in parts if p.name not in INNER_PARTS]
    return hashlib.sha256("".join(lines).encode("ascii")).hexdigest()


def read_outer(data: bytes) -> Outer:
    """The outer manifest; ManifestError where it is not one, or names a file that no bundle has."""
    _check_version(data)
    try:
        outer = _read_outer(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ManifestError("outer") from error
    names = [name for part in outer.parts for name in (part.name, part.copy) if name is not None]
    if len(set(names)) != len(names) or not all(NAME.fullmatch(name) and len(name) < 40 for name in names):
        raise ManifestError("names")
    if sum(part.name in INNER_PARTS for part in outer.parts) != 1:
        raise ManifestError("keys")
    return outer


def read_inner(data: bytes) -> Inner:
    """The inner manifest; ManifestError where it is not one."""
    _check_version(data)
    try:
        return _read_inner(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ManifestError("inner") from error


def _check_version(data: bytes) -> None:
    try:
        version = _read_version(data).format
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ManifestError("version") from error
    if version > FORMAT:
        raise NewerFormat("version")
    if version < 1:
        raise ManifestError("version")


def digits(outer: bytes) -> str:
    """Twenty digits of an outer manifest, for two people who compare a stick with a paper.

    A stick made to show the same digits would need a manifest of the same sender's signature; the digits only tell
    one bundle from another.
    """
    number = f"{int.from_bytes(hashlib.sha256(outer).digest(), 'big') % 10**20:020d}"
    return " ".join(number[at : at + 5] for at in range(0, 20, 5))


def holds_out(vector: Vector) -> list[tuple[str, str, list[int]]]:
    """A version vector as the inner manifest writes it."""
    return [(origin.hex(), incarnation.hex(), edges) for origin, incarnation, edges in pack(vector)]


def holds_in(holds: list[tuple[str, str, list[int]]]) -> Vector:
    """The version vector in an inner manifest; ManifestError where it is not one."""
    try:
        packed = [(bytes.fromhex(origin), bytes.fromhex(incarnation), edges) for origin, incarnation, edges in holds]
        if any(len(origin) != 16 or len(incarnation) != 8 for origin, incarnation, _edges in packed):
            raise ManifestError("holds")
        return unpack(packed)
    except ValueError as error:
        raise ManifestError("holds") from error


def partial_out(stubs: partial.Stubs) -> list[tuple[str, str, int, int, str]]:
    """What is held in part, as the inner manifest writes it."""
    return [
        (origin.hex(), incarnation.hex(), low, high, mask.hex())
        for (origin, incarnation), line in sorted(stubs.items())
        for low, high, mask in line
    ]


def partial_in(rows: list[tuple[str, str, int, int, str]]) -> partial.Stubs:
    """What is held in part by an inner manifest; ManifestError where it is not well formed."""
    try:
        return partial.checked(
            (bytes.fromhex(origin), bytes.fromhex(incarnation), low, high, bytes.fromhex(mask))
            for origin, incarnation, low, high, mask in rows
        )
    except ValueError as error:
        raise ManifestError("partial") from error
