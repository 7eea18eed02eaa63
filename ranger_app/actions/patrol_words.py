"""The words of a report about patrols: what was asked, how it was counted and by whose definition, what is not in it.

Nothing is dropped in silence: whatever a patrol does not tell has its number here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ranger_app.actions import observation_models, patrol_area
from ranger_app.actions.patrol_study import Study
from ranger_app.domain.findings import Cell
from ranger_app.domain.observation_model import Model
from ranger_app.domain.patrol_effort import DEFINITIONS, Effort, Key
from ranger_app.domain.patrol_question import AREA
from ranger_app.i18n import _, ngettext
from ranger_app.reports.figures import figure

_UNKNOWN = "?"
"""Stands for the categories that no model here knows where these may not be told."""


class Categories:
    """What categories are called and what they mean; keys that no model knows are told only where names are."""

    def __init__(self, models: Sequence[Model], *, named: bool) -> None:
        self.models, self._named = models, named
        self._labels: dict[str, str] = {}
        self._kinds: dict[str, str] = {}

    def word(self, category: str) -> str:
        """The label in the user's language."""
        if category == _UNKNOWN:
            return _("Other finds")
        found = self._labels.get(category)
        if found is None:
            found = self._labels[category] = observation_models.label(self.models, category)
        return found

    def code(self, category: str) -> str:
        """For the CSV: the key, where it may be told."""
        return "" if category == _UNKNOWN else category

    def kind(self, category: str) -> str:
        """pressure, state, response or ""."""
        found = self._kinds.get(category)
        if found is None:
            found = self._kinds[category] = observation_models.kind_of(self.models, category)
        return found

    def threat(self, category: str) -> str:
        """Scheme, version and code of the threat, such as IUCN-CMP 3.3: 5.1.1; "" for none."""
        found = observation_models.threat_of(self.models, category) if category != _UNKNOWN else None
        return f"{found[0]} {found[1]}: {found[2]}" if found else ""

    def short(self, category: str, depth: int = 3) -> str:
        """The category, or the one above it so many steps from the top; one key for all that may not be told."""
        if not self._named and self.word(category) == category:
            return _UNKNOWN
        return "".join(f"{part}." for part in category.rstrip(".").split(".")[:depth])


def scope(asked: Study) -> list[tuple[str, str]]:
    """What was asked, as pairs of a word and its value."""
    question = asked.question
    start = question.start.isoformat() if question.start else _("the beginning")
    end = question.end.isoformat() if question.end else _("today")
    found = [(_("Period"), _("{start} to {end}").format(start=start, end=end))]
    if question.area is not None:
        found.append((_("Protected area"), asked.areas.get(question.area, _("not known"))))
    chosen = question.patrols
    if chosen.team is not None:
        found.append((_("Team"), chosen.team if asked.named else _("one team")))
    if chosen.transport is not None:
        found.append((_("Transport"), asked.called("transport", chosen.transport)))
    if chosen.leader is not None:
        found.append((_("Leader"), asked.called("leader", chosen.leader)))
    if chosen.approved:
        found.append((_("State"), _("only approved patrols")))
    found.append((_("Patrols"), figure(len(asked.patrols))))
    return found


def rules(asked: Study, codes: Iterable[str] | None = None) -> list[str]:
    """The definitions of these measures (all without ``codes``), each with its source, and how names are given."""
    wanted = None if codes is None else set(codes)
    found = [
        _("{words} Source: {source}.").format(words=_(one.words), source=one.source)
        for one in DEFINITIONS
        if wanted is None or one.code in wanted
    ]
    if asked.question.area is not None or asked.question.patrols.by == AREA:
        found.append(_(patrol_area.RULE))
    return found


def grid_rule(asked: Study) -> str:
    """How coverage was counted."""
    return _(
        "Cells: EASE-Grid 2.0 (EPSG:6933), equal area, {km} km. A way is cut exactly at the borders of cells; time"
        " spent standing counts where one stood. A cell belongs to an area if its middle lies in it."
    ).format(km=figure(asked.question.patrols.cell / 1000))


