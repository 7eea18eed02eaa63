"""What stands beside the files of capture-recapture: how they were made, and the lines of R that read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ranger_app.i18n import N_, _

if TYPE_CHECKING:
    from ranger_app.actions.export_secr import Asked, Made

_FLANKS = {
    "either": N_("An encounter counts whichever flank it shows."),
    "left": N_("Only encounters that show the left flank count."),
    "right": N_("Only encounters that show the right flank count."),
    "both": N_("Only animals of which both flanks are known count, with all their encounters."),
}
_SECR = {
    "captures.txt": N_("Session, animal, occasion, detector, sex (female, male, NA), one line for each capture."),
    "traps-SESSION.txt": N_(
        "Detector, x, y, effort of each occasion; after / the country and how precise the place is."
    ),
}
_OSCR = {
    "edf.csv": N_("Session, individual, occasion, trap, sex (female, male, U)."),
    "tdf-NUMBER.csv": N_(
        "Trap, X, Y, operation of each occasion (0, 1); after / the country, how precise the place is, and the trap"
        " nights of each occasion, for each session by its number."
    ),
}
_BESIDE = {
    "animals.csv": N_("The codes, species, sex and known flanks of each animal."),
    "stations.csv": N_("What each detector is called."),
    "read.R": N_("The lines that read these files."),
}
_WIDTH = 20
"""Letters that the name of a file takes in its line."""


def read_me(made: Made, asked: Asked, lost: Sequence[str], *, secr: bool) -> str:
    """The text of README.txt, in the language in use."""
    head = _("Captures of {species} for the R package {package}, written by Ranger.")
    zone = _("Coordinates are metres of UTM zone {zone} (WGS 84, EPSG:{epsg}), of all stations alike.")
    files = {**(_SECR if secr else _OSCR), **_BESIDE}
    rough = sorted({one.place for session in made.sessions for one in session.detectors} - {"exact"})
    cells = _(
        "Detectors that are not exact stand in the middle of the cell that their place may be told by: {cells}. Several"
        " can stand on one point."
    )
    return "\n".join(
        (
            head.format(species=asked.species or _("one species"), package="secr" if secr else "oSCR"),
            "",
            *(f"{name:<{_WIDTH}}{_(words)}" for name, words in files.items()),
            "",
            *_sessions(made),
            zone.format(zone=made.zone, epsg=made.epsg),
            *([cells.format(cells=", ".join(rough))] if rough else []),
            _(
                "Captures are encounters of animals whose identity is certain, also near the border. An encounter is"
                " an independent event."
            ),
            asked.question.rule.words,
            _(_FLANKS[asked.flank]),
            _("An animal counts once for each detector and occasion (proximity).")
            if asked.detector == "proximity"
            else _("Each encounter is a capture (count)."),
            _(
                "Effort is trap nights: days from set-up to taking down, in fractions, less the time of failures; a"
                " night counts once for a detector if any of its cameras works."
            ),
            *lost,
            "",
        )
    )


def _sessions(made: Made) -> list[str]:
    words = _(
        "Session {number} ({name}): from {first}, 00:00 by the clock of each station; occasions: {occasions} of {days}"
        " days; detectors: {detectors}; animals: {animals}; captures: {captures}."
    )
    return [
        words.format(
            number=number,
            name=one.name,
            first=first,
            occasions=one.occasions,
            days=made.days,
            detectors=len(one.detectors),
            animals=len({at.animal for at in one.captures}),
            captures=len(one.captures),
        )
        for number, (one, first) in enumerate(zip(made.sessions, made.first_days, strict=True), start=1)
    ]


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
