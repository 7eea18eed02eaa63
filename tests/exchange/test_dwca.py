"""Darwin Core Archives of ours: another reader finds the same, every term is current, and they read back whole."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from dwca.read import DwCAReader
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from ranger_app.actions import dwca_fields, release
from ranger_app.actions.bundle_plan import WriteRequest
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import write_bundle
from ranger_app.actions.dwca_places import Places
from ranger_app.actions.sharing_view import View
from ranger_app.demo import season as demo
from ranger_app.domain import sharing
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import change, create
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.exchange import dwca_terms as terms
from ranger_app.exchange.dwca_write import ArchiveWriter
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store import rows
from tests import traces
from tests.exchange import dwca_current_terms as current
from tests.exchange.dwca_season import (
    KINDS,
    NASTY,
    PLACE,
    SECTOR_PLACE,
    WORDS,
    count,
    season,
    take,
    unpacked,
    visit,
    wetland,
    write,
)

Rows = list[dict[str, str]]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "here", name="Station A", country="RU", utc_offset=600) as made:
        yield made


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "there", name="Station B", country="CN", utc_offset=480) as made:
        yield made


def everything(library: Library) -> dict[tuple[str, bytes], dict[str, Value]]:
    with library.read() as db:
        return {(kind, one.id): one.values for kind in KINDS for one in rows.find(db, kind)}


def tables(out: Path) -> dict[str, Rows]:
    """The tables by name, read by another program; the id of the event under "id"."""
    found: dict[str, Rows] = {name: [] for name in terms.ROW_TYPES}
    names = {row_type: name for name, row_type in terms.ROW_TYPES.items()}
    with DwCAReader(str(out / "dwca.zip")) as archive:
        assert not any(archive.orphaned_extension_rows().values())
        for row in archive:
            found[terms.EVENT].append({"id": row.id, **{terms.plain(k): v for k, v in row.data.items()}})
            for one in row.extensions:
                told = {terms.plain(k): v for k, v in one.data.items()}
                found[names[one.rowtype]].append({"id": row.id, **told})
    return found


def own(out: Path, name: str) -> Rows:
    """A table as our own words of it say, by plain csv."""
    text = unpacked(out)[f"{name}.txt"].decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", quotechar=text[0]))


# ------------------------------------------------------------ another program reads it


def test_another_reader_finds_the_same_events_occurrences_and_terms(library: Library, tmp_path: Path) -> None:
    season(library)
    write(library, tmp_path / "out", exact=True)
    read = tables(tmp_path / "out")
    for name in terms.ROW_TYPES:
        ours = own(tmp_path / "out", name)
        assert len(read[name]) == len(ours) > 0
        told = sorted([row["id"], *(row[c] for c in ours[0] if c != "eventID")] for row in read[name])
        assert told == sorted([row["eventID"], *(v for c, v in row.items() if c != "eventID")] for row in ours), name
    with DwCAReader(str(tmp_path / "out" / "dwca.zip")) as archive:
        assert archive.descriptor.core.type == terms.ROW_TYPES[terms.EVENT]
        for part in (archive.descriptor.core, *archive.descriptor.extensions):
            assert part.type in current.BY_ROW_TYPE
            assert {one["term"] for one in part.fields} <= current.BY_ROW_TYPE[part.type]
            assert not part.terms - current.BY_ROW_TYPE[part.type]
        assert archive.metadata is not None
        assert archive.metadata.find("dataset/title").text == "Waterbird counts of Station A"


def test_remarks_survive_letter_by_letter(library: Library, tmp_path: Path) -> None:
    season(library)
    write(library, tmp_path / "out", exact=True)
    read = tables(tmp_path / "out")
    assert NASTY in [row["eventRemarks"] for row in read[terms.EVENT]]
    assert NASTY in [row["occurrenceRemarks"] for row in read[terms.OCCURRENCE]]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=6))
def test_any_cell_survives(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    texts = [text for text in texts if text.isprintable()] + ["\t x", "a\nb", '"', "'\"|"]
    path = tmp_path_factory.mktemp("cells") / "dwca.zip"
    with ArchiveWriter(path, further=False) as writer:
        for number, text in enumerate(texts):
            writer.row(terms.EVENT, {"eventID": f"e{number}", "eventRemarks": text, "locality": "x"})
        writer.finish("<eml/>")
    assert [row["eventRemarks"] for row in own(path.parent, terms.EVENT)] == texts
    read = [row["eventRemarks"] for row in tables(path.parent)[terms.EVENT]]
    assert read == texts


def test_the_description_follows_the_profile(library: Library, tmp_path: Path) -> None:
    season(library)
    write(library, tmp_path / "out", options={"license": "CC-BY-4.0", "title": 'Lakes & "bays" <1>'})
    root = ET.fromstring(unpacked(tmp_path / "out")["eml.xml"])
    dataset = root.find("dataset")
    assert dataset is not None
    order = ["alternateIdentifier", "title", "creator", "metadataProvider", "pubDate", "language", "abstract",
             "keywordSet", "intellectualRights", "licensed", "coverage", "maintenance", "contact",
             "methods"]  # fmt: skip
    assert [one.tag for one in dataset] == order
    assert dataset.findtext("title") == 'Lakes & "bays" <1>'
    assert dataset.findtext("creator/organizationName") == "Station A"
    assert not list(root.iter("individualName"))
    assert dataset.findtext("licensed/identifier") == "CC-BY-4.0"
    assert "eml-gbif-profile/1.3/" in unpacked(tmp_path / "out")["eml.xml"].decode()
    assert dataset.findtext("coverage/temporalCoverage/rangeOfDates/beginDate/calendarDate") == "2025-01-12"


# ------------------------------------------------------------ what it says


def by_visit(read: dict[str, Rows], survey: bytes, table: str) -> Rows:
    return [row for row in read[table] if row["id"].startswith(survey.hex())]


def test_visits_sectors_and_coordinated_counts_are_events_of_one_another(library: Library, tmp_path: Path) -> None:
    place = season(library)
    write(library, tmp_path / "out", exact=True)
    events = {row["id"]: row for row in tables(tmp_path / "out")[terms.EVENT]}
    full = events[place.visits["full"].hex()]
    assert full["eventDate"] == "2025-01-12T08:00+10:00/2025-01-12T11:30+10:00"
    assert full["samplingEffort"] == "210 minutes"
    assert full["samplingProtocol"] == "Waterbird count: All waterbirds; Foot or vehicle, Telescope"
    assert (full["locality"], full["countryCode"]) == (WORDS["site"], "RU")
    assert full["footprintWKT"].startswith("POLYGON")
    assert (full["decimalLatitude"], full["coordinateUncertaintyInMeters"]) == ("42.4537911", "30")
    sector = events[f"{place.visits['full'].hex()}-{place.sector.hex()}"]
    assert (sector["parentEventID"], sector["decimalLatitude"]) == (place.visits["full"].hex(), "42.4611377")
    agreed = events[full["parentEventID"]]
    assert (agreed["eventDate"], agreed["eventRemarks"]) == ("2025-01-12/2025-01-13", "January 2025")
    assert events[place.visits["blank"].hex()]["parentEventID"] == agreed["id"]
    night = events[place.visits["night"].hex()]
    assert night["eventDate"] == "2025-03-01T22:00+10:00/2025-03-02T01:30+10:00"
    assert events[place.visits["partly"].hex()]["eventDate"] == "2025-02-03"


def test_a_zero_is_an_absence_only_where_all_were_looked_for(library: Library, tmp_path: Path) -> None:
    place = season(library)
    report = write(library, tmp_path / "out")
    read = tables(tmp_path / "out")

    def said(name: str) -> set[tuple[str, str]]:
        found = by_visit(read, place.visits[name], terms.OCCURRENCE)
        return {(row["scientificName"], row["occurrenceStatus"]) for row in found}

    assert said("full") == {("Grus monacha", "present"), ("Anser", "present"), ("Cygnus cygnus", "absent"),
                            ("Anas", "present")}  # fmt: skip
    assert said("blank") == {("Anas crecca", "present")}
    assert ("Anatidae", "absent") not in said("none")
    assert ("Gruidae", "absent") in said("none")
    assert {status for _name, status in said("none")} == {"absent"}
    assert said("none blank") == said("partly") == set()
    assert said("night") == {("Grus monacha", "absent")}
    left_out = [one for one in report.failed if one["code"] == "zero_not_vouched"]
    assert len(left_out) == 4  # the gulls that were not counted, two visits that vouch for nothing, a swan of cranes
    present = next(
        row for row in by_visit(read, place.visits["full"], terms.OCCURRENCE) if row["scientificName"] == "Anas"
    )
    assert (present["individualCount"], present["identificationQualifier"]) == ("", "sp.")
    assert present["verbatimIdentification"] == "Anas sp."


def test_completeness_is_said_as_the_visit_says_it(library: Library, tmp_path: Path) -> None:
    place = season(library)
    write(library, tmp_path / "out", exact=True)
    read = tables(tmp_path / "out")
    said = {name: by_visit(read, survey, terms.HUMBOLDT)[0] for name, survey in place.visits.items()}
    assert said["full"]["excludedTaxonomicScope"] == "Laridae"
    assert "Gruidae" in said["full"]["targetTaxonomicScope"].split(" | ")
    assert "Laridae" not in said["full"]["targetTaxonomicScope"]
    full = [said[name]["isTaxonomicScopeFullyReported"] for name in ("full", "blank", "partly", "none")]
    assert full == ["true", "", "false", "true"]
    assert [said[name]["isAbsenceReported"] for name in ("full", "blank", "partly", "none")] == [
        "true", "false", "false", "true"]  # fmt: skip
    assert said["full"]["absentTaxa"] == "Cygnus cygnus"
    assert said["partly"]["targetTaxonomicScope"] == ""
    assert said["night"]["targetTaxonomicScope"] == "Gruidae"
    assert (said["full"]["eventDurationValue"], said["full"]["eventDurationUnit"]) == ("210", "minutes")
    assert said["full"]["samplingPerformedBy"] == WORDS["person"]


def test_what_was_measured_stands_with_its_unit(library: Library, tmp_path: Path) -> None:
    place = season(library)
    write(library, tmp_path / "out")
    found = by_visit(tables(tmp_path / "out"), place.visits["full"], terms.MEASUREMENT)
    told = {row["measurementType"]: (row["measurementValue"], row["measurementUnit"]) for row in found}
    assert told["ice cover"] == ("40", "%")
    assert told["air temperature"] == ("-12", "°C")
    assert told["water level"] == ("Normal", "")
    assert told["wind force"] == ("3", "Beaufort")
    assert told["number of birds, give or take"] == ("100", "individuals")
    assert told["population"] == ("eastern", "")
    assert len({row["measurementID"] for row in found}) == len(found)


# ------------------------------------------------------------ sharing


def test_nothing_gives_a_rough_place_away(library: Library, tmp_path: Path) -> None:
    place = season(library)
    survey = visit(library, place, "told", date="2025-04-01", coordinated=f"{WORDS['site']} count",
                   method=f"from {WORDS['sector']}", weather=f"fog over {WORDS['code']}",
                   not_counted=f"gulls at {WORDS['site']}", disturbance=WORDS["site"])  # fmt: skip
    count(library, survey, "Anas crecca", 3, flock=WORDS["sector"], remarks=WORDS["site"], rings=WORDS["code"])
    secrets = traces.joined(
        [
            traces.of_place("site", *PLACE),
            traces.of_place("sector", *SECTOR_PLACE),
            *(traces.of_text(*one) for one in WORDS.items()),
        ]
    )
    write(library, tmp_path / "out")
    for name, data in unpacked(tmp_path / "out").items():
        assert traces.search(data, secrets) == [], name
    write(library, tmp_path / "exact", exact=True)
    assert traces.search(unpacked(tmp_path / "exact")["event.txt"], secrets)
    events = tables(tmp_path / "out")[terms.EVENT]
    visits = [row for row in events if row["eventType"] != dwca_fields.OCCASION]
    # A crane was counted there (high or medium sensitivity): the whole site is told alike, sectors too.
    assert len({(row["decimalLatitude"], row["decimalLongitude"]) for row in visits}) == 1
    assert all("exact" in row["dataGeneralizations"] and row["informationWithheld"] for row in visits)
    assert {row["countryCode"] for row in visits} == {"RU"}
    assert all(row["locality"] == row["footprintWKT"] == row["eventRemarks"] == row["habitat"] == "" for row in visits)


@settings(max_examples=150, deadline=None)
@given(st.integers(-899_999_999, 899_999_999), st.integers(-1_799_999_999, 1_799_999_999), st.sampled_from("321"))
def test_a_cell_holds_its_place_and_says_how_far_it_may_be_off(latitude: int, longitude: int, digits: str) -> None:
    north, east, metres = sharing.coarse(latitude, longitude, int(digits))
    geod = Geod(ellps="WGS84")
    assert geod.inv(longitude / 1e7, latitude / 1e7, east / 1e7, min(north, 900_000_000) / 1e7)[2] <= metres
    half = 0.5 / 10 ** int(digits)
    centre = min(max(north / 1e7, -90 + half), 90 - half)
    corner = geod.inv(east / 1e7, centre, east / 1e7 + half, centre + half)[2]
    assert corner <= metres  # at least half the diagonal


def test_the_country_is_that_of_the_record_not_of_the_cell(library: Library, tmp_path: Path) -> None:
    place = wetland(library, country="CN")  # 42.45 N 130.69 E is nearer to other countries
    visit(library, place, "one")
    write(library, tmp_path / "out")
    assert {row["countryCode"] for row in tables(tmp_path / "out")[terms.EVENT]} == {"CN"}


def test_a_species_that_stays_makes_no_absence(library: Library, tmp_path: Path) -> None:
    place = season(library)
    rule = sharing.Rule("partner", species=frozenset({"Grus monacha"}))
    with library.read() as db:
        places = Places(db, View(db, rule, library.now_ms()))
        assert places.site(place.site) is not None
    from ranger_app.actions import export_dwca
    from ranger_app.actions.formats import ExportReport, ExportRequest
    from ranger_app.jobs import CancelToken, run

    folder = tmp_path / "out"
    folder.mkdir()
    options = {one.name: one.default for one in export_dwca.OPTIONS}
    request = ExportRequest(folder, rule, False, options, CancelToken(), partner=True)
    run(export_dwca.write(library, request, ExportReport("dwca")))
    text = b"".join(unpacked(folder).values())
    assert b"Grus monacha" not in text
    read = tables(folder)
    assert {row["isTaxonomicScopeFullyReported"] for row in read[terms.HUMBOLDT]} == {"false"}
    assert "absent" not in {row["occurrenceStatus"] for row in read[terms.OCCURRENCE]}


# ------------------------------------------------------------ release


def test_only_released_sites_leave_and_the_report_says_what_stays(library: Library, tmp_path: Path) -> None:
    season(library, release=None)
    kept = wetland(library, country="CN", release="iwc ramsar")
    visit(library, kept, "kept")
    given = wetland(library, country="CN", release="open")
    visit(library, given, "given")
    report = write(library, tmp_path / "out")
    visits = [row for row in tables(tmp_path / "out")[terms.EVENT] if row["eventType"] == dwca_fields.VISIT]
    assert [row["id"] for row in visits] == [given.visits["given"].hex()]
    reasons = [str(one["reason"]) for one in report.failed if one["code"] == "not_released"]
    assert ["1 survey in CN" in reasons[0], "6 surveys in RU" in reasons[1]] == [True, True]
    assert report.withheld["survey"] >= 7
    write(library, tmp_path / "exact", exact=True)
    assert len([row for row in tables(tmp_path / "exact")[terms.EVENT] if row["eventType"] == "SiteVisit"]) == 8


def test_nothing_released_makes_an_empty_archive(library: Library, tmp_path: Path) -> None:
    season(library, release=None)
    report = write(library, tmp_path / "out")
    assert not any(tables(tmp_path / "out").values())
    assert report.written["survey"] == 0
    assert report.failed


def test_a_release_is_a_managers_and_the_makers(library: Library, tmp_path: Path) -> None:
    place = wetland(library, release=None)
    release.release(library, place.site, ["gbif,iwc"])
    with library.read() as db:
        found = rows.get(db, "location", place.site)
        assert found is not None
        assert found["release"] == "gbif iwc"
    with pytest.raises(UsageProblem):
        release.release(library, place.site, ["everybody"])
    library.person = place.person  # a ranger
    with pytest.raises(DataProblem) as caught:
        release.release(library, place.site, ["open"])
    assert caught.value.code == "ROLE_NEEDED"
    release.release(library, place.site, [])  # taking it back keeps more
    with library.read() as db:
        found = rows.get(db, "location", place.site)
        assert found is not None
        assert found["release"] is None


# ------------------------------------------------------------ back again


def test_our_own_archive_gives_the_same_records_once(library: Library, other: Library, tmp_path: Path) -> None:
    season(library)
    write(library, tmp_path / "out", exact=True)
    report = take(other, tmp_path / "out")
    theirs = everything(library)
    for (kind, _id), values in theirs.items():
        if kind == "location":
            values["release"] = None  # only who made a site gives its counts away
    assert everything(other) == theirs
    assert [one["code"] for one in report.failed] == ["release_stays"]
    again = take(other, tmp_path / "out" / "dwca.zip")
    assert not again.new
    assert everything(other) == theirs
    home = take(library, tmp_path / "out")
    assert not home.new


def test_a_demo_season_comes_back_and_its_release_is_its_stations(tmp_path: Path, other: Library) -> None:
    (khasan, hunchun) = demo.make(tmp_path / "demo", media=2, patrols=1, counts=60)
    with Library.open(khasan) as library, Library.open(hunchun) as neighbour:
        write(library, tmp_path / "out", exact=True)
        take(other, tmp_path / "out")
        mine, theirs = everything(library), everything(other)
        for kind in ("survey", "count"):
            wanted = {key: values for key, values in mine.items() if key[0] == kind}
            assert {key: values for key, values in theirs.items() if key[0] == kind} == wanted
            assert wanted
        places = {key: values | {"release": None} for key, values in theirs.items() if key[0] == "location"}
        assert places
        assert all(mine[key] | {"release": None} == values for key, values in places.items())

        sites = {values["site"] for key, values in mine.items() if key[0] == "survey"}
        neighbours = {key[1] for key in everything(neighbour) if key[0] == "survey"}
        run(write_bundle(library, WriteRequest(tmp_path / "stick", (neighbour.station.id,), "none")))
        run(read_bundles(neighbour, tmp_path / "stick"))
        for site in sites:
            assert isinstance(site, bytes)
            with pytest.raises(DataProblem) as caught:
                release.release(neighbour, site, ["open"])
            assert caught.value.code == "NOT_OURS"
            # Even one that gets past the question counts for nothing: only its maker's word does.
            neighbour.commit([change("location", site, {"release": "open"})], label="edit")
        report = write(neighbour, tmp_path / "public")
        told = {row["id"] for row in tables(tmp_path / "public")[terms.EVENT] if row["eventType"] == "SiteVisit"}
        assert told <= neighbours
        assert any("RU" in str(one["reason"]) for one in report.failed if one["code"] == "not_released")
        write(neighbour, tmp_path / "partner", rule=library.station.name)
        given_back = {row["id"] for row in tables(tmp_path / "partner")[terms.EVENT]}
        assert {key[1].hex() for key in mine if key[0] == "survey"} <= given_back


def test_an_open_archive_of_ours_doubles_nothing_at_home(library: Library, tmp_path: Path) -> None:
    season(library)
    write(library, tmp_path / "out")
    before = everything(library)
    report = take(library, tmp_path / "out")
    assert everything(library) == before
    assert not report.new


def test_an_open_archive_is_a_survey_elsewhere(library: Library, other: Library, tmp_path: Path) -> None:
    place = season(library)
    write(library, tmp_path / "out")
    report = take(other, tmp_path / "out")
    assert report.new["survey"] == 6
    with other.read() as db:
        counts = {(one["taxon"], one["count"]) for one in rows.find(db, "count")}
        surveys = {one["date"]: one for one in rows.find(db, "survey")}
        sites = [one for one in rows.find(db, "location") if one["type"] == "site"]
    assert ("Anser fabalis/serrirostris", 300) in counts
    full = surveys["2025-01-12"]
    assert (full["ice"], full["water"], full["complete"], full["disturbance"]) == (40, "N", 1, "hunting fishing")
    assert (surveys["2025-02-01"]["no_birds"], surveys["2025-02-02"]["no_birds"], full["weather"]) == (1, None, "clear")
    assert (full["not_counted"], full["coordinated"], full["start"]) == ("gulls", "January 2025", "08:00")
    assert len(sites) == 1
    assert sites[0]["uncertainty"] >= 1569
    assert place.site not in {one.id for one in sites}
    assert not take(other, tmp_path / "out").new


def test_a_file_gives_no_rights(library: Library, other: Library, tmp_path: Path) -> None:
    place = season(library)
    library.commit([change("person", place.person, {"role": "manager"})], label="role")
    write(library, tmp_path / "out", exact=True)
    take(other, tmp_path / "out")
    with other.read() as db:
        assert {one["role"] for one in rows.find(db, "person")} == {"ranger"}
        assert {one["release"] for one in rows.find(db, "location")} == {None}


def test_many_counts_are_quick_and_in_step(library: Library, other: Library, tmp_path: Path) -> None:
    place = wetland(library)
    surveys = [visit(library, place, str(number), date=f"2025-05-{number:02d}") for number in range(1, 21)]
    library.commit(
        [create("count", library.new_id(), {"survey": one, "taxon": "Anas crecca", "count": n, "flock": str(n)})
         for one in surveys for n in range(1, 31)],
        label="many",
    )  # fmt: skip
    write(library, tmp_path / "out", exact=True)
    take(other, tmp_path / "out")
    mine, theirs = everything(library), everything(other)
    assert {k: v for k, v in theirs.items() if k[0] == "count"} == {k: v for k, v in mine.items() if k[0] == "count"}


# ------------------------------------------------------------ times and names


@pytest.mark.parametrize(
    ("date", "time", "wanted"),
    [
        ("2025-01-12", "", ("2025-01-12", "2025-01-12", None, None, None)),
        ("2025-01-12T08:00Z", "", ("2025-01-12", "2025-01-12", "08:00", None, 0)),
        ("2025-01-12T08:00:30.5+10:00/11:30", "", ("2025-01-12", "2025-01-12", "08:00", "11:30", 600)),
        ("2025-01-12T22:00/2025-01-13T01:00", "", ("2025-01-12", "2025-01-12", "22:00", "01:00", None)),
        ("2025-01-12/14", "", ("2025-01-12", "2025-01-14", None, None, None)),
        ("2025-01-12/02-03", "", ("2025-01-12", "2025-02-03", None, None, None)),
        ("2025-01-12", "08:00+1000/11:30", ("2025-01-12", "2025-01-12", "08:00", "11:30", 600)),
        ("2025-01", "", None),
        ("2025-02-30", "", None),
        ("12.01.2025", "", None),
        ("2025-01-12/2025-01-10", "", None),
        ("", "", None),
    ],
)
def test_times_of_events(date: str, time: str, wanted: tuple[object, ...] | None) -> None:
    read = dwca_fields.when_read({"eventDate": date, "eventTime": time})
    assert (None if read is None else tuple(read)) == wanted


@pytest.mark.parametrize(
    ("taxon", "wanted"),
    [
        ("Grus monacha", ("Grus monacha", "", "species")),
        ("Anser sp.", ("Anser", "sp.", "genus")),
        ("Anser fabalis/serrirostris", ("Anser", "fabalis/serrirostris", "genus")),
        ("Anas crecca x Anas acuta", ("Anas", "crecca x Anas acuta", "genus")),
        ("Larus cf. vegae", ("Larus", "cf. vegae", "genus")),
        ("Limosa lapponica baueri", ("Limosa lapponica baueri", "", "subspecies")),
        ("Anatidae", ("Anatidae", "", "family")),
        ("big duck?", ("big", "duck?", "genus")),
    ],
)
def test_names_with_a_doubt(taxon: str, wanted: tuple[str, str, str]) -> None:
    assert tuple(dwca_fields.named(taxon)) == wanted
