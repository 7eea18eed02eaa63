"""What a map shows of a library: all to those who work here, to others what a rule says, rough places as squares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import map_edit, map_layers, map_page, partners, records
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.actions.map_sight import Period, day
from ranger_app.domain import sharing
from ranger_app.domain.ops import create
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.geo import outline
from ranger_app.geo.tracks import pack
from ranger_app.geo.way import Way
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.maps.layers import Layer

NOW = 1_700_000_000_000
DEER, BEAR, TIGER = "Capreolus pygargus", "Ursus thibetanus", "Panthera tigris"
SQUARE = {"type": "Polygon", "coordinates": [[[131.0, 43.0], [131.2, 43.0], [131.2, 43.2], [131.0, 43.0]]]}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "ours", name="A", country="RU", utc_offset=600, clock=lambda: NOW) as made:
        yield made


def site(library: Library, name: str, latitude: int, longitude: int, taxon: str, **more: object) -> bytes:
    """A camera site with one picture of a species, a month of work, and an outline."""
    place, deployment, media, animal = (library.new_id() for _ in range(4))
    at = {"latitude": latitude, "longitude": longitude}
    library.commit(
        [
            create("location", place, {"name": name, "type": "camera_site", **at, "outline": outline.write(SQUARE)}),
            create("deployment", deployment, {
                "name": f"{name}-1", "location": place, "utc_offset": 600, "start": "2023-04-01T10:00:00",
                "end": "2023-05-01T10:00:00", **more,
            }),
            create("media", media, {"deployment": deployment, "camera_time": "2023-04-05T06:07:08"}),
            create("individual", animal, {"code": f"{name}-X", "taxon": taxon}),
            create("observation", library.new_id(), {
                "media": media, "deployment": deployment, "type": "animal", "taxon": taxon, "method": "human",
                "individual": animal,
            }),
        ],
        label="site",
    )  # fmt: skip
    return deployment


def drawn(library: Library, rule: sharing.Rule | None = None, **more: object) -> dict[str, Layer]:
    made = run(map_layers.layers(library, rule, **more))  # type: ignore[arg-type]
    return {one.id: one for one in made.layers}


def test_those_who_work_here_see_every_place_as_it_is(library: Library) -> None:
    failures = json.dumps([{"from": "2023-04-10T00:00:00", "to": "2023-04-12T00:00:00", "reason": "snow"}])
    site(library, "Ridge", 431_234_567, 1_319_876_543, TIGER, failures=failures)
    layers = drawn(library)
    (camera,) = layers["deployments"].things
    assert camera.place == (43.1234567, 131.9876543)
    assert (camera.size, camera.mark, camera.own, camera.title) == (0, "failed", True, "Ridge-1")
    assert (camera.first, camera.last) == (day("2023-04-01"), day("2023-05-01"))
    (seen,) = layers["observations"].things
    assert seen.place == camera.place
    assert layers["observations"].words == [seen.title]
    assert layers["sectors"].things[0].place == SQUARE


def test_under_a_rule_places_are_squares_or_not_there(library: Library) -> None:
    site(library, "Meadow", 425_555_555, 1_306_666_666, DEER)
    site(library, "Den", 431_234_567, 1_319_876_543, TIGER)
    site(library, "Saddle", 437_654_321, 1_323_456_789, BEAR)
    made = run(map_layers.layers(library, sharing.STANDARD))
    layers = {one.id: one for one in made.layers}
    by_size = sorted((one.size, one.place) for one in layers["deployments"].things)
    assert by_size == [(-1, (43.8, 132.3)), (0, (42.5555555, 130.6666666))]
    assert made.withheld["deployments"] == 1
    assert len(layers["sectors"].things) == 1, "an outline tells what the place withholds"
    seen = sorted(one.size for one in layers["observations"].things)
    assert seen == [-1, 0]
    rough = next(one for one in layers["deployments"].things if one.size < 0)
    assert "Saddle" not in " ".join([rough.title, *rough.facts])
    opened = drawn(library, sharing.OPEN)
    assert {one.size for one in opened["deployments"].things} == {-2}
    assert "sectors" not in opened
    assert "moves" not in opened


def test_the_way_of_a_visit_is_a_line_where_its_place_may_be_told(library: Library, tmp_path: Path) -> None:
    way = {"type": "LineString", "coordinates": [[130.60, 42.50], [130.61, 42.50], [130.61, 42.51]]}
    open_shore = {"name": "Open shore", "type": "site", "latitude": 425_000_000, "longitude": 1_306_000_000}
    shore = records.add(library, "location", {**open_shore, "route": outline.write(way)})
    records.add(library, "location", {"name": "Not a way", "type": "site", "route": json.dumps(SQUARE)})
    records.add(library, "location", {"name": "A dot", "type": "site", "route": outline.write(
        {"type": "LineString", "coordinates": [[130.6, 42.5]]})})  # fmt: skip
    site(library, "Den", 431_234_567, 1_319_876_543, TIGER)
    (den,) = (row[0] for row in library_rows(library, "SELECT id FROM location WHERE name='Den'"))
    records.edit(library, "location", den, {"route": outline.write(way)})

    layer = drawn(library)["routes"]
    by_name = {one.title: one for one in layer.things}
    assert set(by_name) == {"Open shore", "Den"}
    line = by_name["Open shore"]
    assert line.place == [[(42.50, 130.60), (42.50, 130.61), (42.51, 130.61)]]
    assert (line.id, line.kind, line.own) == (shore.hex(), "location", True)
    assert "1.9 km" in line.facts  # 822 m along 42.5 N and 1,111 m north

    made = run(map_layers.layers(library, sharing.STANDARD))
    (routes,) = (one for one in made.layers if one.id == "routes")
    assert [one.title for one in routes.things] == ["Open shore"]
    assert made.withheld["routes"] == 1
    opened = run(map_layers.layers(library, sharing.OPEN))
    assert "routes" not in {one.id for one in opened.layers}
    run(map_page.write(library, tmp_path / "map.html", rule=sharing.STANDARD.name))
    text = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "Open shore" in text
    assert den.hex() not in text


def library_rows(library: Library, sql: str) -> list[tuple[bytes, ...]]:
    with library.read() as db:
        return list(db.conn.execute(sql).fetchall())


def test_what_a_partner_told_roughly_is_a_square_here_and_blue(library: Library, tmp_path: Path) -> None:
    site(library, "Saddle", 437_654_321, 1_323_456_789, BEAR)
    with Library.create(tmp_path / "theirs", name="B", country="CN", utc_offset=480, clock=lambda: NOW) as theirs:
        for one, other in ((library, theirs), (theirs, library)):
            card = partners.write_card(other, tmp_path / f"{other.station.country}.json")
            digits = partners.add_partner(one, card).confirm
            partners.add_partner(one, card, confirm=digits, clearance=partners.STANDARD)
        run(write_bundle(library, WriteRequest(tmp_path / "stick", (theirs.station.id,), "none")))
        run(read_bundles(theirs, tmp_path / "stick"))
        (camera,) = drawn(theirs)["deployments"].things
    assert (camera.place, camera.size, camera.own) == ((43.8, 132.3), -1, False)


def test_a_period_narrows_and_an_embargo_holds_back(tmp_path: Path) -> None:
    now = [NOW - 200 * 86_400_000]
    with Library.create(tmp_path / "ours", name="A", country="RU", utc_offset=600, clock=lambda: now[0]) as library:
        _narrowed(library, now)


def _narrowed(library: Library, now: list[int]) -> None:
    site(library, "Meadow", 425_555_555, 1_306_666_666, DEER)
    assert "observations" in drawn(library, period=Period(day("2023-04-05"), day("2023-04-05")))
    assert "observations" not in drawn(library, period=Period(day("2023-04-06"), None))
    assert "deployments" in drawn(library, period=Period(day("2023-04-06"), None))
    now[0] = NOW
    waits = sharing.Rule("waits", embargo_days=400)
    assert "observations" not in drawn(library, waits)
    assert "observations" in drawn(library, sharing.Rule("waits", embargo_days=30))


def test_tracks_leave_out_what_does_not_count(library: Library) -> None:
    patrol = records.add(library, "patrol", {"name": "Round", "date": "2023-04-05"})
    way = Way()
    for i in range(200):
        way.add(42.5 + i * 1e-4, 130.6 + (i % 2) * 1e-6, 0.0, 1_680_660_000_000 + i * 10_000, 0 if i < 100 else 1)
    marks = [0] * 200
    way.latitude[50] = 0.0
    way.longitude[50] = 0.0
    marks[50] = 2  # zero_zero
    library.commit(
        [create("track", library.new_id(), {"patrol": patrol, "points": pack(way, marks), "point_count": 200})],
        label="t",
    )
    layers = drawn(library)
    (walked,) = layers["tracks"].things
    assert len(walked.place) == 2, "one line for each segment"
    assert all(42.4 < latitude < 42.6 for line in walked.place for latitude, _longitude in line)
    assert sum(map(len, walked.place)) < 20, "a straight line needs few points"
    assert (walked.kind, walked.id, walked.title) == ("patrol", patrol.hex(), "Round")
    assert layers["coverage"].things
    assert "tracks" not in drawn(library, sharing.STANDARD)
    assert "coverage" not in drawn(library, sharing.STANDARD)


def test_unknown_layers_and_files_that_exist_are_refused(library: Library, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem):
        run(map_page.write(library, tmp_path / "map.html", layers=["nonsense"]))
    (tmp_path / "map.html").write_text("x", encoding="utf-8")
    with pytest.raises(DataProblem):
        run(map_page.write(library, tmp_path / "map.html"))
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == "x"


def test_what_is_drawn_becomes_values(library: Library) -> None:
    point = map_edit.read('{"type":"Point","coordinates":[130.5,42.5]}')
    assert map_edit.place(point, 15) == {"latitude": 425_000_000, "longitude": 1_305_000_000, "uncertainty": 15}
    with pytest.raises(DataProblem):
        map_edit.read('{"type":"Point","coordinates":[230.5,42.5]}')
    bow = {"type": "Polygon", "coordinates": [[[131, 43], [132, 44], [132, 43], [131, 44], [131, 43]]]}
    with pytest.raises(DataProblem):
        map_edit.outlined("protected_area", bow)
    area = records.add(library, "protected_area", {"name": "Reserve"})
    map_edit.reshape(library, "protected_area", area, SQUARE, 12)
    assert map_edit.corners_of(library, "protected_area", area) == SQUARE["coordinates"][0][:-1]
    middle = map_edit.middle(SQUARE)
    assert 430_000_000 < middle["latitude"] < 432_000_000
    assert middle["uncertainty"] > 10_000


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"type":"Polygon"}', '{"type":"Polygon","coordinates":[[["a",1]]]}', "[" * 100_000,
     '{"type":"Polygon","coordinates":[[[1e400,1]]]}', '{"type":"GeometryCollection","geometries":[]}'],
)  # fmt: skip
def test_hostile_outlines_are_no_outlines(text: str) -> None:
    assert outline.read(text) is None
