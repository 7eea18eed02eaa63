"""Animals, a person and a car as simple outlines, so that a demo picture can be told apart at a glance.

Each outline is drawn at twice its size on a layer of its own and scaled down, which gives smooth edges.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

Point = tuple[float, float]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg from the hip: where it starts (units of body length, y upwards) and how thick it is there and below."""

    x: float
    y: float
    top: float
    bottom: float
    foot: float


@dataclass(frozen=True, slots=True)
class Body:
    """An animal seen from its right side, nose towards +x, ground at y = 0, body about 1 long."""

    outline: tuple[Point, ...]
    legs: tuple[Leg, Leg]
    tail: tuple[Point, ...]
    tail_width: float
    ears: tuple[tuple[float, float, float], ...]
    eye: Point
    coat: Colour
    belly: Colour
    pattern: str = ""
    length_metres: float = 1.0


CAT_OUTLINE: tuple[Point, ...] = (
    (0.02, 0.48), (0.10, 0.59), (0.30, 0.59), (0.50, 0.56), (0.68, 0.61), (0.80, 0.60), (0.89, 0.65),
    (0.97, 0.63), (1.03, 0.56), (1.03, 0.50), (0.96, 0.46), (0.87, 0.43), (0.80, 0.34), (0.68, 0.29),
    (0.50, 0.30), (0.30, 0.33), (0.16, 0.30), (0.05, 0.36),
)  # fmt: skip
DEER_OUTLINE: tuple[Point, ...] = (
    (0.05, 0.60), (0.12, 0.68), (0.35, 0.66), (0.58, 0.68), (0.70, 0.75), (0.80, 0.90), (0.87, 0.99),
    (0.95, 0.96), (1.06, 0.87), (1.05, 0.83), (0.95, 0.83), (0.89, 0.79), (0.85, 0.66), (0.80, 0.52),
    (0.68, 0.45), (0.45, 0.45), (0.26, 0.49), (0.10, 0.46),
)  # fmt: skip
BOAR_OUTLINE: tuple[Point, ...] = (
    (0.03, 0.42), (0.10, 0.54), (0.30, 0.62), (0.52, 0.68), (0.66, 0.66), (0.80, 0.58), (0.92, 0.47),
    (1.08, 0.34), (1.10, 0.28), (1.04, 0.25), (0.92, 0.26), (0.80, 0.26), (0.70, 0.22), (0.50, 0.20),
    (0.28, 0.22), (0.08, 0.28),
)  # fmt: skip
BEAR_OUTLINE: tuple[Point, ...] = (
    (0.00, 0.40), (0.06, 0.56), (0.22, 0.65), (0.45, 0.65), (0.62, 0.70), (0.76, 0.66), (0.88, 0.67),
    (0.97, 0.60), (1.07, 0.51), (1.07, 0.45), (0.97, 0.42), (0.88, 0.40), (0.80, 0.30), (0.60, 0.24),
    (0.35, 0.24), (0.12, 0.26), (0.02, 0.30),
)  # fmt: skip
BADGER_OUTLINE: tuple[Point, ...] = (
    (0.00, 0.22), (0.10, 0.34), (0.35, 0.40), (0.60, 0.38), (0.78, 0.32), (0.95, 0.25), (1.06, 0.16),
    (1.01, 0.11), (0.85, 0.10), (0.60, 0.08), (0.30, 0.08), (0.06, 0.10),
)  # fmt: skip
CAT_LEGS = (Leg(0.14, 0.42, 0.20, 0.075, 0.12), Leg(0.72, 0.44, 0.17, 0.085, 0.13))
CAT_TAIL: tuple[Point, ...] = ((0.05, 0.52), (-0.10, 0.44), (-0.20, 0.28), (-0.31, 0.17), (-0.43, 0.20), (-0.48, 0.28))
DEER_LEGS = (Leg(0.13, 0.58, 0.16, 0.032, 0.045), Leg(0.70, 0.54, 0.11, 0.032, 0.045))

