"""What people and machines said of pictures and events, and which of it counts.

A statement is never overwritten by another's: what a reviewer settled counts before what people say, and people
before machines, and all of it stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """One observation of pictures: ``media`` for a statement on one picture, ``pictures`` for one on a whole event.

    ``by`` is a person's id (None where nobody said who), ``at`` milliseconds since 1970, ``certainty`` 1/10,000.
    ``flank`` is the side of the animal that shows, ``sureness`` how sure it is which one it is (None: certain).
    ``setup`` is not empty where the camera was being set up or calibrated: such pictures never count.
    """

    id: bytes
    media: bytes | None
    pictures: tuple[bytes, ...]
    deployment: bytes | None
    type: str
    taxon: str | None
    count: int | None
    sex: str | None
    life_stage: str | None
    behaviour: str | None
    individual: bytes | None
    by: bytes | None
    by_name: str
    at: int
    method: str
    machine: str
    certainty: int | None
    box: str
    look: str
    setup: str
    event: str
    flank: str | None = None
    sureness: str | None = None

    @property
    def about(self) -> tuple[bytes, ...]:
        """The pictures it is about."""
        return self.pictures if self.media is None else (self.media, *self.pictures)

    @property
    def is_machine(self) -> bool:
        """Whether a program said it."""
        return self.method == "machine"

    @property
    def shown(self) -> str:
        """The species, else the type."""
        return self.taxon or self.type


def counting(said: Sequence[Statement], *, machines: bool = False) -> list[Statement]:
    """The statements about one picture or event that count, in the order given.

    What is settled if anything is (what was settled last, where two people settled the same pictures); else what
    people said; else, only with ``machines``, what machines said.
    """
    all_settled = [one for one in said if one.look == "settled"]
    settled = [one for one in all_settled if not any(_overrules(other, one) for other in all_settled)]
    people = [one for one in said if not one.is_machine]
    return settled or people or (list(said) if machines else [])


def _overrules(later: Statement, one: Statement) -> bool:
    """Whether somebody else settled the same pictures after ``one``; at the same moment the id decides."""
    return (
        (later.by, later.by_name) != (one.by, one.by_name)
        and (later.at, one.id) > (one.at, later.id)
        and not set(later.about).isdisjoint(one.about)
    )
