"""One side of a comparison: who it is, which flank is seen, its picture large, and how that is turned and lit."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from ranger_app.actions.catalogue import Shown
from ranger_app.i18n import _
from ui import theme
from ui.camera_traps.compare.picture_pane import PicturePane
from ui.camera_traps.compare.rack import Rack
from ui.camera_traps.compare.subject import EVERY, FLANKS, Subject
from ui.camera_traps.light import MOST, Light
from ui.numbers import moment, number
from ui.widgets.buttons import button
from ui.widgets.chip import Chip
from ui.widgets.origin_mark import origin_mark
from ui.widgets.text import ElidedLabel, label

_READOUT_MS = 1800
_CLOSER_MS = 150
"""Whoever still turns the wheel or turns pages does not wait for originals."""
_NARROW, _LOW = 440, 240
FINEST = 45
"""Degrees the fine turn reaches to either side."""


class AnimalPane(QWidget):
    """``changed`` when another picture is shown. ``keys`` are those for the picture before and after, printed here and
    bound elsewhere. ``free``: shows all its pictures whichever flank is chosen.
    """

    changed = Signal()

    def __init__(
        self,
        rack: Rack,
        utc_offset: int,
        keys: tuple[str, str],
        *,
        free: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rack, self._utc_offset, self._free = rack, utc_offset, free
        self.subject: Subject | None = None
        self.flank = EVERY
        self.place = 0
        self._nothing = ""
        self._slider_words: list[QLabel] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._head(*keys))
        self.picture = PicturePane()
        column.addWidget(self.picture, 1)
        self.below = ElidedLabel("", "muted")
        column.addWidget(self.below)
        self.tools = self._tools()
        self.tools.hide()
        column.addWidget(self.tools)
        self._read_out = QTimer(self)
        self._read_out.setSingleShot(True)
        self._read_out.setInterval(_READOUT_MS)
        self._read_out.timeout.connect(lambda: self.say(""))
        self._closer = QTimer(self)
        self._closer.setSingleShot(True)
        self._closer.setInterval(_CLOSER_MS)
        self._closer.timeout.connect(self._look_closer)
        self.picture.seen.connect(self._seen)
        rack.loaded.connect(self._came)

    def _head(self, before: str, after: str) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(8)
        self.mark = QLabel()
        self.who = ElidedLabel("", "section")
        self.who.setMinimumHeight(theme.TARGET)  # beside a pane that has buttons here both pictures begin alike
        self.flank_word = Chip("")
        self.number = label("", "muted")
        head.addWidget(self.mark)
        head.addWidget(self.who, 1)
        head.addWidget(self.flank_word)
        head.addWidget(self.number)
        self._signs = (("‹", before), ("›", after))
        self.before = self._step_button(_("Picture before"), -1)
        self.after = self._step_button(_("Picture after"), 1)
        head.addWidget(self.before)
        head.addWidget(self.after)
        return head

    def _step_button(self, name: str, by: int) -> QPushButton:
        made = button("", lambda: self.step(by))
        made.setProperty("pad", "true")
        made.setAccessibleName(name)
        made.setToolTip(name)
        made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # its key is at hand
        return made

    def _tools(self) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        quarter = button("90°", lambda: self.turn(90))
        quarter.setAccessibleName(_("A quarter turn"))
        quarter.setProperty("pad", "true")
        quarter.setFixedWidth(48)
        row.addWidget(quarter)
        self._fine = self._slider(row, _("Turn"), FINEST, self._turn_finely)
        self._bright = self._slider(row, _("Brightness"), MOST, self._put_light)
        self._contrast = self._slider(row, _("Contrast"), MOST, self._put_light)
        return made

    def _slider(self, row: QHBoxLayout, word: str, most: int, moved: Callable[[], object]) -> QSlider:
        self._slider_words.append(label(word, "muted"))
        row.addWidget(self._slider_words[-1])
        made = QSlider(Qt.Orientation.Horizontal)
        made.setToolTip(word)
        made.setRange(-most, most)
        made.setMinimumWidth(48)
        made.setMinimumHeight(theme.TARGET)
        made.setAccessibleName(word)
        made.valueChanged.connect(lambda _value: moved())
        row.addWidget(made, 1)
        return made

    # -- whom it shows -----------------------------------------------------------------------------------------

    def show_subject(self, subject: Subject | None, flank: str, nothing: str = "") -> None:
        """Show this one from this flank; without one ``nothing`` is said."""
        if subject is None or self.subject is None or subject.animal != self.subject.animal:
            self.place = 0
        elif (shown := self.shown()) is not None:
            following = self._of(subject, flank)
            self.place = next((n for n, one in enumerate(following) if one.media == shown.media), 0)
        self.subject, self.flank, self._nothing = subject, flank, nothing
        self.refresh()

    def _of(self, subject: Subject, flank: str) -> tuple[Shown, ...]:
        return subject.of_flank(EVERY if self._free else flank)

    def pictures(self) -> tuple[Shown, ...]:
        """The pictures one can walk through here."""
        return self._of(self.subject, self.flank) if self.subject is not None else ()

    def shown(self) -> Shown | None:
        """The picture in view."""
        found = self.pictures()
        return found[self.place] if 0 <= self.place < len(found) else None

    def step(self, by: int) -> None:
        """The picture before (-1) or after (1); around at the ends."""
        n = len(self.pictures())
        if n > 1:
            self.place = (self.place + by) % n
            self.refresh()

    def near(self) -> list[str | None]:
        """The pictures a step away."""
        found = self.pictures()
        return [found[(self.place + by) % len(found)].sha256 for by in (1, -1)] if len(found) > 1 else []

    def refresh(self) -> None:
        """Draw what is known by now."""
        self._say_who()
        self._show_picture()
        self.changed.emit()

    def _say_who(self) -> None:
        subject, shown, n = self.subject, self.shown(), len(self.pictures())
        self.mark.setVisible(subject is not None and subject.animal is not None)
        if subject is not None:
            self.mark.setPixmap(origin_mark(subject.own))
        parts = (subject.title, subject.about) if subject is not None else ()
        self.who.setText(" · ".join(part for part in parts if part))
        self.flank_word.setVisible(shown is not None)
        if shown is not None:
            known = shown.flank in FLANKS
            self.flank_word.show_word(_(FLANKS[shown.flank]) if known else _("Side not said"), "neutral")
        self.number.setText(_("{n} of {all}").format(n=number(self.place + 1), all=number(n)))
        self.number.setVisible(n > 1 and self.width() >= _NARROW)
        for one in (self.before, self.after):
            one.setVisible(n > 1)
        self._say_below()
        self.picture.say_name(f"{self.who.text()} · {self.flank_word.text()}" if shown is not None else "")

    def _say_below(self) -> None:
        shown = self.shown()
        taken = moment(shown.taken_at, self._utc_offset) if shown is not None and shown.taken_at is not None else ""
        # Beside the picture, not over it: the lower edge of a picture may be what is compared.
        remark = self._rack.remark(shown.sha256) if shown is not None and shown.sha256 else ""
        self.below.setText(" · ".join(part for part in (taken, remark) if part) or " ")

    def _show_picture(self) -> None:
        shown = self.shown()
        if shown is None:
            self.picture.show_pixmap(None, self._why_none())
        elif not shown.sha256:
            self.picture.show_pixmap(None, _("The picture is not here."))
        elif not self._rack.known(shown.sha256):
            self.picture.show_pixmap(None)
        else:
            self.picture.show_pixmap(
                self._rack.get(shown.sha256), self._rack.remark(shown.sha256), self._rack.whole(shown.sha256)
            )

    def _why_none(self) -> str:
        if self.subject is None:
            return self._nothing
        if not self.subject.pictures:
            return _("No picture of {animal} is here.").format(animal=self.subject.title)
        sides = {one.flank for one in self.subject.pictures}
        known = ", ".join(_(word) for flank, word in FLANKS.items() if flank in sides)
        words = [_("No picture of {animal} is known to show this side.").format(animal=self.subject.title)]
        if known:
            words.append(_("Known: {sides}.").format(sides=known))
        return " ".join([*words, _("Press 5 to see all its pictures.")])

    def _seen(self) -> None:
        if self.picture.is_close:
            self._closer.start()

    def _look_closer(self) -> None:
        """Ask for the original where somebody looks closer than the review copy shows."""
        shown = self.shown()
        if shown is not None and shown.sha256 and self.picture.is_close and self.isVisible():
            self._rack.want_whole(shown.sha256)

    def _came(self, sha256: str) -> None:
        shown = self.shown()
        if shown is not None and shown.sha256 == sha256:
            self._show_picture()
            self._say_below()
            self.changed.emit()

    # -- how it is shown ---------------------------------------------------------------------------------------

    def say(self, words: str) -> None:
        """Show ``words`` over the picture for a moment."""
        self.picture.readout = words
        if words:
            self._read_out.start()
        self.picture.update()

    def turn(self, degrees: int) -> None:
        """Turn the picture on clockwise."""
        self.picture.sight = self.picture.sight.turned(degrees)
        self._show_tools()
        self.say(_("Turned by {n}°").format(n=self.picture.sight.turn))

    def _turn_finely(self) -> None:
        quarter = round(self.picture.sight.turn / 90) * 90
        self.turn(quarter + self._fine.value() - self.picture.sight.turn)

    def put_light(self, light: Light) -> None:
        """Draw in this light."""
        self.picture.light = light
        self._show_tools()
        self.say(light.words())

    def _put_light(self) -> None:
        self.put_light(Light(self._bright.value(), self._contrast.value()))

    def _show_tools(self) -> None:
        sight, light = self.picture.sight, self.picture.light
        fine = (sight.turn + FINEST) % 90 - FINEST
        for slider, value in ((self._fine, fine), (self._bright, light.brightness), (self._contrast, light.contrast)):
            slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Where there is little room, what the hand knows anyway makes way: keys, the words of the sliders, the date.
        narrow = self.width() < _NARROW
        for one, (sign, key) in zip((self.before, self.after), self._signs, strict=True):
            one.setText(sign if narrow else f"{sign} {key}")
            one.setFixedWidth(32 if narrow else 48)
        for word in self._slider_words:
            word.setHidden(narrow)
        self.number.setVisible(len(self.pictures()) > 1 and not narrow)
        self.below.setHidden(self.height() < _LOW)

    def minimumSizeHint(self) -> QSize:
        return QSize(260, 160)
