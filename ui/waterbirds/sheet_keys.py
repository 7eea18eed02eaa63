"""The keys of the count sheet, for the list of keys and the palette.

Letters, digits, Space and Enter are the sheet's own and only listed here; the others are bound by the shell.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ranger_app.actions.tally_read import Sheet, Totals
from ranger_app.domain import taxa
from ranger_app.domain.fields import Choice
from ranger_app.domain.tally import Tally
from ranger_app.i18n import _, language
from ui.commands import Command
from ui.numbers import number

if TYPE_CHECKING:
    from ui.waterbirds.sheet import CountSheet


def sheet_commands(sheet: CountSheet, back: Command) -> list[Command]:
    """What can be done on the sheet; ``back`` leads out of it."""
    group = _("Count sheet")

    def listed(name: str, title: str, run: Callable[[], object], key: str, also: tuple[str, ...] = ()) -> Command:
        return Command(f"sheet.{name}", title, run, key, group=group, also=also, in_palette=False, bound=False)

    def made(name: str, title: str, run: Callable[[], object], key: str) -> Command:
        return Command(f"sheet.{name}", title, run, key, group=group)

    return [
        listed("species", _("One more of the species on this key (a number before: so many)"), sheet.refresh, "A"),
        listed("one", _("One more of the species being counted"), partial(sheet.add, 1), "Space"),
        listed("less", _("One less"), partial(sheet.add, -1), "-"),
        listed("back", _("Take back the newest tap"), sheet.take_back, "Backspace"),
        listed("close", _("Make counts of the taps"), sheet.close_flock, "Return"),
        listed("sector", _("Next sector"), partial(sheet.step_sector, 1), "PgDown"),
        listed("sector_before", _("Sector before"), partial(sheet.step_sector, -1), "PgUp"),
        made("find", _("Find a species"), sheet.ask_species, "F3"),
        made("flock", _("New flock"), sheet.next_flock, "F4"),
        made("no_flock", _("No flock"), sheet.no_flock, "Shift+F4"),
        made("estimate", _("Estimate by block"), sheet.ask_estimate, "F5"),
        made("sample", _("Mixed flock: looking at a part"), sheet.begin_sample, "F6"),
        made("age", _("Next age"), sheet.next_stage, "F7"),
        made("sex", _("Next sex"), sheet.next_sex, "F8"),
        made("rings", _("Rings and flags"), sheet.ask_rings, "F9"),
        made("none", _("No birds seen"), sheet.no_birds, "F10"),
        made("trace", _("Back to counting"), sheet.leave_panel, "F12"),
        back,
    ]


def after(codes: tuple[str, ...], code: str) -> str:
    """The code that follows in a round."""
    return codes[(codes.index(code) + 1) % len(codes)] if code in codes else codes[0]


def chosen(word: str, choices: tuple[Choice, ...], code: str) -> str:
    """The word of a code, ``word`` where none is chosen."""
    return next((_(choice.label) for choice in choices if choice.code == code), word)


def taken_back(taxon: str, birds: int) -> str:
    """What was taken back, in words."""
    return _("Taken back: {species} {n}").format(species=taxa.name(taxon, language()), n=number(birds))


def sub_totals(sheet: Sheet, place: Tally, totals: Totals) -> str:
    """Running sub-totals of the flock, the sector and the visit for the species being counted."""
    words = []
    if place.flock:
        in_flock = totals.of_flock(place.sector, place.flock)
        words.append(_("{flock}: {n}").format(flock=place.flock, n=number(in_flock)))
    name = dict(sheet.sectors).get(place.sector, "") or _("Whole site")
    words.append(_("{sector}: {n}").format(sector=name, n=number(totals.of(place.taxon, place.sector))))
    words.append(_("This visit: {n}").format(n=number(totals.of_survey(place.taxon))))
    return " · ".join(words)
