"""The verbs that check and measure: test, bench, screens, i18n.

All of them run programs of the virtual environment from the root of the repository and pass on their exit status.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from setup_venv import ROOT, SetupProblem, program


def _python(*arguments: str, environment: dict[str, str] | None = None, limit: float | None = None) -> int:
    """The exit status; negative where a signal or, after ``limit`` seconds, we ended it."""
    sys.stdout.flush()
    # Hundreds of processes start in a run of the tests; without bytecode each would compile the program anew.
    values = {**os.environ, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "", **(environment or {})}
    command = [str(program("python")), *arguments]
    try:
        return subprocess.run(command, cwd=ROOT, env=values, check=False, timeout=limit).returncode
    except subprocess.TimeoutExpired:
        print(f"--- ended after {limit:.0f} s")
        return -1


STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lint", ("-m", "ruff", "check", ".")),
    ("types", ("-m", "mypy")),
    # The same code as Windows sees it: a POSIX-only call without its branch is an error here.
    ("types for Windows", ("-m", "mypy", "--platform", "win32", "--cache-dir", ".mypy_cache/win32")),
    ("import directions", ("-c", "from importlinter.cli import lint_imports_command as c; c(['--no-logo'])")),
)


MOST_CORES = 8
ALONE = ("tests/benchmarks", "tests/kills")
"""Tests that measure time against time: nothing else may run beside them."""
WEB_ENGINE = ("tests/ui/test_map.py", "tests/ui/test_web.py")
"""Tests of the real web engine, in a process of their own: it does not bear what a hundred windows left behind."""
WEB_ENGINE_S = 300.0
"""Seconds they may take; usual are 20."""
MEMORY_DISK = Path("/dev/shm")
MEMORY_DISK_FREE = 4 << 30
"""Bytes. Tests leave a tenth of a gigabyte at a time there; half of a small machine's memory is not enough."""


@contextmanager
def _work_folder() -> Iterator[dict[str, str]]:
    """Where tests that measure nothing write: in memory where there is room, for they wait for the disk without end."""
    if not MEMORY_DISK.is_dir() or shutil.disk_usage(MEMORY_DISK).free < MEMORY_DISK_FREE:
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="ranger-tests-", dir=MEMORY_DISK, ignore_cleanup_errors=True) as folder:
        yield {"TMPDIR": folder}


def _pytest(run: tuple[str, ...], environment: dict[str, str]) -> int:
    """Run some tests. Where the web engine itself dies or hangs, which is no answer of a test, they run once more."""
    limit = WEB_ENGINE_S if run == WEB_ENGINE else None
    status = _python("-m", "pytest", *run, environment=environment, limit=limit)
    if run == WEB_ENGINE and status < 0:
        print("--- the web engine ended; its tests run once more")
        status = _python("-m", "pytest", *run, environment=environment, limit=limit)
    return status


def test(arguments: list[str], *, long: bool) -> int:
    """Run every stage even after a failure, the tests last; not 0 when any failed.

    The tests run on all cores, then those that measure by themselves. With arguments for pytest they run as it says.
    """
    failed = []
    for name, command in STAGES:
        begun = time.monotonic()
        print(f"--- {name}")
        good = _python(*command) == 0
        print(f"--- {name}: {'passed' if good else 'FAILED'} in {time.monotonic() - begun:.1f} s\n")
        if not good:
            failed.append(name)
    print("--- tests" + (" (long)" if long else ""))
    environment = {"RANGER_FAILED_STAGES": ", ".join(failed), "QT_QPA_PLATFORM": "offscreen"}
    if long:
        environment["RANGER_LONG"] = "1"
    if arguments:
        statuses = [_pytest(tuple(arguments), environment)]
    else:
        cores = f"--numprocesses={min(os.cpu_count() or 1, MOST_CORES)}"
        # Whoever is done first takes over tests of the others: the longest are a minute and a half.
        most = (cores, "--dist=worksteal", *(f"--ignore={one}" for one in (*ALONE, *WEB_ENGINE)))
        with _work_folder() as folder:
            statuses = [_pytest(most, {**environment, **folder})]
        statuses += [_pytest(run, environment) for run in (WEB_ENGINE, ALONE)]
    return next((status for status in statuses if status), 1 if failed else 0)


def benchmarks() -> dict[str, str]:
    """Name -> module of every benchmark: tests/benchmarks/bench_NAME.py, each with a ``main()`` that prints."""
    found = sorted((ROOT / "tests" / "benchmarks").glob("bench_*.py"))
    return {path.stem.removeprefix("bench_"): f"tests.benchmarks.{path.stem}" for path in found}


def machine() -> str:
    """One line about the machine that measures."""
    return (
        f"{platform.system()} {platform.release()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{_memory()}, Python {platform.python_version()}"
    )


def _memory() -> str:
    if sys.platform == "win32" or not hasattr(os, "sysconf"):
        return "memory unknown"
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GB"


def bench(name: str | None) -> int:
    """Run one benchmark or all of them, in order of name."""
    known = benchmarks()
    if name is not None and name not in known:
        raise SetupProblem(f"There is no benchmark {name}. There are: {', '.join(known) or 'none'}.")
    print(machine())
    status = 0
    for title in [name] if name else list(known):
        begun = time.monotonic()
        print(f"\n--- {title}")
        status = _python("-m", known[title], environment={"QT_QPA_PLATFORM": "offscreen"}) or status
        print(f"--- {title}: {time.monotonic() - begun:.0f} s")
    return status


def screens(out: str | None) -> int:
    """A picture of every screen, each complete language."""
    folder = Path(out).resolve() if out else ROOT / "build" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    status = _python("-m", "ui.screens", str(folder), environment={"QT_QPA_PLATFORM": "offscreen"})
    if status == 0:
        print(f"Pictures: {folder}")
    return status


def i18n() -> int:
    """Collect the texts and bring the translations up to date."""
    return _python(str(ROOT / "packaging" / "translations.py"))
