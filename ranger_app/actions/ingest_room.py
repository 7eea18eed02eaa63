"""Whether the library's disk can hold a card, asked before anything is copied, and what ended an ingest in words."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.media.card import Listing
from ranger_app.store.connection import NOTHING_LEFT

SPARE_BYTES = 64 * 1024 * 1024
"""Kept free for the records themselves."""
PREVIEW_BYTES = 24 * 1024
"""Room set aside for the preview and the records of one file."""
_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


def must_be_outside(library: Library, folder: Path) -> None:
    """DataProblem FOLDER_IN_LIBRARY where the folder is part of the library itself."""
    if folder.is_relative_to(library.folder.resolve()):
        raise DataProblem(
            "FOLDER_IN_LIBRARY",
            _("The folder {path} is part of the library itself.").format(path=folder),
            _("Name the card or the folder that holds the new pictures."),
        )


def must_hold_media(folder: Path, listing: Listing) -> None:
    """DataProblem NO_MEDIA for a folder without pictures; EnvironmentProblem where they could not be seen."""
    if listing.files:
        return
    unread = [problem for problem in listing.problems if problem.code in ("folder_unreadable", "unreadable")]
    if unread:
        raise EnvironmentProblem(
            "FOLDER_UNREADABLE",
            _("Nothing in {path} could be read.").format(path=folder),
            _("Put the card in again, or try another card reader."),
        )
    raise DataProblem(
        "NO_MEDIA",
        _("There are no pictures or videos in {path}.").format(path=folder),
        _("Check that this is the right card or folder."),
    )


def must_have_room(library: Library, listing: Listing) -> None:
    """EnvironmentProblem NO_ROOM, or DISK_FULL where nothing at all is left."""
    free = shutil.disk_usage(library.folder).free
    if listing.bytes + len(listing.files) * PREVIEW_BYTES + SPARE_BYTES <= free:
        return
    # Known files need no room. Size tells well enough here; the hash decides later.
    with library.read() as db:
        sizes = {row[0] for row in db.conn.execute("SELECT DISTINCT bytes FROM media WHERE deleted = 0").fetchall()}
    needed = sum(file.bytes + PREVIEW_BYTES for file in listing.files if file.bytes not in sizes)
    if not needed or needed + SPARE_BYTES <= free:
        return
    if free < NOTHING_LEFT:
        raise EnvironmentProblem(
            "DISK_FULL", _("The library's disk is full."), _("Free some space.") + " " + _("The card is unchanged.")
        )
    raise EnvironmentProblem(
        "NO_ROOM",
        _("The new files of this card need {needed} MB, but the library's disk has {free} MB free.").format(
            needed=-(-(needed + SPARE_BYTES) // 1_000_000), free=free // 1_000_000
        ),
        _("Free some space, or use another disk. The card is unchanged."),
    )


def is_gone(folder: Path, device: int) -> bool:
    """Whether the card that was at ``folder`` on ``device`` is no longer there."""
    try:
        if folder.stat().st_dev != device:
            return True
        with os.scandir(folder) as entries:
            return next(entries, None) is None  # an empty mount point is what a pulled card leaves
    except OSError:
        return True


def stopped(error: EnvironmentProblem | OSError, safe: int, found: int) -> EnvironmentProblem:
    """The error as a person meets it, with the number of files that are safe."""
    words = _("{stored} of {found} files are safe in the library; ingest the same folder again to go on.").format(
        stored=safe, found=found
    )
    if _is_full(error):
        return EnvironmentProblem("DISK_FULL", _("The library's disk is full."), _("Free some space.") + " " + words)
    if isinstance(error, EnvironmentProblem):
        if error.code == "CARD_REMOVED":
            what = _("The card was removed or cannot be read any more.")
            return EnvironmentProblem(error.code, what, _("Put it in again.") + " " + words)
        return EnvironmentProblem(error.code, error.what, f"{error.todo} {words}")
    what = _("The library's disk could not be written ({reason}).").format(reason=error.strerror or error)
    return EnvironmentProblem("LIBRARY_DISK_FAILED", what, _("Check the disk.") + " " + words)


def _is_full(error: EnvironmentProblem | OSError) -> bool:
    return error.code == "DISK_FULL" if isinstance(error, EnvironmentProblem) else error.errno in _FULL
