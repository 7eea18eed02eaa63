"""The slip that goes with a stick from hand to hand: which bundle, how large, its digits, from and to; no contents.

Both sides read the same digits off the bundle's manifest, so that a person at a desk can tell that a stick is the one
on the paper.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from ranger_app.actions.bundle_verify import digits_of, signers
from ranger_app.actions.outputs import spare_library
from ranger_app.errors import EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.reports import slip_page
from ranger_app.reports.slip_page import Slip
from ranger_app.store import ledger
from ranger_app.store import partners as store
from ranger_app.sync import manifest, problems, reader


def slip(library: Library, place: Path) -> Slip:
    """What the slip of the newest bundle at ``place`` says.

    BundleProblem where there is none, it is unfinished, or not signed by somebody known here.
    """
    best: Slip | None = None
    problem = None
    for folder in reader.find_bundles(place):
        checked = reader.look(folder, signers(library))
        if checked.outer is None or checked.signer is None or not checked.done:
            problem = problem or checked.problem or problems.unfinished(checked.name)
            continue
        made = _slip(library, folder, checked.outer, checked.signer.name)
        if best is None or made.number > best.number:
            best = made
    if best is None:
        raise problem or problems.no_bundle(place)
    return best


def _slip(library: Library, folder: Path, outer: manifest.Outer, sender: str) -> Slip:
    own = library.station
    bundle = bytes.fromhex(outer.bundle)
    with library.read() as db:
        given = ledger.bundle_rows(db, bundle)
        stations = [store.station(db, row.station) for row in given if row.station]
        read = store.newest_time(db, store.READ, bytes.fromhex(outer.station))
    to = tuple(one.name for one in stations if one is not None)
    at = given[0].at if given else None
    if not to and read is not None and outer.station != own.id.hex():
        to = (own.name,)
    sizes = [part.size * (2 if part.copy else 1) for part in outer.parts]
    return Slip(
        number=outer.counter,
        name=folder.name,
        digits=digits_of(folder, outer),
        size=sum(sizes) + 2 * len(manifest.write(outer)),
        files=sum(2 if part.copy else 1 for part in outer.parts) + 5,
        sender=sender,
        to=to,
        at=_local(at, own.utc_offset) if at is not None else None,
    )


def _local(at: int, offset: int) -> datetime:
    return (datetime.fromtimestamp(at / 1000, UTC) + timedelta(minutes=offset)).replace(tzinfo=None)


def write_slip(library: Library, place: Path, out: Path) -> Path:
    """Write the slip as a page to print, to a file or into a folder; returns the file.

    EnvironmentProblem SLIP_NOT_WRITTEN where that fails.
    """
    made = slip(library, place)
    target = out / f"ranger-slip-{made.number:06d}.html" if out.is_dir() else out
    spare_library(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        slip_page.write(made, target)
    except OSError as error:
        raise EnvironmentProblem(
            "SLIP_NOT_WRITTEN",
            _("The slip could not be written to {file}.").format(file=target),
            _("Choose another folder."),
        ) from error
    return target
