"""How answers, progress and failures of the surroundings are shown on a terminal."""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Callable, Generator
from typing import TypeVar

from ranger_app.errors import EnvironmentProblem, RangerError
from ranger_app.i18n import _
from ranger_app.jobs import Progress, run

Result = TypeVar("Result")


def show(answer: object, indent: int = 0) -> None:
    """Print an answer for a person: one line a value, lists one line an entry."""
    pad = "  " * indent
    if not isinstance(answer, dict):
        print(f"{pad}{_word(answer)}")
        return
    for name, value in answer.items():
        if isinstance(value, dict):
            print(f"{pad}{name}:")
            show(value, indent + 1)
        elif isinstance(value, list):
            print(f"{pad}{name}: {len(value)}")
            for entry in value:
                if isinstance(entry, dict):
                    filled = ", ".join(f"{k}={_word(v)}" for k, v in entry.items() if v not in (None, "", []))
                    print(f"{pad}  {filled}")
                else:
                    print(f"{pad}  {_word(entry)}")
        else:
            print(f"{pad}{name}: {_word(value)}")


def _word(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    # A name may come from a partner: nothing in it may steer the terminal.
    return "".join(one if one.isprintable() else " " for one in str(value))


def with_progress(job: Generator[Progress, None, Result]) -> Result:
    """Run a job, telling how far it is on standard error at most twice a second."""
    last = 0.0
    terminal = sys.stderr.isatty()

    def tell(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < 0.5:
            return
        last = now
        of = f" / {progress.total}" if progress.total else ""
        end = "\r" if terminal else "\n"
        print(f"{progress.note} {progress.done}{of}", end=end, file=sys.stderr, flush=True)

    return run(job, tell)


_WORDS: dict[int, Callable[[], EnvironmentProblem]] = {
    errno.ENOSPC: lambda: EnvironmentProblem("DISK_FULL", _("The disk is full."), _("Free some space and try again.")),
    errno.EACCES: lambda: EnvironmentProblem(
        "NO_RIGHTS", _("A file or folder may not be used."), _("Check the rights to it and try again.")
    ),
    errno.EROFS: lambda: EnvironmentProblem(
        "READ_ONLY", _("The disk or stick cannot be written."), _("Take off its write protection, or use another.")
    ),
}


def environment(error: OSError) -> RangerError:
    """A failure of the system as a sentence with what to do."""
    known = _WORDS.get(error.errno or 0)
    if known:
        return known()
    return EnvironmentProblem(
        "SYSTEM_FAILED",
        _("The system reported: {what}.").format(what=error.strerror or str(error)),
        _("Check the disk, the card or the stick, then try again."),
    )
