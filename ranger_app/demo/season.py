"""The made-up season as libraries: two or three neighbouring stations that trust each other, and files to try.

Keys, ids and clock come from fixed words instead of chance, so that two runs give the same records and state hash;
that is safe only because nothing in a demo library is real.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ranger_app import jobs
from ranger_app.actions import partners
from ranger_app.demo import cards, cast, fast, tracks
from ranger_app.demo import counts as birds
from ranger_app.demo.chance import Chance
from ranger_app.demo.story import Story
from ranger_app.errors import DataProblem, EnvironmentProblem, UsageProblem
from ranger_app.i18n import _
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library
from ranger_app.sync.cards import confirmation_digits

MEDIA = 60
PATROLS = 12
COUNTS = 180
"""What each station holds unless asked otherwise; 20 counts are a survey."""
MOST_DRAWN, MOST_WALKED, MOST_COUNTED = 2_000, 100, 2_000
"""Above these numbers a station gets only DRAWN, WALKED and COUNTED ones the long way, the rest in bulk."""
DRAWN, WALKED, COUNTED = 180, 12, 120
MOST = 5_000_000
TO_TRY = "to try"
"""Folder beside the libraries with a card, a track and a table that nobody has taken in yet."""


def make(
    folder: Path,
    *,
    media: int = MEDIA,
    patrols: int = PATROLS,
    counts: int = COUNTS,
    stations: int = 2,
    progress: Callable[[Progress], None] | None = None,
) -> list[Path]:
    """Make the demo libraries in ``folder``; returns their folders, absolute. See :func:`season`."""
    return jobs.run(season(folder, media=media, patrols=patrols, count_records=counts, stations=stations), progress)


def season(
    folder: Path, *, media: int = MEDIA, patrols: int = PATROLS, count_records: int = COUNTS, stations: int = 2
) -> Job[list[Path]]:
    """Make ``stations`` libraries (2 or 3) in ``folder``, which must not exist or be empty; returns their folders.

    Each station gets ``media`` pictures, ``patrols`` patrols and ``count_records`` counts. Above MOST_DRAWN,
    MOST_WALKED and MOST_COUNTED only the first station does: its neighbours get the usual number. DataProblem for a
    folder in use, UsageProblem for numbers that make no sense, EnvironmentProblem for a folder that cannot be made;
    what was begun is removed when something fails.
    """
    _check(media, patrols, count_records, stations)
    folder = folder.expanduser().absolute()
    _must_be_free(folder)
    opened: list[Library] = []
    try:
        for number, party in enumerate(cast.PARTIES[:stations]):
            usual = fast.Amount(
                media if media <= MOST_DRAWN else MEDIA,
                patrols if patrols <= MOST_WALKED else PATROLS,
                count_records if count_records <= MOST_COUNTED else COUNTS,
            )
            wanted = fast.Amount(media, patrols, count_records) if number == 0 else usual
            library = yield from _station(folder / party.key, party, wanted, opened)
            yield Progress(0, 0, _("{station} is ready").format(station=library.station.name))
        _trust(opened)
        yield from _to_try(folder / TO_TRY, cast.PARTIES[0])
        _close(opened)
    except BaseException:
        _close(opened)
        for made in folder.iterdir():
            shutil.rmtree(made, ignore_errors=True)
        raise
    return [folder / party.key for party in cast.PARTIES[:stations]]


def _check(media: int, patrols: int, counts: int, stations: int) -> None:
    if stations not in (2, 3):
        raise UsageProblem("STATIONS_WRONG", _("The demo has two or three stations."), _("Use --stations 2 or 3."))
    if not all(0 <= number <= MOST for number in (media, patrols, counts)):
        raise UsageProblem(
            "NUMBER_WRONG",
            _("The demo cannot have so many records."),
            _("Use numbers from 0 to {most}.").format(most=MOST),
        )


def _must_be_free(folder: Path) -> None:
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DataProblem(
                "FOLDER_NOT_EMPTY",
                _("The folder {folder} is not empty.").format(folder=folder),
                _("Name a folder that does not exist yet."),
            )
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentProblem(
            "FOLDER_FAILED",
            _("The folder {folder} cannot be made.").format(folder=folder),
            _("Choose another folder, or check the rights and the disk."),
        ) from error


def _station(folder: Path, party: cast.Party, wanted: fast.Amount, opened: list[Library]) -> Job[Library]:
    """One station's library with its season, added to ``opened``."""
    long_way = fast.Amount(
        wanted.media if wanted.media <= MOST_DRAWN else DRAWN,
        wanted.patrols if wanted.patrols <= MOST_WALKED else WALKED,
        wanted.counts if wanted.counts <= MOST_COUNTED else COUNTED,
    )
    rest = fast.Amount(
        wanted.media - long_way.media, wanted.patrols - long_way.patrols, wanted.counts - long_way.counts
    )
    chance = Chance(party.key)
    library = Library.create(
        folder,
        name=party.name,
        country=party.country,
        utc_offset=party.utc_offset,
        keys=chance.keys(),
        clock=chance.now_ms,
    )
    opened.append(library)
    library.new_id = chance.new_id
    story = Story(library, party, chance)
    with _scratch(folder.parent) as scratch:
        yield from story.tell(scratch, long_way.media, long_way.patrols, long_way.counts)
    if rest.media or rest.patrols or rest.counts:
        yield from fast.fill(library, party, rest, story.people, story.places)
    library.person = story.people["Exchange officer"]
    chance.time = datetime(cast.YEAR + 1, 2, 2, 1)
    return library


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder for cards and files on their way into a library, on the same disk."""
    with tempfile.TemporaryDirectory(prefix="making-", dir=folder, ignore_cleanup_errors=True) as name:
        yield Path(name)


def _trust(opened: list[Library]) -> None:
    """Every station takes every other one's card and says the right digits."""
    with _scratch(opened[0].folder.parent) as scratch:
        written = [partners.write_card(library, scratch / f"{number}.json") for number, library in enumerate(opened)]
        for library in opened:
            for other, card in zip(opened, written, strict=True):
                if other is not library:
                    digits = confirmation_digits(library.station.id, other.station.id)
                    partners.add_partner(library, card, confirm=digits, clearance=partners.FULL)


def _to_try(folder: Path, party: cast.Party) -> Job[None]:
    """A card of six pictures, a track and a table of counts, for trying the main jobs by hand."""
    other = cast.Party(
        "try", party.name, party.country, party.utc_offset, party.area, party.post, party.sites[:1], "", party.sectors
    )
    for done in cards.write(folder / "card", cards.shots(other, 6)[0]):
        yield Progress(done, 6, _("Drawing pictures"))
    rng = random.Random("ranger demo to try")
    start = datetime(cast.YEAR + 1, 1, 24, 23, 10, tzinfo=UTC).replace(tzinfo=None)
    fixes = tracks.walk(rng, party.post[0] + 0.02, party.post[1], start)
    text = tracks.gpx("Demo patrol to try", fixes, tracks.finds(rng, fixes, 3))
    (folder / "patrol.gpx").write_text(text, encoding="utf-8", newline="\n")
    rows = birds.survey(rng, party.water, party.sectors, 0, 12, cast.YEAR + 1)
    (folder / "counts.csv").write_text(birds.as_csv(rows), encoding="utf-8", newline="\n")


def _close(opened: list[Library]) -> None:
    for library in opened:
        library.close()
