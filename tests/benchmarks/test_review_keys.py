"""A thousand pictures through the real window: one key for a blank event, two at most for a species, all right."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ranger_app.library import Library
from tests.benchmarks import bench_review
from ui import fonts, theme
from ui.bridge import Bridge
from ui.camera_traps.screen import CameraTrapsScreen
from ui.shell.window import Window


def test_a_card_is_named_with_the_fewest_keys(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> None:
    qapp.setStyle("Fusion")
    fonts.apply("en")
    theme.apply("light")
    place, truth = bench_review.card(tmp_path, bench_review.PICTURES_MADE)
    assert sum(len(one.names) for one in truth) == bench_review.PICTURES_MADE
    with Library.open(place) as library:
        with library.read() as db:
            library.person = db.conn.execute("SELECT id FROM person").fetchone()[0]
        bridge = Bridge(library, inline=True)
        window = Window(library, bridge)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        outcome = bench_review.run(window, library, truth, lambda: None)
        screen = window.current()
        assert isinstance(screen, CameraTrapsScreen)
        screen.gallery.grid.thumbs.stop()
        window.close()
        bridge.close()
    assert outcome.wrong == []
    assert (outcome.most_blank, outcome.most_species) == (1, 2)
    assert outcome.events == len(truth)
