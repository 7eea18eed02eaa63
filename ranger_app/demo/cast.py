"""Who and what appears in the demo: stations, people as roles, places, cameras and animals, all made up.

Coordinates lie near the lower Tumen, each station's inside its own country, and are no real sites.
"""

from __future__ import annotations

from dataclasses import dataclass

YEAR = 2025
"""The season shown; fixed, so that the demo is the same whenever it is made."""


@dataclass(frozen=True, slots=True)
class Site:
    """A made-up camera site: name, WGS 84 degrees, the scene its camera looks at."""

    name: str
    latitude: float
    longitude: float
    scene: str


@dataclass(frozen=True, slots=True)
class Party:
    """One demo station and its surroundings. ``utc_offset`` in minutes east of UTC."""

    key: str
    name: str
    country: str
    utc_offset: int
    area: str
    post: tuple[float, float]
    sites: tuple[Site, ...]
    water: str
    sectors: tuple[str, ...]


PARTIES: tuple[Party, ...] = (
    Party(
        "khasan", "Khasan (demo)", "RU", 600, "Lake Hills (demo)", (42.4600, 130.6900),
        (
            Site("Oak Ridge 1 (demo)", 42.4710, 130.6800, "forest"),
            Site("Oak Ridge 2 (demo)", 42.4780, 130.6900, "snow"),
            Site("Stream Mouth (demo)", 42.4520, 130.7050, "river"),
            Site("Reed Bay (demo)", 42.4450, 130.6950, "reeds"),
        ),
        "Lakes South (demo)", ("North shore (demo)", "South shore (demo)"),
    ),
    Party(
        "hunchun", "Hunchun (demo)", "CN", 480, "Stone Valley (demo)", (42.6900, 130.5200),
        (
            Site("Pine Saddle (demo)", 42.7050, 130.5010, "forest"),
            Site("Birch Slope (demo)", 42.7180, 130.5230, "snow"),
            Site("Gravel Bend (demo)", 42.6710, 130.4950, "river"),
            Site("Reed Ditch (demo)", 42.6630, 130.4790, "reeds"),
        ),
        "River Meadows (demo)", ("Upper meadow (demo)", "Lower meadow (demo)"),
    ),
    Party(
        "rason", "Rason (demo)", "KP", 540, "Coast Lagoons (demo)", (42.3700, 130.4300),
        (
            Site("Alder Hollow (demo)", 42.3820, 130.4120, "forest"),
            Site("Snow Pass (demo)", 42.3950, 130.4010, "snow"),
            Site("Sand Spit (demo)", 42.3480, 130.4420, "river"),
            Site("Lagoon Edge (demo)", 42.3410, 130.4310, "reeds"),
        ),
        "Lagoons East (demo)", ("Open water (demo)", "Reed belt (demo)"),
    ),
)  # fmt: skip

PEOPLE: tuple[tuple[str, str], ...] = (
    ("Ranger 1", "ranger"),
    ("Ranger 2", "ranger"),
    ("Reviewer A", "reviewer"),
    ("Manager", "manager"),
    ("Exchange officer", "exchange"),
    ("Observer A", "ranger"),
)
"""Name and role: roles only, never a person."""

TAXA: dict[str, str] = {
    "tiger": "Panthera tigris",
    "leopard": "Panthera pardus",
    "sika_deer": "Cervus nippon",
    "roe_deer": "Capreolus pygargus",
    "wild_boar": "Sus scrofa",
    "black_bear": "Ursus thibetanus",
    "badger": "Meles leucurus",
}
"""What the drawn animals are identified as."""

CHANCES: tuple[tuple[str, int], ...] = (
    ("sika_deer", 22), ("roe_deer", 18), ("wild_boar", 16), ("badger", 10), ("blank", 14), ("tiger", 6), ("leopard", 5),
    ("black_bear", 4), ("person", 3), ("vehicle", 2),
)  # fmt: skip
"""How often each subject passes a camera, per cent."""


@dataclass(frozen=True, slots=True)
class Known:
    """A known animal of each station."""

    code: str
    taxon: str
    sex: str
    subject: str


INDIVIDUALS: tuple[Known, ...] = (
    Known("T-01 (demo)", "Panthera tigris", "female", "tiger"),
    Known("T-02 (demo)", "Panthera tigris", "male", "tiger"),
    Known("L-01 (demo)", "Panthera pardus", "female", "leopard"),
)
CROSSING = frozenset(("T-02 (demo)",))
"""Animals that are met on both sides of the border."""
