"""``individual``: joining animals of two catalogues, splitting, captures, and second opinions.

An animal is named by its id, the beginning of it, its code, or country and code as in "RU T-07".
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ranger_app.actions import catalogue, records, same_animal, second_opinion
from ranger_app.cli.kinds import ids, record_id
from ranger_app.domain import same_animal as rule
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.kinds_individual import OPINIONS, SIDES
from ranger_app.domain.time import instant_text
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import animals
from ranger_app.store.animals import Catalogues

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]
_SHORTEST = 4
"""Letters of an id that name a record, where they name one only."""
_PAIR = "one, one_code, other, other_code, state, mine, waits_for_us, said [station, country, answer, by, at, remarks]"
_ENTRY = "individuals [id, code, name, codes, taxon, sex, status, country, mine, captures, last_seen, picture, joined]"
_CAPTURE = (
    "individual, codes, captures [observation_id, media_id, sha256, time_utc, place, deployment_id, flank, sureness,"
    " by, individual]"
)
_OPINION = (
    "open [id, observation_id, media, taxon, asked_at], answered [id, observation_id, first, second, answer, agrees,"
    " by, asked_by, at, remarks]"
)


def add(sub: Verbs) -> None:
    """Add the verbs of ``individual``."""
    join = _verb(sub, "join", _("say that two are the same animal"), _PAIR, _join)
    apart = _verb(sub, "apart", _("say that two are different animals"), _PAIR, _apart)
    back = _verb(sub, "take-back", _("take back what this station said of two animals"), _PAIR, _take_back)
    for pair in (join, apart, back):
        pair.add_argument("one", metavar="A")
        pair.add_argument("other", metavar="B")
    for pair in (join, apart):
        pair.add_argument("--remarks")
    _verb(
        sub,
        "joins",
        _("what was said of which two animals, and chains that contradict themselves"),
        f"pairs [{_PAIR}], contradictions [why, one, other, chain, text], waiting_for_us, rule",
        _joins,
    )
    listing = _verb(sub, "catalogue", _("the animals of all catalogues with their captures"), _ENTRY, _catalogue)
    listing.add_argument("--taxon")
    met = _verb(
        sub, "captures", _("where and when an animal was met, with those it is joined with"), _CAPTURE, _captures
    )
    met.add_argument("id", metavar="ID")
    met.add_argument("--alone", action="store_true", help=_("without the animals it is joined with"))
    split = _verb(sub, "split", _("make a new animal of some captures of one"), "id, observations", _split)
    split.add_argument("id", metavar="ID")
    split.add_argument("observations", nargs="+", metavar="OBSERVATION")
    split.add_argument("--code", required=True)
    for name in ("--name", "--sex", "--taxon", "--remarks"):
        split.add_argument(name)
    move = _verb(sub, "move", _("say that captures show another animal"), "individual, observations", _move)
    move.add_argument("id", metavar="ANIMAL")
    move.add_argument("observations", nargs="+", metavar="OBSERVATION")
    ask = _verb(sub, "ask", _("ask another person, blind, whom an observation shows"), "opinion", _ask)
    ask.add_argument("observation", metavar="OBSERVATION")
    opinions = _verb(sub, "opinions", _("second opinions asked and answered"), _OPINION, _opinions)
    opinions.add_argument("--open", action="store_true", help=_("only those that the person at work may answer"))
    say = _verb(sub, "opinion", _("give a second opinion"), "opinion, answer, individual", _opinion)
    say.add_argument("id", metavar="ID")
    say.add_argument("--answer", required=True, choices=[choice.code for choice in OPINIONS])
    say.add_argument("--individual", metavar="ID")
    say.add_argument("--remarks")
    what = _("choose the picture that shows a side of an animal")
    picture = _verb(sub, "picture", what, "individual, flank, media", _picture)
    picture.add_argument("id", metavar="ID")
    picture.add_argument("media", nargs="?", metavar="MEDIA", help=_("none takes the choice back"))
    picture.add_argument("--flank", required=True, choices=SIDES)


def _verb(sub: Verbs, name: str, what: str, keys: str, handler: object) -> argparse.ArgumentParser:
    made = sub.add_parser(name, help=what, description=f"{what}. JSON: {keys}.")
    made.set_defaults(handler=handler)
    return made


def animal_id(library: Library, text: str) -> bytes:
    """The animal that ``text`` names; DataProblem NO_RECORD, or SEVERAL_ANIMALS with those that it may mean."""
    wanted = text.strip()
    with library.read() as db:
        here = animals.catalogues(db)
    known = [record for record in here.animals if record.hex() == wanted.lower()]
    fits = known or [
        record
        for record, one in here.animals.items()
        if wanted in (one.code, here.code(record))
        or (len(wanted) >= _SHORTEST and record.hex().startswith(wanted.lower()))
    ]
    if len(fits) > 1:
        several = ", ".join(f"{here.code(one)} ({one.hex()[:8]})" for one in sorted(fits)[:5])
        raise DataProblem(
            "SEVERAL_ANIMALS",
            _("{name} may be any of these animals: {animals}.").format(name=text, animals=several),
            _("Give the country and the code, or the beginning of the id."),
        )
    if not fits:
        return record_id(library, "individual", text)  # it says what to do
    return fits[0]


def _join(library: Library, args: argparse.Namespace) -> Answer:
    return _say(library, args, rule.SAME)


def _apart(library: Library, args: argparse.Namespace) -> Answer:
    return _say(library, args, rule.DIFFERENT)


def _say(library: Library, args: argparse.Namespace, answer: str) -> Answer:
    one, other = animal_id(library, args.one), animal_id(library, args.other)
    same_animal.say(library, one, other, answer, remarks=args.remarks)
    return _standing(library, one, other)


def _take_back(library: Library, args: argparse.Namespace) -> Answer:
    one, other = animal_id(library, args.one), animal_id(library, args.other)
    same_animal.take_back(library, one, other)
    return _standing(library, one, other)


def _standing(library: Library, one: bytes, other: bytes) -> Answer:
    """How a pair stands now; ``state`` is null where nobody's word stands any more."""
    with library.read() as db:
        here = animals.catalogues(db)
        pairs = same_animal.listed(library, db)
    found = next((pair for pair in pairs if {pair.one, pair.other} == {one, other}), None)
    return _pair(here, found or same_animal.Listed(one, other, "", "", ()))


