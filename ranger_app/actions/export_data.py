"""Writing records out for others. What leaves passes a rule: ``open`` unless exactness is asked for on purpose."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from ranger_app.domain.fields import Group
from ranger_app.errors import DataProblem
from ranger_app.exchange.csv_tables import write_tables
from ranger_app.i18n import _
from ranger_app.library import Library

RULES: dict[str, tuple[Group, ...]] = {"open": (Group.OPEN,)}
"""Rule -> the groups of fields that may leave. ``open``: no places, people, tracks or file names."""


def export_csv(library: Library, out: Path, *, rule: str = "open", exact: bool = False) -> dict[str, object]:
    """Write one table a kind into the new folder ``out``; nothing is left there if it fails."""
    if rule not in RULES:
        raise DataProblem(
            "RULE_UNKNOWN",
            _("There is no sharing rule called {name}.").format(name=rule),
            _("Use one of: {words}.").format(words=", ".join(RULES)),
        )
    if out.exists():
        raise DataProblem(
            "FOLDER_EXISTS", _("The folder {folder} exists already.").format(folder=out), _("Give a new one.")
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f"{out.name}.{secrets.token_hex(4)}.part")
    draft.mkdir()
    try:
        with library.read() as db:
            written, withheld = write_tables(db, draft, tuple(Group) if exact else RULES[rule])
        draft.rename(out)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return {"format": "csv", "folder": str(out), "written": written, "failed": [], "withheld": withheld}
