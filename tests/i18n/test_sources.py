"""The sources mark every text that people read, and mark it so that it can be collected."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [path for package in ("ranger_app", "ui") for path in sorted((ROOT / package).rglob("*.py"))]
SHOWING = {
    "Banner", "Card", "Chip", "Command", "EmptyState", "Progress", "addItem", "addRow", "button", "choose_file",
    "choose_folder", "drawText", "label", "muted", "primary", "rename", "say", "section", "setAccessibleDescription",
    "setAccessibleName", "setPlaceholderText", "setPrefix", "setSuffix", "setText", "setTitle", "setToolTip",
    "setWindowTitle", "set_heading", "show_word", "text_button",
}  # fmt: skip
"""Calls whose texts land on the screen; those that raise or make a ...Problem are checked as well."""
NO_WORDS = re.compile(
    r"(?:Ranger|(?:Ctrl|Shift|Alt|Return|Enter|Esc|Del|Backspace|Space|Up|Down|Left|Right|\+|\W|\b[A-Z0-9]\b|F\d+)*)*"
)
"""The program's name, keys and signs."""


def _parsed() -> Iterator[tuple[str, ast.AST]]:
    for path in SOURCES:
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _literals(node: ast.AST) -> Iterator[str]:
    """The texts written out in an argument, not those inside a call such as _()."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))
    elif isinstance(node, ast.BinOp):
        yield from (*_literals(node.left), *_literals(node.right))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _literals(value)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        yield from _literals(node.func.value)


def _is_for_people(text: str) -> bool:
    """Words with spaces between or a capital in front; codes, roles of widgets and file patterns are neither."""
    return not NO_WORDS.fullmatch(text) and bool(re.search(r"[A-Za-z]{2,} +[A-Za-z]|^\W*[A-Z][a-z]+[.:]?$", text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Empty a card", True),
        ("Close", True),
        ("Not saved: ", True),
        ("patrols.save", False),
        ("Ctrl+Shift+Z", False),
        (" · Ranger", False),
        ("warning", False),
        ("*.gpx *.GPX", False),
        ("DISK_FULL", False),
    ],
)
def test_what_counts_as_a_text(text: str, expected: bool) -> None:
    assert _is_for_people(text) is expected


def test_no_text_is_shown_untranslated() -> None:
    found, calls = [], 0
    for place, tree in _parsed():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = _called(node)
            if name not in SHOWING and not name.endswith("Problem"):
                continue
            calls += 1
            values = [*node.args, *(word.value for word in node.keywords)]
            found += [
                f"{place}:{node.lineno} {text!r}"
                for value in values
                for text in _literals(value)
                if _is_for_people(text)
            ]
    assert calls > 300
    assert not found


def test_marks_hold_plain_texts() -> None:
    """An f-string or a sum inside _() is never collected."""
    found = []
    for place, tree in _parsed():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in ("_", "N_", "ngettext"):
                texts = node.args[: 2 if _called(node) == "ngettext" else 1]
                if any(isinstance(text, ast.JoinedStr | ast.BinOp) for text in texts):
                    found.append(f"{place}:{node.lineno}")
    assert not found


def test_no_text_is_translated_before_the_language_is_known() -> None:
    """_() at the top of a file runs when it is imported, before the language is chosen."""
    found = []
    for place, tree in _parsed():
        waiting: list[ast.AST] = [tree]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                waiting += [*getattr(node, "decorator_list", []), *node.args.defaults]
                continue
            if isinstance(node, ast.Call) and _called(node) in ("_", "ngettext"):
                found.append(f"{place}:{node.lineno}")
            waiting += list(ast.iter_child_nodes(node))
    assert not found
