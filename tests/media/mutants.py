"""Mutated pictures and videos looked at one after the other, in a process of its own: a decoder that crashes ends it.

Run as ``python -m tests.media.mutants KIND COUNT``, or with a folder: a line of JSON for each file, the last one with
the peak memory.
"""

from __future__ import annotations

import faulthandler
import json
import random
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from ranger_app.media.examine import examine
from ranger_app.media.formats import BY_MEDIA_TYPE, Format, told_by_content
from tests.media import films
from tests.media.pictures import MAKE, ORIGINAL, drawn, encoded, with_tags

KINDS = {
    "JPEG": ("image/jpeg", 100),
    "PNG": ("image/png", 70),
    "TIFF": ("image/tiff", 70),
    "MP4": ("video/mp4", 130),
    "AVI": ("video/x-msvideo", 50),
    "MOV": ("video/quicktime", 40),
    "HEIC": ("image/heic", 40),
}
"""Media type and number of files of each kind in a normal run; 500 in all."""


def sources(kind: str) -> list[bytes]:
    """Whole files of the kind, one for each way of writing it."""
    if kind in ("MP4", "MOV", "AVI"):
        tags = {"creation_time": "2021-04-11T20:43:09Z"}
        found = [films.film(name, 10, tags=tags) for name in films.KINDS if name.startswith(kind.lower())]
        return found + [films.moved_to_front(one) for one in found if kind != "AVI"]
    tagged = with_tags({ORIGINAL: "2021:04:11 20:43:09", MAKE: "RECONYX"})
    if kind == "HEIC":
        return [films.heic(1, exif=tagged), films.heic(2)]
    found = [encoded(drawn(1), kind, exif=tagged), encoded(drawn(2, mode="L"), kind)]
    found += [encoded(drawn(3), "JPEG", progressive=True)] if kind == "JPEG" else []
    return found + ([encoded(drawn(4), "TIFF", compression="tiff_lzw")] if kind == "TIFF" else [])


def mutated(data: bytes, random_: random.Random) -> bytes:
    """The file cut, overwritten, with numbers in its header changed, a piece blanked, left out or doubled."""
    changed = bytearray(data)
    kind = random_.randrange(6)
    if kind == 0:
        return bytes(changed[: random_.randrange(len(changed))])
    if kind == 1:
        for _ in range(random_.randrange(1, 40)):
            changed[random_.randrange(len(changed))] = random_.randrange(256)
    elif kind == 2:  # the header, where sizes and counts are; a video has them at its end too
        at_end = random_.random() < 0.5 and changed[4:8] == b"ftyp"
        index = max(0, changed.rfind(b"moov")) if at_end else 0
        for _ in range(random_.randrange(1, 8)):
            where = index + random_.randrange(min(900 if at_end else 400, len(changed) - index))
            changed[where] = random_.choice((0, 1, 127, 128, 255))
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


def files(kind: str, count: int) -> Iterator[tuple[bytes, Format]]:
    """The mutated files, the same every time, each under the format its own first bytes or else its name say."""
    random_ = random.Random(f"ranger {kind}")
    whole = sources(kind)
    for number in range(count):
        data = mutated(whole[number % len(whole)], random_)
        yield data, told_by_content(data[:64]) or BY_MEDIA_TYPE[KINDS[kind][0]]


def lying_in(folder: Path) -> Iterator[tuple[bytes, Format]]:
    """The files of a folder under what their first bytes say."""
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        yield data, told_by_content(data[:64]) or BY_MEDIA_TYPE["image/jpeg"]


def peak_memory() -> int | None:
    """The most bytes this process has had in memory; None where the system does not say."""
    if sys.platform == "linux":  # not ru_maxrss, which remembers the process that started this one
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), None)
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return None


def main(made: Iterator[tuple[bytes, Format]]) -> None:
    """Look at one file after the other."""
    faulthandler.enable()
    warnings.simplefilter("ignore")
    for number, (data, form) in enumerate(made):
        print(json.dumps({"begun": number}), flush=True)
        started = time.process_time()
        told, seen = examine(data, form)
        line = {
            "number": number,
            "seconds": time.process_time() - started,
            "damaged": seen.damaged,
            "too_large": seen.too_large,
            "no_decoder": seen.no_decoder,
            "preview": seen.preview is not None,
            "sound": seen.preview is None or not examine(seen.preview, BY_MEDIA_TYPE["image/jpeg"])[1].damaged,
            "time": told.camera_time,
        }
        print(json.dumps(line), flush=True)
    print(json.dumps({"peak": peak_memory()}), flush=True)


if __name__ == "__main__":
    main(files(sys.argv[1], int(sys.argv[2])) if sys.argv[1] in KINDS else lying_in(Path(sys.argv[1])))
