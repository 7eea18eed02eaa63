"""Patrols of known truth through the reports: every figure stated, what is missing missing, nobody's name by itself."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import analysis_month, patrol_effort, records, report
from ranger_app.actions.analysis import Question
from ranger_app.domain.fields import Value
from ranger_app.domain.findings import Findings, Table
from ranger_app.domain.ops import create
from ranger_app.domain.patrol_question import PatrolQuestion
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.geo import tracks
from ranger_app.geo.way import Way
from ranger_app.library import Library

EPOCH = datetime(1970, 1, 1)
STEP = 0.0009  # degrees of latitude: about 100 m
SNARE = "humanactivity.weaponsequipment.trap.snare."


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Station", country="RU", utc_offset=600) as made:
        yield made


def ms(utc: str) -> int:
    return (datetime.fromisoformat(utc) - EPOCH) // timedelta(milliseconds=1)


def way(start: str, minutes: int, still: int = 0, jump_at: int = -1, longitude: float = 131.0) -> Way:
    """A fix a minute northward at 6 km/h, then ``still`` minutes on one spot; one fix jumps away."""
    made = Way()
    for n in range(minutes + still + 1):
        north = min(n, minutes) * STEP + (0.05 if n == jump_at else 0)
        made.add(43.0 + north, longitude, math.nan, ms(start) + n * 60_000.0, 0)
    return made


def patrol(library: Library, day: str, made: Way | None, finds: int = 0, **values: Value) -> bytes:
    """A patrol on ``day`` with one track and so many snares."""
    record = library.new_id()
    ops = [create("patrol", record, {"name": f"P {day}", "date": day or None, "utc_offset": 600, **values})]
    if made is not None:
        judged = tracks.judge(made, "foot")
        track: dict[str, Value] = {
            "patrol": record,
            "leg": 1,
            "points": tracks.pack(made, judged.marks),
            "point_count": len(made),
            "raw_metres": round(judged.raw.metres * 1000),
            "cleaned_metres": round(judged.cleaned.metres * 1000),
            "raw_seconds": round(judged.raw.seconds or 0),
            "cleaned_seconds": round(judged.cleaned.seconds or 0),
            "still_seconds": None if judged.still is None else round(judged.still),
            "start": int(judged.start or 0),
        }
        ops.append(create("track", library.new_id(), track))
    for _find in range(finds):
        waypoint = library.new_id()
        ops.append(
            create("waypoint", waypoint, {"patrol": record, "latitude": 430_000_000, "longitude": 1_310_000_000})
        )
        find: dict[str, Value] = {"patrol": record, "waypoint": waypoint, "category": SNARE, "count": 2}
        ops.append(create("sighting", library.new_id(), find))
    library.commit(ops, label="made")
    return record


def days(*entries: dict[str, object]) -> str:
    return canonical(list(entries))


def asked(library: Library, name: str = "patrol-effort", **more: object) -> Findings:
    where = {key: more.pop(key) for key in ("start", "end", "area", "exact", "at_home") if key in more}
    question = Question(patrols=PatrolQuestion(**more), **where)  # type: ignore[arg-type]
    return jobs.run(report.findings(library, name, question))


def rows(found: Findings, name: str = "") -> list[dict[str, object]]:
    table: Table = next(one for one in found.tables if one.name == name)
    return [dict(zip((column.code for column in table.columns), row, strict=True)) for row in table.rows]


def test_an_ambush_of_two_hours_under_each_definition(library: Library) -> None:
    """An hour's walk, two hours on one spot: still hours are kept apart, ecoscope drops them."""
    typed = days({"leg": 1, "date": "2026-01-10", "start": "2026-01-10T08:00:00", "end": "2026-01-10T12:00:00",
                  "rest_minutes": 30})  # fmt: skip
    leg = canonical([{"number": 1, "members": " ".join(bytes([n] * 16).hex() for n in (1, 2))}])
    patrol(library, "2026-01-10", way("2026-01-09T22:00:00", 60, still=120), days=typed, legs=leg)
    found = asked(library).facts
    assert (found["patrols"], found["patrol_days"], found["dates"], found["nights"]) == (1, 1, 1, 0)
    assert found["patrol_hours"] == 4
    assert found["field_hours"] == 3.5
    assert found["track_hours_raw"] == found["track_hours_cleaned"] == 3
    assert found["still_hours"] == pytest.approx(2, abs=0.05)
    assert found["ecoscope_hours"] == pytest.approx(1)
    assert found["km_cleaned"] == pytest.approx(60 * 0.1, rel=2e-3)
    assert (found["person_days"], found["person_hours"]) == (2, 7)


