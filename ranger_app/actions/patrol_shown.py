"""Patrols as a rule lets them be seen: the same fields for every format that they are written in.

A writer of a format gets nothing else to see, so it cannot tell what is withheld; what was held back is counted here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ranger_app.actions import bundle_pictures, originals
from ranger_app.actions.formats import ExportReport, ExportRequest
from ranger_app.actions.sharing_view import Picture, View
from ranger_app.domain import coarse
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.sharing import FULL
from ranger_app.exchange.csv_tables import holds_back, told
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.connection import Database
from ranger_app.sync.packs import NO_HASH

Fields = dict[str, Value]
_TURN = 500
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(slots=True)
class Part:
    """One record with the fields that may leave. ``rough``: its place is the middle of a cell."""

    id: bytes
    values: Fields
    rough: bool = False

    def text(self, name: str) -> str:
        """The field as text, empty where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """The field as a whole number, None where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, int) else None

    @property
    def degrees(self) -> tuple[float, float] | None:
        """Latitude and longitude, None where none may be told."""
        latitude, longitude = self.number("latitude"), self.number("longitude")
        return None if latitude is None or longitude is None else (latitude / 1e7, longitude / 1e7)


@dataclass(slots=True)
class ShownPatrol:
    """One patrol with all that belongs to it. ``names`` are of the persons who may be named."""

    record: Part
    tracks: list[Part] = field(default_factory=list)
    waypoints: list[Part] = field(default_factory=list)
    finds: list[Part] = field(default_factory=list)
    photos: list[Part] = field(default_factory=list)
    names: Mapping[bytes, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What to call it: its name, or letters that tell nothing."""
        return self.record.text("name") or code(self.record.id)

    @property
    def stem(self) -> str:
        """The name of its file: the date, where it is one, and letters that tell nothing."""
        date = self.record.text("date")
        return f"{date if _DATE.fullmatch(date) else 'undated'}-{code(self.record.id)}"

    def finds_at(self, waypoint: bytes) -> list[Part]:
        """The finds of a waypoint in their order."""
        return [one for one in self.finds if one.values.get("waypoint") == waypoint]


def code(record: bytes) -> str:
    """A short name of a record that tells nothing of it."""
    return f"P-{record.hex()[:8]}"


class Shown:
    """All records that may leave under a request, as things stand when it is made."""

    def __init__(self, library: Library, db: Database, request: ExportRequest, report: ExportReport) -> None:
        self._library, self._db = library, db
        self.exact = request.exact
        self._view = None if request.exact else View(db, request.shown, library.now_ms())
        self._leaving = View(db, FULL, library.now_ms()) if self._view is None else self._view
        self._report = report
        self._names: dict[bytes, str] | None = None

    @property
    def names(self) -> Mapping[bytes, str]:
        """The names of the persons who may be named."""
        if self._names is None:
            found = self.records("person", count=False)
            self._names = {one.id: one.text("name") for one in found if one.text("name")}
        return self._names

    def records(
        self, kind: str, where: str = "", params: Sequence[Value] = (), order: str = "id", *, count: bool = True
    ) -> Iterator[Part]:
        """The records of a kind that meet an SQL condition, each with what may leave of it."""
        declared = kind_named(kind)
        found = rows.find(self._db, kind, where, params, order=order)
        while turn := list(islice(found, _TURN)):
            groups = self._view.records(kind, [one.id for one in turn]) if self._view else {}
            for record in turn:
                values = told(declared, record, groups[record.id]) if self._view else record.values
                if count and holds_back(record, values):
                    self._report.withheld[kind] += 1
                if values is not None:
                    rough = self._view is not None and coarse.PLACE not in groups[record.id]
                    yield Part(record.id, values, rough and values.get("latitude") is not None)

    def number(self, kind: str) -> int:
        """How many records of a kind there are, for the progress."""
        return rows.number(self._db, kind)

    def number_of(self, kind: str, where: str, params: Sequence[Value]) -> int:
        """How many records meet an SQL condition, whether they may leave or not."""
        return sum(1 for _one in rows.find(self._db, kind, where, params, order=""))

    def patrols(self) -> Iterator[ShownPatrol]:
        """Every patrol that may leave, by date."""
        for record in self.records("patrol", order="date, id"):
            one = ShownPatrol(record, names=self.names)
            of = ("patrol=?", (record.id,))
            one.tracks = list(self.records("track", *of, order='"start", id'))
            one.waypoints = list(self.records("waypoint", *of, order="at, name, id"))
            one.finds = list(self.records("sighting", *of, order='"group", number, id'))
            one.photos = list(self.records("media", *of, order="camera_time, file_name, id"))
            yield one

    def pictures(self, photos: Sequence[Part]) -> dict[bytes, Picture]:
        """What may leave of these pictures as pictures."""
        return self._leaving.pictures([one.id for one in photos])

    def picture(self, photo: Part, state: Picture) -> tuple[bytes, str] | None:
        """The bytes of a picture as it may leave and the ending of the file; None where there is nothing to give."""
        if state == "none":
            return None
        if state == "redacted":
            key = NO_HASH + photo.id
            large = photo.id in self._leaving.large_copies([photo.id])
            jpeg = (bundle_pictures.copy(self._library, key) if large else None) or bundle_pictures.thumbnail(
                self._library, key
            )
            return (jpeg, "jpg") if jpeg else None
        sha256 = photo.text("sha256")
        if not sha256:
            return None
        if state == "thumbnail":
            jpeg = bundle_pictures.thumbnail(self._library, bytes.fromhex(sha256))
            return (jpeg, "jpg") if jpeg else None
        path = originals.find(self._library, sha256)
        if path is None:
            return None
        try:
            return path.read_bytes(), path.suffix.removeprefix(".")
        except OSError:
            return None


