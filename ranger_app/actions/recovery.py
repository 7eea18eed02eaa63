"""The recovery sheet: the station's secrets on paper, and the key file made again from it.

Without it a lost key file or a forgotten passphrase ends a station: nobody else can sign in its name.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ranger_app.actions import permission, proof
from ranger_app.actions.outputs import spare_library
from ranger_app.domain import recovery
from ranger_app.domain.recovery import RecoveryError
from ranger_app.domain.station import fingerprint
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.keys import FILE, StationKeys, check_passphrase, write_keys
from ranger_app.library import DATABASE, Library, hold
from ranger_app.media import qr
from ranger_app.reports import recovery_page
from ranger_app.store import origins, settings
from ranger_app.store.connection import open_reader

MOST_TEXT = 1 << 16
_MADE = "recovery_sheet.at"


def made_at(library: Library) -> int | None:
    """When a sheet was last written, ms since 1970; None for never."""
    with library.read() as db:
        at = settings.get(db, _MADE)
    return int(at) if at else None


def write_sheet(library: Library, out: Path, secret: str = "") -> Path:
    """Write the sheet as one HTML page to a file, or into a folder; returns the file.

    Needs the role manager, and ``secret``, the PIN or passphrase, where the person has one. EnvironmentProblem where
    the file cannot be written.
    """
    permission.require(library, permission.MANAGER)
    proof.prove(library, secret)
    target = out / f"ranger-recovery-{library.station.id.hex()[:8]}.html" if out.is_dir() else out
    spare_library(target)
    lines = recovery.spell(library.keys.signing_secret, library.keys.sealing_secret)
    station = library.station
    local = datetime.fromtimestamp(library.now_ms() / 1000, UTC) + timedelta(minutes=station.utc_offset)
    code = qr.svg(recovery.code(lines), _("The seven lines as a QR code"))
    page = recovery_page.page(station.name, station.country, station.id.hex(), station.fingerprint, lines, code, local)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8", newline="\n") as file:
            with suppress(OSError):
                target.chmod(0o600)  # on Windows and on sticks the folder's own rights hold
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise EnvironmentProblem(
            "SHEET_NOT_WRITTEN",
            _("The recovery sheet could not be written to {file}.").format(file=target),
            _("Check the disk and the space on it."),
        ) from error
    library.write(lambda db: settings.put(db, _MADE, str(library.now_ms())))
    return target


def read_file(path: Path) -> str:
    """The text of a typed sheet, or of the QR code in a picture of one; DataProblem where there is neither."""
    try:
        codes = [one for one in qr.read(path) if one.upper().startswith(recovery.PREFIX)]
        if codes:
            return codes[0]
        with path.open("rb") as file:
            data = file.read(MOST_TEXT)
        return data.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise DataProblem(
            "SHEET_NOT_READ",
            _("No recovery sheet can be read in {file}.").format(file=path),
            _("Type the seven lines into a text file, or take a sharp picture of the QR code."),
        ) from error


def keys_of(text: str) -> StationKeys:
    """The keys a sheet's text spells; DataProblem where lines are wrong (they are named)."""
    try:
        return StationKeys(*recovery.read(text))
    except RecoveryError as error:
        raise _not_right(error.lines) from error


def lines_of(text: str) -> str:
    """The text of a QR code as the lines of the sheet it was made for; any other text as it is."""
    try:
        return "\n".join(recovery.spell(*recovery.read(text)))
    except RecoveryError:
        return text


def recover(folder: Path, text: str, passphrase: str | None = None) -> bytes:
    """Make the key file of the library in ``folder`` again from a sheet's text; returns the station's id.

    An old file behind a passphrase is kept in the folder backups. DataProblem, and nothing changed, where lines are
    wrong (they are named), the sheet is another station's, or there is no library; UsageProblem for a short passphrase.
    """
    if passphrase:
        check_passphrase(passphrase)
    keys = keys_of(text)
    if not (folder / DATABASE).is_file():
        raise DataProblem(
            "NO_LIBRARY", _("There is no library in {folder}.").format(folder=folder), _("Check the folder.")
        )
    with hold(folder):
        db = open_reader(folder / DATABASE)
        try:
            known = settings.get(db, "station.id")
            fits = known == keys.station.hex() if known else origins.may_be_own(db, keys.station)
        finally:
            db.conn.close()
        if not fits:
            raise DataProblem(
                "SHEET_OF_ANOTHER_STATION",
                _("This recovery sheet is of another station ({fingerprint}).").format(
                    fingerprint=fingerprint(keys.station)
                ),
                _("Find the sheet of this station."),
            )
        _keep_old(folder)
        write_keys(folder / FILE, keys, passphrase)
    return keys.station


def _keep_old(folder: Path) -> None:
    """A key file behind a passphrase is kept aside; an open one would only lie about with the same secrets."""
    old = folder / FILE
    if not old.exists() or not _is_sealed(old):
        return
    kept = folder / "backups"
    kept.mkdir(parents=True, exist_ok=True)
    number = 1
    while (target := kept / f"{FILE}.replaced-{number}").exists():
        number += 1
    shutil.copyfile(old, target)


def _is_sealed(file: Path) -> bool:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("protected") is True and "secret" not in content


def _not_right(lines: tuple[int, ...]) -> DataProblem:
    if not lines:
        return DataProblem(
            "SHEET_NOT_RIGHT",
            _("These are not the seven lines of one recovery sheet."),
            _("Type all seven lines of one sheet, in their order."),
        )
    return DataProblem(
        "SHEET_LINE_WRONG",
        _("Lines that are not right: {lines}.").format(lines=", ".join(str(one) for one in lines)),
        _("Compare them with the sheet letter by letter and type them again."),
    )
