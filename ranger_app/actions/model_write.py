"""Changing the observation model: which one is in use, which categories are asked for, new categories and attributes.

The model in use belongs to this station. What came from a partner or with the program is copied before it is changed,
so nobody's model changes under their hands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ranger_app.actions import permission
from ranger_app.actions.observation_models import KIND, model_in, record_in_use
from ranger_app.actions.records import existing
from ranger_app.domain import observation_model as models
from ranger_app.domain.fields import Value
from ranger_app.domain.observation_model import TYPES, Attribute, Category, Item, Labels, Model
from ranger_app.domain.ops import Op, change, create
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import origins, rows
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record

SHIPPED = "default"
"""What stands for the shipped model where an id is asked for."""
_KEY = re.compile(r"[a-z0-9_]{1,100}")


@dataclass(frozen=True, slots=True)
class Known:
    """One model that is here. ``id`` is None for the shipped one; ``station`` made it, "" for this station."""

    id: bytes | None
    name: str
    version: str
    origin: str
    in_use: bool
    station: str
    categories: int
    attributes: int


def listed(library: Library) -> list[Known]:
    """All models here, the shipped one first, then oldest first."""
    with library.read() as db:
        chosen = record_in_use(db)
        found = [_known(models.default(), None, "", chosen is None)]
        for record in rows.find(db, KIND):
            model = model_in(record)
            if model is None:
                continue
            by = origins.of(db, KIND, record.id, library.station)
            station = "" if by is None or by.own else by.name
            found.append(_known(model, record, station, chosen is not None and record.id == chosen.id))
    return found


def _known(model: Model, record: Record | None, station: str, in_use: bool) -> Known:
    return Known(
        record.id if record else None,
        record.text("name") if record else model.name,
        record.text("version") if record else model.version,
        record.text("origin") if record else _("comes with the program"),
        in_use,
        station,
        sum(1 for _one in models.walk(model)),
        len(model.attributes),
    )


def _own(db: Database, library: Library, record: bytes) -> bool:
    found = origins.of(db, KIND, record, library.station)
    return found is not None and found.own


def use(library: Library, record: bytes | None) -> None:
    """Describe finds by this model from now on; None is the shipped one. A manager's act; finds keep their keys."""
    permission.require(library, permission.MANAGER)
    with library.read() as db:
        fields: dict[str, Value] = {"in_use": 1}
        take: bytes | None = None
        if record is None:
            take = next(
                (one.id for one in rows.find(db, KIND) if not one["content"] and _own(db, library, one.id)), None
            )
            shipped = models.default()
            fields |= {"name": shipped.name, "version": shipped.version, "origin": "Ranger"}
        else:
            given = existing(db, KIND, record)
            if model_in(given) is None:
                raise DataProblem(
                    "MODEL_REFUSED", _("This model cannot be read here."), _("Ask for it again, or use another.")
                )
            take = record if _own(db, library, record) else None
            fields |= {name: given[name] for name in ("name", "version", "origin", "content")}
        ops: list[Op] = [
            change(KIND, one.id, {"in_use": 0})
            for one in rows.find(db, KIND, "in_use=1")
            if one.id != take and _own(db, library, one.id)
        ]
    ops.append(change(KIND, take, {"in_use": 1}) if take else create(KIND, library.new_id(), fields))
    library.commit(ops, label="model use")


def edit(library: Library, alter: Callable[[Model], Model]) -> None:
    """Change the model in use by ``alter``; one that is not this station's own is copied first. A manager's act."""
    permission.require(library, permission.MANAGER)
    with library.read() as db:
        record = record_in_use(db)
        before = (model_in(record) if record else None) or models.default()
        own = record is not None and _own(db, library, record.id)
    after = alter(before)
    if after == before:
        return
    text = models.to_text(after)
    models.from_text(text)  # no larger and no deeper than what a partner would take
    if record is not None and own:
        library.commit([change(KIND, record.id, {"content": text})], label="model edit")
        return
    fields: dict[str, Value] = {
        "name": record.text("name") if record else before.name,
        "version": (record.text("version") if record else before.version) or None,
        "origin": (record.text("origin") if record else "Ranger") or None,
        "content": text,
        "in_use": 1,
    }
    library.commit([create(KIND, library.new_id(), fields)], label="model edit")


def _at(model: Model, hkey: str, alter: Callable[[Category], Category]) -> Model:
    if models.category(model, hkey) is None:
        raise DataProblem(
            "CATEGORY_UNKNOWN",
            _("The model in use has no category {key}.").format(key=hkey),
            _("Look it up with: ranger model show"),
        )
    keys = [one.key for one in models.path(model, hkey)]

    def below(categories: tuple[Category, ...], left: list[str]) -> tuple[Category, ...]:
        made, done = [], False
        for one in categories:
            if one.key == left[0] and not done:
                done = True
                one = alter(one) if len(left) == 1 else replace(one, children=below(one.children, left[1:]))
            made.append(one)
        return tuple(made)

    return replace(model, categories=below(model.categories, keys))


def set_active(library: Library, hkey: str, active: bool) -> None:
    """Ask for a category or no longer. Finds that have it keep it, and their words."""
    edit(library, lambda model: _at(model, hkey, lambda one: replace(one, active=active)))


