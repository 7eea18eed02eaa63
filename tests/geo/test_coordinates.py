"""Places as people write them: every notation, four scripts, datums, and nothing guessed."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest
from pyproj import Geod, Transformer

from ranger_app.errors import DataProblem
from ranger_app.geo import coordinates
from ranger_app.geo.coordinates import CGCS2000, GCJ02, PULKOVO, WGS84, parse, write

GEOD = Geod(ellps="WGS84")
HERE = (42.6123333, 131.2098611)  # 42°36'44.4" N 131°12'35.5" E


def degrees(text: str, datum: str = WGS84, order: str = "") -> tuple[float, float]:
    place = parse(text, datum, order)
    return place.latitude / 1e7, place.longitude / 1e7


def apart(one: tuple[float, float], two: tuple[float, float]) -> float:
    return GEOD.inv(one[1], one[0], two[1], two[0])[2]


@pytest.mark.parametrize(
    "text",
    [
        "42.6123333 131.2098611",
        "42,6123333 131,2098611",
        "42.6123333, 131.2098611",
        "42,6123333, 131,2098611",
        "42,6123333; 131,2098611",
        "131.2098611 42.6123333",
        "42.6123333N 131.2098611E",
        "N42.6123333 E131.2098611",
        "E131.2098611 N42.6123333",
        "42.6123333°, 131.2098611°",
        "lat: 42.6123333, lon: 131.2098611",
        "42°36'44.4\" N 131°12'35.5\" E",
        "42°36'44.4\"N, 131°12'35.5\"E",
        "42°36′44,4″ с. ш. 131°12′35,5″ в. д.",
        "42°36'44.4\"С 131°12'35.5\"В",
        "с.ш. 42°36'44.4\" в.д. 131°12'35.5\"",
        "широта 42,6123333 долгота 131,2098611",
        "北纬42°36′44.4″ 东经131°12′35.5″",
        "东经131度12分35.5秒，北纬42度36分44.4秒",
        "북위 42도 36분 44.4초 동경 131도 12분 35.5초",
        "х.ө. 42°36'44.4\" з.у. 131°12'35.5\"",
        "42 36 44.4 131 12 35.5",
        "42:36:44.4 131:12:35.5",
        "42°36.740' N 131°12.5917' E",
        "52T 681254 4720133",
        "52T 4720133N 681254E",
        "52TFN 81254 20133",
        "52TFN8125420133",
    ],
)
def test_one_place_in_many_notations(text: str) -> None:
    assert apart(degrees(text), HERE) < 1.5


@pytest.mark.parametrize(
    ("text", "latitude", "longitude"),
    [
        ("42.5 S 131.25 W", -42.5, -131.25),
        ("-42.5 131.25", -42.5, 131.25),
        ("42,5 ю.ш. 131,25 з.д.", -42.5, -131.25),
        ("42.5 N 0.25 W", 42.5, -0.25),
        ("0°30' S 10°15' E", -0.5, 10.25),
        ("42.5 N 100", 42.5, 100),
    ],
)
def test_hemispheres(text: str, latitude: float, longitude: float) -> None:
    assert degrees(text) == (latitude, longitude)


@pytest.mark.parametrize("text", ["43 44", "43.5 44.5", "43.5, 44.5", "42,131"])
def test_what_can_be_read_two_ways_is_asked(text: str) -> None:
    with pytest.raises(DataProblem) as refused:
        parse(text)
    assert refused.value.code == "COORDINATES_ORDER"


def test_the_answer_to_the_question_counts() -> None:
    assert degrees("43.5 44.5", order="lat") == (43.5, 44.5)
    assert degrees("43.5 44.5", order="lon") == (44.5, 43.5)


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "42", "42.6N", "42°70' N 131° E", "91 N 131 E", "42 N 181 E", "42.6.1 131.2", "42 N 43 N",
        "42.5.5 N 131 E", "1 2 3", "-42 N 131 E", "42 36.5 44 N 131 12 35 E", "61T 681254 4720134",
        "52TZZ1234512345", "52T 681254 720134", "42 N 131 E 5", "9" * 300, "1 2 3 4 5 6 7 8", "N E", "° ' \"",
    ],
)  # fmt: skip
def test_no_place_is_refused(text: str) -> None:
    with pytest.raises(DataProblem) as refused:
        parse(text)
    assert refused.value.code in ("COORDINATES_UNCLEAR", "COORDINATES_BAND")


def test_any_text_is_a_place_or_one_sentence() -> None:
    chance = random.Random(5)
    letters = "0123456789.,;:°'\"-+ NSEWСЮВЗ北纬东经latonXYTFPQ度分秒"
    for _ in range(1500):
        text = "".join(chance.choice(letters) for _ in range(chance.randrange(1, 25)))
        try:
            place = parse(text, chance.choice(list(coordinates.DATUMS)))
        except DataProblem:
            continue
        assert abs(place.latitude) <= 900_000_000
        assert abs(place.longitude) <= 1_800_000_000


def test_round_trips_to_the_last_digit() -> None:
    chance = random.Random(1)
    for _ in range(400):
        latitude = chance.randrange(-799_999_999, 839_999_999)
        longitude = chance.randrange(-1_799_999_999, 1_800_000_000)
        for style in ("degrees", "minutes", "dms", "utm"):
            text = write(latitude, longitude, style, exact=True)
            place = parse(text)
            assert abs(place.latitude - latitude) <= 1, text
            # A centimetre is many units of longitude near the poles; UTM is written to the millimetre.
            assert abs(place.longitude - longitude) <= 1, text


def test_mgrs_names_its_square() -> None:
    chance = random.Random(2)
    for _ in range(200):
        latitude, longitude = chance.randrange(300_000_000, 560_000_000), chance.randrange(950_000_000, 1_500_000_000)
        text = write(latitude, longitude, "mgrs")
        place = parse(text)
        assert write(place.latitude, place.longitude, "mgrs") == text
        assert apart((place.latitude / 1e7, place.longitude / 1e7), (latitude / 1e7, longitude / 1e7)) < 1.5
    rough = parse("52TFN8120")
    assert 700 <= rough.uncertainty_m <= 720
    assert "700" in rough.remark


def test_short_forms_are_good_to_a_metre() -> None:
    for style in coordinates.STYLES:
        assert apart(degrees(write(426_123_333, 1_312_098_611, style)), HERE) < 2.5
    assert write(426_123_333, 1_312_098_611) == "42.61233 N 131.20986 E"
    assert write(426_123_333, 1_312_098_611, "dms") == "42°36'44.4\" N 131°12'35.5\" E"
    assert write(429_999_999, 1_319_999_999, "dms") == "43°00'00.0\" N 132°00'00.0\" E"
    assert coordinates.understood(parse("42.61234 131.20987")) == "42.61234 N 131.20987 E · WGS 84"
    assert write(899_000_000, 100_000_000, "utm") == "89.90000 N 10.00000 E"


def test_pulkovo_agrees_with_the_parameters_of_epsg_5044() -> None:
    """The same seven parameters through PROJ's own database: EPSG:4284 to 4326 with the transformation 5044."""
    own = Transformer.from_pipeline("EPSG:5044")
    for latitude, longitude in ((42.6, 131.2), (48.1, 134.7), (52.0, 110.0)):
        lat, lon = own.transform(latitude, longitude)
        place = degrees(f"{latitude} N {longitude} E", PULKOVO)
        assert apart(place, (lat, lon)) < 0.02
        back = coordinates.pulkovo_from_wgs84(*place)
        assert back == pytest.approx((latitude, longitude), abs=1e-7)
        assert 30 < apart(place, (latitude, longitude)) < 200  # the shift a GPS user would not notice


