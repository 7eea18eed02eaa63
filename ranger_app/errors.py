"""The errors a person may meet, each with a stable code and a sentence on what to do next.

Actions raise only these; anything else that escapes is a bug of ours and is reported as one.
"""

from __future__ import annotations

from pathlib import Path

from ranger_app.i18n import _


class RangerError(Exception):
    """Base of all expected errors: ``code`` is stable, ``what`` and ``todo`` are translated sentences."""

    exit_status = 1

    def __init__(self, code: str, what: str, todo: str) -> None:
        super().__init__(f"{code}: {what} {todo}")
        self.code = code
        self.what = what
        self.todo = todo


class UsageProblem(RangerError):
    """The command was used in a wrong way (exit status 2)."""

    exit_status = 2


class DataProblem(RangerError):
    """The data given cannot be taken; nothing was changed (exit status 3)."""

    exit_status = 3


class EnvironmentProblem(RangerError):
    """The surroundings failed: disk full, card removed, library open elsewhere (exit status 4)."""

    exit_status = 4


def file_missing(path: Path) -> DataProblem:
    """A file that was named and is not there."""
    return DataProblem(
        "FILE_NOT_FOUND",
        _("There is no file {file}.").format(file=path),
        _("Check the name, and that the card or stick is still in."),
    )


def file_unreadable(path: Path, error: OSError) -> EnvironmentProblem:
    """A file that the disk does not give."""
    return EnvironmentProblem(
        "FILE_NOT_READABLE",
        _("The file {file} could not be read: {reason}.").format(file=path, reason=error.strerror or error),
        _("Check that the card or stick is still in, then try again."),
    )
