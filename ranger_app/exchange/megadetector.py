"""MegaDetector batch output (JSON, format versions 1.0 to 1.6): what a detector found in each file, nothing more.

Field meanings after the format's own documentation; unknown keys are passed over, a missing list is a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from ranger_app.errors import DataProblem
from ranger_app.i18n import _

MOST_BYTES = 2 << 30
"""A million pictures take about half of this."""
MOST_DETECTIONS = 50
"""Of one file; the surest are kept."""
TYPES = {"animal": "animal", "person": "human", "vehicle": "vehicle", "human": "human"}
_OLD = "MegaDetector v4"
"""Files without a detector's name are almost always of this version."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing found: an observation type, how sure (1/10,000), where ("left top width height"), which species.

    ``taxon`` is the name a classifier gave with ``taxon_certainty``; ``frame`` the frame of a video.
    """

    type: str
    certainty: int
    box: str
    taxon: str = ""
    taxon_certainty: int = 0
    frame: int | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in one file (path as written, ``/`` between folders), surest first; ``failure`` in its words."""

    file: str
    found: tuple[Detection, ...]
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A whole output. ``machine`` names the detector and classifier; ``typical`` is its threshold in 1/10,000."""

    machine: str
    typical: int
    images: tuple[Looked, ...]


class _Raw(msgspec.Struct):
    images: list[dict[str, Any]]
    detection_categories: dict[str, str]
    info: dict[str, Any] = {}
    classification_categories: dict[str, str] | None = None


# Certainties and boxes as they were written, not as the nearest binary fraction.
_decoder = msgspec.json.Decoder(_Raw, float_hook=Decimal)


def read(path: Path) -> Output:
    """Read an output file; DataProblem where it is none, or of a version that is not known."""
    if path.stat().st_size > MOST_BYTES:
        raise _wrong(_("The file is too large."))
    try:
        raw = _decoder.decode(path.read_bytes())
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _wrong(_("It cannot be read ({reason}).").format(reason=str(error)[:120])) from error
    version = str(raw.info.get("format_version") or "1.0")
    if version.partition(".")[0] not in ("1", ""):
        raise _wrong(_("Its format version {version} is not known.").format(version=version[:20]))
    images = tuple(_images(raw))
    return Output(_machine(raw.info), _typical(raw.info), images)


def _wrong(what: str) -> DataProblem:
    return DataProblem(
        "NOT_MEGADETECTOR",
        _("This is no output of MegaDetector. {what}").format(what=what),
        _("Choose the JSON file that the detector wrote."),
    )


def _machine(info: dict[str, Any]) -> str:
    about = info.get("detector_metadata")
    version = about.get("megadetector_version") if isinstance(about, dict) else None
    detector = str(version or info.get("detector") or _OLD)
    classifier = info.get("classifier")
    name = detector if not classifier else f"{detector} + {classifier}"
    return " ".join(name.replace("\\", "/").rsplit("/", 1)[-1].split())[:120] if not classifier else name[:120]


def _typical(info: dict[str, Any]) -> int:
    about = info.get("detector_metadata")
    given = about.get("typical_detection_threshold") if isinstance(about, dict) else None
    known = share(given)
    # 0.2 since version 5, 0.8 before, as the detector's documentation recommends.
    return known or (2000 if info.get("detector") or about else 8000)


def share(value: Any) -> int:
    """A number between 0 and 1 in 1/10,000; 0 where it is none."""
    try:
        number = Decimal(value) if isinstance(value, int | Decimal | str) else Decimal(0)
        return round(number * 10_000) if 0 <= number <= 1 else 0
    except (ArithmeticError, ValueError):
        return 0


def _images(raw: _Raw) -> Iterator[Looked]:
    categories = {key: TYPES.get(str(name).strip().casefold(), "unknown") for key, name in
                  raw.detection_categories.items() if str(name).strip()}  # fmt: skip
    names = raw.classification_categories or {}
    for image in raw.images:
        file = image.get("file")
        if not isinstance(file, str) or not file:
            continue
        path = file.replace("\\", "/")
        detections = image.get("detections")
        failure = image.get("failure")
        if not isinstance(detections, list):
            yield Looked(path, (), str(failure or "no detections")[:200])
            continue
        if any(_unsure(item, categories) for item in detections):
            # To count it as nothing would call a picture blank that the detector saw something in.
            yield Looked(path, (), "a detection without a certainty from 0 to 1")
            continue
        found = [one for item in detections if (one := _detection(item, categories, names)) is not None]
        found.sort(key=lambda one: (-one.certainty, one.box))
        yield Looked(path, tuple(found[:MOST_DETECTIONS]), str(failure or "")[:200])


def _unsure(item: Any, categories: dict[str, str]) -> bool:
    if not isinstance(item, dict) or str(item.get("category")) not in categories:
        return False
    conf: Any = item.get("conf")
    try:
        return not 0 <= Decimal(conf) <= 1
    except (ArithmeticError, TypeError, ValueError):
        return True


def _detection(item: Any, categories: dict[str, str], names: dict[str, str]) -> Detection | None:
    if not isinstance(item, dict) or str(item.get("category")) not in categories:
        return None  # an unlisted category is no detection
    box = item.get("bbox")
    taxon, sure = "", 0
    for entry in item.get("classifications") or []:
        if isinstance(entry, list) and len(entry) == 2 and share(entry[1]) > sure:
            taxon, sure = str(names.get(str(entry[0]), "")), share(entry[1])
    frame = item.get("frame_number")
    return Detection(
        type=categories[str(item["category"])],
        certainty=share(item.get("conf")),
        box=_box(box) if isinstance(box, list) else "",
        taxon=" ".join(taxon.split())[:120],
        taxon_certainty=sure,
        frame=frame if isinstance(frame, int) and not isinstance(frame, bool) else None,
    )


def _box(box: list[Any]) -> str:
    """The four shares as they were written; empty where they are not four shares of a picture."""
    if len(box) != 4 or not all(isinstance(one, int | Decimal) and not isinstance(one, bool) for one in box):
        return ""
    left, top, width, height = (Decimal(one) for one in box)
    # Rounding in detectors puts edges a hair outside the picture.
    if not (-1 <= left <= 1 and -1 <= top <= 1 and 0 < width <= 2 and 0 < height <= 2):
        return ""
    return " ".join(f"{one:f}"[:12] for one in (left, top, width, height))
