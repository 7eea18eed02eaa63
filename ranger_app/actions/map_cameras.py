"""Layers of the camera traps: cameras at work and failed, and what was seen where and when."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ranger_app.actions.analysis import Place
from ranger_app.actions.map_sight import DAY, Sight, Spot, day, day_of, written
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _, language, ngettext
from ranger_app.maps.layers import POINTS, Layer, Thing
from ranger_app.store.connection import Database

MOST = 20_000
"""Things of a layer that a page can carry and a person can use."""


def deployments(sight: Sight) -> Layer:
    """Where cameras stand or stood; one that failed for a time is crossed out."""
    layer = Layer("deployments", _("Camera deployments"), POINTS, about="category", shape="triangle", clustered=True)
    known = {word: layer.word(word, {}) for word in (_("Working"), _("Failed for a time"))}
    if not sight.allowed("deployment"):
        return layer
    sql = 'SELECT id, name, location, camera, start, "end", failures FROM deployment WHERE deleted=0 ORDER BY key'
    found = sight.db.conn.execute(sql).fetchall()
    groups, foreign = sight.groups("deployment", [row[0] for row in found]), sight.foreign("deployment")
    for record, name, location, camera, start, end, failures in found:
        first, last = day(start), day(end)
        if not sight.period.has(first, last):
            continue
        shown = groups[record]
        spot = sight.at_location(location, shown) if shown else None
        if spot is None:
            sight.keep_off(layer.id)
            continue
        failed = _failures(failures)
        facts = [_("{start} to {end}").format(start=written(first) or "?", end=written(last) or "?")]
        place = sight.named("location", location)
        if place:
            facts.append(_("Location: {name}").format(name=place))
        device = sight.named("camera", camera)
        if device:
            facts.append(_("Camera: {name}").format(name=device))
        facts += failed
        word = _("Failed for a time") if failed else _("Working")
        title = sight.text("deployment", "name", name, shown) or _("Camera")
        layer.things.append(
            Thing(
                spot.place, title, facts, record.hex(), "deployment", first, last, (known[word],),
                record not in foreign, spot.size, mark="failed" if failed else "",
            )
        )  # fmt: skip
    return layer


def _failures(text: Value) -> list[str]:
    if not isinstance(text, str) or not text:
        return []
    words = kind_named("deployment").field("failures").parts[2].words
    told = []
    for one in json.loads(text):
        reason = words.get(one.get("reason"), one.get("reason") or _("Failed"))
        told.append(
            _("{reason}: {start} to {end}").format(
                reason=reason, start=(one.get("from") or "?")[:10], end=(one.get("to") or "?")[:10]
            )
        )
    return told


def observations(sight: Sight) -> Layer:
    """What pictures are said to show, one thing for each camera, species and day; and what was seen without a camera.

    A picture counts by the statement that holds for it (``store.derived``); one that only machines looked at, or that
    waits for its second look, is not drawn.
    """
    layer = Layer("observations", _("Observations"), POINTS, about="species", clustered=True)
    if not sight.allowed("observation"):
        return layer
    known: dict[str, int] = {}
    tongue = language()
    foreign = sight.foreign("deployment")
    spots: dict[tuple[bytes, str], Spot | None] = {}
    rows = list(_seen_on_pictures(sight.db))
    by_month = len(rows) > MOST
    if by_month:
        layer.note = _("Observations of a camera and species are drawn together by month.")
    merged: dict[tuple[bytes, str, int], tuple[int, int, int]] = {}
    for deployment, taxon, on, number in rows:
        key = (deployment, taxon, on // 30 if by_month else on)
        n, first, last = merged.get(key, (0, on, on))
        merged[key] = (n + number, min(first, on), max(last, on))
    for (deployment, taxon, _turn), (number, first, last) in merged.items():
        if not sight.period.has(first, last):
            continue
        if (deployment, taxon) not in spots:
            spots[deployment, taxon] = spot_of_species(sight, deployment, taxon)
        spot = spots[deployment, taxon]
        if spot is None or not old_enough(sight, last):
            sight.keep_off(layer.id)
            continue
        name = taxa.name(taxon, tongue)
        when = (
            written(first) if first == last else _("{start} to {end}").format(start=written(first), end=written(last))
        )
        facts = [when, ngettext("{n} picture", "{n} pictures", number).format(n=number)]
        place = sight.named("location", sight.location_of(deployment))
        if place:
            facts.append(_("Location: {name}").format(name=place))
        layer.things.append(
            Thing(
                spot.place, name, facts, deployment.hex(), "deployment", first, last, (layer.word(name, known),),
                deployment not in foreign, spot.size,
            )
        )  # fmt: skip
    _seen_elsewhere(sight, layer, known)
    del layer.things[MOST:]
    return layer


def _seen_on_pictures(db: Database) -> Iterator[tuple[bytes, str, int, int]]:
    """Deployment, species, day by the camera's clock and number of pictures."""
    sql = (
        "SELECT m.deployment, m.shown, (m.taken_at + coalesce(d.utc_offset, 0) * 60) / 86400, count(*) FROM media AS m"
        " JOIN deployment AS d ON d.id = m.deployment"
        " WHERE m.deleted = 0 AND m.shown IS NOT NULL AND m.taken_at IS NOT NULL"
        " AND m.seen_by >= CASE WHEN coalesce(d.looks, 1) > 1 THEN 2 ELSE 1 END"
        " AND m.shown NOT IN ('animal','human','vehicle','blank','unknown','unclassified') GROUP BY 1, 2, 3"
    )
    yield from db.conn.execute(sql)


