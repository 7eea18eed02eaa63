"""Acts on a whole deployment from its line in the table: sort out likely blanks, let its originals leave."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from ranger_app.actions import leaving
from ranger_app.actions.formats import ImportReport
from ranger_app.actions.second_look import ask_for_two
from ranger_app.changes import Changes
from ranger_app.i18n import _, ngettext
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ranger_app.store import gallery, rows
from ranger_app.store.gallery import Cell, Filter
from ui.bridge import Bridge
from ui.numbers import number


class Sorting:
    """``show(Filter)`` is called with the likely blanks once they are found."""

    def __init__(self, library: Library, bridge: Bridge, owner: QObject, show: Callable[[Filter], object]) -> None:
        self._library, self._bridge, self._owner, self._show = library, bridge, owner, show

    def sort_out(self, deployment: bytes | None) -> None:
        """Compare the pictures of a deployment that wait, and show those that are likely blank."""
        if deployment is None:
            self._bridge.say(_("Choose a deployment first."))
            return

        def compare(cancel: CancelToken) -> Job[ImportReport]:
            from ranger_app.actions.triage import triage  # its numpy is loaded by a worker, and only for those who ask

            return triage(self._library, deployment, cancel=cancel)

        self._bridge.run(
            compare,
            lambda report: self._sorted(deployment, report),
            owner=self._owner,
            title=_("Looking for blank pictures"),
        )

    def _sorted(self, deployment: bytes, report: ImportReport) -> None:
        if report.cancelled:
            return
        blank, something = Filter(deployment, hint="blank"), Filter(deployment, hint="animal")
        with self._library.read() as db:
            blanks, others = len(gallery.keys(db, blank)), len(gallery.keys(db, something))
        if not blanks and not others:
            self._bridge.say(_("No picture that waits could be compared with others of its camera."))
            return
        words = ngettext("{n} picture is likely blank.", "{n} pictures are likely blank.", blanks)
        more = ngettext("In {n} something moved.", "In {n} something moved.", others)
        self._bridge.say(words.format(n=number(blanks)) + " " + more.format(n=number(others)))
        if blanks:
            self._show(blank)

    def release(self, deployment: bytes | None) -> None:
        """Let the originals of a deployment leave although nobody looked at them, or no longer."""
        if deployment is None:
            self._bridge.say(_("Choose a deployment first."))
            return
        with self._library.read() as db:
            found = rows.get(db, "deployment", deployment)
        released = not (found is not None and found["released"])

        def write(_cancel: object) -> Changes:
            return leaving.release_deployment(self._library, deployment, released=released)

        said = (
            _("Originals of this deployment may leave now, but never pictures of people.")
            if released
            else _("Originals of this deployment stay until somebody has looked at them.")
        )
        self._bridge.act(write, lambda _changes: self._bridge.say(said, undo=True), owner=self._owner)

    def release_picture(self, cell: Cell | None) -> None:
        """Let one picture of people leave, or no longer."""
        if cell is None or not cell.people:
            self._bridge.say(_("This picture shows no people: nothing holds it back."))
            return
        media = cell.id
        with self._library.read() as db:
            found = rows.get(db, "media", media)
        released = not (found is not None and found["people_released"])
        said = _("This picture of people may leave now.") if released else _("This picture of people stays here.")
        self._bridge.act(
            lambda _cancel: leaving.release_pictures(self._library, [media], released=released),
            lambda _changes: self._bridge.say(said, undo=True),
            owner=self._owner,
        )

    def ask_for_two(self, deployment: bytes | None) -> None:
        """Let two people look at the pictures of a deployment without seeing each other's answers."""
        if deployment is not None:
            self._bridge.act(
                lambda _cancel: ask_for_two(self._library, deployment),
                lambda _done: self._bridge.say(_("Two people look at these pictures independently now."), undo=True),
                owner=self._owner,
            )
