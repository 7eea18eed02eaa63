"""Field work on foot and at the water: patrols, waterbird surveys, samples and notes.

Survey and count fields follow the International Waterbird Census visit and Darwin Core Event and Occurrence.
"""

from __future__ import annotations

from ranger_app.domain.fields import Choice, Field, Group, Kind, Type
from ranger_app.domain.kinds_place import LATITUDE, LONGITUDE, REMARKS, UNCERTAINTY
from ranger_app.i18n import N_

TRANSPORTS = (
    Choice("foot", N_("On foot")),
    Choice("ski", N_("Ski")),
    Choice("horse", N_("Horse")),
    Choice("bicycle", N_("Bicycle")),
    Choice("motorcycle", N_("Motorcycle")),
    Choice("car", N_("Car")),
    Choice("snowmobile", N_("Snowmobile")),
    Choice("boat", N_("Boat")),
    Choice("drone", N_("Drone")),
    Choice("other", N_("Other")),
)

PATROL = Kind(
    "patrol",
    "patrols",
    N_("Patrol"),
    N_("Patrols"),
    (
        Field("name", N_("Name"), required=True, listed=True, group=Group.TRACK),
        Field("date", N_("Date"), Type.DATE, listed=True),
        Field(
            "type",
            N_("Type"),
            Type.CHOICE,
            choices=(Choice("ground", N_("Ground")), Choice("water", N_("Water")), Choice("air", N_("Air"))),
        ),
        Field("mandate", N_("Mandate"), group=Group.PEOPLE),
        Field("objective", N_("Objective"), Type.LONG_TEXT, group=Group.PEOPLE),
        Field("armed", N_("Armed"), Type.YES_NO, group=Group.PEOPLE),
        Field("team", N_("Team"), group=Group.PEOPLE),
        Field("leader", N_("Leader"), Type.REFERENCE, refers_to="person", listed=True, group=Group.PEOPLE),
        Field("members", N_("Members"), Type.REFERENCES, refers_to="person", group=Group.PEOPLE),
        Field("transport", N_("Transport"), Type.CHOICE, choices=TRANSPORTS, listed=True),
        Field("start", N_("Start"), Type.LOCAL_TIME),
        Field("end", N_("End"), Type.LOCAL_TIME),
        Field("utc_offset", N_("UTC offset"), Type.OFFSET, minimum=-840, maximum=840),
        Field(
            "legs",
            N_("Legs"),
            Type.LIST,
            form=False,
            group=Group.PEOPLE,
            parts=(
                Field("number", N_("Leg"), Type.INTEGER),
                Field("transport", N_("Transport"), Type.CHOICE, choices=TRANSPORTS),
                Field("start", N_("Start"), Type.LOCAL_TIME),
                Field("end", N_("End"), Type.LOCAL_TIME),
                Field("leader", N_("Leader")),
                Field("members", N_("Members")),
            ),
        ),
        Field(
            "state",
            N_("State"),
            Type.CHOICE,
            listed=True,
            form=False,
            choices=(
                Choice("draft", N_("Draft")),
                Choice("submitted", N_("Submitted")),
                Choice("returned", N_("Returned")),
                Choice("approved", N_("Approved")),
            ),
        ),
        Field("state_by", N_("State set by"), Type.REFERENCE, refers_to="person", form=False, group=Group.PEOPLE),
        Field("state_at", N_("State set at"), Type.INSTANT, form=False),
        Field("state_comment", N_("Comment"), Type.LONG_TEXT, form=False, group=Group.PEOPLE),
        Field("notes", N_("Notes"), Type.LONG_TEXT, group=Group.PEOPLE),
    ),
)

