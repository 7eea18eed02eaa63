"""The program as it is started: it opens, paints and ends; the start imports little; crashes leave a report."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ranger_app.library import Library
from ui import preferences
from ui.app import Collector, Desk
from ui.heartbeat import Heartbeat

ROOT = Path(__file__).resolve().parents[2]


def started(*arguments: str, profile: Path, code: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "ui.app", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "RANGER_PROFILE": str(profile), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_smoke_start_on_a_library_of_its_own(tmp_path: Path) -> None:
    result = started("--smoke", profile=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")


def test_smoke_start_on_a_given_library(tmp_path: Path) -> None:
    Library.create(tmp_path / "library", name="A", country="CN", utc_offset=480).close()
    result = started("--smoke", "--library", str(tmp_path / "library"), profile=tmp_path / "profile")
    assert (result.returncode, result.stderr) == (0, "")
    with Library.open(tmp_path / "library") as library:
        assert library.station.name == "A"


def test_start_leaves_the_slow_things_for_later(tmp_path: Path) -> None:
    code = (
        "import json, sys; from ui.app import main; status = main(['--smoke']);"
        "print(json.dumps([status, sorted(sys.modules)]))"
    )
    result = started(profile=tmp_path, code=code)
    assert result.returncode == 0, result.stderr
    status, modules = json.loads(result.stdout)
    assert status == 0
    late = {
        "folium",
        "numpy",
        "PySide6.QtWebEngineCore",
        "PIL.Image",
        "simplejpeg",
        "exifread",
        "gpxpy",
        "pyrage",
        "babel",
    }
    assert late & set(modules) == set()


def test_library_in_use_is_said_on_the_first_page(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.create(tmp_path / "library", name="A", country="CN", utc_offset=480):
        desk = Desk(preferences.load())
        desk.dress()
        desk.open(tmp_path / "library")
        qtbot.addWidget(desk.first)
        assert desk.window is None
        assert desk.first.problem.code == "LIBRARY_IN_USE"
        desk.first.bridge.close()
        desk.close()


def test_desk_shows_a_library_and_another_one_after_it(tmp_path: Path, qtbot: QtBot) -> None:
    for name in ("one", "two"):
        Library.create(tmp_path / name, name=name, country="CN", utc_offset=480).close()
    desk = Desk(preferences.load())
    desk.dress()
    desk.open(tmp_path / "one")
    assert desk.library is not None
    assert desk.library.attended
    assert desk.window.windowTitle() == "one · Ranger"
    desk.bridge.wished.emit("library", str(tmp_path / "two"))  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: desk.window is not None and desk.window.windowTitle() == "two · Ranger")
    assert preferences.load().library == str(tmp_path / "two")
    desk.bridge.wished.emit("language", "ru")  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: preferences.load().language == "ru")
    desk.kept.language = "en"
    desk.dress()
    window = desk.window
    window.close()
    qtbot.addWidget(window)
    assert desk.library is None
    Library.open(tmp_path / "two").close()


def test_garbage_is_collected_in_the_windows_thread_only(qapp: QApplication) -> None:
    try:
        collector = Collector()
        assert not gc.isenabled()
        collector._collect()
        assert collector._timer.isActive()
        collector.deleteLater()
    finally:
        gc.enable()


def test_heartbeat_counts_a_window_that_stands_still(qtbot: QtBot) -> None:
    from time import perf_counter

    heart = Heartbeat()
    heart.start()
    qtbot.waitUntil(lambda: len(heart.gaps) > 3)
    before = heart.worst
    end = perf_counter() + 0.12
    while perf_counter() < end:
        pass
    heart.stop()
    assert heart.worst >= 110
    assert heart.percentile(0.5) <= heart.worst
    assert before <= heart.worst
    count = len(heart.gaps)
    heart.stop()
    assert len(heart.gaps) == count
