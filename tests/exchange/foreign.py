"""Small Camtrap DP packages as other programs write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ranger_app.exchange import camtrap_dp as standard

DEPLOYMENT = {"deploymentID": "d1", "locationID": "l1", "latitude": "43.1", "longitude": "131.2",
              "deploymentStart": "2026-03-01T10:00:00+10:00", "deploymentEnd": "2026-04-01T10:00:00+10:00"}  # fmt: skip
MEDIA = {"mediaID": "m1", "deploymentID": "d1", "timestamp": "2026-03-02T10:00:00+10:00", "filePath": "https://x.org/1",
         "filePublic": "false", "fileMediatype": "image/jpeg"}  # fmt: skip
OBSERVATION = {"observationID": "o1", "deploymentID": "d1", "mediaID": "m1", "eventStart": "2026-03-02T00:00:00Z",
               "eventEnd": "2026-03-02T00:00:00Z", "observationLevel": "media",
               "observationType": "animal"}  # fmt: skip


class Given:
    """A package as a folder; its parts may be changed before it is written."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, str]]] = {
            "deployments": [dict(DEPLOYMENT)], "media": [dict(MEDIA)], "observations": [dict(OBSERVATION)]}  # fmt: skip
        self.descriptor: dict[str, Any] = {
            "profile": standard.PROFILE,
            "id": "some-data-set",
            "resources": [
                {"name": name, "path": f"{name}.csv", "schema": standard.schema(name)} for name in self.tables
            ],
        }

    def resource(self, name: str) -> dict[str, Any]:
        return next(one for one in self.descriptor["resources"] if one["name"] == name)

    def text(self, name: str) -> str:
        found = self.tables[name]
        columns = list(dict.fromkeys(column for row in found for column in row))
        return "".join(",".join(row) + "\n" for row in [columns, *([row.get(c, "") for c in columns] for row in found)])

    def write(self, folder: Path) -> Path:
        folder.mkdir()
        for name in self.tables:
            (folder / f"{name}.csv").write_text(self.text(name), encoding="utf-8", newline="\n")
        (folder / "datapackage.json").write_text(json.dumps(self.descriptor), encoding="utf-8")
        return folder
