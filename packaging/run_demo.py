"""The verb ``run``: shows the program at work, with a window where there is a display, without one elsewhere.

The headless way is the main job in small: two stations, a stick, a bundle each way, the same records on both sides.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from setup_venv import ROOT, program

WINDOW = ROOT / "build" / "demo"
HEADLESS = ROOT / "build" / "run"


class CommandFailed(Exception):
    """A command of the program did not succeed; it has said why on standard error."""


def has_display() -> bool:
    """Whether a window can be shown here."""
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def run(*, headless: bool) -> int:
    """Open the app on a demo library, or do its work without a screen."""
    return without_window() if headless or not has_display() else with_window()


def _environment(profile: Path) -> dict[str, str]:
    # A profile of its own: the demo leaves a real station on this machine alone.
    return {**os.environ, "PYTHONUTF8": "1", "RANGER_PROFILE": str(profile)}


def ranger(*arguments: str, profile: Path) -> dict[str, Any]:
    """One command of ``ranger``; its JSON answer. Raises CommandFailed."""
    command = [str(program("ranger")), "--json", *arguments]
    print("$ ranger " + " ".join(arguments), flush=True)
    answer = subprocess.run(
        command, cwd=ROOT, env=_environment(profile), stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    if answer.returncode != 0:
        raise CommandFailed(f"ranger {' '.join(arguments)} ended with {answer.returncode}")
    result: dict[str, Any] = json.loads(answer.stdout)
    return result


def with_window() -> int:
    """Make the demo library once, then open it: what a person changes in it stays."""
    remembered = WINDOW / "libraries.json"
    profile = WINDOW / "profile"
    libraries: list[str] = []
    if remembered.exists():
        libraries = json.loads(remembered.read_text(encoding="utf-8"))
    if not libraries or not all(Path(library).is_dir() for library in libraries):
        if WINDOW.exists():
            shutil.rmtree(WINDOW)
        WINDOW.mkdir(parents=True)
        try:
            libraries = ranger("demo", str(WINDOW / "stations"), profile=profile)["libraries"]
        except CommandFailed as error:
            print(error, file=sys.stderr)
            return 1
        remembered.write_text(json.dumps(libraries), encoding="utf-8")
    print(f"Demo library: {libraries[0]}", flush=True)
    command = [str(program("ranger-app")), "--library", libraries[0]]
    return subprocess.run(command, cwd=ROOT, env=_environment(profile), check=False).returncode


def station(status: dict[str, Any]) -> str:
    """How a partner is named on the command line: by its id where ``status`` tells it."""
    value = status["station"]
    return str(value.get("id") or value["name"]) if isinstance(value, dict) else str(value)


def exchange(first: str, second: str, stick: Path, *, profile: Path) -> tuple[str, str]:
    """A bundle each way over one stick; the two state hashes afterwards."""
    names = {library: station(ranger("--library", library, "status", profile=profile)) for library in (first, second)}
    for sender, receiver in ((first, second), (second, first)):
        written = ranger("--library", sender, "bundle", "write", str(stick), "--to", names[receiver], profile=profile)
        print(f"  {written['operations']} operations, {written['bytes']} bytes, {written['parts']} parts")
        read = ranger("--library", receiver, "bundle", "read", str(stick), profile=profile)
        print("  " + ", ".join(f"{key} {read[key]}" for key in ("new", "updated", "already_known") if key in read))
    hashes = [ranger("--library", library, "status", profile=profile)["state_hash"] for library in (first, second)]
    return hashes[0], hashes[1]


def without_window() -> int:
    """Two demo stations exchange what they have; 0 when both then hold the same, and pictures are there."""
    print("No display: doing the same work without a window.", flush=True)
    if HEADLESS.exists():
        shutil.rmtree(HEADLESS)
    pictures, profile = HEADLESS / "pictures", HEADLESS / "profile"
    pictures.mkdir(parents=True)
    (HEADLESS / "stick").mkdir()
    try:
        libraries = ranger("demo", str(HEADLESS / "stations"), profile=profile)["libraries"]
        first, second = exchange(libraries[0], libraries[1], HEADLESS / "stick", profile=profile)
    except CommandFailed as error:
        print(error, file=sys.stderr)
        return 1
    environment = {**_environment(profile), "QT_QPA_PLATFORM": "offscreen"}
    command = [str(program("python")), "-m", "ui.screens", str(pictures)]
    painted = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    print()
    for library, state in zip(libraries, (first, second), strict=False):
        print(f"{state}  {library}")
    same = first == second
    print("Both stations hold the same records." if same else "The two stations DIFFER.")
    if any(pictures.rglob("*.png")):
        print(f"Pictures of every screen: {pictures}" + ("" if painted == 0 else " (their faults are listed above)"))
    else:
        print("The pictures of the screens could not be made.", file=sys.stderr)
    print(f"Open a library: {program('ranger-app')} --library {libraries[0]}")
    return 0 if same and painted == 0 else 1
