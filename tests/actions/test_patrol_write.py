"""A patrol written up: legs, days, finds with their attributes, and the place and moment each of them gets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from ranger_app.actions import (
    patrol_days,
    patrol_finds,
    patrol_offers,
    patrol_places,
    patrol_read,
    patrol_values,
    patrol_write,
    records,
)
from ranger_app.actions.patrol_days import Day, Leg, moment_of, spans
from ranger_app.actions.patrol_write import FindEntry
from ranger_app.actions.undo import undo
from ranger_app.domain import observation_model
from ranger_app.errors import DataProblem, RangerError
from ranger_app.i18n import use_language
from ranger_app.library import Library
from ranger_app.store import rows
from tests.finding import CAMP, SNARE, TRACK, model, use_model, walked


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Station", country="RU", utc_offset=600) as made:
        use_model(made)
        yield made


@pytest.fixture
def patrol(library: Library, tmp_path: Path) -> bytes:
    return walked(library, tmp_path)


def get(library: Library, kind: str, record: bytes) -> rows.Record:
    with library.read() as db:
        found = rows.get(db, kind, record)
    assert found is not None
    return found


def batches(library: Library) -> int:
    with library.read() as db:
        return int(db.conn.execute("SELECT count(*) FROM batch").fetchone()[0])


# -- legs and days ---------------------------------------------------------------------------------------------


def test_legs_and_days_come_back_as_written(library: Library, patrol: bytes) -> None:
    people = [records.add(library, "person", {"name": f"Ranger {n}", "role": "ranger"}) for n in (1, 2)]
    legs = [
        Leg(1, "car", people[0], tuple(people), "Anti-poaching", "Road"),
        Leg(2, "foot", people[1], (people[1],), start="2026-03-04T07:00:00"),
    ]
    days = [
        patrol_days.day_of("1", "2026-03-03", "8:00", "1730", "60"),
        patrol_days.day_of("2", "2026-03-04", "20.00", "02:30", "0", 2),
    ]
    before = batches(library)
    patrol_write.set_legs(library, patrol, legs)
    patrol_write.set_days(library, patrol, list(reversed(days)))
    assert batches(library) == before + 2
    record = get(library, "patrol", patrol)
    assert patrol_days.legs(record["legs"]) == legs
    assert patrol_days.days(record["days"]) == days
    assert days[1] == Day(2, "2026-03-04", "2026-03-04T20:00:00", "2026-03-05T02:30:00", 0)
    undo(library)
    assert [day.date for day in patrol_days.days(get(library, "patrol", patrol)["days"])] == ["2026-03-03"]
    with pytest.raises(DataProblem) as twice:
        patrol_write.set_legs(library, patrol, [Leg(1), Leg(1)])
    assert twice.value.code == "LEG_TWICE"


@pytest.mark.parametrize(
    "typed", [("3.3.2026", "8:00", "", ""), ("2026-03-03", "25:00", "", ""), ("2026-03-03", "8:00", "9:00", "90")]
)
def test_a_day_that_cannot_be_read_says_so(typed: tuple[str, str, str, str]) -> None:
    with pytest.raises(ValueError, match="Day 1"):
        patrol_days.day_of("Day 1", *typed)


def test_times_of_a_patrol_that_crosses_midnight() -> None:
    out = spans({"date": "2026-03-03", "start": "2026-03-03T20:00:00", "end": "2026-03-04T02:00:00"})
    assert moment_of("2130", out) == datetime(2026, 3, 3, 21, 30)
    assert moment_of("01:15", out) == datetime(2026, 3, 4, 1, 15)
    assert moment_of("1.15", out, datetime(2026, 3, 3, 23, 0)) == datetime(2026, 3, 4, 1, 15)
    assert moment_of("25:15", out) is None
    assert moment_of("soon", out) is None


def test_times_of_two_days_go_forward_as_the_form_does() -> None:
    days = [patrol_days.day_of("", f"2026-03-0{n}", "08:00", "17:00") for n in (3, 4)]
    out = spans({"days": patrol_days.days_text(days)})
    first = moment_of("0910", out)
    assert first == datetime(2026, 3, 3, 9, 10)
    assert moment_of("0910", out, first) == first
    assert moment_of("15:00", out, first) == datetime(2026, 3, 3, 15)
    assert moment_of("08:30", out, datetime(2026, 3, 3, 15)) == datetime(2026, 3, 4, 8, 30)
    assert moment_of("2 16:00", out, first) == datetime(2026, 3, 4, 16)
    assert moment_of("2/1600", out, first) == datetime(2026, 3, 4, 16)
    assert moment_of("3 16:00", out, first) is None
    assert moment_of("2026-03-09 16:00", out, first) == datetime(2026, 3, 9, 16)
    assert moment_of("18:20", out, first) == datetime(2026, 3, 3, 18, 20)  # after hours, still that day


# -- places on the track ---------------------------------------------------------------------------------------


def test_the_track_tells_where_by_time(library: Library, tmp_path: Path) -> None:
    patrol = walked(library, tmp_path, stops=True)
    with library.read() as db:
        trace = patrol_places.trace(db, patrol)

    def at(text: str) -> patrol_places.Spot | None:
        return trace.at(patrol_days.instant(datetime.fromisoformat(f"2026-03-03T{text}"), 600))

    fix = at("08:10:00")
    assert fix is not None
    assert (fix.latitude, fix.longitude, fix.uncertainty, fix.gap) == (425_050_000, 1_308_000_000, 15, 0)
    between = at("08:10:30")
    assert between is not None
    assert between.latitude == 425_052_500
    assert between.uncertainty == round(15 + 55.54 / 4 + 15)  # a quarter of the 56 m step, half a metre a second
    assert at("09:20:00") is None  # in the middle of 40 minutes without a fix nobody knows
    near = at("09:03:00")
    assert near is not None
    assert (near.latitude, near.gap) == (425_300_000, 180)
    assert at("07:50:00") is None
    assert at("07:58:00") is not None
    when = trace.nearest(425_100_000, 1_308_000_000)
    assert when is not None
    assert when.at == patrol_days.instant(datetime(2026, 3, 3, 8, 20), 600)


# -- finds -----------------------------------------------------------------------------------------------------


def test_a_find_is_one_act_with_its_place_from_the_track(library: Library, patrol: bytes) -> None:
    before = batches(library)
    made = patrol_write.add_find(
        library,
        patrol,
        FindEntry(
            SNARE,
            "0830",
            {"number": ["3"], "age": ["свеж"], "active": ["y"], "action": ["сожжено"]},
            "2",
            distance="40",
            bearing="350,5",
            remarks="at the stream",
        ),
    )
    assert batches(library) == before + 1
    waypoint, find = get(library, "waypoint", made.waypoint), get(library, "sighting", made.find)
    assert (waypoint["latitude"], waypoint["longitude"], made.source) == (425_150_000, 1_308_000_000, "track")
    assert (waypoint["distance"], waypoint["bearing"]) == (400, 3505)
    assert waypoint["at"] == patrol_days.instant(datetime(2026, 3, 3, 8, 30), 600)
    assert patrol_values.entries(find["attributes"]) == [
        {"key": "number", "value": "3", "type": "NUMERIC"},
        {"key": "age", "value": "fresh", "type": "LIST"},
        {"key": "active", "value": "true", "type": "BOOLEAN"},
        {"key": "action", "value": "removed.burnt.", "type": "TREE"},
    ]
    assert (find["count"], find["remarks"], find["taxon"]) == (2, "at the stream", None)
    undo(library)
    assert get(library, "sighting", made.find).deleted
    assert get(library, "waypoint", made.waypoint).deleted


def test_the_species_of_a_find_is_known_to_the_rules_of_sharing(library: Library, patrol: bytes) -> None:
    made = patrol_write.add_find(library, patrol, FindEntry(TRACK, "8:40", {"species": ["东北虎"], "width": ["10,5"]}))
    find = get(library, "sighting", made.find)
    assert find["taxon"] == "Panthera tigris"
    assert {"key": "width", "value": "10.5", "type": "NUMERIC"} in patrol_values.entries(find["attributes"])


def test_several_finds_share_a_waypoint(library: Library, patrol: bytes) -> None:
    first = patrol_write.add_find(library, patrol, FindEntry(SNARE, "8:40", {"age": ["old"]}))
    second = patrol_write.add_find(library, patrol, FindEntry(CAMP, waypoint=first.waypoint))
    assert second.waypoint == first.waypoint
    page = patrol_read.page(library, patrol)
    assert [(one.together, one.texts[patrol_finds.TIME]) for one in page.finds] == [(False, "08:40"), (True, "08:40")]
    patrol_write.delete_find(library, first.find)
    assert not get(library, "waypoint", first.waypoint).deleted
    patrol_write.delete_find(library, second.find)
    assert get(library, "waypoint", first.waypoint).deleted
    undo(library)
    assert [one.find for one in patrol_read.page(library, patrol).finds] == [second.find]


def test_a_find_is_changed_and_keeps_what_was_not_touched(library: Library, patrol: bytes) -> None:
    made = patrol_write.add_find(library, patrol, FindEntry(SNARE, "8:40", {"age": ["old"], "number": ["2"]}))
    entry = patrol_finds.entry(library, made.find)
    assert (entry.time, entry.attributes) == ("2026-03-03 08:40", {"age": ["old"], "number": ["2"]})
    before = batches(library)
    patrol_write.edit_find(library, made.find, entry)
    assert batches(library) == before
    changed = FindEntry(SNARE, "9:00", {"age": ["fresh"]}, place="42.6, 130.9")
    patrol_write.edit_find(library, made.find, changed)
    waypoint = get(library, "waypoint", made.waypoint)
    assert (waypoint["latitude"], waypoint["longitude"]) == (426_000_000, 1_309_000_000)
    assert patrol_values.entries(get(library, "sighting", made.find)["attributes"]) == [
        {"key": "age", "value": "fresh", "type": "LIST"}
    ]


def test_a_waypoint_of_the_device_gets_a_find_and_stays_when_it_goes(library: Library, patrol: bytes) -> None:
    waypoint = library.new_id()
    from ranger_app.domain.ops import create

    library.commit([create("waypoint", waypoint, {"patrol": patrol, "name": "WP 7"})], label="test")
    made = patrol_write.add_find(library, patrol, FindEntry(CAMP, "8:20", waypoint=waypoint))
    assert get(library, "waypoint", waypoint)["latitude"] == 425_100_000
    patrol_write.delete_find(library, made.find)
    assert not get(library, "waypoint", waypoint).deleted
    patrol_write.delete_waypoint(library, waypoint)
    assert get(library, "waypoint", waypoint).deleted


def test_unknown_categories_and_attributes_are_kept_as_they_are(library: Library, patrol: bytes) -> None:
    made = patrol_write.add_find(library, patrol, FindEntry("humanactivity.unheardof.", "8:40", {"strange": ["x"]}))
    find = get(library, "sighting", made.find)
    assert find["category"] == "humanactivity.unheardof."
    assert patrol_values.entries(find["attributes"]) == [{"key": "strange", "value": "x", "type": "TEXT"}]
    line = patrol_read.page(library, patrol).finds[0]
    assert line.texts[patrol_finds.WHAT] == "humanactivity.unheardof."


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (FindEntry(""), "CATEGORY_MISSING"),
        (FindEntry(SNARE, "8:40"), "ATTRIBUTE_MISSING"),
        (FindEntry(SNARE, "8:40", {"age": ["ancient"]}), "ATTRIBUTE_WRONG"),
        (FindEntry(SNARE, "8:40", {"age": ["old"], "number": ["100"]}), "ATTRIBUTE_WRONG"),
        (FindEntry(SNARE, "8:40", {"age": ["old"], "number": ["NaN"]}), "ATTRIBUTE_WRONG"),
        (FindEntry(SNARE, "8:40", {"age": ["old"], "active": ["maybe"]}), "ATTRIBUTE_WRONG"),
        (FindEntry(CAMP, "8:40", {"left": ["yesterday"]}), "ATTRIBUTE_WRONG"),
        (FindEntry(CAMP, "99:40"), "TIME_WRONG"),
        (FindEntry(CAMP, "8:40", count="two"), "NUMBER_WRONG"),
        (FindEntry(CAMP, "8:40", bearing="400"), "OFFSET_WRONG"),
        (FindEntry(CAMP, "8:40", place="somewhere"), None),
        (FindEntry(CAMP, "8:40", place="23:30"), "NO_TRACK_THEN"),
        (FindEntry(CAMP, waypoint=b"\x01" * 16), "NO_RECORD"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    library: Library, patrol: bytes, entry: FindEntry, code: str | None
) -> None:
    before = batches(library)
    with pytest.raises(RangerError) as wrong:
        patrol_write.add_find(library, patrol, entry)
    assert code is None or wrong.value.code == code
    assert wrong.value.what
    assert wrong.value.todo
    assert batches(library) == before


def test_finds_in_frequent_use_come_first(library: Library, patrol: bytes) -> None:
    for time in ("8:10", "8:20"):
        patrol_write.add_find(library, patrol, FindEntry(CAMP, time))
    patrol_write.add_find(library, patrol, FindEntry(TRACK, "8:30"))
    with library.read() as db:
        assert patrol_finds.frequent(db) == [CAMP, TRACK]


# -- what is offered while typing ------------------------------------------------------------------------------


def offered(text: str, frequent: tuple[str, ...] = ()) -> list[str]:
    return [one.value for one in patrol_offers.categories(model(), text, frequent)]


def test_a_category_is_found_by_a_few_letters_in_any_language() -> None:
    assert offered("sna")[0] == SNARE
    assert offered("петл")[0] == SNARE
    assert offered("套")[0] == SNARE
    assert offered("trac") == [TRACK]
    assert offered("thr ca") == [CAMP]
    assert offered("xyz") == []
    assert offered("", (TRACK, CAMP))[:2] == [TRACK, CAMP]
    assert offered("a", (TRACK,))[0] == "animal."
    use_language("ru")
    assert patrol_offers.categories(model(), "cam", ())[0].word == "Стоянка"


def test_the_whole_word_comes_before_longer_ones_that_are_written_more_often() -> None:
    shipped = observation_model.default()
    snare, removed = "humanactivity.weaponsequipment.trap.snare.", "response.snareremoved."
    assert patrol_offers.categories(shipped, "snare", (removed,))[0].value == snare
    assert patrol_offers.categories(shipped, "snares", (removed,))[0].value == removed


def test_values_are_found_the_same_way() -> None:
    attributes = {one.key: one for one in model().attributes}
    assert [one.value for one in patrol_offers.values(attributes["action"], "bur")] == ["removed.burnt."]
    assert patrol_offers.values(attributes["action"], "bur")[0].remark == "Removed"
    assert [one.value for one in patrol_offers.values(attributes["species"], "тигр")] == ["tiger"]
    assert [one.value for one in patrol_offers.values(attributes["active"], "n")] == ["false"]
    assert patrol_offers.values(attributes["words"], "n") == []


def test_short_dates_are_completed() -> None:
    assert patrol_days.date_of("4", "2026-03-31") == "2026-03-04"
    assert patrol_days.date_of("4-1", "2026-03-31") == "2026-04-01"
    assert patrol_days.date_of("2026-12-31", "") == "2026-12-31"
    assert patrol_days.date_of("31.12", "2026-03-31") is None


def test_a_waypoint_is_marked_moved_and_takes_its_finds_along(library: Library, patrol: bytes) -> None:
    made = patrol_write.add_waypoint(library, patrol, FindEntry("", "8:10", remarks="old hut"), "Hut")
    find = patrol_write.add_find(library, patrol, FindEntry(CAMP, waypoint=made.waypoint))
    patrol_write.edit_waypoint(library, made.waypoint, FindEntry("", "8:20"))
    waypoint = get(library, "waypoint", made.waypoint)
    assert (waypoint["name"], waypoint["remarks"], waypoint["latitude"]) == ("Hut", "old hut", 425_100_000)
    patrol_write.edit_waypoint(library, made.waypoint, FindEntry("", place="42.6, 130.9"), "Hut by the stream")
    waypoint = get(library, "waypoint", made.waypoint)
    assert (waypoint["name"], waypoint["latitude"]) == ("Hut by the stream", 426_000_000)
    assert waypoint["at"] == patrol_days.instant(datetime(2026, 3, 3, 8, 20), 600)
    patrol_write.edit_waypoint(library, made.waypoint, FindEntry("", "8:30"))  # a place of its own stays
    assert get(library, "waypoint", made.waypoint)["latitude"] == 426_000_000
    before = batches(library)
    patrol_write.edit_waypoint(library, made.waypoint, FindEntry(""))
    assert batches(library) == before
    patrol_write.delete_waypoint(library, made.waypoint)
    assert get(library, "sighting", find.find).deleted


def test_a_place_of_an_older_map_is_taken_on_its_datum(library: Library, patrol: bytes) -> None:
    new = patrol_write.add_find(library, patrol, FindEntry(CAMP, "8:40", place="42.6, 130.9"))
    old = patrol_write.add_find(library, patrol, FindEntry(CAMP, "8:50", place="42.6, 130.9", datum="PULKOVO1942"))
    assert new.spot is not None
    assert old.spot is not None
    assert 50 < patrol_places.metres(new.spot, old.spot) < 250
    assert (old.spot.uncertainty or 0) > (new.spot.uncertainty or 0)
