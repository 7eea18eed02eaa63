"""Broken and hostile SMART files: one sentence each, in bounded time, and the library stays as it was."""

from __future__ import annotations

import json
import math
import random
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions.export_data import export
from ranger_app.actions.import_data import import_data
from ranger_app.domain.ops import create
from ranger_app.errors import DataProblem, RangerError
from ranger_app.exchange import smart_patrol_read, xml_tree
from ranger_app.geo.tracks import pack
from ranger_app.geo.way import Way
from ranger_app.library import Library
from ranger_app.store.statehash import state_hash
from tests.exchange import smart_files
from tests.exchange.smart_files import wkb

SPACE = "http://www.smartconservationsoftware.org/xml/1.3/patrol"
SECONDS = 15.0


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.create(tmp_path_factory.mktemp("l") / "ours", name="A", country="RU", utc_offset=600) as library:
        yield library


def a_patrol(inner: str, head: str = "") -> bytes:
    return f'{head}<p:patrol xmlns:p="{SPACE}" id="1" startDate="2026-01-02">{inner}</p:patrol>'.encode()


def a_day(inner: str) -> str:
    return f'<p:legs id="1"><p:days date="2026-01-02">{inner}</p:days></p:legs>'


def with_line(geometry: str) -> bytes:
    return a_patrol(a_day(f'<p:track geom="{geometry}"/>'))


LINE = wkb([[(131.5, 43.2, 1e12), (131.6, 43.3, 1e12)]])
BOMB = '<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
) + "]>"  # fmt: skip
HOSTILE: dict[str, Callable[[], bytes]] = {
    "entities that multiply": lambda: a_patrol("<p:comment>&m;</p:comment>", BOMB),
    "an entity from a file": lambda: a_patrol("&x;", '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "an outer document type": lambda: a_patrol("", '<!DOCTYPE p SYSTEM "http://example.org/p.dtd">'),
    "deep nesting": lambda: a_patrol("<a>" * 100_000),
    "a million legs": lambda: a_patrol("<p:legs/>" * 1_000_000),
    "a tag without end": lambda: a_patrol("")[:-11] + b"<p:legs " + b"a" * 80_000_000,
    "attributes without end": lambda: a_patrol("<p:legs " + " ".join(f'a{n}="1"' for n in range(300_000))),
    "an attribute twice": lambda: a_patrol('<p:legs id="1" id="2"/>'),
    "null bytes": lambda: a_patrol("\0"),
    "half a letter": lambda: a_patrol("").replace(b'id="1"', b'id="\xd0"'),
    "an encoding that is none": lambda: a_patrol("", '<?xml version="1.0" encoding="klingon"?>'),
    "utf-16 that is not": lambda: a_patrol("", '<?xml version="1.0" encoding="UTF-16"?>'),
    "a model": lambda: a_patrol("").replace(b"patrol", b"datamodel"),
    "an incident": lambda: a_patrol("").replace(b"/1.3/patrol", b"/1.0/independentincident"),
    "a web page": lambda: b"<html><body>Sign in</body></html>",
    "json": lambda: b'{"type": "FeatureCollection"}',
    "a picture": lambda: smart_files.photo(1),
    "blanks": lambda: b" \n" * 1000,
    "a line cut off": lambda: with_line(LINE[:-16]),
    "a line of letters": lambda: with_line("nothing"),
    "a line of four thousand million points": lambda: with_line("0080000002FFFFFFFF"),
    "a line of as many parts": lambda: with_line("0080000005FFFFFFFF" + "0080000002" * 100),
    "lines in lines": lambda: with_line(struct.pack(">BII", 0, 0x80000005, 1).hex() * 1000),
    "a polygon": lambda: with_line("0080000003" + LINE[10:]),
    "bytes after the line": lambda: with_line(LINE + "00" * 1000),
}


def refused(library: Library, path: Path) -> None:
    with library.read() as db:
        before = state_hash(db)
    with pytest.raises(RangerError) as caught:
        jobs.run(import_data(library, "smart-patrol", path))
    assert isinstance(caught.value, DataProblem)
    assert 10 < len(caught.value.what) < 300
    assert caught.value.what.count(".") <= caught.value.what.count(".xml") + 2
    assert "\n" not in caught.value.what
    with library.read() as db:
        assert state_hash(db) == before


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence(library: Library, tmp_path: Path, made: Callable[[], bytes]) -> None:
    (tmp_path / "a.xml").write_bytes(made())
    began = time.process_time()
    refused(library, tmp_path / "a.xml")
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("seed", range(10))
def test_fifty_mutated_files_are_read_or_refused(library: Library, tmp_path: Path, seed: int) -> None:
    """Bytes turned, cut, doubled and swapped: each file is a patrol still or one sentence; nothing in between."""
    chance = random.Random(seed)
    whole = smart_files.patrol(chance.choice(["1.2", "1.3"]), seed=seed).xml
    with library.read() as db:
        before = state_hash(db)
    began = time.process_time()
    for number in range(50):
        path = tmp_path / f"{number}.xml"
        data = mutated(whole, chance)
        try:
            smart_patrol_read.read(data, path.name)
        except DataProblem as problem:
            path.write_bytes(data)
            with pytest.raises(DataProblem) as caught:
                jobs.run(import_data(library, "smart-patrol", path))
            assert caught.value.what == problem.what  # noqa: PT017
    with library.read() as db:
        assert state_hash(db) == before
    assert time.process_time() - began < SECONDS / 10


def mutated(whole: bytes, chance: random.Random) -> bytes:
    data = bytearray(whole)
    for _time in range(chance.randrange(1, 6)):
        at, size = chance.randrange(len(data)), chance.randrange(1, 200)
        match chance.randrange(6):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + size]
            case 2:
                data[at:at] = data[at : at + size] * chance.randrange(1, 20)
            case 3:
                del data[at:]
            case 4:
                data[at : at + size] = chance.randbytes(size)
            case _:
                data[at:at] = chance.choice([b"<", b">", b'"', b"&a;", b"<!--", b"]]>", b"<![CDATA[", b"\0"])
        if not data:
            break
    return bytes(data)


