"""Whom a pane shows: an animal of one catalogue with its pictures, or the pictures somebody asks about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ranger_app.actions import catalogue
from ranger_app.actions.catalogue import Entry, Shown
from ranger_app.domain import kinds_camera
from ranger_app.domain.kinds_camera import SEXES
from ranger_app.domain.kinds_individual import SIDES
from ranger_app.i18n import _
from ranger_app.store import gallery
from ranger_app.store.connection import Database

FLANKS = {one.code: one.label for one in kinds_camera.FLANKS if one.code in SIDES}
"""The sides that are compared, with their words before translation."""
EVERY = ""
"""All pictures, whatever they show: only where the person asks for it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """``title`` is code with country; ``about`` the rest that is known of it in a line; ``own``: of our catalogue."""

    animal: bytes | None
    title: str
    about: str
    own: bool
    pictures: tuple[Shown, ...]

    def of_flank(self, flank: str) -> tuple[Shown, ...]:
        """The pictures that show this flank, the chosen ones first."""
        return tuple(one for one in self.pictures if flank in (EVERY, one.flank))


def title(entry: Entry) -> str:
    """An animal as both sides know it: country of its catalogue and code."""
    # Some catalogues write their country into the code.
    return entry.code if entry.code.startswith(entry.country) else f"{entry.country} {entry.code}"


def of_animal(db: Database, entry: Entry, without: Sequence[Shown] = ()) -> Subject:
    """An animal with its pictures; those taken within half an hour of ``without`` are left out, they would tell."""
    pictures = catalogue.pictures(db, entry.id)
    if without:
        hidden = {one.media for one in without}
        moments = [one.taken_at for one in without if one.taken_at is not None]
        pictures = [
            one
            for one in pictures
            if one.media not in hidden
            and not (one.taken_at is not None and any(abs(one.taken_at - at) <= _TELLING for at in moments))
        ]
    pictures = [one if one.sha256 else replace(one, sha256=gallery.picture_of(db, one.media)) for one in pictures]
    sexes = {choice.code: choice.label for choice in SEXES}
    sex = _(sexes[entry.sex]) if entry.sex in sexes else ""
    about = " · ".join(part for part in (entry.name, sex) if part)
    return Subject(entry.id, title(entry), about, entry.mine, tuple(pictures))


_TELLING = 1800
"""Seconds: pictures of one animal at one camera come in bursts."""


def best_flank(one: Subject | None, other: Subject | None) -> str:
    """The first flank known of both, else the first known of ``one``, else of ``other``, else the left one."""
    first, second = ({shown.flank for shown in subject.pictures} if subject else set() for subject in (one, other))
    for wanted in (first & second, first, second):
        for flank in FLANKS:
            if flank in wanted:
                return flank
    return "left"
