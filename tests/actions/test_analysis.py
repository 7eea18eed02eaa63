"""A generated set of known truth, kept as real records, counted under each rule.

Clock drift, swapped dates, failure periods, paired cameras, events at 29:59, 30:00 and 30:01, a long visit with short
gaps. The rules are camtrapR's (Niedballa et al. 2016: recordTable, cameraOperation, detectionHistory); every expected
figure is worked out by hand beside the record that makes it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ranger_app import jobs
from ranger_app.actions import deployment_times, records, report
from ranger_app.actions.analysis import Question
from ranger_app.actions.identify import Answer, identify, state
from ranger_app.cli.main import main
from ranger_app.domain.findings import Findings
from ranger_app.domain.independence import LAST_INDEPENDENT, LAST_RECORD, Rule
from ranger_app.domain.occasions import Occasions
from ranger_app.domain.ops import create
from ranger_app.library import Library

TIGER, BOAR, DEER = "Panthera tigris", "Sus scrofa", "Cervus nippon"
LOOSE, STRICT = Rule(30, LAST_INDEPENDENT), Rule(30, LAST_RECORD)


def place(library: Library, name: str, latitude: int = 430_000_000, longitude: int = 1_310_000_000) -> bytes:
    return records.add(library, "location", {"name": name, "latitude": latitude, "longitude": longitude})


def deploy(library: Library, name: str, start: str, end: str | None, offset: int = 600, **more: Any) -> bytes:
    values = {"name": name, "start": start, "end": end, "utc_offset": offset, **more}
    return records.add(library, "deployment", {key: value for key, value in values.items() if value is not None})


def shoot(library: Library, deployment: bytes, *times: str | None, **more: Any) -> list[bytes]:
    ids = [library.new_id() for _time in times]
    library.commit(
        [
            create("media", one, {"deployment": deployment, "sha256": one.hex() * 2, "camera_time": time, **more})
            for one, time in zip(ids, times, strict=True)
        ],
        label="ingest",
    )
    return ids


def say(library: Library, media: list[bytes], taxon: str, count: int = 1) -> None:
    identify(library, media, Answer("animal", taxon, count))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Khasan station", country="RU", utc_offset=600) as made:
        made.person = records.add(made, "person", {"name": "Ranger 1", "role": "manager"})
        yield made


@pytest.fixture
def truth(library: Library) -> Library:
    """Four stations, in this order S1 to S4."""
    # S1: a facing pair. The second camera loses 60 s a day: 600 s after ten days.
    ridge = place(library, "Oak Ridge")
    a = deploy(library, "A", "2025-06-01T00:00:00", "2025-06-21T00:00:00", location=ridge)
    b = deploy(library, "B", "2025-06-01T00:00:00", "2025-06-21T00:00:00", location=ridge, paired_with=a)
    deployment_times.add_failure(library, b, "2025-06-15T00:00:00", "2025-06-20T00:00:00", "snow")
    drift = {"from": "2025-06-01T00:00:00", "to": "2025-06-21T00:00:00", "seconds": 0, "seconds_at_end": 1200}
    deployment_times.add_clock_correction(library, b, {"method": "drift", **drift})
    say(library, shoot(library, a, "2025-06-10T23:40:00"), TIGER)  # the first event
    say(library, shoot(library, b, "2025-06-11T00:00:00"), TIGER, 2)  # really 0:10:00: exactly 30:00 later, the second
    say(library, shoot(library, a, "2025-06-11T00:25:00"), TIGER)
    say(library, shoot(library, b, "2025-06-11T00:29:58"), TIGER)  # really 0:39:59: 29:59 after the second began
    # S2: day and month swapped; written 6 May, really 5 June.
    river = place(library, "River")
    c = deploy(library, "C", "2025-06-01T12:00:00", "2025-06-11T12:00:00", location=river)
    deployment_times.add_clock_correction(library, c, {"method": "day_month"})
    deployment_times.add_failure(library, c, "2025-06-07T00:00:00", "2025-06-09T12:00:00", "battery")
    times = ["10:00:00", "10:29:59", "10:59:59", "11:30:00"]  # gaps of 29:59, 30:00, 30:01: three events
    say(library, shoot(library, c, *(f"2025-05-06T{one}" for one in times)), BOAR, 3)
    # S3: across the river at +08:00, a visit of 90 minutes with a picture every ten.
    bank = place(library, "West bank", 431_000_000)
    d = deploy(library, "D", "2025-06-01T00:00:00", "2025-06-11T00:00:00", 480, location=bank)
    visit = [(datetime(2025, 6, 3, 4) + timedelta(minutes=10 * n)).isoformat() for n in range(10)]
    say(library, shoot(library, d, *visit), DEER)
    # S4: nobody has taken this camera down yet: no effort, so no rate.
    far = place(library, "Far")
    e = deploy(library, "E", "2025-06-01T00:00:00", None, location=far)
    say(library, shoot(library, e, "2025-06-12T05:00:00"), TIGER)
    # What never counts: a machine's word, setting up, time lapse, a picture without time; one still waits.
    (machine,) = shoot(library, e, "2025-06-12T06:00:00")
    said = {"media": machine, "deployment": e, "type": "animal", "taxon": "Lynx lynx", "method": "machine"}
    (setting,) = shoot(library, e, "2025-06-01T00:10:00")
    setup = {"media": setting, "deployment": e, "type": "animal", "taxon": TIGER, "method": "human", "setup": "setup"}
    library.commit([create("observation", library.new_id(), one) for one in (said, setup)], label="import")
    say(library, shoot(library, e, "2025-06-13T12:00:00", capture_method="timeLapse"), TIGER)
    say(library, shoot(library, e, None), TIGER)
    return library


def found(library: Library, name: str, **asked: Any) -> Findings:
    return jobs.run(report.findings(library, name, Question(exact=True, **asked)))


def table(findings: Findings, name: str = "") -> list[dict[str, Any]]:
    (one,) = (one for one in findings.tables if one.name == name)
    return [dict(zip([column.code for column in one.columns], row, strict=True)) for row in one.rows]


def by_species(findings: Findings) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in table(findings):
        counts[row["species"]] = counts.get(row["species"], 0) + 1
    return counts


def test_events_under_each_rule(truth: Library) -> None:
    assert by_species(found(truth, "events", rule=STRICT)) == {TIGER: 3, BOAR: 3, DEER: 1}
    assert by_species(found(truth, "events", rule=LOOSE)) == {TIGER: 3, BOAR: 3, DEER: 4}
    # Cameras by themselves: A has 23:40 and 0:25, B one event, E one.
    assert by_species(found(truth, "events", rule=STRICT, apart=True))[TIGER] == 4
    assert by_species(found(truth, "events", rule=Rule(0))) == {TIGER: 5, BOAR: 4, DEER: 10}
    assert by_species(found(truth, "events", rule=Rule(31)))[BOAR] == 1


def test_times_are_the_corrected_ones_and_numbers_the_highest(truth: Library) -> None:
    tigers = [row for row in table(found(truth, "events")) if row["species"] == TIGER and row["station"] == "Oak Ridge"]
    assert [(row["start"], row["end"], row["records"], row["max_n"], row["deployment"]) for row in tigers] == [
        ("2025-06-10T23:40:00", "2025-06-10T23:40:00", 1, 1, "A"),
        ("2025-06-11T00:10:00", "2025-06-11T00:39:59", 3, 2, "B"),
    ]
    boars = [row["start"] for row in table(found(truth, "events")) if row["species"] == BOAR]
    assert boars == ["2025-06-05T10:00:00", "2025-06-05T10:59:59", "2025-06-05T11:30:00"]
    deer = [row["start"] for row in table(found(truth, "events")) if row["species"] == DEER]
    assert deer == ["2025-06-03T04:00:00"]  # the station's own clock at +08:00


def test_nothing_is_dropped_in_silence(truth: Library) -> None:
    facts = found(truth, "events").facts
    wanted = ("unreviewed", "undated", "without_effort", "setting_up", "time_lapse", "by_machine")
    assert [facts[name] for name in wanted] == [1, 1, 1, 1, 1, 0]
    words = " ".join(found(truth, "events").left_out)
    assert "1 of 23 pictures still waits" in words
    assert "1 picture has no time" in words
    assert "no known effort: E" in words


def test_machines_count_only_where_asked_and_it_is_said(truth: Library) -> None:
    answer = found(truth, "events", machines=True)
    assert by_species(answer) == {TIGER: 3, BOAR: 3, DEER: 1, "Lynx lynx": 1}
    assert answer.facts["by_machine"] == 1
    assert any("machine alone" in line for line in answer.left_out)


def test_rate_is_events_by_nights_and_no_effort_is_no_rate(truth: Library) -> None:
    # Nights: S1 20 (one of the pair works always), S2 10 less 2.5, S3 10; S4 is not known.
    answer = found(truth, "abundance")
    assert answer.facts["trap_nights"] == 37.5
    rows = {row["species"]: row for row in table(answer)}
    assert {one: (row["events"], round(row["rate_per_100_nights"], 4)) for one, row in rows.items()} == {
        BOAR: (3, 8.0),
        TIGER: (2, 5.3333),
        DEER: (1, 2.6667),
    }
    assert (rows[TIGER]["events_without_effort"], answer.facts["events_without_effort"]) == (1, 1)
    by_station = {row["station"]: row for row in table(answer, "stations") if row["species"] == TIGER}
    assert by_station["Oak Ridge"]["rate_per_100_nights"] == 10
    assert by_station["River"]["rate_per_100_nights"] == 0
    assert "Far" not in by_station
    assert any("100 × independent events / trap nights" in line for line in answer.rules)


def test_events_while_a_camera_is_said_not_to_work_are_pointed_out(library: Library) -> None:
    deployment = deploy(library, "A", "2025-06-01T00:00:00", "2025-06-21T00:00:00")
    deployment_times.add_failure(library, deployment, "2025-06-02T00:00:00", "2025-06-03T00:00:00", "battery")
    say(library, shoot(library, deployment, "2025-06-02T10:00:00", "2025-06-04T10:00:00"), TIGER)
    answer = found(library, "abundance")
    assert (answer.facts["events"], answer.facts["events_while_idle"], answer.facts["trap_nights"]) == (2, 1, 19)
    assert any("1 event is counted although" in line for line in answer.left_out)


def test_stopping_early_is_said(truth: Library) -> None:
    cancel = jobs.CancelToken()
    answer = jobs.run(
        report.findings(truth, "events", Question(exact=True), cancel),
        lambda progress: cancel.cancel() if progress.done == 1 else None,
    )
    assert answer.left_out[0] == "Stopped early: 3 stations are not counted."
    assert len(by_species(answer)) < 3


@pytest.mark.parametrize(("pairs", "nights"), [("one", 20), ("sum", 35), ("all", 15)])
def test_pairs_under_three_rules(truth: Library, pairs: str, nights: float) -> None:
    rows = {row["station"]: row["trap_nights"] for row in table(found(truth, "trap-nights", pairs=pairs), "stations")}
    assert rows == {"Oak Ridge": nights, "River": 7.5, "West bank": 10, "Far": None}
    one = {row["deployment"]: row for row in table(found(truth, "trap-nights"))}
    assert (one["C"]["trap_nights"], one["C"]["failed_nights"], one["E"]["trap_nights"]) == (7.5, 2.5, None)
    assert "taken down" in one["E"]["unknown"]


def test_detection_history_is_empty_where_there_was_no_effort(truth: Library) -> None:
    answer = found(truth, "detection-history", taxon=TIGER, occasions=Occasions(5))
    rows = {row["station"]: [row[f"o{n}"] for n in range(1, 5)] for row in table(answer)}
    assert rows == {
        "Oak Ridge": [0, 1, 1, 0],  # 23:40 on the tenth day, 0:10 on the eleventh
        "River": [0, 0, 0, None],
        "West bank": [0, 0, None, None],
    }
    effort = {row["station"]: [row[f"o{n}"] for n in range(1, 5)] for row in table(answer, "effort")}
    assert effort["River"] == [4.5, 2.5, 0.5, None]
    assert answer.facts["events_outside_effort"] == 1
    daily = found(truth, "detection-history", taxon=BOAR, occasions=Occasions(1))
    river = next(row for row in table(daily) if row["station"] == "River")
    assert [river[f"o{n}"] for n in (5, 6, 7, 8, 9)] == [1, 0, None, None, 0]


def test_activity_by_clock_and_by_sun(truth: Library) -> None:
    answer = found(truth, "activity")
    clock = {row["species"]: row for row in table(answer, "clock")}
    assert {hour for hour in range(24) if clock[TIGER][f"h{hour:02d}"]} == {23, 0, 5}
    light = {row["species"]: row for row in table(answer)}
    assert (light[TIGER]["night"], light[BOAR]["day"], light[BOAR]["day_share"]) == (3, 3, 100)
    sun = {row["species"]: row for row in table(answer, "sun")}
    assert sum(sun[BOAR][f"h{hour:02d}"] for hour in range(6, 18)) == 3
    assert any("Nouvellet" in line for line in answer.rules)


def test_species_by_station_by_month(truth: Library) -> None:
    rows = table(found(truth, "species-by-month"))
    told = [
        (row["species"], row["station"], row["month"], row["events"], row["pictures"], row["max_n"]) for row in rows
    ]
    assert (BOAR, "River", "2025-06", 3, 4, 3) in told  # June, although the camera wrote May
    assert (TIGER, "Oak Ridge", "2025-06", 2, 4, 2) in told
    assert len(told) == 4


def test_time_species_and_area_narrow_events_and_effort(truth: Library) -> None:
    answer = found(truth, "abundance", start=date(2025, 6, 11), end=date(2025, 6, 11), taxon=TIGER)
    (row,) = table(answer)
    # S1 works the whole day, S2 until noon, S3 was taken down at midnight.
    assert (row["events"], row["trap_nights"]) == (1, 1.5)
    with truth.read() as db:
        river = records.find_named(db, "location", "River")
    assert river is not None
    assert by_species(found(truth, "events", stations=frozenset([river]))) == {BOAR: 3}
    area = records.add(truth, "protected_area", {"name": "Reserve"})
    records.edit(truth, "location", river, {"protected_area": area})
    assert by_species(found(truth, "events", area=area)) == {BOAR: 3}


def test_a_number_stated_for_a_whole_event_replaces_that_of_its_pictures(library: Library) -> None:
    deployment = deploy(
        library, "A", "2025-06-01T00:00:00", "2025-06-21T00:00:00", location=place(library, "Oak Ridge")
    )
    burst = shoot(library, deployment, "2025-06-02T10:00:00", "2025-06-02T10:00:01", "2025-06-02T10:00:02")
    state(library, [burst], (Answer("animal", BOAR, 4),))
    later = shoot(library, deployment, "2025-06-02T12:00:00", "2025-06-02T12:00:01")
    identify(library, later, Answer("animal", BOAR, 2))
    # A male and two females in one picture are three; what two people say of one picture is never added.
    mixed = shoot(library, deployment, "2025-06-02T14:00:00")
    state(library, [mixed], (Answer("animal", BOAR, 1, None, "male"), Answer("animal", BOAR, 2, None, "female")))
    library.person = records.add(library, "person", {"name": "Ranger 2", "role": "ranger"})
    identify(library, later, Answer("animal", BOAR, 3))
    rows = table(found(library, "events"))
    assert [(row["pictures"], row["max_n"]) for row in rows] == [(3, 4), (2, 3), (1, 3)]


def test_what_a_reviewer_settled_counts_alone(library: Library) -> None:
    deployment = deploy(library, "A", "2025-06-01T00:00:00", "2025-06-21T00:00:00", looks=2)
    (picture,) = shoot(library, deployment, "2025-06-02T10:00:00")
    identify(library, [picture], Answer("animal", TIGER, 1))
    assert found(library, "events").facts["one_look"] == 1
    library.person = records.add(library, "person", {"name": "Ranger 2", "role": "ranger"})
    identify(library, [picture], Answer("animal", "Lynx lynx", 1))
    differing = found(library, "events")
    assert by_species(differing) == {TIGER: 1, "Lynx lynx": 1}
    assert (differing.facts["unsettled"], differing.facts["one_look"]) == (1, 0)
    state(library, [[picture]], (Answer("animal", TIGER, 1),), look="settled")
    assert by_species(found(library, "events")) == {TIGER: 1}
    assert found(library, "events").facts["unsettled"] == 0


def test_individuals_are_counted_one_by_one_and_strangers_are_no_animal(library: Library) -> None:
    deployment = deploy(library, "A", "2025-06-01T00:00:00", "2025-06-21T00:00:00")
    first = records.add(library, "individual", {"code": "T-01", "taxon": TIGER})
    second = records.add(library, "individual", {"code": "T-02", "taxon": TIGER})
    pictures = shoot(library, deployment, "2025-06-02T10:00:00", "2025-06-02T10:10:00", "2025-06-02T10:20:00")
    for picture, individual in zip(pictures, (first, second, None), strict=True):
        identify(library, [picture], Answer("animal", TIGER, 1, individual))
    assert by_species(found(library, "events")) == {TIGER: 1}
    answer = found(library, "events", individuals=True)
    assert [row["name"] for row in table(answer)] == ["T-01", "T-02"]
    assert answer.facts["unrecognised"] == 1


def test_a_report_withholds_places_unless_they_are_asked_for(truth: Library, tmp_path: Path) -> None:
    words = ("Oak Ridge", "River", "West bank", "43.0", "131.0")
    for name in report.REPORTS:
        answer = jobs.run(report.report(truth, name, tmp_path / "open", Question()))
        assert answer["report"] == name
        files = [Path(str(one)) for one in answer["files"]]  # type: ignore[attr-defined]
        assert files[0] == tmp_path / "open" / f"{name}.csv"
        for file in files:
            text = file.read_text(encoding="utf-8")
            assert not [word for word in words if word in text], file.name
            assert "://" not in text
            assert "<script" not in text
    page = (tmp_path / "open" / "abundance.html").read_text(encoding="utf-8")
    for needed in ("S1", "lastRecord", "at least 30 minutes", "counted together", "withheld", "still waits", "<svg"):
        assert needed in page
    jobs.run(report.report(truth, "events", tmp_path / "exact", Question(exact=True)))
    assert "Oak Ridge" in (tmp_path / "exact" / "events.csv").read_text(encoding="utf-8")


def test_a_station_keeps_its_code_in_every_report(truth: Library, tmp_path: Path) -> None:
    with truth.read() as db:
        river = records.find_named(db, "location", "River")
    assert river is not None
    jobs.run(report.report(truth, "trap-nights", tmp_path, Question(stations=frozenset([river]))))
    with (tmp_path / "trap-nights.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["station"], row["deployment"], row["trap_nights"]) == ("S2", "S2.1", "7.5")


def test_nothing_there_is_said(library: Library, tmp_path: Path) -> None:
    for name in report.REPORTS:
        # What is written here enters the ledger, which is empty before it.
        assert name == "ledger" or found(library, name).is_empty
        jobs.run(report.report(library, name, tmp_path, Question()))
        page = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
        # The dossier has a page of its own, with a sentence of its own.
        assert name in ("ledger", "dossier") or "There is nothing to show" in page


def test_names_from_elsewhere_are_neither_markup_nor_formulas(library: Library, tmp_path: Path) -> None:
    location = place(library, "=cmd|' /C calc'!A0")
    deployment = deploy(library, "<b>A</b>", "2025-06-01T00:00:00", "2025-06-21T00:00:00", location=location)
    say(library, shoot(library, deployment, "2025-06-02T10:00:00"), "<img src=x>")
    jobs.run(report.report(library, "events", tmp_path, Question(exact=True)))
    page = (tmp_path / "events.html").read_text(encoding="utf-8")
    assert "<img" not in page
    assert "<b>A" not in page
    assert "'=cmd" in (tmp_path / "events.csv").read_text(encoding="utf-8")


def test_the_command_line_writes_and_answers(
    truth: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = truth.folder
    truth.close()
    out = tmp_path / "new" / "folder"
    options = ["--threshold", "30", "--anchor", "lastIndependentRecord", "--taxon", "sika deer", "--from", "2025-06-01"]
    assert main(["--library", str(folder), "--json", "report", "events", str(out), *options]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["report"], answer["events"], answer["anchor"]) == ("events", 4, "lastIndependentRecord")
    assert [Path(one).is_file() for one in answer["files"]] == [True, True]
    assert main(["--library", str(folder), "--json", "report", "horoscope", str(out)]) == 2
    assert main(["--library", str(folder), "--json", "report", "events", str(out), "--threshold", "-1"]) == 2
    assert main(["--library", str(folder), "--json", "report", "events", str(out), "--from", "soon"]) == 2
    assert main(["--library", str(folder), "--json", "report", "events", str(folder / "ranger.db")]) == 4


@pytest.mark.realdata
def test_the_example_of_camtrap_dp_counts_as_its_own_table_says(library: Library, real_data: Path) -> None:
    # Counted again from the package's table alone: animals by deployment, species and time, 30 minutes from the last.
    from ranger_app.actions.import_data import import_data

    folder = real_data / "camtrap-dp-example"
    seen: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
    with (folder / "observations.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["observationType"] == "animal" and not row["cameraSetupType"]:
                span = (datetime.fromisoformat(row["eventStart"]), datetime.fromisoformat(row["eventEnd"]))
                seen.setdefault((row["deploymentID"], row["scientificName"]), []).append(span)
    expected: dict[str, int] = {}
    for (_deployment, species), spans in seen.items():
        last: datetime | None = None
        for start, end in sorted(spans):
            if last is None or start - last >= timedelta(minutes=30):
                expected[species] = expected.get(species, 0) + 1
            last = end if last is None else max(last, end)
    jobs.run(import_data(library, "camtrap-dp", folder))
    assert by_species(found(library, "events", machines=True)) == expected
    # Two herons are a machine's word only.
    assert by_species(found(library, "events")) == {one: n for one, n in expected.items() if one != "Ardea"}
    assert (sum(expected.values()), expected["Ardea"]) == (26, 2)
