"""Whatever leaves as a file passes a rule: no exporter and no report tells by itself where an animal lives."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import ledger, map_layers, map_page, report
from ranger_app.actions.analysis import Question
from ranger_app.actions.export_data import FORMATS, export
from ranger_app.domain import sharing
from ranger_app.domain.ops import change, create
from ranger_app.domain.patrol_question import GROUPS, PatrolQuestion
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.geo import tracks
from ranger_app.geo.way import Way
from ranger_app.library import Library
from ranger_app.media import vault
from tests import traces
from tests.sync.test_leaks import HASH, NOW, ORIGINAL, POINTS, made
from tests.traces import Traces


@dataclass
class Season:
    """A library with a den, and what of it must not be found."""

    library: Library
    secrets: Traces


@pytest.fixture
def season(tmp_path: Path) -> Iterator[Season]:
    with Library.create(tmp_path / "ours", name="A", country="RU", utc_offset=600, clock=lambda: NOW) as library:
        found = made(library)
        target = vault.place(library.vault, HASH, "jpg")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(ORIGINAL)
        with library.read() as db:
            deployments = [row[0] for row in db.conn.execute("SELECT id FROM deployment").fetchall()]
        dates = {"start": "2023-04-01T10:00:00", "end": "2023-05-01T10:00:00"}
        library.commit([change("deployment", one, dates) for one in deployments], label="edit")
        yield Season(library, found.secrets)


def told(folder: Path, secrets: Traces) -> dict[str, list[str]]:
    found = {name: traces.search(data, secrets) for name, data in traces.files(folder)}
    return {name: what for name, what in found.items() if what}


NOTHING_WITHOUT = ("oscr", "secr")
"""Formats of nothing but known animals at their places: a rule that withholds these refuses them."""


@pytest.mark.parametrize("format_name", NOTHING_WITHOUT)
@pytest.mark.parametrize(("rule", "code"), [("open", "INDIVIDUALS_WITHHELD"), ("standard", "PLACES_WITHHELD")])
def test_what_would_hold_only_what_is_withheld_is_refused(
    season: Season, tmp_path: Path, format_name: str, rule: str, code: str
) -> None:
    with pytest.raises(DataProblem, match=code):
        jobs.run(export(season.library, format_name, tmp_path / "out", rule=rule))
    assert list(tmp_path.glob("out*")) == []


@pytest.mark.parametrize("format_name", sorted(set(FORMATS) - set(NOTHING_WITHOUT)))
def test_no_export_tells_unless_it_is_asked_to(season: Season, tmp_path: Path, format_name: str) -> None:
    out = tmp_path / "open"
    jobs.run(export(season.library, format_name, out))
    assert told(out, season.secrets) == {}


def test_small_pictures_of_an_export_tell_nothing_either(season: Season, tmp_path: Path) -> None:
    out = tmp_path / "pictures"
    jobs.run(export(season.library, "camtrap-dp", out, options={"media": "thumbnails"}))
    assert told(out, season.secrets) == {}
    with pytest.raises(UsageProblem):
        jobs.run(export(season.library, "camtrap-dp", tmp_path / "originals", options={"media": "originals"}))


@pytest.mark.parametrize("rule", ["standard", "open"])
def test_tables_under_a_named_rule_tell_no_more_than_it(season: Season, tmp_path: Path, rule: str) -> None:
    jobs.run(export(season.library, "csv", tmp_path / "out", rule=rule))
    found = told(tmp_path / "out", season.secrets)
    assert found == {}


def test_exactness_on_purpose_tells_and_is_noted(season: Season, tmp_path: Path) -> None:
    season.library.person = None
    jobs.run(export(season.library, "csv", tmp_path / "exact", exact=True))
    assert told(tmp_path / "exact", season.secrets)
    jobs.run(export(season.library, "csv", tmp_path / "open"))
    newest, before = ledger.lines(season.library)[:2]
    assert (before.given.what, before.given.name, before.given.rule) == ("export", "csv", "exact")
    assert sharing.from_text(newest.given.rule) == sharing.OPEN
    assert newest.given.records["location"] == 2


@pytest.mark.parametrize("name", sorted(report.REPORTS))
def test_no_report_tells_unless_it_is_asked_to(season: Season, tmp_path: Path, name: str) -> None:
    jobs.run(report.report(season.library, name, tmp_path / "out", Question()))
    assert told(tmp_path / "out", season.secrets) == {}
    assert ledger.lines(season.library)[0].given.what == "report"


@pytest.mark.parametrize("rule", ["open", "standard"])
def test_no_map_tells_more_than_its_rule(season: Season, tmp_path: Path, rule: str) -> None:
    # Without the ground: a coast has so many corners that some begin with the digits of any place.
    layers = tuple(map_layers.RECORDS)
    jobs.run(map_page.write(season.library, tmp_path / "out" / "map.html", rule=rule, layers=layers))
    assert told(tmp_path / "out", season.secrets) == {}
    newest = ledger.lines(season.library)[0].given
    assert (newest.what, sharing.from_text(newest.rule).name) == ("map", rule)


def test_an_exact_map_tells_and_is_noted(season: Season, tmp_path: Path) -> None:
    season.library.person = None
    jobs.run(map_page.write(season.library, tmp_path / "out" / "map.html", exact=True))
    found = told(tmp_path / "out", season.secrets)
    assert found, "the search for secrets cannot find what an exact map tells"
    assert ledger.lines(season.library)[0].given.rule == "exact"


PATROL_WORDS = {
    "team": "Ivanov's night team",
    "post": "Post at the split rock",
    "category": "own.secretgame.",
    "value": "grey car K 417",
    "comment": "the men from the quarry again",
}
"""What a patrol tells besides the places of the season."""


@pytest.mark.parametrize(
    ("name", "by"), [("patrol-effort", by) for by in GROUPS] + [(name, "month") for name in report.OF_PATROLS[1:]]
)
def test_no_report_of_patrols_tells_names_or_places(season: Season, tmp_path: Path, name: str, by: str) -> None:
    library = season.library
    with library.read() as db:
        patrol, waypoint = db.conn.execute("SELECT patrol, id FROM waypoint").fetchone()
        (media,) = db.conn.execute("SELECT id FROM media WHERE sha256 IS NOT NULL").fetchone()
    way = Way()
    for step, (latitude, longitude) in enumerate(POINTS):
        way.add(latitude / 1e7, longitude / 1e7, 100.0, 1_680_700_000_000.0 + step * 60_000, 0)
    judged = tracks.judge(way)
    library.commit(
        [
            change("patrol", patrol, {"team": PATROL_WORDS["team"], "station": PATROL_WORDS["post"],
                                      "state_comment": PATROL_WORDS["comment"]}),
            create("track", library.new_id(), {"patrol": patrol, "points": tracks.pack(way, judged.marks),
                                               "point_count": len(way), "cleaned_metres": 5_000_000}),
            create("sighting", library.new_id(), {
                "patrol": patrol, "waypoint": waypoint, "category": PATROL_WORDS["category"],
                "attributes": canonical([{"key": "seen", "value": PATROL_WORDS["value"]}])}),
            create("sighting", library.new_id(), {
                "patrol": patrol, "waypoint": waypoint, "category": "animals.sign.track.",
                "taxon": "Panthera tigris"}),
            change("media", media, {"patrol": patrol, "waypoint": waypoint}),
        ],
        label="finds",
    )  # fmt: skip
    secrets = {**season.secrets, **traces.joined(traces.of_text(*one) for one in PATROL_WORDS.items())}
    question = Question(patrols=PatrolQuestion(by=by, month="2023-04"))
    jobs.run(report.report(library, name, tmp_path / "out", question))
    assert told(tmp_path / "out", secrets) == {}
    library.person = None
    jobs.run(report.report(library, name, tmp_path / "exact", dataclasses.replace(question, exact=True)))
    if name in ("month", "season"):
        assert told(tmp_path / "exact", secrets)


def test_exactness_needs_the_role(season: Season, tmp_path: Path) -> None:
    with season.library.read() as db:
        (ranger,) = db.conn.execute("SELECT id FROM person WHERE role='ranger'").fetchone()
    season.library.person = ranger
    with pytest.raises(DataProblem):
        jobs.run(export(season.library, "csv", tmp_path / "exact", exact=True))
    with pytest.raises(DataProblem):
        jobs.run(export(season.library, "csv", tmp_path / "full", rule="full"))
    assert not (tmp_path / "exact").exists()
    with pytest.raises(DataProblem):
        jobs.run(map_page.write(season.library, tmp_path / "exact.html", exact=True))
    assert not (tmp_path / "exact.html").exists()
    jobs.run(export(season.library, "csv", tmp_path / "open"))
