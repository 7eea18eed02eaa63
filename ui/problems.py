"""The one place that words an error for a person, and writes a report of a fault of ours to a local file.

Nothing is sent anywhere: a report lies on this machine until a person carries it.
"""

from __future__ import annotations

import logging
import platform
import sys
import traceback
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ranger_app import __version__
from ranger_app.errors import EnvironmentProblem, RangerError
from ranger_app.i18n import _, language
from ranger_app.paths import profile_folder

_KEPT_LINES = 1000


class RecentLines(logging.Handler):
    """Keeps the last log lines in memory for a report."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


recent = RecentLines()


@dataclass(frozen=True, slots=True)
class Problem:
    """An error in words: what happened, what to do, and whether it is a fault of ours (then with its report)."""

    what: str
    todo: str
    code: str
    ours: bool = False
    report: Path | None = None


def worded(error: BaseException, *, write: bool = True) -> Problem:
    """The words for ``error``; a fault of ours is also written to a report file when ``write``."""
    if isinstance(error, RangerError):
        return Problem(error.what, error.todo, error.code)
    if isinstance(error, OSError) and not isinstance(error, EnvironmentProblem):
        what = _("The disk or card answered: {answer}.").format(answer=error.strerror or type(error).__name__)
        return Problem(what, _("Check that it is plugged in and has space, then try again."), "DISK")
    report = write_report(error) if write else None
    return Problem(
        _("Something in Ranger itself went wrong. Your records are safe."),
        _("A report was written on this computer; take it to whoever looks after Ranger."),
        "BUG",
        ours=True,
        report=report,
    )


def write_report(error: BaseException) -> Path | None:
    """Write a report without pictures, places or names of people; None where even that fails."""
    now = datetime.now(UTC)
    lines = [
        f"Ranger {__version__}",
        f"Python {sys.version.split()[0]}, {platform.platform()}, language {language()}",
        now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "",
        *traceback.format_exception(error),
        "",
        *recent.lines,
    ]
    try:
        folder = profile_folder() / "reports"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / now.strftime("report-%Y%m%d-%H%M%S.txt")
        path.write_text("\n".join(lines), encoding="utf-8")
    except OSError:
        return None
    return path