BODIES: dict[str, Body] = {
    "tiger": Body(
        CAT_OUTLINE, CAT_LEGS, CAT_TAIL, 0.055, ((0.87, 0.675, 0.04),), (0.965, 0.575),
        (190, 110, 44), (226, 205, 178), "stripes", 1.9,
    ),
    "leopard": Body(
        CAT_OUTLINE, CAT_LEGS, CAT_TAIL, 0.05, ((0.87, 0.67, 0.035),), (0.965, 0.575),
        (196, 158, 92), (224, 210, 180), "rosettes", 1.35,
    ),
    "sika_deer": Body(
        DEER_OUTLINE, DEER_LEGS, ((0.07, 0.63), (0.0, 0.58), (-0.02, 0.50)), 0.05, ((0.85, 1.02, 0.045),),
        (0.945, 0.92), (142, 92, 52), (196, 170, 136), "spots antlers", 1.5,
    ),
    "roe_deer": Body(
        DEER_OUTLINE, DEER_LEGS, ((0.07, 0.63), (0.04, 0.59)), 0.05, ((0.85, 1.03, 0.05),),
        (0.945, 0.92), (150, 110, 76), (206, 190, 164), "rump", 1.15,
    ),
    "wild_boar": Body(
        BOAR_OUTLINE, (Leg(0.13, 0.36, 0.17, 0.05, 0.06), Leg(0.68, 0.34, 0.14, 0.05, 0.06)),
        ((0.05, 0.46), (-0.04, 0.40), (-0.06, 0.28)), 0.025, ((0.82, 0.61, 0.05), (0.86, 0.60, 0.04)),
        (0.945, 0.40), (70, 60, 52), (92, 82, 72), "bristles tusk", 1.4,
    ),
    "black_bear": Body(
        BEAR_OUTLINE, (Leg(0.16, 0.40, 0.26, 0.14, 0.18), Leg(0.70, 0.42, 0.24, 0.14, 0.18)),
        ((0.02, 0.42), (-0.02, 0.40)), 0.06, ((0.84, 0.71, 0.055), (0.93, 0.68, 0.045)),
        (0.985, 0.55), (34, 31, 32), (44, 40, 40), "crescent", 1.6,
    ),
    "badger": Body(
        BADGER_OUTLINE, (Leg(0.18, 0.20, 0.16, 0.09, 0.11), Leg(0.70, 0.20, 0.15, 0.09, 0.11)),
        ((0.03, 0.24), (-0.08, 0.22), (-0.16, 0.15)), 0.07, ((0.83, 0.325, 0.03),),
        (0.955, 0.205), (122, 114, 104), (52, 46, 42), "face", 0.75,
    ),
}  # fmt: skip


def smooth(points: Sequence[Point], closed: bool = True, steps: int = 6) -> list[Point]:
    """The points with Catmull-Rom curves between them."""
    count = len(points)
    out: list[Point] = []
    for i in range(count if closed else count - 1):
        if closed:
            p0, p1, p2, p3 = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, count - 1)]
        for step in range(steps):
            t = step / steps
            out.append(
                (
                    0.5 * (2 * p1[0] + (p2[0] - p0[0]) * t + (2 * p0[0] - 5 * p1[0] + 4 * p2[0] - p3[0]) * t * t
                           + (3 * p1[0] - p0[0] - 3 * p2[0] + p3[0]) * t ** 3),
                    0.5 * (2 * p1[1] + (p2[1] - p0[1]) * t + (2 * p0[1] - 5 * p1[1] + 4 * p2[1] - p3[1]) * t * t
                           + (3 * p1[1] - p0[1] - 3 * p2[1] + p3[1]) * t ** 3),
                )
            )  # fmt: skip
    if not closed:
        out.append(points[-1])
    return out


