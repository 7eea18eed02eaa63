"""``station passphrase``, ``recovery-sheet`` and ``recover``: the keys' own commands.

Secrets come from the environment or a file and never as an argument, which every process on the machine can read.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions.station_keys import change_passphrase
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]
NEW = "RANGER_NEW_PASSPHRASE"
OLD = "RANGER_PASSPHRASE"
PIN = "RANGER_PIN"


def add(own: Verbs) -> None:
    """Add the commands to those of the station."""
    passphrase = own.add_parser("passphrase", help=_("put the keys behind the passphrase in {name}").format(name=NEW))
    passphrase.add_argument("--remove", action="store_true", help=_("keep the keys without a passphrase"))
    passphrase.set_defaults(handler=_passphrase)
    sheet = own.add_parser("recovery-sheet", help=_("write the keys on a page to print and lock away"))
    sheet.add_argument("out", type=Path, metavar="OUT")
    sheet.set_defaults(handler=_sheet)
    recover = own.add_parser("recover", help=_("make the key file again from a recovery sheet"))
    recover.add_argument(
        "file", type=Path, metavar="FILE", help=_("the seven lines typed, or a picture of the QR code")
    )
    recover.set_defaults(handler=_recover, without_library=True)


def _passphrase(library: Library, args: argparse.Namespace) -> Answer:
    if args.remove:
        return {"keys_protected": change_passphrase(library, None)}
    new = os.environ.get(NEW) or ("" if library.keys.protected else os.environ.get(OLD, ""))
    if not new:
        raise UsageProblem(
            "PASSPHRASE_MISSING",
            _("There is no new passphrase."),
            _("Put it into the environment variable {name}, or use --remove.").format(name=NEW),
        )
    return {"keys_protected": change_passphrase(library, new)}


def _sheet(library: Library, args: argparse.Namespace) -> Answer:
    from ranger_app.actions import recovery  # pictures and codes are slow to load

    written = recovery.write_sheet(library, args.out.absolute(), os.environ.get(PIN, ""))
    station = library.station
    return {"station_id": station.id.hex(), "fingerprint": station.fingerprint, "sheet": str(written)}


def _recover(folder: Path, args: argparse.Namespace) -> Answer:
    from ranger_app.actions import recovery

    passphrase = os.environ.get(NEW) or os.environ.get(OLD) or None
    station = recovery.recover(folder, recovery.read_file(args.file.absolute()), passphrase)
    return {"station_id": station.hex(), "library": str(folder), "keys_protected": bool(passphrase)}
