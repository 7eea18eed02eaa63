"""Where things lie on this machine: shipped resources, the user's library, the station's profile.

One place, because a source checkout, a wheel and a frozen build each lay files out differently.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs


def resource(*parts: str) -> Path:
    """The path of a shipped resource, such as ``resource("help", "en", "today.md")``."""
    # The folder lies beside this package in a checkout, in a wheel and in a frozen build alike.
    return Path(__file__).resolve().parent.parent.joinpath("resources", *parts)


def _portable() -> Path | None:
    """The folder beside a frozen program that holds a ``portable`` marker file, if there is one."""
    if getattr(sys, "frozen", False):
        beside = Path(sys.executable).parent
        if (beside / "portable").exists():
            return beside / "Ranger"
    return None


def profile_folder() -> Path:
    """Per-user folder for what must not lie in the library: station tokens and this machine's settings."""
    override = os.environ.get("RANGER_PROFILE")
    if override:
        return Path(override)
    return _portable() or Path(platformdirs.user_config_dir("Ranger", appauthor=False))


def default_library() -> Path:
    """The library used when none is named."""
    portable = _portable()
    if portable:
        return portable / "library"
    return Path(platformdirs.user_data_dir("Ranger", appauthor=False)) / "library"