def _shaded(colour: Colour, share: float) -> Colour:
    return int(colour[0] * share), int(colour[1] * share), int(colour[2] * share)


def _ribbon(points: Sequence[Point], widths: Sequence[float]) -> list[Point]:
    """The outline of a line that is ``widths[i]`` wide at point i."""
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(points):
        x0, y0 = points[max(i - 1, 0)]
        x1, y1 = points[min(i + 1, len(points) - 1)]
        size = math.hypot(x1 - x0, y1 - y0) or 1.0
        nx, ny = -(y1 - y0) / size * widths[i] / 2, (x1 - x0) / size * widths[i] / 2
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return left + right[::-1]


def _leg(leg: Leg, swing: float) -> tuple[list[Point], list[Point]]:
    """The outlines of one leg and its foot, swung by ``swing`` body lengths at the foot."""
    knee = (leg.x + swing * 0.35 + 0.015, leg.y * 0.5)
    ankle = (leg.x + swing * 0.85 - 0.01, leg.y * 0.14)
    heel = (leg.x + swing, 0.0)
    path = smooth([(leg.x, leg.y), knee, ankle, heel], closed=False, steps=4)
    shaft = _ribbon(path, [leg.top + (leg.bottom - leg.top) * min(1.0, i / 7) for i in range(len(path))])
    back = heel[0] - leg.bottom / 2
    return shaft, [
        (back, 0.0),
        (back + leg.foot * 1.2, 0.0),
        (back + leg.foot * 1.1, leg.foot * 0.4),
        (back, leg.foot * 0.5),
    ]


