"""Keys withdrawn: said here, taken in from others, put into force or not by a person, and lifted again.

Nothing already handed over can be taken back. What arrives after the cut is kept and passed on, but not shown.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ranger_app.actions import permission
from ranger_app.actions.outputs import spare_library
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library
from ranger_app.store import origins
from ranger_app.store import partners as stations
from ranger_app.store import revocations as store
from ranger_app.store.connection import Database
from ranger_app.store.revocations import REFUSED, Row
from ranger_app.sync import revocations as statements
from ranger_app.sync.revocations import Revocation, RevocationError

IN_FORCE, WAITING, NOT_FOLLOWED, LIFTED = "in_force", "waiting", "not_followed", "lifted"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One statement as people see it. ``state`` is one of the four above; times in ms since 1970."""

    station: bytes
    name: str
    own: bool
    """Whether it is about this very station."""
    issuer: bytes
    issuer_name: str
    reason: str
    issued: int
    came: int
    state: str
    decided: int | None
    by: bytes | None
    not_shown: int
    """Operations of the station that are kept and not shown now."""


def no_way_back(own: bool = False) -> str:
    """What everybody has to know before a partner's keys, or this station's ``own``, are withdrawn."""
    if own:
        return _(
            "If a copy of this station's keys was stolen: partners who read the statement show nothing that is signed "
            "with them from now on. Go on in a new library with new keys, and pair again. "
            "What was taken cannot be taken back."
        )
    return _(
        "From now on nothing is written to this station, and what it signs from now on is not shown here. "
        "What was handed over to it cannot be taken back."
    )


def list_(library: Library) -> list[Withdrawal]:
    """All statements that are here, oldest first."""
    with library.read() as db:
        return [_shown(library, db, row) for row in store.rows(db)]


def waiting(library: Library) -> list[Withdrawal]:
    """Statements of partners on which a person here has to decide."""
    return [one for one in list_(library) if one.state == WAITING]


def withdraw(library: Library, station: bytes, reason: str) -> Job[Withdrawal]:
    """State that the keys of ``station`` are withdrawn: of its work counts what is here now and nothing later.

    In force here at once; it travels to the partners in every bundle. Needs the role exchange or manager, for this
    station itself manager. DataProblem for a station whose card is not here or a reason that is empty or too long.
    """
    own = station == library.station.id
    permission.require(library, permission.MANAGER if own else permission.EXCHANGE)
    reason = " ".join(reason.split())
    if not reason or len(reason) > statements.MOST_REASON:
        raise DataProblem(
            "REASON_MISSING", _("There is no short reason."), _("Say in a sentence why the keys are withdrawn.")
        )
    with library.read() as db:
        _known(library, db, station)
        cut = store.newest(db, station)
    yield from _state(library, station, reason, cut, lifted=False)
    return _of(library, station, library.station.id)


def take(library: Library, text: str) -> Job[Withdrawal]:
    """Take in a signed statement. One of our own or of the station itself is in force at once; others wait.

    What a station says of itself can only take more away: whoever stole its keys must not give them back. DataProblem
    where the text is no statement, its signature is not right, or its issuer's card is not here.
    """
    try:
        said = statements.read(text)[0]
        with library.read() as db:
            key = _signing_key(library, db, said.issuer)
        said = statements.verify(text, key)
    except RevocationError as error:
        raise DataProblem(
            "WITHDRAWAL_NOT_VALID",
            _("This is not a valid statement about withdrawn keys."),
            _("Ask the station that wrote it for a new one."),
        ) from error

    with library.read() as db:
        news = _taken(library, db, said) is not None
    if news:

        def change(db: Database) -> None:
            row = _taken(library, db, said)
            if row is not None:
                store.put(db, row)

        yield from _changed(library, said.station, change)
    return _of(library, said.station, said.issuer)


