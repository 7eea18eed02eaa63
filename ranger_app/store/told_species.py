"""The species that finds tell of, read from what they say themselves besides the field that names one.

The field names one species, while a find may tell of several, came from a station that did not know its model, or was
changed since. The secrecy of a place must not rest on that field alone.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress

from ranger_app.domain import observation_model as models
from ranger_app.domain import taxa
from ranger_app.domain.model_species import species_of
from ranger_app.domain.observation_model import Model
from ranger_app.errors import DataProblem
from ranger_app.store.connection import Database

_BETWEEN = re.compile(r"[,;/\n，、；]")
_NONE: frozenset[str] = frozenset()


class Told:
    """Recognises species by all models that are in one library. Each pair of key and value is looked at once."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._models: list[Model] | None = None
        self._categories: dict[str, frozenset[str]] = {}
        self._pairs: dict[tuple[str, str, str], frozenset[str]] = {}

    def of_find(self, category: object, attributes: object) -> frozenset[str]:
        """The species that a find's category and its ``attributes`` (JSON, as stored) tell of."""
        found = self.of_category(category)
        if isinstance(attributes, str) and attributes:
            with suppress(ValueError, RecursionError):
                entries = json.loads(attributes)
                for one in entries if isinstance(entries, list) else ():
                    if isinstance(one, dict) and one.get("key") is not None and one.get("value") is not None:
                        found |= self._of_pair(str(one["key"]), str(one["value"]), str(one.get("type") or ""))
        return found

    def of_category(self, category: object) -> frozenset[str]:
        """The species that a category's key names, or the name that a device wrote in its place."""
        if not isinstance(category, str) or not category:
            return _NONE
        known = self._categories.get(category)
        if known is None:
            named = taxa.match(category)
            known = frozenset(name for model in self._all() for name in species_of(model, (), category))
            known = self._categories[category] = known | {named} if named else known
        return known

    def _of_pair(self, key: str, value: str, kind: str) -> frozenset[str]:
        if kind.upper() in ("NUMERIC", "BOOLEAN", "DATE"):
            return _NONE
        known = self._pairs.get((key, value, kind))
        if known is None:
            entry = [{"key": key, "value": value, "type": kind}]
            known = frozenset(name for model in self._all() for name in species_of(model, entry))
            self._pairs[key, value, kind] = known
        return known

    def _all(self) -> list[Model]:
        if self._models is None:
            self._models = [models.default()]
            for (text,) in self._db.conn.execute("SELECT content FROM observation_model WHERE content <> ''"):
                with suppress(DataProblem):
                    self._models.append(models.from_text(text))
        return self._models


def in_list(text: object) -> frozenset[str]:
    """The listed species that a text names, where it is names between commas."""
    if not isinstance(text, str):
        return _NONE
    return frozenset(name for part in _BETWEEN.split(text) if (name := taxa.match(part.strip())))
