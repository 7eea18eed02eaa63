"""The vault keeps what was proved under its hash, and nothing half-copied."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
from pathlib import Path
from typing import IO

import pytest

from ranger_app.errors import EnvironmentProblem
from ranger_app.media import copying, vault

DATA = bytes(range(256)) * 9000
HASH = hashlib.sha256(DATA).hexdigest()


def left(folder: Path) -> list[Path]:
    incoming = folder / vault.INCOMING
    return list(incoming.iterdir()) if incoming.exists() else []


def test_a_proved_copy_is_found_and_read_only(tmp_path: Path) -> None:
    target = vault.place(tmp_path, HASH, "jpg")
    vault.admit(copying.write_verified(DATA, tmp_path), target)
    vault.sync_folders([target.parent])
    assert target == tmp_path / HASH[:2] / f"{HASH}.jpg"
    assert vault.find(tmp_path, HASH) == target
    assert target.read_bytes() == DATA
    assert not target.stat().st_mode & stat.S_IWUSR
    assert vault.verify(target)
    assert left(tmp_path) == []


def test_other_endings_are_found_too(tmp_path: Path) -> None:
    target = vault.place(tmp_path, HASH, "gpx")
    vault.admit(copying.write_verified(DATA, tmp_path), target)
    assert vault.find(tmp_path, HASH) == target
    assert vault.find(tmp_path, "0" * 64) is None


@pytest.mark.parametrize("wrong", ["../../etc/passwd", "a" * 63, "G" * 64, "A" * 64, ""])
def test_only_a_hash_names_a_place(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        vault.place(tmp_path, wrong, "jpg")
    with pytest.raises(ValueError, match="ending"):
        vault.place(tmp_path, HASH, "../jpg")


def test_a_rotten_original_is_replaced_a_good_one_is_kept(tmp_path: Path) -> None:
    target = vault.place(tmp_path, HASH, "jpg")
    vault.admit(copying.write_verified(DATA, tmp_path), target)
    target.chmod(0o644)
    target.write_bytes(DATA[:-1] + b"x")
    assert not vault.verify(target)
    vault.admit(copying.write_verified(DATA, tmp_path), target)
    assert target.read_bytes() == DATA
    before = target.stat().st_mtime_ns
    vault.admit(copying.write_verified(DATA, tmp_path), target)
    assert target.stat().st_mtime_ns == before
    assert left(tmp_path) == []


def test_cleaning_spares_copies_under_way(tmp_path: Path) -> None:
    (tmp_path / vault.INCOMING).mkdir()
    (tmp_path / vault.INCOMING / "leftover").write_bytes(b"half")
    mine = copying.write_verified(DATA, tmp_path)
    assert vault.clean_incoming(tmp_path) == 1
    assert left(tmp_path) == [mine]
    vault.discard(mine)
    assert left(tmp_path) == []


def test_a_large_copy_tells_hash_and_size(tmp_path: Path) -> None:
    source = tmp_path / "video.avi"
    source.write_bytes(DATA)
    copy, sha256, size = copying.copy_verified(source, tmp_path / "vault", lambda: False)
    assert (sha256, size, copy.read_bytes()) == (HASH, len(DATA), DATA)


def test_cancel_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "video.avi"
    source.write_bytes(DATA)
    with pytest.raises(copying.Stopped):
        copying.copy_verified(source, tmp_path / "vault", lambda: True)
    assert left(tmp_path / "vault") == []


def test_a_source_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "video.avi"
    source.write_bytes(DATA)

    def failing(_reader: IO[bytes]) -> bytes:
        raise copying.SourceFailed(OSError(errno.EIO, "Input/output error"))

    monkeypatch.setattr(copying, "_read", failing)
    with pytest.raises(copying.SourceFailed):
        copying.copy_verified(source, tmp_path / "vault", lambda: False)
    assert left(tmp_path / "vault") == []


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        copying.write_verified(DATA, tmp_path)
    assert left(tmp_path) == []


@pytest.mark.parametrize("back", [DATA[:-1], DATA[:-1] + b"x", DATA + b"x", b""])
def test_a_disk_that_gives_back_other_bytes_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back: bytes
) -> None:
    source = tmp_path / "video.avi"
    source.write_bytes(DATA)
    monkeypatch.setattr(copying, "_past_cache", lambda path: io.BytesIO(back))
    with pytest.raises(EnvironmentProblem, match="COPY_DIFFERS"):
        copying.write_verified(DATA, tmp_path / "vault")
    with pytest.raises(EnvironmentProblem, match="COPY_DIFFERS"):
        copying.copy_verified(source, tmp_path / "vault", lambda: False)
    assert left(tmp_path / "vault") == []
