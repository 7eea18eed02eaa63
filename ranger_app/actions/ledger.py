"""What exactly was given to whom, when and under which rule, and what of it a receipt proved to have arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from ranger_app.actions.journal import journal
from ranger_app.actions.records import title
from ranger_app.domain import batch as batches
from ranger_app.domain.kinds import KINDS
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import ledger as store
from ranger_app.store import log, rows
from ranger_app.store import partners as stations
from ranger_app.store.connection import Database
from ranger_app.store.ledger import Given

DAY_MS = 86_400_000
RECEIPT_DAYS = 7
"""After so many days without a receipt Today asks for one: a stick may take some days over the border."""
EXACT = "exact"

CONFIRMED, UNCONFIRMED, IN_PART, OVERTAKEN, RESTORED, UNFINISHED, NEVER, NONE = (
    "confirmed",
    "unconfirmed",
    "in_part",
    "overtaken",
    "restored",
    "unfinished",
    "never",
    "none",
)
"""States. ``overtaken``: not confirmed, but a later bundle was and brought the same; ``none``: no receipt is due."""
Local = Callable[[int | None], str]
"""A moment (ms since 1970) in the station's own time as text; empty for None."""
_PAGE = 1000


# -- writing it down -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BundleGiven:
    """A bundle that was written. ``to`` is the rule (JSON text) by station id; b"" is nobody in particular.

    ``name`` is its folder, ``place`` the stick or drop point; ``records`` and ``media`` are numbers by kind and form;
    ``digest`` is hex; ``batches`` are local keys; ``pictures`` are (name, form) as in ``store.ledger``.
    """

    bundle: bytes
    counter: int
    name: str
    place: str
    to: Mapping[bytes, str]
    records: Mapping[str, int]
    media: Mapping[str, int]
    bytes: int
    digest: str
    parts: int
    batches: Iterable[int] = ()
    pictures: Iterable[tuple[str, str]] = ()
    what: str = store.BUNDLE
    finished: bool = True


def note_bundle(library: Library, given: BundleGiven) -> list[int]:
    """Write a bundle into the ledger, one row for each party; returns the rows' keys."""
    keys: list[int] = []
    inside = list(given.batches)
    at = library.now_ms()

    def note(db: Database) -> None:
        for station, rule in given.to.items():
            row = Given(
                0, at, library.person, given.what, given.name, station or None, given.counter, given.bundle, rule,
                given.place, given.records, given.media, given.bytes, given.digest,
                given.parts if given.finished else 0,
            )  # fmt: skip
            keys.append(store.note(db, row, inside))

    library.write(note)
    left = iter(given.pictures)
    while part := list(islice(left, _PAGE)):

        def note_part(db: Database, part: list[tuple[str, str]] = part) -> None:
            for key in keys:
                store.note_media(db, key, part)

        library.write(note_part)
    return keys


def note_file(
    library: Library,
    what: str,
    name: str,
    *,
    place: str,
    rule: str = EXACT,
    records: Mapping[str, int] | None = None,
    media: Mapping[str, int] | None = None,
    bytes: int = 0,
    digest: str = "",
    station: bytes | None = None,
) -> int:
    """Write an export, report, map, card or receipt into the ledger; returns the row's key."""
    row = Given(
        0, library.now_ms(), library.person, what, name, station, None, None, rule, place, records or {}, media or {},
        bytes, digest, 1,
    )  # fmt: skip
    key = 0

    def note(db: Database) -> None:
        nonlocal key
        key = store.note(db, row)

    library.write(note)
    return key


