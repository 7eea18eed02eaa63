"""The sentences a person reads when a bundle cannot be taken.

One place, so that every way in which a stick can be wrong has one code and one thing to do about it.
"""

from __future__ import annotations

import errno
import re
from pathlib import Path

from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.i18n import _

_FOLDER = re.compile(r"[0-9a-f]{8}-([0-9]{6,})-[0-9a-f]{8}", re.ASCII)
_GONE = (errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOENT, errno.EBADF)
"""What a stick answers that was pulled out or fails."""


def _number(name: str) -> str:
    """A bundle as people call it: the number on its slip; what is no bundle's folder keeps its name."""
    found = _FOLDER.fullmatch(name)
    return str(int(found[1])) if found else name


class BundleProblem(DataProblem):
    """A bundle cannot be taken; nothing was changed."""

    in_part = False
    """What is whole of it could be taken, on a person's word."""


def no_bundle(folder: Path) -> BundleProblem:
    """There is nothing to read at ``folder``."""
    return BundleProblem(
        "NO_BUNDLE",
        _("There is no bundle in {folder}.").format(folder=folder),
        _("Choose the stick, or the folder with the bundle on it."),
    )


def not_a_folder(folder: Path) -> BundleProblem:
    """A file, a link or nothing at all stands where a folder was expected."""
    return BundleProblem(
        "NO_BUNDLE",
        _("{folder} is not a folder.").format(folder=folder),
        _("Choose the stick, or the folder with the bundle on it."),
    )


def not_whole(name: str, damaged: int, missing: int) -> BundleProblem:
    """Parts of the bundle are damaged or missing and no second copy helps."""
    problem = BundleProblem(
        "BUNDLE_NOT_WHOLE",
        _("Bundle {name} is not whole (damaged files: {damaged}, missing files: {missing}).").format(
            name=_number(name), damaged=damaged, missing=missing
        ),
        _("Ask the sender for a new copy, or take only what is undamaged."),
    )
    problem.in_part = True
    return problem


def unreadable(name: str) -> BundleProblem:
    """Nothing of the bundle can be taken, not even in part."""
    return BundleProblem(
        "BUNDLE_NOT_WHOLE",
        _("Bundle {name} is too damaged to be read.").format(name=_number(name)),
        _("Ask the sender to write it again."),
    )


def unfinished(name: str, *, in_part: bool = False) -> BundleProblem:
    """The writing of the bundle was interrupted; ``in_part`` where that was so late that its keys are there."""
    problem = BundleProblem(
        "BUNDLE_NOT_WHOLE",
        _("Bundle {name} is unfinished: its writing was interrupted.").format(name=_number(name)),
        _("Ask the sender to finish it, or take only what is undamaged.")
        if in_part
        else _("Ask the sender to finish it."),
    )
    problem.in_part = in_part
    return problem


def stick_gone(name: str) -> EnvironmentProblem:
    """A bundle that was whole can no longer be read: the stick was pulled out, or fails."""
    return EnvironmentProblem(
        "STICK_GONE",
        _("The stick could not be read to the end of bundle {name}.").format(name=_number(name)),
        _("Put it back and read again: what arrived is kept, and reading goes on from there."),
    )


def from_stranger(name: str) -> BundleProblem:
    """The signature is of a station that is not known here."""
    return BundleProblem(
        "BUNDLE_FROM_STRANGER",
        _("Bundle {name} is not signed by a partner of this station.").format(name=_number(name)),
        _("Add the sender's station card and compare the digits first."),
    )


def from_unconfirmed(name: str, partner: str) -> BundleProblem:
    """The signature is of a partner whose keys nobody has compared yet."""
    return BundleProblem(
        "BUNDLE_FROM_STRANGER",
        _("Bundle {name} is from {partner}, whose keys nobody here has confirmed.").format(
            name=_number(name), partner=partner
        ),
        _("Compare the digits with the partner first."),
    )


def not_for_us(name: str) -> BundleProblem:
    """The bundle is sealed for other stations."""
    return BundleProblem(
        "BUNDLE_NOT_FOR_US",
        _("Bundle {name} is not addressed to this station.").format(name=_number(name)),
        _("Ask the sender to write one for this station."),
    )


def none_for_us(folder: Path) -> BundleProblem:
    """Only bundles that this station wrote itself lie there."""
    return BundleProblem(
        "BUNDLE_NOT_FOR_US",
        _("There is no bundle for this station in {folder}.").format(folder=folder),
        _("Choose the partner's stick."),
    )


def newer(name: str) -> BundleProblem:
    """The format is of a later version of the program."""
    return BundleProblem(
        "BUNDLE_NEWER",
        _("Bundle {name} was written by a newer version of Ranger.").format(name=_number(name)),
        _("Install the newer version and read the bundle again."),
    )


def false_content(name: str) -> BundleProblem:
    """The signature is right, yet what is inside contradicts it: the sender's program or station is at fault."""
    return BundleProblem(
        "BUNDLE_NOT_VALID",
        _("Bundle {name} contradicts itself: its contents do not match their signatures.").format(name=_number(name)),
        _("Tell the sender; nothing of it was taken."),
    )


def no_card(path: Path) -> DataProblem:
    """There is no file to read a card from."""
    return DataProblem(
        "NO_CARD",
        _("{file} cannot be read.").format(file=path),
        _("Check the name and the stick, or choose another file."),
    )


def bad_card(path: Path) -> DataProblem:
    """The file is not a station card, or somebody changed it."""
    return DataProblem(
        "CARD_NOT_VALID",
        _("{file} is not a valid station card.").format(file=path),
        _("Ask the partner for a new card."),
    )


def not_kept(name: str) -> EnvironmentProblem:
    """What was read back differs from what was written."""
    return EnvironmentProblem(
        "STICK_NOT_RELIABLE",
        _("The stick did not keep what was written to it ({file}).").format(file=name),
        _("Use another stick."),
    )


def not_written(error: OSError, *, kept: bool = False) -> EnvironmentProblem:
    """Writing failed half way; ``kept`` where it can be taken up again."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EnvironmentProblem(
            "STICK_FULL", _("The stick is full."), _("Use a larger stick, or send fewer pictures.")
        )
    todo = _("Check the stick and the space on it, then write the bundle again.")
    if kept:
        todo = _("Put the stick in again and finish the bundle; what was written counts.")
    if error.errno in _GONE:
        return EnvironmentProblem(
            "BUNDLE_NOT_WRITTEN", _("The stick was taken out while it was written, or it fails."), todo
        )
    return EnvironmentProblem(
        "BUNDLE_NOT_WRITTEN",
        _("The bundle could not be finished ({reason}).").format(reason=error.strerror or type(error).__name__),
        todo,
    )
