"""A camera season of made-up records with every turn that an exchange format could lose."""

from __future__ import annotations

from ranger_app.domain.fields import Value
from ranger_app.domain.ops import create
from ranger_app.domain.values import canonical
from ranger_app.library import Library


class Season:
    """Records with every turn that a round trip could lose."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.ids: dict[str, bytes] = {}
        add = self.add
        add("person", "ranger 1", {"name": "Ranger 1", "role": "ranger", "active": 1})
        add("taxon", "taxon", {"scientific": "Sus scrofa ussuricus", "english": "Ussuri boar"})
        site = {"type": "camera_site", "latitude": 431234567, "longitude": 1311234567, "country": "RU"}
        add("location", "ridge", {"name": "Ridge, east", **site, "uncertainty": 12, "remarks": "a\r\nb"})
        add("location", "nowhere", {"name": "No coordinates", "type": "camera_site"})
        add("camera", "camera", {"name": "C1", "make": "Reconyx", "model": "HF-2X", "serial_number": "NA"})
        add("individual", "tiger", {"code": "T1", "taxon": "Panthera tigris", "sex": "unknown"})
        add("individual", "leopard", {"code": "T1", "taxon": "Panthera pardus", "mother": self.ids["tiger"]})
        base = {"location": self.ids["ridge"], "camera": self.ids["camera"], "utc_offset": 600}
        dates = {"start": "2026-03-01T10:00:00", "end": "2026-06-01T09:30:00"}
        add(
            "deployment",
            "full",
            {
                "name": "Ridge 2026",
                **base,
                **dates,
                "set_by": self.ids["ranger 1"],
                "height": 45,
                "tilt": -15,
                "habitat": "NA",
                "feature": "trailGame",
                "bait": 0,
                "looks": 2,
                "bait_kind": "scent",
                "tags": "",
                "failures": canonical(
                    [{"from": "2026-04-01T00:00:00", "to": "2026-04-03T12:00:00", "reason": "snow", "remarks": "deep"}]
                ),
                "clock_corrections": canonical([{"method": "shift", "seconds": -3600, "reason": "set to Tokyo"}]),
                "paired_with": b"\7" * 16,
                "remarks": "\\ leading",
            },
        )
        add("deployment", "running", {"name": "Running", **base, "start": "2026-03-01T10:00:00"})
        add("deployment", "no place", {"name": "No place", "location": self.ids["nowhere"], "utc_offset": 600, **dates})
        add("deployment", "empty", {"name": "No dates, no pictures", **base})
        for number in range(4):
            self.picture(f"p{number}", "full", f"2026-04-05T13:00:0{number}", sha256=f"{number:064x}", bytes=number)
        self.picture("undated", "full", None, flags="no_camera_time")
        self.picture("phone", "full", "2026-04-05T08:00:00", file_offset=480, media_type="video/mp4", favourite=1)
        self.picture("linked", "full", "2026-04-06T08:00:00", address="https://example.org/a.jpg", file_public=1)
        self.picture("odd path", "full", "2026-04-07T08:00:00", address="/cards/../a.jpg", media_type="text/plain")
        self.picture("last", "running", "2026-05-05T08:00:00")
        self.picture("placeless", "no place", "2026-05-05T08:00:00")
        said = {"deployment": self.ids["full"], "by": self.ids["ranger 1"], "at": 1_775_000_000_123, "method": "human"}
        of_p0 = {"media": self.ids["p0"], "type": "animal", "taxon": "Panthera tigris", **said}
        known = {"individual": self.ids["tiger"], "flank": "left", "sureness": "probable"}
        add("observation", "one", of_p0 | known | {"count": 2, "sex": "unknown"})
        pictures = canonical([self.ids[f"p{number}"].hex() for number in range(3)])
        event = {"pictures": pictures, "type": "animal", "taxon": "Panthera pardus", "event": self.ids["p0"].hex()}
        add("observation", "event", event | said | {"individual": self.ids["leopard"], "count": 0, "look": "second"})
        machine = {"method": "machine", "machine": "detector 5a", "certainty": 9375, "box": "0.1 0.25 0.5 0.125"}
        of_p1 = {"media": self.ids["p1"], "type": "animal", "deployment": self.ids["full"], "at": 1_775_000_000_000}
        add("observation", "machine", of_p1 | machine)
        add("observation", "of undated", {"media": self.ids["undated"], "type": "blank", **said})
        add("observation", "of nothing", {"type": "unknown", **said})
        add("observation", "human", {"media": self.ids["p3"], "type": "human", **said, "remarks": 'a "quote"\n,'})
        boar = {"type": "animal", "taxon": "Sus scrofa ussuricus"}
        add("observation", "names no deployment", boar | {"media": self.ids["linked"]})
        add("observation", "placeless", boar | {"media": self.ids["placeless"], "deployment": self.ids["no place"]})

    def add(self, kind: str, name: str, fields: dict[str, Value]) -> None:
        record = self.ids[name] = self.library.new_id()
        self.library.commit([create(kind, record, fields)], label="add")

    def picture(self, name: str, deployment: str, time: str | None, **more: Value) -> None:
        fields: dict[str, Value] = {"deployment": self.ids[deployment], "camera_time": time, "file_name": f"{name}.JPG"}
        self.add("media", name, fields | {"media_type": "image/jpeg"} | more)
