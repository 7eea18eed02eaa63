"""How much a bundle takes on the stick, and which originals fit into what is left."""

from __future__ import annotations

import shutil
from pathlib import Path

from ranger_app.errors import EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.sync.packs import PIECE
from ranger_app.sync.sealing import frame_size

SPARE = 4 << 20
"""Room left on the stick beside what was reckoned: directories, clusters, keys and manifests."""
USUAL_THUMB = 14 << 10
"""What a thumbnail is reckoned at that is not made yet, bytes."""
USUAL_COPY = 320 << 10
"""What a copy without camera data is reckoned at, bytes."""
OVERHEAD = frame_size(0) + 48 + 2 * 32
"""What one picture takes beside its own bytes, with its share of the lists."""


def size_of_records(size: int, batches: int) -> int:
    """Bytes on the stick, both copies, of batches that take ``size`` bytes here, at most.

    They lie compressed one by one in the library; together, and more thoroughly, they never come to more than this.
    """
    each = size + batches * (64 + 12) + (size >> 6)
    return 2 * (each + (each >> 19) * OVERHEAD + OVERHEAD)


def size_of_original(size: int) -> int:
    """Bytes that an original of ``size`` bytes takes on the stick, with its share of the lists."""
    return frame_size(size + 48) + OVERHEAD * (1 + size // PIECE)


def size_of_thumb(size: int) -> int:
    """Bytes that a thumbnail of ``size`` bytes takes on the stick."""
    return frame_size(size + 32) + OVERHEAD


def free_space(folder: Path) -> int:
    """Bytes free where ``folder`` is or would be; OSError where the stick cannot be asked."""
    here = folder.absolute()
    while not here.exists() and here != here.parent:
        here = here.parent
    return shutil.disk_usage(here).free


def room(free: int, budget: int | None) -> int:
    """Bytes that the bundle may take: what is free less what is kept, or what a person allowed, if that is less."""
    return max(0, min(free - SPARE, budget if budget is not None else free))


def check(needed: int, have: int, free: int) -> None:
    """EnvironmentProblem STICK_FULL where records and thumbnails do not fit."""
    if needed <= have:
        return
    if free - SPARE >= needed:
        raise EnvironmentProblem(
            "STICK_FULL",
            _("Records and small pictures need about {needed} MB, {allowed} MB are allowed.").format(
                needed=_megabytes(needed), allowed=have >> 20
            ),
            _("Allow more, or send no pictures."),
        )
    raise EnvironmentProblem(
        "STICK_FULL",
        _("Records and small pictures need about {needed} MB, the stick has {free} MB free.").format(
            needed=_megabytes(needed + SPARE), free=free >> 20
        ),
        _("Use a larger stick, or free this one."),
    )


def _megabytes(size: int) -> int:
    return -(-size >> 20)


class Fitting:
    """Fills the room that is left with originals in the order they come; one too large leaves room for smaller ones."""

    def __init__(self, room_left: int) -> None:
        self.left = max(0, room_left)
        self.fits = self.fits_bytes = self.fits_sealed = self.left_out = self.left_bytes = 0

    def is_too_large(self, size: int) -> bool:
        """Whether an original of ``size`` bytes does not fit any more."""
        return size_of_original(size) > self.left

    def leave(self, size: int, number: int = 1) -> None:
        """It stays for the next time."""
        self.left_out += number
        self.left_bytes += size

    def take(self, size: int) -> bool:
        """Whether an original of ``size`` bytes goes along."""
        if self.is_too_large(size):
            self.leave(size)
            return False
        needed = size_of_original(size)
        self.left -= needed
        self.fits_sealed += needed
        self.fits += 1
        self.fits_bytes += size
        return True
