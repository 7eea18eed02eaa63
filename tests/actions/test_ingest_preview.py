"""Where a card seems to belong: proposed from the names of its folders and from its camera's last place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import records
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.actions.ingest_preview import Proposal, look_through
from ranger_app.domain.ops import create
from ranger_app.library import Library
from tests.media.pictures import MAKE, ORIGINAL, SERIAL, drawn, encoded, with_tags


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="North", country="RU", utc_offset=600) as opened:
        yield opened


def place(library: Library, name: str) -> bytes:
    return records.add(library, "location", {"name": name, "type": "camera_site", "latitude": 1, "longitude": 1})


def deployment(library: Library, name: str, location: bytes, **more: str) -> bytes:
    return records.add(library, "deployment", {"name": name, "location": location, "utc_offset": 600, **more})


def picture(folder: Path, seed: int = 0, serial: str = "", taken: str = "2024:05:01 06:00:00") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    tags = {MAKE: "Testcam", ORIGINAL: taken} | ({SERIAL: serial} if serial else {})
    (folder / f"{seed}.jpg").write_bytes(encoded(drawn(seed), exif=with_tags(tags)))
    return folder


def proposed(library: Library, folder: Path) -> list[tuple[str, bytes | None, str, str]]:
    found = look_through(library, folder)
    assert found.location == (found.proposals[0].location if found.proposals else "")
    return [(one.location, one.deployment, one.why, one.told) for one in found.proposals]


@pytest.mark.parametrize(
    ("path", "chosen"),
    [
        ("Oak Ridge", "Oak Ridge"),
        ("OAK_RIDGE", "OAK_RIDGE"),
        ("oak-ridge 2024-05-01", "oak-ridge 2024-05-01"),
        ("Oak Ridge/DCIM/100RECNX", "Oak Ridge/DCIM/100RECNX"),
        ("season/oak ridge/cards", "season/oak ridge/cards"),
        ("CARD/oak ridge/DCIM/100RECNX", "CARD"),
    ],
)
def test_a_folder_bears_the_name_of_a_location(library: Library, tmp_path: Path, path: str, chosen: str) -> None:
    place(library, "Oak Ridge")
    place(library, "100RECNX")
    picture(tmp_path / path)
    [(location, made, why, told)] = proposed(library, tmp_path / chosen)
    assert (location, made, why) == ("Oak Ridge", None, "folder")
    assert told.casefold().startswith("oak")
    assert told in look_through(library, tmp_path / chosen).proposals[0].reason


def test_russian_and_chinese_names_are_compared_as_people_read_them(library: Library, tmp_path: Path) -> None:
    place(library, "Чёрный ключ")
    place(library, "虎 谷")
    assert proposed(library, picture(tmp_path / "ЧЕРНЫЙ_КЛЮЧ"))[0][0] == "Чёрный ключ"
    assert proposed(library, picture(tmp_path / "虎 谷"))[0][0] == "虎 谷"
    assert proposed(library, picture(tmp_path / "Oak")) == []


def test_files_of_several_places_propose_none_of_them(library: Library, tmp_path: Path) -> None:
    place(library, "Ridge")
    place(library, "Valley")
    picture(tmp_path / "cards" / "Ridge")
    picture(tmp_path / "cards" / "Valley", 1)
    assert proposed(library, tmp_path / "cards") == []


def test_a_folder_bears_the_name_of_a_deployment(library: Library, tmp_path: Path) -> None:
    ridge = place(library, "Ridge")
    wanted = deployment(library, "R7 spring", ridge)
    assert proposed(library, picture(tmp_path / "r7_SPRING")) == [("Ridge", wanted, "folder", "R7 spring")]
    deployment(library, "R7 Spring", ridge)  # now it is not certain any more
    assert proposed(library, tmp_path / "r7_SPRING") == []


def test_the_deployment_that_stood_at_the_time_is_proposed_with_its_location(library: Library, tmp_path: Path) -> None:
    ridge = place(library, "Ridge")
    deployment(library, "before", ridge, start="2024-01-01T00:00:00", end="2024-02-01T00:00:00")
    stood = deployment(library, "open", ridge, start="2024-04-01T00:00:00")
    folder = picture(tmp_path / "Ridge")
    [one] = look_through(library, folder).proposals
    assert one == Proposal("Ridge", stood, "open", "folder", "Ridge")
    deployment(library, "paired", ridge, start="2024-04-01T00:00:00", end="2024-06-01T00:00:00")
    assert proposed(library, folder) == [("Ridge", None, "folder", "Ridge")]


def test_the_folder_counts_before_the_camera_and_both_are_said(library: Library, tmp_path: Path) -> None:
    place(library, "Ridge")
    first = picture(tmp_path / "first", 1, "SN1")
    request = IngestRequest(first, "Valley", 430_000_000, 1_310_000_000)
    report = jobs.run(ingest(library, request))
    later = picture(tmp_path / "Ridge", 2, "SN1", "2024:06:01 06:00:00")
    assert proposed(library, later) == [("Ridge", None, "folder", "Ridge"), ("Valley", None, "camera", "SN1")]
    again = picture(tmp_path / "again", 3, "SN1")
    assert proposed(library, again) == [("Valley", report.deployment_id, "camera", "SN1")]
    records.edit(library, "deployment", report.deployment_id or b"", {"end": None})
    unknown = picture(tmp_path / "later", 4, "SN1", "2024:06:01 06:00:00")
    assert proposed(library, unknown) == [("Valley", report.deployment_id, "camera", "SN1")]


def test_a_record_that_lacks_one_of_the_files_proposes_its_deployment(library: Library, tmp_path: Path) -> None:
    ridge, valley = place(library, "Ridge"), place(library, "Valley")
    wanted = deployment(library, "R 1", ridge)
    values = {"deployment": wanted, "file_name": "5.jpg", "camera_time": "2024-05-01T06:00:00"}
    library.commit([create("media", library.new_id(), values)], label="import")
    folder = picture(tmp_path / "Valley", 5)
    assert proposed(library, folder) == [("Ridge", wanted, "record", "5.jpg"), ("Valley", None, "folder", "Valley")]
    deployment(library, "V 1", valley)
    values["deployment"] = deployment(library, "V 2", valley)
    library.commit([create("media", library.new_id(), values)], label="import")
    assert proposed(library, folder) == [("Valley", None, "folder", "Valley")]
