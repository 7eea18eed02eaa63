"""Large pictures are decoded one behind the other, small ones side by side."""

from __future__ import annotations

import threading

import pytest

from ranger_app.media import look, room
from tests.media.pictures import drawn, encoded


def test_large_ones_wait_for_their_turn() -> None:
    inside, order = threading.Event(), []

    def second() -> None:
        inside.set()
        with room.room(room.MUCH):
            order.append("second")

    with room.room(room.MUCH), room.room(room.MUCH):  # one thread may need it twice
        waiting = threading.Thread(target=second)
        waiting.start()
        assert inside.wait(5)
        with room.room(room.MUCH - 1):
            order.append("first")
    waiting.join(5)
    assert order == ["first", "second"]


def test_pictures_are_looked_at_from_many_threads_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MUCH", 1)
    files = [encoded(drawn(1), "PNG"), encoded(drawn(2), progressive=True), encoded(drawn(3, mode="CMYK"))]
    kinds = ["image/png", "image/jpeg", "image/jpeg"]
    seen: list[look.Look] = []

    def one() -> None:
        seen.extend(look.look(data, kind) for data, kind in zip(files, kinds, strict=True))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(seen) == 12
    assert all(found.preview and not found.damaged for found in seen)
