"""Labels for samples: a page to print with QR codes, for samples that are here or for tubes that go out empty.

A label holds the code only, so that whoever finds a lost bag learns nothing of where an animal lives.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ranger_app.actions.listing import Names
from ranger_app.actions.records import existing
from ranger_app.actions.samples import next_codes
from ranger_app.domain import taxa
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.values import shown
from ranger_app.errors import DataProblem, EnvironmentProblem, UsageProblem, file_unreadable
from ranger_app.i18n import _, language
from ranger_app.library import Library
from ranger_app.media import qr
from ranger_app.reports import label_page
from ranger_app.reports.label_page import Label

PREFIX = "RANGER SAMPLE "
"""What stands before the code in a QR code, so that a reader knows what it is."""
MOST = 2400
"""Labels in one page: a hundred sheets."""


def write(library: Library, out: Path, samples: Sequence[bytes] = (), empty: int = 0) -> list[str]:
    """Write the labels of ``samples``, then ``empty`` ones with the next free codes, into the file ``out``.

    Returns the codes. UsageProblem where nothing or too much is asked for, EnvironmentProblem where the file cannot be
    written.
    """
    if not 0 < len(samples) + empty <= MOST or empty < 0:
        raise UsageProblem(
            "LABELS_WRONG",
            _("There is nothing to print, or too much."),
            _("Ask for 1 to {most} labels.").format(most=MOST),
        )
    labels = [_of_sample(library, one) for one in samples]
    labels += [Label(code, qr.svg(PREFIX + code, code)) for code in next_codes(library, empty)]
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        label_page.write(labels, out)
    except OSError as error:
        raise EnvironmentProblem(
            "LABELS_NOT_WRITTEN",
            _("The labels could not be written: {what}.").format(what=error.strerror or str(error)),
            _("Check the folder and its disk."),
        ) from error
    return [label.code for label in labels]


def read(library: Library, picture: Path) -> bytes:
    """The sample whose label is in a photograph; DataProblem where there is none or it is not here."""
    try:
        texts = qr.read(picture)
    except OSError as error:
        raise file_unreadable(picture, error) from error
    codes = [text.removeprefix(PREFIX) for text in texts if text.startswith(PREFIX)]
    if not codes:
        raise DataProblem(
            "NO_LABEL", _("There is no sample label in this picture."), _("Take it closer, straight on, in good light.")
        )
    with library.read() as db:
        row = db.conn.execute("SELECT id FROM sample WHERE deleted=0 AND code=? LIMIT 1", (codes[0],)).fetchone()
    if row is None:
        raise DataProblem(
            "NO_RECORD",
            _("There is no sample with the code {code}.").format(code=codes[0]),
            _("Enter it with this code."),
        )
    return bytes(row[0])


def _of_sample(library: Library, sample: bytes) -> Label:
    with library.read() as db:
        record = existing(db, "sample", sample)
        names = Names(db)
        by = record["collected_by"]
        taxon = record["result_taxon"] or record["suspected_taxon"]
        return Label(
            record.text("code"),
            qr.svg(PREFIX + record.text("code"), record.text("code")),
            shown(kind_named("sample").field("type"), record["type"]),
            taxa.name(str(taxon), language()) if taxon else "",
            record.text("date"),
            names("person", by) if isinstance(by, bytes) else "",
        )
