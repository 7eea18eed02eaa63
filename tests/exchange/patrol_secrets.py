"""A patrol to a tiger's den with a word of its own in every field that can hold one, and where each of them may appear.

The words are made from the declarations of the kinds, so a new field is searched for without a line here.
"""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import dataclass, field

from PIL import Image

from ranger_app.actions.sharing_view import View
from ranger_app.domain.fields import Field, Group, Type, Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.ops import create
from ranger_app.domain.values import canonical
from ranger_app.geo.tracks import pack
from ranger_app.geo.way import Way
from ranger_app.library import Library
from ranger_app.media import vault
from tests import traces

DEN = (432_712_345, 1_312_398_761)
PATH = [(431_600_013 + step * 3_571, 1_311_200_029 + step * 4_409) for step in range(40)]
CAMERA = (432_798_121, 1_312_353_117)
"""What the photo says of its place."""
START = 1_679_000_000_000
_TEXTS = (Type.TEXT, Type.LONG_TEXT)
_PLAIN = {"taxon", "category", "media_type", "camera_time_source", "ingest", "flags", "excluded", "record", "outline"}
"""Texts with a vocabulary of their own."""


def word(kind: str, name: str) -> str:
    """A text that stands nowhere else and that no compression or spelling changes."""
    return f"Zq{hashlib.sha256(f'{kind} {name}'.encode()).hexdigest()[:12]}"


@dataclass
class Den:
    """The library's patrol. ``allowed`` says for each trace in which group of which record it stands."""

    records: dict[str, bytes] = field(default_factory=dict)
    found_in: dict[str, tuple[str, bytes, Group]] = field(default_factory=dict)
    traces: traces.Traces = field(default_factory=dict)
    photo: bytes = b""

    def hidden(self, view: View) -> traces.Traces:
        """The traces that what leaves under a rule must not hold."""
        groups = {
            name: {kind: view.records(kind, [record])[record]} for name, (kind, record, _group) in self.found_in.items()
        }
        return {
            trace: data
            for trace, data in self.traces.items()
            for kind, _record, group in (self.found_in[trace.partition("|")[0]],)
            if group.value not in groups[trace.partition("|")[0]][kind]
        }

    def tell(self, name: str, kind: str, record: bytes, group: Group, found: traces.Traces) -> None:
        self.found_in[name] = (kind, record, group)
        self.traces |= {f"{name}|{trace}": data for trace, data in found.items()}


def photo_of_the_den() -> bytes:
    """A picture with a place, a name and a serial number inside."""
    exif = Image.Exif()
    exif[0x010E], exif[0xA431] = word("photo", "description"), word("photo", "serial")
    out = io.BytesIO()
    Image.effect_noise((900, 700), 60).convert("RGB").save(
        out, "JPEG", quality=88, exif=exif, comment=word("photo", "comment").encode()
    )
    return out.getvalue()


def _list(den: Den, kind: str, record: bytes, declared: Field, more: dict[str, dict[str, object]]) -> str:
    parts = declared.parts or (Field("name", ""), Field("value", ""))
    entry: dict[str, object] = {}
    for part in parts:
        if part.type in _TEXTS and part.name not in ("mark", "type", "key", "leader", "members", "by"):
            text = word(kind, f"{declared.name} {part.name}")
            entry[part.name] = text
            den.tell(f"{kind} {declared.name} {part.name}", kind, record, declared.group, traces.of_text("t", text))
    return canonical([entry | more.get(declared.name, {})])


def _filled(den: Den, kind: str, record: bytes, own: dict[str, Value], lists: dict[str, dict[str, object]]) -> None:
    declared = kind_named(kind)
    for one in declared.fields:
        if one.name in own or one.name in _PLAIN:
            continue
        if one.type in _TEXTS:
            own[one.name] = text = word(kind, one.name)
            den.tell(f"{kind} {one.name}", kind, record, one.group, traces.of_text("t", text))
        elif one.type is Type.LIST:
            own[one.name] = _list(den, kind, record, one, lists)


