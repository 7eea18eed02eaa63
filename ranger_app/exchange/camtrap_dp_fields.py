"""From a row of Camtrap DP to the fields of a record: the only place that knows which column is which field.

What cannot be read is left out and told to ``bad``; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.exchange import camtrap_dp as standard

Row = Mapping[str, str]
Fields = dict[str, Value]
Bad = Callable[[str, str], None]
"""(column, code): ``bad_value`` where a value is not taken, ``rounded`` where digits are lost."""

_TRUE, _FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")
_WHOLE = re.compile(r"[+-]?\d{1,15}")
_BOX = ("bboxX", "bboxY", "bboxWidth", "bboxHeight")
FEATURES = tuple(choice.code for choice in kind_named("deployment").field("feature").choices)


def number(row: Row, column: str, digits: int, bad: Bad, low: int | None = None, high: int | None = None) -> int | None:
    """A number as an integer of 10**-digits; None where there is none or it is out of bounds (given in the unit)."""
    text = row.get(column, "")
    if not text:
        return None
    try:
        value = Decimal(text)
        if not value.is_finite() or abs(value) > 10**12:
            raise ValueError(text)
    except (InvalidOperation, ValueError):
        bad(column, "bad_value")
        return None
    if (low is not None and value < low) or (high is not None and value > high):
        bad(column, "bad_value")
        return None
    whole = value.scaleb(digits).to_integral_value(ROUND_HALF_EVEN)
    if whole.scaleb(-digits) != value:
        bad(column, "rounded")
    return int(whole)


def _integer(row: Row, column: str, bad: Bad, low: int, high: int = 10**15) -> int | None:
    text = row.get(column, "")
    if not text:
        return None
    if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
        bad(column, "bad_value")
        return None
    return int(text)


def _flag(row: Row, column: str, bad: Bad) -> int | None:
    text = row.get(column, "")
    if text in _TRUE:
        return 1
    if text and text not in _FALSE:
        bad(column, "bad_value")
    return 0 if text in _FALSE else None


def _word(row: Row, column: str, words: tuple[str, ...], bad: Bad) -> str | None:
    text = row.get(column, "")
    if text and text not in words:
        bad(column, "bad_value")
        return None
    return text or None


def deployment(row: Row, bad: Bad) -> Fields:
    """Fields of a deployment without what it points at. ValueError where its start or end is no time."""
    start, offset = standard.read_time(row["deploymentStart"])
    end, end_offset = standard.read_time(row["deploymentEnd"])
    if end_offset != offset:
        end = standard.local_at(row["deploymentEnd"], offset)
        bad("deploymentEnd", "offset_converted")
    return {
        "name": row.get("locationName") or row["deploymentID"],
        "start": start,
        "end": end,
        "utc_offset": offset,
        "set_by_name": row.get("setupBy") or None,
        "camera_delay": _integer(row, "cameraDelay", bad, 0),
        "height": number(row, "cameraHeight", 2, bad, 0),
        "depth": number(row, "cameraDepth", 2, bad, 0),
        "tilt": _integer(row, "cameraTilt", bad, -90, 90),
        "heading": _integer(row, "cameraHeading", bad, 0, 360),
        "detection_distance": number(row, "detectionDistance", 2, bad, 0),
        "timestamp_issues": _flag(row, "timestampIssues", bad),
        "bait": _flag(row, "baitUse", bad),
        "feature": _word(row, "featureType", FEATURES, bad),
        "habitat": row.get("habitat") or None,
        "groups": row.get("deploymentGroups") or None,
        "tags": row.get("deploymentTags") or None,
        "remarks": row.get("deploymentComments") or None,
    }


def location(row: Row, bad: Bad) -> Fields:
    """Fields of the deployment's location. ValueError where it has no coordinates on the globe."""
    latitude = number(row, "latitude", 7, bad, -90, 90)
    longitude = number(row, "longitude", 7, bad, -180, 180)
    if latitude is None or longitude is None:
        raise ValueError("latitude")
    return {
        "name": row.get("locationName") or row.get("locationID") or row["deploymentID"],
        "type": "camera_site",
        "latitude": latitude,
        "longitude": longitude,
        "uncertainty": _integer(row, "coordinateUncertainty", bad, 1),
    }


