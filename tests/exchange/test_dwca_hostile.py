"""Darwin Core Archives of other programs, careless or made to harm: rows that hold are taken, the others listed."""

from __future__ import annotations

import random
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ranger_app.actions.status import current_hash
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store import rows
from tests.exchange.dwca_season import packed, season, take, unpacked, write

META = """<?xml version="1.0" encoding="UTF-8"?>
<archive xmlns="http://rs.tdwg.org/dwc/text/" metadata="eml.xml">
 <core encoding="{encoding}" fieldsTerminatedBy="," linesTerminatedBy="\\n" fieldsEnclosedBy='"' ignoreHeaderLines="1"
  rowType="http://rs.tdwg.org/dwc/terms/Event"><files><location>{core}</location></files><id index="0"/>
  <field index="1" term="http://rs.tdwg.org/dwc/terms/eventDate"/>
  <field index="2" term="http://rs.tdwg.org/dwc/terms/locality"/>
  <field index="3" term="http://rs.tdwg.org/dwc/terms/decimalLatitude"/>
  <field index="4" term="http://rs.tdwg.org/dwc/terms/decimalLongitude"/>
  <field index="5" term="http://rs.tdwg.org/dwc/terms/dynamicProperties"/>
  <field default="RU" term="http://rs.tdwg.org/dwc/terms/countryCode"/></core>
 <extension encoding="{encoding}" fieldsTerminatedBy="," linesTerminatedBy="\\n" fieldsEnclosedBy='"'
  ignoreHeaderLines="1" rowType="http://rs.tdwg.org/dwc/terms/Occurrence"><files><location>occ.csv</location></files>
  <coreid index="0"/><field index="1" term="http://rs.tdwg.org/dwc/terms/occurrenceID"/>
  <field index="2" term="http://rs.tdwg.org/dwc/terms/scientificName"/>
  <field index="3" term="http://rs.tdwg.org/dwc/terms/individualCount"/>
  <field index="4" term="http://rs.tdwg.org/dwc/terms/occurrenceStatus"/>
  <field index="5" term="http://rs.tdwg.org/dwc/terms/class"/></extension>
</archive>
"""
EVENTS = """id,eventDate,locality,lat,lon,dyn
e1,2024-04-01T08:00+10:00/2024-04-01T09:30+10:00,Big lake,42.5,130.7,"{not json"
e2,2024-04,Big lake,42.5,130.7,
e3,2024-04-03,"Caf\u00e9 bay",95,130.7,
e1,2024-04-09,Twice,,,
"""
COUNTS = """id,occ,name,n,status,class
e1,o1,Grus monacha,12,present,Aves
e1,o2,Cygnus cygnus,0,absent,Aves
e1,o3,Anas crecca,,,
e1,o4,Anas crecca,0,,
e1,o5,Anas crecca,5,absent,
e1,o6,Anas crecca,many,present,
e1,o1,Anas crecca,5,present,
e9,o7,Anas crecca,5,present,
e2,o8,Anas crecca,5,present,
e1,o9,,5,present,
e1,o10,Cervus nippon,5,present,Mammalia
e1
e3,o11,Anas crecca,5.0,present,
"""
MEASURED = """ <extension encoding="UTF-8" fieldsTerminatedBy="," linesTerminatedBy="\\n" ignoreHeaderLines="1"
  rowType="http://rs.tdwg.org/dwc/terms/MeasurementOrFact"><files><location>m.csv</location></files><coreid index="0"/>
  <field index="1" term="http://rs.tdwg.org/dwc/terms/measurementType"/>
  <field index="2" term="http://rs.tdwg.org/dwc/terms/measurementValue"/></extension>
</archive>
"""
LISTED = {
    ("ev.csv", 5, "twice"), ("ev.csv", 4, "bad_place"), ("occ.csv", 5, "zero_without_status"),
    ("occ.csv", 6, "absent_with_number"), ("occ.csv", 7, "no_number"), ("occ.csv", 8, "twice"),
    ("occ.csv", 9, "orphan"), ("occ.csv", 10, "no_day"), ("occ.csv", 11, "no_name"), ("occ.csv", 12, "not_a_bird"),
    ("occ.csv", 13, "cut_short"),
}  # fmt: skip
TAKEN = {
    ("Grus monacha", 12, None),
    ("Cygnus cygnus", 0, None),
    ("Anas crecca", 0, "present"),
    ("Anas crecca", 5, None),
}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "here", name="Station A", country="RU", utc_offset=600) as made:
        yield made


def foreign(encoding: str = "UTF-8", written: str = "utf-8", core: str = "ev.csv") -> dict[str, bytes]:
    return {
        "meta.xml": META.format(encoding=encoding, core=core).encode(),
        "ev.csv": EVENTS.encode(written),
        "occ.csv": COUNTS.encode(written),
    }


def counted(library: Library) -> set[tuple[object, object, object]]:
    with library.read() as db:
        return {(one["taxon"], one["count"], one["method"]) for one in rows.find(db, "count")}


