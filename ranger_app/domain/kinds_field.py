"""Field work at the water, and notes on any record: waterbird surveys and their counts.

Survey and count fields follow the International Waterbird Census visit and Darwin Core Event and Occurrence.
"""

from __future__ import annotations

from ranger_app.domain.fields import Choice, Field, Group, Kind, Type
from ranger_app.domain.kinds_place import REMARKS
from ranger_app.i18n import N_

SURVEY = Kind(
    "survey",
    "surveys",
    N_("Survey"),
    N_("Surveys"),
    (
        Field("site", N_("Site"), Type.REFERENCE, refers_to="location", required=True, listed=True),
        Field("date", N_("Date"), Type.DATE, required=True, listed=True),
        Field("start", N_("Start"), listed=True),
        Field("end", N_("End"), listed=True),
        Field("utc_offset", N_("UTC offset"), Type.OFFSET, minimum=-840, maximum=840),
        Field("observers", N_("Observers"), Type.REFERENCES, refers_to="person", group=Group.PEOPLE, listed=True),
        Field(
            "season",
            N_("Season"),
            Type.CHOICE,
            choices=(
                Choice("wintering", N_("Wintering")),
                Choice("spring", N_("Spring staging")),
                Choice("breeding", N_("Breeding")),
                Choice("moult", N_("Moult")),
                Choice("autumn", N_("Autumn staging")),
            ),
        ),
        Field("coordinated", N_("Coordinated count")),
        Field("method", N_("Method")),
        Field("coverage", N_("Coverage"), Type.INTEGER, unit="%", minimum=0, maximum=100),
        Field("weather", N_("Weather")),
        Field("wind", N_("Wind"), Type.INTEGER, unit=N_("Bft"), minimum=0, maximum=12),
        Field("visibility", N_("Visibility")),
        Field("ice", N_("Ice cover"), Type.INTEGER, unit="%", minimum=0, maximum=100),
        Field("water", N_("Water level")),
        Field("tide", N_("Tide")),
        Field("disturbance", N_("Disturbance")),
        Field("disturbance_effect", N_("Effect of the disturbance")),
        Field("quality", N_("Quality")),
        Field("no_birds", N_("No birds seen"), Type.YES_NO),
        Field("not_counted", N_("Groups not counted")),
        REMARKS,
    ),
    title=("site", "date"),
)

COUNT = Kind(
    "count",
    "counts",
    N_("Count"),
    N_("Counts"),
    (
        Field("survey", N_("Survey"), Type.REFERENCE, refers_to="survey", required=True),
        Field("sector", N_("Sector"), Type.REFERENCE, refers_to="location", listed=True),
        Field("taxon", N_("Species"), required=True, listed=True),
        Field("count", N_("Number"), Type.INTEGER, required=True, listed=True, minimum=0),
        Field("low", N_("At least"), Type.INTEGER, minimum=0),
        Field("high", N_("At most"), Type.INTEGER, minimum=0),
        Field(
            "method",
            N_("Method"),
            Type.CHOICE,
            listed=True,
            choices=(
                Choice("counted", N_("Counted")),
                Choice("estimated", N_("Estimated")),
                Choice("sampled", N_("Sampled flock")),
                Choice("present", N_("Present, not counted")),
            ),
        ),
        Field("flock", N_("Flock")),
        Field("life_stage", N_("Age")),
        Field("sex", N_("Sex")),
        Field("rings", N_("Rings and flags")),
        Field("roost", N_("Roost"), Type.YES_NO),
        Field("by", N_("Counted by"), Type.REFERENCE, refers_to="person", group=Group.PEOPLE),
        REMARKS,
    ),
    title=("taxon", "count"),
)

NOTE = Kind(
    "note",
    "notes",
    N_("Note"),
    N_("Notes"),
    (
        Field("about_kind", N_("About"), form=False),
        Field("about", N_("Record"), Type.DATA, form=False),
        Field("text", N_("Text"), Type.LONG_TEXT, required=True, listed=True, group=Group.PLACE),
        Field("media", N_("Pictures"), Type.REFERENCES, refers_to="media", form=False),
        Field("by", N_("Written by"), Type.REFERENCE, refers_to="person", group=Group.PEOPLE, listed=True),
        Field("at", N_("Written at"), Type.INSTANT, form=False, listed=True),
    ),
    title=("text",),
)
