"""The keys of the table of deployments as commands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ranger_app.i18n import _
from ui.camera_traps.deployments import DeploymentsPage
from ui.camera_traps.sorting import Sorting
from ui.commands import Command


def deployment_commands(
    page: DeploymentsPage,
    acts: Sorting,
    export: Callable[[], object],
    take_in: Callable[[], object],
    free: Callable[[], bool],
) -> list[Command]:
    """The keys of the table or calendar; ``free`` tells whether plain keys are commands now."""
    made = partial(Command, group=_("Camera traps"), enabled=free)

    def chosen(act: Callable[[bytes | None], object]) -> Callable[[], object]:
        return lambda: act(page.current())

    return [
        made("camera_traps.open", _("Open the deployment"), page.open_chosen, "Return", bound=False),
        made("camera_traps.pictures", _("Its pictures"), page.show_pictures, "G"),
        made("camera_traps.calendar", _("Calendar and trap nights"), page.toggle_calendar, "T"),
        made("camera_traps.export", _("Export for other programs"), export, "X"),
        made("camera_traps.import", _("Import from other programs"), take_in, "M"),
        made("camera_traps.sort", _("Sort out likely blanks"), chosen(acts.sort_out), "B"),
        made("camera_traps.release", _("Let its originals leave"), chosen(acts.release), "O"),
        made("camera_traps.two_looks", _("Ask for two independent looks"), chosen(acts.ask_for_two), "2"),
    ]