def test_mutated_files_are_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    """What is still a patrol comes in without a crash, odd values and all, and again without adding anything."""
    chance = random.Random(5)
    whole = smart_files.patrol().xml
    with Library.create(tmp_path / "ours", name="A", country="RU", utc_offset=600) as library:
        took = 0
        for number in range(90):
            data = odd(whole, chance) if number % 3 else mutated(whole, chance)
            path = tmp_path / f"{number}.xml"
            path.write_bytes(data)
            try:
                jobs.run(import_data(library, "smart-patrol", path))
            except DataProblem:
                continue
            took += 1
            assert not +jobs.run(import_data(library, "smart-patrol", path)).new
        assert took > 20


def odd(whole: bytes, chance: random.Random) -> bytes:
    """The file with some values that no program should write."""
    text = whole.decode()
    values = [
        "",
        " ",
        "-1",
        "1e999",
        "nan",
        "99999999999999999999",
        "x" * 5000,
        "2026-13-45",
        "24:61",
        "\u202e",
        "&#9;",
    ]
    for _time in range(chance.randrange(1, 8)):
        at = text.find('="', chance.randrange(200, len(text)))
        end = text.find('"', at + 2)
        if 200 < at < end and "geom" not in text[at - 5 : at]:
            text = text[: at + 2] + chance.choice(values) + text[end:]
    return text.encode()