def rate_rule() -> str:
    """How rates were counted."""
    return _(
        "Rates: finds of a category and those below it, divided by the effort of the same patrols (SMART encounter"
        " rates). Where the effort is 0 or not known there is no rate; it is never 0."
    )


def place_rules(asked: Study) -> list[str]:
    """What became of names."""
    if asked.question.at_home:
        return []
    if asked.question.exact:
        return [_("Names of people, teams and patrols are given. Take care whom you show them to.")]
    return [
        _(
            "Names of people, teams and patrols are withheld: L1, T1, P1 … stand for them and stay the same in every"
            " report. No place is told."
        )
    ]


def left_out(asked: Study, whole: Effort) -> list[str]:
    """What is not in the figures, each with its number; empty where nothing is missing."""
    found: list[str] = []

    def add(n: int, words: str) -> None:
        if n:
            found.append(words.format(n=figure(n)))

    patrols = asked.patrols
    hidden = {one.id for one in patrols.values() if one.withheld}
    n = len(hidden)
    add(
        n,
        ngettext(
            "The way of {n} patrol of a partner is withheld: its coverage is not known.",
            "The ways of {n} patrols of partners are withheld: their coverage is not known.",
            n,
        ),
    )
    n = len(whole.distance.cleaned.silent)
    add(
        n,
        ngettext(
            "{n} patrol tells no distance: it has no track. This is not 0 km.",
            "{n} patrols tell no distance: they have no track. This is not 0 km.",
            n,
        ),
    )
    n = len(whole.field_time.silent)
    add(
        n,
        ngettext(
            "{n} patrol tells no start or end for a day: its patrol hours are not known.",
            "{n} patrols tell no start or end for a day: their patrol hours are not known.",
            n,
        ),
    )
    n = len(whole.person_days.silent)
    add(
        n,
        ngettext(
            "{n} patrol does not tell who went: its person days are not known.",
            "{n} patrols do not tell who went: their person days are not known.",
            n,
        ),
    )
    n = sum(one.state != "approved" for one in patrols.values())
    add(
        n,
        ngettext(
            "{n} patrol is in the figures although it is not approved.",
            "{n} patrols are in the figures although they are not approved.",
            n,
        ),
    )
    n = asked.undated
    add(n, ngettext("{n} patrol without any date is left out.", "{n} patrols without any date are left out.", n))
    n = asked.unplaced
    add(
        n,
        ngettext(
            "{n} patrol is left out because nothing tells in which area it was.",
            "{n} patrols are left out because nothing tells in which area they were.",
            n,
        ),
    )
    return found


def unrated(asked: Study, silent: frozenset[Key]) -> list[str]:
    """Finds of patrols that tell nothing of the effort a rate rests on."""
    n = sum(one.patrol.id in silent for one in asked.seen)
    if not n:
        return []
    words = ngettext(
        "{n} find of a patrol without a track is in the numbers and not in the rates.",
        "{n} finds of patrols without a track are in the numbers and not in the rates.",
        n,
    )
    return [words.format(n=figure(n))]


def facts(whole: Effort) -> dict[str, Cell]:
    """Figures by code for the command line."""
    return {
        "patrols": whole.patrols,
        "patrol_days": whole.patrol_days,
        "dates": whole.dates,
        "nights": whole.nights,
        "km_raw": whole.distance.raw.km,
        "km_cleaned": whole.distance.cleaned.km,
        "km_excluded": whole.distance.excluded.km,
        "patrol_hours": whole.patrol_time.hours,
        "field_hours": whole.field_time.hours,
        "track_hours_raw": whole.track_time.raw.hours,
        "track_hours_cleaned": whole.track_time.cleaned.hours,
        "track_hours_excluded": whole.track_time.excluded.hours,
        "still_hours": whole.still.hours,
        "ecoscope_hours": whole.filtered.hours,
        "person_days": whole.person_days.value,
        "person_hours": whole.person_time.hours,
    }
