"""``patrol leg``, ``patrol day``, ``patrol find`` and ``patrol photos``: a patrol written up without a window."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import (
    observation_models,
    patrol_days,
    patrol_finds,
    patrol_photos,
    patrol_values,
    patrol_write,
    records,
)
from ranger_app.actions.patrol_days import Day, Leg
from ranger_app.actions.patrol_write import FindEntry
from ranger_app.cli import answers, kinds
from ranger_app.domain import model_walk
from ranger_app.domain.ids import parse_id
from ranger_app.domain.kinds_patrol import TRANSPORTS
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.geo import coordinates
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(of_kind: dict[str, Verbs]) -> None:
    """Add the commands."""
    verbs = of_kind["patrol"]
    leg = verbs.add_parser("leg", help=_("the legs of a patrol")).add_subparsers(dest="act", required=True)
    for name, handler in (("add", _leg_add), ("edit", _leg_edit), ("delete", _leg_delete), ("list", _legs)):
        one = leg.add_parser(name)
        one.add_argument("patrol", metavar="PATROL")
        if name in ("edit", "delete"):
            one.add_argument("number", type=int, metavar="NUMBER")
        if name in ("add", "edit"):
            one.add_argument("--transport", choices=[choice.code for choice in TRANSPORTS])
            one.add_argument("--leader", metavar="NAME")
            one.add_argument("--members", metavar="NAMES", help=_("names, with commas between"))
            one.add_argument("--mandate", metavar="TEXT")
            one.add_argument("--name", metavar="TEXT")
        one.set_defaults(handler=handler)
    day = verbs.add_parser("day", help=_("the days of a patrol")).add_subparsers(dest="act", required=True)
    for name, handler in (("add", _day_add), ("edit", _day_edit), ("delete", _day_delete), ("list", _days)):
        one = day.add_parser(name)
        one.add_argument("patrol", metavar="PATROL")
        if name in ("edit", "delete"):
            one.add_argument("number", type=int, metavar="NUMBER", help=_("its place in the list, from 1"))
        if name in ("add", "edit"):
            one.add_argument("--date", metavar="YYYY-MM-DD", required=name == "add")
            one.add_argument("--start", metavar="HH:MM")
            one.add_argument("--end", metavar="HH:MM")
            one.add_argument("--rest", metavar="MINUTES")
            one.add_argument("--leg", type=int, metavar="NUMBER")
        one.set_defaults(handler=handler)
    _add_find(verbs)
    photos = verbs.add_parser("photos", help=_("take photos of a patrol, or set their clock"))
    photos.add_argument("patrol", metavar="PATROL")
    photos.add_argument("files", nargs="*", type=Path, metavar="FILE")
    photos.add_argument("--find", metavar="ID", help=_("the find that the photos show"))
    photos.add_argument("--shift", type=int, metavar="SECONDS", help=_("added to the camera time of all photos"))
    photos.add_argument("--photo", metavar="FILE", help=_("a photo whose time or place is known: sets the shift"))
    photos.add_argument("--place", metavar="TEXT")
    photos.add_argument("--time", metavar="TIME")
    photos.add_argument("--preview", action="store_true", help=_("only say what would come of it"))
    photos.set_defaults(handler=_photos)


def _add_find(verbs: Verbs) -> None:
    find = verbs.add_parser("find", help=_("what was found on a patrol")).add_subparsers(dest="act", required=True)
    for name, handler in (("add", _find_add), ("edit", _find_edit), ("delete", _find_delete), ("list", _finds)):
        one = find.add_parser(name)
        one.add_argument("record", metavar="PATROL" if name in ("add", "list") else "ID")
        if name in ("add", "edit"):
            one.add_argument("--category", metavar="KEY", required=name == "add")
            one.add_argument("--at", metavar="TIME", help=_("by the patrol's clock, as 14:05"))
            one.add_argument("--place", metavar="TEXT", help=_("coordinates, or a time on the track"))
            one.add_argument("--datum", choices=list(coordinates.DATUMS), default=coordinates.WGS84)
            one.add_argument("--distance", metavar="METRES")
            one.add_argument("--bearing", metavar="DEGREES")
            one.add_argument("--attribute", action="append", metavar="KEY=VALUE")
            one.add_argument("--count", metavar="NUMBER")
            one.add_argument("--remarks", metavar="TEXT")
        if name == "add":
            one.add_argument("--waypoint", metavar="ID", help=_("the place of a find that is there"))
            one.add_argument("--by", metavar="NAME")
        one.set_defaults(handler=handler)


# -- legs and days ---------------------------------------------------------------------------------------------


def _patrol(library: Library, text: str) -> rows.Record:
    patrol = kinds.present_id(library, "patrol", text)
    with library.read() as db:
        return records.existing(db, "patrol", patrol)


def _person(library: Library, name: str | None) -> bytes | None:
    return kinds.present_id(library, "person", name) if name else None


def _given(library: Library, args: argparse.Namespace) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in ("transport", "mandate", "name"):
        if getattr(args, name) is not None:
            found[name] = getattr(args, name) or None
    if args.leader is not None:
        found["leader"] = _person(library, args.leader)
    if args.members is not None:
        names = [name.strip() for name in args.members.split(",") if name.strip()]
        found["members"] = tuple(kinds.present_id(library, "person", name) for name in names)
    return found


def _leg_add(library: Library, args: argparse.Namespace) -> Answer:
    record = _patrol(library, args.patrol)
    legs = patrol_days.legs(record["legs"])
    leg = replace(Leg(max((one.number for one in legs), default=0) + 1), **_given(library, args))  # type: ignore[arg-type]
    patrol_write.set_legs(library, record.id, [*legs, leg])
    return {"id": record.id.hex(), "number": leg.number}


def _leg_edit(library: Library, args: argparse.Namespace) -> Answer:
    record = _patrol(library, args.patrol)
    legs = patrol_days.legs(record["legs"])
    _must_be_there(args.number, [one.number for one in legs])
    given = _given(library, args)
    changed = [replace(one, **given) if one.number == args.number else one for one in legs]  # type: ignore[arg-type]
    patrol_write.set_legs(library, record.id, changed)
    return {"id": record.id.hex(), "number": args.number}


def _leg_delete(library: Library, args: argparse.Namespace) -> Answer:
    record = _patrol(library, args.patrol)
    legs = patrol_days.legs(record["legs"])
    _must_be_there(args.number, [one.number for one in legs])
    patrol_write.set_legs(library, record.id, [one for one in legs if one.number != args.number])
    return {"id": record.id.hex(), "number": args.number}


def _legs(library: Library, args: argparse.Namespace) -> Answer:
    record = _patrol(library, args.patrol)
    found = [
        {
            "number": leg.number,
            "name": leg.name,
            "transport": leg.transport,
            "mandate": leg.mandate,
            "start": leg.start,
            "end": leg.end,
            "leader": leg.leader.hex() if leg.leader else None,
            "members": [one.hex() for one in leg.members],
        }
        for leg in patrol_days.legs(record["legs"])
    ]
    return {"id": record.id.hex(), "legs": found}


def _day_add(library: Library, args: argparse.Namespace) -> Answer:
    record = _patrol(library, args.patrol)
    day = _day(args.date, args.start or "", args.end or "", args.rest or "", args.leg or 1)
    patrol_write.set_days(library, record.id, [*patrol_days.days(record["days"]), day])
    return {"id": record.id.hex(), "date": day.date}


def _day_edit(library: Library, args: argparse.Namespace) -> Answer:
    record = _patrol(library, args.patrol)
    days = patrol_days.days(record["days"])
    _must_be_there(args.number, range(1, len(days) + 1))
    old = days[args.number - 1]
    day = _day(
        args.date or old.date or "",
        (old.start or "")[11:16] if args.start is None else args.start,
        (old.end or "")[11:16] if args.end is None else args.end,
        str("" if old.rest_minutes is None else old.rest_minutes) if args.rest is None else args.rest,
        args.leg or old.leg,
    )
    patrol_write.set_days(library, record.id, [*days[: args.number - 1], day, *days[args.number :]])
    return {"id": record.id.hex(), "date": day.date}


def _day_delete(library: Library, args: argparse.Namespace) -> Answer:
    record = _patrol(library, args.patrol)
    days = patrol_days.days(record["days"])
    _must_be_there(args.number, range(1, len(days) + 1))
    patrol_write.set_days(library, record.id, [*days[: args.number - 1], *days[args.number :]])
    return {"id": record.id.hex(), "date": days[args.number - 1].date}


def _days(library: Library, args: argparse.Namespace) -> Answer:
    record = _patrol(library, args.patrol)
    found = [
        {"leg": day.leg, "date": day.date, "start": day.start, "end": day.end, "rest_minutes": day.rest_minutes}
        for day in patrol_days.days(record["days"])
    ]
    return {"id": record.id.hex(), "days": found}


def _day(date: str, start: str, end: str, rest: str, leg: int) -> Day:
    try:
        return patrol_days.day_of(_("Day"), date, start, end, rest, leg)
    except ValueError as error:
        raise DataProblem("DAY_WRONG", _("The day cannot be read."), str(error)) from error


def _must_be_there(number: int, numbers: range | list[int]) -> None:
    if number not in numbers:
        raise DataProblem(
            "NO_SUCH_NUMBER", _("There is none with the number {number}.").format(number=number), _("Look at the list.")
        )


# -- finds -----------------------------------------------------------------------------------------------------


def _find_add(library: Library, args: argparse.Namespace) -> Answer:
    patrol = _patrol(library, args.record)
    category = _category(library, patrol.id, args.category)
    entry = FindEntry(
        category,
        args.at or "",
        patrol_values.pairs(args.attribute or []),
        args.count or "",
        args.place or "",
        args.distance or "",
        args.bearing or "",
        args.remarks or "",
        _person(library, args.by),
        _id(args.waypoint) if args.waypoint else None,
        datum=args.datum,
    )
    return {**_answer(patrol_write.add_find(library, patrol.id, entry)), "category": category}


def _category(library: Library, patrol: bytes, text: str) -> str:
    """The full key of a category that is given by it, by its own key, or by its word in any language.

    UsageProblem where no model here knows it, or several categories are called so: a word nobody knows would be
    missing from every report without a sound.
    """
    with library.read() as db:
        source = observation_models.known(db, observation_models.model_of(db, patrol))
    wanted = text.strip().casefold()
    near: list[str] = []
    for model in source:
        if path := model_walk.path(model, text.strip()):
            return "".join(f"{one.key}." for one in path)
        words = {
            key: {one.key.casefold(), *(word.casefold() for word in one.labels.values())}
            for key, one in model_walk.walk(model)
        }
        keys = [key for key, found in words.items() if wanted in found]
        near += [key for key, found in words.items() if wanted and any(wanted in word for word in found)]
        if len(keys) == 1:
            return keys[0]
        if keys:
            raise UsageProblem(
                "CATEGORY_UNCLEAR",
                _("Several categories are called {word}.").format(word=text),
                _("Use one of: {words}.").format(words=", ".join(keys).rstrip(".")),
            )
    raise UsageProblem(
        "CATEGORY_UNKNOWN",
        _("No observation model here has a category called {word}.").format(word=text),
        _("Use one of: {words}.").format(words=", ".join(list(dict.fromkeys(near))[:8]).rstrip("."))
        if near
        else _("See the categories with: ranger model show MODEL"),
    )


def _find_edit(library: Library, args: argparse.Namespace) -> Answer:
    find = _id(args.record)
    old = patrol_finds.entry(library, find)
    if args.category is not None and args.category != old.category:
        args.category = _category(library, _patrol_of(library, find), args.category)
    attributes = dict(old.attributes)
    attributes.update(patrol_values.pairs(args.attribute or []))
    if args.category is not None and args.category != old.category and not args.attribute:
        attributes = {}
    entry = FindEntry(
        old.category if args.category is None else args.category,
        old.time if args.at is None else args.at,
        attributes,
        old.count if args.count is None else args.count,
        args.place or "",
        old.distance if args.distance is None else args.distance,
        old.bearing if args.bearing is None else args.bearing,
        old.remarks if args.remarks is None else args.remarks,
        old.by,
        datum=args.datum,
    )
    return _answer(patrol_write.edit_find(library, find, entry))


def _patrol_of(library: Library, find: bytes) -> bytes:
    with library.read() as db:
        patrol = records.existing(db, "sighting", find)["patrol"]
    return patrol if isinstance(patrol, bytes) else b""


def _find_delete(library: Library, args: argparse.Namespace) -> Answer:
    find = _id(args.record)
    patrol_write.delete_find(library, find)
    return {"id": find.hex()}


def _answer(made: patrol_write.FindMade) -> Answer:
    spot = made.spot
    return {
        "id": made.find.hex(),
        "waypoint_id": made.waypoint.hex(),
        "latitude": spot.latitude / 1e7 if spot else None,
        "longitude": spot.longitude / 1e7 if spot else None,
        "uncertainty": spot.uncertainty if spot else None,
        "place": made.source or None,
    }


def _finds(library: Library, args: argparse.Namespace) -> Answer:
    patrol = _patrol(library, args.record)
    with library.read() as db:
        source = observation_models.known(db, observation_models.model_of(db, patrol.id))
        places = list(rows.find(db, "waypoint", "patrol=?", (patrol.id,)))
        lines = patrol_finds.lines(db, patrol, places)
        finds = []
        for line in lines:
            record = rows.get(db, "sighting", line.find) if line.find else None
            told = records.answer(record) if record else {"id": None}
            finds.append(
                {
                    **told,
                    "waypoint_id": line.waypoint.hex(),
                    "at": line.at,
                    "latitude": line.latitude,
                    "longitude": line.longitude,
                    "what": line.texts[patrol_finds.WHAT],
                    "category_label": observation_models.label(source, line.category) if line.category else None,
                }
            )
    return {"id": patrol.id.hex(), "finds": finds}


def _id(text: str) -> bytes:
    try:
        return parse_id(text)
    except ValueError as error:
        raise DataProblem(
            "ID_WRONG", _("{text} is not a record's id.").format(text=text), _("An id has 32 hex digits.")
        ) from error


# -- photos ----------------------------------------------------------------------------------------------------


def _photos(library: Library, args: argparse.Namespace) -> Answer:
    patrol = _patrol(library, args.patrol)
    if args.photo and not (args.place or args.time):
        raise UsageProblem(
            "PLACE_MISSING", _("It is not said where or when the photo was taken."), _("Add --place or --time.")
        )
    answer: Answer = {"patrol_id": patrol.id.hex()}
    if args.files:
        find = _id(args.find) if args.find else None
        taken = answers.with_progress(patrol_photos.attach(library, patrol.id, args.files, find=find))
        answer |= taken.answer()
    seconds = args.shift
    if args.photo:
        media = _photo_named(library, patrol.id, args.photo)
        seconds = patrol_photos.shift_by(library, media, time=args.time or "", place=args.place or "")
    if seconds is not None:
        seen = patrol_photos.preview(library, patrol.id, seconds)
        answer |= {"shift": seconds, "placed_before": seen.placed_before, "placed_after": seen.placed_after}
        if not args.preview:
            patrol_photos.set_shift(library, patrol.id, seconds)
        shown = seen.after
    else:
        with library.read() as db:
            shown = patrol_photos.photos(db, patrol.id)
    answer["photos"] = [one.answer() for one in shown]
    return answer


def _photo_named(library: Library, patrol: bytes, name: str) -> bytes:
    with library.read() as db:
        found = [one.id for one in patrol_photos.photos(db, patrol) if name in (one.file_name, one.id.hex())]
    if len(found) != 1:
        raise DataProblem(
            "NO_PHOTO",
            _("The patrol has no single photo called {name}.").format(name=name),
            _("Use its id from the list."),
        )
    return found[0]
