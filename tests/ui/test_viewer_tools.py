"""The tools of the large picture: each by its key, each seen in the pixels or the words it leaves on screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import numpy
import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ranger_app.actions import beside, records, review
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.actions.undo import undo
from ranger_app.domain.ops import create
from ranger_app.jobs import CancelToken
from ranger_app.library import Library
from ranger_app.media import thumbs, vault
from ranger_app.store.gallery import Eyes
from tests.media.films import film
from ui import theme
from ui.camera_traps import boxes, picture_source
from ui.camera_traps.light import MOST, Light, lit
from ui.camera_traps.picture_source import WHOLE, as_image, as_pixels, load
from ui.camera_traps.picture_view import PictureView
from ui.camera_traps.screen import PICTURES, CameraTrapsScreen
from ui.camera_traps.viewer import Viewer
from ui.commands import grouped, same_keys
from ui.shell.window import Window

Dress = Callable[[str, str], None]
KEY = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def library(demo: Library) -> Library:
    """Here bridge and window stand on the demo library."""
    return demo


@pytest.fixture
def window(window: Window, qtbot: QtBot) -> Iterator[Window]:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.go("camera_traps")
    yield window
    window.screens["camera_traps"].gallery.grid.thumbs.stop()  # type: ignore[attr-defined]


@pytest.fixture
def screen(window: Window) -> CameraTrapsScreen:
    """Camera traps on the tab with all pictures."""
    shown = window.current()
    assert isinstance(shown, CameraTrapsScreen)
    shown.choose_tab(PICTURES)
    return shown


@pytest.fixture
def viewer(screen: CameraTrapsScreen) -> Viewer:
    """The viewer on the first picture of an event of several."""
    QApplication.processEvents()  # the tab has the keyboard first
    screen.open_viewer(first_of_event(screen))
    QApplication.processEvents()
    return screen.viewer


def press(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def first_of_event(screen: CameraTrapsScreen) -> int:
    source = screen.gallery.source
    with screen.library.read() as db:
        for row in range(len(source)):
            keys = beside.event_keys(db, source.keys[row])
            if len(keys) >= 2 and keys[0] == source.keys[row]:
                return row
    raise AssertionError("the demo has no event of two pictures")


def pixels(view: PictureView) -> numpy.ndarray:
    return as_pixels(view.grab().toImage())


def middle(view: PictureView) -> numpy.ndarray:
    """The pixels of the middle third of what is drawn."""
    found = pixels(view)
    rows, columns = found.shape[:2]
    return found[rows // 3 : 2 * rows // 3, columns // 3 : 2 * columns // 3]


def near(found: numpy.ndarray, colour: QColor, within: int = 40) -> numpy.ndarray:
    """Where pixels have about this colour."""
    wanted = numpy.array([colour.red(), colour.green(), colour.blue()])
    return (numpy.abs(found.astype(int) - wanted) <= within).all(axis=-1)


# -- light -----------------------------------------------------------------------------------------------------


def test_light_is_a_table_and_leaves_the_picture_alone_at_zero() -> None:
    assert Light().table() == list(range(256))
    brighter, darker = Light(3).table(), Light(-3).table()
    assert all(up >= level >= down for level, up, down in zip(range(256), brighter, darker, strict=True))
    assert (brighter[0], brighter[255], darker[0], darker[255]) == (0, 255, 0, 255)
    harder = Light(0, 3).table()
    assert harder[60] < 60
    assert harder[200] > 200
    assert Light(MOST, -MOST).turned(1, -1) == Light(MOST, -MOST)


@pytest.mark.parametrize("wide", [1, 7, 640])
def test_light_turns_every_pixel_by_the_table(qapp: QApplication, wide: int) -> None:
    given = numpy.random.default_rng(2).integers(0, 256, (33, wide, 3), dtype=numpy.uint8)
    image = as_image(given)
    assert (as_pixels(image) == given).all()
    light = Light(2, -1)
    assert (as_pixels(lit(image, light)) == numpy.array(light.table())[given]).all()


def test_light_of_a_window_full_of_pixels_takes_less_than_a_frame_of_thirty_milliseconds(qapp: QApplication) -> None:
    image = as_image(numpy.random.default_rng(2).integers(0, 256, (768, 1366, 3), dtype=numpy.uint8))
    spent = []
    for step in range(1, 8):
        begun = perf_counter()
        lit(image, Light(step))
        spent.append(perf_counter() - begun)
    assert min(spent) < 0.03


def test_brighter_darker_and_back_by_key(window: Window, viewer: Viewer) -> None:
    view = viewer.picture
    before = middle(view)
    press(window, KEY.Key_BracketRight)
    press(window, KEY.Key_BracketRight)
    assert view.readout == "Brightness +2 · Contrast 0"
    assert middle(view).mean() > before.mean() + 5
    for _n in range(4):
        press(window, KEY.Key_BracketLeft)
    assert middle(view).mean() < before.mean() - 5
    press(window, KEY.Key_Apostrophe)
    press(window, KEY.Key_Semicolon)
    press(window, KEY.Key_Semicolon)
    assert view.readout == "Brightness −2 · Contrast −1"
    press(window, KEY.Key_Backslash)
    view.say("")
    assert (middle(view) == before).all()


def test_the_readout_goes_by_itself(window: Window, viewer: Viewer, qtbot: QtBot) -> None:
    press(window, KEY.Key_BracketRight)
    qtbot.waitUntil(lambda: viewer.picture.readout == "", timeout=5000)


def test_light_is_kept_within_the_event_and_not_beyond(window: Window, viewer: Viewer, demo: Library) -> None:
    source = viewer._source
    press(window, KEY.Key_BracketRight)
    press(window, KEY.Key_Right)
    assert viewer.picture.light == Light(1)
    with demo.read() as db:
        event = set(beside.event_keys(db, source.keys[viewer.row]))
    outside = next(row for row in range(len(source)) if source.keys[row] not in event)
    viewer.show_row(outside)
    assert viewer.picture.light == Light()


def test_light_works_on_a_zoomed_picture(window: Window, viewer: Viewer) -> None:
    press(window, KEY.Key_Z)
    before = middle(viewer.picture)
    press(window, KEY.Key_BracketRight)
    viewer.picture.say("")
    after = middle(viewer.picture)
    table = numpy.array(Light(1).table())
    assert (after == table[before]).all()


# -- magnifier -------------------------------------------------------------------------------------------------


def test_the_magnifier_shows_the_pictures_own_pixels(window: Window, viewer: Viewer) -> None:
    view = viewer.picture
    view.boxes = ()
    press(window, KEY.Key_M)
    assert view.lens.strength == 2
    whole = view.whole
    assert whole is not None
    assert view._pixmap is not None
    assert whole.width() > view._pixmap.width()
    press(window, KEY.Key_Down)
    press(window, KEY.Key_Right)
    view.say("")
    shown = view.grab().toImage()
    glass = view.lens.rect(view.target(), view.room())
    at = glass.center().toPoint()
    here = (int(view.lens.across * whole.width()), int(view.lens.down * whole.height()))
    for by in (-20, -8, 0, 8, 20):  # two pixels of the screen for one of the picture
        seen, own = shown.pixelColor(at.x() + 2 * by, at.y()), whole.pixelColor(here[0] + by, here[1])
        around = [whole.pixelColor(here[0] + by + d, here[1] + e) for d in (-1, 0, 1) for e in (-1, 0, 1)]
        assert seen.rgb() in {one.rgb() for one in around}, (by, seen.name(), own.name())


def test_arrows_and_the_mouse_move_the_magnifier_and_it_is_put_away(
    window: Window, screen: CameraTrapsScreen, viewer: Viewer
) -> None:
    view, row = viewer.picture, viewer.row
    press(window, KEY.Key_M)
    across, down = view.lens.across, view.lens.down
    press(window, KEY.Key_Right)
    press(window, KEY.Key_Up)
    assert viewer.row == row
    assert view.lens.across > across
    assert view.lens.down < down
    target = view.target()
    QTest.mouseMove(view, (target.topLeft() + QPointF(3, 3)).toPoint())
    assert view.lens.across < 0.05
    for _n in range(100):
        press(window, KEY.Key_Left)
    assert view.lens.across == 0
    press(window, KEY.Key_M)
    assert view.lens.strength == 3
    press(window, KEY.Key_Period)
    assert viewer.row == row + 1
    assert view.lens.strength == 3
    press(window, KEY.Key_Escape)
    assert view.lens.strength == 0
    assert screen.page is viewer
    press(window, KEY.Key_Right)
    assert viewer.row == row + 2


def test_a_picture_is_read_whole_only_once(window: Window, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[QSize] = []

    def counted(library: Library, sha256: str, box: QSize, **more: bool) -> picture_source.Loaded:
        read.append(box)
        return load(library, sha256, box, **more)

    monkeypatch.setattr("ui.camera_traps.picture_view.load", counted)
    for _n in range(6):
        press(window, KEY.Key_M)
    press(window, KEY.Key_Z)
    press(window, KEY.Key_Z)
    assert [box for box in read if box.isEmpty()] == [WHOLE]


# -- difference ------------------------------------------------------------------------------------------------


def two_pictures(viewer: Viewer, demo: Library) -> tuple[Path, Path]:
    """The originals of the first two pictures of the event; the second becomes the first with a bright square."""
    source, found = viewer._source, []
    for row in (viewer.row, viewer.row + 1):
        cell = source.cell(row)
        assert cell is not None
        assert cell.sha256 is not None
        path = vault.find(demo.vault, cell.sha256)
        assert path is not None
        path.chmod(0o600)
        found.append(path)
    first = QImage(str(found[0]))
    second = QImage(first)
    width, height = second.width(), second.height()
    for x in range(width // 2, width // 2 + width // 8):
        for y in range(height // 2, height // 2 + height // 8):
            second.setPixelColor(x, y, QColor("white"))
    assert first.save(str(found[0]), "JPG", 95)
    assert second.save(str(found[1]), "JPG", 95)
    return found[0], found[1]


def test_the_difference_to_the_picture_before_glows(window: Window, viewer: Viewer, demo: Library) -> None:
    two_pictures(viewer, demo)
    view = viewer.picture
    press(window, KEY.Key_T)
    assert "first picture of its event" in view.readout
    assert view.difference is None
    press(window, KEY.Key_Right)
    view.say("")
    assert view.difference is not None
    assert view.difference_words == "What differs from the picture before"
    assert view.changed_box is not None
    left, top, width, height = view.changed_box
    assert abs(left - 0.5) < 0.03
    assert abs(top - 0.5) < 0.03
    assert abs(width - 0.125) < 0.05
    assert abs(height - 0.125) < 0.05
    target = view.target()
    shown = view.grab().toImage()
    inside = (target.topLeft() + QPointF(target.width() * 0.56, target.height() * 0.56)).toPoint()
    assert shown.pixelColor(inside).red() > 150
    outside = (target.topLeft() + QPointF(target.width() * 0.2, target.height() * 0.6)).toPoint()
    assert shown.pixelColor(outside).red() < 90
    press(window, KEY.Key_T)
    assert view.difference is None


def test_the_difference_works_with_previews_only(window: Window, viewer: Viewer, demo: Library) -> None:
    for path in two_pictures(viewer, demo):
        sha256 = path.name.partition(".")[0]
        thumbs.place(demo.folder / "cache", sha256).unlink(missing_ok=True)
        assert thumbs.thumbnail(demo.folder, sha256) is not None
        path.unlink()
    viewer.picture._kept.clear()
    press(window, KEY.Key_T)
    press(window, KEY.Key_Right)
    assert viewer.picture.difference is not None
    assert viewer.picture.changed_box is not None


# -- boxes -----------------------------------------------------------------------------------------------------


def machine_says(demo: Library, media: bytes, kind: str, certainty: int, box: str, taxon: str | None = None) -> None:
    demo.commit(
        [
            create(
                "observation",
                demo.new_id(),
                {
                    "media": media,
                    "type": kind,
                    "taxon": taxon,
                    "method": "machine",
                    "machine": "Detector 1",
                    "certainty": certainty,
                    "box": box,
                    "at": demo.now_ms(),
                },
            )
        ],
        label="machine",
    )


def edges(view: PictureView, box: boxes.Box, colour: QColor) -> list[float]:
    """How much of each edge of a box (left, right, bottom) is drawn in this colour."""
    target, found = view.target(), near(pixels(view), colour)
    left, top = target.left() + box.left * target.width(), target.top() + box.top * target.height()
    right, bottom = left + box.width * target.width(), top + box.height * target.height()
    rows, columns = slice(int(top) + 30, int(bottom) - 4), slice(int(left) + 4, int(right) - 4)
    return [float(found[rows, int(x) - 2 : int(x) + 3].any(axis=1).mean()) for x in (left, right)] + [
        float(found[int(bottom) - 2 : int(bottom) + 3, columns].any(axis=0).mean())
    ]


def test_boxes_stand_where_the_machine_saw_something(window: Window, viewer: Viewer, demo: Library) -> None:
    view = viewer.picture
    assert viewer.cell is not None
    for kind, certainty, box in (
        ("animal", 8700, "0.1 0.5 0.2 0.3"),
        ("human", 5100, "0.4 0.5 0.2 0.3"),
        ("vehicle", 4000, "0.7 0.5 0.2 0.3"),
        ("animal", 900, "0.3 0.1 0.2 0.3"),
        ("animal", 9000, "0.9 nonsense"),
    ):
        machine_says(demo, viewer.cell.id, kind, certainty, box)
    viewer.reload()
    found = {(one.type, one.certainty): one for one in view.boxes}
    assert len(found) == 4
    animal, human = found["animal", 8700], found["human", 5100]
    vehicle, unsure = found["vehicle", 4000], found["animal", 900]
    assert animal.label == "Animal 87 %"
    solid, dashed, dotted = (
        edges(view, one, theme.over_picture(name))
        for one, name in ((animal, "rail_mark"), (human, "problem"), (vehicle, "partner"))
    )
    assert min(solid) > 0.95
    assert 0.4 < min(dashed) < 0.95  # another line, not only another colour
    assert 0.2 < min(dotted) < 0.9
    assert max(edges(view, unsure, theme.over_picture("rail_mark"))) < 0.5  # below the stated certainty
    press(window, KEY.Key_B, CONTROL)
    assert view.readout == "All boxes"
    view.say("")
    assert min(edges(view, unsure, theme.over_picture("rail_mark"))) > 0.95
    press(window, KEY.Key_B, CONTROL)
    view.say("")
    assert max(edges(view, animal, theme.over_picture("rail_mark"))) < 0.5
    press(window, KEY.Key_B, CONTROL)
    assert view.readout == "Boxes from 20 % certainty · 1 less certain"
    view.say("")
    press(window, KEY.Key_Z)
    assert view.zoomed
    assert view.target().width() > view.width()
    view._offset = QPointF(1e6, -1e6)  # the lower left corner
    assert min(edges(view, animal, theme.over_picture("rail_mark"))[:2]) > 0.9


def test_enter_agrees_with_what_the_machine_is_surest_of(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    source = screen.gallery.source
    row = next(row for row in range(len(source)) if (cell := source.cell(row)) and cell.seen_by == 0)
    cell = source.cell(row)
    assert cell is not None
    for certainty in (9000, 1200, 5000):
        kind = {9000: "vehicle", 1200: "human", 5000: "blank"}[certainty]
        machine_says(demo, cell.id, kind, certainty, "0.1 0.5 0.2 0.3")
    QApplication.processEvents()
    screen.open_viewer(row)
    assert screen.viewer.panel.chip.text() == "machine says vehicle 90 %"
    press(window, KEY.Key_Return)
    with demo.read() as db:
        assert review.said(db, cell.id)[0].type == "vehicle"


def test_a_person_sees_no_boxes_where_no_machine_spoke(viewer: Viewer) -> None:
    viewer.said = []
    viewer.tools.said()
    assert list(viewer.picture.boxes) == []


# -- references ------------------------------------------------------------------------------------------------


def named(screen: CameraTrapsScreen) -> int:
    source = screen.gallery.source
    return next(
        row
        for row in range(len(source))
        if (cell := source.cell(row)) and cell.seen_by == 2 and " " in (cell.shown or "")
    )


def test_references_are_marked_shown_and_undone(
    window: Window, screen: CameraTrapsScreen, demo: Library, qtbot: QtBot
) -> None:
    row = named(screen)
    screen.open_viewer(row)
    viewer, said = screen.viewer, window.strip.sentence
    assert viewer.cell is not None
    taxon, media = viewer.taxon, viewer.cell.id
    assert taxon is not None
    press(window, KEY.Key_Q, SHIFT)
    assert "Marked as a reference picture" in said.text()
    with demo.read() as db:
        assert beside.is_reference(db, media)
        eyes = Eyes(demo.person)
        assert [one.media for one in beside.references(db, taxon, eyes) if one.why == "favourite"] == [media]
        assert media not in [one.media for one in beside.references(db, taxon, eyes, media)]
    other = next(
        place
        for place in range(len(screen.gallery.source))
        if (cell := screen.gallery.source.cell(place)) and cell.id != media
    )
    viewer.show_row(other)
    viewer.reviewer.answer([screen.gallery.source.keys[other]], "animal", taxon)
    room = viewer.picture.room().width()
    press(window, KEY.Key_Q)
    references = viewer.tools.references
    assert references is not None
    assert references.isVisible()
    assert viewer.picture.room().width() < room
    assert media in [one.media for one in references.found]
    assert references._pictures[references.found[0].sha256] is not None
    press(window, KEY.Key_Q)
    assert not references.isVisible()
    assert viewer.picture.room().width() == room
    viewer.show_row(row)
    press(window, KEY.Key_Q, SHIFT)
    assert "No longer a reference picture" in said.text()
    press(window, KEY.Key_Z, CONTROL)
    with demo.read() as db:
        assert beside.is_reference(db, media)


def test_no_references_say_how_to_get_some(window: Window, screen: CameraTrapsScreen) -> None:
    source = screen.gallery.source
    unnamed = next(row for row in range(len(source)) if (cell := source.cell(row)) and cell.seen_by == 0)
    screen.open_viewer(unnamed)
    press(window, KEY.Key_Q)
    references = screen.viewer.tools.references
    assert references is not None
    assert "Nobody has said a species yet" in references.sentence
    press(window, KEY.Key_Q, SHIFT)
    assert "Say first which species" in window.strip.sentence.text()
    screen.viewer.reviewer.answer([source.keys[unnamed]], "animal", "Gulo gulo")
    screen.viewer.show_row(unnamed)
    assert references.found == []
    assert "Shift+Q marks a picture" in references.sentence


def test_flanks_and_sure_pictures_are_references_and_hidden_answers_are_not(demo: Library) -> None:
    with demo.read() as db:
        rows = db.conn.execute("SELECT id, deployment FROM media WHERE sha256 IS NOT NULL ORDER BY key").fetchall()
    flank, sure = rows[0][0], rows[1][0]
    records.add(demo, "individual", {"code": "T9", "taxon": "Gulo gulo", "left_picture": flank})
    from ranger_app.actions.identify import Answer, identify

    identify(demo, [sure], Answer("animal", "Gulo gulo", 1), replace=True)
    machine_says(demo, sure, "animal", 9500, "0.1 0.1 0.2 0.2", "Gulo gulo")
    with demo.read() as db:
        found = beside.references(db, "Gulo gulo", Eyes(demo.person))
        assert [(one.media, one.why) for one in found] == [(flank, "flank"), (sure, "sure")]
        assert found[0].words == "T9 · Left flank"
    records.edit(demo, "deployment", rows[1][1], {"looks": 2})
    other = records.add(demo, "person", {"name": "Observer B", "role": "ranger", "active": 1})
    with demo.read() as db:
        found = beside.references(db, "Gulo gulo", Eyes(other))
        assert sure not in [one.media for one in found]


# -- full screen -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [KEY.Key_F, KEY.Key_F11])
def test_full_screen_shows_only_the_picture_and_keys_work(
    window: Window, screen: CameraTrapsScreen, viewer: Viewer, demo: Library, key: Qt.Key
) -> None:
    row = viewer.row
    press(window, key)
    full = viewer.tools.full
    assert full is not None
    assert window.isFullScreen()
    assert viewer.picture.window() is window
    assert full.geometry() == window.rect()
    assert viewer.picture.width() == window.width()
    assert full.isAncestorOf(viewer.picture)
    press(window, KEY.Key_Right)
    assert viewer.row == row + 1
    assert full.said.text() == viewer.panel.chip.text()
    cell = viewer.cell
    assert cell is not None
    press(window, KEY.Key_V)
    with demo.read() as db:
        assert review.said(db, cell.id)[0].type == "vehicle"
    press(window, KEY.Key_Escape)
    assert viewer.tools.full is None
    assert not window.isFullScreen()
    assert screen.page is viewer
    assert viewer.column.indexOf(viewer.picture) == 0
    assert viewer.isAncestorOf(viewer.picture)


def test_full_screen_ends_where_something_else_is_wanted(window: Window, viewer: Viewer) -> None:
    press(window, KEY.Key_F)
    press(window, KEY.Key_S)
    assert viewer.tools.full is None
    assert QApplication.focusWidget() is viewer.panel.field
    viewer.setFocus()
    press(window, KEY.Key_F)
    press(window, KEY.Key_1, CONTROL)
    assert viewer.tools.full is None
    assert window.place == window.places[0].id


# -- video -----------------------------------------------------------------------------------------------------


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


# -- where the picture comes from ------------------------------------------------------------------------------


def test_original_then_review_copy_then_preview_and_each_is_said(
    screen: CameraTrapsScreen, viewer: Viewer, demo: Library
) -> None:
    assert viewer.cell is not None
    sha256 = viewer.cell.sha256
    assert sha256 is not None
    path = vault.find(demo.vault, sha256)
    assert path is not None
    box = QSize(700, 500)
    found = load(demo, sha256, box)
    assert (found.original, found.drawn, found.remark) == (True, "original", "")
    copy = thumbs.review_copy(demo.folder, sha256, path)
    assert copy is not None
    path.chmod(0o600)
    path.unlink()
    found = load(demo, sha256, WHOLE)
    assert (found.original, found.drawn) == (False, "review")
    assert "review copy" in found.remark
    assert found.image.width() > 320
    copy.unlink()
    found = load(demo, sha256, box)
    assert (found.original, found.drawn) == (False, "preview")
    assert "small preview" in found.remark
    assert max(found.image.width(), found.image.height()) <= 320
    thumbs.place(demo.folder / "cache", sha256).unlink()
    found = load(demo, sha256, box)
    assert found.image.isNull()
    assert found.remark == "The original is not here."


def test_a_kind_of_picture_qt_does_not_know_is_drawn_by_our_own_decoder(demo: Library, tmp_path: Path) -> None:
    from tests.media import films

    card = tmp_path / "heic"
    card.mkdir()
    (card / "IMG_1.HEIC").write_bytes(films.heic(size=(640, 480)))
    for _progress in ingest(demo, IngestRequest(card, "Phone", 430_000_000, 1_310_000_000), CancelToken()):
        pass
    with demo.read() as db:
        sha256 = db.conn.execute("SELECT sha256 FROM media WHERE media_type = 'image/heic'").fetchone()[0]
    found = load(demo, sha256, QSize(400, 300))
    assert found.drawn == "original"
    assert found.image.width() == 400
    assert load(demo, sha256, WHOLE).image.width() == 640


# -- keys ------------------------------------------------------------------------------------------------------


def test_every_tool_has_a_key_in_the_list_and_none_is_shared(window: Window, viewer: Viewer) -> None:
    commands = window.commands()
    assert same_keys(commands) == {}
    listed = {key for group in grouped(commands).values() for command in group for key in command.keys}
    wanted = {"M", "T", "[", "]", ";", "'", "\\", "Ctrl+B", "Q", "Shift+Q", "F", "F11", "Space", ",", ".", "Up", "Down"}
    assert wanted <= listed


def test_a_mark_is_taken_back_by_undo(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    row = named(screen)
    cell = screen.gallery.source.cell(row)
    assert cell is not None
    beside.mark(demo, cell.id, True)
    undo(demo)
    with demo.read() as db:
        assert not beside.is_reference(db, cell.id)


def test_words_of_the_tools_fit_in_the_longest_language(window: Window, viewer: Viewer, dressed: Dress) -> None:
    dressed("ru", "dark")
    view = viewer.picture
    view.resize(240, 160)
    for key in (KEY.Key_BracketRight, KEY.Key_M, KEY.Key_T, KEY.Key_Q):
        press(window, key)
        view.grab()  # paints without a word outside
    assert view.readout
