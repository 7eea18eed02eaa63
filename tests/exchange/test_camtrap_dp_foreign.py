"""What other programs write as Camtrap DP: each column in its field, events with their pictures, nothing made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions.export_data import export
from ranger_app.actions.formats import ImportReport
from ranger_app.actions.import_data import import_data
from ranger_app.domain.ids import derived_id
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.rows import Record
from tests.exchange.compare_camtrap_dp import compare
from tests.exchange.foreign import DEPLOYMENT, MEDIA, OBSERVATION, Given


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "here", name="Station A", country="RU", utc_offset=600) as made:
        yield made


def take(library: Library, given: Given, folder: Path) -> ImportReport:
    return run(import_data(library, "camtrap-dp", given.write(folder)))


def found(library: Library, kind: str) -> dict[str, Record]:
    with library.read() as db:
        return {one.text("source").partition(" ")[2]: one for one in rows.find(db, kind)}


def test_ids_are_derived_from_data_set_kind_and_identifier(library: Library, tmp_path: Path) -> None:
    take(library, Given(), tmp_path / "given")
    assert found(library, "media")["m1"].id == derived_id("some-data-set", "media", "m1")
    assert found(library, "location")["l1"].id == derived_id("some-data-set", "location", "l1")


def test_each_column_comes_to_its_field_and_nobody_becomes_a_person(library: Library, tmp_path: Path) -> None:
    given = Given()
    given.tables["deployments"][0] |= {
        "locationName": "Ridge", "coordinateUncertainty": "30", "setupBy": "Observer A", "cameraID": "c1",
        "cameraModel": "Reconyx-HF2X", "cameraDelay": "5", "cameraHeight": "0.455", "cameraTilt": "-15",
        "detectionDistance": "3.2", "timestampIssues": "true", "baitUse": "0", "featureType": "culvert"}  # fmt: skip
    given.tables["observations"] = [
        OBSERVATION
        | {"scientificName": "Panthera pardus", "count": "2", "sex": "female", "lifeStage": "adult",
           "individualID": "LEO 9F", "classificationMethod": "human", "classifiedBy": "Observer A",
           "classificationTimestamp": "2026-03-05T10:00:00+10:00", "individualPositionRadius": "2.5"},
        OBSERVATION
        | {"observationID": "o2", "bboxX": "0.10", "bboxY": "0.2", "bboxWidth": "0.3", "bboxHeight": "0.4",
           "classificationMethod": "machine", "classifiedBy": "Model 5", "classificationProbability": "0.91234"},
    ]  # fmt: skip
    report = take(library, given, tmp_path / "given")
    one = found(library, "deployment")["d1"]
    assert (one["name"], one["height"], one["detection_distance"], one["tilt"]) == ("Ridge", 46, 320, -15)
    assert (one["set_by_name"], one["timestamp_issues"], one["bait"], one["feature"]) == ("Observer A", 1, 0, "culvert")
    camera = found(library, "camera")["c1"]
    assert (camera["make"], camera["model"]) == ("Reconyx", "HF2X")
    said = found(library, "observation")
    animal = found(library, "individual")["LEO 9F"]
    assert (animal["code"], animal["taxon"]) == ("LEO 9F", "Panthera pardus")
    assert (said["o1"]["individual"], said["o1"]["by_name"], said["o1"]["by"]) == (animal.id, "Observer A", None)
    assert said["o1"]["at"] == 1_772_668_800_000
    assert said["o1"]["radius"] == 2_500
    machine = said["o2"]
    assert (machine["method"], machine["machine"], machine["certainty"]) == ("machine", "Model 5", 9123)
    assert machine["box"] == "0.10 0.2 0.3 0.4"
    assert found(library, "person") == {}
    assert [(row["code"], row["file"]) for row in report.failed] == [
        ("rounded", "deployments"), ("as_instant", "observations"), ("rounded", "observations")]  # fmt: skip


def test_an_event_has_the_pictures_that_name_it_else_those_within_it(library: Library, tmp_path: Path) -> None:
    given = Given()
    given.tables["media"] = [
        MEDIA | {"mediaID": f"m{n}", "timestamp": f"2026-03-02T10:00:0{n}+10:00"} for n in range(5)
    ]
    event = {"observationLevel": "event", "mediaID": "", "eventStart": "2026-03-02T00:00:01Z",
             "eventEnd": "2026-03-02T10:00:03+10:00"}  # fmt: skip
    given.tables["observations"] = [
        OBSERVATION | event | {"observationID": "by time", "eventID": "e1"},
        OBSERVATION | event | {"observationID": "by name", "eventID": "e2"},
        OBSERVATION | {"observationID": "of m4", "mediaID": "m4", "eventID": "e2"},
        OBSERVATION | event | {"observationID": "nothing", "eventStart": "2026-01-01T00:00:00Z",
                               "eventEnd": "2026-01-01T00:00:00Z"},
    ]  # fmt: skip
    take(library, given, tmp_path / "given")
    media = {one.id.hex(): name for name, one in found(library, "media").items()}
    said = found(library, "observation")
    assert [media[one] for one in json.loads(said["by time"].text("pictures"))] == ["m1", "m2", "m3"]
    assert [media[one] for one in json.loads(said["by name"].text("pictures"))] == ["m4"]
    assert said["nothing"]["pictures"] is None
    assert said["by time"]["event_end"] == "2026-03-02T10:00:03+10:00"
    assert said["of m4"]["media"] == found(library, "media")["m4"].id


def test_other_offsets_stay_the_same_moments(library: Library, tmp_path: Path) -> None:
    given = Given()
    given.tables["deployments"][0]["deploymentEnd"] = "2026-04-01T11:00:00+11:00"
    given.tables["media"][0]["timestamp"] = "2026-03-02T00:00:00Z"
    report = take(library, given, tmp_path / "given")
    assert found(library, "deployment")["d1"]["end"] == "2026-04-01T10:00:00"
    picture = found(library, "media")["m1"]
    assert (picture["camera_time"], picture["file_offset"]) == ("2026-03-02T00:00:00", 0)
    assert [one["code"] for one in report.failed] == ["offset_converted"]
    run(export(library, "camtrap-dp", tmp_path / "out", exact=True))
    (difference,) = compare(tmp_path / "given", tmp_path / "out")
    assert (difference.column, difference.why) == ("deploymentEnd", "same instant, other offset")


def test_the_first_and_the_last_year_there_are_hold_no_time(library: Library, tmp_path: Path) -> None:
    given = Given()
    odd = {"deploymentID": "d2", "deploymentEnd": "9999-12-31T23:59:59-14:00"}
    given.tables["deployments"] += [DEPLOYMENT | odd, DEPLOYMENT | {"deploymentID": "d3", "latitude": "1e-999999999"}]
    report = take(library, given, tmp_path / "given")
    assert [one["code"] for one in report.failed] == ["bad_time", "rounded"]
    assert report.new["deployment"] == 2


def test_failures_come_with_their_reasons(library: Library, tmp_path: Path) -> None:
    given = Given()
    given.tables["failures"] = [
        {"deploymentID": "d1", "failureStart": "2026-03-05T00:00:00Z", "failureEnd": "2026-03-06T10:00:00+10:00",
         "failureReason": "snow"},
        {"deploymentID": "d1", "failureStart": "2026-03-10T00:00:00+10:00", "failureEnd": "", "failureReason": "bear"},
        {"deploymentID": "d2", "failureStart": "", "failureEnd": "", "failureReason": "snow"},
    ]  # fmt: skip
    given.descriptor["resources"].append({"name": "failures", "path": "failures.csv"})
    report = take(library, given, tmp_path / "given")
    assert json.loads(found(library, "deployment")["d1"].text("failures")) == [
        {"from": "2026-03-05T10:00:00", "to": "2026-03-06T10:00:00", "reason": "snow"},
        {"from": "2026-03-10T00:00:00", "reason": "other", "remarks": "bear"},
    ]
    assert [(one["file"], one["row"], one["code"]) for one in report.failed] == [("failures", 4, "orphan")]


def test_one_identifier_at_two_places_is_two_locations(library: Library, tmp_path: Path) -> None:
    given = Given()
    given.tables["deployments"] += [DEPLOYMENT | {"deploymentID": "d2"}]
    given.tables["deployments"] += [DEPLOYMENT | {"deploymentID": "d3", "latitude": "44"}]
    report = take(library, given, tmp_path / "given")
    assert report.new["location"] == 2
    one = found(library, "deployment")
    assert one["d1"]["location"] == one["d2"]["location"] != one["d3"]["location"]


def test_the_id_of_a_place_without_a_name_is_not_made_of_its_coordinates(library: Library, tmp_path: Path) -> None:
    given = Given()
    given.tables["deployments"] = [DEPLOYMENT | {"locationID": "", "locationName": ""}]
    take(library, given, tmp_path / "given")
    place = found(library, "deployment")["d1"]["location"]
    assert place == derived_id("some-data-set", "location", "d1")
    assert take(library, given, tmp_path / "again").new.get("location", 0) == 0
