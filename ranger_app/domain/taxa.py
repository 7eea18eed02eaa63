"""The species the program knows by name in six languages, and how what a person types is recognised.

A species that is not listed is never refused: its name is kept exactly as it was typed.
"""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from dataclasses import dataclass

from ranger_app.i18n import LANGUAGES
from ranger_app.paths import resource

_SPACES = re.compile(r"\s+")
# Letters that keyboards, phones and spreadsheets swap without anybody meaning it.
_SAME = str.maketrans({"ё": "е", "’": "'", "‘": "'", "`": "'", "‐": "-", "‑": "-", "–": "-", "—": "-"})


@dataclass(frozen=True, slots=True)
class Taxon:
    """One species. ``names`` by language code; ``sensitive`` is 1 (extreme) to 4 (low) or None."""

    scientific: str
    group: str
    sensitive: int | None
    flagship: bool
    names: dict[str, str]
    synonyms: tuple[str, ...]
    unverified: frozenset[str]
    iucn: str = ""
    """Red List category such as VU, empty where not known; ``iucn_date`` is the year of the assessment."""
    iucn_date: str = ""
    own: bool = False
    """Added or changed by the people of this library, not part of the list of the program."""

    @property
    def code(self) -> str:
        """First two letters of genus and species, upper case: GRMO for Grus monacha. Not always unique.

        Empty for a family, order or class: it has only one word.
        """
        genus, _space, species = self.scientific.partition(" ")
        return (genus[:2] + species[:2]).upper() if species else ""

    def name(self, language: str) -> str:
        """The name in ``language``, the scientific one where none is known."""
        return self.names.get(language) or self.scientific


def fold(text: str) -> str:
    """``text`` as it is compared: one width, one case, one kind of apostrophe, no ё, single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_SAME)
    return _SPACES.sub(" ", unicodedata.normalize("NFC", folded)).strip()


_own: tuple[Taxon, ...] = ()


def use_own(added: tuple[Taxon, ...]) -> None:
    """Count these as listed too, from the records of the open library; one of a listed name takes its place."""
    global _own
    if added == _own:
        return
    _own = added
    for known in (load, flagship, clashes, _folded, _by_scientific, _by_name, _by_code):
        known.cache_clear()


@functools.cache
def load() -> tuple[Taxon, ...]:
    """All listed species: those of the program in their order, then those that people added."""
    own = {taxon.scientific: taxon for taxon in _own}
    given = [own.pop(taxon.scientific, taxon) for taxon in _given()]
    return (*given, *own.values())


@functools.cache
def _given() -> tuple[Taxon, ...]:
    with resource("taxonomy", "taxa.csv").open(encoding="utf-8", newline="") as source:
        return tuple(
            Taxon(
                scientific=row["scientific"],
                group=row["group"],
                sensitive=int(row["sensitive"]) if row["sensitive"] else None,
                flagship=row["flagship"] == "1",
                names={language: row[language] for language in LANGUAGES if row[language]},
                synonyms=tuple(name for name in row["synonyms"].split("|") if name),
                unverified=frozenset(row["unverified"].split()),
                iucn=row["iucn"],
                iucn_date=row["iucn_date"],
            )
            for row in csv.DictReader(source)
        )


@functools.cache
def flagship() -> tuple[str, ...]:
    """Scientific names of the six flagship species, in the order of the list."""
    return tuple(taxon.scientific for taxon in load() if taxon.flagship)


@functools.cache
def clashes() -> dict[str, tuple[str, ...]]:
    """Four-letter codes shared by several species, with those species."""
    codes: dict[str, list[str]] = {}
    for taxon in load():
        if taxon.code:
            codes.setdefault(taxon.code, []).append(taxon.scientific)
    return {code: tuple(shared) for code, shared in codes.items() if len(shared) > 1}


def find(scientific: str) -> Taxon | None:
    """The listed species with exactly this scientific name, or None."""
    return _by_scientific().get(scientific)


def given(scientific: str) -> Taxon | None:
    """The species of this name as the program's own list has it."""
    return next((taxon for taxon in _given() if taxon.scientific == scientific), None)