def save(tmp_path: Path, files: dict[str, bytes]) -> Path:
    path = tmp_path / "given.zip"
    path.write_bytes(packed(files))
    return path


def listed(report: object) -> set[tuple[object, object, object]]:
    return {(one["file"], one["row"], one["code"]) for one in report.failed if "row" in one}  # type: ignore[attr-defined]


def test_rows_that_hold_are_taken_and_every_other_is_listed(library: Library, tmp_path: Path) -> None:
    report = take(library, save(tmp_path, foreign()))
    assert counted(library) == TAKEN
    assert listed(report) == LISTED
    assert "dynamicProperties" in next(one["reason"] for one in report.failed if one["code"] == "column_not_known")  # type: ignore[operator]
    with library.read() as db:
        surveys = sorted((str(one["date"]), one["start"], one["utc_offset"]) for one in rows.find(db, "survey"))
        sites = {one["name"]: one for one in rows.find(db, "location")}
    assert surveys == [("2024-04-01", "08:00", 600), ("2024-04-03", None, None)]
    assert (sites["Big lake"]["latitude"], sites["Big lake"]["country"]) == (425_000_000, "RU")
    assert sites["Caf\u00e9 bay"]["latitude"] is None
    assert not take(library, tmp_path / "given.zip").new


def test_measurements_without_a_place_are_counted_and_told_up_to_a_bound(library: Library, tmp_path: Path) -> None:
    files = foreign()
    files["meta.xml"] = files["meta.xml"].replace(b"</archive>", MEASURED.encode())
    kinds = ["id,measurementType,measurementValue", *(f"e1,kind {n:03},1" for n in range(250)), "e1,kind 000,2"]
    files["m.csv"] = "\n".join([*kinds, "e1,kind 249,2", ""]).encode()
    said = [one for one in take(library, save(tmp_path, files)).failed if one["code"] == "measurement_not_known"]
    assert len(said) == 200
    assert said[0]["reason"] == "2 measurements of kind 000 have no place here and were not taken."
    assert not [one for one in said if str(one["reason"]).startswith("0 ")]


@pytest.mark.parametrize(
    ("named", "written"),
    [("UTF-8", "utf-8-sig"), ("UTF-8", "cp1252"), ("windows-1252", "cp1252"), ("UTF-8", "utf-16"), ("no-such", "utf-8"),
     ("zlib_codec", "utf-8")],
)  # fmt: skip
def test_letters_in_any_encoding(library: Library, tmp_path: Path, named: str, written: str) -> None:
    report = take(library, save(tmp_path, foreign(named, written)))
    assert counted(library) == TAKEN
    with library.read() as db:
        assert "Caf\u00e9 bay" in {one["name"] for one in rows.find(db, "location")}
    said = {one["code"] for one in report.failed}
    assert ("encoding" in said) == (written == "cp1252" and named == "UTF-8")


def test_without_a_description_columns_go_by_their_names(library: Library, tmp_path: Path) -> None:
    events = EVENTS.replace("id,eventDate,locality,lat,lon,dyn", "eventID,eventDate,locality,decimalLatitude,x,y")
    counts = COUNTS.replace("id,occ,name,n,status,class",
                            "eventID,occurrenceID,scientificName,individualCount,occurrenceStatus,class")  # fmt: skip
    report = take(
        library, save(tmp_path, {"a/ev.csv": events.encode(), "a/occ.csv": b"\xef\xbb\xbf" + counts.encode()})
    )
    assert ("Grus monacha", 12, None) in counted(library)
    assert "no_description" in {one["code"] for one in report.failed}


