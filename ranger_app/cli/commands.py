"""The list of commands: each room adds its own."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ranger_app.cli import (
    cameras,
    desk,
    drops,
    events,
    exchange,
    fieldwork,
    individuals,
    ingest,
    kinds,
    layers,
    machines,
    maps,
    models,
    patrols,
    populations,
    receipts,
    reports,
    room,
    samples,
    second_look,
    sites,
    species,
    station,
    tracks,
    transfer,
    upkeep,
    withdrawals,
)

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add_all(verbs: Verbs) -> None:
    """Add every command to the parser."""
    station.add(verbs)
    of_kind = kinds.add(verbs)
    cameras.add(verbs, of_kind)
    ingest.add(verbs, of_kind)
    species.add(of_kind)
    events.add(verbs)
    second_look.add(verbs)
    individuals.add(of_kind["individual"])
    fieldwork.add(of_kind)
    sites.add(verbs, of_kind)
    populations.add(of_kind)
    patrols.add(of_kind)
    tracks.add(of_kind)
    desk.add(of_kind)
    samples.add(of_kind)
    exchange.add(verbs)
    drops.add(verbs)
    receipts.add(verbs)
    withdrawals.add(verbs)
    transfer.add(verbs)
    room.add(verbs)
    machines.add(verbs)
    reports.add(verbs)
    maps.add(verbs)
    layers.add(verbs)
    models.add(verbs)
    upkeep.add(verbs)
