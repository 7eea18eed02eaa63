"""Two animals side by side: how pictures lie, which candidates come first, what is said and kept, originals."""

from __future__ import annotations

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ranger_app.actions import catalogue, same_animal
from ranger_app.actions.same_animal import Point
from ranger_app.media import thumbs, vault
from tests.ui.comparing import KEY, Border, Press, animals, border, compare, place, press, screen, titles, typed
from ui.camera_traps.compare.marks import LEFT, RIGHT
from ui.camera_traps.compare.sight import Sight
from ui.camera_traps.compare.subject import EVERY
from ui.camera_traps.screen import INDIVIDUALS, CameraTrapsScreen
from ui.shell.window import Window

__all__ = ["animals", "border", "press", "screen"]

# -- how a picture lies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", [0, 7, 90, 180, 263, 270])
@pytest.mark.parametrize("zoom", [1.0, 3.5])
def test_a_point_of_the_picture_stays_the_same_however_it_is_turned(turn: int, zoom: float) -> None:
    picture, pane = QSize(1280, 960), QRectF(0, 0, 560, 460)
    sight = Sight(turn=turn).zoomed(zoom, QPointF(0.1, -0.2))
    for x, y in ((5000, 5000), (1234, 8765), (100, 9900)):
        at = sight.drawn(x, y, picture, pane)
        spot = sight.spot(at, picture, pane)
        assert spot is not None
        assert abs(spot[0] - x) <= 1
        assert abs(spot[1] - y) <= 1


def test_a_quarter_turn_is_clockwise_and_never_mirrors() -> None:
    picture, pane = QSize(400, 200), QRectF(0, 0, 400, 400)
    corners = [(0, 0), (10_000, 0), (10_000, 10_000), (0, 10_000)]
    drawn = [Sight(turn=90).drawn(x, y, picture, pane) for x, y in corners]
    assert [(round(p.x()), round(p.y())) for p in drawn] == [(300, 0), (300, 400), (100, 400), (100, 0)]
    for turn in (0, 90, 33):  # a mirrored picture would turn its corners the other way round
        a, b, c = (Sight(turn=turn).drawn(x, y, picture, pane) for x, y in corners[:3])
        assert (b - a).x() * (c - b).y() - (b - a).y() * (c - b).x() > 0


def test_the_point_under_the_wheel_stays_where_it_is() -> None:
    picture, pane = QSize(400, 200), QRectF(0, 0, 600, 400)
    at = QPointF(120, 50)
    before = Sight(zoom=2.0)
    after = before.zoomed(1.5, QPointF(120 / 600, 50 / 400))
    point = pane.center() + at
    assert before.spot(point, picture, pane) == after.spot(point, picture, pane)
    assert before.zoomed(0.01).zoom == 1.0
    assert before.zoomed(0.01).across == 0.0


# -- side by side ----------------------------------------------------------------------------------------------


def test_flank_stands_beside_flank_and_a_left_beside_a_right_only_when_asked(
    screen: CameraTrapsScreen, animals: dict[str, bytes], press: Press
) -> None:
    compare(screen, animals["T-01"], animals["11"])
    page = screen.animals.compare
    panes = page.panes
    assert panes.flank == "right"  # the only one known of both
    assert [one.flank for pane in panes.panes if (one := pane.shown())] == ["right", "right"]
    press(KEY.Key_1)
    assert panes.left.shown() is not None
    assert panes.right.shown() is None
    assert "Right flank" in panes.right.picture.sentence  # told what is known instead
    assert not page.warning.isVisible()
    press(KEY.Key_5)
    assert panes.flank == EVERY
    assert [one.flank for pane in panes.panes if (one := pane.shown())] == ["left", "right"]
    assert page.warning.isVisible()


def test_ours_stands_left_whichever_was_asked_for(screen: CameraTrapsScreen, animals: dict[str, bytes]) -> None:
    compare(screen, animals["12"], animals["T-01"])
    assert titles(screen) == ("RU T-01", "CN 12")
    compare(screen, animals["11"])  # a partner's animal beside ours
    assert titles(screen) == ("RU T-01", "CN 11")
    assert [page[1] for page in screen.animals.compare.pairs] == [animals["11"]] * 2


