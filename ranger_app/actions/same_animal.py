"""Saying that two known animals are one, or are not, and taking it back: this station's own word on a pair."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ranger_app.actions import records
from ranger_app.actions.listing import Names
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.natural_order import natural
from ranger_app.domain.ops import Op, change, create
from ranger_app.domain.same_animal import DIFFERENT, SAME, WITHDRAWN, Contradiction, Said, key
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import animals
from ranger_app.store.animals import Catalogues
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record


@dataclass(frozen=True, slots=True)
class Point:
    """One mark on the pictures of both animals that match. Ids of pictures; 1/10,000 of their width and height."""

    one_picture: bytes
    one_x: int
    one_y: int
    other_picture: bytes
    other_x: int
    other_y: int

    def turned(self) -> Point:
        """The same mark with the animals named the other way round."""
        return Point(self.other_picture, self.other_x, self.other_y, self.one_picture, self.one_x, self.one_y)


@dataclass(frozen=True, slots=True)
class Word:
    """What one station says of a pair. ``by`` is the person's name, "" where not known; ``at`` milliseconds."""

    station_name: str
    country: str
    answer: str
    by: str
    at: int
    remarks: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A pair that something is said of, the own catalogue's animal first. ``mine`` is this station's answer, or ""."""

    one: bytes
    other: bytes
    state: str
    mine: str
    said: tuple[Word, ...]
    waits_for_us: bool = False
    """Whether the other station said "same" and nothing but our word is open here."""


_ORDER = ("waiting", "disputed", "agreed", "different")


def say(
    library: Library,
    one: bytes,
    other: bytes,
    answer: str,
    *,
    points: Sequence[Point] = (),
    remarks: str | None = None,
) -> Changes:
    """Say "same" or "different" of two animals. A station has one word on a pair: saying it again replaces it.

    DataProblem NO_RECORD, SAME_RECORD where both are the same record, SPECIES_DIFFER where animals of two species are
    said to be the same, ANSWER_WRONG for any other answer.
    """
    if answer not in (SAME, DIFFERENT):
        raise DataProblem(
            "ANSWER_WRONG",
            _("{answer} is no answer on two animals.").format(answer=answer),
            _("Say: same, or different."),
        )
    if one == other:
        raise DataProblem(
            "SAME_RECORD", _("These are one and the same animal already."), _("Choose another animal beside it.")
        )
    with library.read() as db:
        pair = [records.existing(db, "individual", record) for record in (one, other)]
        if answer == SAME:
            _check_species(pair)
        own = _own(db, library, one, other)
    told: dict[str, Value] = {"answer": answer, "by": library.person, "at": library.now_ms(), "remarks": remarks}
    if own is None:
        op = create("same_animal", library.new_id(), {"one": one, "other": other, **told, "points": _written(points)})
    else:
        turned = own[1].one != one
        marks = [point.turned() for point in points] if turned else points
        op = change("same_animal", own[0], {**told, "points": _written(marks)})
    return _commit(library, op, f"{answer} animal", one, other)


def take_back(library: Library, one: bytes, other: bytes) -> Changes:
    """Take this station's word on two animals back, whichever it was. DataProblem NOTHING_SAID where there is none."""
    with library.read() as db:
        own = _own(db, library, one, other)
    if own is None or own[1].answer == WITHDRAWN:
        raise DataProblem(
            "NOTHING_SAID",
            _("This station has said nothing of these two animals."),
            _("Only the station that said it can take it back; you can say that they are different."),
        )
    told: dict[str, Value] = {"answer": WITHDRAWN, "by": library.person, "at": library.now_ms()}
    return _commit(library, change("same_animal", own[0], told), "take back animal", one, other)


def listed(library: Library, db: Database) -> list[Listed]:
    """Every pair that a word stands on: what waits for us, what waits for others, disputed, agreed, different.

    Pairs of one state are in the order of their codes.
    """
    here = animals.catalogues(db)
    texts = _texts(db)
    names = Names(db)
    mine = library.station.id
    found: list[Listed] = []
    for (first, second), pair in here.joins.pairs.items():
        turned = here.animals[second].station == mine and here.animals[first].station != mine
        one, other = (second, first) if turned else (first, second)
        said = []
        for word in sorted(pair.said.values(), key=lambda word: (word.at, word.station)):
            by, remarks, points = texts[word.id]
            said.append(
                Word(
                    here.stations.get(word.station, (word.station.hex()[:8], ""))[0],
                    here.country(word.station),
                    word.answer,
                    names("person", by) if by is not None else "",
                    word.at,
                    remarks,
                    tuple(point if word.one == one else point.turned() for point in points),
                )
            )
        own = pair.said.get(mine)
        found.append(Listed(one, other, pair.state, own.answer if own else "", tuple(said), mine in pair.lacking))
    return sorted(
        found,
        key=lambda one: (
            not one.waits_for_us,
            _ORDER.index(one.state),
            natural(here.code(one.one)),
            one.one,
            one.other,
        ),
    )


