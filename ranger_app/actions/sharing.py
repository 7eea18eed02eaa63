"""Setting what a partner may see, and saying in plain words what a rule gives and what it keeps back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ranger_app.actions import permission
from ranger_app.actions.partners import partner as existing_partner
from ranger_app.actions.records import find_named
from ranger_app.domain import sharing, taxa
from ranger_app.domain.kinds import BY_NAME
from ranger_app.domain.sharing import OPEN, PRECISIONS, PRESETS, SENSITIVITIES, STANDARD, Precision, Rule
from ranger_app.errors import DataProblem
from ranger_app.i18n import N_, _, language, ngettext
from ranger_app.library import Library
from ranger_app.store import partners as store
from ranger_app.store import rows, sharing_rules
from ranger_app.store.connection import Database

_Value = TypeVar("_Value")

OWN = "own"
"""Name of a rule that people changed for one partner."""

LEVEL_WORDS = {
    0: N_("all other places"),
    1: N_("extremely sensitive species, and cameras whose pictures nobody has reviewed"),
    2: N_("highly sensitive species"),
    3: N_("species of medium sensitivity"),
    4: N_("species of low sensitivity"),
}
PRECISION_WORDS: dict[Precision, str] = {
    "exact": N_("exact"),
    "3": N_("rounded to 0.001° (about 100 m)"),
    "2": N_("rounded to 0.01° (about 1 km)"),
    "1": N_("rounded to 0.1° (about 10 km)"),
    "withheld": N_("not given"),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Changes to a rule as a person states them; None leaves a part as it is. Names are as people write them."""

    clearance: str | None = None
    kinds: Sequence[str] | None = None
    species: Sequence[str] | None = None
    areas: Sequence[str] | None = None
    embargo_days: int | None = None
    people: bool | None = None
    tracks: bool | None = None
    files: bool | None = None
    places: Mapping[str, str] | None = None
    pictures: str | None = None


def rule_of(db: Database, partner: bytes) -> Rule:
    """The rule for everything given to a partner; the open one for a station that is none, or one nobody can read."""
    known = store.station(db, partner)
    if known is None or not known.partner:
        return OPEN
    if not known.rule:
        return PRESETS.get(known.clearance, OPEN)
    try:
        return sharing.from_text(known.rule)
    except ValueError:
        return OPEN


def set_rule(library: Library, partner: bytes, rule: Rule) -> Rule:
    """Set what a partner may see from now on; what was given stays given. Needs the role exchange or manager."""
    permission.require(library, permission.EXCHANGE)
    existing_partner(library, partner)
    with library.read() as db:
        known = store.station(db, partner)
    before = known.clearance if known else STANDARD.name
    preset = next((one for one in PRESETS.values() if replace(rule, name=one.name) == one), None)
    clearance = preset.name if preset else (rule.name if rule.name in PRESETS else before)
    text = "" if preset else sharing.to_text(replace(rule, name=OWN))
    library.write(lambda db: sharing_rules.put(db, partner, clearance, text))
    return preset or replace(rule, name=OWN)


def changed(db: Database, rule: Rule, wish: Wish) -> Rule:
    """A rule with a person's changes; DataProblem RULE_WRONG names the first word that is not understood."""
    if wish.clearance is not None:
        rule = _one_of(wish.clearance, PRESETS)
    if wish.kinds is not None:
        kinds = _words(wish.kinds)
        for one in kinds:
            _one_of(one, BY_NAME)
        rule = replace(rule, kinds=_added(rule.kinds, wish.kinds, kinds))
    if wish.species is not None:
        species = [_species(db, rule, one) for one in _words(wish.species)]
        rule = replace(rule, species=_added(rule.species, wish.species, species))
    if wish.areas is not None:
        rule = replace(rule, areas=frozenset(_area(db, one) for one in _words(wish.areas)))
    if wish.embargo_days is not None:
        if not 0 <= wish.embargo_days <= sharing.MAX_EMBARGO:
            raise _wrong(str(wish.embargo_days), (f"0-{sharing.MAX_EMBARGO}",))
        rule = replace(rule, embargo_days=wish.embargo_days)
    for name in ("people", "tracks", "files"):
        value = getattr(wish, name)
        if value is not None:
            rule = replace(rule, **{name: value})
    if wish.places is not None:
        places = dict(rule.places)
        for level, precision in wish.places.items():
            number = int(_one_of(level, {str(one): str(one) for one in SENSITIVITIES}))
            places[number] = _one_of(precision, {one: one for one in PRECISIONS})
        rule = replace(rule, places=places)
    if wish.pictures is not None:
        rule = replace(rule, pictures=_one_of(wish.pictures, {one: one for one in sharing.PICTURES}))
    return rule


def _words(given: Iterable[str]) -> list[str]:
    words = [one.strip() for one in given]
    if "" in words:  # an empty word is a mistake, as a script's missing value is: it must not open what was kept back
        raise DataProblem(
            "RULE_WRONG", _("A word of the sharing rule is empty."), _("Say none where nothing is kept back.")
        )
    return [one for one in words if one != "none"]


