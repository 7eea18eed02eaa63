"""SMART's data model as XML, versions 1.0 and 1.1, read and written without loss: what has no place here is kept.

The file knows no units, species, threats or kinds. These go into a processing instruction at its end, which other
programs pass over by the rules of XML and Ranger reads back; a unit also stands behind the label, for people.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ranger_app.domain.model_parts import MOST_CATEGORIES, NOTHING, Attribute, Category, Item, Kept, Labels, Model
from ranger_app.domain.model_text import from_text, refused, to_text, too_big
from ranger_app.domain.model_walk import items, walk
from ranger_app.exchange.smart_model_xml import document, element, possible
from ranger_app.exchange.xml_tree import Node, parse
from ranger_app.i18n import _

MOST_BYTES = 12 << 20
"""Far more than a model of ``model_parts.MOST_BYTES`` takes as XML."""
_MOST_ELEMENTS = 150_000
_MOST_SET = 600_000
_NAMESPACE = re.compile(r"https?://[^/]*smartconservation[^/]*/xml/(\d[\d.]{0,8})/datamodel/?")
_NOTE = re.compile(rb"<\?ranger-model (\{[^<>]{1,8000000}\})\?>")
_ITEMS = {"LIST": "values", "MLIST": "values", "TREE": "tree"}
NEWEST = "1.1"


def tree_of(data: bytes, file: str) -> tuple[Node, set[str]]:
    """The XML of a model file as a tree, with tighter bounds than a patrol's. DataProblem as ``xml_tree.parse``."""
    if len(data) > MOST_BYTES or data.count(b"<") > 2 * _MOST_ELEMENTS or data.count(b"=") > _MOST_SET:
        raise too_big()
    return parse(data, file)


def read(data: bytes, file: str) -> Model:
    """The model in ``data``, named after ``file``. DataProblem, one sentence, for anything else."""
    root, namespaces = tree_of(data, file)
    if root.name != "DataModel":
        raise refused(_("{file} is XML, but no SMART data model.").format(file=file))
    versions = (match[1] for match in map(_NAMESPACE.fullmatch, sorted(namespaces)) if match)
    attributes, categories, languages, more = [], [], [], []
    for node in root.children:
        if len(node.children) > MOST_CATEGORIES:  # before each is looked at
            raise too_big()
        if node.name == "attributes":
            attributes += [_attribute(one) for one in node.children if one.name == "attribute"]
            more += _strangers(node, "attribute")
        elif node.name == "categories":
            categories += [_category(one) for one in node.children if one.name == "category"]
            more += _strangers(node, "category")
        elif node.name == "languages":
            for one in node.children:
                code = one.attributes.get("code", "")
                if one.name in ("languages", "language") and code:
                    languages.append(_plain(code))
                    more += _beyond(one, "language", "code")
                else:
                    more.append(Kept("languages", children=(_kept(one),)))
        else:
            more.append(_kept(node))
    model = Model(
        name=_plain(re.sub(r"(?i)\.xml$", "", file)),
        languages=tuple(languages),
        attributes=tuple(attributes),
        categories=tuple(categories),
        form=next(versions, NEWEST),
        extra=_extra(root, (), more),
    )
    return from_text(to_text(_with_note(model, data)))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _kept(node: Node) -> Kept:
    return Kept(
        node.name,
        tuple(sorted((_plain(name), _plain(value)) for name, value in node.attributes.items())),
        _plain(node.text) if node.text.strip() else "",
        tuple(_kept(child) for child in node.children),
    )


def _extra(node: Node, known: tuple[str, ...], more: list[Kept]) -> Kept:
    """What is left of a node: attributes that are not ``known``, text, and elements with no place of their own."""
    pairs = ((_plain(name), _plain(value)) for name, value in node.attributes.items() if name not in known)
    attributes = tuple(sorted(pairs))  # their order means nothing in XML
    text = _plain(node.text) if node.text.strip() else ""
    return Kept("", attributes, text, tuple(more)) if attributes or text or more else NOTHING


