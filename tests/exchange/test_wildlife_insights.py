"""Wildlife Insights: its upload in its columns and words, its downloads by their headers, nothing secret by rule."""

from __future__ import annotations

import csv
import json
import random
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.actions import deployment_times, records
from ranger_app.actions.export_data import export
from ranger_app.actions.formats import ExportReport, ImportReport
from ranger_app.actions.identify import Answer, identify, state
from ranger_app.actions.import_data import import_data
from ranger_app.actions.status import current_hash
from ranger_app.domain.kinds import kind_named
from ranger_app.errors import DataProblem
from ranger_app.exchange import wildlife_insights as standard
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store import rows
from tests.exchange.camera_season import Season

DOWNLOAD = {
    "projects.csv": "project_id,project_name\n2001,Made-up project\n",
    "cameras.csv": "project_id,camera_id,camera_name,make,model,serial_number,year_purchased\n"
    "2001,77,CAM-1,Reconyx,HF-2X,H1,2020\n",
    "deployments.csv": "project_id,deployment_id,longitude,latitude,start_date,end_date,bait_type,bait_description,"
    "feature_type,feature_type_methodology,camera_id,camera_name,quiet_period,camera_functioning,sensor_height,"
    "height_other,sensor_orientation,orientation_other,plot_treatment,plot_treatment_description,detection_distance,"
    "subproject_name,subproject_design,event_name,event_description,event_type,recorded_by,fuzzed,deployment_fuzzed\n"
    "2001,D-1,131.1234567,43.1234567,2025-03-01 10:00:00,2025-06-01 00:00:00,Scent,,Trail game,,77,CAM-1,30,Theft,"
    "Knee height,,Parallel,,,,4.5,North,,,,,Ranger 1,false,false\n"
    "2001,D-2,131.1,43.1,2025-03-01 10:00:00,2025-06-01 00:00:00,None,,Salt lick,,77,CAM-1,,Camera Functioning,"
    "Other,0.5 m,Varies,,,,,,,,,,,true,true\n",
    "images_2001.csv": "project_id,deployment_id,image_id,sequence_id,filename,location,is_blank,identified_by,"
    "wi_taxon_id,class,order,family,genus,species,common_name,uncertainty,timestamp,age,sex,animal_recognizable,"
    "individual_id,number_of_objects,individual_animal_notes,behavior,highlighted,markings,cv_confidence,license,"
    "fuzzed,deployment_fuzzed\n"
    "2001,D-1,i1,s1,A.JPG,gs://bucket/A.JPG,0,Observer A,t1,Mammalia,Carnivora,Felidae,Panthera,tigris,Tiger,,"
    "2025-04-01 20:43:09,Adult,Female,Yes,T1,1,,Walking,true,,,CC-BY,false,false\n"
    "2001,D-1,i1,s1,A.JPG,gs://bucket/A.JPG,0,Observer A,t2,Mammalia,Artiodactyla,Suidae,Sus,scrofa,Wild Boar,,"
    "2025-04-01 20:43:09,,,,,3,,,true,,,CC-BY,false,false\n"
    "2001,D-1,i2,s1,B.JPG,gs://bucket/B.JPG,1,Computer vision,f1856211-cfb7-4a5b-9158-c0f72fd09ee6,,,,,,Blank,,"
    "2025-04-01 20:43:10,,,,,1,,,false,,0.9375,CC-BY,false,false\n"
    "2001,D-1,i3,,C.JPG,gs://bucket/C.JPG,0,Observer A,,Mammalia,Primates,Hominidae,Homo,sapiens,"
    "Human-Camera Trapper,,2025-04-01 20:43:11,,,,,1,,,false,,,CC-BY,false,false\n"
    "2001,D-2,i4,,D.JPG,gs://bucket/D.JPG,0,Observer A,,,,,,,Vehicle,,2025-04-01 20:43:12,,,,,1,,,false,,,,true,"
    "true\n"
    "2001,D-2,i5,,E.MP4,gs://bucket/E.MP4,0,,f2efdae9-efb8-48fb-8a91-eccf79ab4ffb,No CV Result,No CV Result,"
    "No CV Result,No CV Result,No CV Result,No CV Result,,2025-04-01 20:43:13,,,,,1,,,false,,,,true,true\n",
}
"""The columns of a download of 2025; people are roles."""

