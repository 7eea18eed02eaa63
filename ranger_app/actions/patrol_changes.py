"""What of a patrol changed since a step of its history: fields before and after, and parts that came or went.

Read from the log: as the patrol stood in the view of whoever took that step, against how it stands now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ranger_app.actions import observation_models, patrol_history
from ranger_app.actions.listing import Names, text_of
from ranger_app.actions.patrol_history import JUDGED, Step
from ranger_app.actions.records import existing
from ranger_app.domain.fields import Field, Type, Value
from ranger_app.domain.ids import read_id
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.merge import Version, resolve
from ranger_app.domain.observation_model import Model
from ranger_app.domain.ops import DELETED
from ranger_app.domain.values import shown
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.connection import Database
from ranger_app.store.log import Log
from ranger_app.store.reopened import STEP_FIELDS

ADDED, REMOVED, SET, JUDGED_OTHERWISE = "added", "removed", "set", "judged"
_SILENT = {
    "patrol", "points", "point_count", "raw_metres", "raw_seconds", "cleaned_seconds", "excluded", "source",
    "source_sha256", "still_seconds", "group", "longitude", "model", "taxon",
}  # fmt: skip
"""Fields that follow from others told here, or that tell a person nothing."""
_ORDER = ("patrol", "track", "waypoint", "sighting", "media")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``about`` names the record, "" for the patrol itself; ``field``, ``before`` and ``after`` are
    words, empty for what came or went. ``what`` is a code: added, removed, set, judged."""

    what: str
    kind: str
    record: bytes
    about: str
    field: str = ""
    before: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        """The change in one line."""
        if self.what == ADDED:
            return _("New: {what}").format(what=self.about)
        if self.what == REMOVED:
            return _("Removed: {what}").format(what=self.about)
        said = _("{field}: {before} → {after}").format(
            field=self.field, before=self.before or _("empty"), after=self.after or _("empty")
        )
        return _("{what}, {change}").format(what=self.about, change=said) if self.about else said


@dataclass(frozen=True, slots=True)
class Since:
    """The changes since ``base``; a ``base`` of None says that nobody has judged the patrol yet."""

    base: Step | None
    changes: tuple[Change, ...]


def changes_since(library: Library, patrol: bytes, step: Step | None = None) -> Since:
    """What changed since ``step``, by default since a manager last returned or approved the patrol.

    DataProblem NO_RECORD where the patrol is gone. The order is that of a patrol's page, the same everywhere.
    """
    with library.read() as db:
        existing(db, "patrol", patrol)
        return since(db, library, patrol, step)


def since(db: Database, library: Library, patrol: bytes, step: Step | None = None) -> Since:
    """The same on a connection at hand."""
    log = Log(db)
    _made, found = patrol_history.statements(db, log, patrol)
    if step is None:
        judged = [one for one in patrol_history.steps_of(db, library.station, patrol) if one.kind in JUDGED]
        step = judged[-1] if judged else None
    base = next((v for v in found if step and (*v.writer, v.n, v.index) == step.key), None)
    if base is None:
        return Since(step, ())
    made_in = db.conn.execute("SELECT batch FROM patrol WHERE id=?", (patrol,)).fetchone()[0]
    whole = [("patrol", patrol, log.versions("patrol", patrol, made_in))]
    told = _Told(db, patrol)
    changes: list[Change] = []
    for kind, record, versions in whole + patrol_history.parts(db, log, patrol):
        before = [v for v in versions if patrol_history.in_view(base, v)]
        if len(before) < len(versions):
            changes += told.differences(kind, record, before, versions)
    changes.sort(key=lambda one: (_ORDER.index(one.kind), one.about, one.record))
    return Since(step, tuple(changes))


