"""Timelapse's CSV: found by header whatever its order, matched to pictures that are here, never shifted or guessed."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.actions import records
from ranger_app.actions.formats import ImportReport
from ranger_app.actions.identify import Answer, identify
from ranger_app.actions.import_data import import_data
from ranger_app.actions.review import said
from ranger_app.actions.status import current_hash
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.exchange.timelapse import read_time
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store import rows

SAMPLE = (
    "RootFolder,File,RelativePath,DateTime,DeleteFlag,Species,How many,Individual,Observer,Weather\r\n"
    "Ridge 2021,IMG_0001.JPG,A1\\DCIM\\100, 2021-04-11 20:43:09,false,Tiger,1,T1,Observer A,\r\n"
    'Ridge 2021,IMG_0002.JPG,A1\\DCIM\\100, 2021-04-11 20:43:12,false,"Sus scrofa",3,,,rain\r\n'
    "Ridge 2021,IMG_0002.JPG,A1\\DCIM\\100, 2021-04-11 20:43:12,false,Tiger,1,,,\r\n"
    "Ridge 2021,IMG_0003.JPG,A1\\DCIM\\100, 2021-04-11 20:43:15,true,empty,,,,\r\n"
    "Ridge 2021,IMG_0004.JPG,A1\\DCIM\\100,,false,,,,,\r\n"
    "IMG_0005.JPG,A1, 2021-04-11 20:43:15,false,Tiger,1,,,\r\n"
)
"""After the columns that the program's own guide names; one row lacks a cell, as of a file that lies less deep."""


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "here", name="Station A", country="RU", utc_offset=600) as made:
        yield made


def take(library: Library, text: str | bytes, tmp_path: Path, **options: str) -> ImportReport:
    path = tmp_path / "Ridge.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    named = {name.replace("_", "-"): value for name, value in options.items()}
    return run(import_data(library, "timelapse", path, options=named))


def everything(library: Library, kind: str) -> list[rows.Record]:
    with library.read() as db:
        return list(rows.find(db, kind))


def test_a_sample_is_taken_by_its_headers(library: Library, tmp_path: Path) -> None:
    report = take(library, SAMPLE, tmp_path)
    assert report.read == {"deployment": 1, "media": 4, "individual": 1, "observation": 4}
    codes = [(one["code"], one.get("row")) for one in report.failed]
    assert codes == [("cells", 7), ("utc_offset", None), ("no_time", None), ("delete_flag", None),
                     ("column_not_known", None)]  # fmt: skip
    assert "+10:00" in str(report.failed[1]["reason"])
    assert "Weather" in str(report.failed[4]["reason"])
    (deployment,) = everything(library, "deployment")
    assert (deployment["name"], deployment["utc_offset"], deployment["start"]) == ("Ridge 2021", 600, None)
    files = {one.text("file_name"): one for one in everything(library, "media")}
    assert files["IMG_0001.JPG"]["camera_time"] == "2021-04-11T20:43:09"
    assert files["IMG_0001.JPG"]["folder"] == "A1/DCIM/100"
    assert files["IMG_0004.JPG"]["camera_time"] is None
    told = {(one["type"], one["taxon"], one["count"], one["by_name"]) for one in everything(library, "observation")}
    assert told == {
        ("animal", "Panthera tigris", 1, "Observer A"),
        ("animal", "Sus scrofa", 3, "Timelapse"),
        ("animal", "Panthera tigris", 1, "Timelapse"),
        ("blank", None, None, "Timelapse"),
    }


def test_taking_it_twice_adds_nothing(library: Library, tmp_path: Path) -> None:
    first = take(library, SAMPLE, tmp_path)
    before = current_hash(library)
    second = take(library, SAMPLE, tmp_path)
    assert not second.new
    assert current_hash(library) == before
    assert second.read["media"] == first.read["media"]
    assert second.read["observation"] == first.read["observation"]


