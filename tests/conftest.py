"""What every test stands on: no window opens, no home folder is touched, real data are found or visibly missed.

The figures of ``dev.py test`` (how many real-data tests ran, which stage before the tests failed) are printed here,
because the last lines of a run are the ones people read.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# Before any test module is imported: Qt reads the platform once, and a module may ask for the profile at import.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["RANGER_PROFILE"] = tempfile.mkdtemp(prefix="ranger-profile-")
os.environ.pop("RANGER_PASSPHRASE", None)

# A slow or busy machine is no failure of the program.
settings.register_profile("ranger", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ranger")

LONG = os.environ.get("RANGER_LONG") == "1"
_real: Counter[str] = Counter()


def real_data_folder() -> Path:
    """Where the real field data lie, whether or not the folder is there."""
    named = os.environ.get("RANGER_TEST_DATA")
    return Path(named) if named else ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real field data; without it the test is skipped, and the last lines of the run count it."""
    folder = real_data_folder()
    if not folder.is_dir():
        if os.environ.get("RANGER_TEST_DATA"):
            pytest.fail(f"RANGER_TEST_DATA names {folder}, which is not a folder")
        pytest.skip(f"no real data at {folder}; set RANGER_TEST_DATA")
    return folder


@pytest.fixture(scope="session")
def long_run() -> bool:
    """Whether the long figures were asked for (``dev.py test --long``)."""
    return LONG


@pytest.fixture(autouse=True)
def _own_profile(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Each test has a station profile of its own, starts in English and knows the species of the program alone."""
    monkeypatch.setenv("RANGER_PROFILE", str(tmp_path_factory.mktemp("profile")))
    from ranger_app import i18n
    from ranger_app.domain import taxa

    i18n.use_language("en")
    if "PySide6.QtWidgets" in sys.modules and len(sys.modules) > _imported:
        _set_aside()
    yield
    i18n.use_language("en")
    taxa.use_own(())
    _drop_widgets("qtbot" in request.fixturenames)


_imported = 0
"""Modules there were when what lived was last set aside."""


def _set_aside() -> None:
    """What was imported until here lives to the end: looking through it after every window took a third of the run.

    Only between two tests: a window of the one before must not be kept for good.
    """
    global _imported
    _imported = len(sys.modules)
    gc.collect()
    gc.freeze()


def _drop_widgets(used_window: bool) -> None:
    """Widgets that outlive their test crash a later one: delete them now, in the thread that made them."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return
    if not used_window and not widgets.QApplication.allWidgets():
        return
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what only ``--long`` runs."""
    if LONG:
        return
    skip = pytest.mark.skip(reason="only with dev.py test --long")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(skip)


def pytest_collection_finish() -> None:
    """The first modules are there."""
    _set_aside()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the real-data tests."""
    if "realdata" not in report.keywords:
        return
    if report.skipped:
        _real["skipped"] += 1
    elif report.when == "call":
        _real["ran"] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what a bare count of passed tests hides."""
    failed = os.environ.get("RANGER_FAILED_STAGES")
    if failed:
        terminalreporter.write_line(f"FAILED before the tests: {failed}", red=True, bold=True)
    terminalreporter.write_line(f"{_real['ran']} real-data tests ran, {_real['skipped']} skipped")
