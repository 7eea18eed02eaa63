"""What a person can do with the large picture besides naming it: light, magnifier, difference, references, video.

Each is a key; each says for a moment over the picture what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QImage

from ranger_app.actions import beside
from ranger_app.actions.beside import Reference
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store.gallery import Eyes
from ui.bridge import Bridge
from ui.camera_traps import boxes
from ui.camera_traps.full_screen import FullScreen
from ui.camera_traps.light import Light
from ui.camera_traps.picture_source import as_image, as_pixels, load
from ui.camera_traps.references import References
from ui.camera_traps.source import ReviewSource
from ui.commands import Command

if TYPE_CHECKING:
    from ui.camera_traps.viewer import Viewer

Hint = tuple[Sequence[str], str]
QUIET = 0.1
"""A difference that scores less is light, leaves and noise."""


@dataclass(frozen=True, slots=True)
class _Compared:
    """A drawn difference, or why there is none."""

    image: QImage | None
    box: tuple[float, float, float, float] | None
    words: str


class PictureTools(QObject):
    """The tools of one viewer; they follow it from picture to picture."""

    def __init__(self, viewer: Viewer, library: Library, bridge: Bridge, source: ReviewSource) -> None:
        super().__init__(viewer)
        self._viewer, self._library, self._bridge, self._source = viewer, library, bridge, source
        self._picture = viewer.picture
        self._light_event: frozenset[int] = frozenset()
        self.comparing = False
        self._compared = -1
        self.references: References | None = None
        self._referred: tuple[str | None, bytes] | None = None
        self.full: FullScreen | None = None
        self._keys_of_video = False

    # -- following the viewer ----------------------------------------------------------------------------------

    def moved(self) -> None:
        """Another picture is shown."""
        cell = self._viewer.cell
        if cell is not None and self._picture.light.changed and cell.key not in self._light_event:
            self._picture.put_light(Light())  # another event, another light
        self._compared = -1
        if self.comparing:
            self._compare()
        if self._viewer.is_video != self._keys_of_video:
            self.show_keys()

    def show_keys(self) -> None:
        """The keys below the picture; those of a video come first with a video."""
        self._keys_of_video = self._viewer.is_video
        usual: list[Hint] = [
            (["Left", "Right"], _("picture")),
            (["J", "K"], _("event")),
            (["Z"], _("zoom")),
            (["N"], _("next to review")),
            (["Esc"], _("all pictures")),
        ]
        hints = self.hints()
        self._viewer.keys.show_keys([*hints[:2], *usual] if self._keys_of_video else [*usual, *hints])

    def said(self) -> None:
        """What is said of the picture is known, or known anew."""
        self._picture.boxes = boxes.boxes_of(self._viewer.said, self._source.word)
        self._picture.update()
        self.marks_changed()
        self._show_line()

    def arrow(self, across: int, down: int) -> bool:
        """An arrow key, where something over the picture takes it; False where it means another picture."""
        return self._picture.arrow(across, down)

    def escape(self) -> bool:
        """Leave full screen, else put the magnifier away; False where there is nothing to leave."""
        if self.full is not None:
            self.full.leave()
            return True
        return self._picture.put_lens_away()

    def put_away(self) -> None:
        """The viewer is no longer looked at."""
        self._picture.video.pause()
        if self.full is not None:
            self.full.leave()

    # -- light -------------------------------------------------------------------------------------------------

    def turn_light(self, brightness: int = 0, contrast: int = 0) -> None:
        """Brighter, darker, more or less contrast; kept while the pictures are of the same event."""
        self._put_light(self._picture.light.turned(brightness, contrast))

    def reset_light(self) -> None:
        """The picture as it is."""
        self._put_light(Light())

    def _put_light(self, light: Light) -> None:
        cell = self._viewer.cell
        if light.changed and cell is not None and cell.key not in self._light_event:
            with self._library.read() as db:
                self._light_event = frozenset(beside.event_keys(db, cell.key))
        self._picture.put_light(light)
        self._picture.say(light.words())

    # -- difference --------------------------------------------------------------------------------------------

    def toggle_difference(self) -> None:
        """Between the picture and what differs from the one before it in its event."""
        self.comparing = not self.comparing
        if not self.comparing:
            self._picture.show_difference(None)
            self._picture.say(_("The picture itself"))
            return
        if self._picture.zoomed:
            self._picture.zoom()
        self._compare()

    def _compare(self) -> None:
        viewer, box = self._viewer, self._picture.fitting()
        if viewer.cell is None or not viewer.cell.sha256:
            return
        if viewer.is_video:
            self._picture.say(_("A video is not compared with the picture before it."))
            return
        key, sha256 = viewer.cell.key, viewer.cell.sha256
        self._compared = key

        def compare(_cancel: object) -> _Compared | None:
            return None if self._compared != key else _compared(self._library, key, sha256, box)

        self._bridge.run(compare, partial(self._show_compared, key), owner=self)

    def _show_compared(self, key: int, found: _Compared | None) -> None:
        cell = self._viewer.cell
        if found is None or not self.comparing or cell is None or cell.key != key:
            return
        self._picture.show_difference(found.image, found.box, found.words)
        if found.image is None:
            self._picture.say(found.words)

    # -- boxes -------------------------------------------------------------------------------------------------

    def turn_boxes(self) -> None:
        """The certain boxes, all of them, none."""
        self._picture.which_boxes = (self._picture.which_boxes + 1) % 3
        self._picture.say(boxes.words(self._picture.boxes, self._picture.which_boxes))

    # -- references --------------------------------------------------------------------------------------------

    def toggle_references(self) -> None:
        """Show pictures to compare with beside this one, or only this one."""
        if self.references is None:
            self.references = References(self._library, self._bridge)
        elif not self.references.isHidden():
            self.references.hide()
            self._picture.put_beside(None)
            return
        self._referred = None
        self._picture.put_beside(self.references)
        self._find_references()

    def _likely(self) -> str | None:
        """The species said, else the one a machine is surest of."""
        viewer = self._viewer
        if viewer.taxon is not None:
            return viewer.taxon
        machines = [one for one in viewer.said if one.machine and one.taxon]
        return max(machines, key=lambda one: one.certainty or 0).taxon if machines else None

    def _find_references(self) -> None:
        cell, taxon = self._viewer.cell, self._likely()
        if cell is None or self.references is None or self._referred == (taxon, cell.id):
            return
        self._referred = wanted = (taxon, cell.id)
        if taxon is None:
            self.references.show_references(
                _("Reference pictures"),
                (),
                _("Nobody has said a species yet. Name it, and pictures to compare with stand here."),
            )
            return
        eyes, media = Eyes(self._library.person), cell.id

        def find(_cancel: object) -> list[Reference]:
            with self._library.read() as db:
                return beside.references(db, taxon, eyes, media)

        self._bridge.run(find, partial(self._show_references, wanted, taxon), owner=self)

    def _show_references(self, wanted: tuple[str | None, bytes], taxon: str, found: list[Reference]) -> None:
        if self._referred != wanted or self.references is None:
            return
        sentence = _(
            "No reference pictures of this species yet. Shift+Q marks a picture as one; the flank pictures of known"
            " animals stand here too."
        )
        self.references.show_references(self._source.word(taxon), found, sentence)

    def mark_reference(self) -> None:
        """Mark the picture as one to compare with, or take the mark away; it can be undone."""
        cell, taxon = self._viewer.cell, self._viewer.taxon
        if cell is None:
            return
        if taxon is None:
            self._bridge.say(_("Say first which species this is; then it can be a reference picture."))
            return
        media, library = cell.id, self._library

        def turn(_cancel: object) -> bool:
            with library.read() as db:
                on = not beside.is_reference(db, media)
            beside.mark(library, media, on)
            return on

        def done(on: bool) -> None:
            words = (
                _("Marked as a reference picture: {what}.") if on else _("No longer a reference picture: {what}.")
            ).format(what=self._source.word(taxon))
            self._bridge.say(words, undo=True)
            self.marks_changed()

        self._bridge.act(turn, done, owner=self)

    def marks_changed(self) -> None:
        """Marks may have changed: look for the references again."""
        self._referred = None
        if self.references is not None and not self.references.isHidden():
            self._find_references()

    # -- full screen -------------------------------------------------------------------------------------------

    def toggle_full_screen(self) -> None:
        """Only the picture, or everything again."""
        if self.full is not None:
            self.full.leave()
            return
        self._viewer.setFocus()
        self.full = FullScreen(self._viewer.window(), self._picture, self._viewer.column, 0, self._viewer)
        self.full.left.connect(self._full_left)
        self._show_line()

    def _full_left(self) -> None:
        self.full = None

    def _show_line(self) -> None:
        if self.full is not None:
            base: list[Hint] = [
                (["Esc"], _("leave")),
                (["N"], _("next to review")),
                (["Return"], _("Confirm")),
                (["Left", "Right"], _("picture")),
            ]
            self.full.show_line(self._viewer.panel.chip.text(), [*base, *self.hints()])

    # -- stepping and playing ----------------------------------------------------------------------------------

    def play(self) -> None:
        """Play the video, or hold it."""
        self._picture.video.toggle()

    def step(self, by: int) -> None:
        """One frame of a video; of pictures the one before or after, also under the magnifier or zoomed."""
        if self._viewer.is_video and self._picture.video.image is not None:
            self._picture.video.step(by)
        else:
            self._viewer.show_row(self._viewer.row + by)

    # -- keys --------------------------------------------------------------------------------------------------

    def hints(self) -> list[Hint]:
        """The keys worth showing with the picture."""
        if self._viewer.is_video:
            return [
                (["Space"], _("play")),
                ([",", "."], _("frame")),
                (["O"], _("with sound")),
                (["F"], _("full screen")),
            ]
        return [
            (["M"], _("magnifier")),
            (["T"], _("difference")),
            (["[", "]"], _("light")),
            (["Q"], _("references")),
            (["F"], _("full screen")),
        ]

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """All keys of the tools; ``free`` tells whether plain keys are commands now."""
        made = partial(Command, group=_("How the picture is shown"), enabled=free)

        def video() -> bool:
            return free() and self._viewer.is_video

        def movable() -> bool:
            return free() and (self._picture.zoomed or bool(self._picture.lens.strength))

        def light(title: str, key: str, place: str, **by: int) -> Command:
            return made(f"viewer.{place}", title, partial(self.turn_light, **by), key)

        certain = _("Boxes: from {percent} % certainty, all, none").format(percent=boxes.LEAST // 100)
        return [
            made("viewer.lens", _("Magnifier: 2×, 3×, away"), self._picture.turn_lens, "M"),
            made("viewer.difference", _("Difference to the picture before"), self.toggle_difference, "T"),
            light(_("Darker"), "[", "darker", brightness=-1),
            light(_("Brighter"), "]", "brighter", brightness=1),
            light(_("Less contrast"), ";", "softer", contrast=-1),
            light(_("More contrast"), "'", "harder", contrast=1),
            made("viewer.light", _("The picture's own light again"), self.reset_light, "\\"),
            made("viewer.boxes", certain, self.turn_boxes, "Ctrl+B"),
            made("viewer.references", _("Reference pictures beside it"), self.toggle_references, "Q"),
            made("viewer.mark", _("Mark as a reference picture, or not"), self.mark_reference, "Shift+Q"),
            made("viewer.full", _("Full screen"), self.toggle_full_screen, "F", also=("F11",)),
            made("viewer.play", _("Play or hold the video"), self.play, "Space", enabled=video),
            made("viewer.earlier", _("Frame or picture before"), partial(self.step, -1), ",", also=("Shift+Left",)),
            made("viewer.later", _("Frame or picture after"), partial(self.step, 1), ".", also=("Shift+Right",)),
            made("viewer.up", _("Move up"), partial(self.arrow, 0, -1), "Up", enabled=movable),
            made("viewer.down", _("Move down"), partial(self.arrow, 0, 1), "Down", enabled=movable),
        ]


def _compared(library: Library, key: int, sha256: str, box: QSize) -> _Compared:
    """What differs from the picture before, at the size of the view; on a worker."""
    with library.read() as db:
        earlier = beside.before(db, key)
    if earlier is None:
        return _Compared(None, None, _("The first picture of its event: there is none before it to compare with."))
    if earlier.is_video:
        return _Compared(None, None, _("Before it comes a video: they are not compared."))
    first = load(library, earlier.sha256, box).image if earlier.sha256 else QImage()
    second = load(library, sha256, box).image
    if first.isNull() or second.isNull():
        return _Compared(None, None, _("One of the two pictures is not here."))
    from ranger_app.media import difference  # late: it brings numpy with it

    before, after = as_pixels(first), as_pixels(second)
    found = difference.change(before, after)
    words = _("What differs from the picture before")
    if found.score < QUIET:
        words = _("Nothing differs but light and leaves")
    return _Compared(as_image(difference.drawn(before, after)), found.box if found.score >= QUIET else None, words)
