"""``ranger KIND add|edit|show|list|delete`` for every kind, with one option a field."""

from __future__ import annotations

import argparse
import datetime
from typing import TYPE_CHECKING

from ranger_app.actions import effort, purge, records
from ranger_app.cli import places
from ranger_app.domain import visit_words
from ranger_app.domain.fields import Kind, Type
from ranger_app.domain.ids import parse_id
from ranger_app.domain.kinds import KINDS, kind_named
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs) -> dict[str, Verbs]:
    """Add the kinds' commands; returns where each kind's further verbs are added."""
    of_kind: dict[str, Verbs] = {}
    for kind in KINDS:
        if not kind.public:
            continue
        sub = verbs.add_parser(kind.name, help=_(kind.label_plural)).add_subparsers(
            dest="verb", required=True, metavar="VERB"
        )
        of_kind[kind.name] = sub
        _verb(sub, kind, "add", _add)
        _verb(sub, kind, "edit", _edit, with_id=True)
        show = sub.add_parser("show")
        show.add_argument("id", metavar="ID")
        show.set_defaults(handler=_show, kind=kind.name)
        delete = sub.add_parser("delete")
        delete.add_argument("id", metavar="ID")
        delete.set_defaults(handler=_delete, kind=kind.name)
        erase = sub.add_parser("purge", help=_("erase what the law asks to be erased, here and at every partner"))
        erase.add_argument("ids", nargs="+", metavar="ID")
        erase.add_argument("--for-good", action="store_true", required=True, help=_("it cannot be undone"))
        erase.set_defaults(handler=_purge, kind=kind.name)
        if kind.name != "media":  # its list has filters of its own
            listing = sub.add_parser("list")
            listing.add_argument("--limit", type=limit)
            listing.set_defaults(handler=_list, kind=kind.name)
    return of_kind


