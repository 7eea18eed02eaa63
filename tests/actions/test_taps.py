"""Counting bird by bird: totals, traces, taking back, closing into counts, and flocks shared out by a sample."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.actions import plausible, records, tally_read, taps
from ranger_app.actions.backup import backup
from ranger_app.actions.count_write import CountEntry, add_count
from ranger_app.actions.flock_shares import shares
from ranger_app.actions.plausible import History, questions
from ranger_app.actions.restore import restore
from ranger_app.domain.tally import Estimate, Part, Tally
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.rows import Record

CRANE, MALLARD, SMEW = "Grus monacha", "Anas platyrhynchos", "Mergellus albellus"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.ms = 1_768_000_000_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def library(tmp_path: Path, clock: Clock):
    with Library.create(tmp_path / "library", name="Khasan", country="RU", utc_offset=600, clock=clock) as made:
        made.person = records.add(made, "person", {"name": "Observer A", "role": "ranger", "active": 1})
        yield made


@pytest.fixture
def site(library: Library) -> bytes:
    return records.add(library, "location", {"name": "Reed Lake", "type": "site"})


@pytest.fixture
def survey(library: Library, site: bytes) -> bytes:
    return records.add(library, "survey", {"site": site, "date": "2026-01-12", "season": "wintering"})


def counts(library: Library) -> list[Record]:
    with library.read() as db:
        return list(rows.find(db, "count"))


def test_subtotals_are_runs_of_taps_and_their_sum_is_the_count(library: Library, survey: bytes, clock: Clock) -> None:
    for run in (23, 5, 2, 4):
        for _tap in range(run):
            taps.tap(library, survey, Tally(None, CRANE), 1)
            clock.ms += 100
        clock.ms += 6_000
    before = tally_read.totals(library, survey)
    kept = before.kept[Tally(None, CRANE)]
    assert [part.number for part in kept.parts] == [23, 5, 2, 4]
    assert kept.birds == 34
    taps.close(library, survey)
    after = tally_read.totals(library, survey).kept[Tally(None, CRANE)]
    assert (after.birds, after.parts) == (34, kept.parts)
    [count] = counts(library)
    assert (count["count"], count["method"], count["by"]) == (34, "counted", library.person)
    assert [part.number for part in taps.parts_of(count)] == [23, 5, 2, 4]
    assert taps.opened(library, survey) == []


def test_a_tap_is_taken_back_once_and_both_stay_in_the_trace(library: Library, survey: bytes, clock: Clock) -> None:
    first = taps.tap(library, survey, Tally(None, CRANE), 10)
    clock.ms += 10_000
    taps.tap(library, survey, Tally(None, CRANE), 5)
    assert taps.take_back(library, survey, first) is not None
    assert taps.take_back(library, survey, first) is None
    kept = tally_read.totals(library, survey).kept[Tally(None, CRANE)]
    assert kept.birds == 5
    assert [part.number for part in kept.parts] == [10, 5, -10]
    taps.close(library, survey)
    [count] = counts(library)
    assert count["count"] == 5
    assert [part.number for part in taps.parts_of(count)] == [10, 5, -10]


def test_a_mistake_taken_back_is_no_count_and_a_typed_zero_is_one(library: Library, survey: bytes) -> None:
    wrong = taps.tap(library, survey, Tally(None, SMEW), 1)
    taps.take_back(library, survey, wrong)
    taps.tap(library, survey, Tally(None, MALLARD), 0, typed=True)
    taps.close(library, survey)
    assert [(one.text("taxon"), one["count"]) for one in counts(library)] == [(MALLARD, 0)]
    assert taps.opened(library, survey) == []


def test_what_comes_later_joins_the_count_of_its_tally(library: Library, survey: bytes, clock: Clock) -> None:
    for number in (10, 7):
        taps.tap(library, survey, Tally(None, CRANE, "North 08:31"), number)
        taps.close(library, survey)
        clock.ms += 60_000
    taps.tap(library, survey, Tally(None, CRANE, "North 08:31"), -2)
    taps.close(library, survey)
    [count] = counts(library)
    assert (count["count"], count["flock"]) == (15, "North 08:31")
    assert [part.number for part in taps.parts_of(count)] == [10, 7, -2]


def test_a_subtotal_of_a_closed_count_is_taken_back(library: Library, survey: bytes, clock: Clock) -> None:
    for number in (10, 5):
        taps.tap(library, survey, Tally(None, CRANE), number, typed=True)
    taps.close(library, survey)
    [count] = counts(library)
    assert taps.take_back_part(library, count.id, 0) == 10
    [count] = counts(library)
    assert count["count"] == 5
    entries = tally_read.totals(library, survey).kept[Tally(None, CRANE)].entries
    assert [(one.number, one.gone) for one in entries] == [(10, True), (5, False), (-10, True)]
    taps.take_back_part(library, count.id, 1)
    assert counts(library) == []


def test_nothing_falls_below_zero(library: Library, survey: bytes) -> None:
    taps.tap(library, survey, Tally(None, CRANE), 1)
    with pytest.raises(DataProblem) as refused:
        taps.tap(library, survey, Tally(None, CRANE), -2)
    assert refused.value.code == "BELOW_ZERO"


def test_classes_and_flocks_and_sectors_are_counts_of_their_own(library: Library, survey: bytes, site: bytes) -> None:
    sector = records.add(library, "location", {"name": "North", "type": "sector", "part_of": site})
    tallies = [
        Tally(sector, CRANE, "", "adult"),
        Tally(sector, CRANE, "", "juvenile"),
        Tally(sector, CRANE, "North 08:31"),
        Tally(None, MALLARD, "", "", "male"),
    ]
    for number, tally in enumerate(tallies, 1):
        taps.tap(library, survey, tally, number)
    taps.tap(library, survey, tallies[0], 0, rings="left red K7")
    taps.close(library, survey)
    found = {taps.tally_of(one): one for one in counts(library)}
    assert {tally: one["count"] for tally, one in found.items()} == {tally: n for n, tally in enumerate(tallies, 1)}
    assert found[tallies[0]]["rings"] == "left red K7"
    shown = tally_read.totals(library, survey)
    assert shown.of(CRANE, sector) == 6
    assert shown.of_flock(sector, "North 08:31") == 3


def test_an_estimate_keeps_its_band(library: Library, survey: bytes) -> None:
    taps.tap(library, survey, Tally(None, MALLARD), 0, estimate=Estimate(50, 12, 100))
    taps.tap(library, survey, Tally(None, MALLARD), 7, typed=True)
    taps.close(library, survey)
    [count] = counts(library)
    assert (count["count"], count["low"], count["high"], count["give_or_take"]) == (607, 507, 707, 100)
    assert count["method"] == "estimated"


def test_a_flock_is_shared_out_by_its_sample(library: Library, survey: bytes) -> None:
    for taxon, number in ((MALLARD, 6), (CRANE, 3), (SMEW, 1)):
        taps.tap(library, survey, Tally(None, taxon, "F"), number, sample=True)
    taps.tap(library, survey, Tally(None, SMEW), 2)
    taps.close(library, survey)  # the sample waits for the size of its flock
    assert [(one.text("taxon"), one["count"]) for one in counts(library)] == [(SMEW, 2)]
    assert tally_read.totals(library, survey).sample == {(None, "F"): {MALLARD: 6, CRANE: 3, SMEW: 1}}
    with pytest.raises(DataProblem) as refused:
        taps.finish_sample(library, survey, None, "F", 9)
    assert refused.value.code == "SAMPLE_LARGER"
    taps.finish_sample(library, survey, None, "F", 1003)
    made = {one.text("taxon"): one for one in counts(library) if one["method"] == "sampled"}
    assert {taxon: one["count"] for taxon, one in made.items()} == {MALLARD: 602, CRANE: 301, SMEW: 100}
    assert (made[CRANE]["sample_of"], made[CRANE]["sample_counted"], made[CRANE]["sample_found"]) == (1003, 10, 3)
    assert taps.opened(library, survey) == []


def test_a_sample_can_be_kept_as_counted(library: Library, survey: bytes) -> None:
    taps.tap(library, survey, Tally(None, MALLARD), 6, sample=True)
    taps.keep_sample(library, survey, None, "")
    taps.close(library, survey)
    assert [(one.text("taxon"), one["count"], one["method"]) for one in counts(library)] == [(MALLARD, 6, "counted")]


@given(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 500), min_size=1), st.integers(0, 9999)
)
def test_shares_add_up_to_the_flock(found: dict[str, int], more: int) -> None:
    of = sum(found.values()) + more
    made = shares(of, found)
    assert sum(one.birds for one in made) == of
    for one in made:
        assert one.found <= one.birds
        assert abs(one.birds * one.counted - of * one.found) < one.counted


def test_closing_twice_at_once_writes_once(library: Library, survey: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    taps.tap(library, survey, Tally(None, CRANE), 3)
    commit = library.commit

    def closed_meanwhile(*given, **more):  # type: ignore[no-untyped-def]
        monkeypatch.setattr(library, "commit", commit)
        taps.close(library, survey)
        return commit(*given, **more)

    monkeypatch.setattr(library, "commit", closed_meanwhile)
    with pytest.raises(DataProblem) as refused:
        taps.close(library, survey)
    assert refused.value.code == "TAPS_CHANGED"
    assert [one["count"] for one in counts(library)] == [3]


def test_a_crash_is_settled_at_the_next_start(library: Library, survey: bytes) -> None:
    taps.tap(library, survey, Tally(None, CRANE), 3)
    before = tally_read.totals(library, survey).kept
    assert taps.settle(library) == 1
    assert taps.settle(library) == 0
    after = tally_read.totals(library, survey).kept
    assert {t: (k.birds, k.parts) for t, k in before.items()} == {t: (k.birds, k.parts) for t, k in after.items()}


def test_taps_take_back_that_no_bird_was_seen(library: Library, survey: bytes) -> None:
    records.edit(library, "survey", survey, {"no_birds": 1})
    taps.tap(library, survey, Tally(None, CRANE), 1)
    taps.close(library, survey)
    with library.read() as db:
        assert rows.get(db, "survey", survey)["no_birds"] is None  # type: ignore[index]


def test_questions_are_asked_of_what_is_unusual(library: Library, site: bytes, survey: bytes) -> None:
    for day in ("01", "02", "03"):
        old = records.add(library, "survey", {"site": site, "date": f"2025-01-{day}"})
        add_count(library, old, CountEntry("", MALLARD, 40))
    spring = records.add(library, "survey", {"site": site, "date": "2025-04-03"})
    add_count(library, spring, CountEntry("", "Tringa guttifer", 3))
    with library.read() as db:
        known = plausible.history(db, survey, site, "wintering")
    assert known.most[MALLARD] == 40
    assert questions(known, MALLARD, 399) == []
    assert len(questions(known, MALLARD, 400)) == 1
    assert len(questions(known, "Tringa guttifer", 1)) == 1
    assert questions(known, "Anatinae", 5) == []
    assert len(questions(History(world={CRANE: 19_300}), CRANE, 194)) == 1
    assert questions(History(world={CRANE: 19_300}), CRANE, 193) == []


def test_the_sheet_offers_what_is_seen_there_first(library: Library, site: bytes, survey: bytes) -> None:
    for day in ("01", "02"):
        old = records.add(library, "survey", {"site": site, "date": f"2025-01-{day}"})
        add_count(library, old, CountEntry("", SMEW, 40))
    add_count(library, old, CountEntry("", MALLARD, 5))
    sheet = tally_read.sheet(library, survey)
    assert sheet.species[:2] == [SMEW, MALLARD]
    assert len(sheet.species) >= tally_read.LEAST_TILES
    assert sheet.average[SMEW] == 40
    tally_read.remember(library, survey, Tally(None, MALLARD, "F", "adult"))
    assert tally_read.sheet(library, survey).place == Tally(None, MALLARD, "F", "adult")


def test_entries_are_parts_of_time(library: Library, survey: bytes, clock: Clock) -> None:
    taps.tap(library, survey, Tally(None, CRANE), 5)
    [part] = tally_read.totals(library, survey).kept[Tally(None, CRANE)].parts
    assert part == Part(clock.ms, 5)


def test_taps_open_in_a_backup_become_the_same_count_there(library: Library, survey: bytes, tmp_path: Path) -> None:
    taps.tap(library, survey, Tally(None, CRANE), 10)
    for taxon in (MALLARD, SMEW):
        taps.tap(library, survey, Tally(None, taxon, "Raft"), 5, sample=True)
    file = backup(library, tmp_path / "stick")
    taps.close(library, survey)
    taps.finish_sample(library, survey, None, "Raft", 100)
    again = restore(tmp_path / "again", file)
    try:
        assert (counts(again), taps.settle(again)) == ([], 1)
        taps.finish_sample(again, survey, None, "Raft", 100)
        assert {one.id for one in counts(again)} == {one.id for one in counts(library)}
        assert len(counts(again)) == 3
    finally:
        again.close()
    (crane,) = [one.id for one in counts(library) if one["taxon"] == CRANE]
    records.delete(library, "count", crane)
    taps.tap(library, survey, Tally(None, CRANE), 7)  # even at the same moment by a clock that was set back
    taps.close(library, survey)
    assert [one["count"] for one in counts(library) if one["taxon"] == CRANE] == [7]