TRACK = Kind(
    "track",
    "tracks",
    N_("Track"),
    N_("Tracks"),
    (
        Field("patrol", N_("Patrol"), Type.REFERENCE, refers_to="patrol", required=True),
        Field("leg", N_("Leg"), Type.INTEGER),
        Field("name", N_("Name"), group=Group.TRACK, listed=True),
        Field("planned", N_("Planned way"), Type.YES_NO),
        Field("source_sha256", N_("Source file hash"), Type.HASH, group=Group.TRACK),
        Field("source_name", N_("Source file"), group=Group.TRACK),
        Field("points", N_("Points"), Type.DATA, group=Group.TRACK),
        Field("point_count", N_("Number of points"), Type.INTEGER, listed=True),
        Field("raw_metres", N_("Raw distance"), Type.DECIMAL, unit=N_("m"), digits=3),
        Field("cleaned_metres", N_("Cleaned distance"), Type.DECIMAL, unit=N_("m"), digits=3, listed=True),
        Field("raw_seconds", N_("Raw time"), Type.INTEGER, unit=N_("s")),
        Field("cleaned_seconds", N_("Cleaned time"), Type.INTEGER, unit=N_("s"), listed=True),
        Field("excluded", N_("Excluded points"), group=Group.TRACK),
        Field("start", N_("Start"), Type.INSTANT),
        Field("end", N_("End"), Type.INSTANT),
    ),
    public=False,
)

WAYPOINT = Kind(
    "waypoint",
    "waypoints",
    N_("Waypoint"),
    N_("Waypoints"),
    (
        Field("patrol", N_("Patrol"), Type.REFERENCE, refers_to="patrol", required=True),
        Field("leg", N_("Leg"), Type.INTEGER),
        Field("name", N_("Name"), listed=True, group=Group.PLACE),
        LATITUDE,
        LONGITUDE,
        UNCERTAINTY,
        Field("elevation", N_("Elevation"), Type.DECIMAL, unit=N_("m"), digits=2, group=Group.PLACE),
        Field("at", N_("Time"), Type.INSTANT, listed=True),
        Field("category", N_("Category"), listed=True),
        Field("attributes", N_("Attributes"), Type.LIST, form=False, group=Group.PEOPLE),
        REMARKS,
    ),
    public=False,
)

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

SAMPLE = Kind(
    "sample",
    "samples",
    N_("Sample"),
    N_("Samples"),
    (
        Field("code", N_("Code"), required=True, listed=True),
        Field(
            "type",
            N_("Type"),
            Type.CHOICE,
            required=True,
            listed=True,
            choices=(
                Choice("scat", N_("Scat")),
                Choice("hair", N_("Hair")),
                Choice("carcass", N_("Carcass")),
                Choice("swab", N_("Swab")),
                Choice("other", N_("Other")),
            ),
        ),
        Field("date", N_("Date"), Type.DATE, listed=True),
        LATITUDE,
        LONGITUDE,
        UNCERTAINTY,
        Field("patrol", N_("Patrol"), Type.REFERENCE, refers_to="patrol"),
        Field("waypoint", N_("Waypoint"), Type.REFERENCE, refers_to="waypoint"),
        Field("individual", N_("Individual"), Type.REFERENCE, refers_to="individual"),
        Field("collected_by", N_("Collected by"), Type.REFERENCE, refers_to="person", group=Group.PEOPLE),
        Field(
            "hand_overs",
            N_("Hand-overs"),
            Type.LIST,
            form=False,
            group=Group.PEOPLE,
            parts=(
                Field("at", N_("Time"), Type.LOCAL_TIME),
                Field("from", N_("Given by")),
                Field("to", N_("Given to")),
                Field("remarks", N_("Remarks")),
            ),
        ),
        Field("laboratory", N_("Laboratory")),
        Field("result_taxon", N_("Species found"), listed=True),
        Field(
            "result_sex",
            N_("Sex found"),
            Type.CHOICE,
            choices=(Choice("female", N_("Female")), Choice("male", N_("Male"))),
        ),
        Field("result_disease", N_("Disease found")),
        REMARKS,
    ),
    title=("code",),
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