UPLOAD = {
    "projects": "project_id,project_name,project_short_name,project_objectives,project_species,"
    "project_species_individual,project_sensor_layout,project_sensor_layout_targeted_type,project_bait_use,"
    "project_bait_type,project_stratification,project_stratification_type,project_sensor_method,"
    "project_individual_animals,project_blank_images,project_sensor_cluster,project_admin,project_admin_email,"
    "project_admin_organization,country_code,embargo,initiative_id,metadata_license,image_license,data_citation,"
    "count_optional,project_type",
    "cameras": "project_id,camera_id,make,model,serial_number,year_purchased",
    "deployments": "project_id,deployment_id,placename,longitude,latitude,start_date,end_date,bait_type,"
    "bait_description,feature_type,feature_type_methodology,camera_id,quiet_period,camera_functioning,sensor_height,"
    "height_other,sensor_orientation,orientation_other,plot_treatment,plot_treatment_description,detection_distance,"
    "subproject_name,subproject_design,event_name,event_description,event_type,recorded_by",
    "images": "project_id,deployment_id,image_id,location,identified_by,wi_taxon_id,class,order,family,genus,species,"
    "common_name,uncertainty,timestamp,number_of_objects,highlighted,age,sex,animal_recognizable,individual_id,"
    "individual_animal_notes,markings,external_sequence_id,sequence_start_time",
}
"""The headers of its bulk upload."""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "here", name="Station A", country="RU", utc_offset=600) as made:
        yield made


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "there", name="Station B", country="CN", utc_offset=480) as made:
        yield made


def given_folder(folder: Path, tables: dict[str, str] | None = None) -> Path:
    folder.mkdir()
    for name, text in (DOWNLOAD if tables is None else tables).items():
        (folder / name).write_bytes(text.encode())
    return folder


def take(library: Library, source: Path, **options: str) -> ImportReport:
    return run(import_data(library, "wildlife-insights", source, options=options))


