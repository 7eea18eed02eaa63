"""Work goes to other threads and comes home to the window's thread, in order where order matters, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ranger_app.changes import Changes
from ranger_app.jobs import CancelToken, Progress
from ui.bridge import Bridge


@pytest.fixture
def threaded(qtbot: QtBot) -> Iterator[Bridge]:
    bridge = Bridge()
    yield bridge
    bridge.close()


def test_result_comes_home_to_the_windows_thread(qtbot: QtBot, threaded: Bridge) -> None:
    there: list[int] = []
    home: list[tuple[int, int]] = []
    threaded.run(
        lambda _cancel: there.append(threading.get_ident()) or 42,
        lambda result: home.append((result, threading.get_ident())),
    )
    qtbot.waitUntil(lambda: bool(home))
    assert home == [(42, threading.get_ident())]
    assert there != [threading.get_ident()]


def test_failure_comes_home_or_becomes_the_windows_problem(qtbot: QtBot, threaded: Bridge) -> None:
    taken: list[BaseException] = []
    shown: list[BaseException] = []
    threaded.problem.connect(shown.append)

    def fail(_cancel: CancelToken) -> None:
        raise ValueError("x")

    threaded.run(fail, failed=taken.append)
    threaded.run(fail)
    qtbot.waitUntil(lambda: bool(taken and shown))
    assert isinstance(taken[0], ValueError)
    assert isinstance(shown[0], ValueError)


def test_nothing_is_delivered_to_who_is_gone(qtbot: QtBot, threaded: Bridge) -> None:
    import shiboken6

    owner, gate = QObject(), threading.Event()
    got: list[int] = []
    threaded.run(lambda _cancel: gate.wait(5), got.append, owner=owner)
    shiboken6.delete(owner)
    gate.set()
    qtbot.waitUntil(lambda: not threaded.busy)
    assert got == []


def test_job_shows_progress_and_can_be_cancelled(qtbot: QtBot, threaded: Bridge) -> None:
    gate = threading.Event()

    def job(cancel: CancelToken) -> Iterator[Progress]:
        done = 0
        while not cancel.cancelled:
            done += 1
            yield Progress(done, 1000)
            gate.wait(0.001)
        return done  # type: ignore[return-value]

    ended: list[int] = []
    running = threaded.run(job, ended.append, title="Counting")
    assert threaded.running == [running]
    qtbot.waitUntil(lambda: running.progress is not None and running.progress.done > 2)
    running.cancel.cancel()
    qtbot.waitUntil(lambda: bool(ended))
    assert threaded.running == []
    assert ended[0] >= 2


def test_acts_keep_their_order(qtbot: QtBot, threaded: Bridge) -> None:
    done: list[int] = []
    for number in range(200):
        threaded.act(lambda _cancel, number=number: number, done.append)
    qtbot.waitUntil(lambda: len(done) == 200)
    assert done == list(range(200))


def test_changes_from_any_thread_are_heard_at_home(qtbot: QtBot, threaded: Bridge) -> None:
    heard: list[tuple[Changes, int]] = []
    threaded.changed.connect(lambda changes: heard.append((changes, threading.get_ident())))
    changes = Changes(frozenset({"patrol"}))
    worker = threading.Thread(target=threaded.tell, args=(changes,))
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [(changes, threading.get_ident())]


def test_closing_waits_for_work_and_delivers_it(qtbot: QtBot) -> None:
    bridge = Bridge()
    gate, done = threading.Event(), list[str]()
    bridge.act(lambda _cancel: gate.wait(5) and "kept", done.append)
    gate.set()
    bridge.close()
    assert done == ["kept"]


def test_inline_answers_at_once() -> None:
    bridge = Bridge(inline=True)
    done: list[int] = []
    bridge.run(lambda _cancel: 1, done.append)
    assert done == [1]
    bridge.close()
