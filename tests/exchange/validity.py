"""Asks the standard's own validator whether a Camtrap DP package is valid, without any network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from frictionless import Package
from jsonschema import Draft4Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

BEYOND = ("https://specs.frictionlessdata.io/schemas/data-package.json", "http://json.schemastore.org/geojson.json")
"""Schemas that the profile points at on the web; the first is what frictionless checks by itself."""


def problems(folder: Path, schemas: Path) -> list[str]:
    """Everything that is wrong with the package, with the table schemas and the profile of ``schemas``."""
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    found = _against_profile(described, json.loads((schemas / "camtrap-dp-profile.json").read_text(encoding="utf-8")))
    for resource in described["resources"]:
        if isinstance(resource.get("schema"), str):
            name = resource["schema"].rpartition("/")[2]
            resource["schema"] = json.loads((schemas / name).read_text(encoding="utf-8"))
    described.pop("profile")
    report = Package.from_descriptor(described, basepath=str(folder)).validate()
    found += [f"{error[0]}: {error[1]}" for error in report.flatten(["type", "message"])]
    return found


def _against_profile(described: dict[str, Any], profile: dict[str, Any]) -> list[str]:
    nothing = Resource.from_contents({}, default_specification=DRAFT4)
    registry = Registry().with_resources([(address, nothing) for address in BEYOND])
    return [error.message for error in Draft4Validator(profile, registry=registry).iter_errors(described)]
