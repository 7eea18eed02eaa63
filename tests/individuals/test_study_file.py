"""The file of a joint study: written and read again, refused in one sentence where it says what nobody knows."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import joint_study, report
from ranger_app.actions.analysis import Question
from ranger_app.actions.joint_study import StudyQuestion
from ranger_app.cli.main import main
from ranger_app.domain.joint_study import JointStudy, Party, from_text, to_text
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from tests.border_season import TIGER, make

STUDY = JointStudy(
    "Two sides", (Party(b"a" * 16, "Hunchun", "CN"), Party(b"b" * 16, "Khasan", "RU")), (TIGER,),
    date(2013, 8, 1), date(2015, 7, 31), 60, "lastIndependentRecord", "sum", "00ff",
)  # fmt: skip


def test_a_study_reads_back_as_it_was_written() -> None:
    assert from_text(to_text(STUDY)) == STUDY
    assert to_text(from_text(to_text(STUDY))) == to_text(STUDY)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"minuets": 30}, "minuets"),
        ({"minutes": "30"}, "minutes"),
        ({"minutes": True}, "minutes"),
        ({"anchor": "first"}, "anchor"),
        ({"from": "2013-13-01"}, "from"),
        ({"to": "2012-01-01"}, "to"),
        ({"partners": []}, "partners"),
        ({"partners": [{"station": "xy", "name": "A", "country": "CN"}]}, "partners"),
        ({"partners": [{"station": "00", "name": "A", "country": "China"}]}, "partners"),
        ({"species": [7]}, "species"),
        ({"title": "a\nb"}, "title"),
        ({"ranger_study": 2}, "ranger_study"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: dict[str, object], word: str) -> None:
    file = tmp_path / "study.json"
    file.write_text(json.dumps(json.loads(to_text(STUDY)) | change), encoding="utf-8")
    with pytest.raises(DataProblem) as refused:
        joint_study.read(file)
    assert refused.value.code == "STUDY_WRONG"
    assert word in refused.value.what


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"{" * 100_000, b'{"a"'])
def test_what_is_no_study_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "study.json"
    file.write_bytes(content)
    with pytest.raises(DataProblem):
        joint_study.read(file)
    with pytest.raises(DataProblem):
        joint_study.read(tmp_path / "nothing.json")


def test_another_border_is_refused(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library", name="Khasan", country="RU", utc_offset=600) as library:
        make(library)
        found = joint_study.proposed(library, Question())
        assert found.species == ("Panthera pardus", TIGER)
        assert [one.name for one in found.parties] == ["Khasan"]
        assert jobs.run(report.findings(library, "study", StudyQuestion(joint=found))).reproducible
        with pytest.raises(DataProblem) as refused:
            jobs.run(report.findings(library, "study", StudyQuestion(joint=STUDY)))
        assert refused.value.code == "BORDER_DIFFERS"


def test_a_study_goes_through_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = str(tmp_path / "library"), str(tmp_path / "study.json")
    with Library.create(Path(folder), name="Khasan", country="RU", utc_offset=600) as library:
        make(library)
    first = ["--library", folder, "--json", "report", "study", str(tmp_path / "one")]
    assert main([*first, "--species", "tiger", "--write-study", file, "--title", "Tigers"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["report"] == "study"
    assert main(["--library", folder, "--json", "report", "study", str(tmp_path / "two"), "--study", file]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["encounters_digest"] == told["encounters_digest"]
    for one, other in zip(told["files"], again["files"], strict=True):
        assert Path(one).read_bytes() == Path(other).read_bytes()
    page = Path(told["files"][-1]).read_text(encoding="utf-8")
    assert "<title>Tigers</title>" in page
    assert "Made with Ranger by" not in page
