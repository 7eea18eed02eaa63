"""A card is listed in order, without noise, and nothing unreadable passes for empty."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.media import card

PICTURE = b"\xff\xd8\xff\xe0rest"


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(PICTURE)


def names(listing: card.Listing) -> list[str]:
    return [file.relative for file in listing.files]


def test_order_is_natural_by_folder_and_name(tmp_path: Path) -> None:
    put(tmp_path, "IMG_10.JPG", "IMG_9.JPG", "b/IMG_1.jpg", "100/x.jpg", "20/x.jpg", "20/deep/x.jpg", "a.avi")
    assert names(card.walk(tmp_path)) == [
        "a.avi", "IMG_9.JPG", "IMG_10.JPG", "20/x.jpg", "20/deep/x.jpg", "100/x.jpg", "b/IMG_1.jpg",
    ]  # fmt: skip


def test_what_systems_and_cameras_leave_is_no_noise(tmp_path: Path) -> None:
    put(tmp_path, "DCIM/1.JPG", ".Trashes/1.JPG", "System Volume Information/1.jpg", "$RECYCLE.BIN/1.jpg", "DCIM/1.THM")
    put(tmp_path, "DCIM/Thumbs.db", "DCIM/.DS_Store", "DCIM/._1.JPG", "desktop.ini", ".Spotlight-V100/x.jpg")
    listing = card.walk(tmp_path)
    assert names(listing) == ["DCIM/1.JPG"]
    assert listing.problems == ()


def test_what_is_not_taken_is_named(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    (tmp_path / "notes.txt").write_text("battery low", encoding="utf-8")
    (tmp_path / "empty.jpg").write_bytes(b"")
    listing = card.walk(tmp_path)
    assert names(listing) == ["1.jpg"]
    assert {(problem.file, problem.code) for problem in listing.problems} == {
        ("notes.txt", "not_media"),
        ("empty.jpg", "empty_file"),
    }


def test_a_picture_under_a_strange_name_is_still_evidence(tmp_path: Path) -> None:
    put(tmp_path, "FILE0001.CHK", "no_ending")
    assert names(card.walk(tmp_path)) == ["FILE0001.CHK", "no_ending"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    put(outside, "secret.jpg")
    inside = tmp_path / "card"
    put(inside, "1.jpg")
    try:
        (inside / "there").symlink_to(outside, target_is_directory=True)
        (inside / "2.jpg").symlink_to(outside / "secret.jpg")
        (inside / "round").symlink_to(inside, target_is_directory=True)
    except OSError:
        pytest.skip("this account cannot make links")
    listing = card.walk(inside)
    assert names(listing) == ["1.jpg"]
    assert {problem.file for problem in listing.problems if problem.code == "link"} == {"there", "2.jpg", "round"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no pipes among files")
def test_a_pipe_is_named_and_never_opened(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    listing = card.walk(tmp_path)
    assert names(listing) == ["1.jpg"]
    assert [(problem.file, problem.code) for problem in listing.problems] == [("pipe.jpg", "not_media")]


def test_an_unreadable_folder_is_a_failure_not_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "good/1.jpg", "bad/2.jpg")
    real = os.scandir

    def failing(path: Path) -> object:
        if Path(path).name == "bad":
            raise OSError(errno.EIO, "Input/output error")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", failing)
        listing = card.walk(tmp_path)
    assert names(listing) == ["good/1.jpg"]
    assert [(problem.file, problem.code) for problem in listing.problems] == [("bad", "folder_unreadable")]


def test_the_folder_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "1.jpg")
    with pytest.raises(DataProblem, match="FOLDER_MISSING"):
        card.walk(tmp_path / "none")
    with pytest.raises(DataProblem, match="NOT_A_FOLDER"):
        card.walk(tmp_path / "1.jpg")

    def failing(path: Path) -> object:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "scandir", failing)
    with pytest.raises(EnvironmentProblem, match="FOLDER_UNREADABLE"):
        card.walk(tmp_path)


def test_the_library_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, "1.jpg", "library/vault/ab/2.jpg")
    assert names(card.walk(tmp_path, without=tmp_path / "library")) == ["1.jpg"]


def test_very_deep_folders_do_not_end_the_walk(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(300):
        deep = deep / "d"
    put(deep, "1.jpg")
    assert len(card.walk(tmp_path).files) == 1


def test_names_that_are_no_unicode_become_readable() -> None:
    assert card.readable("Caf\udce9.jpg") == "Caf\ufffd.jpg"
    assert card.readable("e\u0301.jpg") == "\xe9.jpg"
