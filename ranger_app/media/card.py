"""What lies on a memory card or in a folder: every picture and video in order, and every thing that could not be read.

A folder that cannot be read is reported, never taken for an empty one. Nothing is ever written to the card.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ranger_app.domain.natural_order import natural
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.media.formats import HEAD, Format, told_by_content, told_by_name

_SYSTEM_FOLDERS = frozenset({"system volume information", "$recycle.bin", "recycler", "lost+found", "lost.dir"})
_SYSTEM_FILES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "autorun.inf", "indexervolumeguid"})
_COMPANIONS = frozenset({".thm", ".ctg", ".ind"})
"""Small files cameras write beside pictures for their own screen."""


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One file (path relative to the folder given, with ``/``), a stable code and a translated sentence."""

    file: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class CardFile:
    """One picture or video: where it is, its path relative to the folder given, its size in bytes."""

    path: Path
    relative: str
    bytes: int
    format: Format

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.relative.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The folder it lies in, relative to the folder given; empty at the top."""
        return self.relative.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Listing:
    """Pictures and videos in order of folder and name, and what was not taken."""

    files: tuple[CardFile, ...]
    problems: tuple[FileProblem, ...]

    @property
    def bytes(self) -> int:
        """The size of all files together."""
        return sum(file.bytes for file in self.files)


def readable(name: str) -> str:
    """A name from a disk as text that can be stored: valid Unicode in form NFC."""
    return unicodedata.normalize("NFC", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def walk(folder: Path, *, without: Path | None = None) -> Listing:
    """List a folder and all below it; links are not followed, ``without`` (the library itself) is left out.

    Raises DataProblem FOLDER_MISSING or NOT_A_FOLDER, EnvironmentProblem FOLDER_UNREADABLE for the folder itself.
    """
    _must_be_folder(folder)
    problems: list[FileProblem] = []
    files = tuple(_files(folder, problems, without.resolve() if without else None))
    return Listing(files, tuple(problems))


def one(path: Path) -> CardFile | FileProblem:
    """A single picture or video by its path, or why it is none."""
    name = readable(path.name)
    try:
        about = path.stat()
    except OSError as error:
        return unreadable(name, error)
    problems: list[FileProblem] = []
    taken = _one(path, name, about.st_size, problems) if stat.S_ISREG(about.st_mode) else None
    if taken is not None:
        return taken
    not_media = FileProblem(name, "not_media", _("This is not a picture or video Ranger knows."))
    return problems[0] if problems else not_media


def _must_be_folder(folder: Path) -> None:
    try:
        mode = folder.stat().st_mode
        if not stat.S_ISDIR(mode):
            raise DataProblem(
                "NOT_A_FOLDER",
                _("{path} is a file, not a folder.").format(path=folder),
                _("Name the card or the folder that holds the pictures."),
            )
        with os.scandir(folder):
            pass
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataProblem(
            "FOLDER_MISSING",
            _("There is no folder {path}.").format(path=folder),
            _("Check the name, or put the card in again."),
        ) from error
    except OSError as error:
        raise EnvironmentProblem(
            "FOLDER_UNREADABLE",
            _("The folder {path} cannot be read ({reason}).").format(path=folder, reason=error.strerror or error),
            _("Put the card in again, or try another card reader."),
        ) from error


def _files(top: Path, problems: list[FileProblem], without: Path | None) -> Iterator[CardFile]:
    waiting = [(top, "")]
    while waiting:
        folder, relative = waiting.pop()
        below: list[tuple[Path, str]] = []
        for entry in _entries(folder, relative, problems):
            path, name = Path(entry.path), f"{relative}/{readable(entry.name)}".lstrip("/")
            try:
                about = entry.stat(follow_symlinks=False)
            except OSError as error:
                problems.append(unreadable(name, error))
                continue
            if stat.S_ISLNK(about.st_mode) or _is_junction(about):
                problems.append(
                    FileProblem(name, "link", _("This is a link to another place; links are not followed."))
                )
            elif stat.S_ISDIR(about.st_mode):
                if entry.name.casefold() not in _SYSTEM_FOLDERS and (without is None or path.resolve() != without):
                    below.append((path, name))
            elif stat.S_ISREG(about.st_mode):
                taken = _one(path, name, about.st_size, problems)
                if taken is not None:
                    yield taken
            else:  # a pipe or device that somebody put among the pictures: never opened, but named
                problems.append(FileProblem(name, "not_media", _("This is not a picture or video Ranger knows.")))
        waiting.extend(reversed(below))


def _entries(folder: Path, relative: str, problems: list[FileProblem]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: (natural(entry.name), entry.name))
    except OSError as error:
        reason = _("This folder cannot be read ({reason}); what lies in it was not taken.")
        problems.append(
            FileProblem(relative or ".", "folder_unreadable", reason.format(reason=error.strerror or error))
        )
        return []
    return [entry for entry in entries if not entry.name.startswith(".") and entry.name.casefold() not in _SYSTEM_FILES]


def _one(path: Path, name: str, size: int, problems: list[FileProblem]) -> CardFile | None:
    form = told_by_name(name)
    if form is None:
        if path.suffix.lower() in _COMPANIONS:
            return None
        try:
            with path.open("rb") as stream:
                form = told_by_content(stream.read(HEAD))
        except OSError as error:
            problems.append(unreadable(name, error))
            return None
        if form is None:
            problems.append(FileProblem(name, "not_media", _("This is not a picture or video Ranger knows.")))
            return None
    if size == 0:
        problems.append(
            FileProblem(name, "empty_file", _("The file is empty (0 bytes): the camera did not finish writing it."))
        )
        return None
    return CardFile(path, name, size, form)


def unreadable(name: str, error: OSError) -> FileProblem:
    """The problem to list for a file the card does not give."""
    reason = _("The file cannot be read ({reason}).").format(reason=error.strerror or error)
    return FileProblem(name, "unreadable", reason)


def _is_junction(about: os.stat_result) -> bool:
    # Windows junctions look like folders and can lead in a circle.
    return bool(getattr(about, "st_file_attributes", 0) & getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0x400))
