"""Small videos and HEIC pictures made for the tests."""

from __future__ import annotations

import functools
import io
import struct
from typing import Any

import av
import numpy
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()

KINDS = {
    "mp4": ("mp4", "libx264", "yuv420p"),
    "mp4-mpeg4": ("mp4", "mpeg4", "yuv420p"),
    "mov": ("mov", "mjpeg", "yuvj420p"),
    "avi": ("avi", "mjpeg", "yuvj420p"),
    "avi-mpeg4": ("avi", "mpeg4", "yuv420p"),
}
"""The containers and compressions that camera traps write."""
MEDIA_TYPES = {"mp4": "video/mp4", "mov": "video/quicktime", "avi": "video/x-msvideo"}


def frame_of(number: int, size: tuple[int, int]) -> numpy.ndarray[Any, Any]:
    """A bright picture in coarse blocks, another one for each number; its top left corner is red."""
    blocks = numpy.random.default_rng(number).integers(40, 255, (size[1] // 16, size[0] // 16, 3), dtype=numpy.uint8)
    blocks[:2, :2] = (230, 20, 20)
    return blocks.repeat(16, 0).repeat(16, 1)


def film(
    kind: str = "mp4",
    frames: int = 12,
    size: tuple[int, int] = (320, 240),
    dark: int = 0,
    tags: dict[str, str] | None = None,
    **options: str,
) -> bytes:
    """A video of one of KINDS, its first ``dark`` frames black, at 10 frames a second."""
    return _film(kind, frames, size, dark, tuple((tags or {}).items()), tuple(options.items()))


@functools.cache
def _film(
    kind: str,
    frames: int,
    size: tuple[int, int],
    dark: int,
    tags: tuple[tuple[str, str], ...],
    options: tuple[tuple[str, str], ...],
) -> bytes:
    container_format, codec, pixels = KINDS[kind]
    stream = io.BytesIO()
    with av.open(stream, "w", format=container_format, options=dict(options)) as container:
        container.metadata.update(dict(tags))
        track = container.add_stream(codec, rate=10, options={"threads": "1"})
        track.width, track.height = size
        track.pix_fmt = pixels
        for number in range(frames):
            drawn = frame_of(number, size) if number >= dark else numpy.zeros((size[1], size[0], 3), numpy.uint8)
            container.mux(track.encode(av.VideoFrame.from_ndarray(drawn, "rgb24")))
        container.mux(track.encode())
    return stream.getvalue()


def moved_to_front(mp4: bytes) -> bytes:
    """The MP4 with its index before its frames, as some cameras write it."""
    at = mp4.find(b"moov") - 4
    (length,) = struct.unpack_from(">I", mp4, at)
    index = bytearray(mp4[at : at + length])
    first = mp4.find(b"mdat") - 4
    if mp4[first - 8 : first - 4] == b"\0\0\0\x08":
        first -= 8  # the empty box before the frames
    table = index.find(b"stco") + 4
    (rows,) = struct.unpack_from(">I", index, table + 4)
    for row in range(rows):
        (offset,) = struct.unpack_from(">I", index, table + 8 + 4 * row)
        struct.pack_into(">I", index, table + 8 + 4 * row, offset + length)
    return mp4[:first] + bytes(index) + mp4[first:at] + mp4[at + length :]


def with_idit(avi: bytes, text: bytes) -> bytes:
    """The AVI with a chunk IDIT in its header list, as cameras write their clock there."""
    chunk = b"IDIT" + struct.pack("<I", len(text)) + text + b"\0" * (len(text) & 1)
    assert avi[12:16] == b"LIST"
    (header,) = struct.unpack_from("<I", avi, 16)
    end = 20 + header
    data = bytearray(avi[:end] + chunk + avi[end:])
    struct.pack_into("<I", data, 16, header + len(chunk))
    struct.pack_into("<I", data, 4, struct.unpack_from("<I", data, 4)[0] + len(chunk))
    # The index of this writer counts from the list of frames, so it stays right.
    return bytes(data)


def lying(mp4: bytes, clockwise: int) -> bytes:
    """The MP4 with the matrix of its track saying that players turn it clockwise by 90, 180 or 270 degrees."""
    one, minus = 0x00010000, -0x00010000
    matrix = {90: (0, one, minus, 0), 180: (minus, 0, 0, minus), 270: (0, minus, one, 0)}[clockwise]
    data = bytearray(mp4)
    at = data.find(b"tkhd") + 4 + 40  # version 0: the matrix follows 40 bytes of times, layer and volume
    a, b, c, d = matrix
    struct.pack_into(">9i", data, at, a, b, 0, c, d, 0, 0, 0, 0x40000000)
    return bytes(data)


def heic(seed: int = 0, size: tuple[int, int] = (320, 240), exif: Image.Exif | None = None) -> bytes:
    """A HEIC picture."""
    stream = io.BytesIO()
    picture = Image.fromarray(frame_of(seed, size))
    picture.save(stream, "HEIF", quality=60, exif=exif.tobytes() if exif is not None else None)
    return stream.getvalue()
