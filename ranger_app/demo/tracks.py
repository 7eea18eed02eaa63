"""Made-up patrols as GPX files: walking pace, rests, wandering fixes and one jump, as hand-held devices record them.

The trails exist nowhere; only the neighbourhood of the lower Tumen is real.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from ranger_app.demo.finds import Kind, draw

_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Fix:
    """One recorded place: WGS 84 degrees, metres above the sea, UTC without a zone."""

    latitude: float
    longitude: float
    elevation: float
    time: datetime


@dataclass(frozen=True, slots=True)
class Find:
    """One marked place on the way."""

    name: str
    remarks: str
    symbol: str
    fix: Fix
    kind: Kind


def walk(
    rng: random.Random, latitude: float, longitude: float, start: datetime, *, metres: int = 9_000, every: int = 20
) -> list[Fix]:
    """A walk of about ``metres`` out and back near the given place, one fix every ``every`` seconds.

    ``start`` is UTC without a zone. The way bends smoothly, the pace is 2.5 to 4.5 km/h with one rest, the fixes
    wander by some metres, and one fix jumps by some hundred metres, for the cleaning rules to find.
    """
    heading = rng.uniform(0, math.tau)
    north = east = walked = 0.0
    time = start
    height = rng.uniform(20, 90)
    wander_n = wander_e = 0.0
    rest_at, home_at = rng.uniform(0.35, 0.6) * metres, metres * 0.5
    fixes: list[Fix] = []
    squeeze = math.cos(math.radians(latitude))
    pace = rng.uniform(0.9, 1.1)
    while walked < metres:
        wander_n, wander_e = wander_n * 0.9 + rng.gauss(0, 0.9), wander_e * 0.9 + rng.gauss(0, 0.9)
        fixes.append(
            Fix(
                round(latitude + (north + wander_n) / _METRES_PER_DEGREE, 7),
                round(longitude + (east + wander_e) / _METRES_PER_DEGREE / squeeze, 7),
                round(height + rng.gauss(0, 0.8), 1),
                time,
            )
        )
        if rest_at is not None and walked >= rest_at:
            rest_at = math.inf
            time += timedelta(minutes=rng.randrange(8, 18))
            continue
        # Once half the way is done the heading is drawn home, otherwise it only drifts.
        drift = rng.gauss(0, 0.10)
        if walked > home_at:
            home = math.atan2(-east, -north)
            turn = (home - heading + math.pi) % math.tau - math.pi
            drift += turn * 0.12
        heading += drift
        step = every * pace * rng.uniform(0.7, 1.25)
        north, east = north + math.cos(heading) * step, east + math.sin(heading) * step
        height = max(2.0, height + rng.gauss(0, 1.2))
        walked += step
        time += timedelta(seconds=every)
    odd = rng.randrange(len(fixes) // 4, len(fixes) // 2)
    jumped = fixes[odd]
    fixes[odd] = Fix(round(jumped.latitude + 0.0061, 7), jumped.longitude, jumped.elevation, jumped.time)
    return fixes


def finds(rng: random.Random, fixes: list[Fix], count: int) -> list[Find]:
    """``count`` marked places spread over the walk, in the order of time."""
    kinds = draw(rng, count)
    places = sorted(rng.sample(range(5, len(fixes) - 5), len(kinds)))
    return [Find(one.name, one.remarks, one.symbol, fixes[at], one) for one, at in zip(kinds, places, strict=True)]


def gpx(name: str, fixes: list[Fix], marked: list[Find]) -> str:
    """The walk as the text of a GPX 1.1 file."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="Ranger demo" xmlns="http://www.topografix.com/GPX/1/1">',
        f"<metadata><name>{escape(name)}</name></metadata>",
    ]
    for find in marked:
        fix = find.fix
        lines.append(
            f'<wpt lat="{fix.latitude:.7f}" lon="{fix.longitude:.7f}"><ele>{fix.elevation:.1f}</ele>'
            f"<time>{fix.time:%Y-%m-%dT%H:%M:%SZ}</time><name>{escape(find.name)}</name>"
            f"<desc>{escape(find.remarks)}</desc><sym>{escape(find.symbol)}</sym></wpt>"
        )
    lines.append(f"<trk><name>{escape(name)}</name><trkseg>")
    for fix in fixes:
        lines.append(
            f'<trkpt lat="{fix.latitude:.7f}" lon="{fix.longitude:.7f}"><ele>{fix.elevation:.1f}</ele>'
            f"<time>{fix.time:%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
        )
    lines.append("</trkseg></trk></gpx>")
    return "\n".join(lines) + "\n"
