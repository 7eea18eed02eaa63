"""The merge rule, against the plain reading of it and on cases worked out by hand."""

from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from ranger_app.domain.intervals import Vector, add, covers
from ranger_app.domain.merge import Version, concurrent, resolve
from ranger_app.domain.values import canonical

A, B, C = ((bytes([i]) * 16, bytes([i]) * 8) for i in (1, 2, 3))


Writer = tuple[bytes, bytes]


def version(writer: Writer, n: int, hlc: int, seen: dict[Writer, int], **fields: object) -> Version:
    vector: Vector = {one: [(1, upto)] for one, upto in seen.items()}
    return Version(writer, n, 0, hlc, vector, fields)  # type: ignore[arg-type]


def test_a_later_edit_that_saw_the_earlier_wins_whatever_the_clocks_say() -> None:
    first = version(A, 1, 9_000, {}, name="old")
    second = version(B, 1, 10, {A: 1}, name="new")
    resolved = resolve([first, second])
    assert resolved.values["name"] == "new"
    assert not resolved.conflicts
    assert not resolved.soft


def test_edits_unaware_of_each_other_on_one_field_are_a_conflict_and_the_clock_picks_what_is_shown() -> None:
    base = version(A, 1, 1, {}, name="base", remarks="r")
    ours, theirs = version(A, 2, 50, {}, name="ours"), version(B, 1, 60, {A: 1}, name="theirs")
    resolved = resolve([base, ours, theirs])
    assert resolved.values == {"name": "theirs", "remarks": "r"}
    assert [v.fields["name"] for v in resolved.conflicts["name"]] == ["theirs", "ours"]


def test_the_same_value_from_both_sides_is_no_conflict() -> None:
    ours, theirs = version(A, 1, 1, {}, name="same"), version(B, 1, 2, {}, name="same")
    assert not resolve([ours, theirs]).conflicts


def test_different_fields_are_joined_and_said() -> None:
    base = version(A, 1, 1, {}, name="n")
    resolved = resolve([base, version(A, 2, 2, {}, name="x"), version(B, 1, 3, {A: 1}, remarks="y")])
    assert resolved.values == {"name": "x", "remarks": "y"}
    assert resolved.soft
    assert not resolved.conflicts


def test_editing_with_both_sides_in_view_decides() -> None:
    sides = [version(A, 1, 1, {}, name="a"), version(B, 1, 2, {}, name="b")]
    decided = resolve([*sides, version(C, 1, 0, {A: 1, B: 1}, name="c")])
    assert decided.values["name"] == "c"
    assert not decided.conflicts


def test_a_record_deleted_here_and_edited_there_stays_visible_until_somebody_decides() -> None:
    base = version(A, 1, 1, {}, name="n")
    gone, edited = version(A, 2, 9, {}, deleted=1), version(B, 1, 2, {A: 1}, name="kept")
    resolved = resolve([base, gone, edited])
    assert resolved.values == {"name": "kept", "deleted": 0}
    assert "deleted" in resolved.conflicts
    decided = resolve([base, gone, edited, version(C, 1, 3, {A: 2, B: 1}, deleted=1)])
    assert decided.values["deleted"] == 1
    assert not decided.conflicts


def test_stations_that_claim_to_have_seen_each_other_leave_everything_open() -> None:
    one, other = version(A, 1, 1, {B: 1}, name="a"), version(B, 1, 2, {A: 1}, name="b")
    assert resolve([one, other]).conflicts


def _graph(rng: random.Random, size: int) -> list[Version]:
    made: list[Version] = []
    views: dict[tuple[bytes, bytes], set[int]] = {A: set(), B: set(), C: set()}
    counters = dict.fromkeys(views, 0)
    for at in range(size):
        writer = rng.choice(list(views))
        views[writer] |= {i for i in range(at) if rng.random() < 0.4}
        seen: Vector = {}
        for i in views[writer]:
            add(seen.setdefault(made[i].writer, []), made[i].n)
        counters[writer] += 1
        fields = rng.choice(({"x": rng.randint(0, 2)}, {"y": "t"}, {"x": 1, "y": None}, {"deleted": rng.randint(0, 1)}))
        made.append(Version(writer, counters[writer], 0, rng.randint(0, 5), seen, dict(fields)))
        views[writer].add(at)
    return made


def test_every_order_of_small_generated_graphs_gives_the_same() -> None:
    for seed in range(120):
        graph = _graph(random.Random(seed), 5)
        expected = resolve(graph)
        for order in itertools.permutations(graph):
            assert resolve(list(order)) == expected, seed


def test_a_value_shown_was_never_superseded() -> None:
    for seed in range(400):
        graph = _graph(random.Random(seed), 8)
        values = resolve(graph).values
        for name in ("x", "y"):
            writers = [v for v in graph if name in v.fields]
            if writers:
                alive = [v for v in writers if not any(o is not v and o.saw(v) for o in writers)]
                assert values[name] in [v.fields[name] for v in alive]
                assert all(concurrent(a, b) for a, b in itertools.combinations(alive, 2))


@given(st.lists(st.integers(1, 40)))
def test_interval_sets_hold_exactly_what_was_added(numbers: list[int]) -> None:
    spans: list[tuple[int, int]] = []
    for number in numbers:
        add(spans, number)
    assert {n for n in range(50) if covers(spans, n)} == set(numbers)
    assert all(low <= high for low, high in spans)
    assert all(a[1] + 1 < b[0] for a, b in itertools.pairwise(spans))


def test_lists_have_one_text() -> None:
    assert canonical([{"b": 1, "a": "й"}]) == '[{"a":"й","b":1}]'
