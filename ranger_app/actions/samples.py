"""Samples from the forest to the laboratory: collected, handed on link by link, and what was found in them.

A hand-over is a signed statement that is only ever added. What is shown of it is what its batch said when it was made;
whatever was done to it later is told beside it and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ranger_app.actions.records import add, edit, existing
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.merge import Version
from ranger_app.domain.ops import Op, change, create
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import origins, rows
from ranger_app.store.connection import Database
from ranger_app.store.log import Log
from ranger_app.store.origins import Origin

RESULTS = (
    *("laboratory", "laboratory_code", "method", "result_date", "result_taxon", "result_sex", "result_disease"),
    *("result_test", "individual", "remaining"),
)
"""Fields of a sample that a laboratory's answer fills."""
_DECLARED = kind_named("hand_over")


@dataclass(frozen=True, slots=True)
class Link:
    """One hand-over as it was signed; ``warnings`` are what a person should look at, in words."""

    id: bytes
    values: dict[str, Value]
    signed_by: Origin | None
    signed_at: int
    """Milliseconds since 1970 by the clock of the station that signed it."""
    corrects: bytes | None
    corrected: bool = False
    warnings: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A field as text, empty where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""


def next_codes(library: Library, number: int = 1) -> list[str]:
    """The next free codes: country, three digits of the station, year, running number, as in ``RU3F2-26-004``."""
    station = library.station
    year = int(_local(library.now_ms(), station.utc_offset)[0][2:4])
    start = f"{station.country}{station.id.hex()[:3].upper()}-{year:02d}-"
    last = 0
    with library.read() as db:
        for (code,) in db.conn.execute("SELECT code FROM sample WHERE code LIKE ?", (start + "%",)):
            digits = code.removeprefix(start)
            if digits.isascii() and digits.isdigit() and len(digits) <= 9:
                last = max(last, int(digits))
    return [f"{start}{last + more:03d}" for more in range(1, number + 1)]


def collect(library: Library, values: Mapping[str, Value]) -> bytes:
    """Make a sample; returns its id. What its waypoint or health event knows of place and day is taken from there.

    Without a code it gets the next one. DataProblem SAMPLE_CODE_TAKEN where another sample here has the code.
    """
    filled = dict(values)
    if not filled.get("code"):
        filled["code"] = next_codes(library)[0]
    with library.read() as db:
        if db.conn.execute("SELECT 1 FROM sample WHERE deleted=0 AND code=?", (filled["code"],)).fetchone():
            raise DataProblem(
                "SAMPLE_CODE_TAKEN",
                _("There is a sample {code} already.").format(code=filled["code"]),
                _("Look at its label again, or leave the code empty for the next free one."),
            )
        for name, kind in (("sighting", "sighting"), ("waypoint", "waypoint"), ("health_event", "health_event")):
            record = filled.get(name)
            if isinstance(record, bytes) and (found := rows.get(db, kind, record)) is not None:
                _fill(filled, found.values, library.station.utc_offset)
    if library.person is not None:
        filled.setdefault("collected_by", library.person)
    kept = {name: value for name, value in filled.items() if value is not None}
    return add(library, "sample", _named(kept))


def _named(values: Mapping[str, Value]) -> dict[str, Value]:
    """With species by their scientific names, whatever language they were written in."""
    found = dict(values)
    for name in ("suspected_taxon", "result_taxon"):
        written = found.get(name)
        if isinstance(written, str):
            found[name] = taxa.match(written) or written
    return found


def _fill(values: dict[str, Value], known: Mapping[str, Value], offset: int) -> None:
    both = values.get("latitude") is None and known.get("latitude") is not None
    names = ["patrol", "waypoint", *(("latitude", "longitude", "uncertainty") if both else ())]
    for name in names:
        if values.get(name) is None and known.get(name) is not None:
            values[name] = known[name]
    taxon = known.get("taxon")
    if values.get("suspected_taxon") is None and taxon is not None:
        values["suspected_taxon"] = taxon
    at = known.get("at")
    if values.get("date") is None:
        if isinstance(at, int):
            values["date"], values["time"] = _local(at, offset)
        elif known.get("date") is not None:
            values["date"] = known["date"]


def _local(at: int, offset: int) -> tuple[str, str]:
    moment = datetime.fromtimestamp(at / 1000, UTC) + timedelta(minutes=offset)
    return moment.strftime("%Y-%m-%d"), moment.strftime("%H:%M")


def hand_over(library: Library, sample: bytes, values: Mapping[str, Value], corrects: bytes | None = None) -> bytes:
    """Add a link to the chain; returns its id. ``corrects`` is the link that it stands in for.

    DataProblem where a name or the time is missing, or where the link to correct is none of this sample's.
    """
    with library.read() as db:
        existing(db, "sample", sample)
        if corrects is not None:
            row = db.conn.execute("SELECT sample FROM hand_over WHERE id=?", (corrects,)).fetchone()
            if row is None or row[0] != sample:
                raise DataProblem(
                    "NO_RECORD",
                    _("This sample has no such hand-over."),
                    _("Look at its hand-overs first."),
                )
    filled: dict[str, Value] = {**values, "sample": sample, "corrects": corrects}
    filled.setdefault("utc_offset", library.station.utc_offset)
    return add(library, "hand_over", {name: value for name, value in filled.items() if value is not None})


