"""Field work at the water, and notes on any record: waterbird surveys and their counts.

Survey and count fields follow the International Waterbird Census visit and Darwin Core Event and Occurrence.
"""

from __future__ import annotations

from dataclasses import replace

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
        Field("complete", N_("All waterbirds were looked for"), Type.YES_NO),
        Field(
            "kind",
            N_("Kind of count"),
            Type.CHOICE,
            choices=(
                Choice("full", N_("All waterbirds")),
                Choice("geese", N_("Geese")),
                Choice("cranes", N_("Cranes")),
                Choice("waders", N_("Waders")),
                Choice("gulls", N_("Gulls and terns")),
                Choice("roost", N_("Roost")),
                Choice("colony", N_("Colony")),
                Choice("extra", N_("Extra count")),
            ),
        ),
        Field("transport", N_("Transport")),
        Field("snow", N_("Snow cover"), Type.INTEGER, unit="%", minimum=0, maximum=100),
        Field("temperature", N_("Temperature"), Type.INTEGER, unit="°C", minimum=-70, maximum=60),
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
        Field("population", N_("Population"), Type.REFERENCE, refers_to="population"),
        Field("give_or_take", N_("Give or take"), Type.INTEGER, minimum=0),
        Field("at", N_("Time"), Type.INSTANT, form=False),
        Field(
            "parts",
            N_("Sub-totals"),
            Type.LIST,
            form=False,
            parts=(Field("at", N_("Time"), Type.INSTANT), Field("number", N_("Number"), Type.INTEGER)),
        ),
        Field("sample_of", N_("Birds in the flock"), Type.INTEGER, minimum=0, form=False),
        Field("sample_counted", N_("Birds looked at"), Type.INTEGER, minimum=0, form=False),
        Field("sample_found", N_("Of this species among them"), Type.INTEGER, minimum=0, form=False),
    ),
    title=("taxon", "count"),
)
"""``parts`` are the taps or blocks that the number is the sum of. In a mixed flock of ``sample_of`` birds of which
``sample_counted`` were looked at, ``sample_found`` were of this species; the number follows from the three."""

POPULATION = Kind(
    "population",
    "populations",
    N_("Population"),
    N_("Populations"),
    (
        Field("taxon", N_("Species"), required=True, listed=True),
        Field("name", N_("Population"), required=True, listed=True),
        Field("flyway", N_("Flyway"), listed=True),
        Field("low", N_("At least"), Type.INTEGER, minimum=0, listed=True),
        Field("high", N_("At most"), Type.INTEGER, minimum=0, listed=True),
        Field("size_years", N_("Years of the estimate")),
        Field("quality", N_("How well known")),
        Field("one_percent", N_("1 % as published"), Type.INTEGER, minimum=0, listed=True),
        Field("edition", N_("Edition"), required=True, listed=True),
        Field("published", N_("Year of the edition"), Type.INTEGER, minimum=1900, maximum=2200, listed=True),
        Field("reference", N_("Published in"), Type.LONG_TEXT),
        Field("in_use", N_("In use"), Type.YES_NO, listed=True),
        replace(REMARKS, group=Group.OPEN),
    ),
    title=("name", "taxon"),
)
"""One flyway population of a species in one edition of a table of estimates; criteria are counted against it."""

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