def given_as(scientific: str) -> str | None:
    """How the program's own list writes this scientific name, whatever its capital letters; None where it has it not.

    A slip of the shift key must not make a second species without the sensitivity of the first.
    """
    folded = fold(scientific)
    return next((taxon.scientific for taxon in _given() if fold(taxon.scientific) == folded), None)


def name(scientific: str, language: str) -> str:
    """The name in ``language``; what is not listed is shown as it was written."""
    taxon = find(scientific)
    return taxon.name(language) if taxon else scientific


def sensitive(scientific: str) -> int | None:
    """Sensitivity category 1 (extreme) to 4 (low) after Chapman 2020; None: open or not listed."""
    taxon = find(scientific)
    return taxon.sensitive if taxon else None


def match(text: str) -> str | None:
    """The scientific name of the species ``text`` means, or None.

    A scientific name, a name or synonym in any language, or a four-letter code that only one species has.
    """
    folded = fold(text)
    if not folded:
        return None
    return _by_name().get(folded) or _by_code().get(folded)


TYPE_WORDS = {
    "animal": ("animal",),
    "blank": ("blank", "empty", "пусто", "空白", "비어 있음", "хоосон", "空"),
    "human": (
        *("human", "person", "people", "Homo sapiens", "Homo sapiens sapiens", "Homo"),
        *("человек", "люди", "人", "人类", "사람", "хүн", "人間", "ヒト"),
    ),
    "vehicle": ("vehicle", "транспорт", "машина", "车辆", "차량", "тээврийн хэрэгсэл", "車両"),
    "unknown": ("unknown", "неизвестно", "未知", "알 수 없음", "тодорхойгүй", "不明"),
    "unclassified": ("unclassified",),
}
"""Words for what is no species, in the six languages. A person must never become an animal by being named in another
language than the program's: pictures of people stay, those of animals leave."""


def type_of(text: str) -> str | None:
    """The observation type that ``text`` means in any language, or None where it is something else: a species."""
    folded = fold(text)
    return next((kind for kind, words in TYPE_WORDS.items() if folded in {fold(word) for word in words}), None)


def search(text: str, language: str, most: int = 20) -> list[Taxon]:
    """Species for a typed beginning, best first, at most ``most``.

    Names in ``language`` come before the code, the scientific name and other languages; a beginning of the name comes
    before a beginning of a later word.
    """
    folded = fold(text)
    if not folded:
        return []
    ranked = []
    for order, taxon in enumerate(load()):
        rank = _rank(taxon, folded, language)
        if rank is not None:
            ranked.append((rank, order, taxon))
    return [taxon for _rank_of, _order, taxon in sorted(ranked, key=lambda entry: entry[:2])[:most]]


def _rank(taxon: Taxon, folded: str, language: str) -> int | None:
    own, scientific, others = _folded(language)[taxon.scientific]
    if folded in (own, scientific, taxon.code.casefold()):
        return 0
    if own.startswith(folded):
        return 1
    if f" {folded}" in own or (folded in own and not folded.isascii() and " " not in own):
        return 2
    if scientific.startswith(folded) or f" {folded}" in scientific:
        return 3
    if taxon.code and taxon.code.casefold().startswith(folded):
        return 4
    if any(other.startswith(folded) for other in others):
        return 5
    if any(f" {folded}" in other for other in others):
        return 6
    return None


@functools.cache
def _folded(language: str) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    return {
        taxon.scientific: (
            fold(taxon.names.get(language, "")),
            fold(taxon.scientific),
            tuple(fold(other) for other in (*taxon.names.values(), *taxon.synonyms)),
        )
        for taxon in load()
    }


@functools.cache
def _by_scientific() -> dict[str, Taxon]:
    return {taxon.scientific: taxon for taxon in load()}


@functools.cache
def _by_name() -> dict[str, str]:
    names: dict[str, str] = {}
    # What people added comes first, so that it never takes a name from a listed species.
    for taxon in sorted(load(), key=lambda one: not one.own):
        for known in (*taxon.synonyms, *taxon.names.values(), taxon.scientific):
            names[fold(known)] = taxon.scientific
    return names


@functools.cache
def _by_code() -> dict[str, str]:
    shared = clashes()
    return {fold(taxon.code): taxon.scientific for taxon in load() if taxon.code and taxon.code not in shared}
