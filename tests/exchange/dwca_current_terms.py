"""The terms that are current, by namespace: GBIF's definitions of the Event core, the Occurrence and the Humboldt
Extension of 2025-07-10 and OBIS's extended measurements of 2023-08-28. Facts only; kept apart from what we write.
"""

from __future__ import annotations

RECORD = (
    "institutionID collectionID datasetID institutionCode collectionCode datasetName ownerInstitutionCode basisOfRecord"
    " informationWithheld dataGeneralizations dynamicProperties"
)
EVENT = (
    "eventID parentEventID eventType fieldNumber eventDate eventTime startDayOfYear endDayOfYear year month day"
    " verbatimEventDate habitat samplingProtocol sampleSizeValue sampleSizeUnit samplingEffort fieldNotes eventRemarks"
    " locationID higherGeographyID higherGeography continent waterBody islandGroup island country countryCode"
    " stateProvince county municipality locality verbatimLocality minimumElevationInMeters maximumElevationInMeters"
    " verbatimElevation verticalDatum minimumDepthInMeters maximumDepthInMeters verbatimDepth"
    " minimumDistanceAboveSurfaceInMeters maximumDistanceAboveSurfaceInMeters locationAccordingTo locationRemarks"
    " decimalLatitude decimalLongitude geodeticDatum coordinateUncertaintyInMeters coordinatePrecision"
    " pointRadiusSpatialFit verbatimCoordinates verbatimLatitude verbatimLongitude verbatimCoordinateSystem verbatimSRS"
    " footprintWKT footprintSRS footprintSpatialFit georeferencedBy georeferencedDate georeferenceProtocol"
    " georeferenceSources georeferenceRemarks"
)
OCCURRENCE = (
    "occurrenceID catalogNumber recordNumber recordedBy recordedByID individualCount organismQuantity"
    " organismQuantityType sex lifeStage reproductiveCondition caste behavior vitality establishmentMeans"
    " degreeOfEstablishment pathway georeferenceVerificationStatus occurrenceStatus associatedMedia"
    " associatedOccurrences associatedReferences associatedTaxa otherCatalogNumbers occurrenceRemarks organismID"
    " organismName organismScope associatedOrganisms previousIdentifications organismRemarks causeOfDeath"
    " identificationID verbatimIdentification identificationQualifier typeStatus identifiedBy identifiedByID"
    " dateIdentified identificationReferences identificationVerificationStatus identificationRemarks taxonID"
    " scientificNameID acceptedNameUsageID taxonConceptID scientificName acceptedNameUsage nameAccordingTo"
    " higherClassification kingdom phylum class order superfamily family subfamily tribe subtribe genus genericName"
    " subgenus infragenericEpithet specificEpithet infraspecificEpithet cultivarEpithet taxonRank verbatimTaxonRank"
    " scientificNameAuthorship vernacularName nomenclaturalCode taxonomicStatus nomenclaturalStatus taxonRemarks"
)
MEASUREMENT = (
    "measurementID parentMeasurementID occurrenceID measurementType measurementValue measurementAccuracy"
    " measurementUnit measurementDeterminedDate measurementDeterminedBy measurementMethod measurementRemarks"
)
OBIS_ONLY = "measurementTypeID measurementValueID measurementUnitID"
HUMBOLDT = (
    "siteCount siteNestingDescription verbatimSiteDescriptions verbatimSiteNames geospatialScopeAreaValue"
    " geospatialScopeAreaUnit totalAreaSampledValue totalAreaSampledUnit reportedWeather reportedExtremeConditions"
    " targetHabitatScope excludedHabitatScope eventDurationValue eventDurationUnit targetTaxonomicScope"
    " excludedTaxonomicScope taxonCompletenessReported taxonCompletenessProtocols isTaxonomicScopeFullyReported"
    " isAbsenceReported absentTaxa hasNonTargetTaxa nonTargetTaxa areNonTargetTaxaFullyReported targetLifeStageScope"
    " excludedLifeStageScope isLifeStageScopeFullyReported targetDegreeOfEstablishmentScope"
    " excludedDegreeOfEstablishmentScope isDegreeOfEstablishmentScopeFullyReported targetGrowthFormScope"
    " excludedGrowthFormScope isGrowthFormScopeFullyReported hasNonTargetOrganisms compilationTypes"
    " compilationSourceTypes inventoryTypes protocolNames protocolDescriptions protocolReferences isAbundanceReported"
    " isAbundanceCapReported abundanceCap isVegetationCoverReported isLeastSpecificTargetCategoryQuantityInclusive"
    " hasVouchers voucherInstitutions hasMaterialSamples materialSampleTypes samplingPerformedBy"
    " isSamplingEffortReported samplingEffortProtocol samplingEffortValue samplingEffortUnit"
)
DUBLIN = "license rightsHolder accessRights modified bibliographicCitation references"

_DWC, _ECO = "http://rs.tdwg.org/dwc/terms/", "http://rs.tdwg.org/eco/terms/"
_DCTERMS, _OBIS = "http://purl.org/dc/terms/", "http://rs.iobis.org/obis/terms/"


def _all(namespace: str, names: str) -> set[str]:
    return {namespace + name for name in names.split()}


BY_ROW_TYPE: dict[str, set[str]] = {
    f"{_DWC}Event": _all(_DWC, RECORD) | _all(_DWC, EVENT) | _all(_DCTERMS, DUBLIN),
    f"{_DWC}Occurrence": (_all(_DWC, RECORD) | _all(_DWC, EVENT) | _all(_DWC, OCCURRENCE) | _all(_DCTERMS, DUBLIN)),
    f"{_OBIS}ExtendedMeasurementOrFact": _all(_DWC, MEASUREMENT) | _all(_OBIS, OBIS_ONLY),
    f"{_ECO}Event": _all(_ECO, HUMBOLDT),
}
"""What each table may hold."""
