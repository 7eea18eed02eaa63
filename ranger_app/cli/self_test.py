"""The main acts in a temporary library: what a frozen build proves about itself before it is handed out."""

from __future__ import annotations

import random
import shutil
import tempfile
from datetime import datetime
from importlib import import_module
from pathlib import Path

from ranger_app.actions import partners
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.actions.check import check
from ranger_app.actions.ingest import ingest
from ranger_app.actions.ingest_place import IngestRequest
from ranger_app.actions.patrol_import import import_patrol
from ranger_app.actions.status import status
from ranger_app.demo import drawing, tracks
from ranger_app.errors import EnvironmentProblem
from ranger_app.geo import border, coordinates
from ranger_app.i18n import _
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.maps import page
from ranger_app.maps.layers import AREAS, Layer, MapPage, Thing


def self_test() -> dict[str, object]:
    """Ingest a picture, import a track, exchange a bundle and compare; EnvironmentProblem where anything differs."""
    folder = Path(tempfile.mkdtemp(prefix="ranger-self-test-"))
    try:
        return _try(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _load_carriers() -> None:
    """Load what speaks to drop points, without speaking: a build that lacks a part of it fails here."""
    for kind in ("sftp", "webdav", "s3"):
        import_module(f"ranger_app.sync.drop_{kind}")


def _load_ground() -> None:
    """Use what maps rest on: a build that lacks a library, a table or a file of it fails here."""
    answer = border.distance(42.6, 130.7)
    grid = coordinates.write(425_000_000, 1_306_000_000, "mgrs")
    square = {"type": "Polygon", "coordinates": [[[130, 42], [131, 42], [131, 43], [130, 42]]]}
    drawn = page.write(MapPage("Map", [Layer("areas", "Areas", AREAS, [Thing(square, "Area")])]))
    for name in ("rasterio.vrt", "rasterio.warp", "shapefile", "pmtiles.tile", "pynmeagps"):
        import_module(name)
    pulkovo = coordinates.parse("42.5 130.6", coordinates.PULKOVO, "lat")
    whole = answer.metres > 0 and grid.startswith("52T") and "MarkerClusterGroup" in drawn and pulkovo.uncertainty_m
    if not whole:
        raise EnvironmentProblem(
            "SELF_TEST_FAILED", _("The self-test did not end as it should."), _("Install Ranger again.")
        )


def _try(folder: Path) -> dict[str, object]:
    _load_carriers()
    _load_ground()
    card, track = folder / "card", folder / "walk.gpx"
    card.mkdir()
    time = datetime(2026, 1, 31, 12)
    (card / "IMG_0001.JPG").write_bytes(drawing.draw(drawing.Shot("T-01", "TEST-1", "forest", time, False, "tiger")))
    fixes = tracks.walk(random.Random(1), 42.5, 130.6, time, metres=500)
    track.write_text(tracks.gpx("Walk", fixes, []), encoding="utf-8")
    with (
        Library.create(folder / "a", name="Station A", country="RU", utc_offset=600) as ours,
        Library.create(folder / "b", name="Station B", country="CN", utc_offset=480) as theirs,
    ):
        report = run(ingest(ours, IngestRequest(card, "Site 1", 425_000_000, 1_306_000_000)))
        patrol = import_patrol(ours, track)
        for one, other in ((ours, theirs), (theirs, ours)):
            path = partners.write_card(other, folder / f"{other.station.country}.png")
            digits = partners.add_partner(one, path).confirm
            partners.add_partner(one, path, confirm=digits, clearance=partners.FULL)
        written = run(write_bundle(ours, WriteRequest(folder / "stick", (theirs.station.id,), "originals")))
        read = run(read_bundles(theirs, folder / "stick"))
        hashes = {str(status(library)["state_hash"]) for library in (ours, theirs)}
        problems = [*run(check(ours)), *run(check(theirs))]
    whole = report.stored == 1 and patrol.points > 1 and written.operations > 0 and read.new > 0
    if not whole or len(hashes) != 1 or problems:
        raise EnvironmentProblem(
            "SELF_TEST_FAILED", _("The self-test did not end as it should."), _("Install Ranger again.")
        )
    return {"self_test": "passed", "state_hash": hashes.pop()}
