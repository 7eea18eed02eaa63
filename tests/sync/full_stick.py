"""Writes bundles onto a stick that fills up, in a process of its own inside a mount namespace: one line a round."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from ranger_app.actions import bundle_room, bundle_unfinished
from ranger_app.actions.bundle_verify import verify_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.errors import EnvironmentProblem
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store.partners import partners

ROUNDS = 11


def main(folder: Path, stick: Path) -> None:
    """Mount a stick of 2 MB, leave a tenth more room each time, and say what came of each writing."""
    stick.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(stick)], check=True)
    # What is asked for before writing would refuse all of it: here space vanishes while it is written.
    bundle_room.free_space = lambda _folder: 1 << 40
    with Library.open(folder) as library:
        with library.read() as db:
            partner = partners(db)[0].id
        run(write_bundle(library, WriteRequest(stick, (partner,), "originals")))
        usage = shutil.disk_usage(stick)
        shutil.rmtree(stick / "exchange")
        for number in range(ROUNDS):
            room = usage.used * number // (ROUNDS - 1) + (number == ROUNDS - 1) * (64 << 10)
            (stick / "holiday.avi").write_bytes(bytes(usage.total - room))
            said = "written"
            try:
                run(write_bundle(library, WriteRequest(stick, (partner,), "originals")))
            except EnvironmentProblem as problem:
                said = problem.code
            left = sorted(path.name for path in stick.rglob("*") if path.is_file() and path.name != "holiday.avi")
            waiting = len(bundle_unfinished.unfinished(library, stick))
            whole = said == "written" and run(verify_bundles(library, stick)).complete
            print(number, said, len(left), waiting, int(whole), len(list((library.cache / "bundles").iterdir())))
            shutil.rmtree(stick / "exchange", ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
