"""A made-up border: stations that edit, carry sticks, lose them, restore, copy and clear each other, from one seed.

Everything is in memory and drawn from the seed, so a failing one plays again the same. Each member is the real log,
projection and signatures; what each statement knew of is kept beside as plain sets.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from ranger_app.domain import batch as batches
from ranger_app.domain import stubs
from ranger_app.domain.batch import BatchError, Opened, Sealed
from ranger_app.domain.fields import Group, Value
from ranger_app.domain.kinds import BY_NAME
from ranger_app.domain.ops import Op, change, create, purge
from ranger_app.domain.sharing import FULL, OPEN, STANDARD, Rule, stricter
from ranger_app.store import project, revocations, settings, withheld
from ranger_app.store.apply import ApplyReport, apply_turn, check
from ranger_app.store.conflicts import conflicts
from ranger_app.store.connection import transaction
from ranger_app.store.log import stored
from ranger_app.store.project import Projection
from ranger_app.store.rebuild import rebuild
from ranger_app.store.revocations import Row
from ranger_app.sync import revocations as statements
from tests.simulator.plain import Stamp
from tests.station import KEYS, Station

YEAR_US = 365 * 86_400_000_000
NOW_US = 1_700_000_000_000_000
FIRST: dict[str, dict[str, Value]] = {
    "deployment": {"utc_offset": 600},
    "note": {"about_kind": "patrol"},
    "media": {"width": 10},
    "location": {"type": "camera_site"},
    "person": {"role": "ranger"},
    "burrow": {"depth": 3},
}
"""What a record of each kind begins with; ``burrow`` is a kind that no version here knows."""
TEXTS: dict[str, tuple[str, ...]] = {
    "observation": ("taxon", "remarks", "behaviour"),
    "deployment": ("name", "remarks", "habitat", "bait_kind"),
    "note": ("text", "about_kind"),
    "media": ("remarks", "file_name", "flags"),
    "location": ("name", "remarks", "country"),
    "person": ("name", "remarks"),
    "burrow": ("name", "colour"),
}
NEW_KIND, NEW_FIELD = "note", ("deployment", "habitat")
"""What the older program of some members does not know yet."""
PRECISIONS = ("exact", "3", "2", "1", "withheld")


@contextmanager
def program(old: bool) -> Iterator[None]:
    """The older program, if ``old``: a kind and a field of today are words to it that it only carries."""
    if not old:
        yield
        return
    kind_name, field_name = NEW_FIELD
    hidden, whole = BY_NAME.pop(NEW_KIND), BY_NAME[kind_name]
    shorter = replace(whole, fields=tuple(f for f in whole.fields if f.name != field_name))
    tables: tuple[dict[str, Any], ...] = (project._FIELDS, project._CHECKS, project._OWN)
    before = [table[kind_name] for table in tables]
    BY_NAME[kind_name] = shorter
    for table in tables[:2]:
        table[kind_name] = {name: one for name, one in table[kind_name].items() if name != field_name}
    project._OWN[kind_name] = shorter.columns
    try:
        yield
    finally:
        BY_NAME[kind_name], BY_NAME[NEW_KIND] = whole, hidden
        for table, whole_table in zip(tables, before, strict=True):
            table[kind_name] = whole_table


def revealed(rule: Rule, op: Op) -> frozenset[str] | None:
    """What a rule lets a partner see of an operation, without looking at the records around it."""
    if rule.everything:
        return None
    if op.kind in rule.kinds:
        return frozenset()
    groups = {Group.OPEN.value}
    groups |= {Group.PEOPLE.value} if rule.people else set()
    groups |= {Group.TRACK.value} if rule.tracks else set()
    groups |= {Group.FILE.value} if rule.files else set()
    precision = rule.precision(0)
    if precision == "exact":
        groups |= {Group.PLACE.value, "place.3", "place.2", "place.1"}
    elif precision != "withheld":
        groups |= {f"place.{digits}" for digits in range(1, int(precision) + 1)}
    return frozenset(groups)


class Member(Station):
    """A library. ``old``: it runs an older program; ``rule``: what the others let it see."""

    def __init__(self, name: str, clock: int, rule: Rule, old: bool) -> None:
        with program(old):
            super().__init__(name, clock)
        with transaction(self.db):
            settings.put(self.db, "station.id", self.writer[0].hex())  # its own work is shown to it whatever others say
        self.rule, self.old = rule, old
        self.knew: set[bytes] = set()
        self.copies: list[tuple[Station, set[bytes]]] = []

    def make(self, world: World, *ops: Op) -> Sealed:
        """Commit, and keep what was known then."""
        with program(self.old):
            sealed = self.commit(*ops)
        kept = {row[0] for row in self.db.conn.execute("SELECT head FROM batch WHERE understood = 0")}
        world.knew[sealed.head] = frozenset(self.knew - kept)
        self.knew.add(sealed.head)
        return sealed

    def take(self, world: World, sealed: Iterable[Sealed]) -> ApplyReport:
        """Read batches as they come, passing over what is broken."""
        report = ApplyReport()
        with program(self.old):
            turn = []
            for one in sealed:
                try:
                    turn.append((one, world.opened(one)))
                except BatchError:
                    world.refused += 1
            apply_turn(self.db, self.log, self.projection, turn, 0, report)
        self.knew.update(one.head for one, _opened in turn)
        return report

    def state(self) -> str:
        """The state hash as its program computes it."""
        with program(self.old):
            return self.hash()

    def settled(self) -> None:
        """Make the tables anew from the log."""
        with program(self.old):
            with transaction(self.db):
                rebuild(self.db, self.log, self.projection)
            self.log.load()

    def hear(self, texts: Iterable[str]) -> None:
        """Take in statements that keys are withdrawn, and follow them."""
        for text in texts:
            said = statements.verify(text, KEYS[statements.read(text)[0].issuer])
            before = revocations.one(self.db, said.station, said.issuer)
            if before and said.number <= statements.read(before.text)[0].number:
                continue
            cuts = revocations.cuts(self.db)
            with transaction(self.db):
                revocations.put(self.db, Row(said.station, said.issuer, text, 1, 1, None))
            if revocations.differ(self.db, said.station, cuts, revocations.cuts(self.db)):
                self.settled()

    def upgrade(self) -> None:
        """From now on today's program."""
        self.old = False
        self.projection = Projection(self.db, self.log)
        self.settled()

    def has(self, kind: str, record: bytes) -> bool:
        """Whether anything of a record is here."""
        if (kind in FIRST and kind != "burrow") or kind == "observation":
            return self.db.conn.execute(f'SELECT 1 FROM "{kind}" WHERE id=?', (record,)).fetchone() is not None
        return self.db.conn.execute("SELECT 1 FROM edit WHERE id=?", (record,)).fetchone() is not None

    def holds(self) -> dict[bytes, bytes | None]:
        """Which batches are here, and how much of each."""
        return dict(self.db.conn.execute("SELECT head, mask FROM batch").fetchall())

    def become(self, source: Station, knew: set[bytes], rng: random.Random) -> None:
        """Go on from a copy of a library, as a writer of a new incarnation."""
        source.db.conn.backup(self.db.conn)
        self.log.load()
        self.knew = set(knew)
        self.writer = (self.writer[0], rng.randbytes(8))
        self.n, self.prev = 0, batches.FIRST

    def copied(self) -> tuple[Station, set[bytes]]:
        """A copy of the library as it is now."""
        copy = Station("a copy")
        self.db.conn.backup(copy.db.conn)
        return copy, set(self.knew)


