"""What this computer remembers for its user: language, appearance, the library and who worked last."""

from __future__ import annotations

import json
import locale
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ranger_app.i18n import LANGUAGES
from ranger_app.paths import profile_folder

APPEARANCES = ("system", "light", "dark")


@dataclass
class Preferences:
    """``appearance`` is one of APPEARANCES; ``people`` maps a station's id to the person who worked there last;
    ``notation`` is how coordinates are shown (a key of ``coordinates.STYLES``)."""

    language: str = ""
    appearance: str = "system"
    library: str = ""
    people: dict[str, str] = field(default_factory=dict)
    notation: str = "degrees"
    path: Path | None = None

    def save(self) -> None:
        """Write them; a profile that cannot be written is no reason to stop working."""
        if self.path is None:
            return
        kept: dict[str, Any] = {
            "language": self.language,
            "appearance": self.appearance,
            "library": self.library,
            "people": self.people,
            "notation": self.notation,
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            new = self.path.with_suffix(".new")
            new.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
            new.replace(self.path)
        except OSError:
            return


def load() -> Preferences:
    """The preferences of this computer; the defaults where there are none or they cannot be read."""
    path = profile_folder() / "window.json"
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        read = {}
    if not isinstance(read, dict):
        read = {}
    people = read.get("people")
    language = read.get("language")
    appearance = read.get("appearance")
    return Preferences(
        language=language if language in LANGUAGES else system_language(),
        appearance=appearance if appearance in APPEARANCES else "system",
        library=str(read.get("library") or ""),
        notation=str(read.get("notation") or "degrees"),
        people={str(k): str(v) for k, v in people.items()} if isinstance(people, dict) else {},
        path=path,
    )


def system_language() -> str:
    """The system's language where Ranger speaks it, else English."""
    from PySide6.QtCore import QLocale  # Windows gives Python no usable answer

    for name in [*QLocale.system().uiLanguages(), locale.getlocale()[0] or ""]:
        code = name.replace("-", "_")
        if code in LANGUAGES:
            return code
        short = code.split("_")[0]
        if short == "zh":
            return "zh_CN"
        if short in LANGUAGES:
            return short
    return "en"
