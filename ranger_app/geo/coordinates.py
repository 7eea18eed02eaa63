"""Places in any notation and datum, read and written: degrees, UTM, MGRS, Gauss-Kruger; WGS 84 is what is kept.

Everything is computed here and offline, without grids of shifts; where that costs accuracy, the answer says how much.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any

from ranger_app.errors import DataProblem
from ranger_app.geo import border, notation
from ranger_app.i18n import N_, _

WGS84, CGCS2000, PULKOVO, GCJ02 = "WGS84", "CGCS2000", "PULKOVO1942", "GCJ02"
DATUMS: dict[str, str] = {
    WGS84: N_("WGS 84 (GPS)"),
    CGCS2000: N_("CGCS2000 (China)"),
    PULKOVO: N_("Pulkovo 1942 (older Russian maps)"),
    GCJ02: N_("GCJ-02 (Chinese web maps)"),
}
"""Code and label of each datum a place can be typed on."""
SHORT: dict[str, str] = {WGS84: "WGS 84", CGCS2000: "CGCS2000", PULKOVO: "Pulkovo 1942", GCJ02: "GCJ-02"}
STYLES: dict[str, str] = {
    "degrees": N_("Degrees: 42.61234 N"),
    "minutes": N_("Degrees and minutes: 42°36.740' N"),
    "dms": N_("Degrees, minutes, seconds: 42°36'44.4\" N"),
    "utm": "UTM",
    "mgrs": "MGRS",
}
"""Code and label of each notation ``write`` knows."""
_PULKOVO_M, _CGCS_M, _GCJ_M = 5, 1, 50
_UNIT = 10**7

# Pulkovo 1942 to WGS 84 by seven parameters (EPSG:5044, GOST R 51794-2008), which EPSG holds good to 3 m in Russia.
_PULKOVO_PIPELINE = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=krass "
    "+step +proj=helmert +x=23.57 +y=-140.95 +z=-79.8 +rx=0 +ry=-0.35 +rz=-0.79 +s=-0.22 "
    "+convention=coordinate_frame +step +inv +proj=cart +ellps=WGS84 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
_ELLIPSOID = {PULKOVO: "krass", CGCS2000: "GRS80", WGS84: "WGS84"}


@dataclass(frozen=True, slots=True)
class Place:
    """A place on WGS 84 as it is kept, and what has to be said of how it was typed."""

    latitude: int
    """1e-7 degree."""
    longitude: int
    uncertainty_m: int
    """What notation and datum leave open: half of the last digit or square, and the change of datum."""
    datum: str
    """The one it was typed on."""
    notation: str
    """"degrees", "utm", "mgrs" or "gauss_kruger"."""
    remark: str
    """Translated sentences on what was assumed; "" where nothing was."""
    doubtful: bool
    """The remark is a warning."""


def parse(text: str, datum: str = WGS84, order: str = "") -> Place:
    """The place that ``text`` names on ``datum`` (a key of DATUMS).

    ``order``, "lat" or "lon", says what stands first where two plain numbers could be read either way; without it
    they are refused (COORDINATES_ORDER). DataProblem COORDINATES_UNCLEAR where the text is no place.
    """
    if datum not in DATUMS:
        raise DataProblem(
            "DATUM_UNKNOWN",
            _("There is no datum called {name}.").format(name=datum),
            _("Choose one of: {words}.").format(words=", ".join(DATUMS)),
        )
    read = notation.read(text, order)
    remarks: list[str] = []
    match read:
        case notation.Degrees():
            kind, latitude, longitude = "degrees", float(read.latitude), float(read.longitude)
            rounding = float(read.half_step) * 111_195
            if datum == WGS84:
                return _place(_unit(read.latitude), _unit(read.longitude), rounding, 0, datum, kind, remarks)
        case notation.Mgrs():
            kind, rounding = "mgrs", read.metres * math.sqrt(0.5)
            latitude, longitude = _from_mgrs(read, text, datum)
        case notation.Utm():
            kind, rounding = "utm", 0.5
            latitude, longitude = _from_utm(read, text, datum, remarks)
        case notation.Plane():
            kind, rounding = "gauss_kruger", 0.5
            latitude, longitude = _from_plane(read, text, datum, remarks)
    latitude, longitude, shift = _to_wgs84(latitude, longitude, datum, remarks)
    return _place(
        round(latitude * _UNIT), round(longitude * _UNIT), rounding, shift, datum, kind, remarks, datum == GCJ02
    )


def _place(
    latitude: int,
    longitude: int,
    rounding: float,
    shift: int,
    datum: str,
    kind: str,
    remarks: list[str],
    doubtful: bool = False,
) -> Place:
    if rounding > 100:
        metres = round(rounding, -2 if rounding < 10_000 else -3)
        remarks.append(_("As written, it is good to {n} m.").format(n=f"{metres:.0f}"))
    return Place(latitude, longitude, round(rounding + shift), datum, kind, " ".join(remarks), doubtful)


def _unit(degrees: Decimal) -> int:
    return int((degrees * _UNIT).to_integral_value(ROUND_HALF_EVEN))


def write(latitude: int, longitude: int, style: str = "degrees", *, exact: bool = False) -> str:
    """A place (1e-7 degree, WGS 84) as people write it, to about a metre; ``exact`` keeps the last 1e-7 degree.

    ``style`` is a key of STYLES; beyond the reach of UTM and MGRS (80 S to 84 N) degrees are written. An MGRS
    reference is never finer than its square of one metre.
    """
    if style in ("utm", "mgrs") and not -80 * _UNIT <= latitude <= 84 * _UNIT:
        style = "degrees"
    if style == "mgrs":
        return _to_mgrs(latitude / _UNIT, longitude / _UNIT)
    if style == "utm":
        return _to_utm(latitude / _UNIT, longitude / _UNIT, 3 if exact else 0)
    return " ".join(
        f"{_angle(value, style, exact)} {letters[0] if value >= 0 else letters[1]}"
        for value, letters in ((latitude, "NS"), (longitude, "EW"))
    )


def understood(place: Place, style: str = "degrees") -> str:
    """What was understood, for the line under the field: "42.61234 N 131.20987 E · WGS 84"."""
    return f"{write(place.latitude, place.longitude, style)} · {SHORT[WGS84]}"


_preferred = "degrees"


def prefer(style: str) -> None:
    """Show places in this notation from now on (a key of STYLES; anything else means degrees)."""
    global _preferred
    _preferred = style if style in STYLES else "degrees"


def preferred() -> str:
    """The notation that people here want to see."""
    return _preferred


def gauss_kruger(latitude: int, longitude: int) -> str:
    """A place (1e-7 degree, WGS 84) on the grid of Russian maps: Pulkovo 1942, zones of 6 degrees, "X … Y …" in m."""
    lon, lat = _pulkovo().transform(longitude / _UNIT, latitude / _UNIT, 0.0, direction="INVERSE")[:2]
    zone = int(lon // 6) + 1
    east, north = _plane_of(PULKOVO, zone * 6 - 3, zone)(lon, lat)
    return f"X {north:.0f} Y {east:.0f}"


def _angle(value: int, style: str, exact: bool) -> str:
    size = abs(value)
    if style == "minutes":
        parts = Decimal(size) * 60 / _UNIT
        digits = 6 if exact else 3
        whole = int((parts.scaleb(digits)).to_integral_value(ROUND_HALF_EVEN))
        degrees, rest = divmod(whole, 60 * 10**digits)
        return f"{degrees}°{Decimal(rest).scaleb(-digits):0{digits + 3}.{digits}f}'"
    if style == "dms":
        digits = 4 if exact else 1
        whole = int((Decimal(size) * 3600 / _UNIT).scaleb(digits).to_integral_value(ROUND_HALF_EVEN))
        minutes, rest = divmod(whole, 60 * 10**digits)
        return f"{minutes // 60}°{minutes % 60:02d}'{Decimal(rest).scaleb(-digits):0{digits + 3}.{digits}f}\""
    return f"{Decimal(size) / _UNIT:.{7 if exact else 5}f}"


# ---------------------------------------------------------------- grids


def _from_mgrs(read: notation.Mgrs, text: str, datum: str) -> tuple[float, float]:
    """The middle of the square. MGRS is read on WGS 84's ellipsoid; other datums are refused."""
    import mgrs

    if datum not in (WGS84, CGCS2000):
        raise _no_grid("MGRS", datum)
    try:
        latitude, longitude = mgrs.MGRS().toLatLon(read.reference)  # the middle of the square, not its corner
    except Exception as error:  # the library's own exception derives from Exception only
        raise notation.unclear(text) from error
    return latitude, longitude


