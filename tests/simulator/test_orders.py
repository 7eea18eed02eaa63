"""All orders of all graphs of up to six operations: the rule itself, and the tables that are kept up step by step.

What is expected is computed from the set of operations (``plain.py``), never from one order of them.
"""

from __future__ import annotations

import functools
import hashlib
import random
from itertools import permutations

import msgspec
import pytest

from ranger_app.domain import batch as batches
from ranger_app.domain import stubs
from ranger_app.domain.batch import Meta, Sealed
from ranger_app.domain.fields import Value
from ranger_app.domain.intervals import Vector, add
from ranger_app.domain.merge import Version, resolve
from ranger_app.domain.ops import Op
from ranger_app.keys import StationKeys
from tests.simulator.graphs import DAGS, ORDERS, Graph, graphs
from tests.simulator.plain import Statement, state
from tests.station import KEYS, Station

RECORD = b"r" * 16
NAMES = ("name", "country", "deleted")
_decode = msgspec.msgpack.Decoder().decode


@functools.cache
def _keys(number: int) -> StationKeys:
    keys = StationKeys(hashlib.sha256(b"order %d" % number).digest(), hashlib.sha256(b"seal %d" % number).digest())
    KEYS[keys.station] = keys.signing
    return keys


def _writers(graph: Graph) -> list[tuple[int, int]]:
    """(writer, number of its batch) of each operation: who saw all of a writer's work may be that writer."""
    found: list[tuple[int, int]] = []
    latest: dict[int, list[int]] = {}
    for at, seen in enumerate(graph):
        writer = next((one for one, made in latest.items() if set(made) <= seen), len(latest))
        latest.setdefault(writer, []).append(at)
        found.append((writer, len(latest[writer])))
    return found


def _said(graph: Graph, rng: random.Random, different: bool) -> list[dict[str, Value]]:
    """What each operation says: all of one field and each something else, or anything."""
    if different:
        return [{"name": f"v{at}"} for at in range(len(graph))]
    said: list[dict[str, Value]] = []
    for _ in graph:
        chance = rng.random()
        name, value = rng.choice(NAMES[:2]), rng.choice(("a", "b", None))
        fields: dict[str, Value] = {name: value}
        if chance < 0.25:
            fields = {"deleted": rng.choice((1, 1, 0))}
        elif chance < 0.4:
            fields["deleted"] = rng.choice((0, 1))
        said.append(fields)
    return said


def _clocks(graph: Graph, rng: random.Random) -> list[int]:
    return [1_700_000_000_000_000 + rng.randint(-3, 3) for _ in graph]  # often equal, often against the causes


def _expected(
    graph: Graph, said: list[dict[str, Value]], stamps: list[tuple[int, bytes, bytes, int, int]]
) -> tuple[object, object]:
    names = [b"%d" % at for at in range(len(graph))]
    statements = [
        Statement(names[at], 0, stamps[at], frozenset(names[one] for one in graph[at]), said[at])
        for at in range(len(graph))
    ]
    return state(statements)


def _all_orders(graph: Graph, seed: int) -> None:
    rng = random.Random(seed)
    for different in (True, False):
        said, clocks, writers = _said(graph, rng, different), _clocks(graph, rng), _writers(graph)
        versions = []
        for at, (writer, n) in enumerate(writers):
            seen: Vector = {}
            for one in sorted(graph[at]):
                other = writers[one]
                add(seen.setdefault((b"%016d" % other[0], b"incarnat"), []), other[1])
            versions.append(Version((b"%016d" % writer, b"incarnat"), n, 0, clocks[at], seen, said[at]))
        expected = _expected(graph, said, [one.stamp for one in versions])
        first = resolve(versions)
        told = {name: [one.stamp for one in sides] for name, sides in first.conflicts.items()}
        assert (first.values, told) == expected, graph
        for order in permutations(versions):
            assert resolve(order) == first, graph


