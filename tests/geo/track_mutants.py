"""Looks at mutated files of tracks in a process of its own, so that one which hangs or eats memory harms nobody.

``python -m tests.geo.track_mutants NUMBER FOLDER`` prints a line of JSON for each file and one with the memory used.
"""

from __future__ import annotations

import io
import json
import random
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ranger_app.actions.patrol_import import import_patrol
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from tests.benchmarks.memory import peak

WORDS = (b"43", b"131", b"2026", b"22:", b"lat", b"lon", b"coordinates", b">", b",", b'"', b"[", b"time", b"$GP", b"\n")
PUT = (
    b"9" * 400,
    b"-",
    b"1e999",
    b"\xff\xfe",
    b"\0",
    b"<a>" * 300,
    b"[" * 3000,
    b"&b;",
    b"NaN",
    b"]]>",
    b"\xed\xa0\x80",
)


def _moments() -> list[str]:
    return [f"2026-05-01T22:{n:02d}:00Z" for n in range(12)]


def _gpx() -> bytes:
    points = "".join(f'<trkpt lat="{43 + n / 1000}" lon="131.5"><ele>{n}</ele><time>{time}</time></trkpt>'
                     for n, time in enumerate(_moments()))  # fmt: skip
    mark = '<wpt lat="43" lon="131.5"><name>虎 след</name><cmt>width 9 cm</cmt></wpt>'
    return f'<?xml version="1.0"?><gpx version="1.1">{mark}<trk><trkseg>{points}</trkseg></trk></gpx>'.encode()


def _kml() -> bytes:
    whens = "".join(f"<when>{time}</when>" for time in _moments())
    places = "".join(f"<gx:coord>131.5 {43 + n / 1000} {n}</gx:coord>" for n in range(12))
    line = "131,43,1 131.1,43.1,2 131.2,43.2,3"
    return (
        f'<?xml version="1.0"?><kml xmlns:gx="g"><Document><Placemark><gx:Track>{whens}{places}</gx:Track></Placemark>'
        f"<Placemark><name>虎</name><TimeStamp><when>{_moments()[0]}</when></TimeStamp><Point><coordinates>131,43"
        f"</coordinates></Point></Placemark><Placemark><LineString><coordinates>{line}</coordinates></LineString>"
        "</Placemark></Document></kml>"
    ).encode()


def _kmz() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", _kml())
        archive.writestr("files/a.txt", "hello")
    return held.getvalue()


def _geojson() -> bytes:
    line = {"type": "LineString", "coordinates": [[131.5, 43 + n / 1000, n] for n in range(12)]}
    features = [
        {"type": "Feature", "properties": {"coordTimes": _moments(), "name": "Обход"}, "geometry": line},
        {"type": "Feature", "properties": {"name": "虎", "time": _moments()[0]},
         "geometry": {"type": "Point", "coordinates": [131.5, 43]}},
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _csv() -> bytes:
    lines = [f'{43 + n / 1000};"131,5";{time};{n}' for n, time in enumerate(_moments())]
    return "\n".join(["lat;lon;time;ele", *lines]).encode()


def _nmea() -> bytes:
    lines = []
    for n in range(12):
        for body in (f"GPGGA,22{n:02d}00.00,43{n * 0.06:07.4f},N,13130.0000,E,1,08,0.9,12.5,M,40.0,M,,",
                     f"GPRMC,22{n:02d}00.00,A,43{n * 0.06:07.4f},N,13130.0000,E,2.0,10.0,010526,,,A"):  # fmt: skip
            total = 0
            for letter in body.encode():
                total ^= letter
            lines.append(f"${body}*{total:02X}\r\n")
    return "".join(lines).encode()


WHOLE = {"gpx": _gpx, "kml": _kml, "kmz": _kmz, "geojson": _geojson, "csv": _csv, "nmea": _nmea}
BOMB = b'<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def mutants(form: str, number: int) -> Iterator[bytes]:
    """Damage of many kinds to one file, the same in each run."""
    whole = WHOLE[form]()
    chance = random.Random(f"ranger {form}")
    for n in range(number):
        one, other = sorted((chance.randrange(len(whole)), chance.randrange(len(whole))))
        match n % 8:
            case 0:
                yield whole[:one]
            case 1:
                yield whole[:one] + bytes([chance.randrange(256)]) + whole[one + 1 :]
            case 2:
                yield whole[:one] + whole[other:]
            case 3:
                yield whole[:one] + chance.randbytes(20) + whole[one:]
            case 4:
                yield whole[:other] + whole[one:other] * chance.choice([1, 50]) + whole[other:]
            case 5:
                yield whole[:one] + chance.choice(PUT) + whole[one:]
            case 6:
                head = whole.index(b">") + 1 if form in ("gpx", "kml") else 0
                yield whole[:head] + BOMB + whole[head:].replace(b"</", b"&b;</", 1)
            case _:
                yield whole.replace(chance.choice(WORDS), chance.choice((b"", *PUT)), chance.choice([1, 3, 1000]))


def main(number: int, folder: Path) -> None:
    """Import each mutant into a library and say what came of it."""
    with Library.create(folder / "library", name="North", country="RU", utc_offset=600) as library:

        def batches() -> int:
            with library.read() as db:
                return int(db.conn.execute("SELECT count(*) FROM batch").fetchone()[0])

        for form in WHOLE:
            for data in mutants(form, number // len(WHOLE)):
                path = folder / f"track.{form}"
                path.write_bytes(data)
                before, began = batches(), time.process_time()
                line: dict[str, object] = {"form": form, "problem": "", "todo": ""}
                try:
                    done = import_patrol(library, path)
                    json.dumps(done.answer(), allow_nan=False)
                    line["points"] = done.points + done.waypoints
                    known = done.already_known
                except DataProblem as problem:
                    line |= {"problem": problem.what, "todo": problem.todo, "code": problem.code}
                    known = True
                line["seconds"] = time.process_time() - began
                line["unchanged"] = batches() == before
                line["known"] = known
                print(json.dumps(line), flush=True)
        kept = {path.stem for path in library.vault.rglob("*") if path.is_file()}
        with library.read() as db:
            named = {row[0] for row in db.conn.execute("SELECT source_sha256 FROM track")}
    print(json.dumps({"vault": kept == named, "peak": round(peak() * 2**20) or None}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
