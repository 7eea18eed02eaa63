"""What one map may show of a record: by the rule it is made under, and by what this station was told itself.

A place that is known or told roughly becomes a cell here, so that no layer can draw it as a pin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ranger_app.actions.listing import Names
from ranger_app.actions.sharing_view import View, precision_in
from ranger_app.domain.coarse import COARSE, PLACE
from ranger_app.domain.fields import Group, Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.sharing import Precision, Rule, coarse, least
from ranger_app.library import Library
from ranger_app.store.connection import Database

_EPOCH = date(1970, 1, 1).toordinal()
DAY = 86_400_000
EVERYTHING = frozenset(group.value for group in Group)
_BY_DIGITS: dict[int, Precision] = {0: "withheld", 1: "1", 2: "2", 3: "3"}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a record may be drawn: degrees, and ``size`` as in ``maps.layers.Thing``."""

    latitude: float
    longitude: float
    size: int

    @property
    def place(self) -> tuple[float, float]:
        """Latitude and longitude."""
        return self.latitude, self.longitude


@dataclass(frozen=True, slots=True)
class Period:
    """Days since 1970-01-01, both counted in; None is open."""

    first: int | None = None
    last: int | None = None

    def has(self, first: int | None, last: int | None) -> bool:
        """Whether something from ``first`` to ``last`` touches the period; what has no date always does."""
        if first is None and last is None:
            return True
        begins = first if first is not None else last
        ends = last if last is not None else first
        assert begins is not None
        assert ends is not None
        return (self.last is None or begins <= self.last) and (self.first is None or ends >= self.first)


