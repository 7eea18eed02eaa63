"""Legal erasure: nothing of the record stays in the library's files, here or at the partner that hears of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranger_app.actions import purge, records
from ranger_app.domain import ops
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store.connection import transaction
from ranger_app.store.rebuild import rebuild

SECRET = "Erika of the northern village"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.create(tmp_path / "lib", name="Khasan", country="RU", utc_offset=600)


def everything_written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_no_byte_stays(library: Library, tmp_path: Path) -> None:
    person = records.add(library, "person", {"name": SECRET, "role": "ranger"})
    other = records.add(library, "person", {"name": "Ranger 2", "role": "ranger"})
    records.edit(library, "person", person, {"remarks": f"{SECRET} again"})
    purge.purge(library, "person", [person])
    with library.read() as db:
        assert db.conn.execute("SELECT name, deleted FROM person WHERE id=?", (person,)).fetchone() == (None, 1)
        assert db.conn.execute("SELECT name FROM person WHERE id=?", (other,)).fetchone() == ("Ranger 2",)
    library.close()
    assert SECRET.encode() not in everything_written(tmp_path / "lib")


def test_the_file_of_a_purged_picture_goes_unless_another_record_needs_it(library: Library) -> None:
    names = ["a" * 64, "b" * 64]
    kept = [library.vault / name[:2] / f"{name}.jpg" for name in names]
    for path in kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"pixels")
    pictures = [library.new_id() for _ in range(3)]
    hashes = [names[0], names[1], names[1]]
    library.commit(
        [ops.create("media", one, {"sha256": sha}) for one, sha in zip(pictures, hashes, strict=True)], label="test"
    )
    purge.purge(library, "media", pictures[:2])
    assert [path.exists() for path in kept] == [False, True]
    purge.purge(library, "media", pictures[2:])
    assert not kept[1].exists()


def test_a_purge_outlives_a_rebuild(library: Library) -> None:
    person = records.add(library, "person", {"name": SECRET, "role": "ranger"})
    purge.purge(library, "person", [person])
    with transaction(library.db):
        rebuild(library.db, library.log, library.projection)
    with library.read() as db:
        assert db.conn.execute("SELECT name, deleted FROM person WHERE id=?", (person,)).fetchone() == (None, 1)


def test_what_is_not_ours_is_not_ours_to_purge(library: Library) -> None:
    with pytest.raises(DataProblem):
        purge.purge(library, "person", [bytes(16)])
