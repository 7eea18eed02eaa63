"""Who and what appears in the demo: stations, people as roles, places, cameras and animals, all made up.

Coordinates lie near the lower Tumen, each station's inside its own country as far as its patrols walk, and are no real
sites.
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
        "khasan", "Khasan (demo)", "RU", 600, "Lake Hills (demo)", (42.4900, 130.7000),
        (
            Site("Oak Ridge 1 (demo)", 42.5010, 130.6900, "forest"),
            Site("Oak Ridge 2 (demo)", 42.5080, 130.7000, "snow"),
            Site("Stream Mouth (demo)", 42.4820, 130.7150, "river"),
            Site("Reed Bay (demo)", 42.4750, 130.7050, "reeds"),
        ),
        "Lakes South (demo)", ("North shore (demo)", "South shore (demo)"),
    ),
    Party(
        "hunchun", "Hunchun (demo)", "CN", 480, "Stone Valley (demo)", (42.8900, 130.4700),
        (
            Site("Pine Saddle (demo)", 42.9050, 130.4510, "forest"),
            Site("Birch Slope (demo)", 42.9180, 130.4730, "snow"),
            Site("Gravel Bend (demo)", 42.8710, 130.4450, "river"),
            Site("Reed Ditch (demo)", 42.8630, 130.4290, "reeds"),
        ),
        "River Meadows (demo)", ("Upper meadow (demo)", "Lower meadow (demo)"),
    ),
    Party(
        "rason", "Rason (demo)", "KP", 540, "Coast Lagoons (demo)", (42.4000, 130.3900),
        (
            Site("Alder Hollow (demo)", 42.4120, 130.3720, "forest"),
            Site("Snow Pass (demo)", 42.4250, 130.3610, "snow"),
            Site("Sand Spit (demo)", 42.3780, 130.4020, "river"),
            Site("Lagoon Edge (demo)", 42.3710, 130.3910, "reeds"),
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