def _strangers(node: Node, expected: str) -> list[Kept]:
    """Elements that do not belong into a list, under the list's name."""
    return [Kept(node.name, children=(_kept(one),)) for one in node.children if one.name != expected]


def _beyond(node: Node, tag: str, *known: str) -> list[Kept]:
    """A small element, kept whole where it says more than what we understand of it."""
    if set(node.attributes) - set(known) or node.children or node.text.strip():
        return [replace(_kept(node), tag=tag)]
    return []


def _truth(text: str | None, otherwise: bool) -> bool:
    return otherwise if text is None else text.strip().casefold() in ("true", "1", "yes")


def _labels(node: Node, more: list[Kept]) -> Labels:
    labels: Labels = {}
    for one in node.named("names"):
        language, text = one.attributes.get("language_code", ""), one.attributes.get("value", "")
        if language in labels or not language or _beyond(one, "names", "language_code", "value"):
            more.append(_kept(one))
        if language:
            labels.setdefault(_plain(language), _plain(text))
    return labels


def _item(node: Node) -> Item:
    more: list[Kept] = []
    labels = _labels(node, more)
    children = []
    for one in node.children:
        if one.name == "children":
            children.append(_item(one))
        elif one.name != "names":
            more.append(_kept(one))
    return Item(
        key=_plain(node.attributes.get("key", "")),
        labels=labels,
        children=tuple(children),
        active=_truth(node.attributes.get("isactive"), True),
        icon=_plain(node.attributes.get("iconkey", "")),
        extra=_extra(node, ("key", "isactive", "iconkey"), more),
    )


def _attribute(node: Node) -> Attribute:
    more: list[Kept] = []
    labels = _labels(node, more)
    kind = _plain(node.attributes.get("type", "TEXT"))
    found: list[Item] = []
    sums: list[str] = []
    minimum = maximum = pattern = ""
    for one in node.children:
        if one.name == "aggregations" and one.attributes.get("aggregation"):
            sums.append(_plain(one.attributes["aggregation"]))
        elif one.name == _ITEMS.get(kind.upper(), "values"):
            found.append(_item(one))
        elif one.name == "qa_regex":
            pattern = _plain(one.text.strip() or next(iter(one.attributes.values()), ""))
            more += _beyond(_understood(one), "qa_regex")
        elif one.name == "qa_minmax":
            said = {name.casefold(): value for name, value in one.attributes.items()}
            said |= {child.name.casefold(): child.text.strip() for child in one.children}
            minimum, maximum = _plain(said.get("minvalue", "")), _plain(said.get("maxvalue", ""))
            if one.attributes or {child.name for child in one.children} - {"MinValue", "MaxValue"}:
                more.append(_kept(one))
        elif one.name != "names":
            more.append(_kept(one))
    return Attribute(
        key=_plain(node.attributes.get("key", "")),
        type=kind,
        labels=labels,
        required=_truth(node.attributes.get("isrequired"), False),
        minimum=minimum,
        maximum=maximum,
        pattern=pattern,
        aggregations=tuple(sums),
        items=tuple(found),
        icon=_plain(node.attributes.get("iconkey", "")),
        extra=_extra(node, ("key", "type", "isrequired", "iconkey"), more),
    )


def _understood(node: Node) -> Node:
    """The node without its text, which was understood; attributes and children tell whether more is to be kept."""
    return Node(node.name, node.attributes, node.children, node.text if node.attributes or node.children else "")


def _category(node: Node) -> Category:
    more: list[Kept] = []
    labels = _labels(node, more)
    children, keys, off = [], [], []
    for one in node.children:
        key = _plain(one.attributes.get("attributekey", ""))
        if one.name == "category":
            children.append(_category(one))
        elif one.name == "attribute" and key and key not in keys:
            keys.append(key)
            if not _truth(one.attributes.get("isactive"), True):
                off.append(key)
            more += _beyond(one, "attribute", "attributekey", "isactive")
        elif one.name != "names":
            more.append(_kept(one))
    return Category(
        key=_plain(node.attributes.get("key", "")),
        labels=labels,
        attributes=tuple(keys),
        children=tuple(children),
        multiple=_truth(node.attributes.get("ismultiple"), True),
        active=_truth(node.attributes.get("isactive"), True),
        icon=_plain(node.attributes.get("iconkey", "")),
        off=tuple(off),
        extra=_extra(node, ("key", "ismultiple", "isactive", "iconkey"), more),
    )


