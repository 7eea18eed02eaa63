"""Sets up what is missing: system libraries, fonts, the virtual environment, compiled translations.

Every verb of dev.py begins here, so a fresh clone needs no instructions; where all is in place it costs a moment.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import system_packages

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
STAMP = VENV / "set-up.stamp"
LOWEST_GLIBC = (2, 34)


class SetupProblem(Exception):
    """Something a person has to do first; the text says what."""


def scripts() -> Path:
    """The folder of the environment's programs."""
    return VENV / ("Scripts" if sys.platform == "win32" else "bin")


def program(name: str) -> Path:
    """A program of the environment, such as ``python``, ``ranger`` or ``ranger-app``."""
    return scripts() / (name + ".exe" if sys.platform == "win32" else name)


def set_up(*, install_system: bool = False) -> None:
    """Bring the machine to the state where every verb can run; raises SetupProblem with what to do."""
    if sys.platform.startswith("linux"):
        _check_glibc(platform.libc_ver())
        _system(install_system)
    elif importlib.util.find_spec("ensurepip") is None:
        raise SetupProblem("This Python has no ensurepip. Install CPython 3.12 with its own installer.")
    if sys.platform == "darwin" and platform.machine() == "x86_64" and not STAMP.exists():
        print(
            "Intel Mac: cryptography and pysqlite3 have no wheel here, pip compiles them. "
            "That needs Apple's command line tools (xcode-select --install) and Rust."
        )
    _environment()
    compile_translations()


def _check_glibc(found: tuple[str, str]) -> None:
    name, version = found
    if name != "glibc":
        raise SetupProblem("Ranger's packages need a Linux with glibc (not musl, as in Alpine). Use Debian 12.")
    numbers = tuple(int(part) for part in version.split(".")[:2])
    if numbers < LOWEST_GLIBC:
        raise SetupProblem(
            f"This system has glibc {version}; Qt needs {LOWEST_GLIBC[0]}.{LOWEST_GLIBC[1]} or newer. "
            "Use Debian 12, Ubuntu 22.04, Fedora 35 or later."
        )


# ---------------------------------------------------------------- system packages


def _system(install_system: bool) -> None:
    """Install, or name, the missing system packages. Libraries are a must; without a font letters stay empty."""
    manager = system_packages.find_manager()
    libraries = system_packages.missing_libraries()
    no_pip = importlib.util.find_spec("ensurepip") is None and not STAMP.exists()
    fonts = system_packages.missing_fonts(manager or 0)
    if not (libraries or no_pip or fonts):
        return
    if manager is None:
        needed = [*libraries, *(["Python's venv and ensurepip"] if no_pip else []), *fonts]
        message = "Missing on this system, and no known package manager to install it: " + ", ".join(needed)
        if libraries or no_pip:
            raise SetupProblem(message)
        print(message)
        return
    venv = system_packages.venv_package(manager) if no_pip else None
    if no_pip and venv is None:
        raise SetupProblem("This Python has no ensurepip. Install your distribution's package that holds it.")
    must = [system_packages.LIBRARIES[library][manager] for library in libraries] + ([venv] if venv else [])
    packages = list(dict.fromkeys(must + fonts))
    line = system_packages.line_to_run(manager, packages)
    if not system_packages.may_install(install_system):
        message = (
            f"Missing system packages: {' '.join(packages)}\nInstall them with this line "
            f"(or run this command again with --install-system):\n\n    {line}\n"
        )
        if must:
            raise SetupProblem(message)
        print(message + "\nGoing on without: some languages show empty boxes until then.\n")
        return
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    if not system_packages.install(manager, packages) and must:
        raise SetupProblem(f"Installing system packages failed twice. Check the network, then run:\n\n    {line}\n")
    left = system_packages.missing_libraries()
    if left:
        raise SetupProblem(f"Still missing after the installation: {', '.join(left)}")


# ---------------------------------------------------------------- virtual environment


def wanted_stamp() -> str:
    """What the environment must have been built from: the dependencies, this Python, this place."""
    # Only what an installation reads: a changed lint rule needs no new one. Scripts in an environment name its
    # folder, so a moved repository does.
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [declared["build-system"], declared["project"], declared["tool"]["setuptools"]]
    parts += [CONSTRAINTS.read_text(encoding="utf-8"), sys.version_info[:2], platform.machine(), str(ROOT)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _environment() -> None:
    wanted = wanted_stamp()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted and program("python").exists():
        return
    begun = time.monotonic()
    if not _usable():
        print(f"Making the virtual environment {VENV}", flush=True)
        _must([sys.executable, "-m", "venv", "--clear", str(VENV)], "The virtual environment could not be made.")
    print("Installing packages (the first time some minutes, about 400 MB) ...", flush=True)
    pip = [str(program("python")), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"]
    command = [*pip, "--constraint", str(CONSTRAINTS), "--editable", f"{ROOT}[dev]"]
    if _call(command) != 0:
        print("That failed; once more, as networks do.", flush=True)
        _must(command, "The packages could not be installed. Check the network and the free space, then try again.")
    STAMP.write_text(wanted, encoding="utf-8")
    print(f"Ready in {time.monotonic() - begun:.0f} s.", flush=True)


def _usable() -> bool:
    """Whether the environment that is there runs, belongs to this place and is of this Python version."""
    if not program("python").exists() or not program("pip").exists():
        return False
    code = "import sys, pip; print(sys.version_info[:2], sys.prefix)"
    answer = subprocess.run(
        [str(program("python")), "-c", code], capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if answer.returncode != 0 or answer.stdout.strip() != f"{sys.version_info[:2]} {VENV}":
        return False
    # Scripts begin with the path of the Python they were made for.
    if sys.platform == "win32":
        return True
    first = program("pip").read_bytes()[:1000]
    return os.fsencode(scripts()) in first


def _call(command: list[str]) -> int:
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _must(command: list[str], problem: str) -> None:
    if _call(command) != 0:
        raise SetupProblem(problem)


# ---------------------------------------------------------------- translations


def compile_translations() -> None:
    """Make the .mo of every .po that has changed; the compiled files are not in the repository."""
    stale = []
    for source in sorted((ROOT / "resources" / "i18n").glob("*/LC_MESSAGES/ranger.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns:
            stale.append(source)
    if stale:
        command = [str(program("python")), str(ROOT / "packaging" / "translations.py"), "compile", *map(str, stale)]
        _must(command, "The translations could not be compiled.")
