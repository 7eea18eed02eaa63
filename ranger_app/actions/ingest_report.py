"""What an ingest answers: how many files, what failed, what was known and where, what deserves a second look."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from ranger_app.actions.ingest_known import Known
from ranger_app.i18n import _
from ranger_app.media.card import FileProblem
from ranger_app.media.exif import CHANGE_TIME
from ranger_app.media.intake import Taken

MOST_DUPLICATES = 1_000
"""So many known files are named; the number of all of them is ``already_known``."""
MOST_KEPT = 2_000
"""So many lines of each list are kept in the library; the answer itself holds all of them."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A file of the card whose content is known: under which name, in which deployment."""

    file: str
    of: str
    deployment: str
    deployment_id: bytes | None
    media_id: bytes


@dataclass(slots=True)
class Elsewhere:
    """A deployment that the card was not said to belong to and that holds so many of its files."""

    deployment_id: bytes | None
    deployment: str
    location: str
    files: int = 0


@dataclass(slots=True)
class IngestReport:
    """Filled while the ingest runs. ``found`` counts pictures and videos: stored, already known or failed."""

    ingest_id: str = ""
    deployment_id: bytes | None = None
    found: int = 0
    stored: int = 0
    already_known: int = 0
    resumed: int = 0
    """Of the stored ones, those that an interrupted run of the same ingest had stored before."""
    made_whole: int = 0
    """Of the already known ones, those whose original was not here before."""
    undated: int = 0
    """Of the stored ones, those without a camera time."""
    failed: list[FileProblem] = field(default_factory=list)
    flagged: list[FileProblem] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    known_elsewhere: dict[bytes | None, Elsewhere] = field(default_factory=dict)
    cancelled: bool = False

    def name_duplicate(self, file: str, known: Known) -> None:
        """Note which known picture a file is."""
        if len(self.duplicates) < MOST_DUPLICATES:
            self.duplicates.append(Duplicate(file, known.file, known.deployment_name, known.deployment, known.media))

    def count_elsewhere(self, known: Known) -> None:
        """Count a known file that lies in another deployment than the card was said to belong to."""
        there = Elsewhere(known.deployment, known.deployment_name, known.location_name)
        self.known_elsewhere.setdefault(known.deployment, there).files += 1

    def answer(self, most: int | None = None) -> dict[str, object]:
        """The report as the command line answers it; at most ``most`` lines of each list."""
        return {
            "deployment_id": self.deployment_id.hex() if self.deployment_id else None,
            "ingest_id": self.ingest_id,
            "found": self.found,
            "stored": self.stored,
            "already_known": self.already_known,
            "resumed": self.resumed,
            "made_whole": self.made_whole,
            "undated": self.undated,
            "known_elsewhere": [
                {
                    "code": "known_elsewhere",
                    "deployment": one.deployment,
                    "deployment_id": one.deployment_id.hex() if one.deployment_id else None,
                    "location": one.location,
                    "files": one.files,
                }
                for one in self.known_elsewhere.values()
            ],
            "duplicates": [
                {
                    "file": one.file,
                    "of": one.of,
                    "deployment": one.deployment,
                    "deployment_id": one.deployment_id.hex() if one.deployment_id else None,
                    "media_id": one.media_id.hex(),
                }
                for one in self.duplicates[:most]
            ],
            "failed": _listed(self.failed[:most]),
            "flagged": _listed(self.flagged[:most]),
            "cancelled": self.cancelled,
        }

    def as_json(self, *, most: int = MOST_KEPT) -> str:
        """The answer as it is kept in the library. While the ingest runs its numbers are enough (``most`` 0)."""
        return json.dumps(self.answer(most), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _listed(problems: Iterable[FileProblem]) -> list[dict[str, str]]:
    return [{"file": one.file, "code": one.code, "reason": one.reason} for one in problems]


def flags_of(taken: Taken) -> list[str]:
    """The flags a file's record keeps: ``damaged``, ``no_date``, ``weak_date``, ``no_preview``, ``too_large``."""
    flags = []
    if taken.look.damaged:
        flags.append("damaged")
    if taken.exif.camera_time is None:
        flags.append("no_date")
    elif taken.exif.camera_time_source == CHANGE_TIME:
        flags.append("weak_date")
    if taken.look.no_decoder:
        flags.append("no_preview")
    elif taken.look.too_large:
        flags.append("too_large")
    return flags


def reason_of(flag: str) -> str:
    """The sentence that explains a flag to a person."""
    reasons = {
        "damaged": _("The file's data are damaged or break off; it is stored as it came."),
        "no_date": _("The file holds no camera time; none was invented."),
        "weak_date": _("The only time in the file is that of its last change. Check it."),
        "no_preview": _("No preview can be made of this kind of file; it is stored as it came."),
        "too_large": _("The picture has too many pixels for a preview; it is stored as it came."),
        "outside_deployment": _("Its camera time lies outside the dates entered for the deployment."),
    }
    return reasons.get(flag, flag)


def flagged(file: str, flags: Iterable[str], said: str = "") -> list[FileProblem]:
    """A line for each flag; ``said`` are the decoder's own words on the damage."""
    return [
        FileProblem(file, flag, f"{reason_of(flag)} ({said})" if flag == "damaged" and said else reason_of(flag))
        for flag in flags
    ]
