"""Settles what a bundle will hold before its first byte is written, and keeps that so that it can be finished later."""

from __future__ import annotations

import secrets
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.actions import bundle_choice as choice
from ranger_app.actions import bundle_room, leaving
from ranger_app.actions import originals as originals_of
from ranger_app.actions.bundle_choice import Candidate, Lacking
from ranger_app.actions.bundle_room import Fitting
from ranger_app.actions.sharing_view import View
from ranger_app.domain import sharing
from ranger_app.domain.sharing import PICTURES, Pictures, Rule
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Progress
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import log, settings
from ranger_app.store.connection import Database
from ranger_app.store.partners import KnownStation
from ranger_app.sync import plan as plans
from ranger_app.sync import problems
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
    copies: int = 0
    """Pictures of which a copy without camera data is inside in place of the original."""
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


@dataclass(slots=True)
class _Making:
    library: Library
    request: WriteRequest
    db: Database
    view: View
    records: Lacking
    lists: Lists
    report: WriteReport
    token: CancelToken


def make_plan(
    library: Library, request: WriteRequest, partners: list[KnownStation], report: WriteReport, token: CancelToken
) -> Generator[Progress, None, Plan]:
    """Choose what goes along. EnvironmentProblem STICK_FULL where records and thumbnails do not fit.

    Raises Stopped on a cancel, and OSError where the library's own disk fails.
    """
    try:
        free = bundle_room.free_space(request.folder)
    except OSError as error:
        raise problems.not_written(error) from error
    lists = Lists(library.cache, secrets.token_hex(8))
    try:
        with library.read() as db:
            now, upto = library.now_ms(), log.newest_key(db)
            view = View(db, choice.rule_for(db, request.partners), now)
            records = choice.lacking(db, partners, view, upto, choice.creator(request.partners))
            for low, high in records.spans():
                lists.add_batches(low, high)
            work = _Making(library, request, db, view, records, lists, report, token)
            needed = bundle_room.size_of_records(records.size, len(records.keys))
            media = most(request.media, view.rule)
            if media != "none":
                needed += yield from _thumbnails(work)
            have_room = bundle_room.room(free, request.budget)
            bundle_room.check(needed, have_room, free)
            fitting = Fitting(have_room - needed)
            if media == "originals":
                yield from _originals(work, fitting)
        counter = next_counter(library)
        own = new_identity(library.station.id, counter)
        start = Start(
            bundle=own.bundle.hex(),
            key=own.key.hex(),
            name=own.name,
            counter=counter,
            incarnation=library.station.incarnation.hex(),
            partners=[one.hex() for one in dict.fromkeys(request.partners)],
            media=media,
            rule=sharing.to_text(view.rule),
            upto=upto,
            created=now,
            operations=records.operations,
            batches=len(records.keys),
            spans=lists.spans,
            thumbs=lists.thumbs,
            originals=lists.originals,
            original_bytes=fitting.fits_bytes,
            left_out=fitting.left_out,
            left_bytes=fitting.left_bytes,
            size=needed + fitting.fits_sealed,
        )
        return lists.settle(start, library.keys.sealing)
    except BaseException:
        lists.abandon()
        raise


def most(wanted: Pictures, rule: Rule) -> Pictures:
    """Which pictures go along: never more than the rule lets leave."""
    return min(wanted, rule.pictures, key=PICTURES.index)


def next_counter(library: Library) -> int:
    counter = 0

    def count(db: Database) -> None:
        nonlocal counter
        counter = int(settings.get(db, "bundle.counter", "0")) + 1
        settings.put(db, "bundle.counter", str(counter))

    library.write(count)
    library.remember()  # a copy put back after this must not write under these numbers again
    return counter


def step(done: int, total: int, note: str, token: CancelToken) -> Progress:
    """How far it is; raises Stopped where a person asked for the stop."""
    if token.cancelled:
        raise Stopped
    return Progress(done, total, note)


def _thumbnails(work: _Making) -> Generator[Progress, None, int]:
    size = 0
    total = len(work.records.keys)
    for number, key in choice.thumbnails(
        work.db, work.view, work.request.partners, work.records, work.library.station.id
    ):
        work.lists.add_thumb(key)
        try:
            length = thumbs.place(work.library.cache, choice.name_of(key)).stat().st_size
        except OSError:
            length = bundle_room.USUAL_THUMB
        size += bundle_room.size_of_thumb(length)
        if work.lists.thumbs % 500 == 0:
            yield step(number, total, _("Choosing pictures"), work.token)
    return size


def _originals(work: _Making, fitting: Fitting) -> Generator[Progress, None, None]:
    partners = work.request.partners
    work.report.withheld = leaving.withheld(work.db, choice.creator(partners))
    sent = set(work.records.keys)
    for candidate in choice.track_files(work.db, work.view, partners):
        _take(work, fitting, candidate, shown=False)
    for number, candidate in enumerate(choice.pictures(work.db, work.view, partners, work.records)):
        _take(work, fitting, candidate, shown=candidate.batch in sent)
        if number % 100 == 0:
            yield step(0, 0, _("Choosing pictures"), work.token)


def _take(work: _Making, fitting: Fitting, candidate: Candidate, *, shown: bool) -> None:
    size = bundle_room.USUAL_COPY if candidate.copy else candidate.size
    if fitting.is_too_large(size):
        fitting.leave(size)
        return
    path = originals_of.find(work.library, candidate.sha256)
    if path is None and candidate.copy:
        path = thumbs.review_place(work.library.cache, candidate.sha256)
        path = path if path.is_file() else None
    if path is None:
        if originals_of.is_kept(work.library, candidate.sha256):
            work.report.elsewhere.append(candidate.sha256)
        return
    if not candidate.copy:
        size = path.stat().st_size
    if fitting.take(size):
        work.lists.add_original(Original(candidate.key, size, shown))


def tidy(library: Library) -> None:
    """Forget bundles whose sticks have not come back for long."""
    plans.tidy(library.cache, library.keys.sealing_secret)
