"""What changed between two pictures: an animal counts, light, noise, leaves and the clock in the strip do not."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from time import perf_counter

import numpy
import pytest
from PIL import Image

from ranger_app.media.difference import Pixels, change, drawn

Array = numpy.ndarray
NOTHING, SOMETHING = 0.1, 0.5


def forest(width: int = 1280, height: int = 960, seed: int = 7) -> Array:
    """Ground with structure of several sizes, levels 30 to 200, as floats."""
    chance = numpy.random.default_rng(seed)
    made = numpy.full((height, width), 100.0)
    for cell, strength in ((160, 40), (40, 20), (8, 12)):
        small = chance.normal(0, strength, (height // cell + 2, width // cell + 2)).astype(numpy.float32)
        grown = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
        made += numpy.asarray(grown)
    return made.clip(30, 200)


def picture(levels: Array) -> Pixels:
    return numpy.repeat(levels.clip(0, 255).astype(numpy.uint8)[..., None], 3, axis=2)


def with_animal(levels: Array, left: float, top: float, width: float, height: float, level: float = 235) -> Array:
    """An ellipse of one level inside the box given in shares."""
    made = levels.copy()
    rows, columns = made.shape
    down, across = numpy.mgrid[0:rows, 0:columns]
    inside = ((across / columns - left - width / 2) / (width / 2)) ** 2 + (
        (down / rows - top - height / 2) / (height / 2)
    ) ** 2 <= 1
    made[inside] = level
    return made


def overlap(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    """Shared area of two boxes over the area of both."""
    across = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    down = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
    shared = max(0.0, across) * max(0.0, down)
    return shared / (first[2] * first[3] + second[2] * second[3] - shared)


def test_the_same_picture_has_not_changed() -> None:
    same = picture(forest())
    assert change(same, same).score == 0
    assert change(same, same).box is None


@pytest.mark.parametrize("box", [(0.3, 0.4, 0.2, 0.2), (0.02, 0.5, 0.3, 0.4), (0.6, 0.1, 0.35, 0.8)])
def test_an_animal_that_came_or_left_is_found_where_it_is(box: tuple[float, float, float, float]) -> None:
    empty, visited = picture(forest()), picture(with_animal(forest(), *box))
    for found in (change(empty, visited), change(visited, empty)):
        assert found.score > 0.8
        assert found.box is not None
        assert overlap(found.box, box) > 0.7


def test_a_small_far_animal_is_found() -> None:
    box = (0.7, 0.3, 0.07, 0.06)
    found = change(picture(forest()), picture(with_animal(forest(), *box)))
    assert found.score > 0.3
    assert found.box is not None
    assert overlap(found.box, box) > 0.4


def test_two_animals_are_in_one_box() -> None:
    visited = with_animal(with_animal(forest(), 0.1, 0.3, 0.15, 0.2), 0.7, 0.5, 0.15, 0.2)
    found = change(picture(forest()), picture(visited))
    assert found.box is not None
    assert overlap(found.box, (0.1, 0.3, 0.75, 0.4)) > 0.8


@pytest.mark.parametrize(("gain", "offset"), [(1.3, 0), (0.6, 0), (1.0, 35), (0.7, 30)])
def test_a_stronger_or_weaker_flash_is_no_change(gain: float, offset: float) -> None:
    lit = forest() * gain + offset
    assert change(picture(forest()), picture(lit)).score < NOTHING
    assert change(picture(lit), picture(forest())).score < NOTHING
    assert change(picture(forest()), picture(with_animal(lit, 0.4, 0.4, 0.2, 0.2, 250))).score > SOMETHING


def test_light_that_moves_over_the_picture_is_no_change() -> None:
    slope = numpy.linspace(-25, 25, 1280)[None, :]
    assert change(picture(forest()), picture(forest() + slope)).score < NOTHING


def test_noise_of_a_night_picture_is_no_change() -> None:
    chance = numpy.random.default_rng(3)
    dark = forest() * 0.4
    first, second = (picture(dark + chance.normal(0, 14, dark.shape)) for _n in range(2))
    assert change(first, second).score < NOTHING
    visited = picture(with_animal(dark, 0.5, 0.5, 0.12, 0.12, 190) + chance.normal(0, 14, dark.shape))
    assert change(first, visited).score > SOMETHING


def test_leaves_and_a_camera_that_sways_are_no_change() -> None:
    wide = forest(1300, 980)
    still = wide[:960, :1280]
    for across, down in ((4, 0), (0, 6), (5, 5)):
        assert change(picture(still), picture(wide[down : down + 960, across : across + 1280])).score < NOTHING


def test_the_clock_in_the_strip_is_no_change() -> None:
    first, second = forest(), forest()
    for levels, shift in ((first, 0), (second, 22)):
        levels[-80:] = 0
        for place in range(6):
            left = 100 + place * 44 + shift
            levels[-64:-16, left : left + 22] = 255
    assert change(picture(first), picture(second)).score == 0
    visited = picture(with_animal(second, 0.4, 0.7, 0.2, 0.2))
    assert change(picture(first), visited).score > SOMETHING


def test_pictures_of_other_sizes_and_grey_ones_are_compared() -> None:
    box = (0.3, 0.4, 0.2, 0.2)
    large = picture(with_animal(forest(), *box))
    small = numpy.asarray(Image.fromarray(picture(forest())).resize((320, 240), Image.Resampling.BOX))
    for before, after in ((small, large), (large, small), (small[..., 0], large[..., 0]), (small, large[..., 0])):
        found = change(before, after)
        assert found.score > SOMETHING
        assert found.box is not None
        assert overlap(found.box, box) > 0.6


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 900, 3), (900, 1, 3), (9, 9), (17, 400, 3)])
def test_odd_shapes_are_answered(shape: tuple[int, ...]) -> None:
    black, white = numpy.zeros(shape, numpy.uint8), numpy.full(shape, 255, numpy.uint8)
    assert 0 <= change(black, white).score <= 1
    assert drawn(black, white).shape == (*shape[:2], 3)


def test_the_drawing_glows_where_something_changed_and_is_dark_elsewhere() -> None:
    shown = drawn(picture(forest()), picture(with_animal(forest() * 1.2, 0.4, 0.4, 0.2, 0.2, 250)))
    rows, columns = shown.shape[:2]
    assert shown[rows // 2, columns // 2].tolist() == [255, 196, 64]
    assert int(shown[: rows // 4].max()) < 90


def test_a_comparison_of_twelve_megapixels_is_quick() -> None:
    large = numpy.asarray(Image.fromarray(picture(forest())).resize((4000, 3000)))
    spent = []
    for _n in range(3):
        begun = perf_counter()
        change(large, large)
        spent.append(perf_counter() - begun)
    assert min(spent) < 2


@pytest.mark.realdata
def test_a_heron_that_stands_flaps_and_leaves(real_data: Path) -> None:
    files = sorted(path for path in (real_data / "camtrap-dp-example" / "media").iterdir() if path.is_file())
    pictures = [numpy.asarray(Image.open(path).convert("RGB")) for path in files]
    found = [change(before, after) for before, after in pairwise(pictures)]
    scores = [one.score for one in found]
    assert min(scores[0], scores[-1]) > 2 * max(scores[1:-1])  # it folds its wings, stands, takes off
    assert min(scores[0], scores[-1]) > SOMETHING
    assert found[0].box is not None
    assert overlap(found[0].box, (0.36, 0.6, 0.33, 0.3)) > 0.5
