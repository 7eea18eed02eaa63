"""From a row of Wildlife Insights to the fields of a record: the only place that knows which column is which field.

A person must never become an animal by a word of theirs, because pictures of people stay where those of animals leave.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.ids import read_id
from ranger_app.exchange import wildlife_insights as standard
from ranger_app.exchange.header_tables import Row

Fields = dict[str, Value]
Bad = Callable[[str], None]
"""Told a value that cannot be read and is left out."""

TYPE_IDS = {ident: kind for kind, (ident, _word) in standard.TYPES.items() if ident}
_SEXES = {word.casefold(): code for code, word in standard.SEXES.items()}
_AGES = {word.casefold(): code for code, word in standard.AGES.items()}
_YES = ("1", "true", "yes")
_NOTHING = ("", "no cv result")
_AT_WORK = ("camera trapper", "maintenance")
_SAID = (
    *("identified_by", "is_blank", *standard.TAXON, "number_of_objects", "number_of_animals", "age", "sex"),
    *("individual_id", "behavior", "individual_animal_notes", "markings", "color", "uncertainty"),
)
_SPELT_OUT = (
    *("feature_type_methodology", "plot_treatment", "plot_treatment_description", "subproject_design"),
    *("event_name", "event_description", "event_type", "remarks"),
)
"""Columns without a field of their own: they stand in the remarks, each with its name."""


def deployment(row: Row, bad: Bad) -> Fields:
    """Fields of a deployment without what it points at. ValueError where its start or end is no time."""
    bait = row.get("bait_type", "")
    bait_kind = row.get("bait_description") or (bait if bait.casefold() not in ("", "none", "other") else "")
    tilt, heading = standard.read_orientation(row.get("orientation_other", ""))
    height = standard.read_height(row.get("height_other", ""))
    remarks = [f"{column}: {row[column]}" for column in _SPELT_OUT if row.get(column)]
    for column, taken in (("height_other", height is not None), ("orientation_other", (tilt, heading) != (None, None))):
        word = column.replace("height_other", "sensor_height").replace("orientation_other", "sensor_orientation")
        if not taken and row.get(word) and row[word] != "Unknown":
            remarks.append(f"{word}: {row[word]} {row.get(column, '')}".strip())
    if row.get("camera_functioning") and row["camera_functioning"] != standard.WORKING:
        remarks.append(f"camera_functioning: {row['camera_functioning']}")
    feature = None
    try:
        feature = standard.feature(row.get("feature_type", ""))
    except ValueError:
        remarks.append(f"feature_type: {row['feature_type']}")
    name = row["deployment_id"]
    if read_id(name) and standard.OURS.fullmatch(row.get("project_id", "")):
        name = row.get("placename") or name
    return {
        "name": name,
        "start": standard.read_time(row["start_date"]) if row["start_date"] else None,
        "end": standard.read_time(row["end_date"]) if row["end_date"] else None,
        "bait": None if not bait else int(bait.casefold() != "none"),
        "bait_kind": bait_kind or None,
        "feature": feature,
        "camera_delay": _number(row, "quiet_period", 0, bad),
        "detection_distance": _number(row, "detection_distance", 2, bad),
        "height": height,
        "tilt": tilt,
        "heading": heading,
        "groups": row.get("subproject_name") or None,
        "set_by_name": row.get("recorded_by") or None,
        "remarks": "; ".join(remarks) or None,
    }


def says_something(row: Row) -> bool:
    """Whether a row of a picture says what it shows."""
    if row.get("is_blank", "").casefold() in _YES:
        return True
    named = [row.get(column, "").casefold() for column in standard.TAXON]
    return any(text not in _NOTHING and text != "f2efdae9-efb8-48fb-8a91-eccf79ab4ffb" for text in named)


def content(row: Row) -> str:
    """What a row says, as written: the same in every library, whatever names this one knows."""
    return "\0".join(row.get(column, "") for column in _SAID)


def observation(row: Row, bad: Bad) -> Fields:
    """Fields of what a row says of its picture, without what it points at."""
    kind, taxon, setup = _shown(row)
    by = row.get("identified_by", "")
    machine = by.casefold() in (standard.MACHINE.casefold(), "cv")
    notes = [row.get(column, "") for column in ("individual_animal_notes", "markings", "color", "uncertainty")]
    count = _number(row, "number_of_objects" if row.get("number_of_objects") else "number_of_animals", 0, bad)
    return {
        "type": kind,
        "taxon": taxon or None,
        "setup": "setup" if setup else None,
        "count": count or None,
        "sex": _word(row, "sex", _SEXES, bad),
        "life_stage": _word(row, "age", _AGES, bad),
        "behaviour": row.get("behavior") or None,
        "method": "machine" if machine else "human",
        "machine": f"Wildlife Insights {standard.MACHINE}" if machine else None,
        "certainty": _share(row.get("cv_confidence", ""), bad) if machine else None,
        "by_name": None if machine else by or None,
        "look": "first",
        "event": row.get("external_sequence_id") or row.get("sequence_id") or None,
        "remarks": "; ".join(note for note in notes if note) or None,
    }


def _shown(row: Row) -> tuple[str, str, bool]:
    """(type, species, whether people were at work on the camera)."""
    common = row.get("common_name", "")
    folded = taxa.fold(common)
    genus, species = row.get("genus", ""), row.get("species", "")
    told = TYPE_IDS.get(row.get("wi_taxon_id", ""))
    if folded.startswith("human") or genus.casefold() == "homo" or told == "human":
        return "human", "", any(word in folded for word in _AT_WORK)
    kind = told or taxa.type_of(common)
    if kind == "human":
        return "human", "", False
    if row.get("is_blank", "").casefold() in _YES or kind == "blank" or folded == "misfire":
        return "blank", "", False
    lowest = next((row[rank] for rank in ("genus", "family", "order", "class") if row.get(rank)), "")
    scientific = f"{genus} {species}".strip() if genus and species else lowest
    if scientific and scientific.casefold() not in _NOTHING:
        scientific = scientific[:1].upper() + scientific[1:]
        return "animal", taxa.match(scientific) or scientific, False
    if kind:
        return kind, "", False
    if folded.startswith("unknown"):
        return "unknown", "", False
    return "animal", taxa.match(common) or common, False


def _number(row: Row, column: str, digits: int, bad: Bad) -> int | None:
    text = row.get(column, "")
    if not text:
        return None
    try:
        value = Decimal(text)
        if not value.is_finite() or not 0 <= value <= 10**9:
            raise ValueError(text)
    except (InvalidOperation, ValueError):
        bad(text)
        return None
    return int(value.scaleb(digits).to_integral_value(ROUND_HALF_EVEN))


def _share(text: str, bad: Bad) -> int | None:
    if not text:
        return None
    try:
        value = Decimal(text)
        if not value.is_finite() or not 0 <= value <= 1:
            raise ValueError(text)
    except (InvalidOperation, ValueError):
        bad(text)
        return None
    return int(value.scaleb(4).to_integral_value(ROUND_HALF_EVEN))


def _word(row: Row, column: str, words: dict[str, str], bad: Bad) -> str | None:
    text = row.get(column, "")
    if not text:
        return None
    found = words.get(text.casefold())
    if found is None:
        bad(text)
    return found
