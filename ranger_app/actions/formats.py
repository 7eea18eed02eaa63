"""What a format of export or import is to the rest of the program: a name, words for it, and the function that does it.

The command line and the window offer whatever stands in the tables ``export_data.FORMATS`` and
``import_data.FORMATS``; a new format is one module and one line there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.domain.fields import Group, Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.sharing import Rule
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ranger_app.store.rows import Record

Listed = dict[str, str | int]
"""One thing that was not taken or not written: ``row`` or ``file`` or ``id``, then ``code`` and ``reason``."""


def open_values(record: Record) -> dict[str, Value]:
    """A record's fields as a file under the rule ``open`` may name them: without places, people, tracks, file data."""
    kind = kind_named(record.kind)
    return {field.name: record[field.name] if field.group is Group.OPEN else None for field in kind.fields}


@dataclass(frozen=True, slots=True)
class Option:
    """One further choice of a format: ``--name`` on the command line, a key of a request's ``options``."""

    name: str
    label: str
    choices: tuple[str, ...] = ()
    default: str = ""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Into which folder (made already, empty, renamed when all is well), and what may leave."""

    folder: Path
    shown: Rule
    exact: bool
    options: Mapping[str, str]
    cancel: CancelToken
    partner: bool = False
    """Whether the rule is that of one named partner, for whom it leaves."""

    @property
    def rule(self) -> str:
        """The name of the sharing rule."""
        return self.shown.name


@dataclass(slots=True)
class ExportReport:
    """What an export wrote, could not write, and held back; numbers by kind of record or by table."""

    format: str
    folder: Path | None = None
    written: Counter[str] = field(default_factory=Counter)
    failed: list[Listed] = field(default_factory=list)
    withheld: Counter[str] = field(default_factory=Counter)
    cancelled: bool = False

    def answer(self) -> dict[str, object]:
        """As the command line says it."""
        return {
            "format": self.format,
            "folder": str(self.folder) if self.folder else None,
            "written": dict(self.written),
            "failed": self.failed,
            "withheld": dict(self.withheld),
        }


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """From which file or folder."""

    source: Path
    options: Mapping[str, str]
    cancel: CancelToken


@dataclass(slots=True)
class ImportReport:
    """What an import read. ``read`` counts everything the source holds of a kind, ``new`` what was not here before.

    What has no place here, such as a column of nobody's standard, is listed in ``failed``; ``withheld`` counts what the
    giver held back or what stands under a rule of ours.
    """

    format: str
    read: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    failed: list[Listed] = field(default_factory=list)
    withheld: Counter[str] = field(default_factory=Counter)
    cancelled: bool = False

    def answer(self) -> dict[str, object]:
        """As the command line says it."""
        return {
            "format": self.format,
            "read": dict(self.read),
            "new": dict(self.new),
            "failed": self.failed,
            "withheld": dict(self.withheld),
        }


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format that is written. ``write`` fills the request's folder and the report."""

    label: str
    write: Callable[[Library, ExportRequest, ExportReport], Job[None]]
    options: tuple[Option, ...] = ()
    any_rule: bool = False
    """Whether it can be written under any sharing rule; the others know ``open`` and exactness."""


@dataclass(frozen=True, slots=True)
class ImportFormat:
    """One format that is read. ``read`` takes the records and fills the report; DataProblem takes nothing."""

    label: str
    read: Callable[[Library, ImportRequest, ImportReport], Job[None]]
    options: tuple[Option, ...] = ()
