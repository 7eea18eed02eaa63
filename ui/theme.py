"""Colours, sizes and the one style sheet of the window, in light and dark.

Every colour on screen comes from these tokens, so that contrast can be proven by a test over all pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ranger_app.paths import resource

GRID = 4
"""All distances are multiples of this many pixels."""
OUTSIDE = 24
BETWEEN = 12
INSIDE = 16
TARGET = 36
"""The least height of anything to press."""
RAIL_WIDTH = 196

BODY, SMALL, SECTION, TITLE, FIGURE = 14, 13, 15, 22, 30
"""Text sizes in pixels."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one appearance, each as #RRGGBB."""

    name: str
    background: str
    surface: str
    rail: str
    rail_text: str
    rail_selected: str
    rail_mark: str
    text: str
    muted: str
    line: str
    accent: str
    accent_ink: str
    accent_hover: str
    attention: str
    attention_on: str
    problem: str
    problem_on: str
    partner: str
    partner_on: str
    key_cap: str
    selection: str
    picture: str


LIGHT = Tokens(
    name="light",
    background="#F6F5F0",
    surface="#FFFFFF",
    rail="#17382C",
    rail_text="#DCE8E1",
    rail_selected="#24543F",
    rail_mark="#7FD3A8",
    text="#1C2823",
    muted="#56665E",
    line="#DADFD8",
    accent="#1F6B4A",
    accent_ink="#FFFFFF",
    accent_hover="#18573C",
    attention="#9A4A06",
    attention_on="#FCEFD9",
    problem="#A8231C",
    problem_on="#FBE6E3",
    partner="#1B5A9C",
    partner_on="#E4EEF8",
    key_cap="#EEF1EC",
    selection="#DDEBE3",
    picture="#0E1411",
)
DARK = Tokens(
    name="dark",
    background="#111714",
    surface="#1A221E",
    rail="#0C1310",
    rail_text="#C9D6CF",
    rail_selected="#1F3A2E",
    rail_mark="#7FD3A8",
    text="#E5ECE8",
    muted="#9FB1A8",
    line="#2B3832",
    accent="#58B98A",
    accent_ink="#08130D",
    accent_hover="#6CC99B",
    attention="#F0B05A",
    attention_on="#33270F",
    problem="#F28B82",
    problem_on="#3A1C1A",
    partner="#8AB8EA",
    partner_on="#172838",
    key_cap="#25302B",
    selection="#234033",
    picture="#0A0E0C",
)

TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    ("text", "background"),
    ("text", "surface"),
    ("text", "key_cap"),
    ("text", "selection"),
    ("muted", "background"),
    ("muted", "surface"),
    ("muted", "key_cap"),
    ("muted", "selection"),
    ("rail_text", "rail"),
    ("rail_text", "rail_selected"),
    ("accent", "background"),
    ("accent", "surface"),
    ("accent", "key_cap"),
    ("accent", "selection"),
    ("accent_ink", "accent"),
    ("accent_ink", "accent_hover"),
    ("attention", "attention_on"),
    ("attention", "background"),
    ("attention", "surface"),
    ("problem", "problem_on"),
    ("problem", "background"),
    ("problem", "surface"),
    ("partner", "partner_on"),
    ("partner", "background"),
    ("partner", "surface"),
    ("text", "attention_on"),
    ("text", "problem_on"),
    ("text", "partner_on"),
    ("rail_text", "picture"),
)
"""Every text colour with every ground it is drawn on; a test holds each at 4.5:1 or better."""

_current = LIGHT


def tokens() -> Tokens:
    """The colours in use; painted widgets read them at each paint, so a switch needs only a repaint."""
    return _current


def colour(name: str) -> QColor:
    """The token called ``name`` as a QColor."""
    return QColor(getattr(_current, name))


def over_picture(name: str) -> QColor:
    """The token called ``name`` as it is drawn over a photograph: that of the dark appearance in both."""
    return QColor(getattr(DARK, name))


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two #RRGGBB colours, 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(value: str) -> float:
        channels = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def system_is_dark() -> bool:
    """Whether the system asks for a dark appearance."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def apply(choice: str = "system") -> Tokens:
    """Draw the whole application ``light``, ``dark`` or as the ``system`` asks; returns the tokens in use."""
    global _current
    dark = choice == "dark" or (choice == "system" and system_is_dark())
    _current = DARK if dark else LIGHT
    app = QApplication.instance()
    if isinstance(app, QApplication):
        sheet = style_sheet(_current)
        if app.styleSheet() != sheet:  # setting it polishes every widget anew
            app.setPalette(_palette(_current))
            app.setStyleSheet(sheet)
    return _current


def _palette(t: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for where, value in (
        (role.Window, t.background),
        (role.WindowText, t.text),
        (role.Base, t.surface),
        (role.AlternateBase, t.key_cap),
        (role.Text, t.text),
        (role.Button, t.surface),
        (role.ButtonText, t.text),
        (role.BrightText, t.accent_ink),
        (role.PlaceholderText, t.muted),
        (role.Highlight, t.selection),
        (role.HighlightedText, t.text),
        (role.ToolTipBase, t.surface),
        (role.ToolTipText, t.text),
        (role.Link, t.accent),
        (role.LinkVisited, t.accent),
        (role.Accent, t.accent),
        (role.Mid, t.line),
        (role.Light, t.surface),
        (role.Midlight, t.line),
        (role.Dark, t.muted),
        (role.Shadow, t.line),
    ):
        palette.setColor(where, QColor(value))
    off = QPalette.ColorGroup.Disabled
    for where in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(off, where, QColor(t.muted))
    return palette


def style_sheet(t: Tokens) -> str:
    """The style sheet drawn from ``t``; widgets choose their part by the property ``role`` (see ui/__init__.py)."""
    values = {f.name: getattr(t, f.name) for f in fields(t)}
    icons = resource("icons").as_posix()
    text = resource("style", "window.qss").read_text(encoding="utf-8")
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(f"@{name}", values[name])
    return text.replace("@icons", f"{icons}/{t.name}")