class _Layer:
    """A transparent layer in body units, drawn at twice the wanted size."""

    def __init__(self, scale: float, width: float, height: float, left: float) -> None:
        self.scale = scale * 2
        self.left = left
        self.size = (int(width * self.scale), int(height * self.scale))
        self.ground = self.size[1] - int(0.04 * self.scale)

    def at(self, points: Iterable[Point]) -> list[Point]:
        return [((x + self.left) * self.scale, self.ground - y * self.scale) for x, y in points]

    def mask(self, paint: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
        image = Image.new("L", self.size, 0)
        paint(ImageDraw.Draw(image))
        return image


def animal(name: str, length: int, phase: float, rng: random.Random, *, summer: bool = True) -> Image.Image:
    """An RGBA picture of the animal called ``name`` (a key of BODIES), its body ``length`` pixels long, facing right.

    ``phase`` is the place in the walking step, 0 to 1; ``rng`` decides the stripes or spots of this animal, so the
    same seed draws the same individual. The ground lies at the lower edge.
    """
    body = BODIES[name]
    layer = _Layer(length, 1.75, 1.5 if "antlers" in body.pattern else 1.18, 0.55)
    swings = [math.sin((phase + shift) * math.tau) * 0.13 for shift in (0.0, 0.5, 0.3, 0.8)]

    def far(draw: ImageDraw.ImageDraw) -> None:
        for leg, swing in zip(body.legs, swings[:2], strict=True):
            for part in _leg(leg, swing):
                draw.polygon(layer.at(part), fill=255)

    def near(draw: ImageDraw.ImageDraw) -> None:
        draw.polygon(layer.at(smooth(body.outline)), fill=255)
        for leg, swing in zip(body.legs, swings[2:], strict=True):
            for part in _leg(leg, swing):
                draw.polygon(layer.at(part), fill=255)
        tail = smooth(body.tail, closed=False)
        draw.polygon(layer.at(_ribbon(tail, [body.tail_width] * len(tail))), fill=255)
        (tip_x, tip_y), radius = tail[-1], body.tail_width / 2
        draw.ellipse(_box(layer, tip_x, tip_y, radius), fill=255)
        for x, y, radius in body.ears:
            draw.ellipse(_box(layer, x, y, radius), fill=255)

    out = Image.new("RGBA", layer.size, (0, 0, 0, 0))
    dark = _shaded(body.coat, 0.55)
    out.paste(Image.new("RGBA", layer.size, (*dark, 255)), (0, 0), layer.mask(far))
    shape = layer.mask(near)
    coat = _coat(body, layer)
    _pattern(body, layer, coat, rng, summer)
    coat.putalpha(shape)
    out.alpha_composite(coat)
    draw = ImageDraw.Draw(out)
    draw.ellipse(_box(layer, *body.eye, 0.012), fill=(18, 16, 14, 255))
    if "antlers" in body.pattern:
        _antlers(layer, draw)
    if "tusk" in body.pattern:
        draw.line(
            layer.at([(1.0, 0.27), (1.03, 0.33)]), fill=(226, 218, 200, 255), width=max(2, int(layer.scale * 0.012))
        )
    return out.resize((layer.size[0] // 2, layer.size[1] // 2), Image.Resampling.LANCZOS)


def eye_at(name: str, length: int) -> tuple[float, float]:
    """Where the eye lies in the picture of :func:`animal`, pixels from its left and upper edge."""
    body = BODIES[name]
    height = 1.5 if "antlers" in body.pattern else 1.18
    return (body.eye[0] + 0.55) * length, (height - 0.04 - body.eye[1]) * length


def _box(layer: _Layer, x: float, y: float, radius: float) -> list[Point]:
    left, right = layer.at([(x - radius, y + radius), (x + radius, y - radius)])
    return [left, right]


def _coat(body: Body, layer: _Layer) -> Image.Image:
    """Coat colour on the back running into the belly's colour below."""
    top, bottom = layer.ground - int(0.62 * layer.scale), layer.ground - int(0.18 * layer.scale)
    ramp = Image.new("L", (1, layer.size[1]))
    ramp.putdata([max(0, min(255, int(255 * (y - top) / (bottom - top)) - 60)) for y in range(layer.size[1])])
    back = Image.new("RGB", layer.size, body.coat)
    back.paste(Image.new("RGB", layer.size, body.belly), (0, 0), ramp.resize(layer.size))
    return back.convert("RGBA")


def _pattern(body: Body, layer: _Layer, coat: Image.Image, rng: random.Random, summer: bool) -> None:
    draw = ImageDraw.Draw(coat)
    unit = layer.scale
    if "stripes" in body.pattern:
        black = (28, 22, 18, 255)
        x = 0.05
        while x < 0.84:
            lean, reach = rng.uniform(-0.06, 0.06), rng.uniform(0.16, 0.28)
            path = smooth(
                [(x, 0.64), (x + lean * 0.4, 0.56), (x + lean, 0.56 - reach * 0.6), (x + lean * 1.3, 0.58 - reach)],
                False,
                4,
            )
            wide = rng.uniform(0.016, 0.026)
            draw.polygon(
                layer.at(_ribbon(path, [wide * (1 - i / len(path)) + 0.004 for i in range(len(path))])), fill=black
            )
            if rng.random() < 0.6:
                low = rng.uniform(0.28, 0.34)
                draw.line(
                    layer.at([(x + 0.02, low), (x + 0.035 + lean, low + 0.09)]), fill=black, width=int(unit * 0.012)
                )
            x += rng.uniform(0.042, 0.07)
        for leg_x in (0.14, 0.74):
            for y in (0.10, 0.15, 0.21):
                draw.line(layer.at([(leg_x - 0.12, y), (leg_x + 0.14, y + 0.02)]), fill=black, width=int(unit * 0.010))
        tail = smooth(body.tail, closed=False)
        for i in range(4, len(tail), 4):
            tx, ty = tail[i]
            draw.ellipse(_box(layer, tx, ty, 0.014), fill=black)
        draw.line(layer.at([(0.90, 0.62), (0.92, 0.52)]), fill=black, width=int(unit * 0.010))
        draw.ellipse(_box(layer, 0.985, 0.50, 0.035), fill=(232, 222, 206, 255))
    if "rosettes" in body.pattern:
        black = (32, 26, 22, 255)
        for row in range(7):
            for column in range(22):
                px = 0.02 + column * 0.045 + (row % 2) * 0.022 + rng.uniform(-0.01, 0.01)
                py = 0.10 + row * 0.078 + rng.uniform(-0.014, 0.014)
                small = px > 0.80 or py < 0.26
                radius = rng.uniform(0.006, 0.009) if small else rng.uniform(0.014, 0.019)
                draw.ellipse(_box(layer, px, py, radius), fill=black)
                if not small:
                    draw.ellipse(_box(layer, px + 0.002, py, radius * 0.45), fill=(170, 124, 62, 255))
        for px, py in smooth(body.tail, closed=False)[2::3]:
            draw.ellipse(_box(layer, px, py, 0.013), fill=black)
    if "spots" in body.pattern and summer:
        for row in range(5):
            for column in range(14):
                px, py = (
                    0.10 + column * 0.045 + rng.uniform(-0.01, 0.01),
                    0.47 + row * 0.045 + rng.uniform(-0.008, 0.008),
                )
                draw.ellipse(_box(layer, px, py, 0.009), fill=(232, 222, 200, 255))
    if "rump" in body.pattern or "spots" in body.pattern:
        draw.ellipse(_box(layer, 0.06, 0.56, 0.05), fill=(238, 232, 220, 255))
    if "bristles" in body.pattern:
        for i in range(46):
            px = 0.12 + i * 0.016
            draw.line(
                layer.at([(px, 0.70), (px - 0.03, 0.50 + rng.uniform(-0.06, 0.04))]), fill=(40, 34, 30, 255), width=2
            )
    if "crescent" in body.pattern:
        draw.polygon(
            layer.at(smooth([(0.78, 0.42), (0.85, 0.36), (0.89, 0.44), (0.85, 0.40)])), fill=(226, 216, 192, 255)
        )
        draw.ellipse(_box(layer, 1.03, 0.485, 0.045), fill=(120, 96, 74, 255))
    if "face" in body.pattern:
        draw.polygon(layer.at([(0.78, 0.36), (1.10, 0.20), (1.10, 0.08), (0.78, 0.10)]), fill=(232, 228, 220, 255))
        draw.polygon(
            layer.at([(0.80, 0.27), (0.97, 0.23), (1.05, 0.16), (0.96, 0.17), (0.80, 0.20)]), fill=(30, 26, 24, 255)
        )


def _antlers(layer: _Layer, draw: ImageDraw.ImageDraw) -> None:
    colour, width = (104, 82, 58, 255), max(3, int(layer.scale * 0.02))
    for lean in (-0.05, 0.05):
        beam = smooth([(0.88, 0.99), (0.80 + lean, 1.10), (0.79 + lean, 1.24), (0.84 + lean, 1.38)], False, 4)
        draw.line(layer.at(beam), fill=colour, width=width, joint="curve")
        draw.line(layer.at([(0.83 + lean, 1.06), (0.93 + lean, 1.12)]), fill=colour, width=width)
        draw.line(layer.at([(0.79 + lean, 1.22), (0.90 + lean, 1.28)]), fill=colour, width=width)


def person(height: int, phase: float, rng: random.Random) -> Image.Image:
    """An RGBA figure of a walking person with a rucksack and no face, ``height`` pixels tall, facing right."""
    layer = _Layer(height, 0.8, 1.06, 0.4)
    jacket = rng.choice([(74, 92, 60), (88, 84, 62), (70, 74, 82)])
    swing = math.sin(phase * math.tau) * 0.14
    out = Image.new("RGBA", layer.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(out)

    def limb(points: list[Point], widths: tuple[float, float], colour: Colour) -> None:
        path = smooth(points, False, 4)
        wide = [widths[0] + (widths[1] - widths[0]) * i / len(path) for i in range(len(path))]
        draw.polygon(layer.at(_ribbon(path, wide)), fill=(*colour, 255))

    trousers = (58, 54, 46)
    limb([(0.0, 0.50), (-swing * 0.4, 0.26), (-swing, 0.02)], (0.11, 0.06), (46, 43, 37))
    limb([(0.0, 0.50), (swing * 0.4 + 0.02, 0.26), (swing, 0.02)], (0.12, 0.065), trousers)
    for x in (-swing, swing):
        draw.polygon(
            layer.at([(x - 0.04, 0.04), (x + 0.09, 0.02), (x + 0.09, 0.0), (x - 0.04, 0.0)]), fill=(30, 28, 26, 255)
        )
    draw.polygon(layer.at(smooth([(-0.22, 0.78), (-0.08, 0.82), (-0.06, 0.52), (-0.20, 0.54)])), fill=(64, 50, 38, 255))
    chest = [(-0.10, 0.80), (0.0, 0.85), (0.09, 0.80), (0.10, 0.62), (0.09, 0.46), (-0.10, 0.46)]
    draw.polygon(layer.at(smooth(chest)), fill=(*jacket, 255))
    limb([(0.01, 0.79), (swing * 0.5 + 0.02, 0.64), (swing * 0.7 + 0.07, 0.48)], (0.08, 0.05), _shaded(jacket, 0.8))
    draw.ellipse(_box(layer, 0.02, 0.915, 0.072), fill=(150, 116, 92, 255))
    draw.pieslice(_box(layer, 0.02, 0.935, 0.080), 180, 360, fill=(50, 58, 44, 255))
    return out.resize((layer.size[0] // 2, layer.size[1] // 2), Image.Resampling.LANCZOS)


def vehicle(length: int, rng: random.Random) -> Image.Image:
    """An RGBA off-road car seen from the side, ``length`` pixels long, facing right, without a number plate."""
    layer = _Layer(length, 1.1, 0.55, 0.05)
    paint = rng.choice([(96, 104, 92), (120, 124, 128), (86, 74, 62)])
    out = Image.new("RGBA", layer.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(out)
    draw.polygon(
        layer.at(
            [(0.0, 0.12), (0.0, 0.30), (0.05, 0.44), (0.58, 0.45), (0.70, 0.31), (0.97, 0.28), (1.0, 0.20), (1.0, 0.12)]
        ),
        fill=(*paint, 255),
    )
    for window in (
        [(0.06, 0.31), (0.09, 0.41), (0.30, 0.42), (0.30, 0.31)],
        [(0.33, 0.31), (0.33, 0.42), (0.55, 0.42), (0.64, 0.31)],
    ):
        draw.polygon(layer.at(window), fill=(42, 50, 56, 255))
    draw.line(
        layer.at([(0.02, 0.20), (0.98, 0.20)]),
        fill=_shaded(paint, 0.7),
        width=max(2, int(layer.scale * 0.008)),
    )
    draw.ellipse(_box(layer, 0.975, 0.235, 0.022), fill=(248, 240, 210, 255))
    for x in (0.20, 0.80):
        draw.ellipse(_box(layer, x, 0.10, 0.105), fill=(24, 24, 25, 255))
        draw.ellipse(_box(layer, x, 0.10, 0.052), fill=(120, 122, 124, 255))
    return out.resize((layer.size[0] // 2, layer.size[1] // 2), Image.Resampling.LANCZOS)


def as_infrared(shape: Image.Image) -> Image.Image:
    """The shape as an infra-red flash shows it: grey and brighter than its coat."""
    alpha = shape.getchannel("A")
    grey = shape.convert("L").point([min(255, int(40 + v * 1.15)) for v in range(256)])
    return Image.merge("RGBA", (grey, grey, grey, alpha))
