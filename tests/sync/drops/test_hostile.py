"""A drop point need not be trusted: it lists, sends and claims what it likes, and costs one sentence."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ranger_app import jobs
from ranger_app.actions import drop_carry, drop_points
from ranger_app.actions.status import current_hash
from ranger_app.errors import EnvironmentProblem
from ranger_app.jobs import CancelToken
from ranger_app.sync import drop, drop_fetch, drop_sftp, manifest
from ranger_app.sync.problems import BundleProblem
from ranger_app.sync.writer import EXCHANGE
from tests.sync.drops import servers
from tests.sync.drops.box import KINDS, bytes_of, fetch, send, use, write
from tests.sync.drops.servers import HOST, PASSWORD, USER


def test_what_is_not_ours_costs_nothing(boxes: Any, stations: Any, couple: Any, tmp_path: Path) -> None:
    ours, theirs = couple
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


def test_hostile_names_are_never_followed(boxes: Any, stations: Any, couple: Any, monkeypatch: Any) -> None:
    ours, theirs = couple
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


def test_an_endless_list_and_endless_files_end(boxes: Any, stations: Any, couple: Any, tmp_path: Path) -> None:
    import asyncssh

    ours, theirs = couple
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


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_never_longer_than_the_manifest_says(kind: str, boxes: Any, stations: Any, couple: Any) -> None:
    ours, theirs = couple
    box = boxes(kind)
    use(box, ours, theirs)
    folder = write(stations, ours, theirs)
    send(ours, folder)
    part = f"{EXCHANGE}/{folder.name}/media-0001.pak"
    box.put(part, box.files()[part] + bytes(3_000_000))
    report = fetch(theirs)
    assert report.read is not None  # its beginning is what was signed; the rest was never asked for
    assert report.fetched.bytes < bytes_of(folder)


def test_unsigned_heaps_are_not_fetched(boxes: Any, stations: Any, couple: Any, monkeypatch: Any) -> None:
    ours, theirs = couple
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


def test_nothing_speaks_to_a_network_unasked(
    boxes: Any, stations: Any, couple: Any, monkeypatch: Any, tmp_path: Path
) -> None:
    """Drop points are known, and every other act of an exchange is done, without one socket."""
    ours, theirs = couple
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


def test_a_changed_key_of_a_server_is_refused(couple: Any, tmp_path: Path) -> None:
    import asyncssh

    ours, _theirs = couple
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


class _Talker(BaseHTTPRequestHandler):
    """Never comes to an end, whatever it was asked."""

    protocol_version = "HTTP/1.1"
    gzipped = False
    sent = 0

    def log_message(self, *_args: object) -> None:
        pass

    def answer(self) -> None:
        self.send_response(207 if self.command == "PROPFIND" else 200)
        self.send_header("Transfer-Encoding", "chunked")
        if _Talker.gzipped:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        block = b"<d:response>" * 5000
        with suppress(OSError):
            while _Talker.sent < 200_000_000:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(block), block))
                _Talker.sent += len(block)
        self.close_connection = True

    do_PROPFIND = do_GET = answer  # noqa: N815


@pytest.mark.parametrize("gzipped", [False, True])
def test_a_web_server_that_never_ends_is_left(couple: Any, gzipped: bool) -> None:
    _ours, theirs = couple
    _Talker.sent, _Talker.gzipped = 0, gzipped
    server = ThreadingHTTPServer((HOST, 0), _Talker)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        drop_points.add(theirs, "box", f"http://{HOST}:{server.server_port}/", user=USER, password=PASSWORD)
        with pytest.raises(EnvironmentProblem) as endless:
            fetch(theirs)
    finally:
        server.shutdown()
        server.server_close()
    assert endless.value.code == "DROP_LINE"
    assert _Talker.sent < 60_000_000


@pytest.mark.parametrize("url", ["https://{host}:{port}/", "s3://box/in?endpoint=https://{host}:{port}"])
def test_a_server_that_cannot_prove_itself_gets_nothing(couple: Any, tmp_path: Path, url: str) -> None:
    _ours, theirs = couple
    with servers.unproved_tls(tmp_path) as (port, heard):
        drop_points.add(theirs, "box", url.format(host=HOST, port=port), user=USER, password=PASSWORD)
        with pytest.raises(EnvironmentProblem) as unproved:
            jobs.run(drop_points.try_out(theirs, "box"))
    assert unproved.value.code == "DROP_NOT_PROVED"
    assert heard == []


def test_the_cancel_is_heard_while_a_server_says_nothing(couple: Any) -> None:
    _ours, theirs = couple
    with socket.create_server((HOST, 0)) as silent:
        port = silent.getsockname()[1]
        for url in (f"sftp://{HOST}:{port}/", f"http://{HOST}:{port}/", f"s3://b?endpoint=http://{HOST}:{port}"):
            drop_points.add(theirs, "box", url, user=USER, password=PASSWORD)
            token = CancelToken()
            job = drop_points.try_out(theirs, "box", token)
            next(job)
            token.cancel()
            with pytest.raises(StopIteration) as stopped:
                next(job)
            assert stopped.value.value is None
