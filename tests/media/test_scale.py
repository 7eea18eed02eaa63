"""Previews are made fast, and are still the picture: its colours, its shape, its right way up."""

from __future__ import annotations

import io
from pathlib import Path

import numpy
import pytest
from PIL import Image, ImageOps

from ranger_app.media import exif, look, scale, thumbs
from tests.media.films import film, frame_of, heic
from tests.media.pictures import ORIENTATION, ORIGINAL, drawn, encoded, jpeg, with_tags


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_as_exif_asks(orientation: int) -> None:
    picture = drawn(3, (64, 48))
    picture.getexif()[ORIENTATION] = orientation
    expected = numpy.asarray(ImageOps.exif_transpose(picture))
    assert (scale.turned(numpy.asarray(picture), orientation) == expected).all()


@pytest.mark.parametrize(
    ("size", "edge"),
    [((1000, 750), 512), ((1001, 751), 320), ((640, 480), 320), ((33, 2000), 320), ((3000, 1), 320), ((9000, 40), 320)],
)
def test_smaller_is_the_mean_of_what_it_covers(size: tuple[int, int], edge: int) -> None:
    flat = numpy.full((size[1], size[0], 3), (200, 30, 90), numpy.uint8)
    made = scale.smaller(flat, edge)
    assert made.shape == (*reversed(scale.fitted(*size, edge)), 3)
    assert max(made.shape) == edge
    assert (made == (200, 30, 90)).all()


def test_smaller_looks_like_a_careful_resize() -> None:
    picture = drawn(5, (1000, 750))
    careful = numpy.asarray(picture.resize((320, 240), Image.Resampling.BOX)).astype(int)
    made = scale.smaller(numpy.asarray(picture), 320).astype(int)
    assert numpy.abs(made - careful).mean() < 3
    assert scale.smaller(numpy.asarray(picture), 1000).shape == (750, 1000, 3)


def test_telephone_pictures_are_upright_once() -> None:
    turned = heic(1, exif=with_tags({ORIGINAL: "2021:04:11 20:45:09", ORIENTATION: 6}))
    about = exif.read(turned, "image/heic")
    seen = look.look(turned, "image/heic", about.orientation)
    assert (about.camera_time, seen.damaged, seen.width, seen.height) == ("2021-04-11T20:45:09", "", 240, 320)
    assert seen.preview is not None
    expected = numpy.rot90(frame_of(1, (320, 240)), -1)
    assert numpy.abs(numpy.asarray(Image.open(io.BytesIO(seen.preview))).astype(int) - expected).mean() < 25


@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
def test_a_broken_telephone_picture_is_damaged(share: float) -> None:
    whole = heic(2)
    assert not look.look(whole, "image/heic").damaged
    assert look.look(whole[: int(len(whole) * share)], "image/heic").damaged
    assert exif.read(whole[: int(len(whole) * share)], "image/heic") == exif.Exif()


def test_a_large_telephone_picture_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "MOST_PIXELS_HEIC", 320 * 240 - 1)
    seen = look.look(heic(2), "image/heic")
    assert (seen.width, seen.height, seen.too_large, seen.preview) == (320, 240, True, None)


def test_review_copies(tmp_path: Path) -> None:
    sha256 = "ab" * 32
    original = tmp_path / "disk" / "1.jpg"
    assert thumbs.review_copy(tmp_path, sha256, None) is None
    assert thumbs.review_copy(tmp_path, sha256, original) is None
    original.parent.mkdir()
    original.write_bytes(jpeg(1, size=(2560, 1440)))
    made = thumbs.review_copy(tmp_path, sha256, original)
    assert made == tmp_path / "cache" / "review" / "ab" / f"{sha256}.jpg"
    assert Image.open(made).size == (1280, 720)
    original.unlink()
    assert thumbs.review_copy(tmp_path, sha256, original) == made, "it stands for the original that went away"
    made.write_bytes(made.read_bytes()[:500])
    assert thumbs.review_copy(tmp_path, sha256, None) is None, "half a copy is none"
    for name, data in (("1.avi", film("avi")), ("1.heic", heic(1)), ("1.png", encoded(drawn(1), "PNG"))):
        (tmp_path / name).write_bytes(data)
        one = thumbs.review_copy(tmp_path, f"{len(name):x}" + name.encode().hex().ljust(63, "0"), tmp_path / name)
        assert one is not None
        assert max(Image.open(one).size) in (320, 640), "small ones are not blown up"
    (tmp_path / "2.jpg").write_bytes(b"no picture")
    assert thumbs.review_copy(tmp_path, "cd" * 32, tmp_path / "2.jpg") is None
    assert not list(tmp_path.rglob("*.part"))
