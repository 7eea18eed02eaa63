"""Settles what a bundle will hold before its first byte is written, and keeps that so that it can be finished later."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ranger_app.actions import bundle_choice as choice
from ranger_app.actions import leaving
from ranger_app.actions import originals as originals_of
from ranger_app.actions.bundle_choice import PICTURES, Candidate, Fitting, Lacking, Pictures
from ranger_app.domain.intervals import Vector
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Progress
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import log, settings
from ranger_app.store.connection import Database
from ranger_app.store.partners import KnownStation
from ranger_app.sync import plan as plans
from ranger_app.sync import problems
from ranger_app.sync.manifest import holds_out
from ranger_app.sync.plan import Lists, Original, Plan, Start
from ranger_app.sync.writer import new_identity

__all__ = ["PICTURES", "Pictures", "Stopped", "WriteReport", "WriteRequest", "make_plan"]


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """Where to (a stick's root or any folder), for whom (station ids), with which pictures.

    ``budget`` is the most bytes the bundle may take; None lets it take what is free. Originals that do not fit stay
    for the next time. ``keep`` leaves on the stick what was begun when a person stops it, to be finished later.
    """

    folder: Path
    partners: tuple[bytes, ...]
    media: Pictures = "thumbnails"
    budget: int | None = None
    keep: bool = False


@dataclass(slots=True)
class WriteReport:
    """What was written. ``media`` counts different originals of which something is inside, ``bytes`` all files.

    ``rotten`` are hashes of originals that no longer are what they were: check the library's disk.
    """

    folder: Path | None = None
    operations: int = 0
    media: int = 0
    bytes: int = 0
    parts: int = 0
    counter: int = 0
    thumbnails: int = 0
    originals: int = 0
    original_bytes: int = 0
    left_out: int = 0
    """Originals that may leave and did not fit; ``left_bytes`` is their size."""
    left_bytes: int = 0
    rotten: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    """Originals that stay because they lie on a further disk that is not plugged in."""
    withheld: dict[str, int] = field(default_factory=dict)
    """Originals that stay, by reason: ``people`` shown, ``unseen`` by any person."""
    resumed: bool = False
    cancelled: bool = False
    unfinished: Path | None = None
    """What was begun and lies on the stick still, to be finished later."""


class Stopped(Exception):
    """A person asked for the stop."""


def make_plan(
    library: Library, request: WriteRequest, partners: list[KnownStation], report: WriteReport, token: CancelToken
) -> Generator[Progress, None, Plan]:
    """Choose what goes along. EnvironmentProblem STICK_FULL where records and thumbnails do not fit.

    Raises Stopped on a cancel, and OSError where the library's own disk fails.
    """
    try:
        free = choice.free_space(request.folder)
    except OSError as error:
        raise problems.not_written(error) from error
    lists = Lists(library.cache, secrets.token_hex(8))
    try:
        with library.read() as db:
            have, upto = choice.held_by_all(partners), log.newest_key(db)
            records = choice.lacking(db, have, upto)
            needed = choice.size_of_records(records)
            if request.media != "none":
                needed += yield from _thumbnails(library, db, lists, records, token)
            have_room = choice.room(free, request.budget)
            choice.check_room(needed, have_room, free)
            fitting = Fitting(have_room - needed)
            if request.media == "originals":
                yield from _originals(library, db, lists, request, records, fitting, report, token)
        start = _start(library, request, upto, have, records, lists, fitting, needed)
        return lists.settle(start, library.keys.sealing)
    except BaseException:
        lists.abandon()
        raise


def _start(
    library: Library,
    request: WriteRequest,
    upto: int,
    have: Vector,
    records: Lacking,
    lists: Lists,
    fitting: Fitting,
    needed: int,
) -> Start:
    counter = _next_counter(library)
    own = new_identity(library.station.id, counter)
    return Start(
        bundle=own.bundle.hex(),
        key=own.key.hex(),
        name=own.name,
        counter=counter,
        incarnation=library.station.incarnation.hex(),
        partners=[one.hex() for one in dict.fromkeys(request.partners)],
        media=request.media,
        rule="",
        upto=upto,
        created=library.now_ms(),
        operations=records.operations,
        have=holds_out(have),
        thumbs=lists.thumbs,
        originals=lists.originals,
        original_bytes=fitting.fits_bytes,
        left_out=fitting.left_out,
        left_bytes=fitting.left_bytes,
        size=needed + fitting.fits_sealed,
    )


def _next_counter(library: Library) -> int:
    counter = 0

    def count(db: Database) -> None:
        nonlocal counter
        counter = int(settings.get(db, "bundle.counter", "0")) + 1
        settings.put(db, "bundle.counter", str(counter))

    library.write(count)
    return counter


def step(done: int, total: int, note: str, token: CancelToken) -> Progress:
    """How far it is; raises Stopped where a person asked for the stop."""
    if token.cancelled:
        raise Stopped
    return Progress(done, total, note)


def _thumbnails(
    library: Library, db: Database, lists: Lists, records: Lacking, token: CancelToken
) -> Generator[Progress, None, int]:
    size = 0
    for number, sha256 in choice.thumbnails(db, records.keys):
        lists.add_thumb(bytes.fromhex(sha256))
        try:
            size += choice.thumb_size(thumbs.place(library.cache, sha256).stat().st_size)
        except OSError:
            size += choice.thumb_size(choice.USUAL_THUMB)
        if lists.thumbs % 500 == 0:
            yield step(number, len(records.keys), _("Choosing pictures"), token)
    return size


def _originals(
    library: Library,
    db: Database,
    lists: Lists,
    request: WriteRequest,
    records: Lacking,
    fitting: Fitting,
    report: WriteReport,
    token: CancelToken,
) -> Generator[Progress, None, None]:
    report.withheld = leaving.withheld(db, choice.creator(request.partners))
    sent = set(records.keys)
    take = partial(_take, library, lists, fitting, report)
    for candidate in choice.track_files(db, request.partners):
        take(candidate, lambda _candidate: False)
    for number, candidate in enumerate(choice.pictures(db, request.partners)):
        take(candidate, lambda one: one.batch in sent)
        if number % 100 == 0:
            yield step(0, 0, _("Choosing pictures"), token)


def _take(
    library: Library,
    lists: Lists,
    fitting: Fitting,
    report: WriteReport,
    candidate: Candidate,
    shown: Callable[[Candidate], bool],
) -> None:
    if fitting.is_too_large(candidate.size):
        fitting.leave(candidate.size)
        return
    path = originals_of.find(library, candidate.sha256)
    if path is None:
        if originals_of.is_kept(library, candidate.sha256):
            report.elsewhere.append(candidate.sha256)
        return
    size = path.stat().st_size
    if fitting.take(size):
        lists.add_original(Original(bytes.fromhex(candidate.sha256), size, shown(candidate)))


def tidy(library: Library) -> None:
    """Forget bundles whose sticks have not come back for long."""
    plans.tidy(library.cache, library.keys.sealing_secret)