def _added(before: frozenset[str], given: Sequence[str], words: Iterable[str]) -> frozenset[str]:
    """What is kept back from now on: to keep back one thing more opens nothing; only the word none does that."""
    return frozenset(words) if any(one.strip() == "none" for one in given) else before.union(words)


def _species(db: Database, rule: Rule, word: str) -> str:
    """A species as records name it. One that no list and no record knows is a slip, and would keep nothing back."""
    known = taxa.match(word)
    if known or word in rule.species:
        return known or word
    for table, column in (
        ("observation", "taxon"),
        ("individual", "taxon"),
        ("count", "taxon"),
        ("sample", "result_taxon"),
        ("sample", "suspected_taxon"),
        ("sighting", "taxon"),
        ("health_event", "taxon"),
    ):
        if db.conn.execute(f'SELECT 1 FROM "{table}" WHERE {column}=? LIMIT 1', (word,)).fetchone():
            return word
    raise DataProblem(
        "NO_SPECIES",
        _("No species called {name} is known here, so nothing would be kept back.").format(name=word),
        _("Write its scientific name, or add it first with: ranger taxon add"),
    )


def _one_of(word: str, known: Mapping[str, _Value]) -> _Value:
    if word not in known:
        raise _wrong(word, known)
    return known[word]


def _wrong(word: str, known: Iterable[str]) -> DataProblem:
    return DataProblem(
        "RULE_WRONG",
        _("{word} is not understood in a sharing rule.").format(word=word),
        _("Use one of: {words}.").format(words=", ".join(known)),
    )


def _area(db: Database, name: str) -> str:
    found = find_named(db, "protected_area", name)
    if found is None:
        raise DataProblem(
            "NO_AREA",
            _("There is no protected area called {name}, or there are several.").format(name=name),
            _("Look it up in the list of protected areas."),
        )
    return found.hex()


def area_names(db: Database, rule: Rule) -> dict[str, str]:
    """The names of the areas of a rule by their ids."""
    found = {}
    for area in rule.areas:
        record = rows.get(db, "protected_area", bytes.fromhex(area))
        found[area] = (record.text("name") if record else "") or area[:8]
    return found


def words(rule: Rule, areas: Mapping[str, str] | None = None) -> list[str]:
    """What the rule gives and keeps back, a sentence each, in the user's language. ``areas`` are names by id."""
    if rule.everything and rule.pictures == "originals":
        return [_("Everything is given as it is, with exact places and the names of people.")]
    said: list[str] = []
    if rule.kinds:
        labels = sorted(_(BY_NAME[one].label_plural) if one in BY_NAME else one for one in rule.kinds)
        said.append(_("Not given at all: {kinds}.").format(kinds=", ".join(labels)))
    if rule.species:
        names = sorted(taxa.name(one, language()) for one in rule.species)
        said.append(_("Records of these species are not given: {species}.").format(species=", ".join(names)))
    if rule.areas:
        known = areas or {}
        names = sorted(known.get(one, one[:8]) for one in rule.areas)
        said.append(_("Only records from these protected areas are given: {areas}.").format(areas=", ".join(names)))
    if rule.embargo_days:
        days = rule.embargo_days
        said.append(
            ngettext(
                "Records of the last day are not given.", "Records of the last {n} days are not given.", days
            ).format(n=days)
        )
    said += _places(rule)
    said.append(
        _("Names of people, and who did what, are given.")
        if rule.people
        else _("Names of people, and who did what, are not given.")
    )
    said.append(
        _("Tracks and points of patrols are given, but no track that passes a place which is not given exactly.")
        if rule.tracks
        else _("Tracks and points of patrols are not given; their dates and lengths are.")
    )
    said.append(
        _("File names, camera data and hashes are given where the place is exact.")
        if rule.files
        else _("File names, camera data and hashes are not given.")
    )
    said.append(_pictures(rule))
    return said


def _places(rule: Rule) -> list[str]:
    said = []
    for precision in PRECISIONS:
        levels = [one for one in (1, 2, 3, 4, 0) if rule.precision(one) == precision]
        if len(levels) == len(SENSITIVITIES):
            return [_("All places: {precision}.").format(precision=_(PRECISION_WORDS[precision]))]
        if levels:
            what = "; ".join(_(LEVEL_WORDS[one]) for one in levels)
            said.append(_("Places {precision}: {places}.").format(precision=_(PRECISION_WORDS[precision]), places=what))
    return said


def _pictures(rule: Rule) -> str:
    if rule.pictures == "none":
        return _("No pictures are given.")
    if rule.pictures == "thumbnails":
        return " ".join((_("Small pictures are given, originals are not."), _("Pictures of people stay.")))
    if rule.files:
        return _(
            "Originals are given where the place is exact, else copies without camera data. Pictures of people stay."
        )
    return " ".join((_("Pictures are given as copies without camera data."), _("Pictures of people stay.")))
