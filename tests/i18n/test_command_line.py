"""The command line speaks the language asked for, its help included."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranger_app.cli.main import main


@pytest.mark.parametrize(("language", "word"), [("ru", "проверить библиотеку"), ("zh_CN", "检查资料库")])
def test_help_is_translated(language: str, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--language", language, "--help"]) == 0
    assert word in capsys.readouterr().out


def test_the_environment_chooses_where_no_option_does(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RANGER_LANGUAGE", "ru")
    assert main(["--library", str(tmp_path), "status"]) != 0
    assert "нет библиотеки" in capsys.readouterr().err
    assert main(["--language=en", "--library", str(tmp_path), "status"]) != 0
    assert "There is no library" in capsys.readouterr().err


def test_an_unknown_language_is_english(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--language", "xx", "--help"]) == 0
    assert "look the library over" in capsys.readouterr().out
