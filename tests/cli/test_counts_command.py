"""``survey import``, ``survey form`` and ``survey photo``: tables by options, and the form there and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions.count_form import PREFIX
from ranger_app.media import qr

Ok = Callable[..., dict[str, Any]]
Run = Callable[..., tuple[int, dict[str, Any]]]
TABLE = "Место;Когда;Птица;Штук\nХасан;03/04/2026;Кряква;ca. 200\nИтого;;;200\n"


@pytest.fixture
def folder(tmp_path: Path, ok: Ok) -> Path:
    made = tmp_path / "library"
    ok(made, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    return made


def test_columns_and_the_order_of_dates_are_said_by_options(folder: Path, tmp_path: Path, ok: Ok, ranger: Run) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(TABLE, encoding="utf-8")
    assert ranger(folder, "survey", "import", path)[0] == 3
    status, answer = ranger(folder, "survey", "import", path, "--map", "auto")
    assert (status, answer["error"]) == (2, "MAP_INCOMPLETE")
    said = ("--map", "date=Когда,taxon=Птица,count=Штук")
    status, answer = ranger(folder, "survey", "import", path, *said)
    assert (status, answer["error"]) == (2, "DATE_ORDER")
    seen = ok(folder, "survey", "import", path, *said, "--date-order", "dmy", "--preview")
    assert (seen["rows"], seen["dates"], seen["sites"]) == (1, ["2026-04-03"], ["Хасан"])
    assert ok(folder, "status")["records"]["count"] == 0
    done = ok(folder, "survey", "import", path, *said, "--date-order", "dmy")
    assert (done["counts"], [one["text"] for one in done["doubtful"]]) == (1, ["ca. 200"])
    assert [one["code"] for one in done["failed"]] == ["TOTALS_ROW"]


def test_a_wide_table_of_one_site_and_day(folder: Path, tmp_path: Path, ok: Ok) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("Species,North,South\nMallard,5,\nSmew,0,7\n", encoding="utf-8")
    done = ok(folder, "survey", "import", path, "--across", "sector", "--site", "Bay", "--date", "2026-01-12")
    assert done["counts"] == 3
    assert sorted(done["new_locations"]) == ["Bay", "North", "South"]


def test_the_form_and_its_photo(folder: Path, tmp_path: Path, ok: Ok, ranger: Run) -> None:
    site = ok(folder, "location", "add", "--name", "Bay", "--type", "site")["id"]
    out = tmp_path / "form.html"
    answer = ok(folder, "survey", "form", out, "--site", "Bay", "--date", "2026-01-12", "--language", "mn")
    assert (answer["file"], answer["language"]) == (str(out), "mn")
    assert "Усны шувууны тооллого" in out.read_text(encoding="utf-8")
    photo = tmp_path / "photos" / "form.png"
    photo.parent.mkdir()
    photo.write_bytes(qr.draw(f"{PREFIX}{site} 2026-01-12"))
    assert [one["code"] for one in ok(folder, "survey", "photo", photo)["failed"]] == ["no_survey"]
    survey = ok(folder, "survey", "add", "--site", "Bay", "--date", "2026-01-12")["id"]
    assert ok(folder, "survey", "photo", photo)["survey_ids"] == [survey]
    assert ranger(folder, "survey", "form", out, "--site", "Bay", "--date", "12.01.2026")[0] == 2
