"""Layers of the patrols: ways walked, what was found on them, and the cells of the grid they covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ranger_app.actions import observation_models
from ranger_app.actions.map_sight import Sight, day, day_of, written
from ranger_app.domain import taxa
from ranger_app.domain.fields import Group
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.values import shown as as_shown
from ranger_app.geo import grid, steps
from ranger_app.geo.tracks import LEFT_OUT, REASONS
from ranger_app.i18n import _, language, ngettext
from ranger_app.maps.layers import AREAS, LINES, POINTS, Layer, Thing

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

MOST_READ = 1_500_000
"""Points of tracks that are read for one map; the newest tracks first."""
MOST_DRAWN = 300_000
CELL = 1000
"""Metres of the side of a cell of the coverage grid."""
_OUT = [REASONS.index(one) for one in LEFT_OUT]
_GAP = REASONS.index("gap")
_FINEST = 3e-5
"""Degrees, some 3 m: nobody sees less on a screen."""
_COLUMNS = 6


def tracks(sight: Sight) -> Layer:
    """Recorded ways, without the points that do not count, as fine as an eye needs."""
    layer = Layer("tracks", _("Patrol tracks"), LINES, colour="track")
    if not sight.allowed("track"):
        return layer
    taken, left = _newest(sight, layer.id)
    if left:
        layer.note = ngettext(
            "{n} older track is not drawn; choose a shorter time.",
            "{n} older tracks are not drawn; choose a shorter time.",
            left,
        ).format(n=left)
    found = [(row, _pieces(row[2], row[3], _FINEST)) for row in taken]
    tolerance = _FINEST
    while sum(len(piece) for _row, pieces in found for piece in pieces) > MOST_DRAWN:
        tolerance *= 3
        found = [(row, _simpler(pieces, tolerance)) for row, pieces in found]
    foreign = sight.foreign("track")
    patrols = {row[1] for row in taken}
    groups = sight.groups("patrol", list(patrols))
    for row, pieces in found:
        if pieces:
            layer.things.append(_track(sight, row, pieces, groups[row[1]], row[0] not in foreign))
    return layer


def _newest(sight: Sight, layer: str) -> tuple[list[Any], int]:
    """The newest tracks whose points are here and may be shown, and how many older ones are left out."""
    sql = (
        "SELECT t.id, t.patrol, t.points, t.overrules, t.point_count, t.cleaned_metres, coalesce(t.date, p.date),"
        " p.name, p.transport, p.leader, t.start FROM track AS t JOIN patrol AS p ON p.id = t.patrol"
        " WHERE t.deleted = 0 AND p.deleted = 0 AND t.id = ?"
    )
    order = (
        "SELECT t.id, t.point_count, coalesce(t.date, p.date), t.start FROM track AS t JOIN patrol AS p"
        " ON p.id = t.patrol WHERE t.deleted=0 AND p.deleted=0 AND t.point_count > 0 AND coalesce(t.planned, 0) = 0"
        " ORDER BY coalesce(t.date, p.date) DESC, t.key DESC"
    )
    wanted, read, left = [], 0, 0
    for record, number, date, start in sight.db.conn.execute(order).fetchall():
        on = day(date) if date is not None else day_of(start)
        if not sight.period.has(on, on):
            continue
        if read + number > MOST_READ:
            left += 1
            continue
        read += number
        wanted.append(record)
    groups = sight.groups("track", wanted)
    taken = []
    for record in wanted:
        if Group.TRACK.value not in groups[record]:
            sight.keep_off(layer)
            continue
        row = sight.db.conn.execute(sql, (record,)).fetchone()
        if row[2] is None:
            sight.keep_off(layer)
        else:
            taken.append(row)
    return taken, left


def _pieces(points: bytes, overrules: str | None, tolerance: float) -> list[NDArray[float64]]:
    """The unbroken lines of a stored track, latitude and longitude, simplified."""
    import numpy

    if len(points) % (8 * _COLUMNS):
        return []
    table = numpy.frombuffer(points, "<f8").reshape(-1, _COLUMNS)
    marks = table[:, 5].astype(int)
    if overrules:
        from ranger_app.geo.tracks import effective

        marks = numpy.asarray(effective([int(one) for one in marks], overrules))
    good = ~numpy.isin(marks, _OUT) & (abs(table[:, 0]) <= 90) & (abs(table[:, 1]) <= 180)
    table, marks = table[good], marks[good]
    if not len(table):
        return []
    # A new line begins with each segment, after each gap, and where the way jumps around the date line.
    new = (table[1:, 4] != table[:-1, 4]) | (marks[1:] == _GAP) | (abs(table[1:, 1] - table[:-1, 1]) > 180)
    return _simpler(numpy.split(table[:, :2], numpy.nonzero(new)[0] + 1), tolerance)


def _simpler(pieces: list[NDArray[float64]], tolerance: float) -> list[NDArray[float64]]:
    """Douglas and Peucker's lines, ``tolerance`` in degrees."""
    import shapely

    long = [one for one in pieces if len(one) > 1]
    if not long:
        return []
    lines = shapely.simplify([shapely.linestrings(one) for one in long], tolerance, preserve_topology=False)
    return [shapely.get_coordinates(one) for one in lines]


