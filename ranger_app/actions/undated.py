"""Pictures whose file holds no date get one only when a person says so: the file's own time, or a typed one.

What would come of it is shown first. A time once there is a fact and is not changed; undo takes the whole act back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ranger_app.actions import deployment_dates
from ranger_app.actions.deployment_dates import Window
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, change
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.store.connection import Database

FILE_TIME = "file_time"
TYPED = "typed"
LABEL = "date pictures"
_FILE_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)")
_A_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Undated:
    """A picture without a camera time. ``file_time`` is local as the file's last change was shown, None if unknown."""

    id: bytes
    file: str
    file_time: str | None
    deployment: bytes | None
    flags: tuple[str, ...]


@dataclass(slots=True)
class Outcome:
    """What dating would do or has done: of ``files`` pictures ``dated`` get times from ``first`` to ``last``.

    ``in_future`` and ``outside`` (of the dates entered for the deployment) count those whose time cannot be right.
    """

    files: int = 0
    dated: int = 0
    first: str = ""
    last: str = ""
    in_future: int = 0
    outside: int = 0
    _windows: dict[bytes | None, Window] = field(default_factory=dict)

    def answer(self) -> dict[str, object]:
        """The outcome as the command line answers it."""
        names = ("files", "dated", "first", "last", "in_future", "outside")
        return {**{name: getattr(self, name) for name in names}, "warnings": warnings(self)}


def file_time_of(path: Path) -> str | None:
    """What the file system says of a file's last change, as exiftool names and writes it; None if it says nothing.

    Cards with FAT keep the camera's local time, to two seconds; the system reads it as local time of this computer,
    so written back as such it is the camera's again.
    """
    with suppress(OSError, OverflowError, ValueError):
        changed = datetime.fromtimestamp(int(path.stat().st_mtime), UTC).astimezone()
        offset = changed.strftime("%z")
        return canonical({"FileModifyDate": f"{changed:%Y:%m:%d %H:%M:%S}{offset[:3]}:{offset[3:5]}"})
    return None


def file_time_in(exif: object) -> str | None:
    """The local file time kept in a picture's camera data, as a camera time; None where there is none."""
    if not isinstance(exif, str) or "FileModifyDate" not in exif:
        return None
    try:
        kept = json.loads(exif).get("FileModifyDate")
        matched = _FILE_TIME.match(kept)
        return datetime.fromisoformat("{}-{}-{}T{}".format(*matched.groups())).isoformat() if matched else None
    except (ValueError, AttributeError, TypeError):
        return None


def undated(
    db: Database, *, deployment: bytes | None = None, ingest: str | None = None, ids: Iterable[bytes] = ()
) -> Iterator[Undated]:
    """Pictures without a camera time: of a deployment, of an ingest, or those named, in order of folder and name."""
    chosen: list[tuple[str, Value]] = [("id = ?", one) for one in ids]
    if deployment is not None:
        chosen.append(("deployment = ?", deployment))
    if ingest is not None:
        chosen.append(("ingest = ?", ingest))
    for where, value in chosen:
        found = db.conn.execute(
            "SELECT id, folder, file_name, exif, deployment, flags FROM media"
            f" WHERE {where} AND camera_time IS NULL AND deleted = 0 ORDER BY folder, file_name, key",
            (value,),
        )
        for record, folder, name, exif, owner, flags in found:
            file = f"{folder}/{name}" if folder else name or ""
            yield Undated(record, file, file_time_in(exif), owner, tuple(json.loads(flags or "[]")))


def outcome(library: Library, pictures: Iterable[Undated], time: str | None) -> Outcome:
    """What would come of dating ``pictures``: all at ``time`` (local, as typed), or None for each at its file time."""
    said = Outcome()
    now = datetime.fromtimestamp(library.now_ms() / 1000, UTC)
    with library.read() as db:
        for one in pictures:
            _count(db, said, one, time or one.file_time, now, library.station.utc_offset)
    return said


