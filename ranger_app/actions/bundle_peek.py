"""What lies on a stick before anything is read in: from whom, how much, and whether it is new here.

Only the manifests are read, a moment's work on the slowest stick; whether the rest is whole is found on reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ranger_app.actions.bundle_verify import signers
from ranger_app.library import Library
from ranger_app.store import partners as store
from ranger_app.sync import reader
from ranger_app.sync.problems import BundleProblem

MOST = 20
"""Bundles looked at: the newest of a stick that is never freed."""


@dataclass(frozen=True, slots=True)
class Peeked:
    """A bundle for this station. ``created`` ms since 1970 by the sender's clock; ``bytes`` of all parts.

    ``read`` where it was read before; ``finished`` where its writing came to an end.
    """

    folder: Path
    station: bytes
    sender: str
    counter: int
    created: int
    operations: int
    media: int
    bytes: int
    read: bool
    finished: bool


def peek(library: Library, place: Path) -> list[Peeked]:
    """The bundles at ``place`` that are for this station and of a trusted partner, newest last; none for no stick."""
    try:
        folders = reader.find_bundles(place)
    except BundleProblem:
        return []
    found = []
    own = library.station.id
    with library.read() as db:
        read = store.bundles_read(db)
    for folder in folders[-MOST:]:
        checked = reader.look(folder, signers(library))
        if checked.outer is None or checked.signer is None or bytes.fromhex(checked.outer.station) == own:
            continue
        for _done in reader.check_keys(checked):
            pass
        try:
            opened = reader.open_bundle(checked, own, library.keys.sealing_secret, rescue=True)
        except BundleProblem:
            continue
        inner, outer = opened.inner, opened.outer
        found.append(
            Peeked(
                folder,
                bytes.fromhex(outer.station),
                checked.signer.name,
                outer.counter,
                inner.created // 1000,
                inner.operations,
                inner.media,
                sum(part.size for part in outer.parts),
                bytes.fromhex(outer.bundle) in read,
                checked.done,
            )
        )
    return sorted(found, key=lambda one: (one.station, one.counter))
