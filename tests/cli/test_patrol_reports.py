"""``ranger report month`` and ``patrol-effort`` as scripts call them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from ranger_app.cli.main import main
from ranger_app.demo import season


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return season.make(tmp_path_factory.mktemp("demo") / "made", media=0, patrols=4, counts=0)[0]


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> dict[str, object]:
    assert main(["--json", *arguments]) == status
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def lines(file: object) -> list[dict[str, str]]:
    with Path(str(file)).open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def test_a_month_as_page_and_csv(library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    got = answer(capsys, "--library", str(library), "report", "month", str(tmp_path / "out"), "--month", "2026-01")
    assert got["report"] == "month"
    assert (got["month"], got["patrols"]) == ("2026-01", 2)
    files = [Path(str(one)) for one in got["files"]]  # type: ignore[attr-defined]
    assert files[0] == tmp_path / "out" / "month.csv"
    assert {row["code"]: row["now"] for row in lines(files[0])}["patrols"] == "2"
    page = files[-1].read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "counter(page)" in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize("by", ["month", "area", "team", "transport", "leader", "patrol"])
def test_effort_in_groups(library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], by: str) -> None:
    got = answer(capsys, "--library", str(library), "report", "patrol-effort", str(tmp_path / "out"), "--by", by)
    table = lines(got["files"][0])  # type: ignore[index]
    assert by in table[0]
    assert table[-1]["patrols"] == "4"
    km = sum(float(row["km_cleaned"]) for row in table[:-1] if row["km_cleaned"])
    assert km == pytest.approx(float(str(got["km_cleaned"])), abs=1e-3)


def test_wrong_months_and_groups(library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = answer(capsys, "--library", str(library), "report", "month", str(tmp_path), "--month", "2026-1", status=2)
    assert wrong["error"] == "MONTH_WRONG"
    assert answer(capsys, "--library", str(library), "report", "patrol-effort", str(tmp_path), "--by", "moon",
                  status=2)["error"] == "USAGE"  # fmt: skip


def test_a_month_narrows_a_report_that_goes_by_days(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def asked(name: str, *more: str, status: int = 0) -> dict[str, object]:
        return answer(capsys, "--library", str(library), "report", name, str(tmp_path / name), *more, status=status)

    month = asked("month", "--month", "2026-01")
    effort = asked("patrol-effort", "--month", "2026-01")
    assert (effort["patrols"], effort["km_cleaned"]) == (month["patrols"], month["km_cleaned"])
    assert asked("patrol-effort", "--month", "2026-13", status=2)["error"] == "MONTH_WRONG"
    twice = asked("patrol-effort", "--month", "2026-01", "--from", "2026-01-02", status=2)
    assert twice["error"] == "DAYS_TWICE"
