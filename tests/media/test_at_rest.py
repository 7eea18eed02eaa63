"""Whether a disk is encrypted, on the three systems, with what each of them says laid out before us."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

import pytest

from ranger_app.media import at_rest


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A made-up /sys and mount table; ``device`` adds to it."""
    (tmp_path / "sys/dev/block").mkdir(parents=True)
    (tmp_path / "sys/class/block").mkdir(parents=True)
    (tmp_path / "home/user/library").mkdir(parents=True)
    return tmp_path


def device(machine: Path, number: str, name: str, uuid: str = "", below: Sequence[str] = ()) -> None:
    folder = machine / "sys/dev/block" / number
    (folder / "slaves").mkdir(parents=True)
    if uuid:
        (folder / "dm").mkdir()
        (folder / "dm/uuid").write_text(f"{uuid}\n", encoding="ascii")
    for one in below:
        (folder / "slaves" / one).symlink_to(machine / "sys/class/block" / one)
    (machine / "sys/class/block" / name).symlink_to(folder)


def asked(machine: Path, *mounts: str) -> bool | None:
    table = machine / "mountinfo"
    table.write_text("".join(f"{one}\n" for one in mounts), encoding="utf-8")
    return at_rest.linux(machine / "home/user/library", table, machine / "sys")


def mount(number: str, folder: Path | str, kind: str, source: str) -> str:
    return f"36 35 {number} / {folder} rw,noatime master:1 - {kind} {source} rw,errors=continue"


ON_LINUX = pytest.mark.skipif(sys.platform == "win32", reason="paths and links of Linux")


@ON_LINUX
def test_linux_luks_lvm_and_plain(machine: Path) -> None:
    device(machine, "8:2", "sda2")
    device(machine, "253:0", "dm-0", "CRYPT-LUKS2-0123-crypt", ["sda2"])
    device(machine, "253:1", "dm-1", "LVM-abc", ["dm-0"])
    device(machine, "253:2", "dm-2", "LVM-def", ["sda2"])
    assert asked(machine, mount("8:2", "/", "ext4", "/dev/sda2")) is False
    assert asked(machine, mount("253:0", "/", "ext4", "/dev/mapper/crypt")) is True
    assert asked(machine, mount("253:1", "/", "ext4", "/dev/mapper/vg-root")) is True
    assert asked(machine, mount("253:2", "/", "ext4", "/dev/mapper/vg-root")) is False


@ON_LINUX
def test_linux_takes_the_mount_that_holds_the_folder(machine: Path) -> None:
    device(machine, "8:2", "sda2")
    device(machine, "253:0", "dm-0", "CRYPT-PLAIN-x", ["sda2"])
    root = mount("8:2", "/", "ext4", "/dev/sda2")
    home = mount("253:0", machine / "home", "xfs", "/dev/mapper/home")
    assert asked(machine, root, home) is True
    assert asked(machine, home, root) is True
    assert asked(machine, root, mount("253:0", machine / "homes", "xfs", "/dev/mapper/home")) is False


@ON_LINUX
def test_linux_raid_btrfs_and_what_cannot_be_told(machine: Path) -> None:
    device(machine, "8:2", "sda2")
    device(machine, "8:18", "sdb2")
    device(machine, "253:0", "dm-0", "CRYPT-LUKS2-x", ["sda2"])
    device(machine, "9:0", "md0", "", ["dm-0", "sdb2"])
    assert asked(machine, mount("9:0", "/", "ext4", "/dev/md0")) is False
    assert asked(machine, mount("0:31", "/", "btrfs", "/dev/dm-0")) is True
    assert asked(machine, mount("0:31", "/", "btrfs", "/dev/sdb2")) is False
    assert asked(machine, mount("0:40", "/", "zfs", "tank/home")) is None
    assert asked(machine, mount("0:40", "/", "nfs4", "server:/home")) is None
    assert asked(machine, mount("0:41", "/", "fuse.gocryptfs", "/x")) is True
    assert asked(machine, "nonsense", "1 2 3 - x") is None


@pytest.mark.parametrize(
    ("said", "answer"),
    [("1\r\n", True), ("6", True), ("2\r\n", False), ("5", False), ("3", None), ("", None), ("error", None)],
)
def test_windows_asks_the_shell(said: str, answer: bool | None) -> None:
    commands: list[Sequence[str]] = []

    def run(command: Sequence[str]) -> str:
        commands.append(command)
        return said

    assert at_rest.windows(PureWindowsPath("C:/Field/Ranger"), run) is answer  # type: ignore[arg-type]
    assert "'C:'" in commands[0][-1]


def test_windows_network_folders_are_not_asked_for() -> None:
    def run(_command: Sequence[str]) -> str:
        raise AssertionError("asked")

    assert at_rest.windows(PureWindowsPath("//server/share/Ranger"), run) is None  # type: ignore[arg-type]


def test_mac_asks_filevault() -> None:
    for said, answer in (("FileVault is On.\n", True), ("FileVault is Off.\n", False), ("", None)):
        assert at_rest.mac(Path("/Field/Ranger"), lambda _command, said=said: said) is answer
    assert at_rest.mac(Path("/Volumes/Disk/Ranger"), lambda _command: "FileVault is On.") is None


def test_whatever_fails_the_answer_is_only_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_given: object) -> bool:
        raise subprocess.TimeoutExpired("x", 1)

    for name in ("linux", "windows", "mac"):
        monkeypatch.setattr(at_rest, name, fails)
    assert at_rest.encrypted(tmp_path / "one") is None
    monkeypatch.undo()
    assert at_rest.encrypted(tmp_path) in (True, False, None)