def _to_mgrs(latitude: float, longitude: float) -> str:
    import mgrs

    whole = str(mgrs.MGRS().toMGRS(latitude, longitude))
    return f"{whole[:-12]}{whole[-12:-10]} {whole[-10:-5]} {whole[-5:]}" if len(whole) > 12 else whole


def _band(latitude: float) -> str:
    return "CDEFGHJKLMNPQRSTUVWXX"[int((latitude + 80) // 8)]


def _to_utm(latitude: float, longitude: float, digits: int) -> str:
    zone = min(int((longitude + 180) // 6) + 1, 60)
    east, north = _utm_of(zone, latitude < 0)(longitude, latitude)
    return f"{zone}{_band(latitude)} {east:.{digits}f} {north:.{digits}f}"


def _from_utm(read: notation.Utm, text: str, datum: str, remarks: list[str]) -> tuple[float, float]:
    if datum not in (WGS84, CGCS2000):
        raise _no_grid("UTM", datum)
    if not 1 <= read.zone <= 60 or not 100_000 <= read.easting < 1_000_000 or not 0 <= read.northing <= 10_000_000:
        raise notation.unclear(text)
    band = read.band
    south = band < "N"
    longitude, latitude = _utm_of(read.zone, south)(float(read.easting), float(read.northing), inverse=True)
    if not math.isfinite(latitude):
        raise notation.unclear(text)
    if band == "N" and not -0.5 <= latitude <= 8.5:
        remarks.append(_("N was read as the northern hemisphere."))
    elif band == "S" and not 31.5 <= latitude <= 40.5:
        # "S" as a band lies in the north; a northing that does not fit it means the southern hemisphere.
        longitude, latitude = _utm_of(read.zone, True)(float(read.easting), float(read.northing), inverse=True)
        remarks.append(_("S was read as the southern hemisphere."))
    elif band == "S":
        remarks.append(_("S was read as the band from 32 to 40 degrees north, not as the southern hemisphere."))
    elif band != "N":
        low = -80 + 8 * "CDEFGHJKLMNPQRSTUVWX".index(band)
        if not low - 0.5 <= latitude <= low + (12.5 if band == "X" else 8.5):
            raise DataProblem(
                "COORDINATES_BAND",
                _("The northing does not lie in band {band}.").format(band=band),
                _("Check the letter behind the zone and the digits."),
            )
    return latitude, longitude


def _from_plane(read: notation.Plane, text: str, datum: str, remarks: list[str]) -> tuple[float, float]:
    if datum not in (PULKOVO, CGCS2000):
        raise DataProblem(
            "DATUM_NEEDED",
            _("These are plane coordinates of a Russian or Chinese map."),
            _("Choose the map's datum: Pulkovo 1942 or CGCS2000."),
        )
    zone = int(read.easting // 1_000_000)
    # Zones of 3 degrees have numbers that zones of 6 degrees of the same countries never reach.
    wide = zone <= (23 if datum == CGCS2000 else 32)
    middle = zone * 6 - 3 if wide else zone * 3
    if not 1 <= zone <= 60 or not 0 < read.northing < 10_000_000:
        raise notation.unclear(text)
    project = _plane_of(datum, middle, zone)
    longitude, latitude = project(float(read.easting), float(read.northing), inverse=True)
    if not math.isfinite(latitude) or abs(longitude - middle) > 6:
        raise notation.unclear(text)
    if wide:
        remarks.append(_("Read as zone {zone} of 6 degrees around {middle}° E.").format(zone=zone, middle=middle))
    else:
        remarks.append(_("Read as zone {zone} of 3 degrees around {middle}° E.").format(zone=zone, middle=middle))
    return latitude, longitude


def _no_grid(grid: str, datum: str) -> DataProblem:
    return DataProblem(
        "DATUM_WRONG",
        _("{grid} is not used with {datum}.").format(grid=grid, datum=_(DATUMS[datum])),
        _("Choose WGS 84, or write the place in degrees."),
    )


def _utm_of(zone: int, south: bool) -> Any:
    return _utm_here(zone, south, threading.get_ident())


def _plane_of(datum: str, middle: int, zone: int) -> Any:
    return _plane_here(datum, middle, zone, threading.get_ident())


# One projection must not be used by two threads at once, so each thread has its own.
@lru_cache(maxsize=64)
def _utm_here(zone: int, south: bool, _thread: int) -> Any:
    from pyproj import Proj

    return Proj(proj="utm", zone=zone, south=south, ellps="WGS84")


@lru_cache(maxsize=64)
def _plane_here(datum: str, middle: int, zone: int, _thread: int) -> Any:
    from pyproj import Proj

    return Proj(proj="tmerc", lat_0=0, lon_0=middle, k=1, x_0=zone * 1_000_000 + 500_000, ellps=_ELLIPSOID[datum])


# ---------------------------------------------------------------- datums


@lru_cache(maxsize=1)
def _pulkovo() -> Any:
    import pyproj.network
    from pyproj import Transformer

    pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]
    return Transformer.from_pipeline(_PULKOVO_PIPELINE)


def _to_wgs84(latitude: float, longitude: float, datum: str, remarks: list[str]) -> tuple[float, float, int]:
    """Degrees on WGS 84 and what the change of datum leaves open, metres."""
    if datum == PULKOVO:
        lon, lat = _pulkovo().transform(longitude, latitude, 0.0)[:2]
        remarks.append(_("From Pulkovo 1942, good to about 5 m in Russia; elsewhere it can be more."))
        return lat, lon, _PULKOVO_M
    if datum == CGCS2000:
        return latitude, longitude, _CGCS_M
    if datum == GCJ02:
        answer = border.side(latitude, longitude)
        if answer.country != "CN" and answer.metres > 2000:  # NaN outside the region: nothing is known
            raise DataProblem(
                "DATUM_WRONG",
                _("This place is not in China, and only places in China are shifted on Chinese web maps."),
                _("Choose WGS 84."),
            )
        lat, lon = gcj02_to_wgs84(latitude, longitude)
        remarks.append(
            _("GCJ-02 shifts places by up to 700 m; this is undone by estimate, good to about {n} m.").format(n=_GCJ_M)
        )
        return lat, lon, _GCJ_M
    return latitude, longitude, 0


def pulkovo_from_wgs84(latitude: float, longitude: float) -> tuple[float, float]:
    """Degrees on Pulkovo 1942 of a place in degrees on WGS 84."""
    lon, lat = _pulkovo().transform(longitude, latitude, 0.0, direction="INVERSE")[:2]
    return lat, lon


def gcj02_to_wgs84(latitude: float, longitude: float) -> tuple[float, float]:
    """The place whose shifted place is this, degrees, by repeated approach; exact for ``wgs84_to_gcj02``."""
    lat, lon = latitude, longitude
    for _round in range(30):
        shifted = wgs84_to_gcj02(lat, lon)
        step = latitude - shifted[0], longitude - shifted[1]
        lat, lon = lat + step[0], lon + step[1]
        if max(abs(step[0]), abs(step[1])) < 1e-10:
            break
    return lat, lon


def wgs84_to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """The shift of Chinese web maps as it was found out from outside: no state document gives it.

    A polynomial and sums of sines around 105 E, 35 N, in metres, brought to degrees on the Krasovsky ellipsoid.
    """
    x, y = longitude - 105.0, latitude - 35.0
    bend = 0.1 * math.sqrt(abs(x))
    ripple = 20.0 * (math.sin(6 * math.pi * x) + math.sin(2 * math.pi * x))

    def waves(at: float, amplitudes: tuple[tuple[float, float], ...]) -> float:
        return sum(size * math.sin(at * math.pi / period) for size, period in amplitudes)

    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 2 * bend
    north += (ripple + waves(y, ((20, 1), (40, 3))) + waves(y, ((160, 12), (320, 30)))) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + bend
    east += (ripple + waves(x, ((20, 1), (40, 3))) + waves(x, ((150, 12), (300, 30)))) * 2 / 3
    axis, flat = 6378245.0, 0.00669342162296594323
    sine = math.sin(math.radians(latitude))
    root = math.sqrt(1 - flat * sine * sine)
    meridian = axis * (1 - flat) / root**3
    parallel = axis / root * math.cos(math.radians(latitude))
    return latitude + math.degrees(north / meridian), longitude + math.degrees(east / parallel)
