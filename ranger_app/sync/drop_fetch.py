"""Fetches bundles from a drop point into a folder here, where they are read as from any stick.

Nothing there is believed: names of another form are passed over, a bundle's manifest must be signed by a partner
before anything else of it is fetched, no file may be longer than that manifest says, and no name comes from a list.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.errors import EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.sync import manifest, problems, reader
from ranger_app.sync.drop import Carrier, Emit
from ranger_app.sync.drop_steps import Moved, asked, beside
from ranger_app.sync.files import hash_file, write_small
from ranger_app.sync.manifest import Part
from ranger_app.sync.problems import BundleProblem
from ranger_app.sync.reader import Checked, Signers
from ranger_app.sync.writer import EXCHANGE

MOST_UNSIGNED = 64 << 20
"""Bytes fetched in one go that no partner turned out to have signed."""
HALF = "not-whole"
"""Where bundles lie here until all of them is fetched."""
_SMALL = 1 << 10
_LONGEST_NAME = 40
_SPARE = 64 << 20
_DRAFT = ".part"
_TRIES = 2


@dataclass(frozen=True, slots=True)
class Ours:
    """Who fetches: station id, X25519 private key, known signers, the partners' ids and what was read before."""

    station: bytes
    secret: bytes
    signers: Signers
    partners: frozenset[bytes]
    is_read: Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A bundle of a partner that was left there, and why."""

    name: str
    code: str
    reason: str


@dataclass(slots=True)
class Fetched:
    """Bundle folders here, ready to be read. ``bytes`` came over the line now; ``damaged`` names "bundle/file"."""

    folders: list[Path] = field(default_factory=list)
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    """Bundles whose sender is still sending."""
    known: int = 0
    """Bundles that were read before."""
    others: int = 0
    """Bundles for other stations."""
    refused: list[NotTaken] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    bundle: str
    controls: Path
    parts: list[Part]


def fetch(carrier: Carrier, place: Path, seen: Path, ours: Ours) -> Generator[Moved, None, Fetched]:
    """Fetch what partners left for this station into ``place``/exchange; what is half here is gone on with.

    ``seen`` keeps the signed control files of every bundle met, so that those read before cost nothing. Raises
    EnvironmentProblem DISK_FULL, BundleProblem DROP_NOT_SOUND, and LineFailed.
    """
    report = Fetched()
    at = Moved(0, 0)
    yield at
    listed = yield from asked(lambda: carrier.folders(EXCHANGE), at)
    starts = {station.hex()[:8] for station in ours.partners}
    names = sorted(
        {
            name
            for name in listed
            if len(name) < _LONGEST_NAME and manifest.FOLDER.fullmatch(name) and name[:8] in starts
        }
    )
    wanted: list[_Wanted] = []
    unsigned = 0
    for name in names:
        controls = seen / name
        found, cost = yield from _look(carrier, name, controls, ours, report, at)
        unsigned += cost
        if unsigned > MOST_UNSIGNED:
            raise BundleProblem(
                "DROP_NOT_SOUND",
                _("Too much lies at the drop point that no partner signed."),
                _("Ask whoever runs it to clear it."),
            )
        if found is not None and all(one.bundle != found.bundle for one in wanted):
            wanted.append(found)
    total = sum(part.size for one in wanted for part in one.parts)
    _check_room(place, total - _here(place, wanted))
    at = Moved(0, total)
    for one in wanted:
        final, folder = place / EXCHANGE / one.name, place / HALF / one.name
        folder.parent.mkdir(exist_ok=True)
        if final.exists() and not folder.exists():
            final.replace(folder)  # fetched before and not whole: what is bad of it is fetched again
        folder.mkdir(exist_ok=True)
        for part in one.parts:
            at = yield from _part(carrier, one.name, folder, part, at, report)
        for control in sorted(one.controls.iterdir()):
            shutil.copyfile(control, folder / control.name)
        final.parent.mkdir(exist_ok=True)
        folder.replace(final)
        report.folders.append(final)
    with suppress(OSError):
        (place / HALF).rmdir()
    return report


def _is_bundle_name(name: str) -> bool:
    return len(name) < _LONGEST_NAME and manifest.FOLDER.fullmatch(name) is not None


def _look(
    carrier: Carrier, name: str, controls: Path, ours: Ours, report: Fetched, at: Moved
) -> Generator[Moved, None, tuple[_Wanted | None, int]]:
    """Whether a bundle is wanted, and how many bytes were fetched that nobody known has signed."""
    cost = 0
    if not (controls / manifest.DONE).exists():
        done = yield from _small(carrier, f"{EXCHANGE}/{name}/{manifest.DONE}", 200, at)
        if done is None:
            report.unfinished.append(name)
            return None, 0
        shutil.rmtree(controls, ignore_errors=True)
        controls.mkdir(parents=True)
        for base in (manifest.OUTER, manifest.OUTER_COPY):
            for end, limit in (("", manifest.LIMIT), (manifest.SIGNATURE, _SMALL)):
                data = yield from _small(carrier, f"{EXCHANGE}/{name}/{base}{end}", limit, at)
                if data is not None:
                    cost += len(data)
                    write_small(controls / (base + end), data)
            checked = reader.look(controls, ours.signers)
            if checked.outer is not None and checked.signer is not None and checked.signer.trusted:
                break
        else:
            shutil.rmtree(controls, ignore_errors=True)
            problem = checked.problem or problems.unreadable(name)
            report.refused.append(NotTaken(name, problem.code, f"{problem.what} {problem.todo}"))
            return None, cost
        write_small(controls / manifest.DONE, done)
    checked = reader.look(controls, ours.signers)
    outer = checked.outer
    trusted = checked.signer is not None and checked.signer.trusted
    if outer is None or not trusted or not name.startswith(f"{outer.station[:8]}-{outer.counter:06d}-"):
        shutil.rmtree(controls, ignore_errors=True)
        problem = checked.problem or problems.from_stranger(name)
        report.refused.append(NotTaken(name, problem.code, f"{problem.what} {problem.todo}"))
        return None, cost
    if ours.is_read(bytes.fromhex(outer.bundle)):
        report.known += 1
        return None, 0
    if not (yield from _for_us(carrier, name, controls, checked, ours, report, at)):
        report.others += 1
        return None, 0
    parts = [part for part in outer.parts if part.name != manifest.KEYS or not (controls / manifest.KEYS).exists()]
    return _Wanted(name, outer.bundle, controls, parts), 0


def _for_us(
    carrier: Carrier, name: str, controls: Path, checked: Checked, ours: Ours, report: Fetched, at: Moved
) -> Generator[Moved, None, bool]:
    """Fetch the sealed key and try it; one that is damaged in both copies counts as ours: reading says what is lost."""
    keys = next((part for part in checked.outer.parts if part.name == manifest.KEYS), None) if checked.outer else None
    if keys is None:
        return True
    for file in (manifest.KEYS, manifest.KEYS_COPY):
        path = controls / file
        if not path.exists() and keys.size <= manifest.LIMIT * 2:
            data = yield from _small(carrier, f"{EXCHANGE}/{name}/{file}", keys.size, at)
            if data is not None:
                report.bytes += len(data)
                write_small(path, data)
        for _step in reader.check_keys(checked):
            pass
        if manifest.KEYS in checked.sources:
            break
    if manifest.KEYS not in checked.sources:
        return True
    try:
        reader.open_bundle(checked, ours.station, ours.secret, rescue=True)
    except BundleProblem as problem:
        return problem.code != "BUNDLE_NOT_FOR_US"
    return True


def _small(carrier: Carrier, path: str, limit: int, at: Moved) -> Generator[Moved, None, bytes | None]:
    """A small file, None where there is none or it is longer than ``limit``."""

    def read() -> bytes | None:
        size = carrier.size(path)
        if size is None or size > limit:
            return None
        return b"".join(carrier.read(path, 0, size)) if size else b""

    return (yield from asked(read, at))


def _here(place: Path, wanted: list[_Wanted]) -> int:
    found = 0
    for one in wanted:
        for part in one.parts:
            for name in (part.name, part.name + _DRAFT):
                for folder in (EXCHANGE, HALF):
                    with suppress(OSError):
                        found += (place / folder / one.name / name).stat().st_size
    return found


def _check_room(place: Path, needed: int) -> None:
    place.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(place).free
    if free < needed + _SPARE:
        raise EnvironmentProblem(
            "DISK_FULL",
            _("The bundles need {needed} MB, the disk has {free} MB.").format(
                needed=(needed + _SPARE) >> 20, free=free >> 20
            ),
            _("Free some space and fetch again."),
        )


def _part(
    carrier: Carrier, name: str, folder: Path, part: Part, at: Moved, report: Fetched
) -> Generator[Moved, None, Moved]:
    """Fetch one part, its second copy where the first is bad; what is bad in both stays for a reading in part."""
    end = Moved(at.done + part.size, at.total, part.name)
    for file in (part.name, part.copy):
        if file is None:
            continue
        target = folder / file
        for _attempt in range(_TRIES):
            if not target.exists():
                yield from _over_the_line(carrier, f"{EXCHANGE}/{name}/{file}", target, part, at, report)
            if target.exists() and (yield from _good(target, part, end)):
                yield end
                return end
            if _attempt == 0:
                with suppress(OSError):
                    target.unlink()
    report.damaged.append(f"{name}/{part.name}")
    return end


def _over_the_line(
    carrier: Carrier, path: str, target: Path, part: Part, at: Moved, report: Fetched
) -> Generator[Moved, None, None]:
    """Fetch a file behind what is here of it already; it gets its name once it has its length."""
    draft = target.with_name(target.name + _DRAFT)
    start = draft.stat().st_size if draft.exists() else 0
    if start > part.size:
        start = 0
    there = yield from asked(lambda: carrier.size(path), at)
    if there is None:
        return

    def read(emit: Emit) -> None:
        for block in carrier.read(path, start, part.size):
            emit(block)

    with draft.open("ab" if start else "wb") as file:
        size = start
        for block in beside(read) if size < part.size else ():
            if block is not None:
                file.write(block)
                size += len(block)
                report.bytes += len(block)
            yield Moved(at.done + min(size, part.size), at.total, part.name)
    draft.replace(target)


def _good(target: Path, part: Part, at: Moved) -> Generator[Moved, None, bool]:
    hashing = hash_file(target, part.size)
    while True:
        try:
            next(hashing)
        except StopIteration as stop:
            return bool(stop.value == part.sha256)
        yield at