def test_candidates_are_of_the_species_and_not_yet_spoken_of(
    screen: CameraTrapsScreen, animals: dict[str, bytes], press: Press, border: Border
) -> None:
    same_animal.say(border.ours, animals["T-01"], animals["11"], "different")
    compare(screen, animals["T-01"])
    assert titles(screen) == ("RU T-01", "CN 12")
    press(KEY.Key_N)
    assert titles(screen) == ("RU T-01", "CN 10")  # the other sex last
    press(KEY.Key_Right)
    assert titles(screen) == ("RU T-01", "CN 10")
    press(KEY.Key_Left)
    assert titles(screen) == ("RU T-01", "CN 12")


def test_pictures_a_key_away_are_read_beforehand(screen: CameraTrapsScreen, animals: dict[str, bytes]) -> None:
    compare(screen, animals["T-01"])
    page = screen.animals.compare
    shown = page.panes.right.shown()
    page.step(1)
    following = page.panes.right.shown()
    assert shown is not None
    assert following is not None
    assert following.sha256 != shown.sha256
    compare(screen, animals["T-01"])
    page.panes.rack._kept.clear()
    page.panes.rack.want([])
    page._show()
    assert following.sha256 is not None
    assert page.panes.rack.get(following.sha256) is not None
    assert all(one is None or page.panes.rack.known(one) for one in page.panes.left.near())


def test_one_key_says_so_and_one_takes_it_back(
    screen: CameraTrapsScreen, animals: dict[str, bytes], press: Press, border: Border
) -> None:
    compare(screen, animals["T-01"], animals["12"])
    page = screen.animals.compare
    press(KEY.Key_S)
    said = border.said()
    assert [(one.one, one.other, one.state, one.mine) for one in said] == [
        (animals["T-01"], animals["12"], "waiting", "same")
    ]
    assert page.chip.text() == "Waits for the other station"
    assert "Khasan station" in page.words.text()
    assert page.back.isVisible()
    press(KEY.Key_T)
    assert border.said() == []
    assert page.chip.text() == "Nothing was said yet"
    assert not page.back.isVisible()


def test_different_goes_on_to_the_next_candidate(
    screen: CameraTrapsScreen, animals: dict[str, bytes], press: Press, border: Border
) -> None:
    compare(screen, animals["T-01"])
    assert titles(screen) == ("RU T-01", "CN 11")
    press(KEY.Key_D)
    assert titles(screen) == ("RU T-01", "CN 12")
    assert [(one.other, one.mine) for one in border.said()] == [(animals["11"], "different")]


def test_points_are_clicked_left_then_right_and_kept_of_the_unturned_picture(
    screen: CameraTrapsScreen, animals: dict[str, bytes], press: Press, border: Border
) -> None:
    compare(screen, animals["T-01"], animals["12"])
    panes = screen.animals.compare.panes
    panes.make_active(RIGHT)
    panes.pane.turn(90)
    QApplication.processEvents()
    for pane in panes.panes:  # the middle of the picture is the middle of the pane, turned or not
        middle = pane.picture.rect().center()
        QTest.mouseClick(pane.picture, Qt.MouseButton.LeftButton, pos=middle + QPoint(0, 40))
    (point,) = panes.marks.points
    left, right = panes.left.shown(), panes.right.shown()
    assert left is not None
    assert right is not None
    assert (point.one_picture, point.other_picture) == (left.media, right.media)
    assert abs(point.one_x - 5000) < 60
    assert point.one_y > 5500
    assert point.other_x > 5300
    assert abs(point.other_y - 5000) < 80
    assert [mark.number for mark in panes.left.picture.marks] == [1]
    QTest.mouseClick(panes.left.picture, Qt.MouseButton.LeftButton, pos=panes.left.picture.rect().center())
    assert panes.marks.begun is not None
    press(KEY.Key_Backspace)
    assert panes.marks.begun is None
    assert len(panes.marks.points) == 1
    press(KEY.Key_S)
    assert border.said()[0].said[0].points == (point,)
    compare(screen, animals["T-01"], animals["12"])
    assert panes.marks.points == [point]


def test_a_pulled_picture_is_moved_and_not_marked(screen: CameraTrapsScreen, animals: dict[str, bytes]) -> None:
    compare(screen, animals["T-01"], animals["12"])
    panes = screen.animals.compare.panes
    panes.nearer(3)
    view = panes.left.picture
    start = view.rect().center()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, start + QPoint(60, 0))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 0))
    assert panes.marks.begun is None
    assert view.sight.across > 0
    assert panes.right.picture.sight == view.sight


