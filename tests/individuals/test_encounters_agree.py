"""Encounters read in one pass are those that the analysis of events finds station by station, whatever was said."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import encounters
from ranger_app.actions.analysis import Question
from ranger_app.actions.analysis_events import gather
from ranger_app.domain.independence import LAST_INDEPENDENT, LAST_RECORD, Rule
from ranger_app.domain.ops import Op, create
from ranger_app.library import Library
from ranger_app.store import sightings

TIGER = "Panthera tigris"
QUESTIONS = (
    Question(),
    Question(rule=Rule(30, LAST_INDEPENDENT)),
    Question(rule=Rule(0, LAST_RECORD)),
    Question(apart=True),
    Question(start=date(2014, 5, 3), end=date(2014, 5, 5)),
    Question(start=date(2014, 5, 4)),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("said")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RANGER_PROFILE", str(folder / "profile"))
        made = Library.create(folder / "library", name="Khasan", country="RU", utc_offset=600)
        _fill(made, random.Random("whatever people say"))
        yield made
        made.close()


def _fill(library: Library, rng: random.Random) -> None:
    """Alone and on events, by people and machines, settled or not, of animals named or not, setting up, time lapse."""
    ops: list[Op] = []
    cameras, animals = [], []
    for number in range(4):
        location, camera = library.new_id(), library.new_id()
        place = {"name": f"P{number}", "latitude": 430_000_000 + number * 500_000, "longitude": 1_311_000_000}
        ops.append(create("location", location, place))
        for _pair in range(1 + number % 2):
            camera = library.new_id()
            ops.append(create("deployment", camera, {"name": f"D{number}", "location": location, "utc_offset": 600}))
            cameras.append(camera)
    for number in range(5):
        animals.append(library.new_id())
        ops.append(create("individual", animals[-1], {"code": f"T-{number}", "taxon": TIGER}))
    ops.append(create("same_animal", library.new_id(), {"one": animals[0], "other": animals[1], "answer": "same"}))
    people = [library.new_id() for _n in range(2)]
    pictures: list[tuple[bytes, bytes]] = []
    for _number in range(700):
        media, camera = library.new_id(), rng.choice(cameras)
        time = datetime(2014, 5, 1) + timedelta(minutes=rng.randrange(8 * 1440))
        values = {"deployment": camera, "camera_time": time.isoformat() if rng.random() < 0.97 else None}
        ops.append(create("media", media, values | {"capture_method": "timeLapse" if rng.random() < 0.05 else None}))
        pictures.append((media, camera))
    for media, camera in pictures:
        for _statement in range(rng.choice((0, 1, 1, 1, 2, 3))):
            ops.append(create("observation", library.new_id(), _said(rng, animals, people, camera) | {"media": media}))
    for _number in range(80):
        camera = rng.choice(cameras)
        here = [media for media, at in pictures if at == camera]
        named = json.dumps([one.hex() for one in rng.sample(here, 3)])
        ops.append(create("observation", library.new_id(), _said(rng, animals, people, camera) | {"pictures": named}))
    for start in range(0, len(ops), 1_500):
        library.commit(ops[start : start + 1_500], label="made")


def _said(rng: random.Random, animals: list[bytes], people: list[bytes], camera: bytes) -> dict[str, object]:
    machine = rng.random() < 0.2
    kind = rng.choice(("animal", "animal", "animal", "blank"))
    named = kind == "animal" and not machine and rng.random() < 0.8
    said = {
        "deployment": camera,
        "type": kind,
        "taxon": TIGER if kind == "animal" else None,
        "individual": rng.choice(animals) if named else None,
        "method": "machine" if machine else "human",
        "by": None if machine else rng.choice(people),
        "look": "settled" if rng.random() < 0.1 else None,
        "setup": "setup" if rng.random() < 0.03 else None,
        "sureness": rng.choice(("certain", "possible", None)) if named else None,
    }
    return {name: value for name, value in said.items() if value is not None}


@pytest.mark.parametrize("question", QUESTIONS)
def test_one_pass_finds_what_the_stations_have(library: Library, question: Question) -> None:
    with library.read() as db:
        met = jobs.run(encounters.met(library, db, question))
        got = jobs.run(gather(db, replace(question, individuals=True)))
    one_pass = sorted((one.place, one.animal.hex(), one.at) for one in met.encounters)
    assert one_pass == sorted((place.id, event.subject, event.start) for place, event in got.found)
    assert len(one_pass) > 50
    passed = met.asked.passed
    assert (passed.set_up > 0, passed.time_lapse > 0) == (got.asked.passed.set_up > 0, got.asked.passed.time_lapse > 0)


def test_calendar_years_begin_anew_as_if_each_were_asked_for(tmp_path: Path) -> None:
    """By the clock of the camera: the second picture is of the new year there, and still of the old one in UTC."""
    with Library.create(tmp_path / "library", name="Khasan", country="RU", utc_offset=600) as made:
        location, camera, animal = (made.new_id() for _n in range(3))
        place = {"name": "P", "latitude": 431_000_000, "longitude": 1_314_000_000}
        ops = [
            create("location", location, place),
            create("deployment", camera, {"name": "D", "location": location, "utc_offset": 600}),
            create("individual", animal, {"code": "T-1", "taxon": TIGER}),
        ]
        for time in ("2014-12-31T23:50:00", "2015-01-01T00:05:00", "2015-06-01T12:00:00"):
            media = made.new_id()
            said = {"media": media, "deployment": camera, "type": "animal", "taxon": TIGER, "individual": animal}
            ops.append(create("media", media, {"deployment": camera, "camera_time": time}))
            ops.append(create("observation", made.new_id(), {**said, "method": "human"}))
        made.commit(ops, label="made")
        with made.read() as db:
            whole = jobs.run(encounters.met(made, db, Question()))
            by_year = jobs.run(encounters.met(made, db, Question(), by_year=True))
            years = [
                jobs.run(encounters.met(made, db, Question(start=date(year, 1, 1), end=date(year, 12, 31))))
                for year in (2014, 2015)
            ]
        assert [one.month for one in whole.encounters] == ["2014-12", "2015-06"]
        assert [one.month for one in by_year.encounters] == ["2014-12", "2015-01", "2015-06"]
        assert by_year.encounters == [one for year in years for one in year.encounters]


def test_pictures_with_several_statements_are_sought_among_the_named_alone(library: Library) -> None:
    """As a plain count over everything has it, without reading the statements that name nobody."""
    with library.read() as db:
        said = "o.deleted = 0 AND o.method IS NOT 'machine'"
        told = (
            f"SELECT o.media AS media, o.individual FROM observation AS o WHERE o.media NOTNULL AND {said} UNION ALL"
            " SELECT e.media, o.individual FROM event_picture AS e JOIN observation AS o ON o.id = e.observation"
            f" WHERE {said}"
        )
        plain = (
            f"SELECT m.key FROM ({told}) AS t JOIN media AS m ON m.id = t.media GROUP BY m.key"
            " HAVING count(*) > 1 AND count(t.individual)"
        )
        expected = {row[0] for row in db.conn.execute(plain)}
        asked = sightings.told_again(on_events=True)
        found = {row[0] for row in db.conn.execute(asked)}
        plan = [row[3] for row in db.conn.execute(f"EXPLAIN QUERY PLAN {asked}")]
    assert len(expected) > 50
    assert found == expected
    assert not [step for step in plan if step.startswith("SCAN") and step != "SCAN n"], plan


def test_an_encounter_is_as_sure_as_its_surest_picture(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library", name="Khasan", country="RU", utc_offset=600) as made:
        location, camera, animal = (made.new_id() for _n in range(3))
        place = {"name": "P", "latitude": 431_000_000, "longitude": 1_314_000_000}
        ops = [
            create("location", location, place),
            create("deployment", camera, {"name": "D", "location": location, "utc_offset": 600}),
            create("individual", animal, {"code": "T-1", "taxon": TIGER}),
        ]
        for time, sureness in (("01T10:00", "possible"), ("01T10:05", None), ("02T10:00", "probable")):
            media = made.new_id()
            said = {"media": media, "deployment": camera, "type": "animal", "taxon": TIGER, "individual": animal}
            ops.append(create("media", media, {"deployment": camera, "camera_time": f"2014-05-{time}:00"}))
            ops.append(create("observation", made.new_id(), {**said, "method": "human", "sureness": sureness}))
        made.commit(ops, label="made")
        with made.read() as db:
            met = jobs.run(encounters.met(made, db, Question()))
        assert [one.doubt for one in met.encounters] == ["", "identity"]
