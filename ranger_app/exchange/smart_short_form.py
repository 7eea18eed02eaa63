"""SMART's configurable model: a short form over a big data model, which says what is asked for and in which order.

It names categories and attributes of another file's model, so it is applied to a model that is here already.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from ranger_app.domain.model_parts import Category, Model
from ranger_app.domain.model_text import refused
from ranger_app.domain.model_walk import category
from ranger_app.exchange.smart_model import tree_of
from ranger_app.exchange.xml_tree import Node
from ranger_app.i18n import _


@dataclass(frozen=True, slots=True)
class ShortForm:
    """Full keys of the categories that are offered, in order, each with the attributes that are shown."""

    name: str
    categories: dict[str, tuple[str, ...]]


def is_short_form(data: bytes) -> bool:
    """Whether a file looks like one; ``read`` decides."""
    return b"ConfigurableModel" in data[:4096]


def read(data: bytes, file: str) -> ShortForm:
    """The short form in ``data``. DataProblem, one sentence, for anything else."""
    root, _namespaces = tree_of(data, file)
    if root.name != "ConfigurableModel":
        raise refused(_("{file} is XML, but no SMART data model.").format(file=file))
    found: dict[str, tuple[str, ...]] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting += reversed([child for child in node.children if child.name in ("nodes", "node")])
        hkey = unicodedata.normalize("NFC", node.attributes.get("categoryHkey", "").strip())
        if node.name == "node" and hkey:
            hkey = hkey if hkey.endswith(".") else f"{hkey}."
            shown = (one.attributes.get("attributeKey", "") for one in node.named("attribute") if _visible(one))
            found[hkey] = tuple(dict.fromkeys([*found.get(hkey, ()), *(key for key in shown if key)]))
    if not found:
        raise refused(_("{file} offers no category.").format(file=file))
    return ShortForm(file.rpartition(".")[0] or file, found)


def _visible(attribute: Node) -> bool:
    for option in attribute.named("option"):
        if option.attributes.get("id") == "IS_VISIBLE":
            said = [option.attributes.get(name, "").casefold() for name in ("stringValue", "doubleValue")]
            return not any(one in ("false", "0", "0.0") for one in said)
    return True


def applied(model: Model, form: ShortForm) -> tuple[Model, tuple[str, ...]]:
    """``model`` asking only for what ``form`` shows, in its order, and the categories of the form it does not know.

    Nothing is taken away: what is not shown is switched off and can be switched on again.
    """
    unknown = tuple(hkey for hkey in form.categories if category(model, hkey) is None)
    order = {hkey: number for number, hkey in enumerate(form.categories)}
    return replace(model, name=form.name, categories=_applied(model.categories, "", order, form, ())), unknown


def _applied(
    categories: tuple[Category, ...], above: str, order: dict[str, int], form: ShortForm, inherited: tuple[str, ...]
) -> tuple[Category, ...]:
    made: list[tuple[int, Category]] = []
    for one in categories:
        hkey = f"{above}{one.key}."
        asked = tuple(dict.fromkeys([*inherited, *one.attributes]))
        children = _applied(one.children, hkey, order, form, asked)
        places = [order[known] for known in order if known.startswith(hkey)]
        shown = form.categories.get(hkey)
        if shown is not None:
            # What stands above is attached here too, so that it can be switched off for this category alone.
            off = tuple(key for key in asked if key not in shown)
            more = tuple(key for key in inherited if key in off and key not in one.attributes)
            one = replace(one, attributes=(*more, *one.attributes), off=off)
        made.append((min(places, default=len(order)), replace(one, children=children, active=bool(places))))
    return tuple(one for _place, one in sorted(made, key=lambda pair: pair[0]))
