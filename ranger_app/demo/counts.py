"""Made-up waterbird surveys as the CSV that ``ranger survey import`` takes without any mapping.

The species and the order of their numbers fit the lower Tumen in each season; every single number is invented.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from datetime import date

HEADER = ("site", "date", "start", "end", "observer", "sector", "taxon", "count", "remarks")

SPRING = (
    ("Anser albifrons", 3200), ("Anser serrirostris", 900), ("Anser cygnoides", 35), ("Cygnus cygnus", 260),
    ("Cygnus columbianus", 45), ("Antigone vipio", 180), ("Grus monacha", 60), ("Grus japonensis", 9),
    ("Anas platyrhynchos", 850), ("Anas acuta", 420), ("Anas crecca", 300), ("Sibirionetta formosa", 1200),
    ("Aythya fuligula", 240), ("Mergus merganser", 160), ("Ardea cinerea", 48), ("Ardea alba", 22),
)  # fmt: skip
AUTUMN = (
    ("Anser albifrons", 1100), ("Anser serrirostris", 1700), ("Cygnus cygnus", 340), ("Antigone vipio", 95),
    ("Grus monacha", 420), ("Grus japonensis", 12), ("Anas platyrhynchos", 1400), ("Anas crecca", 520),
    ("Sibirionetta formosa", 600), ("Fulica atra", 310), ("Ardea cinerea", 64), ("Ciconia boyciana", 4),
    ("Phalacrocorax carbo", 130), ("Larus crassirostris", 220),
)  # fmt: skip
WINTER = (
    ("Cygnus cygnus", 38), ("Anas platyrhynchos", 210), ("Mergus merganser", 90), ("Bucephala clangula", 150),
    ("Aythya marila", 75), ("Larus schistisagus", 60), ("Urile pelagicus", 24),
    ("Larus canus", 110), ("Aythya fuligula", 40), ("Mergellus albellus", 35), ("Haliaeetus albicilla", 9),
)  # fmt: skip
SEASONS: tuple[tuple[str, int, int, tuple[tuple[str, int], ...]], ...] = (
    ("spring", 3, 28, SPRING),
    ("autumn", 10, 19, AUTUMN),
    ("wintering", 1, 14, WINTER),
)
"""Season, month and day of its first survey, taxa with their usual numbers."""

CRANES = frozenset(("Antigone vipio", "Grus monacha", "Grus japonensis"))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the survey file, in the order of HEADER."""

    site: str
    date: str
    start: str
    end: str
    observer: str
    sector: str
    taxon: str
    count: int
    remarks: str


def survey(rng: random.Random, site: str, sectors: tuple[str, ...], number: int, rows: int, year: int) -> list[Row]:
    """``rows`` counts of the ``number``-th survey of ``site``, each taxon at most once a sector.

    Survey 0 is in spring, 1 in autumn, 2 in winter, 3 in spring again but three days later, and so on; a zero is
    written where a taxon was looked for and not found.
    """
    _season, month, day, taxa = SEASONS[number % len(SEASONS)]
    later = (number // len(SEASONS)) * 3 % 60
    when = date.fromordinal(date(year if month > 1 else year + 1, month, day).toordinal() + later)
    begin = rng.randrange(6 * 60 + 30, 8 * 60, 5)
    end = begin + rng.randrange(120, 260, 5)
    pairs = [(taxon, usual, sector) for taxon, usual in taxa for sector in sectors]
    # The wanted number of rows in a fixed order of importance; further rounds repeat the taxa under "second look".
    out: list[Row] = []
    for i in range(rows):
        taxon, usual, sector = pairs[i % len(pairs)]
        share = rng.betavariate(1.3, 3.2)
        count = int(usual * share * 2 / len(sectors))
        if count > 200:
            count = count // 10 * 10
        remarks = ""
        if i >= len(pairs):
            remarks = "second look"
        elif taxon in CRANES and count:
            remarks = rng.choice(("families apart", "on stubble", "roosting in shallow water", ""))
        out.append(Row(site, when.isoformat(), _clock(begin), _clock(end), "Observer A", sector, taxon, count, remarks))
    return out


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def as_csv(rows: list[Row]) -> str:
    """The rows with their header as the text of a CSV file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rows:
        writer.writerow([getattr(row, name) for name in HEADER])
    return out.getvalue()
