"""Camera traps: devices, deployments, media and what was seen.

Field meanings follow Camtrap DP 1.0.2 (deployments, media, observations).
"""

from __future__ import annotations

from dataclasses import replace

from ranger_app.domain.fields import Choice, Field, Group, Kind, Type
from ranger_app.domain.kinds_place import REMARKS, SOURCE, SOURCE_OF_PLACE
from ranger_app.i18n import N_

CAMERA = Kind(
    "camera",
    "cameras",
    N_("Camera"),
    N_("Cameras"),
    (
        Field("name", N_("Name"), required=True, listed=True, group=Group.FILE),
        Field("make", N_("Make"), listed=True),
        Field("model", N_("Model"), listed=True),
        Field("serial_number", N_("Serial number"), listed=True, group=Group.FILE),
        Field("owner", N_("Owner"), group=Group.PEOPLE),
        REMARKS,
        SOURCE,
    ),
)

FAILURE_REASONS = (
    Choice("stolen", N_("Stolen")),
    Choice("snow", N_("Snow")),
    Choice("battery", N_("Battery")),
    Choice("full_card", N_("Full card")),
    Choice("knocked_over", N_("Knocked over")),
    Choice("damaged", N_("Damaged")),
    Choice("other", N_("Other")),
)

DEPLOYMENT = Kind(
    "deployment",
    "deployments",
    N_("Deployment"),
    N_("Deployments"),
    (
        Field("name", N_("Name"), required=True, listed=True, group=Group.PLACE),
        Field("location", N_("Location"), Type.REFERENCE, refers_to="location", listed=True),
        Field("camera", N_("Camera"), Type.REFERENCE, refers_to="camera", listed=True),
        Field("start", N_("Set up"), Type.LOCAL_TIME, listed=True),
        Field("end", N_("Taken down"), Type.LOCAL_TIME, listed=True),
        Field("utc_offset", N_("UTC offset"), Type.OFFSET, required=True, minimum=-840, maximum=840),
        Field(
            "clock_corrections",
            N_("Clock corrections"),
            Type.LIST,
            form=False,
            parts=(
                Field(
                    "method",
                    N_("Method"),
                    Type.CHOICE,
                    choices=(
                        Choice("shift", N_("Fixed shift")),
                        Choice("drift", N_("Drift between two known times")),
                        Choice("day_month", N_("Day and month swapped")),
                        Choice("year", N_("Wrong year")),
                        Choice("daylight_saving", N_("Daylight saving time")),
                    ),
                ),
                Field("from", N_("From"), Type.LOCAL_TIME),
                Field("to", N_("To"), Type.LOCAL_TIME),
                Field("seconds", N_("Shift"), Type.INTEGER, unit=N_("s")),
                Field("seconds_at_end", N_("Shift at the end"), Type.INTEGER, unit=N_("s")),
                Field("years", N_("Years"), Type.INTEGER),
                Field("reason", N_("Reason")),
            ),
        ),
        Field(
            "failures",
            N_("Failures"),
            Type.LIST,
            form=False,
            parts=(
                Field("from", N_("From"), Type.LOCAL_TIME),
                Field("to", N_("To"), Type.LOCAL_TIME),
                Field("reason", N_("Reason"), Type.CHOICE, choices=FAILURE_REASONS),
                Field("remarks", N_("Remarks")),
            ),
        ),
        Field("paired_with", N_("Paired with"), Type.REFERENCE, refers_to="deployment"),
        Field("set_by", N_("Set up by"), Type.REFERENCE, refers_to="person", group=Group.PEOPLE),
        Field("height", N_("Height"), Type.INTEGER, unit=N_("cm"), minimum=0),
        Field("heading", N_("Direction"), Type.INTEGER, unit="°", minimum=0, maximum=360),
        Field("bait", N_("Bait used"), Type.YES_NO),
        Field(
            "feature",
            N_("Feature"),
            Type.CHOICE,
            group=Group.PLACE,  # a burrow or a nest is a place
            choices=(
                Choice("roadPaved", N_("Paved road")),
                Choice("roadDirt", N_("Dirt road")),
                Choice("trailHiking", N_("Hiking trail")),
                Choice("trailGame", N_("Game trail")),
                Choice("roadUnderpass", N_("Road underpass")),
                Choice("roadOverpass", N_("Road overpass")),
                Choice("roadBridge", N_("Bridge")),
                Choice("culvert", N_("Culvert")),
                Choice("burrow", N_("Burrow")),
                Choice("nestSite", N_("Nest site")),
                Choice("carcass", N_("Carcass")),
                Choice("waterSource", N_("Water source")),
                Choice("fruitingTree", N_("Fruiting tree")),
            ),
        ),
        Field("habitat", N_("Habitat"), group=Group.PLACE),
        Field("released", N_("Originals released by a manager"), Type.YES_NO, form=False, maker_only=True),
        REMARKS,
        Field("looks", N_("Independent looks"), Type.INTEGER, minimum=1, maximum=2),
        Field("bait_kind", N_("Kind of bait")),
        Field("camera_delay", N_("Pause after a trigger"), Type.INTEGER, unit=N_("s"), minimum=0),
        Field("depth", N_("Depth under water"), Type.INTEGER, unit=N_("cm"), minimum=0),
        Field("tilt", N_("Tilt"), Type.INTEGER, unit="°", minimum=-90, maximum=90),
        Field("detection_distance", N_("Detection distance"), Type.INTEGER, unit=N_("cm"), minimum=0),
        Field("timestamp_issues", N_("Times may be wrong"), Type.YES_NO),
        Field("groups", N_("Groups"), group=Group.PLACE),
        Field("tags", N_("Tags"), group=Group.PLACE),
        Field("set_by_name", N_("Set up by (not listed here)"), group=Group.PEOPLE, form=False),
        SOURCE_OF_PLACE,
    ),
)

