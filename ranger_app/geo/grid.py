"""Where patrols were, on a grid of cells of equal area: metres and seconds of every cell, cut exactly at its borders.

The grid is EASE-Grid 2.0 (EPSG:6933), a cylindrical equal-area projection of the whole Earth on WGS 84 (Brodzik et al.
2012). A projection around each area would make squarer cells, but other ones at every station and for every question:
here a cell is the same on both sides of a border and in every year, and every cell of a size has the same area. At 43
degrees north a cell of 1 km is about 0.84 km from west to east and 1.19 km from south to north.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ranger_app.geo.steps import Steps, joined

if TYPE_CHECKING:
    from numpy import float64, int64
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[float64]
    Ints = NDArray[int64]

_A = 6_378_137.0
_E2 = 0.0066943799901413165
_E = math.sqrt(_E2)
_K0 = math.cos(math.radians(30)) / math.sqrt(1 - _E2 * math.sin(math.radians(30)) ** 2)
HALF_WIDTH = _A * _K0 * math.pi
"""Metres from the middle of the grid to its western edge, 180 degrees of longitude."""
_ROWS = 1 << 20
"""More rows than a grid has: a cell's code is its column times this, plus its row."""
LONGEST_STEP = 100_000.0
"""Metres: a longer step is no way that anybody can show in cells, and no file makes us cut it into a million pieces."""
_PIECES = 2_000_000
"""Pieces that are cut at once: what bounds the memory."""
_MOST_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Cells:
    """Visited cells by code, in rising order, with metres, seconds and number of patrols; ``passed_over``: metres of
    steps too long for cells."""

    cell: int
    codes: Ints
    metres: Floats
    seconds: Floats
    patrols: Ints
    passed_over: float = 0.0

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def area(self) -> float:
        """Square kilometres of the visited cells."""
        return len(self.codes) * (self.cell / 1000) ** 2


@dataclass(frozen=True, slots=True)
class Share:
    """How many of an area's cells were visited. A cell belongs to the area in which its middle lies."""

    visited: int
    cells: int

    @property
    def value(self) -> float | None:
        """Visited cells of all, 0 to 1; None where the area is too small to hold the middle of a cell."""
        return self.visited / self.cells if self.cells else None


def project(latitude: Floats, longitude: Floats) -> tuple[Floats, Floats]:
    """Metres east and north on EPSG:6933 of places in degrees (Snyder 1987, equations 10-13 to 10-15)."""
    import numpy

    sine = numpy.sin(numpy.radians(latitude))
    q = (1 - _E2) * (sine / (1 - _E2 * sine**2) + numpy.arctanh(_E * sine) / _E)
    return _A * _K0 * numpy.radians(longitude), _A * q / (2 * _K0)


