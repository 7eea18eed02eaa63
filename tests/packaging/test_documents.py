"""What README and CONTRIBUTING tell people to type or open exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ranger_app.cli.main import parser

ROOT = Path(__file__).resolve().parents[2]


def readme_commands() -> list[str]:
    """The ``ranger`` lines of the README's tours."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^ranger .+$", text, re.MULTILINE)


def test_the_readme_has_a_tour() -> None:
    assert len(readme_commands()) >= 12


@pytest.mark.parametrize("line", readme_commands())
def test_readme_command_is_understood(line: str) -> None:
    words = shlex.split(line, comments=True)
    assert parser().parse_args(words[1:]).command


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_named_files_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(r"`((?:ranger_app|ui|packaging|resources|tests)/[\w./-]*[\w/])`", text)
    named += re.findall(r"\]\(([\w./-]+)\)", text)
    # Compiled files and names in capitals stand for something the reader makes.
    missing = [path for path in named if not re.search(r"[A-Z]{4}", path) and not (ROOT / path).exists()]
    assert named
    assert [path for path in missing if not path.endswith(".pot")] == []


def test_the_two_commands_come_first() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python3 packaging/dev.py run\npython3 packaging/dev.py test" in text
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").rstrip().endswith("exec python3 packaging/dev.py test")
