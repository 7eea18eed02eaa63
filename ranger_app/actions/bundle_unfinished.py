"""Bundles of ours on a stick whose writing stopped: found again there and finished, or given up.

A stick that was pulled is the usual case, not the odd one: a carrier must not have to begin anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ranger_app.actions import bundle_write
from ranger_app.actions.bundle_write import WriteReport
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ranger_app.store import ledger
from ranger_app.store import partners as store
from ranger_app.sync import manifest
from ranger_app.sync import plan as plans
from ranger_app.sync.plan import Plan
from ranger_app.sync.writer import EXCHANGE


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A bundle that stands where its writing stopped. ``begun`` ms since 1970; bytes on the stick and in all.

    ``can_finish`` is False where this library no longer knows what was settled, or may no longer send it.
    """

    folder: Path
    counter: int
    partners: tuple[str, ...]
    begun: int | None
    written: int
    size: int
    can_finish: bool


def unfinished(library: Library, place: Path) -> list[Unfinished]:
    """The unfinished bundles of this station at ``place`` (a stick's root, an exchange folder, or one of them).

    Newest first; nothing is read but names and sizes.
    """
    return [one for one, _plan in _found(library, place)]


def finish(library: Library, place: Path, cancel: CancelToken | None = None) -> Job[WriteReport]:
    """Finish the newest unfinished bundle at ``place``; DataProblem NOTHING_UNFINISHED where there is none."""
    for one, plan in _found(library, place):
        if plan is not None and one.can_finish:
            return (yield from bundle_write.finish_bundle(library, one.folder, plan, cancel))
    raise DataProblem(
        "NOTHING_UNFINISHED",
        _("There is no bundle in {folder} that this station can finish.").format(folder=place),
        _("Write a new bundle."),
    )


def _found(library: Library, place: Path) -> list[tuple[Unfinished, Plan | None]]:
    known = {plan.start.name: plan for plan in plans.plans(library.cache, library.keys.sealing_secret)}
    found = []
    for folder in own_folders(library, place):
        plan = known.get(folder.name)
        # A bundle is finished for us only once it is in the ledger: power may fail between DONE and that.
        if plan is None and (os.path.lexists(folder / manifest.DONE) or _is_noted(library, folder)):
            continue
        found.append((_unfinished(library, folder, plan), plan))
    found.sort(key=lambda entry: (entry[0].counter, entry[0].folder.name), reverse=True)
    return found


def own_folders(library: Library, place: Path) -> Iterator[Path]:
    """Folders at ``place`` that are called as bundles of this station are. Links are not followed."""
    prefix = library.station.id.hex()[:8] + "-"
    if manifest.FOLDER.match(place.name) and place.name.startswith(prefix) and place.is_dir():
        yield place
        return
    for parent in (place / EXCHANGE, place):
        try:
            with os.scandir(parent) as entries:
                names = sorted(
                    entry.name
                    for entry in entries
                    if entry.name.startswith(prefix)
                    and manifest.FOLDER.match(entry.name)
                    and entry.is_dir(follow_symlinks=False)
                )
        except OSError:
            continue
        yield from (parent / name for name in names)


def _is_noted(library: Library, folder: Path) -> bool:
    with library.read() as db:
        return any(row.name == folder.name and row.parts for row in ledger.given(db))


def _unfinished(library: Library, folder: Path, plan: Plan | None) -> Unfinished:
    written = 0
    try:
        with os.scandir(folder) as entries:
            written = sum(entry.stat(follow_symlinks=False).st_size for entry in entries)
    except OSError:
        written = 0
    counter = int(folder.name.split("-")[1])
    if plan is None:
        return Unfinished(folder, counter, (), None, written, written, False)
    start = plan.start
    with library.read() as db:
        stations = [store.station(db, bytes.fromhex(one)) for one in start.partners]
    names = tuple(one.name for one in stations if one is not None)
    good = bytes.fromhex(start.incarnation) == library.station.incarnation and all(
        one is not None and one.partner and one.trusted for one in stations
    )
    return Unfinished(folder, counter, names, start.created, written, max(start.size, written), good)