def unproject(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude in degrees of metres on the grid (Snyder 1987, equations 3-18 and 10-26)."""
    import numpy

    pole = 1 - (1 - _E2) / (2 * _E) * math.log((1 - _E) / (1 + _E))
    beta = numpy.arcsin(numpy.clip(2 * y * _K0 / (_A * pole), -1, 1))
    e4, e6 = _E2**2, _E2**3
    latitude = (
        beta
        + (_E2 / 3 + 31 * e4 / 180 + 517 * e6 / 5040) * numpy.sin(2 * beta)
        + (23 * e4 / 360 + 251 * e6 / 3780) * numpy.sin(4 * beta)
        + 761 * e6 / 45360 * numpy.sin(6 * beta)
    )
    return numpy.degrees(latitude), numpy.degrees(x / (_A * _K0))


def coverage(walked: Iterable[tuple[object, Steps]], cell: int) -> Cells:
    """What patrols, each with its steps, did in cells of ``cell`` metres. The steps of one patrol come one after the
    other.

    Metres and seconds of a step are shared out by the length of its pieces; time spent without moving counts in the
    cell where somebody stands.
    """
    import numpy

    codes: list[Ints] = []
    metres: list[Floats] = []
    seconds: list[Floats] = []
    numbers: list[Ints] = []
    passed = 0.0
    for owners, steps in _in_turns(walked):
        near = steps.metres <= LONGEST_STEP
        passed += float(steps.metres[~near].sum())
        if not near.all():
            owners, steps = owners[near], steps.only(near)
        found: list[tuple[Ints, Floats, Floats, Ints]] = []
        for piece in _cut(steps, owners, cell):
            found.append(_once(*piece))
        code, m, s, _owner = _once(*(numpy.concatenate(column) for column in zip(*found, strict=True)))
        codes.append(code)
        metres.append(m)
        seconds.append(s)
        numbers.append(numpy.ones(len(code), numpy.int64))
        if sum(map(len, codes)) > _MOST_CELLS:
            codes, metres, seconds, numbers = _together(codes, metres, seconds, numbers)
    (code,), (m,), (s,), (n,) = _together(codes, metres, seconds, numbers)
    return Cells(cell, code, m, s, n, passed)


def together(parts: Sequence[Cells]) -> Cells:
    """The cells of several groups as one; a patrol that is in two of them counts in each."""
    code, metres, seconds, patrols = _together(
        [one.codes for one in parts],
        [one.metres for one in parts],
        [one.seconds for one in parts],
        [one.patrols for one in parts],
    )
    passed = sum(one.passed_over for one in parts)
    return Cells(parts[0].cell if parts else 0, code[0], metres[0], seconds[0], patrols[0], passed)


def share(cells: Cells, outline: BaseGeometry) -> Share:
    """How many of the cells of an outline (WGS 84 degrees, longitude first) were visited."""
    import numpy

    inside = inside_of(outline, cells.cell)
    return Share(int(numpy.isin(cells.codes, inside).sum()), len(inside))


def inside_of(outline: BaseGeometry, cell: int) -> Ints:
    """The codes of the cells whose middle lies inside an outline; none for one of more than a million cells' extent."""
    import numpy
    import shapely

    west, south, east, north = outline.bounds
    x, y = project(numpy.array([south, north]), numpy.array([west, east]))
    columns = numpy.arange(math.floor((x[0] + HALF_WIDTH) / cell), math.floor((x[1] + HALF_WIDTH) / cell) + 1)
    rows = numpy.arange(math.floor(y[0] / cell), math.floor(y[1] / cell) + 1)
    if len(columns) * len(rows) > _MOST_CELLS // 2:
        return numpy.zeros(0, numpy.int64)
    column, row = (one.ravel() for one in numpy.meshgrid(columns, rows))
    latitude, longitude = unproject((column + 0.5) * cell - HALF_WIDTH, (row + 0.5) * cell)
    shapely.prepare(outline)
    kept = shapely.contains_xy(outline, longitude, latitude)
    return _code(column[kept], row[kept])


def ring(code: int, cell: int) -> list[tuple[float, float]]:
    """The corners of a cell as (latitude, longitude), closed, for a map."""
    import numpy

    column, row = code // _ROWS, code % _ROWS - _ROWS // 2
    west, south = column * cell - HALF_WIDTH, row * cell
    x = numpy.array([west, west + cell, west + cell, west, west])
    y = numpy.array([south, south, south + cell, south + cell, south], float)
    latitude, longitude = unproject(x, y)
    return [(float(a), float(b)) for a, b in zip(latitude, longitude, strict=True)]


def _code(column: Ints, row: Ints) -> Ints:
    import numpy

    code: Ints = column.astype(numpy.int64) * _ROWS + (row.astype(numpy.int64) + _ROWS // 2)
    return code


def _once(code: Ints, metres: Floats, seconds: Floats, owner: Ints) -> tuple[Ints, Floats, Floats, Ints]:
    """Each cell of each patrol once."""
    import numpy

    if not len(code):
        return code, metres, seconds, owner
    order = numpy.lexsort((owner, code))
    code, owner = code[order], owner[order]
    new = numpy.concatenate(([True], (code[1:] != code[:-1]) | (owner[1:] != owner[:-1])))
    begins = numpy.nonzero(new)[0]
    return code[new], numpy.add.reduceat(metres[order], begins), numpy.add.reduceat(seconds[order], begins), owner[new]


def _in_turns(walked: Iterable[tuple[object, Steps]]) -> Iterator[tuple[Ints, Steps]]:
    """Steps of whole patrols, so many at a time, with the number of its patrol at each."""
    parts: list[Steps] = []
    owners: list[int] = []
    number, size = 0, 0
    last: object = None
    for owner, steps in walked:
        if owner != last:
            if size >= _PIECES // 4:
                yield _turn(owners, parts)
                parts, owners, size = [], [], 0
            last, number = owner, number + 1
        parts.append(steps)
        owners.append(number)
        size += len(steps)
    if parts:
        yield _turn(owners, parts)


def _turn(owners: list[int], parts: list[Steps]) -> tuple[Ints, Steps]:
    import numpy

    return numpy.repeat(numpy.array(owners), [len(one) for one in parts]), joined(parts)


def _cut(steps: Steps, owners: Ints, cell: int) -> Iterator[tuple[Ints, Floats, Floats, Ints]]:
    """Codes, metres, seconds and patrol of the pieces into which the borders of cells cut the steps."""
    import numpy

    x0, y0 = project(steps.latitude, steps.longitude)
    x1, y1 = project(steps.to_latitude, steps.to_longitude)
    metres, seconds = steps.metres, steps.seconds
    over = numpy.nonzero(numpy.abs(x1 - x0) > HALF_WIDTH)[0]
    if len(over):  # across the date line: up to the edge of the grid, and on from the other edge
        edge = numpy.where(x0[over] > 0, HALF_WIDTH, -HALF_WIDTH)
        before, after = numpy.abs(edge - x0[over]), numpy.abs(-edge - x1[over])
        part = before / numpy.maximum(before + after, 1e-9)
        middle = y0[over] + part * (y1[over] - y0[over])
        x0, y0 = numpy.concatenate((x0, -edge)), numpy.concatenate((y0, middle))
        x1, y1 = numpy.concatenate((x1, x1[over])), numpy.concatenate((y1, y1[over]))
        metres = numpy.concatenate((metres, metres[over] * (1 - part)))
        seconds = numpy.concatenate((seconds, seconds[over] * (1 - part)))
        owners = numpy.concatenate((owners, owners[over]))
        x1[over], y1[over] = edge, middle
        metres[over] *= part
        seconds[over] *= part
    # In cells from the western edge; the edge itself belongs to the last column, not to one beyond it.
    last = 2 * HALF_WIDTH / cell - 1e-9
    u0, u1 = (numpy.clip((x + HALF_WIDTH) / cell, 0, last) for x in (x0, x1))
    v0, v1 = y0 / cell, y1 / cell
    columns, rows = numpy.floor(u0), numpy.floor(v0)
    across = numpy.abs(numpy.floor(u1) - columns).astype(numpy.int64)
    up = numpy.abs(numpy.floor(v1) - rows).astype(numpy.int64)
    alone = (across + up) == 0
    yield _code(columns[alone], rows[alone]), metres[alone], seconds[alone], owners[alone]
    crossing = numpy.nonzero(~alone)[0]
    ends = numpy.cumsum(across[crossing] + up[crossing] + 1)
    first = 0
    while first < len(crossing):
        done = int(ends[first - 1]) if first else 0
        beyond = max(first + 1, int(numpy.searchsorted(ends, done + _PIECES, side="right")))
        these = crossing[first:beyond]
        step, start, end = _pieces(u0[these], u1[these], v0[these], v1[these], across[these], up[these])
        here = these[step]
        middle = (start + end) / 2
        column = numpy.floor(u0[here] + middle * (u1[here] - u0[here]))
        row = numpy.floor(v0[here] + middle * (v1[here] - v0[here]))
        length = end - start
        yield _code(column, row), metres[here] * length, seconds[here] * length, owners[here]
        first = beyond


def _pieces(u0: Floats, u1: Floats, v0: Floats, v1: Floats, across: Ints, up: Ints) -> tuple[Ints, Floats, Floats]:
    """Number of the step, start and end (0 to 1 along it) of each piece between borders; none without a length."""
    import numpy

    step, cuts = [numpy.arange(len(u0))], [numpy.zeros(len(u0))]
    for start, end, number in ((u0, u1, across), (v0, v1, up)):
        which = numpy.repeat(numpy.arange(len(start)), number)
        nth = numpy.arange(len(which)) - numpy.repeat(numpy.cumsum(number) - number, number)
        rising = end[which] > start[which]
        border = numpy.floor(start[which]) + numpy.where(rising, nth + 1, -nth)
        step.append(which)
        cuts.append(numpy.clip((border - start[which]) / (end[which] - start[which]), 0, 1))
    owner, cut = numpy.concatenate(step), numpy.concatenate(cuts)
    order = numpy.lexsort((cut, owner))
    owner, cut = owner[order], cut[order]
    until = numpy.ones(len(cut))
    inner = owner[1:] == owner[:-1]
    until[:-1][inner] = cut[1:][inner]
    real = until > cut
    return owner[real], cut[real], until[real]


def _together(
    codes: list[Ints], metres: list[Floats], seconds: list[Floats], numbers: list[Ints]
) -> tuple[list[Ints], list[Floats], list[Floats], list[Ints]]:
    """The same cells once, their figures added up."""
    import numpy

    if not codes:
        return [numpy.zeros(0, numpy.int64)], [numpy.zeros(0)], [numpy.zeros(0)], [numpy.zeros(0, numpy.int64)]
    code, place = numpy.unique(numpy.concatenate(codes), return_inverse=True)

    def added(column: list[Floats] | list[Ints]) -> Floats:
        found: Floats = numpy.bincount(place.reshape(-1), numpy.concatenate(column), len(code)).astype(float)
        return found

    return [code], [added(metres)], [added(seconds)], [added(numbers).astype(numpy.int64)]
