"""What a sharing rule reveals, record by record: places by the species seen there, people, areas, embargo, pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest

from ranger_app.actions import own_taxa
from ranger_app.actions.sharing_view import View
from ranger_app.domain import batch as batches
from ranger_app.domain.coarse import COARSE
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, change, create
from ranger_app.domain.sharing import FULL, OPEN, STANDARD, Precision, Rule
from ranger_app.geo.tracks import pack
from ranger_app.geo.way import Way
from ranger_app.library import Library
from ranger_app.store import log

NOW = 1_700_000_000_000
DAY = 86_400_000


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "a", name="A", country="RU", utc_offset=600, clock=lambda: NOW) as made:
        yield made


def add(library: Library, kind: str, **fields: Value) -> bytes:
    record = library.new_id()
    library.commit([create(kind, record, fields)], label="test")
    return record


def place(library: Library, name: str, north: int = 0, **more: Value) -> bytes:
    fields: dict[str, Value] = {"name": name, "latitude": 430_000_000 + north * 100_000, "longitude": 1_310_000_000}
    return add(library, "location", **{**fields, **more})


def camera_site(library: Library, name: str, north: int, *said: str | None, seen: bool = True) -> tuple[bytes, ...]:
    """A location with a deployment and a picture for each species said; blank for None."""
    location = place(library, name, north)
    deployment = add(library, "deployment", name=name, location=location, utc_offset=600, start="2023-06-01T10:00:00")
    media = []
    for number, taxon in enumerate(said):
        time = f"2023-06-{number + 2:02d}T10:00:00"
        one = add(
            library, "media", deployment=deployment, camera_time=time, file_name="IMG.JPG", sha256=f"{number:064x}"
        )
        media.append(one)
        if seen:
            add(
                library,
                "observation",
                media=one,
                deployment=deployment,
                type="animal" if taxon else "blank",
                taxon=taxon,
                method="human",
            )
    return (location, deployment, *media)


def precision(library: Library, rule: Rule, location: bytes) -> Precision:
    with library.read() as db:
        return View(db, rule, NOW).place_for(location)


def revealed(library: Library, rule: Rule) -> list[tuple[Op, frozenset[str] | None]]:
    """Every operation of the library with what the rule lets see of it."""
    with library.read() as db:
        view = View(db, rule, NOW)
        found = []
        for stored in log.stored(db):
            opened = batches.read(stored.sealed)
            keep = view.reveal(opened)
            found += [(op, keep(number, op)) for number, op in enumerate(opened.ops)]
        return found


def groups(library: Library, rule: Rule, record: bytes) -> list[frozenset[str] | None]:
    return [kept for op, kept in revealed(library, rule) if op.id == record]


@pytest.mark.parametrize(
    ("taxon", "standard", "open_"),
    [
        ("Panthera tigris", "withheld", "withheld"),
        ("Panthera tigris altaica", "withheld", "withheld"),
        ("тигр", "withheld", "withheld"),
        ("Panthera sp.", "withheld", "withheld"),
        ("Ursus thibetanus", "1", "withheld"),
        ("Lynx lynx", "2", "1"),
        ("Bubo bubo", "exact", "2"),
        ("Sus scrofa", "exact", "2"),
        (None, "exact", "2"),
    ],
)
def test_a_place_is_as_sensitive_as_what_was_seen_there(
    library: Library, taxon: str | None, standard: str, open_: str
) -> None:
    location, deployment, media = camera_site(library, "Den", 0, taxon)
    assert precision(library, FULL, location) == "exact"
    assert precision(library, STANDARD, location) == standard
    assert precision(library, OPEN, location) == open_
    for record in (deployment, media):
        (kept,) = groups(library, STANDARD, record)
        assert kept is not None
        assert ("place" in kept) == (standard == "exact")
        assert not {"people", "file", "track"} & kept


def test_a_camera_whose_pictures_nobody_reviewed_or_saw_yet_is_extreme(library: Library) -> None:
    unseen = camera_site(library, "Unseen", 0, None, seen=False)[0]
    running = camera_site(library, "Running", 1)[0]
    planned = place(library, "Planned", 2, type="camera_site")
    hide = place(library, "Hide", 3, type="hide")
    assert [precision(library, STANDARD, one) for one in (unseen, running, planned, hide)] == [
        *["withheld"] * 3,
        "exact",
    ]


def test_the_same_place_under_another_name_does_not_tell(library: Library) -> None:
    den = camera_site(library, "Den", 0, "Panthera pardus")
    same = camera_site(library, "Post 4", 0, "Sus scrofa")
    opposite = camera_site(library, "Across the trail", 5, "Sus scrofa")
    library.commit([change("deployment", opposite[1], {"paired_with": den[1]})], label="test")
    far = camera_site(library, "Far", 9, "Sus scrofa")
    found = [precision(library, STANDARD, one[0]) for one in (den, same, opposite, far)]
    assert found == ["withheld", "withheld", "withheld", "exact"]


def test_a_sector_follows_its_site_and_a_site_not_its_sector(library: Library) -> None:
    site = place(library, "Lake", 0, type="site")
    sector = place(library, "North bay", 5, type="sector", part_of=site)
    other = place(library, "Pond", 20, type="site")
    inlet = place(library, "Inlet", 25, type="sector", part_of=other)
    survey = add(library, "survey", site=site, date="2023-05-01")
    count = add(library, "count", survey=survey, taxon="Grus japonensis", count=2)
    there = add(library, "survey", site=other, date="2023-05-01")
    add(library, "count", survey=there, sector=inlet, taxon="Anas crecca", count=2)
    assert [precision(library, STANDARD, one) for one in (site, sector, other, inlet)] == ["1", "1", "exact", "exact"]
    (kept,) = groups(library, STANDARD, count)
    assert kept == {"open", "place.1"}


def test_exact_and_coarse_places_are_never_told_together(library: Library) -> None:
    location = camera_site(library, "Ridge", 0, "Lynx lynx")[0]
    (kept,) = groups(library, STANDARD, location)
    assert kept == {"open", "place.2"}
    pond = camera_site(library, "Pond", 9, "Sus scrofa")[0]
    (kept,) = groups(library, STANDARD, pond)
    assert kept == {"open", "place", *COARSE}


def test_a_coarser_place_that_is_here_is_passed_on(library: Library) -> None:
    location = place(library, "Hide", 0, type="hide")
    with library.read() as db:
        view = View(db, OPEN, NOW)
        (stored,) = log.stored(db)
        opened = batches.read(stored.sealed)
        keep = view.reveal(opened)
        op = opened.ops[0]
        assert op.id == location
        assert keep(0, op) == {"open", "place.2"}
        assert keep(0, replace(op, withheld=frozenset({"place", "place.3", "place.2"}))) == {"open", "place.1"}


def test_withheld_kinds_leave_nothing_and_take_their_parts_along(library: Library) -> None:
    note = add(library, "note", text="Three men with dogs at the spring")
    patrol = add(library, "patrol", name="Spring", date="2023-05-01")
    track = add(library, "track", patrol=patrol, points=bytes(48))
    assert groups(library, STANDARD, note) == [frozenset()]
    assert groups(library, STANDARD, track) == [frozenset({"open", "place", *COARSE})]
    rule = replace(STANDARD, kinds=frozenset({"patrol"}))
    assert groups(library, rule, track) == [frozenset()] == groups(library, rule, patrol)


def test_withheld_species_stay_with_what_was_said_of_them_later(library: Library) -> None:
    _place, deployment, tiger, boar = camera_site(library, "Ridge", 0, "Panthera tigris", "Sus scrofa")
    individual = add(library, "individual", code="T7", taxon="Panthera tigris altaica")
    named = add(library, "observation", deployment=deployment, type="animal", individual=individual, method="human")
    library.commit([change("individual", individual, {"name": "Old male"})], label="test")
    scat = add(library, "sample", code="S1", type="scat", individual=individual)
    about = add(library, "note", about_kind="individual", about=individual, text="limps")
    rule = replace(FULL, name="ours", species=frozenset({"Panthera tigris"}))
    for record in (individual, named, scat, about):
        assert set(groups(library, rule, record)) == {frozenset()}, record
    with library.read() as db:
        view = View(db, rule, NOW)
        assert not view.allowed_taxon("тигр")
        assert view.allowed_taxon("Sus scrofa")
        assert view.pictures([tiger, boar]) == {tiger: "none", boar: "original"}


def test_people_stay_names_roles_go(library: Library) -> None:
    person = add(library, "person", name="Observer A", role="ranger", remarks="on leave")
    assert groups(library, STANDARD, person) == [frozenset({"open", "place", *COARSE})]
    with library.read() as db:
        (stored,) = log.stored(db)
        opened = batches.read(stored.sealed)
        named = replace(opened, meta=batches.Meta(person=person))
        assert View(db, STANDARD, NOW).meta(opened)
        assert not View(db, STANDARD, NOW).meta(named)
        assert View(db, FULL, NOW).meta(named)


def test_points_of_patrols_stay_with_the_tracks(library: Library) -> None:
    patrol = add(library, "patrol", name="Spring", date="2023-05-01")
    mark = add(library, "waypoint", patrol=patrol, name="Camp", latitude=1, longitude=2)
    photo = add(library, "media", patrol=patrol, latitude=1, longitude=2)
    add(library, "observation", media=photo, type="blank", method="human")
    assert groups(library, STANDARD, mark) == [frozenset({"open"})] == groups(library, STANDARD, photo)
    open_tracks = replace(STANDARD, tracks=True)
    assert groups(library, open_tracks, mark) == [frozenset({"open", "track", "place", *COARSE})]


def test_only_chosen_areas_leave(library: Library) -> None:
    area, other = add(library, "protected_area", name="North"), add(library, "protected_area", name="South")
    rule = replace(FULL, name="ours", areas=frozenset({area.hex()}))
    inside, outside = place(library, "In", 0, protected_area=area), place(library, "Out", 9, protected_area=other)
    part = place(library, "Part", 20, part_of=inside)
    deployment = add(library, "deployment", name="In", location=inside, utc_offset=600)
    away = add(library, "deployment", name="Out", location=outside, utc_offset=600)
    media = add(library, "media", deployment=away)
    patrol = add(library, "patrol", name="P", date="2023-05-01")
    mark = add(library, "waypoint", patrol=patrol, latitude=1, longitude=2)
    track = add(library, "track", patrol=patrol, points=bytes(48))
    left = {record: bool(groups(library, rule, record)[0]) for record in (inside, part, deployment, patrol)}
    assert all(left.values())
    assert [groups(library, rule, record) for record in (outside, away, media, mark)] == [[frozenset()]] * 4
    assert "track" not in (groups(library, rule, track)[0] or ())


def test_the_last_days_stay(library: Library) -> None:
    site = camera_site(library, "Old", 0, "Sus scrofa")
    late = add(library, "media", deployment=site[1], camera_time="2023-11-10T10:00:00")
    said = add(library, "observation", media=late, deployment=site[1], type="blank", method="human")
    old, new = (add(library, "patrol", name="P", date=date) for date in ("2023-05-01", "2023-11-12"))
    individual = add(library, "individual", code="T7", taxon="Sus scrofa")
    person = add(library, "person", name="Observer A", role="ranger")
    rule = replace(FULL, name="ours", embargo_days=30)
    for record in (late, said, new, individual):
        assert groups(library, rule, record) == [frozenset()], record
    for record in (site[1], site[2], old, person):
        assert groups(library, rule, record)[0], record
    with library.read() as db:
        view = View(db, rule, NOW)
        assert view.records("media", [late, site[2]])[late] == frozenset()
        assert view.records("individual", [individual]) == {individual: frozenset()}
        assert "place" in view.records("media", [late, site[2]])[site[2]]


def test_files_stay_where_the_place_does(library: Library) -> None:
    den, plain = camera_site(library, "Den", 0, "Panthera tigris"), camera_site(library, "Pond", 9, "Sus scrofa")
    rule = replace(STANDARD, files=True)
    assert "file" not in (groups(library, rule, den[2])[0] or ())
    assert "file" in (groups(library, rule, plain[2])[0] or ())
    with library.read() as db:
        view = View(db, rule, NOW)
        assert view.pictures([den[2], plain[2]]) == {den[2]: "redacted", plain[2]: "original"}
        assert view.large_copies([den[2]]) == {den[2]}
        assert View(db, replace(rule, pictures="thumbnails"), NOW).picture(plain[2]) == "thumbnail"
        assert View(db, OPEN, NOW).picture(plain[2]) == "none"


def test_pictures_of_people_and_unseen_originals_stay_whatever_the_rule_says(library: Library) -> None:
    _location, deployment, first, second = camera_site(library, "Trail", 0, None, None, seen=False)
    add(library, "observation", media=first, deployment=deployment, type="human", method="human")
    with library.read() as db:
        assert View(db, FULL, NOW).pictures([first, second]) == {first: "none", second: "thumbnail"}


def test_a_record_cannot_make_a_listed_species_less_sensitive(library: Library) -> None:
    location = camera_site(library, "Den", 0, "Panthera tigris")[0]
    add(library, "taxon", scientific="Panthera tigris", sensitive=4)
    own_taxa.refresh(library)
    assert precision(library, STANDARD, location) == "withheld"


def test_what_a_newer_version_wrote_stays(library: Library) -> None:
    with library.read() as db:
        view = View(db, STANDARD, NOW)
        header = batches.Header(1, b"o" * 16, b"i" * 8, 1, b"\0" * 32, batches.pack({}), 1, (1, 0), [], 1, b"r" * 32)
        op = Op("create", "drone_flight", b"x" * 16, {"latitude": 1})
        assert view.reveal(batches.Opened(header, batches.Meta(), [op], {}))(0, op) == frozenset()


def test_a_track_that_passes_a_den_stays_also_where_tracks_are_given(library: Library) -> None:
    camera_site(library, "Den", 0, "Panthera tigris")
    patrol = add(library, "patrol", name="P", date="2023-05-01")

    def walked(north: float) -> bytes:
        way = Way()
        for step in range(50):
            way.add(north + step * 0.0002, 131.0, nan, nan, 0)
        return add(library, "track", patrol=patrol, points=pack(way, [0] * len(way)))

    past, elsewhere = walked(42.995), walked(44.0)
    rule = replace(STANDARD, name="own", tracks=True)
    assert "track" not in (groups(library, rule, past)[0] or ())
    assert "track" in (groups(library, rule, elsewhere)[0] or ())
    assert "track" in (groups(library, FULL, past)[0] or {"track"})


def test_a_picture_with_a_position_beside_a_den_is_as_sensitive(library: Library) -> None:
    camera_site(library, "Den", 0, "Panthera tigris")
    _location, pond, _media = camera_site(library, "Pond", 9, "Sus scrofa")
    beside = add(library, "media", deployment=pond, latitude=430_000_100, longitude=1_310_000_100)
    add(library, "observation", media=beside, deployment=pond, type="blank", method="human")
    assert groups(library, STANDARD, beside) == [frozenset({"open"})]
