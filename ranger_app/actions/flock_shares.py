"""A mixed flock of which only a part was looked at: the shares of that part applied to all its birds.

Flock and sample are both kept at each count, so that anybody can see what was counted and what was computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ranger_app.errors import DataProblem
from ranger_app.i18n import _


@dataclass(frozen=True, slots=True)
class Share:
    """One species of a flock: ``found`` of it among ``counted`` birds looked at, hence ``birds`` of the whole."""

    taxon: str
    found: int
    counted: int
    of: int
    birds: int


def shares(of: int, found: Mapping[str, int]) -> list[Share]:
    """Birds of each species in a flock of ``of``, from how many were ``found`` among those looked at; adds up to it.

    Whole birds first, the rest to the largest remainders; of equal ones to the species found more, then by name
    (largest remainder method; block sampling of mixed flocks as in the protocol of Wetlands International 2010). No
    species gets fewer birds than were found. DataProblem for no bird looked at, or more than the flock has.
    """
    looked_at = {taxon: number for taxon, number in found.items() if number > 0}
    counted = sum(looked_at.values())
    if not counted:
        raise DataProblem(
            "SAMPLE_EMPTY", _("No bird of the sample is counted yet."), _("Tap the birds you look at, then try again.")
        )
    if of < counted:
        raise DataProblem(
            "SAMPLE_LARGER",
            _("{counted} birds were looked at, and the flock is said to have {of}.").format(counted=counted, of=of),
            _("Give the number of all birds of the flock."),
        )
    whole = {taxon: of * number // counted for taxon, number in looked_at.items()}
    order = sorted(looked_at, key=lambda taxon: (-(of * looked_at[taxon] % counted), -looked_at[taxon], taxon))
    for taxon in order[: of - sum(whole.values())]:
        whole[taxon] += 1
    return [Share(taxon, number, counted, of, whole[taxon]) for taxon, number in looked_at.items()]
