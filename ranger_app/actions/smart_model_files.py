"""Observation models from and to files: SMART's data models, and its configurable models as short forms.

A model holds neither places nor people, so it may be written under any rule; that it was given is noted all the same.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ranger_app.actions.formats import (
    ExportFormat,
    ExportReport,
    ExportRequest,
    ImportFormat,
    ImportReport,
    ImportRequest,
    Option,
)
from ranger_app.actions.import_records import Taking
from ranger_app.actions.observation_models import KIND, in_use, model_in
from ranger_app.actions.records import existing, find_named
from ranger_app.domain import observation_model as models
from ranger_app.domain.fields import Value
from ranger_app.domain.ids import derived_id
from ranger_app.domain.observation_model import Model
from ranger_app.errors import DataProblem, file_unreadable
from ranger_app.exchange import smart_model, smart_short_form
from ranger_app.i18n import N_, _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.store.connection import Database

FILE = "data_model.xml"


def read_file(db: Database, path: Path) -> tuple[Model, str, tuple[str, ...]]:
    """The model of a file, what it comes from, and full keys of a short form that the model in use does not know.

    A short form is applied to the model in use. DataProblem for what is neither; EnvironmentProblem where the file
    cannot be read.
    """
    if path.is_dir():
        raise DataProblem("MODEL_REFUSED", _("This is a folder, not a file."), _("Choose the XML file."))
    try:
        with path.open("rb") as source:
            data = source.read(smart_model.MOST_BYTES + 1)
    except OSError as error:
        raise file_unreadable(path, error) from error
    if smart_short_form.is_short_form(data):
        short = smart_short_form.read(data, path.name)
        model, unknown = smart_short_form.applied(in_use(db), short)
        return model, "SMART configurable model", unknown
    model = smart_model.read(data, path.name)
    return model, f"SMART data model {model.form}", ()


def import_model(library: Library, path: Path, report: ImportReport | None = None) -> bytes:
    """Take the model of ``path`` in beside the others, not in use; returns its record. Doing it again adds nothing."""
    report = report or ImportReport("smart-model")
    with library.read() as db:
        model, origin, unknown = read_file(db, path)
    text = models.to_text(model)
    # Each station has its own: what one changes of it must not change what the other is asked for.
    record = derived_id(library.station.id.hex(), KIND, hashlib.sha256(text.encode()).hexdigest())
    fields: dict[str, Value] = {
        "name": model.name or path.stem,
        "version": model.version or None,
        "origin": origin,
        "content": text,
    }
    with library.read() as db:
        here = db.conn.execute(f'SELECT name, in_use FROM "{KIND}" WHERE id=?', (record,)).fetchone()
    if here:  # its name or use may have been changed here since: that is no difference of the file
        fields = {"content": text}
    taking = Taking(library, report, CancelToken(), "model import")
    taking.add(KIND, record, fields)
    taking.finish()
    for hkey in unknown:
        reason = _("The model in use does not know this category.")
        report.failed.append({"file": hkey, "code": "unknown_category", "reason": reason})
    return record


def export_model(model: Model, version: str = smart_model.NEWEST) -> bytes:
    """``model`` as SMART's XML."""
    return smart_model.write(model, version)


def _read(library: Library, request: ImportRequest, report: ImportReport) -> Job[None]:
    yield Progress(0, 1, _("Reading the file"))
    import_model(library, request.source, report)


def _write(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    yield Progress(0, 1, _("Writing the observation model"))
    with library.read() as db:
        named = request.options.get("model") or ""
        model: Model | None = in_use(db)
        if named == "default":
            model = models.default()
        elif named:
            found = find_named(db, KIND, named)
            if found is None:
                raise DataProblem(
                    "NO_RECORD",
                    _("There is no observation model {name}.").format(name=named),
                    _("Look it up with: ranger model list"),
                )
            model = model_in(existing(db, KIND, found))
    if model is None:
        raise DataProblem("MODEL_REFUSED", _("This model cannot be read here."), _("Ask for it again, or use another."))
    (request.folder / FILE).write_bytes(smart_model.write(model, request.options.get("xml") or smart_model.NEWEST))
    report.written[KIND] += 1
    if model.threat_scheme or any(one.unit for one in model.attributes):
        reason = _(
            "Units stand behind the labels. Species, threats and their kinds stand where only Ranger reads them."
        )
        report.failed.append({"file": FILE, "code": "no_place_in_format", "reason": reason})


IMPORT = ImportFormat(N_("Observation model (SMART data model or configurable model, XML)"), _read)
EXPORT = ExportFormat(
    N_("Observation model (SMART data model, XML)"),
    _write,
    (
        Option("model", N_("observation model, by name or id; empty: the one in use")),
        Option("xml", N_("version of the file"), choices=("1.1", "1.0"), default="1.1"),
    ),
    any_rule=True,
)
