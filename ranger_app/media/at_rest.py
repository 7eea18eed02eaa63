"""Whether the disk under a folder is encrypted: whoever takes the laptop then finds nothing without its password.

Each system is asked in the way that needs no rights of an administrator; where it does not say, the answer is None.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

Run = Callable[[Sequence[str]], str]
_TIMEOUT_S = 20
_DEPTH = 8
"""Layers of devices on one another: a file system on LVM on LUKS on RAID has four."""
_SHELL_PROPERTY = "System.Volume.BitLockerProtection"
_BITLOCKER = {"1": True, "6": True, "2": False, "4": False, "5": False, "8": False}
"""On, locked; off, decrypting, suspended and waiting for activation (the key then lies open on the disk)."""


@lru_cache(maxsize=16)
def encrypted(folder: Path) -> bool | None:
    """Yes, no, or None where it cannot be told. May take seconds the first time: not for the window's own thread."""
    try:
        if sys.platform == "win32":
            return windows(folder, _run)
        if sys.platform == "darwin":
            return mac(folder, _run)
        return linux(folder, Path("/proc/self/mountinfo"), Path("/sys"))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        timeout=_TIMEOUT_S,
        check=False,
        stdin=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # no black window flashes up on Windows
    )
    return done.stdout.decode("utf-8", "replace")


def linux(folder: Path, mountinfo: Path, sys_folder: Path) -> bool | None:
    """By the device mapper's own mark: a device whose ``dm/uuid`` begins with CRYPT- is encrypted (cryptsetup).

    ``mountinfo`` as proc(5) tells it; layers below are found in the ``slaves`` of a device.
    """
    wanted = folder.resolve()
    best: tuple[int, list[str]] | None = None
    for line in mountinfo.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        fields = line.split(" ")
        if "-" not in fields or len(fields) < 10:
            continue
        mount = Path(fields[4].replace("\\040", " ").replace("\\134", "\\"))
        if wanted.is_relative_to(mount) and (best is None or len(mount.parts) >= best[0]):
            best = (len(mount.parts), fields)  # a later mount on the same folder hides the one before
    if best is None:
        return None
    number, (kind, source) = best[1][2], best[1][best[1].index("-") + 1 :][:2]
    if kind in ("ecryptfs", "fuse.gocryptfs", "fuse.cryfs", "fuse.encfs"):
        return True
    device = sys_folder / "dev" / "block" / number
    if not device.exists():  # btrfs shows a number of its own
        device = sys_folder / "class" / "block" / Path(source).resolve().name
    return _crypt(device, _DEPTH) if source.startswith("/dev/") and device.exists() else None


def _crypt(device: Path, depth: int) -> bool | None:
    mark = device / "dm" / "uuid"
    if mark.exists() and mark.read_text(encoding="ascii", errors="replace").startswith("CRYPT-"):
        return True
    below = device / "slaves"
    layers = sorted(below.iterdir()) if below.is_dir() else []
    if not layers or depth == 0:
        return False
    found = [_crypt(layer, depth - 1) for layer in layers]
    return all(found)  # one open disk under a RAID or a volume group is one too many


def windows(folder: Path, run: Run) -> bool | None:
    """As Explorer shows it: the shell's property of the drive, which needs no administrator (device encryption too)."""
    drive = folder.drive
    if len(drive) != 2 or not drive[0].isascii() or not drive[0].isalpha():
        return None  # a network folder
    script = (
        f"(New-Object -ComObject Shell.Application).NameSpace('{drive}').Self.ExtendedProperty('{_SHELL_PROPERTY}')"
    )
    said = run(["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", script])
    return _BITLOCKER.get(said.strip())


def mac(folder: Path, run: Run) -> bool | None:
    """FileVault as ``fdesetup`` tells it; it speaks of the start-up disk alone."""
    if folder.is_relative_to("/Volumes"):
        return None
    said = run(["/usr/bin/fdesetup", "status"])
    if "FileVault is On" in said:
        return True
    return False if "FileVault is Off" in said else None
