"""What one sharing rule lets see of this library: for operations of a bundle, for records of an export, for pictures.

Everything that leaves asks here, so that a bundle, a table and a map under one rule never say different things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from ranger_app.actions import leaving
from ranger_app.actions.sharing_facts import DAY, NOTHING, Fact, Facts
from ranger_app.domain import taxa
from ranger_app.domain.batch import Opened
from ranger_app.domain.coarse import COARSE
from ranger_app.domain.fields import Group
from ranger_app.domain.kinds import BY_NAME
from ranger_app.domain.ops import Op
from ranger_app.domain.sharing import SENSITIVITIES, Precision, Rule, least
from ranger_app.store import sensitivity
from ranger_app.store.connection import Database

Picture = Literal["none", "redacted", "thumbnail", "original"]
"""What may leave of a picture. ``redacted``: only copies of ours without the camera's data, its strip and its hash."""

NOT_AT_ALL: frozenset[str] = frozenset()
PART_OF = {
    "track": "patrol",
    "waypoint": "patrol",
    "sighting": "patrol",
    "count": "survey",
    "hand_over": "sample",
    "same_animal": "individual",
    "second_opinion": "individual",
}
"""Kinds that are withheld with the record they are part of."""
TIMELESS = frozenset({"person", "protected_area", "camera", "taxon", "observation_model", "population"})
"""Kinds that are about no day: an embargo does not hold them back."""
_A_TURN = 500


