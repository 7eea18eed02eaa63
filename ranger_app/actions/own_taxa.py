"""Species that people add to the list of the program, or whose names and status they change: records like others.

They travel in bundles, so both sides of a border soon know an animal by the same name.
"""

from __future__ import annotations

from dataclasses import replace

from ranger_app.changes import Changes
from ranger_app.domain import taxa
from ranger_app.domain.taxa import Taxon
from ranger_app.library import Library
from ranger_app.store import rows

_LANGUAGES = {
    "english": "en",
    "russian": "ru",
    "chinese": "zh_CN",
    "korean": "ko",
    "mongolian": "mn",
    "japanese": "ja",
}
"""Field of a taxon record -> language of the name."""
NAME_FIELDS = tuple(_LANGUAGES)


def refresh(library: Library) -> None:
    """Let everything that knows species by name know those of this library too; cheap, for after each change."""
    with library.read() as db:
        found = list(rows.find(db, "taxon", order="scientific, key"))
    known: dict[str, Taxon] = {}
    for record in found:
        if record.text("scientific").strip():
            one = _taxon(record)
            known[one.scientific] = _joined(known[one.scientific], one) if one.scientific in known else one
    taxa.use_own(tuple(known.values()))


def attend(library: Library) -> None:
    """Know this library's own species from now on, also those that come with a bundle."""
    refresh(library)

    def heard(changes: Changes) -> None:
        if "taxon" in changes.kinds:
            refresh(library)

    library.listeners.append(heard)


def _joined(first: Taxon, later: Taxon) -> Taxon:
    """Two records of one species, such as from both sides of a border: all names, the stricter sensitivity."""
    return replace(
        later,
        sensitive=min((one for one in (first.sensitive, later.sensitive) if one is not None), default=None),
        names={**first.names, **later.names},
        synonyms=tuple(dict.fromkeys([*first.synonyms, *later.synonyms])),
        group=first.group if later.group == "other" else later.group,
        iucn=later.iucn or first.iucn,
        iucn_date=later.iucn_date if later.iucn else first.iucn_date,
    )


def _taxon(record: rows.Record) -> Taxon:
    scientific = " ".join(record.text("scientific").split())
    scientific = taxa.given_as(scientific) or scientific
    listed = taxa.given(scientific)
    names = dict(listed.names) if listed else {}
    names.update({_LANGUAGES[field]: record.text(field).strip() for field in NAME_FIELDS if record.text(field).strip()})
    synonyms = [line.strip() for line in record.text("synonyms").replace("|", "\n").splitlines() if line.strip()]
    sensitive = record["sensitive"]
    known = listed.sensitive if listed else None
    return Taxon(
        scientific=scientific,
        group=record.text("group") or (listed.group if listed else "other"),
        # A listed species can be made more sensitive here, never less: its places are worth money to poachers.
        sensitive=min((one for one in (sensitive, known) if isinstance(one, int)), default=None),
        flagship=listed.flagship if listed else False,
        names=names,
        synonyms=tuple(dict.fromkeys([*(listed.synonyms if listed else ()), *synonyms])),
        unverified=listed.unverified if listed else frozenset(),
        iucn=record.text("iucn").strip() or (listed.iucn if listed else ""),
        iucn_date=record.text("iucn_date").strip() or (listed.iucn_date if listed else ""),
        own=True,
    )
