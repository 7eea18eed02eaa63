"""QR codes: drawn for a screen, a page or a picture, and read from a photograph of any of them.

What is read is a stranger's picture: its bytes, pixels and codes are bounded before anything looks at it. The
libraries are loaded with the first code: pages that may show one import this.
"""

from __future__ import annotations

import io
from html import escape
from pathlib import Path

from ranger_app.media.formats import HEAD, told_by_content

MOST_BYTES = 40 << 20
"""A photograph of a telephone has at most about 20 MB."""
EDGES = (1600, 3200)
"""Longest sides in pixels at which a picture is searched: most codes are found at the first."""
QUIET = 4
"""Modules of white around a code (ISO/IEC 18004)."""
_MOST_CODES = 16


def matrix(text: str) -> list[list[bool]]:
    """The dark modules of the QR code of ``text``, row by row, without the white around it. ValueError: too long."""
    import numpy
    import zxingcpp

    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = numpy.asarray(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=False))
    return [[bool(value == 0) for value in row] for row in image]


def draw(text: str, module: int = 6) -> bytes:
    """The QR code of ``text`` as a PNG; ``module`` is the side of one square in pixels."""
    import numpy
    from PIL import Image

    dark = numpy.pad(numpy.array(matrix(text), dtype=bool), QUIET)
    pixels = numpy.where(numpy.kron(dark, numpy.ones((module, module), dtype=bool)), 0, 255).astype(numpy.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def svg(text: str, title: str = "") -> str:
    """The QR code of ``text`` as an SVG element that scales to the width of its place."""
    rows = matrix(text)
    side = len(rows) + 2 * QUIET
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges" role="img">'
        f'<title>{escape(title)}</title><rect width="{side}" height="{side}" fill="#fff"/><path d="{path}"/></svg>'
    )


def read(path: Path) -> list[str]:
    """The texts of the QR codes in a picture file (JPEG, PNG, TIFF or HEIC); empty where there is none.

    OSError where the file cannot be read. A file that is no picture, or too large for one, holds no code.
    """
    from ranger_app.media import look

    with path.open("rb") as file:
        form = told_by_content(file.read(HEAD))
        if form is None or form.video:
            return []
        file.seek(0)
        data = file.read(MOST_BYTES + 1)  # what a device or a pipe calls its size says nothing
    if len(data) > MOST_BYTES:
        return []
    for edge in EDGES:
        seen = look.look(data, form.media_type, 1, edge)
        if seen.preview is None:
            return []
        found = _codes(seen.preview)
        if found:
            return found
    return []


def _codes(jpeg: bytes) -> list[str]:
    import numpy
    import zxingcpp
    from PIL import Image

    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
        grey = numpy.asarray(picture.convert("L"))
    found = zxingcpp.read_barcodes(
        grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode), text_mode=zxingcpp.TextMode.Plain
    )
    return list(dict.fromkeys(one.text for one in found[:_MOST_CODES]))
