"""Camtrap DP: what was exported reads back as the same records, valid in form, exact in time, and once only."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranger_app.actions import same_animal
from ranger_app.actions.export_data import export
from ranger_app.actions.formats import ExportReport, ImportReport
from ranger_app.actions.import_data import import_data
from ranger_app.demo import season as demo
from ranger_app.domain.fields import Type, Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.ops import change, create, delete
from ranger_app.exchange import camtrap_dp as standard
from ranger_app.exchange import camtrap_dp_fields, camtrap_dp_rows, further_fields
from ranger_app.jobs import CancelToken, run
from ranger_app.library import Library
from ranger_app.store import rows
from tests.exchange.camera_season import Season

KINDS = ("location", "camera", "individual", "taxon", "deployment", "media", "observation")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "here", name="Station A", country="RU", utc_offset=600) as made:
        yield made


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "there", name="Station B", country="CN", utc_offset=480) as made:
        yield made


def write(library: Library, out: Path, **how: object) -> ExportReport:
    return run(export(library, "camtrap-dp", out, **how))  # type: ignore[arg-type]


def take(library: Library, source: Path) -> ImportReport:
    return run(import_data(library, "camtrap-dp", source))


def everything(library: Library, kinds: tuple[str, ...] = KINDS) -> dict[tuple[str, bytes], dict[str, Value]]:
    with library.read() as db:
        return {(kind, one.id): one.values for kind in kinds for one in rows.find(db, kind)}


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_was_exported_reads_back_as_the_same_records(library: Library, other: Library, tmp_path: Path) -> None:
    Season(library)
    written = write(library, tmp_path / "out", exact=True)
    report = take(other, tmp_path / "out")
    before, after = everything(library), everything(other)
    assert before.keys() == after.keys()
    for key, values in before.items():
        assert after[key] == values, key
    assert everything(library, ("person",)) == everything(other, ("person",))
    assert report.failed == []
    assert report.read == report.new
    again = take(other, tmp_path / "out")
    assert again.new == {}
    assert again.failed == []
    assert again.read == report.read
    write(other, tmp_path / "again", exact=True)
    for name in (*standard.COLUMNS, "failures", "individuals", "clock-corrections", "further-fields"):
        assert (tmp_path / "again" / f"{name}.csv").read_bytes() == (tmp_path / "out" / f"{name}.csv").read_bytes()
    assert written.written["media"] == 8


def test_what_the_standard_cannot_hold_is_listed_with_its_reason(library: Library, tmp_path: Path) -> None:
    season = Season(library)
    report = write(library, tmp_path / "out", exact=True)
    codes = sorted(str(one["code"]) for one in report.failed)
    assert codes == [
        *("date_from_pictures", "deployment_incomplete", "deployment_incomplete", "no_camera_time", "no_event_time"),
    ]
    ids = {row["mediaID"] for row in table(tmp_path / "out", "media")}
    assert season.ids["undated"].hex() not in ids
    assert len(ids) == 8
    running = next(
        r for r in table(tmp_path / "out", "deployments") if r["deploymentID"] == season.ids["running"].hex()
    )
    assert running["deploymentEnd"] == "2026-05-05T08:00:00+10:00"


def test_times_carry_their_offset_and_the_correction(library: Library, tmp_path: Path) -> None:
    season = Season(library)
    write(library, tmp_path / "out", exact=True)
    media = {row["mediaID"]: row for row in table(tmp_path / "out", "media")}
    assert media[season.ids["p0"].hex()]["timestamp"] == "2026-04-05T12:00:00+10:00"
    assert media[season.ids["phone"].hex()]["timestamp"] == "2026-04-05T07:00:00+08:00"
    assert not any(row["timestamp"].endswith("Z") for row in media.values())
    said = {row["observationID"]: row for row in table(tmp_path / "out", "observations")}
    event = said[season.ids["event"].hex()]
    assert (event["eventStart"], event["eventEnd"]) == ("2026-04-05T12:00:00+10:00", "2026-04-05T12:00:02+10:00")
    assert event["observationLevel"] == "event"
    assert said[season.ids["one"].hex()]["classificationTimestamp"] == "2026-03-31T23:33:20Z"
    (correction,) = table(tmp_path / "out", "clock-corrections")
    assert (correction["method"], correction["seconds"]) == ("shift", "-3600")
    (failure,) = table(tmp_path / "out", "failures")
    assert failure["failureStart"] == "2026-04-01T00:00:00+10:00"
    assert failure["failureReason"] == "snow"
    raw = [row["value"] for row in table(tmp_path / "out", "further-fields") if row["field"] == "camera_time"]
    assert "2026-04-05T13:00:00" in raw


def test_individuals_are_named_by_their_code_and_never_merged(library: Library, tmp_path: Path) -> None:
    season = Season(library)
    write(library, tmp_path / "out", exact=True)
    said = {row["observationID"]: row["individualID"] for row in table(tmp_path / "out", "observations")}
    named = {said[season.ids["one"].hex()], said[season.ids["event"].hex()]}
    assert len(named) == 2
    assert all(name.startswith("T1 ") for name in named)
    assert {row["individualID"] for row in table(tmp_path / "out", "individuals")} == named
    described = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert described["project"]["individualAnimals"] is True
    tiger = next(one for one in described["taxonomic"] if one["scientificName"] == "Panthera tigris")
    assert tiger["vernacularNames"] == {
        "eng": "Tiger", "rus": "Тигр", "zho": "虎", "kor": "호랑이", "mon": "Бар", "jpn": "トラ"}  # fmt: skip


def test_animals_that_are_joined_keep_their_own_codes(library: Library, other: Library, tmp_path: Path) -> None:
    season = Season(library)
    again, said = library.new_id(), library.new_id()
    seen = {"media": season.ids["p1"], "deployment": season.ids["full"], "type": "animal", "individual": again}
    library.commit(
        [
            create("individual", again, {"code": "T9", "taxon": "Panthera tigris"}),
            create("observation", said, {**seen, "method": "human", "flank": "tail", "sureness": "possible"}),
        ],
        label="made",
    )
    same_animal.say(library, season.ids["tiger"], again, "same")
    write(library, tmp_path / "out", exact=True)
    named = {row["observationID"]: row["individualID"] for row in table(tmp_path / "out", "observations")}
    assert (named[said.hex()], named[season.ids["one"].hex()][:3]) == ("T9", "T1 ")
    take(other, tmp_path / "out")
    with other.read() as db:
        back = rows.get(db, "observation", said)
    assert back is not None
    assert (back["individual"], back["flank"], back["sureness"]) == (again, "tail", "possible")


def test_the_open_rule_rounds_places_and_keeps_people_and_names_back(library: Library, tmp_path: Path) -> None:
    season = Season(library)
    report = write(library, tmp_path / "out")
    rows_ = table(tmp_path / "out", "deployments")
    assert {(row["latitude"], row["longitude"]) for row in rows_} == {("43.1", "131.1")}
    assert all(int(row["coordinateUncertainty"]) == 12 + 7_900 for row in rows_)
    described = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert described["coordinatePrecision"] == 0.1
    whole = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    for word in ("Ridge", "Ranger 1", "43.12", "p0.JPG", "example.org"):
        assert word not in whole
    assert season.ids["p3"].hex() not in whole
    assert report.withheld["media_of_people"] == 1
    assert report.withheld["observations_of_people"] == 1
    assert not (tmp_path / "out" / "further-fields.csv").exists()
    assert all(row["filePublic"] == "false" for row in table(tmp_path / "out", "media"))


def test_an_open_package_never_stands_for_the_exact_records(library: Library, other: Library, tmp_path: Path) -> None:
    Season(library)
    write(library, tmp_path / "out")
    report = take(other, tmp_path / "out")
    assert report.new["deployment"] == 2
    assert not everything(library).keys() & everything(other).keys()
    assert take(other, tmp_path / "out").new == {}


def test_a_cancelled_import_goes_on_where_it_stopped(library: Library, other: Library, tmp_path: Path) -> None:
    season = Season(library)
    many = [create("media", library.new_id(), {"deployment": season.ids["full"], "camera_time": "2026-05-01T00:00:00"})
            for _number in range(1_200)]  # fmt: skip
    library.commit(many, label="add")
    write(library, tmp_path / "out", exact=True)
    token = CancelToken()
    job = import_data(other, "camtrap-dp", tmp_path / "out", cancel=token)
    for progress in job:
        if progress.total:
            token.cancel()
    part = len(everything(other))
    assert 0 < part < len(everything(library))
    report = take(other, tmp_path / "out")
    assert sum(report.new[kind] for kind in KINDS) == len(everything(library)) - part
    assert everything(other) == everything(library)


def test_what_is_here_with_other_values_stays_and_is_said(library: Library, other: Library, tmp_path: Path) -> None:
    season = Season(library)
    write(library, tmp_path / "out", exact=True)
    take(other, tmp_path / "out")
    other.commit([change("deployment", season.ids["full"], {"habitat": "Oak forest"})], label="edit")
    other.commit([delete("observation", season.ids["machine"])], label="delete")
    report = take(other, tmp_path / "out")
    assert [one["code"] for one in report.failed] == ["differs_here", "deleted_here"]
    with other.read() as db:
        kept = rows.get(db, "deployment", season.ids["full"])
    assert kept is not None
    assert kept["habitat"] == "Oak forest"


def values_of(kind: str) -> st.SearchStrategy[dict[str, Value]]:
    """Any values that records of a kind can hold."""
    letters = st.characters(blacklist_categories=("Cs",), blacklist_characters="\0")
    text = st.one_of(st.text(letters, max_size=8), st.sampled_from(["NA", "nan", "1.5", "true", "adult", "image/x"]))
    by_type = {
        Type.REFERENCE: st.binary(min_size=16, max_size=16),
        Type.LOCAL_TIME: st.datetimes(min_value=datetime(1970, 1, 2)).map(lambda t: t.isoformat(timespec="seconds")),
        Type.OFFSET: st.integers(-840, 840),
        Type.YES_NO: st.integers(0, 1),
        Type.LIST: st.just("[]"),
        Type.REFERENCES: st.just("[]"),
        Type.HASH: st.just("0" * 64),
    }
    fields = {}
    for one in kind_named(kind).fields:
        words = st.sampled_from([choice.code for choice in one.choices]) if one.choices else text
        least, most = one.minimum, one.maximum
        whole = st.integers(-(10**9) if least is None else least, 10**9 if most is None else most)
        plain = whole if one.sql_type == "INTEGER" else words
        usual = by_type.get(one.type, plain)
        fields[one.name] = st.one_of(st.none(), usual.map(lambda v: normalize("NFC", v) if isinstance(v, str) else v))
    return st.fixed_dictionaries(fields)


def through_a_file(row: dict[str, str], lines: list[further_fields.Line]) -> tuple[dict[str, str], dict[str, str]]:
    """The row and its further fields as they come back out of CSV."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows([list(row.values()), *lines])
    file.seek(0)
    cells, *more = csv.reader(file)
    return dict(zip(row, map(standard.cell, cells), strict=True)), {line[2]: line[3] for line in more}


