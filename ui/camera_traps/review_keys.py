"""The keys of the review as commands, so that F1, the palette and the window all know the same ones.

Species lie on the row of digits, because a digit is the same key on a Latin, Cyrillic or Chinese keyboard; how many
is typed on the number block, or on the row of digits with Alt.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from ranger_app.domain import taxa
from ranger_app.domain.kinds_camera import OBSERVATION_TYPES
from ranger_app.i18n import _, language
from ui.camera_traps.reviewer import AnswerKey, Reviewer
from ui.commands import Command

if TYPE_CHECKING:
    from ui.camera_traps.viewer import Viewer

Free = Callable[[], bool]


class Answering(Protocol):
    """The viewer or the grid: takes an answer, ``more`` where others follow for the same event."""

    def answer(self, key: AnswerKey, *, more: bool = False) -> object: ...

    def step_event(self, by: int) -> object: ...


def word_of(key: AnswerKey) -> str:
    """What a key says, in the language in use."""
    if key.taxon is not None:
        return taxa.name(key.taxon, language())
    labels = {choice.code: choice.label for choice in OBSERVATION_TYPES}
    return _(labels[key.type])


def answer_commands(reviewer: Reviewer, page: Answering, free: Free) -> list[Command]:
    """1 to 9, B, H, V, U; the same with Shift for one more species; the number; ``free``: plain keys are commands."""
    made = partial(Command, group=_("What is it?"), enabled=free)
    keys = reviewer.all_keys()
    found = [made(f"review.{one.key.lower()}", word_of(one), partial(page.answer, one), one.key) for one in keys]
    later = AnswerKey("Shift+U", "unclassified")
    found.append(made("review.later", word_of(later), partial(page.answer, later), later.key))
    for one in keys:
        if one.type in ("animal", "human", "vehicle"):
            title = _("Also {what}").format(what=word_of(one))
            also = partial(page.answer, one, more=True)
            found.append(made(f"review.also_{one.key.lower()}", title, also, f"Shift+{one.key}", listed=False))
    for digit in range(10):
        title = _("How many: {n}").format(n=digit)
        run = partial(reviewer.type_digit, digit)
        found.append(
            made(
                f"review.count{digit}",
                title,
                run,
                f"Alt+{digit}",
                also=(f"Num+{digit}",),
                in_palette=False,
                listed=False,
            )
        )
    return [
        *found,
        made(
            "review.also", _("One more species in the same event"), _nothing, "Shift+1…9", bound=False, in_palette=False
        ),
        made("review.number", _("How many; or the number block"), _nothing, "Alt+0…9", bound=False, in_palette=False),
        made("review.keys", _("Choose the species on the keys"), reviewer.keys_wanted.emit, "F3"),
        made("review.more", _("One more"), partial(reviewer.more, 1), "+", also=("=",)),
        made("review.fewer", _("One fewer"), partial(reviewer.more, -1), "-"),
        made("review.whole", _("Name the whole event"), lambda: reviewer.set_whole(not reviewer.whole), "W"),
        made("review.event_on", _("Event after"), partial(page.step_event, 1), "J"),
        made("review.event_back", _("Event before"), partial(page.step_event, -1), "K"),
    ]


def _nothing() -> None:
    """For a row of keys that is listed as one; each key of it is a command of its own."""


def viewer_commands(viewer: Viewer, free: Free) -> list[Command]:
    """The keys of the large picture."""
    panel = viewer.panel
    made = partial(Command, group=_("This picture"), enabled=free)
    return [
        made("viewer.back", _("Picture before"), partial(viewer.step, -1), "Left"),
        made("viewer.on", _("Picture after"), partial(viewer.step, 1), "Right"),
        made("viewer.next", _("Next to review"), viewer.next_to_review, "N"),
        made("viewer.confirm", _("Confirm"), viewer.confirm, "Return"),
        made("viewer.copy", _("Copy previous"), viewer.copy_previous, "C"),
        made("viewer.search", _("Find a species"), panel.field.setFocus, "S"),
        made("viewer.sex", _("Sex"), partial(panel.turn, panel.sex), "X"),
        made("viewer.age", _("Age"), partial(panel.turn, panel.age), "A"),
        made("viewer.behaviour", _("Behaviour"), panel.behaviour.open, "D"),
        made("viewer.individual", _("Individual"), panel.individual.showPopup, "I"),
        made("viewer.flank", _("Side that shows"), partial(panel.turn, panel.flank), "L"),
        made("viewer.sureness", _("How sure who it is"), partial(panel.turn, panel.sureness), "P"),
        made("viewer.zoom", _("Zoom"), viewer.picture.zoom, "Z"),
        made("viewer.outside", _("Open in the system's own viewer"), viewer.open_outside, "O"),
        *viewer.tools.commands(free),
    ]