class Sight:
    """One map's eyes on one library. ``rule`` None shows all that is here, for those who work here."""

    def __init__(self, library: Library, db: Database, rule: Rule | None = None, period: Period | None = None) -> None:
        self.library = library
        self.db = db
        self.own_station = library.station
        self.period = period or Period()
        self.view = None if rule is None or rule.everything else View(db, rule, library.now_ms())
        self.names = Names(db)
        self.withheld: dict[str, int] = {}
        """Records by layer that the rule keeps off this map."""
        self._here: dict[str, dict[bytes, Precision]] = {}
        self._foreign: dict[str, set[bytes]] = {}
        self._location_of: dict[bytes, bytes | None] | None = None
        self._locations: dict[bytes, tuple[Value, Value, Value, Precision]] | None = None

    @property
    def exact(self) -> bool:
        """Whether this map shows all that is here."""
        return self.view is None

    def allowed(self, kind: str) -> bool:
        """Whether anything of this kind may be shown."""
        return self.view is None or self.view.allowed_kind(kind)

    def groups(self, kind: str, ids: Sequence[bytes]) -> Mapping[bytes, frozenset[str]]:
        """The groups of fields of these records that may be shown; empty for one that is withheld."""
        if self.view is None:
            return dict.fromkeys(ids, EVERYTHING)
        return self.view.records(kind, ids)

    def foreign(self, kind: str) -> set[bytes]:
        """Records of this kind that another station made."""
        found = self._foreign.get(kind)
        if found is None:
            rows = self.db.conn.execute(
                f'SELECT k.id FROM "{kind}" AS k JOIN batch AS b ON b.key = k.batch WHERE b.origin <> ?',
                (self.own_station.id,),
            )
            found = self._foreign[kind] = {row[0] for row in rows}
        return found

    def here(self, kind: str) -> Mapping[bytes, Precision]:
        """How precisely places came here, for records of this kind of which the place is withheld from us."""
        found = self._here.get(kind)
        if found is None:
            found = self._here[kind] = {}
            for record, groups in self.db.conn.execute("SELECT id, groups FROM withheld WHERE kind=?", (kind,)):
                lacking = set(groups.split(","))
                if PLACE not in lacking:
                    continue
                digits = max((d for name, d in COARSE.items() if name not in lacking), default=0)
                found[record] = least((found.get(record, "exact"), _BY_DIGITS[digits]))
        return found

    def at(self, latitude: Value, longitude: Value, uncertainty: Value, precisions: Iterable[Precision]) -> Spot | None:
        """The spot of a place in 1e-7 degree, told as the coarsest of ``precisions``; None where it is not told."""
        precision = least(precisions)
        if not isinstance(latitude, int) or not isinstance(longitude, int) or precision == "withheld":
            return None
        if precision == "exact":
            return Spot(latitude / 1e7, longitude / 1e7, uncertainty if isinstance(uncertainty, int) else 0)
        digits = int(precision)
        rough_latitude, rough_longitude, _metres = coarse(latitude, longitude, digits)
        return Spot(rough_latitude / 1e7, rough_longitude / 1e7, -digits)

    def spot_of(
        self, kind: str, record: bytes, groups: Iterable[str], latitude: Value, longitude: Value, uncertainty: Value
    ) -> Spot | None:
        """The spot of a record that has a place of its own."""
        here = self.here(kind).get(record, "exact")
        # A cell in place of a place: how it was rounded is not what the record's own uncertainty says.
        return self.at(latitude, longitude, uncertainty, (precision_in(groups), here))

    def at_location(self, location: Value, groups: Iterable[str] = EVERYTHING) -> Spot | None:
        """The spot of a record that lies at a location: as rough as either may be told."""
        known = self.locations().get(location) if isinstance(location, bytes) else None
        if known is None:
            return None
        latitude, longitude, uncertainty, precision = known
        return self.at(latitude, longitude, uncertainty, (precision, precision_in(groups)))

    def locations(self) -> Mapping[bytes, tuple[Value, Value, Value, Precision]]:
        """Latitude, longitude, uncertainty and precision of every location that is not deleted."""
        if self._locations is None:
            rows = self.db.conn.execute(
                "SELECT id, latitude, longitude, uncertainty FROM location WHERE deleted=0"
            ).fetchall()
            groups = self.groups("location", [row[0] for row in rows])
            here = self.here("location")
            self._locations = {
                row[0]: (row[1], row[2], row[3], least((precision_in(groups[row[0]]), here.get(row[0], "exact"))))
                for row in rows
            }
        return self._locations

    def location_of(self, deployment: bytes) -> bytes | None:
        """The location of a deployment, where it has one."""
        if self._location_of is None:
            self._location_of = dict(self.db.conn.execute("SELECT id, location FROM deployment").fetchall())
        return self._location_of.get(deployment)

    @staticmethod
    def precision(groups: Iterable[str]) -> Precision:
        """How precisely a place is told by groups that may be seen."""
        return precision_in(groups)

    def text(self, kind: str, name: str, value: Value, groups: Iterable[str]) -> str:
        """A text field where its group may be shown, else nothing."""
        if not isinstance(value, str) or kind_named(kind).field(name).group.value not in groups:
            return ""
        return value

    def named(self, kind: str, record: Value) -> str:
        """The title of a record that this one refers to, as far as it may be shown."""
        if not isinstance(record, bytes):
            return ""
        declared = kind_named(kind)
        groups = self.groups(kind, [record])[record]
        if any(declared.field(name).group.value not in groups for name in declared.title):
            return ""
        return self.names(kind, record)

    def keep_off(self, layer: str) -> None:
        """Count a record that the rule keeps off a layer."""
        self.withheld[layer] = self.withheld.get(layer, 0) + 1


def day(text: Value) -> int | None:
    """Days since 1970-01-01 of a date or local time as written; None for what is none."""
    if not isinstance(text, str):
        return None
    try:
        return date.fromisoformat(text[:10]).toordinal() - _EPOCH
    except ValueError:
        return None


def day_of(instant: Value, offset: int = 0) -> int | None:
    """Days since 1970-01-01 of milliseconds since then, by a clock ``offset`` minutes east of UTC."""
    return (instant + offset * 60_000) // DAY if isinstance(instant, int) else None


def written(days: int | None) -> str:
    """A day as people write it here: YYYY-MM-DD."""
    return "" if days is None else date.fromordinal(days + _EPOCH).isoformat()
