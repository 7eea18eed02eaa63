"""A video in the viewer: by the clock, frame by frame, and no longer than somebody looks."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.jobs import CancelToken
from ranger_app.library import Library
from ranger_app.media import vault
from tests.media.films import film
from tests.ui.viewing import KEY, SHIFT, library, pixels, press, screen, viewer, window
from ui.camera_traps.screen import CameraTrapsScreen
from ui.camera_traps.video_play import AHEAD, BEHIND, MOST
from ui.camera_traps.viewer import Viewer
from ui.shell.window import Window

__all__ = ["library", "screen", "viewer", "window"]
"""Fixtures of this file."""


@pytest.fixture
def video(screen: CameraTrapsScreen, demo: Library, tmp_path: Path) -> Viewer:
    """The viewer on a video of two seconds, ten frames a second, every frame another picture."""
    card = tmp_path / "card"
    card.mkdir()
    (card / "CLIP0001.MP4").write_bytes(film("mp4", frames=20, size=(320, 240)))
    job = ingest(demo, IngestRequest(card, "Video", 430_000_000, 1_310_000_000), CancelToken())
    for _progress in job:
        pass
    screen.gallery.show_all()
    screen.gallery.load()
    source = screen.gallery.source
    row = next(
        row for row in range(len(source)) if (cell := source.cell(row)) and (cell.media_type or "").startswith("video")
    )
    QApplication.processEvents()
    screen.open_viewer(row)
    QApplication.processEvents()
    return screen.viewer


def test_a_video_shows_its_first_frame_and_is_stepped(window: Window, video: Viewer) -> None:
    playing = video.picture.video
    assert playing.image is not None
    assert (playing.at, playing.duration) == (0, 2000)
    assert not playing.playing
    first = pixels(video.picture)
    press(window, KEY.Key_Period)
    press(window, KEY.Key_Period)
    assert playing.at == 200
    assert (pixels(video.picture) != first).any()
    press(window, KEY.Key_Comma)
    press(window, KEY.Key_Left, SHIFT)
    assert playing.at == 0
    assert (pixels(video.picture) == first).all()
    press(window, KEY.Key_Right, SHIFT)
    assert playing.at == 100
    row = video.row
    press(window, KEY.Key_Right)
    assert video.row != row or playing.image is None


def test_a_video_plays_to_its_end_and_again(window: Window, video: Viewer, qtbot: QtBot) -> None:
    playing = video.picture.video
    times: list[int] = []
    playing.changed.connect(lambda: times.append(playing.at))
    begun = perf_counter()
    press(window, KEY.Key_Space)
    assert playing.playing
    qtbot.waitUntil(lambda: not playing.playing, timeout=15_000)
    assert perf_counter() - begun >= 1.8  # by the clock, not as fast as it decodes
    assert playing.at == 1900
    assert playing.at_end
    assert times == sorted(times)
    press(window, KEY.Key_Space)
    assert playing.at == 0
    qtbot.waitUntil(lambda: playing.at >= 200, timeout=15_000)
    press(window, KEY.Key_Space)
    held = playing.at
    assert not playing.playing
    assert 200 <= held < 1900


def test_frames_far_back_are_decoded_again_and_few_are_kept(window: Window, video: Viewer) -> None:
    playing = video.picture.video
    for _n in range(19):
        press(window, KEY.Key_Period)
    assert playing.at == 1900
    assert len(playing._waiting) + len(playing._shown) <= 28
    for _n in range(19):
        press(window, KEY.Key_Comma)
    assert playing.at == 0
    for _n in range(4):
        press(window, KEY.Key_Period)
    assert playing.at == 400


def test_frames_are_bounded_on_the_largest_screen(window: Window, video: Viewer) -> None:
    playing = video.picture.video
    playing.resize(QSize(7680, 4320))
    assert playing._film is not None
    assert playing._film.box == MOST
    kept = (AHEAD + BEHIND) * 4 * MOST.width() * MOST.height() * 9 // 16
    assert kept < 120_000_000


def test_another_picture_ends_the_video(window: Window, video: Viewer) -> None:
    playing = video.picture.video
    press(window, KEY.Key_Space)
    film_now = playing._film
    assert film_now is not None
    video.show_row(video.row + 1 if video.row + 1 < len(video._source) else video.row - 1)
    assert film_now.dropped.is_set()
    assert film_now.frames is None
    assert playing.image is None
    assert not playing.playing


def test_leaving_the_viewer_holds_the_video(window: Window, screen: CameraTrapsScreen, video: Viewer) -> None:
    press(window, KEY.Key_Space)
    press(window, KEY.Key_Escape)
    assert screen.page is screen.tabs
    assert not video.picture.video.playing


def test_a_video_that_is_not_here_or_cannot_be_played_says_so(
    window: Window, screen: CameraTrapsScreen, video: Viewer, demo: Library
) -> None:
    row = video.row
    assert video.cell is not None
    assert video.cell.sha256 is not None
    path = vault.find(demo.vault, video.cell.sha256)
    assert path is not None
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:60])
    other = row + 1 if row + 1 < len(video._source) else row - 1
    video.show_row(other)
    video.show_row(row)
    assert "cannot be played" in video.picture.remark
    assert "Press O" in video.picture.remark
    path.unlink()
    video.show_row(other)
    video.show_row(row)
    assert "The video is not here" in video.picture.remark or "The original is not here" in video.picture.remark
