"""Notices a restored or copied library by a token kept outside it, in the user's profile.

Two libraries that write under one incarnation lose edits; a needless new incarnation costs nothing.
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from pathlib import Path

from ranger_app.paths import profile_folder


def new_incarnation() -> bytes:
    """Eight random bytes."""
    return secrets.token_bytes(8)


def _token_file(station: bytes) -> Path:
    return profile_folder() / "stations" / f"{station.hex()}.json"


def is_known(station: bytes, incarnation: bytes, folder: Path, n: int) -> bool:
    """Whether this very library last wrote here: same incarnation, same folder, not less numbered than then."""
    try:
        token = json.loads(_token_file(station).read_text(encoding="utf-8"))
        return (
            token["incarnation"] == incarnation.hex()
            and token["folder"] == str(folder.resolve())
            and int(token["n"]) <= n
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remember(station: bytes, incarnation: bytes, folder: Path, n: int) -> None:
    """Note that the library in ``folder`` writes under ``incarnation`` and has numbered ``n`` things."""
    target = _token_file(station)
    with suppress(OSError):  # a profile that cannot be written means a new incarnation next time, no harm
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(f".{secrets.token_hex(4)}")
        content = {"incarnation": incarnation.hex(), "folder": str(folder.resolve()), "n": n}
        draft.write_text(json.dumps(content), encoding="utf-8")
        draft.replace(target)