def write(library: Library, out: Path, **how: object) -> tuple[ExportReport, dict[str, list[dict[str, str]]]]:
    report = run(export(library, "wildlife-insights", out, **how))  # type: ignore[arg-type]
    tables = {}
    for name in standard.COLUMNS:
        with (out / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    return report, tables


def everything(library: Library, kind: str) -> list[rows.Record]:
    with library.read() as db:
        return list(rows.find(db, kind))


# ---- out


@pytest.fixture
def media(library: Library) -> list[bytes]:
    """Six pictures of a camera that was an hour slow: tiger and boar, an event of boar, a person, none, a machine's."""
    place = records.add(
        library, "location", {"name": "Cedar pass", "latitude": 431_234_567, "longitude": 1_312_345_678}
    )
    camera = records.add(library, "camera", {"name": "C1", "make": "Reconyx", "serial_number": "SER-9"})
    deployment = records.add(
        library,
        "deployment",
        {"name": "Cedar pass 1", "location": place, "camera": camera, "utc_offset": 600, "height": 45, "tilt": -20,
         "heading": 90, "bait": 1, "bait_kind": "scent", "feature": "trailGame", "camera_delay": 30,
         "detection_distance": 450, "start": "2026-03-01T12:00:00", "end": "2026-03-11T12:00:00"},
    )  # fmt: skip
    found = [
        records.add(
            library,
            "media",
            {"deployment": deployment, "file_name": f"{n}.jpg", "folder": "DCIM", "camera_time": time},
        )
        for n, time in enumerate(
            [f"2026-03-02T10:00:{second:02d}" for second in (0, 30, 31, 32, 40, 50)] + ["2026-05-01T00:00:00", None]
        )
    ]
    deployment_times.add_failure(library, deployment, "2026-03-07T00:00:00", "2026-03-08T00:00:00", "snow")
    deployment_times.add_failure(library, deployment, "2026-03-09T00:00:00", "2026-03-10T00:00:00", "full_card")
    deployment_times.add_clock_correction(library, deployment, {"method": "shift", "seconds": 3600})
    tiger = records.add(library, "individual", {"code": "T-07", "taxon": "Panthera tigris"})
    identify(library, found[:1], Answer("animal", "Panthera tigris", 1, tiger))
    identify(library, found[:1], Answer("animal", "Sus scrofa", 2), replace=False)
    state(library, [found[1:4]], [Answer("animal", "Sus scrofa", 4)])
    identify(library, found[4:5], Answer("human"))
    return found


def test_columns_are_those_of_the_upload_in_their_order(library: Library, media: list[bytes], tmp_path: Path) -> None:
    write(library, tmp_path / "out", exact=True)
    for name in UPLOAD:
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == UPLOAD[name].split(",")


def test_words_times_and_species(library: Library, media: list[bytes], tmp_path: Path) -> None:
    report, tables = write(library, tmp_path / "out", exact=True)
    (deployment,) = tables["deployments"]
    assert {name: deployment[name] for name in (
        "placename", "longitude", "latitude", "start_date", "bait_type", "bait_description", "feature_type",
        "quiet_period", "camera_functioning", "sensor_height", "height_other", "sensor_orientation",
        "detection_distance",
    )} == {
        "placename": "Cedar pass", "longitude": "131.2345678", "latitude": "43.1234567",
        "start_date": "2026-03-01 12:00:00", "bait_type": "Scent", "bait_description": "scent",
        "feature_type": "Trail game", "quiet_period": "30", "camera_functioning": "Memory Card",
        "sensor_height": "Knee height", "height_other": "45 cm", "sensor_orientation": "Other",
        "detection_distance": "4.5",
    }  # fmt: skip
    images = tables["images"]
    assert sorted((one["timestamp"][5:], one["species"], one["number_of_objects"]) for one in images) == [
        ("03-02 11:00:00", "scrofa", "2"),
        ("03-02 11:00:00", "tigris", "1"),
        ("03-02 11:00:30", "scrofa", "4"),
        ("03-02 11:00:31", "", ""),
        ("03-02 11:00:32", "", ""),
        ("03-02 11:00:40", "sapiens", ""),
        ("03-02 11:00:50", "", ""),
        ("05-01 01:00:00", "", ""),
    ]
    assert images[0]["image_id"] == images[1]["image_id"]
    assert len({one["external_sequence_id"] for one in images[2:5]}) == 1
    assert {one["sequence_start_time"] for one in images[2:5]} == {"2026-03-02 11:00:30"}
    assert [one["external_sequence_id"] for one in images[:2] + images[5:]] == [""] * 5
    assert images[5]["common_name"] == "Human"
    assert {one["individual_id"] for one in images[:2]} == {"", "T-07"}
    assert report.written == {"deployment": 1, "camera": 1, "media": 7, "observation": 4, "project": 1}
    codes = {str(one["code"]) for one in report.failed}
    assert codes == {"failure_dates", "no_camera_time", "outside_dates", "no_column", "fill_in"}
    (project,) = tables["projects"]
    assert (project["country_code"], project["project_type"], project["count_optional"]) == ("RUS", "Image", "Yes")
    assert (project["project_bait_use"], project["project_sensor_layout"]) == ("Yes", "Targeted")


def test_by_rule_neither_places_people_nor_files_leave(library: Library, media: list[bytes], tmp_path: Path) -> None:
    report, tables = write(library, tmp_path / "out")
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    text += json.dumps(report.answer())
    for secret in ("Cedar", "131.23", "43.12", "DCIM", "SER-9", "Human", media[4].hex()):
        assert secret not in text
    (deployment,) = tables["deployments"]
    assert (deployment["longitude"], deployment["latitude"]) == ("131.2", "43.1")
    assert report.withheld["media_of_people"] == 1
    assert report.withheld["observations_of_people"] == 1
    assert len({one["image_id"] for one in tables["images"]}) == 6


def test_what_counts_is_written_and_the_rest_counted(library: Library, media: list[bytes], tmp_path: Path) -> None:
    records.add(
        library,
        "observation",
        {"media": media[0], "type": "animal", "taxon": "Lynx lynx", "method": "machine", "machine": "m", "at": 1},
    )
    records.add(
        library,
        "observation",
        {"media": media[5], "type": "animal", "taxon": "Lynx lynx", "method": "machine", "certainty": 9000, "at": 1},
    )
    report, tables = write(library, tmp_path / "out", exact=True)
    lynx = [one for one in tables["images"] if one["genus"] == "Lynx"]
    assert [(one["identified_by"], one["timestamp"][-2:]) for one in lynx] == [("Computer vision", "50")]
    assert [one["reason"] for one in report.failed if one["code"] == "outweighed"]
    assert not any("Lynx" in one["genus"] for one in tables["images"] if one["timestamp"].endswith("11:00:00"))


def test_statements_on_an_event_and_on_its_pictures_are_never_added(
    library: Library, media: list[bytes], tmp_path: Path
) -> None:
    identify(library, media[2:3], Answer("animal", "Sus scrofa", 3), replace=False)
    identify(library, media[3:4], Answer("animal", "Meles leucurus", 1), replace=False)
    report, tables = write(library, tmp_path / "out", exact=True)
    event = [(one["species"], one["number_of_objects"]) for one in tables["images"] if one["external_sequence_id"]]
    assert event == [("scrofa", "4"), ("", ""), ("leucurus", "1")]
    assert [one["reason"] for one in report.failed if one["code"] == "outweighed"]


def test_nothing_to_write(library: Library, tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="NOTHING_TO_WRITE"):
        run(export(library, "wildlife-insights", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_every_feature_bait_and_failure_has_its_word() -> None:
    features = [choice.code for choice in kind_named("deployment").field("feature").choices]
    assert [standard.feature(standard.FEATURES[code]) for code in features] == features
    (failures,) = [field for field in kind_named("deployment").fields if field.name == "failures"]
    (reasons,) = [part for part in failures.parts if part.name == "reason"]
    assert {choice.code for choice in reasons.choices} == {code for code, _word in standard.FUNCTIONING}
    assert standard.functioning([]) == "Camera Functioning"
    assert standard.functioning(["snow", "stolen"]) == "Theft"
    assert standard.bait(None, "") == ("", "")
    assert standard.bait(0, "") == ("None", "")
    assert standard.bait(1, "valerian") == ("Other", "valerian")


@given(st.integers(0, 99_999), st.none() | st.integers(-90, 90), st.none() | st.integers(0, 360))
def test_heights_and_directions_read_back(height: int, tilt: int | None, heading: int | None) -> None:
    assert standard.read_height(standard.height(height)[1]) == height
    assert standard.read_orientation(standard.orientation(tilt, heading)[1]) == (tilt, heading)


# ---- in


def test_a_download_is_taken_by_its_headers(library: Library, tmp_path: Path) -> None:
    report = take(library, given_folder(tmp_path / "given"))
    assert report.read == {"camera": 1, "location": 2, "deployment": 2, "media": 5, "individual": 1, "observation": 5}
    listed = [(one["file"], one["code"]) for one in report.failed]
    assert listed == [
        ("projects.csv", "table_not_taken"), ("deployments.csv", "utc_offset"), ("deployments", "fuzzed"),
        ("deployments", "failure_without_dates"), ("cameras", "no_field"), ("images", "no_field"),
        ("images", "no_field"),
    ]  # fmt: skip
    exact, vague = sorted(everything(library, "deployment"), key=lambda one: one.text("name"))
    assert (exact["start"], exact["end"], exact["utc_offset"]) == ("2025-03-01T10:00:00", "2025-06-01T00:00:00", 600)
    assert (exact["bait"], exact["bait_kind"], exact["feature"], exact["camera_delay"]) == (1, "Scent", "trailGame", 30)
    assert (exact["detection_distance"], exact["groups"], exact["set_by_name"]) == (450, "North", "Ranger 1")
    assert "Theft" in exact.text("remarks")
    assert exact["failures"] is None
    assert (vague["bait"], vague["height"], vague["feature"]) == (0, 50, None)
    assert "Salt lick" in vague.text("remarks")
    (camera,) = everything(library, "camera")
    assert (camera["name"], camera["make"], camera["serial_number"]) == ("CAM-1", "Reconyx", "H1")
    places = {one.id: one for one in everything(library, "location")}
    assert places[exact["location"]]["latitude"] == 431_234_567  # type: ignore[index]
    assert places[exact["location"]]["uncertainty"] is None  # type: ignore[index]
    assert places[vague["location"]]["uncertainty"] == 11_100  # type: ignore[index]
    files = {one.text("file_name"): one for one in everything(library, "media")}
    assert files["A.JPG"]["camera_time"] == "2025-04-01T20:43:09"
    assert (files["A.JPG"]["address"], files["A.JPG"]["favourite"]) == ("gs://bucket/A.JPG", 1)
    assert files["E.MP4"]["media_type"] == "video/mp4"
    told = {(one["type"], one["taxon"], one["count"], one["method"], one["by_name"], one["certainty"], one["setup"])
            for one in everything(library, "observation")}  # fmt: skip
    assert told == {
        ("animal", "Panthera tigris", 1, "human", "Observer A", None, None),
        ("animal", "Sus scrofa", 3, "human", "Observer A", None, None),
        ("blank", None, 1, "machine", None, 9375, None),
        ("human", None, 1, "human", "Observer A", None, "setup"),
        ("vehicle", None, 1, "human", "Observer A", None, None),
    }
    with library.read() as db:
        assert db.conn.execute("SELECT people FROM media WHERE file_name = 'C.JPG'").fetchone()[0] == 1


def test_twice_and_at_two_stations_the_same(library: Library, other: Library, tmp_path: Path) -> None:
    folder = given_folder(tmp_path / "given")
    first = take(library, folder)
    before = current_hash(library)
    again = take(library, folder)
    assert not again.new
    assert again.read == first.read
    assert current_hash(library) == before
    with zipfile.ZipFile(tmp_path / "given.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.iterdir():
            archive.write(path, f"wildlife/{path.name}")
    assert take(other, tmp_path / "given.zip", **{"utc-offset": "+10:00"}).read == first.read
    for kind in ("camera", "location", "deployment", "media", "individual", "observation"):
        assert {one.id: one.values for one in everything(library, kind)} == {
            one.id: one.values for one in everything(other, kind)
        }


def test_a_vague_place_never_takes_the_place_of_an_exact_one(library: Library, tmp_path: Path) -> None:
    take(library, given_folder(tmp_path / "exact"))
    tables = dict(DOWNLOAD)
    tables["deployments.csv"] = tables["deployments.csv"].replace("131.1234567,43.1234567", "131.1,43.1").replace(
        "false,false", "true,true")  # fmt: skip
    before = current_hash(library)
    take(library, given_folder(tmp_path / "vague", tables))
    assert current_hash(library) == before
    place = records.add(library, "location", {"name": "Ridge", "latitude": 431_111_111, "longitude": 1_311_111_111})
    upload = {
        "deployments.csv": "project_id,deployment_id,placename,longitude,latitude,start_date,end_date,fuzzed\n"
        "9,D-9,Ridge,131.1,43.1,2025-03-01,2025-06-01,true\n",
        "images.csv": "project_id,deployment_id,image_id,location,timestamp\n",
    }
    take(library, given_folder(tmp_path / "upload", upload))
    (found,) = [one for one in everything(library, "deployment") if one["name"] == "D-9"]
    assert found["location"] == place
    with library.read() as db:
        assert rows.get(db, "location", place)["latitude"] == 431_111_111  # type: ignore[index]


@pytest.mark.parametrize("exact", [True, False])
def test_what_was_exported_reads_back_with_the_same_counts(
    library: Library, other: Library, media: list[bytes], tmp_path: Path, *, exact: bool
) -> None:
    records.add(
        library, "observation",
        {"media": media[5], "type": "animal", "taxon": "Lynx lynx", "method": "machine", "certainty": 9000, "at": 1},
    )  # fmt: skip
    report, _tables = write(library, tmp_path / "out", exact=exact)
    found = take(other, tmp_path / "out", **{"utc-offset": "+10:00"})
    for kind in ("deployment", "camera", "media", "observation"):
        assert found.read[kind] == found.new[kind] == report.written[kind], kind
    (event,) = [one for one in everything(other, "observation") if one["pictures"]]
    assert json.loads(event.text("pictures")) == [one.hex() for one in media[1:4]]
    assert {one.id for one in everything(other, "media")} <= set(media)
    corrected = {one.id: one["camera_time"] for one in everything(other, "media")}
    assert corrected[media[0]] == "2026-03-02T11:00:00"
    (deployment,) = everything(other, "deployment")
    assert (deployment["height"], deployment["tilt"], deployment["heading"]) == (45, -20, 90)
    before = current_hash(other)
    assert not take(other, tmp_path / "out", **{"utc-offset": "+10:00"}).new
    assert current_hash(other) == before
    # at home all of it is here already, and nobody's answers are doubled
    before = current_hash(library)
    home = take(library, tmp_path / "out")
    assert not home.new
    assert "own_here" in {one["code"] for one in home.failed}
    assert current_hash(library) == before


@pytest.mark.parametrize("exact", [True, False])
def test_a_season_with_every_turn_reads_back(library: Library, other: Library, tmp_path: Path, *, exact: bool) -> None:
    Season(library)
    report, tables = write(library, tmp_path / "out", exact=exact)
    found = take(other, tmp_path / "out")
    for kind in ("deployment", "camera", "media", "observation"):
        assert found.read[kind] == report.written[kind], kind
    assert not {one["code"] for one in found.failed} & {"cells", "orphan", "bad_time", "bad_value", "duplicate"}
    assert all(len(one["timestamp"]) == 19 for one in tables["images"])


def change(table: str, old: str, new: str) -> Callable[[dict[str, bytes]], object]:
    def made(tables: dict[str, bytes]) -> None:
        assert old.encode() in tables[table]
        tables[table] = tables[table].replace(old.encode(), new.encode())

    return made


REFUSED: dict[str, Callable[[dict[str, bytes]], object]] = {
    "TABLE_MISSING deployments": lambda tables: tables.pop("deployments.csv"),
    "TABLE_MISSING images": lambda tables: tables.pop("images_2001.csv"),
    "TABLE_EMPTY": lambda tables: tables.update({"images_2001.csv": b""}),
    "COLUMN_MISSING start_date": change("deployments.csv", "start_date", "begin"),
    "COLUMN_MISSING timestamp": change("images_2001.csv", "timestamp", "moment"),
    "NO_ROW_TAKEN": lambda tables: tables.update({"deployments.csv": tables["deployments.csv"].splitlines()[0]}),
    "NO_ROW_TAKEN orphans": change("images_2001.csv", "2001,D-", "2001,E-"),
    "NOT_UTF8": lambda tables: tables.update({"images_2001.csv": tables["images_2001.csv"] + b"\xff\xfe"}),
    "NOT_UTF8 utf-16": lambda tables: tables.update({"cameras.csv": DOWNLOAD["cameras.csv"].encode("utf-16")}),
    "TABLE_BROKEN": change("images_2001.csv", "Walking", "Wal\0king"),
    "TOO_MANY_COLUMNS": lambda tables: tables.update({"cameras.csv": b"camera_id" + b",x" * 9_999}),
    "COLUMN_TWICE": change("cameras.csv", "make,model", "make,Make"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_one_sentence_and_nothing_taken(case: str, library: Library, tmp_path: Path) -> None:
    tables = {name: text.encode() for name, text in DOWNLOAD.items()}
    REFUSED[case](tables)
    (tmp_path / "given").mkdir()
    for name, content in tables.items():
        (tmp_path / "given" / name).write_bytes(content)
    before = current_hash(library)
    with pytest.raises(DataProblem) as caught:
        take(library, tmp_path / "given")
    code, _space, word = case.partition(" ")
    assert caught.value.code == code
    assert word in caught.value.what or word in ("orphans", "utf-16")
    assert current_hash(library) == before


def test_a_zip_that_is_none_is_refused(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "given.zip"
    path.write_bytes(b"PK\3\4 and no more")
    with pytest.raises(DataProblem, match="TABLE_BROKEN"):
        take(library, path)


def test_rows_that_do_not_hold_are_listed(library: Library, tmp_path: Path) -> None:
    tables = dict(DOWNLOAD)
    last = tables["images_2001.csv"].splitlines()[-1]
    tables["images_2001.csv"] += "\n".join(
        (last.replace("i5", "i6").replace("2025-04-01 20:43:13", "1 April"), last.replace("D-2", "D-3"),
         last + ",more", last.replace("2001,D-2,i5", "2001,D-1,i5"), "")
    )  # fmt: skip
    tables["deployments.csv"] += tables["deployments.csv"].splitlines()[-1] + "\n"
    report = take(library, given_folder(tmp_path / "given", tables))
    assert [(one["file"], one["row"], one["code"]) for one in report.failed if "row" in one] == [
        ("deployments.csv", 4, "duplicate"), ("images_2001.csv", 8, "bad_time"), ("images_2001.csv", 9, "orphan"),
        ("images_2001.csv", 10, "cells"), ("images_2001.csv", 11, "duplicate"),
    ]  # fmt: skip
    assert report.read["media"] == 5


def test_mutated_tables_neither_crash_nor_fill_the_memory(library: Library, tmp_path: Path) -> None:
    chance = random.Random(11)
    tracemalloc.start()
    for number in range(50):
        tables = {name: bytearray(text.encode()) for name, text in DOWNLOAD.items()}
        for _change in range(chance.randint(1, 6)):
            text = tables[chance.choice(sorted(tables))]
            place = chance.randrange(len(text))
            text[place : place + chance.randint(0, 9)] = chance.randbytes(chance.randint(0, 4))
        folder = tmp_path / f"given{number}"
        folder.mkdir()
        for name, text in tables.items():
            (folder / name).write_bytes(text)
        with suppress(DataProblem):
            take(library, folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 << 20