def _count(db: Database, said: Outcome, one: Undated, given: str | None, now: datetime, own_offset: int) -> None:
    said.files += 1
    if given is None:
        return
    said.dated += 1
    said.first = min(said.first or given, given)
    said.last = max(said.last, given)
    if one.deployment not in said._windows:
        window = deployment_dates.window(db, one.deployment) if one.deployment else Window()
        said._windows[one.deployment] = window
    said.outside += said._windows[one.deployment].leaves_out(given)
    # A clock set to another zone is no mistake, so only what is ahead of every clock on Earth counts.
    here = now + timedelta(minutes=max(own_offset, 840))
    said.in_future += given > here.replace(tzinfo=None).isoformat(timespec="seconds")


def warnings(said: Outcome) -> list[str]:
    """What a person should know before taking the times, in sentences."""
    found = []
    without = said.files - said.dated
    if without:
        words = ngettext("{n} picture has no file time.", "{n} pictures have no file time.", without)
        found.append(words.format(n=without))
    if said.in_future:
        words = ngettext("{n} time lies in the future.", "{n} times lie in the future.", said.in_future)
        found.append(words.format(n=said.in_future))
    if said.outside:
        words = ngettext(
            "{n} time lies outside the dates entered for the deployment.",
            "{n} times lie outside the dates entered for the deployment.",
            said.outside,
        )
        found.append(words.format(n=said.outside))
    return found


def must_be_undated(db: Database, ids: Sequence[bytes]) -> None:
    """DataProblem NO_RECORD for an unknown picture, DATED for one that has a camera time: facts are never changed."""
    for record in ids:
        row = db.conn.execute(
            "SELECT file_name, camera_time FROM media WHERE id = ? AND deleted = 0", (record,)
        ).fetchone()
        if row is None:
            raise DataProblem(
                "NO_RECORD",
                _("There is no picture with the id {id}.").format(id=record.hex()),
                _("Look it up with: ranger media list"),
            )
        if row[1] is not None:
            raise DataProblem(
                "DATED",
                _("The picture {name} has a camera time, and that is never changed.").format(name=row[0] or ""),
                _("Correct the clock of its deployment instead."),
            )


def _is_undated(db: Database, record: bytes) -> bool:
    row = db.conn.execute("SELECT camera_time FROM media WHERE id = ? AND deleted = 0", (record,)).fetchone()
    return row is not None and row[0] is None


def date(library: Library, pictures: Sequence[Undated], time: str | None) -> Outcome:
    """Give ``pictures`` the local time ``time``, or with None each its file time; answers what was done.

    What got a time since they were listed is left alone. The deployments' dates follow where nobody typed them. It
    is one act, which undo takes back whole.
    """
    with library.read() as db:
        pictures = [one for one in pictures if _is_undated(db, one.id)]
    said = outcome(library, pictures, time)
    source = FILE_TIME if time is None else TYPED
    given = [(one, time or one.file_time) for one in pictures]
    ops: list[Op] = [
        change("media", one.id, {"camera_time": moment, "camera_time_source": source, "flags": _flags(one)})
        for one, moment in given
        if moment is not None
    ]
    act: int | None = None
    for first in range(0, len(ops), _A_BATCH):
        changes = library.commit(ops[first : first + _A_BATCH], label=LABEL, act=act)
        act = act or changes.batch
    followed: list[Op] = []
    with library.read() as db:
        for deployment in {one.deployment for one, moment in given if one.deployment and moment}:
            values = deployment_dates.from_pictures(db, deployment, follow=True)
            if values:
                followed.append(change("deployment", deployment, values))
    if followed:
        library.commit(followed, label=LABEL, act=act)
    return said


def _flags(one: Undated) -> str | None:
    left = [flag for flag in one.flags if flag != "no_date"]
    return json.dumps(left, separators=(",", ":")) if left else None
