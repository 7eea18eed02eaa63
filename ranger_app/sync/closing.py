"""The end of every bundle: signed manifests, a reading back of every file, and DONE last of all."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path

from ranger_app.sync import manifest, minisign
from ranger_app.sync.files import NewFile, folder_to_disk, hash_file, write_small
from ranger_app.sync.manifest import Outer, Part
from ranger_app.sync.problems import not_kept

Files = list[tuple[str, int, str]]
"""Name, size and SHA-256 of files of a bundle."""


def close(
    folder: Path,
    outer: Outer,
    sign: minisign.Sign,
    on_files: Callable[[Files], None] | None = None,
) -> Generator[int, None, Files]:
    """Write the manifests of finished parts, read everything back, write DONE; yields bytes read back.

    The value: every file of the bundle. EnvironmentProblem STICK_NOT_RELIABLE where the stick gives back other bytes.
    """
    text = manifest.write(outer)
    signature = minisign.sign(
        text, key_id=bytes.fromhex(outer.station)[:8], comment=f"ranger bundle {outer.bundle}", sign=sign
    )
    controls = [
        write_small(folder / name, data)
        for base in (manifest.OUTER, manifest.OUTER_COPY)
        for name, data in ((base, text), (base + manifest.SIGNATURE, signature))
    ]
    folder_to_disk(folder)
    expected = [entry for part in outer.parts for entry in _both(part)]
    expected += [(one.path.name, one.size, one.sha256) for one in controls]
    if on_files is not None:
        on_files(expected)
    for entry in expected:
        yield from _read_back(folder, *entry)
    done: NewFile = write_small(folder / manifest.DONE, controls[0].sha256.encode("ascii") + b"\n")
    folder_to_disk(folder)
    folder_to_disk(folder.parent)
    last = (manifest.DONE, done.size, done.sha256)
    yield from _read_back(folder, *last)
    return [*expected, last]


def _both(part: Part) -> Files:
    return [(name, part.size, part.sha256) for name in (part.name, part.copy) if name]


def _read_back(folder: Path, name: str, size: int, sha256: str) -> Generator[int, None, None]:
    for _attempt in range(2):  # a second look before a stick is called bad
        if (yield from hash_file(folder / name, size)) == sha256:
            return
    raise not_kept(name)


def discard(folder: Path) -> None:
    """Remove an unfinished bundle as far as the stick allows."""
    with suppress(OSError):
        for path in folder.iterdir():
            with suppress(OSError):
                path.unlink()
        folder.rmdir()
