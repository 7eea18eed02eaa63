"""Backgrounds of the demo pictures: the same camera always looks at the same trees.

A scene is drawn once per camera and light and kept, since a card holds many pictures of one place.
"""

from __future__ import annotations

import functools
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from ranger_app.demo.shapes import Colour

WIDTH, HEIGHT = 1280, 960
HORIZON = 400
SCENES = ("forest", "snow", "river", "reeds")


def noise(rng: random.Random, cells: int, width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Soft grey noise with about ``cells`` blots across."""
    down = max(2, cells * height // width)
    tile = Image.frombytes("L", (cells, down), rng.randbytes(cells * down))
    return tile.resize((width, height), Image.Resampling.BICUBIC)


def _gradient(top: Colour, bottom: Colour, width: int, height: int) -> Image.Image:
    mask = Image.linear_gradient("L").resize((width, height))
    return Image.composite(Image.new("RGB", (width, height), bottom), Image.new("RGB", (width, height), top), mask)


def _mottle(
    image: Image.Image, rng: random.Random, colour: Colour, cells: int, share: int, box: tuple[int, int, int, int]
) -> None:
    """Blots of ``colour`` over about ``share`` per cent of the box."""
    width, height = box[2] - box[0], box[3] - box[1]
    cut = 255 - share * 255 // 100
    mask = noise(rng, cells, width, height).point([max(0, min(200, (v - cut) * 5)) for v in range(256)])
    image.paste(Image.new("RGB", (width, height), colour), box[:2], mask)


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    return (
        int(a[0] + (b[0] - a[0]) * share),
        int(a[1] + (b[1] - a[1]) * share),
        int(a[2] + (b[2] - a[2]) * share),
    )


def _trunks(
    image: Image.Image, rng: random.Random, *, haze: Colour, bark: Colour, birch: bool, leaves: Colour | None
) -> None:
    """Rows of trees from the far ones, pale and thin, to the near ones."""
    for row in range(5):
        near = row / 4
        base = int(HORIZON + 10 + near * near * 260)
        layer = ImageDraw.Draw(image)
        for _tree in range((34, 24, 15, 8, 4)[row]):
            x, wide = rng.randrange(-20, WIDTH + 20), 5 + near * rng.uniform(24, 62)
            colour = _mix(haze, (214, 210, 200) if birch and rng.random() < 0.35 else bark, 0.25 + 0.75 * near)
            lean, foot = rng.uniform(-30, 30), base + rng.randrange(0, 14)
            layer.polygon(
                [(x - wide / 2, foot), (x + lean - wide / 3, -10), (x + lean + wide / 3, -10), (x + wide / 2, foot)],
                fill=colour,
            )
            layer.line(
                [(x - wide / 4, foot), (x + lean - wide / 6, -10)],
                fill=_mix(colour, (0, 0, 0), 0.25),
                width=max(1, int(wide / 5)),
            )
            for _branch in range(3 if row else 0):
                y = rng.randrange(0, max(20, base - 160))
                reach = rng.uniform(40, 160) * rng.choice((-1, 1)) * (0.4 + near)
                layer.line(
                    [(x + lean * 0.6, y), (x + reach, y - abs(reach) * rng.uniform(0.2, 0.7))],
                    fill=colour,
                    width=max(1, int(wide / 7)),
                )
        if leaves and row < 4:
            box = (0, 0, WIDTH, HORIZON - 40 - row * 55)
            _mottle(image, rng, _mix(haze, leaves, 0.4 + near * 0.6), 60 - row * 9, 42, box)
        if row < 3:
            image.paste(image.filter(ImageFilter.GaussianBlur(3 - row)))


def _grass(
    image: Image.Image, rng: random.Random, colours: tuple[Colour, ...], count: int, top: int, tall: int
) -> None:
    draw = ImageDraw.Draw(image)
    blades = sorted((rng.randrange(top, HEIGHT + tall // 2), rng.randrange(0, WIDTH)) for _ in range(count))
    for y, x in blades:
        near = (y - top) / (HEIGHT - top + 1)
        high, lean = tall * (0.25 + near) * rng.uniform(0.6, 1.2), rng.uniform(-0.35, 0.35)
        draw.line(
            [(x, y), (x + lean * high * 0.4, y - high * 0.6), (x + lean * high, y - high)],
            fill=rng.choice(colours),
            width=1 + int(near * 3),
        )


def _forest(rng: random.Random) -> Image.Image:
    image = _gradient((206, 218, 206), (158, 176, 140), WIDTH, HEIGHT)
    _trunks(image, rng, haze=(178, 194, 170), bark=(82, 68, 54), birch=True, leaves=(74, 104, 54))
    ground = _gradient((126, 122, 84), (86, 76, 50), WIDTH, HEIGHT - HORIZON)
    for colour, cells, share in (
        ((150, 116, 66), 90, 40),
        ((66, 62, 40), 40, 36),
        ((92, 110, 56), 26, 32),
        ((178, 142, 88), 200, 22),
    ):
        _mottle(ground, rng, colour, cells, share, (0, 0, WIDTH, HEIGHT - HORIZON))
    _lay(image, ground, rng)
    near = random.Random(rng.random())
    _front_trees(image, near, (74, 60, 48))
    _grass(image, rng, ((96, 116, 56), (120, 128, 70), (70, 88, 44), (150, 136, 86)), 520, HORIZON + 60, 70)
    return image


def _snow(rng: random.Random) -> Image.Image:
    image = _gradient((214, 222, 232), (196, 206, 218), WIDTH, HEIGHT)
    _trunks(image, rng, haze=(196, 206, 216), bark=(84, 74, 68), birch=True, leaves=None)
    ground = _gradient((222, 228, 236), (240, 243, 247), WIDTH, HEIGHT - HORIZON)
    for colour, cells, share in (((196, 206, 222), 18, 46), ((250, 251, 253), 30, 40), ((182, 194, 212), 70, 14)):
        _mottle(ground, rng, colour, cells, share, (0, 0, WIDTH, HEIGHT - HORIZON))
    _lay(image, ground, rng)
    _front_trees(image, rng, (78, 68, 62))
    _grass(image, rng, ((170, 150, 110), (148, 128, 96)), 90, HORIZON + 120, 80)
    return image


def _river(rng: random.Random) -> Image.Image:
    image = _gradient((204, 220, 232), (186, 204, 204), WIDTH, HEIGHT)
    draw = ImageDraw.Draw(image)
    for row, colour in enumerate(((150, 172, 166), (112, 138, 112), (84, 106, 72))):
        base, step = 300 + row * 34, 80
        tops = [(x, base - rng.randrange(30, 130 - row * 30)) for x in range(-step, WIDTH + step * 2, step)]
        draw.polygon([(-step, HORIZON), *tops, (WIDTH + step, HORIZON)], fill=colour)
        image.paste(image.filter(ImageFilter.GaussianBlur(2)))
        draw = ImageDraw.Draw(image)
    water = _gradient((150, 172, 178), (92, 118, 124), WIDTH, 290)
    for _wave in range(420):
        y = rng.randrange(0, 230)
        x, long = rng.randrange(0, WIDTH), 10 + y * 0.5 * rng.random()
        ImageDraw.Draw(water).line(
            [(x, y), (x + long, y)],
            fill=rng.choice(((190, 208, 212), (108, 132, 136), (168, 188, 192))),
            width=1 + y // 110,
        )
    image.paste(water, (0, HORIZON - 10))
    bank = _gradient((160, 150, 128), (130, 118, 96), WIDTH, HEIGHT - HORIZON - 200)
    for colour, cells, share in (
        ((186, 178, 160), 160, 30),
        ((108, 100, 84), 150, 26),
        ((146, 140, 104), 24, 34),
        ((96, 92, 82), 60, 16),
    ):
        _mottle(bank, rng, colour, cells, share, (0, 0, *bank.size))
    edge = noise(rng, 9, WIDTH, 60)
    mask = Image.new("L", bank.size, 255)
    mask.paste(
        ImageChops.add(Image.linear_gradient("L").resize((WIDTH, 60)), edge, 1, -128).point([0] * 110 + [255] * 146),
        (0, 0),
    )
    image.paste(bank, (0, HORIZON + 200), mask)
    _grass(image, rng, ((118, 126, 72), (146, 138, 90), (92, 104, 58)), 160, HORIZON + 330, 90)
    return image


def _reeds(rng: random.Random) -> Image.Image:
    image = _gradient((216, 222, 224), (196, 196, 176), WIDTH, HEIGHT)
    ground = _gradient((136, 130, 104), (98, 88, 62), WIDTH, HEIGHT - HORIZON)
    for colour, cells, share in (((120, 128, 124), 12, 34), ((156, 140, 96), 90, 34), ((78, 72, 52), 60, 26)):
        _mottle(ground, rng, colour, cells, share, (0, 0, WIDTH, HEIGHT - HORIZON))
    _lay(image, ground, rng)
    draw = ImageDraw.Draw(image)
    for row in range(3):
        for _stem in range(320):
            foot = HORIZON + 20 + row * 36 + rng.randrange(0, 30)
            x, high, lean = rng.randrange(-10, WIDTH + 10), rng.uniform(180, 380), rng.uniform(-40, 40)
            if row == 2 and 330 < x < 950:
                continue
            colour = _mix(
                (200, 194, 164),
                rng.choice(((176, 152, 96), (150, 134, 84), (190, 170, 118), (128, 126, 76))),
                0.45 + row * 0.27,
            )
            draw.line(
                [(x, foot), (x + lean * 0.4, foot - high * 0.6), (x + lean, foot - high)], fill=colour, width=2 + row
            )
            if rng.random() < 0.4:
                tip, top = x + lean, foot - high
                plume = [(tip, top - 46), (tip + 9, top - 8), (tip - 2, top + 6)]
                draw.polygon(plume, fill=_mix(colour, (120, 92, 70), 0.6))
        image.paste(image.filter(ImageFilter.GaussianBlur(1.6 - row * 0.6)))
        draw = ImageDraw.Draw(image)
    _grass(image, rng, ((164, 146, 96), (132, 124, 76), (184, 166, 116)), 260, HORIZON + 230, 120)
    return image


def _lay(image: Image.Image, ground: Image.Image, rng: random.Random) -> None:
    """Put the ground under the trees with an uneven upper edge."""
    mask = Image.new("L", ground.size, 255)
    soft = ImageChops.add(Image.linear_gradient("L").resize((WIDTH, 80)), noise(rng, 14, WIDTH, 80), 1, -128)
    mask.paste(soft.point([max(0, min(255, (v - 90) * 4)) for v in range(256)]), (0, 0))
    image.paste(ground, (0, HORIZON), mask)


def _front_trees(image: Image.Image, rng: random.Random, bark: Colour) -> None:
    for x in (rng.randrange(20, 240), rng.randrange(1030, 1250)):
        wide, foot = rng.randrange(60, 110), HORIZON + rng.randrange(130, 260)
        trunk = Image.new("RGB", (wide, foot + 20), bark)
        _mottle(trunk, rng, _mix(bark, (0, 0, 0), 0.4), 8, 40, (0, 0, *trunk.size))
        _mottle(trunk, rng, _mix(bark, (200, 190, 170), 0.3), 6, 30, (0, 0, *trunk.size))
        shade = Image.linear_gradient("L").rotate(90).resize(trunk.size).point([255 - v // 2 for v in range(256)])
        trunk = ImageChops.multiply(trunk, Image.merge("RGB", (shade, shade, shade)))
        mask = Image.new("L", trunk.size, 0)
        ImageDraw.Draw(mask).polygon(
            [
                (wide * 0.18, 0),
                (wide * 0.82, 0),
                (wide, foot),
                (wide * 0.8, foot + 12),
                (wide * 0.2, foot + 14),
                (0, foot),
            ],
            fill=255,
        )
        image.paste(trunk, (x - wide // 2, 0), mask)


_DRAW = {"forest": _forest, "snow": _snow, "river": _river, "reeds": _reeds}


@functools.lru_cache(maxsize=16)
def background(scene: str, seed: str, night: bool) -> Image.Image:
    """The scene (one of SCENES) that the camera called ``seed`` looks at, RGB, WIDTH x HEIGHT; do not draw on it.

    By night it is what an infra-red flash shows: grey, bright near the camera and black behind.
    """
    image = _DRAW[scene](random.Random(f"{seed}/{scene}"))
    if not night:
        return image
    grey = image.convert("L").point([int(v * (0.52 if scene == "snow" else 0.72)) for v in range(256)])
    flash = Image.radial_gradient("L").resize((WIDTH + 500, HEIGHT + 560)).crop((250, 60, WIDTH + 250, HEIGHT + 60))
    light = flash.point([max(6, 255 - int(v * 1.12)) for v in range(256)])
    grey = ImageChops.multiply(grey, light)
    return Image.merge("RGB", (grey, grey, grey))