class _Told:
    """Puts differences of a patrol's records into words; the observation models are read when a find needs them."""

    def __init__(self, db: Database, patrol: bytes) -> None:
        self._db, self._patrol = db, patrol
        self._names = Names(db)
        self._models: tuple[Model, ...] | None = None

    def differences(self, kind: str, record: bytes, before: list[Version], versions: list[Version]) -> list[Change]:
        """From how a record stood to how it stands."""
        old, new = resolve(before).values, resolve(versions).values
        was, is_ = bool(before) and not old.get(DELETED), not new.get(DELETED)
        if kind == "media":
            was, is_ = was and _attached(old), is_ and _attached(new)
        if was != is_:
            return [Change(ADDED if is_ else REMOVED, kind, record, self._about(kind, record, new if is_ else old))]
        if not is_ or kind == "media":
            return []
        about = self._about(kind, record, new)
        found = []
        for field in kind_named(kind).fields:
            name = field.name
            if name in _SILENT or (kind == "patrol" and name in STEP_FIELDS):
                continue
            names = (name, "longitude") if name == "latitude" else (name,)
            if all(old.get(one) == new.get(one) for one in names):
                continue
            what = JUDGED_OTHERWISE if name == "overrules" else SET
            label = _("Place") if name == "latitude" else _(field.label)
            found.append(Change(what, kind, record, about, label, self._text(field, old), self._text(field, new)))
        return found

    def _about(self, kind: str, record: bytes, values: Mapping[str, Value]) -> str:
        if kind == "patrol":
            return ""
        label = _("Photo") if kind == "media" else _(kind_named(kind).label)
        if kind == "media":  # its name came with the file, not when it was put on the patrol
            photo = rows.get(self._db, kind, record)
            name = photo.text("file_name") if photo else ""
        else:
            name = self._category(values.get("category")) if kind == "sighting" else str(values.get("name") or "")
        return f"{label} {name}" if name else label

    def _category(self, hkey: Value) -> str:
        return observation_models.label(self._known(), hkey) if isinstance(hkey, str) else ""

    def _known(self) -> tuple[Model, ...]:
        if self._models is None:
            self._models = observation_models.known(self._db, observation_models.model_of(self._db, self._patrol))
        return self._models

    def _text(self, field: Field, values: Mapping[str, Value]) -> str:
        value = values.get(field.name)
        if field.name == "latitude":
            other = values.get("longitude")
            if isinstance(value, int) and isinstance(other, int):
                return f"{value / 1e7:.5f}, {other / 1e7:.5f}"
            return ""
        if field.name == "category" and isinstance(value, str):
            return self._category(value)
        if field.name == "cleaned_metres" and isinstance(value, int):
            return f"{value / 1e6:.2f} " + _("km")
        if field.type is Type.LIST and isinstance(value, str):
            return self._list(field, value)
        text = text_of(field, value, self._names)
        return f"{text} {_(field.unit)}" if text and field.unit else text

    def _list(self, field: Field, value: str) -> str:
        try:
            entries = json.loads(value)
        except ValueError:
            return value
        if field.name == "overrules":
            points = sum(int(one.get("last") or 0) - int(one.get("first") or 0) + 1 for one in entries)
            return ngettext("{n} point judged by a person", "{n} points judged by a person", points).format(n=points)
        if field.name == "attributes":
            return "; ".join(self._attribute(one) for one in entries)
        told = ([self._part(part, entry.get(part.name)) for part in field.parts] for entry in entries)
        return "; ".join(", ".join(filter(None, words)) for words in told)

    def _attribute(self, entry: Mapping[str, str]) -> str:
        key, value = entry.get("key", entry.get("name", "")), str(entry.get("value", ""))
        models = self._known()
        label, word = (
            observation_models.attribute_label(models, key),
            observation_models.value_label(models, key, value),
        )
        return f"{label} {word}"

    def _part(self, field: Field, value: Value) -> str:
        if field.name in ("leader", "members") and isinstance(value, str):  # ids of people, written as text
            people = [one for word in value.split() if (one := read_id(word)) is not None]
            return ", ".join(self._names("person", one) for one in people)
        return shown(field, value)


def lines(since: Since) -> list[str]:
    """The changes in lines, photos told by their number where there are several."""
    found = []
    photos = {
        what: [one for one in since.changes if (one.kind, one.what) == ("media", what)] for what in (ADDED, REMOVED)
    }
    for one in since.changes:
        several = len(photos.get(one.what, ())) if one.kind == "media" else 0
        if several <= 1:
            found.append(one.text)
        elif one is photos[one.what][0]:
            new = ngettext("New: {n} photo", "New: {n} photos", several)
            gone = ngettext("Removed: {n} photo", "Removed: {n} photos", several)
            found.append((new if one.what == ADDED else gone).format(n=several))
    return found


def _attached(values: Mapping[str, Value]) -> bool:
    return values.get("patrol") is not None
