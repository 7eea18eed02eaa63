"""The configurable observation model: how finds are named, what is told of each, and what it means for reports.

Models differ between stations and change over the years, so nothing here refuses a find: a key that no model knows
stays as it is, and what does not fit is only said.
"""

from __future__ import annotations

from ranger_app.domain.default_model import default
from ranger_app.domain.model_check import Remark, check
from ranger_app.domain.model_parts import (
    KINDS,
    TYPES,
    Attribute,
    Category,
    Item,
    Kept,
    Labels,
    Model,
)
from ranger_app.domain.model_species import taxon_of
from ranger_app.domain.model_text import from_text, to_text
from ranger_app.domain.model_walk import (
    attribute,
    attributes_of,
    category,
    item,
    item_path,
    items,
    join,
    kind_of,
    path,
    threat_of,
    walk,
)
from ranger_app.domain.model_words import (
    attribute_word,
    category_word,
    full_word,
    item_word,
    unit_word,
    value_word,
    word,
)

__all__ = [
    "KINDS",
    "TYPES",
    "Attribute",
    "Category",
    "Item",
    "Kept",
    "Labels",
    "Model",
    "Remark",
    "attribute",
    "attribute_word",
    "attributes_of",
    "category",
    "category_word",
    "check",
    "default",
    "from_text",
    "full_word",
    "item",
    "item_word",
    "item_path",
    "items",
    "join",
    "kind_of",
    "path",
    "taxon_of",
    "threat_of",
    "to_text",
    "unit_word",
    "value_word",
    "walk",
    "word",
]
