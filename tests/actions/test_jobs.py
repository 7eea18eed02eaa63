"""Jobs: run to the end, told to stop, and out of the window's way."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ranger_app.jobs import BEHIND, CancelToken, Progress, run, step_back


def _count(cancel: CancelToken) -> Generator[Progress, None, int]:
    done = 0
    while done < 5 and not cancel.cancelled:
        done += 1
        yield Progress(done, 5)
    return done


def test_a_job_says_how_far_it_is_and_gives_its_result() -> None:
    seen: list[int] = []
    assert run(_count(CancelToken()), lambda progress: seen.append(progress.done)) == 5
    assert seen == [1, 2, 3, 4, 5]


def test_a_cancelled_job_ends_with_what_stands() -> None:
    cancel = CancelToken()
    assert run(_count(cancel), lambda progress: cancel.cancel() if progress.done == 2 else None) == 2


def test_threads_that_step_back_leave_the_caller_alone() -> None:
    with ThreadPoolExecutor(1, initializer=step_back) as pool:
        ident = pool.submit(threading.get_native_id).result()
        if not sys.platform.startswith("linux"):
            pytest.skip("the priority of a thread can only be read on Linux")
        assert os.getpriority(os.PRIO_PROCESS, ident) == BEHIND
        assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < BEHIND
