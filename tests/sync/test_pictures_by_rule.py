"""Pictures under a sharing rule: copies without camera data and without the strip, and all of it once cleared."""

from __future__ import annotations

import io
import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy
import pytest
from PIL import Image, ImageDraw

from ranger_app.actions import receipts, sharing
from ranger_app.actions.bundle_choice import rule_for
from ranger_app.domain.ops import create
from ranger_app.domain.sharing import FULL, OPEN, STANDARD
from ranger_app.library import Library
from ranger_app.media import redacted, thumbs, vault

STRIP = (250, 10, 10)


def with_strip(number: int, height: int = 1200, strip: int = 90) -> bytes:
    """A picture with camera data and a red strip of letters along the bottom and a thin one along the top."""
    image = Image.effect_noise((1600, height), 60).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height - strip, 1600, height), fill=STRIP)
    draw.rectangle((0, 0, 1600, 40), fill=STRIP)
    draw.text((20, height - strip + 10), f"LEOPARD VALLEY {number}  43.1234 N 131.5678 E", fill="white", font_size=40)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "RECONYX", f"HP2X {number}"
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, exif=exif)
    return out.getvalue()


def add(library: Library, number: int) -> list[str]:
    """Pictures of a sika deer at a place, seen and settled."""
    place, deployment = library.new_id(), library.new_id()
    ops = [
        create("location", place, {"name": "Leopard Valley", "latitude": 431234000, "longitude": 1315678000}),
        create("deployment", deployment, {"name": "D", "location": place, "utc_offset": 600}),
    ]
    hashes = []
    for at in range(number):
        data = with_strip(at)
        name = sha256(data).hexdigest()
        target = vault.place(library.vault, name, "jpg")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        fields = {"sha256": name, "bytes": len(data), "media_type": "image/jpeg", "file_name": f"IMG_{at:04d}.JPG"}
        ops.append(create("media", library.new_id(), {**fields, "deployment": deployment}))
        hashes.append(name)
    pictures = json.dumps([op.id.hex() for op in ops[2:]])
    seen = {"pictures": pictures, "type": "animal", "taxon": "Cervus nippon", "method": "human", "look": "settled"}
    library.commit([*ops, create("observation", library.new_id(), seen)], label="ingest")
    return hashes


def reddish(jpeg: bytes) -> bool:
    """Whether a row of the picture is of the strip's colour."""
    pixels = numpy.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")).astype(int)
    rows = (pixels[:, :, 0] > 180) & (pixels[:, :, 1] < 90)
    return bool((rows.mean(axis=1) > 0.5).any())


@pytest.mark.parametrize("edge", [0, thumbs.REVIEW_EDGE])
@pytest.mark.parametrize("strip", [30, 60, 90, 140])
def test_the_strip_goes_with_the_camera_data(tmp_path: Path, edge: int, strip: int) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(with_strip(1, strip=strip))
    small = thumbs.preview_of(path, edge)
    assert small is not None
    assert reddish(small)
    copy = redacted.redacted(small)
    assert copy is not None
    assert not reddish(copy)
    assert b"RECONYX" not in copy
    assert b"Exif" not in copy
    before, after = Image.open(io.BytesIO(small)), Image.open(io.BytesIO(copy))
    assert after.width == before.width
    assert 0.62 < after.height / before.height < 0.9
    assert not after.getexif()