def test_two_stations_make_the_same_records(library: Library, tmp_path: Path) -> None:
    take(library, SAMPLE, tmp_path)
    with Library.create(tmp_path / "there", name="Station B", country="RU", utc_offset=600) as other:
        take(other, SAMPLE, tmp_path)
        for kind in ("deployment", "media", "observation", "individual"):
            assert {one.id for one in everything(library, kind)} == {one.id for one in everything(other, kind)}


def test_rows_find_the_pictures_that_are_here_and_an_answer_of_ours_stays(library: Library, tmp_path: Path) -> None:
    deployment = records.add(library, "deployment", {"name": "Ridge", "utc_offset": 600})
    media = {
        folder: records.add(
            library,
            "media",
            {"deployment": deployment, "file_name": "IMG_0001.JPG", "folder": folder, "camera_time": time},
        )
        for folder, time in (("DCIM/100", "2021-04-11T20:43:09"), ("DCIM/101", "2021-04-12T08:00:00"))
    }
    identify(library, [media["DCIM/100"]], Answer("animal", "Panthera pardus"))
    text = "File,RelativePath,DateTime,Species\nimg_0001.jpg,a\\DCIM\\100,2021-04-11 20:43:09,Tiger\n"
    report = take(library, text, tmp_path)
    assert report.new == {"observation": 1}
    assert [one["code"] for one in report.failed] == ["utc_offset", "matched"]
    with library.read() as db:
        shown = db.conn.execute("SELECT shown FROM media WHERE id = ?", (media["DCIM/100"],)).fetchone()[0]
        assert shown == "Panthera pardus"
        assert len(said(db, media["DCIM/100"])) == 2
    # without a time the folders must agree, and another time is another picture
    other = "File,RelativePath,DateTime,Species\nIMG_0001.JPG,DCIM\\100,2022-04-11 20:43:09,Tiger\n"
    assert take(library, other, tmp_path).new == {"deployment": 1, "media": 1, "observation": 1}


def test_with_a_deployment_only_its_pictures_count(library: Library, tmp_path: Path) -> None:
    ids = [records.add(library, "deployment", {"name": name, "utc_offset": 600}) for name in ("A", "B")]
    for one in ids:
        records.add(library, "media", {"deployment": one, "file_name": "1.JPG", "camera_time": "2021-04-11T20:43:09"})
    text = "File,DateTime,Species\n1.JPG,2021-04-11 20:43:09,Tiger\n2.JPG,2021-04-11 20:44:09,Tiger\n"
    assert [one["code"] for one in take(library, text, tmp_path).failed][:2] == ["utc_offset", "several"]
    report = take(library, text, tmp_path, deployment="B")
    assert report.new["observation"] == 2
    with library.read() as db:
        (found,) = rows.find(db, "media", "file_name = '2.JPG' AND deployment = ?", (ids[1],))
    assert found["camera_time"] == "2021-04-11T20:44:09"


def test_date_and_time_apart_a_map_a_location_and_an_offset(library: Library, tmp_path: Path) -> None:
    place = records.add(library, "location", {"name": "Ridge"})
    text = "Tier;File;Anzahl;Date;Time;Wer\nTiger;1.JPG;2;02-Dec-2021; 08:00:00;Observer A\n"
    report = take(library, text, tmp_path, map="Tier=species;Anzahl=count;Wer=by", location="Ridge", utc_offset="+8")
    assert report.read == {"deployment": 1, "media": 1, "observation": 1}
    (deployment,) = everything(library, "deployment")
    (media,) = everything(library, "media")
    (told,) = everything(library, "observation")
    assert (deployment["location"], deployment["utc_offset"], deployment["name"]) == (place, 480, "Ridge")
    assert media["camera_time"] == "2021-12-02T08:00:00"
    assert (told["taxon"], told["count"], told["by_name"]) == ("Panthera tigris", 2, "Observer A")


