"""One look at a picture: is it whole, how large is it, and what small preview stands for it.

The decoder's own warnings tell damage, because many readers open a picture whose data break off without complaint.
"""

from __future__ import annotations

import io
import mmap
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import numpy
import simplejpeg
from PIL import Image

from ranger_app.media import heic
from ranger_app.media.formats import BY_MEDIA_TYPE
from ranger_app.media.room import room
from ranger_app.media.scale import preview

EDGE = 320
"""Longest side of a preview in pixels."""
MOST_PIXELS = 200_000_000
"""Above this a baseline JPEG is not decoded; it is stored all the same."""
MOST_IN_MEMORY = 130_000_000
"""Bytes. PNG, TIFF and a JPEG of several scans need every pixel in memory at once; larger ones are not decoded."""
MOST_SCANS = 64
"""A progressive JPEG has about ten scans; hundreds of them only keep a computer busy."""
MOST_PIXELS_HEIC = 26_000_000
"""HEIC is decoded into several copies of the picture at once (about 9 bytes for each pixel)."""

Data = bytes | mmap.mmap
"""A picture's bytes, or its file mapped into memory."""

IN_MEMORY = 32 * 1024 * 1024
"""Files up to this size (bytes) are held in memory whole; larger ones are copied in pieces and mapped."""

# The check below is stricter and knows the format; Pillow's own would print a warning instead of answering.
Image.MAX_IMAGE_PIXELS = None
# What Pillow finds odd about a file is no line a ranger can act on; damage is told by the flag.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

_EXTRANEOUS = re.compile(r"(\d+) extraneous bytes before marker 0xd9")
_DAMAGE = re.compile(
    r"corrupt|premature|truncat|unexpected|inconsistent|bogus|invalid|too many|not exist|empty|no image|missing",
    re.IGNORECASE,
)
_COEFFICIENTS = {"444": 6, "422": 4, "440": 4, "420": 3, "411": 3, "441": 3, "Gray": 2}
"""Bytes for each pixel while all scans of a JPEG are collected, by the subsampling of its colours."""
_STORED = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "LA": 8, "PA": 8, "RGBA": 8}
"""Bytes for each pixel while a picture is decoded and made smaller, by Pillow's name of its kind; 4 for others."""
_FIRST_SCAN = b"\xff\xda"


@dataclass(frozen=True, slots=True)
class Look:
    """Width and height in pixels as stored (before turning), None where unknown."""

    width: int | None = None
    height: int | None = None
    damaged: str = ""
    """What the decoder said, in its own English words, when the data are not whole; else empty."""
    too_large: bool = False
    """The picture has more pixels than are decoded safely on a field laptop."""
    preview: bytes | None = None
    """A JPEG of at most EDGE pixels on its longest side, upright."""
    duration: int | None = None
    """Milliseconds of a video."""
    no_decoder: bool = False
    """Nothing here can decode this kind of file; that says nothing against it."""


@contextmanager
def opened(path: Path) -> Iterator[Data]:
    """A file's bytes for reading, mapped rather than loaded when it is large. OSError when it cannot be read."""
    if path.stat().st_size <= IN_MEMORY:
        yield path.read_bytes()
        return
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        yield mapped


def look(data: Data, media_type: str, orientation: int = 1, edge: int = EDGE) -> Look:
    """Decode a picture given as bytes or a memory map, once, at reduced size where the format allows it.

    Never raises for what the file holds. Pixels and scans are limited, so time and memory are bounded.
    """
    decoder = BY_MEDIA_TYPE[media_type].decoder if media_type in BY_MEDIA_TYPE else ""
    if decoder == "jpeg":
        return _jpeg(data, orientation, edge)
    if decoder == "heif":
        return _heic(data, edge)
    return _pillow(data, orientation, edge) if decoder else Look(no_decoder=True)


def _jpeg(data: Data, orientation: int, edge: int) -> Look:
    try:
        height, width, _colours, sampling = simplejpeg.decode_jpeg_header(data, strict=False)
    except Exception as error:  # besides ValueError it raises KeyError for a header it cannot name
        return _other_jpeg(data, orientation, edge, str(error))
    several = _has_several_scans(data)
    needed = width * height * _COEFFICIENTS.get(sampling, 6) if several else 0
    if width * height > MOST_PIXELS or needed > MOST_IN_MEMORY or (several and _scans(data) > MOST_SCANS):
        return Look(width, height, too_large=True)
    with room(needed):
        return _decoded(data, width, height, orientation, edge)


