"""Patrols: the way, the places where something was found, what it was, and the model it is described by.

Fields follow what SMART patrol files hold, so that these come in and go out without loss; the words are Ranger's.
"""

from __future__ import annotations

from dataclasses import replace

from ranger_app.domain.fields import Choice, Field, Group, Kind, Type
from ranger_app.domain.kinds_place import LATITUDE, LONGITUDE, REMARKS, SOURCE, UNCERTAINTY
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
        Field("station", N_("Ranger post"), group=Group.PEOPLE),
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
                Field("mandate", N_("Mandate")),
                Field("start", N_("Start"), Type.LOCAL_TIME),
                Field("end", N_("End"), Type.LOCAL_TIME),
                Field("leader", N_("Leader")),
                Field("members", N_("Members")),
                Field("name", N_("Name")),
            ),
        ),
        Field(
            "days",
            N_("Days"),
            Type.LIST,
            form=False,
            group=Group.TRACK,
            parts=(
                Field("leg", N_("Leg"), Type.INTEGER),
                Field("date", N_("Date"), Type.DATE),
                Field("start", N_("Start"), Type.LOCAL_TIME),
                Field("end", N_("End"), Type.LOCAL_TIME),
                Field("rest_minutes", N_("Rest"), Type.INTEGER, unit=N_("min"), minimum=0),
            ),
        ),
        Field(
            "custom",
            N_("Further attributes"),
            Type.LIST,
            form=False,
            group=Group.PEOPLE,
            parts=(Field("key", N_("Name")), Field("value", N_("Value"))),
        ),
        Field("model", N_("Observation model"), Type.REFERENCE, refers_to="observation_model"),
        Field("photo_shift", N_("Clock shift of the photos"), Type.INTEGER, unit=N_("s"), form=False),
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
        Field(
            "state_by",
            N_("State set by"),
            Type.REFERENCE,
            refers_to="person",
            form=False,
            group=Group.PEOPLE,
            goes_with="state",
        ),
        Field("state_at", N_("State set at"), Type.INSTANT, form=False, goes_with="state"),
        Field("state_comment", N_("Comment"), Type.LONG_TEXT, form=False, group=Group.PEOPLE, goes_with="state"),
        Field("notes", N_("Notes"), Type.LONG_TEXT, group=Group.PEOPLE),
        replace(SOURCE, group=Group.TRACK),
    ),
)
"""``members`` of a leg are ids as 32 hex digits, separated by spaces; its ``leader`` is one id. The state's history is
read from the log; ``state`` and what belongs to it is only the newest step."""

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
        Field("date", N_("Date"), Type.DATE),
        Field("still_seconds", N_("Standing still"), Type.INTEGER, unit=N_("s")),
        Field(
            "overrules",
            N_("Points judged by a person"),
            Type.LIST,
            form=False,
            group=Group.TRACK,
            parts=(
                Field("first", N_("From point"), Type.INTEGER),
                Field("last", N_("To point"), Type.INTEGER),
                Field("mark", N_("Reason")),
                Field("why", N_("Remarks")),
                Field("by", N_("Person")),
                Field("at", N_("Time"), Type.INSTANT),
            ),
        ),
        replace(SOURCE, group=Group.TRACK),
    ),
    public=False,
)
"""``points`` keep the marks of the first judgement. ``overrules`` say otherwise for points by number, the last entry
first; ``mark`` is a reason of ``geo.tracks``, empty for "counts". Figures and ``excluded`` follow what holds now."""

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
        Field("distance", N_("Distance to what was seen"), Type.DECIMAL, unit=N_("m"), digits=1, group=Group.PLACE),
        Field(
            "bearing",
            N_("Direction to what was seen"),
            Type.DECIMAL,
            unit="°",
            digits=1,
            group=Group.PLACE,
            minimum=0,
            maximum=3600,
        ),
        Field("imported", N_("As imported"), Type.LONG_TEXT, form=False, group=Group.PLACE),
        replace(SOURCE, group=Group.PLACE),
    ),
    public=False,
)
"""A place on a patrol. What was found there are its sightings; ``category`` and ``attributes`` are what a GPS device or
an older version wrote of a waypoint that has none; ``imported`` is what another program's file says beyond the other
fields, as JSON, so that it can be written out again."""

SIGHTING = Kind(
    "sighting",
    "sightings",
    N_("Find"),
    N_("Finds"),
    (
        Field("patrol", N_("Patrol"), Type.REFERENCE, refers_to="patrol", required=True),
        Field("waypoint", N_("Waypoint"), Type.REFERENCE, refers_to="waypoint", required=True),
        Field("group", N_("Group"), Type.INTEGER, form=False),
        Field("number", N_("Number in the group"), Type.INTEGER, form=False),
        Field("category", N_("Category"), required=True, listed=True),
        Field("taxon", N_("Species"), listed=True),
        Field("count", N_("Number"), Type.INTEGER, listed=True, minimum=0),
        Field(
            "attributes",
            N_("Attributes"),
            Type.LIST,
            form=False,
            group=Group.PEOPLE,
            parts=(Field("key", N_("Name")), Field("value", N_("Value")), Field("type", N_("Type"))),
        ),
        Field("by", N_("Seen by"), Type.REFERENCE, refers_to="person", group=Group.PEOPLE),
        REMARKS,
        replace(SOURCE, group=Group.PLACE),
    ),
    title=("category", "taxon"),
    public=False,
)
"""One thing found at a waypoint. ``category`` is the full key of the model's category, with its trailing dot, kept as
it is where no model here knows it. Values of ``attributes`` are texts: a list item's key, a tree's full key, a number
as written, true or false; a key that may have several values is there several times."""

OBSERVATION_MODEL = Kind(
    "observation_model",
    "observation_models",
    N_("Observation model"),
    N_("Observation models"),
    (
        Field("name", N_("Name"), required=True, listed=True),
        Field("version", N_("Version"), listed=True),
        Field("origin", N_("Comes from")),
        Field("content", N_("Content"), Type.LONG_TEXT, form=False),
        Field("in_use", N_("In use"), Type.YES_NO, listed=True),
        replace(REMARKS, group=Group.OPEN),
    ),
    public=False,
)
"""Categories and attributes that finds are described by; ``content`` is ``domain.observation_model`` as JSON."""
