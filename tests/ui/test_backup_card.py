"""The backup card: one button, true words on what is missing, and the way back after a restore."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ranger_app.actions import backup as backups
from ranger_app.actions.restore import restore
from ranger_app.actions.restored import waits
from ranger_app.actions.today import day
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ranger_app.media import vault
from ui.bridge import Bridge
from ui.looked_at import cut_words
from ui.settings.backup_card import BackupCard
from ui.today.cards import cards_of
from ui.widgets.banner import Banner


@pytest.fixture
def another_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stick of the tests lies on the disk of the library."""
    monkeypatch.setattr("ranger_app.actions.backup.same_drive", lambda _one, _other: False)


@pytest.fixture
def original(library: Library) -> str:
    """One original with its record."""
    sha256 = hashlib.sha256(b"picture").hexdigest()
    target = vault.place(library.vault, sha256, "jpg")
    target.parent.mkdir(parents=True)
    target.write_bytes(b"picture")
    library.commit([create("media", library.new_id(), {"sha256": sha256})], label="ingest")
    return sha256


@pytest.fixture
def card(library: Library, bridge: Bridge, qtbot: QtBot, dressed: Callable[[str, str], None]) -> BackupCard:
    return shown(library, bridge, qtbot)


def shown(library: Library, bridge: Bridge, qtbot: QtBot) -> BackupCard:
    made = BackupCard(library, bridge)
    qtbot.addWidget(made)
    made.resize(760, 480)
    made.show()
    return made


def said(card: BackupCard) -> str:
    found = [card.said.itemAt(place).widget() for place in range(card.said.count())]
    return "\n".join(f"{one.what.text()}\n{one.todo.text()}" for one in found if isinstance(one, Banner))


def test_a_backup_on_the_same_disk_does_not_count(
    card: BackupCard, library: Library, tmp_path: Path, qtbot: QtBot
) -> None:
    assert card.age.text() == "no backup"
    card._back_up_in(tmp_path / "same disk")
    assert card.age.text() == "none on another disk"
    assert "same disk as the library" in card.last.text()
    assert "same disk" in said(card)
    qtbot.waitUntil(lambda: cut_words(card) == [])
    waiting = next(one for one in cards_of(day(library), []) if one.id == "backup")
    assert "does not count" in waiting.remark
    assert waiting.place == "settings"
    assert waiting.target == "safety"


@pytest.mark.usefixtures("another_disk")
def test_the_next_one_needs_one_press(card: BackupCard, original: str, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    card._back_up_in(stick)
    assert card.age.text() == "recent"
    assert str(stick) in card.last.text()
    assert vault.find(stick / "originals", original) is not None
    card.back_up()
    assert len(list(stick.glob("*.ranger-backup"))) == 2
    assert "1 older file" in said(card)
    card.few.click()
    card.originals.click()
    for _more in range(3):
        card.back_up()
    assert len(list(stick.glob("*.ranger-backup"))) == backups.KEPT
    card.refresh()
    assert (card.few.isChecked(), card.originals.isChecked()) == (True, False)
    stick.rename(tmp_path / "unplugged")
    card.back_up()
    assert "is not there" in said(card)
    assert not stick.exists()
    assert card.now.isEnabled()


@pytest.mark.usefixtures("another_disk")
def test_a_failure_is_shown_and_the_card_goes_on(card: BackupCard, bridge: Bridge, tmp_path: Path) -> None:
    bridge.problems_expected = True  # type: ignore[attr-defined]
    shown: list[BaseException] = []
    bridge.problem.connect(shown.append)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    card._back_up_in(tmp_path / "file")
    assert [getattr(one, "code", "") for one in shown] == ["NOT_A_FOLDER"]
    assert card.now.isEnabled()


def test_a_stick_gets_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert backups.folder_on(tmp_path) == tmp_path
    monkeypatch.setattr("os.path.ismount", lambda _path: True)
    assert backups.folder_on(tmp_path) == tmp_path / backups.FOLDER
    (tmp_path / "x.ranger-backup").touch()
    assert backups.folder_on(tmp_path) == tmp_path


def test_originals_come_back_after_a_restore(
    library: Library, original: str, qtbot: QtBot, tmp_path: Path, dressed: Callable[[str, str], None]
) -> None:
    file = backups.backup(library, tmp_path / "stick")
    with restore(tmp_path / "new", file) as back:
        assert [one.id for one in cards_of(day(back), []) if one.id == "originals"] == ["originals"]
        bridge = Bridge(back, inline=True)
        card = shown(back, bridge, qtbot)
        assert card.back.isVisible()
        assert str(tmp_path / "stick") in card.waiting.text()
        (tmp_path / "stick").rename(tmp_path / "away")
        card.bring_back()
        assert "is not there" in said(card)
        (tmp_path / "away").rename(tmp_path / "stick")
        card.bring_back()
        assert vault.find(back.vault, original) is not None
        assert waits(back) is None
        assert not card.back.isVisible()
        bridge.close()
