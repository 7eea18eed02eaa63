"""The list of what a bundle holds, frame by frame, kept twice on the stick: with it damage can be told by name.

Only the recipients can read it. A bundle without one is read all the same; what it lost is then told by frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ranger_app.sync.sealing import Sealer

KIND = "index"
"""Its parts are ``index-0001.pak`` and so on."""
KINDS = ("ops", "thumbs", "media")
LARGEST = 1 << 20
_ENTRY = 32
_NAME = 8


class Index:
    """What each kind of part holds, in the order it was written: 32 bytes for each thing.

    A group of batches stands by its frame id (zeros behind it), a thumbnail and an original by the SHA-256 of the
    original, or by 16 zero bytes and the record's id where the hash is withheld.
    """

    def __init__(self) -> None:
        self.entries: dict[str, bytearray] = {kind: bytearray() for kind in KINDS}

    def add(self, kind: str, key: bytes) -> None:
        """Put a thing behind the others of its kind; ``key`` is a frame id (16 bytes) or a picture's key (32)."""
        if len(key) not in (16, _ENTRY):
            raise ValueError("key")
        self.entries[kind] += key.ljust(_ENTRY, b"\0")

    def frames(self, sealer: Sealer) -> Iterator[bytes]:
        """The sealed frames of the index's own parts."""
        step = LARGEST // _ENTRY * _ENTRY - _ENTRY
        for kind, entries in self.entries.items():
            for at in range(0, len(entries), step):
                yield sealer.seal(kind.encode("ascii").ljust(_NAME, b"\0") + bytes(entries[at : at + step]))

    def names(self, kind: str) -> Iterator[bytes]:
        """The entries of a kind, in order."""
        entries = self.entries[kind]
        for at in range(0, len(entries), _ENTRY):
            yield bytes(entries[at : at + _ENTRY])


def read(contents: Iterable[bytes]) -> Index | None:
    """The index out of the plaintext of its frames; None where it is not one. Kinds of a later version are left."""
    index = Index()
    for content in contents:
        kind = content[:_NAME].rstrip(b"\0").decode("ascii", "replace")
        if len(content) < _NAME or (len(content) - _NAME) % _ENTRY:
            return None
        if kind in index.entries:
            index.entries[kind] += content[_NAME:]
    return index
