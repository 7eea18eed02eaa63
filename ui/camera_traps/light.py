"""Brightness and contrast of the picture as it is drawn: a table over its levels, never a change of the file."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QImage

from ranger_app.i18n import _

MOST = 8
"""Steps in either direction."""
_BRIGHTER, _HARDER = 1.22, 1.18
"""What one step does: to the exponent of the levels, and to their distance from the middle."""
_RGB32 = QImage.Format.Format_RGB32


@dataclass(frozen=True, slots=True)
class Light:
    """Steps of brightness and contrast, 0 as the picture is, each from -MOST to MOST."""

    brightness: int = 0
    contrast: int = 0

    @property
    def changed(self) -> bool:
        """Whether the picture is drawn otherwise than it is."""
        return bool(self.brightness or self.contrast)

    def turned(self, brightness: int = 0, contrast: int = 0) -> Light:
        """So many steps on, at most to the end of the scale."""
        return Light(_within(self.brightness + brightness), _within(self.contrast + contrast))

    def table(self) -> list[int]:
        """The level (0 to 255) each level becomes.

        Brightness is a gamma, which opens the dark of a night picture without burning its bright parts; contrast
        stretches around the middle.
        """
        exponent, factor = _BRIGHTER**-self.brightness, _HARDER**self.contrast
        levels = (((level / 255) ** exponent - 0.5) * factor + 0.5 for level in range(256))
        return [round(255 * max(0.0, min(1.0, level))) for level in levels]

    def words(self) -> str:
        """Both as they stand: "Brightness +2 · Contrast 0"."""
        return _("Brightness {brightness} · Contrast {contrast}").format(
            brightness=_signed(self.brightness), contrast=_signed(self.contrast)
        )


def _within(steps: int) -> int:
    return max(-MOST, min(MOST, steps))


def _signed(steps: int) -> str:
    return f"+{steps}" if steps > 0 else f"−{-steps}" if steps else "0"


def lit(image: QImage, light: Light) -> QImage:
    """A copy of ``image`` in this light; about 3 ms for a picture as large as the window."""
    if not light.changed or image.isNull():
        return image
    from PIL import Image  # late: only who turns the light needs it

    plain = image if image.format() == _RGB32 else image.convertToFormat(_RGB32)
    wide, high, line = plain.width(), plain.height(), plain.bytesPerLine()
    # The fourth byte of each pixel is never looked at, so one table serves all four.
    pixels = Image.frombuffer("RGBX", (line // 4, high), bytes(plain.constBits()), "raw", "RGBX", line, 1)
    made = pixels.point(light.table() * 4).tobytes()
    return QImage(made, wide, high, line, _RGB32).copy()