def files_of(shown: Shown, one: ShownPatrol, report: ExportReport) -> Iterator[tuple[Part, str, bytes]]:
    """The photos of a patrol that leave: (photo, the name to give it, its bytes); the others are counted or listed.

    The original's own name is given only to an original; two files of one name get a number.
    """
    states = shown.pictures(one.photos)
    taken: dict[str, bytes] = {}
    small = 0
    for photo in one.photos:
        state = states.get(photo.id, "none")
        if state == "none":
            report.withheld["files"] += 1
            continue
        found = shown.picture(photo, state)
        if found is None:
            reason = _("The file is not in the library or cannot be read, and was not written.")
            named = photo.text("file_name") or photo.id.hex()
            report.failed.append({"file": named, "code": "file_missing", "reason": reason})
            continue
        data, ending = found
        small += state != "original"
        name = safe_name(photo.text("file_name")) if state == "original" else ""
        name = name or f"{photo.id.hex()[:16]}.{ending}"
        stem, dot, last = name.rpartition(".")
        number = 1
        digest = hashlib.sha256(data).digest()
        while taken.get(name.casefold(), digest) != digest:  # one file may be named by several finds
            number += 1
            name = f"{stem} ({number}){dot}{last}" if dot else f"{last} ({number})"
        taken[name.casefold()] = digest
        if state == "original" and name != photo.text("file_name"):
            reason = _("Written as {name}.").format(name=name)
            report.failed.append({"file": photo.text("file_name"), "code": "renamed", "reason": reason})
        yield photo, name, data
    if small:
        reason = ngettext(
            "{n} photo left as a small copy of ours: its original may not leave, or nobody has looked at it yet.",
            "{n} photos left as small copies of ours: their originals may not leave, or nobody has looked at them yet.",
            small,
        ).format(n=small)
        report.failed.append({"file": one.title, "code": "small_copies", "reason": reason})


def safe_name(name: str) -> str:
    """A file name without what a file system or a path could take amiss; empty where nothing is left."""
    plain = "".join("_" if char in '<>:"/\\|?*' or ord(char) < 32 else char for char in name).strip(" .")
    stem = plain.partition(".")[0].casefold()
    if stem in ("con", "prn", "aux", "nul") or (stem[:3] in ("com", "lpt") and stem[3:].isdigit()):
        plain = f"_{plain}"
    while len(plain.encode()) > 200:
        stem, dot, last = plain.rpartition(".")
        plain = stem[:-1] + dot + last if dot and len(last) < 10 and stem else plain[:-1]
    return plain