def test_a_spike_and_a_gap_are_excluded_beside_the_raw(library: Library) -> None:
    made = way("2026-01-09T22:00:00", 60, jump_at=20)
    for n in range(40, 61):
        made.time[n] += 45 * 60_000
    patrol(library, "2026-01-10", made)
    found = asked(library).facts
    raw, clean = tracks.judge(made).raw, tracks.judge(made).cleaned
    assert found["km_raw"] == pytest.approx(raw.metres / 1000, abs=1e-6)
    assert found["km_excluded"] == pytest.approx((raw.metres - clean.metres) / 1000, abs=1e-5)
    assert float(str(found["km_excluded"])) > 10
    assert found["track_hours_raw"] == pytest.approx(1.75)
    assert found["track_hours_excluded"] == pytest.approx(46 / 60)


def test_over_midnight_is_two_patrol_days_and_one_night(library: Library) -> None:
    typed = days({"leg": 1, "date": "2026-01-31", "start": "2026-01-31T20:00:00", "end": "2026-02-01T02:00:00"})
    patrol(library, "2026-01-31", way("2026-01-31T10:00:00", 360), days=typed)
    found = asked(library)
    assert (found.facts["patrol_days"], found.facts["nights"], found.facts["patrol_hours"]) == (2, 1, 6)
    by_month = {row["month"]: row for row in rows(found, "hours")}
    assert (by_month["2026-01"]["patrol_hours"], by_month["2026-02"]["patrol_hours"]) == (4, 2)


def test_the_day_is_that_of_the_patrols_own_clock(library: Library) -> None:
    """15:00 UTC is the next day at +10:00 and the same day at +8:00."""
    made = way("2026-03-31T15:00:00", 10)
    patrol(library, "", made, date=None)
    patrol(library, "", made, date=None, utc_offset=480)
    assert {row["month"]: row["patrols"] for row in rows(asked(library))} == {
        "2026-03": 1, "2026-04": 1, "All together": 2,
    }  # fmt: skip


def test_across_the_date_line_the_way_is_short(library: Library) -> None:
    made = Way()
    for n in range(11):
        made.add(
            65.0, 179.995 + n * 0.001 - (360 if n > 5 else 0), math.nan, ms("2026-01-09T22:00:00") + n * 60_000.0, 0
        )
    patrol(library, "2026-01-10", made)
    found = asked(library).facts
    assert float(str(found["km_cleaned"])) < 0.6
    assert found["cells"] in (2, 3)


def test_twin_fixes_change_no_figure(library: Library) -> None:
    plain, twice = way("2026-01-09T22:00:00", 30), Way()
    for n in range(len(plain)):
        for later in (0, 3):
            twice.add(plain.latitude[n], plain.longitude[n], math.nan, plain.time[n] + later, 0)
    patrol(library, "2026-01-10", plain)
    first = asked(library).facts
    twice.time = array("d", (time + 31 * 86_400_000 for time in twice.time))
    patrol(library, "2026-02-10", twice)
    both = rows(asked(library), "distance")
    assert both[1]["month"] == "2026-02"
    assert both[1]["km_cleaned"] == pytest.approx(first["km_cleaned"])


def test_a_patrol_without_a_track_is_not_known_and_never_zero(library: Library) -> None:
    patrol(library, "2026-01-10", None, finds=2)
    found = asked(library)
    assert found.facts["km_cleaned"] is None
    assert found.facts["field_hours"] is None
    assert found.facts["cells"] is None
    assert rows(found)[0]["remark"] == "coverage not known"
    assert any("This is not 0 km" in line for line in found.left_out)
    rates = rows(found, "rates")[0]
    assert rates["finds"] == 2
    assert rates["number"] == 4
    assert rates["per_100_km"] is None
    assert rates["per_patrols"] == 2
    assert found.charts[0].bars[0].value is None


