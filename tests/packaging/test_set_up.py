"""The set-up says what to do where it may not do it itself: no root, an old system, the wrong Python."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dev() -> Iterator[SimpleNamespace]:
    """The modules of packaging/, found as dev.py finds them: by their folder, not as a package."""
    sys.path.insert(0, str(ROOT / "packaging"))
    try:
        import checks
        import dev as command
        import freeze
        import run_demo
        import setup_venv
        import system_packages

        yield SimpleNamespace(
            command=command, setup=setup_venv, system=system_packages, freeze=freeze, checks=checks, demo=run_demo
        )
    finally:
        sys.path.remove(str(ROOT / "packaging"))


def _bare_system(
    dev: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, *, libraries: list[str], fonts: list[str]
) -> None:
    monkeypatch.setattr(dev.system, "find_manager", lambda: 0)
    monkeypatch.setattr(dev.system, "missing_libraries", lambda: libraries)
    monkeypatch.setattr(dev.system, "missing_fonts", lambda manager: fonts)
    monkeypatch.setattr(dev.system, "is_root", lambda: False)
    monkeypatch.setattr(
        dev.system, "install", lambda *arguments: pytest.fail("installed system packages without permission")
    )


def test_missing_library_without_root_names_the_exact_line(
    dev: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bare_system(dev, monkeypatch, libraries=["libEGL.so.1", "libxcb-cursor.so.0"], fonts=["fonts-noto-cjk"])
    with pytest.raises(dev.setup.SetupProblem) as caught:
        dev.setup._system(False)
    assert (
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends libegl1 libxcb-cursor0 fonts-noto-cjk"
        in str(caught.value)
    )
    assert "--install-system" in str(caught.value)


def test_missing_fonts_alone_do_not_stop_the_work(
    dev: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _bare_system(dev, monkeypatch, libraries=[], fonts=["fonts-noto-core", "fonts-noto-cjk"])
    dev.setup._system(False)
    assert "--no-install-recommends fonts-noto-core fonts-noto-cjk\n" in capsys.readouterr().out


def test_missing_ensurepip_without_root_names_the_package(
    dev: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _bare_system(dev, monkeypatch, libraries=[], fonts=[])
    monkeypatch.setattr(dev.setup, "STAMP", tmp_path / "none")
    monkeypatch.setattr(dev.setup.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(dev.setup.SetupProblem, match=rf"install .* python3\.{sys.version_info[1]}-venv"):
        dev.setup._system(False)


def test_unknown_package_manager_names_the_libraries(dev: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    _bare_system(dev, monkeypatch, libraries=["libGL.so.1"], fonts=[])
    monkeypatch.setattr(dev.system, "find_manager", lambda: None)
    with pytest.raises(dev.setup.SetupProblem, match=r"libGL\.so\.1"):
        dev.setup._system(True)


@pytest.mark.parametrize("manager", range(4))
def test_every_library_has_a_package_for_every_manager(dev: SimpleNamespace, manager: int) -> None:
    packages = [names[manager] for names in dev.system.LIBRARIES.values()]
    command = dev.system.install_command(manager, packages)
    assert command[0] == dev.system.MANAGERS[manager]
    assert all(packages)
    assert len(command) == len(set(command))


def test_installing_tries_twice_and_refreshes_the_lists_first(
    dev: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.system, "is_root", lambda: False)
    ran: list[list[str]] = []

    def fails_once(command: list[str]) -> int:
        ran.append(command)
        return 100 if len(ran) == 2 else 0

    assert dev.system.install(0, ["libegl1"], fails_once)
    assert [command[:3] for command in ran] == [
        ["sudo", "apt-get", "update"],
        ["sudo", "apt-get", "install"],
        ["sudo", "apt-get", "update"],
        ["sudo", "apt-get", "install"],
    ]
    assert not dev.system.install(0, ["libegl1"], lambda command: 100)


def test_fonts_are_missed_by_letter(dev: SimpleNamespace) -> None:
    assert dev.system.missing_fonts(0, lambda letter: True) == []
    without_mongolian = dev.system.missing_fonts(0, lambda letter: letter != "ү")
    assert without_mongolian[-1] == "fonts-noto-core"
    without_han = dev.system.missing_fonts(1, lambda letter: letter != "가")
    assert without_han[-1] == "google-noto-sans-cjk-fonts"


def test_old_or_foreign_c_library_is_named(dev: SimpleNamespace) -> None:
    dev.setup._check_glibc(("glibc", "2.34"))
    with pytest.raises(dev.setup.SetupProblem, match=r"glibc 2\.31"):
        dev.setup._check_glibc(("glibc", "2.31"))
    with pytest.raises(dev.setup.SetupProblem, match="musl"):
        dev.setup._check_glibc(("", ""))


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 14, 0)])
def test_wrong_python_is_named(dev: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...]) -> None:
    assert dev.command.wrong_python() is None
    monkeypatch.setattr(dev.command.sys, "version_info", version)
    said = dev.command.wrong_python()
    assert f"this is cpython {version[0]}.{version[1]}" in said
    assert "3.11 to 3.13" in said


def test_environment_is_renewed_when_the_dependencies_change(
    dev: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(project, encoding="utf-8")
    (tmp_path / "constraints.txt").write_text("a==1\n", encoding="utf-8")
    monkeypatch.setattr(dev.setup, "ROOT", tmp_path)
    monkeypatch.setattr(dev.setup, "CONSTRAINTS", tmp_path / "constraints.txt")
    before = dev.setup.wanted_stamp()
    other_rules = project.replace("line-length = 120", "line-length = 100")
    (tmp_path / "pyproject.toml").write_text(other_rules, encoding="utf-8")
    assert dev.setup.wanted_stamp() == before
    (tmp_path / "constraints.txt").write_text("a==2\n", encoding="utf-8")
    assert dev.setup.wanted_stamp() != before


def test_constraints_are_exact_and_name_no_address() -> None:
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 40
    assert all(pin.count("==") == 1 and "/" not in pin and "@" not in pin and "--" not in pin for pin in pins)


def test_constraints_cover_what_is_declared(dev: SimpleNamespace) -> None:
    import tomllib

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if "==" in line)
    versions = {canonicalize_name(name): version for name, version in pinned.items()}
    for text in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), text
        if text in project["dependencies"]:
            assert any(part.operator == "<" for part in requirement.specifier), f"{text} has no upper bound"


def test_verbs_are_understood(dev: SimpleNamespace) -> None:
    arguments, rest = dev.command.parser().parse_known_args(["test", "--long", "tests/domain", "-x"])
    assert (arguments.verb, arguments.long, rest) == ("test", True, ["tests/domain", "-x"])
    assert dev.command.parser().parse_args(["run", "--headless"]).headless
    for verb in ("bench", "screens", "freeze", "i18n"):
        assert dev.command.parser().parse_args([verb, "--install-system"]).install_system


def test_all_stages_run_and_one_failure_fails_the_whole(
    dev: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[tuple[str, ...]] = []
    told: list[str] = []

    def python(*command: str, environment: dict[str, str] | None = None, limit: float | None = None) -> int:
        ran.append(command)
        told.append((environment or {}).get("RANGER_FAILED_STAGES", ""))
        return 1 if "ruff" in command else 0

    monkeypatch.setattr(dev.checks, "_python", python)
    assert dev.checks.test(["-k", "one"], long=False) == 1
    assert len(ran) == len(dev.checks.STAGES) + 1
    assert ran[-1] == ("-m", "pytest", "-k", "one")
    assert told[-1] == "lint"
    assert "lint: FAILED" in capsys.readouterr().out


def test_only_a_web_engine_that_died_gets_another_try(dev: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    statuses: list[int] = []
    monkeypatch.setattr(dev.checks, "_python", lambda *_command, **_more: statuses.pop(0))
    for given, answer in (([-11, 0], 0), ([-1, -1], -1), ([1], 1), ([0], 0)):
        statuses[:] = given
        assert dev.checks._pytest(dev.checks.WEB_ENGINE, {}) == answer
        assert statuses == []
    statuses[:] = [-11, 0]
    assert dev.checks._pytest(("tests",), {}) == -11


def test_build_carries_resources_but_no_translation_sources(dev: SimpleNamespace) -> None:
    carried = [path.suffix for path, _folder in dev.freeze.shipped_resources()]
    assert carried
    assert not {".po", ".pot"} & set(carried)


def test_build_refuses_without_a_font(dev: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(dev.setup.SetupProblem, match=r"NotoSans-Regular\.ttf"):
        dev.freeze.find_fonts((tmp_path,))
    for name in ("NotoSans[wght].ttf", "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"):
        (tmp_path / name).touch()
    assert [path.name for path in dev.freeze.find_fonts((tmp_path,))] == [
        "NotoSans[wght].ttf",
        "NotoSansCJK-Regular.ttc",
        "NotoSansCJK-Bold.ttc",
    ]


def test_station_is_named_by_its_id(dev: SimpleNamespace) -> None:
    assert dev.demo.station({"station": {"id": "ab12", "name": "Krasnoye"}}) == "ab12"
    assert dev.demo.station({"station": "Krasnoye"}) == "Krasnoye"
