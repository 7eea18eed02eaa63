"""Which pictures here are meant by the file names of another program: by name, then by the folders above it.

Cameras give the same names again on every card, so a name alone says little, and where it stays open nobody guesses.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ranger_app.domain.fields import Value
from ranger_app.store.connection import Database


@dataclass(frozen=True, slots=True)
class Here:
    """A picture of this library; ``folders`` from the card's root down, as they are compared.

    ``camera_time`` is as the camera wrote it, ``taken_at`` the corrected instant in seconds since 1970 UTC.
    """

    media: bytes
    deployment: Value
    folders: tuple[str, ...]
    camera_time: str
    taken_at: int | None


def folded(text: str) -> str:
    """A name as it is compared: one form of Unicode, no capitals."""
    return unicodedata.normalize("NFC", text).casefold()


def folders(path: str) -> tuple[str, ...]:
    """The folders of a path with forward slashes, as they are compared."""
    return tuple(folded(part) for part in path.split("/") if part not in ("", "."))


def by_name(db: Database, wanted: Iterable[str], deployment: bytes | None = None) -> dict[str, list[Here]]:
    """Pictures whose folded file name is in ``wanted``, by that name; with ``deployment``, only those of it."""
    names = set(wanted)
    found: dict[str, list[Here]] = {}
    where, params = ("AND deployment = ?", (deployment,)) if deployment is not None else ("", ())
    sql = (
        "SELECT file_name, folder, id, deployment, camera_time, taken_at FROM media"
        f" WHERE deleted = 0 AND file_name IS NOT NULL {where}"
    )
    for name, folder, media, owner, time, taken_at in db.conn.execute(sql, params):
        if (called := folded(name)) in names:
            found.setdefault(called, []).append(Here(media, owner, folders(folder or ""), time or "", taken_at))
    return found


def best(here: Sequence[Here], above: Sequence[str]) -> list[Here]:
    """Those that share most of the folders ``above``, from the file upwards; several where that leaves it open."""

    def shared(one: Here) -> int:
        number = 0
        for ours, theirs in zip(reversed(one.folders), reversed(above), strict=False):
            if ours != theirs:
                break
            number += 1
        return number

    if len(here) < 2:
        return list(here)
    ranked = [(shared(one), one) for one in here]
    most = max(rank for rank, _one in ranked)
    return [one for rank, one in ranked if rank == most]
