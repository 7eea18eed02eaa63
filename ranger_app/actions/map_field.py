"""Layers of places and of work that is neither cameras nor patrols: areas, sectors, counts, samples, health events."""

from __future__ import annotations

from ranger_app.actions.map_sight import Sight, day, written
from ranger_app.domain import taxa
from ranger_app.domain.fields import Group
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.values import shown as as_shown
from ranger_app.geo import outline
from ranger_app.i18n import _, language, ngettext
from ranger_app.maps.layers import AREAS, LINES, POINTS, Layer, Thing

_SPECIES_TOLD = 8


def protected_areas(sight: Sight) -> Layer:
    """Outlines of protected areas, as the parks or a person here gave them."""
    layer = Layer("protected_areas", _("Protected areas"), AREAS, colour="park")
    sql = "SELECT id, name, country, designation, outline, outline_source FROM protected_area WHERE deleted=0"
    found = sight.db.conn.execute(f"{sql} AND outline IS NOT NULL").fetchall()
    groups, foreign = sight.groups("protected_area", [row[0] for row in found]), sight.foreign("protected_area")
    for record, name, country, designation, text, source in found:
        shape = outline.read(text)
        if shape is None or Group.OPEN.value not in groups[record]:
            continue
        facts = [one for one in (designation, country) if one]
        if source:
            facts.append(_("Source of the outline: {source}").format(source=source))
        layer.things.append(Thing(shape, name or "", facts, record.hex(), "protected_area", own=record not in foreign))
    return layer


def locations(sight: Sight) -> Layer:
    """Named places, by type; those with cameras are also drawn by their deployments."""
    layer = Layer("locations", _("Locations"), POINTS, about="category", shape="square", colour="muted", on=False)
    layer.clustered = True
    sql = "SELECT id, name, type, latitude, longitude, uncertainty FROM location WHERE deleted=0 ORDER BY key"
    found = sight.db.conn.execute(sql).fetchall()
    groups, foreign = sight.groups("location", [row[0] for row in found]), sight.foreign("location")
    declared = kind_named("location").field("type")
    known: dict[str, int] = {}
    for record, name, kind, latitude, longitude, uncertainty in found:
        shown = groups[record]
        spot = sight.spot_of("location", record, shown, latitude, longitude, uncertainty) if shown else None
        if spot is None:
            if latitude is not None:
                sight.keep_off(layer.id)
            continue
        word = as_shown(declared, kind, sight.names) if kind else _("Location")
        layer.things.append(
            Thing(
                spot.place, sight.text("location", "name", name, shown) or word, (word,), record.hex(), "location",
                words=(layer.word(word, known),), own=record not in foreign, size=spot.size,
            )
        )  # fmt: skip
    return layer


def sectors(sight: Sight) -> Layer:
    """Outlines of count sectors and sites. One that is told roughly has no outline: its place is a cell elsewhere."""
    layer = Layer("sectors", _("Sites and sectors"), AREAS, colour="water-line")
    sql = "SELECT id, name, type, outline FROM location WHERE deleted=0 AND outline IS NOT NULL"
    found = sight.db.conn.execute(sql).fetchall()
    groups, foreign = sight.groups("location", [row[0] for row in found]), sight.foreign("location")
    declared = kind_named("location").field("type")
    for record, name, kind, text in found:
        shape = outline.read(text)
        if shape is None or Group.PLACE.value not in groups[record]:
            continue
        word = as_shown(declared, kind, sight.names) if kind else ""
        layer.things.append(
            Thing(shape, name or word, [word] if word else [], record.hex(), "location", own=record not in foreign)
        )
    return layer


def routes(sight: Sight) -> Layer:
    """Ways of the visits: how a site or sector is walked. One that is told roughly has none, as it would lead there."""
    layer = Layer("routes", _("Ways of the visits"), LINES, colour="count")
    sql = "SELECT id, name, type, route FROM location WHERE deleted=0 AND route IS NOT NULL"
    found = sight.db.conn.execute(sql).fetchall()
    groups, foreign = sight.groups("location", [row[0] for row in found]), sight.foreign("location")
    declared = kind_named("location").field("type")
    for record, name, kind, text in found:
        shape = outline.read(text, ("LineString",))
        if shape is None or len(shape["coordinates"]) < 2:
            continue
        if Group.PLACE.value not in groups[record]:
            sight.keep_off(layer.id)
            continue
        way = shape["coordinates"]
        facts = [as_shown(declared, kind, sight.names)] if kind else []
        facts.append(_("{n} km").format(n=f"{outline.length(way) / 1000:.1f}"))
        pieces = [[(latitude, longitude) for longitude, latitude in way]]
        layer.things.append(
            Thing(pieces, name or layer.name, facts, record.hex(), "location", own=record not in foreign)
        )
    return layer


