"""Machines help and never decide: detector output beside people's words, and a sorting that needs no model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import records, review
from ranger_app.actions.formats import ImportReport
from ranger_app.actions.identify import Answer, identify
from ranger_app.actions.import_data import import_data
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.actions.triage import triage
from ranger_app.actions.undo import undo
from ranger_app.demo.drawing import NAMES, Shot, draw
from ranger_app.errors import DataProblem
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store import gallery
from ranger_app.store.gallery import Filter


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "l", name="Station A", country="RU", utc_offset=600) as made:
        yield made


def picture(library: Library, name: str, folder: str = "", **more: Any) -> bytes:
    number = name.encode().hex()[:2] * 32
    fields = {"file_name": name, "folder": folder or None, "sha256": number, "media_type": "image/jpeg", **more}
    return records.add(library, "media", fields)


def output(tmp_path: Path, images: list[dict[str, Any]], **info: Any) -> Path:
    file = tmp_path / "md.json"
    whole = {
        "info": {"format_version": "1.6", "detector": "md_v5a.0.0.pt", **info},
        "detection_categories": {"1": "animal", "2": "person", "3": "vehicle"},
        "classification_categories": {"0": "Panthera tigris", "1": "sus scrofa"},
        "images": images,
    }
    file.write_text(json.dumps(whole), encoding="utf-8")
    return file


def take(library: Library, file: Path, **options: str) -> ImportReport:
    return run(import_data(library, "megadetector", file, options=options))


def box(conf: float, category: str = "1", **more: Any) -> dict[str, Any]:
    return {"category": category, "conf": conf, "bbox": [0.1234, 0.2, 0.3, 0.4567], **more}


def test_what_a_detector_found_stands_beside_the_picture(library: Library, tmp_path: Path) -> None:
    tiger, blank = picture(library, "a.jpg"), picture(library, "b.jpg")
    images = [
        {"file": "card\\a.jpg", "detections": [box(0.912, classifications=[["0", 0.8], ["1", 0.1]]), box(0.05)]},
        {"file": "card/b.jpg", "detections": []},
        {"file": "card/c.jpg", "detections": None, "failure": "image access failure"},
        {"file": "card/d.jpg", "detections": []},
    ]
    report = take(library, output(tmp_path, images))
    assert report.read == {"media": 4, "observation": 2}
    assert {(one["file"], one["code"]) for one in report.failed} == {
        ("card/c.jpg", "detector_failed"),
        ("card/d.jpg", "not_here"),
    }
    with library.read() as db:
        (said,) = review.said(db, tiger)
        assert (said.machine, said.type, said.taxon, said.certainty) == (True, "animal", "Panthera tigris", 9120)
        assert said.box == "0.1234 0.2 0.3 0.4567"
        assert said.by == "md_v5a.0.0.pt"
        cells = gallery.cells(db, gallery.keys(db, Filter()))
        assert {cell.id: (cell.shown, cell.seen_by, cell.hint) for cell in cells} == {
            tiger: ("Panthera tigris", 1, 9120),
            blank: ("blank", 1, 0),
        }
        assert list(gallery.keys(db, Filter(hint="blank"))) == [gallery.key_of(db, blank)]
        assert list(gallery.keys(db, Filter(hint="animal"))) == [gallery.key_of(db, tiger)]
        assert gallery.keys(db, Filter(order="hint"))[0] == gallery.key_of(db, tiger)


def test_a_person_outranks_a_machine_and_both_stay(library: Library, tmp_path: Path) -> None:
    media = picture(library, "a.jpg")
    identify(library, [media], Answer("blank"))
    take(library, output(tmp_path, [{"file": "a.jpg", "detections": [box(0.99)]}]))
    with library.read() as db:
        (cell,) = gallery.cells(db, gallery.keys(db, Filter()))
        assert (cell.shown, cell.seen_by) == ("blank", 2)
        assert [one.machine for one in review.said(db, media)] == [False, True]
        assert len(gallery.keys(db, Filter(hint="animal"))) == 0


def test_twice_changes_nothing_and_a_newer_run_takes_the_place_of_the_older(library: Library, tmp_path: Path) -> None:
    media = picture(library, "a.jpg")
    file = output(tmp_path, [{"file": "a.jpg", "detections": [box(0.9), box(0.5, "2")]}])
    assert take(library, file).new == {"observation": 2}
    before = library.seen
    assert take(library, file).new == {}
    assert library.seen == before
    take(library, output(tmp_path, [{"file": "a.jpg", "detections": []}]))
    with library.read() as db:
        assert [one.type for one in review.said(db, media)] == ["blank"]


def test_what_was_taken_back_can_be_taken_in_again(library: Library, tmp_path: Path) -> None:
    media = picture(library, "a.jpg")
    file = output(tmp_path, [{"file": "a.jpg", "detections": [box(0.9)]}])
    take(library, file)
    undo(library)
    with library.read() as db:
        assert review.said(db, media) == []
    assert take(library, file).new == {"observation": 1}
    with library.read() as db:
        assert [one.type for one in review.said(db, media)] == ["animal"]


@pytest.mark.parametrize("conf", [None, "x", 2.5, -1, []])
def test_a_detection_without_certainty_makes_no_picture_blank(library: Library, tmp_path: Path, conf: Any) -> None:
    media = picture(library, "a.jpg")
    report = take(library, output(tmp_path, [{"file": "a.jpg", "detections": [{"category": "1", "conf": conf}]}]))
    assert [one["code"] for one in report.failed] == ["detector_failed"]
    with library.read() as db:
        assert review.said(db, media) == []


def test_files_of_one_name_are_told_apart_by_their_folders(library: Library, tmp_path: Path) -> None:
    one, other = picture(library, "IMG_1.JPG", "DCIM/100"), picture(library, "IMG_1.JPG", "DCIM/101")
    images = [
        {"file": "E:\\card\\DCIM\\101\\img_1.jpg", "detections": [box(0.9)]},
        {"file": "IMG_1.JPG", "detections": [box(0.9)]},
    ]
    report = take(library, output(tmp_path, images))
    assert [(one["file"], one["code"]) for one in report.failed] == [("IMG_1.JPG", "several")]
    with library.read() as db:
        assert [len(review.said(db, media)) for media in (one, other)] == [0, 1]


def test_people_a_machine_sees_are_marked(library: Library, tmp_path: Path) -> None:
    media = picture(library, "a.jpg")
    take(library, output(tmp_path, [{"file": "a.jpg", "detections": [box(0.4, "2")]}]))
    with library.read() as db:
        (cell,) = gallery.cells(db, [gallery.key_of(db, media) or 0])
    assert (cell.shown, cell.people) == ("human", 1)


@pytest.mark.parametrize("version", [1.0, "1.0", "1.3", "1.6", None])
def test_older_versions_are_read(library: Library, tmp_path: Path, version: Any) -> None:
    media = picture(library, "a.mp4")
    images = [{"file": "a.mp4", "detections": [box(0.9, frame_number=12)], "frame_rate": 30, "max_detection_conf": 1}]
    take(library, output(tmp_path, images, format_version=version, detector=None))
    with library.read() as db:
        (said,) = review.said(db, media)
    assert said.by == "MegaDetector v4"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"images": 1}', '{"images": [], "detection_categories": {}, "info": {"format_version": "2.0"}}'],
)
def test_what_is_no_output_is_refused_in_one_sentence(library: Library, tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataProblem, match="NOT_MEGADETECTOR"):
        take(library, file)


@pytest.mark.parametrize(
    "detection",
    [
        {"category": "1"},
        {"category": 1, "conf": "0.5", "bbox": "x"},
        {"category": "1", "conf": 1e40, "bbox": [1, 2, 3]},
        {"category": "1", "conf": -3, "bbox": [9, 9, 9, 9]},
        {"category": "7", "conf": 0.9, "bbox": [0, 0, 1, 1]},
        "nothing",
        None,
    ],
)
def test_odd_detections_do_no_harm(library: Library, tmp_path: Path, detection: Any) -> None:
    media = picture(library, "a.jpg")
    take(library, output(tmp_path, [{"file": "a.jpg", "detections": [detection]}]), keep="0")
    with library.read() as db:
        assert all(one.box == "" for one in review.said(db, media))


def drawn_card(folder: Path) -> dict[str, str]:
    """A day of one camera: bursts of three, drawn; which file shows what."""
    folder.mkdir()
    start, known = datetime(2026, 5, 4, 9, 0), {}
    subjects = ["blank", "tiger", "blank", "blank", "wild_boar", "blank", "sika_deer", "blank"]
    usable = [name for name in NAMES if name not in ("person", "vehicle", "blank")]
    for event, subject in enumerate(subjects):
        what = subject if subject == "blank" else usable[event % len(usable)]
        for number in (1, 2, 3):
            time = start + timedelta(minutes=20 * event, seconds=number - 1)
            name = f"IMG_{event:02d}_{number}.JPG"
            (folder / name).write_bytes(draw(Shot("Camera 1", "S1", "forest", time, False, what, "a", number)))
            known[name] = subject
    return known


def test_the_triage_finds_the_blank_ones_and_marks_the_others(library: Library, tmp_path: Path) -> None:
    known = drawn_card(tmp_path / "card")
    run(ingest(library, IngestRequest(tmp_path / "card", "Site 1", 430_000_000, 1_310_000_000)))
    with library.read() as db:
        deployment = db.conn.execute("SELECT id FROM deployment").fetchone()[0]
    report = run(triage(library, deployment))
    assert report.read["media"] == len(known)
    with library.read() as db:
        hints = dict(db.conn.execute("SELECT file_name, hint FROM media").fetchall())
        boxes = db.conn.execute("SELECT count(*) FROM observation WHERE box IS NOT NULL").fetchone()[0]
    missed = [name for name, what in known.items() if what != "blank" and not hints[name]]
    false = [name for name, what in known.items() if what == "blank" and hints[name]]
    assert len(missed) <= 1, (missed, hints)
    assert len(false) <= 2, (false, hints)
    assert boxes >= 8
    again = library.seen
    run(triage(library, deployment))
    assert library.seen == again
    identify(library, _ids(library), Answer("blank"))
    with library.read() as db:
        assert {cell.shown for cell in gallery.cells(db, gallery.keys(db, Filter()))} == {"blank"}


def _ids(library: Library) -> list[bytes]:
    with library.read() as db:
        return [row[0] for row in db.conn.execute("SELECT id FROM media")]