def read_file(path: Path) -> str:
    """The text of a statement's file; DataProblem where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(statements.LIMIT + 1).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise DataProblem(
            "WITHDRAWAL_NOT_VALID",
            _("{file} cannot be read.").format(file=path),
            _("Choose the file that the partner wrote."),
        ) from error


def accept(library: Library, station: bytes, issuer: bytes) -> Job[Withdrawal]:
    """Follow a partner's statement: it is in force here from now on. Needs the role exchange or manager."""
    yield from _decide(library, station, issuer, library.now_ms())
    return _of(library, station, issuer)


def refuse(library: Library, station: bytes, issuer: bytes) -> Job[Withdrawal]:
    """Do not follow a statement: it has no effect here, and is passed on all the same."""
    yield from _decide(library, station, issuer, REFUSED)
    return _of(library, station, issuer)


def lift(library: Library, station: bytes) -> Job[list[Withdrawal]]:
    """Show the station's work again: our own statement is taken back everywhere, others are not followed here.

    Needs the role exchange or manager. DataProblem where nothing is in force.
    """
    permission.require(library, permission.EXCHANGE)
    with library.read() as db:
        rows = [row for row in store.rows(db, station) if row.in_force]
    if not rows:
        raise _none(station)
    for row in rows:
        if row.issuer == library.station.id:
            content = row.content
            cut = {bytes.fromhex(incarnation): int(n) for incarnation, n in content["cut"].items()}
            yield from _state(library, station, str(content["reason"]), cut, lifted=True)
        else:
            yield from _decide(library, station, row.issuer, REFUSED)
    return [one for one in list_(library) if one.station == station]


