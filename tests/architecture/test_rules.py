"""The rules of ARCHITECTURE.md that a tool can check, so that none of them rests on memory.

Import directions are in pyproject.toml (import-linter); here they run with the tests, and the rest is read from source.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("ranger_app", "ui")
EVERYWHERE = (*PRODUCT, "packaging", "tests")
LONGEST = 600


def sources(*folders: str) -> list[Path]:
    """Every Python file below the named folders of the repository."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    """A path as the repository names it."""
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Each module a file imports, inside functions too, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def words(path: Path) -> Iterator[tuple[str, int]]:
    """The names a file uses (not its comments and texts), with their lines."""
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.NAME:
                yield token.string, token.start[0]


def using(word: str, paths: list[Path]) -> list[str]:
    """Where ``word`` is used as a name."""
    return [f"{name(path)}:{line}" for path in paths for found, line in words(path) if found == word]


def test_import_directions() -> None:
    code = "from importlinter.cli import lint_imports_command as c; c(['--no-logo', '--no-cache'])"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "4 kept, 0 broken" in result.stdout


def test_every_package_folder_has_an_init() -> None:
    """Without one, import-linter does not see the folder and none of its rules hold there."""
    missing = {name(path.parent) for path in sources(*PRODUCT) if not (path.parent / "__init__.py").exists()}
    assert not missing


def test_packaging_is_not_importable() -> None:
    """With packaging/__init__.py, pytest and pip run from the root import it instead of the real ``packaging``."""
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_no_file_is_too_long() -> None:
    long = {}
    for path in sources(*EVERYWHERE):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST:
            long[name(path)] = lines
    assert not long


def test_no_process_events_in_the_product() -> None:
    """It runs any handler at any point; what is slow goes through the bridge instead."""
    assert using("processEvents", sources(*PRODUCT)) == []


@pytest.mark.parametrize("word", ["QThread", "QRunnable", "QThreadPool"])
def test_qt_threads_only_in_the_bridge(word: str) -> None:
    assert using(word, [path for path in sources("ui") if name(path) != "ui/bridge.py"]) == []


def test_no_image_from_data() -> None:
    """QImage.fromData holds Python's lock while it decodes; QImageReader does not."""
    assert using("fromData", sources("ui")) == []


def test_one_sqlite_in_a_process() -> None:
    """Two SQLite libraries on one file lose each other's locks and with them the data."""
    bad = [
        f"{name(path)}:{line} {module}"
        for path in sources(*PRODUCT, "packaging")
        for module, line in imports(path)
        if module.split(".")[0] in ("sqlite3", "apsw") or module.startswith("PySide6.QtSql")
    ]
    assert bad == []


def test_a_second_sqlite_only_where_the_power_is_cut() -> None:
    """The recording file system needs a SQLite of its own: a process that has nothing else of the program in it."""
    child = ROOT / "tests" / "store" / "power" / "replay.py"
    users = {
        path for path in sources("tests") if any(module.split(".")[0] == "apsw" for module, _line in imports(path))
    }
    assert users == {child}
    brought = {module.split(".")[0] for module, _line in imports(child)}
    assert brought - sys.stdlib_module_names == {"apsw"}
    assert "sqlite3" not in brought


ESSENTIALS = {
    "QtConcurrent", "QtCore", "QtDBus", "QtGui", "QtNetwork", "QtOpenGL", "QtOpenGLWidgets", "QtPrintSupport", "QtSvg",
    "QtSvgWidgets", "QtTest", "QtWidgets", "QtXml",
}  # fmt: skip


def test_qt_modules_come_from_the_small_wheel() -> None:
    """PySide6-Addons is 440 MB more; only pages and the map need it, and without QML and friends we start sooner."""
    bad = []
    for path in sources("ui", "tests"):
        for module, line in imports(path):
            part = module.removeprefix("PySide6.").split(".")[0]
            allowed = name(path).startswith(("ui/widgets/web", "ui/map/", "tests/"))
            if module.startswith("PySide6.Qt") and part not in ESSENTIALS and not allowed:
                bad.append(f"{name(path)}:{line} {module}")
    assert bad == []


