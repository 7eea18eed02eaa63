"""The preview of a rule says what the rule then gives, record by record and picture by picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ranger_app.actions.sharing_preview import Seen, preview
from ranger_app.actions.sharing_view import View
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import KINDS
from ranger_app.domain.ops import create
from ranger_app.domain.sharing import FULL, OPEN, STANDARD, Rule
from ranger_app.library import Library

NOW = 1_700_000_000_000
RULES = [
    FULL,
    STANDARD,
    OPEN,
    replace(FULL, name="late", embargo_days=200),
    replace(STANDARD, name="cats", species=frozenset({"Panthera tigris"}), files=True),
    replace(FULL, name="kinds", kinds=frozenset({"media", "survey"}), pictures="thumbnails"),
    replace(STANDARD, name="small", pictures="thumbnails", files=True, places={0: "exact", 1: "3"}),
]


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("preview")
    with Library.create(folder / "a", name="A", country="RU", utc_offset=600, clock=lambda: NOW) as library:
        _fill(library)
        yield library


def _fill(library: Library) -> None:
    ops = []

    def add(kind: str, **fields: Value) -> bytes:
        record = library.new_id()
        ops.append(create(kind, record, fields))
        return record

    for site, taxon in enumerate(("Panthera tigris", "Lynx lynx", "Sus scrofa", None)):
        where = add("location", name=f"P{site}", latitude=430_000_000 + site * 1_000_000, longitude=1_310_000_000)
        camera = add("deployment", name=f"D{site}", location=where, utc_offset=600, start="2022-01-01T10:00:00")
        for number in range(6):
            time = f"2023-{2 * number + 1:02d}-01T10:00:00"
            picture = add("media", deployment=camera, camera_time=time, sha256=f"{site * 100 + number:064x}")
            human = number == 5
            if site == 3 and number == 4:
                continue  # nobody looked
            add("observation", media=picture, deployment=camera, method="human",
                type="human" if human else "animal", taxon=None if human else taxon)  # fmt: skip
    lake = add("location", name="Lake", latitude=450_000_000, longitude=1_320_000_000, type="site")
    survey = add("survey", site=lake, date="2023-01-14")
    add("count", survey=survey, taxon="Grus japonensis", count=12)
    add("person", name="Observer A", role="ranger")
    add("note", text="Men at the lake")
    patrol = add("patrol", name="P", date="2023-02-01")
    add("waypoint", patrol=patrol, latitude=1, longitude=2)
    library.commit(ops, label="season")


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_the_preview_counts_what_is_given(season: Library, rule: Rule) -> None:
    seen = preview(season, rule)
    with season.read() as db:
        view = View(db, rule, NOW)
        for kind in KINDS:
            ids = [row[0] for row in db.conn.execute(f'SELECT id FROM "{kind.name}" WHERE deleted=0')]
            groups = view.records(kind.name, ids)
            whole = sum(all(f.group.value in groups[one] for f in kind.fields) for one in ids)
            none = sum(not groups[one] for one in ids)
            assert seen.kinds[kind.name] == Seen(whole, len(ids) - whole - none, none), kind.name
            if kind.name == "media":
                assert +seen.pictures == Counter(view.pictures(ids).values())
            if kind.name == "location":
                assert +seen.precisions == Counter(view.precision("location", ids).values())
    assert len(seen.places) == 5


def test_species_whose_places_are_coarse_are_named(season: Library) -> None:
    assert preview(season, FULL).species == {}
    assert preview(season, STANDARD).species == {
        "Grus japonensis": "1",
        "Lynx lynx": "2",
        "Panthera tigris": "withheld",
    }