def write_file(library: Library, station: bytes, out: Path) -> Path:
    """Write our own statement on ``station`` to a file, or into a folder, to hand it over without a bundle."""
    with library.read() as db:
        row = store.one(db, station, library.station.id)
    if row is None:
        raise _none(station)
    target = out / f"ranger-withdrawal-{station.hex()[:8]}.json" if out.is_dir() else out
    spare_library(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8", newline="\n") as file:
            file.write(row.text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise EnvironmentProblem(
            "WITHDRAWAL_NOT_WRITTEN",
            _("The statement could not be written to {file}.").format(file=target),
            _("Check the stick and the space on it."),
        ) from error
    return target


def sentence(library: Library, station: bytes) -> str:
    """What to say beside everything that comes from ``station``; empty where its keys are in order."""
    with library.read() as db:
        row = store.withdrawn(db).get(station)
        if row is None:
            return ""
        name = _name(library, db, station, str(row.content["name"]))
    return _("The keys of {name} are withdrawn: what it signed after that is kept, but not shown.").format(name=name)


# -- rules ---------------------------------------------------------------------------------------------------------


def _taken(library: Library, db: Database, said: Revocation) -> Row | None:
    """The row that ``said`` becomes; None where nothing changes."""
    before = store.one(db, said.station, said.issuer)
    now = library.now_ms()
    of_itself = said.issuer == said.station
    at_once = of_itself or said.issuer == library.station.id
    if before is None:
        return Row(said.station, said.issuer, said.text, now, now if at_once and not said.lifted else None, None)
    old = statements.read(before.text)[0]
    if (said.number, said.text) <= (old.number, old.text):
        return None  # a restored or copied issuer can count to the same number twice: one of the two holds everywhere
    takes_more = any(n > said.cut.get(incarnation, 0) for incarnation, n in old.cut.items())
    if of_itself and not old.lifted and (said.lifted or not takes_more or _gives_back(old, said)):
        return None
    if before.accepted == REFUSED:
        accepted = None  # a person decided against the one before, and decides anew
    elif at_once:
        accepted = None if said.lifted else before.accepted or now
    else:
        accepted = None if takes_more or old.lifted else before.accepted  # more than the person here agreed to
    return replace(before, text=said.text, at=now, accepted=accepted, by=before.by if accepted else None)


def _gives_back(old: Revocation, said: Revocation) -> bool:
    return any(n > old.cut.get(incarnation, 0) for incarnation, n in said.cut.items())


def _state(library: Library, station: bytes, reason: str, cut: dict[bytes, int], *, lifted: bool) -> Job[None]:
    own = library.station.id

    def change(db: Database) -> None:
        before = store.one(db, station, own)
        text = statements.write(
            station=station,
            name=_name(library, db, station, ""),
            issuer=own,
            number=statements.read(before.text)[0].number + 1 if before else 1,
            cut=cut,
            reason=reason,
            issued=library.now_ms(),
            sign=library.keys.signer.sign,
            lifted=lifted,
        )
        now = library.now_ms()
        store.put(db, Row(station, own, text, before.at if before else now, now, library.person))

    yield from _changed(library, station, change)


def _decide(library: Library, station: bytes, issuer: bytes, accepted: int) -> Job[None]:
    permission.require(library, permission.EXCHANGE)

    def change(db: Database) -> None:
        row = store.one(db, station, issuer)
        if row is None:
            raise _none(station)
        store.put(db, replace(row, accepted=accepted, by=library.person))

    yield from _changed(library, station, change)


def _changed(library: Library, station: bytes, change: Callable[[Database], None]) -> Job[None]:
    """Change the statements on a station; where that shows or hides anything, make the tables again."""

    def both(db: Database) -> bool:
        before = store.cuts(db)
        change(db)
        return store.differ(db, station, before, store.cuts(db))

    for done, total in library.remaking(both):
        yield Progress(done, total, _("Making the tables again"))


# -- words ---------------------------------------------------------------------------------------------------------


def _of(library: Library, station: bytes, issuer: bytes) -> Withdrawal:
    with library.read() as db:
        row = store.one(db, station, issuer)
        if row is None:
            raise _none(station)
        return _shown(library, db, row)


def _shown(library: Library, db: Database, row: Row) -> Withdrawal:
    said = row.content
    if row.lifted:
        state = LIFTED
    elif row.waits:
        state = WAITING
    else:
        state = IN_FORCE if row.in_force else NOT_FOLLOWED
    return Withdrawal(
        row.station,
        _name(library, db, row.station, str(said["name"])),
        row.station == library.station.id,
        row.issuer,
        _name(library, db, row.issuer, ""),
        str(said["reason"]),
        int(said["issued"]),
        row.at,
        state,
        row.accepted or None,
        row.by,
        store.hidden(db, row.station),
    )


def _name(library: Library, db: Database, station: bytes, said: str) -> str:
    """As this library calls the station, else as the statement does."""
    known = station == library.station.id or stations.station(db, station) is not None
    return origins.named(db, station, library.station).name if known or not said else said


def _signing_key(library: Library, db: Database, issuer: bytes) -> bytes:
    if issuer == library.station.id:
        return library.station.signing
    known = stations.station(db, issuer)
    if known is None:
        raise DataProblem(
            "WITHDRAWAL_FROM_STRANGER",
            _("The statement is of a station that is not known here."),
            _("Add that station's card first."),
        )
    return known.signing


def _known(library: Library, db: Database, station: bytes) -> None:
    if station != library.station.id and stations.station(db, station) is None:
        raise _none(station)


def _none(station: bytes) -> DataProblem:
    return DataProblem(
        "NO_WITHDRAWAL",
        _("Nothing is known of withdrawn keys of station {id}.").format(id=station.hex()[:8]),
        _("See: ranger withdrawal list"),
    )


def find_station(library: Library, word: str) -> bytes:
    """The id of any known station by name, id or a unique beginning of either, this one too; DataProblem otherwise."""
    wanted = word.strip().casefold()
    digits = wanted.replace(" ", "")
    with library.read() as db:
        found = [(library.station.id, library.station.name)]
        found += [(one, origins.named(db, one, library.station).name) for one in stations.signing_keys(db)]
    named = [one for one, name in found if name.casefold() == wanted or one.hex() == digits]
    named = named or [
        one for one, name in found if wanted and (name.casefold().startswith(wanted) or one.hex().startswith(digits))
    ]
    if len(set(named)) != 1:
        raise DataProblem(
            "NO_PARTNER" if not named else "PARTNER_NOT_UNIQUE",
            _("There is no single station called {name}.").format(name=word),
            _("Use the station id instead."),
        )
    return named[0]
