"""Puts into a bundle what was settled: records, thumbnails, second copies, originals; finished parts are left alone.

The same way is gone the first time and when a bundle that was stopped is finished, so that both end in one result.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from ranger_app.actions import bundle_choice as choice
from ranger_app.actions import bundle_pictures, receipts
from ranger_app.actions import originals as originals_of
from ranger_app.actions.bundle_plan import WriteReport, step
from ranger_app.actions.partners import card_text
from ranger_app.actions.sharing_view import View
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Progress
from ranger_app.library import Library
from ranger_app.store import log, purges, revocations, stubs_here
from ranger_app.store import partners as store
from ranger_app.store.connection import Database
from ranger_app.sync import manifest
from ranger_app.sync.files import hash_file
from ranger_app.sync.index import Index
from ranger_app.sync.manifest import holds_out, partial_out
from ranger_app.sync.packs import NO_HASH, START, Batch, Place, Placed, Stretch
from ranger_app.sync.plan import Original, Plan
from ranger_app.sync.writer import BundleWriter, Contents, Receiver, Written

Steps = Generator[Progress, None, None]
_CONTROLS = (
    manifest.DONE, manifest.OUTER, manifest.OUTER + manifest.SIGNATURE, manifest.OUTER_COPY,
    manifest.OUTER_COPY + manifest.SIGNATURE, manifest.KEYS, manifest.KEYS_COPY,
)  # fmt: skip
_PAGE = 500


@dataclass(slots=True)
class Filling:
    """A bundle being filled. ``barred`` numbers, by kind, pictures that may no longer leave since it was settled."""

    library: Library
    writer: BundleWriter
    plan: Plan
    receivers: list[Receiver]
    report: WriteReport
    token: CancelToken
    view: View
    barred: dict[str, set[int]] = field(default_factory=dict)

    def stays(self, kind: str, number: int) -> bool:
        """Whether the thumbnail or original of this number is passed over."""
        return (kind, number) in self.plan.failed or number in self.barred.get(kind, ())


def fill(work: Filling) -> Generator[Progress, None, Written]:
    """Write everything and read it back. OSError where the stick fails, Stopped on a cancel."""
    writer, plan = work.writer, work.plan
    writer.void += [bytes.fromhex(frame) for frame in plan.void]
    yield from _kind(work, "ops", lambda start, end: _records(work, start, end))
    yield from _kind(work, "thumbs", lambda start, end: _thumbs(work, start, end))
    for _done in writer.add_copies():
        yield step(0, 0, _("Writing second copies"), work.token)
    yield from _kind(work, "media", lambda start, end: _originals(work, start, end))
    count(work)
    finishing = writer.finish(work.receivers, _contents(work), listing(work))
    checked = 0
    while True:
        try:
            checked += next(finishing)
        except StopIteration as stop:
            written: Written = stop.value
            return written
        yield step(checked, writer.bytes, _("Reading the stick back"), work.token)


def make_ready(work: Filling) -> Generator[Progress, None, Written | None]:
    """Look at what lies on the stick of a bundle that was stopped; the value where it turns out to be finished.

    Else takes off what is not whole: keys and manifests, which are written anew, and parts that nobody finished.
    Parts that were finished are looked at when their turn comes. OSError where the stick fails.
    """
    folder, plan = work.writer.folder, work.plan
    if plan.files and (yield from _is_finished(work)):
        size = sum(length for _name, length, _hash in plan.files)
        return Written(work.writer.bundle, folder, len(plan.files) + 1, size + manifest.DONE_SIZE)
    for name in (*_CONTROLS, manifest.READ_ME):
        (folder / name).unlink(missing_ok=True)
    with work.library.read() as db:
        if not work.view.rule.everything or purges.since(db, plan.start.upto):
            plan.parts.pop("ops", None)  # what may be seen of a record can have changed, or it was erased for good
    known = {name for placed in _placed(plan) for name in (placed.part.name, placed.part.copy)}
    for path in list(folder.iterdir()):
        if manifest.NAME.match(path.name) and path.name not in known:
            path.unlink()
    with work.library.read() as db:
        work.barred = {kind: _barred(db, work, kind) for kind in ("thumbs", "media")}
    return None


def _placed(plan: Plan) -> Iterator[Placed]:
    for parts in plan.parts.values():
        yield from parts


def _is_finished(work: Filling) -> Generator[Progress, None, bool]:
    folder, files = work.writer.folder, work.plan.files
    total, done = sum(size for _name, size, _hash in files), 0
    outer = next((sha256 for name, _size, sha256 in files if name == manifest.OUTER), "")
    with suppress(OSError, ValueError):
        if (folder / manifest.DONE).read_text(encoding="ascii") != f"{outer}\n":
            return False
        for name, size, sha256 in files:
            if (yield from _hash(work, name, size)) != sha256:
                return False
            done += size
            yield step(done, total, _("Checking what is on the stick"), work.token)
        return True
    return False


def _hash(work: Filling, name: str, size: int) -> Generator[Progress, None, str | None]:
    reading = hash_file(work.writer.folder / name, size)
    done = 0
    while True:
        try:
            done += next(reading)
        except StopIteration as stop:
            found: str | None = stop.value
            return found
        yield step(done, size, _("Checking what is on the stick"), work.token)


def _barred(db: Database, work: Filling, kind: str) -> set[int]:
    """Numbers of pictures that may no longer leave: somebody saw people on them, or they were taken away."""
    plan, originals = work.plan, kind == "media"
    author = choice.creator([one.station for one in work.receivers])
    barred: set[int] = set()
    page: list[tuple[int, bytes]] = []

    def look() -> None:
        keys = [key for _number, key in page]
        leaves = choice.still_leave(db, work.view, keys, originals=originals, author=author)
        barred.update(number for number, key in page if key not in leaves)
        page.clear()

    settled = (one.key for one in plan.originals()) if originals else plan.thumbs()
    for number, key in enumerate(settled):
        if (kind, number) not in plan.failed:
            page.append((number, key))
        if len(page) == _PAGE:
            look()
    look()
    return barred


def _kind(work: Filling, kind: str, write: Callable[[Place, Place | None], Steps]) -> Steps:
    """All parts of a kind: those that are whole stay, the others are written again, then come those that are not."""
    pack = work.writer.pack(kind)
    at, number = START, 1
    for placed in list(work.plan.parts.get(kind, [])):
        if (yield from _is_good(work, placed)):
            pack.keep(placed)
        else:
            for name in (placed.part.name, placed.part.copy):
                if name is not None:
                    (work.writer.folder / name).unlink(missing_ok=True)
            before = len(pack.parts)
            pack.go_on(placed.number, placed.start, whole=True)
            yield from write(placed.start, placed.end)
            pack.finish()
            if len(pack.parts) == before:
                work.plan.drop_part(placed)
        at, number = placed.end, placed.number + 1
    pack.go_on(number, at)
    yield from write(at, None)
    pack.finish()
    for barred in sorted(work.barred.get(kind, ())):
        work.plan.note_failed(kind, barred)


def _is_good(work: Filling, placed: Placed) -> Generator[Progress, None, bool]:
    barred = work.barred.get(placed.kind, set())
    last = placed.end[0] + (placed.end[1] > 0)
    if any(placed.start[0] <= one < last for one in barred):
        return False  # whoever reads the stick must not find in it what has to stay
    part = placed.part
    return (yield from _hash(work, part.name, part.size)) == part.sha256


def _records(work: Filling, start: Place, end: Place | None) -> Steps:
    keys: list[int] = []
    total = work.plan.start.operations
    with work.library.read() as db:
        spans = work.plan.batches(start[0], None if end is None else end[0])
        for _number in work.writer.add_batches(_batches(work, db, spans, keys), keys):
            yield step(work.report.operations, total, _("Writing records"), work.token)


def _batches(work: Filling, db: Database, spans: Iterable[tuple[int, int]], keys: list[int]) -> Iterator[Batch]:
    author = choice.creator([one.station for one in work.receivers])
    for low, high in spans:
        for stored in log.between(db, low, high):
            keys.append(stored.key)
            work.report.operations += stored.operations
            sealed = choice.shown(work.view, stored.sealed, author)
            yield sealed.head, sealed.signature, sealed.body


def _thumbs(work: Filling, start: Place, end: Place | None) -> Steps:
    writer, total = work.writer, work.plan.start.thumbs
    for number, key in enumerate(work.plan.thumbs(start[0], None if end is None else end[0]), start[0]):
        jpeg = None if work.stays("thumbs", number) else bundle_pictures.thumbnail(work.library, key)
        if jpeg:
            writer.add_thumb(key, jpeg, number)
        else:
            writer.pack("thumbs").passed((number + 1, 0))
            if not work.stays("thumbs", number):
                work.plan.note_failed("thumbs", number)
        yield step(number, total, _("Writing thumbnails"), work.token)


def _originals(work: Filling, start: Place, end: Place | None) -> Steps:
    total, done = work.plan.start.original_bytes, 0
    last = None if end is None else end[0] + (end[1] > 0)
    for number, original in enumerate(work.plan.originals(start[0], last), start[0]):
        first = start[1] if number == start[0] else 0
        until = end[1] if end is not None and number == end[0] else None
        if work.stays("media", number):
            work.writer.pack("media").passed((number + 1, 0))
            continue
        writing = _copy if original.key.startswith(NO_HASH) else _original
        for size in writing(work, original, Stretch(number, first, until)):
            done += size
            yield step(min(done, total), total, _("Writing originals"), work.token)


def _original(work: Filling, original: Original, stretch: Stretch) -> Iterator[int]:
    writer, sha256 = work.writer, original.key.hex()
    path = originals_of.find(work.library, sha256)
    void: list[bytes] | None = None
    if path is not None:
        void = yield from writer.add_original(path, original.key, original.size, stretch)
    elif originals_of.is_kept(work.library, sha256):
        work.report.elsewhere.append(sha256)
    if void == []:
        return
    if path is not None:
        work.report.rotten.append(sha256)
    if stretch.first:  # its beginning lies in a part before
        void = [*(void or []), *writer.frames_of(original.key, original.size)]
        writer.void += void
    writer.pack("media").passed((stretch.index + 1, 0))
    work.plan.note_failed("media", stretch.index, void or [])


def _copy(work: Filling, original: Original, stretch: Stretch) -> Iterator[int]:
    jpeg = bundle_pictures.copy(work.library, original.key)
    if jpeg:
        work.writer.add_copy(original.key, jpeg, stretch.index)
    else:
        work.writer.pack("media").passed((stretch.index + 1, 0))
        work.plan.note_failed("media", stretch.index)
    yield original.size


def count(work: Filling) -> None:
    """Put into the report what the bundle holds."""
    report, plan = work.report, work.plan
    report.operations = plan.start.operations
    unseen = {number for kind, number in plan.failed if kind == "thumbs"}
    without = {key for number, key in enumerate(plan.thumbs()) if number in unseen}
    report.thumbnails = plan.start.thumbs - len(unseen)
    report.media = report.thumbnails
    for number, original in enumerate(plan.originals()):
        if ("media", number) not in plan.failed:
            if original.key.startswith(NO_HASH):
                report.copies += 1
            else:
                report.originals += 1
                report.original_bytes += original.size
            report.media += not original.shown or original.key in without


def listing(work: Filling) -> Index:
    """The thumbnails and originals inside, in the order they were written."""
    plan, found = work.plan, Index()
    for number, name in enumerate(plan.thumbs()):
        if ("thumbs", number) not in plan.failed:
            found.add("thumbs", name)
    for number, original in enumerate(plan.originals()):
        if ("media", number) not in plan.failed:
            found.add("media", original.key)
    return found


def _contents(work: Filling) -> Contents:
    library, start = work.library, work.plan.start
    with library.read() as db:
        stations: set[bytes] = set()
        for low, high in work.plan.batches():
            stations.update(log.origins(db, low, high))
        cards = [card_text(library), *store.cards(db, stations - {library.station.id})]
        partial = partial_out(stubs_here.stubs(db))
        statements = revocations.texts(db)
    # Made now, not when it was settled: what a receipt says is worth more the newer it is.
    shared = len(work.receivers) > 1
    statements += [
        receipts.make(library, receiver.station, in_bundle=True, shared=shared) for receiver in work.receivers
    ]
    return Contents(
        holds_out(library.seen),
        cards,
        start.created * 1000,
        work.report.operations,
        work.report.media,
        statements,
        partial,
    )


def sent_pictures(plan: Plan) -> Iterator[tuple[str, str]]:
    """Name and form of every picture in a finished bundle, as the ledger keeps them."""
    for number, key in enumerate(plan.thumbs()):
        if ("thumbs", number) not in plan.failed:
            yield choice.name_of(key), choice.THUMB
    for number, original in enumerate(plan.originals()):
        if ("media", number) not in plan.failed:
            copy = original.key.startswith(NO_HASH)
            yield choice.name_of(original.key), choice.REDACTED if copy else choice.ORIGINAL
