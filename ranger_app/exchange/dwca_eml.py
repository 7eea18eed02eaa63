"""``eml.xml`` of an archive: who gives what, under which rights, where, when and how, in GBIF's EML profile 1.3.

A station stands for its people; nobody is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

LICENCES: dict[str, tuple[str, str]] = {
    "CC0-1.0": (
        "Public Domain (CC0 1.0)",
        "http://creativecommons.org/publicdomain/zero/1.0/legalcode",
    ),
    "CC-BY-4.0": (
        "Creative Commons Attribution (CC-BY) 4.0 License",
        "http://creativecommons.org/licenses/by/4.0/legalcode",
    ),
    "CC-BY-NC-4.0": (
        "Creative Commons Attribution Non Commercial (CC-BY-NC) 4.0 License",
        "http://creativecommons.org/licenses/by-nc/4.0/legalcode",
    ),
}
"""The licences GBIF takes: name and address."""


@dataclass(slots=True)
class Coverage:
    """What the tables hold; degrees in 1e-7 are those that were written, so a rough place stays rough here too."""

    taxa: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    first: str = ""
    last: str = ""
    box: tuple[int, int, int, int] | None = None

    def day(self, date: str) -> None:
        """Widen the days."""
        self.first = min(self.first or date, date)
        self.last = max(self.last, date)

    def place(self, latitude: int, longitude: int) -> None:
        """Widen the box: west, east, north, south."""
        west, east, north, south = self.box or (longitude, longitude, latitude, latitude)
        self.box = (min(west, longitude), max(east, longitude), max(north, latitude), min(south, latitude))


@dataclass(frozen=True, slots=True)
class Words:
    """What a person or the station says of the archive. ``created`` is a date."""

    identifier: str
    title: str
    station: str
    country: str
    created: str
    licence: str
    paragraphs: Sequence[str]
    methods: Sequence[str]
    sampling: str


def degrees(value: int) -> str:
    """1e-7 degree as decimal degrees without needless digits."""
    sign, size = ("-" if value < 0 else ""), abs(value)
    return (f"{sign}{size // 10**7}.{size % 10**7:07d}").rstrip("0").rstrip(".")


def eml(words: Words, coverage: Coverage) -> str:
    """The document. Elements stand in the order that the profile demands."""
    agent = f"<organizationName>{_text(words.station)}</organizationName>"
    agent += f"<address><country>{_text(words.country)}</country></address>" if words.country else ""
    said = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<eml:eml xmlns:eml="https://eml.ecoinformatics.org/eml-2.2.0"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="https://eml.ecoinformatics.org/eml-2.2.0'
        ' https://rs.gbif.org/schema/eml-gbif-profile/1.3/eml.xsd"'
        f' packageId={quoteattr(words.identifier)} system="http://gbif.org" scope="system" xml:lang="eng">',
        "<dataset>",
        f"<alternateIdentifier>{_text(words.identifier)}</alternateIdentifier>",
        f'<title xml:lang="eng">{_text(words.title)}</title>',
        f"<creator>{agent}</creator>",
        f"<metadataProvider>{agent}</metadataProvider>",
        f"<pubDate>{_text(words.created)}</pubDate>",
        "<language>eng</language>",
        f"<abstract>{_paragraphs(words.paragraphs)}</abstract>",
        "<keywordSet><keyword>Samplingevent</keyword><keywordThesaurus>GBIF Dataset Type Vocabulary:"
        " http://rs.gbif.org/vocabulary/gbif/dataset_type_2015-07-10.xml</keywordThesaurus></keywordSet>",
        *_rights(words),
        *_coverage(coverage),
        "<maintenance><description><para>Written again when the station has new counts.</para></description>"
        "<maintenanceUpdateFrequency>irregular</maintenanceUpdateFrequency></maintenance>",
        f"<contact>{agent}</contact>",
        "<methods>",
        *(f"<methodStep><description><para>{_text(one)}</para></description></methodStep>" for one in words.methods),
        f"<sampling><studyExtent><description><para>{_text(words.sampling)}</para></description></studyExtent>"
        f"<samplingDescription><para>{_text(words.methods[0])}</para></samplingDescription></sampling>",
        "</methods>",
        "</dataset>",
        "</eml:eml>",
        "",
    ]
    return "\n".join(said)


def _rights(words: Words) -> Iterable[str]:
    if words.licence not in LICENCES:
        yield (
            f"<intellectualRights><para>All rights stay with {_text(words.station)}, which is to be asked before any"
            " use.</para></intellectualRights>"
        )
        return
    name, address = LICENCES[words.licence]
    yield (
        f'<intellectualRights><para>This work is licensed under a <ulink url="{address}"><citetitle>{name}'
        "</citetitle></ulink>.</para></intellectualRights>"
    )
    yield (
        f"<licensed><licenseName>{name}</licenseName><url>{address}</url>"
        f"<identifier>{words.licence}</identifier></licensed>"
    )


def _coverage(coverage: Coverage) -> Iterable[str]:
    parts = []
    if coverage.box is not None:
        west, east, north, south = map(degrees, coverage.box)
        where = f"Wetlands in: {', '.join(sorted(coverage.countries))}" if coverage.countries else "Wetlands"
        parts.append(
            f"<geographicCoverage><geographicDescription>{_text(where)}</geographicDescription><boundingCoordinates>"
            f"<westBoundingCoordinate>{west}</westBoundingCoordinate>"
            f"<eastBoundingCoordinate>{east}</eastBoundingCoordinate>"
            f"<northBoundingCoordinate>{north}</northBoundingCoordinate>"
            f"<southBoundingCoordinate>{south}</southBoundingCoordinate></boundingCoordinates></geographicCoverage>"
        )
    if coverage.first:
        parts.append(
            f"<temporalCoverage><rangeOfDates><beginDate><calendarDate>{_text(coverage.first)}</calendarDate></beginDate>"
            f"<endDate><calendarDate>{_text(coverage.last)}</calendarDate></endDate></rangeOfDates></temporalCoverage>"
        )
    if coverage.taxa:
        named = "".join(
            "<taxonomicClassification><taxonRankValue>" + _text(one) + "</taxonRankValue></taxonomicClassification>"
            for one in sorted(coverage.taxa)
        )
        parts.append(
            "<taxonomicCoverage><generalTaxonomicCoverage>Birds of wetlands</generalTaxonomicCoverage>"
            f"{named}</taxonomicCoverage>"
        )
    if parts:
        yield "<coverage>" + "".join(parts) + "</coverage>"


def _paragraphs(texts: Sequence[str]) -> str:
    return "".join(f"<para>{_text(one)}</para>" for one in texts)


def _text(text: str) -> str:
    return escape("".join(char for char in text if char.isprintable() or char in "\n\t"))
