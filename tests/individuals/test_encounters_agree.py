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