def _pair(here: Catalogues, pair: same_animal.Listed) -> Answer:
    return {
        "one": pair.one.hex(),
        "one_code": here.code(pair.one),
        "other": pair.other.hex(),
        "other_code": here.code(pair.other),
        "state": pair.state or None,
        "mine": pair.mine or None,
        "waits_for_us": pair.waits_for_us,
        "said": [
            {
                "station": word.station_name,
                "country": word.country,
                "answer": word.answer,
                "by": word.by or None,
                "at": instant_text(word.at),
                "remarks": word.remarks or None,
            }
            for word in pair.said
        ],
    }


def _joins(library: Library, _args: argparse.Namespace) -> Answer:
    with library.read() as db:
        here = animals.catalogues(db)
        pairs = same_animal.listed(library, db)
    return {
        "pairs": [_pair(here, pair) for pair in pairs],
        "contradictions": [
            {
                "why": wrong.why,
                "one": wrong.between[0].hex(),
                "other": wrong.between[1].hex(),
                "chain": [one.hex() for one in wrong.chain],
                "text": same_animal.words(wrong, here),
            }
            for wrong in here.joins.contradictions
        ],
        "waiting_for_us": sum(pair.waits_for_us for pair in pairs),
        "rule": _(rule.RULE),
    }


def _catalogue(library: Library, args: argparse.Namespace) -> Answer:
    with library.read() as db:
        found = catalogue.entries(db, args.taxon)
    return {
        "individuals": [
            {
                "id": one.id.hex(),
                "code": one.code,
                "name": one.name or None,
                "codes": one.codes,
                "taxon": one.taxon,
                "sex": one.sex or None,
                "status": one.status or None,
                "country": one.country,
                "mine": one.mine,
                "captures": one.captures,
                "last_seen": None if one.last_seen is None else instant_text(one.last_seen * 1000),
                "picture": _hex(one.picture),
                "joined": [other.hex() for other in one.joined],
            }
            for one in found
        ]
    }