def _decoded(data: Data, width: int, height: int, orientation: int, edge: int) -> Look:
    scale = edge / max(width, height)
    least = {"min_width": max(1, int(width * scale)), "min_height": max(1, int(height * scale))} if scale < 1 else {}
    damaged = ""
    try:
        pixels = simplejpeg.decode_jpeg(data, "RGB", strict=True, **least)
    except ValueError as error:
        if not _DAMAGE.search(str(error)):
            return _other_jpeg(data, orientation, edge, "")
        damaged = "" if _is_padding(data, str(error)) else str(error)
        try:
            pixels = simplejpeg.decode_jpeg(data, "RGB", strict=False, **least)
        except ValueError as worse:
            return Look(width, height, damaged or str(worse))
    return Look(width, height, damaged, preview=preview(pixels, orientation, edge))


def _other_jpeg(data: Data, orientation: int, edge: int, complaint: str) -> Look:
    """A JPEG the strict decoder does not know: CMYK and the like go through Pillow, the rest is damaged."""
    seen = _pillow(data, orientation, edge)
    if complaint and not seen.damaged and seen.preview is None and not seen.too_large:
        return Look(seen.width, seen.height, complaint)
    return seen


def _pillow(data: Data, orientation: int, edge: int) -> Look:
    width = height = None
    try:
        source: IO[bytes] = io.BytesIO(data) if isinstance(data, bytes) else cast(IO[bytes], data)
        with Image.open(source, formats=("JPEG", "PNG", "TIFF")) as picture:
            width, height = picture.size
            stored = _STORED.get(picture.mode, 4)
            if picture.format == "JPEG":  # decoded small, but all of several scans are collected first
                picture.draft(None, (edge, edge))
                stored = 8 if _has_several_scans(data) else 1
            if width * height * stored > MOST_IN_MEMORY:
                return Look(width, height, too_large=True)
            with room(width * height * stored):
                picture.load()
                return Look(width, height, preview=preview(_pixels(picture, edge), orientation, edge))
    except Exception as error:  # Pillow's readers raise anything on hostile input, struct.error and KeyError included
        return Look(width, height, " ".join(str(error).split())[:200] or type(error).__name__)


def _as_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(("I", "F")):
        # 16-bit greyscale: spread what is there over the 8 bits of a preview.
        values = numpy.nan_to_num(numpy.asarray(picture, dtype=numpy.float64))
        low, high = float(values.min()), float(values.max())
        scaled = (values - low) * (255.0 / (high - low)) if high > low else values * 0
        return Image.fromarray(scaled.astype(numpy.uint8)).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture.convert("RGBA"))
        return ground.convert("RGB")
    return picture.convert("RGB")


def _pixels(picture: Image.Image, edge: int) -> numpy.ndarray[Any, Any]:
    # Made smaller before anything else: of a large picture there is then only one copy in memory.
    factor = int(max(picture.size) / (2 * edge))
    if factor > 1 and picture.mode in ("L", "RGB", "RGBA", "CMYK"):
        picture = picture.reduce(factor)
    elif factor > 1:  # no means can be taken of these
        size = (max(1, picture.width // factor), max(1, picture.height // factor))
        picture = picture.resize(size, Image.Resampling.NEAREST)
    return numpy.asarray(_as_rgb(picture))


def _heic(data: Data, edge: int) -> Look:
    width = height = None
    try:
        picture = heic.opened(data)
        width, height = picture.size
        if width * height > MOST_PIXELS_HEIC:
            return Look(width, height, too_large=True)
        with room(width * height * 9):
            return Look(width, height, preview=preview(_pixels(picture.to_pillow(), edge), 1, edge))
    except Exception as error:  # as above: hostile input may raise anything
        return Look(width, height, " ".join(str(error).split())[:200] or type(error).__name__)


def _has_several_scans(data: Data) -> bool:
    """Whether the decoder collects the picture over several scans: progressive, or one scan for each colour."""
    position, components = 2, 0
    while position + 10 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker == 0xDA:
            return data[position + 4] < components
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            if marker not in (0xC0, 0xC1):
                return True
            components = data[position + 9]
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return True


def _scans(data: Data) -> int:
    # Inside compressed data 0xff is always followed by 0x00 or a restart, so the pair only appears as a marker.
    return bytes(data).count(_FIRST_SCAN)


def _is_padding(data: Data, complaint: str) -> bool:
    """Some cameras fill up with zeros or 0xff before the end marker: said by the decoder, but nothing is lost."""
    told = _EXTRANEOUS.search(complaint)
    if not told:
        return False
    end = data.rfind(b"\xff\xd9")
    filling = bytes(data[max(0, end - int(told.group(1))) : end])
    return end > 0 and bool(filling) and (not filling.strip(b"\0") or not filling.strip(b"\xff"))
