"""Withholding parts of a batch: the same batch, the same signature, another state of it.

A stub is never a new statement. Two states of one batch join to what both reveal, so whatever road they came by, the
full one beats the stub and no stub overwrites anything. (Selective disclosure by salted hashes, as in RFC 9901.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set

from ranger_app.domain import batch as batches
from ranger_app.domain.batch import Opened, Part, Sealed, Shown, Stub, StubLine
from ranger_app.domain.coarse import COARSE
from ranger_app.domain.ops import Op

Keep = Callable[[int, Op], frozenset[str] | None]
"""Which groups of the operation with this number may be seen; None for all."""


def withhold(sealed: Sealed, keep: Keep, *, meta: bool, opened: Opened | None = None) -> Sealed:
    """The batch with only what ``keep`` names revealed, and who made it only with ``meta``.

    What is not here cannot be revealed. The very same batch where nothing is taken away.
    """
    opened = opened or batches.read(sealed)
    kept = [keep(number, op) for number, op in enumerate(opened.ops)]
    if meta and all(names is None for names in kept):
        return sealed
    stub = as_stub(sealed.body)
    lines = [
        line
        if names is None
        else StubLine(
            line.action,
            line.kind,
            line.id,
            line.scope,
            {name: part if name in names and clean(name) else _hidden(part) for name, part in line.groups.items()},
        )
        for line, names, clean in _judged(stub, kept, opened)
    ]
    return _with(sealed, Stub(2, stub.meta if meta else _hidden(stub.meta), lines))


def _judged(
    stub: Stub, kept: list[frozenset[str] | None], opened: Opened
) -> Iterator[tuple[StubLine, frozenset[str] | None, Callable[[str], bool]]]:
    """Each line with what may be seen of it, and whether a group of it holds nothing of a group that may not.

    Which group a field belongs to has changed between versions: one that was committed to among others stays with them.
    """
    for line, names, op in zip(stub.lines, kept, opened.ops, strict=True):
        held = op.fields.keys() & batches.fields_outside(line.kind, names) if names else frozenset[str]()

        def clean(name: str, line: StubLine = line, held: Set[str] = held) -> bool:
            part = line.groups[name]
            if not held or name in COARSE or not isinstance(part, Shown):
                return True
            return held.isdisjoint(batches.fields_in(part.payload))

        yield line, names, clean


def join(one: Sealed, other: Sealed) -> Sealed:
    """Two states of one batch (the heads are the same bytes, both verified): all that either reveals."""
    if not batches.is_stub(one.body):
        return one
    if not batches.is_stub(other.body):
        return other
    first, second = as_stub(one.body), as_stub(other.body)
    lines = [
        StubLine(
            mine.action,
            mine.kind,
            mine.id,
            mine.scope,
            {name: _fuller(part, theirs.groups[name]) for name, part in mine.groups.items()},
        )
        for mine, theirs in zip(first.lines, second.lines, strict=True)
    ]
    return _with(one, Stub(2, _fuller(first.meta, second.meta), lines))


def as_stub(body: bytes) -> Stub:
    """A body in the form that can withhold; a whole one with everything revealed. BatchError where it is none."""
    read = batches.read_body(body)
    if isinstance(read, Stub):
        return read
    lines = [
        StubLine(
            line.action,
            line.kind,
            line.id,
            line.scope,
            {
                name: Shown(batches.group_salt(read.seed, number, name), payload)
                for name, payload in line.groups.items()
            },
        )
        for number, line in enumerate(read.lines)
    ]
    return Stub(2, Shown(batches.meta_salt(read.seed), read.meta), lines)


def mask(body: bytes) -> bytes | None:
    """What of a body is here: None for all of it, else a bit for the meta part and for each line's groups by name."""
    if not batches.is_stub(body):
        return None
    bits, length = 0, 0
    for part in _parts(as_stub(body)):
        bits |= isinstance(part, Shown) << length
        length += 1
    return None if bits == (1 << length) - 1 else bits.to_bytes((length + 7) // 8, "little")


def adds(mine: bytes | None, theirs: bytes | None) -> bool:
    """Whether a state with the mask ``mine`` reveals something that one with the mask ``theirs`` does not."""
    if theirs is None or mine is None:
        return theirs is not None
    return bool(int.from_bytes(mine, "little") & ~int.from_bytes(theirs, "little"))


def _parts(stub: Stub) -> Iterator[Part]:
    yield stub.meta
    for line in stub.lines:
        for name in sorted(line.groups):
            yield line.groups[name]


def _hidden(part: Part) -> bytes:
    return batches.commitment(*part) if isinstance(part, Shown) else part


def _fuller(one: Part, other: Part) -> Part:
    return one if isinstance(one, Shown) else other


def _with(sealed: Sealed, stub: Stub) -> Sealed:
    return Sealed(sealed.head, sealed.signature, batches.write_stub(stub))
