"""A batch: the operations of one act of one station, numbered, chained and signed.

The signature covers the header's exact bytes; the header commits to every group of fields by a salted hash, so
that a group can be withheld or erased while the signature still holds (``stubs``). All bytes are kept as they came.
"""

from __future__ import annotations

import functools
import hashlib
import secrets
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ranger_app.domain import coarse
from ranger_app.domain.fields import Group, Value
from ranger_app.domain.intervals import Packed, Vector, Writer, pack, unpack
from ranger_app.domain.kinds import BY_NAME
from ranger_app.domain.ops import Action, Op

FORMAT = 1
SCHEMA = (1, 0)
"""Major, minor. A minor step only adds; an unknown major is kept and carried, not shown."""
FIRST = b"\0" * 32
"""``prev`` of a writer's first batch."""

FEATURES = frozenset({"purge"})
"""What a batch may ask its reader to understand; one that asks for more is carried, not shown."""

LARGEST = 60 << 20
"""Bytes a batch may take in any state of it, or whoever takes it in could pass it on to nobody."""

_ACTIONS: tuple[Action, ...] = ("create", "set", "purge")
_Id = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_Number = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
# Of another length, one signed root would stand for several contents: the end of a payload could pass for all of it.
_Salt = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
_Commitment = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
_TOO_LARGE = 2**63
_ALLOWED = {str, int, bytes, type(None)}


class BatchError(ValueError):
    """The bytes are not a batch, or do not carry the signature they claim."""


class Header(msgspec.Struct, array_like=True, frozen=True):
    """The signed part. ``hlc`` is microseconds since 1970 on a hybrid logical clock."""

    format: int
    origin: _Id
    incarnation: Annotated[bytes, msgspec.Meta(min_length=8, max_length=8)]
    n: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    prev: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    seen: Packed
    hlc: Annotated[int, msgspec.Meta(ge=0, le=2**62)]
    schema: tuple[int, int]
    requires: list[str]
    count: int
    root: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]

    @property
    def writer(self) -> Writer:
        """Who wrote it: station and incarnation."""
        return (self.origin, self.incarnation)


class Meta(msgspec.Struct, array_like=True, frozen=True):
    """What the batch was about, for undo lists and history: never needed to compute a record."""

    person: bytes | None = None
    label: str = ""
    undoes: _Number | None = None
    act: _Number | None = None
    """Number of the first batch of the same act, where an act needed several."""


class _Line(msgspec.Struct, array_like=True, frozen=True):
    action: int
    kind: str
    id: _Id
    scope: str
    groups: dict[str, bytes]


class Shown(NamedTuple):
    """A group that a stub reveals: its salt, from which nothing else can be guessed, and its fields."""

    salt: _Salt
    payload: bytes


Part = _Commitment | Shown
"""A group in a stub: the 32 bytes that commit to it, or what it says."""


class StubLine(msgspec.Struct, array_like=True, frozen=True):
    """An operation in a stub."""

    action: int
    kind: str
    id: _Id
    scope: str
    groups: dict[str, Part]


class Stub(msgspec.Struct, array_like=True, frozen=True):
    """A body of which parts are withheld; ``form`` is 2."""

    form: int
    meta: Part
    lines: list[StubLine]


class _Body(msgspec.Struct, array_like=True, frozen=True):
    form: int
    seed: Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
    meta: bytes
    lines: list[_Line]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A batch as bytes: what is stored, carried and checked."""

    head: bytes
    signature: bytes
    body: bytes

    @property
    def hash(self) -> bytes:
        """What the writer's next batch names as ``prev``."""
        return hashlib.sha256(self.head).digest()


@dataclass(frozen=True, slots=True)
class Opened:
    """A batch as values."""

    header: Header
    meta: Meta
    ops: list[Op]
    seen: Vector


_encode = msgspec.msgpack.Encoder().encode
_decode_header = msgspec.msgpack.Decoder(Header).decode
_decode_body = msgspec.msgpack.Decoder(_Body).decode
_decode_stub = msgspec.msgpack.Decoder(Stub).decode
_decode_meta = msgspec.msgpack.Decoder(Meta).decode
_decode_any = msgspec.msgpack.Decoder(dict[str, object]).decode
_OPEN = Group.OPEN.value
_ROUGH = (*coarse.FIELDS, "uncertainty")
_GROUPS: dict[str, dict[str, str]] = {
    kind.name: {f.name: f.group.value for f in kind.fields if f.group is not Group.OPEN} for kind in BY_NAME.values()
}


def _line(op: Op) -> _Line:
    special = _GROUPS.get(op.kind)
    if not special:
        groups = {_OPEN: _encode(op.fields)}
    else:
        parts: dict[str, dict[str, Value]] = {_OPEN: {}}
        for name, value in op.fields.items():
            parts.setdefault(special.get(name, _OPEN), {})[name] = value
        if coarse.PLACE in parts:
            parts |= coarse.groups(op.kind, op.fields)
        groups = {group: _encode(fields) for group, fields in parts.items() if fields or group == _OPEN}
    return _Line(_ACTIONS.index(op.action), op.kind, op.id, op.scope, groups)