MEDIA = Kind(
    "media",
    "media",
    N_("Picture or video"),
    N_("Pictures and videos"),
    (
        Field("deployment", N_("Deployment"), Type.REFERENCE, refers_to="deployment", listed=True),
        Field("sha256", N_("Content hash"), Type.HASH, group=Group.FILE, form=False),
        Field("bytes", N_("Size"), Type.INTEGER, unit=N_("B"), group=Group.FILE, form=False),
        Field("media_type", N_("File type"), form=False),
        Field("file_name", N_("File name"), listed=True, group=Group.FILE, form=False),
        Field("folder", N_("Folder on the card"), group=Group.FILE, form=False),
        Field("camera_time", N_("Camera time"), Type.LOCAL_TIME, listed=True, form=False),
        Field("camera_time_source", N_("Source of the camera time"), form=False),
        Field("width", N_("Width"), Type.INTEGER, unit=N_("px"), form=False),
        Field("height", N_("Height"), Type.INTEGER, unit=N_("px"), form=False),
        Field("duration", N_("Duration"), Type.INTEGER, unit=N_("ms"), form=False),
        Field("serial_number", N_("Camera serial number"), group=Group.FILE, form=False),
        Field("latitude", N_("Latitude in the file"), Type.DEGREES, group=Group.PLACE, form=False),
        Field("longitude", N_("Longitude in the file"), Type.DEGREES, group=Group.PLACE, form=False),
        Field("flags", N_("Flags"), form=False),
        Field("ingest", N_("Ingest"), Type.TEXT, form=False),
        Field("address", N_("Web address"), group=Group.FILE, form=False),
        Field("patrol", N_("Patrol"), Type.REFERENCE, refers_to="patrol"),
        Field("waypoint", N_("Waypoint"), Type.REFERENCE, refers_to="waypoint"),
        Field("sighting", N_("Find"), Type.REFERENCE, refers_to="sighting"),
        Field("survey", N_("Survey"), Type.REFERENCE, refers_to="survey"),
        Field("favourite", N_("Favourite"), Type.YES_NO),
        Field(
            "people_released",
            N_("Released although people are shown"),
            Type.YES_NO,
            form=False,
            maker_only=True,
        ),
        REMARKS,
        Field(
            "capture_method",
            N_("Taken by"),
            Type.CHOICE,
            form=False,
            choices=(
                Choice("activityDetection", N_("Movement")),
                Choice("timeLapse", N_("Time lapse")),
            ),
        ),
        Field("file_offset", N_("UTC offset in the file"), Type.OFFSET, form=False),
        Field("file_public", N_("Public where it comes from"), Type.YES_NO, form=False),
        Field("exif", N_("Camera data"), Type.LONG_TEXT, group=Group.FILE, form=False),
        SOURCE,
    ),
    title=("file_name",),
    facts=(
        *("sha256", "bytes", "media_type", "file_name", "folder", "camera_time", "camera_time_source"),
        *("width", "height", "duration", "serial_number", "latitude", "longitude", "ingest"),
    ),
)

OBSERVATION_TYPES = (
    Choice("animal", N_("Animal")),
    Choice("human", N_("Person")),
    Choice("vehicle", N_("Vehicle")),
    Choice("blank", N_("Blank")),
    Choice("unknown", N_("Unknown")),
    Choice("unclassified", N_("Unclassified")),
)
SEXES = (Choice("female", N_("Female")), Choice("male", N_("Male")), Choice("unknown", N_("Unknown")))
LIFE_STAGES = (
    Choice("adult", N_("Adult")),
    Choice("subadult", N_("Subadult")),
    Choice("juvenile", N_("Young")),
    Choice("unknown", N_("Unknown")),
)

