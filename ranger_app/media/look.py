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
from typing import IO, cast

import numpy
import simplejpeg
from PIL import Image

from ranger_app.media.formats import BY_MEDIA_TYPE

EDGE = 320
"""Longest side of a preview in pixels."""
QUALITY = 80
MOST_PIXELS = 200_000_000
"""Above this a baseline JPEG is not decoded; it is stored all the same."""
MOST_PIXELS_IN_MEMORY = 60_000_000
"""The same for progressive JPEG, PNG and TIFF, which need every pixel in memory at once (about 180 MB)."""
MOST_SCANS = 64
"""A progressive JPEG has about ten scans; hundreds of them only keep a computer busy."""

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
_FIRST_SCAN = b"\xff\xda"
_PROGRESSIVE = (b"\xff\xc2", b"\xff\xc6", b"\xff\xca", b"\xff\xce")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


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
    return _pillow(data, orientation, edge) if decoder else Look()


def _jpeg(data: Data, orientation: int, edge: int) -> Look:
    try:
        height, width, _colours, _sampling = simplejpeg.decode_jpeg_header(data, strict=False)
    except Exception as error:  # besides ValueError it raises KeyError for a header it cannot name
        return _other_jpeg(data, orientation, edge, str(error))
    progressive = _is_progressive(data)
    limit = MOST_PIXELS_IN_MEMORY if progressive else MOST_PIXELS
    if width * height > limit or (progressive and _scans(data) > MOST_SCANS):
        return Look(width, height, too_large=True)
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
    return Look(width, height, damaged, preview=_preview(Image.fromarray(pixels), orientation, edge))


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
            if width * height > MOST_PIXELS_IN_MEMORY:
                return Look(width, height, too_large=True)
            picture.load()
            return Look(width, height, preview=_preview(_as_rgb(picture), orientation, edge))
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


def _preview(picture: Image.Image, orientation: int, edge: int) -> bytes:
    scale = edge / max(picture.size)
    if scale < 1:
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    if orientation in _TURNS:
        picture = picture.transpose(_TURNS[orientation])
    pixels = numpy.ascontiguousarray(picture)
    encoded: bytes = simplejpeg.encode_jpeg(pixels, QUALITY, "RGB", "420")
    return encoded


def _is_progressive(data: Data) -> bool:
    """Whether a start-of-frame marker before the first scan says progressive or arithmetic progressive."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = bytes(data[position : position + 2])
        if marker in _PROGRESSIVE:
            return True
        if marker == _FIRST_SCAN or (0xC0 <= marker[1] <= 0xCF and marker[1] not in (0xC4, 0xC8, 0xCC)):
            return False
        if marker == b"\xff\xff":
            position += 1
            continue
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return data[2:65536].find(b"\xff\xc2") >= 0 if isinstance(data, bytes) else True


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
