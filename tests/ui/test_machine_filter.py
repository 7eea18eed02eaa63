"""The blank queue and the animal-first order: chosen among the marks, shown again, and given back as a filter."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from ranger_app.store.gallery import Filter
from ui.camera_traps.filter_line import FilterLine


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("machine:blank", Filter(hint="blank")),
        ("machine:animal", Filter(hint="animal", order="hint")),
        ("machine:first", Filter(order="hint")),
        ("damaged", Filter(flag="damaged")),
    ],
)
def test_a_mark_is_a_filter_and_back(qtbot: QtBot, dressed: object, code: str, wanted: Filter) -> None:
    line = FilterLine(600)
    qtbot.addWidget(line)
    place = line.flag.findData(code)
    assert place > 0
    line.flag.setCurrentIndex(place)
    line.flag.activated.emit(place)
    assert line.filter == wanted
    other = FilterLine(600)
    qtbot.addWidget(other)
    other.put(wanted)
    assert other.flag.currentData() == code
    other.to_review.setChecked(True)
    assert (other.filter.hint, other.filter.order, other.filter.flag) == (wanted.hint, wanted.order, wanted.flag)
