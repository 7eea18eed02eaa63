"""The two tables that the R package camtrapR works on: the record table and the camera trap table.

Column names and date format follow camtrapR's recordTable and cameraOperation (Niedballa et al. 2016, Methods in
Ecology and Evolution 7, 1457-1462).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

RECORD_COLUMNS = (
    "Station", "Camera", "Species", "DateTimeOriginal", "Date", "Time", "delta.time.secs", "delta.time.mins",
    "delta.time.hours", "delta.time.days", "Directory", "FileName", "n_images", "count", "individual",
)  # fmt: skip
STATION_COLUMNS = ("Station", "Camera", "gps_x", "gps_y", "Setup_date", "Retrieval_date")


@dataclass(frozen=True, slots=True)
class Record:
    """One species in one picture, at the corrected local time. ``seconds_since`` the record before, 0 for the first."""

    station: str
    camera: str
    species: str
    time: datetime
    seconds_since: int
    directory: str
    file_name: str
    number: int
    individual: str


@dataclass(frozen=True, slots=True)
class TrapLine:
    """One camera of a station; times are local, ``problems`` from-to pairs; coordinates as text, empty if withheld."""

    station: str
    camera: str
    longitude: str
    latitude: str
    start: datetime
    end: datetime
    problems: Sequence[tuple[datetime, datetime]]


def when(time: datetime) -> str:
    """``2021-04-11 20:43:09``, camtrapR's usual ``ymd HMS``."""
    return time.strftime("%Y-%m-%d %H:%M:%S")


class RecordTable:
    """Writes ``recordtable.csv`` a line at a time."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "recordtable.csv").open("w", encoding="utf-8", newline="")
        self._table = csv.writer(self._file)
        self._table.writerow(RECORD_COLUMNS)

    def __enter__(self) -> RecordTable:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, one: Record) -> None:
        """Add a record."""
        seconds = one.seconds_since
        self._table.writerow(
            [
                one.station, one.camera, one.species, when(one.time), one.time.date().isoformat(),
                one.time.strftime("%H:%M:%S"), seconds, *(f"{seconds / part:.1f}" for part in (60, 3600, 86_400)),
                one.directory, one.file_name, 1, one.number, one.individual,
            ]
        )  # fmt: skip


def write_traps(folder: Path, lines: Sequence[TrapLine]) -> None:
    """Write ``cameratraps.csv`` with as many pairs of Problem columns as the camera with most failures needs."""
    most = max((len(line.problems) for line in lines), default=0)
    problems = [f"Problem{number}_{end}" for number in range(1, most + 1) for end in ("from", "to")]
    with (folder / "cameratraps.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow([*STATION_COLUMNS, *problems])
        for line in lines:
            times = [when(time) for pair in line.problems for time in pair]
            times += [""] * (2 * most - len(times))
            table.writerow(
                [line.station, line.camera, line.longitude, line.latitude, when(line.start), when(line.end), *times]
            )