class View:
    """One rule on one library, as things stand when it is made: make a new one for each bundle or export."""

    def __init__(self, db: Database, rule: Rule, now_ms: int) -> None:
        self.rule = rule
        self._db = db
        self._levels: dict[object, int] = {}
        self._held: dict[str, bool] = {}
        self._groups: dict[tuple[str, int, bool], frozenset[str]] = {}
        self.since: int | None = now_ms - rule.embargo_days * DAY if rule.embargo_days else None
        self._areas = frozenset(bytes.fromhex(one) for one in rule.areas)
        self._species = frozenset(taxa.match(one) or one for one in rule.species) | rule.species
        self.places = sensitivity.places(db) if not rule.everything else sensitivity.Places()
        self._facts = Facts(db, self.places, self.levels_of, tracks=rule.tracks)

    # ------------------------------------------------------------ batches

    def reveal(self, opened: Opened) -> Callable[[int, Op], frozenset[str] | None]:
        """For each operation of a batch, by its number, the groups that may be seen; None for all of them."""
        if self.rule.everything:
            return _all
        facts = self._known(opened.ops)
        written = opened.header.hlc // 1000

        def keep(_number: int, op: Op) -> frozenset[str] | None:
            if op.action == "purge":
                return None  # an order to erase, with nothing in it
            known = facts.get(op.kind)
            if known is None or op.kind not in BY_NAME:
                return NOT_AT_ALL
            fact = self._facts.stated(op.kind, op.id, op.fields, known.get(op.id, NOTHING))
            groups = self._of(op.kind, fact, written)
            return _of_what_is_here(groups, op.withheld) if op.withheld else groups

        return keep

    def meta(self, opened: Opened) -> bool:
        """Whether what a batch says of itself may be seen: it names the person who was at work."""
        return self.rule.people or opened.meta.person is None

    def _known(self, ops: Sequence[Op]) -> dict[str, dict[bytes, Fact]]:
        """What is known of the records of some operations, by kind; kinds that are withheld are left out."""
        facts: dict[str, dict[bytes, Fact]] = {op.kind: {} for op in ops if self.allowed_kind(op.kind)}
        plain = {op.id: op for op in ops if self.since is None and op.kind in facts and _says_all(op)}
        for record in self._facts.edited(list(plain)):
            del plain[record]
        for op in plain.values():  # a million of them: what they say themselves is all there is
            facts[op.kind][op.id] = self._facts.in_deployment(op.fields["deployment"])
        ids: dict[str, list[bytes]] = {}
        for op in ops:
            if op.kind in facts and op.id not in plain:
                ids.setdefault(op.kind, []).append(op.id)
        for kind, these in ids.items():
            facts[kind] |= self._facts.of(kind, these)
        return facts

    # ------------------------------------------------------------ records

    def records(self, kind: str, ids: Sequence[bytes]) -> dict[bytes, frozenset[str]]:
        """The groups of fields of these records that may be seen; empty for a record that is withheld entirely.

        Where a coarse group such as ``place.2`` stands in place of ``place``, say coordinates by ``sharing.coarse``.
        """
        if self.rule.everything:
            whole = frozenset(group.value for group in Group)
            return dict.fromkeys(ids, whole)
        if not self.allowed_kind(kind):
            return dict.fromkeys(ids, NOT_AT_ALL)
        facts = self._facts.of(kind, ids)
        written = self._written(kind, [one for one in ids if facts.get(one, NOTHING).when is None])
        return {one: self._of(kind, facts.get(one, NOTHING), written.get(one, 0)) for one in ids}

    def precision(self, kind: str, ids: Sequence[bytes]) -> dict[bytes, Precision]:
        """How precisely the places of these records may be told."""
        return {one: precision_in(groups) for one, groups in self.records(kind, ids).items()}

    def in_deployment(self, kind: str, deployment: bytes | None) -> frozenset[str]:
        """The groups that may be seen of pictures or statements of a deployment that nothing else holds back."""
        if not self.allowed_kind(kind):
            return NOT_AT_ALL
        return self._of(kind, self._facts.in_deployment(deployment)._replace(when=0), 0)

    def place_for(self, location: bytes) -> Precision:
        """How precisely the place of a location may be told."""
        return self.precision("location", [location])[location]

    def allowed_kind(self, kind: str) -> bool:
        """Whether anything of this kind of record may be seen."""
        return kind not in self.rule.kinds and PART_OF.get(kind) not in self.rule.kinds

    def allowed_taxon(self, name: str | None) -> bool:
        """Whether records of this species (by any of its names) may be seen."""
        if not name or not self.rule.species:
            return True
        held = self._held.get(name)
        if held is None:
            both = " ".join(name.split()[:2])
            known = {name, both, taxa.match(name), taxa.match(both), taxa.given_as(both)}
            held = self._held[name] = not self._species.isdisjoint(known)
        return not held

    def levels_of(self, name: object) -> int:
        """The categories of sensitivity of a species, one bit each."""
        found = self._levels.get(name)
        if found is None:
            found = self._levels[name] = sensitivity.levels_of(name)
        return found

    def level_precision(self, levels: int) -> Precision:
        """How precisely places with these categories are told: as the strictest of them."""
        return least(self.rule.precision(one) for one in SENSITIVITIES if one == 0 or levels >> one & 1)

    def _written(self, kind: str, ids: Sequence[bytes]) -> dict[bytes, int]:
        if self.since is None or kind in TIMELESS:
            return {}
        found: dict[bytes, int] = {}
        for start in range(0, len(ids), _A_TURN):
            part = list(ids[start : start + _A_TURN])
            rows = self._db.conn.execute(
                f'SELECT k.id, b.hlc FROM "{kind}" AS k JOIN batch AS b ON b.key = k.batch'
                f" WHERE k.id IN ({','.join('?' * len(part))})",
                part,
            )
            found.update((row[0], row[1] // 1000) for row in rows)
        return found

    def _of(self, kind: str, fact: Fact, written: int) -> frozenset[str]:
        if fact.species and not all(map(self.allowed_taxon, fact.species)):
            return NOT_AT_ALL
        if self._areas and not self._inside(fact):
            return NOT_AT_ALL
        if self.since is not None and kind not in TIMELESS:
            when = fact.when if fact.when is not None else written
            if when >= self.since:
                return NOT_AT_ALL
        key = (kind, fact.levels, fact.on_patrol)
        groups = self._groups.get(key)
        if groups is None:
            groups = self._groups[key] = self._groups_of(kind, fact.levels, fact.on_patrol)
        return groups

    def _inside(self, fact: Fact) -> bool:
        if fact.places:
            return all(self.places.area_of.get(one) in self._areas for one in fact.places)
        return not fact.unplaced

    def _groups_of(self, kind: str, levels: int, on_patrol: bool) -> frozenset[str]:
        rule = self.rule
        groups = {Group.OPEN.value}
        if rule.people:
            groups.add(Group.PEOPLE.value)
        precision = self.level_precision(levels)
        # A track does not end where an area does, and it leads to every place that it passes.
        if rule.tracks and not self._areas and (kind != "track" or precision == "exact"):
            groups.add(Group.TRACK.value)
        if on_patrol and not rule.tracks and kind in ("waypoint", "sighting", "media"):
            precision = "withheld"
        if precision == "exact":
            groups |= {Group.PLACE.value, *COARSE}
            if rule.files:  # the camera's data hold its position
                groups.add(Group.FILE.value)
        elif precision != "withheld":
            # One cell only: a finer and a coarser one together tell which half of a cell it was.
            groups.add(f"{Group.PLACE.value}.{precision}")
        return frozenset(groups)

    # ------------------------------------------------------------ pictures

    def pictures(self, media: Sequence[bytes]) -> dict[bytes, Picture]:
        """What may leave of these pictures. The rules of ``leaving`` hold whatever the sharing rule says."""
        found: dict[bytes, Picture] = dict.fromkeys(media, "none")
        if self.rule.pictures == "none":
            return found
        groups = self.records("media", media)
        wanted = [one for one in media if groups[one]]
        shown = leaving.pixels_that_leave(self._db, wanted) - self._showing_held(wanted)
        shown -= self._not_released(shown & self.places.doubt.people, "m.people_released")
        whole = self.large_copies(wanted)
        for one in wanted:
            if one not in shown:
                continue
            if Group.FILE.value not in groups[one]:
                found[one] = "redacted"
            else:
                found[one] = "original" if one in whole else "thumbnail"
        return found

    def picture(self, media: bytes) -> Picture:
        """What may leave of one picture."""
        return self.pictures([media])[media]

    def large_copies(self, media: Sequence[bytes]) -> set[bytes]:
        """Of pictures that leave redacted, those of which the review copy may leave, in place of the original."""
        if self.rule.pictures != "originals":
            return set()
        leave = leaving.originals_that_leave(self._db, media)
        return leave - self._not_released(leave & self.places.doubt.unreviewed, "d.released")

    def _not_released(self, media: Iterable[bytes], released: str) -> set[bytes]:
        sql = f"SELECT coalesce({released}, 0) FROM media AS m LEFT JOIN deployment AS d ON d.id = m.deployment"
        return {one for one in media if self._db.conn.execute(f"{sql} WHERE m.id=?", (one,)).fetchone() != (1,)}

    def _showing_held(self, media: Sequence[bytes]) -> set[bytes]:
        """Pictures of species that the rule withholds, and those that may show one because nobody looked."""
        held: set[bytes] = set()
        if not self.rule.species:
            return held
        about = (
            "SELECT o.media, o.taxon, i.taxon FROM observation AS o LEFT JOIN individual AS i ON i.id = o.individual"
            " WHERE o.deleted = 0 AND o.media IN ({marks})",
            "SELECT e.media, o.taxon, i.taxon FROM event_picture AS e JOIN observation AS o ON o.id = e.observation"
            " LEFT JOIN individual AS i ON i.id = o.individual WHERE o.deleted = 0 AND e.media IN ({marks})",
            "SELECT id, NULL, NULL FROM media WHERE seen_by < 2 AND id IN ({marks})",
        )
        for start in range(0, len(media), _A_TURN):
            part = list(media[start : start + _A_TURN])
            marks = ",".join("?" * len(part))
            for number, sql in enumerate(about):
                for one, taxon, individual in self._db.conn.execute(sql.format(marks=marks), part):
                    if number == 2 or not (self.allowed_taxon(taxon) and self.allowed_taxon(individual)):
                        held.add(one)
        return held


def precision_in(groups: Iterable[str]) -> Precision:
    """How precisely a place is told by the groups that may be seen."""
    if Group.PLACE.value in groups:
        return "exact"
    finest = max((COARSE[one] for one in groups if one in COARSE), default=0)
    return {3: "3", 2: "2", 1: "1"}.get(finest, "withheld")  # type: ignore[return-value]


_ELSEWHERE = ("survey", "patrol", "latitude", "waypoint", "sighting", "sample", "individual")
"""Fields that lead to a place or a species besides the deployment's."""


def _says_all(op: Op) -> bool:
    """Whether a new picture or statement is about its deployment and nothing else, so that no table need be asked."""
    if op.action != "create" or op.kind not in ("media", "observation"):
        return False
    return isinstance(op.fields.get("deployment"), bytes) and not any(name in op.fields for name in _ELSEWHERE)


def _all(_number: int, _op: Op) -> None:
    return None


def _of_what_is_here(groups: frozenset[str], withheld: frozenset[str]) -> frozenset[str]:
    """A station that knows a place only roughly passes on what it has, never anything finer than the rule allows."""
    if Group.PLACE.value in groups:
        return groups
    finest = max((COARSE[one] for one in groups if one in COARSE), default=0)
    for name, digits in sorted(COARSE.items(), key=lambda one: -one[1]):
        if digits <= finest and name not in withheld:
            return groups.difference(COARSE) | {name}  # a frozenset less a view of keys would be a plain set
    return groups
