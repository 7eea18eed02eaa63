"""Drop points of all four kinds for tests, each on a real server here, and two stations that use them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ranger_app import jobs
from ranger_app.actions import drop_carry, drop_points
from ranger_app.library import Library
from ranger_app.sync.writer import EXCHANGE
from tests.sync.drops.servers import PASSWORD, USER, Line

KINDS = ("folder", "sftp", "webdav", "s3")
BUCKET = "carrier-box"


@dataclass
class Box:
    """One drop point: its address by way of a line that can be cut, and its files as they lie there."""

    kind: str
    url: str
    root: Path
    line: Line | None

    def files(self) -> dict[str, bytes]:
        """What lies there, by path."""
        if self.kind == "s3":
            return {key.removeprefix("inbox/"): data for key, data in _objects().items()}
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }

    def put(self, path: str, data: bytes | None) -> None:
        """Change what lies there behind everybody's back; None removes."""
        if self.kind == "s3":
            bucket = _bucket()
            if data is None:
                del bucket.keys["inbox/" + path]
            else:
                _store(path, data)
            return
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        if data is not None:
            target.write_bytes(data)


def _bucket() -> Any:
    from moto.s3.models import s3_backends

    return next(iter(s3_backends.values()))["aws"].buckets[BUCKET]


def _objects() -> dict[str, bytes]:
    return {key: found.value for key, found in _bucket().keys.items()}


def _store(path: str, data: bytes) -> None:
    from moto.s3.models import s3_backends

    next(iter(s3_backends.values()))["aws"].put_object(BUCKET, "inbox/" + path, data)


def use(box: Box, *libraries: Library) -> None:
    """Let stations know the drop point."""
    for library in libraries:
        drop_points.add(library, "box", box.url, user=USER, password=PASSWORD)


def write(stations: Any, sender: Library, *receivers: Library) -> Path:
    report = stations.write(sender, *receivers, media="originals")
    assert report.folder is not None
    return Path(report.folder)


def send(library: Library, folder: Path) -> drop_carry.SendReport:
    return jobs.run(drop_carry.send_bundles(library, "box", folder))


def fetch(library: Library, **more: Any) -> drop_carry.FetchReport:
    return jobs.run(drop_carry.fetch_and_read(library, "box", **more))


def whole(folder: Path) -> dict[str, bytes]:
    return {f"{EXCHANGE}/{folder.name}/{one.name}": one.read_bytes() for one in folder.iterdir()}


def bytes_of(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.iterdir())
