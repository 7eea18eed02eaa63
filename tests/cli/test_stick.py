"""What goes with a stick, from the command line: what fits, what is unfinished, what may go, and the slip."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.errors import EnvironmentProblem
from ranger_app.library import Library

Ok = Callable[..., dict[str, Any]]


def test_foresee_write_slip_receipt_free(pair: tuple[Path, Path], ok: Ok, ranger: Any, tmp_path: Path) -> None:
    ours, theirs = pair
    ok(ours, "location", "add", "--name", "Hide")
    stick = tmp_path / "stick"
    foreseen = ok(ours, "bundle", "write", stick, "--to", "Hunchun", "--media", "originals", "--dry-run")
    assert foreseen["enough"] is True
    assert not stick.exists()
    status, said = ranger(ours, "bundle", "write", stick, "--to", "Hunchun", "--budget", "10")
    assert (status, said["error"]) == (4, "STICK_FULL")
    assert ranger(ours, "bundle", "write", stick)[1]["error"] == "NO_PARTNER"
    assert ranger(ours, "bundle", "write", stick, "--resume", "--to", "Hunchun")[1]["error"] == "RESUME_ALONE"
    written = ok(ours, "bundle", "write", stick, "--to", "Hunchun", "--media", "originals", "--budget", "auto")
    assert written["operations"] == foreseen["operations"]
    assert written["originals"] == {"written": 0, "written_bytes": 0, "left_out": 0, "left_out_bytes": 0}
    assert (written["unfinished"], written["resumed"]) == ([], False)
    slip = ok(ours, "bundle", "slip", stick, tmp_path)
    assert Path(slip["file"]).is_file()
    assert (slip["counter"], len(slip["digits"])) == (written["counter"], 23)
    assert ok(theirs, "bundle", "slip", stick, tmp_path / "theirs.html")["digits"] == slip["digits"]
    assert [one["digits"] for one in ok(theirs, "bundle", "verify", stick)["bundles"]] == [slip["digits"]]
    kept = ok(ours, "bundle", "free", stick)
    assert (kept["freed"], [one["state"] for one in kept["kept"]]) == ([], ["no_receipt"])
    ok(theirs, "bundle", "read", stick)
    back = tmp_path / "back"
    ok(theirs, "bundle", "write", back, "--to", "Khasan")
    ok(ours, "bundle", "read", back)
    would = ok(ours, "bundle", "free", stick, "--dry-run")
    assert [one["bundle"] for one in would["would_free"]] == [written["bundle"]]
    assert [one["bundle"] for one in ok(ours, "bundle", "free", stick)["freed"]] == [written["bundle"]]
    assert not Path(written["bundle"]).exists()


def test_unfinished_and_resumed(pair: tuple[Path, Path], ok: Ok, ranger: Any, tmp_path: Path) -> None:
    ours, theirs = pair
    ok(ours, "location", "add", "--name", "Hide")
    stick = tmp_path / "stick"
    with Library.open(ours) as library:
        with library.read() as db:
            partner = db.conn.execute("SELECT id FROM station WHERE partner = 1").fetchone()[0]
        job = write_bundle(library, WriteRequest(stick, (partner,)))
        while not list(stick.glob("exchange/*/ops-0001.bak")):
            next(job)
        with pytest.raises(EnvironmentProblem):
            job.throw(OSError(errno.EIO, "pulled"))
    (waiting,) = ok(ours, "bundle", "unfinished", stick)["unfinished"]
    assert (waiting["to"], waiting["can_finish"]) == (["Hunchun"], True)
    assert ok(ours, "bundle", "verify", stick)["complete"] is False
    done = ok(ours, "bundle", "write", stick, "--resume")
    assert (done["bundle"], done["resumed"], done["operations"]) == (waiting["bundle"], True, 1)
    assert ok(ours, "bundle", "unfinished", stick)["unfinished"] == []
    assert ok(theirs, "bundle", "read", stick)["new"] == 1
    status, said = ranger(ours, "bundle", "write", stick, "--resume")
    assert (status, said["error"]) == (3, "NOTHING_UNFINISHED")