def _captures(library: Library, args: argparse.Namespace) -> Answer:
    animal = animal_id(library, args.id)
    with library.read() as db:
        found = catalogue.captures(db, animal, joined=not args.alone)
        codes = animals.catalogues(db).codes(animal)
    return {
        "individual": animal.hex(),
        "codes": codes,
        "captures": [
            {
                "observation_id": one.observation.hex(),
                "media_id": _hex(one.media),
                "sha256": one.sha256,
                "time_utc": None if one.taken_at is None else instant_text(one.taken_at * 1000),
                "place": one.place or None,
                "deployment_id": _hex(one.deployment),
                "flank": one.flank or None,
                "sureness": one.sureness or None,
                "by": one.by or None,
                "individual": one.animal.hex(),
            }
            for one in found
        ],
    }


def _split(library: Library, args: argparse.Namespace) -> Answer:
    animal, observations = animal_id(library, args.id), list(dict.fromkeys(ids(args.observations)))
    typed = {name: getattr(args, name) for name in ("code", "name", "sex", "taxon", "remarks")}
    with library.read() as db:
        given = {name: text for name, text in typed.items() if text is not None}
        values = records.parse_values(db, kind_named("individual"), given)
    made = catalogue.split(library, animal, observations, values)
    return {"id": made.hex(), "observations": [one.hex() for one in observations]}


def _move(library: Library, args: argparse.Namespace) -> Answer:
    animal, observations = animal_id(library, args.id), list(dict.fromkeys(ids(args.observations)))
    catalogue.move(library, observations, animal)
    return {"individual": animal.hex(), "observations": [one.hex() for one in observations]}


def _ask(library: Library, args: argparse.Namespace) -> Answer:
    return {"opinion": second_opinion.ask(library, ids([args.observation])[0]).hex()}


def _opinions(library: Library, args: argparse.Namespace) -> Answer:
    with library.read() as db:
        waiting = second_opinion.open_for(library, db)
        answered = [] if args.open else second_opinion.answered(db)
    found: Answer = {
        "open": [
            {
                "id": one.id.hex(),
                "observation_id": one.observation.hex(),
                "media": [media.hex() for media in one.media],
                "taxon": one.taxon,
                "asked_at": instant_text(one.asked_at),
            }
            for one in waiting
        ]
    }
    if args.open:
        return found
    return found | {
        "answered": [
            {
                "id": one.id.hex(),
                "observation_id": one.observation.hex(),
                "first": _hex(one.first),
                "second": _hex(one.second),
                "answer": one.answer,
                "agrees": one.agrees,
                "by": one.by or None,
                "asked_by": one.asked_by or None,
                "at": instant_text(one.at),
                "remarks": one.remarks or None,
            }
            for one in answered
        ]
    }


def _opinion(library: Library, args: argparse.Namespace) -> Answer:
    individual = animal_id(library, args.individual) if args.individual else None
    question = ids([args.id])[0]
    second_opinion.answer(library, question, args.answer, individual, args.remarks)
    return {"opinion": question.hex(), "answer": args.answer, "individual": _hex(individual)}


def _picture(library: Library, args: argparse.Namespace) -> Answer:
    animal = animal_id(library, args.id)
    media = ids([args.media])[0] if args.media else None
    catalogue.choose_picture(library, animal, args.flank, media)
    return {"individual": animal.hex(), "flank": args.flank, "media": _hex(media)}


def _hex(record: bytes | None) -> str | None:
    return None if record is None else record.hex()
