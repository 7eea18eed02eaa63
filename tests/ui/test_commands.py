"""Commands are data: their keys are unique, printed as people know them, and found by their words."""

from __future__ import annotations

from ui.commands import Command, grouped, key_text, matching, same_keys


def command(id: str, title: str, shortcut: str = "", **more: object) -> Command:
    return Command(id, title, lambda: None, shortcut, **more)  # type: ignore[arg-type]


def test_same_key_is_found_however_it_is_written() -> None:
    clash = same_keys([command("a", "A", "Ctrl+S"), command("b", "B", "ctrl+s"), command("c", "C", "S")])
    assert clash == {"Ctrl+S": ["a", "b"]}


def test_further_keys_count_too() -> None:
    assert same_keys([command("a", "A", "X", also=("Y",)), command("b", "B", "Y")]) == {"Y": ["a", "b"]}


def test_keys_are_printed_as_on_the_keyboard() -> None:
    assert [key_text(k) for k in ("Left", "Return", "Ctrl+Shift+Z", "PgDown", "Ctrl++", "B")] == [
        "←",
        "Enter",
        "Ctrl+Shift+Z",
        "PgDn",
        "Ctrl++",
        "B",
    ]


def test_palette_finds_by_all_words_titles_first() -> None:
    commands = [
        command("1", "Write a bundle", group="Exchange"),
        command("2", "Bundle of letters", group="Post"),
        command("3", "Enter a patrol", group="Bundle"),
        command("4", "Hidden bundle", in_palette=False),
        command("5", "Bundle not now", enabled=lambda: False),
    ]
    assert [c.id for c in matching(commands, "bundle")] == ["2", "1", "3"]
    assert [c.id for c in matching(commands, "BUND wri")] == ["1"]
    assert [c.id for c in matching(commands, "zzz")] == []


def test_key_list_holds_only_commands_with_keys() -> None:
    listed = grouped([command("a", "A", "A", group="One"), command("b", "B"), command("c", "C", "C", group="Two")])
    assert {group: [c.id for c in members] for group, members in listed.items()} == {"One": ["a"], "Two": ["c"]}
