"""A Camtrap DP package of many rows, read and written, against the same rows put in by plain ``executemany``.

The floor has the same tables and indexes in one transaction, and neither log nor signatures, checks nor CSV.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from ranger_app import jobs
from ranger_app.actions.export_data import export
from ranger_app.actions.import_data import import_data
from ranger_app.exchange import camtrap_dp as standard
from ranger_app.library import Library
from ranger_app.store.connection import open_writer, transaction
from ranger_app.store.migrations import migrate

KINDS = ("deployment", "media", "observation")


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds; ``records`` counts pictures and observations."""

    records: int
    read: float
    again: float
    written: float
    floor: float


def package(folder: Path, observations: int) -> None:
    """Write a package of as many pictures as observations, 10 deployments."""
    folder.mkdir()

    def moment(n: int) -> str:
        return f"2026-{1 + n % 12:02d}-{1 + n // 12 % 28:02d}T{n % 24:02d}:{n % 60:02d}:{n // 7 % 60:02d}+10:00"

    dates = ["2026-01-01T00:00:00+10:00", "2026-12-31T00:00:00+10:00"]
    rows = {
        "deployments": ([f"d{n}", f"l{n}", "", "43.1", "131.1", "", *dates] for n in range(10)),
        "media": (
            [f"m{n}", f"d{n % 10}", "", moment(n), f"https://example.org/{n}", "false", f"{n}.JPG", "image/jpeg"]
            for n in range(observations)
        ),
        "observations": (
            [f"o{n}", f"d{n % 10}", f"m{n}", "", moment(n), moment(n), "media", "animal", "", "Sus scrofa", "1"]
            for n in range(observations)
        ),
    }
    for name, columns in standard.COLUMNS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(columns)
            table.writerows(row + [""] * (len(columns) - len(row)) for row in rows[name])
    described = {
        "profile": standard.PROFILE,
        "id": "benchmark",
        "resources": [{"name": one, "path": f"{one}.csv", "schema": standard.schema(one)} for one in standard.COLUMNS],
    }
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")


def measure(folder: Path, observations: int) -> Figures:
    """Read a package twice, write it, and put the same rows into bare tables."""
    package(folder / "given", observations)
    with Library.create(folder / "library", name="Bench", country="RU", utc_offset=600) as library:
        started = time.perf_counter()
        jobs.run(import_data(library, "camtrap-dp", folder / "given"))
        read = time.perf_counter() - started
        started = time.perf_counter()
        jobs.run(import_data(library, "camtrap-dp", folder / "given"))
        again = time.perf_counter() - started
        started = time.perf_counter()
        jobs.run(export(library, "camtrap-dp", folder / "out", exact=True))
        written = time.perf_counter() - started
        floor = _floor(folder, library)
    return Figures(2 * observations, read, again, written, floor)


def _floor(folder: Path, library: Library) -> float:
    bare = open_writer(folder / "bare.db")
    migrate(bare)
    spent = 0.0
    with library.read() as db:
        for kind in KINDS:
            rows = db.conn.execute(f'SELECT * FROM "{kind}"').fetchall()
            marks = ",".join("?" * len(rows[0]))
            started = time.perf_counter()
            with transaction(bare):
                bare.conn.executemany(f'INSERT INTO "{kind}" VALUES ({marks})', rows)
            spent += time.perf_counter() - started
    bare.conn.close()
    return spent


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--observations", type=int, default=100_000)
    given = parser.parse_args()
    os.environ.setdefault("RANGER_PROFILE", tempfile.mkdtemp(prefix="ranger-bench-"))
    with tempfile.TemporaryDirectory(prefix="ranger-bench-") as scratch:
        found = measure(Path(scratch), given.observations)
    print(f"{platform.platform()}, {os.cpu_count()} cores")
    print(f"{given.observations} pictures and as many observations")
    print(f"  plain executemany     {found.floor:7.1f} s")
    print(f"  import                {found.read:7.1f} s  {found.read / found.floor:4.1f} times  "
          f"{found.records / found.read:,.0f} records/s")  # fmt: skip
    print(f"  import again (no new) {found.again:7.1f} s  {found.again / found.floor:4.1f} times")
    print(f"  export, exact         {found.written:7.1f} s  {found.written / found.floor:4.1f} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