def counts(sight: Sight) -> Layer:
    """Each visit of a sector with the birds counted there, larger for more of them."""
    layer = Layer(
        "counts", _("Waterbird counts"), POINTS, about="species", shape="diamond", colour="count", clustered=True
    )
    if not (sight.allowed("survey") and sight.allowed("count")):
        return layer
    sql = (
        'SELECT c.id, c.survey, coalesce(c.sector, s.site), c.taxon, c.count, s.date, s.site FROM "count" AS c'
        " JOIN survey AS s ON s.id = c.survey WHERE c.deleted = 0 AND s.deleted = 0 ORDER BY c.key"
    )
    found = sight.db.conn.execute(sql).fetchall()
    surveys = sight.groups("survey", list({row[1] for row in found}))
    groups, foreign = sight.groups("count", [row[0] for row in found]), sight.foreign("survey")
    visits: dict[tuple[bytes, bytes | None], list[tuple[bytes, str, int]]] = {}
    told: dict[tuple[bytes, bytes | None], tuple[str, bytes]] = {}
    for record, survey, where, taxon, number, date, site in found:
        on = day(date)
        if not sight.period.has(on, on):
            continue
        if not groups[record] or not surveys[survey]:
            sight.keep_off(layer.id)
            continue
        visits.setdefault((survey, where), []).append((record, taxon, number or 0))
        told[survey, where] = (date, site)
    # A sector without a place of its own lies at its site.
    known: dict[str, int] = {}
    for (survey, where), birds in visits.items():
        date, site = told[survey, where]
        merged = frozenset.intersection(*(frozenset(groups[record]) for record, _taxon, _n in birds))
        spot = sight.at_location(where, merged & surveys[survey]) or (
            sight.at_location(site, merged & surveys[survey]) if _without_place(sight, where) else None
        )
        if spot is None:
            sight.keep_off(layer.id)
            continue
        on, total = day(date), sum(number for _record, _taxon, number in birds)
        name = sight.named("location", where) or sight.named("location", site) or _("Count")
        species: dict[str, int] = {}
        for _record, taxon, number in birds:
            word = taxa.name(taxon, language())
            species[word] = species.get(word, 0) + number
        ranked = sorted(species.items(), key=lambda one: (-one[1], one[0]))
        facts = [date or "", ngettext("{n} bird", "{n} birds", total).format(n=total)]
        facts += [f"{word}: {number}" for word, number in ranked[:_SPECIES_TOLD]]
        if len(ranked) > _SPECIES_TOLD:
            facts.append(_("and {n} more species").format(n=len(ranked) - _SPECIES_TOLD))
        layer.things.append(
            Thing(
                spot.place, name, facts, survey.hex(), "survey", on, on,
                tuple(layer.word(word, known) for word in species), survey not in foreign, spot.size, float(total or 1),
            )
        )  # fmt: skip
    return layer


def _without_place(sight: Sight, location: bytes | None) -> bool:
    found = sight.locations().get(location) if location is not None else None
    return found is None or found[0] is None


def samples(sight: Sight) -> Layer:
    """Samples where they were taken, by type."""
    layer = Layer("samples", _("Samples"), POINTS, about="category", shape="square", colour="attention", clustered=True)
    if not sight.allowed("sample"):
        return layer
    sql = (
        "SELECT s.id, s.code, s.type, s.date, coalesce(s.result_taxon, s.suspected_taxon), s.latitude, s.longitude,"
        " s.uncertainty, s.waypoint, w.latitude, w.longitude, w.uncertainty FROM sample AS s"
        " LEFT JOIN waypoint AS w ON w.id = s.waypoint WHERE s.deleted = 0 ORDER BY s.key DESC LIMIT 20000"
    )
    _placed(sight, layer, "sample", sql)
    return layer


def health_events(sight: Sight) -> Layer:
    """Cases of sick or dead animals, by how sure they are."""
    layer = Layer("health", _("Sick and dead animals"), POINTS, about="category", shape="plus", colour="problem")
    layer.clustered = True
    if not sight.allowed("health_event"):
        return layer
    sql = (
        "SELECT h.id, h.name, h.certainty, h.date, h.taxon, h.latitude, h.longitude, h.uncertainty, h.waypoint,"
        " w.latitude, w.longitude, w.uncertainty FROM health_event AS h"
        " LEFT JOIN waypoint AS w ON w.id = h.waypoint WHERE h.deleted = 0 ORDER BY h.key DESC LIMIT 20000"
    )
    _placed(sight, layer, "health_event", sql)
    return layer


def _placed(sight: Sight, layer: Layer, kind: str, sql: str) -> None:
    """Records with a place of their own, or else that of their waypoint."""
    found = sight.db.conn.execute(sql).fetchall()
    groups, foreign = sight.groups(kind, [row[0] for row in found]), sight.foreign(kind)
    points = sight.groups("waypoint", [row[8] for row in found if row[8] is not None])
    title_field, choice = ("code", "type") if kind == "sample" else ("name", "certainty")
    declared = kind_named(kind)
    known: dict[str, int] = {}
    for record, title, chosen, date, taxon, latitude, longitude, uncertainty, waypoint, *there in found:
        on = day(date)
        if not sight.period.has(on, on):
            continue
        shown = groups[record]
        if latitude is not None:
            spot = sight.spot_of(kind, record, shown, latitude, longitude, uncertainty) if shown else None
        elif waypoint is not None and there[0] is not None:
            both = shown & points[waypoint]
            spot = sight.spot_of("waypoint", waypoint, both, *there) if shown and points[waypoint] else None
        else:
            continue
        if spot is None:
            sight.keep_off(layer.id)
            continue
        word = as_shown(declared.field(choice), chosen, sight.names) if chosen else _("Not said")
        facts = [one for one in (written(on), word) if one]
        if taxon:
            facts.append(taxa.name(taxon, language()))
        layer.things.append(
            Thing(
                spot.place, sight.text(kind, title_field, title, shown) or _(declared.label), facts, record.hex(), kind,
                on, on, (layer.word(word, known),), record not in foreign, spot.size,
            )
        )  # fmt: skip
