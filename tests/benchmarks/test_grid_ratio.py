"""A million rows must cost the grid no more than a thousand: what it does may not grow with the library."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ranger_app.library import Library
from ranger_app.store.gallery import Cell
from ui import fonts, theme
from ui.widgets.grid_view import GridView
from ui.widgets.media_source import MediaSource

BAR = 3.0
SLACK_S = 0.002


class Made(MediaSource):
    """Cells without a database."""

    def cell(self, row: int) -> Cell | None:
        key = self.keys[row]
        return Cell(key, key.to_bytes(16, "big"), None, f"{key}.jpg", None, None, "image/jpeg", "blank", 2, None, None)


def best_of(times: int, work: Callable[[], object]) -> float:
    def once() -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    return min(once() for _time in range(times))


@pytest.mark.parametrize("act", ["open", "scroll", "jump", "select_all", "resize"])
def test_a_million_costs_what_a_thousand_does(act: str, tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> None:
    qapp.setStyle("Fusion")
    fonts.apply("en")
    theme.apply("light")
    with Library.create(tmp_path / "library", name="A", country="CN", utc_offset=480) as library:
        seconds = {number: _seconds(act, library, number, qtbot) for number in (1_000, 1_000_000)}
    assert seconds[1_000_000] <= BAR * seconds[1_000] + SLACK_S, seconds


def _seconds(act: str, library: Library, number: int, qtbot: QtBot) -> float:
    view = GridView(Made(library))
    qtbot.addWidget(view)
    view.resize(1122, 600)
    view.show()
    keys = array("q", range(number))
    view.show_keys(keys)
    bar = view.verticalScrollBar()

    def paint() -> None:
        view.viewport().repaint()

    def scroll() -> None:
        bar.setValue(bar.value() + 60)
        paint()

    def jump() -> None:
        bar.setValue(bar.maximum() - bar.value())
        paint()

    def resize() -> None:
        view.resize(900 if view.width() > 1000 else 1122, 600)
        paint()

    work = {
        "open": lambda: (view.show_keys(keys), paint()),
        "scroll": scroll,
        "jump": jump,
        "select_all": view.selectAll,
        "resize": resize,
    }[act]
    taken = best_of(20, work)
    view.thumbs.stop()
    return taken
