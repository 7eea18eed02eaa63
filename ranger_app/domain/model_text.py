"""An observation model as one canonical JSON text, and back: what a record of a model holds and a bundle carries.

Labels are lists of pairs, because their order is the model's own; what is empty is left out. The text of a partner is
data from outside: sizes, depth and types are checked, and fields of a newer version are passed over.
"""

from __future__ import annotations

import functools
import json
import unicodedata
from typing import Any

from ranger_app.domain.model_parts import (
    DEEPEST,
    KINDS,
    LONGEST_TEXT,
    MOST_ATTRIBUTES,
    MOST_BYTES,
    MOST_CATEGORIES,
    MOST_ITEMS,
    NOTHING,
    Attribute,
    Category,
    Item,
    Kept,
    Labels,
    Model,
)
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.i18n import _

_FORMAT = 1
_MOST_KEPT = 20_000


def refused(why: str) -> DataProblem:
    """The problem of a model that cannot be taken, with the reason as a sentence."""
    return DataProblem("MODEL_REFUSED", why, _("Nothing was taken. Choose another file, or export the model again."))


def too_big() -> DataProblem:
    """The problem of a model with more parts than are taken."""
    return refused(_("The model is larger than an observation model can be."))


def to_text(model: Model) -> str:
    """``model`` as canonical JSON. DataProblem MODEL_REFUSED where it is larger than bundles can carry."""
    text = canonical(
        _packed(
            ranger_model=_FORMAT,
            name=model.name,
            version=model.version,
            languages=list(model.languages),
            attributes=[_attribute(one) for one in model.attributes],
            categories=[_category(one) for one in model.categories],
            threat_scheme=model.threat_scheme,
            threat_version=model.threat_version,
            form=model.form,
            extra=_kept(model.extra),
        )
    )
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise too_big()
    return text


def _packed(**parts: Any) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value not in ("", [], None, {})}


def _pairs(labels: Labels) -> list[list[str]]:
    return [[language, text] for language, text in labels.items()]


def _kept(extra: Kept) -> dict[str, Any]:
    return _packed(
        tag=extra.tag,
        attributes=[list(pair) for pair in extra.attributes],
        text=extra.text,
        children=[_kept(child) for child in extra.children],
    )


def _item(item: Item) -> dict[str, Any]:
    return _packed(
        key=item.key,
        labels=_pairs(item.labels),
        children=[_item(child) for child in item.children],
        inactive=None if item.active else 1,
        icon=item.icon,
        taxon=item.taxon,
        unreviewed=list(item.unreviewed),
        extra=_kept(item.extra),
    )


def _attribute(one: Attribute) -> dict[str, Any]:
    return _packed(
        key=one.key,
        type=one.type,
        labels=_pairs(one.labels),
        unit=one.unit,
        required=1 if one.required else None,
        minimum=one.minimum,
        maximum=one.maximum,
        pattern=one.pattern,
        aggregations=list(one.aggregations),
        items=[_item(item) for item in one.items],
        icon=one.icon,
        unreviewed=list(one.unreviewed),
        extra=_kept(one.extra),
    )


def _category(one: Category) -> dict[str, Any]:
    return _packed(
        key=one.key,
        labels=_pairs(one.labels),
        attributes=list(one.attributes),
        children=[_category(child) for child in one.children],
        single=None if one.multiple else 1,
        inactive=None if one.active else 1,
        icon=one.icon,
        threat=one.threat,
        kind=one.kind,
        off=list(one.off),
        unreviewed=list(one.unreviewed),
        extra=_kept(one.extra),
    )


@functools.lru_cache(maxsize=8)
def from_text(text: str) -> Model:
    """The model that ``text`` is. DataProblem MODEL_REFUSED for anything that is none, is too large or too deep."""
    if len(text) > MOST_BYTES:
        raise too_big()
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refused(_("This is not an observation model.")) from error
    if not isinstance(data, dict) or data.get("ranger_model") != _FORMAT:
        raise refused(_("This is not an observation model."))
    return _Reading().model(data)


