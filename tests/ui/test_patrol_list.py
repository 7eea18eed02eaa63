"""The list of patrols narrowed by what a person picks; nothing found is not the same as nothing there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ranger_app.actions import patrol_area, patrol_list, records
from ranger_app.actions.patrol_list import KM, STATE, Narrowed
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ui.patrols.screen import PatrolsScreen

STATES = ("draft", "submitted", "approved", "approved")


@pytest.fixture
def patrols(library: Library) -> list[bytes]:
    """Twelve patrols of two leaders, one a month; those of the first leader name a post in an area."""
    area = records.add(library, "protected_area", {"name": "North"})
    records.add(library, "location", {"name": "Post 1", "type": "post", "protected_area": area})
    leaders = [records.add(library, "person", {"name": f"Leader {n}", "role": "ranger"}) for n in "AB"]
    ids = [library.new_id() for _n in range(12)]
    ops = []
    for n, record in enumerate(ids):
        values: dict[str, Value] = {
            "name": f"Way {n}", "date": f"2025-{n + 1:02d}-05", "leader": leaders[n % 2], "state": STATES[n % 4],
            "station": None if n % 2 else "post 1", "team": "Night team" if n == 5 else None,
        }  # fmt: skip
        ops.append(create("patrol", record, values))
        figures: dict[str, Value] = {"raw_metres": 9_000_000, "cleaned_metres": 8_256_000, "point_count": 9}
        ops.append(create("track", library.new_id(), {"patrol": record, **figures}))
    library.commit(ops, label="made")
    return ids


def found(library: Library, narrowed: Narrowed | None = None) -> list[int]:
    return [int(line.texts[0][5:7]) for line in patrol_list.lines(library, narrowed)]


def test_the_list_by_state_leader_period_area_and_words(library: Library, patrols: list[bytes]) -> None:
    with library.read() as db:
        leader, area = (
            db.conn.execute(sql).fetchone()[0]
            for sql in ("SELECT id FROM person WHERE name='Leader B'", "SELECT id FROM protected_area")
        )
        assert set(patrol_area.of_patrols(db)) == set(patrols[::2])
    assert found(library) == list(range(1, 13))
    assert found(library, Narrowed(frozenset({"draft", "submitted"}))) == [1, 2, 5, 6, 9, 10]
    assert found(library, Narrowed(leader=leader)) == [2, 4, 6, 8, 10, 12]
    assert found(library, Narrowed(start=date(2025, 3, 1), end=date(2025, 4, 5))) == [3, 4]
    assert found(library, Narrowed(area=area)) == [1, 3, 5, 7, 9, 11]
    assert found(library, Narrowed(text="night TEAM")) == [6]
    assert found(library, Narrowed(text="way 11")) == [11, 12]
    assert found(library, Narrowed(frozenset({patrol_list.REOPENED}))) == []


def test_picking_in_the_window(
    library: Library, patrols: list[bytes], show_screen: Callable[[type[PatrolsScreen]], PatrolsScreen]
) -> None:
    screen = show_screen(PatrolsScreen)
    table = screen.table
    assert table.choices.isVisible()
    assert len(table.model.lines) == 12
    assert table.model.index(0, KM).data() == "8.3"
    table.choices.state.setCurrentIndex(table.choices.state.findData("submitted"))
    assert {line.texts[STATE] for line in table.model.lines} == {"Submitted"}
    assert table.state_numbers()["approved"] == 6
    table.choices.time.setCurrentIndex(1)  # this month: none of them
    assert table.model.lines == []
    assert table.choices.isVisible()
    assert not table.empty.isVisible()
    table.choose(patrols[0])
    assert len(table.model.lines) == 12
    assert table.current() == patrols[0]


def test_no_point_is_read_for_the_list(library: Library, patrols: list[bytes], tmp_path: Path) -> None:
    with library.read() as db:
        plan = db.conn.execute("EXPLAIN QUERY PLAN " + patrol_list._LIST.format(where="")).fetchall()
    assert any("COVERING INDEX track_by_patrol" in row[3] for row in plan)
