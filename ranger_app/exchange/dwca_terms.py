"""The terms that an archive of ours uses, by table, with their full names, and the archive's other fixed words.

Darwin Core (dwc), the Humboldt Extension (eco) and the extended measurements of OBIS, as GBIF's definitions of
2025-07-10 have them; only terms that are not deprecated.
"""

from __future__ import annotations

DWC = "http://rs.tdwg.org/dwc/terms/"
DCTERMS = "http://purl.org/dc/terms/"
ECO = "http://rs.tdwg.org/eco/terms/"
OBIS = "http://rs.iobis.org/obis/terms/"
TEXT_NAMESPACE = "http://rs.tdwg.org/dwc/text/"
META, EML, FURTHER = "meta.xml", "eml.xml", "further-fields.csv"
FURTHER_HEADER = ("kind", "id", "field", "value")
"""The table beside the standard's that carries what no term holds; only an exact archive has it."""

EVENT, OCCURRENCE, MEASUREMENT, HUMBOLDT = "event", "occurrence", "measurementorfact", "humboldt"
ROW_TYPES = {
    EVENT: DWC + "Event",
    OCCURRENCE: DWC + "Occurrence",
    MEASUREMENT: OBIS + "ExtendedMeasurementOrFact",
    HUMBOLDT: ECO + "Event",
}
"""The tables of an archive of ours, the core first."""
PLAIN_MEASUREMENT = DWC + "MeasurementOrFact"
"""The row type of measurements in archives of others."""

_TERMS: dict[str, str] = {
    EVENT: "eventID parentEventID eventType eventDate eventTime year month day habitat samplingProtocol samplingEffort"
    " eventRemarks locationID locality countryCode decimalLatitude decimalLongitude geodeticDatum"
    " coordinateUncertaintyInMeters coordinatePrecision footprintWKT footprintSRS dcterms:license"
    " dcterms:rightsHolder dcterms:accessRights datasetName informationWithheld dataGeneralizations",
    OCCURRENCE: "eventID occurrenceID basisOfRecord recordedBy individualCount organismQuantity organismQuantityType"
    " sex lifeStage behavior occurrenceStatus occurrenceRemarks verbatimIdentification identificationQualifier"
    " scientificName kingdom class taxonRank vernacularName",
    MEASUREMENT: "eventID measurementID occurrenceID measurementType measurementValue measurementUnit"
    " measurementMethod measurementRemarks",
    HUMBOLDT: "eventID eco:siteCount eco:geospatialScopeAreaValue eco:geospatialScopeAreaUnit eco:reportedWeather"
    " eco:eventDurationValue eco:eventDurationUnit eco:targetTaxonomicScope eco:excludedTaxonomicScope"
    " eco:taxonCompletenessReported eco:isTaxonomicScopeFullyReported eco:isAbsenceReported eco:absentTaxa"
    " eco:hasNonTargetTaxa eco:isAbundanceReported eco:isAbundanceCapReported eco:inventoryTypes eco:protocolNames"
    " eco:protocolDescriptions eco:samplingPerformedBy eco:isSamplingEffortReported eco:samplingEffortProtocol"
    " eco:samplingEffortValue eco:samplingEffortUnit",
}
_SPACES = {"dcterms": DCTERMS, "eco": ECO, "obis": OBIS, "": DWC}


def iri(name: str) -> str:
    """The full name of a term written as ``eventID``, ``eco:siteCount`` or ``dcterms:license``."""
    prefix, _colon, plain = name.rpartition(":")
    return _SPACES[prefix] + plain


COLUMNS: dict[str, tuple[str, ...]] = {table: tuple(words.split()) for table, words in _TERMS.items()}
"""The columns of each table in their order; the first holds the event's identifier and is no term of an extension."""


def plain(term: str) -> str:
    """The name of a term without its namespace, by which archives of others are understood."""
    return term.rstrip("/").rpartition("/")[2].rpartition("#")[2].rpartition(":")[2].strip()
