"""Where SMART patrols come from: one XML file, a folder of them or a zip file, with the attachments beside them.

A zip file is never unpacked as a whole; what is needed of it is read with a bound on what it may expand to.
"""

from __future__ import annotations

import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.errors import DataProblem, file_unreadable
from ranger_app.exchange.unpacking import most_unpacked
from ranger_app.exchange.xml_tree import MOST_BYTES, refused
from ranger_app.i18n import _

_MOST_FILES = 200_000
_MOST_ATTACHMENT = 4 << 30
_CHUNK = 1 << 20
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError)


@dataclass(slots=True)
class Source:
    """An open source: the names of its XML files, and all its files by their folded last name."""

    files: list[str] = field(default_factory=list)
    folder: Path | None = None
    archive: zipfile.ZipFile | None = None
    _stems: dict[str, set[str]] = field(default_factory=dict)
    """The XML files of each folder, those too that are not asked for, by their folded names without the ending."""
    _by_name: dict[str, list[str]] = field(default_factory=dict)

    def note(self, name: str) -> None:
        """One file of the source, by its path from the top with forward slashes."""
        self._by_name.setdefault(_folded(name.rpartition("/")[2]), []).append(name)
        if name.casefold().endswith(".xml"):
            self.files.append(name)
            here, stem = _place_of(name)
            self._stems.setdefault(here, set()).add(stem)

    def read(self, name: str) -> bytes:
        """The bytes of an XML file; DataProblem where it is too large or damaged."""
        if self.archive is not None:
            with _packed(self.archive, name) as pieces:
                found = bytearray()
                for piece in pieces:
                    found += piece
                    if len(found) > MOST_BYTES:
                        raise refused("XML_TOO_BIG", _("{file} holds more than such a file can hold."), name)
                return bytes(found)
        path = self._path(name)
        try:
            if path.stat().st_size > MOST_BYTES:
                raise refused("XML_TOO_BIG", _("{file} holds more than such a file can hold."), name)
            return path.read_bytes()
        except OSError as error:
            raise file_unreadable(path, error) from error

    def attachment(self, xml: str, filename: str) -> str | None:
        """The file that an XML means: beside it or the nearest below; None where there is none or none is nearest.

        A folder with an XML of its own, or named like another XML, belongs to that patrol: a photo of another patrol
        under the same name is no evidence of this one.
        """
        wanted = _folded(filename.replace("\\", "/").rpartition("/")[2])
        here, stem = _place_of(xml)
        others = self._stems.get(here, set()) - {stem}
        ranked: list[tuple[bool, int, str]] = []
        for one in self._by_name.get(wanted, ()):
            if here and not one.startswith(f"{here}/"):
                continue
            inside = one[len(here) :].strip("/").split("/")[:-1]
            above = {"/".join(filter(None, (here, *inside[: depth + 1]))) for depth in range(len(inside))}
            ours = any(stem in _folded(part) for part in inside)
            if above & self._stems.keys() or (
                not ours and any(other in _folded(part) for other in others for part in inside)
            ):
                continue
            ranked.append((not ours, len(inside), one))
        ranked.sort()
        if not ranked or (len(ranked) > 1 and ranked[0][:2] == ranked[1][:2]):
            return None
        return ranked[0][2]

    def unpacked(self, name: str, into: Path) -> Path:
        """The file itself, or a copy of it in the folder ``into``; DataProblem where it is damaged."""
        if self.archive is None:
            return self._path(name)
        target = into / "attachment"
        with _packed(self.archive, name) as pieces, target.open("wb") as stream:
            for piece in pieces:
                stream.write(piece)
        return target

    def _path(self, name: str) -> Path:
        return (self.folder or Path()) / name


def _place_of(xml: str) -> tuple[str, str]:
    """The folder of an XML file and its name without the ending, folded."""
    folder, _slash, name = xml.rpartition("/")
    return folder, _folded(name.rpartition(".")[0])


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


@contextmanager
def opened(source: Path) -> Iterator[Source]:
    """Open an XML file, a folder or a zip file; DataProblem where there is nothing in it that could be a patrol."""
    found = Source()
    if source.is_dir():
        found.folder = source
        for name in _below(source):
            found.note(name)
    elif zipfile.is_zipfile(source):
        found.archive = _archive(source)
        for info in found.archive.infolist():
            if not info.is_dir():
                found.note(info.filename)
    else:
        found.folder = source.parent
        for name in _below(source.parent, deepest=2):
            found.note(name)
        found.files = [source.name]
    found.files.sort()
    try:
        if not found.files:
            raise DataProblem(
                "NO_XML_HERE",
                _("There is no XML file in {name}.").format(name=source.name),
                _("Name a patrol's XML file, the folder it lies in or the zip file that SMART wrote."),
            )
        yield found
    finally:
        if found.archive is not None:
            found.archive.close()


def _archive(source: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(source)
    except (*_BAD_ZIP, OSError) as error:
        raise refused("ZIP_DAMAGED", _("{file} is damaged."), source.name) from error
    if len(archive.infolist()) > _MOST_FILES:
        archive.close()
        raise refused("ZIP_TOO_BIG", _("{file} holds more files than an export can hold."), source.name)
    return archive


def _below(folder: Path, deepest: int = 12) -> Iterator[str]:
    """The files of a folder and of those below it, links not followed."""
    waiting = [(folder, "", 1)]
    seen = 0
    while waiting:
        here, relative, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            seen += 1
            if seen > _MOST_FILES:
                return
            try:
                mode = entry.stat(follow_symlinks=False).st_mode
            except OSError:
                continue
            if stat.S_ISDIR(mode) and depth < deepest:
                waiting.append((Path(entry.path), f"{relative}{entry.name}/", depth + 1))
            elif stat.S_ISREG(mode):
                yield f"{relative}{entry.name}"


@contextmanager
def _packed(archive: zipfile.ZipFile, name: str) -> Iterator[Iterator[bytes]]:
    """The bytes of a packed file piece by piece; DataProblem where it is damaged or expands beyond reason."""
    try:
        info = archive.getinfo(name)
        bound = min(_MOST_ATTACHMENT, most_unpacked(info.compress_size))

        def pieces() -> Iterator[bytes]:
            total = 0
            with archive.open(info) as stream:
                while piece := stream.read(_CHUNK):
                    total += len(piece)
                    if total > bound:
                        raise refused("ZIP_BOMB", _("{file} unpacks to far more than such a file can hold."), name)
                    yield piece

        yield pieces()
    except (*_BAD_ZIP, KeyError) as error:
        raise refused("ZIP_DAMAGED", _("{file} is damaged."), name) from error
