"""The study of known truth: after bundles both ways both stations print exactly the known table, in identical bytes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import joint_study, records, report
from ranger_app.actions.analysis import Question
from ranger_app.actions.joint_study import StudyQuestion
from tests.individuals.known_study import LEOPARD, TIGER, Key, Study

WAYS = (("CN", "RU"), ("RU", "CN"))
TO_RASON = (("CN", "KP"), ("RU", "KP"))
FROM_RASON = (("KP", "CN"), ("KP", "RU"))


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = Study(tmp_path)
    yield made
    made.close()


def test_the_study_from_wrong_joins_to_the_known_table_and_one_join_undone(study: Study) -> None:
    study.exchange(*WAYS, *TO_RASON)
    wrong_joins_show_until_they_are_undone(study)
    both_stations_print_exactly_the_known_table_twice(study)
    an_uncleared_partner_gets_other_tables(study)
    undoing_a_join_changes_the_lines_that_rest_on_it_and_no_other(study)


def printed(study: Study, country: str, name: str) -> dict[str, bytes]:
    """The files of a report made from the study file, by name."""
    library = study[country]
    file = study.folder / "study.json"
    if not file.exists():
        others = [study[one].station.id for one in ("CN", "RU") if one != country]
        proposed = joint_study.proposed(library, Question(), others, (TIGER, LEOPARD), "Both sides 2013-2015")
        joint_study.write(proposed, file)
    out = study.folder / f"{name} {country}"
    jobs.run(report.report(library, "study", out, StudyQuestion(joint=joint_study.read(file))))
    return {one.name: one.read_bytes() for one in sorted(out.iterdir())}


def rows(files: dict[str, bytes], name: str = "study.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(files[name].decode("utf-8-sig").splitlines()))


def table(files: dict[str, bytes]) -> dict[str, dict[str, str]]:
    return {row["animal"]: row for row in rows(files)}


def same_table(found: dict[str, dict[str, str]], known: dict[str, dict[str, str]]) -> None:
    assert sorted(found) == sorted(known)
    for codes, wanted in known.items():
        assert {name: found[codes][name] for name in wanted} == wanted
        assert set(found[codes]) - set(wanted) == {"name"}


def both_sides(files: dict[str, bytes]) -> dict[str, tuple[str, str]]:
    return {row["species"]: (row["both_sides"], row["individuals"]) for row in rows(files, "study-species.csv")}


def wrong_joins_show_until_they_are_undone(study: Study) -> None:
    files = {country: printed(study, country, "wrong") for country in ("CN", "RU")}
    assert files["CN"] == files["RU"]
    assert both_sides(files["CN"]) == {TIGER: ("20", "44"), LEOPARD: ("17", "87")}


def both_stations_print_exactly_the_known_table_twice(study: Study) -> None:
    first, second, third = study.truth.wrong
    study.take_back("RU", *first)
    study.take_back("CN", *second)
    study.change_mind("RU", *third)
    # Rason, which is no party of the study and sees little of it, has an animal and an opinion of its own.
    rason = study["KP"]
    records.add(rason, "individual", {"code": "R-1", "taxon": TIGER})
    group = next(one for one in study.truth.groups if {country for country, _code in one} == {"CN", "RU"})
    study.say("KP", group[0], group[1], "different")
    study.exchange(*FROM_RASON, *WAYS, *TO_RASON)

    files = {country: printed(study, country, "known") for country in ("CN", "RU")}
    assert files["CN"] == files["RU"] == printed(study, "CN", "again") == printed(study, "RU", "again")
    same_table(table(files["CN"]), study.truth.rows())
    assert both_sides(files["CN"]) == {TIGER: ("19", "45"), LEOPARD: ("15", "89")}
    found = table(files["CN"])
    far = {codes: row["farthest_km_cn"] for codes, row in found.items() if int(row["farthest_km_cn"] or 0) > 20}
    assert sorted(far.items()) == [("CN HC Leo-1 = RU Leo 81M", "30"), ("CN HC Leo-2 = RU Leo 9F", "24")]
    assert max(int(row["crossings"]) for row in found.values()) == 10
    assert [codes for codes, row in found.items() if row["status"] == "Dead"] == ["CN HC T-4 = RU T 4"]
    page = files["CN"]["study.html"].decode()
    for told in (
        "15 of 89",
        "19 of 45",
        "3 pairs wait",
        "1 pair is one animal for one station and two for another",
        "Hunchun (CN)",
        "Khasan (RU)",
        "Every station that holds the same",
    ):
        assert told in page
    for withheld in (b"ridge", b"camera 1", b"Rason", b"S1"):
        assert not [name for name, content in files["CN"].items() if withheld in content]


def an_uncleared_partner_gets_other_tables(study: Study) -> None:
    theirs = printed(study, "KP", "known")
    ours = printed(study, "CN", "beside")
    assert theirs != ours
    assert all(row["encounters_cn"] in ("", "0") for row in rows(theirs) if "encounters_cn" in row)
    assert sum(int(row["proving_no_side"]) for row in rows(theirs)) == sum(
        int(row["encounters"]) for row in rows(theirs)
    )


def undoing_a_join_changes_the_lines_that_rest_on_it_and_no_other(study: Study) -> None:
    before = printed(study, "CN", "before")
    group = ("CN", "HC Leo-8"), ("RU", "Leo 8")
    assert group in study.truth.groups
    study.take_back("RU", *group)
    study.exchange(*WAYS)
    after = {country: printed(study, country, "after") for country in ("CN", "RU")}
    assert after["CN"] == after["RU"]
    lost, came = set(lines(before)) - set(lines(after["CN"])), set(lines(after["CN"])) - set(lines(before))
    assert [one.split(",")[0] for one in lost] == ["CN HC Leo-8 = RU Leo 8"]
    assert sorted(one.split(",")[0] for one in came) == ["CN HC Leo-8", "RU Leo 8"]
    groups: list[tuple[Key, ...]] = [one for one in study.truth.groups if one != group]
    same_table(table(after["CN"]), study.truth.rows([*groups, (group[0],), (group[1],)]))
    assert both_sides(after["CN"]) == {TIGER: ("19", "45"), LEOPARD: ("14", "90")}


def lines(files: dict[str, bytes]) -> list[str]:
    return files["study.csv"].decode("utf-8-sig").splitlines()
