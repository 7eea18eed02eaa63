"""What a secret looks like in bytes: places, names and hashes in every way a file or a record may hold them."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

Traces = dict[str, bytes]


def of_place(name: str, latitude: int, longitude: int) -> Traces:
    """A place (1e-7 degree) as numbers in binary and as text of 3 and more decimal places, degrees and minutes."""
    found: Traces = {}
    for axis, value in ((f"{name} latitude", latitude), (f"{name} longitude", longitude)):
        degrees = value / 1e7
        for order in "<>":
            found[f"{axis} double {order}"] = struct.pack(f"{order}d", degrees)
            found[f"{axis} float {order}"] = struct.pack(f"{order}f", degrees)
            found[f"{axis} int {order}"] = struct.pack(f"{order}i", value)
            found[f"{axis} long {order}"] = struct.pack(f"{order}q", value)
            found[f"{axis} micro {order}"] = struct.pack(f"{order}i", round(value / 10))
        for digits in range(3, 8):
            found[f"{axis} rounded {digits}"] = f"{degrees:.{digits}f}".encode()
            found[f"{axis} cut {digits}"] = f"{degrees:.9f}"[: -(9 - digits)].encode()
        found[f"{axis} comma"] = f"{degrees:.9f}"[:-6].replace(".", ",").encode()
        found[f"{axis} digits"] = str(value)[:-2].encode()
        whole, rest = divmod(abs(degrees), 1)
        minutes, seconds = divmod(rest * 3600, 60)
        found[f"{axis} minutes"] = f"{whole:.0f}°{minutes:02.0f}".encode()
        found[f"{axis} minutes text"] = f"{whole:.0f} {rest * 60:.3f}"[:-1].encode()
        found[f"{axis} seconds"] = f"{minutes:.0f}'{seconds:.0f}".encode()
    return found


def of_text(name: str, text: str) -> Traces:
    """A text in the encodings files use, and as base64 and hex would hide it."""
    found = {f"{name} {code}": text.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")}
    plain = text.encode()
    found[f"{name} hex"] = plain.hex().encode()
    found[f"{name} digest"] = hashlib.sha256(plain).digest()
    found[f"{name} digest hex"] = hashlib.sha256(plain).hexdigest().encode()
    for shift in range(3):  # the middle of a base64 text, however the bytes before it fall
        coded = base64.b64encode(b"\0" * shift + plain)
        found[f"{name} base64 {shift}"] = coded[4 if shift else 0 : len(coded) // 4 * 4 - 4]
    return {key: trace for key, trace in found.items() if len(trace) >= 4}


def of_bytes(name: str, value: bytes) -> Traces:
    """A binary value such as a hash, as bytes and as hex."""
    return {name: value, f"{name} hex": value.hex().encode(), f"{name} HEX": value.hex().upper().encode()}


def search(data: bytes, traces: Traces) -> list[str]:
    """The names of the traces found in some bytes."""
    return sorted(name for name, trace in traces.items() if trace in data)


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder with its name, which may tell too."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            yield name, name.encode() + b"\0" + path.read_bytes()


def joined(parts: Iterable[Traces]) -> Traces:
    """Several sets of traces as one; each has names of its own."""
    found: Traces = {}
    for part in parts:
        assert found.keys().isdisjoint(part)
        found |= part
    return found
