"""When the disk is full, the ballast makes room for a deletion, and the person is told."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ranger_app.actions import records
from ranger_app.errors import EnvironmentProblem
from ranger_app.library import Library
from ranger_app.store import ballast


def test_it_is_made_once_and_takes_its_room(tmp_path: Path) -> None:
    assert ballast.keep(tmp_path)
    made = (tmp_path / ballast.FILE).stat()
    assert made.st_size == ballast.SIZE
    if sys.platform == "linux":
        assert made.st_blocks * 512 >= ballast.SIZE  # a file of holes would keep no room
    assert ballast.keep(tmp_path)
    assert (tmp_path / ballast.FILE).stat().st_mtime_ns == made.st_mtime_ns
    assert ballast.give_up(tmp_path)
    assert not ballast.give_up(tmp_path)
    assert not ballast.keep(tmp_path, least=1 << 60)
    assert list(tmp_path.iterdir()) == []


def test_a_full_database_gives_it_up_and_says_so(tmp_path: Path) -> None:
    with Library.create(tmp_path / "library", name="A", country="RU", utc_offset=600) as library:
        ballast.keep(library.folder)
        pages = library.db.conn.execute("PRAGMA page_count").fetchone()[0]
        library.db.conn.execute(f"PRAGMA max_page_count={pages}")
        with pytest.raises(EnvironmentProblem, match="reserve of 64 MB") as first:
            records.add(library, "note", {"text": "x" * 50_000})
        assert first.value.code == "DISK_FULL"
        assert not (library.folder / ballast.FILE).exists()
        with pytest.raises(EnvironmentProblem, match="Free some space"):
            records.add(library, "note", {"text": "x" * 50_000})
        library.db.conn.execute("PRAGMA max_page_count=1000000")
        records.add(library, "note", {"text": "x" * 50_000})


SCRIPT = """
import os, sys
from pathlib import Path
os.environ["RANGER_PROFILE"] = sys.argv[1] + "/profile"
from ranger_app.actions import records
from ranger_app.errors import EnvironmentProblem
from ranger_app.library import Library
from ranger_app.store import ballast
folder = Path(sys.argv[1]) / "library"
with Library.create(folder, name="A", country="RU", utc_offset=600) as library:
    note = records.add(library, "note", {"text": "to be deleted"})
    assert ballast.keep(folder, least=0)
    said = ""
    with (Path(sys.argv[1]) / "filler").open("wb", buffering=0) as filler:
        try:
            while filler.write(bytes(4096)) == 4096:
                pass
        except OSError:
            pass
    for number in range(2000):  # what is left inside the database's own files
        try:
            records.add(library, "note", {"text": os.urandom(3000).hex()})
        except EnvironmentProblem as problem:
            said = problem.todo
            break
    assert "reserve" in said, said
    assert not (folder / ballast.FILE).exists()
    records.delete(library, "note", note)
print("deleted")
"""


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("unshare"), reason="needs a small disk of its own")
def test_a_deletion_works_on_a_disk_that_was_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    inner = f'mount -t tmpfs -o size=80m none "{disk}" && exec "{sys.executable}" -c "$0" "{disk}"'
    command = ["unshare", "-rm", "sh", "-c", inner, SCRIPT]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if "Operation not permitted" in done.stderr or "permission denied" in done.stderr:
        pytest.skip("no small disk can be made here")
    assert done.stdout == "deleted\n", done.stderr
