"""What an observation model is made of: categories in a tree, attributes with a type, the items of their lists.

Plain values without behaviour; ``domain.observation_model`` reads and writes them and finds its way in them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

TYPES = ("NUMERIC", "TEXT", "LIST", "MLIST", "TREE", "BOOLEAN", "DATE")
"""Types of attributes that a form is made for. Others (TIME, POLYGON, LINE …) are kept and entered as text."""
KINDS = ("pressure", "state", "response")

MOST_CATEGORIES = 5_000
MOST_ATTRIBUTES = 3_000
MOST_ITEMS = 60_000
DEEPEST = 24
"""Levels of a tree, and of what is kept of a file."""
LONGEST_TEXT = 5_000
MOST_BYTES = 2_500_000
"""Of a model as text: it has to go through a bundle in one line."""

Labels = dict[str, str]
"""Language code -> word. The codes are those of the model, in its order, and need not be ours."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file said that has no place here: attributes of an element, and elements below it with all they hold."""

    tag: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    text: str = ""
    children: tuple[Kept, ...] = ()


NOTHING = Kept()


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list, or one node of a tree. ``taxon`` is a scientific name; ``unreviewed`` names languages."""

    key: str
    labels: Labels = field(default_factory=dict)
    children: tuple[Item, ...] = ()
    active: bool = True
    icon: str = ""
    taxon: str = ""
    unreviewed: tuple[str, ...] = ()
    extra: Kept = NOTHING


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something told of a find. ``minimum`` and ``maximum`` are decimal numbers as written, "" where there is none."""

    key: str
    type: str = "TEXT"
    labels: Labels = field(default_factory=dict)
    unit: str = ""
    required: bool = False
    minimum: str = ""
    maximum: str = ""
    pattern: str = ""
    aggregations: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    icon: str = ""
    unreviewed: tuple[str, ...] = ()
    extra: Kept = NOTHING


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of find. ``attributes`` are keys, in order, and hold for the categories below too.

    ``off`` names those of ``attributes`` that are attached but not asked for at present. ``threat`` is a code of the
    model's threat scheme, ``kind`` one of KINDS; empty means as the category above.
    """

    key: str
    labels: Labels = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    children: tuple[Category, ...] = ()
    multiple: bool = True
    active: bool = True
    icon: str = ""
    threat: str = ""
    kind: str = ""
    off: tuple[str, ...] = ()
    unreviewed: tuple[str, ...] = ()
    extra: Kept = NOTHING


@dataclass(frozen=True, slots=True)
class Model:
    """A whole model. ``languages`` as the file lists them; ``form`` is the version of the SMART file it came from."""

    name: str = ""
    version: str = ""
    languages: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    categories: tuple[Category, ...] = ()
    threat_scheme: str = ""
    threat_version: str = ""
    form: str = ""
    extra: Kept = NOTHING
