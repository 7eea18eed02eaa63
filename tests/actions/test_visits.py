"""What a visit proposes, its times and codes, and counts that several stations make on agreed dates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import coordinated, records, visit_defaults
from ranger_app.domain import visit_words
from ranger_app.domain.fields import Value
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store import rows


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "lib", name="Khasan", country="RU", utc_offset=600) as made:
        made.person = person(made, "Ranger 1")
        yield made


def person(library: Library, name: str) -> bytes:
    return records.add(library, "person", {"name": name, "role": "ranger", "active": 1})


def site(library: Library, name: str, **more: Value) -> bytes:
    return records.add(library, "location", {"name": name, "type": "site", **more})


def visit(library: Library, place: bytes, date: str, *who: bytes, **more: Value) -> bytes:
    observers = canonical([one.hex() for one in who]) if who else None
    return records.add(library, "survey", {"site": place, "date": date, "observers": observers, **more})


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        *(("8", "08:00"), ("0830", "08:30"), ("830", "08:30"), ("8.30", "08:30"), ("8:5", "08:05"), ("23:59", "23:59")),
        *(("26:00", None), ("24:00", None), ("08:60", None), ("", None), ("morning", None), ("8:30:00:1", None)),
    ],
)
def test_times_of_day(typed: str, read: str | None) -> None:
    assert visit_words.time_of_day(typed) == read


def test_a_time_that_is_none_is_refused_and_what_is_rare_is_asked(library: Library) -> None:
    place = site(library, "Lagoon")
    with pytest.raises(DataProblem) as refused:
        visit(library, place, "2026-01-12", start="26:00")
    assert refused.value.code == "TIME_WRONG"
    survey = visit(library, place, "2026-01-12", start="8", end="0930")
    with pytest.raises(DataProblem):
        records.edit(library, "survey", survey, {"end": "26:00"})
    with library.read() as db:
        found = records.existing(db, "survey", survey)
    assert (found["start"], found["end"]) == ("08:00", "09:30")
    assert visit_words.questions(found.values) == []
    assert len(visit_words.questions({"start": "22:00", "end": "01:15"})) == 1
    assert len(visit_words.questions({"start": "04:00", "end": "23:00"})) == 1
    assert len(visit_words.questions({"date": "2026-01-13"}, today="2026-01-12")) == 1
    assert len(visit_words.questions({"start": "26:00"})) == 1


def test_a_bad_time_from_elsewhere_does_not_lock_the_visit(library: Library) -> None:
    from ranger_app.domain.ops import create

    survey = library.new_id()
    values: dict[str, Value] = {"site": site(library, "Lagoon"), "date": "2026-01-12", "start": "26:00"}
    library.commit([create("survey", survey, values)], label="from elsewhere")
    records.edit(library, "survey", survey, {"start": "26:00", "remarks": "seen"})
    with library.read() as db:
        assert records.existing(db, "survey", survey)["remarks"] == "seen"


def test_methods_are_letters_in_any_combination() -> None:
    assert visit_words.codes("method", "TF") == (("F", "T"), "")
    assert visit_words.codes("method", "bt") == (("B", "T"), "")
    assert visit_words.codes("method", "telescope") == ((), "telescope")
    assert visit_words.codes("disturbance", "boats, hunting far away") == (("hunting", "boats"), "far away")
    assert visit_words.together("method", {"T", "A"}) == "AT"
    assert visit_words.together("disturbance", {"boats", "hunting"}, "far") == "hunting boats far"
    assert visit_words.together("method", set()) is None
    assert visit_words.worded("method", "FT") == "Foot or vehicle, Telescope"
    assert visit_words.worded("water", "O") == "Flooded"
    assert visit_words.worded("water", "brown") == "brown"


def test_a_proposal_prefers_the_same_person_then_the_same_season(library: Library) -> None:
    assert library.person is not None
    other = person(library, "Ranger 2")
    place = site(library, "Lagoon")
    visit(library, place, "2025-01-12", library.person, season="wintering", method="T", start="09:00", ice=90)
    visit(library, place, "2025-04-12", library.person, season="spring", method="B", start="05:00", weather="fog")
    visit(library, place, "2026-01-02", other, season="wintering", method="F", start="10:00", ice=40)
    winter = visit_defaults.propose(library, place, "2026-01-12")
    assert winter.of == "2025-01-12"
    assert (winter.values["method"], winter.values["start"], winter.values["season"]) == ("T", "09:00", "wintering")
    assert winter.values["ice"] == 40  # of ten days ago, by whomever
    assert "weather" not in winter.values
    spring = visit_defaults.propose(library, place, "2026-04-02")
    assert (spring.values["method"], spring.values["season"], spring.of) == ("B", "spring", "2025-04-12")
    assert "ice" not in spring.values
    assert visit_defaults.propose(library, place, "2026-01-12", other).values["method"] == "F"
    new_site = site(library, "New")
    elsewhere = visit_defaults.propose(library, new_site, "2026-10-02", other)
    assert (elsewhere.values["method"], elsewhere.values.get("start")) == ("F", None)
    assert elsewhere.values["observers"] == canonical([other.hex()])
    assert elsewhere.values["season"] == "autumn"


def test_the_season_follows_the_days_of_the_site(library: Library) -> None:
    whole = site(library, "Mouth", seasons=canonical([{"season": "moult", "first": "07-01", "last": "08-20"}]))
    part = site(library, "Left bank", part_of=whole)
    plain = site(library, "Lagoon")
    with library.read() as db:
        assert visit_defaults.season(db, part, "2026-07-20") == "moult"
        assert visit_defaults.season(db, part, "2026-01-20") is None
        assert visit_defaults.season(db, plain, "2026-07-20") == "breeding"
        assert visit_defaults.season(db, plain, "not yet") is None
        assert visit_defaults.season(db, None, "2025-12-03") == "wintering"


def test_coordinated_counts_say_who_is_missing(library: Library) -> None:
    whole = site(library, "Mouth")
    left, _right = (
        site(library, "Left", part_of=whole, country="RU"),
        site(library, "Right", part_of=whole, country="KP"),
    )
    far, alone = site(library, "Far", country="CN"), site(library, "Alone")
    for place in (left, far):
        visit(library, place, "2025-01-12", coordinated="January count")
    visit(library, alone, "2026-01-12")
    survey = visit(library, left, "2026-01-12", coordinated=" january COUNT")
    records.add(library, "count", {"survey": survey, "taxon": "Grus monacha", "count": 30})
    records.add(library, "count", {"survey": survey, "taxon": "Haliaeetus albicilla", "count": 2})
    with library.read() as db:
        found = coordinated.occasions(db)
        assert [(one.first, one.visits, len(one.sites)) for one in found] == [
            ("2026-01-12", 1, 1),
            ("2025-01-12", 2, 2),
        ]
        assert [one.first for one in coordinated.near(db, "2026-01-14")] == ["2026-01-12"]
        assert coordinated.near(db, "2026-03-14") == []
    occasion, places = coordinated.places(library, "January count")
    assert occasion is not None
    assert occasion.first == "2026-01-12"
    assert [(one.name, one.counted, one.known_by, one.birds) for one in places] == [
        ("Far", False, "before", None),
        ("Right", False, "neighbour", None),
        ("Left", True, "counted", 30),
    ]
    _first, before = coordinated.places(library, "January count", "2025-01-13")
    assert {one.name for one in before if one.counted} == {"Left", "Far"}
    assert coordinated.places(library, "June count") == (None, [])
    with library.read() as db:
        assert rows.number(db, "survey") == 4
