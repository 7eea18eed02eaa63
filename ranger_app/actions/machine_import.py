"""What a detector found, taken in beside what people say and never instead: people's statements always come first.

Taking the same output in twice changes nothing; a newer output of the same detector takes the place of its older one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ranger_app.actions import file_match
from ranger_app.actions.formats import ImportFormat, ImportReport, ImportRequest, Option
from ranger_app.actions.records import find_named
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import DELETED, Op, change, create, delete
from ranger_app.errors import DataProblem
from ranger_app.exchange import megadetector
from ranger_app.exchange.megadetector import Detection, Looked, Output
from ranger_app.i18n import N_, _
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library
from ranger_app.store.connection import Database

KEEP = "0.1"
"""Detections less sure than this are not taken in: far below what any detector calls typical."""
SPECIES_FROM = 5000
"""A classifier's word (1/10,000) below this is not taken for a species."""
_A_BATCH = 800


@dataclass(frozen=True, slots=True)
class Finding:
    """What a machine says of one picture: all it found, or nothing, with how sure it is of that."""

    media: bytes
    deployment: Value
    found: tuple[Detection, ...]


def take_in(library: Library, request: ImportRequest, report: ImportReport) -> Job[None]:
    """Take an output of MegaDetector in. Options: ``deployment``, ``keep`` (least certainty, 0 to 1)."""
    yield Progress(0, 0, _("Reading the file"))
    output = megadetector.read(request.source)
    least = _least(request.options.get("keep") or KEEP)
    deployment = _deployment(library, request.options.get("deployment") or "")
    report.read["media"] = len(output.images)
    for looked in output.images:
        if looked.failure:
            reason = _("The detector could not read it ({reason}).").format(reason=looked.failure)
            report.failed.append({"file": looked.file, "code": "detector_failed", "reason": reason})
    with library.read() as db:
        findings = list(_matched(db, output, deployment, least, report))
    yield from state(library, output.machine, findings, report, request.cancel)


def _least(text: str) -> int:
    least = megadetector.share(text.replace(",", "."))
    if not least and text.strip("0.,"):
        raise DataProblem("CERTAINTY_WRONG", _("The least certainty is no number."), _("Give one between 0 and 1."))
    return least


def _deployment(library: Library, text: str) -> bytes | None:
    if not text:
        return None
    with library.read() as db:
        found = find_named(db, "deployment", text)
    if found is None:
        raise DataProblem(
            "DEPLOYMENT_UNKNOWN",
            _("There is no deployment {id}.").format(id=text),
            _("Look it up with: ranger deployment list"),
        )
    return found


def _matched(
    db: Database, output: Output, deployment: bytes | None, least: int, report: ImportReport
) -> Iterator[Finding]:
    """The pictures that the files of an output are: same name, and as much of the folders above as tells them apart."""
    by_name: dict[str, list[Looked]] = {}
    for looked in output.images:
        if not looked.failure:
            by_name.setdefault(file_match.folded(looked.file.rpartition("/")[2]), []).append(looked)
    here = file_match.by_name(db, by_name, deployment)
    taken: set[bytes] = set()
    for name, images in by_name.items():
        for looked in images:
            found = file_match.best(here.get(name, []), file_match.folders(looked.file.rpartition("/")[0]))
            if len(found) != 1 or found[0].media in taken:
                code = "not_here" if not found else "several"
                reasons = {"not_here": _("No such picture is here."), "several": _("Several pictures fit its name.")}
                report.failed.append({"file": looked.file, "code": code, "reason": reasons[code]})
                continue
            media = found[0].media
            taken.add(media)
            yield Finding(media, found[0].deployment, tuple(one for one in looked.found if one.certainty >= least))


def state(
    library: Library, machine: str, findings: Sequence[Finding], report: ImportReport, cancel: object
) -> Job[None]:
    """State what ``machine`` found. What it said before of the same pictures and says no longer is taken back."""
    ops: list[Op] = []
    act: int | None = None
    at = library.now_ms()
    for number, one in enumerate(findings, 1):
        statements = _statements(one, machine, at)
        with library.read() as db:
            before = {
                row[0]: bool(row[1])
                for row in db.conn.execute(
                    "SELECT id, deleted FROM observation WHERE media=? AND method='machine' AND machine=?",
                    (one.media, machine),
                )
            }
        for record, fields in statements.items():
            report.read["observation"] += 1
            if record not in before:
                ops.append(create("observation", record, dict(fields)))
                report.new["observation"] += 1
            elif before[record]:  # taken back by undo or by another output, and now found again
                ops.append(change("observation", record, {DELETED: 0}))
                report.new["observation"] += 1
        ops += [delete("observation", old) for old, gone in before.items() if old not in statements and not gone]
        if len(ops) >= _A_BATCH or number == len(findings):
            if ops:
                done = library.commit(ops, label="machine", act=act)
                act, ops = act or done.batch, []
            yield Progress(number, len(findings), _("Writing what was found"))
            if getattr(cancel, "cancelled", False):
                return


def _statements(one: Finding, machine: str, at: int) -> dict[bytes, Mapping[str, Value]]:
    common: dict[str, Value] = {
        "media": one.media,
        "deployment": one.deployment,
        "method": "machine",
        "machine": machine,
        "at": at,
        "look": "first",
    }
    if not one.found:
        fields: dict[str, Value] = {**common, "type": "blank", "certainty": 10_000}
        return {_id(one.media, machine, "blank"): fields}
    made: dict[bytes, Mapping[str, Value]] = {}
    for found in one.found:
        taxon = found.taxon if found.type == "animal" and found.taxon_certainty >= SPECIES_FROM else ""
        taxon = taxa.match(taxon) or taxon
        fields = {
            **common,
            "type": found.type,
            "taxon": taxon or None,
            "certainty": found.certainty,
            "box": found.box or None,
            "tags": f"frame:{found.frame}" if found.frame is not None else None,
        }
        mark = f"{found.type} {found.certainty} {found.box} {taxon} {found.frame}"
        made[_id(one.media, machine, mark)] = fields
    return made


def _id(media: bytes, machine: str, mark: str) -> bytes:
    """The same finding has the same id everywhere, so two stations that take one output in agree."""
    text = f"ranger import\0megadetector\0{media.hex()}\0{machine}\0{mark}"
    return hashlib.sha256(text.encode()).digest()[:16]


FORMAT = ImportFormat(
    N_("MegaDetector output (JSON)"),
    take_in,
    (
        Option("deployment", N_("only pictures of this deployment")),
        Option("keep", N_("least certainty, 0 to 1"), default=KEEP),
    ),
)
