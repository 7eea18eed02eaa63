"""Which sticks and cards are plugged in, with their names and free space, on Linux, Windows and macOS.

Standard library only: the window asks for this every few seconds while a person looks for a stick.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

_MOUNTED_BY_HAND = ("/media/", "/run/media/", "/mnt/", "/Volumes/")
_NO_DISKS = frozenset(
    ("proc", "sysfs", "tmpfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "overlay", "squashfs", "autofs", "nsfs",
     "mqueue", "tracefs", "debugfs", "securityfs", "pstore", "bpf", "fusectl", "configfs", "binfmt_misc", "ramfs")
)  # fmt: skip
_FILE_SYSTEMS = {"vfat": "FAT32", "msdos": "FAT", "exfat": "exFAT", "ntfs3": "NTFS", "fuseblk": "NTFS", "apfs": "APFS"}


@dataclass(frozen=True, slots=True)
class Volume:
    """A place with a file system of its own. ``free`` and ``total`` in bytes; ``removable`` as far as can be told."""

    path: Path
    name: str
    file_system: str
    free: int
    total: int
    removable: bool


def removable() -> list[Volume]:
    """The sticks and cards that can be written to or read now, by name; empty where none is plugged in."""
    return sorted((one for one in _volumes() if one.removable), key=lambda one: (one.name.casefold(), str(one.path)))


def volume_of(folder: Path) -> Volume | None:
    """The volume that ``folder``, or the nearest folder above it that exists, lies on; None where none can be read.

    ``path`` is then the folder itself, because that is where a person pointed.
    """
    here = folder.absolute()
    while not here.exists() and here != here.parent:
        here = here.parent
    room = _room(here)
    if room is None:
        return None
    best: Volume | None = None
    for one in _volumes():
        if here.is_relative_to(one.path) and (best is None or len(one.path.parts) > len(best.path.parts)):
            best = one
    name = best.name if best is not None and here == best.path else folder.name or str(folder)
    return Volume(folder, name, best.file_system if best else "", room[1], room[0], best.removable if best else False)


def _room(path: Path) -> tuple[int, int] | None:
    try:
        usage = shutil.disk_usage(path)
    except OSError:
        return None
    return usage.total, usage.free


def _volumes() -> list[Volume]:
    if sys.platform == "win32":
        return _windows()
    if sys.platform == "darwin":
        return _mac()
    return _linux()


def _linux() -> list[Volume]:
    try:
        table = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return []
    return mounted(table)


def mounted(table: str) -> list[Volume]:
    """The volumes of a Linux mount table (lines of device, folder, kind, ...) that hold files and can be looked at."""
    found = []
    for device, mount, kind in (line.split(" ")[:3] for line in table.splitlines() if line.count(" ") >= 3):
        if kind in _NO_DISKS:
            continue
        path = Path(unescaped(mount))
        room = _room(path)
        if room is None or room[0] == 0:
            continue
        taken_out = str(path).startswith(_MOUNTED_BY_HAND) or _removable_device(device)
        name = path.name or str(path)
        found.append(Volume(path, name, _FILE_SYSTEMS.get(kind, kind), room[1], room[0], taken_out))
    return found


def unescaped(mount: str) -> str:
    """A folder as it is called, from the mount table's writing of it."""
    for code, letter in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        mount = mount.replace(code, letter)
    return mount


def _removable_device(device: str) -> bool:
    if not device.startswith("/dev/"):
        return False
    name = Path(device).name
    for whole in {name, name.rstrip("0123456789"), name.rstrip("0123456789").removesuffix("p")}:
        try:
            if Path("/sys/block", whole, "removable").read_text(encoding="ascii").strip() == "1":
                return True
        except OSError:
            continue
    return False


def _mac() -> list[Volume]:
    found = []
    try:
        folders = [path for path in Path("/Volumes").iterdir() if path.is_dir() and not path.is_symlink()]
    except OSError:
        return []
    for path in folders:
        room = _room(path)
        if room is not None:
            found.append(Volume(path, path.name, "", room[1], room[0], True))
    return found


def _windows() -> list[Volume]:
    found: list[Volume] = []
    if sys.platform != "win32":  # only so that type checkers on other platforms pass over the rest
        return found
    import ctypes

    kernel = ctypes.windll.kernel32
    kernel.SetThreadErrorMode(1, None)  # an empty card reader must not open a system dialog
    letters = kernel.GetLogicalDrives()
    for number in range(26):
        if not letters >> number & 1:
            continue
        root = f"{chr(ord('A') + number)}:\\"
        kind = kernel.GetDriveTypeW(root)
        if kind not in (2, 3):  # removable, fixed
            continue
        room = _room(Path(root))
        if room is None:
            continue
        label, system = ctypes.create_unicode_buffer(261), ctypes.create_unicode_buffer(261)
        named = kernel.GetVolumeInformationW(root, label, 261, None, None, None, system, 261)
        name = f"{label.value} ({root[:2]})" if named and label.value else root[:2]
        found.append(Volume(Path(root), name, system.value if named else "", room[1], room[0], kind == 2))
    return found