# -- reading it ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger. ``to`` names the party, empty for nobody in particular; ``state`` is one of this module.

    ``days`` have passed since it left; ``lacking`` pictures are known not to have arrived, -1 where it is not known
    which; ``by`` is the bundle that brought the same later.
    """

    given: Given
    to: str
    who: str
    state: str
    days: int
    lacking: int = 0
    by: int | None = None

    @property
    def records(self) -> int:
        """How many records it held."""
        return sum(self.given.records.values())

    @property
    def pictures(self) -> int:
        """How many pictures it held, each counted once for each form."""
        return sum(self.given.media.values())


def lines(library: Library, partner: bytes | None = None, limit: int | None = None) -> list[Line]:
    """The ledger, newest first; of one partner, or of all."""
    now = library.now_ms()
    with library.read() as db:
        found = store.given(db, partner, limit)
        return _lines(db, found, now)


def _lines(db: Database, found: list[Given], now: int) -> list[Line]:
    names: dict[bytes | None, str] = {None: ""}
    people: dict[bytes | None, str] = {None: ""}
    proved: dict[bytes, list[Given]] = {}
    result = []
    for given in found:
        if given.station not in names:
            known = stations.station(db, given.station) if given.station else None
            names[given.station] = known.name if known else (given.station or b"").hex()[:8]
        if given.person not in people:
            people[given.person] = title(db, "person", given.person) if given.person else ""
        days = max(0, (now - given.at) // DAY_MS)
        if given.station is not None and given.station not in proved:
            proved[given.station] = [row for row in store.sealed(db, given.station) if row.proved]
        state, lacking, by = _state(db, given, proved.get(given.station or b"", []))
        result.append(Line(given, names[given.station], people[given.person], state, days, lacking, by))
    return result


def _state(db: Database, given: Given, proved: list[Given]) -> tuple[str, int, int | None]:
    """State, pictures lacking, and the later bundle that made it good; ``proved`` are those of the same party."""
    if given.what != store.BUNDLE or given.station is None:
        return (NONE if given.parts or given.what not in store.BUNDLES else UNFINISHED), 0, None
    if given.proved:
        return CONFIRMED, 0, None
    if given.confirmed is not None:
        return RESTORED, 0, None
    by = next((row.counter for row in proved if row.key > given.key), None)
    if by is not None:
        return OVERTAKEN, 0, by
    if given.confirmed_how == store.PART:
        return IN_PART, store.number_lacking(db, given.key), None
    return (UNCONFIRMED if given.parts else UNFINISHED), 0, None


def unknown_line(key: int) -> DataProblem:
    """There is no such line."""
    return DataProblem(
        "NO_LEDGER_LINE",
        _("The ledger has no line {n}.").format(n=key),
        _("See the numbers with: ranger ledger"),
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one kind in a line: how many, and the titles of the first."""

    kind: str
    number: int
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a line: its file name (or the beginning of its hash or id), its form, whether it did not arrive."""

    name: str
    file_name: str
    form: str
    lacking: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """All of a line. ``more`` says that titles or pictures go on beyond what was asked for."""

    line: Line
    groups: tuple[Group, ...]
    pictures: tuple[Picture, ...]
    more: bool = False


def detail(library: Library, key: int, most: int | None = 100) -> Detail:
    """A line with the titles of its records and its pictures, ``most`` of each kind; None for all of them.

    DataProblem where there is no such line.
    """
    now = library.now_ms()
    with library.read() as db:
        given = store.one(db, key) if abs(key) < 1 << 63 else None  # no larger number fits a key
        if given is None:
            raise unknown_line(key)
        line = _lines(db, [given], now)[0]
        groups, more = _groups(db, given, most)
        limit = -1 if most is None else most + 1
        pictures = [_picture(db, *one) for one in store.pictures(db, key, limit)]
    cut = most is not None and len(pictures) > most
    return Detail(line, groups, tuple(pictures[:most]), more or cut)


def _picture(db: Database, name: str, form: str, lacking: bool) -> Picture:
    return Picture(name, rows.file_name(db, name) or name[:12], form, lacking)


_SCANNED = 200
"""Batches that are opened for the titles of a line, unless all are asked for."""


def _groups(db: Database, given: Given, most: int | None) -> tuple[tuple[Group, ...], bool]:
    found: dict[str, dict[bytes, None]] = {kind.name: {} for kind in KINDS}
    for number, key in enumerate(store.inside(db, given.key)):
        if most is not None and (number >= _SCANNED or _enough(found, given, most)):
            break
        for op in batches.read(log.sealed(db, key)).ops:
            ids = found.setdefault(op.kind, {})
            if most is None or len(ids) < most:
                ids.setdefault(op.id)
    order = {kind.name: place for place, kind in enumerate(KINDS)}
    kinds = sorted({*given.records, *(kind for kind, ids in found.items() if ids)}, key=lambda one: order.get(one, 99))
    groups = []
    for kind in kinds:
        titles = tuple(title(db, kind, record) if kind in order else record.hex()[:8] for record in found.get(kind, {}))
        groups.append(Group(kind, max(given.records.get(kind, 0), 0) or len(titles), titles))
    return tuple(groups), any(group.number > len(group.titles) for group in groups)


def _enough(found: Mapping[str, Mapping[bytes, None]], given: Given, most: int) -> bool:
    return bool(given.records) and all(
        len(found.get(kind, ())) >= min(number, most) for kind, number in given.records.items()
    )


# -- where each partner stands ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What a partner confirmed. ``state`` is never, confirmed, in_part or unconfirmed.

    ``counter`` is the newest bundle for it, written at ``at``; ``waiting`` the oldest one without a receipt, sent
    ``days`` ago. Times in ms since 1970.
    """

    partner: bytes
    name: str
    state: str
    counter: int | None = None
    at: int | None = None
    waiting: int | None = None
    days: int = 0
    confirmed: int | None = None


