"""The three-station story: equal hashes where clearance is equal, every conflict seen once, the ledger right."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranger_app.actions import ledger
from ranger_app.actions.status import current_hash
from ranger_app.library import Library
from ranger_app.store import conflicts, rows, withheld
from tests.story import DEN, Story

NAMED = ("Den below the cliff", "Den 1")


def listed(library: Library) -> list[tuple[str, str]]:
    with library.read() as db:
        return [(one.kind, one.field) for one in conflicts.conflicts(db)]


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_the_story(tmp_path: Path) -> None:
    story = Story(tmp_path)
    met: dict[str, set[tuple[str, str]]] = {"khasan": set(), "hunchun": set()}
    told: list[str] = []
    try:
        for step in story.steps():
            told.append(step)
            for name in met:
                met[name].update(listed(story[name]))
            check(story, step, tmp_path)
    finally:
        story.close()
    assert told[-1] == "confirmed"
    # Each difference was shown on both sides, and only these.
    assert met["khasan"] == met["hunchun"] == {("observation", "sex"), ("count", "count")}


def check(story: Story, step: str, folder: Path) -> None:
    khasan, hunchun, ids = story["khasan"], story["hunchun"], story.ids
    if step == "first bundle":
        with hunchun.read() as db:
            den = rows.get(db, "location", ids.den)
            assert den is not None
            assert (den["name"], den["latitude"]) == (None, None)
            assert withheld.groups_of(db, "location", ids.den) == {"place"}
        for secret in (*NAMED, str(DEN[0]), str(DEN[1])):
            assert secret.encode() not in written(folder / "hunchun")
    elif step == "a stick is damaged":
        report = story.reports["hunchun"]
        assert report.damaged > 0
        assert report.lost
    elif step == "what was lost is sent again":
        assert not story.reports["hunchun"].damaged
        assert listed(hunchun) == [("count", "count"), ("observation", "sex")]
    elif step == "nothing is lost that a partner holds":
        assert listed(khasan) == listed(hunchun) == [("count", "count"), ("observation", "sex")]
    elif step == "decided everywhere":
        assert listed(khasan) == listed(hunchun) == []
    elif step == "Hunchun is cleared":
        assert current_hash(khasan) == current_hash(hunchun)
        with hunchun.read() as db:
            den = rows.get(db, "location", ids.den)
            assert den is not None
            assert (den["name"], den["latitude"]) == ("Den below the cliff", DEN[0])
    elif step == "open bundles to Rason":
        for secret in (*NAMED, str(DEN[0]), "Manager RU", "Two cubs"):
            assert secret.encode() not in written(folder / "rason")
        with story["rason"].read() as db:
            counted = {one["count"] for one in rows.find(db, "count")}
        with khasan.read() as db:
            decided = rows.get(db, "count", ids.count)
        assert decided is not None
        assert counted == {7, decided["count"]}
    elif step == "confirmed":
        states = [(one.given.what, one.state) for one in ledger.lines(khasan, hunchun.station.id)]
        assert all(state in (ledger.CONFIRMED, ledger.OVERTAKEN) for what, state in states if what == "bundle"), states
        to_rason = [one.given.what for one in ledger.lines(khasan, story["rason"].station.id)]
        assert to_rason == ["open_bundle"]
        lost = [one.state for one in ledger.lines(hunchun, khasan.station.id)]
        assert any(state in (ledger.OVERTAKEN, ledger.UNCONFIRMED) for state in lost)


@pytest.fixture(autouse=True)
def _no_other_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANGER_PROFILE", str(tmp_path / "profile"))
