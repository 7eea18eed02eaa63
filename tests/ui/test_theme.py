"""Colours can be read, sizes sit on the grid, and the style sheet knows every token it names."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from ranger_app.paths import resource
from ui import theme
from ui.theme import DARK, LIGHT, TEXT_PAIRS, Tokens

APPEARANCES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])


@APPEARANCES
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_every_text_can_be_read(tokens: Tokens, ink: str, ground: str) -> None:
    assert theme.contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


def test_contrast_is_the_ratio_of_the_guideline() -> None:
    assert theme.contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@APPEARANCES
def test_style_sheet_names_only_tokens(tokens: Tokens) -> None:
    sheet = theme.style_sheet(tokens)
    assert "@" not in re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)
    for path in re.findall(r"url\(([^)]+)\)", sheet):
        assert resource("icons").joinpath(path.rsplit("/", 1)[1]).is_file()


def test_colours_in_the_sheet_are_text_pairs() -> None:
    """A rule that sets both colours must use a pair whose contrast the test above proves."""
    source = resource("style", "window.qss").read_text(encoding="utf-8")
    names = {f.name for f in fields(Tokens)}
    found = 0
    for block in re.findall(r"\{([^}]*)\}", source):
        ink = re.search(r"(?<![-\w])color:\s*@(\w+)", block)
        ground = re.search(r"background:\s*@(\w+)", block)
        if ink and ground:
            assert {ink[1], ground[1]} <= names
            assert (ink[1], ground[1]) in TEXT_PAIRS, block
            found += 1
    assert found >= 10


def test_distances_sit_on_the_grid() -> None:
    for distance in (theme.OUTSIDE, theme.BETWEEN, theme.INSIDE, theme.TARGET, theme.RAIL_WIDTH):
        assert distance % theme.GRID == 0
