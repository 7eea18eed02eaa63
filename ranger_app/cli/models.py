"""``model``: the observation models that are here, which one is in use, and what is asked for of a find."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import export_data, model_write, smart_model_files
from ranger_app.actions.formats import ImportReport
from ranger_app.actions.observation_models import KIND, in_use, model_in
from ranger_app.actions.records import existing
from ranger_app.cli import answers
from ranger_app.cli.kinds import record_id
from ranger_app.domain import observation_model as models
from ranger_app.domain.observation_model import KINDS, TYPES, Attribute, Category, Labels, Model
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import LANGUAGES, _, language
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs) -> None:
    """Add the commands."""
    model = verbs.add_parser("model", help=_("what is asked for of a find")).add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    model.add_parser("list", help=_("the models that are here")).set_defaults(handler=_list)
    show = model.add_parser("show", help=_("categories and attributes of a model"))
    show.add_argument("id", nargs="?", default="", metavar="ID", help=_("name or id; empty: the one in use"))
    show.add_argument("--language", choices=tuple(LANGUAGES), help=_("language of the words"))
    show.add_argument("--attributes", action="store_true", help=_("with all attributes and their lists"))
    show.set_defaults(handler=_show)
    taken = model.add_parser("import", help=_("take in a data model or configurable model of SMART (XML)"))
    taken.add_argument("file", type=Path, metavar="FILE")
    taken.add_argument("--use", action="store_true", help=_("use it at once"))
    taken.set_defaults(handler=_import)
    given = model.add_parser("export", help=_("write a model as SMART's XML into a new folder"))
    given.add_argument("out", type=Path, metavar="OUT")
    given.add_argument("--model", default="", metavar="ID", help=_("name or id; empty: the one in use"))
    given.add_argument("--xml", choices=("1.1", "1.0"), default="1.1", help=_("version of the file"))
    given.set_defaults(handler=_export)
    use = model.add_parser("use", help=_("describe finds by this model from now on"))
    use.add_argument(
        "id",
        metavar="ID",
        help=_("name or id; {word} for the one that comes with the program").format(word=model_write.SHIPPED),
    )
    use.set_defaults(handler=_use)
    new = model.add_parser("add-category", help=_("add a category to the model in use"))
    new.add_argument("above", metavar="KEY", help=_("full key of the category above it, or a dot for the top"))
    _labels(new)
    new.add_argument("--key", default="", metavar="KEY")
    new.add_argument("--attribute", action="append", default=[], metavar="KEY", help=_("what is asked of it"))
    new.add_argument("--kind", choices=KINDS, default="")
    new.add_argument("--threat", default="", metavar="CODE")
    new.set_defaults(handler=_add_category)
    told = model.add_parser("add-attribute", help=_("add an attribute to a category of the model in use"))
    told.add_argument("category", metavar="KEY")
    _labels(told)
    told.add_argument("--type", choices=TYPES, required=True)
    told.add_argument("--key", default="", metavar="KEY")
    told.add_argument("--unit", default="", metavar="UNIT")
    told.add_argument(
        "--item", action="append", default=[], metavar="LANGUAGE=TEXT;…", help=_("an entry of its list, with its words")
    )
    told.set_defaults(handler=_add_attribute)
    edit = model.add_parser("edit", help=_("change a category of the model in use"))
    edit.add_argument("category", metavar="KEY")
    _labels(edit)
    edit.add_argument("--active", choices=("yes", "no"), help=_("whether it is asked for"))
    edit.add_argument("--ask", action="append", default=[], metavar="KEY", help=_("ask for this attribute"))
    edit.add_argument("--leave-out", action="append", default=[], metavar="KEY", help=_("no longer ask for it"))
    edit.set_defaults(handler=_edit)


def _labels(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="LANGUAGE=TEXT",
        help=_("its word, such as en=Fire"),
    )


def _words(given: list[str]) -> Labels:
    found: Labels = {}
    for one in given:
        code, sign, text = one.partition("=")
        if not sign or not code.strip():
            raise UsageProblem(
                "LABEL_WRONG",
                _("{text} is no word with its language.").format(text=one),
                _("Write it like this: {example}").format(example="--label en=Fire"),
            )
        found[code.strip()] = text
    return found


def _list(library: Library, _args: argparse.Namespace) -> Answer:
    return {
        "models": [
            {
                "id": one.id.hex() if one.id else model_write.SHIPPED,
                "name": one.name,
                "version": one.version or None,
                "origin": one.origin or None,
                "in_use": one.in_use,
                "station": one.station or None,
                "categories": one.categories,
                "attributes": one.attributes,
            }
            for one in model_write.listed(library)
        ]
    }


def _named(library: Library, text: str) -> Model:
    if text == model_write.SHIPPED:
        return models.default()
    if not text:
        with library.read() as db:
            return in_use(db)
    record = record_id(library, KIND, text)
    with library.read() as db:
        model = model_in(existing(db, KIND, record))
    if model is None:
        raise DataProblem("MODEL_REFUSED", _("This model cannot be read here."), _("Ask for it again, or use another."))
    return model


def _show(library: Library, args: argparse.Namespace) -> Answer:
    model, words = _named(library, args.id), args.language or language()
    answer: Answer = {
        "name": model.name,
        "version": model.version or None,
        "languages": list(model.languages),
        "categories": [_category(model, hkey, one, words) for hkey, one in models.walk(model)],
    }
    if args.attributes:
        answer["attributes"] = [_attribute(one, words) for one in model.attributes]
    return answer


def _category(model: Model, hkey: str, one: Category, words: str) -> Answer:
    threat = models.threat_of(model, hkey)
    return {
        "key": hkey,
        "label": models.word(one.labels, words, one.key),
        "active": all(step.active for step in models.path(model, hkey)),
        "kind": models.kind_of(model, hkey) or None,
        "threat": dict(zip(("scheme", "version", "code"), threat, strict=True)) if threat else None,
        "attributes": [known.key for known in models.attributes_of(model, hkey)],
        "unreviewed": list(one.unreviewed),
    }


def _attribute(one: Attribute, words: str) -> Answer:
    return {
        "key": one.key,
        "type": one.type,
        "label": models.attribute_word(one, words),
        "unit": one.unit or None,
        "required": one.required,
        "minimum": one.minimum or None,
        "maximum": one.maximum or None,
        "pattern": one.pattern or None,
        "items": [
            {"value": value, "label": models.item_word(item, words), "taxon": item.taxon or None, "active": item.active}
            for value, item in models.items(one)
        ],
    }


def _import(library: Library, args: argparse.Namespace) -> Answer:
    report = ImportReport("smart-model")
    record = smart_model_files.import_model(library, args.file.absolute(), report)
    if args.use:
        model_write.use(library, record)
    return {"id": record.hex(), "used": bool(args.use), **report.answer()}


def _export(library: Library, args: argparse.Namespace) -> Answer:
    options = {"model": args.model, "xml": args.xml}
    return answers.with_progress(
        export_data.export(library, "smart-model", args.out.absolute(), options=options)
    ).answer()


def _use(library: Library, args: argparse.Namespace) -> Answer:
    record = None if args.id == model_write.SHIPPED else record_id(library, KIND, args.id)
    model_write.use(library, record)
    return _list(library, args)


def _add_category(library: Library, args: argparse.Namespace) -> Answer:
    above = args.above if args.above.strip(".") else ""
    hkey = model_write.add_category(
        library,
        above,
        _words(args.label),
        key=args.key,
        attributes=args.attribute,
        kind=args.kind,
        threat=args.threat,
    )
    return {"key": hkey}


def _add_attribute(library: Library, args: argparse.Namespace) -> Answer:
    entries = [_words([part for part in one.split(";") if part.strip()]) for one in args.item]
    key = model_write.add_attribute(
        library, args.category, _words(args.label), args.type, key=args.key, unit=args.unit, items=entries
    )
    return {"key": key}


def _edit(library: Library, args: argparse.Namespace) -> Answer:
    if args.label:
        model_write.rename(library, args.category, _words(args.label))
    if args.active:
        model_write.set_active(library, args.category, args.active == "yes")
    for key, asked in [(key, True) for key in args.ask] + [(key, False) for key in args.leave_out]:
        model_write.set_asked(library, args.category, key, asked)
    model = _named(library, "")
    found = models.category(model, args.category)
    if found is None:  # nothing was to be changed and the key is wrong
        raise DataProblem(
            "CATEGORY_UNKNOWN",
            _("The model in use has no category {key}.").format(key=args.category),
            _("Look it up with: ranger model show"),
        )
    return _category(model, args.category, found, language())