@dataclass
class Stick:
    """Batches in the form that its receivers may see; ``holds`` is what the writer had."""

    giver: int
    takers: tuple[int, ...]
    sealed: list[Sealed]
    holds: dict[bytes, bytes | None]
    texts: list[str]


@dataclass
class World:
    """All members, the records there are and the sticks on the way."""

    seed: int
    rng: random.Random = field(init=False)
    members: list[Member] = field(default_factory=list)
    records: list[tuple[str, bytes]] = field(default_factory=list)
    pocket: list[Stick] = field(default_factory=list)
    told: dict[tuple[int, int], dict[bytes, bytes | None]] = field(default_factory=dict)
    """(reader, writer) -> what the writer held when it wrote the newest stick that the reader has read."""
    knew: dict[bytes, frozenset[bytes]] = field(default_factory=dict)
    secrets: dict[Value, tuple[bytes, str, Op]] = field(default_factory=dict)
    """Value nobody else has -> (origin, group, operation)."""
    made: dict[tuple[str, bytes], bytes] = field(default_factory=dict)
    purged: set[tuple[str, bytes]] = field(default_factory=set)
    refused: int = 0
    number: int = 0
    _opened: dict[tuple[bytes, bytes, bytes], Opened] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        rng = self.rng
        for number in range(rng.randint(3, 5)):
            rule = FULL if number == 0 else rng.choice((FULL, FULL, self._rule(), self._rule()))
            clock = NOW_US + rng.randint(-10 * YEAR_US, 10 * YEAR_US)
            self.members.append(Member(f"{self.seed}-{number}", clock, rule, rng.random() < 0.2))

    def _rule(self) -> Rule:
        rng = self.rng
        return rng.choice((
            STANDARD,
            OPEN,
            Rule("free", kinds=frozenset(rng.choice(((), ("note",), ("person", "media")))), people=rng.random() < 0.5,
                 files=rng.random() < 0.5, places=dict.fromkeys(range(5), rng.choice(PRECISIONS))),
        ))  # fmt: skip

    def close(self) -> None:
        for member in self.members:
            member.close()
            for copy, _knew in member.copies:
                copy.db.conn.close()

    def opened(self, sealed: Sealed) -> Opened:
        """A batch checked once: the check is a function of its bytes."""
        key = (sealed.head, sealed.signature, sealed.body)
        found = self._opened.get(key)
        if found is None:
            found = self._opened[key] = check(sealed, KEYS)
        return found

    # ------------------------------------------------------------ what members do

    def play(self) -> None:
        """Some days."""
        acts = (
            (45, self.edit), (34, self.write), (8, self.deliver), (3, self.back_up), (3, self.restore),
            (2, self.clone), (2, self.update), (3, self.erase), (2, self.clear), (4, self.decide), (2, self.set_clock),
            (2, self.withdraw),
        )  # fmt: skip
        chosen = [act for weight, act in acts for _ in range(weight)]
        for _ in range(self.rng.randint(6, 26)):
            self.rng.choice(chosen)()

    def edit(self) -> None:
        """An act of one to three operations."""
        rng, member = self.rng, self.rng.choice(self.members)
        ops: list[Op] = []
        if not self.records or rng.random() < 0.3:
            ops.append(self._new(member))
        mine = [one for one in self.records if not ops or one[1] != ops[0].id]
        if rng.random() < 0.9:  # else of a record that came to nobody here but in a partner's word
            mine = [one for one in mine if member.has(*one)]
        for _ in range(rng.choice((0, 1, 1, 2)) if ops else rng.choice((1, 1, 1, 2, 3))):
            if mine:
                ops += self._change(member, *rng.choice(mine))
        pictures = [record for kind, record in self.records if kind == "media"]
        if pictures and rng.random() < 0.3:
            ops.append(self._statement(pictures, {op.id for op in ops}))
        if ops:
            self._commit(member, ops)

    def _commit(self, member: Member, ops: list[Op]) -> None:
        member.make(self, *ops)
        for op in ops:
            if op.action == "create":
                self.made.setdefault((op.kind, op.id), member.writer[0])
            for name, value in op.fields.items():
                secret = isinstance(value, str) and value.startswith("secret ")
                if secret or (name in ("latitude", "longitude") and value is not None):
                    self.secrets[value] = (member.writer[0], _group(op.kind, name), op)

    def _new(self, member: Member) -> Op:
        rng = self.rng
        kinds = [kind for kind in FIRST if not (member.old and kind == NEW_KIND) and kind != "burrow"]
        kind = rng.choice([*kinds, "burrow"] if not member.old else kinds)
        fields = dict(FIRST[kind])
        if kind == "media" and any(k == "deployment" for k, _r in self.records):
            where = next(r for k, r in self.records if k == "deployment")
            fields |= {"deployment": where, "camera_time": f"2026-01-{rng.randint(1, 28):02d}T10:00:00"}
        name = rng.choice(TEXTS[kind])
        if not (member.old and (kind, name) == NEW_FIELD):
            fields[name] = self._text(kind, name)
        if kind == "location" and rng.random() < 0.8:
            fields |= {"latitude": self._degrees(), "longitude": self._degrees()}
        record = rng.randbytes(16)
        self.records.append((kind, record))
        return create(kind, record, fields)

    def _text(self, kind: str, name: str) -> str | None:
        self.number += 1
        if self.rng.random() < 0.5:
            return f"secret {self.seed}-{self.number} {kind} {name}"
        return self.rng.choice(("a", "b", "c", None))

    def _degrees(self) -> int:
        return self.rng.randint(300_000_000, 600_000_000) * 2 + 1  # odd: never the middle of a cell

    def _change(self, member: Member, kind: str, record: bytes) -> list[Op]:
        rng = self.rng
        chance = rng.random()
        if chance < 0.15:
            return [change(kind, record, {"deleted": rng.choice((1, 1, 0))})]
        with program(member.old):
            barred = withheld.fields_of(member.db, kind, record) if kind in BY_NAME else set()
            known = set(BY_NAME[kind].columns) if kind in BY_NAME else set()
        if member.old and not known:
            return []
        if chance < 0.2:  # as undoing an act does
            fields: dict[str, Value] = {"deleted": rng.choice((1, 0)), TEXTS[kind][0]: None}
        elif chance < 0.3 and kind == "deployment":
            name = rng.choice(("utc_offset", "looks"))
            fields = {name: rng.choice((1, 2, None) if name == "looks" else (1, 2))}
        elif chance < 0.6 and kind == "location":
            names = rng.choice((["latitude"], ["longitude"], ["latitude", "longitude"]))
            fields = {name: self._degrees() if rng.random() < 0.9 else None for name in names}
        elif chance < 0.36 and kind == "observation":
            some = [one.hex() for k, one in self.records if k == "media"][: rng.randint(0, 3)]
            fields = {"pictures": json.dumps(some)}
        elif chance < 0.36 and kind == "media":
            fields = {"favourite": rng.randint(0, 1)}
        elif chance < 0.4 and kind == "person":  # counts where its own station says so
            fields = {"role": rng.choice(("manager", "reviewer"))}
        elif chance < 0.34 and not member.old:  # a field that no version here knows
            fields = {"colour": rng.choice(("red", "blue"))}
        else:
            name = rng.choice(TEXTS[kind])
            fields = {name: self._text(kind, name)}
        if not barred.isdisjoint(fields) or (member.old and not set(fields) - {"deleted"} <= known):
            return []  # the screen does not offer it
        return [change(kind, record, fields)]

    def _statement(self, pictures: list[bytes], taken: set[bytes]) -> Op:
        rng = self.rng
        said: dict[str, Value] = {
            "type": rng.choice(("animal", "human", "blank")), "method": rng.choice(("human", "machine")),
            "look": rng.choice(("first", "second", "settled")), "certainty": rng.randint(0, 9),
        }  # fmt: skip
        about = rng.sample(pictures, min(len(pictures), 3))
        where: dict[str, Value] = {"media": about[0]}
        if rng.random() < 0.5:
            where = {"pictures": json.dumps([one.hex() for one in about])}
        before = [record for kind, record in self.records if kind == "observation" and record not in taken]
        record = rng.randbytes(16)
        if before and rng.random() < 0.2:  # an import taken in at two stations, changed in between
            record = rng.choice(before)
        else:
            self.records.append(("observation", record))
        return create("observation", record, {**said, **where})

    def decide(self) -> None:
        """Somebody settles one of the conflicts they see."""
        member = self.rng.choice(self.members)
        open_fields = [one for one in conflicts(member.db) if self._may_decide(member, one.kind, one.record, one.field)]
        if open_fields:
            one = self.rng.choice(open_fields)
            value = self.rng.choice(one.sides).value
            if one.field == "deleted":
                value = value or 0
            self._commit(member, [change(one.kind, one.record, {one.field: value})])

    def _may_decide(self, member: Member, kind: str, record: bytes, name: str) -> bool:
        with program(member.old):
            return kind in BY_NAME and name not in withheld.fields_of(member.db, kind, record)

    def erase(self) -> None:
        """A manager has a record of their own station purged."""
        member = self.rng.choice(self.members)
        here = [one for one, origin in self.made.items() if origin == member.writer[0]]
        if here and self.rng.random() < 0.6:
            kind, record = self.rng.choice(here)
            self._commit(member, [purge(kind, record)])
            self.purged.add((kind, record))

    def set_clock(self) -> None:
        self.rng.choice(self.members).clock = NOW_US + self.rng.randint(-10 * YEAR_US, 10 * YEAR_US)

    def update(self) -> None:
        """A member gets today's program."""
        old = [member for member in self.members if member.old]
        if old:
            self.rng.choice(old).upgrade()

    def clear(self) -> None:
        """A partner may see everything from now on."""
        self.rng.choice(self.members).rule = FULL

    def withdraw(self) -> None:
        """A laptop was stolen: nothing counts that its station makes from now on. Or it was found again."""
        issuer, other = self.rng.sample(self.members, 2)
        station, own = other.writer[0], issuer.writer[0]
        said = [row.station for row in revocations.rows(issuer.db) if row.issuer == own and not row.lifted]
        lifted = bool(said) and self.rng.random() < 0.7
        station = self.rng.choice(said) if lifted else station
        if station == own:
            return
        self.number += 1  # counts the statements of each issuer
        text = statements.write(
            station=station, name="", issuer=own, number=self.number, reason="stolen", issued=0, lifted=lifted,
            cut=revocations.newest(issuer.db, station), sign=issuer.keys.signer.sign,
        )  # fmt: skip
        issuer.hear([text])

    # ------------------------------------------------------------ copies

    def back_up(self) -> None:
        member = self.rng.choice(self.members)
        member.copies.append(member.copied())

    def restore(self) -> None:
        """The disk died: what was made since the copy is only where it was carried to."""
        with_copies = [member for member in self.members if member.copies]
        if with_copies:
            member = self.rng.choice(with_copies)
            member.become(*self.rng.choice(member.copies), self.rng)
            if not member.old:
                member.upgrade()  # the copy may be older than the program

    def clone(self) -> None:
        """Somebody copies the folder to a second laptop, and both go on."""
        if len(self.members) < 6:
            member = self.rng.choice(self.members)
            twin = Member(member.name, member.clock, member.rule, member.old)
            twin.become(member, member.knew, self.rng)
            self.members.append(twin)

    # ------------------------------------------------------------ sticks

    def write(self) -> None:
        """Write a stick for one or two partners; it arrives now, later, in part, damaged or never."""
        rng = self.rng
        giver, taker, other = rng.sample(range(len(self.members)), 3)
        takers = (taker,) if rng.random() < 0.8 else (taker, other)
        stick = self.stick(giver, takers, whole=rng.random() < 0.3, narrow=rng.random() < 0.15)
        fate = rng.random()
        if fate < 0.12:
            return
        if fate < 0.35:
            self.pocket.append(stick)
            return
        self.read(stick, taker)

    def stick(self, giver: int, takers: tuple[int, ...], *, whole: bool = False, narrow: bool = False) -> Stick:
        """What the giver has that a taker, by its last word, lacks, in the form that all takers may see."""
        member = self.members[giver]
        rule = self.members[takers[0]].rule
        for one in takers[1:]:
            rule = stricter(rule, self.members[one].rule)
        if narrow:  # the rule was another one that day
            rule = stricter(rule, self._rule())
        known = [{} if whole else self.told.get((giver, one), {}) for one in takers]
        sealed = []
        for one in stored(member.db):
            state = self.shown(one.sealed, rule, {self.members[taker].writer[0] for taker in takers})
            mask = stubs.mask(state.body)
            if any(state.head not in has or stubs.adds(mask, has[state.head]) for has in known):
                sealed.append(state)
        return Stick(giver, takers, sealed, member.holds(), revocations.texts(member.db))

    def shown(self, sealed: Sealed, rule: Rule, takers: set[bytes]) -> Sealed:
        """A batch as far as a rule goes; what a station made itself comes back to it whole."""
        opened = self.opened(sealed)
        if takers == {opened.header.origin}:
            return sealed
        return stubs.withhold(sealed, lambda _number, op: revealed(rule, op), meta=rule.people, opened=opened)

    def deliver(self) -> None:
        """A stick from somebody's pocket, perhaps not for the last time."""
        if self.pocket:
            stick = self.rng.choice(self.pocket)
            self.read(stick, self.rng.choice(stick.takers))
            if self.rng.random() < 0.5:
                self.pocket.remove(stick)

    def read(self, stick: Stick, taker: int) -> None:
        rng, member = self.rng, self.members[taker]
        sealed = list(stick.sealed)
        if rng.random() < 0.5:
            rng.shuffle(sealed)
        if rng.random() < 0.2:  # only a part of it can be read
            sealed = rng.sample(sealed, rng.randint(0, len(sealed)))
        if sealed and rng.random() < 0.1:
            at = rng.randrange(len(sealed))
            sealed[at] = _damaged(sealed[at], rng)
        member.hear(stick.texts)
        before = member.holds()
        member.take(self, sealed)
        self._kept(before, member)
        self.told[taker, stick.giver] = stick.holds
        if rng.random() < 0.15:
            before = member.state()
            report = member.take(self, sealed)
            assert (report.new, report.updated, report.revealed) == (0, 0, 0), "a stick read twice was news"
            assert member.state() == before, "a stick read twice changed something"

    def _kept(self, before: dict[bytes, bytes | None], member: Member) -> None:
        """What was revealed once stays so; only a purge takes it away."""
        after = member.holds()
        for head, mask in before.items():
            if stubs.adds(mask, after[head]):
                key = member.db.conn.execute("SELECT key FROM batch WHERE head=?", (head,)).fetchone()[0]
                gone = {(op.kind, op.id) for op in member.log.opened(key).ops} & self.purged
                assert gone, "a stick took away what was known"


def _damaged(sealed: Sealed, rng: random.Random) -> Sealed:
    which = rng.choice(("head", "signature", "body"))
    data = bytearray(getattr(sealed, which))
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return replace(sealed, **{which: bytes(data)})


def _group(kind: str, name: str) -> str:
    if kind == "burrow":
        return batches._GROUPS["burrow"].get(name, Group.OPEN.value)
    found = [one for one in BY_NAME[kind].fields if one.name == name]
    return found[0].group.value if found else Group.OPEN.value


def stamp(opened: Opened, index: int) -> Stamp:
    """How a conflict names an operation."""
    header = opened.header
    return (header.hlc, header.origin, header.incarnation, header.n, index)


# The later version that knows burrows keeps their names with the places.
batches._GROUPS.setdefault("burrow", {"name": Group.PLACE.value})
