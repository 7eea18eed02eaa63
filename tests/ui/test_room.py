"""Settings, Originals: disks by name with their state, and dropping only after a second word."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from ranger_app.actions import records
from ranger_app.actions.drop_blanks import DAY_MS
from ranger_app.actions.identify import Answer, identify
from ranger_app.library import Library
from ranger_app.media import thumbs, vault
from ui.bridge import Bridge
from ui.settings.room import Room
from ui.widgets.chip import Chip


def original(library: Library, number: int) -> bytes:
    sha256 = f"{number:02x}" * 32
    path = vault.place(library.vault, sha256, "jpg")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xff\xd8 not much of a picture")
    thumbs.keep(library.cache, sha256, b"\xff\xd8 a small one \xff\xd9")
    deployment = records.add(library, "deployment", {"name": f"D{number}", "utc_offset": 600})
    return records.add(library, "media", {"sha256": sha256, "bytes": 25, "deployment": deployment})


def test_a_disk_is_added_by_name_and_its_state_is_said(
    library: Library, bridge: Bridge, qtbot: QtBot, tmp_path: Path
) -> None:
    page = Room(library, bridge)
    qtbot.addWidget(page)
    page.choose()  # without a name nothing is asked
    page.name.setText("Blue disk")
    page.add(tmp_path / "stick")
    chips = [one.text() for one in page.findChildren(Chip)]
    assert chips == ["plugged in"]
    (tmp_path / "stick").rename(tmp_path / "away")
    page.refresh()
    assert [one.text() for one in page.findChildren(Chip)][-1:] == ["not plugged in"]


def test_dropping_asks_once_and_says_what_went(library: Library, bridge: Bridge, qtbot: QtBot) -> None:
    page = Room(library, bridge)
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    assert not page.drop_button.isEnabled()
    media = original(library, 1)
    identify(library, [media], Answer("blank"))
    now = library.clock()
    library.clock = lambda: now + 31 * DAY_MS
    page.refresh()
    assert "1 original may go" in page.would.text()
    assert not page.sure.isVisible()
    page.ask()
    assert page.sure.isVisible()
    page.keep()
    assert vault.find(library.vault, "01" * 32) is not None
    page.ask()
    page.drop()
    assert vault.find(library.vault, "01" * 32) is None
    assert "No original fits" in page.would.text()
