"""Files of spatial capture-recapture that the R packages secr and oSCR read.

secr: read.capthist with fmt "trapID" (the DENSITY formats; its help pages read.capthist and read.traps and its vignette
secr-datainput): text separated by blanks, lines of # are comments, identifiers without blanks, no underscore in those
of detectors, what follows / in a line of a detector are covariates. oSCR: data2oscr, an encounter data file (edf) and
a trap deployment file (tdf) for each session, operation by occasion as 0 and 1, covariates after a column of /.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

UNKNOWN_SEX = "U"
"""oSCR's sex.nacode; secr has NA. Whole words for the sexes: R reads a column of nothing but F as FALSE."""
NO_COUNTRY = "none"
_RESERVED = ("NONE", "NA")
"""No animal, and a missing value, to the readers."""


@dataclass(frozen=True, slots=True)
class Detector:
    """One station. ``x`` and ``y`` are metres; ``nights`` its effort in trap nights by occasion, 0 where it rested.

    ``place`` says how precise that is: "exact", or the side of the cell in whose middle it is set.
    """

    name: str
    x: float
    y: float
    nights: tuple[float, ...]
    country: str
    place: str


@dataclass(frozen=True, slots=True)
class Capture:
    """One animal at one detector in an occasion, from 1. ``sex`` is female, male or ""."""

    animal: str
    occasion: int
    detector: str
    sex: str


@dataclass(frozen=True, slots=True)
class Session:
    """One closed time. Every detector has as many nights as there are ``occasions``."""

    name: str
    occasions: int
    detectors: tuple[Detector, ...]
    captures: tuple[Capture, ...]


def identifier(text: str, instead: str, taken: set[str], *, underscore: bool = True) -> str:
    """``text`` as both packages can read it, ``instead`` where nothing of it can stand; made different from ``taken``.

    ASCII without blanks, commas, quotes, # and /, because R splits lines at those on every system.
    """
    joint = "_" if underscore else "."
    plain = re.sub(r"[^A-Za-z0-9.=+_-]" if underscore else r"[^A-Za-z0-9.=+-]", "", re.sub(r"\s+", joint, text.strip()))
    if not text.isascii() or not plain.strip("._=+-") or plain in _RESERVED:
        plain = instead
    found = plain
    number = 2
    while found in taken:
        found, number = f"{plain}-{number}", number + 1
    taken.add(found)
    return found


def write_secr(folder: Path, sessions: Sequence[Session], about: str, *, days: bool) -> list[str]:
    """Write ``captures.txt`` and ``traps-SESSION.txt``; returns the names of the latter in the order of sessions.

    Usage is trap nights where ``days``, else 0 or 1. ``about`` is a line on the coordinates.
    """
    lines = ["# Session ID Occasion Detector sex"]
    names = []
    for session in sessions:
        lines += (
            f"{session.name} {one.animal} {one.occasion} {one.detector} {one.sex or 'NA'}" for one in session.captures
        )
        unit = "trap nights" if days else "0 or 1"
        rows = [f"# Detector x y usage of {session.occasions} occasions ({unit}) / country place", f"# {about}"]
        rows += (
            f"{one.name} {one.x:.2f} {one.y:.2f} {' '.join(_usage(night, days) for night in one.nights)}"
            f" / {one.country or NO_COUNTRY} {one.place}"
            for one in session.detectors
        )
        names.append(f"traps-{session.name}.txt")
        _text(folder / names[-1], rows)
    _text(folder / "captures.txt", lines)
    return names


def write_oscr(folder: Path, sessions: Sequence[Session]) -> list[str]:
    """Write ``edf.csv`` and ``tdf-NUMBER.csv``; returns the names of the latter. Sessions go by number, from 1."""
    encounters: list[list[object]] = [["session", "individual", "occasion", "trap", "sex"]]
    names = []
    for number, session in enumerate(sessions, start=1):
        encounters += (
            [number, one.animal, one.occasion, one.detector, one.sex or UNKNOWN_SEX] for one in session.captures
        )
        over = range(1, session.occasions + 1)
        head: list[object] = ["trap", "X", "Y", *(f"o{n}" for n in over), "sep", "country.1", "place.1"]
        rows = [[*head, *(f"nights.{n}" for n in over)]]
        rows += (
            [
                one.name, f"{one.x:.2f}", f"{one.y:.2f}", *(_usage(night, False) for night in one.nights), "/",
                one.country or NO_COUNTRY, one.place, *(_usage(night, True) for night in one.nights),
            ]
            for one in session.detectors
        )  # fmt: skip
        names.append(f"tdf-{number}.csv")
        write_csv(folder / names[-1], rows)
    write_csv(folder / "edf.csv", encounters)
    return names


def write_csv(path: Path, rows: Sequence[Sequence[object]]) -> None:
    """Write a table separated by commas, in UTF-8, lines ended by LF."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _usage(nights: float, days: bool) -> str:
    if not days:
        return "1" if nights > 0 else "0"
    return f"{nights:.4f}".rstrip("0").rstrip(".")


def _text(path: Path, lines: Sequence[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")
