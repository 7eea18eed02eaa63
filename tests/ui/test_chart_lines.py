"""Curves and timelines say the same on a page and in the window."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from ranger_app.domain.findings import Chart, Curve, Lane, Lanes
from ranger_app.reports import drawing
from ranger_app.reports.figures import ticks
from ui import theme
from ui.widgets.chart import ChartView

CURVES = Chart(
    "Discovery",
    curves=(Curve("RU", ((0, 0), (100, 4))), Curve("CN <b>", ((0, 0), (50, 2), (100, 2)))),
    axes=("Trap nights", "Animals"),
)
LANES = Chart("Timeline", lanes=Lanes(("2014-01", "2014-02"), ("CN", "RU"), (Lane("T-1", ((0, 0), (1, 0), (1, 1))),)))


@pytest.mark.parametrize(
    ("top", "expected"),
    [(0, [0, 1]), (1, [0, 1]), (3, [0, 1, 2, 3]), (7, [0, 2, 4, 6, 8]), (45, [0, 10, 20, 30, 40, 50]),
     (1234, [0, 500, 1000, 1500]), (20000, [0, 5000, 10000, 15000, 20000])],
)  # fmt: skip
def test_axes_have_few_whole_figures_that_reach_the_top(top: float, expected: list[float]) -> None:
    assert ticks(top) == expected


def test_a_curve_on_a_page_goes_through_its_points() -> None:
    svg = drawing.chart(CURVES)
    lines = re.findall(r'<polyline points="([^"]+)"', svg)
    first, second = ([tuple(map(float, one.split(","))) for one in line.split()] for line in lines)
    assert first[0] == second[0], "both begin at nothing"
    assert first[-1][0] == second[-1][0], "both end at a hundred nights"
    assert first[0][1] - first[-1][1] == pytest.approx(2 * (second[0][1] - second[-1][1]))
    assert "CN &lt;b&gt;" in svg
    assert len(set(re.findall(r'<polyline[^>]*stroke-dasharray="([^"]*)"', svg))) == 2, "told apart without colour"


def test_a_timeline_on_a_page_has_a_mark_for_each_month_and_side() -> None:
    svg = drawing.chart(LANES)
    marks = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="9.0"', svg)
    assert len(marks) == 3
    assert marks[0][1] == marks[1][1] != marks[2][1], "each side has its own height"
    assert marks[1][0] == marks[2][0] != marks[0][0]


def test_the_window_draws_them_and_says_them_to_a_screen_reader(qapp: QApplication) -> None:
    view = ChartView()
    view.show_charts((CURVES, LANES))
    assert view.accessibleName() == (
        "Discovery: RU 4 (100), CN <b> 2 (100)\nTimeline: T-1: 2014-01 CN, 2014-02 CN, 2014-02 RU"
    )
    view.resize(600, view.sizeHint().height())
    image = view.grab().toImage()
    seen = {QColor(image.pixel(x, y)).name() for x in range(0, 600, 2) for y in range(0, image.height(), 2)}
    assert {theme.colour("accent").name(), theme.colour("attention").name()} <= seen
