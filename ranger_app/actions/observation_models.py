"""Which observation model finds are described by here, and the words for keys of any model that is known.

Two stations may use different models: each find keeps its key, and its word comes from whichever model knows it: the
one in use, then the others, then the shipped one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from ranger_app.domain import observation_model as models
from ranger_app.domain.observation_model import Attribute, Model
from ranger_app.errors import DataProblem
from ranger_app.store import rows
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record

Source = Database | Model | Sequence[Model]
"""Where words are looked up: all models of a library, one model, or models in order (``known``, for many look-ups)."""

KIND = "observation_model"


def model_in(record: Record) -> Model | None:
    """The model a record holds; the shipped one where its content is empty; None where it cannot be read."""
    text = record.text("content")
    if not text:
        return models.default()
    with suppress(DataProblem):
        return models.from_text(text)
    return None


def record_in_use(db: Database) -> Record | None:
    """The newest record in use that this station made, else the newest in use at all; None: the shipped model.

    What a partner uses becomes the model here only where nobody here chose another.
    """
    own = (
        "in_use=1 AND EXISTS (SELECT 1 FROM batch b JOIN setting s ON s.name='station.id'"
        ' WHERE b.key="observation_model".batch AND lower(hex(b.origin))=s.value)'
    )
    for where in (own, "in_use=1"):
        for record in rows.find(db, KIND, where, order="key DESC"):
            if model_in(record) is not None:
                return record
    return None


def in_use(db: Database) -> Model:
    """The model in use; the shipped one where nobody chose."""
    record = record_in_use(db)
    return (model_in(record) if record else None) or models.default()


def model_of(db: Database, patrol: bytes) -> Model:
    """The model a patrol names, else the one in use."""
    found = rows.get(db, "patrol", patrol)
    named = found["model"] if found else None
    record = rows.get(db, KIND, named) if isinstance(named, bytes) else None
    return (model_in(record) if record and not record.deleted else None) or in_use(db)


def known(db: Database, first: Model | None = None) -> tuple[Model, ...]:
    """All models here in the order words are looked up: ``first``, the one in use, the others newest first, ours."""
    found = [first] if first else []
    found.append(in_use(db))
    found += filter(None, map(model_in, rows.find(db, KIND, order="key DESC")))
    found.append(models.default())
    kept: list[Model] = []
    for one in found:
        if not any(one is other for other in kept):
            kept.append(one)
    return tuple(kept)


def _all(source: Source) -> Sequence[Model]:
    if isinstance(source, Model):
        return (source, models.default())
    return known(source) if isinstance(source, Database) else source


def label(source: Source, hkey: str) -> str:
    """A category's word in the user's language; the key as it is where no model here knows it."""
    words = (models.category_word(model, hkey) for model in _all(source))
    return next((word for word in words if word), hkey)


def full_label(source: Source, hkey: str) -> str:
    """A category's words from the top down in the user's language; the key as it is where no model knows it."""
    words = (models.full_word(model, hkey) for model in _all(source))
    return next((word for word in words if word), hkey)


def attribute_of(source: Source, key: str) -> tuple[Model, Attribute] | None:
    """The attribute of this key and the model that knows it, or None."""
    for model in _all(source):
        found = models.attribute(model, key)
        if found is not None:
            return model, found
    return None


def attribute_label(source: Source, key: str) -> str:
    """An attribute's word in the user's language; the key as it is where no model here knows it."""
    found = attribute_of(source, key)
    return models.attribute_word(found[1]) if found else key


def value_label(source: Source, key: str, value: str) -> str:
    """A value's word in the user's language, from the first model that knows it; else the value as it stands."""
    for model in _all(source):
        known_here = models.attribute(model, key)
        if known_here is None:
            continue
        if known_here.type not in ("LIST", "MLIST", "TREE") or models.item(known_here, value):
            return models.value_word(model, key, value)
    return value


def taxon_of(source: Source, attributes: Sequence[Mapping[str, str]], hkey: str = "") -> str | None:
    """The species a find tells of (``domain.model_species``), by the first model that recognises one."""
    found = (models.taxon_of(model, attributes, hkey) for model in _all(source))
    return next((name for name in found if name), None)


def threat_of(source: Source, hkey: str) -> tuple[str, str, str] | None:
    """(scheme, version, code) of a category's threat, by the first model that says one; or None."""
    found = (models.threat_of(model, hkey) for model in _all(source))
    return next((threat for threat in found if threat), None)


def kind_of(source: Source, hkey: str) -> str:
    """``pressure``, ``state``, ``response`` or "", by the first model that says it."""
    found = (models.kind_of(model, hkey) for model in _all(source))
    return next((kind for kind in found if kind), "")
