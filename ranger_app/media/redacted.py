"""Copies of pictures that tell nothing of where and by which camera: no camera data, no strip of text at the edges.

Cameras print their name, and some their position, into a strip along the bottom or the top, with a logo that reaches
above it; others print without a strip. So a margin always goes, and a strip that is higher than it goes whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy
import simplejpeg
from numpy.typing import NDArray

TOP, BOTTOM = 8, 9
"""Hundredths of the height that always go. Measured on real pictures of Reconyx, Bushnell, Browning, ScoutGuard and
Moultrie cameras: their strips take 2 to 5, with the logos up to 8; a camera that hangs upside down has them on top."""
_MOST = 25
"""Hundredths of a side in which the end of a strip is looked for."""
_EVEN = 14
"""Levels of grey within which a point belongs to a strip's ground."""
_TEXT = 90
"""Levels of grey by which letters stand out."""
_QUALITY = 85
LEAST = 24
"""Pixels of height or width under which nothing is left to be given."""

Grey = NDArray[numpy.int16]


@dataclass(frozen=True, slots=True)
class Edges:
    """Pixels to leave out at each side."""

    top: int
    bottom: int
    left: int
    right: int


def redacted(jpeg: bytes) -> bytes | None:
    """A small copy of ours without its edges, written anew; None where that is not possible.

    ``jpeg`` is a thumbnail or a review copy that this program made, never a file from a card.
    """
    try:
        pixels: NDArray[numpy.uint8] = simplejpeg.decode_jpeg(jpeg, "RGB", strict=True)
    except ValueError:
        return None
    if min(pixels.shape[:2]) < LEAST:
        return None
    cut = edges(pixels)
    height, width = pixels.shape[:2]
    inner = numpy.ascontiguousarray(pixels[cut.top : height - cut.bottom, cut.left : width - cut.right])
    made: bytes = simplejpeg.encode_jpeg(inner, quality=_QUALITY, colorspace="RGB", colorsubsampling="420")
    return made


def edges(pixels: NDArray[numpy.uint8]) -> Edges:
    """What has to go of a picture (height x width x 3)."""
    grey: Grey = (pixels.astype(numpy.int16).sum(axis=2) // 3).astype(numpy.int16)
    height = grey.shape[0]
    return Edges(
        max(-(-height * TOP // 100), _strip(grey)),
        max(-(-height * BOTTOM // 100), _strip(grey[::-1])),
        _strip(grey.T),  # a picture that was turned upright has its strips at the sides
        _strip(grey.T[::-1]),
    )


def _strip(grey: Grey) -> int:
    """Rows that a strip of text takes from the outer edge (the first row) inward; 0 where there is none.

    A strip has one ground with letters on it, and it ends at once; a night or a sky fades.
    """
    outer = grey[: max(8, grey.shape[0] * _MOST // 100)]
    ground = numpy.median(outer[:4])
    away = numpy.abs(outer - ground)
    even = numpy.count_nonzero(away <= _EVEN, axis=1) / outer.shape[1]
    inside = even >= 0.35  # letters of a small picture fill a row well
    length = int(numpy.argmin(inside)) if not inside.all() else 0
    if length < 3 or length + 3 > outer.shape[0]:
        return 0
    lettered = numpy.count_nonzero(away[:length] >= _TEXT) / (length * outer.shape[1])
    beyond = float(even[length + 1 : length + 4].mean())
    if even[:length].max() < 0.85 or lettered < 0.004 or beyond > 0.25:  # above or below the letters nothing is
        return 0
    return length + length // 3 + 2  # with what is left of a logo
