"""One door to everything a file says: pictures and videos alike, each through the reader that knows it.

Ingest, previews made again and review copies all come through here, so they cannot disagree.
"""

from __future__ import annotations

from pathlib import Path

from ranger_app.media import exif, formats, look, video
from ranger_app.media.exif import Exif
from ranger_app.media.formats import Format
from ranger_app.media.look import EDGE, Data, Look


def examine(data: Data, form: Format, edge: int = EDGE) -> tuple[Exif, Look]:
    """What the file says and how it looks, its preview at most ``edge`` pixels. Never raises for what it holds."""
    if form.video:
        if formats.told_by_content(data[: formats.HEAD]) is None:
            return Exif(), Look(damaged="no video header")
        return video.look(data, form.media_type, edge)
    about = exif.read(data, form.media_type)
    return about, look.look(data, form.media_type, about.orientation, edge)


def about(path: Path, form: Format) -> Exif:
    """What a file says, without decoding pixels. OSError when it cannot be read."""
    with look.opened(path) as data:
        return video.told(data, form.media_type) if form.video else exif.read(data, form.media_type)


def preview_of(original: Path, edge: int = EDGE) -> bytes | None:
    """An upright JPEG of at most ``edge`` pixels of a picture or video; None where none can be made.

    Raises OSError when the file cannot be read.
    """
    with original.open("rb") as stream:
        head = stream.read(formats.HEAD)
    form = formats.told_by_content(head) or formats.told_by_name(original.name)
    if form is None or not head:
        return None
    with look.opened(original) as data:
        return examine(data, form, edge)[1].preview
