"""What changed between two pictures of one camera: something came, left or moved, or only light and leaves did.

The viewer draws it for a person; the triage without any model orders pictures by the same score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy

Pixels = numpy.ndarray[Any, numpy.dtype[numpy.uint8]]
"""Rows x columns x 3 (red, green, blue) or rows x columns (grey)."""
_Grey = numpy.ndarray[Any, numpy.dtype[numpy.float32]]
_Mask = numpy.ndarray[Any, numpy.dtype[numpy.bool_]]

EDGE = 320
"""Pictures are compared at this longest side: sensor noise and blades of grass are averaged away."""
SWAY = 2
"""Pixels at EDGE by which leaves, grass and the camera itself may move without counting as a change."""
LEAST = 10.0
"""Levels of 255 a pixel must differ by at least, also in a picture without any noise."""
_CELL = 8
_HALF = 0.004
"""Share of the picture which, changed in full contrast, scores one half: an animal of about 25 x 12 pixels at EDGE."""
_FULL_CONTRAST = 30.0


@dataclass(frozen=True, slots=True)
class Change:
    """``score`` 0 (nothing) to 1; ``box`` is left, top, width, height of what changed as shares of the picture."""

    score: float
    box: tuple[float, float, float, float] | None


def change(before: Pixels, after: Pixels) -> Change:
    """How much and where two pictures of the same camera differ beyond light, noise and small movements of plants.

    Both may have any size; the larger is brought to the size of the smaller. Never raises for pictures of at least
    one pixel; pictures of other proportions are stretched onto one another.
    """
    first, second = _alike(before, after)
    excess = _excess(first, _relit(second, first))
    strip = _strip(first, second)
    parts = [part for part in _together(excess > 0) if not strip[part.any(axis=1)].all()]
    if not parts:
        return Change(0.0, None)
    kept: _Mask = numpy.zeros(excess.shape, dtype=numpy.bool_)
    largest = max(int((part & (excess > 0)).sum()) for part in parts)
    for part in parts:
        if int((part & (excess > 0)).sum()) * 4 >= largest:
            kept |= part & (excess > 0)
    weight = float(numpy.minimum(excess[kept], _FULL_CONTRAST).sum()) / _FULL_CONTRAST / excess.size
    return Change(weight / (weight + _HALF), _box(kept))


def drawn(before: Pixels, after: Pixels) -> Pixels:
    """``after`` dark and grey, with what differs from ``before`` glowing over it: red, green, blue in its own size.

    The same correction for light as in ``change`` comes first, so that a brighter flash does not light up everything.
    """
    height, width = after.shape[:2]
    first, second = _resized(_grey(before), (height, width)), _grey(after)
    difference = _blurred(numpy.abs(_relit(second, first) - first))
    floor = max(LEAST / 2, 2.0 * float(numpy.median(difference)))
    glow = numpy.clip((difference - floor) / 40.0, 0.0, 1.0)[..., None]
    ground = (second * 0.30)[..., None].repeat(3, axis=2)
    amber = numpy.asarray((255.0, 196.0, 64.0), dtype=numpy.float32)
    made: Pixels = (ground + (amber - ground) * glow).astype(numpy.uint8)
    return made


# -- one size and one light ------------------------------------------------------------------------------------


def _grey(pixels: Pixels) -> _Grey:
    if pixels.ndim == 2:
        return pixels.astype(numpy.float32)
    # Rec. 601 luma, as JPEG uses it.
    weights = numpy.asarray((0.299, 0.587, 0.114), dtype=numpy.float32)
    grey: _Grey = pixels[..., :3].astype(numpy.float32) @ weights
    return grey


def _shrunk(pixels: Pixels) -> _Grey:
    """Grey, the mean of square blocks, so that the longest side is at most EDGE."""
    factor = -(-max(pixels.shape[:2]) // EDGE)
    if factor == 1:
        return _grey(pixels)
    rows, columns = max(1, pixels.shape[0] // factor), max(1, pixels.shape[1] // factor)
    down, across = min(factor, pixels.shape[0]), min(factor, pixels.shape[1])
    total: _Grey = numpy.zeros((rows, columns), dtype=numpy.float32)
    part = pixels[: rows * down, : columns * across]
    for down_by in range(down):  # a sum of strided views: no second picture of floats in memory
        for across_by in range(across):
            total += _grey(part[down_by::down, across_by::across])
    total /= down * across
    return total


def _resized(grey: _Grey, shape: tuple[int, int]) -> _Grey:
    if grey.shape == shape:
        return grey
    rows = (numpy.arange(shape[0]) * grey.shape[0]) // shape[0]
    columns = (numpy.arange(shape[1]) * grey.shape[1]) // shape[1]
    resized: _Grey = grey[rows[:, None], columns]
    return resized


def _alike(before: Pixels, after: Pixels) -> tuple[_Grey, _Grey]:
    first, second = _shrunk(before), _shrunk(after)
    shape = (min(first.shape[0], second.shape[0]), min(first.shape[1], second.shape[1]))
    return _blurred(_resized(first, shape)), _blurred(_resized(second, shape))


def _relit(grey: _Grey, like: _Grey) -> _Grey:
    """``grey`` in the light of ``like``: gain, offset and a slope of light over the picture, fitted robustly.

    Least squares over the pixels that fit, three times, each time without the third that fits worst: an animal
    fills less than a third of most pictures, and infrared flashes differ in strength and in where they point.
    """
    rows, columns = grey.shape
    step = max(1, int((rows * columns / 8_000) ** 0.5))
    down, across = numpy.mgrid[0:rows:step, 0:columns:step].astype(numpy.float32)
    here, there = grey[::step, ::step].ravel(), like[::step, ::step].ravel()
    down, across = down.ravel() / rows - 0.5, across.ravel() / columns - 0.5
    terms = numpy.stack([here, numpy.ones_like(here), down, across, down * down, across * across], axis=1)
    kept = (here > 2) & (here < 253) & (there > 2) & (there < 253)
    if int(kept.sum()) < 64 or float(here[kept].std()) < 1.0:
        return grey + float(numpy.median(there) - numpy.median(here))
    factors = numpy.asarray((1.0, float(numpy.median(there - here)), 0, 0, 0, 0), dtype=numpy.float32)
    for _turn in range(3):
        off = numpy.abs(terms @ factors - there)
        fits = kept & (off <= numpy.quantile(off[kept], 0.67))
        # The normal equations of six terms: exact enough here, and a tenth of the work of a general solver.
        chosen = terms[fits].astype(numpy.float64)
        square = chosen.T @ chosen + numpy.eye(chosen.shape[1]) * 1e-6
        factors = numpy.linalg.solve(square, chosen.T @ there[fits]).astype(numpy.float32)
    gain, offset, slope_down, slope_across, bend_down, bend_across = (float(one) for one in factors)
    y = (numpy.arange(rows, dtype=numpy.float32) / rows - 0.5)[:, None]
    x = (numpy.arange(columns, dtype=numpy.float32) / columns - 0.5)[None, :]
    light = offset + slope_down * y + slope_across * x + bend_down * y * y + bend_across * x * x
    relit: _Grey = (grey * min(4.0, max(0.25, gain)) + light).astype(numpy.float32)
    return relit


# -- what differs ----------------------------------------------------------------------------------------------


def _excess(first: _Grey, second: _Grey) -> _Grey:
    """By how many levels each pixel lies outside what its surroundings in the other picture explain."""
    noise = 1.4826 * float(numpy.median(numpy.abs(second - first)))
    limit = max(LEAST, 4.0 * noise)
    there = numpy.maximum(second - _extreme(first, numpy.maximum), _extreme(first, numpy.minimum) - second)
    back = numpy.maximum(first - _extreme(second, numpy.maximum), _extreme(second, numpy.minimum) - first)
    found: _Grey = numpy.maximum(numpy.maximum(there, back) - limit, 0).astype(numpy.float32)
    return found


def _extreme(grey: _Grey, which: Any) -> _Grey:
    """The largest or smallest value within SWAY pixels."""
    for axis in (0, 1):
        padded = numpy.pad(grey, [(SWAY, SWAY) if one == axis else (0, 0) for one in (0, 1)], mode="edge")
        length = grey.shape[axis]
        found = grey
        for start in range(2 * SWAY + 1):
            found = which(found, padded[start : start + length] if axis == 0 else padded[:, start : start + length])
        grey = found
    return grey


def _blurred(grey: _Grey) -> _Grey:
    padded = numpy.pad(grey, 1, mode="edge")
    down = padded[:-2] + padded[1:-1] + padded[2:]
    blurred: _Grey = (down[:, :-2] + down[:, 1:-1] + down[:, 2:]) / numpy.float32(9)
    return blurred


def _together(changed: _Mask) -> list[_Mask]:
    """The connected parts, as masks: squares of 8 pixels of which a fifth or more changed, touching one another."""
    rows, columns = -(-changed.shape[0] // _CELL), -(-changed.shape[1] // _CELL)
    padded = numpy.zeros((rows * _CELL, columns * _CELL), dtype=numpy.bool_)
    padded[: changed.shape[0], : changed.shape[1]] = changed
    share = padded.reshape(rows, _CELL, columns, _CELL).mean(axis=(1, 3))
    open_cells = {(int(row), int(column)) for row, column in numpy.argwhere(share >= 0.2)}
    parts: list[_Mask] = []
    while open_cells:
        waiting = [open_cells.pop()]
        cells = numpy.zeros((rows, columns), dtype=numpy.bool_)
        while waiting:
            row, column = waiting.pop()
            cells[row, column] = True
            for near in [(row + a, column + b) for a in (-1, 0, 1) for b in (-1, 0, 1)]:
                if near in open_cells:
                    open_cells.remove(near)
                    waiting.append(near)
        grown = cells.repeat(_CELL, axis=0).repeat(_CELL, axis=1)
        parts.append(grown[: changed.shape[0], : changed.shape[1]])
    return parts


def _strip(first: _Grey, second: _Grey) -> _Mask:
    """Which rows belong to a strip of text at the upper or lower edge, where a clock counts and no animal walks.

    A strip has one ground, the same in both pictures, at least half of each row long and at most an eighth high.
    """
    rows = first.shape[0]
    grounds = numpy.median(first, axis=1)
    plain = (numpy.abs(first - grounds[:, None]) < 8).mean(axis=1) >= 0.5
    plain &= (numpy.abs(second - grounds[:, None]) < 8).mean(axis=1) >= 0.5
    found: _Mask = numpy.zeros(rows, dtype=numpy.bool_)
    for one in (range(rows // 8), range(rows - 1, rows - 1 - rows // 8, -1)):
        for row in one:
            if not plain[row]:
                break
            found[row] = True
    return found


def _box(mask: _Mask) -> tuple[float, float, float, float]:
    down, across = numpy.flatnonzero(mask.any(axis=1)), numpy.flatnonzero(mask.any(axis=0))
    height, width = mask.shape
    top, left = int(down[0]), int(across[0])
    return (left / width, top / height, (int(across[-1]) + 1 - left) / width, (int(down[-1]) + 1 - top) / height)