def standing(library: Library, partner: bytes) -> Standing:
    """Where one partner stands; DataProblem where there is no such partner."""
    found = next((one for one in standings(library) if one.partner == partner), None)
    if found is None:
        raise DataProblem(
            "NO_PARTNER",
            _("There is no partner called {name}.").format(name=partner.hex()),
            _("Add the partner's station card first."),
        )
    return found


def standings(library: Library) -> list[Standing]:
    """Where every trusted partner stands, by name."""
    now = library.now_ms()
    with library.read() as db:
        partners = [one for one in stations.partners(db) if one.trusted]
        sent = {one.id: store.sealed(db, one.id) for one in partners}
    found = []
    for one in partners:
        rows = [row for row in sent[one.id] if row.parts]
        found.append(_standing(one.id, one.name, rows, now) if rows else _by_journal(library, one.id, one.name, now))
    return found


def _standing(partner: bytes, name: str, rows: list[Given], now: int) -> Standing:
    newest = rows[-1]
    open_rows: list[Given] = []
    for row in reversed(rows):
        # What a receipt names brought whatever the earlier ones had that did not arrive.
        if row.proved or row.confirmed_how == store.PART:
            break
        open_rows.append(row)
    confirmed = max((row.confirmed for row in rows if row.confirmed is not None), default=None)
    if not open_rows:
        state = CONFIRMED if newest.proved else IN_PART
        return Standing(partner, name, state, newest.counter, newest.at, confirmed=confirmed)
    oldest = open_rows[-1]
    days = max(0, (now - oldest.at) // DAY_MS)
    return Standing(partner, name, UNCONFIRMED, newest.counter, newest.at, oldest.counter, days, confirmed)


def _by_journal(library: Library, partner: bytes, name: str, now: int) -> Standing:
    """From the time before there was a ledger."""
    newest = next((one for one in journal(library) if one.written and one.station == partner), None)
    if newest is None:
        return Standing(partner, name, NEVER)
    days = 0 if newest.partner_has else max(0, (now - newest.at) // DAY_MS)
    state, waiting = (CONFIRMED, None) if newest.partner_has else (UNCONFIRMED, newest.counter)
    return Standing(partner, name, state, newest.counter, newest.at, waiting, days)


def receipts_missing(library: Library) -> list[Standing]:
    """Partners from whom a receipt is overdue, the longest first."""
    found = [one for one in standings(library) if one.state == UNCONFIRMED and one.days >= RECEIPT_DAYS]
    return sorted(found, key=lambda one: -one.days)


def confirmed(db: Database, bundle: bytes) -> bool | None:
    """Whether every party of a bundle confirmed it; None for one that the ledger does not know."""
    found = store.bundle_rows(db, bundle)
    return all(row.proved for row in found) if found else None
