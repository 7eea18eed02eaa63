"""The one door to files of tracks: looks at what is in a file, whatever it is called, and asks the right reader."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from pathlib import Path

from ranger_app.errors import DataProblem
from ranger_app.geo import csv_tracks, nmea
from ranger_app.geo.geojson_tracks import read_geojson
from ranger_app.geo.gpx import read_gpx
from ranger_app.geo.kml import read_kml
from ranger_app.geo.track_file import FORMATS, TrackFile, opened, refused
from ranger_app.i18n import _

SUFFIXES = (".gpx", ".kml", ".kmz", ".geojson", ".json", ".csv", ".tsv", ".txt", ".nmea", ".nma", ".log")
"""What such files are usually called. ``in_folders`` takes these; a single file is judged by its content alone."""
MOST_FILES = 500
_ROOT = re.compile(r"<(?:[\w.\-]{1,40}:)?(gpx|kml|document|folder|placemark)[\s>/]", re.IGNORECASE)


def read(path: Path, naive_offset: int | None = None, *, station_offset: int = 0) -> TrackFile:
    """Tracks, routes and waypoints of the GPX, KML, KMZ, GeoJSON, CSV or NMEA file ``path``.

    ``naive_offset``: minutes east of UTC for times written without a zone. Without it such times are UTC in GPX, as
    that standard says, and ``station_offset`` in the other formats; ``TrackFile.naive_offset`` tells what was taken.
    Raises DataProblem, in one sentence, for what is no such file or beyond any; EnvironmentProblem where it cannot be
    read.
    """
    form = form_of(path)
    local = station_offset if naive_offset is None else naive_offset
    match form:
        case "gpx":
            return read_gpx(path, naive_offset=naive_offset or 0)
        case "kml" | "kmz":
            return read_kml(path, naive_offset=local)
        case "geojson":
            return read_geojson(path, naive_offset=local)
        case "csv":
            return csv_tracks.read_csv(path, naive_offset=local)
        case "nmea":
            return nmea.read_nmea(path)
    words = ", ".join(FORMATS.values())
    raise refused(
        "NOT_A_TRACK_FILE",
        _("The file is none of {formats}.").format(formats=words),
        _("Nothing was taken. Export the track from the device as GPX and take that file."),
    )


def form_of(path: Path) -> str:
    """The format of ``path`` by its content, else by its ending: a key of FORMATS, or empty for none of them."""
    with opened(path, "gpx") as source:
        head = source.read(1 << 14)
    if head.startswith(b"PK\x03\x04"):
        return "kmz"
    by_name = path.suffix.casefold().lstrip(".")
    text = _text(head)
    beginning = text.lstrip()
    if beginning.startswith("<"):
        root = _ROOT.search(beginning)
        if root is not None:
            return "gpx" if root[1].casefold() == "gpx" else "kml"
        return by_name if by_name in ("gpx", "kml") else ""
    if nmea.looks_like(head):
        return "nmea"
    if beginning.startswith(("{", "[")):
        return "geojson"
    if csv_tracks.looks_like(text):
        return "csv"
    if by_name in FORMATS:
        return by_name
    if by_name == "json":
        return "geojson"
    if by_name == "nma":
        return "nmea"
    return "csv" if beginning and "\0" not in text and "\ufffd" not in text[:-4] else ""


def _text(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace")
    return head.decode("utf-8-sig", "replace")


def in_folders(paths: Iterable[Path]) -> list[Path]:
    """The files meant by ``paths``: files as they are, and of folders what has a usual ending, by name.

    DataProblem where a folder holds none, or where there are more than MOST_FILES.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(one for one in path.rglob("*") if one.suffix.casefold() in SUFFIXES and one.is_file())
        if not inside:
            raise DataProblem(
                "NO_TRACK_FILES",
                _("The folder {folder} holds no file of a track.").format(folder=path.name or path),
                _("Choose the folder of the device that holds GPX, KML, GeoJSON, CSV or NMEA files."),
            )
        found += inside
    found = list(dict.fromkeys(found))
    if len(found) > MOST_FILES:
        raise DataProblem(
            "TOO_MANY_FILES",
            _("There are {n} files, more than a patrol can have.").format(n=len(found)),
            _("Nothing was taken. Choose the files of one patrol."),
        )
    return found