def camera(row: Row) -> Fields | None:
    """Fields of the deployment's camera, None where the row says nothing of it.

    The standard writes ``manufacturer-model``; without a hyphen inside all of it is the model.
    """
    model = row.get("cameraModel", "")
    name = row.get("cameraID", "") or model
    if not name:
        return None
    make, hyphen, rest = model.partition("-")
    split = bool(make and hyphen and rest)
    return {"name": name, "make": make if split else None, "model": (rest if split else model) or None}


def media(row: Row, offset: int | None, *, ours: bool, bad: Bad) -> Fields:
    """Fields of a picture or video without its deployment, whose UTC offset is given in minutes.

    ValueError where its timestamp is no time. In a package of ours a path inside it is no address.
    """
    local, own = standard.read_time(row["timestamp"])
    kept = ours and row["filePath"].startswith(standard.DATA_FOLDER)
    return {
        "capture_method": _word(row, "captureMethod", ("activityDetection", "timeLapse"), bad),
        "camera_time": local,
        "file_offset": own if own != offset else None,
        "address": None if kept else row["filePath"] or None,
        "file_public": None if kept else _flag(row, "filePublic", bad),
        "file_name": row.get("fileName") or None,
        "media_type": row.get("fileMediatype") or None,
        "exif": row.get("exifData") or None,
        "favourite": _flag(row, "favorite", bad),
        "remarks": row.get("mediaComments") or None,
    }


def observation(row: Row, *, ours: bool, bad: Bad) -> Fields:
    """Fields of an observation without what it points at. ValueError where its type is none of the standard's.

    Start and end of the event are kept as written. In a package of ours they, and who said it, follow from what it
    points at or stand beside the standard's tables.
    """
    if row["observationType"] not in standard.OBSERVATION_TYPES:
        raise ValueError("observationType")
    method = _word(row, "classificationMethod", ("human", "machine"), bad)
    by = row.get("classifiedBy") or None
    at = row.get("classificationTimestamp", "")
    instant = None
    if at:
        try:
            local, offset = standard.read_time(at)
            instant = standard.instant(local, offset) * 1000
            if offset:
                bad("classificationTimestamp", "as_instant")
        except ValueError:
            bad("classificationTimestamp", "bad_value")
    return {
        "event": row.get("eventID") or None,
        "event_start": None if ours else row["eventStart"],
        "event_end": None if ours else row["eventEnd"],
        "type": row["observationType"],
        "setup": _word(row, "cameraSetupType", ("setup", "calibration"), bad),
        "taxon": row.get("scientificName") or None,
        "count": _integer(row, "count", bad, 1),
        "life_stage": _word(row, "lifeStage", standard.LIFE_STAGES, bad),
        "sex": _word(row, "sex", standard.SEXES, bad),
        "behaviour": row.get("behavior") or None,
        "radius": number(row, "individualPositionRadius", 3, bad, 0),
        "angle": number(row, "individualPositionAngle", 3, bad, -90, 90),
        "speed": number(row, "individualSpeed", 3, bad, 0),
        "box": _box(row, bad),
        "method": method,
        "machine": by if method == "machine" else None,
        "by_name": None if method == "machine" or ours else by,
        "at": instant,
        "certainty": number(row, "classificationProbability", 4, bad, 0, 1),
        "tags": row.get("observationTags") or None,
        "remarks": row.get("observationComments") or None,
    }


def _box(row: Row, bad: Bad) -> str | None:
    parts = [row.get(column, "") for column in _BOX]
    if not any(parts):
        return None
    if not box_holds(parts):
        bad("bboxX", "bad_value")
        return None
    return " ".join(parts)


def box_holds(parts: list[str]) -> bool:
    """Whether these are left, top, width and height as shares of the picture, as the standard allows them."""
    try:
        values = [Decimal(part) for part in parts]
    except InvalidOperation:
        return False
    if len(values) != 4 or not all(value.is_finite() and 0 <= value <= 1 for value in values):
        return False
    return all(" " not in part for part in parts) and min(values[2:]) >= Decimal("1e-15")
