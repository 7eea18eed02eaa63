"""Every place of the demo lies in the country of its station, farther from the border than the border is sure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ranger_app.demo import cast, season
from ranger_app.geo import border
from ranger_app.geo.tracks import unpack
from ranger_app.library import Library

PATROLS = 12
Place = tuple[float, float]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return season.make(tmp_path_factory.mktemp("demo") / "places", media=0, patrols=PATROLS, counts=0, stations=3)


def _told(path: Path) -> tuple[list[Place], list[Place]]:
    """The places of all records of a station and the corners of its area; the fixes of its patrols."""
    places: list[Place] = []
    walked: list[Place] = []
    with Library.open(path) as library, library.read() as db:
        for table in ("location", "waypoint", "sample"):
            rows = db.conn.execute(f"SELECT latitude, longitude FROM {table} WHERE latitude IS NOT NULL").fetchall()
            assert rows, table
            places += [(latitude / 1e7, longitude / 1e7) for latitude, longitude in rows]
        for (outline,) in db.conn.execute("SELECT outline FROM protected_area"):
            places += [(latitude, longitude) for longitude, latitude in json.loads(outline)["coordinates"][0]]
        tracks = db.conn.execute("SELECT points FROM track").fetchall()
        assert len(tracks) == PATROLS
        for (points,) in tracks:
            way, _marks = unpack(points)
            walked += zip(way.latitude, way.longitude, strict=True)
    return places, walked


@pytest.mark.parametrize("number", range(3))
def test_all_lies_in_the_country_of_its_station(made: list[Path], number: int) -> None:
    party = cast.PARTIES[number]
    places, walked = _told(made[number])
    assert len(places) > len(party.sites) + 2 + 3 * PATROLS
    for place in [*places, *walked[::10]]:  # a fix each 200 s
        answer = border.side(*place)
        assert (answer.country, answer.uncertain) == (party.country, False), place
        assert answer.metres > answer.accuracy_m, place


@pytest.mark.parametrize("party", cast.PARTIES, ids=lambda one: one.key)
def test_cameras_and_post_lie_kilometres_from_the_border(party: cast.Party) -> None:
    for latitude, longitude in [party.post, *((one.latitude, one.longitude) for one in party.sites)]:
        answer = border.side(latitude, longitude)
        assert answer.country == party.country
        assert answer.metres > 5_000