def spot_of_species(sight: Sight, deployment: bytes, taxon: str) -> Spot | None:
    """Where a species at a camera may be drawn: by the rule's word on the place, the species and the statement."""
    location = sight.location_of(deployment)
    if sight.view is None:
        return sight.at_location(location)
    if not sight.view.allowed_taxon(taxon):
        return None
    shown = sight.view.in_deployment("observation", deployment)
    if not shown:
        return None
    known = sight.locations().get(location) if location is not None else None
    if known is None:
        return None
    species = sight.view.level_precision(sight.view.levels_of(taxon))
    spot = sight.at_location(location, shown)
    return spot and sight.at(known[0], known[1], known[2], (known[3], species, sight.precision(shown)))


def spot_of_station(sight: Sight, place: Place, taxon: str) -> Spot | None:
    """Where a station may be drawn for a species: as roughly as any of its cameras; None where one is withheld."""
    rough: Spot | None = None
    fine: Spot | None = None
    for camera in place.cameras:
        if sight.location_of(camera.id) is None:
            continue
        spot = spot_of_species(sight, camera.id, taxon)
        if spot is None:
            return None
        if spot.size < 0:
            rough = spot if rough is None or spot.size > rough.size else rough
        fine = fine or spot
    return rough or fine


def old_enough(sight: Sight, last: int) -> bool:
    """Whether an embargo lets a day be told: all of it has to lie before, in whatever zone it was."""
    since = sight.view.since if sight.view is not None else None
    return since is None or (last + 2) * DAY <= since


def _seen_elsewhere(sight: Sight, layer: Layer, known: dict[str, int]) -> None:
    """Observations of waypoints and samples."""
    sql = (
        "SELECT o.id, o.taxon, o.waypoint, o.sample, o.count, coalesce(w.at, o.at), coalesce(w.latitude, s.latitude),"
        " coalesce(w.longitude, s.longitude), coalesce(w.uncertainty, s.uncertainty), s.date FROM observation AS o"
        " LEFT JOIN waypoint AS w ON w.id = o.waypoint LEFT JOIN sample AS s ON s.id = o.sample"
        " WHERE o.deleted = 0 AND o.type = 'animal' AND o.taxon IS NOT NULL AND o.media IS NULL AND o.pictures IS NULL"
        " AND (o.waypoint IS NOT NULL OR o.sample IS NOT NULL) ORDER BY o.key LIMIT ?"
    )
    found = sight.db.conn.execute(sql, (MOST,)).fetchall()
    groups, foreign = sight.groups("observation", [row[0] for row in found]), sight.foreign("observation")
    at_waypoint = sight.groups("waypoint", [row[2] for row in found if row[2] is not None])
    at_sample = sight.groups("sample", [row[3] for row in found if row[3] is not None])
    for record, taxon, waypoint, sample, number, at, latitude, longitude, uncertainty, date in found:
        on = day(date) if date is not None else day_of(at, sight.own_station.utc_offset)
        if not sight.period.has(on, on):
            continue
        kind, where, there = (
            ("waypoint", waypoint, at_waypoint) if waypoint is not None else ("sample", sample, at_sample)
        )
        spot = sight.spot_of(kind, where, groups[record] & there[where], latitude, longitude, uncertainty)
        if spot is None or not groups[record] or not there[where]:
            sight.keep_off(layer.id)
            continue
        name = taxa.name(taxon, language())
        facts = [written(on)] if on is not None else []
        if number is not None:
            facts.append(_("Number: {n}").format(n=number))
        layer.things.append(
            Thing(
                spot.place, name, facts, where.hex(), kind, on, on, (layer.word(name, known),), record not in foreign,
                spot.size,
            )
        )  # fmt: skip
