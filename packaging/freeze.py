"""The verb ``freeze``: a folder that runs where no Python is installed, and the proof that it does.

A build is made on the system it is for. What it carries besides the program: the compiled translations, the help
pages, open-licence fonts taken from this system's packages, and the licence of every package inside.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from setup_venv import ROOT, SetupProblem, program

BUILD = ROOT / "build" / "freeze"
FONTS = BUILD / "fonts"
DIST = ROOT / "dist" / "ranger"
SOURCES_OF_TRANSLATIONS = (".po", ".pot")

# Noto Sans draws Latin and Cyrillic with the Mongolian letters, Noto Sans CJK the rest. For each face the names that
# Debian, Fedora and others give the file, best first.
FACES: tuple[tuple[str, ...], ...] = (
    ("NotoSans-Regular.ttf", "NotoSans[wght].ttf", "NotoSans-VF.ttf"),
    ("NotoSans-Bold.ttf", "NotoSans[wght].ttf", "NotoSans-VF.ttf"),
    ("NotoSansCJK-Regular.ttc", "NotoSansCJK-VF.ttc", "NotoSansCJKsc-Regular.otf"),
    ("NotoSansCJK-Bold.ttc", "NotoSansCJK-VF.ttc", "NotoSansCJKsc-Bold.otf"),
)
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
FONT_LICENCES = (
    "/usr/share/doc/fonts-noto-core/copyright",
    "/usr/share/doc/fonts-noto-cjk/copyright",
    "/usr/share/licenses/google-noto-sans-fonts/OFL.txt",
    "/usr/share/licenses/noto-fonts/LICENSE",
)


def shipped_resources() -> Iterator[tuple[Path, str]]:
    """Each file of resources/ that a build carries, with its folder below resources."""
    root = ROOT / "resources"
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix not in SOURCES_OF_TRANSLATIONS and "__pycache__" not in path.parts:
            yield path, path.parent.relative_to(root).as_posix()


def find_fonts(folders: tuple[Path, ...] = FONT_FOLDERS) -> list[Path]:
    """The installed font files of FACES; raises SetupProblem when a face is not installed."""
    installed = {path.name: path for folder in folders for path in folder.rglob("Noto*.*")}
    chosen = []
    for names in FACES:
        found = next((installed[name] for name in names if name in installed), None)
        if found is None:
            raise SetupProblem(
                f"The font {names[0]} is not installed; the build has to carry it. "
                "Install the Noto packages of your distribution (Debian: fonts-noto-core fonts-noto-cjk)."
            )
        chosen.append(found)
    return list(dict.fromkeys(chosen))


def collect_fonts() -> None:
    """Copy the fonts and their licence to FONTS; Windows and macOS have faces for all six languages themselves."""
    shutil.rmtree(FONTS, ignore_errors=True)
    FONTS.mkdir(parents=True)
    if not sys.platform.startswith("linux"):
        return
    for path in find_fonts():
        shutil.copyfile(path, FONTS / path.name)
    licences = [Path(name) for name in FONT_LICENCES if Path(name).exists()]
    if not licences:
        raise SetupProblem("The licence text of the Noto fonts is not on this system; a build must carry it.")
    for path in licences:
        shutil.copyfile(path, FONTS / f"{path.parent.name}.txt")


# Prints "package<tab>licence file" for everything our dependencies lead to; run inside the environment.
_LICENCES = """
import re
from importlib.metadata import PackageNotFoundError, distribution
waiting, seen = ["ranger"], {"pip"}  # sqlite-utils names pip, no build contains it
while waiting:
    name = waiting.pop().lower().replace("_", "-")
    try:
        package = None if name in seen else distribution(name)
    except PackageNotFoundError:
        package = None
    seen.add(name)
    if package is None:
        continue
    files = [f for f in package.files or () if re.match("LICEN|COPYING|NOTICE|AUTHORS", f.name.upper())]
    for file in [f for f in files if ".dist-info" in str(f)]:
        print(name, package.locate_file(file), sep="\\t")
    if not files and not name.startswith(("ranger", "pyside6", "shiboken6")):
        print(name, "", sep="\\t")
    for line in package.requires or ():
        if "extra ==" not in line:
            waiting.append(re.match("[A-Za-z0-9_.-]+", line)[0])
"""


def collect_licences() -> int:
    """Put the licences of what is inside, ours first, beside the program; how many files."""
    target = DIST / "licences"
    target.mkdir()
    shutil.copyfile(ROOT / "LICENSE", target / "Ranger.txt")
    # The wheels of Qt and PySide6 come without the text of theirs.
    for path in sorted((ROOT / "packaging" / "licences").glob("*.txt")):
        shutil.copyfile(path, target / f"Qt and PySide6 {path.name}")
    python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if python.exists():
        shutil.copyfile(python, target / "Python.txt")
    listed = subprocess.run(
        [str(program("python")), "-c", _LICENCES], capture_output=True, encoding="utf-8", check=True
    ).stdout
    count = len(list(target.iterdir()))
    for line in listed.splitlines():
        package, path = line.split("\t")
        if not path:
            print(f"No licence text in the package {package}.")
        elif Path(path).is_file():
            # A package that contains others has several of one name: keep their folders in it.
            inside = path.replace("\\", "/").partition(".dist-info/")[2].removeprefix("licenses/").replace("/", "_")
            shutil.copyfile(path, target / f"{package} {inside}")
            count += 1
    return count


def freeze() -> int:
    """Build and try the program folder; 0 when both programs in it ran."""
    begun = time.monotonic()
    collect_fonts()
    shutil.rmtree(DIST, ignore_errors=True)
    command = [
        str(program("python")), "-m", "PyInstaller", str(ROOT / "packaging" / "ranger.spec"), "--noconfirm",
        "--log-level", "WARN", "--distpath", str(DIST.parent), "--workpath", str(BUILD / "work"),
    ]  # fmt: skip
    print("Building the program folder ...", flush=True)
    if subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1"}, check=False).returncode != 0:
        print("The build failed.", file=sys.stderr)
        return 1
    licences = collect_licences()
    size = sum(path.stat().st_size for path in DIST.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"{DIST}: {size / 1e6:.0f} MB, {licences} licence files, built in {time.monotonic() - begun:.0f} s")
    return smoke()


def smoke() -> int:
    """Run both programs as a user would: outside the repository, with nothing of the environment in reach."""
    suffix = ".exe" if sys.platform == "win32" else ""
    tries = (("ranger", "--self-test"), ("ranger-app", "--smoke"), ("ranger-app", "--smoke-map"))
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ranger-smoke-") as folder:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "QT_"))
        }
        environment |= {"QT_QPA_PLATFORM": "offscreen", "RANGER_PROFILE": str(Path(folder) / "profile")}
        for name, option in tries:
            begun = time.monotonic()
            try:
                code = subprocess.run(
                    [str(DIST / (name + suffix)), option], cwd=folder, env=environment, timeout=300, check=False
                ).returncode
            except subprocess.TimeoutExpired:
                code = -1
            verdict = "passed" if code == 0 else "did not end in 300 s" if code == -1 else f"FAILED with {code}"
            print(f"{name} {option}: {verdict} ({time.monotonic() - begun:.1f} s)", flush=True)
            failed += code != 0
    return 1 if failed else 0