@settings(max_examples=50, deadline=None)
@given(values_of("deployment"), values_of("media"), values_of("observation"))
def test_any_record_comes_back_from_its_row_and_further_fields(
    deployment: dict[str, Value], media: dict[str, Value], said: dict[str, Value]
) -> None:
    time, own = "2026-01-01T00:00:00+10:00", b"\1" * 16

    def ignore(_column: str, _code: str) -> None:
        pass

    place = camtrap_dp_rows.Place("l", "name", 0, 0, None)
    rows_ = {
        "deployment": camtrap_dp_rows.deployment("d", deployment, place, None, time, time, ""),
        "media": camtrap_dp_rows.media("m", "d", media, time, "media/x.jpg", str(media["media_type"]), public=False),
        "observation": camtrap_dp_rows.observation("o", "d", "m", said, ("", time, time), "", ""),
    }
    read = {
        "deployment": lambda row: camtrap_dp_fields.deployment(row, ignore),
        "media": lambda row: camtrap_dp_fields.media(row, 600, ours=True, bad=ignore),
        "observation": lambda row: camtrap_dp_fields.observation(row, ours=True, bad=ignore),
    }
    for kind, values in (("deployment", deployment), ("media", media), ("observation", said)):
        row = rows_[kind]
        assert (
            tuple(row) == standard.COLUMNS[{"deployment": "deployments", "observation": "observations"}.get(kind, kind)]
        )
        clean = {column: standard.cell(text) for column, text in row.items()}
        lines = list(further_fields.lines(kind, "x", own, values, read[kind](clean)))
        again, beside = through_a_file(row, lines)
        fields = read[kind](again)
        assert beside.pop("id") == own.hex()
        fields |= {name: further_fields.understood(kind_named(kind), name, text) for name, text in beside.items()}
        assert {name: fields.get(name) for name in values} == values


