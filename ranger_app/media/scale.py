"""From decoded pixels to a small upright JPEG, in a fraction of the time the decoding takes.

Pictures of a card come by the ten thousand, so the last resize must not copy what the decoder gave.
"""

from __future__ import annotations

import threading
from typing import Any

import av
import numpy
import simplejpeg
from av.video.reformatter import Interpolation, VideoReformatter
from PIL import Image

QUALITY = 80
Pixels = numpy.ndarray[Any, numpy.dtype[numpy.uint8]]
"""Height x width x 3, red, green, blue."""

_own = threading.local()
_STRONGEST = 16
"""The scaler refuses filters much wider than this; stronger reductions go through Pillow's, which has no limit."""


def fitted(width: int, height: int, edge: int) -> tuple[int, int]:
    """The size at which the longest side is at most ``edge`` pixels; never larger than the picture is."""
    longest = max(width, height)
    if longest <= edge:
        return width, height
    return max(1, round(width * edge / longest)), max(1, round(height * edge / longest))


def smaller(pixels: Pixels, edge: int) -> Pixels:
    """The picture with its longest side at most ``edge`` pixels, each new pixel the mean of those it covers."""
    height, width = pixels.shape[:2]
    size = fitted(width, height, edge)
    if size == (width, height):
        return pixels
    if max(width / size[0], height / size[1]) > _STRONGEST:
        shrunk = Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
        return numpy.ascontiguousarray(shrunk)
    return rescaled(av.VideoFrame.from_numpy_buffer(pixels, "rgb24"), *size)


def rescaled(frame: av.VideoFrame, width: int, height: int) -> Pixels:
    """A decoded frame of any pixel format as red, green, blue of the size given."""
    reformatter: VideoReformatter | None = getattr(_own, "reformatter", None)
    if reformatter is None:  # one for each thread: it keeps its tables for the next picture of the same size
        reformatter = _own.reformatter = VideoReformatter()
    scaled = reformatter.reformat(frame, width, height, "rgb24", interpolation=Interpolation.AREA)
    return numpy.asarray(scaled.to_ndarray(), dtype=numpy.uint8)


def turned(pixels: Pixels, orientation: int) -> Pixels:
    """The picture upright: EXIF orientation 1 to 8 as in TIFF 6.0, tag 274."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def as_jpeg(pixels: Pixels) -> bytes:
    """The picture as the bytes of a JPEG file."""
    encoded: bytes = simplejpeg.encode_jpeg(numpy.ascontiguousarray(pixels), QUALITY, "RGB", "420")
    return encoded


def preview(pixels: Pixels, orientation: int, edge: int) -> bytes:
    """A JPEG of at most ``edge`` pixels on its longest side, upright."""
    return as_jpeg(turned(smaller(pixels, edge), orientation))