@functools.cache
def fields_outside(kind: str, groups: frozenset[str]) -> frozenset[str]:
    """The fields of a kind that belong to none of these groups today."""
    return frozenset(name for name, group in _GROUPS.get(kind, {}).items() if group not in groups)


def fields_in(payload: bytes) -> Set[str]:
    """The names of the fields of one group."""
    return _decode_any(payload).keys()


def commitment(salt: bytes, payload: bytes) -> bytes:
    """What the header vouches for in place of the bytes themselves."""
    return hashlib.sha256(salt + payload).digest()


def meta_salt(seed: bytes) -> bytes:
    """The salt of a whole body's meta part."""
    return hashlib.sha256(seed + b"meta").digest()[:16]


def group_salt(seed: bytes, number: int, name: str) -> bytes:
    """The salt of one group of line ``number`` of a whole body."""
    return hashlib.sha256(seed + number.to_bytes(4, "big") + name.encode()).digest()[:16]


def _root(seed: bytes, meta: bytes, lines: Sequence[_Line]) -> bytes:
    total = hashlib.sha256(commitment(meta_salt(seed), meta))
    for number, line in enumerate(lines):
        names = sorted(line.groups)
        total.update(_encode((line.action, line.kind, line.id, line.scope, names)))
        for name in names:
            total.update(commitment(group_salt(seed, number, name), line.groups[name]))
    return total.digest()


def _stub_root(stub: Stub) -> bytes:
    total = hashlib.sha256(_committed(stub.meta))
    for line in stub.lines:
        names = sorted(line.groups)
        total.update(_encode((line.action, line.kind, line.id, line.scope, names)))
        for name in names:
            total.update(_committed(line.groups[name]))
    return total.digest()


def _committed(part: Part) -> bytes:
    return commitment(*part) if isinstance(part, Shown) else part


def seal(
    ops: Sequence[Op],
    *,
    key: Ed25519PrivateKey,
    writer: Writer,
    n: int,
    prev: bytes,
    seen: Vector,
    hlc: int,
    meta: Meta,
    seed: bytes | None = None,
) -> tuple[Sealed, Header]:
    """Write and sign the batch number ``n`` of ``writer``."""
    seed = seed or secrets.token_bytes(16)
    meta_bytes = _encode(meta)
    lines = [_line(op) for op in ops]
    requires = ["purge"] if any(op.action == "purge" for op in ops) else []
    root = _root(seed, meta_bytes, lines)
    header = Header(FORMAT, *writer, n, prev, pack(seen), hlc, SCHEMA, requires, len(lines), root)
    head = _encode(header)
    return Sealed(head, key.sign(head), _encode(_Body(1, seed, meta_bytes, lines))), header


def read_header(head: bytes) -> Header:
    """The header's values; BatchError where the bytes are not a header."""
    try:
        return _decode_header(head)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BatchError("header") from error


def verify(sealed: Sealed, signing_key: bytes) -> Header:
    """Check signature, commitments and count; BatchError where anything differs.

    ``signing_key`` is the 32 bytes of the station's Ed25519 public key.
    """
    return _verified(sealed, signing_key)[0]


def verified(sealed: Sealed, signing_key: bytes) -> Opened:
    """``verify`` and ``read`` in one go."""
    return _opened(*_verified(sealed, signing_key))


def _verified(sealed: Sealed, signing_key: bytes) -> tuple[Header, _Body | Stub]:
    header = read_header(sealed.head)
    try:
        Ed25519PublicKey.from_public_bytes(signing_key).verify(sealed.signature, sealed.head)
    except (InvalidSignature, ValueError) as error:
        raise BatchError("signature") from error
    body = read_body(sealed.body)
    if len(sealed.body) > LARGEST // 64 and _at_most(sealed, body) > LARGEST:
        raise BatchError("size")
    root = _stub_root(body) if isinstance(body, Stub) else _root(body.seed, body.meta, body.lines)
    if len(body.lines) != header.count or root != header.root:
        raise BatchError("content")
    return header, body


def _at_most(sealed: Sealed, body: _Body | Stub) -> int:
    """Bytes that any state of the batch takes at most: a salt or a commitment for each group, and their marks."""
    groups = sum(len(line.groups) for line in body.lines)
    return len(sealed.head) + len(sealed.signature) + len(sealed.body) + 40 * (groups + 1)


def read_body(body: bytes) -> _Body | Stub:
    """The body as it lies there; BatchError where the bytes are none."""
    try:
        decoded = _decode_stub(body) if is_stub(body) else _decode_body(body)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BatchError("body") from error
    if decoded.form != (2 if isinstance(decoded, Stub) else 1):
        raise BatchError("form")
    return decoded


