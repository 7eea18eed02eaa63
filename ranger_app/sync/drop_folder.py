"""A drop point that is a plain folder: a share, or a folder that some program carries elsewhere by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ranger_app.sync.drop import BLOCK, MOST_NAMES, Address, Emit
from ranger_app.sync.files import folder_to_disk, open_plain, past_cache, to_disk

DRAFT = ".new"


class FolderCarrier:
    """Files are written under a draft name, brought to the disk, then named."""

    host_key = ""

    def __init__(self, where: Address) -> None:
        self._root = Path(where.path)
        if not self._root.is_dir():
            raise FileNotFoundError(2, os.strerror(2), str(self._root))

    def folders(self, path: str) -> list[str]:
        """Names in a folder, at most MOST_NAMES."""
        try:
            with os.scandir(self._root / path) as entries:
                return [one.name for one in islice(entries, MOST_NAMES) if one.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            return []

    def size(self, path: str) -> int | None:
        """Bytes of a file, None where there is none."""
        try:
            return (self._root / path).stat(follow_symlinks=False).st_size
        except FileNotFoundError:
            return None

    def make_folder(self, path: str) -> None:
        """Make a folder and what it stands in."""
        (self._root / path).mkdir(parents=True, exist_ok=True)

    def send(self, source: Path, path: str, emit: Emit) -> None:
        """Copy a file, to the disk, and name it."""
        target = self._root / path
        draft = target.with_name(target.name + DRAFT)
        with open_plain(source) as file, draft.open("wb") as copy:
            while block := file.read(BLOCK):
                copy.write(block)
                emit(len(block))
            to_disk(copy)
            past_cache(copy)
        draft.replace(target)
        folder_to_disk(target.parent)

    def read(self, path: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes of a file."""
        with open_plain(self._root / path) as file:
            file.seek(start)
            while start < end and (block := file.read(min(BLOCK, end - start))):
                start += len(block)
                yield block

    def same(self, source: Path, path: str) -> bool | None:
        """A folder vouches for nothing."""
        return None

    def remove(self, path: str) -> None:
        """Remove a file."""
        (self._root / path).unlink()

    def close(self) -> None:
        """Nothing is open."""
