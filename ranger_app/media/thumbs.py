"""Small previews under the hash of their original: disposable, written whole, made again when missing."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from ranger_app.media import vault

REVIEW_EDGE = 1280
"""Longest side of a review copy in pixels: the width of the window it is looked at in."""


def place(cache: Path, sha256: str) -> Path:
    """Where the preview of this original (64 hex digits) lies or would lie inside the library's cache folder."""
    return cache / "thumbs" / sha256[:2] / f"{sha256}.jpg"


def review_place(cache: Path, sha256: str) -> Path:
    """Where the review copy of this original lies or would lie inside the library's cache folder."""
    return cache / "review" / sha256[:2] / f"{sha256}.jpg"


def keep(cache: Path, sha256: str, preview: bytes) -> Path:
    """Write a preview so that readers see it whole or not at all. It is not synced: it can be made again."""
    return _written(place(cache, sha256), preview)


def keep_review(cache: Path, name: str, copy: bytes) -> Path:
    """Write a review copy that came from elsewhere, under a hash or a record's id in hex."""
    return _written(review_place(cache, name), copy)


def _written(target: Path, preview: bytes) -> Path:
    fresh = target.with_name(f"{secrets.token_hex(8)}.part")
    try:
        try:
            fresh.write_bytes(preview)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(preview)
        fresh.replace(target)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        if isinstance(error, PermissionError) and is_whole(target):
            return target  # Windows does not replace what another reader has open, and it is the same picture
        raise
    return target


def is_whole(path: Path) -> bool:
    """Whether a preview is there and ends as a JPEG does; a power cut can leave an empty one behind."""
    try:
        with path.open("rb") as stream:
            if stream.read(2) != b"\xff\xd8":
                return False
            stream.seek(-2, 2)
            return stream.read(2) == b"\xff\xd9"
    except OSError:
        return False


def thumbnail(library_folder: Path, sha256: str) -> Path | None:
    """The preview of an original, made from the vault if need be; None where no picture can be made of it.

    Callable from any thread. Raises OSError when the original or the cache cannot be read or written.
    """
    cache = library_folder / "cache"
    target = place(cache, sha256)
    if is_whole(target):
        return target
    original = vault.find(library_folder / "vault", sha256)
    preview = preview_of(original) if original is not None else None
    return keep(cache, sha256, preview) if preview else None


def review_copy(library_folder: Path, sha256: str, original: Path | None) -> Path | None:
    """A copy of REVIEW_EDGE pixels for looking closely without the original, made from ``original`` if need be.

    None where there is none yet and ``original`` is not given, is not here, or no picture can be made of it.
    Callable from any thread. Raises OSError when the original or the cache cannot be read or written.
    """
    target = review_place(library_folder / "cache", sha256)
    if is_whole(target):
        return target
    preview = preview_of(original, REVIEW_EDGE) if original is not None and original.is_file() else None
    return _written(target, preview) if preview else None


def preview_of(original: Path, edge: int = 0) -> bytes | None:
    """A JPEG preview of a picture or video, upright; None where none can be made. OSError when it cannot be read.

    ``edge`` is its longest side in pixels, 0 for that of a thumbnail.
    """
    # Imported late: the decoders bring numpy, and a window that only shows previews starts without it.
    from ranger_app.media import examine

    return examine.preview_of(original, edge) if edge else examine.preview_of(original)
