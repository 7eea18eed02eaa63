"""The demo's patrols: written up by the shipped model, handed on step by step, spread so that a trend shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import analysis_month, patrol_history
from ranger_app.actions.analysis import Question
from ranger_app.demo import fast, season
from ranger_app.demo.cast import PARTIES, PEOPLE
from ranger_app.demo.chance import Chance
from ranger_app.domain import observation_model as models
from ranger_app.library import Library
from ranger_app.store import rows


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return season.make(tmp_path_factory.mktemp("demo") / "made", media=0, patrols=12, counts=0)[0]


def test_finds_are_of_the_shipped_model(library: Path) -> None:
    model = models.default()
    with Library.open(library) as opened, opened.read() as db:
        finds = list(rows.find(db, "sighting"))
        patrols = list(rows.find(db, "patrol"))
    assert len(finds) > 40
    for find in finds:
        known = {one.key for one in models.attributes_of(model, find.text("category"))}
        assert models.category(model, find.text("category")), find["category"]
        told = json.loads(find.text("attributes") or "[]")
        assert {one["key"] for one in told} <= known, find["category"]
        for one in told:
            assert models.value_word(model, one["key"], one["value"]), one
    assert {models.kind_of(model, find.text("category")) for find in finds} == {"pressure", "state", "response"}
    assert {"Panthera tigris", "Panthera pardus"} <= {find["taxon"] for find in finds}
    assert all(json.loads(one.text("days"))[0]["rest_minutes"] for one in patrols)
    assert sorted({len(json.loads(one.text("legs"))) for one in patrols}) == [1, 2]


def test_every_step_is_in_the_history(library: Path) -> None:
    with Library.open(library) as opened, opened.read() as db:
        patrols = list(rows.find(db, "patrol", order="date"))
        steps = {one.id: [step.state for step in patrol_history.history(opened, one.id)] for one in patrols}
        assert db.conn.execute("SELECT count(*) FROM patrol WHERE reopened = 1").fetchone() == (0,)
        assert db.conn.execute("SELECT count(*) FROM media WHERE patrol IS NOT NULL").fetchone()[0] >= 2
    assert [one["state"] for one in patrols] == ["approved"] * 9 + ["submitted", "returned", "draft"]
    assert all(steps[one.id][-1] == one["state"] for one in patrols)
    assert "submitted" in steps[patrols[0].id]


def test_a_month_has_one_before_and_one_last_year(library: Path) -> None:
    with Library.open(library) as opened:
        answer = jobs.run(analysis_month.month(opened, Question(at_home=True)))
    assert answer.facts["month"] == "2026-01"
    patrols = next(row for row in answer.tables[0].rows if row[1] == "patrols")
    assert patrols[2:5] == (4, 3, 2)
    assert len(answer.photos) == 2


def test_bulk_patrols_have_steps_and_finds(tmp_path: Path) -> None:
    chance = Chance("bulk")
    people = {name: bytes([number]) * 16 for number, (name, _role) in enumerate(PEOPLE)}
    with Library.create(tmp_path / "bulk", name="A", country="RU", utc_offset=600, keys=chance.keys(),
                        clock=chance.now_ms) as made:  # fmt: skip
        made.new_id = chance.new_id
        jobs.run(fast.fill(made, PARTIES[0], fast.Amount(0, 130, 0), people, []))
        with made.read() as db:
            states = dict(db.conn.execute("SELECT state, count(*) FROM patrol GROUP BY state").fetchall())
            points, tracks = db.conn.execute("SELECT sum(point_count), count(*) FROM track").fetchone()
            finds, reopened = db.conn.execute(
                "SELECT count(*), (SELECT count(*) FROM patrol WHERE reopened) FROM sighting"
            ).fetchone()
    assert states == {"approved": 58, "returned": 12, "submitted": 30, "draft": 30}
    assert (tracks, points) == (130, 130 * fast.POINTS)
    assert finds > 200
    assert reopened == 0
