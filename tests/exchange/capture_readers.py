"""Strict readers of the files of secr and oSCR, after the packages' own documentation.

R's packages are not at hand where the tests run, so whatever their help pages ask for is asked for here, column by
column: secr's ?read.capthist, ?read.traps and vignette secr-datainput; oSCR's ?data2oscr. Nothing of the program is
used.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Trap:
    """One line of a trap file."""

    x: float
    y: float
    usage: tuple[float, ...]
    covariates: tuple[str, ...]


Captures = list[tuple[str, str, int, str, str]]
"""Session, animal, occasion, detector, sex."""
_WORD = re.compile(r"[^\s,#'\"/\\]+")


def _lines(path: Path) -> tuple[list[str], list[list[str]]]:
    data = path.read_bytes()
    assert b"\r" not in data
    assert data.endswith(b"\n")
    text = data.decode("ascii").splitlines()
    assert all(line.count("#") == line.startswith("#") for line in text), "R drops what follows # inside a line"
    return [line for line in text if line.startswith("#")], [line.split() for line in text if not line.startswith("#")]


def secr_traps(path: Path) -> dict[str, Trap]:
    """detectorID x y, usage of each occasion, then / and covariates."""
    comments, rows = _lines(path)
    assert comments[0].startswith("# Detector x y")
    found: dict[str, Trap] = {}
    for row in rows:
        assert len(row) == len(rows[0]), "read.table wants as many fields in each line"
        assert row.count("/") == 1
        end = row.index("/")
        name, x, y, *usage = row[:end]
        assert _WORD.fullmatch(name)
        assert "_" not in name, "the vignette forbids underscores in names of detectors"
        assert name not in found
        assert all("/" not in word for word in row[end + 1 :])
        found[name] = Trap(float(x), float(y), tuple(map(float, usage)), tuple(row[end + 1 :]))
        assert min(found[name].usage) >= 0
    return found


def secr(folder: Path, traps: dict[str, Path]) -> tuple[Captures, dict[str, dict[str, Trap]]]:
    """Captures, and the detectors of each session; AssertionError for what read.capthist would take otherwise."""
    detectors = {session: secr_traps(path) for session, path in traps.items()}
    comments, rows = _lines(folder / "captures.txt")
    assert comments == ["# Session ID Occasion Detector sex"]
    captures: Captures = []
    for session, animal, occasion, detector, sex in rows:
        assert _WORD.fullmatch(animal)
        assert animal not in ("NONE", "NA")
        trap = detectors[session][detector]
        assert 1 <= int(occasion) <= len(trap.usage)
        assert trap.usage[int(occasion) - 1] > 0, "verify() finds captures at detectors that were not used"
        assert sex in ("female", "male", "NA")
        captures.append((session, animal, int(occasion), detector, sex))
    one_sex = {(session, animal): sex for session, animal, _o, _d, sex in captures}
    assert all(one_sex[session, animal] == sex for session, animal, _o, _d, sex in captures)
    assert {one[0] for one in captures} == set(detectors), "a session without captures does not fit its traps"
    return captures, detectors


def oscr(folder: Path, sessions: int) -> tuple[Captures, dict[str, dict[str, Trap]]]:
    """The same from edf.csv and tdf-NUMBER.csv; covariates are as (name.k=value)."""
    detectors = {}
    for number in range(1, sessions + 1):
        with (folder / f"tdf-{number}.csv").open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        assert head[1:3] == ["X", "Y"]
        assert len(set(head)) == len(head)
        sep = rows[0].index("/")
        assert all(row[sep] == "/" and len(row) == len(head) for row in rows)
        over = len(head[3:sep])
        for name in {one.rpartition(".")[0] for one in head[sep + 1 :]}:
            numbers = [int(one.rpartition(".")[2]) for one in head[sep + 1 :] if one.rpartition(".")[0] == name]
            assert numbers in ([1], list(range(1, over + 1))), "each covariate has one column or one for each occasion"
        assert {cell for row in rows for cell in row[3:sep]} <= {"0", "1"}
        detectors[str(number)] = {
            row[0]: Trap(
                float(row[1]), float(row[2]), tuple(map(float, row[3:sep])),
                tuple(f"{a}={b}" for a, b in zip(head[sep + 1 :], row[sep + 1 :], strict=True)),
            )
            for row in rows
        }  # fmt: skip
        assert len(detectors[str(number)]) == len(rows)
    with (folder / "edf.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["session", "individual", "occasion", "trap", "sex"]
    assert {row[0] for row in rows} == set(detectors)
    for session, _animal, occasion, trap, sex in rows:
        assert detectors[session][trap].usage[int(occasion) - 1] == 1
        assert sex in ("female", "male", "U")
    return [(a, b, int(c), d, e) for a, b, c, d, e in rows], detectors
