"""Known animals: the catalogue, what people say of two of its animals, and opinions asked of a second person."""

from __future__ import annotations

from ranger_app.domain.fields import Choice, Field, Group, Kind, Type
from ranger_app.domain.kinds_camera import FLANKS, SEXES
from ranger_app.domain.kinds_place import REMARKS, SOURCE
from ranger_app.i18n import N_

SIDES = ("left", "right", "face", "tail")
"""The sides of an animal that one picture is chosen for, in the order they are shown."""

INDIVIDUAL = Kind(
    "individual",
    "individuals",
    N_("Individual"),
    N_("Individuals"),
    (
        Field("code", N_("Code"), required=True, listed=True),
        Field("name", N_("Known as"), listed=True),
        Field("taxon", N_("Species"), required=True, listed=True),
        Field("sex", N_("Sex"), Type.CHOICE, choices=SEXES, listed=True),
        Field("birth_season", N_("Birth season")),
        Field("mother", N_("Mother"), Type.REFERENCE, refers_to="individual"),
        Field(
            "status",
            N_("Status"),
            Type.CHOICE,
            listed=True,
            choices=(Choice("alive", N_("Alive")), Choice("dead", N_("Dead")), Choice("missing", N_("Missing"))),
        ),
        Field("status_since", N_("Status since"), Type.DATE),
        Field("joint_code", N_("Joint code")),
        *(
            Field(f"{one.code}_picture", one.label, Type.REFERENCE, refers_to="media")
            for one in FLANKS
            if one.code in SIDES
        ),
        REMARKS,
        SOURCE,
    ),
    title=("code", "name"),
)

ANSWERS = (
    Choice("same", N_("Same animal")),
    Choice("different", N_("Different animals")),
    Choice("withdrawn", N_("Taken back")),
)

SAME_ANIMAL = Kind(
    "same_animal",
    "same_animals",
    N_("Statement on two animals"),
    N_("Statements on two animals"),
    (
        Field("one", N_("One animal"), Type.REFERENCE, refers_to="individual", required=True),
        Field("other", N_("Other animal"), Type.REFERENCE, refers_to="individual", required=True),
        Field("answer", N_("Answer"), Type.CHOICE, choices=ANSWERS, required=True),
        Field("by", N_("Said by"), Type.REFERENCE, refers_to="person", group=Group.PEOPLE),
        Field("at", N_("Said at"), Type.INSTANT),
        Field(
            "points",
            N_("Matching points"),
            Type.LIST,
            form=False,
            parts=(
                Field("one", N_("Picture of one animal")),
                Field("one_x", N_("Across"), Type.INTEGER),
                Field("one_y", N_("Down"), Type.INTEGER),
                Field("other", N_("Picture of the other animal")),
                Field("other_x", N_("Across"), Type.INTEGER),
                Field("other_y", N_("Down"), Type.INTEGER),
            ),
        ),
        REMARKS,
    ),
    title=("answer",),
    facts=("one", "other"),
    public=False,
    own_word=True,
)
"""One station's word on two animals. A station has one for each pair and changes it when it changes its mind.

Pictures in ``points`` are ids in hexadecimal, places 1/10,000 of the picture's width and height.
"""

OPINIONS = (
    Choice("animal", N_("A known animal")),
    Choice("new", N_("An animal not known yet")),
    Choice("cannot_tell", N_("Cannot be told")),
)

SECOND_OPINION = Kind(
    "second_opinion",
    "second_opinions",
    N_("Second opinion"),
    N_("Second opinions"),
    (
        Field("observation", N_("Observation"), Type.REFERENCE, refers_to="observation", required=True),
        Field("asked_by", N_("Asked by"), Type.REFERENCE, refers_to="person", group=Group.PEOPLE),
        Field("asked_at", N_("Asked at"), Type.INSTANT),
        Field("answer", N_("Answer"), Type.CHOICE, choices=OPINIONS),
        Field("individual", N_("Individual"), Type.REFERENCE, refers_to="individual"),
        Field("by", N_("Answered by"), Type.REFERENCE, refers_to="person", group=Group.PEOPLE),
        Field("at", N_("Answered at"), Type.INSTANT),
        REMARKS,
    ),
    title=("answer",),
    facts=("observation",),
    public=False,
)
"""Who another person says it is that one observation shows, asked without telling what the first one said."""
