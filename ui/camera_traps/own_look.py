"""The words for an independent look: that a person sees only their own answers, and how far these are."""

from __future__ import annotations

from ranger_app.actions.second_look import OwnProgress
from ranger_app.i18n import _, ngettext
from ui.numbers import number


def words(progress: OwnProgress | None, deployment: bytes | None, person: bytes | None, done: str) -> str:
    """The sentence below the title; ``done`` is the usual one, of all pictures.

    ``deployment`` is the one shown, None for all of them.
    """
    if progress is None or not progress.asked or (deployment is not None and deployment not in progress.asked):
        return done
    if person is None:
        return _("{progress} · Two independent looks need to know who you are: press F2.").format(progress=done)
    if deployment is None:
        return _("{progress} · Where two looks are asked for, you see only your own answers.").format(progress=done)
    return _("{progress} · Independent look: you see only your own answers.").format(progress=own(progress))


def own(progress: OwnProgress) -> str:
    """How many events have the person's answer."""
    return ngettext(
        "{done} of {total} event has your answer", "{done} of {total} events have your answer", progress.events
    ).format(done=number(progress.mine), total=number(progress.events))
