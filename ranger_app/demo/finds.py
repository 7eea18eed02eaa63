"""What patrols of the demo find: as marked on the device, and as written up by the shipped observation model.

Snares, camps and people, tracks and kills, work done: pressure, state and response are all among them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from ranger_app.domain import observation_model as models
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, create
from ranger_app.domain.values import canonical

Told = tuple[str, str]
"""An attribute's key and its value."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of find: how often, the mark's name, remarks and symbol, and category and attributes of the finds there.

    ``most``: at a number up to this is told; 0 for none.
    """

    often: int
    name: str
    remarks: str
    symbol: str
    finds: tuple[tuple[str, tuple[Told, ...]], ...]
    most: int = 0


_TIGER, _LEOPARD = ("species", "cats.pantheratigris."), ("species", "cats.pantherapardus.")
KINDS: tuple[Kind, ...] = (
    Kind(
        9, "Snare found", "Wire snare on a game trail, taken away", "Snare",
        (
            ("humanactivity.weaponsequipment.trap.snare.",
             (("typeoftrap", "wiresnare"), ("isactive", "true"), ("snaretarget", "deer"), ("ageofsign", "recent"))),
            ("response.snareremoved.", (("typeoftrap", "wiresnare"),)),
        ),
        4,
    ),
    Kind(
        6, "Track of tiger", "Pad width 10.5 cm, fresh", "Track",
        (("animals.sign.track.", (_TIGER, ("padwidth", "10.5"), ("ageofsign", "fresh"))),),
    ),
    Kind(
        5, "Camp", "Old fireplace, nobody there", "Camp",
        (("humanactivity.shelterorcamp.", (("typeofshelter", "camp"), ("shelterstatus", "abandoned"))),),
    ),
    Kind(
        6, "Track of leopard", "In mud beside the stream", "Track",
        (("animals.sign.track.", (_LEOPARD, ("substrate", "mud"), ("ageofsign", "recent"))),),
    ),
    Kind(4, "Scat", "Sample taken", "Scat", (("animals.sign.dung.", (_LEOPARD, ("sampletaken", "true"))),)),
    Kind(
        5, "Camera checked", "Card changed, batteries good", "Camera",
        (("response.cameracheck.", (("camerastate", "working"), ("cardchanged", "true"))),),
    ),
    Kind(
        4, "Fishing net", "Forty metres, abandoned, taken away", "Net",
        (
            ("humanactivity.fishing.nets.", (("netlength", "40"), ("ageofsign", "old"))),
            ("response.netremoved.", (("netlength", "40"),)),
        ),
        2,
    ),
    Kind(4, "Scrape", "Beside a leaning oak", "Scrape", (("animals.sign.scrape.", (_TIGER, ("markobject", "tree"))),)),
    Kind(
        4, "Stumps", "Three oaks, cut this winter", "Logging",
        (("humanactivity.timber.stump.", (("ageofsign", "recent"), ("treespecies", "oak"))),), 6,
    ),
    Kind(
        3, "People gathering nuts", "Two people, papers in order", "People",
        (
            ("humanactivity.people.gatherers.", (("numberofpeople", "2"), ("plantgathered", "pinenuts"))),
            ("response.peoplewarned.", (("numberofpeople", "2"),)),
        ),
    ),
    Kind(
        2, "Burnt grass", "Half a hectare, burnt out", "Fire",
        (("humanactivity.fire.grassfire.", (("firestate", "burntout"), ("areaaffected", "0.5"))),),
    ),
    Kind(2, "Gunshot heard", "One shot, to the north", "Sound", (("humanactivity.gunshotheard.", ()),), 3),
    Kind(
        2, "Kill of a tiger", "Wild boar, about two days old", "Kill",
        (("animals.kill.", (_TIGER, ("ageofanimalcarcass", "recent"))),),
    ),
    Kind(3, "Fresh tracks of deer", "Many, on both sides of the stream", "Track", (("animals.preysign.", ()),)),
)  # fmt: skip


def draw(rng: random.Random, count: int) -> list[Kind]:
    """``count`` kinds, the first of them different from each other while there are enough."""
    left = list(KINDS)
    found: list[Kind] = []
    while len(found) < count:
        if not left:
            left = list(KINDS)
        one = rng.choices(left, [kind.often for kind in left])[0]
        left.remove(one)
        found.append(one)
    return found


def write_up(
    rng: random.Random, kind: Kind, patrol: bytes, waypoint: bytes, by: bytes | None, new_id: Callable[[], bytes]
) -> list[Op]:
    """The finds at a waypoint as records, with their species as the model tells it."""
    model = models.default()
    number = rng.randint(1, kind.most) if kind.most else None
    ops: list[Op] = []
    for place, (category, told) in enumerate(kind.finds, start=1):
        known = {one.key: one.type for one in models.attributes_of(model, category)}
        entries = [{"key": key, "value": value, "type": known.get(key, "TEXT")} for key, value in told]
        if number is not None and "number" in known:
            entries.append({"key": "number", "value": str(number), "type": "NUMERIC"})
        values: dict[str, Value] = {
            "patrol": patrol,
            "waypoint": waypoint,
            "number": place,
            "category": category,
            "taxon": models.taxon_of(model, entries, category),
            "count": number,
            "attributes": canonical(entries) if entries else None,
            "by": by,
        }
        ops.append(create("sighting", new_id(), {key: value for key, value in values.items() if value is not None}))
    return ops