def test_views_move_together_until_they_are_unlocked(
    screen: CameraTrapsScreen, animals: dict[str, bytes], press: Press
) -> None:
    compare(screen, animals["T-01"], animals["12"])
    panes = screen.animals.compare.panes
    press(KEY.Key_Plus)
    assert panes.left.picture.sight.zoom == panes.right.picture.sight.zoom > 1
    press(KEY.Key_L)
    press(KEY.Key_Plus)
    assert panes.right.picture.sight.zoom > panes.left.picture.sight.zoom
    press(KEY.Key_L)
    assert panes.right.picture.sight.zoom == panes.left.picture.sight.zoom
    press(KEY.Key_R)
    assert (panes.left.picture.sight.turn, panes.right.picture.sight.turn) == (0, 90)  # each is turned by itself
    press(KEY.Key_X)
    press(KEY.Key_BracketRight)
    assert panes.left.picture.light.brightness == 1
    assert not panes.right.picture.light.changed
    press(KEY.Key_0)
    assert not panes.left.picture.light.changed
    assert panes.right.picture.sight.turn == 90


def test_the_partners_points_are_shown_and_not_taken_for_ours(
    screen: CameraTrapsScreen, animals: dict[str, bytes], border: Border
) -> None:
    with border.theirs.read() as db:
        one = catalogue.pictures(db, animals["12"])[0]
        other = next(p for p in catalogue.pictures(db, animals["T-01"]) if p.flank == one.flank)
    point = Point(one.media, 1000, 2000, other.media, 3000, 4000)
    same_animal.say(border.theirs, animals["12"], animals["T-01"], "same", points=[point])
    border.meet()
    compare(screen, animals["T-01"], animals["12"])
    page = screen.animals.compare
    assert page.chip.text() == "Waits for your answer"
    marks = page.panes.marks
    assert marks.points == []
    assert [(m.x, m.y, m.own) for m in marks.on(LEFT, other.media)] == [(3000, 4000, False)]
    assert [(m.x, m.y) for m in marks.on(RIGHT, one.media)] == [(1000, 2000)]
    page.say("same")
    assert page.chip.text() == "Agreed: one animal"
    assert [len(word.points) for word in border.said()[0].said] == [1, 0]


def test_the_pair_stays_when_the_language_changes(
    screen: CameraTrapsScreen, animals: dict[str, bytes], window: Window
) -> None:
    compare(screen, animals["T-01"])
    screen.animals.compare.step(1)
    before, kept = titles(screen), screen.state()
    made = CameraTrapsScreen(screen.library, screen.bridge)
    made.restore(kept)
    assert made.where == "compare"
    assert titles(made) == before
    made.deleteLater()


# -- remarks, nearness, originals --------------------------------------------------------------------------------


def test_a_remark_goes_with_the_statement_and_both_sides_see_it(
    screen: CameraTrapsScreen, animals: dict[str, bytes], window: Window, press: Press, border: Border
) -> None:
    compare(screen, animals["T-01"], animals["12"])
    page = screen.animals.compare
    press(KEY.Key_E)
    assert page.remark.hasFocus()
    typed(window, "Third stripe S")  # its letters are no commands
    press(KEY.Key_Return)
    assert page.panes.right.picture.hasFocus()
    assert border.said() == []  # it waits for what will be said
    press(KEY.Key_S)
    assert [word.remarks for word in border.said()[0].said] == ["Third stripe S"]
    assert "Third stripe S" in page.words.text()
    press(KEY.Key_E)
    typed(window, " and scar")
    press(KEY.Key_Return)
    assert [(one.mine, one.said[0].remarks) for one in border.said()] == [("same", "Third stripe S and scar")]
    border.meet()
    with border.theirs.read() as db:
        (theirs,) = same_animal.listed(border.theirs, db)
    assert theirs.said[0].remarks == "Third stripe S and scar"
    press(KEY.Key_E)
    press(KEY.Key_Escape)
    assert page.panes.right.picture.hasFocus()
    assert screen.where == "compare"


