"""The keys of the grid of pictures as commands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ranger_app.i18n import _
from ui.camera_traps.pictures import PicturesPage
from ui.commands import Command


def grid_commands(page: PicturesPage, open_current: Callable[[], object], free: Callable[[], bool]) -> list[Command]:
    """The keys of the grid besides those of answers; ``free`` tells whether plain keys are commands now."""
    made = partial(Command, group=_("Pictures"), enabled=free)
    return [
        made("pictures.search", _("Find a species"), page.field.setFocus, "S"),
        made("pictures.copy", _("Copy previous"), page.copy_previous, "C"),
        made("pictures.jump", _("Go to a day"), page.filter.jump.setFocus, "Ctrl+G"),
        made("pictures.event", _("Choose the whole event"), page.choose_event, "Shift+W"),
        made(
            "pictures.event_more",
            _("Choose up to the event after"),
            partial(page.step_event, 1, extend=True),
            "Shift+J",
        ),
        made(
            "pictures.event_less",
            _("Choose up to the event before"),
            partial(page.step_event, -1, extend=True),
            "Shift+K",
        ),
        made("pictures.waiting", _("To review only"), page.toggle_review, "R"),
        made("pictures.open", _("See the picture large"), open_current, "Return", bound=False),
        made("pictures.choose", _("Choose one more"), page.grid.setFocus, "Space", bound=False),
        made("pictures.all", _("Choose all"), page.grid.selectAll, "Ctrl+A", bound=False),
    ]
