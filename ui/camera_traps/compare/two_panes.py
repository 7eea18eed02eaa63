"""Two panes beside each other with what they share: the flank, the locked view, the marks, the pictures read ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QFontMetrics, QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ranger_app.i18n import _
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.compare.animal_pane import AnimalPane
from ui.camera_traps.compare.marks import LEFT, RIGHT, Marks
from ui.camera_traps.compare.rack import Rack
from ui.camera_traps.compare.sight import Sight
from ui.camera_traps.compare.subject import EVERY, FLANKS, Subject, best_flank
from ui.camera_traps.light import Light
from ui.commands import Command
from ui.widgets.buttons import button
from ui.widgets.segments import Segments

_NARROW = 760
_NEARER = 1.4
_STEP = 0.08
"""How far a key moves a picture, in shares of the pane."""
SIDES = (*FLANKS, EVERY)


def _switch(word: str, run: Callable[[], object], key: str) -> QPushButton:
    made = button(word, run, role="row", key=key)
    made.setCheckable(True)
    bold = made.font()
    bold.setPixelSize(theme.BODY)
    bold.setBold(True)  # switched on it is drawn bold: without room for that it would be cut
    made.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(made.text()) + 24)
    return made


class TwoPanes(QWidget):
    """``turned_page`` when another picture is shown."""

    turned_page = Signal()

    def __init__(self, library: Library, bridge: Bridge, *, free_left: bool = False) -> None:
        super().__init__()
        self.rack = Rack(library, bridge, self)
        self.marks = Marks(self)
        self.locked = True
        self.flank = "left"
        self._by_person = False
        """Whether the person chose the flank: then it stays from animal to animal."""
        self._ahead: tuple[Subject, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._tool_row())
        offset = library.station.utc_offset
        self.left = AnimalPane(self.rack, offset, ("Q", "W"), free=free_left)
        self.right = AnimalPane(self.rack, offset, ("O", "P"))
        row = QHBoxLayout()
        row.setSpacing(theme.BETWEEN)
        for side, pane in enumerate(self.panes):
            row.addWidget(pane, 1)
            pane.changed.connect(self._page_turned)
            pane.picture.pointed.connect(partial(self._pointed, side))
            pane.picture.pulled.connect(partial(self._pulled, side))
            pane.picture.neared.connect(partial(self._neared, side))
            pane.picture.entered.connect(partial(self.make_active, side))
        column.addLayout(row, 1)
        self.marks.changed.connect(self._show_marks)
        self.active = RIGHT
        self.setFocusProxy(self.right.picture)

    def _tool_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        words = [*(_(word) for word in FLANKS.values()), _("All")]
        self.sides = Segments(words, wrap=True)
        self.sides.chosen.connect(lambda index: self.choose_flank(SIDES[index]))
        row.addWidget(self.sides, 1)
        self.lock_button = _switch(_("Zoom together"), self.toggle_lock, "L")
        self.lock_button.setChecked(True)
        self.tools_button = _switch(_("Turn and light"), self.toggle_tools, "J")
        row.addWidget(self.lock_button)
        row.addWidget(self.tools_button)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for one in (self.lock_button, self.tools_button):  # their keys work all the same
            one.setHidden(self.width() < _NARROW)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.rack.drop_whole()
        for pane in self.panes:
            pane.picture.drop_whole()

    @property
    def panes(self) -> tuple[AnimalPane, AnimalPane]:
        """The left one and the right one."""
        return self.left, self.right

    # -- what is shown -----------------------------------------------------------------------------------------

    def show_pair(self, left: Subject | None, right: Subject | None, nothing: str = "") -> None:
        """Show these two beside each other, flank beside flank; without one on a side ``nothing`` is said there."""
        if not self._by_person:
            self.flank = best_flank(left, right)
            self.sides.tick(SIDES.index(self.flank))
        for pane, subject in zip(self.panes, (left, right), strict=True):
            if pane.subject is None or subject is None or pane.subject.animal != subject.animal:
                pane.picture.sight, pane.picture.light = Sight(), Light()
                pane.put_light(Light())
                pane.say("")
            pane.show_subject(subject, self.flank, nothing)
        self._want()

    def begin(self) -> None:
        """Another comparison begins: the flank follows the animals again."""
        self._by_person = False

    def choose_flank(self, flank: str) -> None:
        """Both panes show this flank from now on; EVERY all pictures."""
        self.flank, self._by_person = flank, True
        self.sides.tick(SIDES.index(flank))
        for pane in self.panes:
            pane.show_subject(pane.subject, flank, pane.picture.sentence if pane.subject is None else "")
        self._want()

    def ahead(self, subjects: Iterable[Subject]) -> None:
        """These may be wanted next: read the pictures they would show."""
        self._ahead = tuple(subjects)
        self._want()

    def _want(self) -> None:
        shown = [one.sha256 for pane in self.panes if (one := pane.shown()) is not None]
        near = [sha256 for pane in reversed(self.panes) for sha256 in pane.near()]
        following = [found[0].sha256 for subject in self._ahead if (found := subject.of_flank(self._flank_of(subject)))]
        self.rack.want([*shown, *following[:2], *near[:2], *following[2:], *near[2:]])

    def _flank_of(self, subject: Subject) -> str:
        return self.flank if self._by_person else best_flank(self.left.subject, subject)

    def _page_turned(self) -> None:
        self._show_marks()
        if all(pane.subject is not None for pane in self.panes):
            self._want()
        self.turned_page.emit()

    @property
    def sides_differ(self) -> bool:
        """Whether a left flank stands beside a right one: the person asked for it, and is told."""
        flanks = {one.flank for pane in self.panes if (one := pane.shown()) is not None}
        return flanks == {"left", "right"}

    # -- the view ----------------------------------------------------------------------------------------------

    def make_active(self, side: int) -> None:
        """Keys that turn, light and mark mean this pane from now on."""
        self.active = side
        for place, pane in enumerate(self.panes):
            pane.picture.active = place == side
            pane.picture.update()

    @property
    def pane(self) -> AnimalPane:
        """The pane that keys mean."""
        return self.panes[self.active]

    def other_pane(self) -> None:
        """Give the keys to the other pane."""
        self.panes[1 - self.active].picture.setFocus()

    def _neared(self, side: int, factor: float, at: QPointF) -> None:
        before = self.panes[side].picture.sight
        after = before.zoomed(factor, at)
        self._see(side, lambda sight: sight.zoomed(after.zoom / before.zoom, at))

    def _pulled(self, side: int, across: float, down: float) -> None:
        self._see(side, lambda sight: sight.moved(across, down))

    def _see(self, side: int, change: Callable[[Sight], Sight]) -> None:
        for place, pane in enumerate(self.panes):
            if self.locked or place == side:
                pane.picture.sight = change(pane.picture.sight)
                pane.picture.update()

    def nearer(self, factor: float) -> None:
        """Closer or farther, around the middle."""
        self._neared(self.active, factor, QPointF())

    def move_by(self, across: int, down: int) -> None:
        """Move what is seen by a step; the picture goes the other way."""
        self._pulled(self.active, -across * _STEP, -down * _STEP)

    def as_it_is(self) -> None:
        """Fitted, unturned, in its own light: the pane that keys mean, and the other one's view where locked."""
        self._see(self.active, lambda sight: Sight(turn=sight.turn))
        self.pane.picture.sight = Sight()
        self.pane.put_light(Light())

    def toggle_lock(self) -> None:
        """Whether both views move together."""
        self.locked = not self.locked
        self.lock_button.setChecked(self.locked)
        if self.locked:  # together means: as the one the person is working on
            leading = self.pane.picture.sight
            for pane in self.panes:
                sight = pane.picture.sight
                pane.picture.sight = Sight(leading.zoom, leading.across, leading.down, sight.turn)
                pane.picture.update()
        self.pane.say(_("Both views move together") if self.locked else _("Each view moves by itself"))

    def toggle_tools(self) -> None:
        """Show or hide the sliders for turn and light."""
        shown = self.left.tools.isHidden()
        self.tools_button.setChecked(shown)
        for pane in self.panes:
            pane.tools.setVisible(shown)

    def _turn_light(self, brightness: int = 0, contrast: int = 0) -> None:
        self.pane.put_light(self.pane.picture.light.turned(brightness, contrast))

    # -- matching points ---------------------------------------------------------------------------------------

    def _pointed(self, side: int, x: int, y: int) -> None:
        shown = self.panes[side].shown()
        if shown is None:
            return
        self.marks.click(side, shown.media, x, y)
        if self.marks.begun is not None:
            where = _("Now click the same spot on the right.") if side == LEFT else None
            self.panes[1 - side].say(where or _("Now click the same spot on the left."))

    def mark_middle(self) -> None:
        """Mark the point in the middle of the pane that keys mean."""
        spot = self.pane.picture.middle() if self.pane.picture.has_picture else None
        if spot is not None:
            self._pointed(self.active, *spot)

    def drop_mark(self) -> None:
        """Take away the newest point."""
        if not self.marks.drop_last():
            self.pane.say(_("There is no point to remove."))

    def _show_marks(self) -> None:
        for side, pane in enumerate(self.panes):
            shown = pane.shown()
            pane.picture.marks = self.marks.on(side, shown.media) if shown is not None else ()
            pane.picture.update()

    # -- commands ----------------------------------------------------------------------------------------------

    def commands(self, free: Callable[[], bool], *, points: bool = True) -> list[Command]:
        """Keys of the two pictures; ``free`` tells whether plain keys are commands now."""
        made = partial(Command, group=_("The two pictures"), enabled=free)
        flanks = [
            made(f"compare.side_{n}", word, partial(self.choose_flank, code), str(n))
            for n, (code, word) in enumerate(
                zip(SIDES, [*(_(word) for word in FLANKS.values()), _("All pictures")], strict=True), start=1
            )
        ]
        steps = (
            ("left_back", _("Left: picture before"), self.left, -1, "Q"),
            ("left_on", _("Left: picture after"), self.left, 1, "W"),
            ("right_back", _("Right: picture before"), self.right, -1, "O"),
            ("right_on", _("Right: picture after"), self.right, 1, "P"),
        )
        moves = (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1))
        marks = [
            made("compare.mark", _("Mark a point in the middle"), self.mark_middle, "M"),
            made("compare.unmark", _("Remove the last point"), self.drop_mark, "Backspace"),
        ]
        return [
            *flanks,
            *(made(f"compare.{name}", word, partial(pane.step, by), key) for name, word, pane, by, key in steps),
            made("compare.other", _("The other picture: turn, light and points"), self.other_pane, "X"),
            made("compare.nearer", _("Closer"), partial(self.nearer, _NEARER), "+", also=("=",)),
            made("compare.farther", _("Farther"), partial(self.nearer, 1 / _NEARER), "-"),
            *(
                made(f"compare.move_{key.lower()}", _("Move the pictures"), partial(self.move_by, x, y), f"Shift+{key}")
                for key, x, y in moves
            ),
            made("compare.lock", _("Zoom together, or each by itself"), self.toggle_lock, "L"),
            made("compare.quarter", _("A quarter turn"), lambda: self.pane.turn(90), "R"),
            made("compare.quarter_back", _("A quarter turn back"), lambda: self.pane.turn(-90), "Shift+R"),
            made("compare.turn_back", _("Turn a little to the left"), lambda: self.pane.turn(-2), ","),
            made("compare.turn_on", _("Turn a little to the right"), lambda: self.pane.turn(2), "."),
            made("compare.darker", _("Darker"), partial(self._turn_light, -1), "["),
            made("compare.brighter", _("Brighter"), partial(self._turn_light, 1), "]"),
            made("compare.softer", _("Less contrast"), partial(self._turn_light, 0, -1), ";"),
            made("compare.harder", _("More contrast"), partial(self._turn_light, 0, 1), "'"),
            made("compare.as_is", _("The picture as it is"), self.as_it_is, "0", also=("\\",)),
            made("compare.tools", _("Turn and light"), self.toggle_tools, "J"),
            *(marks if points else ()),
        ]
