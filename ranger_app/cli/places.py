"""``--place`` and ``--datum``: coordinates in any notation, wherever a record has a place."""

from __future__ import annotations

import argparse

from ranger_app.actions import border_layer
from ranger_app.domain.kinds_place import LONGITUDE
from ranger_app.domain.values import plain
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.geo import coordinates
from ranger_app.i18n import _
from ranger_app.library import Library

Answer = dict[str, object]
_WORTH_SAYING = 5  # metres: finer than any receiver in a forest


def add_place(parser: argparse.ArgumentParser) -> None:
    """Let a command take a place in any notation beside its latitude and longitude."""
    parser.add_argument(
        "--place", metavar="TEXT", help=_("the place in any notation: degrees, UTM, MGRS, Gauss-Kruger")
    )
    add_datum(parser)


def add_datum(parser: argparse.ArgumentParser) -> None:
    """``--datum``, and what stands first where two plain numbers could be read either way."""
    parser.add_argument(
        "--datum", choices=tuple(coordinates.DATUMS), default=coordinates.WGS84, help=_("datum of the place")
    )
    parser.add_argument(
        "--order", choices=("lat", "lon"), default="", help=_("which of two plain numbers stands first")
    )


def place_of(args: argparse.Namespace) -> coordinates.Place | None:
    """What ``--place`` says, None where it was not given. UsageProblem beside a latitude or longitude."""
    text = getattr(args, "place", None)
    given = [getattr(args, name, None) for name in ("latitude", "longitude", "field_latitude", "field_longitude")]
    if text is None:
        if getattr(args, "datum", coordinates.WGS84) != coordinates.WGS84:
            raise UsageProblem(
                "DATUM_ALONE",
                _("--datum goes with --place."),
                _("Write the place as --place TEXT; --latitude and --longitude are on WGS 84."),
            )
        return None
    if any(one is not None for one in given):
        raise UsageProblem(
            "PLACE_TWICE", _("The place is given twice."), _("Give --place, or --latitude and --longitude.")
        )
    return coordinates.parse(text, args.datum, args.order)


def typed(place: coordinates.Place, columns: tuple[str, ...], already: dict[str, str]) -> dict[str, str]:
    """The fields of a record that a place fills, as texts; its uncertainty only where it is worth a word."""
    found = {"latitude": f"{place.latitude / 1e7:.7f}", "longitude": f"{place.longitude / 1e7:.7f}"}
    if place.uncertainty_m >= _WORTH_SAYING and "uncertainty" in columns and "uncertainty" not in already:
        found["uncertainty"] = str(place.uncertainty_m)
    return found


def understood(place: coordinates.Place | None) -> Answer:
    """What an answer says of a place that was typed."""
    if place is None:
        return {}
    return {"understood": coordinates.understood(place), **({"remark": place.remark} if place.remark else {})}


def warning(library: Library, latitude: object, longitude: object, country: object) -> Answer:
    """A warning where the declared country is not the border's, for an answer; never more than that."""
    if not (isinstance(latitude, int) and isinstance(longitude, int) and isinstance(country, str)):
        return {}
    said = border_layer.warning(library, latitude, longitude, country)
    return {"warning": said} if said else {}


def degrees(value: float) -> object:
    """Degrees for a JSON answer, rounded as they are kept; None for NaN."""
    return None if value != value else plain(LONGITUDE, round(value * 1e7))  # the wider range holds both


def named(library: Library, text: str, datum: str, order: str) -> coordinates.Place:
    """The place that ``text`` writes, or of the location it names; DataProblem where it is neither."""
    from ranger_app.actions import records
    from ranger_app.store import rows

    try:
        return coordinates.parse(text, datum, order)
    except DataProblem as problem:
        with library.read() as db:
            found = records.find_named(db, "location", text)
            record = rows.get(db, "location", found) if found is not None else None
        latitude, longitude = (record["latitude"], record["longitude"]) if record else (None, None)
        if not isinstance(latitude, int) or not isinstance(longitude, int):
            raise problem
        return coordinates.Place(latitude, longitude, 0, coordinates.WGS84, "degrees", "", False)