def waiting_for_us(library: Library, db: Database) -> int:
    """How many pairs a partner says are the same animal and wait for this station's word."""
    if db.conn.execute("SELECT 1 FROM same_animal WHERE deleted = 0 LIMIT 1").fetchone() is None:
        return 0
    pairs = animals.catalogues(db).joins.pairs.values()
    return sum(library.station.id in pair.lacking for pair in pairs)


def words(wrong: Contradiction, here: Catalogues) -> str:
    """A contradiction in one or two sentences: which two, over which chain they would be one, and what to do."""
    one, other = (here.code(animal) for animal in wrong.between)
    told = {
        "one": one,
        "other": other,
        "chain": " = ".join(here.code(animal) for animal in wrong.chain),
    }
    match wrong.why:
        case "different":
            what = _("{one} and {other} are said to be different animals, and yet to be one by: {chain}.")
        case "catalogue":
            what = _("{one} and {other} are two animals in their own catalogue, and yet one by: {chain}.")
        case "species":
            what = _("{one} and {other} are of two species, and yet one by: {chain}.")
        case _:
            what = _("{one} and {other} are a female and a male, and yet one by: {chain}.")
    todo = {
        "different": _("Take back one pair of this chain, or that the two are different."),
        "catalogue": _("Take back one pair of this chain, or say that the two are the same animal."),
        "species": _("Take back one pair of this chain, or correct the species."),
        "sex": _("Take back one pair of this chain, or correct the sex."),
    }
    return f"{what.format(**told)} {todo[wrong.why]}"


def _check_species(pair: Sequence[Record]) -> None:
    one, other = (record.text("taxon") for record in pair)
    if one and other and one != other:
        raise DataProblem(
            "SPECIES_DIFFER",
            _("{one} and {other} are two species and cannot be one animal.").format(one=one, other=other),
            _("Correct the species of one of them first, or choose another animal."),
        )


def _own(db: Database, library: Library, one: bytes, other: bytes) -> tuple[bytes, Said] | None:
    """This station's own statement on the pair: the one that counts, where it should have several."""
    rows = db.conn.execute(
        "SELECT s.id, b.origin, s.one, s.other, s.answer, s.at FROM same_animal AS s JOIN batch AS b ON b.key = s.batch"
        " WHERE s.deleted = 0 AND b.origin = ?1 AND ((s.one = ?2 AND s.other = ?3) OR (s.one = ?3 AND s.other = ?2))",
        (library.station.id, one, other),
    )
    said = [Said(row[0], row[1], row[2], row[3], row[4] or "", row[5] or 0) for row in rows]
    newest = max(said, key=lambda word: (word.at, word.id), default=None)
    return None if newest is None else (newest.id, newest)


def _commit(library: Library, op: Op, label: str, one: bytes, other: bytes) -> Changes:
    done = library.commit([op], label=label)
    # Whoever shows one of the two looks again, not only whoever shows the statement.
    return replace(done, kinds=done.kinds | {"individual"}, ids=(*done.ids, *key(one, other)))


def _written(points: Sequence[Point]) -> str | None:
    return canonical([_entry(point) for point in points]) if points else None


def _entry(point: Point) -> dict[str, object]:
    return {
        "one": point.one_picture.hex(),
        "one_x": point.one_x,
        "one_y": point.one_y,
        "other": point.other_picture.hex(),
        "other_x": point.other_x,
        "other_y": point.other_y,
    }


def _texts(db: Database) -> dict[bytes, tuple[bytes | None, str, list[Point]]]:
    """Who said it, remarks and points of every statement."""
    rows = db.conn.execute('SELECT id, "by", remarks, points FROM same_animal WHERE deleted = 0')
    return {row[0]: (row[1], row[2] or "", _points(row[3])) for row in rows}


def _points(text: str | None) -> list[Point]:
    found = []
    for entry in json.loads(text) if text else ():
        try:
            found.append(
                Point(
                    bytes.fromhex(entry["one"]), int(entry["one_x"]), int(entry["one_y"]),
                    bytes.fromhex(entry["other"]), int(entry["other_x"]), int(entry["other_y"]),
                )
            )  # fmt: skip
        except (KeyError, TypeError, ValueError):
            continue  # a mark of a newer version, or half of one: the word on the animals stands without it
    return found
