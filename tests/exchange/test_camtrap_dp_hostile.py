"""Camtrap DP packages that are old, broken or made to harm: one clear sentence, or the rows that failed."""

from __future__ import annotations

import gzip
import json
import random
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ranger_app.actions import records
from ranger_app.actions.formats import ImportReport
from ranger_app.actions.import_data import import_data
from ranger_app.actions.status import current_hash
from ranger_app.errors import DataProblem
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store import rows
from tests.exchange.foreign import DEPLOYMENT, MEDIA, OBSERVATION, Given


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "here", name="Station A", country="RU", utc_offset=600) as made:
        yield made


def take(library: Library, source: Path) -> ImportReport:
    return run(import_data(library, "camtrap-dp", source))


def version(given: Given, number: str) -> None:
    text = json.dumps(given.descriptor).replace("/1.0.2/", f"/{number}/")
    given.descriptor = json.loads(text)


def no_column(given: Given) -> None:
    del given.tables["media"][0]["timestamp"]


def no_version(given: Given) -> None:
    given.descriptor["profile"] = "tabular-data-package"
    for resource in given.descriptor["resources"]:
        del resource["schema"]


REFUSED: dict[str, Callable[[Given], object]] = {
    "CAMTRAP_DP_VERSION 0.1.6": lambda given: version(given, "0.1.6"),
    "CAMTRAP_DP_VERSION 1.0-rc.1": lambda given: version(given, "1.0-rc.1"),
    "CAMTRAP_DP_VERSION 2.0": lambda given: version(given, "2.0"),
    "NOT_CAMTRAP_DP": no_version,
    "TABLE_MISSING media": lambda given: given.descriptor["resources"].remove(given.resource("media")),
    "TABLE_MISSING nothing.csv": lambda given: given.resource("media").update(path="nothing.csv"),
    "COLUMN_MISSING timestamp": no_column,
    "OUTSIDE_PACKAGE ../": lambda given: given.resource("media").update(path="../media.csv"),
    "OUTSIDE_PACKAGE /etc": lambda given: given.resource("media").update(path="/etc/passwd"),
    "OUTSIDE_PACKAGE https": lambda given: given.resource("media").update(path="https://example.org/media.csv"),
    "OUTSIDE_PACKAGE C:": lambda given: given.resource("media").update(path="C:\\media.csv"),
    "NO_PACKAGE several": lambda given: given.resource("media").update(path=["media.csv", "more.csv"]),
    "NO_PACKAGE utf-7": lambda given: given.resource("media").update(encoding="utf-7"),
    "NO_PACKAGE twice": lambda given: given.descriptor["resources"].append(given.resource("media")),
    "NO_ROW_TAKEN UTC": lambda given: given.tables["media"][0].update(timestamp="2026-03-02T10:00:00"),
    "NO_ROW_TAKEN coordinates": lambda given: given.tables["deployments"][0].update(latitude="91"),
    "NO_ROW_TAKEN d9": lambda given: given.tables["observations"][0].update(deploymentID="d9"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_one_sentence_and_nothing_taken(case: str, library: Library, tmp_path: Path) -> None:
    given = Given()
    REFUSED[case](given)
    before = current_hash(library)
    with pytest.raises(DataProblem) as caught:
        take(library, given.write(tmp_path / "given"))
    code, _space, word = case.partition(" ")
    assert caught.value.code == code
    assert word in caught.value.what or word in ("../", "several", "twice")
    assert caught.value.what.count(". ") <= 1
    assert current_hash(library) == before


def test_rows_that_do_not_hold_are_listed_and_the_others_taken(library: Library, tmp_path: Path) -> None:
    given = Given()
    given.tables["media"] += [
        MEDIA | {"mediaID": "m2", "timestamp": "2026-13-02T10:00:00+10:00"},
        MEDIA | {"mediaID": "m1"},
        MEDIA | {"mediaID": "m4", "deploymentID": "d7"},
        MEDIA | {"mediaID": "NA"},
    ]
    given.tables["observations"] += [
        OBSERVATION | {"observationID": "o2", "mediaID": "m2"},
        OBSERVATION | {"observationID": "o3", "observationType": "beast"},
        OBSERVATION | {"observationID": "o4", "observationLevel": "day"},
        OBSERVATION | {"observationID": "o5", "count": "many", "individualID": "NA", "sex": "male"},
    ]
    report = take(library, given.write(tmp_path / "given"))
    assert report.read == {"location": 1, "deployment": 1, "media": 1, "observation": 2}
    listed = [(one["file"], one["row"], one["code"]) for one in report.failed]
    assert listed == [
        *(("media", 3, "bad_time"), ("media", 4, "duplicate"), ("media", 5, "orphan"), ("media", 6, "no_id")),
        *(("observations", 3, "orphan"), ("observations", 4, "bad_type"), ("observations", 5, "bad_type")),
        ("observations", 6, "bad_value"),
    ]
    with library.read() as db:
        (said,) = [one for one in rows.find(db, "observation") if one["sex"] == "male"]
        assert said["individual"] is None
        assert said["count"] is None


def test_unknown_columns_and_tables_are_named(library: Library, tmp_path: Path) -> None:
    given = Given()
    given.tables["media"][0]["weather"] = "snow"
    given.descriptor["resources"].append({"name": "plots", "data": [{"id": 1}]})
    report = take(library, given.write(tmp_path / "given"))
    assert [(one["file"], one["code"]) for one in report.failed] == [
        ("media", "column_not_known"), ("plots", "table_not_known")]  # fmt: skip


def test_tables_may_be_packed_inline_semicolons_or_zipped(library: Library, tmp_path: Path) -> None:
    given = Given()
    given.resource("media").update(path="media.csv.gz")
    entry = given.resource("deployments")
    entry.pop("path")
    entry["data"] = [DEPLOYMENT | {"latitude": 43.1, "baitUse": True, "habitat": None}]
    given.resource("observations").update(dialect={"delimiter": ";"}, encoding="UTF-8")
    folder = given.write(tmp_path / "given")
    (folder / "media.csv.gz").write_bytes(gzip.compress(given.text("media").encode()))
    text = "\ufeff" + given.text("observations").replace(",", ";").replace("\n", "\r\n")
    (folder / "observations.csv").write_bytes(text.encode())
    (folder / "media.csv").unlink()
    report = take(library, folder)
    assert report.read == {"location": 1, "deployment": 1, "media": 1, "observation": 1}
    with zipfile.ZipFile(tmp_path / "given.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.iterdir():
            archive.write(path, f"package/{path.name}")
    again = take(library, tmp_path / "given.zip")
    assert again.read == report.read
    assert again.new == {}
    with library.read() as db:
        (one,) = rows.find(db, "deployment")
    assert one["bait"] == 1


@pytest.mark.parametrize("zipped", [False, True])
def test_a_bomb_is_refused_in_little_memory(zipped: bool, library: Library, tmp_path: Path) -> None:
    given = Given()
    given.tables["media"][0]["mediaComments"] = "x" * 900_000
    line = given.text("media").encode()
    packed = gzip.compress(line + (line.splitlines()[1] + b"\n") * 100)
    given.tables["media"][0]["mediaComments"] = ""
    folder = given.write(tmp_path / "given")
    if zipped:
        with zipfile.ZipFile(tmp_path / "given.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for path in folder.iterdir():
                content = gzip.decompress(packed) if path.name == "media.csv" else path.read_bytes()
                archive.writestr(path.name, content)
        source = tmp_path / "given.zip"
    else:
        given.resource("media").update(path="media.csv.gz")
        (folder / "datapackage.json").write_text(json.dumps(given.descriptor), encoding="utf-8")
        (folder / "media.csv.gz").write_bytes(packed)
        source = folder
    del packed
    tracemalloc.start()
    with pytest.raises(DataProblem) as caught:
        take(library, source)
    assert tracemalloc.get_traced_memory()[1] < 60 << 20
    tracemalloc.stop()
    assert caught.value.code == "TABLE_TOO_LARGE"


def test_a_line_without_end_is_refused(library: Library, tmp_path: Path) -> None:
    folder = Given().write(tmp_path / "given")
    with (folder / "media.csv").open("a", encoding="utf-8") as file:
        file.write("x" * (5 << 20))
    with pytest.raises(DataProblem) as caught:
        take(library, folder)
    assert caught.value.code == "TABLE_BROKEN"


def test_a_link_out_of_the_package_is_not_followed(library: Library, tmp_path: Path) -> None:
    folder = Given().write(tmp_path / "given")
    (folder / "media.csv").rename(tmp_path / "media.csv")
    try:
        (folder / "media.csv").symlink_to(tmp_path / "media.csv")
    except OSError:
        pytest.skip("no symbolic links here")
    with pytest.raises(DataProblem) as caught:
        take(library, folder)
    assert caught.value.code == "OUTSIDE_PACKAGE"


@pytest.mark.parametrize("role", ["manager", "reviewer", "exchange"])
def test_a_package_that_says_it_is_ours_gives_nobody_rights(role: str, library: Library, tmp_path: Path) -> None:
    given = Given()
    given.descriptor["ranger"] = {"rule": "exact"}
    given.descriptor["resources"].append({"name": "further-fields", "path": "further-fields.csv"})
    folder = given.write(tmp_path / "given")
    ident = "ab" * 16
    lines = [f"person,{ident},id,{ident}", f"person,{ident},name,Boss", f"person,{ident},role,{role}",
             "media,m1,width,wide", "media,m1,no_such_field,1", "media,m1,flags,kept"]  # fmt: skip
    text = "\n".join(["table,id,field,value", *lines, ""])
    (folder / "further-fields.csv").write_text(text, encoding="utf-8")
    report = take(library, folder)
    assert [one["code"] for one in report.failed] == ["bad_value", "bad_value"]
    with library.read() as db:
        assert [one["role"] for one in rows.find(db, "person")] == ["ranger"]
        assert [one["flags"] for one in rows.find(db, "media")] == ["kept"]
    (folder / "further-fields.csv").write_text("\n".join([text.splitlines()[0], *reversed(lines)]), encoding="utf-8")
    with pytest.raises(DataProblem) as caught:
        take(library, folder)
    assert caught.value.code == "FURTHER_FIELDS"


@pytest.mark.parametrize("role", ["ranger", "manager"])
def test_a_file_sets_no_more_than_the_person_who_takes_it_may(role: str, library: Library, tmp_path: Path) -> None:
    library.person = records.add(library, "person", {"name": "At work", "role": role})
    given = Given()
    given.descriptor["ranger"] = {"rule": "exact"}
    given.descriptor["resources"].append({"name": "further-fields", "path": "further-fields.csv"})
    folder = given.write(tmp_path / "given")
    lines = ["deployment,d1,released,1", "media,m1,people_released,1", "observation,o1,look,settled"]
    text = "\n".join(["table,id,field,value", *lines, ""])
    (folder / "further-fields.csv").write_text(text, encoding="utf-8")
    report = take(library, folder)
    allowed = role == "manager"
    assert [one["code"] for one in report.failed] == ([] if allowed else ["role_needed"] * 3)
    with library.read() as db:
        assert [one["released"] for one in rows.find(db, "deployment")].count(1) == allowed
        assert [one["people_released"] for one in rows.find(db, "media")].count(1) == allowed
        assert [one["look"] for one in rows.find(db, "observation")].count("settled") == allowed


def test_no_mutated_package_is_a_mistake_of_ours(library: Library, tmp_path: Path) -> None:
    chance = random.Random("camtrap dp mutations")
    given = Given()
    for number in range(5):
        given.tables["media"].append(MEDIA | {"mediaID": f"x{number}"})
        given.tables["observations"].append(
            OBSERVATION | {"observationID": f"e{number}", "observationLevel": "event", "mediaID": "", "eventID": "e"}
        )
    folder = given.write(tmp_path / "given")
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    for _round in range(150):
        name = chance.choice(sorted(whole))
        content = bytearray(whole[name])
        for _change in range(chance.randint(1, 4)):
            place = chance.randrange(len(content))
            match chance.randrange(4):
                case 0:
                    content[place] = chance.randrange(256)
                case 1:
                    del content[place : place + chance.randint(1, 40)]
                case 2:
                    content[place:place] = chance.choice([b'"', b"\0", b"\r", b",,,", b"\xff", b"9" * 30, b"-", b"{["])
                case _:
                    del content[place:]
            content = content or bytearray(b"x")
        (folder / name).write_bytes(content)
        with suppress(DataProblem):
            take(library, folder)
        (folder / name).write_bytes(whole[name])