def test_people_vehicles_and_words_that_cannot_be_read(library: Library, tmp_path: Path) -> None:
    text = "File,Species,Count,Sex\n1.JPG,Человек,1,m\n2.JPG,vehicle,,\n3.JPG,Yeti,many,both\n4.JPG,,2,\n5.JPG,,0,\n"
    report = take(library, text, tmp_path)
    told = {(one["type"], one["taxon"], one["count"], one["sex"]) for one in everything(library, "observation")}
    assert told == {("human", None, 1, "male"), ("vehicle", None, None, None), ("animal", "Yeti", None, None),
                    ("animal", None, 2, None)}  # fmt: skip
    assert [(one["code"], one.get("row")) for one in report.failed if one["code"] == "bad_value"] == [
        ("bad_value", 4), ("bad_value", 4)]  # fmt: skip


REFUSED = {
    "NOT_TIMELAPSE": b"Name,Species\na,b\n",
    "TABLE_EMPTY": b"",
    "NO_ROW_TAKEN": b"File,Species\n",
    "NO_ROW_TAKEN cells": b"File,Species\n1.JPG\n2.JPG,Tiger,3\n",
    "NOT_UTF8": "File,Species\n1.JPG,Тигр\n".encode("cp1251"),
    "NOT_UTF8 utf-16": "File,Species\n1.JPG,Tiger\n".encode("utf-16"),
    "TABLE_BROKEN": b"File,Species\n1.JPG,Ti\0ger\n",
    "TOO_MANY_COLUMNS": b"File" + b",x" * 5_000 + b"\n",
    "COLUMN_TWICE": b"File,Species,species\n1.JPG,a,b\n",
    "TABLE_BROKEN long": b"File,Species\n" + b"a" * (3 << 20) + b",b\n",
}


@pytest.mark.parametrize("case", REFUSED)
def test_one_sentence_and_nothing_taken(case: str, library: Library, tmp_path: Path) -> None:
    before = current_hash(library)
    with pytest.raises(DataProblem) as caught:
        take(library, REFUSED[case], tmp_path)
    assert caught.value.code == case.partition(" ")[0]
    assert current_hash(library) == before


def test_options_that_mean_nothing_are_refused(library: Library, tmp_path: Path) -> None:
    text = "File,Species\n1.JPG,Tiger\n"
    for options, code in (({"map": "Species"}, "MAP_WRONG"), ({"map": "Species=beast"}, "MAP_WRONG"),
                          ({"utc_offset": "east"}, "OFFSET_WRONG")):  # fmt: skip
        with pytest.raises(UsageProblem, match=code):
            take(library, text, tmp_path, **options)
    for name, code in (("map", "COLUMN_MISSING"), ("deployment", "DEPLOYMENT_UNKNOWN"),
                       ("location", "LOCATION_UNKNOWN")):  # fmt: skip
        with pytest.raises(DataProblem, match=code):
            take(library, text, tmp_path, **{name: "Beast=count" if name == "map" else "nowhere"})
    assert not everything(library, "media")


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda one: one.replace(microsecond=0)))
def test_times_are_read_in_all_its_forms(moment: datetime) -> None:
    month = MONTHS[moment.month - 1]
    dashed = f" {moment.day:02d}-{month}-{moment.year:04d}  {moment:%H:%M:%S}"
    iso = moment.isoformat()
    assert {read_time(dashed), read_time(" " + iso), read_time(iso.replace("T", " "))} == {iso}


@pytest.mark.parametrize("text", ["", "11-04-2021 20:43:09", "2021-13-01 00:00:00", "31-Feb-2021 10:00:00",
                                  "11-Foo-2021 10:00:00", "2021-04-11", "2021-04-11 8:00"])  # fmt: skip
def test_other_times_are_none(text: str) -> None:
    assert read_time(text) is None


def test_mutated_tables_neither_crash_nor_fill_the_memory(library: Library, tmp_path: Path) -> None:
    chance = random.Random(7)
    tracemalloc.start()
    for _number in range(60):
        text = bytearray(SAMPLE.encode())
        for _change in range(chance.randint(1, 8)):
            place = chance.randrange(len(text))
            text[place : place + chance.randint(0, 9)] = chance.randbytes(chance.randint(0, 4))
        with suppress(DataProblem):
            take(library, bytes(text), tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 << 20
