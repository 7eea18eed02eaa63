"""``site`` and ``survey coordinated``: wetlands with their parts, seasons, species and overlaps, and agreed counts."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import coordinated, release, site_parts, sites, visit_defaults
from ranger_app.cli.kinds import present_id
from ranger_app.domain import visit_words
from ranger_app.domain.seasons import ORDER
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs, of_kind: dict[str, Verbs]) -> None:
    """Add the commands."""
    group = verbs.add_parser("site", help=_("wetlands, their sectors, seasons, species and overlaps"))
    site = group.add_subparsers(dest="verb", required=True, metavar="VERB")
    site.add_parser("list", help=_("all sites with their parts")).set_defaults(handler=_list)
    _of_site(site, "show", _("a site with its parts, seasons and overlaps"), _show)
    species = _of_site(site, "species", _("its species, most often seen first"), _species)
    species.add_argument("--season", choices=ORDER)
    season = _of_site(site, "season", _("the days of a season there"), _season)
    season.add_argument("--season", choices=ORDER)
    season.add_argument("--first", metavar="MM-DD", default="")
    season.add_argument("--last", metavar="MM-DD", default="")
    season.add_argument("--usual", action="store_true", help=_("go back to the usual seasons"))
    overlap = _of_site(site, "overlap", _("say that the same water is seen from two sectors"), _overlap)
    overlap.add_argument("other", metavar="OTHER")
    overlap.add_argument("--not", dest="take_back", action="store_true", help=_("take it back"))
    shape = _of_site(site, "shape", _("take its outline or the way of the visit from a file"), _shape)
    shape.add_argument("file", type=Path, metavar="FILE")
    given = _of_site(site, "release", _("to whom its counts may go beyond partners"), _release)
    given.add_argument("words", nargs="*", metavar="WORD")
    given.add_argument("--to", action="append", metavar="WORD,WORD", default=[])
    agreed = of_kind["survey"].add_parser("coordinated", help=_("counts on agreed dates: sites counted and missing"))
    agreed.add_argument("name", nargs="?", metavar="NAME")
    agreed.add_argument("--date", default="", metavar="YYYY-MM-DD")
    agreed.set_defaults(handler=_coordinated)
    propose = of_kind["survey"].add_parser("propose", help=_("what a new visit would begin with"))
    propose.add_argument("site", metavar="SITE")
    propose.add_argument("date", metavar="YYYY-MM-DD")
    propose.set_defaults(handler=_propose)


def _of_site(site: Verbs, verb: str, words: str, handler: object) -> argparse.ArgumentParser:
    made = site.add_parser(verb, help=words)
    made.add_argument("site", metavar="SITE")
    made.set_defaults(handler=handler)
    return made


def place_id(library: Library, text: str) -> bytes:
    """The site, sector or viewpoint that ``text`` names by id or name; of a sector also as "sector, site".

    DataProblem NO_RECORD where there is no single one.
    """
    sector, comma, site = (part.strip() for part in text.rpartition(","))
    if comma:
        with library.read() as db:
            found = [
                one.id
                for one in rows.find(db, "location", "name=? AND part_of IS NOT NULL", (sector,))
                if (above := rows.get(db, "location", _bytes(one["part_of"]))) is not None
                and above.text("name") == site
            ]
        if len(found) == 1:
            return found[0]
    with library.read() as db:
        named = [
            one.id for one in rows.find(db, "location", "name=? AND type IN ('site', 'sector', 'viewpoint')", (text,))
        ]
    return named[0] if len(named) == 1 else present_id(library, "location", text)


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _node(one: sites.Node) -> Answer:
    return {
        "id": one.id.hex(),
        "name": one.name,
        "type": one.type,
        "part_of": one.parent.hex() if one.parent is not None else None,
        "depth": one.depth,
        "country": one.country,
        "flyway": one.flyway,
        "own": one.own,
        "visits": one.visits,
        "last_visit": one.last or None,
        "place": one.has_place,
        "outline": one.has_outline,
        "route": one.has_way,
    }


def _list(library: Library, _args: argparse.Namespace) -> Answer:
    return {"sites": [_node(one) for one in sites.tree(library)]}


def _show(library: Library, args: argparse.Namespace) -> Answer:
    site = place_id(library, args.site)
    tree = sites.tree(library)
    with library.read() as db:
        inside = set(sites.parts(db, site))
        here = rows.get(db, "location", site)
    days, own = sites.season_days(library, site)
    return {
        "id": site.hex(),
        "parts": [_node(one) for one in tree if one.id in inside],
        "seasons": [{"season": one.kind, "first": one.first, "last": one.last, "visits": one.visits} for one in days],
        "own_seasons": own,
        "overlaps": [
            {
                "first": one.first.hex(),
                "second": one.second.hex(),
                "names": [one.first_name, one.second_name],
                "across_border": one.across,
            }
            for one in site_parts.overlaps(library, site)
        ],
        "release": (here.text("release") if here else "").split(),
    }


def _species(library: Library, args: argparse.Namespace) -> Answer:
    site = place_id(library, args.site)
    found = sites.species(library, site, args.season)
    return {
        "site_id": site.hex(),
        "season": args.season,
        "species": [
            {
                "taxon": one.taxon,
                "visits": one.visits,
                "of_visits": one.of,
                "average": one.average,
                "most": one.most,
                "last": one.last,
            }
            for one in found
        ],
    }


def _season(library: Library, args: argparse.Namespace) -> Answer:
    site = place_id(library, args.site)
    if args.usual:
        sites.set_seasons(library, site, None)
    elif args.season:
        sites.set_season(library, site, args.season, args.first, args.last)
    elif args.first or args.last:
        raise UsageProblem("SEASON_MISSING", _("No season is given."), _("Give --season with --first and --last."))
    days, own = sites.season_days(library, site)
    return {
        "site_id": site.hex(),
        "seasons": [{"season": one.kind, "first": one.first, "last": one.last, "visits": one.visits} for one in days],
        "own_seasons": own,
    }


def _overlap(library: Library, args: argparse.Namespace) -> Answer:
    first, second = place_id(library, args.site), place_id(library, args.other)
    if args.take_back:
        site_parts.untie(library, first, second)
        return {"ids": [first.hex(), second.hex()], "overlap": False}
    return {"id": site_parts.tie(library, first, second).hex(), "overlap": True}


def _shape(library: Library, args: argparse.Namespace) -> Answer:
    site = place_id(library, args.site)
    return {"site_id": site.hex(), "field": site_parts.set_shape(library, site, args.file)}


def _release(library: Library, args: argparse.Namespace) -> Answer:
    site = place_id(library, args.site)
    release.release(library, site, [*args.words, *args.to])
    with library.read() as db:
        found = rows.get(db, "location", site)
    return {"site_id": site.hex(), "release": (found.text("release") if found else "").split()}


def _coordinated(library: Library, args: argparse.Namespace) -> Answer:
    if args.name is None:
        with library.read() as db:
            found = coordinated.near(db, args.date) if args.date else coordinated.occasions(db)
        return {
            "counts": [
                {
                    "name": one.name,
                    "first": one.first,
                    "last": one.last,
                    "visits": one.visits,
                    "sites": len(one.sites),
                }
                for one in found
            ]
        }
    occasion, places = coordinated.places(library, args.name, args.date)
    if occasion is None:
        raise DataProblem(
            "NO_COORDINATED_COUNT",
            _("No visit belongs to a coordinated count called {name}.").format(name=args.name),
            _("See the names with: ranger survey coordinated"),
        )
    return {
        "name": occasion.name,
        "first": occasion.first,
        "last": occasion.last,
        "sites": [
            {
                "site_id": one.site.hex(),
                "name": one.name,
                "country": one.country,
                "station": one.station,
                "own": one.own,
                "counted": one.counted,
                "dates": list(one.dates),
                "birds": one.birds,
                "expected": one.known_by,
            }
            for one in places
        ],
    }


def _propose(library: Library, args: argparse.Namespace) -> Answer:
    site = place_id(library, args.site)
    made = visit_defaults.propose(library, site, args.date)
    values = {name: value for name, value in made.values.items() if not isinstance(value, bytes)}
    return {"site_id": site.hex(), "from_visit_of": made.of or None, "values": values} | (
        {"questions": asked} if (asked := visit_words.questions(made.values)) else {}
    )