def made(library: Library) -> Den:
    """Write the records; the station's person is nobody."""
    den = Den()
    library.person = None
    ids = den.records = {name: library.new_id() for name in ("ranger", "patrol", "track", "den", "find", "media")}
    ranger, patrol, waypoint = ids["ranger"], ids["patrol"], ids["den"]
    people: dict[str, Value] = {"role": "ranger", "active": 1}
    _filled(den, "person", ranger, people, {})
    den.tell("person name", "person", ranger, Group.PEOPLE, traces.of_text("t", str(people["name"])))
    of_patrol: dict[str, Value] = {"date": "2023-03-16", "type": "ground", "transport": "foot", "leader": ranger,
                                   "members": canonical([ranger.hex()]), "armed": 1, "utc_offset": 600,
                                   "start": "2023-03-16T08:00:00", "end": "2023-03-16T18:00:00",
                                   "state": "draft"}  # fmt: skip
    employee = word("employee", "number")
    kept = {"people": {ranger.hex(): ["00000000", 3, 4, employee]}}
    den.tell("employee", "patrol", patrol, Group.PEOPLE, traces.of_text("t", employee))
    leg = {"number": 1, "transport": "foot", "leader": ranger.hex(), "members": ranger.hex()}
    day = {"leg": 1, "date": "2023-03-16", "start": "2023-03-16T08:00:00"}
    _filled(den, "patrol", patrol, of_patrol, {"legs": leg, "days": day, "custom": {"key": "программа"}})
    of_patrol["custom"] = (
        str(of_patrol["custom"])[:-1] + "," + canonical({"key": "smart", "value": canonical(kept)}) + "]"
    )
    way = Way()
    for step, (latitude, longitude) in enumerate(PATH):
        way.add(latitude / 1e7, longitude / 1e7, 200.0 if step % 2 else math.nan, START + step * 60_000.0, 0)
        den.tell(f"point {step}", "track", ids["track"], Group.TRACK, traces.of_place("p", latitude, longitude))
    of_track: dict[str, Value] = {"patrol": patrol, "leg": 1, "date": "2023-03-16", "points": pack(way, [0] * len(way)),
                                  "source_sha256": hashlib.sha256(b"gpx").hexdigest()}  # fmt: skip
    _filled(den, "track", ids["track"], of_track, {"overrules": {"mark": "spike"}})
    of_waypoint: dict[str, Value] = {"patrol": patrol, "leg": 1, "latitude": DEN[0], "longitude": DEN[1],
                                     "at": START + 600_000, "category": "position.markposition.", "distance": 420,
                                     "bearing": 1234, "elevation": 45678, "uncertainty": 7}  # fmt: skip
    says = canonical({"says": {"y": ["43.2712345", f"{DEN[0] / 1e7:.7f}999"]}})
    _filled(den, "waypoint", waypoint, of_waypoint, {})
    of_waypoint["imported"] = says
    den.tell("den", "waypoint", waypoint, Group.PLACE, traces.of_place("p", *DEN))
    of_find: dict[str, Value] = {"patrol": patrol, "waypoint": waypoint, "category": "animals.sign.den.", "group": 1,
                                 "number": 1, "taxon": "Panthera tigris", "by": ranger, "count": 3}  # fmt: skip
    _filled(den, "sighting", ids["find"], of_find, {"attributes": {"key": "species", "type": "TEXT"}})
    den.photo = photo_of_the_den()
    sha256 = hashlib.sha256(den.photo).hexdigest()
    of_photo: dict[str, Value] = {"patrol": patrol, "waypoint": waypoint, "sighting": ids["find"], "sha256": sha256,
                                  "bytes": len(den.photo), "media_type": "image/jpeg", "latitude": CAMERA[0],
                                  "longitude": CAMERA[1], "camera_time": "2023-03-16T10:10:00"}  # fmt: skip
    _filled(den, "media", ids["media"], of_photo, {})
    den.tell("hash", "media", ids["media"], Group.FILE, traces.of_bytes("h", bytes.fromhex(sha256)))
    den.tell("camera", "media", ids["media"], Group.PLACE, traces.of_place("p", *CAMERA))
    for name in ("description", "serial", "comment"):
        den.tell(f"exif {name}", "media", ids["media"], Group.FILE, traces.of_text("t", word("photo", name)))
    of_photo["file_name"] = f"{word('media', 'file_name')}.JPG"
    seen = library.new_id()
    library.commit(
        [
            create("person", ranger, people),
            create("patrol", patrol, of_patrol),
            create("track", ids["track"], of_track),
            create("waypoint", waypoint, of_waypoint),
            create("sighting", ids["find"], of_find),
            create("media", ids["media"], of_photo),
            create("observation", seen, {"media": ids["media"], "type": "animal", "taxon": "Panthera tigris",
                                         "method": "human"}),
        ],
        label="den",
    )  # fmt: skip
    target = vault.place(library.vault, sha256, "jpg")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(den.photo)
    return den
