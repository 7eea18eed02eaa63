"""The kinds of files a camera-trap card holds, told by their first bytes and not by their names alone.

One explicit list: what is taken, how it is called in the vault, and whether a picture can be made of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

HEAD = 64
"""How many first bytes ``told_by_content`` needs."""


@dataclass(frozen=True, slots=True)
class Format:
    """One file type: its media type, its ending in the vault and the endings it has on cards."""

    media_type: str
    extension: str
    endings: tuple[str, ...]
    decoder: str = ""
    """Which reader makes a picture of it: ``jpeg``, ``pillow``, ``heif``; empty for videos, which have their own."""

    @property
    def video(self) -> bool:
        """Whether it is a video."""
        return self.media_type.startswith("video/")


FORMATS: tuple[Format, ...] = (
    Format("image/jpeg", "jpg", (".jpg", ".jpeg", ".jpe", ".jfif"), "jpeg"),
    Format("image/png", "png", (".png",), "pillow"),
    Format("image/tiff", "tif", (".tif", ".tiff"), "pillow"),
    Format("image/heic", "heic", (".heic", ".heif", ".hif"), "heif"),
    Format("video/mp4", "mp4", (".mp4", ".m4v")),
    Format("video/x-msvideo", "avi", (".avi",)),
    Format("video/quicktime", "mov", (".mov", ".qt")),
)

BY_ENDING: dict[str, Format] = {ending: form for form in FORMATS for ending in form.endings}
BY_MEDIA_TYPE: dict[str, Format] = {form.media_type: form for form in FORMATS}

_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


def told_by_name(name: str) -> Format | None:
    """The format a file's ending promises, or None."""
    return BY_ENDING.get(PurePath(name).suffix.lower())


def told_by_content(head: bytes) -> Format | None:
    """The format the first bytes (at least HEAD of them, where the file has as many) prove, or None."""
    media_type = ""
    if head.startswith(b"\xff\xd8\xff"):
        media_type = "image/jpeg"
    elif head.startswith(b"\x89PNG\r\n\x1a\n"):
        media_type = "image/png"
    elif head.startswith((b"II*\0", b"MM\0*")):
        media_type = "image/tiff"
    elif head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        media_type = "video/x-msvideo"
    elif head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _HEIF_BRANDS:
            media_type = "image/heic"
        else:
            media_type = "video/quicktime" if brand == b"qt  " else "video/mp4"
    elif head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"):
        media_type = "video/quicktime"
    return BY_MEDIA_TYPE.get(media_type)