# -- what the format has no place for ----------------------------------------------------------------------------------


def _note(model: Model) -> dict[str, Any]:
    note: dict[str, Any] = {
        "name": model.name,
        "version": model.version,
        "threat_scheme": model.threat_scheme,
        "threat_version": model.threat_version,
    }
    note["categories"] = {
        hkey: said
        for hkey, one in walk(model)
        if (said := _said(threat=one.threat, kind=one.kind, unreviewed=" ".join(one.unreviewed)))
    }
    note["attributes"] = {
        one.key: said
        for one in model.attributes
        if (said := _said(unit=possible(one.unit), unreviewed=" ".join(one.unreviewed)))
    }
    note["items"] = {
        one.key: below
        for one in model.attributes
        if (below := {value: said for value, item in items(one) if (said := _item_note(item))})
    }
    return _said(**note)


def _item_note(item: Item) -> dict[str, str]:
    return _said(taxon=item.taxon, unreviewed=" ".join(item.unreviewed))


def _said(**parts: Any) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value}


def _with_note(model: Model, data: bytes) -> Model:
    found = _NOTE.search(data)
    if not found:
        return model
    try:
        note = json.loads(found[1])
    except (ValueError, RecursionError):
        return model
    return replace(
        model,
        name=_of(note, "name") or model.name,
        version=_of(note, "version"),
        threat_scheme=_of(note, "threat_scheme"),
        threat_version=_of(note, "threat_version"),
        attributes=tuple(
            _noted_attribute(one, _under(note, "attributes", one.key), _under(note, "items", one.key))
            for one in model.attributes
        ),
        categories=_noted(model.categories, "", _under(note, "categories")),
    )


def _under(note: object, *names: str) -> object:
    for name in names:
        note = note.get(name) if isinstance(note, dict) else None
    return note


def _of(note: object, name: str) -> str:
    value = _under(note, name)
    return value if isinstance(value, str) else ""


def _noted(categories: tuple[Category, ...], above: str, note: object) -> tuple[Category, ...]:
    made = []
    for one in categories:
        hkey = f"{above}{one.key}."
        said = _under(note, hkey)
        made.append(
            replace(
                one,
                threat=_of(said, "threat"),
                kind=_of(said, "kind"),
                unreviewed=tuple(_of(said, "unreviewed").split()),
                children=_noted(one.children, hkey, note),
            )
        )
    return tuple(made)


def _noted_attribute(one: Attribute, said: object, below: object) -> Attribute:
    unit = _of(said, "unit")
    labels = {language: text.removesuffix(f" ({unit})") if unit else text for language, text in one.labels.items()}
    unreviewed = tuple(_of(said, "unreviewed").split())
    noted = _noted_items(one.items, "", below, one.type == "TREE")
    return replace(one, unit=unit, labels=labels, unreviewed=unreviewed, items=noted)


def _noted_items(found: tuple[Item, ...], above: str, note: object, tree: bool) -> tuple[Item, ...]:
    made = []
    for one in found:
        hkey = f"{above}{one.key}." if tree else one.key
        said = _under(note, hkey)
        made.append(
            replace(
                one,
                taxon=_of(said, "taxon"),
                unreviewed=tuple(_of(said, "unreviewed").split()),
                children=_noted_items(one.children, hkey, note, tree),
            )
        )
    return tuple(made)


# -- writing -----------------------------------------------------------------------------------------------------------