FLANKS = (
    Choice("left", N_("Left flank")),
    Choice("right", N_("Right flank")),
    Choice("face", N_("Face")),
    Choice("tail", N_("Tail")),
    Choice("other", N_("Another side")),
)
"""A left flank is never taken for a right one: what joins the two is a person's statement."""
SURENESS = (
    Choice("certain", N_("Certain")),
    Choice("probable", N_("Probable")),
    Choice("possible", N_("Possible")),
)
"""How sure a person is which animal it is; a statement that does not say counts as certain."""

OBSERVATION = Kind(
    "observation",
    "observations",
    N_("Observation"),
    N_("Observations"),
    (
        Field("media", N_("Picture or video"), Type.REFERENCE, refers_to="media"),
        Field("deployment", N_("Deployment"), Type.REFERENCE, refers_to="deployment"),
        Field("waypoint", N_("Waypoint"), Type.REFERENCE, refers_to="waypoint"),
        Field("sample", N_("Sample"), Type.REFERENCE, refers_to="sample"),
        Field("event", N_("Event"), group=Group.PLACE, form=False),
        Field("type", N_("Type"), Type.CHOICE, required=True, listed=True, choices=OBSERVATION_TYPES),
        Field("taxon", N_("Species"), listed=True),
        Field("count", N_("Number"), Type.INTEGER, listed=True, minimum=0),
        Field("sex", N_("Sex"), Type.CHOICE, choices=SEXES, listed=True),
        Field("life_stage", N_("Age"), Type.CHOICE, choices=LIFE_STAGES, listed=True),
        Field("behaviour", N_("Behaviour")),
        Field("individual", N_("Individual"), Type.REFERENCE, refers_to="individual", listed=True),
        Field("by", N_("Identified by"), Type.REFERENCE, refers_to="person", group=Group.PEOPLE),
        Field("at", N_("Identified at"), Type.INSTANT, form=False),
        Field(
            "method",
            N_("Method"),
            Type.CHOICE,
            form=False,
            choices=(Choice("human", N_("By a person")), Choice("machine", N_("By a machine"))),
        ),
        Field("machine", N_("Program and version"), form=False),
        Field("certainty", N_("Certainty"), Type.DECIMAL, digits=4, minimum=0, maximum=10_000),
        Field("box", N_("Box in the picture"), form=False),
        Field(
            "look",
            N_("Review stage"),
            Type.CHOICE,
            form=False,
            choices=(
                Choice("first", N_("First look")),
                Choice("second", N_("Independent second look")),
                Choice("settled", N_("Settled by a reviewer")),
            ),
        ),
        REMARKS,
        Field("pictures", N_("Pictures of the event"), Type.REFERENCES, refers_to="media", form=False),
        Field("event_start", N_("Event from"), form=False),
        Field("event_end", N_("Event until"), form=False),
        Field(
            "setup",
            N_("Not of animals"),
            Type.CHOICE,
            form=False,
            choices=(
                Choice("setup", N_("Camera being set up")),
                Choice("calibration", N_("Calibration")),
            ),
        ),
        Field("tags", N_("Tags"), group=Group.PLACE, form=False),
        Field("by_name", N_("Identified by (not listed here)"), group=Group.PEOPLE, form=False),
        Field("radius", N_("Distance from the camera"), Type.DECIMAL, unit=N_("m"), digits=3, minimum=0, form=False),
        Field("angle", N_("Angle from the camera"), Type.DECIMAL, unit="°", digits=3, form=False),
        Field("speed", N_("Speed"), Type.DECIMAL, unit=N_("m/s"), digits=3, minimum=0, form=False),
        SOURCE,
        Field("flank", N_("Side that shows"), Type.CHOICE, choices=FLANKS),
        Field("sureness", N_("How sure who it is"), Type.CHOICE, choices=SURENESS),
    ),
    title=("taxon", "type"),
)

TAXON = Kind(
    "taxon",
    "taxa",
    N_("Species"),
    N_("Species"),
    (
        Field("scientific", N_("Scientific name"), required=True, listed=True),
        Field(
            "group",
            N_("Group"),
            Type.CHOICE,
            listed=True,
            choices=(
                Choice("mammal", N_("Mammal")),
                Choice("domestic", N_("Domestic animal")),
                Choice("bird", N_("Bird")),
                Choice("other", N_("Other")),
            ),
        ),
        Field("english", N_("English name"), listed=True),
        Field("russian", N_("Russian name"), listed=True),
        Field("chinese", N_("Chinese name"), listed=True),
        Field("korean", N_("Korean name")),
        Field("mongolian", N_("Mongolian name")),
        Field("japanese", N_("Japanese name")),
        Field("synonyms", N_("Other names"), Type.LONG_TEXT),
        Field("sensitive", N_("Sensitivity (1 extreme to 4 low)"), Type.INTEGER, minimum=1, maximum=4),
        Field("iucn", N_("IUCN status"), listed=True),
        Field("iucn_date", N_("Date of the status")),
        replace(REMARKS, group=Group.OPEN),
    ),
    title=("scientific",),
)
"""A species that people here added to the list that comes with the program, or whose names they changed."""
