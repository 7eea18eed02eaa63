"""The one list of record kinds. Adding a kind or a field here is most of adding it to the whole program.

Field names follow Camtrap DP 1.0.2 and Darwin Core where these have a word for the thing.
"""

from __future__ import annotations

import functools
import hashlib

from ranger_app.domain.fields import Kind, Type
from ranger_app.domain.kinds_camera import CAMERA, DEPLOYMENT, MEDIA, OBSERVATION, TAXON
from ranger_app.domain.kinds_field import COUNT, NOTE, POPULATION, SURVEY
from ranger_app.domain.kinds_individual import INDIVIDUAL, SAME_ANIMAL, SECOND_OPINION
from ranger_app.domain.kinds_patrol import OBSERVATION_MODEL, PATROL, SIGHTING, TRACK, WAYPOINT
from ranger_app.domain.kinds_place import LOCATION, PERSON, PROTECTED_AREA
from ranger_app.domain.kinds_sample import HAND_OVER, HEALTH_EVENT, SAMPLE
from ranger_app.domain.ops import DELETED

KINDS: tuple[Kind, ...] = (
    PROTECTED_AREA,
    LOCATION,
    CAMERA,
    DEPLOYMENT,
    MEDIA,
    OBSERVATION,
    INDIVIDUAL,
    SAME_ANIMAL,
    SECOND_OPINION,
    PATROL,
    TRACK,
    WAYPOINT,
    SIGHTING,
    OBSERVATION_MODEL,
    SURVEY,
    COUNT,
    POPULATION,
    SAMPLE,
    HAND_OVER,
    HEALTH_EVENT,
    PERSON,
    NOTE,
    TAXON,
)

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}

_WORDS = {kind.name: frozenset((*kind.columns, DELETED)) for kind in KINDS if kind.own_word}
MAKER_ONLY: dict[str, frozenset[str]] = {
    kind.name: names for kind in KINDS if (names := frozenset(f.name for f in kind.fields if f.maker_only))
} | _WORDS
"""By kind, the fields that only the station that made a record may set."""
RELEASES: dict[str, frozenset[str]] = {
    kind.name: names
    for kind in KINDS
    if (names := frozenset(f.name for f in kind.fields if f.maker_only and f.type is Type.YES_NO))
} | _WORDS
"""Those of them that let something leave, or are a station's own word: nobody's counts where two stations say that they
made the record."""


@functools.cache
def fingerprint() -> str:
    """Changes whenever the kinds or the types of their fields do: then the tables are made again from the log."""
    shape = [(kind.name, [(f.name, f.type.value) for f in kind.fields]) for kind in KINDS]
    return hashlib.sha256(repr(shape).encode()).hexdigest()


def kind_named(name: str) -> Kind:
    """The kind called ``name``; KeyError if there is none."""
    return BY_NAME[name]