@pytest.mark.parametrize("size", range(1, 7))
def test_the_rule_in_every_order(size: int) -> None:
    """Who saw an operation saw what that had in view: as where every stick is read whole."""
    number = 0
    for number, graph in enumerate(graphs(size, transitive=True), start=1):
        _all_orders(graph, number)
    assert number == ORDERS[size]


@pytest.mark.parametrize("size", [*range(1, 6), pytest.param(6, marks=pytest.mark.long)])
def test_the_rule_in_every_order_with_holes(size: int) -> None:
    """Any knowledge of any operations: as where sticks are read in part."""
    number = 0
    for number, graph in enumerate(graphs(size, transitive=False), start=1):
        _all_orders(graph, number)
    assert number == DAGS[size]


def _batches(graph: Graph, said: list[dict[str, Value]], clocks: list[int], rng: random.Random) -> list[Sealed]:
    made: list[Sealed] = []
    last: dict[int, bytes] = {}
    writers = _writers(graph)
    for at, (writer, n) in enumerate(writers):
        seen: Vector = {}
        for one in sorted(graph[at]):
            other = writers[one]
            add(seen.setdefault((_keys(other[0]).station, b"incarnat"), []), other[1])
        action = "create" if at == 0 or (not graph[at] and rng.random() < 0.3) else "set"
        keys = _keys(writer)
        sealed, _header = batches.seal(
            [Op(action, "location", RECORD, said[at])], key=keys.signer, writer=(keys.station, b"incarnat"), n=n,
            prev=last.get(writer, batches.FIRST), seen=seen, hlc=clocks[at], meta=Meta(), seed=bytes(16),
        )  # fmt: skip
        last[writer] = sealed.hash
        made.append(sealed)
    return made


def _arrived(order: list[Sealed]) -> tuple[object, object, str]:
    station = Station("orders")
    try:
        for one in order:
            station.read([one])
        row = station.db.conn.execute("SELECT name, country, deleted FROM location WHERE id=?", (RECORD,)).fetchone()
        waiting = {
            name: [tuple(side[:5]) for side in _decode(sides)]
            for name, sides in station.db.conn.execute("SELECT field, sides FROM conflict")
        }
        return row, waiting, station.hash()
    finally:
        station.close()


def _tables(graph: Graph, seed: int, orders: int | None) -> None:
    rng = random.Random(seed)
    said, clocks = _said(graph, rng, seed % 3 == 0), _clocks(graph, rng)
    made = _batches(graph, said, clocks, rng)
    stamps = [
        (header.hlc, header.origin, header.incarnation, header.n, 0)
        for header in (batches.read_header(one.head) for one in made)
    ]
    values, waiting = _expected(graph, said, stamps)
    assert isinstance(values, dict)
    row = (values.get("name"), values.get("country"), values.get("deleted") or 0)
    told = set()
    some = permutations(made) if orders is None else (tuple(rng.sample(made, len(made))) for _ in range(orders))
    for order in some:
        arriving = list(order)
        if rng.random() < 0.5:  # parts of some are withheld at first, or once more later
            for one in rng.sample(made, rng.randint(1, len(made))):
                stub = stubs.withhold(one, lambda _number, _op: frozenset({"open"}), meta=True)
                arriving.insert(rng.randint(0, len(arriving)), stub)
        found = _arrived(arriving)
        assert found[:2] == (row, waiting), (graph, seed)
        told.add(found[2])
    assert len(told) == 1, (graph, seed)


@pytest.mark.parametrize("size", range(1, 5))
def test_the_tables_in_every_order(size: int) -> None:
    for number, graph in enumerate(graphs(size, transitive=False)):
        _tables(graph, number, None)


@pytest.mark.parametrize("size", [5, 6])
def test_the_tables_in_some_orders(size: int, long_run: bool) -> None:
    for number, graph in enumerate(graphs(size, transitive=True)):
        if long_run or number % (2 if size == 6 else 1) == 0:
            _tables(graph, number, 24 if long_run else 3)