class _Reading:
    """Counts what has been read, so that no text makes more parts than a model can have."""

    def __init__(self) -> None:
        self.left = {"categories": MOST_CATEGORIES, "attributes": MOST_ATTRIBUTES, "items": MOST_ITEMS}
        self.left["kept"] = _MOST_KEPT

    def _one_more(self, what: str) -> None:
        self.left[what] -= 1
        if self.left[what] < 0:
            raise too_big()

    def model(self, data: dict[str, Any]) -> Model:
        return Model(
            name=_text(data, "name"),
            version=_text(data, "version"),
            languages=_texts(data, "languages"),
            attributes=tuple(self._attribute(one) for one in _objects(data, "attributes")),
            categories=tuple(self._category(one, 1) for one in _objects(data, "categories")),
            threat_scheme=_text(data, "threat_scheme"),
            threat_version=_text(data, "threat_version"),
            form=_text(data, "form"),
            extra=self._kept(data.get("extra"), 1),
        )

    def _attribute(self, data: dict[str, Any]) -> Attribute:
        self._one_more("attributes")
        return Attribute(
            key=_key(data),
            type=_text(data, "type"),
            labels=_labels(data),
            unit=_text(data, "unit"),
            required=bool(data.get("required")),
            minimum=_text(data, "minimum"),
            maximum=_text(data, "maximum"),
            pattern=_text(data, "pattern"),
            aggregations=_texts(data, "aggregations"),
            items=tuple(self._item(one, 1) for one in _objects(data, "items")),
            icon=_text(data, "icon"),
            unreviewed=_texts(data, "unreviewed"),
            extra=self._kept(data.get("extra"), 1),
        )

    def _item(self, data: dict[str, Any], depth: int) -> Item:
        self._one_more("items")
        _not_deeper(depth)
        return Item(
            key=_key(data),
            labels=_labels(data),
            children=tuple(self._item(one, depth + 1) for one in _objects(data, "children")),
            active=not data.get("inactive"),
            icon=_text(data, "icon"),
            taxon=_text(data, "taxon"),
            unreviewed=_texts(data, "unreviewed"),
            extra=self._kept(data.get("extra"), 1),
        )

    def _category(self, data: dict[str, Any], depth: int) -> Category:
        self._one_more("categories")
        _not_deeper(depth)
        kind = _text(data, "kind")
        return Category(
            key=_key(data),
            labels=_labels(data),
            attributes=_texts(data, "attributes"),
            children=tuple(self._category(one, depth + 1) for one in _objects(data, "children")),
            multiple=not data.get("single"),
            active=not data.get("inactive"),
            icon=_text(data, "icon"),
            threat=_text(data, "threat"),
            kind=kind if kind in KINDS else "",
            off=_texts(data, "off"),
            unreviewed=_texts(data, "unreviewed"),
            extra=self._kept(data.get("extra"), 1),
        )

    def _kept(self, data: object, depth: int) -> Kept:
        if data is None:
            return NOTHING
        self._one_more("kept")
        _not_deeper(depth)
        if not isinstance(data, dict):
            raise _wrong("extra")
        return Kept(
            tag=_text(data, "tag"),
            attributes=_pairs_of(data, "attributes"),
            text=_text(data, "text"),
            children=tuple(self._kept(one, depth + 1) for one in _objects(data, "children")),
        )


def _wrong(name: str) -> DataProblem:
    return refused(_("The part {name} of the observation model is not as it should be.").format(name=name))


def _not_deeper(depth: int) -> None:
    if depth > DEEPEST:
        raise refused(_("The model is nested deeper than an observation model can be."))


def _checked(value: object, name: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise _wrong(name)
    return unicodedata.normalize("NFC", value)


def _text(data: dict[str, Any], name: str) -> str:
    return _checked(data.get(name, ""), name)


def _key(data: dict[str, Any]) -> str:
    key = _text(data, "key")
    if not key:
        raise _wrong("key")
    return key


def _list(data: dict[str, Any], name: str) -> list[Any]:
    found = data.get(name, [])
    if not isinstance(found, list):
        raise _wrong(name)
    return found


def _texts(data: dict[str, Any], name: str) -> tuple[str, ...]:
    found = _list(data, name)
    if len(found) > MOST_ATTRIBUTES:
        raise too_big()
    return tuple(_checked(one, name) for one in found)


def _objects(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = _list(data, name)
    if not all(isinstance(one, dict) for one in found):
        raise _wrong(name)
    return found


def _pairs_of(data: dict[str, Any], name: str) -> tuple[tuple[str, str], ...]:
    found = _list(data, name)
    if len(found) > 200 or not all(isinstance(one, list) and len(one) == 2 for one in found):
        raise _wrong(name)
    return tuple((_checked(one[0], name), _checked(one[1], name)) for one in found)


def _labels(data: dict[str, Any]) -> Labels:
    return dict(_pairs_of(data, "labels"))
