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
        app.setPalette(_palette(_current))
        app.setStyleSheet(style_sheet(_current))
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
    text = _SHEET
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(f"@{name}", values[name])
    return text.replace("@icons", f"{icons}/{t.name}")


_SHEET = """
* { font-size: 14px; }
QWidget { color: @text; }
QMainWindow, QWidget[role="page"], QWidget[role="content"] { background: @background; }
QToolTip { background: @surface; color: @text; border: 1px solid @line; padding: 4px 8px; }
QScrollArea, QScrollArea > QWidget > QWidget[role="body"] { background: transparent; border: 0; }

QLabel { background: transparent; }
QLabel[role="title"] { font-size: 22px; font-weight: 700; }
QLabel[role="sentence"], QLabel[role="muted"] { font-size: 13px; color: @muted; }
QLabel[role="section"] { font-size: 15px; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="figure"] { font-size: 30px; font-weight: 700; color: @accent; }
QLabel[role="figure-quiet"] { font-size: 30px; font-weight: 700; color: @muted; }
QLabel[role="step"] { font-size: 26px; font-weight: 700; color: @accent; }
QLabel[role="scientific"] { font-size: 13px; font-style: italic; color: @muted; }
QLabel[role="code"] { font-size: 26px; font-weight: 700; letter-spacing: 2px; }
QLabel[role="warning"] { font-size: 13px; color: @problem; }
QLabel[role="key"] { background: @key_cap; border: 1px solid @line; border-bottom: 2px solid @line;
  border-radius: 4px; padding: 1px 8px; font-size: 13px; font-weight: 600; min-width: 14px; }
QLabel[role="chip"] { font-size: 12px; font-weight: 700; border-radius: 10px; padding: 2px 12px; }
QLabel[role="chip"][tone="neutral"] { background: @key_cap; color: @muted; }
QLabel[role="chip"][tone="own"] { background: @key_cap; color: @accent; }
QLabel[role="chip"][tone="attention"] { background: @attention_on; color: @attention; }
QLabel[role="chip"][tone="problem"] { background: @problem_on; color: @problem; }
QLabel[role="chip"][tone="partner"] { background: @partner_on; color: @partner; }

QFrame[role="card"], QFrame[role="panel"] { background: @surface; border: 1px solid @line; border-radius: 8px; }
QFrame[role="line"] { background: @line; border: 0; max-height: 1px; min-height: 1px; }
QFrame[role="banner"][tone="problem"] { background: @problem_on; border: 1px solid @problem; border-radius: 8px; }
QFrame[role="banner"][tone="attention"] { background: @attention_on; border: 1px solid @attention; border-radius: 8px; }
QFrame[role="banner"][tone="partner"] { background: @partner_on; border: 1px solid @partner; border-radius: 8px; }
QFrame[role="strip"] { background: @rail; border: 0; border-radius: 8px; }
QFrame[role="strip"] QLabel { color: @rail_text; font-weight: 600; }

QFrame[role="rail"] { background: @rail; border: 0; }
QFrame[role="rail"] QLabel { color: @rail_text; }
QLabel[role="brand"] { font-size: 18px; font-weight: 700; }
QFrame[role="rail"] QLabel[role="station"] { font-size: 12px; }
QPushButton[role="place"] { color: @rail_text; background: transparent; border: 0; border-left: 4px solid transparent;
  border-radius: 0; text-align: left; padding: 8px 8px 8px 14px; min-height: 22px; font-weight: 400; }
QPushButton[role="place"]:hover { background: @rail_selected; }
QPushButton[role="place"]:checked { background: @rail_selected; border-left: 4px solid @rail_mark; font-weight: 700; }
QPushButton[role="place"]:focus { border: 2px solid @rail_mark; border-left: 4px solid @rail_mark;
  padding: 6px 6px 6px 14px; }
QPushButton[role="who"] { color: @rail_text; background: transparent; border: 0; border-radius: 6px; text-align: left;
  padding: 6px 10px; min-height: 24px; font-size: 13px; }
QPushButton[role="who"]:hover { background: @rail_selected; }
QPushButton[role="who"]:focus { border: 2px solid @rail_mark; padding: 4px 8px; }

QPushButton { background: @surface; color: @text; border: 1px solid @line; border-radius: 6px; padding: 6px 14px;
  min-height: 22px; }
QPushButton:hover { background: @key_cap; }
QPushButton:pressed { background: @line; }
QPushButton:focus { border: 2px solid @accent; padding: 5px 13px; }
QPushButton:disabled { color: @muted; background: @key_cap; }
QPushButton[role="primary"] { background: @accent; color: @accent_ink; border: 1px solid @accent; font-weight: 700; }
QPushButton[role="primary"]:hover { background: @accent_hover; }
QPushButton[role="primary"]:focus { border: 2px solid @text; }
QPushButton[role="primary"]:disabled { background: @key_cap; color: @muted; border: 1px solid @line; }
QPushButton[role="danger"] { color: @problem; border: 1px solid @problem; }
QPushButton[role="quiet"] { background: transparent; border: 1px solid transparent; color: @muted; }
QPushButton[role="quiet"]:hover { color: @text; background: @key_cap; }
QPushButton[role="quiet"]:focus { border: 2px solid @accent; }
QPushButton[role="strip-button"] { background: @rail_selected; color: @rail_text; border: 1px solid @rail_mark;
  font-weight: 700; }
QPushButton[role="strip-button"]:focus { border: 2px solid @rail_text; }
QPushButton[role="segment"] { background: transparent; border: 0; border-bottom: 3px solid transparent; border-radius: 0;
  padding: 6px 14px 4px 14px; color: @muted; }
QPushButton[role="segment"]:hover { color: @text; }
QPushButton[role="segment"]:checked { color: @text; font-weight: 700; border-bottom: 3px solid @accent; }
QPushButton[role="segment"]:focus { border: 2px solid @accent; border-bottom: 3px solid @accent; padding: 4px 12px 4px 12px;
  border-radius: 4px; }
QPushButton[role="row"] { background: transparent; border: 1px solid transparent; text-align: left; padding: 6px 8px; }
QPushButton[role="row"]:hover { background: @key_cap; }
QPushButton[role="row"]:focus { border: 2px solid @accent; padding: 5px 7px; }
QPushButton[role="row"]:checked { background: @selection; font-weight: 600; }
QPushButton[role="find"] { background: @surface; color: @muted; text-align: left; padding: 6px 12px; }
QPushButton[role="find"]:focus { border: 2px solid @accent; padding: 5px 11px; }
QPushButton[role="tally"] { min-height: 42px; font-size: 15px; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox { background: @surface; color: @text;
  border: 1px solid @line; border-radius: 6px; padding: 6px 11px; selection-background-color: @selection;
  selection-color: @text; }
QLineEdit, QAbstractSpinBox, QComboBox { min-height: 22px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
  border: 2px solid @accent; padding: 5px 10px; }
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"], QComboBox[wrong="true"] { border: 2px solid @problem; padding: 5px 10px; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled { background: @key_cap; color: @muted; }
QComboBox::drop-down { border: 0; width: 28px; }
QComboBox::down-arrow { image: url(@icons-down.svg); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: @surface; color: @text; border: 1px solid @line; padding: 4px;
  selection-background-color: @selection; selection-color: @text; outline: 0; }
QComboBox QLineEdit { border: 0; padding: 0; background: transparent; min-height: 20px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: 0; width: 24px; background: transparent; }
QAbstractSpinBox::up-arrow { image: url(@icons-up.svg); width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow { image: url(@icons-down.svg); width: 12px; height: 12px; }
QCheckBox, QRadioButton { spacing: 10px; min-height: 36px; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator { width: 18px; height: 18px; border: 1px solid @muted; background: @surface; }
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:checked { background: @accent; border: 1px solid @accent; image: url(@icons-check.svg); }
QRadioButton::indicator:checked { background: @surface; border: 6px solid @accent; width: 8px; height: 8px; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: @accent; }
QCheckBox:focus, QRadioButton:focus { color: @accent; font-weight: 600; }

QTableView, QListView, QTreeView, QListWidget { background: @surface; color: @text; border: 1px solid @line; border-radius: 8px;
  gridline-color: @line; selection-background-color: @selection; selection-color: @text; outline: 0; }
QTableView::item, QListView::item, QListWidget::item { padding: 4px 8px; border: 0; }
QTableView::item:selected, QListView::item:selected, QListWidget::item:selected { background: @selection; color: @text; }
QTableView:focus, QListView:focus, QListWidget:focus { border: 2px solid @accent; }
QAbstractItemView[role="grid"] { background: @background; border: 1px solid transparent; border-radius: 8px; }
QHeaderView { background: @surface; border: 0; }
QHeaderView::section { background: @surface; color: @muted; border: 0; border-bottom: 1px solid @line; padding: 6px 8px;
  font-size: 13px; font-weight: 600; }
QHeaderView::up-arrow { image: url(@icons-up.svg); width: 12px; height: 12px; }
QHeaderView::down-arrow { image: url(@icons-down.svg); width: 12px; height: 12px; }
QTableCornerButton::section { background: @surface; border: 0; }

QProgressBar { background: @key_cap; border: 0; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @line; border: 2px solid transparent; border-radius: 6px; }
QScrollBar::handle:vertical { min-height: 36px; }
QScrollBar::handle:horizontal { min-width: 36px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: transparent; }
QTextBrowser { background: @surface; border: 0; }
QMenu { background: @surface; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 8px 16px; border-radius: 4px; }
QMenu::item:selected { background: @selection; }
"""
