"""Which physical disk a folder lies on: a backup on the disk of the library dies with it.

Two partitions are one disk, and an encrypted or mirrored volume is the disks below it.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from ranger_app.media.volumes import unescaped

_BLOCKS = Path("/sys/dev/block")


def same_drive(one: Path, other: Path) -> bool:
    """Whether two folders lie on the same disk, as far as the system tells; False where one cannot be read."""
    return not drives_of(one).isdisjoint(drives_of(other))


def drives_of(folder: Path) -> frozenset[str]:
    """Names of the disks that ``folder``, or the nearest folder above it that exists, lies on; empty if unreadable."""
    here = folder.absolute()
    while not here.exists() and here != here.parent:
        here = here.parent
    try:
        here = here.resolve()
        device = here.stat().st_dev
    except OSError:
        return frozenset()
    if sys.platform == "win32":
        return frozenset({_windows(here) or f"volume {device}"})
    if sys.platform == "linux":
        return _linux(here, device) or frozenset({f"device {device}"})
    return frozenset({f"device {device}"})


def _linux(here: Path, device: int) -> frozenset[str]:
    if sys.platform == "win32":
        return frozenset()
    found = _whole(_BLOCKS / f"{os.major(device)}:{os.minor(device)}")
    if found:
        return found
    # btrfs gives every subvolume a number of its own: the mount table names the disk below.
    source = _mounted_from(here)
    with suppress(OSError):
        if source.startswith("/dev/"):
            number = Path(source).stat().st_rdev
            return _whole(_BLOCKS / f"{os.major(number)}:{os.minor(number)}")
    return frozenset()


def _whole(block: Path) -> frozenset[str]:
    try:
        here = block.resolve(strict=True)
        below = list((here / "slaves").iterdir()) if (here / "slaves").is_dir() else []
    except OSError:
        return frozenset()
    if below:
        return frozenset().union(*(_whole(one) for one in below))
    return frozenset({here.parent.name if (here / "partition").exists() else here.name})


def _mounted_from(here: Path) -> str:
    try:
        table = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
    best, source = 0, ""
    for line in table.splitlines():
        device, mount = (*line.split(" "), "", "")[:2]
        folder = Path(unescaped(mount))
        if mount and here.is_relative_to(folder) and len(folder.parts) >= best:
            best, source = len(folder.parts), device
    return source


def _windows(here: Path) -> str:
    """The number of the physical disk; empty for network folders and where the drive does not say."""
    if sys.platform != "win32":  # only so that type checkers on other platforms pass over the rest
        return ""
    import ctypes
    from ctypes import wintypes

    if len(here.drive) != 2:
        return ""
    kernel = ctypes.WinDLL("kernel32")
    kernel.CreateFileW.restype = wintypes.HANDLE
    # No access to the content is asked for, so this needs no administrator.
    handle = kernel.CreateFileW(f"\\\\.\\{here.drive}", 0, 3, None, 3, 0, None)
    if handle in (None, wintypes.HANDLE(-1).value):
        return ""
    try:
        answer, given = (wintypes.DWORD * 3)(), wintypes.DWORD()
        asked = kernel.DeviceIoControl(
            wintypes.HANDLE(handle), 0x2D1080, None, 0, ctypes.byref(answer), ctypes.sizeof(answer),
            ctypes.byref(given), None,
        )  # fmt: skip  # IOCTL_STORAGE_GET_DEVICE_NUMBER: kind, number, partition
        return f"disk {answer[0]}.{answer[1]}" if asked else ""
    finally:
        kernel.CloseHandle(wintypes.HANDLE(handle))
