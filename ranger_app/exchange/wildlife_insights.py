"""What Wildlife Insights calls things: tables, columns in the order of its upload, its words, and how it writes times.

After its bulk upload format and its downloads of 2025. Its feature types are those that Camtrap DP took over, written
as words; its times have no zone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, datetime
from pathlib import Path

PROJECTS: tuple[str, ...] = (
    *("project_id", "project_name", "project_short_name", "project_objectives", "project_species"),
    *("project_species_individual", "project_sensor_layout", "project_sensor_layout_targeted_type"),
    *("project_bait_use", "project_bait_type", "project_stratification", "project_stratification_type"),
    *("project_sensor_method", "project_individual_animals", "project_blank_images", "project_sensor_cluster"),
    *("project_admin", "project_admin_email", "project_admin_organization", "country_code", "embargo"),
    *("initiative_id", "metadata_license", "image_license", "data_citation", "count_optional", "project_type"),
)
CAMERAS: tuple[str, ...] = ("project_id", "camera_id", "make", "model", "serial_number", "year_purchased")
DEPLOYMENTS: tuple[str, ...] = (
    *("project_id", "deployment_id", "placename", "longitude", "latitude", "start_date", "end_date", "bait_type"),
    *("bait_description", "feature_type", "feature_type_methodology", "camera_id", "quiet_period"),
    *("camera_functioning", "sensor_height", "height_other", "sensor_orientation", "orientation_other"),
    *("plot_treatment", "plot_treatment_description", "detection_distance", "subproject_name", "subproject_design"),
    *("event_name", "event_description", "event_type", "recorded_by"),
)
TAXON: tuple[str, ...] = ("wi_taxon_id", "class", "order", "family", "genus", "species", "common_name")
IMAGES: tuple[str, ...] = (
    *("project_id", "deployment_id", "image_id", "location", "identified_by", *TAXON, "uncertainty", "timestamp"),
    *("number_of_objects", "highlighted", "age", "sex", "animal_recognizable", "individual_id"),
    *("individual_animal_notes", "markings", "external_sequence_id", "sequence_start_time"),
)
COLUMNS: dict[str, tuple[str, ...]] = {
    "projects": PROJECTS,
    "cameras": CAMERAS,
    "deployments": DEPLOYMENTS,
    "images": IMAGES,
}
KNOWN: dict[str, frozenset[str]] = {
    "projects": frozenset(PROJECTS),
    "cameras": frozenset((*CAMERAS, "camera_name")),
    "deployments": frozenset((*DEPLOYMENTS, "camera_name", "fuzzed", "deployment_fuzzed", "remarks")),
    "images": frozenset(
        (
            *(*IMAGES, "sequence_id", "filename", "is_blank", "behavior", "cv_confidence", "license", "fuzzed"),
            *("deployment_fuzzed", "number_of_animals", "color"),
        )
    ),
}
"""Columns of upload and download, of today and of earlier."""

MACHINE = "Computer vision"
"""Who identified a picture that only a program looked at."""
WORKING = "Camera Functioning"
FUNCTIONING: tuple[tuple[str, str], ...] = (
    ("stolen", "Theft"),
    ("damaged", "Camera Hardware Failure"),
    ("full_card", "Memory Card"),
    ("battery", "Camera Hardware Failure"),
    ("knocked_over", "Unknown Failure"),
    ("snow", "Unknown Failure"),
    ("other", "Unknown Failure"),
)
"""Reason of a failure -> its word for the whole deployment; of several failures the first in this order counts.