def is_stub(body: bytes) -> bool:
    """Whether parts of a body are withheld, from its first bytes: an array of three that begins with 2."""
    return body[:2] == b"\x93\x02"


def write_stub(stub: Stub) -> bytes:
    """The bytes of a body with withheld parts."""
    return _encode(stub)


def _decode_fields(payload: bytes) -> dict[str, Value]:
    fields = _decode_any(payload)
    values = fields.values()
    types = set(map(type, values))
    # No floats, truth values or nested things; and only numbers that the database can hold (msgpack has none below).
    if not types <= _ALLOWED:
        raise ValueError("value")
    if int in types:
        for value in values:
            if type(value) is int and value >= _TOO_LARGE:
                raise ValueError("value")
    return fields  # type: ignore[return-value]


def _op(line: _Line) -> Op:
    groups = line.groups
    if len(groups) == 1 and _OPEN in groups:
        fields = _decode_fields(groups[_OPEN])
    else:
        fields = _joined(groups)
    return Op(_action(line.action), line.kind, line.id, fields, line.scope)


def _stub_op(line: StubLine) -> Op:
    shown = {name: part.payload for name, part in line.groups.items() if isinstance(part, Shown)}
    missing = frozenset(line.groups) - frozenset(shown)
    if coarse.PLACE in shown:
        missing -= coarse.COARSE.keys()  # the exact place tells all of them
    return Op(_action(line.action), line.kind, line.id, _joined(shown), line.scope, missing)


class Lines:
    """A batch of which single operations are read: most of the time of reading one goes into all the others."""

    def __init__(self, header: Header, seen: Vector, body: _Body | Stub) -> None:
        self.header, self.seen, self._body = header, seen, body

    def op(self, index: int) -> Op:
        """The operation with this number; BatchError where it is none."""
        return _operation(self._body, index)

    def makers(self, kind: str, record: bytes) -> list[int]:
        """The numbers of the operations that create a record."""
        lines: Sequence[_Line | StubLine] = self._body.lines
        return [
            index
            for index, line in enumerate(lines)
            if line.id == record and line.kind == kind and _action(line.action) == "create"
        ]


def read_lines(sealed: Sealed) -> Lines:
    """A batch for reading single operations, without checking the signature; BatchError where it is none."""
    header = read_header(sealed.head)
    try:
        return Lines(header, unpack(header.seen), read_body(sealed.body))
    except ValueError as error:
        raise BatchError("content") from error


def _operation(body: _Body | Stub, index: int) -> Op:
    """One operation out of a body that was read, for who needs no other; BatchError where it is none."""
    try:
        return _stub_op(body.lines[index]) if isinstance(body, Stub) else _op(body.lines[index])
    except (msgspec.MsgspecError, ValueError) as error:
        raise BatchError("content") from error


def _action(number: int) -> Action:
    # A number of a later version comes with a feature that ``requires`` names, and is carried, not shown.
    return _ACTIONS[number] if 0 <= number < len(_ACTIONS) else "set"


def _joined(groups: Mapping[str, bytes]) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    rough: dict[str, Value] = {}
    for name, payload in sorted(groups.items()):  # of coarse places the finest comes last
        if name in coarse.COARSE:
            told = _decode_fields(payload)
            rough.update((one, told[one]) for one in _ROUGH if one in told)
        else:
            fields.update(_decode_fields(payload))
    if rough and coarse.PLACE not in groups:
        fields.update(rough)
    return fields


def read(sealed: Sealed) -> Opened:
    """The batch's values, without checking the signature; BatchError where the bytes are not a batch."""
    return _opened(read_header(sealed.head), read_body(sealed.body))


def _opened(header: Header, body: _Body | Stub) -> Opened:
    try:
        if isinstance(body, Stub):
            meta = _decode_meta(body.meta.payload) if isinstance(body.meta, Shown) else Meta()
            ops = [_stub_op(line) for line in body.lines]
        else:
            meta, ops = _decode_meta(body.meta), [_op(line) for line in body.lines]
        opened = Opened(header, meta, ops, unpack(header.seen))
    except (msgspec.MsgspecError, ValueError) as error:
        raise BatchError("content") from error
    _check_order(opened)
    return opened


def _check_order(opened: Opened) -> None:
    # A record is made once and before it is edited, and no batch has seen itself or what its writer did later.
    header = opened.header
    if any(high >= header.n for _low, high in opened.seen.get(header.writer, ())):
        raise BatchError("seen")
    met: set[tuple[str, bytes]] = set()
    for op in opened.ops:
        if op.action == "create" and (op.kind, op.id) in met:
            raise BatchError("order")
        met.add((op.kind, op.id))
