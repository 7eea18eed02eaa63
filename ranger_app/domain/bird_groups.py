"""The groups that counters tell apart at the water, and which group a species belongs to.

"Gulls were not counted" can be said of a group only, and a species of a group nobody counted is unknown, never absent.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

from ranger_app.domain import taxa
from ranger_app.i18n import N_, _

LABELS: dict[str, str] = {
    "swans": N_("Swans"),
    "geese": N_("Geese"),
    "ducks": N_("Ducks"),
    "loons": N_("Loons"),
    "grebes": N_("Grebes"),
    "cormorants": N_("Cormorants"),
    "pelicans": N_("Pelicans"),
    "herons": N_("Herons and bitterns"),
    "storks": N_("Storks, ibises and spoonbills"),
    "cranes": N_("Cranes"),
    "rails": N_("Rails and coots"),
    "waders": N_("Waders"),
    "gulls": N_("Gulls and terns"),
    "seabirds": N_("Auks and other seabirds"),
    "raptors": N_("Birds of prey and owls"),
    "bustards": N_("Bustards"),
    "land": N_("Land birds"),
    "unidentified": N_("Unidentified birds"),
}
"""Group codes in the order of a count form, with their words; codes are stored, never the words."""
GROUPS = tuple(LABELS)
NO_WATERBIRDS = frozenset({"raptors", "bustards", "land"})
"""Groups on count sheets that are no waterbirds in the sense of the Ramsar Convention (Article 1.2, glossary)."""
WATERBIRDS = tuple(code for code in GROUPS if code not in NO_WATERBIRDS and code != "unidentified")
"""Groups that a visit to a wetland is asked about."""

_BY_KIND = {"geese": "geese", "cranes": "cranes", "waders": "waders", "gulls": "gulls"}
"""Kinds of count that look for one group only (count types of the International Waterbird Census)."""

_GENERA: dict[str, str] = {
    "swans": "Cygnus",
    "geese": "Anser Branta Chen",
    "ducks": "Tadorna Aix Sibirionetta Spatula Mareca Anas Netta Aythya Polysticta Somateria Histrionicus Melanitta"
    " Clangula Bucephala Mergellus Mergus Lophodytes Oxyura Nettapus Dendrocygna Asarcornis Anatinae",
    "loons": "Gavia Gaviidae",
    "grebes": "Tachybaptus Podiceps Podilymbus Podicipedidae",
    "cormorants": "Phalacrocorax Urile Microcarbo Phalacrocoracidae",
    "pelicans": "Pelecanus Pelecanidae",
    "herons": "Botaurus Ixobrychus Nycticorax Gorsachius Butorides Ardeola Bubulcus Ardea Egretta Ardeidae",
    "storks": "Ciconia Platalea Nipponia Threskiornis Plegadis Ciconiidae Threskiornithidae",
    "cranes": "Grus Antigone Leucogeranus Anthropoides Gruidae",
    "rails": "Rallus Zapornia Porzana Coturnicops Crex Amaurornis Gallicrex Gallinula Fulica Rallidae",
    "waders": "Haematopus Himantopus Recurvirostra Vanellus Pluvialis Charadrius Thinornis Anarhynchus Eudromias"
    " Rostratula Hydrophasianus Bartramia Numenius Limosa Arenaria Calidris Eurynorhynchus Limicola Limnodromus"
    " Scolopax Lymnocryptes Gallinago Xenus Actitis Tringa Heteroscelus Phalaropus Glareola Charadrii Charadriidae"
    " Scolopacidae Haematopodidae Recurvirostridae",
    "gulls": "Rissa Pagophila Xema Chroicocephalus Saundersilarus Hydrocoloeus Rhodostethia Leucophaeus Ichthyaetus"
    " Larus Hydroprogne Gelochelidon Thalasseus Sternula Onychoprion Sterna Chlidonias Laridae Sternidae",
    "seabirds": "Stercorarius Uria Alle Cepphus Brachyramphus Synthliboramphus Ptychoramphus Aethia Cerorhinca"
    " Fratercula Phoebastria Fulmarus Calonectris Ardenna Puffinus Hydrobates Oceanodroma Sula Fregata Alcidae"
    " Stercorariidae Procellariidae",
    "raptors": "Haliaeetus Aquila Clanga Hieraaetus Circus Buteo Accipiter Astur Falco Pandion Aegypius Gyps Milvus"
    " Pernis Spizaetus Nisaetus Butastur Circaetus Bubo Ketupa Strix Asio Otus Ninox Athene Surnia Aegolius"
    " Accipitridae Falconidae Strigidae Accipitriformes Falconiformes Strigiformes",
    "bustards": "Otis Tetrax Otididae",
    "land": "Corvus Pica Emberiza Passeriformes Galliformes",
    "unidentified": "Aves Anatidae Anseriformes Charadriiformes",
}
"""Genera after the IOC World Bird List and usual older ones; families and orders for birds told no closer."""
UNIDENTIFIED = (
    *("Anatinae", "Anser", "Cygnus", "Gruidae", "Charadrii", "Calidris", "Laridae", "Sternidae"),
    *("Ardeidae", "Phalacrocoracidae", "Podicipedidae", "Gaviidae", "Aves"),
)
"""Birds told no closer than their group, as count sheets offer them; each is a line of the list of species."""


@functools.cache
def _by_genus() -> dict[str, str]:
    return {genus: group for group, genera in _GENERA.items() for genus in genera.split()}


def group_of(taxon: str) -> str:
    """The group of a scientific name, by its genus; other listed birds are land birds.

    Empty for what is no bird and for names nobody knows: of these no group can be said.
    """
    group = _by_genus().get(taxon.partition(" ")[0])
    if group is not None:
        return group
    known = taxa.find(taxon)
    return "land" if known is not None and known.group == "bird" else ""


_MAMMALS = frozenset({"Panthera", "Lutra", "Phoca", "Vulpes", "Nyctereutes"})


def is_waterbird(taxon: str) -> bool:
    """Whether a species counts towards all waterbirds; a name nobody knows does, because it stood on a count sheet."""
    group = group_of(taxon)
    if group:
        return group not in NO_WATERBIRDS
    known = taxa.find(taxon)
    return (known is None or known.group == "bird") and taxon.partition(" ")[0] not in _MAMMALS


def label(code: str) -> str:
    """The words for a group in the language in use; a code of a newer version stands for itself."""
    return _(LABELS[code]) if code in LABELS else code


def not_counted(text: object) -> frozenset[str]:
    """The groups that the field ``not_counted`` of a survey names by code; other words are passed over."""
    return frozenset(word for word in map(_code, str(text or "").split()) if word in LABELS)


def free_words(text: object) -> str:
    """What the field ``not_counted`` says beside codes, as it was written."""
    return " ".join(word for word in str(text or "").split() if _code(word) not in LABELS)


def written(codes: Iterable[str], words: str = "") -> str | None:
    """The value of ``not_counted`` for these groups and free words; None where there is nothing to say."""
    chosen = set(codes)
    return " ".join([*(code for code in GROUPS if code in chosen), *words.split()]) or None


def worded(text: object) -> str:
    """The field ``not_counted`` as people read it: groups by their words, then what was written freely."""
    left_out = not_counted(text)
    return ", ".join([label(code) for code in GROUPS if code in left_out] + [one for one in [free_words(text)] if one])


def counted(survey: Mapping[str, object]) -> frozenset[str]:
    """The groups that a survey looked for, from its values ``kind``, ``complete`` and ``not_counted``.

    A count of geese looked for geese only. One that says "not all waterbirds were looked for" without saying which
    were not has looked for none that it could vouch for.
    """
    left_out = not_counted(survey.get("not_counted"))
    only = _BY_KIND.get(str(survey.get("kind") or ""))
    if only is not None:
        return frozenset({only}) - left_out
    if survey.get("complete") == 0 and not left_out:
        return frozenset()
    return frozenset(GROUPS) - left_out


def _code(word: str) -> str:
    return word.strip(",;.").casefold()
