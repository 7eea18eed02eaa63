"""The ledger of crossings against shapely and pyproj, for 2,000 animals: inland, near the line, on it, at the three
countries' corner, with unsure identities and encounters in one second."""

from __future__ import annotations

import random

from ranger_app.actions.encounters import doubt_of
from ranger_app.domain.crossings import Encounter, ledger
from ranger_app.geo import border
from ranger_app.geo.spread import farthest_apart
from tests.individuals import by_hand

ANIMALS = 2_000
CORNER = (42.41979, 130.63928)
"""Treaty marker 423 at the Tumen, where China, Russia and Korea (DPRK) meet."""
CLEAR = 2.0
"""Metres from the layer's accuracy within which a place is passed over: two ways of measuring may part there."""


def places(rng: random.Random) -> list[tuple[float, float]]:
    """Inland; about the corner; on corners of the line, on the river and within its accuracy."""
    found = [(rng.uniform(42.5, 43.6), rng.uniform(130.3, 131.4)) for _n in range(120)]
    found += [(CORNER[0] + rng.uniform(-0.05, 0.05), CORNER[1] + rng.uniform(-0.07, 0.02)) for _n in range(60)]
    found.append(CORNER)
    line = [one for one in by_hand.corners() if 42.3 < one[0] < 43.6 and 130.3 < one[1] < 131.4]
    on_it = rng.sample(line, 40)
    found += on_it
    found += [(a + rng.uniform(-0.008, 0.008), b + rng.uniform(-0.011, 0.011)) for a, b in on_it for _n in range(2)]
    return [(round(a, 7), round(b, 7)) for a, b in found]


def test_the_ledger_is_what_shapely_and_pyproj_say() -> None:
    rng = random.Random("crossings by hand")
    known = {}
    met_at = {}
    for number, place in enumerate(places(rng)):
        hand = by_hand.ground(*place)
        if not hand.country or abs(hand.metres - hand.accuracy) < CLEAR:
            continue
        answer = border.side(*place)
        met_at[place] = (number.to_bytes(16, "big"), answer, doubt_of(answer))
        known[place] = hand
    assert len(known) > 200
    listed = list(known)
    near = [one for one in listed if known[one].metres < known[one].accuracy]
    on_line = [one for one in near if known[one].metres < 1]
    corner = [one for one in listed if abs(one[0] - CORNER[0]) < 0.05 and abs(one[1] - CORNER[1]) < 0.07]
    clear = [one for one in corner if known[one].metres >= known[one].accuracy]
    assert len(near) > 40
    assert len(on_line) > 20
    assert {known[one].country for one in clear} == {"CN", "RU", "KP"}
    for place, hand in known.items():
        _id, answer, doubt = met_at[place]
        assert abs(answer.metres - hand.metres) < 1.0, place
        assert (doubt == "border") == (hand.metres < hand.accuracy), place
        if not doubt:
            assert answer.country == hand.country, place

    encounters: list[Encounter] = []
    truth = {}
    for number in range(ANIMALS):
        animal = number.to_bytes(16, "big")
        around = corner if number % 5 == 0 else near + listed[:20] if number % 5 == 1 else rng.sample(listed, 8)
        seconds = rng.sample(range(1_400_000_000, 1_400_000_060), rng.randint(1, 14))
        if number % 3 == 0:
            seconds += seconds[: len(seconds) // 3]  # twice in one second
        here = []
        for second in seconds:
            place = rng.choice(around)
            unsure = rng.random() < 0.1
            here.append((second, place, unsure))
            key, answer, doubt = met_at[place]
            why = "identity" if unsure else doubt
            encounters.append(Encounter(animal, second, key, *place, answer.country, answer.metres, why, "2014-05"))
        truth[animal] = _by_hand(here, known)
    rng.shuffle(encounters)
    lines = ledger(encounters, farthest_apart)
    assert len(lines) == ANIMALS
    crossed = three = 0
    for line in lines:
        sides, crossings, apart, proving = truth[line.animal]
        assert line.crossed == crossings
        assert {country: side.encounters for country, side in line.sides.items()} == {
            country: len(metres) for country, metres in sides.items()
        }
        for country, metres in sides.items():
            assert abs(line.sides[country].farthest - max(metres)) < 1.0
        assert abs(line.apart - apart) < 0.01
        assert line.encounters - line.doubtful.total() == proving
        crossed += line.crossed > 0
        three += len(line.sides) == 3
    assert crossed > 800
    assert three > 100


def _by_hand(
    here: list[tuple[int, tuple[float, float], bool]], known: dict[tuple[float, float], by_hand.Ground]
) -> tuple[dict[str, list[float]], int, float, int]:
    """Distances by country, crossings, the greatest distance apart, and how many encounters prove a side."""
    sure = [(s, place) for s, place, unsure in here if not unsure and known[place].metres >= known[place].accuracy]
    at_once: dict[int, set[str]] = {}
    for second, place in sure:
        at_once.setdefault(second, set()).add(known[place].country)
    proving = [(second, place) for second, place in sure if len(at_once[second]) == 1]
    sides: dict[str, list[float]] = {}
    for _second, place in proving:
        sides.setdefault(known[place].country, []).append(known[place].metres)
    crossings = by_hand.crossings([(second, known[place].country) for second, place in sure])
    return sides, crossings, by_hand.apart(place for _second, place in proving), len(proving)
