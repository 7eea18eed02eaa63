"""Sticks and cards: found in the mount table of Linux, and the volume that a folder lies on."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranger_app.media import volumes
from ranger_app.media.volumes import mounted, removable, volume_of


def line(folder: Path, kind: str = "vfat", device: str = "/dev/none1") -> str:
    return f"{device} {str(folder).replace(' ', chr(92) + '040')} {kind} rw,relatime 0 0"


def test_a_stick_is_told_from_a_disk_by_where_it_is_mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stick, disk = tmp_path / "media" / "MY STICK", tmp_path / "disk"
    stick.mkdir(parents=True)
    disk.mkdir()
    monkeypatch.setattr(volumes, "_MOUNTED_BY_HAND", (str(tmp_path / "media"),))
    table = "\n".join([line(disk, "ext4"), line(stick), line(tmp_path, "tmpfs"), line(tmp_path / "gone"), "nonsense"])
    found = {one.name: one for one in mounted(table)}
    assert set(found) == {"MY STICK", "disk"}
    assert (found["MY STICK"].removable, found["disk"].removable) == (True, False)
    assert (found["MY STICK"].path, found["MY STICK"].file_system) == (stick, "FAT32")
    assert 0 <= found["MY STICK"].free <= found["MY STICK"].total


def test_looking_never_fails_and_lists_only_what_can_be_taken_out() -> None:
    assert all(one.removable and one.total > 0 for one in removable())


def test_the_volume_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    found = volume_of(tmp_path / "new" / "bundle")
    assert found is not None
    assert found.path == tmp_path / "new" / "bundle"
    assert found.name == "bundle"
    assert found.free > 0