def test_no_network_in_the_product() -> None:
    """The network is used only when a person asked for that transfer: drop points, each kind in a file of its own."""
    network = ("socket", "urllib.request", "http.client", "http.server", "requests", "ftplib", "smtplib")
    network += ("PySide6.QtNetwork", "fsspec", "sshfs", "asyncssh", "webdav4", "httpx", "obstore")
    carriers = {f"ranger_app/sync/drop_{kind}.py" for kind in ("sftp", "webdav", "s3")}
    users: dict[str, list[str]] = {}
    for path in sources(*PRODUCT):
        for module, line in imports(path):
            if any(module == one or module.startswith(one + ".") for one in network):
                users.setdefault(name(path), []).append(f"{line} {module}")
    assert {path: lines for path, lines in users.items() if path not in carriers} == {}
    assert set(users) == carriers


def test_carriers_are_imported_only_when_a_line_is_opened() -> None:
    """They cost half a second and speak to the network: nothing imports them at the start."""
    code = (
        "import sys, ranger_app.cli.commands, ranger_app.actions.drop_carry; "
        "print([one for one in ('fsspec', 'asyncssh', 'httpx', 'obstore', 'webdav4', 'sshfs') if one in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert result.stdout.strip() == "[]", result.stdout + result.stderr


# Written in pieces, or this file would find itself.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/" + r"(?:work|tmp|home|root|Users)/\w"),
    "a package registry": re.compile(r"\b(?:pypi|py" + r"thonhosted|ana" + r"conda)\.(?:org|com)", re.I),
    "a note of unfinished work": re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|(?i:coming " + r"soon)"),
}
TEXT = {".py", ".toml", ".md", ".txt", ".po", ".pot", ".spec", ".json", ".csv", ".svg", ".qss", ""}


def repository_files() -> list[Path]:
    """The files of the repository that are text, without what a build or a test leaves behind."""
    folders = [ROOT / part for part in (*EVERYWHERE, "resources", ".ci")]
    files = [path for path in ROOT.iterdir() if path.is_file()]
    files += [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    left_out = ("__pycache__", "LICENSE")
    return [path for path in files if path.suffix in TEXT and not any(part in left_out for part in path.parts)]


@pytest.mark.parametrize("what", sorted(FORBIDDEN))
def test_files_name_nothing_of_one_machine(what: str) -> None:
    pattern = FORBIDDEN[what]
    bad = []
    for path in repository_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        bad += [f"{name(path)}:{number} {line.strip()[:80]}"
                for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]  # fmt: skip
    assert bad == []


def test_text_files_are_opened_with_an_encoding() -> None:
    """Without one, Windows reads and writes the local code page, and a Russian name does not survive."""
    bad = []
    for path in sources(*PRODUCT, "packaging"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            keywords = {keyword.arg for keyword in node.keywords}
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if (
                called in ("read_text", "write_text")
                and "encoding" not in keywords
                and len(node.args) < (1 if called == "read_text" else 2)
            ):
                bad.append(f"{name(path)}:{node.lineno} {called}")
            if called in ("open", "fdopen") and not _binary(node) and "encoding" not in keywords and _plain_open(node):
                bad.append(f"{name(path)}:{node.lineno} {called}")
    assert bad == []


def _plain_open(call: ast.Call) -> bool:
    """open(...) or path.open(...), not Image.open, os.open, gzip.open or a function of our own."""
    if isinstance(call.func, ast.Name):
        return call.func.id == "open"
    values = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    return any(isinstance(value, str) and re.fullmatch(r"[rwax]\+?", value) for value in values)


def _binary(call: ast.Call) -> bool:
    values = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    return any(
        isinstance(value, ast.Constant) and isinstance(value.value, str) and "b" in value.value for value in values
    )


def test_texts_are_not_formatted_before_they_are_translated() -> None:
    """_(f"..."), _("..." + x) and _("...".format(...)) are never found in a translation."""
    bad = []
    for path in sources(*PRODUCT):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("N_", "ngettext"):
                texts = node.args[:2] if node.func.id == "ngettext" else node.args[:1]
                if not all(isinstance(text, ast.Constant) for text in texts):
                    bad.append(f"{name(path)}:{node.lineno}")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                formatted = (ast.JoinedStr, ast.BinOp, ast.Call)
                if node.args and isinstance(node.args[0], formatted):
                    bad.append(f"{name(path)}:{node.lineno}")
    assert bad == []
