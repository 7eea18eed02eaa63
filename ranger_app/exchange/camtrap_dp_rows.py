"""From records to the rows of Camtrap DP: every column, in the standard's vocabularies and units.

What the standard has no word for stays out of the row; ``further_fields`` carries it beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ranger_app.domain.fields import Value
from ranger_app.domain.values import scaled_text
from ranger_app.exchange import camtrap_dp as standard
from ranger_app.exchange.camtrap_dp_fields import FEATURES, box_holds

Values = Mapping[str, Value]
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a deployment is, as it may leave: 1e-7 degrees, uncertainty in metres."""

    id: str
    name: str
    latitude: int
    longitude: int
    uncertainty: int | None


@dataclass(frozen=True, slots=True)
class Device:
    """The camera of a deployment; ``model`` is ``manufacturer-model``."""

    id: str
    model: str


def camera_model(make: str, model: str) -> str:
    """``manufacturer-model``, or what is known of it."""
    return f"{make}-{model}" if make and model else model or make


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _word(value: Value, words: tuple[str, ...]) -> str:
    return value if isinstance(value, str) and value in words else ""


def _whole(value: Value, low: int, high: int = 10**15) -> str:
    return str(value) if isinstance(value, int) and low <= value <= high else ""


def _flag(value: Value) -> str:
    return {0: "false", 1: "true"}.get(value, "") if isinstance(value, int) else ""


def _metres(centimetres: Value) -> str:
    if not isinstance(centimetres, int) or centimetres < 0:
        return ""
    return f"{centimetres // 100}.{centimetres % 100:02d}"


def _decimal(value: Value, digits: int, low: int, high: int | None = None) -> str:
    """A number of 10**-digits; empty outside of the standard's bounds (in the unit)."""
    if not isinstance(value, int) or value < low * 10**digits or (high is not None and value > high * 10**digits):
        return ""
    return scaled_text(value, digits)


def deployment(ident: str, values: Values, place: Place, device: Device | None, start: str, end: str, by: str) -> Row:
    """The row of a deployment; ``start`` and ``end`` carry their offset, ``by`` is who set the camera up."""
    return {
        "deploymentID": ident,
        "locationID": place.id,
        "locationName": place.name,
        "latitude": scaled_text(place.latitude, 7),
        "longitude": scaled_text(place.longitude, 7),
        "coordinateUncertainty": _whole(place.uncertainty, 1),
        "deploymentStart": start,
        "deploymentEnd": end,
        "setupBy": by,
        "cameraID": device.id if device else "",
        "cameraModel": device.model if device else "",
        "cameraDelay": _whole(values["camera_delay"], 0),
        "cameraHeight": _metres(values["height"]),
        "cameraDepth": _metres(values["depth"]),
        "cameraTilt": _whole(values["tilt"], -90, 90),
        "cameraHeading": _whole(values["heading"], 0, 360),
        "detectionDistance": _metres(values["detection_distance"]),
        "timestampIssues": _flag(values["timestamp_issues"]),
        "baitUse": _flag(values["bait"]),
        "featureType": _word(values["feature"], FEATURES),
        "habitat": _text(values["habitat"]),
        "deploymentGroups": _text(values["groups"]),
        "deploymentTags": _text(values["tags"]),
        "deploymentComments": _text(values["remarks"]),
    }


def media(ident: str, deployment_id: str, values: Values, time: str, path: str, form: str, *, public: bool) -> Row:
    """The row of a file; ``time`` carries its offset, ``path`` is an address or inside the package, ``form`` its type.

    A type that the standard does not allow is written as a JPEG's.
    """
    return {
        "mediaID": ident,
        "deploymentID": deployment_id,
        "captureMethod": _word(values["capture_method"], ("activityDetection", "timeLapse")),
        "timestamp": time,
        "filePath": path,
        "filePublic": "true" if public else "false",
        "fileName": _text(values["file_name"]),
        "fileMediatype": form if form.startswith(("image/", "video/", "audio/")) else "image/jpeg",
        "exifData": _text(values["exif"]),
        "favorite": _flag(values["favourite"]),
        "mediaComments": _text(values["remarks"]),
    }


def observation(
    ident: str,
    deployment_id: str,
    media_id: str,
    values: Values,
    event: tuple[str, str, str],
    individual: str,
    by: str,
) -> Row:
    """The row of an observation; ``event`` is its id, start and end (with offsets), ``by`` a person or program."""
    box = _text(values["box"]).split(" ")
    if not box_holds(box):
        box = ["", "", "", ""]
    at = values["at"]
    kind = _text(values["type"])
    return {
        "observationID": ident,
        "deploymentID": deployment_id,
        "mediaID": media_id,
        "eventID": event[0],
        "eventStart": event[1],
        "eventEnd": event[2],
        "observationLevel": "media" if media_id else "event",
        "observationType": kind if kind in standard.OBSERVATION_TYPES else "unclassified",
        "cameraSetupType": _word(values["setup"], ("setup", "calibration")),
        "scientificName": _text(values["taxon"]),
        "count": _whole(values["count"], 1),
        "lifeStage": _word(values["life_stage"], standard.LIFE_STAGES),
        "sex": _word(values["sex"], standard.SEXES),
        "behavior": _text(values["behaviour"]),
        "individualID": individual,
        "individualPositionRadius": _decimal(values["radius"], 3, 0),
        "individualPositionAngle": _decimal(values["angle"], 3, -90, 90),
        "individualSpeed": _decimal(values["speed"], 3, 0),
        "bboxX": box[0],
        "bboxY": box[1],
        "bboxWidth": box[2],
        "bboxHeight": box[3],
        "classificationMethod": _word(values["method"], ("human", "machine")),
        "classifiedBy": by,
        "classificationTimestamp": standard.utc_text(at) if isinstance(at, int) else "",
        "classificationProbability": _decimal(values["certainty"], 4, 0, 1),
        "observationTags": _text(values["tags"]),
        "observationComments": _text(values["remarks"]),
    }
