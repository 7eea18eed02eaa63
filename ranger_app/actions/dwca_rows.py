"""Rows of one visit: what was looked for and answered (Humboldt Extension), the birds, and what was measured.

Codes and fixed words are English, whatever the station's language, so that archives of three countries read alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ranger_app.actions import dwca_fields
from ranger_app.actions.dwca_places import Site
from ranger_app.domain import bird_groups, taxa
from ranger_app.domain.fields import Value

Row = dict[str, object]
_CODED = "Codes of the International Waterbird Census where the visit uses them, else the counter's words"


OF_A_SECTOR: Row = {
    "eco:siteCount": 1,
    "eco:geospatialScopeAreaValue": "",
    "eco:geospatialScopeAreaUnit": "",
    "eco:eventDurationValue": "",
    "eco:eventDurationUnit": "",
    "eco:isAbsenceReported": "false",
    "eco:absentTaxa": "",
    "eco:isSamplingEffortReported": "false",
    "eco:samplingEffortProtocol": "",
    "eco:samplingEffortValue": "",
    "eco:samplingEffortUnit": "",
}
"""What the row of a sector does not take from its visit: area, time spent and absences are those of the whole."""


@dataclass(slots=True)
class Answered:
    """What a visit answers for. ``complete`` is False where a sharing rule, ours or that of its station, holds some
    species back."""

    survey: Mapping[str, Value]
    site: Site
    complete: bool
    minutes: int | None
    observers: Sequence[str]
    sectors: int
    absences: list[str] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    numbers: int = 0
    unnumbered: int = 0

    def absent_here(self, taxon: str) -> bool:
        """Whether a 0 of this taxon is an absence."""
        return self.complete and dwca_fields.looked_for(self.survey, taxon)

    def no_birds(self) -> list[str]:
        """The taxa that "no birds seen" says are absent; none unless all were looked for."""
        if not self.complete or self.survey.get("no_birds") != 1 or self.survey.get("complete") != 1:
            return []
        if self.numbers or self.unnumbered:  # birds were seen after all
            return []
        return dwca_fields.scope(self.target())

    def absent(self, taxon: str, recorded_by: str) -> Row:
        """An occurrence that says a taxon of the scope was not there."""
        return _named(taxon) | {
            "basisOfRecord": "HumanObservation",
            "recordedBy": recorded_by,
            "individualCount": 0,
            "occurrenceStatus": "absent",
        }

    def target(self) -> set[str]:
        """The groups of waterbirds that were looked for."""
        return set(bird_groups.counted(self.survey)) & set(bird_groups.WATERBIRDS)

    def scopes(self) -> tuple[list[str], list[str]]:
        """The taxa that were looked for and those that were not, the second with what was said in free words."""
        left_out = bird_groups.not_counted(self.survey.get("not_counted"))
        words = self.site.told(bird_groups.free_words(self.survey.get("not_counted")))
        return dwca_fields.scope(self.target()), [*dwca_fields.scope(left_out), *([words] if words else [])]


def humboldt(answered: Answered) -> Row:
    """The completeness of a visit; what it does not say stays empty, because a blank is no "no"."""
    survey, site = answered.survey, answered.site
    target, excluded = answered.scopes()
    stated = survey.get("complete")
    full = {1: "true", 0: "false"}.get(stated if isinstance(stated, int) else -1, "")
    if not answered.complete:
        full = "false"
    kind = dwca_fields.english("survey", "kind", survey.get("kind"))
    area = site.record["area_ha"] if site.exact else None
    targets = answered.target()
    return {
        "eco:siteCount": max(answered.sectors, 1),
        "eco:geospatialScopeAreaValue": area,
        "eco:geospatialScopeAreaUnit": "ha" if area is not None else "",
        "eco:reportedWeather": site.told(dwca_fields.english("survey", "weather", survey.get("weather"))),
        "eco:eventDurationValue": answered.minutes,
        "eco:eventDurationUnit": "minutes" if answered.minutes is not None else "",
        "eco:targetTaxonomicScope": dwca_fields.SEPARATOR.join(target),
        "eco:excludedTaxonomicScope": dwca_fields.SEPARATOR.join(excluded),
        "eco:taxonCompletenessReported": {
            "true": "reportedComplete",
            "false": "reportedIncomplete",
        }.get(full, "notReported"),
        "eco:isTaxonomicScopeFullyReported": full,
        "eco:isAbsenceReported": "true" if answered.absences else "false",
        "eco:absentTaxa": dwca_fields.SEPARATOR.join(dict.fromkeys(answered.absences)),
        "eco:hasNonTargetTaxa": "true" if answered.groups - targets - {"", "unidentified"} else "false",
        "eco:isAbundanceReported": "true" if answered.numbers or answered.absences else "false",
        "eco:isAbundanceCapReported": "false",
        "eco:inventoryTypes": "restricted search",
        "eco:protocolNames": f"Waterbird count: {kind}" if kind else "Waterbird count",
        "eco:protocolDescriptions": site.told(dwca_fields.english("survey", "method", survey.get("method"))),
        "eco:samplingPerformedBy": dwca_fields.SEPARATOR.join(answered.observers),
        "eco:isSamplingEffortReported": "true" if answered.minutes is not None else "false",
        "eco:samplingEffortProtocol": "time spent counting at the site" if answered.minutes is not None else "",
        "eco:samplingEffortValue": answered.minutes,
        "eco:samplingEffortUnit": "minutes" if answered.minutes is not None else "",
    }


def occurrence(values: Mapping[str, Value], site: Site, answered: Answered, recorded_by: str) -> Row | None:
    """A count as an occurrence; None for a 0 that is no absence, because its visit does not vouch for it."""
    taxon = str(values.get("taxon") or "")
    number = values.get("count")
    uncounted = values.get("method") == "present"
    absent = number == 0 and not uncounted
    if absent and not answered.absent_here(taxon):
        return None
    answered.groups.add(bird_groups.group_of(dwca_fields.named(taxon).scientific))
    if absent:
        answered.absences.append(dwca_fields.named(taxon).scientific)
    elif uncounted:
        answered.unnumbered += 1
    else:
        answered.numbers += 1
    return _named(taxon) | {
        "basisOfRecord": "HumanObservation",
        "recordedBy": recorded_by,
        "individualCount": "" if uncounted else number,
        "organismQuantity": "" if uncounted or absent else number,
        "organismQuantityType": "" if uncounted or absent else "individuals",
        "sex": site.told(values.get("sex")),
        "lifeStage": site.told(values.get("life_stage")),
        "behavior": "roosting" if values.get("roost") == 1 else "",
        "occurrenceStatus": "absent" if absent else "present",
        "occurrenceRemarks": values.get("remarks"),
    }


def _named(taxon: str) -> Row:
    name = dwca_fields.named(taxon)
    known = taxa.find(name.scientific)
    bird = bool(bird_groups.group_of(name.scientific)) or name.rank in ("family", "order", "class")
    return {
        "verbatimIdentification": taxon if name.scientific != taxon else "",
        "identificationQualifier": name.qualifier,
        "scientificName": name.scientific,
        "kingdom": "Animalia",
        "class": "Aves" if bird else "",
        "taxonRank": name.rank,
        "vernacularName": known.names.get("en", "") if known else "",
    }


def measurements(
    values: Mapping[str, Value], site: Site, fields: Sequence[tuple[str, str, str]], kind: str
) -> Iterator[Row]:
    """The measured fields that hold anything; ``field`` of a row names it."""
    for name, what, unit in fields:
        value = values.get(name)
        if value is None or value == "":
            continue
        text = dwca_fields.english(kind, name, value) if isinstance(value, str) else str(value)
        text = site.told(text)
        if text:
            yield {
                "field": name,
                "measurementType": what,
                "measurementValue": text,
                "measurementUnit": unit,
                "measurementMethod": "" if isinstance(value, int) else _CODED if kind == "survey" else "",
            }
