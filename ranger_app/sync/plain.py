"""Batches as text that any editor shows, and back to the very bytes that were signed: for offices that must inspect.

A line that begins a batch holds its signed header; each line after it is one operation, every group of fields as it is
or, where it is withheld, the 32 bytes that commit to it. Nothing stands in the file that a reader of it cannot see.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

import msgspec

from ranger_app.domain import batch as batches
from ranger_app.domain import stubs
from ranger_app.domain.batch import BatchError, Part, Shown, Stub, StubLine
from ranger_app.sync.packs import Batch

START = "batch"
LONGEST_LINE = 4 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode
_ACTIONS = ("create", "set", "purge")


def lines(batch: Batch) -> Iterator[str]:
    """A batch as lines of JSON, each with its line feed; BatchError where the bytes are no batch."""
    head, signature, body = batch
    header = batches.read_header(head)
    stub = stubs.as_stub(body)
    start: dict[str, object] = {
        START: header.n,
        "station": header.origin.hex(),
        "incarnation": header.incarnation.hex(),
        "made": _moment(header.hlc),
        "operations": header.count,
        "about": _group(stub.meta),
        "head": head.hex(),
        "signature": signature.hex(),
    }
    yield _line(start)
    for line in stub.lines:
        action = _ACTIONS[line.action] if 0 <= line.action < len(_ACTIONS) else str(line.action)
        shown: dict[str, object] = {action: line.kind, "id": line.id.hex(), "scope": line.scope}
        shown |= {name: _group(part) for name, part in sorted(line.groups.items())}
        yield _line(shown)


def read(handle: BinaryIO) -> Iterator[Batch]:
    """The batches of a file; BatchError where it holds anything else. Contents are checked by who reads them."""
    start: dict[str, object] | None = None
    found: list[StubLine] = []
    while raw := handle.readline(LONGEST_LINE + 1):
        entry = _entry(raw)
        if START in entry:
            if start is not None:
                raise BatchError("count")
            start, found = entry, []
        elif start is None:
            raise BatchError("order")
        else:
            found.append(_operation(entry))
        if len(found) == start.get("operations"):
            yield _batch(start, found)
            start = None
    if start is not None:
        raise BatchError("end")


def write(batch_list: Iterable[Batch]) -> Iterator[bytes]:
    """The text of batches, piece by piece."""
    for batch in batch_list:
        yield "".join(lines(batch)).encode("utf-8")


def _line(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(", ", ": ")) + "\n"


def _moment(hlc: int) -> str:
    try:
        return (_EPOCH + timedelta(microseconds=hlc)).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return ""  # a clock beyond the calendar; the header has the number itself


def _group(part: Part) -> dict[str, object]:
    if not isinstance(part, Shown):
        return {"withheld": part.hex()}
    fields = _decode(part.payload)
    told: dict[str, object] = {"salt": part.salt.hex()}
    if _payload(_readable(fields)) == part.payload:
        return {**told, "says": _readable(fields)}
    return {**told, "says": _readable(fields), "bytes": part.payload.hex()}


def _readable(value: object) -> object:
    if isinstance(value, dict):
        return {str(name): _readable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_readable(one) for one in value]
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _payload(value: object) -> bytes | None:
    try:
        return _encode(_values(value))
    except (ValueError, TypeError, OverflowError):
        return None


def _values(value: object) -> object:
    if isinstance(value, dict):
        if list(value) == ["hex"] and isinstance(value["hex"], str):
            return bytes.fromhex(value["hex"])
        return {name: _values(one) for name, one in value.items()}
    return [_values(one) for one in value] if isinstance(value, list) else value


def _entry(raw: bytes) -> dict[str, object]:
    if len(raw) > LONGEST_LINE or not raw.endswith(b"\n"):
        raise BatchError("line")
    try:
        entry = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BatchError("json") from error
    if not isinstance(entry, dict):
        raise BatchError("json")
    return entry


def _operation(entry: dict[str, object]) -> StubLine:
    named = [(name, kind) for name, kind in entry.items() if name in _ACTIONS or name.isdecimal()]
    if len(named) != 1:
        raise BatchError("action")
    action, kind = named[0]
    groups = {name: _part(value) for name, value in entry.items() if name not in (action, "id", "scope")}
    number = _ACTIONS.index(action) if action in _ACTIONS else int(action[:9])
    return StubLine(number, _text(kind), _bytes(entry.get("id")), _text(entry.get("scope")), groups)


def _part(value: object) -> Part:
    if not isinstance(value, dict):
        raise BatchError("group")
    if "withheld" in value:
        return _bytes(value["withheld"])
    payload = _bytes(value["bytes"]) if "bytes" in value else _payload(value.get("says"))
    if payload is None:
        raise BatchError("group")
    return Shown(_bytes(value.get("salt")), payload)


def _batch(start: dict[str, object], found: list[StubLine]) -> Batch:
    body = batches.write_stub(Stub(2, _part(start.get("about")), found))
    return _bytes(start.get("head")), _bytes(start.get("signature")), body


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BatchError("text")
    return value


def _bytes(value: object) -> bytes:
    try:
        return bytes.fromhex(_text(value))
    except ValueError as error:
        raise BatchError("hex") from error