def packed(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_a_zip_bomb_is_refused(library: Library, tmp_path: Path) -> None:
    bomb = packed(tmp_path / "a.zip", {"a.xml": b"<a>" + b" " * (xml_tree.MOST_BYTES + 10)})
    refused(library, bomb)
    nothing = packed(tmp_path / "b.zip", {"readme.txt": b"hello"})
    refused(library, nothing)


def test_a_zip_whose_files_are_damaged_is_refused(library: Library, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.xml": smart_files.patrol().xml})
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)
    path.write_bytes(data)
    refused(library, path)
    path.write_bytes(bytes(data[: len(data) // 2]))
    refused(library, path)


def test_a_name_in_a_zip_leads_nowhere_else(library: Library, tmp_path: Path) -> None:
    """Attachments are looked for by their last name inside the zip: a path in the XML or in the zip opens nothing."""
    (tmp_path / "secret.jpg").write_bytes(smart_files.photo(9))
    made = smart_files.patrol(ident="ZIP-1").xml.decode().replace("нет.jpg", "../../secret.jpg")
    (tmp_path / "in").mkdir()
    files = {"p/patrol.xml": made.encode(), "../../outside.jpg": smart_files.photo(8)}
    path = packed(tmp_path / "in" / "a.zip", files)
    report = jobs.run(import_data(library, "smart-patrol", path))
    missing = [one["file"] for one in report.failed if one["code"] == "attachment_missing"]
    assert "../../secret.jpg" in missing
    assert not (tmp_path / "outside.jpg").exists()


def test_a_damaged_photo_is_kept_and_listed(library: Library, tmp_path: Path) -> None:
    made = smart_files.patrol(ident="DAMAGED-1")
    (tmp_path / "p.xml").write_bytes(made.xml)
    first, second = made.attachments
    (tmp_path / first).write_bytes(made.attachments[first][:300])
    (tmp_path / second).write_bytes(b"")
    report = jobs.run(import_data(library, "smart-patrol", tmp_path / "p.xml"))
    codes = [one["code"] for one in report.failed if one["file"] == first]
    assert codes
    assert set(codes) == {"attachment_damaged"}
    assert [one["code"] for one in report.failed if one["file"] == second] == ["attachment_unknown"]


ODD: list[object] = [None, 7, "x", [], {}, [[]], [1, 2], {"a": {"b": 1}}, ["", ""], [["a", {"b": "c"}, "d", []]]]


def odd_points() -> bytes:
    """A track of whole points with figures that no receiver writes."""
    figures = [math.inf, -math.inf, math.nan, 1e300, -1e300, 0.0, 500.0, 1.7e12]
    way = Way()
    for step, figure in enumerate(figures * 5):
        others = [figures[(step * nth + nth) % len(figures)] for nth in (1, 3, 5)]
        way.add(figure, others[0], others[1], others[2], step % 3)
    return pack(way, [step % 3 for step in range(len(way))])


POINTS = [b"", bytes(48), bytes(47), b"\xff" * 96, odd_points()]


def odd_json(chance: random.Random) -> str:
    kept = {name: chance.choice(ODD) for name in ("people", "pilots", "patrol", "extra", "leg/1", "says", "day")}
    kept["extra"] = {"patrol": chance.choice(ODD), "leg/1": chance.choice(ODD)} if chance.random() < 0.7 else 3
    return json.dumps(kept)


def deep(levels: int) -> list[object]:
    found: list[object] = ["a", {}, "", []]
    for _level in range(levels):
        found = ["a", {}, "", [found]]
    return found


def test_odd_records_of_another_station_go_out_without_a_crash(tmp_path: Path) -> None:
    """What lies in a record came from anywhere: no format may fail over it or write outside of its folder."""
    chance = random.Random(4)
    with Library.create(tmp_path / "ours", name="A", country="RU", utc_offset=600) as library:
        for number in range(60):
            patrol, waypoint, new = library.new_id(), library.new_id(), library.new_id
            person = new()
            kept = odd_json(chance) if number else json.dumps({"extra": {"patrol": [deep(400)]}})
            custom = json.dumps([{"key": "smart", "value": kept}, chance.choice(ODD), {"key": 3}])
            lists = json.dumps([chance.choice(ODD), {"number": 1, "leader": person.hex(), "members": "zz", "leg": "1"}])
            library.commit(
                [
                    create("person", person, {"name": chance.choice(["A", "A B", " "]), "role": "ranger"}),
                    create("patrol", patrol, {"name": "../../x", "date": "../../../out", "custom": custom,
                                              "legs": lists, "days": lists,
                                              "members": json.dumps([1, "zz", person.hex()]),
                                              "source": "smart-patrol ../y", "leader": person}),
                    create("track", new(), {"patrol": patrol, "points": chance.choice(POINTS),
                                            "date": "x", "source": "smart-patrol y"}),
                    create("waypoint", waypoint, {"patrol": patrol, "imported": odd_json(chance), "latitude": 431234567,
                                                  "longitude": 1311234567, "at": chance.choice([0, 2**52, None])}),
                    create("sighting", new(), {"patrol": patrol, "waypoint": waypoint, "category": "\x01a<b",
                                               "attributes": lists, "by": person}),
                    create("media", new(), {"patrol": patrol, "waypoint": waypoint, "file_name": "../../../a.jpg"}),
                ],
                label="odd",
            )  # fmt: skip
        library.person = None
        more = {"geojson": {"positions": "points"}}
        for name in ("smart-patrol", "geojson", "gpx", "kml"):
            report = jobs.run(export(library, name, tmp_path / "out" / name, exact=True, options=more.get(name)))
            assert report.written["patrol"] == 60
        assert {path.name for path in tmp_path.iterdir()} == {"ours", "out"}
        for path in (tmp_path / "out" / "smart-patrol").glob("*.xml"):
            smart_patrol_read.read(path.read_bytes(), path.name)
