"""A count sheet in a process of its own, to be killed: says each tap once the screen would show it."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from ranger_app.actions import taps
from ranger_app.domain.tally import Tally
from ranger_app.library import Library

SPECIES = ("Grus monacha", "Anas platyrhynchos", "Anas crecca", "Mergellus albellus")


def main(folder: str, survey: str, seed: str, number: str) -> None:
    rng = random.Random(int(seed))
    record = bytes.fromhex(survey)
    with Library.open(Path(folder)) as library:
        taps.settle(library)  # as the window does at its start
        print("open", flush=True)
        for nth in range(int(number)):
            taxon = SPECIES[rng.randrange(len(SPECIES))]
            tally = Tally(None, taxon, rng.choice(("", "Flock 1")))
            print("asked", taxon, 1, sep="|", flush=True)
            key = taps.tap(library, record, tally, 1)
            print("shown", taxon, 1, sep="|", flush=True)
            if nth % 17 == 16:
                print("asked", taxon, -1, sep="|", flush=True)
                taps.take_back(library, record, key)
                print("shown", taxon, -1, sep="|", flush=True)
            if nth % 25 == 24:
                taps.close(library, record)
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:5])