def test_a_folder_is_an_archive_too(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for name, data in foreign().items():
        (folder / name).write_bytes(data)
    assert take(library, folder).new["count"] == 4
    assert counted(library) == TAKEN
    (tmp_path / "outside.csv").write_text("id\n", encoding="utf-8")
    (folder / "meta.xml").write_bytes(foreign(core="..\\outside.csv")["meta.xml"])
    with pytest.raises(DataProblem) as caught:
        take(library, folder / "meta.xml")
    assert caught.value.code == "OUTSIDE_ARCHIVE"


def test_a_single_table_of_occurrences(library: Library, tmp_path: Path) -> None:
    table = tmp_path / "occurrence.txt"
    table.write_text(
        "occurrenceID\tscientificName\tindividualCount\teventDate\tlocality\tbasisOfRecord\n"
        "a\tGrus monacha\t3\t2024-03-01\tPond\tHumanObservation\n"
        "b\tAnas crecca\t4\t2024-03-01\tPond\tHumanObservation\n"
        "c\tAnas crecca\t4\t2024-03-01\t\tHumanObservation\n"
        "d\tAnas crecca\t1\t2024-03-01\tPond\tPreservedSpecimen\n",
        encoding="utf-8",
    )
    report = take(library, table)
    assert counted(library) == {("Grus monacha", 3, None), ("Anas crecca", 4, None)}
    assert report.new["survey"] == 1
    assert {code for _file, _row, code in listed(report)} == {"no_identifier", "not_observed"}


REFUSED: dict[str, tuple[str, dict[str, bytes]]] = {
    "climbs": ("OUTSIDE_ARCHIVE", foreign(core="../ev.csv")),
    "root": ("OUTSIDE_ARCHIVE", foreign(core="/etc/passwd")),
    "drive": ("OUTSIDE_ARCHIVE", foreign(core="C:\\ev.csv")),
    "web": ("ARCHIVE_BROKEN", foreign(core="https://example.org/ev.csv")),
    "name climbs": ("OUTSIDE_ARCHIVE", foreign() | {"../../evil.txt": b"x"}),
    "name of a root": ("OUTSIDE_ARCHIVE", foreign() | {"/evil.txt": b"x"}),
    "table missing": ("TABLE_MISSING", foreign(core="nothing.csv")),
    "nothing in it": ("NO_ARCHIVE", {"readme.txt": b"hello"}),
    "doctype": ("XML_DOCTYPE", foreign() | {"meta.xml": b'<!DOCTYPE a [<!ENTITY x "y">]><archive>&x;</archive>'}),
    "no xml": ("NOT_XML", foreign() | {"meta.xml": b"hello"}),
    "no row": ("NO_ROW_TAKEN", foreign() | {"ev.csv": b"id,eventDate\ne1,soon,x,,,\n"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_one_sentence_and_nothing_taken(case: str, library: Library, tmp_path: Path) -> None:
    code, files = REFUSED[case]
    before = current_hash(library)
    with pytest.raises(DataProblem) as caught:
        take(library, save(tmp_path, files))
    assert caught.value.code == code
    assert current_hash(library) == before


def test_a_bomb_is_refused_in_little_memory(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    line = b"e1,2024-04-01,Big lake,42.5,130.7,\n" * 20_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("meta.xml", META.format(encoding="UTF-8", core="ev.csv"))
        archive.writestr("occ.csv", COUNTS)
        with archive.open("ev.csv", "w") as target:
            for _turn in range(150):
                target.write(line)
    tracemalloc.start()
    try:
        with pytest.raises(DataProblem) as caught:
            take(library, path)
        assert tracemalloc.get_traced_memory()[1] < 48 << 20
    finally:
        tracemalloc.stop()
    assert caught.value.code == "TABLE_TOO_LARGE"


def test_what_is_no_archive(library: Library, tmp_path: Path) -> None:
    for name, data in (("x.zip", b"PK\x03\x04 no zip"), ("x.txt", b""), ("x.jpg", b"\xff\xd8")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DataProblem):
            take(library, tmp_path / name)


def test_events_in_a_circle_end(library: Library, tmp_path: Path) -> None:
    events = "eventID,parentEventID,eventDate,locality\na,b,2024-04-01,x\nb,a,2024-04-01,y\nc,c,2024-04-01,z\n"
    counts = "eventID,occurrenceID,scientificName,individualCount\na,1,Anas crecca,1\nc,2,Anas crecca,2\n"
    take(library, save(tmp_path, {"ev.csv": events.encode(), "occ.csv": counts.encode()}))
    assert ("Anas crecca", 2, None) in counted(library)


def test_mutated_archives_end_in_one_sentence_or_records(tmp_path: Path) -> None:
    with Library.create(tmp_path / "source", name="Station A", country="RU", utc_offset=600) as source:
        season(source)
        write(source, tmp_path / "exact", exact=True)
        write(source, tmp_path / "open")
    given = [unpacked(tmp_path / "exact"), unpacked(tmp_path / "open"), foreign()]
    whole = [packed(files) for files in given]
    rng = random.Random(20250710)
    taken = refused = 0
    sentences: set[str] = set()
    path = tmp_path / "mutated.zip"
    with Library.create(tmp_path / "target", name="Station B", country="CN", utc_offset=480) as library:
        for number in range(150):
            which = rng.randrange(len(given))
            if number % 3 == 0:
                path.write_bytes(_bitten(rng, whole[which]))
            else:
                files = dict(given[which])
                name = rng.choice(sorted(files))
                files[name] = _bitten(rng, files[name])
                path.write_bytes(packed(files))
            try:
                take(library, path)
                taken += 1
            except DataProblem as error:
                refused += 1
                sentences.add(error.what)
    assert taken > 20
    assert refused > 20
    assert "" not in sentences


def _bitten(rng: random.Random, data: bytes) -> bytes:
    part = bytearray(data)
    for _turn in range(rng.choice((1, 3, 20))):
        if not part:
            break
        at = rng.randrange(len(part))
        kind = rng.randrange(5)
        with suppress(IndexError):
            if kind == 0:
                part[at] = rng.randrange(256)
            elif kind == 1:
                del part[at : at + rng.randrange(1, 40)]
            elif kind == 2:
                part[at:at] = bytes(
                    rng.choice((b'"', b"\t", b"\n", b"\0", b"\xff\xfe", b"99999999999999999999", b"<a>"))
                )
            elif kind == 3:
                part[at:at] = part[max(0, at - 60) : at]
            else:
                del part[at:]
    return bytes(part)
