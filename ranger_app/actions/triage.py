"""A first sorting without any model: each picture is held against others of its camera, and what moved is marked.

It says blank or "something", never which species; it needs only thumbnails and some 15 milliseconds a picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy
import simplejpeg

from ranger_app.actions.formats import ImportReport
from ranger_app.actions.machine_import import Finding, state
from ranger_app.domain.events import events
from ranger_app.domain.fields import Value
from ranger_app.exchange.megadetector import Detection
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.media.difference import Pixels, change

MACHINE = "Ranger frame difference 1"
EVENTS = 3
"""Events before and after, in the same light, that a picture is held against: most of a camera's are blank."""
APART_S = 4 * 3600
"""Beyond this the light and the leaves are others."""
MOVED = 0.5
"""Score from which something is said to be there: about an animal of 25 x 12 pixels in a picture of 320."""


Found = tuple[Detection, ...]
_FOR_A_MEDIAN = 3
_KEPT = 64
"""Decoded thumbnails kept, about 200 kB each."""


@dataclass(frozen=True, slots=True)
class _Shot:
    media: bytes
    deployment: Value
    sha256: str
    taken_at: int


def triage(
    library: Library, deployment: bytes, report: ImportReport | None = None, cancel: CancelToken | None = None
) -> Job[ImportReport]:
    """Sort the pictures of a deployment that nobody has looked at; the statements are a machine's, with boxes.

    A picture is compared with those just before and after it of the same camera in the same light (night pictures of
    an infrared flash are grey, day pictures are not). The median of such pictures is taken for the empty ground: an
    animal is in few of them. A picture without another one to compare with gets no statement.
    """
    token, done = cancel or CancelToken(), report or ImportReport("triage")
    with library.read() as db:
        shots = [
            _Shot(*row)
            for row in db.conn.execute(
                "SELECT id, deployment, sha256, taken_at FROM media WHERE deployment=? AND deleted=0"
                " AND sha256 IS NOT NULL AND taken_at IS NOT NULL AND media_type LIKE 'image/%' ORDER BY taken_at, key",
                (deployment,),
            )
        ]
        waiting = {
            row[0]
            for row in db.conn.execute(
                "SELECT id FROM media WHERE deployment=? AND deleted=0 AND seen_by < 2", (deployment,)
            )
        }
    done.read["media"] = len(shots)
    window = _Window(library)
    findings: list[Finding] = []
    groups = events([shot.taken_at for shot in shots])
    places = _Places(groups, {number: group for group, inside in enumerate(groups) for number in inside})
    for number, shot in enumerate(shots):
        if shot.media in waiting:
            found = _look(window, shots, places, number)
            if found is not None:
                findings.append(Finding(shot.media, shot.deployment, found))
        yield Progress(number + 1, len(shots), _("Comparing pictures"))
        if token.cancelled:
            done.cancelled = True
            break
    yield from state(library, MACHINE, findings, done, token)
    return done


@dataclass(frozen=True, slots=True)
class _Places:
    """The events of a deployment, and which one each picture belongs to."""

    groups: Sequence[range]
    of: Mapping[int, int]


class _Window:
    """The few thumbnails in use, decoded once each, and the ground of the event in hand."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept: dict[str, Pixels | None] = {}
        self._ground: tuple[tuple[int, bool], list[Pixels]] = ((-1, False), [])

    def ground(self, shots: Sequence[_Shot], places: _Places, number: int, night: bool) -> list[Pixels]:
        """What to hold a picture against; a median is shared by the pictures of one event."""
        key = (places.of[number], night)
        if self._ground[0] == key:
            return self._ground[1]
        made = _ground(self, shots, places, number, night)
        if len(made) == 1:
            self._ground = (key, made)
        return made

    def pixels(self, sha256: str) -> Pixels | None:
        """The thumbnail's pixels; None where there is none."""
        if sha256 not in self._kept:
            if len(self._kept) > _KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[sha256] = self._read(sha256)
        return self._kept[sha256]

    def _read(self, sha256: str) -> Pixels | None:
        try:
            path: Path | None = thumbs.thumbnail(self._library.folder, sha256)
            return numpy.asarray(simplejpeg.decode_jpeg(path.read_bytes(), "RGB")) if path is not None else None
        except (OSError, ValueError):
            return None


def _look(window: _Window, shots: Sequence[_Shot], places: _Places, number: int) -> Found | None:
    own = window.pixels(shots[number].sha256)
    if own is None:
        return None
    others = window.ground(shots, places, number, _is_grey(own))
    if not others:
        return None
    least = min((change(other, own) for other in others), key=lambda one: one.score)
    if least.score < MOVED or least.box is None:
        return ()
    box = " ".join(f"{share:.4f}" for share in least.box)
    return (Detection("unclassified", min(10_000, round(least.score * 10_000)), box),)


def _ground(window: _Window, shots: Sequence[_Shot], places: _Places, number: int, night: bool) -> list[Pixels]:
    """What the camera sees when nothing is there: the median of one picture of each event nearby in the same light.

    Where there are too few for a median, these themselves; without any, the others of its own event, in which an
    animal may stand still.
    """
    group = places.of[number]
    wanted = []
    for step in (-1, 1):
        for at in range(group + step, group + step * (EVENTS + 1), step):
            if 0 <= at < len(places.groups):
                wanted.append(places.groups[at][-1] if step < 0 else places.groups[at][0])
    usable = _alike(window, shots, wanted, number, night)
    if len(usable) >= _FOR_A_MEDIAN and len({one.shape for one in usable}) == 1:
        return [numpy.median(numpy.stack(usable), axis=0).astype(numpy.uint8)]
    own_event = [one for one in places.groups[group] if one != number][:EVENTS]
    return usable or _alike(window, shots, own_event, number, night)


def _alike(window: _Window, shots: Sequence[_Shot], wanted: Sequence[int], number: int, night: bool) -> list[Pixels]:
    """The thumbnails of those taken in the same hours and the same light."""
    near = [shots[one] for one in wanted if abs(shots[one].taken_at - shots[number].taken_at) <= APART_S]
    found = (window.pixels(shot.sha256) for shot in near)
    return [one for one in found if one is not None and _is_grey(one) == night]


def _is_grey(pixels: Pixels) -> bool:
    """Whether a picture has no colour, as under an infrared flash."""
    small = pixels[::8, ::8].astype(numpy.int16)
    return bool(numpy.abs(small[..., 0] - small[..., 2]).mean() < 4)
