"""Pictures to compare with beside the large one, and where the large one comes from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from ranger_app.actions import beside, records
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.jobs import CancelToken
from ranger_app.library import Library
from ranger_app.media import thumbs, vault
from ranger_app.store.gallery import Eyes
from tests.ui.viewing import CONTROL, KEY, SHIFT, library, machine_says, named, press, screen, viewer, window
from ui.camera_traps.picture_source import WHOLE, load
from ui.camera_traps.screen import CameraTrapsScreen
from ui.camera_traps.viewer import Viewer
from ui.shell.window import Window

__all__ = ["library", "screen", "viewer", "window"]
"""Fixtures of this file."""


# -- references ------------------------------------------------------------------------------------------------


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
