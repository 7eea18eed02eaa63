"""Room on the laptop: originals on named disks, a missing disk said, blanks dropped by the stated rule alone."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from ranger_app.actions import drop_blanks, further_disks, originals, records
from ranger_app.actions.check import check
from ranger_app.actions.identify import Answer, identify, state
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.domain.ops import create
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.jobs import CancelToken, run
from ranger_app.library import Library
from ranger_app.media import thumbs, vault

NOW = 1_780_000_000_000


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library.create(tmp_path / "l", name="Station A", country="RU", utc_offset=600, clock=lambda: NOW)
    with made:
        yield made


def put_card(folder: Path, number: int = 3) -> Path:
    folder.mkdir()
    for at in range(number):
        out = io.BytesIO()
        Image.effect_noise((320, 200), 30 + at).convert("RGB").save(out, "JPEG")
        (folder / f"IMG_{at:04d}.JPG").write_bytes(out.getvalue())
    return folder


@pytest.fixture
def media(library: Library, tmp_path: Path) -> list[bytes]:
    """Three pictures that came off a card."""
    request = IngestRequest(put_card(tmp_path / "card"), "Site 1", 430_000_000, 1_310_000_000)
    assert run(ingest(library, request)).stored == 3
    with library.read() as db:
        return [row[0] for row in db.conn.execute("SELECT id FROM media ORDER BY file_name")]


def hash_of(library: Library, media: bytes) -> str:
    with library.read() as db:
        return str(db.conn.execute("SELECT sha256 FROM media WHERE id=?", (media,)).fetchone()[0])


def test_originals_move_to_a_disk_and_back(library: Library, media: list[bytes], tmp_path: Path) -> None:
    disk = further_disks.add(library, tmp_path / "stick", "Blue disk")
    report = run(further_disks.move(library, disk.id))
    assert (report.moved, report.damaged) == (3, [])
    for one in media:
        sha256 = hash_of(library, one)
        assert vault.find(library.vault, sha256) is None
        found = originals.find(library, sha256)
        assert found is not None
        assert hashlib.sha256(found.read_bytes()).hexdigest() == sha256
        assert thumbs.review_copy(library.folder, sha256, None) is not None
    assert run(check(library, originals=True)) == []
    assert run(further_disks.move(library, disk.id)).moved == 0
    assert run(further_disks.bring_back(library, disk.id)).moved == 3
    assert all(vault.find(library.vault, hash_of(library, one)) for one in media)
    assert [one.originals for one in further_disks.known(library)] == [0]


def test_a_missing_disk_is_named_and_the_rest_goes_on(library: Library, media: list[bytes], tmp_path: Path) -> None:
    disk = further_disks.add(library, tmp_path / "stick", "Blue disk")
    run(further_disks.move(library, disk.id))
    (tmp_path / "stick").rename(tmp_path / "elsewhere")
    sha256 = hash_of(library, media[0])
    found = originals.look_for(library, sha256)
    assert found.path is None
    assert "Blue disk" in found.why
    assert thumbs.thumbnail(library.folder, sha256) is not None
    assert [one.folder for one in further_disks.known(library)] == [None]
    assert run(check(library, originals=True)) == []
    again = run(ingest(library, IngestRequest(tmp_path / "card", "Site 1")))
    assert (again.stored, again.already_known) == (0, 3)
    assert vault.find(library.vault, sha256) is None  # it is kept there, so the card need not give it again
    with pytest.raises(EnvironmentProblem, match="DISK_MISSING"):
        run(further_disks.move(library, disk.id))
    further_disks.add(library, tmp_path / "elsewhere", "Blue disk")
    assert originals.find(library, sha256) is not None


def test_another_disk_under_the_same_letter_is_not_taken_for_it(
    library: Library, media: list[bytes], tmp_path: Path
) -> None:
    disk = further_disks.add(library, tmp_path / "stick", "Blue disk")
    run(further_disks.move(library, disk.id))
    (tmp_path / "stick" / originals.FOLDER / originals.MARKER).write_text(json.dumps({"disk": "other"}))
    assert originals.find(library, hash_of(library, media[0])) is None
    with pytest.raises(DataProblem, match="NAME_TAKEN"):
        further_disks.add(library, tmp_path / "third", "blue disk")


def test_a_file_that_rotted_stays_and_is_named(library: Library, media: list[bytes], tmp_path: Path) -> None:
    path = vault.find(library.vault, hash_of(library, media[1]))
    assert path is not None
    path.chmod(0o600)
    path.write_bytes(b"rot" + path.read_bytes()[3:])
    disk = further_disks.add(library, tmp_path / "stick", "Blue disk")
    report = run(further_disks.move(library, disk.id))
    assert (report.moved, report.damaged) == (2, [hash_of(library, media[1])])
    assert path.exists()


def test_a_cancelled_move_leaves_every_original_in_one_place(
    library: Library, media: list[bytes], tmp_path: Path
) -> None:
    disk = further_disks.add(library, tmp_path / "stick", "Blue disk")
    token = CancelToken()
    job = further_disks.move(library, disk.id, cancel=token)
    next(job)
    token.cancel()
    report = run(job)
    assert (report.moved, report.cancelled) == (1, True)
    assert all(originals.find(library, hash_of(library, one)) for one in media)
    assert run(further_disks.move(library, disk.id)).moved == 2


def later(library: Library, days: int) -> None:
    library.clock = lambda: NOW + days * drop_blanks.DAY_MS


def test_only_confirmed_blanks_are_dropped_and_the_record_stays(
    library: Library, media: list[bytes], tmp_path: Path
) -> None:
    state(library, [media[:2]], [Answer("blank")])  # one statement on an event
    identify(library, media[2:], Answer("animal", "Sus scrofa"))
    assert drop_blanks.droppable(library).hashes == ()  # too fresh
    later(library, 31)
    found = drop_blanks.droppable(library)
    assert sorted(found.hashes) == sorted(hash_of(library, one) for one in media[:2])
    report = run(drop_blanks.drop(library))
    assert (report.dropped, report.kept) == (2, 0)
    for one in media[:2]:
        assert originals.find(library, hash_of(library, one)) is None
        assert "dropped" in originals.look_for(library, hash_of(library, one)).why
        assert thumbs.thumbnail(library.folder, hash_of(library, one)) is not None
    assert originals.find(library, hash_of(library, media[2])) is not None
    assert run(check(library, originals=True)) == []
    assert drop_blanks.droppable(library).hashes == ()
    again = run(ingest(library, IngestRequest(tmp_path / "card", "Site 1")))
    assert (again.stored, again.made_whole) == (0, 2)
    assert len(drop_blanks.droppable(library).hashes) == 2


@pytest.mark.parametrize("doubt", ["other person", "machine", "favourite", "two looks", "twin", "undated"])
def test_a_doubt_keeps_the_original(library: Library, media: list[bytes], doubt: str) -> None:
    identify(library, media[:1], Answer("blank"))
    later(library, 31)
    assert len(drop_blanks.droppable(library).hashes) == 1
    about = {"media": media[0], "type": "animal", "certainty": 3000}
    if doubt == "other person":
        library.commit([create("observation", library.new_id(), {**about, "method": "human"})], label="x")
    elif doubt == "machine":
        library.commit([create("observation", library.new_id(), {**about, "method": "machine"})], label="x")
    elif doubt == "undated":
        blank = {"media": media[0], "type": "blank", "method": "human", "by_name": "Observer A"}
        library.commit([create("observation", library.new_id(), blank)], label="x")
    elif doubt == "favourite":
        records.edit(library, "media", media[0], {"favourite": 1})
    elif doubt == "two looks":
        with library.read() as db:
            deployment = db.conn.execute("SELECT id FROM deployment").fetchone()[0]
        records.edit(library, "deployment", deployment, {"looks": 2})
    else:
        records.add(library, "media", {"sha256": hash_of(library, media[0]), "file_name": "twin.jpg"})
    assert drop_blanks.droppable(library).hashes == ()


def test_blanks_of_some_deployments_alone(library: Library, media: list[bytes]) -> None:
    identify(library, media, Answer("blank"))
    later(library, 31)
    with library.read() as db:
        deployment = db.conn.execute("SELECT id FROM deployment").fetchone()[0]
    assert len(drop_blanks.droppable(library, [deployment]).hashes) == 3
    assert drop_blanks.droppable(library, [b"x" * 16, b"y" * 16]).hashes == ()
    assert drop_blanks.droppable(library, []).hashes == ()


def test_what_is_doubted_while_blanks_are_dropped_stays(
    library: Library, media: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    identify(library, media, Answer("blank"))
    later(library, 31)

    def look(folder: Path, sha256: str) -> Path:  # somebody at the window, just before the first is removed
        identify(library, media[:1], Answer("animal", "Sus scrofa"), replace=True)
        return folder

    monkeypatch.setattr(thumbs, "thumbnail", look)
    assert run(drop_blanks.drop(library)).dropped == 2
    assert originals.find(library, hash_of(library, media[0])) is not None


def test_a_blank_of_which_no_thumbnail_can_be_kept_stays(
    library: Library, media: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    identify(library, media, Answer("blank"))
    later(library, 31)

    def full(folder: Path, sha256: str) -> Path | None:
        if sha256 == hash_of(library, media[1]):
            return None
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(thumbs, "thumbnail", full)
    report = run(drop_blanks.drop(library))
    assert (report.dropped, report.kept) == (0, 3)


def test_what_a_disk_does_not_let_go_is_still_known_there(
    library: Library, media: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = further_disks.add(library, tmp_path / "stick", "Blue disk")
    run(further_disks.move(library, disk.id))
    identify(library, media, Answer("blank"))
    later(library, 31)

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "read-only")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        report = run(drop_blanks.drop(library))
    assert (report.dropped, report.kept) == (0, 3)
    assert originals.find(library, hash_of(library, media[0])) is not None
    assert [one.originals for one in further_disks.known(library)] == [3]


def test_dropping_needs_a_manager(library: Library, media: list[bytes]) -> None:
    library.person = records.add(library, "person", {"name": "Ranger 1", "role": "ranger"})
    with pytest.raises(DataProblem, match="ROLE_NEEDED"):
        run(drop_blanks.drop(library))


def test_the_disk_of_another_library_is_left_to_it(library: Library, media: list[bytes], tmp_path: Path) -> None:
    further_disks.add(library, tmp_path / "stick", "Blue disk")
    marker = tmp_path / "stick" / originals.FOLDER / originals.MARKER
    before = marker.read_bytes()
    with (
        Library.create(tmp_path / "o", name="Station B", country="CN", utc_offset=480) as other,
        pytest.raises(DataProblem, match="DISK_OF_ANOTHER"),
    ):
        further_disks.add(other, tmp_path / "stick", "Ours")
    assert marker.read_bytes() == before


def test_what_was_moved_after_a_backup_is_found_again(library: Library, media: list[bytes], tmp_path: Path) -> None:
    disk = further_disks.add(library, tmp_path / "stick", "Blue disk")
    run(further_disks.move(library, disk.id))
    library.write(lambda db: db.conn.execute("DELETE FROM original"))  # as a backup from before the move has it
    sha256 = hash_of(library, media[0])
    assert originals.find(library, sha256) is not None
    library.write(lambda db: db.conn.execute("DELETE FROM disk"))  # and one from before the disk
    assert originals.find(library, sha256) is None
    assert further_disks.add(library, tmp_path / "stick", "Blue disk").originals == 3
    assert run(check(library, originals=True)) == []
    assert run(further_disks.bring_back(library, disk.id)).moved == 3


def test_a_power_cut_between_noting_and_removing_is_made_good(
    library: Library, media: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = further_disks.add(library, tmp_path / "stick", "Blue disk")

    def cut(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", cut)
        run(further_disks.move(library, disk.id))
    assert all(vault.find(library.vault, hash_of(library, one)) for one in media)  # in both places
    run(further_disks.move(library, disk.id))
    assert not any(vault.find(library.vault, hash_of(library, one)) for one in media)
    assert all(originals.find(library, hash_of(library, one)) for one in media)


def test_a_disk_pulled_out_takes_nothing_with_it(
    library: Library, media: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = further_disks.add(library, tmp_path / "stick", "Blue disk")

    def gone(folders: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(vault, "sync_folders", gone)
    with pytest.raises(EnvironmentProblem, match="DISK_FAILED"):
        run(further_disks.move(library, disk.id))
    assert all(vault.find(library.vault, hash_of(library, one)) for one in media)


def test_what_is_gone_from_a_disk_that_is_there_is_missing(
    library: Library, media: list[bytes], tmp_path: Path
) -> None:
    disk = further_disks.add(library, tmp_path / "stick", "Blue disk")
    run(further_disks.move(library, disk.id))
    path = originals.find(library, hash_of(library, media[0]))
    assert path is not None
    path.unlink()
    assert "no longer on the disk Blue disk" in originals.look_for(library, hash_of(library, media[0])).why
    assert [one.code for one in run(check(library))] == ["ORIGINAL_MISSING"]
    again = run(ingest(library, IngestRequest(tmp_path / "card", "Site 1")))  # the card heals it
    assert (again.stored, again.already_known, again.made_whole) == (0, 3, 1)
    assert run(check(library, originals=True)) == []
