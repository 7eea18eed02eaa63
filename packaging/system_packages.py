"""What Qt and the six languages need from a Linux system, and the line that installs it.

The Qt wheels carry Qt, not the graphics, keyboard and font libraries under it; a server or a fresh container has none
of them, and the failure would otherwise be a crash without a reason.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable

MANAGERS = ("apt-get", "dnf", "zypper", "pacman")

# Library -> package for each of MANAGERS.
LIBRARIES: dict[str, tuple[str, str, str, str]] = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd", "libglvnd"),
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd", "libglvnd"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "libglib-2_0-0", "glib2"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "libdbus-1-3", "dbus"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype", "libfreetype6", "freetype2"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon0", "libxkbcommon"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb", "libX11-xcb1", "libx11"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb", "libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": (
        "libxcb-render-util0",
        "xcb-util-renderutil",
        "libxcb-render-util0",
        "xcb-util-renderutil",
    ),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb", "libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb", "libxcb-sync1", "libxcb"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb", "libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb-xkb1", "libxcb"),
    # What the web engine of the map and of printed pages needs besides.
    "libnss3.so": ("libnss3", "nss", "mozilla-nss", "nss"),
    "libnspr4.so": ("libnspr4", "nspr", "mozilla-nspr", "nspr"),
    # Debian calls the library libasound2 or libasound2t64 by its age; what its headers come in is called the same.
    "libasound.so.2": ("libasound2-dev", "alsa-lib", "libasound2", "alsa-lib"),
    "libX11.so.6": ("libx11-6", "libX11", "libX11-6", "libx11"),
    "libXcomposite.so.1": ("libxcomposite1", "libXcomposite", "libXcomposite1", "libxcomposite"),
    "libXdamage.so.1": ("libxdamage1", "libXdamage", "libXdamage1", "libxdamage"),
    "libXext.so.6": ("libxext6", "libXext", "libXext6", "libxext"),
    "libXfixes.so.3": ("libxfixes3", "libXfixes", "libXfixes3", "libxfixes"),
    "libXrandr.so.2": ("libxrandr2", "libXrandr", "libXrandr2", "libxrandr"),
    "libXtst.so.6": ("libxtst6", "libXtst", "libXtst6", "libxtst"),
    "libxkbfile.so.1": ("libxkbfile1", "libxkbfile", "libxkbfile1", "libxkbfile"),
    "libxcb-dri3.so.0": ("libxcb-dri3-0", "libxcb", "libxcb-dri3-0", "libxcb"),
    "libgbm.so.1": ("libgbm1", "mesa-libgbm", "libgbm1", "mesa"),
    "libexpat.so.1": ("libexpat1", "expat", "libexpat1", "expat"),
    "libudev.so.1": ("libudev1", "systemd-libs", "libudev1", "systemd-libs"),
}

FONT_LIST = ("fontconfig", "fontconfig", "fontconfig", "fontconfig")
LETTER_FONTS = ("fonts-noto-core", "google-noto-sans-fonts", "noto-sans-fonts", "noto-fonts")
HAN_FONTS = ("fonts-noto-cjk", "google-noto-sans-cjk-fonts", "noto-sans-cjk-fonts", "noto-fonts-cjk")

# One letter each script cannot do without; the two of Mongolian Cyrillic are what many Cyrillic fonts lack.
LETTERS = "Aяөү"
HAN = "中가あ"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_libraries(loads: Callable[[str], bool] = _loads) -> list[str]:
    """The libraries of LIBRARIES this system cannot load."""
    return [library for library in LIBRARIES if not loads(library)]


def _has_letter(letter: str) -> bool:
    program = shutil.which("fc-list")
    if program is None:
        return False
    answer = subprocess.run(
        [program, f":charset={ord(letter):x}", "family"], capture_output=True, check=False, timeout=120
    )
    return bool(answer.stdout.strip())


def missing_fonts(manager: int, has_letter: Callable[[str], bool] = _has_letter) -> list[str]:
    """The font packages (and the program that lists fonts) without which some letter has no shape."""
    packages = []
    if not all(has_letter(letter) for letter in LETTERS):
        packages.append(LETTER_FONTS[manager])
    if not all(has_letter(letter) for letter in HAN):
        packages.append(HAN_FONTS[manager])
    if packages and shutil.which("fc-list") is None:
        packages.insert(0, FONT_LIST[manager])
    return packages


def find_manager() -> int | None:
    """Which of MANAGERS this system has, as an index, or None."""
    for index, name in enumerate(MANAGERS):
        if shutil.which(name):
            return index
    return None


def venv_package(manager: int) -> str | None:
    """The package that holds ensurepip, where the distribution splits it off (Debian and Ubuntu)."""
    if MANAGERS[manager] != "apt-get":
        return None
    return f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"


def install_command(manager: int, packages: Iterable[str]) -> list[str]:
    """The command that installs ``packages`` without asking."""
    options = {
        "apt-get": ["install", "-y", "--no-install-recommends"],
        "dnf": ["install", "-y"],
        "zypper": ["--non-interactive", "install"],
        "pacman": ["-S", "--noconfirm", "--needed"],
    }
    name = MANAGERS[manager]
    return [name, *options[name], *dict.fromkeys(packages)]


def line_to_run(manager: int, packages: Iterable[str]) -> str:
    """The exact line for a person to run."""
    first = "sudo apt-get update && " if MANAGERS[manager] == "apt-get" else ""
    return first + "sudo " + " ".join(install_command(manager, packages))


def may_install(install_system: bool) -> bool:
    """Whether packages may be installed now: as root, or because a person said so."""
    return install_system or is_root()


def is_root() -> bool:
    """Whether this process is root; never on Windows."""
    return sys.platform != "win32" and os.geteuid() == 0


def install(manager: int, packages: list[str], run: Callable[..., int] | None = None) -> bool:
    """Install ``packages``; once more after a failure, as mirrors fail for a moment. True when it succeeded."""
    run = run or _run
    prefix = [] if is_root() else ["sudo"]
    for attempt in (1, 2):
        if MANAGERS[manager] == "apt-get":
            run([*prefix, "apt-get", "update", "-q"])
        if run([*prefix, *install_command(manager, packages)]) == 0:
            return True
        if attempt == 1:
            print("  that failed; once more")
    return False


def _run(command: list[str]) -> int:
    print("  $ " + " ".join(command), flush=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    if command[0] == "sudo":
        command = ["sudo", "DEBIAN_FRONTEND=noninteractive", *command[1:]]
    return subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode
