"""From a deployment's line: likely blanks are found and shown, originals released, a picture of people let go."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranger_app.actions import leaving, records
from ranger_app.actions.identify import Answer, identify
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.demo.drawing import NAMES, Shot, draw
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store import gallery
from ranger_app.store.gallery import Filter
from ui.bridge import Bridge
from ui.camera_traps.sorting import Sorting

ANIMAL = next(name for name in NAMES if name not in ("person", "vehicle", "blank"))


@pytest.fixture
def deployment(library: Library, tmp_path: Path) -> bytes:
    from datetime import datetime, timedelta

    (tmp_path / "card").mkdir()
    for event, what in enumerate(("blank", ANIMAL, "blank", "blank", "blank")):
        time = datetime(2026, 5, 4, 9) + timedelta(minutes=20 * event)
        (tmp_path / "card" / f"{event}.JPG").write_bytes(draw(Shot("C", "S", "forest", time, False, what, "a", 1)))
    run(ingest(library, IngestRequest(tmp_path / "card", "Site 1", 430_000_000, 1_310_000_000)))
    with library.read() as db:
        return bytes(db.conn.execute("SELECT id FROM deployment").fetchone()[0])


@pytest.fixture
def said(bridge: Bridge) -> list[str]:
    words: list[str] = []
    bridge.said.connect(lambda text, *_rest: words.append(str(text)))
    return words


def test_likely_blanks_are_shown(library: Library, bridge: Bridge, deployment: bytes, said: list[str]) -> None:
    shown: list[Filter] = []
    sorting = Sorting(library, bridge, bridge, shown.append)
    sorting.sort_out(None)
    sorting.sort_out(deployment)
    assert shown == [Filter(deployment, hint="blank")]
    with library.read() as db:
        assert len(gallery.keys(db, shown[0])) == 4
    assert "4 pictures are likely blank. In 1 something moved." in said


def test_a_deployment_is_released_and_held_again(library: Library, bridge: Bridge, deployment: bytes) -> None:
    sorting = Sorting(library, bridge, bridge, lambda _wanted: None)
    with library.read() as db:
        media = [row[0] for row in db.conn.execute("SELECT id FROM media")]
    for leave in (5, 0):
        sorting.release(deployment)
        with library.read() as db:
            assert len(leaving.originals_that_leave(db, media)) == leave


def test_one_picture_of_people_is_let_go(library: Library, bridge: Bridge, said: list[str]) -> None:
    media = records.add(library, "media", {"sha256": "ab" * 32, "file_name": "a.jpg"})
    sorting = Sorting(library, bridge, bridge, lambda _wanted: None)
    with library.read() as db:
        (cell,) = gallery.cells(db, gallery.keys(db, Filter()))
    sorting.release_picture(cell)
    assert "nothing holds it back" in said[-1]
    identify(library, [media], Answer("human"))
    with library.read() as db:
        (cell,) = gallery.cells(db, gallery.keys(db, Filter()))
    sorting.release_picture(cell)
    with library.read() as db:
        assert leaving.pixels_that_leave(db, [media]) == {media}