def test_finds_of_silent_patrols_are_in_no_rate(library: Library) -> None:
    patrol(library, "2026-01-10", way("2026-01-09T22:00:00", 60), finds=1)
    patrol(library, "2026-01-11", None, finds=9)
    found = asked(library, by="transport")
    (line,) = rows(found, "rates")
    km = float(str(found.facts["km_cleaned"]))
    assert line["finds"] == 10
    assert line["per_100_km"] == pytest.approx(100 / km)
    assert any("9 finds of patrols without a track" in one for one in found.left_out)


def test_a_number_of_finds_can_be_rated_in_place_of_their_count(library: Library) -> None:
    record = patrol(library, "2026-01-10", way("2026-01-09T22:00:00", 60), finds=1)
    with library.read() as db:
        (waypoint,) = db.conn.execute("SELECT id FROM waypoint").fetchone()
    told = [{"key": "snarelength", "value": value, "type": "NUMERIC"} for value in ("2.5", "nan", "x")]
    find: dict[str, Value] = {"patrol": record, "waypoint": waypoint, "category": SNARE}
    library.commit([create("sighting", library.new_id(), {**find, "attributes": canonical(told)})], label="made")
    (line,) = rows(asked(library, attribute="snarelength"), "rates")
    assert (line["finds"], line["number"], line["per_patrols"]) == (2, 2.5, 2.5)
    (line,) = rows(asked(library, attribute="weight"), "rates")
    assert (line["finds"], line["number"], line["per_patrols"]) == (2, None, None)
    (line,) = rows(asked(library), "rates")
    assert (line["finds"], line["number"], line["per_patrols"]) == (2, 3, 2)


def test_by_transport_of_legs_and_by_team(library: Library) -> None:
    legs = canonical([{"number": 1, "transport": "foot"}, {"number": 2, "transport": "car"}])
    typed = days(
        {"leg": 1, "date": "2026-01-10", "start": "2026-01-10T08:00:00", "end": "2026-01-10T10:00:00"},
        {"leg": 2, "date": "2026-01-10", "start": "2026-01-10T10:00:00", "end": "2026-01-10T11:00:00"},
    )
    patrol(library, "2026-01-10", way("2026-01-09T22:00:00", 60), legs=legs, days=typed, team="Ivanov's team")
    by_transport = {row["transport"]: row["patrol_hours"] for row in rows(asked(library, by="transport"), "hours")}
    assert by_transport == {"On foot": 2, "Car": 1, "All together": 3}
    assert rows(asked(library, by="team"))[0]["team"] == "T1"
    assert rows(asked(library, by="team", exact=True))[0]["team"] == "Ivanov's team"
    assert asked(library, transport="car").facts["patrol_hours"] == 1


def test_share_of_an_area_with_an_outline(library: Library) -> None:
    ring = [[130.95, 42.95], [131.05, 42.95], [131.05, 43.1], [130.95, 43.1], [130.95, 42.95]]
    area = records.add(library, "protected_area", {
        "name": "North", "outline": json.dumps({"type": "Polygon", "coordinates": [ring]})})  # fmt: skip
    patrol(library, "2026-01-10", way("2026-01-09T22:00:00", 60))
    patrol(library, "2026-01-11", way("2026-01-10T22:00:00", 60, longitude=135.0))
    found = asked(library, by="area")
    assert [row["area"] for row in rows(found)] == ["North", "not known", "All together"]
    (share,) = rows(found, "coverage")
    assert 0 < int(str(share["cells_visited"])) < int(str(share["cells"]))
    only = asked(library, area=area)
    assert only.facts["patrols"] == 1
    assert any("nothing tells in which area" in line for line in only.left_out)


def test_a_month_without_patrols_is_missing_and_not_zero(library: Library) -> None:
    for day in ("2025-11-05", "2026-01-10", "2026-01-12"):
        patrol(library, day, way(f"{day}T00:00:00", 60), finds=1)
    found = asked(library, "month", month="2026-01")
    table = {row["code"]: row for row in rows(found)}
    assert table["patrols"]["now"] == 2
    assert table["patrols"]["before"] is None
    assert table["patrols"]["change"] is None
    assert table["pressure_per_100_km"]["before"] is None
    bars = {bar.word: bar.value for bar in found.charts[0].bars}
    assert bars["2025-12"] is None
    assert float(str(bars["2025-11"])) > 5
    assert "2025-12" in found.charts[0].remark
    assert any("2025-12" in line for line in found.left_out)
    empty = asked(library, "month", month="2025-12")
    assert "not the same as no patrol" in empty.summary
    later = {row["code"]: row for row in rows(asked(library, "month", month="2026-01"))}
    assert later["snares"]["now"] == 4
    trend = {row["month"]: row for row in rows(asked(library, "trends"))}
    assert trend["2025-12"]["km_cleaned"] is None
    assert trend["2025-12"]["remark"]
    assert trend["2026-01"]["patrols"] == 2


