"""Mutated pictures: none crashes or hangs the ingest, each is stored and flagged or taken for whole."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.library import Library
from ranger_app.media import exif, look, thumbs
from ranger_app.media.formats import told_by_content
from ranger_app.store import rows
from tests.media.pictures import MAKE, ORIGINAL, drawn, encoded, with_tags

EACH = 20
# The program ignores these lines itself; pytest resets the filter for each test.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def sources(form: str) -> list[bytes]:
    tags = with_tags({ORIGINAL: "2021:04:11 20:43:09", MAKE: "RECONYX"})
    found = [encoded(drawn(1), form, exif=tags), encoded(drawn(2, mode="L"), form)]
    found += [encoded(drawn(3), "JPEG", progressive=True)] if form == "JPEG" else []
    return found + ([encoded(drawn(4), "TIFF", compression="tiff_lzw")] if form == "TIFF" else [])


def mutated(data: bytes, random_: random.Random) -> bytes:
    changed = bytearray(data)
    kind = random_.randrange(6)
    if kind == 0:
        return bytes(changed[: random_.randrange(len(changed))])
    if kind == 1:
        for _ in range(random_.randrange(1, 40)):
            changed[random_.randrange(len(changed))] = random_.randrange(256)
    elif kind == 2:  # the header, where sizes and counts are
        for _ in range(random_.randrange(1, 8)):
            changed[random_.randrange(min(400, len(changed)))] = random_.choice((0, 1, 127, 128, 255))
    elif kind == 3:
        start = random_.randrange(len(changed))
        changed[start : start + 512] = bytes(min(512, len(changed) - start))
    elif kind == 4:
        start = random_.randrange(len(changed))
        del changed[start : start + random_.randrange(1, 400)]
    else:
        start = random_.randrange(len(changed))
        changed[start:start] = changed[random_.randrange(len(changed)) :][:3000]
    return bytes(changed)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_mutations(form: str, long_run: bool) -> None:
    random_ = random.Random(f"ranger {form}")
    whole = sources(form)
    damaged = 0
    for number in range(170 if long_run else EACH):
        data = mutated(whole[number % len(whole)], random_)
        form_ = told_by_content(data[:64])
        media_type = form_.media_type if form_ else f"image/{form.lower()}"
        started = time.monotonic()
        found = exif.read(data, media_type)
        seen = look.look(data, media_type, found.orientation)
        assert time.monotonic() - started < 2, (form, number)
        assert seen.preview is not None or seen.damaged or seen.too_large, (form, number)
        assert seen.preview is None or look.look(seen.preview, "image/jpeg").damaged == ""
        damaged += bool(seen.damaged)
    assert damaged >= EACH // 4


def test_a_card_of_mutations_goes_in(tmp_path: Path) -> None:
    random_ = random.Random("a card of mutations")
    folder = tmp_path / "card"
    folder.mkdir()
    for form, ending in (("JPEG", "jpg"), ("PNG", "png"), ("TIFF", "tif")):
        whole = sources(form)
        for number in range(20):
            (folder / f"{number}.{ending}").write_bytes(mutated(whole[number % len(whole)], random_))
    with Library.create(tmp_path / "library", name="North", country="RU", utc_offset=600) as library:
        report = jobs.run(ingest(library, IngestRequest(folder, "Ridge", 430_000_000, 1_310_000_000)))
        assert report.found == 60
        assert report.stored + report.already_known + len(report.failed) == 60
        assert {one.code for one in report.failed} <= {"empty_file"}
        with library.read() as db:
            kept = {record["file_name"] for record in rows.find(db, "media")}
            flagged = {one.file for one in report.flagged if one.code == "damaged"}
            whole_ones = {name for name in kept if name not in flagged}
            for record in rows.find(db, "media"):
                preview = thumbs.place(library.cache, record.text("sha256"))
                assert record["file_name"] in flagged or "too_large" in record.text("flags") or thumbs.is_whole(preview)
        assert len(flagged) > 20
        assert whole_ones
