"""Bundles by way of drop points: all four kinds against real servers here, cut in the middle and damaged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ranger_app import jobs
from ranger_app.actions import drop_carry, drop_points, records
from ranger_app.actions.bundle_write import WriteRequest
from ranger_app.actions.status import current_hash
from ranger_app.errors import DataProblem, EnvironmentProblem, RangerError, UsageProblem
from ranger_app.jobs import CancelToken
from ranger_app.sync import drop, manifest
from ranger_app.sync.problems import BundleProblem
from ranger_app.sync.writer import EXCHANGE
from tests.sync.drops.box import BUCKET, KINDS, bytes_of, fetch, send, use, whole, write
from tests.sync.drops.servers import PASSWORD, USER


@pytest.mark.parametrize("kind", KINDS)
def test_a_bundle_goes_over_each_kind_and_is_read(kind: str, boxes: Any, stations: Any, couple: Any) -> None:
    ours, theirs = couple
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
    assert report.read.originals == 12
    assert current_hash(theirs) == current_hash(ours)
    assert box.files() == whole(folder)  # whoever fetches leaves it as it is
    before = box.line.connections if box.line else 0
    empty = fetch(theirs)
    assert (empty.read, empty.fetched.known, empty.fetched.bytes) == (None, 1, 0)
    assert box.line is None or box.line.connections > before
    assert not list((report.place / EXCHANGE).iterdir())


@pytest.mark.parametrize("kind", ["sftp", "webdav", "s3"])
def test_a_cut_line_is_one_sentence_and_sending_goes_on(kind: str, boxes: Any, stations: Any, couple: Any) -> None:
    ours, theirs = couple
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
def test_fetching_goes_on_where_the_line_broke(kind: str, boxes: Any, stations: Any, couple: Any) -> None:
    ours, theirs = couple
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
    assert half.read.originals == 12
    assert half.fetched.bytes < bytes_of(folder)
    assert current_hash(theirs) == current_hash(ours)


def test_the_cancel_is_told_and_leaves_nothing_to_read(boxes: Any, stations: Any, couple: Any) -> None:
    ours, theirs = couple
    box = boxes("folder")
    use(box, ours, theirs)
    send(ours, write(stations, ours, theirs))
    token = CancelToken()
    token.cancel()
    stopped = fetch(theirs, cancel=token)
    assert stopped.cancelled
    assert stopped.read is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_copy_heals_and_damage_is_refused(kind: str, boxes: Any, stations: Any, couple: Any) -> None:
    ours, theirs = couple
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
    assert 0 < part.read.originals < 12
    assert current_hash(theirs) == current_hash(ours)
    assert fetch(theirs).read is None  # as damaged as before: not offered again
    send(ours, folder)  # the sender looks, and sends what is not right once more
    assert box.files() == whole(folder)
    assert fetch(theirs).read.originals > 0  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", KINDS)
def test_missing_rights_and_places_are_one_sentence(kind: str, boxes: Any, couple: Any, tmp_path: Path) -> None:
    ours, _theirs = couple
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


def test_passwords_lie_sealed_and_belong_to_their_address(couple: Any) -> None:
    ours, _theirs = couple
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
def test_addresses_that_are_refused(url: str, code: str) -> None:
    with pytest.raises(UsageProblem) as wrong:
        drop.address(url)
    assert wrong.value.code == code
    if code == "DROP_NOT_SEALED":
        assert drop.address(url, plain=True).kind in ("webdav", "s3")


def test_addresses_that_are_understood() -> None:
    assert drop.address("/srv/box").kind == "folder"
    assert drop.address("C:\\box").kind == "folder"
    assert drop.address("file:///srv/box").path == "/srv/box"
    assert drop.address("sftp://h:2022/~/in").path == "in"
    assert drop.address("sftp://h/srv/in/").path == "/srv/in"
    assert drop.address("webdavs://h/remote.php/dav/x").url == "https://h/remote.php/dav/x"
    s3 = drop.address("s3://box/a/b?endpoint=https://h&region=ru-1")
    assert (s3.bucket, s3.path, s3.url, s3.region) == ("box", "a/b", "https://h", "ru-1")


def test_only_who_may_exchange_uses_drop_points(couple: Any, tmp_path: Path) -> None:
    ours, _theirs = couple
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


def test_a_bundle_is_written_sent_and_taken_away_here(boxes: Any, couple: Any) -> None:
    ours, theirs = couple
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


def test_a_bundle_that_is_not_whole_here_is_not_sent(boxes: Any, stations: Any, couple: Any) -> None:
    ours, theirs = couple
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
    boxes: Any, stations: Any, couple: Any, monkeypatch: Any
) -> None:
    ours, theirs = couple
    box = boxes("folder")
    use(box, ours, theirs)
    send(ours, write(stations, ours, theirs))
    usage = shutil.disk_usage(theirs.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1 << 20))
    with pytest.raises(EnvironmentProblem) as full:
        fetch(theirs)
    assert full.value.code == "DISK_FULL"


def test_the_settings_hold_json_and_no_more_than_they_should(couple: Any, tmp_path: Path) -> None:
    ours, _theirs = couple
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
