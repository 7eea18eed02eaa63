"""The keys of the review as commands, so that F1, the palette and the window all know the same ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ranger_app.domain import taxa
from ranger_app.domain.kinds_camera import OBSERVATION_TYPES
from ranger_app.i18n import _, language
from ui.camera_traps.reviewer import AnswerKey, Reviewer
from ui.camera_traps.viewer import Viewer
from ui.commands import Command

Free = Callable[[], bool]


def word_of(key: AnswerKey) -> str:
    """What a key says, in the language in use."""
    if key.taxon is not None:
        return taxa.name(key.taxon, language())
    labels = {choice.code: choice.label for choice in OBSERVATION_TYPES}
    return _(labels[key.type])


def answer_commands(reviewer: Reviewer, answer: Callable[[AnswerKey], object], free: Free) -> list[Command]:
    """1 to 9, B, H, V, U, and + and - for the number; ``free`` tells whether plain keys are commands now."""
    group = _("What is it?")
    found = [
        Command(f"review.{key.key.lower()}", word_of(key), partial(answer, key), key.key, group=group, enabled=free)
        for key in reviewer.all_keys()
    ]
    return [
        *found,
        Command("review.more", _("One more"), partial(reviewer.more, 1), "+", group=group, also=("=",), enabled=free),
        Command("review.fewer", _("One fewer"), partial(reviewer.more, -1), "-", group=group, enabled=free),
    ]


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
        made("viewer.individual", _("Individual"), panel.individual.showPopup, "I"),
        made("viewer.zoom", _("Zoom"), viewer.picture.zoom, "Z"),
        made("viewer.outside", _("Open in the system's own viewer"), viewer.open_outside, "O"),
    ]
