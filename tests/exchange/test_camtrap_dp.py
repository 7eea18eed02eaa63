"""Camtrap DP: what was exported reads back as the same records, valid in form, exact in time, and once only."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.actions.export_data import export
from ranger_app.actions.formats import ExportReport, ImportReport
from ranger_app.actions.import_data import import_data
from ranger_app.demo import season as demo
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.ops import change, create, delete
from ranger_app.exchange import camtrap_dp as standard
from ranger_app.exchange import further_fields
from ranger_app.jobs import CancelToken, run
from ranger_app.library import Library
from ranger_app.store import rows
from tests.exchange.camera_season import Season

KINDS = ("location", "camera", "individual", "taxon", "deployment", "media", "observation")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "here", name="Station A", country="RU", utc_offset=600) as made:
        yield made


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "there", name="Station B", country="CN", utc_offset=480) as made:
        yield made


def write(library: Library, out: Path, **how: object) -> ExportReport:
    return run(export(library, "camtrap-dp", out, **how))  # type: ignore[arg-type]


def take(library: Library, source: Path) -> ImportReport:
    return run(import_data(library, "camtrap-dp", source))


def everything(library: Library, kinds: tuple[str, ...] = KINDS) -> dict[tuple[str, bytes], dict[str, Value]]:
    with library.read() as db:
        return {(kind, one.id): one.values for kind in kinds for one in rows.find(db, kind)}


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_was_exported_reads_back_as_the_same_records(library: Library, other: Library, tmp_path: Path) -> None:
    Season(library)
    written = write(library, tmp_path / "out", exact=True)
    report = take(other, tmp_path / "out")
    before, after = everything(library), everything(other)
    assert before.keys() == after.keys()
    for key, values in before.items():
        assert after[key] == values, key
    assert everything(library, ("person",)) == everything(other, ("person",))
    assert report.failed == []
    assert report.read == report.new
    again = take(other, tmp_path / "out")
    assert again.new == {}
    assert again.failed == []
    assert again.read == report.read
    write(other, tmp_path / "again", exact=True)
    for name in (*standard.COLUMNS, "failures", "individuals", "clock-corrections", "further-fields"):
        assert (tmp_path / "again" / f"{name}.csv").read_bytes() == (tmp_path / "out" / f"{name}.csv").read_bytes()
    assert written.written["media"] == 7


def test_what_the_standard_cannot_hold_is_listed_with_its_reason(library: Library, tmp_path: Path) -> None:
    season = Season(library)
    report = write(library, tmp_path / "out", exact=True)
    codes = sorted(str(one["code"]) for one in report.failed)
    assert codes == [
        *("date_from_pictures", "deployment_incomplete", "deployment_incomplete", "no_camera_time", "no_event_time"),
    ]
    ids = {row["mediaID"] for row in table(tmp_path / "out", "media")}
    assert season.ids["undated"].hex() not in ids
    assert len(ids) == 7
    running = next(
        r for r in table(tmp_path / "out", "deployments") if r["deploymentID"] == season.ids["running"].hex()
    )
    assert running["deploymentEnd"] == "2026-05-05T08:00:00+10:00"


def test_times_carry_their_offset_and_the_correction(library: Library, tmp_path: Path) -> None:
    season = Season(library)
    write(library, tmp_path / "out", exact=True)
    media = {row["mediaID"]: row for row in table(tmp_path / "out", "media")}
    assert media[season.ids["p0"].hex()]["timestamp"] == "2026-04-05T12:00:00+10:00"
    assert media[season.ids["phone"].hex()]["timestamp"] == "2026-04-05T07:00:00+08:00"
    assert not any(row["timestamp"].endswith("Z") for row in media.values())
    said = {row["observationID"]: row for row in table(tmp_path / "out", "observations")}
    event = said[season.ids["event"].hex()]
    assert (event["eventStart"], event["eventEnd"]) == ("2026-04-05T12:00:00+10:00", "2026-04-05T12:00:02+10:00")
    assert event["observationLevel"] == "event"
    assert said[season.ids["one"].hex()]["classificationTimestamp"] == "2026-03-31T23:33:20Z"
    (correction,) = table(tmp_path / "out", "clock-corrections")
    assert (correction["method"], correction["seconds"]) == ("shift", "-3600")
    (failure,) = table(tmp_path / "out", "failures")
    assert failure["failureStart"] == "2026-04-01T00:00:00+10:00"
    assert failure["failureReason"] == "snow"
    raw = [row["value"] for row in table(tmp_path / "out", "further-fields") if row["field"] == "camera_time"]
    assert "2026-04-05T13:00:00" in raw


def test_individuals_are_named_by_their_code_and_never_merged(library: Library, tmp_path: Path) -> None:
    season = Season(library)
    write(library, tmp_path / "out", exact=True)
    said = {row["observationID"]: row["individualID"] for row in table(tmp_path / "out", "observations")}
    named = {said[season.ids["one"].hex()], said[season.ids["event"].hex()]}
    assert len(named) == 2
    assert all(name.startswith("T1 ") for name in named)
    assert {row["individualID"] for row in table(tmp_path / "out", "individuals")} == named
    described = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert described["project"]["individualAnimals"] is True
    tiger = next(one for one in described["taxonomic"] if one["scientificName"] == "Panthera tigris")
    assert tiger["vernacularNames"] == {
        "eng": "Tiger", "rus": "Тигр", "zho": "虎", "kor": "호랑이", "mon": "Бар", "jpn": "トラ"}  # fmt: skip


def test_the_open_rule_rounds_places_and_keeps_people_and_names_back(library: Library, tmp_path: Path) -> None:
    season = Season(library)
    report = write(library, tmp_path / "out")
    rows_ = table(tmp_path / "out", "deployments")
    assert {(row["latitude"], row["longitude"]) for row in rows_} == {("43.1", "131.1")}
    assert all(int(row["coordinateUncertainty"]) == 12 + 7_900 for row in rows_)
    described = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert described["coordinatePrecision"] == 0.1
    whole = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    for word in ("Ridge", "Ranger 1", "43.12", "p0.JPG", "example.org"):
        assert word not in whole
    assert season.ids["p3"].hex() not in whole
    assert report.withheld["media_of_people"] == 1
    assert report.withheld["observations_of_people"] == 1
    assert not (tmp_path / "out" / "further-fields.csv").exists()
    assert all(row["filePublic"] == "false" for row in table(tmp_path / "out", "media"))


def test_an_open_package_never_stands_for_the_exact_records(library: Library, other: Library, tmp_path: Path) -> None:
    Season(library)
    write(library, tmp_path / "out")
    report = take(other, tmp_path / "out")
    assert report.new["deployment"] == 2
    assert not everything(library).keys() & everything(other).keys()
    assert take(other, tmp_path / "out").new == {}


def test_a_cancelled_import_goes_on_where_it_stopped(library: Library, other: Library, tmp_path: Path) -> None:
    season = Season(library)
    many = [create("media", library.new_id(), {"deployment": season.ids["full"], "camera_time": "2026-05-01T00:00:00"})
            for _number in range(1_200)]  # fmt: skip
    library.commit(many, label="add")
    write(library, tmp_path / "out", exact=True)
    token = CancelToken()
    job = import_data(other, "camtrap-dp", tmp_path / "out", cancel=token)
    for progress in job:
        if progress.total:
            token.cancel()
    part = len(everything(other))
    assert 0 < part < len(everything(library))
    report = take(other, tmp_path / "out")
    assert sum(report.new[kind] for kind in KINDS) == len(everything(library)) - part
    assert everything(other) == everything(library)


def test_what_is_here_with_other_values_stays_and_is_said(library: Library, other: Library, tmp_path: Path) -> None:
    season = Season(library)
    write(library, tmp_path / "out", exact=True)
    take(other, tmp_path / "out")
    other.commit([change("deployment", season.ids["full"], {"habitat": "Oak forest"})], label="edit")
    other.commit([delete("observation", season.ids["machine"])], label="delete")
    report = take(other, tmp_path / "out")
    assert [one["code"] for one in report.failed] == ["differs_here", "deleted_here"]
    with other.read() as db:
        kept = rows.get(db, "deployment", season.ids["full"])
    assert kept is not None
    assert kept["habitat"] == "Oak forest"


@given(st.text(), st.integers(-(2**62), 2**62), st.binary(min_size=16, max_size=16))
def test_further_fields_hold_any_value(text: str, number: int, reference: bytes) -> None:
    kind = kind_named("observation")
    for name, value in (("remarks", text), ("count", number), ("media", reference), ("remarks", None)):
        assert further_fields.understood(kind, name, further_fields.told(value)) == value  # type: ignore[arg-type]


@given(st.datetimes(), st.integers(-840, 840))
def test_a_written_time_reads_back(moment: object, offset: int) -> None:
    local = moment.replace(microsecond=0).isoformat()  # type: ignore[attr-defined]
    text = standard.time_text(local, offset)
    assert standard.read_time(text) == (local, offset)
    assert text.endswith("Z") == (offset == 0)


def test_a_demo_season_reads_back_as_the_same_records(tmp_path: Path) -> None:
    first = demo.make(tmp_path / "demo", media=40, patrols=1, counts=5)[0]
    with Library.open(first) as library:
        report = write(library, tmp_path / "out", exact=True)
        before = everything(library, (*KINDS, "person"))
    with Library.create(tmp_path / "fresh", name="Station B", country="CN", utc_offset=480) as fresh:
        take(fresh, tmp_path / "out")
        after = everything(fresh, (*KINDS, "person"))
        assert take(fresh, tmp_path / "out").new == {}
    rights = {"role": "ranger"}
    for (kind, record), values in after.items():
        assert values == before[kind, record] | (rights if kind == "person" else {})
    missing = Counter(kind for kind, record in before if (kind, record) not in after)
    assert not missing["deployment"]
    with Library.open(first) as library, library.read() as db:
        loose = db.conn.execute("SELECT count(*) FROM media WHERE deployment IS NULL AND deleted=0").fetchone()[0]
        elsewhere = db.conn.execute("SELECT count(*) FROM observation WHERE deployment IS NULL").fetchone()[0]
    assert missing["media"] == loose
    assert missing["observation"] <= elsewhere
    assert report.written["media"] > 0