def write(model: Model, version: str = NEWEST) -> bytes:
    """``model`` as a SMART data model of ``version`` (1.0 or 1.1), UTF-8."""
    root = Kept(
        "DataModel",
        (("xmlns", f"http://www.smartconservationsoftware.org/xml/{version}/datamodel"), *model.extra.attributes),
        model.extra.text,
        tuple(_root(model, version)),
    )
    note = json.dumps(_note(model), ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    note = note.replace("<", "\\u003c").replace(">", "\\u003e")
    return document(element(root), f"<?ranger-model {note}?>")


def _root(model: Model, version: str) -> Iterator[Kept]:
    left = model.extra.children
    inner = "language" if version == "1.0" else "languages"
    languages = [
        Kept(inner, (("code", code), *_further(left, "language", "code", code, ("code",)))) for code in model.languages
    ]
    lists = {
        "languages": languages,
        "attributes": [_attribute_out(one) for one in model.attributes],
        "categories": [_category_out(one) for one in model.categories],
    }
    for name, made in lists.items():
        yield Kept(name, children=(*made, *(child for one in left if one.tag == name for child in one.children)))
    yield from (one for one in left if one.tag not in (*lists, "language"))


def _further(
    left: tuple[Kept, ...], tag: str, name: str, value: str, known: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Further attributes of a small element that was kept whole beside what we understand of it."""
    found = next((one for one in left if one.tag == tag and (name, value) in one.attributes), NOTHING)
    return tuple(pair for pair in found.attributes if pair[0] not in known)


def _names(labels: Labels, left: tuple[Kept, ...], unit: str = "") -> Iterator[Kept]:
    whole = [one.attributes for one in left if one.tag == "names"]
    for language, text in labels.items():
        shown = f"{text} ({possible(unit)})" if possible(unit) else text
        pair = (("language_code", language), ("value", shown))
        if not any(set(pair) <= set(one) for one in whole):
            yield Kept("names", pair)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _icon(icon: str) -> tuple[tuple[str, str], ...]:
    return (("iconkey", icon),) if icon else ()


def _item_out(item: Item, tag: str) -> Kept:
    left = item.extra
    return Kept(
        tag,
        (("key", item.key), ("isactive", _flag(item.active)), *_icon(item.icon), *left.attributes),
        left.text,
        (
            *_names(item.labels, left.children),
            *(one for one in left.children),
            *(_item_out(child, "children") for child in item.children),
        ),
    )


def _attribute_out(one: Attribute) -> Kept:
    left = one.extra
    kept = {child.tag for child in left.children}
    children = [Kept("aggregations", (("aggregation", name),)) for name in one.aggregations]
    children += _names(one.labels, left.children, one.unit)
    children += [_item_out(item, _ITEMS.get(one.type.upper(), "values")) for item in one.items]
    if one.pattern and "qa_regex" not in kept:
        children.append(Kept("qa_regex", text=one.pattern))
    if (one.minimum or one.maximum) and "qa_minmax" not in kept:
        bounds = (("MinValue", one.minimum), ("MaxValue", one.maximum))
        children.append(Kept("qa_minmax", children=tuple(Kept(name, text=text) for name, text in bounds if text)))
    return Kept(
        "attribute",
        (
            ("key", one.key),
            ("isrequired", _flag(one.required)),
            ("type", one.type),
            *_icon(one.icon),
            *left.attributes,
        ),
        left.text,
        (*children, *left.children),
    )


def _category_out(one: Category) -> Kept:
    left = one.extra
    known = ("attributekey", "isactive")
    refers = [
        Kept(
            "attribute",
            (
                ("isactive", _flag(key not in one.off)),
                ("attributekey", key),
                *_further(left.children, "attribute", "attributekey", key, known),
            ),
        )
        for key in one.attributes
    ]
    whole = (child for child in left.children if not (child.tag == "attribute" and _refers(child, one)))
    return Kept(
        "category",
        (
            ("key", one.key),
            ("ismultiple", _flag(one.multiple)),
            ("isactive", _flag(one.active)),
            *_icon(one.icon),
            *left.attributes,
        ),
        left.text,
        (*_names(one.labels, left.children), *whole, *refers, *(_category_out(child) for child in one.children)),
    )


def _refers(child: Kept, one: Category) -> bool:
    return any(name == "attributekey" and value in one.attributes for name, value in child.attributes)
