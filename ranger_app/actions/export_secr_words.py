"""What stands beside the files of capture-recapture: how they were made, and the lines of R that read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ranger_app.actions.export_secr import Asked, Made

_FLANKS = {
    "either": "An encounter counts whichever flank it shows.",
    "left": "Only encounters that show the left flank count.",
    "right": "Only encounters that show the right flank count.",
    "both": "Only animals of which both flanks are known count, with all their encounters.",
}
_SECR = (
    "captures.txt        Session, animal, occasion, detector, sex (female, male, NA), one line for each capture.",
    "traps-SESSION.txt   Detector, x, y, effort of each occasion; after / the country and how precise the place is.",
)
_OSCR = (
    "edf.csv             Session, individual, occasion, trap, sex (female, male, U).",
    "tdf-NUMBER.csv      Trap, X, Y, operation of each occasion (0, 1); after / the country, how precise the place",
    "                    is, and the trap nights of each occasion, for each session by its number.",
)
_BESIDE = (
    "animals.csv         The codes, species, sex and known flanks of each animal.",
    "stations.csv        What each detector is called.",
    "read.R              The lines that read these files.",
)


def read_me(made: Made, asked: Asked, lost: Sequence[str], *, secr: bool) -> str:
    """The text of README.txt."""
    sessions = [
        f"Session {number} ({one.name}): {one.occasions} occasions of {made.days} days from {first}, 00:00 by the clock"
        f" of each station; {len(one.detectors)} detectors, {len({at.animal for at in one.captures})} animals,"
        f" {len(one.captures)} captures."
        for number, (one, first) in enumerate(zip(made.sessions, made.first_days, strict=True), start=1)
    ]
    counted = (
        "An animal counts once for each detector and occasion (proximity)."
        if asked.detector == "proximity"
        else "Each encounter is a capture (count)."
    )
    rough = {one.place for session in made.sessions for one in session.detectors} - {"exact"}
    places = [
        "Detectors that are not exact stand in the middle of the cell that their place may be told by: "
        + ", ".join(sorted(rough)) + ". Several can stand on one point."
    ] if rough else []  # fmt: skip
    return "\n".join(
        (
            f"Captures of {asked.species or 'one species'} for the R package {'secr' if secr else 'oSCR'}, written by"
            " Ranger.",
            "",
            *(_SECR if secr else _OSCR),
            *_BESIDE,
            "",
            *sessions,
            f"Coordinates are metres of UTM zone {made.zone} (WGS 84, EPSG:{made.epsg}), of all stations alike.",
            *places,
            "Captures are encounters of animals whose identity is certain, also near the border. An encounter is an",
            f"independent event: at least {asked.question.rule.minutes} minutes since the last picture of the same"
            " animal at the same station.",
            _FLANKS[asked.flank],
            counted,
            "Effort is trap nights: days from set-up to taking down, in fractions, less the time of failures; a night"
            " counts once for a detector if any of its cameras works.",
            *lost,
            "",
        )
    )


def script(made: Made, asked: Asked, traps: Sequence[str], *, secr: bool, binary: bool) -> str:
    """The text of read.R."""
    names = ", ".join(f'"{name}"' for name in traps)
    several = f"c({', '.join(str(one.occasions) for one in made.sessions)})"
    if secr:
        effort = "TRUE" if binary else "FALSE"
        return (
            "library(secr)\n"
            f'captures <- read.capthist("captures.txt", c({names}), detector = "{asked.detector}",\n'
            f'  fmt = "trapID", noccasions = {several}, covnames = "sex",\n'
            f'  trapcovnames = c("country", "place"), binary.usage = {effort})\n'
            "summary(captures)\n"
        )
    tables = ", ".join(f"read.csv({name})" for name in names.split(", "))
    detectors = f"c({', '.join(str(len(one.detectors)) for one in made.sessions)})"
    extra = "TRUE" if asked.detector == "proximity" else "FALSE"
    return (
        "library(oSCR)\n"
        'edf <- read.csv("edf.csv")\n'
        f"tdf <- list({tables})\n"
        "data <- data2oscr(edf, sess.col = 1, id.col = 2, occ.col = 3, trap.col = 4, sex.col = 5, tdf = tdf,\n"
        f'  K = {several}, ntraps = {detectors}, sex.nacode = "U", tdf.sep = "/",\n'
        f'  trapcov.names = c("country", "nights"), remove.extracaps = {extra})\n'
        "data$scrFrame\n"
    )