def test_what_is_not_said_yet_stays_with_its_pair(
    screen: CameraTrapsScreen, animals: dict[str, bytes], window: Window, press: Press
) -> None:
    compare(screen, animals["T-01"])
    page = screen.animals.compare
    page.panes.choose_flank(EVERY)
    page.panes.mark_middle()
    page.panes.other_pane()
    page.panes.mark_middle()
    page.panes.mark_middle()
    assert (len(page.panes.marks.points), page.panes.marks.begun is not None) == (1, True)
    page.remark.setText("Look again")
    marked, begun, first = list(page.panes.marks.points), page.panes.marks.begun, page.pair
    page.step(1)
    assert (page.panes.marks.points, page.panes.marks.begun, page.remark.text()) == ([], None, "")
    made = CameraTrapsScreen(screen.library, screen.bridge)
    made.restore(screen.state())
    again = made.animals.compare
    again.step(-1)
    assert again.pair == first
    assert (again.panes.marks.points, again.panes.marks.begun) == (marked, begun)
    assert again.remark.text() == "Look again"
    made.deleteLater()
    page.step(-1)
    page.say("different")
    assert page.pair != first
    page.step(-1)
    assert page.pair == first
    assert page.remark.text() == "Look again"  # from the statement
    assert page.panes.marks.points == marked
    assert page.state()["drafts"] == {}


def test_the_animal_captured_nearest_stands_first(
    screen: CameraTrapsScreen, animals: dict[str, bytes], border: Border
) -> None:
    place(border, border.ours, animals["T-01"], 131.0)
    place(border, border.theirs, animals["12"], 131.5)
    place(border, border.theirs, animals["10"], 130.0)
    place(border, border.theirs, animals["10"], 131.1)
    border.meet()
    compare(screen, animals["T-01"])
    page = screen.animals.compare
    assert [page.found.title(other) for _one, other in page.pairs if page.found] == ["CN 10", "CN 12", "CN 11"]
    assert "met 8.2 km apart" in screen.sentence  # 0.1 degrees of longitude at 43 degrees north
    page.step(2)
    assert "apart" not in screen.sentence
    compare(screen, animals["12"])  # a partner's animal beside ours, T-02 without a place last
    assert [one for one, _other in page.pairs] == [animals["T-01"], animals["T-02"]]
    place(border, border.theirs, animals["11"], 131.0)
    border.meet()
    compare(screen, animals["T-01"], animals["11"])
    assert "met at the same place" in screen.sentence
    made = CameraTrapsScreen(screen.library, screen.bridge)
    made.restore(screen.state())
    assert "met at the same place" in made.animals.compare.heading()[1]
    made.deleteLater()


def test_whoever_looks_closer_than_the_copy_sees_the_original(
    screen: CameraTrapsScreen, animals: dict[str, bytes], border: Border
) -> None:
    with border.ours.read() as db:
        for one in catalogue.pictures(db, animals["T-01"]):  # as large as a review copy is
            copy = thumbs.review_place(border.ours.cache, str(one.sha256))
            Image.new("RGB", (1280, 640), (200, 30, 30)).save(copy, "JPEG")
    compare(screen, animals["T-01"], animals["12"])
    panes = screen.animals.compare.panes
    shown = panes.left.shown()
    assert shown is not None
    assert shown.sha256 is not None
    large = Image.new("RGB", (2400, 1200), (200, 30, 30))
    large.paste((30, 200, 30), (1200, 0, 1210, 1200))  # a mark that the copy does not hold
    file = vault.place(border.ours.vault, shown.sha256, "png")
    file.parent.mkdir(parents=True, exist_ok=True)
    large.save(file, "PNG")
    panes._want()
    panes.left._look_closer()
    assert panes.rack.whole(shown.sha256) is None  # as it is fitted, the copy shows all there is to see
    panes.nearer(6)
    panes.left._look_closer()
    whole = panes.rack.whole(shown.sha256)
    assert whole is not None
    assert whole.width() == 2400
    picture = panes.left.picture
    drawn = picture.grab().toImage()
    middle = picture.rect().center()
    ratio = drawn.devicePixelRatio()
    pixel = drawn.pixelColor(round((middle.x() + 3) * ratio), round(middle.y() * ratio))
    assert pixel.green() > 150 > pixel.red()
    panes.right._look_closer()
    other = panes.right.shown()
    assert other is not None
    assert other.sha256 is not None
    assert panes.rack.whole(other.sha256) is None  # its original is not on this disk
    screen.choose_tab(INDIVIDUALS)
    assert panes.rack.whole(shown.sha256) is None