Its words Vandalism and Wildlife Damage say who did it, which our reasons do not, so they are never written.
"""
FEATURES: dict[str, str] = {
    "roadPaved": "Road paved",
    "roadDirt": "Road dirt",
    "trailHiking": "Trail hiking",
    "trailGame": "Trail game",
    "roadUnderpass": "Road underpass",
    "roadOverpass": "Road overpass",
    "roadBridge": "Road bridge",
    "culvert": "Culvert",
    "burrow": "Burrow",
    "nestSite": "Nest site",
    "carcass": "Carcass",
    "waterSource": "Water source",
    "fruitingTree": "Fruiting tree",
}
BAITS = ("Scent", "Meat", "Visual", "Acoustic", "Other")
LAYOUTS: dict[str, str] = {
    "targeted": "Targeted",
    "opportunistic": "Convenience",
    "simpleRandom": "Randomized",
    "systematicRandom": "Systematic",
    "clusteredRandom": "Randomized",
}
LICENCES: dict[str, tuple[str, str]] = {
    "CC0-1.0": ("CC0", "CC0"),
    "CC-BY-4.0": ("CC-BY", "CC-BY"),
    "CC-BY-NC-4.0": ("CC-BY", "CC-BY-NC"),
}
"""Licence -> that of the data and that of the pictures: data are never given as not for commerce there."""
COUNTRIES: dict[str, str] = {
    "RU": "RUS", "CN": "CHN", "KP": "PRK", "KR": "KOR", "MN": "MNG", "JP": "JPN", "KZ": "KAZ", "KG": "KGZ",
    "TJ": "TJK", "UZ": "UZB", "IN": "IND", "NP": "NPL", "BT": "BTN", "PK": "PAK", "AF": "AFG",
}  # fmt: skip
TYPES: dict[str, tuple[str, str]] = {
    "blank": ("f1856211-cfb7-4a5b-9158-c0f72fd09ee6", "Blank"),
    "human": ("990ae9dd-7a59-4344-afcb-1b7b21368000", "Human"),
    "vehicle": ("e2895ed5-780b-48f6-8a11-9e27cb594511", "Vehicle"),
    "animal": ("1f689929-883d-4dae-958c-3d57ab5b6c16", "Animal"),
    "unknown": ("", "Unknown"),
}
"""Type -> its identifier and its common name."""
PERSON = {"class": "Mammalia", "order": "Primates", "family": "Hominidae", "genus": "Homo", "species": "sapiens"}
AGES: dict[str, str] = {"adult": "Adult", "subadult": "Subadult", "juvenile": "Juvenile", "unknown": "Unknown"}
SEXES: dict[str, str] = {"female": "Female", "male": "Male", "unknown": "Unknown"}

OURS = re.compile(r"ranger-[0-9a-f]{16}")
"""The project_id of the tables that Ranger writes."""

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?)?")
_LETTERS = re.compile(r"[^a-z]")
_BY_LETTERS = {_LETTERS.sub("", word.casefold()): code for code, word in FEATURES.items()}


@dataclass(frozen=True, slots=True)
class Name:
    """A species in its columns; all empty for what is none."""

    ident: str = ""
    rank: Mapping[str, str] | None = None
    common: str = ""

    def cells(self) -> dict[str, str]:
        """The seven columns."""
        ranks = self.rank or {}
        found = {column: ranks.get(column, "") for column in TAXON}
        return found | {"wi_taxon_id": self.ident, "common_name": self.common}


def ranks(scientific: str, group: str) -> tuple[dict[str, str], bool]:
    """The columns of rank for a scientific name, and whether they say all of it: it has no column for subspecies."""
    words = scientific.split()
    found: dict[str, str] = {}
    if group == "bird":
        found["class"] = "Aves"
    elif group == "mammal":
        found["class"] = "Mammalia"
    if not words:
        return found, True
    if len(words) == 1:
        name = words[0]
        if name in ("Mammalia", "Aves", "Reptilia", "Amphibia", "Insecta"):
            return {"class": name}, True
        endings = {"idae": "family", "formes": "order", "dactyla": "order", "ivora": "order"}
        rank = next((rank for ending, rank in endings.items() if name.endswith(ending)), "genus")
        return found | {rank: name}, True
    return found | {"genus": words[0], "species": words[1]}, len(words) == 2


def feature(text: str) -> str | None:
    """Our code of a feature type; None where there is none. ValueError for a word that has no code."""
    plain = _LETTERS.sub("", text.casefold())
    if plain in ("", "none"):
        return None
    if plain not in _BY_LETTERS:
        raise ValueError(text)
    return _BY_LETTERS[plain]


def height(centimetres: int | None) -> tuple[str, str]:
    """(sensor_height, height_other). Knee height is 30 to 70 cm, chest height 100 to 150 cm, canopy from 3 m (ours).

    The exact height always stands in the second: a word alone would lose it.
    """
    if centimetres is None:
        return "Unknown", ""
    word = "Other"
    if 30 <= centimetres <= 70:
        word = "Knee height"
    elif 100 <= centimetres <= 150:
        word = "Chest height"
    elif centimetres >= 300:
        word = "Canopy"
    return word, f"{centimetres} cm"


def read_height(text: str) -> int | None:
    """Centimetres from ``45 cm`` or ``0.5 m``; None where it says anything else."""
    match = re.fullmatch(r"(\d{1,5})(?:[.,](\d{1,2}))?\s*(cm|m)", text.strip().casefold())
    if match is None:
        return None
    if match[3] == "cm":
        return int(match[1])
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def orientation(tilt: int | None, heading: int | None) -> tuple[str, str]:
    """(sensor_orientation, orientation_other): parallel up to 15 degrees, pointed downward from 60 (ours)."""
    parts = []
    if tilt is not None:
        parts.append(f"tilt {tilt} degrees")
    if heading is not None:
        parts.append(f"heading {heading} degrees")
    word = ""
    if tilt is not None:
        word = "Parallel" if abs(tilt) <= 15 else "Pointed Downward" if tilt <= -60 else "Other"
    elif heading is not None:
        word = "Other"
    return word, ", ".join(parts)


def read_orientation(text: str) -> tuple[int | None, int | None]:
    """(tilt, heading) as ``orientation`` writes them."""
    tilt = re.search(r"tilt (-?\d{1,2}) degrees", text)
    heading = re.search(r"heading (\d{1,3}) degrees", text)
    return (
        int(tilt[1]) if tilt and -90 <= int(tilt[1]) <= 90 else None,
        int(heading[1]) if heading and int(heading[1]) <= 360 else None,
    )


def bait(used: int | None, kind: str) -> tuple[str, str]:
    """(bait_type, bait_description)."""
    if used == 0:
        return "None", ""
    if used is None and not kind:
        return "", ""
    word = next((word for word in BAITS if word.casefold() == kind.casefold()), "Other")
    return word, kind


def functioning(reasons: Iterable[str]) -> str:
    """Its word for a deployment with failures for these reasons."""
    given = set(reasons)
    if not given:
        return WORKING
    return next((word for reason, word in FUNCTIONING if reason in given), "Unknown Failure")


def time_text(local: str) -> str:
    """``2021-04-11 20:43:09``."""
    return local.replace("T", " ")[:19]


def read_time(text: str) -> str:
    """Local time, ``YYYY-MM-DDTHH:MM:SS``; a date alone is its first second. ValueError where it is none."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    moment = datetime.fromisoformat(f"{match[1]}T{match[2] or '00:00'}{match[3] or ':00'}")
    if not 1 < moment.year < MAXYEAR:
        raise ValueError(text)
    return moment.isoformat()


class Writer:
    """Writes the tables row by row."""

    def __init__(self, folder: Path) -> None:
        self._files = {name: (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") for name in COLUMNS}
        self._tables = {name: csv.writer(file) for name, file in self._files.items()}
        for name, columns in COLUMNS.items():
            self._tables[name].writerow(columns)

    def row(self, table: str, cells: Mapping[str, str]) -> None:
        """Add a row; a column that is not given is empty."""
        self._tables[table].writerow([cells.get(column, "") for column in COLUMNS[table]])

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_error: object) -> None:
        for file in self._files.values():
            file.close()