def test_gauss_kruger_zones_agree_with_epsg() -> None:
    to_grid = Transformer.from_crs(4284, 28422, always_xy=True)
    lon, lat = 130.3, 43.1
    east, north = to_grid.transform(lon, lat)
    wanted = degrees(f"{lat} N {lon} E", PULKOVO)
    for text in (f"X {north:.2f} Y {east:.2f}", f"{north:.2f} {east:.2f}", f"{east:.2f} {north:.2f}"):
        place = parse(text, PULKOVO)
        assert apart((place.latitude / 1e7, place.longitude / 1e7), wanted) < 0.05
        assert "22" in place.remark
        assert place.notation == "gauss_kruger"
    assert coordinates.gauss_kruger(parse(text, PULKOVO).latitude, parse(text, PULKOVO).longitude) == (
        f"X {north:.0f} Y {east:.0f}"
    )
    narrow = Transformer.from_crs(4490, 4531, always_xy=True)  # CGCS2000, zone 43 of 3 degrees
    east, north = narrow.transform(129.4, 43.1)
    place = parse(f"X {north:.2f} Y {east:.2f}", CGCS2000)
    assert apart((place.latitude / 1e7, place.longitude / 1e7), (43.1, 129.4)) < 0.05
    with pytest.raises(DataProblem) as refused:
        parse(f"X {north:.2f} Y {east:.2f}")
    assert refused.value.code == "DATUM_NEEDED"


def test_chinese_web_maps_are_warned_of_and_undone() -> None:
    # Pairs that open implementations of the shift are tested with.
    for wgs, shifted in (
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ):
        assert coordinates.wgs84_to_gcj02(*wgs) == pytest.approx(shifted, abs=1e-6)
        assert coordinates.gcj02_to_wgs84(*shifted) == pytest.approx(wgs, abs=1e-6)
    place = parse("42.86240 N 130.36610 E", GCJ02)
    assert place.doubtful
    assert place.uncertainty_m >= 50
    assert 300 < apart((place.latitude / 1e7, place.longitude / 1e7), (42.8624, 130.3661)) < 1000
    with pytest.raises(DataProblem) as refused:
        parse("43.11560 N 131.88550 E", GCJ02)  # Vladivostok
    assert refused.value.code == "DATUM_WRONG"


def test_what_was_assumed_is_said() -> None:
    assert "32" in parse("52S 500000 4000000").remark
    assert parse("52S 500000 4000000").latitude > 0
    assert "southern" in parse("52S 500000 7000000").remark
    assert parse("52S 500000 7000000").latitude < 0
    assert "northern" in parse("52N 681254 4720134").remark
    assert parse("52T 681254 4720134").remark == ""
    with pytest.raises(DataProblem) as refused:
        parse("52R 681254 4720134")
    assert refused.value.code == "COORDINATES_BAND"
    with pytest.raises(DataProblem) as refused:
        parse("52T 681254 4720134", PULKOVO)
    assert refused.value.code == "DATUM_WRONG"


def test_a_change_of_datum_never_reaches_for_a_grid() -> None:
    code = (
        "from ranger_app.geo import coordinates, border; import pyproj.network as n;"
        "coordinates.parse('42.6 131.2', 'PULKOVO1942'); print(n.is_network_enabled())"
    )
    environment = {**os.environ, "PROJ_NETWORK": "ON"}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert said.stdout.strip() == "False"
