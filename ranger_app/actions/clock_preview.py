"""What a clock correction would do, before it is taken: pictures before and after, and those it cannot help.

Nothing is written here; ``deployment_times`` writes what a person decided after looking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ranger_app.domain.clock import machine_of, words_of
from ranger_app.domain.fields import Value
from ranger_app.domain.time import Correction, corrected, correction, corrections, mends, reaches
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record

SAMPLES = 7
"""How many pictures are shown of those that change."""
_GRACE = 59
"""Seconds after the minute a deployment ends in: dates are entered to the minute."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture: its local time now and with the correction, as ``2025-01-31T14:05:00``; ``cannot`` = it stays."""

    media: bytes
    file_name: str
    written: str
    before: str
    after: str
    cannot: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change. Times are local at the deployment, empty where no picture has one."""

    words: str
    machine: str
    pictures: int
    changed: int
    not_meant: int
    """Pictures whose camera time lies outside the times the correction is for."""
    cannot: int
    """Pictures it is meant for but cannot help: their day and month cannot be swapped, say."""
    undated: int
    first: tuple[str, str]
    last: tuple[str, str]
    outside: tuple[int, int]
    """Pictures outside the deployment's dates, before and after."""
    dates: dict[str, Value]
    """Dates of the deployment that would move with the pictures because they were taken from them."""
    samples: tuple[Sample, ...]


def preview(db: Database, found: Record, entry: Mapping[str, Any], *, instead: bool = False) -> Preview:
    """What ``entry`` (checked, see ``deployment_times``) would do on top of a deployment's corrections.

    ``instead``: in place of all corrections there are.
    """
    now = corrections(found.values.get("clock_corrections"))
    one = correction(entry) or Correction("shift", None, None)
    then = [one] if instead else [*now, one]
    rows = _pictures(db, found.id)
    offset = found["utc_offset"] if isinstance(found["utc_offset"], int) else 0
    seen = []
    undated = 0
    for media, name, written, own in rows:
        was = _local(written, now, own, offset)
        if was is None:
            undated += 1
            continue
        will = _local(written, then, own, offset) or was
        base = corrected(written, [] if instead else now)
        can = base is not None and mends(one, base, written)
        meant = can or reaches(one, written)
        seen.append((was, will, Sample(media, name, written, _text(was), _text(will), meant and not can), meant))
    seen.sort(key=lambda item: (item[2].written, item[2].file_name))
    dates = _moved(found, [(was, will) for was, will, _sample, _meant in seen])
    window = (_time(found.text("start")), _time(found.text("end")))
    later = (_time(str(dates.get("start") or found.text("start"))), _time(str(dates.get("end") or found.text("end"))))
    return Preview(
        words=words_of(one),
        machine=machine_of(one),
        pictures=len(rows),
        changed=sum(was != will for was, will, _sample, _meant in seen),
        not_meant=sum(not meant for _was, _will, _sample, meant in seen),
        cannot=sum(sample.cannot for _was, _will, sample, _meant in seen),
        undated=undated,
        first=_edge(seen, min),
        last=_edge(seen, max),
        outside=(
            sum(_is_outside(was, window) for was, _will, _sample, _meant in seen),
            sum(_is_outside(will, later) for _was, will, _sample, _meant in seen),
        ),
        dates=dates,
        samples=_chosen(seen),
    )


def moved_dates(db: Database, found: Record, corrections_text: Value) -> dict[str, Value]:
    """The deployment's dates that move when its corrections become ``corrections_text``.

    A date that is exactly the first or last picture's was taken from it when the card was emptied: with a corrected
    clock it would stay behind as a moment that never was.
    """
    if not found.text("start") and not found.text("end"):
        return {}
    now, then = corrections(found.values.get("clock_corrections")), corrections(corrections_text)
    offset = found["utc_offset"] if isinstance(found["utc_offset"], int) else 0
    times = []
    for _media, _name, written, own in _pictures(db, found.id):
        was, will = _local(written, now, own, offset), _local(written, then, own, offset)
        if was is not None and will is not None:
            times.append((was, will))
    return _moved(found, times)


def answer(made: Preview) -> dict[str, object]:
    """A preview for the command line."""
    return {
        "correction": made.words,
        "machine": made.machine,
        "pictures": made.pictures,
        "changed": made.changed,
        "not_meant": made.not_meant,
        "cannot": made.cannot,
        "undated": made.undated,
        "first": {"before": made.first[0] or None, "after": made.first[1] or None},
        "last": {"before": made.last[0] or None, "after": made.last[1] or None},
        "outside_deployment": {"before": made.outside[0], "after": made.outside[1]},
        "dates": made.dates,
        "samples": [
            {
                "media_id": one.media.hex(),
                "file_name": one.file_name,
                "camera_time": one.written,
                "before": one.before,
                "after": one.after,
                "cannot": one.cannot,
            }
            for one in made.samples
        ],
    }


_Seen = tuple[datetime, datetime, Sample, bool]


def _pictures(db: Database, deployment: bytes) -> list[tuple[bytes, str, str, int | None]]:
    found = db.conn.execute(
        "SELECT id, file_name, camera_time, file_offset FROM media WHERE deployment=? AND deleted=0", (deployment,)
    ).fetchall()
    return [(row[0], row[1] or "", row[2] or "", row[3]) for row in found]


def _local(written: str, applied: Sequence[Correction], own: int | None, offset: int) -> datetime | None:
    """The right time on the deployment's clock; a file with an offset of its own is brought to it."""
    time = corrected(written, applied)
    return time + timedelta(minutes=offset - own) if time is not None and own is not None else time


def _text(time: datetime) -> str:
    return time.replace(tzinfo=None).isoformat(timespec="seconds")


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def _is_outside(time: datetime, window: tuple[datetime | None, datetime | None]) -> bool:
    start, end = window
    return bool((start and time < start) or (end and time > end + timedelta(seconds=_GRACE)))


def _moved(found: Record, times: Sequence[tuple[datetime, datetime]]) -> dict[str, Value]:
    if not times:
        return {}
    moved: dict[str, Value] = {}
    for name, edge in (("start", min), ("end", max)):
        was, will = (edge(one[place] for one in times) for place in (0, 1))
        if _time(found.text(name)) == was != will:
            moved[name] = _text(will)
    return moved


def _edge(seen: Sequence[_Seen], edge: Any) -> tuple[str, str]:
    if not seen:
        return "", ""
    return _text(edge(one[0] for one in seen)), _text(edge(one[1] for one in seen))


def _chosen(seen: Sequence[_Seen]) -> tuple[Sample, ...]:
    """The first and the last that change with some between, evenly, and two that cannot."""
    changing = [sample for was, will, sample, _meant in seen if was != will]
    if not changing:
        changing = [sample for _was, _will, sample, meant in seen if meant and not sample.cannot]
    stay = [sample for _was, _will, sample, _meant in seen if sample.cannot]
    wanted = min(SAMPLES, len(changing))
    places = [round(n * (len(changing) - 1) / (wanted - 1)) for n in range(wanted)] if wanted > 1 else range(wanted)
    picked = [changing[place] for place in places] + stay[:1] + stay[1:][-1:]
    return tuple(sorted(picked, key=lambda one: (one.written, one.file_name)))