def test_a_season_is_beside_the_season_before_and_last_years(library: Library) -> None:
    for day, many in (("2025-03-10", 1), ("2025-12-10", 1), ("2026-01-10", 1), ("2026-02-10", 1), ("2026-03-10", 2),
                      ("2026-04-10", 1), ("2026-05-10", 3)):  # fmt: skip
        for _time in range(many):
            patrol(library, day, way(f"{day}T00:00:00", 60))
    found = asked(library, "season", month="2026-04")
    table = {row["code"]: row for row in rows(found)}
    assert found.facts["season"] == "2026-03/2026-05"
    assert (table["patrols"]["now"], table["patrols"]["before"], table["patrols"]["last_year"]) == (6, 3, 1)
    assert table["patrols"]["change"] == 100
    assert table["patrols"]["change_year"] is None  # two of last year's months are missing


def test_a_partners_way_that_is_withheld_is_named(library: Library) -> None:
    """Under the standard rule figures arrive without points: the distance is known and the coverage is not."""
    patrol(library, "2026-01-10", way("2026-01-09T22:00:00", 60), transport="foot")
    record = patrol(library, "2026-01-11", None, transport="car")
    figures: dict[str, Value] = {"patrol": record, "point_count": 500, "raw_metres": 9_000_000}
    library.commit([create("track", library.new_id(), {**figures, "cleaned_metres": 8_000_000})], label="made")
    library.write(
        lambda db: db.conn.execute("INSERT INTO withheld VALUES (?, 1, 0, 'patrol', 'people,track')", (record,))
    )
    found = asked(library, by="transport")
    lines = {row["transport"]: row for row in rows(found)}
    assert lines["Car"]["km_cleaned"] == 8
    assert lines["Car"]["cells"] is None
    assert lines["Car"]["remark"] == "coverage not known"
    assert lines["On foot"]["cells"] == 6
    assert any("withheld" in line for line in found.left_out)


def test_only_approved_and_only_a_period(library: Library) -> None:
    patrol(library, "2026-01-10", way("2026-01-09T22:00:00", 60), state="approved")
    patrol(library, "2026-01-11", way("2026-01-10T22:00:00", 60), state="draft")
    assert asked(library, approved=True).facts["patrols"] == 1
    assert any("1 patrol is in the figures although" in line for line in asked(library).left_out)
    assert asked(library, start=date(2026, 1, 11), end=date(2026, 1, 31)).facts["patrols"] == 1


def test_what_people_said_of_points_holds(library: Library) -> None:
    made = way("2026-01-09T22:00:00", 60)
    record = patrol(library, "2026-01-10", made)
    with library.read() as db:
        (track,) = db.conn.execute("SELECT id FROM track WHERE patrol=?", (record,)).fetchone()
    before = asked(library).facts["cells"]
    entry = [{"first": 10, "last": 60, "mark": "spike", "why": "In the car"}]
    records.edit(library, "track", track, {"overrules": canonical(entry)})
    assert before == 6
    assert asked(library).facts["cells"] in (1, 2)


def test_questions_that_make_no_sense(library: Library) -> None:
    with pytest.raises(UsageProblem):
        asked(library, by="moon")
    with pytest.raises(UsageProblem):
        asked(library, "month", month="2026-13")
    empty = asked(library, "month")
    assert empty.is_empty
    assert jobs.run(patrol_effort.patrol_effort(library, Question())).is_empty
    assert jobs.run(analysis_month.trends(library, Question())).is_empty


def test_names_of_people_need_the_role(library: Library, tmp_path: Path) -> None:
    library.person = records.add(library, "person", {"name": "Ranger 1", "role": "ranger"})
    with pytest.raises(DataProblem):
        jobs.run(report.report(library, "month", tmp_path / "out", Question(exact=True)))
    jobs.run(report.report(library, "month", tmp_path / "out", Question()))
    assert (tmp_path / "out" / "month.csv").exists()
