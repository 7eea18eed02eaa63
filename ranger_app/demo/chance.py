"""Where a demo library's ids, keys and clock come from: fixed words, so that the demo is the same every time."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ranger_app.demo import cast
from ranger_app.keys import StationKeys

_EPOCH = datetime(1970, 1, 1)


@dataclass(slots=True)
class Chance:
    """A station's own source of ids, keys and time. The clock (UTC) stands still until the story sets it."""

    word: str
    time: datetime = datetime(cast.YEAR, 3, 1)
    _rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._rng = random.Random(f"ranger demo ids {self.word}")

    def keys(self) -> StationKeys:
        """Keys that anybody can work out: a demo station has no secrets."""
        signs, seals = (
            hashlib.sha256(f"ranger demo {use} {self.word}".encode()).digest() for use in ("signs", "seals")
        )
        return StationKeys(signs, seals)

    def new_id(self) -> bytes:
        """The next record id."""
        return self._rng.randbytes(16)

    def now_ms(self) -> int:
        """The story's time, milliseconds since 1970 UTC."""
        return (self.time - _EPOCH) // timedelta(milliseconds=1)
