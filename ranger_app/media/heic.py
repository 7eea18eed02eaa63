"""HEIC as telephones write it: EXIF out of its boxes, and its pixels, bounded before anything is decoded.

The decoder turns the picture upright itself, so the orientation in its EXIF must not be applied again.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pillow_heif import HeifFile

    from ranger_app.media.look import Data

MOST_BYTES = 64 * 1024 * 1024
"""The reader wants the whole file in memory."""
_TIFF_HEADS = (b"II*\0", b"MM\0*")


def opened(data: Data) -> HeifFile:
    """The file with its header read and no pixel decoded. Raises whatever the reader does on hostile input."""
    import pillow_heif  # late: most cards hold no HEIC

    if len(data) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES} bytes")
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.options.THUMBNAILS = False
    stream = io.BytesIO(data if isinstance(data, bytes) else bytes(data))
    return pillow_heif.open_heif(stream, convert_hdr_to_8bit=True)


def exif_of(data: Data) -> bytes:
    """The TIFF structure that holds the picture's EXIF; empty where there is none or it cannot be read."""
    try:
        block = opened(data).info.get("exif") or b""
    except Exception:  # what the reader says on hostile input has no common type
        return b""
    starts = [at for at in (block[:64].find(head) for head in _TIFF_HEADS) if at >= 0]
    return bytes(block[min(starts) :]) if starts else b""
