"""An exchange between two demo stations, so that the pictures of the Exchange screen show one that really happened.

Everything is done once and before the pictures: taking them writes nothing.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ranger_app import jobs
from ranger_app.actions import records
from ranger_app.actions.bundle_read import ReadReport, read_bundles
from ranger_app.actions.bundle_write import WriteReport, WriteRequest, write_bundle
from ranger_app.actions.status import number_of_records
from ranger_app.errors import RangerError
from ranger_app.library import Library
from ranger_app.media.volumes import Volume
from ranger_app.store import rows
from ui.exchange.screen import READ, RULES, WRITE, ExchangeScreen

_FREE, _TOTAL = 7_400_000_000, 8_000_000_000


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What happened: the partner's bundle that was read, one of ours that was written, one that was not finished."""

    read: ReadReport
    before: int
    now: int
    written: WriteReport
    stick: Volume
    pulled: Volume
    partner: str


def exchange(library: Library, other: Library, folder: Path) -> Exchanged:
    """Let two stations that trust each other exchange bundles over folders in ``folder``; both libraries change."""
    there, back, stick, pulled = (folder / name for name in ("there", "back", "stick", "pulled"))
    for place in (there, back, stick, pulled):
        place.mkdir(parents=True)
    _write(library, other, there)
    jobs.run(read_bundles(other, there))
    with library.read() as db:
        counts = [one.id for one in rows.find(db, "count")]
    for count in counts[:1]:
        records.edit(library, "count", count, {"count": 41})
        records.edit(other, "count", count, {"count": 44})
    _write(other, library, back)
    before = number_of_records(library)
    read = jobs.run(read_bundles(library, back))
    now = number_of_records(library)
    written = _write(library, other, stick)
    _pull_out(library, other, pulled)
    return Exchanged(read, before, now, written, _volume(stick), _volume(pulled), other.station.name)


def _write(sender: Library, receiver: Library, place: Path) -> WriteReport:
    return jobs.run(write_bundle(sender, WriteRequest(place, (receiver.station.id,), "thumbnails")))


def _pull_out(library: Library, other: Library, place: Path) -> None:
    job = write_bundle(library, WriteRequest(place, (other.station.id,), "originals"))
    with suppress(RangerError, StopIteration):
        while not list(place.glob("exchange/*/ops-*")):
            next(job)
        job.throw(OSError(errno.EIO, "pulled out"))


def _volume(place: Path) -> Volume:
    return Volume(place, "KINGSTON", "FAT32", _FREE, _TOTAL, True)


def states(screen: ExchangeScreen, found: Exchanged) -> Iterator[tuple[str, Callable[[], object]]]:
    """Further pictures of the Exchange screen: (name, how to get there)."""
    yield "result", partial(_result, screen, found)
    yield "written", partial(_written, screen, found)
    yield "unfinished", partial(_unfinished, screen, found)
    yield "rules_standard", partial(_standard, screen)


def _result(screen: ExchangeScreen, found: Exchanged) -> None:
    screen.turn(READ)
    screen.read.result.show_report(found.read, found.before, found.now)


def _written(screen: ExchangeScreen, found: Exchanged) -> None:
    screen.turn(WRITE)
    screen.write.take_volume(found.stick)
    screen.write.show_written(found.written, found.partner, found.stick)


def _unfinished(screen: ExchangeScreen, found: Exchanged) -> None:
    screen.turn(WRITE)
    screen.write.write_another()
    screen.write.take_volume(found.pulled)


def _standard(screen: ExchangeScreen) -> None:
    screen.turn(RULES)
    screen.rules.choice.take_preset("standard")
