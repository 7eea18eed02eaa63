"""Looks at the bundles on a stick without taking anything in: whole or not, and signed by whom."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.store import partners as store
from ranger_app.sync import manifest, reader
from ranger_app.sync.files import read_small
from ranger_app.sync.manifest import ManifestError, Outer
from ranger_app.sync.reader import Checked, Signer


@dataclass(frozen=True, slots=True)
class BundleState:
    """One bundle. ``problem`` is one sentence, empty where there is none; counts are files without the READ-ME."""

    folder: Path
    complete: bool
    signed_by: str
    station: bytes | None
    counter: int
    good: int
    damaged: int
    missing: int
    problem: str
    digits: str = ""
    """To be compared with the hand-over slip, empty where no manifest can be read."""


@dataclass(slots=True)
class VerifyReport:
    """All bundles at the place; ``signed_by`` is empty unless all are signed by one known station."""

    bundles: list[BundleState] = field(default_factory=list)
    cancelled: bool = False

    @property
    def complete(self) -> bool:
        """Every bundle is whole, second copies counted."""
        return bool(self.bundles) and all(one.complete for one in self.bundles) and not self.cancelled

    @property
    def signed_by(self) -> str:
        """The station that signed them all."""
        names = {one.signed_by for one in self.bundles}
        return names.pop() if len(names) == 1 else ""

    def total(self, what: str) -> int:
        """The sum of ``good``, ``damaged`` or ``missing``."""
        return sum(getattr(one, what) for one in self.bundles)


def signers(library: Library) -> reader.Signers:
    """Whom this station knows; itself included, so that it can check what it wrote."""
    own = library.station

    def find(station: bytes) -> Signer | None:
        if station == own.id:
            return Signer(own.name, own.signing, True)
        with library.read() as db:
            known = store.station(db, station)
        # A card that only travelled in somebody's bundle makes nobody a partner.
        return Signer(known.name, known.signing, known.trusted) if known is not None and known.partner else None

    return find


def checking(checked: Checked, cancel: CancelToken, *, thorough: bool) -> Generator[Progress, None, bool]:
    """Check all parts with progress in bytes; the value is False where a person stopped it."""
    total = sum(part.size for part in checked.outer.parts) if checked.outer else 0
    done = 0
    for step in reader.check_parts(checked, thorough=thorough):
        done += step
        if cancel.cancelled:
            return False
        yield Progress(min(done, total), total, _("Checking the bundle"))
    return True


def verify_bundles(library: Library, place: Path, cancel: CancelToken | None = None) -> Job[VerifyReport]:
    """Check every file of every bundle at ``place`` (a bundle, an exchange folder or a stick's root).

    BundleProblem NO_BUNDLE where there is none; anything wrong with one is in the report.
    """
    token = cancel or CancelToken()
    report = VerifyReport()
    for folder in reader.find_bundles(place):
        checked = reader.look(folder, signers(library))
        if not (yield from checking(checked, token, thorough=True)):
            report.cancelled = True
            break
        report.bundles.append(_state(checked))
    return report


def _state(checked: Checked) -> BundleState:
    outer, signer, problem = checked.outer, checked.signer, checked.problem
    return BundleState(
        checked.folder,
        checked.complete,
        signer.name if signer else "",
        bytes.fromhex(outer.station) if outer else None,
        outer.counter if outer else 0,
        checked.good,
        checked.damaged,
        checked.missing,
        f"{problem.what} {problem.todo}" if problem else "",
        digits_of(checked.folder, outer) if outer else "",
    )


def digits_of(folder: Path, outer: Outer) -> str:
    """The twenty digits of a bundle's signed manifest, from whichever of its two copies is whole."""
    for name in (manifest.OUTER, manifest.OUTER_COPY):
        text = read_small(folder / name, manifest.LIMIT)
        try:
            if text is not None and manifest.read_outer(text) == outer:
                return manifest.digits(text)
        except ManifestError:
            continue
    return ""
