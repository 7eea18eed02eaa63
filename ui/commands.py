"""What a person can do, as data: keys, the palette and the F1 key list all derive from one list of commands.

Nothing on screen binds a key in any other way, so a key shown is a key that works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

from ranger_app.i18n import _


def always() -> bool:
    """The condition of a command that can always be run."""
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """One act. ``id`` is "place.act"; ``title`` and ``group`` are translated; ``shortcut`` as QKeySequence reads it."""

    id: str
    title: str
    run: Callable[[], object]
    shortcut: str = ""
    enabled: Callable[[], bool] = always
    group: str = ""
    also: tuple[str, ...] = ()
    """Further keys for the same act."""
    in_palette: bool = True
    bound: bool = True
    """False: the widget with the focus handles the key itself (arrows in a grid); it is only listed."""

    listed: bool = True
    """False: not in the list of keys, because another command there stands for a row of keys."""

    @property
    def keys(self) -> tuple[str, ...]:
        """All its keys in portable form, the shown one first."""
        return tuple(key for key in (self.shortcut, *self.also) if key)


_KEY_NAMES: dict[str, str] = {
    "Return": "Enter",
    "Left": "←",
    "Right": "→",
    "Up": "↑",
    "Down": "↓",
    "PgUp": "PgUp",
    "PgDown": "PgDn",
}


def key_text(shortcut: str) -> str:
    """How a key is printed on its cap: "Ctrl+Z", "←", "Enter"."""
    text = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.PortableText) or shortcut
    parts = text.split("+") if not text.endswith("+") else [*text[:-1].split("+")[:-1], "+"]
    return "+".join(_KEY_NAMES.get(part, part) for part in parts if part)


def same_keys(commands: Iterable[Command]) -> dict[str, list[str]]:
    """Keys claimed by more than one of ``commands``: {key: ids}; empty when all is well."""
    owners: dict[str, list[str]] = {}
    for command in commands:
        for key in command.keys:
            portable = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
            owners.setdefault(portable or key, []).append(command.id)
    return {key: ids for key, ids in owners.items() if len(ids) > 1}


def matching(commands: Iterable[Command], text: str) -> list[Command]:
    """The commands whose title or group holds every word of ``text``, best first; all of them for an empty text."""
    words = text.casefold().split()
    ranked: list[tuple[int, int, Command]] = []
    for place, command in enumerate(commands):
        if not command.in_palette or not command.enabled():
            continue
        title, group = command.title.casefold(), command.group.casefold()
        if all(word in title or word in group for word in words):
            starts = bool(words) and title.startswith(words[0])
            in_title = all(word in title for word in words)
            ranked.append((0 if starts else 1 if in_title else 2, place, command))
    return [command for _rank, _place, command in sorted(ranked, key=lambda item: item[:2])]


def grouped(commands: Iterable[Command]) -> dict[str, list[Command]]:
    """Commands with a key, by group in order of first appearance: the key list of the help panel."""
    groups: dict[str, list[Command]] = {}
    for command in commands:
        if command.keys and command.listed:
            groups.setdefault(command.group or _("This screen"), []).append(command)
    return groups
