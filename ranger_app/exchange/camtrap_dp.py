"""What Camtrap DP 1.0.2 calls things: tables, columns in their order, vocabularies, and how it writes times.

After the table schemas of the standard (github.com/tdwg/camtrap-dp, tag 1.0.2).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import MAXYEAR, datetime, timedelta, timezone

from ranger_app.domain.time import offset_text

VERSION = "1.0.2"
BASE = f"https://raw.githubusercontent.com/tdwg/camtrap-dp/{VERSION}/"
"""Where the standard's own schemas live. The program names these addresses and never opens them."""
PROFILE = BASE + "camtrap-dp-profile.json"

DEPLOYMENTS: tuple[str, ...] = (
    *("deploymentID", "locationID", "locationName", "latitude", "longitude", "coordinateUncertainty"),
    *("deploymentStart", "deploymentEnd", "setupBy", "cameraID", "cameraModel", "cameraDelay", "cameraHeight"),
    *("cameraDepth", "cameraTilt", "cameraHeading", "detectionDistance", "timestampIssues", "baitUse", "featureType"),
    *("habitat", "deploymentGroups", "deploymentTags", "deploymentComments"),
)
MEDIA: tuple[str, ...] = (
    *("mediaID", "deploymentID", "captureMethod", "timestamp", "filePath", "filePublic", "fileName"),
    *("fileMediatype", "exifData", "favorite", "mediaComments"),
)
OBSERVATIONS: tuple[str, ...] = (
    *("observationID", "deploymentID", "mediaID", "eventID", "eventStart", "eventEnd", "observationLevel"),
    *("observationType", "cameraSetupType", "scientificName", "count", "lifeStage", "sex", "behavior"),
    *("individualID", "individualPositionRadius", "individualPositionAngle", "individualSpeed"),
    *("bboxX", "bboxY", "bboxWidth", "bboxHeight", "classificationMethod", "classifiedBy"),
    *("classificationTimestamp", "classificationProbability", "observationTags", "observationComments"),
)
COLUMNS: dict[str, tuple[str, ...]] = {"deployments": DEPLOYMENTS, "media": MEDIA, "observations": OBSERVATIONS}
REQUIRED: dict[str, tuple[str, ...]] = {
    "deployments": ("deploymentID", "latitude", "longitude", "deploymentStart", "deploymentEnd"),
    "media": ("mediaID", "deploymentID", "timestamp", "filePath", "filePublic", "fileMediatype"),
    "observations": (
        *("observationID", "deploymentID", "eventStart", "eventEnd", "observationLevel", "observationType"),
    ),
}
OBSERVATION_TYPES = ("animal", "human", "vehicle", "blank", "unknown", "unclassified")
LIFE_STAGES = ("adult", "subadult", "juvenile")
SEXES = ("female", "male")
FAILURES = ("deploymentID", "failureStart", "failureEnd", "failureReason", "failureComments")
"""After the table proposed in issue 462 of the standard, with the reason and a comment added."""
FURTHER = ("table", "id", "field", "value")
"""Everything of a record that the standard has no column for, so that what was exported can be read back whole."""

DATA_FOLDER = "media/"
"""Where the files of our own packages lie; a path of theirs is no web address."""

MISSING = frozenset(("", "NA", "NaN", "nan"))
"""Cells that mean nothing was given."""

_PATH = re.compile(r"(?=[^./~])(?!.*\.\.).+")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z|z|[+-]\d\d:?\d\d)")
_EPOCH = datetime(1970, 1, 1)


def cell(text: str) -> str:
    """A cell as it is taken: empty where it means nothing, Unicode in one form, as all text of records is."""
    if text in MISSING:
        return ""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def schema(table: str) -> str:
    """The address that names a table's schema."""
    return f"{BASE}{table}-table-schema.json"


def is_path(text: str) -> bool:
    """Whether the standard takes this as a file's path or address: no way up, out or home."""
    return _PATH.fullmatch(text) is not None


def time_text(local: str, minutes: int) -> str:
    """Wall time with its offset; ``Z`` is written for true UTC alone."""
    return local + ("Z" if minutes == 0 else offset_text(minutes))


def utc_text(milliseconds: int) -> str:
    """An instant to the second, in UTC."""
    return (_EPOCH + timedelta(seconds=milliseconds // 1000)).isoformat() + "Z"


def at_offset(seconds: int, minutes: int) -> str:
    """Seconds since 1970 UTC as wall time with this offset."""
    return time_text((_EPOCH + timedelta(seconds=seconds + minutes * 60)).isoformat(), minutes)


def read_time(text: str) -> tuple[str, int]:
    """(wall time without its offset, minutes east of UTC); parts of a second are cut off.

    ValueError where it is no such time, or has no offset: the standard demands one, and none is guessed. The first
    and the last year that there are hold no time, because at another offset it would be none.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, clock, _part, offset = found.groups()
    local = f"{day}T{clock}"
    if not 1 < datetime.fromisoformat(local).year < MAXYEAR:
        raise ValueError(text)
    if offset in "Zz":
        return local, 0
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    if minutes > 14 * 60 or int(offset[-2:]) > 59:
        raise ValueError(text)
    return local, -minutes if offset[0] == "-" else minutes


def is_time(text: str) -> bool:
    """Whether ``read_time`` can read it."""
    try:
        read_time(text)
    except ValueError:
        return False
    return True


def instant(local: str, minutes: int) -> int:
    """Seconds since 1970 UTC of a wall time at an offset."""
    return int((datetime.fromisoformat(local) - _EPOCH).total_seconds()) - minutes * 60


def local_at(text: str, minutes: int) -> str:
    """The wall time at another offset of a time written with its own."""
    local, own = read_time(text)
    if own == minutes:
        return local
    moved = datetime.fromisoformat(local).replace(tzinfo=timezone(timedelta(minutes=own)))
    return moved.astimezone(timezone(timedelta(minutes=minutes))).replace(tzinfo=None).isoformat()
