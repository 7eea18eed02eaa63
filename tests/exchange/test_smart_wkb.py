"""The hex line of a SMART track: what is written reads back to the same doubles, and nothing else is taken for one."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.exchange import smart_wkb

Vertex = tuple[float, float, float]
vertices = st.tuples(
    st.floats(-180, 180),
    st.floats(-90, 90),
    st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 2**52).map(float)),
)
segments = st.lists(st.lists(vertices, min_size=1, max_size=8), max_size=5)


def columns(parts: list[list[Vertex]]) -> list[tuple[list[float], list[float], list[float]]]:
    return [([one[0] for one in part], [one[1] for one in part], [one[2] for one in part]) for part in parts]


@given(segments)
def test_what_is_written_reads_back_to_the_same_doubles(parts: list[list[Vertex]]) -> None:
    way = smart_wkb.decode(smart_wkb.encode(columns(parts)))
    flat = [vertex for part in parts for vertex in part]
    assert list(zip(way.longitude, way.latitude, way.time, strict=True)) == flat
    assert list(way.segment) == [number for number, part in enumerate(parts) for _vertex in part]
    assert all(math.isnan(one) for one in way.elevation)


def test_it_is_written_as_smart_writes_it() -> None:
    text = smart_wkb.encode([([131.5], [43.25], [1000.0])])
    assert text == ("008000000500000001008000000200000001" + struct.pack(">ddd", 131.5, 43.25, 1000.0).hex().upper())


FORMS = {
    "single line, little-endian": struct.pack("<BII", 1, 0x80000002, 1) + struct.pack("<ddd", 131.5, 43.25, 7),
    "iso numbers": struct.pack(">BII", 0, 1005, 1)
    + struct.pack(">BII", 0, 1002, 1)
    + struct.pack(">ddd", 131.5, 43.25, 7),
    "with a reference system": struct.pack(">BIII", 0, 0xA0000002, 4326, 1) + struct.pack(">ddd", 131.5, 43.25, 7),
    "with a measure too": struct.pack(">BII", 0, 0xC0000002, 1) + struct.pack(">dddd", 131.5, 43.25, 7, 9),
    "inner line in the other order": struct.pack(">BII", 0, 0x80000005, 1)
    + struct.pack("<BII", 1, 0x80000002, 1)
    + struct.pack("<ddd", 131.5, 43.25, 7),
}


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS)
def test_lines_of_other_makers_are_read_alike(data: bytes) -> None:
    way = smart_wkb.decode(f" {data.hex()}\n")
    assert (list(way.longitude), list(way.latitude), list(way.time)) == ([131.5], [43.25], [7.0])


def test_a_line_without_times_has_none() -> None:
    way = smart_wkb.decode((struct.pack(">BII", 0, 2, 1) + struct.pack(">dd", 131.5, 43.25)).hex())
    assert math.isnan(way.time[0])


def test_a_place_that_is_none_stays_as_a_point_without_a_place() -> None:
    far = [([500.0, 131.0], [43.0, 43.0], [1.0, math.inf])]
    way = smart_wkb.decode(smart_wkb.encode(far))
    assert math.isnan(way.latitude[0])
    assert math.isnan(way.longitude[0])
    assert math.isnan(way.time[1])


WHOLE = smart_wkb.encode([([131.5, 131.6], [43.25, 43.3], [1.0, 2.0])])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zz",
        WHOLE[:-2],
        WHOLE + "00",
        WHOLE[:-1],
        "02" + WHOLE[2:],
        "00800000FF" + WHOLE[10:],
        "0080000005FFFFFFFF" + WHOLE[18:],
        "0080000002FFFFFFFF",
        struct.pack(">BII", 0, 0x80000005, 1).hex() * 30,
    ],
)
def test_what_is_no_whole_line_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        smart_wkb.decode(text)
    assert type(caught.value) is ValueError


@given(st.binary(max_size=200))
def test_any_bytes_are_a_line_or_are_refused(data: bytes) -> None:
    try:
        way = smart_wkb.decode(data.hex())
    except ValueError as error:
        assert type(error) is ValueError  # noqa: PT017
    else:
        assert len(way) * 16 <= len(data)
