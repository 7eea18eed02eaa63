"""Places and people: what every other record points at."""

from __future__ import annotations

from dataclasses import replace

from ranger_app.domain.fields import Choice, Field, Group, Kind, Type
from ranger_app.i18n import N_

LATITUDE = Field(
    "latitude", N_("Latitude"), Type.DEGREES, unit="°", group=Group.PLACE, minimum=-900_000_000, maximum=900_000_000
)
LONGITUDE = Field(
    "longitude",
    N_("Longitude"),
    Type.DEGREES,
    unit="°",
    group=Group.PLACE,
    minimum=-1_800_000_000,
    maximum=1_800_000_000,
)
UNCERTAINTY = Field(
    "uncertainty", N_("Uncertainty of the place"), Type.INTEGER, unit=N_("m"), group=Group.PLACE, minimum=0
)
REMARKS = Field("remarks", N_("Remarks"), Type.LONG_TEXT, group=Group.PLACE)
"""Free text names places as people know them, so it is withheld with the place."""
SOURCE = Field("source", N_("Comes from"), group=Group.FILE, form=False)
"""Data set and identifier under which an imported record is known elsewhere, as ``dataset identifier``."""
SOURCE_OF_PLACE = replace(SOURCE, group=Group.PLACE)
"""The same where others' identifiers are names of places."""

PROTECTED_AREA = Kind(
    "protected_area",
    "protected_areas",
    N_("Protected area"),
    N_("Protected areas"),
    (
        Field("name", N_("Name"), required=True, listed=True),
        Field("country", N_("Country"), listed=True),
        Field("wdpa_id", N_("WDPA number")),
        Field("designation", N_("Designation"), listed=True),
        Field("outline", N_("Outline"), Type.LONG_TEXT, form=False),
        Field("outline_source", N_("Source of the outline")),
        REMARKS,
    ),
)

LOCATION = Kind(
    "location",
    "locations",
    N_("Location"),
    N_("Locations"),
    (
        Field("name", N_("Name"), required=True, listed=True, group=Group.PLACE),
        Field(
            "type",
            N_("Type"),
            Type.CHOICE,
            listed=True,
            choices=(
                Choice("camera_site", N_("Camera site")),
                Choice("site", N_("Waterbird site")),
                Choice("sector", N_("Sector")),
                Choice("viewpoint", N_("Viewpoint")),
                Choice("hide", N_("Hide")),
                Choice("crossing", N_("Crossing")),
                Choice("post", N_("Ranger post")),
                Choice("other", N_("Other")),
            ),
        ),
        LATITUDE,
        LONGITUDE,
        UNCERTAINTY,
        Field("country", N_("Country"), listed=True),
        Field("part_of", N_("Part of"), Type.REFERENCE, refers_to="location"),
        Field(
            "protected_area",
            N_("Protected area"),
            Type.REFERENCE,
            refers_to="protected_area",
            group=Group.PLACE,  # a small one tells the place
        ),
        Field("outline", N_("Outline"), Type.LONG_TEXT, group=Group.PLACE, form=False),
        REMARKS,
        SOURCE_OF_PLACE,
        Field("route", N_("Way of the visit"), Type.LONG_TEXT, group=Group.PLACE, form=False),
        Field("site_code", N_("Code of the site"), group=Group.PLACE),
        Field("flyway", N_("Flyway")),
        Field("wetland_type", N_("Type of wetland")),
        Field("area_ha", N_("Area"), Type.INTEGER, unit=N_("ha"), minimum=0),
        Field("overlaps", N_("Also seen from"), Type.REFERENCES, refers_to="location"),
        Field(
            "seasons",
            N_("Seasons"),
            Type.LIST,
            form=False,
            parts=(Field("season", N_("Season")), Field("first", N_("From")), Field("last", N_("Until"))),
        ),
        Field("release", N_("May be given to"), form=False, maker_only=True),
    ),
)
"""``outline`` and ``route`` are GeoJSON geometries as text. ``overlaps`` of a sector are sectors from which the same
water is seen: on a coordinated day a species counts once for them. ``seasons`` have first and last day as MM-DD.
``release`` names to whom counts of a site may go beyond partners, with spaces between."""

PERSON = Kind(
    "person",
    "persons",
    N_("Person"),
    N_("People"),
    (
        Field("name", N_("Name or code"), required=True, listed=True, group=Group.PEOPLE),
        Field(
            "role",
            N_("Role"),
            Type.CHOICE,
            required=True,
            listed=True,
            maker_only=True,
            choices=(
                Choice("ranger", N_("Ranger")),
                Choice("reviewer", N_("Reviewer")),
                Choice("manager", N_("Manager")),
                Choice("exchange", N_("Exchange")),
            ),
        ),
        Field("active", N_("Works here now"), Type.YES_NO, listed=True),
        Field("remarks", N_("Remarks"), Type.LONG_TEXT, group=Group.PEOPLE),
    ),
)