def _track(sight: Sight, row: Any, pieces: list[NDArray[float64]], patrol: frozenset[str], own: bool) -> Thing:
    _record, patrol_id, _points, _overrules, number, metres, date, name, transport, leader, start = row
    on = day(date) if date is not None else day_of(start)
    declared = kind_named("patrol")
    facts = [written(on)] if on is not None else []
    if isinstance(metres, int):
        facts.append(_("{n} km").format(n=f"{metres / 1e6:.1f}"))
    if transport:
        facts.append(as_shown(declared.field("transport"), transport, sight.names))
    if Group.PEOPLE.value in patrol and leader is not None:
        who = sight.named("person", leader)
        if who:
            facts.append(_("Leader: {name}").format(name=who))
    drawn = sum(map(len, pieces))
    facts.append(_("{n} points recorded, {m} drawn").format(n=number, m=drawn))
    lines = [piece.tolist() for piece in pieces]
    title = sight.text("patrol", "name", name, patrol) or _("Patrol")
    return Thing(lines, title, facts, patrol_id.hex(), "patrol", on, on, (), own)


def finds(sight: Sight) -> Layer:
    """What was found at waypoints of patrols, by category; a waypoint without a find by its own."""
    layer = Layer("finds", _("Finds and waypoints"), POINTS, about="category", clustered=True)
    if not sight.allowed("waypoint"):
        return layer
    sql = (
        "SELECT w.id, w.patrol, w.name, w.latitude, w.longitude, w.uncertainty, w.at, w.category, s.id, s.category,"
        " s.taxon, s.count, s.remarks, p.date, p.utc_offset FROM waypoint AS w"
        " LEFT JOIN sighting AS s ON s.waypoint = w.id AND s.deleted = 0 LEFT JOIN patrol AS p ON p.id = w.patrol"
        " WHERE w.deleted = 0 AND w.latitude IS NOT NULL ORDER BY w.key DESC LIMIT 20000"
    )
    found = sight.db.conn.execute(sql).fetchall()
    groups, foreign = sight.groups("waypoint", [row[0] for row in found]), sight.foreign("waypoint")
    of_find = sight.groups("sighting", [row[8] for row in found if row[8] is not None])
    models = observation_models.known(sight.db)
    words: dict[str, str] = {}
    known: dict[str, int] = {}
    for row in found:
        record, patrol, name, latitude, longitude, uncertainty, at, category = row[:8]
        find, found_as, taxon, number, remarks, date, offset = row[8:]
        on = day_of(at, offset or 0) if at is not None else day(date)
        if not sight.period.has(on, on):
            continue
        shown = groups[record] & of_find[find] if find is not None else groups[record]
        spot = sight.spot_of("waypoint", record, shown, latitude, longitude, uncertainty) if shown else None
        if spot is None:
            sight.keep_off(layer.id)
            continue
        key = found_as or category or ""
        if key not in words:
            words[key] = observation_models.label(models, key) if key else _("Waypoint")
        facts = [written(on)] if on is not None else []
        if taxon:
            facts.append(taxa.name(taxon, language()))
        if number is not None:
            facts.append(_("Number: {n}").format(n=number))
        title = sight.text("waypoint", "name", name, shown)
        if title:
            facts.append(_("Waypoint: {name}").format(name=title))
        if find is not None and (said := sight.text("sighting", "remarks", remarks, shown)):
            facts.append(said[:400])
        layer.things.append(
            Thing(
                spot.place, words[key], facts, (patrol or record).hex(), "patrol" if patrol else "waypoint", on, on,
                (layer.word(words[key], known),), record not in foreign, spot.size,
            )
        )  # fmt: skip
    return layer


def coverage(sight: Sight) -> Layer:
    """Cells of equal area that patrols went through, the darker the more kilometres."""
    import numpy

    layer = Layer("coverage", _("Ground covered by patrols"), AREAS, colour="grid", on=False)
    layer.note = _("Cells of one square kilometre that patrols went through; darker is more.")
    if not sight.allowed("track"):
        return layer
    taken, _left = _newest(sight, layer.id)
    sight.withheld.pop(layer.id, None)  # the layer of tracks tells of them
    foreign = sight.foreign("track")
    # Whole tracks only: a cell of a kilometre is no rough place but a sum over exact ones.
    walked = []
    for row in sorted(taken, key=lambda one: bytes(one[1])):
        try:
            walked.append((row[1], steps.counted(row[2], _marks(row[2], row[3]))))
        except ValueError:
            continue
    if not walked:
        return layer
    cells = grid.coverage(walked, CELL)
    most = float(numpy.percentile(cells.metres, 95)) or 1.0
    own = not foreign or any(row[0] not in foreign for row in taken)
    for code, metres, patrols in zip(cells.codes, cells.metres, cells.patrols, strict=True):
        corners = [[longitude, latitude] for latitude, longitude in grid.ring(int(code), CELL)]
        facts = [
            _("{n} km").format(n=f"{metres / 1000:.1f}"),
            ngettext("{n} patrol", "{n} patrols", int(patrols)).format(n=int(patrols)),
        ]
        layer.things.append(
            Thing(
                {"type": "Polygon", "coordinates": [corners]}, _("Cell of the grid"), facts, own=own,
                weight=round(min(1.0, float(metres) / most), 2) or 0.01,
            )
        )  # fmt: skip
    return layer


def _marks(points: bytes, overrules: str | None) -> list[int] | None:
    if not overrules:
        return None
    import numpy

    from ranger_app.geo.tracks import effective

    first = [int(one) for one in numpy.frombuffer(points, "<f8").reshape(-1, _COLUMNS)[:, 5]]
    return list(effective(first, overrules))
