"""``backup`` and ``restore`` from the command line: what the answers say, and what is refused with which status."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranger_app.domain.ops import create
from ranger_app.library import Library
from ranger_app.media import vault

Ok = Callable[..., dict[str, Any]]
Run = Callable[..., tuple[int, dict[str, Any]]]
KEYS = {"copied", "already", "failed", "left", "bytes", "mended", "damaged"}


@pytest.fixture
def folder(tmp_path: Path, ok: Ok) -> Path:
    made = tmp_path / "library"
    ok(made, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    with Library.open(made) as library:
        sha256 = hashlib.sha256(b"picture").hexdigest()
        target = vault.place(library.vault, sha256, "jpg")
        target.parent.mkdir(parents=True)
        target.write_bytes(b"picture")
        library.commit([create("media", library.new_id(), {"sha256": sha256})], label="ingest")
    return made


def test_there_and_back(folder: Path, tmp_path: Path, ok: Ok, ranger: Run) -> None:
    status = ok(folder, "status")
    assert status["waiting"]["backup_days"] is None
    assert status["waiting"]["backup_elsewhere_days"] is None
    answer = ok(folder, "backup", tmp_path / "stick")
    assert Path(answer["backup"]).is_file()
    assert (answer["sealed"], answer["another_disk"]) == (False, False)
    assert set(answer["originals"]) == KEYS
    assert answer["originals"]["copied"] == 1
    assert len(answer["warnings"]) == 2  # on the same disk, and not sealed
    assert ok(folder, "backup", tmp_path / "stick", "--verify")["originals"]["already"] == 1
    kept = ok(folder, "backup", tmp_path / "stick", "--records", "--keep", "1")
    assert len(kept["removed"]) == 2
    assert kept["originals"]["copied"] == 0
    assert ok(folder, "status")["waiting"]["backup_days"] == 0
    assert ok(folder, "check")["warnings"] == ["No backup of the last 7 days lies on another disk."]

    back = ok(tmp_path / "new", "restore", kept["backup"])
    assert back["originals"]["copied"] == 1
    assert ok(tmp_path / "new", "status")["state_hash"] == ok(folder, "status")["state_hash"]
    second = tmp_path / "second"
    assert ok(second, "restore", kept["backup"], "--records")["originals"]["copied"] == 0
    assert ranger(second, "check")[1]["problems"] == []  # a picture that was never ingested here need not be here
    rest = ok(second, "restore", "--originals", tmp_path / "stick" / "originals")
    assert rest["originals"]["copied"] == 1


def test_a_backup_without_a_folder_lies_in_the_library(folder: Path, ok: Ok) -> None:
    answer = ok(folder, "backup")
    assert Path(answer["backup"]).parent == folder / "backups"
    assert answer["originals"] == {**dict.fromkeys(KEYS, 0), "damaged": []}


def test_what_is_refused(folder: Path, tmp_path: Path, ok: Ok, ranger: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ranger(folder, "backup", tmp_path / "stick", "--keep", "0")[0] == 2
    (tmp_path / "file").touch()
    assert ranger(folder, "backup", tmp_path / "file")[1]["error"] == "NOT_A_FOLDER"
    assert ranger(tmp_path / "new", "restore")[0] == 2
    status, answer = ranger(tmp_path / "new", "restore", tmp_path / "missing")
    assert (status, answer["error"]) == (3, "NO_BACKUP")
    assert not (tmp_path / "new").exists()
    assert ranger(tmp_path / "new", "restore", tmp_path / "file", "--originals", tmp_path / "none")[0] == 3
    assert ranger(folder, "restore", "--originals", tmp_path / "none")[1]["error"] == "NO_ORIGINALS"

    monkeypatch.setenv("RANGER_NEW_PASSPHRASE", "first snow of the year")
    ok(folder, "station", "passphrase")
    monkeypatch.setenv("RANGER_PASSPHRASE", "first snow of the year")
    sealed = ok(folder, "backup", tmp_path / "stick")
    assert sealed["sealed"]
    sheet = tmp_path / "sheet.html"
    with Library.open(folder, passphrase="first snow of the year") as library:
        from ranger_app.domain.recovery import spell

        sheet.write_text("\n".join(spell(library.keys.signing_secret, library.keys.sealing_secret)), encoding="utf-8")
    monkeypatch.delenv("RANGER_PASSPHRASE")
    assert ranger(tmp_path / "new", "restore", sealed["backup"])[1]["error"] == "PASSPHRASE_NEEDED"
    ok(tmp_path / "new", "restore", sealed["backup"], "--sheet", sheet)
    assert ok(tmp_path / "new", "status")["keys_protected"] is False