def limit(text: str) -> int:
    """How many records a list shows at most; argparse says it where ``text`` is no such number."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise argparse.ArgumentTypeError(_("{text} is no number of records").format(text=text))
    return int(text)


def _verb(sub: Verbs, kind: Kind, verb: str, handler: object, *, with_id: bool = False) -> None:
    one = sub.add_parser(verb)
    if with_id:
        one.add_argument("id", metavar="ID")
    for field in kind.fields:
        flag = f"--{field.name.replace('_', '-')}"
        names = [flag] if flag == f"--{field.name}" else [flag, f"--{field.name}"]
        text = _(field.label) + (f" ({_(field.unit)})" if field.unit else "")
        one.add_argument(*names, dest=f"field_{field.name}", metavar=field.type.name, help=text.replace("%", "%%"))
    if _has_place(kind):
        places.add_place(one)
    one.set_defaults(handler=handler, kind=kind.name)


def record_id(library: Library, kind: str, text: str) -> bytes:
    """The id of the record that ``text`` names by id or exact name; DataProblem where there is no single one."""
    with library.read() as db:
        found = records.find_named(db, kind, text)
    if found is None:
        raise DataProblem(
            "NO_RECORD",
            _("There is no single {kind} called {name}.").format(kind=_(kind_named(kind).label), name=text),
            _("Look it up with: ranger {kind} list").format(kind=kind),
        )
    return found


def present_id(library: Library, kind: str, text: str) -> bytes:
    """As ``record_id``, and DataProblem where the record was deleted: nothing is to be done with it any more."""
    record = record_id(library, kind, text)
    with library.read() as db:
        records.existing(db, kind, record)
    return record


def _has_place(kind: Kind) -> bool:
    return {"latitude", "longitude"} <= set(kind.columns)


def _typed(args: argparse.Namespace) -> dict[str, str]:
    typed = {
        name.removeprefix("field_"): value
        for name, value in vars(args).items()
        if name.startswith("field_") and value is not None
    }
    kind = kind_named(args.kind)
    place = places.place_of(args) if _has_place(kind) else None
    return typed if place is None else typed | places.typed(place, kind.columns, typed)


def _said(library: Library, args: argparse.Namespace, record: bytes) -> Answer:
    """What an answer adds about a place: how it was understood, and a warning where the border disagrees."""
    kind = kind_named(args.kind)
    if kind.name == "survey":
        return _asked(library, record)
    if not _has_place(kind):
        return {}
    with library.read() as db:
        found = records.existing(db, kind.name, record)
    country = found["country"] if "country" in kind.columns else None
    told = places.understood(places.place_of(args))
    return told | places.warning(library, found["latitude"], found["longitude"], country)


def _asked(library: Library, survey: bytes) -> Answer:
    """What a person should look at again in a visit, such as an end before its start; it is taken all the same."""
    today = datetime.datetime.fromtimestamp(
        library.now_ms() / 1000 + library.station.utc_offset * 60, datetime.UTC
    ).date()
    with library.read() as db:
        found = visit_words.questions(records.existing(db, "survey", survey).values, today.isoformat())
    return {"questions": found} if found else {}


def _add(library: Library, args: argparse.Namespace) -> Answer:
    kind = kind_named(args.kind)
    with library.read() as db:
        values = records.parse_values(db, kind, _typed(args))
    values |= {name: value for name, value in _defaults(library, kind).items() if values.get(name) is None}
    record = records.add(library, kind.name, values)
    return {"id": record.hex(), **_said(library, args, record)}


def _defaults(library: Library, kind: Kind) -> dict[str, int | str | bytes | None]:
    defaults: dict[str, int | str | bytes | None] = {}
    for field in kind.fields:
        if field.type is Type.OFFSET and field.name == "utc_offset":
            defaults[field.name] = library.station.utc_offset
        elif field.name == "by":
            defaults[field.name] = library.person
        elif field.name == "at" and field.type is Type.INSTANT and kind.name in ("note", "observation"):
            defaults[field.name] = library.now_ms()
        elif field.name == "state" and kind.name == "patrol":
            defaults[field.name] = "draft"
    return defaults


def _edit(library: Library, args: argparse.Namespace) -> Answer:
    kind = kind_named(args.kind)
    record = record_id(library, kind.name, args.id)
    with library.read() as db:
        values = records.parse_values(db, kind, _typed(args))
    records.edit(library, kind.name, record, values)
    return {"id": record.hex(), **_said(library, args, record)}


def _show(library: Library, args: argparse.Namespace) -> Answer:
    record = record_id(library, args.kind, args.id)
    with library.read() as db:
        found = records.existing(db, args.kind, record)
        notes = [records.answer(note) for note in rows.find(db, "note", "about = ?", (record,))]
    return {**records.answer(found), "note_records": notes} if args.kind != "note" else records.answer(found)


def _purge(library: Library, args: argparse.Namespace) -> Answer:
    records_of = [record_id(library, args.kind, text) for text in dict.fromkeys(args.ids)]
    purge.purge(library, args.kind, records_of)
    return {"ids": [record.hex() for record in records_of], "files_waiting": purge.remove_files(library)}


def _delete(library: Library, args: argparse.Namespace) -> Answer:
    record = record_id(library, args.kind, args.id)
    records.delete(library, args.kind, record)
    return {"id": record.hex()}


def _list(library: Library, args: argparse.Namespace) -> Answer:
    kind = kind_named(args.kind)
    with library.read() as db:
        found = [records.answer(record) for record in rows.find(db, kind.name, limit=args.limit)]
        if kind.name == "deployment":
            nights = {one.id.hex(): one.effort.nights for one in effort.deployments(db) if one.effort is not None}
            found = [{**one, "nights": nights.get(str(one["id"]))} for one in found]
    return {kind.plural: found}


def ids(texts: list[str]) -> list[bytes]:
    """Record ids from the command line; DataProblem for the first that is none."""
    found = []
    for text in texts:
        try:
            found.append(parse_id(text))
        except ValueError as error:
            raise DataProblem(
                "ID_WRONG", _("{text} is not a record's id.").format(text=text), _("An id has 32 hex digits.")
            ) from error
    return found