@given(st.text(), st.integers(-(2**62), 2**62), st.binary(min_size=16, max_size=16))
def test_further_fields_hold_any_value(text: str, number: int, reference: bytes) -> None:
    kind = kind_named("observation")
    for name, value in (("remarks", text), ("count", number), ("media", reference), ("remarks", None)):
        assert further_fields.understood(kind, name, further_fields.told(value)) == value  # type: ignore[arg-type]


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)), st.integers(-840, 840))
def test_a_written_time_reads_back(moment: object, offset: int) -> None:
    local = moment.replace(microsecond=0).isoformat()  # type: ignore[attr-defined]
    text = standard.time_text(local, offset)
    assert standard.read_time(text) == (local, offset)
    assert text.endswith("Z") == (offset == 0)


def test_a_demo_season_reads_back_as_the_same_records(tmp_path: Path) -> None:
    first = demo.make(tmp_path / "demo", media=40, patrols=1, counts=5)[0]
    with Library.open(first) as library:
        report = write(library, tmp_path / "out", exact=True)
        before = everything(library, (*KINDS, "person"))
    with Library.create(tmp_path / "fresh", name="Station B", country="CN", utc_offset=480) as fresh:
        take(fresh, tmp_path / "out")
        after = everything(fresh, (*KINDS, "person"))
        assert take(fresh, tmp_path / "out").new == {}
    rights = {"role": "ranger"}
    for (kind, record), values in after.items():
        assert values == before[kind, record] | (rights if kind == "person" else {})
    missing = Counter(kind for kind, record in before if (kind, record) not in after)
    assert not missing["deployment"]
    with Library.open(first) as library, library.read() as db:
        loose = db.conn.execute("SELECT count(*) FROM media WHERE deployment IS NULL AND deleted=0").fetchone()[0]
        elsewhere = db.conn.execute("SELECT count(*) FROM observation WHERE deployment IS NULL").fetchone()[0]
    assert missing["media"] == loose
    assert missing["observation"] <= elsewhere
    assert report.written["media"] > 0