def set_asked(library: Library, hkey: str, key: str, asked: bool) -> None:
    """Ask for an attribute in a category and those below it, or no longer. One attached above is meant here alone."""

    def alter(model: Model) -> Model:
        if models.attribute(model, key) is None:
            raise _unknown_attribute(key)

        def asking(one: Category) -> Category:
            attributes = one.attributes if key in one.attributes else (*one.attributes, key)
            off = tuple(known for known in one.off if known != key)
            return replace(one, attributes=attributes, off=off if asked else (*off, key))

        return _at(model, hkey, asking)

    edit(library, alter)


def _unknown_attribute(key: str) -> DataProblem:
    return DataProblem(
        "ATTRIBUTE_UNKNOWN",
        _("The model in use has no attribute {key}.").format(key=key),
        _("Look it up with: ranger model show --attributes"),
    )


def rename(library: Library, hkey: str, labels: Labels) -> None:
    """Give a category other words in some languages; an empty word takes that language's away."""

    def named(one: Category) -> Category:
        words = {language: text for language, text in (one.labels | _clean(labels)).items() if text}
        return replace(one, labels=words, unreviewed=tuple(code for code in one.unreviewed if code not in labels))

    edit(library, lambda model: _spoken(_at(model, hkey, named), labels))


def add_category(
    library: Library,
    above: str,
    labels: Labels,
    *,
    key: str = "",
    attributes: Sequence[str] = (),
    kind: str = "",
    threat: str = "",
) -> str:
    """Add a category under ``above`` ("" for the top); returns its full key.

    ``key``: small Latin letters, digits and underscores, unique there; made from the English label, or numbered, where
    it is empty. ``attributes``: keys of the model's attributes. DataProblem where nothing names it or a key is taken.
    """
    words = {language: text for language, text in _clean(labels).items() if text}
    if not words:
        raise DataProblem("LABEL_MISSING", _("The category has no name."), _("Give it one in at least one language."))
    made: list[str] = []

    def alter(model: Model) -> Model:
        parent = models.category(model, above) if above else None
        beside = parent.children if parent else model.categories
        for name in attributes:
            if models.attribute(model, name) is None:
                raise _unknown_attribute(name)
        new = Category(
            _free_key(key, words, {one.key for one in beside}), words, tuple(attributes), kind=kind, threat=threat
        )
        made.append(models.join("".join(f"{one.key}." for one in models.path(model, above)) if above else "", new.key))
        if above:
            model = _at(model, above, lambda one: replace(one, children=(*one.children, new)))
        else:
            model = replace(model, categories=(*model.categories, new))
        return _spoken(model, words)

    edit(library, alter)
    return made[0]


def add_attribute(
    library: Library,
    hkey: str,
    labels: Labels,
    kind: str,
    *,
    key: str = "",
    unit: str = "",
    items: Sequence[Mapping[str, str]] = (),
) -> str:
    """Add an attribute to the model and ask for it in category ``hkey``; returns its key.

    ``kind`` is one of TYPES; ``items`` are the labels of the entries of a list or tree, by language.
    """
    words = {language: text for language, text in _clean(labels).items() if text}
    if not words:
        raise DataProblem("LABEL_MISSING", _("The attribute has no name."), _("Give it one in at least one language."))
    if kind not in TYPES:
        raise UsageProblem(
            "TYPE_UNKNOWN",
            _("There is no type of attribute called {name}.").format(name=kind),
            _("Use one of: {words}.").format(words=", ".join(TYPES)),
        )
    made: list[str] = []

    def alter(model: Model) -> Model:
        taken = {one.key for one in model.attributes}
        entries: list[Item] = []
        for one in items:
            entry = {language: text for language, text in _clean(one).items() if text}
            if entry:
                entries.append(Item(_free_key("", entry, {done.key for done in entries}), entry))
        new = Attribute(_free_key(key, words, taken), kind, words, unit=unit.strip(), items=tuple(entries))
        made.append(new.key)
        model = replace(model, attributes=(*model.attributes, new))
        model = _at(model, hkey, lambda one: replace(one, attributes=(*one.attributes, new.key)))
        return _spoken(model, words)

    edit(library, alter)
    return made[0]


def _clean(labels: Mapping[str, str]) -> Labels:
    return {language: " ".join(text.split()) for language, text in labels.items()}


def _spoken(model: Model, labels: Mapping[str, str]) -> Model:
    """The model with the languages of new words in its list."""
    more = tuple(language for language, text in labels.items() if text and language not in model.languages)
    return replace(model, languages=(*model.languages, *more))


def _free_key(key: str, labels: Labels, taken: set[str]) -> str:
    if key:
        if not _KEY.fullmatch(key):
            raise DataProblem(
                "KEY_WRONG",
                _("{key} cannot be a key.").format(key=key),
                _("Use small Latin letters, digits and underscores only."),
            )
        if key in taken:
            raise DataProblem("KEY_TAKEN", _("The key {key} is there already.").format(key=key), _("Use another key."))
        return key
    english = labels.get("en") or next(iter(labels.values()))
    wished = re.sub(r"[^a-z0-9]", "", english.casefold())[:60] or "own"
    number, free = 2, wished
    while free in taken:
        free, number = f"{wished}{number}", number + 1
    return free
