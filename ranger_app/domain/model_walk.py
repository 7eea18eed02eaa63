"""Finding the way in an observation model by full keys, such as ``humanactivity.weapons.trap.`` with its last dot.

Keys are compared as written first and then whatever their case, because files of other programs mix both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from ranger_app.domain.model_parts import Attribute, Category, Item, Model

_Node = TypeVar("_Node", Category, Item)


def join(above: str, key: str) -> str:
    """The full key of ``key`` under the full key ``above`` ("" for the top)."""
    return f"{above}{key}."


def _down(nodes: tuple[_Node, ...], hkey: str) -> tuple[_Node, ...]:
    found: list[_Node] = []
    for part in hkey.rstrip(".").split("."):
        folded = part.casefold()
        step = next((one for one in nodes if one.key == part), None)
        step = step or next((one for one in nodes if one.key.casefold() == folded), None)
        if step is None:
            return ()
        found.append(step)
        nodes = step.children
    return tuple(found)


def path(model: Model, hkey: str) -> tuple[Category, ...]:
    """The categories from the top down to ``hkey``; empty where the model does not know it."""
    return _down(model.categories, hkey)


def category(model: Model, hkey: str) -> Category | None:
    """The category with this full key, or None."""
    found = path(model, hkey)
    return found[-1] if found else None


def walk(model: Model) -> Iterator[tuple[str, Category]]:
    """Every category with its full key, parents before children, in the order of the model."""

    def below(above: str, categories: tuple[Category, ...]) -> Iterator[tuple[str, Category]]:
        for one in categories:
            hkey = join(above, one.key)
            yield hkey, one
            yield from below(hkey, one.children)

    return below("", model.categories)


def attribute(model: Model, key: str) -> Attribute | None:
    """The attribute of this key, or None."""
    return next((one for one in model.attributes if one.key == key), None)


def attributes_of(model: Model, hkey: str, *, off: bool = False) -> tuple[Attribute, ...]:
    """What is told of a find of this category: what all categories above ask for, from the top down, then its own.

    Each once; with ``off`` also those that are attached but not asked for at present. The category nearest to the find
    says whether an attribute is asked for.
    """
    asked: dict[str, bool] = {}
    for one in path(model, hkey):
        for key in one.attributes:
            asked[key] = key not in one.off
    known = (attribute(model, key) for key, wanted in asked.items() if wanted or off)
    return tuple(one for one in known if one is not None)


def item_path(of: Attribute, value: str) -> tuple[Item, ...]:
    """The items from the top down to ``value``: a list item's key or a tree's full key; empty where unknown."""
    return _down(of.items, value)


def item(of: Attribute, value: str) -> Item | None:
    """The item that ``value`` names, or None."""
    found = item_path(of, value)
    return found[-1] if found else None


def items(of: Attribute) -> Iterator[tuple[str, Item]]:
    """Every item with the value a find has of it: the key in a list, the full key in a tree; parents first."""

    def below(above: str, nodes: tuple[Item, ...]) -> Iterator[tuple[str, Item]]:
        for one in nodes:
            hkey = join(above, one.key)
            yield (hkey if of.type == "TREE" else one.key), one
            yield from below(hkey, one.children)

    return below("", of.items)


def threat_of(model: Model, hkey: str) -> tuple[str, str, str] | None:
    """(scheme, version, code) of the threat that a find of this category tells of, inherited from above; or None."""
    code = next((one.threat for one in reversed(path(model, hkey)) if one.threat), "")
    return (model.threat_scheme, model.threat_version, code) if code and model.threat_scheme else None


def kind_of(model: Model, hkey: str) -> str:
    """``pressure``, ``state`` or ``response``, inherited from above; "" where nothing says so."""
    return next((one.kind for one in reversed(path(model, hkey)) if one.kind), "")
