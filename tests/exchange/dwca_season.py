"""Made-up visits to wetlands with everything that an archive has to carry, and what of it must never be found."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.actions.export_data import export
from ranger_app.actions.formats import ExportReport, ImportReport
from ranger_app.actions.import_data import import_data
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import create
from ranger_app.jobs import run
from ranger_app.library import Library

NASTY = '"tab\there", new\nline, \'both\' "quotes" журавль 白头鹤 두루미 тогоруу ナベヅル"'
KINDS = ("survey", "count", "location", "person", "population", "protected_area")
OUTLINE = {"type": "Polygon", "coordinates": [[[130.6, 42.4], [130.7, 42.4], [130.7, 42.5], [130.6, 42.4]]]}
WORDS = {"site": "Mirror Lagoon", "sector": "Whispering Reeds", "person": "Observer Alpha", "code": "ML-0417"}
PLACE, SECTOR_PLACE = (424_537_911, 1_306_918_273), (424_611_377, 1_307_022_519)


@dataclass
class Wetland:
    """The ids of what was made."""

    site: bytes
    sector: bytes
    person: bytes
    visits: dict[str, bytes] = field(default_factory=dict)


def wetland(library: Library, *, release: str | None = "gbif", country: str = "RU") -> Wetland:
    """A site with a sector; no visits yet."""
    made = Wetland(library.new_id(), library.new_id(), library.new_id())
    area = library.new_id()
    library.commit(
        [
            create("protected_area", area, {"name": "Lagoon reserve", "country": country}),
            create("person", made.person, {"name": WORDS["person"], "role": "ranger"}),
            create("location", made.site, {
                "name": WORDS["site"], "type": "site", "latitude": PLACE[0], "longitude": PLACE[1], "uncertainty": 30,
                "country": country, "release": release, "protected_area": area, "outline": json.dumps(OUTLINE),
                "site_code": WORDS["code"], "wetland_type": "coastal lagoon", "area_ha": 1234,
                "remarks": f"north of {WORDS['site']}"}),
            create("location", made.sector, {
                "name": WORDS["sector"], "type": "sector", "latitude": SECTOR_PLACE[0], "longitude": SECTOR_PLACE[1],
                "part_of": made.site, "country": country}),
        ],
        label="site",
    )  # fmt: skip
    return made


def visit(library: Library, place: Wetland, name: str, **values: Value) -> bytes:
    """A visit to the site on 2025-01-12 from 08:00 to 11:30, changed by ``values``."""
    fields: dict[str, Value] = {
        "site": place.site, "date": "2025-01-12", "start": "08:00", "end": "11:30",
        "observers": json.dumps([place.person.hex()]),
    }  # fmt: skip
    survey = place.visits[name] = library.new_id()
    library.commit([create("survey", survey, {k: v for k, v in (fields | values).items() if v is not None})], label="v")
    return survey


def count(library: Library, survey: bytes, taxon: str, number: int, **values: Value) -> bytes:
    """A count of a visit."""
    record = library.new_id()
    library.commit([create("count", record, {"survey": survey, "taxon": taxon, "count": number, **values})], label="c")
    return record


def season(library: Library, *, release: str | None = "gbif") -> Wetland:
    """Visits of every kind: complete, with a group left out, blank, without birds, unfinished, past midnight."""
    place = wetland(library, release=release)
    population = library.new_id()
    library.commit(
        [create("population", population, {"taxon": "Grus monacha", "name": "eastern", "edition": "Test 2025",
                                           "one_percent": 190})],
        label="population",
    )  # fmt: skip
    full = visit(
        library, place, "full", complete=1, kind="full", method="FT", ice=40, snow=10, wind=3, temperature=-12,
        coverage=90, water="N", tide="L", disturbance="hunting fishing", disturbance_effect="M", visibility="good",
        weather="clear", quality="good", transport="car", coordinated="January 2025", remarks=NASTY, utc_offset=600,
        season="wintering", not_counted="gulls",
    )  # fmt: skip
    count(library, full, "Grus monacha", 12, sector=place.sector, remarks=NASTY, by=place.person, roost=1,
          population=population, life_stage="ad", sex="f", rings="K417 red", flock="A",
          at=1_736_640_000_000)  # fmt: skip
    count(library, full, "Anser fabalis/serrirostris", 300, low=250, high=350, method="estimated", give_or_take=100,
          sample_of=600, sample_counted=100, sample_found=50,
          parts=json.dumps([{"at": 1_736_640_000_000, "number": 300}], separators=(",", ":")))  # fmt: skip
    count(library, full, "Cygnus cygnus", 0)
    count(library, full, "Larus crassirostris", 0)
    count(library, full, "Anas sp.", 0, method="present")
    blank = visit(library, place, "blank", date="2025-01-13", coordinated="january  2025")
    count(library, blank, "Cygnus cygnus", 0)
    count(library, blank, "Anas crecca", 7, sector=place.sector)
    visit(library, place, "none", date="2025-02-01", no_birds=1, complete=1)
    visit(library, place, "none blank", date="2025-02-02", no_birds=1)
    partly = visit(library, place, "partly", date="2025-02-03", complete=0, start=None, end=None)
    count(library, partly, "Cygnus cygnus", 0)
    night = visit(library, place, "night", date="2025-03-01", start="22:00", end="01:30", complete=1, kind="cranes")
    count(library, night, "Grus monacha", 0)
    count(library, night, "Cygnus cygnus", 0)
    return place


def write(library: Library, out: Path, **how: object) -> ExportReport:
    """Export; the archive is ``out/dwca.zip``."""
    return run(export(library, "dwca", out, **how))  # type: ignore[arg-type]


def take(library: Library, source: Path, **how: object) -> ImportReport:
    """Import."""
    return run(import_data(library, "dwca", source, **how))  # type: ignore[arg-type]


def unpacked(out: Path) -> dict[str, bytes]:
    """The files of the archive."""
    with zipfile.ZipFile(out / "dwca.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    """A zip file of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()
