"""The demo season: the right numbers at both stations, made-up names only, and the same state hash every time."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranger_app import i18n, jobs
from ranger_app.actions import partners
from ranger_app.actions.check import check
from ranger_app.actions.status import status
from ranger_app.demo import cast, fast, season
from ranger_app.demo.chance import Chance
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import rows

SMALL = {"media": 14, "patrols": 2, "counts": 23}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return season.make(tmp_path_factory.mktemp("demo") / "small", **SMALL)


def _records(path: Path) -> dict[str, object]:
    with Library.open(path) as library:
        return status(library)


def test_numbers_at_both_stations(small: list[Path]) -> None:
    assert [path.name for path in small] == ["khasan", "hunchun"]
    assert all(path.is_absolute() for path in small)
    for path in small:
        found = _records(path)["records"]
        assert isinstance(found, dict)
        assert {name: found[name] for name in ("media", "patrol", "count", "survey", "deployment", "person")} == {
            "media": 14,
            "patrol": 2,
            "count": 23,
            "survey": 2,
            "deployment": 4,
            "person": 6,
        }
        assert found["observation"] > 0
        assert found["sample"] == found["note"] == 2


def test_the_same_again_in_another_language(small: list[Path], tmp_path: Path) -> None:
    i18n.use_language("ru")
    again = season.make(tmp_path / "again", **SMALL)
    assert [_records(path)["state_hash"] for path in again] == [_records(path)["state_hash"] for path in small]
    assert _records(again[0])["state_hash"] != _records(again[1])["state_hash"]


def test_nothing_but_roles_and_made_up_names(small: list[Path]) -> None:
    roles = {name for name, _role in cast.PEOPLE}
    for path in small:
        with Library.open(path) as library, library.read() as db:
            assert "(demo)" in library.station.name
            assert {one["name"] for one in rows.find(db, "person")} == roles
            for kind, name in (("location", "name"), ("protected_area", "name"), ("patrol", "name"), ("sample", "code"),
                               ("individual", "code"), ("deployment", "name")):  # fmt: skip
                assert all("(demo)" in str(one[name]) for one in rows.find(db, kind)), kind
            assert all(str(one["serial_number"]).startswith("DEMO-") for one in rows.find(db, "camera"))


def test_partners_trust_each_other(small: list[Path]) -> None:
    for path, other in (small, small[::-1]):
        with Library.open(path) as library:
            (partner,) = partners.list_partners(library)
        with Library.open(other) as library:
            assert partner.id == library.station.id
        assert partner.trusted
        assert partner.clearance == "full"


def test_deployments_show_a_failure_an_offset_and_a_wrong_clock(small: list[Path]) -> None:
    with Library.open(small[0]) as library, library.read() as db:
        deployments = list(rows.find(db, "deployment"))
        assert {one["utc_offset"] for one in deployments} == {600, 660}
        assert sum(one["failures"] is not None for one in deployments) == 1
        assert sum(one["clock_corrections"] is not None for one in deployments) == 1
        media = list(rows.find(db, "media"))
    assert all(one["camera_time"] and one["serial_number"] and not one["flags"] for one in media)
    assert len({one["sha256"] for one in media}) == len(media)


def test_libraries_pass_their_own_check(small: list[Path]) -> None:
    for path in small:
        with Library.open(path) as library:
            assert jobs.run(check(library)) == []


def test_three_stations_and_files_to_try(tmp_path: Path) -> None:
    made = season.make(tmp_path, media=0, patrols=0, counts=0, stations=3)
    assert [path.name for path in made] == ["khasan", "hunchun", "rason"]
    with Library.open(made[2]) as library:
        assert (library.station.country, library.station.utc_offset) == ("KP", 540)
        assert len(partners.list_partners(library)) == 2
    assert len(list((tmp_path / season.TO_TRY).rglob("*.JPG"))) == 6


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DataProblem):
        season.make(tmp_path, **SMALL)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]


def test_numbers_without_sense(tmp_path: Path) -> None:
    for wrong in ({"stations": 4}, {"media": -1}):
        with pytest.raises(UsageProblem):
            season.make(tmp_path / "no", **wrong)
    assert not (tmp_path / "no").exists()


def test_what_was_begun_is_removed_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("stop")

    monkeypatch.setattr(season.partners, "add_partner", fail)
    with pytest.raises(RuntimeError):
        season.make(tmp_path / "demo", media=0, patrols=0, counts=0)
    assert list((tmp_path / "demo").iterdir()) == []


def test_bulk_records_are_like_others(tmp_path: Path) -> None:
    def made(folder: Path) -> dict[str, object]:
        chance = Chance("bulk")
        party = cast.PARTIES[0]
        people = {name: bytes([number]) * 16 for number, (name, _role) in enumerate(cast.PEOPLE)}
        library = Library.create(
            folder, name=party.name, country="RU", utc_offset=600, keys=chance.keys(), clock=chance.now_ms
        )
        with library:
            library.new_id = chance.new_id
            amount = fast.Amount(1500, 6, 90)
            jobs.run(fast.fill(library, party, amount, people, [b"\1" * 16], thumbnails=30))
            assert jobs.run(check(library)) == []
            with library.read() as db:
                hashes = {one["sha256"] for one in rows.find(db, "media")}
                seen = dict(db.conn.execute("SELECT seen_by, count(*) FROM media GROUP BY seen_by").fetchall())
                indexes = {row[0] for row in db.conn.execute("SELECT name FROM sqlite_master WHERE type='index'")}
                track = next(rows.find(db, "track"))
                tidy = db.conn.execute("PRAGMA quick_check").fetchone()[0]
            assert library.db.conn.execute("PRAGMA synchronous").fetchone()[0] == 2
            assert tidy == "ok"
            assert {"media_by_time", "observation_by_taxon", "count_by_survey"} <= indexes
            assert len(hashes) == 30
            assert all(thumbs.is_whole(thumbs.place(library.cache, sha256)) for sha256 in hashes)
            assert seen == {0: 150, 1: 150, 2: 1200}
            assert 8_000_000 < int(str(track["cleaned_metres"])) < 13_000_000
            assert track["point_count"] == fast.POINTS
            return status(library)

    first = made(tmp_path / "first")
    records = first["records"]
    assert isinstance(records, dict)
    assert (records["media"], records["observation"], records["patrol"], records["count"]) == (1500, 1500, 6, 90)
    assert made(tmp_path / "second")["state_hash"] == first["state_hash"]