def test_what_is_no_picture_of_ours_gives_none() -> None:
    assert redacted.redacted(b"") is None
    assert redacted.redacted(b"\xff\xd8\xff\xd9") is None
    out = io.BytesIO()
    Image.new("RGB", (40, 10)).save(out, "JPEG")
    assert redacted.redacted(out.getvalue()) is None


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_copies_first_and_originals_once_cleared(stations: Any) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    sharing.set_rule(one, other.station.id, STANDARD)
    hashes = add(one, 3)
    first = stations.write(one, other, media="originals")
    assert (first.thumbnails, first.copies, first.originals, first.media) == (3, 3, 0, 3)
    read = stations.read(other)
    assert (read.originals, read.damaged, read.thumbnails) == (0, 0, 3)
    with other.read() as db:
        media = db.conn.execute("SELECT id, sha256, file_name FROM media").fetchall()
    assert {row[1:] for row in media} == {(None, None)}
    for record, _hash, _name in media:
        small, large = thumbs.place(other.cache, record.hex()), thumbs.review_place(other.cache, record.hex())
        for path in (small, large):
            assert not reddish(path.read_bytes())
            assert b"RECONYX" not in path.read_bytes()
    there = everything(other.folder)
    for name in hashes:
        assert name.encode() not in there
        assert bytes.fromhex(name) not in there
    receipts.take(one, receipts.make(other, one.station.id))
    assert stations.write(one, other, stick="again", media="originals").media == 0
    sharing.set_rule(one, other.station.id, FULL)
    second = stations.write(one, other, stick="cleared", media="originals")
    assert (second.thumbnails, second.copies, second.originals) == (3, 0, 3)
    assert second.operations == first.operations
    assert stations.read(other, "cleared").originals == 3
    with other.read() as db:
        assert {row[0] for row in db.conn.execute("SELECT sha256 FROM media")} == set(hashes)


def test_a_bundle_for_several_is_as_strict_as_the_strictest(stations: Any) -> None:
    one, two, three = stations.new("One"), stations.new("Two", "CN"), stations.new("Three", "KP")
    for other in (two, three):
        stations.pair(one, other)
    sharing.set_rule(one, two.station.id, FULL)
    sharing.set_rule(one, three.station.id, OPEN)
    add(one, 2)
    with one.read() as db:
        assert rule_for(db, (two.station.id, three.station.id)).pictures == "none"
    report = stations.write(one, two, three, media="originals")
    assert (report.media, report.operations) == (0, 5)
    for other in (two, three):
        stations.read(other)
        with other.read() as db:
            assert db.conn.execute("SELECT latitude FROM location").fetchone() != (431234000,)
    receipts.take(one, receipts.make(two, one.station.id))
    alone = stations.write(one, two, stick="alone", media="originals")  # what the other may not see goes to it alone
    assert (alone.operations, alone.originals) == (5, 2)
    stations.read(two, "alone")
    with two.read() as db:
        assert db.conn.execute("SELECT latitude FROM location").fetchone() == (431234000,)


def test_small_copies_are_passed_on_as_they_came(stations: Any) -> None:
    one, two, three = stations.new("One"), stations.new("Two", "CN"), stations.new("Three", "MN")
    stations.pair(one, two)
    stations.pair(two, three)
    sharing.set_rule(one, two.station.id, STANDARD)
    sharing.set_rule(two, three.station.id, FULL)
    add(one, 2)
    stations.write(one, two, media="originals")
    stations.read(two)
    report = stations.write(two, three, stick="relay", media="originals")
    assert (report.thumbnails, report.originals) == (2, 0)
    stations.read(three, "relay")
    with three.read() as db:
        records = [row[0].hex() for row in db.conn.execute("SELECT id FROM media")]
    for record in records:
        theirs, ours = thumbs.place(three.cache, record), thumbs.place(two.cache, record)
        assert theirs.read_bytes() == ours.read_bytes()


def test_a_station_that_lost_its_disk_gets_its_own_pictures_back_whole(stations: Any, tmp_path: Path) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    sharing.set_rule(one, other.station.id, STANDARD)
    sharing.set_rule(other, one.station.id, FULL)
    other.close()
    shutil.copytree(other.folder, tmp_path / "backup")
    other = Library.open(other.folder)
    stations.open.append(other)
    hashes = add(other, 3)
    stations.write(other, one, media="originals")
    assert stations.read(one).originals == 3
    assert stations.write(one, other, stick="back", media="originals").originals == 0
    other.close()
    with Library.open(tmp_path / "backup") as restored:
        stations.write(restored, one, stick="again")
        stations.read(one, "again")
        sent = stations.write(one, restored, stick="home", media="originals")
        assert (sent.thumbnails, sent.originals, sent.copies) == (3, 3, 0)
        assert stations.read(restored, "home").originals == 3
        assert all(vault.find(restored.vault, name) for name in hashes)
