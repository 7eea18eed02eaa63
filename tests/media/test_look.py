"""A picture is looked at once: size, damage, preview, and no time or memory for bombs."""

from __future__ import annotations

import io
import mmap
import struct
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from ranger_app.media import look, thumbs, vault
from tests.media.pictures import drawn, encoded, jpeg


def preview_of(seen: look.Look) -> Image.Image:
    assert seen.preview is not None
    return Image.open(io.BytesIO(seen.preview))


@pytest.mark.parametrize(
    ("form", "mode", "media_type"),
    [
        ("JPEG", "RGB", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("PNG", "RGB", "image/png"),
        ("PNG", "RGBA", "image/png"),
        ("PNG", "P", "image/png"),
        ("PNG", "I;16", "image/png"),
        ("TIFF", "RGB", "image/tiff"),
        ("TIFF", "I;16", "image/tiff"),
        ("TIFF", "F", "image/tiff"),
        ("TIFF", "1", "image/tiff"),
    ],
)
def test_whole_pictures(form: str, mode: str, media_type: str) -> None:
    picture = drawn(mode="L").convert("I;16") if mode == "I;16" else drawn(mode=mode)
    seen = look.look(encoded(picture, form), media_type)
    assert (seen.width, seen.height, seen.damaged, seen.too_large) == (640, 480, "", False)
    assert preview_of(seen).size == (320, 240)


def test_upright_previews() -> None:
    data = encoded(drawn(size=(800, 400)))
    sizes = {turn: preview_of(look.look(data, "image/jpeg", turn)).size for turn in range(1, 9)}
    assert {turn for turn, size in sizes.items() if size == (160, 320)} == {5, 6, 7, 8}
    assert {turn for turn, size in sizes.items() if size == (320, 160)} == {1, 2, 3, 4}


def test_small_pictures_are_not_blown_up() -> None:
    assert preview_of(look.look(encoded(drawn(size=(100, 70))), "image/jpeg")).size == (100, 70)
    assert preview_of(look.look(encoded(drawn(size=(3000, 1))), "image/jpeg")).size == (320, 1)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.99])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_what_breaks_off_is_damaged(form: str, share: float) -> None:
    data = encoded(drawn(), form)
    seen = look.look(data[: int(len(data) * share)], f"image/{form.lower()}")
    assert seen.damaged
    if form == "JPEG" and share >= 0.3:
        assert preview_of(seen).size == (320, 240)


def test_damage_in_the_middle_is_told() -> None:
    data = bytearray(jpeg(size=(1600, 1200)))
    data[len(data) // 2 : len(data) // 2 + 64] = b"\xff\xd9" * 32
    assert look.look(bytes(data), "image/jpeg").damaged


def test_filling_before_the_end_marker_is_no_damage() -> None:
    data = jpeg()
    assert not look.look(data[:-2] + b"\0" * 40 + b"\xff\xd9", "image/jpeg").damaged
    assert look.look(data[:-2] + b"\x37\x11" * 20 + b"\xff\xd9", "image/jpeg").damaged


@pytest.mark.parametrize("junk", [b"x", b"\xff\xd8\xff", b"\0" * 5000, b"text " * 100])
def test_what_is_no_picture_at_all(junk: bytes) -> None:
    for media_type in ("image/jpeg", "image/png", "image/tiff"):
        seen = look.look(junk, media_type)
        assert seen.damaged
        assert seen.preview is None


def test_formats_without_a_decoder_are_left_alone() -> None:
    assert look.look(b"anything", "audio/wav") == look.Look(no_decoder=True)


def test_a_png_bomb_is_not_unpacked() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    body = b"IDAT" + zlib.compress(bytes(10_000_000), 9)
    data = b"\x89PNG\r\n\x1a\n"
    for part in (chunk, body, b"IEND"):
        data += struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
    started = time.monotonic()
    seen = look.look(data, "image/png")
    assert (seen.width, seen.height, seen.too_large, seen.preview) == (60_000, 60_000, True, None)
    assert time.monotonic() - started < 2


def test_a_jpeg_that_claims_too_many_pixels_is_not_decoded() -> None:
    data = bytearray(jpeg())
    at = data.find(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    seen = look.look(bytes(data), "image/jpeg")
    assert (seen.too_large, seen.preview) == (True, None)


def test_a_jpeg_of_endless_scans_is_not_decoded() -> None:
    data = encoded(drawn(), progressive=True)
    last = data.rfind(b"\xff\xda")
    assert not look.look(data, "image/jpeg").too_large
    assert look.look(data[:-2] + data[last:-2] * 500 + b"\xff\xd9", "image/jpeg").too_large


def test_a_mapped_file_is_seen_like_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "1.jpg"
    for form in ("JPEG", "PNG"):
        path.write_bytes(encoded(drawn(), form))
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            assert look.look(mapped, f"image/{form.lower()}") == look.look(path.read_bytes(), f"image/{form.lower()}")


def test_previews_are_made_again_when_missing_or_half_written(tmp_path: Path) -> None:
    data = jpeg()
    incoming = vault.incoming_name(tmp_path / "vault")
    incoming.write_bytes(data)
    sha256 = vault.hash_file(incoming)
    vault.admit(incoming, vault.place(tmp_path / "vault", sha256, "jpg"))
    first = thumbs.thumbnail(tmp_path, sha256)
    assert first is not None
    whole = first.read_bytes()
    assert Image.open(io.BytesIO(whole)).size == (320, 240)
    for broken in (b"", whole[:500]):
        first.write_bytes(broken)
        assert thumbs.thumbnail(tmp_path, sha256) == first
        assert first.read_bytes() == whole
    assert not list(first.parent.glob("*.part"))
    assert thumbs.thumbnail(tmp_path, "0" * 64) is None


@pytest.mark.realdata
def test_real_pictures_are_whole_but_one(real_data: Path) -> None:
    files = [path for name in ("exif", "camera-images") for path in sorted((real_data / name).glob("*.jpg"))]
    files += sorted((real_data / "camtrap-dp-example" / "media").glob("*.JPG"))
    seen = {path.name: look.look(path.read_bytes(), "image/jpeg") for path in files}
    assert len(seen) == 28
    assert [name for name, one in seen.items() if one.damaged] == ["corrupted.jpg"]
    assert "premature end" in seen["corrupted.jpg"].damaged
    assert all(max(preview_of(one).size) <= 320 for one in seen.values())
