"""Drop points of any kind, each on a server of its own here, and two stations that trust each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ranger_app.library import Library
from tests.sync.drops import servers
from tests.sync.drops.box import BUCKET, Box
from tests.sync.drops.servers import HOST, Line


@pytest.fixture
def boxes(tmp_path: Path) -> Iterator[Callable[[str], Box]]:
    """Makes drop points of any kind."""
    with ExitStack() as stack:

        def make(kind: str) -> Box:
            root = tmp_path / f"box-{kind}"
            root.mkdir()
            if kind == "folder":
                return Box(kind, str(root), root, None)
            if kind == "sftp":
                line = Line(stack.enter_context(servers.sftp(root)))
                url = f"sftp://{HOST}:{line.port}/inbox"
                (root / "inbox").mkdir()
                root = root / "inbox"
            elif kind == "webdav":
                line = Line(stack.enter_context(servers.webdav(root)))
                url = f"http://{HOST}:{line.port}/"
            else:
                line = Line(stack.enter_context(servers.s3(BUCKET)))
                url = f"s3://{BUCKET}/inbox?endpoint=http://{HOST}:{line.port}"
            stack.callback(line.close)
            return Box(kind, url, root, line)

        yield make


@pytest.fixture
def couple(stations: Any, pictures: Any) -> tuple[Library, Library]:
    """Two stations that trust each other, the first with pictures to tell of."""
    ours, theirs = stations.new("khasan"), stations.new("hunchun", "CN")
    stations.pair(ours, theirs)
    pictures(ours, 12)
    return ours, theirs
