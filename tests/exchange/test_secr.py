"""Files of capture-recapture: read back strictly, with effort, flanks, sessions and what a rule lets leave."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from mgrs import MGRS

from ranger_app.actions import deployment_times, ledger, records
from ranger_app.actions.export_data import FORMATS, export
from ranger_app.actions.formats import ExportReport, ExportRequest
from ranger_app.cli.main import main
from ranger_app.domain import independence
from ranger_app.domain.ops import create
from ranger_app.domain.sharing import Rule
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.exchange import secr_tables
from ranger_app.i18n import use_language
from ranger_app.jobs import CancelToken, run
from ranger_app.library import Library
from ranger_app.store import sightings
from tests import border_season
from tests.border_season import PLACES, TIGER, Season
from tests.exchange import capture_readers
from tests.exchange.capture_readers import Captures, Trap

ONE, TWO, THREE = "RU_C-9=RU_T-1", "RU_T-2", "RU_T-3"
TRUTH = [
    ("1", ONE, 1, "West", "female"), ("1", ONE, 2, "East", "female"), ("1", ONE, 5, "West", "female"),
    ("1", ONE, 8, "Wide", "female"), ("1", TWO, 3, "East", "male"), ("1", TWO, 4, "Field", "male"),
    ("1", TWO, 6, "On.it", "male"), ("1", TWO, 7, "Field", "male"), ("1", THREE, 2, "East", "NA"),
]  # fmt: skip
"""By weeks from 1 January 2014: 5, 10 January, 1, 20 February; 20, 25 January, 10, 12 February; 10 January."""


@pytest.fixture
def season(tmp_path: Path) -> Iterator[Season]:
    with Library.create(tmp_path / "library", name="Khasan station", country="RU", utc_offset=600) as made:
        yield border_season.make(made)


def written(season: Season, out: Path, **options: str) -> tuple[ExportReport, Captures, dict[str, dict[str, Trap]]]:
    given = {name.replace("_", "-"): value for name, value in {"species": TIGER, **options}.items()}
    report = run(export(season.library, "secr", out, exact=True, options=given))
    traps = {path.stem.removeprefix("traps-"): path for path in sorted(out.glob("traps-*.txt"))}
    return report, *capture_readers.secr(out, traps)


def test_secr_has_each_animal_once_by_occasion_and_detector(season: Season, tmp_path: Path) -> None:
    report, captures, detectors = written(season, tmp_path / "out")
    assert captures == TRUTH
    assert report.written == {"location": 5, "observation": 9, "individual": 3}
    # Sixty nights are eight weeks and four days.
    assert {trap.usage for trap in detectors["1"].values()} == {(7.0,) * 8 + (4.0,)}
    assert detectors["1"]["On.it"].covariates == ("CN", "exact")
    lost = {one["code"]: one["reason"] for one in report.failed}
    assert lost["identity"] == "1 encounter is left out: the animal is not certain."
    assert set(lost) == {"identity", "no_effort", "not_shown"}
    with (tmp_path / "out" / "animals.csv").open(encoding="utf-8", newline="") as file:
        assert [(row["id"], row["codes"]) for row in csv.DictReader(file)] == [
            (ONE, "RU C-9 = RU T-1"), (TWO, "RU T-2"), (THREE, "RU T-3"),
        ]  # fmt: skip


def test_coordinates_are_metres_of_one_zone_that_is_said(season: Season, tmp_path: Path) -> None:
    _report, _captures, detectors = written(season, tmp_path / "out")
    for name, (latitude, longitude) in PLACES.items():
        if name == "Remote":
            continue
        trap = detectors["1"][name.replace(" ", ".")]
        square = MGRS().toMGRS(latitude / 1e7, longitude / 1e7, MGRSPrecision=5)
        assert square.startswith("52T")
        easting, northing = int(square[-10:-5]), int(square[-5:])  # whole metres inside a square of 100 km
        assert (trap.x % 100_000, trap.y % 100_000) == (
            pytest.approx(easting, abs=1.01),
            pytest.approx(northing, abs=1.01),
        )
    assert "UTM zone 52N" in (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")
    _report, _captures, others = written(season, tmp_path / "zone", zone="53n")
    assert others["1"]["East"].x < 400_000 < detectors["1"]["East"].x
    with pytest.raises(UsageProblem, match="ZONE_WRONG"):
        written(season, tmp_path / "wrong", zone="61N")


def test_effort_is_that_of_each_occasion_and_captures_outside_it_do_not_count(season: Season, tmp_path: Path) -> None:
    deployment_times.add_failure(
        season.library, season.deployments["East"], "2014-01-08T00:00:00", "2014-01-16T12:00:00", "snow"
    )
    report, captures, detectors = written(season, tmp_path / "days")
    # Of the second week nothing is left, of the third (15 to 21 January) five and a half days.
    assert detectors["1"]["East"].usage[:4] == (7.0, 0.0, 5.5, 7.0)
    assert [one for one in captures if one[3] == "East"] == [("1", TWO, 3, "East", "male")]
    assert "2 encounters are left out: their stations are said not to have worked then." in [
        one["reason"] for one in report.failed
    ]
    _report, captures, detectors = written(season, tmp_path / "binary", usage="binary")
    assert detectors["1"]["East"].usage[:4] == (1.0, 0.0, 1.0, 1.0)
    assert "binary.usage = TRUE" in (tmp_path / "binary" / "read.R").read_text(encoding="ascii")


def test_left_only_counts_encounters_that_show_the_left_flank(season: Season, tmp_path: Path) -> None:
    _report, left, _traps = written(season, tmp_path / "left", flank="left")
    # The second picture of the event of 10 January shows the left side of T-1, the first the right one.
    assert [one[1:4] for one in left] == [
        (ONE, 1, "West"), (ONE, 2, "East"), (TWO, 3, "East"), (TWO, 6, "On.it"), (TWO, 7, "Field"),
    ]  # fmt: skip
    assert "Only encounters that show the left flank count." in (tmp_path / "left" / "README.txt").read_text("utf-8")
    _report, right, _traps = written(season, tmp_path / "right", flank="right")
    assert [one[1:4] for one in right] == [(ONE, 2, "East"), (ONE, 8, "Wide")]
    report, both, _traps = written(season, tmp_path / "both", flank="both")
    assert both == [one for one in TRUTH if one[1] == ONE]
    assert "3 animals are left out: not both of their flanks are known." in [one["reason"] for one in report.failed]


def test_a_flank_seen_after_the_time_asked_for_does_not_count(season: Season, tmp_path: Path) -> None:
    season.see("West", "01-25T05:00:00", code="T-1", flank="right")
    _report, right, _traps = written(season, tmp_path / "out", flank="right", to="2014-01-20")
    assert [one[1:4] for one in right] == [(ONE, 2, "East")]
    _report, right, _traps = written(season, tmp_path / "longer", flank="right", to="2014-01-31")
    assert [one[1:4] for one in right] == [(ONE, 2, "East"), (ONE, 4, "West")]


def test_the_files_are_explained_in_the_language_in_use(season: Season, tmp_path: Path) -> None:
    written(season, tmp_path / "out")
    words = (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")
    assert "Session 1 (1): from 2014-01-01, 00:00 by the clock of each station; occasions: 9 of 7 days" in words
    assert "detectors: 5; animals: 3; captures: 9." in words
    assert "at least 30 minutes have passed since the last picture" in words
    use_language("ru")
    try:
        written(season, tmp_path / "ru")
    finally:
        use_language("en")
    russian = (tmp_path / "ru" / "README.txt").read_text(encoding="utf-8")
    assert independence.Rule().words not in russian
    for name in ("captures.txt", "traps-SESSION.txt", "animals.csv", "stations.csv", "read.R"):
        assert f"\n{name} " in russian
    assert (tmp_path / "ru" / "read.R").read_bytes() == (tmp_path / "out" / "read.R").read_bytes()
    assert (tmp_path / "ru" / "captures.txt").read_bytes() == (tmp_path / "out" / "captures.txt").read_bytes()


def test_years_take_one_pass(season: Season, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passes = []
    named = sightings.named
    monkeypatch.setattr(sightings, "named", lambda *given: passes.append(1) or named(*given))
    written(season, tmp_path / "out", session="year")
    assert len(passes) == 1


def test_a_flank_said_of_a_whole_event_counts(season: Season, tmp_path: Path) -> None:
    (picture,) = season.library.db.conn.execute(
        "SELECT lower(hex(media)) FROM observation WHERE individual = ? AND sureness IS NULL", (season.animals["T-3"],)
    ).fetchone()
    said = {"pictures": f'["{picture}"]', "type": "animal", "taxon": TIGER, "method": "human", "flank": "right"}
    records.add(
        season.library, "observation",
        {**said, "individual": season.animals["T-3"], "deployment": season.deployments["East"]},
    )  # fmt: skip
    _report, right, _traps = written(season, tmp_path / "right", flank="right")
    assert ("1", THREE, 2, "East", "NA") in right


def test_count_has_each_encounter_and_proximity_one(season: Season, tmp_path: Path) -> None:
    season.see("West", "01-06T22:00:00", code="T-1")
    _report, once, _traps = written(season, tmp_path / "once")
    assert once == TRUTH
    _report, each, _traps = written(season, tmp_path / "each", detector="count")
    assert each.count(TRUTH[0]) == 2
    assert len(each) == len(TRUTH) + 1
    assert 'detector = "count"' in (tmp_path / "each" / "read.R").read_text(encoding="ascii")


def test_occasions_begin_on_the_first_day_asked_for(season: Season, tmp_path: Path) -> None:
    asked = {"from": "2014-01-09", "to": "2014-02-01", "occasion_days": "10"}
    _report, captures, detectors = written(season, tmp_path / "out", **asked)
    assert [one[1:4] for one in captures] == [
        (ONE, 1, "East"), (ONE, 3, "West"), (TWO, 2, "East"), (TWO, 2, "Field"), (THREE, 1, "East"),
    ]  # fmt: skip
    assert {trap.usage for trap in detectors["1"].values()} == {(10.0, 10.0, 4.0)}


def test_years_are_sessions_with_traps_of_their_own(season: Season, tmp_path: Path) -> None:
    place = season.library.db.conn.execute("SELECT id FROM location WHERE name = 'West'").fetchone()[0]
    fields = {"name": "West 2", "location": place, "utc_offset": 600}
    dates = {"start": "2015-01-02T00:00:00", "end": "2015-01-09T00:00:00"}
    season.deployments["West 2015"] = records.add(season.library, "deployment", {**fields, **dates})
    media = season.library.new_id()
    season.library.commit(
        [
            create("media", media, {"deployment": season.deployments["West 2015"],
                                    "camera_time": "2015-01-08T05:00:00"}),
            create("observation", season.library.new_id(), {
                "media": media, "deployment": season.deployments["West 2015"], "type": "animal", "taxon": TIGER,
                "method": "human", "individual": season.animals["T-2"]}),
        ],
        label="seen",
    )  # fmt: skip
    _report, captures, detectors = written(season, tmp_path / "out", session="year")
    assert [one[1:] for one in captures if one[0] == "2014"] == [one[1:] for one in TRUTH]
    assert [one for one in captures if one[0] == "2015"] == [("2015", TWO, 1, "West", "male")]
    assert (len(detectors["2014"]), set(detectors["2015"])) == (5, {"West"})
    assert detectors["2015"]["West"].usage == (7.0,)
    script = (tmp_path / "out" / "read.R").read_text(encoding="ascii")
    assert 'c("traps-2014.txt", "traps-2015.txt")' in script
    assert "noccasions = c(9, 1)" in script
    run(export(season.library, "oscr", tmp_path / "o", exact=True, options={"species": TIGER, "session": "year"}))
    encounters, traps = capture_readers.oscr(tmp_path / "o", 2)
    assert [one for one in encounters if one[0] == "2"] == [("2", TWO, 1, "West", "male")]
    assert set(traps["2"]) == {"West"}


def test_oscr_says_the_same_in_its_own_columns(season: Season, tmp_path: Path) -> None:
    run(export(season.library, "oscr", tmp_path / "out", exact=True, options={"species": TIGER}))
    encounters, traps = capture_readers.oscr(tmp_path / "out", 1)
    assert encounters == [(*one[:4], one[4].replace("NA", "U")) for one in TRUTH]
    _report, _captures, detectors = written(season, tmp_path / "secr")
    for name, trap in traps["1"].items():
        assert (trap.x, trap.y) == (detectors["1"][name].x, detectors["1"][name].y)
        assert trap.usage == (1.0,) * 9
        nights = [one.partition("=")[2] for one in trap.covariates if one.startswith("nights.")]
        assert tuple(map(float, nights)) == detectors["1"][name].usage
    script = (tmp_path / "out" / "read.R").read_text(encoding="ascii")
    assert "K = c(9), ntraps = c(5)" in script


def test_what_is_asked_wrongly_is_said(season: Season, tmp_path: Path) -> None:
    for options, code in (
        ({"species": ""}, "SPECIES_NEEDED"), ({"occasion-days": "week"}, "OCCASION_WRONG"),
        ({"occasion-days": "0"}, "OCCASION_WRONG"), ({"from": "1.2.2014"}, "DATE_WRONG"),
        ({"from": "2014-02-01", "to": "2014-01-01"}, "DAYS_SWAPPED"),
    ):  # fmt: skip
        with pytest.raises(UsageProblem, match=code):
            run(export(season.library, "secr", tmp_path / "out", exact=True, options={"species": TIGER, **options}))
    for asked in ({"species": "Ursus arctos"}, {"species": TIGER, "from": "2020-01-01"}):
        with pytest.raises(DataProblem, match="NOTHING_TO_WRITE"):
            run(export(season.library, "secr", tmp_path / "out", exact=True, options=asked))
    assert not (tmp_path / "out").exists()


def under(season: Season, folder: Path, rule: Rule) -> ExportReport:
    folder.mkdir()
    report = ExportReport("secr")
    chosen = FORMATS["secr"]
    options = {option.name: option.default for option in chosen.options} | {"species": TIGER}
    run(chosen.write(season.library, ExportRequest(folder, rule, False, options, CancelToken()), report))
    return report


def test_under_a_rule_of_cells_detectors_stand_in_their_middle(season: Season, tmp_path: Path) -> None:
    cells = Rule("cells", places={0: "2", 1: "2", 2: "2", 3: "2", 4: "2"})
    report = under(season, tmp_path / "out", cells)
    captures, detectors = capture_readers.secr(tmp_path / "out", {"1": tmp_path / "out" / "traps-1.txt"})
    codes = {"West": "S1", "Wide": "S2", "East": "S3", "Field": "S4", "On.it": "S6"}
    assert captures == sorted((a, b, c, codes[d], e) for a, b, c, d, e in TRUTH)
    assert {trap.covariates[1] for trap in detectors["1"].values()} == {"cell_0.01_degree"}
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    assert not [name for name in PLACES if re.search(rf"\b{name}\b", text)]
    assert "middle of the cell" in text
    _report, _captures, exact = written(season, tmp_path / "exact")
    # 131.108 is told as 131.11: 163 m further east at 43 degrees north.
    assert detectors["1"]["S6"].x - exact["1"]["On.it"].x == pytest.approx(163, abs=1)
    assert report.withheld == {}


def test_a_rule_without_animals_or_places_refuses(season: Season, tmp_path: Path) -> None:
    for rule, code in (("open", "INDIVIDUALS_WITHHELD"), ("standard", "PLACES_WITHHELD")):
        with pytest.raises(DataProblem, match=code):
            run(export(season.library, "secr", tmp_path / "out", rule=rule, options={"species": TIGER}))
    assert not (tmp_path / "out").exists()


def test_what_left_stands_in_the_ledger(season: Season, tmp_path: Path) -> None:
    written(season, tmp_path / "out")
    given = ledger.lines(season.library)[0].given
    assert (given.what, given.name, given.rule) == ("export", "secr", "exact")
    assert given.records == {"location": 5, "observation": 9, "individual": 3}


def test_identifiers_are_what_r_can_split() -> None:
    taken: set[str] = set()
    assert secr_tables.identifier("On it", "S1", taken, underscore=False) == "On.it"
    assert secr_tables.identifier("On  it", "S2", taken, underscore=False) == "On.it-2"
    assert secr_tables.identifier("Кедровая падь", "S3", taken, underscore=False) == "S3"
    assert secr_tables.identifier("a_b/c#d'e,f", "S4", taken, underscore=False) == "abcdef"
    assert secr_tables.identifier("NA", "S5", taken) == "S5"
    assert secr_tables.identifier("CN 12=RU T-07", "A1", taken) == "CN_12=RU_T-07"


def test_the_command_line_writes_them(season: Season, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    season.library.close()
    library = str(tmp_path / "library")
    asked = ["export", "secr", str(tmp_path / "out"), "--exact", "--species", "tiger", "--flank", "left"]
    assert main(["--library", library, "--json", *asked]) == 0
    assert '"observation": 5' in capsys.readouterr().out
    assert main(["--library", library, "export", "oscr", str(tmp_path / "refused"), "--species", "tiger"]) == 3
    assert "INDIVIDUALS_WITHHELD" in capsys.readouterr().err