def chain(library: Library, sample: bytes) -> list[Link]:
    """The hand-overs of a sample in the order of their times, each as it was signed, with warnings in words."""
    with library.read() as db:
        record = existing(db, "sample", sample)
        log = Log(db)
        made = db.conn.execute("SELECT id, batch, deleted FROM hand_over WHERE sample=?", (sample,)).fetchall()
        links = [one for row in made if (one := _link(db, log, library, *row)) is not None]
    links.sort(key=lambda one: (one.text("at"), one.signed_at, one.id))
    wrong = {one.corrects for one in links if one.corrects is not None}
    links = [replace(one, corrected=one.id in wrong) for one in links]
    _warn([one for one in links if not one.corrected], record["date"])
    return links


def _link(db: Database, log: Log, library: Library, record: bytes, batch: int | None, deleted: int) -> Link | None:
    versions = log.versions("hand_over", record, batch)
    first = min(versions, key=lambda one: one.stamp, default=None)
    if first is None:
        return None
    values = {name: value for name, value in first.fields.items() if name in _DECLARED.columns}
    corrects = values.get("corrects")
    link = Link(
        record,
        values,
        origins.named(db, first.writer[0], library.station),
        first.hlc // 1000,
        corrects if isinstance(corrects, bytes) else None,
    )
    if deleted or any(_changes(one, values) for one in versions if one is not first):
        link.warnings.append(_("Somebody tried to change or delete this entry later. It stands as it was signed."))
    return link


def _changes(version: Version, signed: Mapping[str, Value]) -> bool:
    return any(signed.get(name) != value for name, value in version.fields.items())


def _warn(links: list[Link], collected: Value) -> None:
    """Say where the chain has a gap: names that do not follow, times that run back, seals that are broken."""
    before: Link | None = None
    for link in links:
        if isinstance(collected, str) and link.text("at")[:10] < collected:
            link.warnings.append(_("Handed over before the sample was collected."))
        if before is not None and link.text("given_by").casefold() != before.text("taken_by").casefold():
            link.warnings.append(
                _("{name} had it last, {other} gave it on. How it came there is not written down.").format(
                    name=before.text("taken_by") or "–", other=link.text("given_by") or "–"
                )
            )
        if link.values.get("seal_whole") == 0:
            link.warnings.append(_("The seal was broken."))
        seals = {one.text("seal") for one in (before, link) if one is not None and one.text("seal")}
        if len(seals) > 1:
            link.warnings.append(_("The seal number is another than before."))
        before = link


def holder(links: list[Link]) -> str:
    """Who has the sample by the last hand-over that was not corrected; empty where it was never handed over."""
    standing = [one for one in links if not one.corrected]
    return standing[-1].text("taken_by") if standing else ""


def result(
    library: Library, sample: bytes, values: Mapping[str, Value], *, observe: bool = True
) -> tuple[bytes | None, bool]:
    """Enter what a laboratory found. Returns the observation that says so (None without a species) and whether it is
    new: a sample has one, which follows a corrected result.

    ``values`` are fields of RESULTS. DataProblem for other fields.
    """
    for name in values:
        if name not in RESULTS:
            raise DataProblem(
                "FIELD_UNKNOWN",
                _("{field} is no field of a laboratory result.").format(field=name),
                _("Use one of: {fields}.").format(fields=", ".join(RESULTS)),
            )
    edit(library, "sample", sample, _named(values))
    with library.read() as db:
        record = existing(db, "sample", sample)
        row = db.conn.execute(
            "SELECT id FROM observation WHERE sample=? AND deleted=0 ORDER BY key LIMIT 1", (sample,)
        ).fetchone()
    taxon = record["result_taxon"]
    if not observe or not isinstance(taxon, str):
        return (row[0] if row else None), False
    says: dict[str, Value] = {
        "type": "animal",
        "taxon": taxon,
        "sex": record["result_sex"],
        "individual": record["individual"],
        "waypoint": record["waypoint"],
        "by": library.person,
        "at": library.now_ms(),
    }
    if row is not None:
        edit(library, "observation", row[0], {name: says[name] for name in ("taxon", "sex", "individual")})
        return row[0], False
    observation = library.new_id()
    said = {name: value for name, value in says.items() if value is not None}
    ops: list[Op] = [create("observation", observation, {**said, "sample": sample, "count": 1, "method": "human"})]
    library.commit(ops, label="laboratory result")
    return observation, True


def of_health_event(library: Library, event: bytes) -> list[bytes]:
    """The samples taken at a health event, oldest first."""
    with library.read() as db:
        existing(db, "health_event", event)
        rows_of = db.conn.execute("SELECT id FROM sample WHERE health_event=? AND deleted=0 ORDER BY key", (event,))
        return [row[0] for row in rows_of]


def attach(library: Library, sample: bytes, event: bytes) -> None:
    """Say that a sample was taken at a health event."""
    with library.read() as db:
        existing(db, "sample", sample)
        existing(db, "health_event", event)
    library.commit([change("sample", sample, {"health_event": event})], label="edit sample")
