"""The values of a sharing rule: written and read back, made stricter, and the cells that places are rounded to."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.domain import sharing
from ranger_app.domain.fields import Group, Type
from ranger_app.domain.kinds import KINDS
from ranger_app.domain.sharing import FULL, NOWHERE, OPEN, PRESETS, STANDARD, Rule

_IDS = [f"{n:032x}" for n in (1, 2, 3)]
_rules = st.builds(
    Rule,
    name=st.sampled_from(["full", "ours"]),
    kinds=st.frozensets(st.sampled_from(["note", "sample", "waypoint"])),
    species=st.frozensets(st.sampled_from(["Panthera tigris", "Panthera pardus"])),
    areas=st.frozensets(st.sampled_from(_IDS)),
    embargo_days=st.integers(0, 900),
    people=st.booleans(),
    tracks=st.booleans(),
    files=st.booleans(),
    places=st.fixed_dictionaries({one: st.sampled_from(sharing.PRECISIONS) for one in sharing.SENSITIVITIES}),
    pictures=st.sampled_from(sharing.PICTURES),
)


@given(_rules)
def test_a_rule_comes_back_as_it_was_written(rule: Rule) -> None:
    assert sharing.from_text(sharing.to_text(rule)) == rule


@pytest.mark.parametrize("rule", PRESETS.values(), ids=PRESETS)
def test_presets_are_rules(rule: Rule) -> None:
    assert sharing.from_text(sharing.to_text(rule)) == rule
    assert rule.everything == (rule is FULL)


def test_standard_and_open_never_give_people_notes_or_tracks() -> None:
    for rule in (STANDARD, OPEN):
        assert [rule.people, rule.tracks, rule.files] == [False] * 3
        assert "note" in rule.kinds
        assert rule.precision(1) == "withheld"
    assert OPEN.precision(0) == "2"
    assert OPEN.pictures == "none"


@given(_rules, _rules)
def test_stricter_reveals_no_more_than_either(a: Rule, b: Rule) -> None:
    both = sharing.stricter(a, b)
    for one in (a, b):
        assert one.kinds <= both.kinds
        assert one.species <= both.species
        assert not one.areas or (both.areas and both.areas <= one.areas | {NOWHERE})
        assert both.embargo_days >= one.embargo_days
        for name in ("people", "tracks", "files"):
            assert getattr(one, name) >= getattr(both, name)
        for level in sharing.SENSITIVITIES:
            ranks = [sharing.PRECISIONS.index(rule.precision(level)) for rule in (one, both)]
            assert ranks[0] <= ranks[1]
        assert sharing.PICTURES.index(both.pictures) <= sharing.PICTURES.index(one.pictures)
    assert both == sharing.stricter(b, a)


@given(st.integers(-1_800_000_000, 1_800_000_000), st.sampled_from([1, 2, 3]))
def test_a_cell_is_near_and_stays_where_it_is(value: int, digits: int) -> None:
    middle = sharing.cell(value, digits)
    step = 10 ** (7 - digits)
    assert middle % step == 0
    assert abs(middle - value) <= step // 2
    assert sharing.cell(middle, digits) == middle


def test_cells_of_a_place() -> None:
    assert sharing.coarse(426_543_210, 1_310_987_654, 3) == (426_540_000, 1_310_990_000, 157)
    assert sharing.coarse(426_543_210, 1_310_987_654, 2) == (426_500_000, 1_311_000_000, 1569)
    assert sharing.coarse(-426_543_210, -1_310_987_654, 1) == (-427_000_000, -1_311_000_000, 15691)


def _changed(**parts: object) -> str:
    return json.dumps({**sharing.as_dict(STANDARD), **parts})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        " " * (sharing.MAX_TEXT + 1),
        _changed(name=""),
        _changed(kinds="note"),
        _changed(kinds=[1]),
        _changed(kinds=["note'; --"]),
        _changed(species=["x" * 300]),
        _changed(areas=["north"]),
        _changed(areas=None),
        _changed(embargo_days=-1),
        _changed(embargo_days=True),
        _changed(people=1),
        _changed(places={"0": "metres"}),
        _changed(places={"9": "exact"}),
        _changed(places=[]),
        _changed(pictures="films"),
        _changed(pictures=[]),
        _changed(places={"0": []}),
    ],
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        sharing.from_text(text)


def test_what_a_rule_does_not_name_is_withheld() -> None:
    found = sharing.from_text('{"name":"x","kinds":[],"species":[],"areas":[],"places":{"4":"exact"}}')
    assert [found.people, found.tracks, found.files] == [False] * 3
    assert [found.precision(0), found.precision(4)] == ["withheld", "exact"]
    assert [found.pictures, found.embargo_days] == ["none", sharing.MAX_EMBARGO]


def test_what_people_write_freely_and_what_others_call_it_is_never_open() -> None:
    public = {
        *(("protected_area", "outline"), ("taxon", "synonyms"), ("taxon", "remarks")),
        *(("observation_model", "content"), ("observation_model", "remarks")),
        *(("population", "reference"), ("population", "remarks")),
    }
    for kind in KINDS:
        for one in kind.fields:
            if (kind.name, one.name) in public:
                continue
            if one.type is Type.LONG_TEXT or one.name in ("source", "serial_number", "tags", "groups", "event"):
                assert one.group is not Group.OPEN, (kind.name, one.name)
