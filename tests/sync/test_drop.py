"""Bundles by way of drop points: all four kinds against real servers here, cut in the middle, damaged and hostile."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ranger_app import jobs
from ranger_app.actions import drop_carry, drop_points, records
from ranger_app.actions.bundle_write import WriteRequest
from ranger_app.actions.status import current_hash
from ranger_app.errors import DataProblem, EnvironmentProblem, RangerError, UsageProblem
from ranger_app.jobs import CancelToken
from ranger_app.library import Library
from ranger_app.sync import drop, drop_fetch, drop_sftp, manifest
from ranger_app.sync.problems import BundleProblem
from ranger_app.sync.writer import EXCHANGE
from tests.sync import drop_servers as servers
from tests.sync.drop_servers import HOST, PASSWORD, USER, Line

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
def pair(stations: Any, pictures: Any) -> tuple[Library, Library]:
    """Two stations that trust each other, the first with pictures to tell of."""
    ours, theirs = stations.new("khasan"), stations.new("hunchun", "CN")
    stations.pair(ours, theirs)
    pictures(ours, 30)
    return ours, theirs


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


@pytest.mark.parametrize("kind", KINDS)
def test_a_bundle_goes_over_each_kind_and_is_read(kind: str, boxes: Any, stations: Any, pair: Any) -> None:
    ours, theirs = pair
    box = boxes(kind)
    use(box, ours, theirs)
    folder = write(stations, ours, theirs)
    sent = send(ours, folder)
    assert sent.bundles == [f"{EXCHANGE}/{folder.name}"]
    assert box.files() == whole(folder)
    again = send(ours, folder)
    assert (again.files, again.there) == (0, sent.files)
    report = fetch(theirs)
    assert report.read is not None
    assert report.read.originals == 30
    assert current_hash(theirs) == current_hash(ours)
    assert box.files() == whole(folder)  # whoever fetches leaves it as it is
    before = box.line.connections if box.line else 0
    empty = fetch(theirs)
    assert (empty.read, empty.fetched.known, empty.fetched.bytes) == (None, 1, 0)
    assert box.line is None or box.line.connections > before
    assert not list((report.place / EXCHANGE).iterdir())


@pytest.mark.parametrize("kind", ["sftp", "webdav", "s3"])
def test_a_cut_line_is_one_sentence_and_sending_goes_on(kind: str, boxes: Any, stations: Any, pair: Any) -> None:
    ours, theirs = pair
    box = boxes(kind)
    use(box, ours, theirs)
    folder = write(stations, ours, theirs)
    box.line.cut_after(bytes_of(folder) // 2)
    with pytest.raises(EnvironmentProblem) as cut:
        send(ours, folder)
    assert cut.value.code == "DROP_LINE"
    there = box.files()
    assert f"{EXCHANGE}/{folder.name}/DONE" not in there
    finished = {path: data for path, data in there.items() if not path.endswith(".new")}
    assert finished
    assert finished.items() <= whole(folder).items()
    box.line.cut_after(None)
    unfinished = fetch(theirs)
    assert unfinished.fetched.unfinished == [folder.name]
    sent = send(ours, folder)
    assert sent.there >= len(finished)
    assert {path: data for path, data in box.files().items() if not path.endswith(".new")} == whole(folder)
    assert fetch(theirs).read is not None


@pytest.mark.parametrize("kind", ["sftp", "webdav", "s3"])
def test_fetching_goes_on_where_the_line_broke(kind: str, boxes: Any, stations: Any, pair: Any) -> None:
    ours, theirs = pair
    box = boxes(kind)
    use(box, ours, theirs)
    folder = write(stations, ours, theirs)
    send(ours, folder)
    token = CancelToken()
    job = drop_carry.fetch_and_read(theirs, "box", cancel=token)
    for progress in job:
        if progress.total and progress.done > progress.total // 2:
            token.cancel()
    half = fetch(theirs)
    assert half.read is not None
    assert half.read.originals == 30
    assert half.fetched.bytes < bytes_of(folder)
    assert current_hash(theirs) == current_hash(ours)


def test_the_cancel_is_told_and_leaves_nothing_to_read(boxes: Any, stations: Any, pair: Any) -> None:
    ours, theirs = pair
    box = boxes("folder")
    use(box, ours, theirs)
    send(ours, write(stations, ours, theirs))
    token = CancelToken()
    token.cancel()
    stopped = fetch(theirs, cancel=token)
    assert stopped.cancelled
    assert stopped.read is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_copy_heals_and_damage_is_refused(kind: str, boxes: Any, stations: Any, pair: Any) -> None:
    ours, theirs = pair
    box = boxes(kind)
    use(box, ours, theirs)
    folder = write(stations, ours, theirs)
    send(ours, folder)
    base = f"{EXCHANGE}/{folder.name}/"
    spoilt = bytearray(box.files()[base + "ops-0001.pak"])
    spoilt[len(spoilt) // 2] ^= 1
    media = bytearray(box.files()[base + "media-0001.pak"])
    media[len(media) // 2] ^= 1
    box.put(base + "ops-0001.pak", bytes(spoilt))
    box.put(base + "media-0001.pak", bytes(media))
    before = current_hash(theirs)
    with pytest.raises(BundleProblem) as refused:
        fetch(theirs)
    assert refused.value.code == "BUNDLE_NOT_WHOLE"
    assert current_hash(theirs) == before
    part = fetch(theirs, partial=True)
    assert part.read is not None
    assert 0 < part.read.originals < 30
    assert current_hash(theirs) == current_hash(ours)
    assert fetch(theirs).read is None  # as damaged as before: not offered again
    send(ours, folder)  # the sender looks, and sends what is not right once more
    assert box.files() == whole(folder)
    assert fetch(theirs).read.originals > 0  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", KINDS)
def test_missing_rights_and_places_are_one_sentence(kind: str, boxes: Any, pair: Any, tmp_path: Path) -> None:
    ours, _theirs = pair
    box = boxes(kind)
    if kind == "folder":
        drop_points.add(ours, "box", str(tmp_path / "not-there"))
        expected = "DROP_NO_FOLDER"
    elif kind == "s3":  # this server lets everybody in: a bucket that is not there
        drop_points.add(ours, "box", box.url.replace(BUCKET, "another"), user=USER, password=PASSWORD)
        expected = "DROP_NO_FOLDER"
    else:
        drop_points.add(ours, "box", box.url, user=USER, password="wrong")
        expected = "DROP_REFUSED"
    with pytest.raises(EnvironmentProblem) as problem:
        jobs.run(drop_points.try_out(ours, "box"))
    assert problem.value.code == expected
    assert "box" in problem.value.what
    if box.line:
        use(box, ours)
        assert jobs.run(drop_points.try_out(ours, "box")) == 0
        box.line.cut_after(0)
        with pytest.raises(EnvironmentProblem) as gone:
            jobs.run(drop_points.try_out(ours, "box"))
        assert gone.value.code == "DROP_LINE"


def test_a_changed_key_of_a_server_is_refused(pair: Any, tmp_path: Path) -> None:
    import asyncssh

    ours, _theirs = pair
    for kind in ("ssh-ed25519", "ssh-ed25519", "ecdsa-sha2-nistp256"):
        with servers.sftp(tmp_path, key=asyncssh.generate_private_key(kind)) as port:
            if not drop_points.known(ours):
                drop_points.add(ours, "box", f"sftp://{HOST}:{port}/", user=USER, password=PASSWORD)
                assert jobs.run(drop_points.try_out(ours, "box")) == 0
                kept = drop_points.named(ours, "box").host_key
                assert kept.startswith("ssh-ed25519 ")
                continue
            same = drop_points.named(ours, "box")
            drop_points.add(ours, "box", f"sftp://{HOST}:{port}/", user=USER, password=PASSWORD)
            assert drop_points.named(ours, "box").host_key == same.host_key
            with pytest.raises(EnvironmentProblem) as changed:
                jobs.run(drop_points.try_out(ours, "box"))
            assert changed.value.code == "DROP_HOST_CHANGED"
            assert drop_points.named(ours, "box").host_key == kept


def test_passwords_lie_sealed_and_belong_to_their_address(pair: Any) -> None:
    ours, _theirs = pair
    point = drop_points.add(ours, "box", "sftp://host.example/in", user="u", password="geheim-9")
    with ours.read() as db:
        kept = db.conn.execute("SELECT value FROM setting WHERE name='drop.points'").fetchone()[0]
    assert "geheim" not in kept
    assert drop_points.login(ours, point).password == "geheim-9"
    for swapped in (
        replace(point, url="sftp://other.example/in"),
        replace(point, user="v"),
        replace(point, plain=True),
    ):
        with pytest.raises(DataProblem) as wrong:
            drop_points.login(ours, swapped)
        assert wrong.value.code == "DROP_PASSWORD"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://host.example/in", "DROP_NOT_SEALED"),
        ("s3://box/in?endpoint=http://host.example", "DROP_NOT_SEALED"),
        ("ftp://host.example/in", "DROP_ADDRESS"),
        ("sftp://u:p@host.example/in", "DROP_ADDRESS"),
        ("sftp://host.example/../in", "DROP_ADDRESS"),
        ("sftp:///in", "DROP_ADDRESS"),
        ("s3://box?endpoint=host", "DROP_ADDRESS"),
        ("https://[x/in", "DROP_ADDRESS"),
        ("", "DROP_ADDRESS"),
    ],
)
def test_addresses_that_are_refused(pair: Any, url: str, code: str) -> None:
    with pytest.raises(UsageProblem) as wrong:
        drop_points.add(pair[0], "box", url)
    assert wrong.value.code == code
    if code == "DROP_NOT_SEALED":
        assert drop_points.add(pair[0], "box", url, plain=True).plain


def test_addresses_that_are_understood() -> None:
    assert drop.address("/srv/box").kind == "folder"
    assert drop.address("C:\\box").kind == "folder"
    assert drop.address("file:///srv/box").path == "/srv/box"
    assert drop.address("sftp://h:2022/~/in").path == "in"
    assert drop.address("sftp://h/srv/in/").path == "/srv/in"
    assert drop.address("webdavs://h/remote.php/dav/x").url == "https://h/remote.php/dav/x"
    s3 = drop.address("s3://box/a/b?endpoint=https://h&region=ru-1")
    assert (s3.bucket, s3.path, s3.url, s3.region) == ("box", "a/b", "https://h", "ru-1")


def test_only_who_may_exchange_uses_drop_points(pair: Any, tmp_path: Path) -> None:
    ours, _theirs = pair
    drop_points.add(ours, "box", str(tmp_path))
    ours.person = records.add(ours, "person", {"name": "Ranger 2", "role": "ranger", "active": 1})
    acts: list[Callable[[], Any]] = [
        lambda: drop_points.add(ours, "other", str(tmp_path)),
        lambda: drop_points.remove(ours, "box"),
        lambda: jobs.run(drop_points.try_out(ours, "box")),
        lambda: send(ours, tmp_path),
        lambda: fetch(ours),
    ]
    for act in acts:
        with pytest.raises(DataProblem) as refused:
            act()
        assert refused.value.code == "ROLE_NEEDED"


def test_a_bundle_is_written_sent_and_taken_away_here(boxes: Any, pair: Any) -> None:
    ours, theirs = pair
    box = boxes("sftp")
    use(box, ours, theirs)
    request = WriteRequest(Path(), (theirs.station.id,), "originals")
    box.line.cut_after(60_000)
    with pytest.raises(EnvironmentProblem):
        jobs.run(drop_carry.write_and_send(ours, request, "box"))
    waiting = drop_carry.waiting(ours)
    assert [one.point.name for one in waiting] == ["box"]
    box.line.cut_after(None)
    sent = jobs.run(drop_carry.send_waiting(ours, "box"))
    assert len(sent.bundles) == 1
    assert drop_carry.waiting(ours) == []
    assert fetch(theirs).read is not None
    done = jobs.run(drop_carry.write_and_send(ours, request, "box"))
    assert done.sent is not None
    assert not done.written.folder.exists()  # type: ignore[union-attr]
    with ours.read() as db:
        places = {row[0] for row in db.conn.execute("SELECT place FROM given").fetchall()}
    assert "box" in places


def test_what_is_not_ours_costs_nothing(boxes: Any, stations: Any, pair: Any, tmp_path: Path) -> None:
    ours, theirs = pair
    third, stranger = stations.new("rason", "KP"), stations.new("stranger", "MN")
    stations.pair(ours, third)
    stations.pair(stranger, theirs)
    box = boxes("folder")
    use(box, ours, theirs, stranger)
    with theirs.read():
        pass
    for_third = write(stations, ours, third)
    send(ours, for_third)
    report = fetch(theirs)
    assert (report.read, report.fetched.others, report.fetched.folders) == (None, 1, [])
    keys = (for_third / manifest.KEYS).stat().st_size
    assert report.fetched.bytes == keys  # nothing but the seal, once
    assert fetch(theirs).fetched.bytes == 0


def test_hostile_names_are_never_followed(boxes: Any, stations: Any, pair: Any, monkeypatch: Any) -> None:
    ours, theirs = pair
    box = boxes("folder")
    use(box, ours, theirs)
    folder = write(stations, ours, theirs)
    send(ours, folder)
    good = folder.name
    station = good[:8]
    evil = ["../../x", "..", "/etc", f"{station}-000001-../../aa", f"{station}-000001-ABCDEF01", "con", "a" * 300,
            f"{station}-000002-00000000", f"{station}-{'9' * 200}-00000000", "\x00", good + "\n"]  # fmt: skip
    from ranger_app.sync.drop_folder import FolderCarrier

    asked: list[str] = []
    sizes = FolderCarrier.size

    def size(self: Any, path: str) -> int | None:
        asked.append(path)
        return sizes(self, path)

    monkeypatch.setattr(FolderCarrier, "folders", lambda _self, _path: [*evil, good])
    monkeypatch.setattr(FolderCarrier, "size", size)
    report = fetch(theirs)
    assert report.read is not None
    assert {path.split("/")[1] for path in asked} == {good, f"{station}-000002-00000000"}
    inside = {path.name for path in report.place.rglob("*")} | {path.name for path in report.place.parent.rglob("*")}
    assert not inside & {"x", "etc", "con"}


def test_an_endless_list_and_endless_files_end(boxes: Any, stations: Any, pair: Any, tmp_path: Path) -> None:
    import asyncssh

    ours, theirs = pair
    folder = write(stations, ours, theirs)
    listed = 0

    class Endless(asyncssh.SFTPServer):
        """Lists for ever, and its files go on and on."""

        async def scandir(self, path: bytes) -> Any:
            nonlocal listed
            while True:
                listed += 1
                name = f"{folder.name[:8]}-{listed:06d}-{listed:08x}".encode()
                yield asyncssh.SFTPName(name, attrs=asyncssh.SFTPAttrs(permissions=0o40755))

        def stat(self, path: bytes) -> Any:
            return asyncssh.SFTPAttrs(size=1 << 50, permissions=0o100644)

        lstat = stat

    with servers.sftp(tmp_path, factory=lambda channel: Endless(channel)) as port:
        drop_points.add(theirs, "box", f"sftp://{HOST}:{port}/", user=USER, password=PASSWORD)
        carrier = drop_points.open_line(theirs, drop_points.named(theirs, "box"))
        assert len(carrier.folders(EXCHANGE)) <= drop.MOST_NAMES
        carrier.close()
        assert listed < drop.MOST_NAMES * 4
        monkeypatched = pytest.MonkeyPatch()
        with monkeypatched.context() as patch:
            patch.setattr(drop_sftp, "MOST_NAMES", 40)
            report = fetch(theirs)
    assert report.read is None
    assert len(report.fetched.unfinished) <= 40
    assert report.fetched.bytes == 0


def test_a_file_is_never_longer_than_the_manifest_says(boxes: Any, stations: Any, pair: Any) -> None:
    ours, theirs = pair
    for kind in KINDS:
        box = boxes(kind)
        use(box, ours, theirs)
        folder = write(stations, ours, theirs)
        send(ours, folder)
        base = f"{EXCHANGE}/{folder.name}/"
        data = box.files()
        box.put(base + "media-0001.pak", data[base + "media-0001.pak"] + bytes(3_000_000))
        report = fetch(theirs)
        assert report.read is not None  # its beginning is what was signed; the rest was never asked for
        assert report.fetched.bytes < bytes_of(folder)
        add_one(ours)


def add_one(library: Library) -> None:
    records.add(library, "note", {"text": "one more"})


def test_unsigned_heaps_are_not_fetched(boxes: Any, stations: Any, pair: Any, monkeypatch: Any) -> None:
    ours, theirs = pair
    box = boxes("folder")
    use(box, ours, theirs)
    folder = write(stations, ours, theirs)
    manifest_text = (folder / manifest.OUTER).read_bytes()
    for number in range(8):
        base = f"{EXCHANGE}/{folder.name[:8]}-{number:06d}-0000000{number}/"
        box.put(base + manifest.DONE, b"0" * 64 + b"\n")
        box.put(base + manifest.OUTER, manifest_text.replace(b'"counter": 1', b'"counter": 2'))
        box.put(base + manifest.OUTER_COPY, b"{" * 5000)
        box.put(base + manifest.OUTER + manifest.SIGNATURE, b"not a signature")
    report = fetch(theirs)
    assert report.read is None
    assert len(report.fetched.refused) == 8
    assert all(one.code.startswith("BUNDLE_") for one in report.fetched.refused)
    assert not list((report.place.parent / "met").iterdir())
    monkeypatch.setattr(drop_fetch, "MOST_UNSIGNED", 10_000)
    with pytest.raises(BundleProblem) as heap:
        fetch(theirs)
    assert heap.value.code == "DROP_NOT_SOUND"


def test_a_bundle_that_is_not_whole_here_is_not_sent(boxes: Any, stations: Any, pair: Any) -> None:
    ours, theirs = pair
    box = boxes("folder")
    use(box, ours, theirs)
    folder = write(stations, ours, theirs)
    part = folder / "media-0001.pak"
    data = bytearray(part.read_bytes())
    data[1000] ^= 1
    part.write_bytes(data)
    with pytest.raises(BundleProblem) as bad:
        send(ours, folder)
    assert bad.value.code == "BUNDLE_NOT_WHOLE"
    assert f"{EXCHANGE}/{folder.name}/DONE" not in box.files()
    (folder / manifest.DONE).unlink()
    with pytest.raises(BundleProblem):
        send(ours, folder)


def test_a_full_disk_here_is_said_before_anything_is_fetched(
    boxes: Any, stations: Any, pair: Any, monkeypatch: Any
) -> None:
    ours, theirs = pair
    box = boxes("folder")
    use(box, ours, theirs)
    send(ours, write(stations, ours, theirs))
    usage = shutil.disk_usage(theirs.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1 << 20))
    with pytest.raises(EnvironmentProblem) as full:
        fetch(theirs)
    assert full.value.code == "DISK_FULL"


def test_nothing_speaks_to_a_network_unasked(
    boxes: Any, stations: Any, pair: Any, monkeypatch: Any, tmp_path: Path
) -> None:
    """Drop points are known, and every other act of an exchange is done, without one socket."""
    ours, theirs = pair
    drop_points.add(ours, "box", "sftp://host.example/in", user="u", password="p")
    drop_points.add(ours, "web", "https://host.example/in", user="u", password="p")
    drop_points.add(ours, "bucket", "s3://box/in", user="u", password="p")

    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("a socket was opened")

    for word in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, word, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(drop, "connect", refuse)
    assert len(drop_points.known(ours)) == 3
    assert drop_carry.waiting(ours) == []
    stations.write(ours, theirs)
    stations.read(theirs)
    drop_points.remove(ours, "web")
    assert current_hash(theirs) == current_hash(ours)


def test_the_settings_hold_json_and_no_more_than_they_should(pair: Any, tmp_path: Path) -> None:
    ours, _theirs = pair
    drop_points.add(ours, "  my   box ", str(tmp_path))
    assert drop_points.named(ours, "my box").url == str(tmp_path)
    drop_points.add(ours, "my box", str(tmp_path / "other"))
    assert [one.url for one in drop_points.known(ours)] == [str(tmp_path / "other")]
    with ours.read() as db:
        kept = json.loads(db.conn.execute("SELECT value FROM setting WHERE name='drop.points'").fetchone()[0])
    assert set(kept[0]) == {"id", "name", "url", "user", "plain", "host_key", "sealed"}
    with pytest.raises(UsageProblem):
        drop_points.add(ours, " ", str(tmp_path))
    with pytest.raises(RangerError) as unknown:
        drop_points.remove(ours, "another")
    assert unknown.value.code == "DROP_UNKNOWN"
