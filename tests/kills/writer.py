"""A station at work in a process of its own, to be killed: prints a line for every change once it is acknowledged."""

from __future__ import annotations

import sys
from pathlib import Path

from ranger_app.actions import records
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.actions.ingest import ingest
from ranger_app.actions.ingest_place import IngestRequest
from ranger_app.library import Library
from ranger_app.store.partners import partners


def said(*words: object) -> None:
    print(*words, flush=True)


def edits(library: Library) -> None:
    record = records.add(library, "note", {"text": "0"})
    said(record.hex(), 0)
    for number in range(1, 100_000):
        records.edit(library, "note", record, {"text": str(number)})
        said(record.hex(), number)


def main(what: str, folder: str, source: str) -> None:
    with Library.open(Path(folder)) as library:
        said("open")
        if what == "edit":
            edits(library)
        elif what == "ingest":
            for progress in ingest(library, IngestRequest(Path(source), "Site 1", 425_000_000, 1_306_000_000)):
                said(progress.done)
        elif what == "write":
            with library.read() as db:
                partner = partners(db)[0].id
            for progress in write_bundle(library, WriteRequest(Path(source), (partner,), "originals")):
                said(progress.done)
        else:
            for progress in read_bundles(library, Path(source)):
                said(progress.done)
    said("done")


if __name__ == "__main__":
    main(*sys.argv[1:4])
