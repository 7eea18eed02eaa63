"""Settings for a stolen computer: passphrase, recovery sheet, cover and disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranger_app.actions import disk, pins, proof
from ranger_app.keys import FILE, read_keys
from ranger_app.library import Library
from ranger_app.media import at_rest
from ui.bridge import Bridge
from ui.settings.guard_card import GuardCard
from ui.settings.keys_card import KeysCard
from ui.settings.screen import SettingsScreen
from ui.shell.window import Window
from ui.today.screen import TodayScreen


@pytest.fixture
def attended(library: Library) -> Library:
    library.attended = True
    return library


@pytest.fixture
def card(window: Window, attended: Library) -> KeysCard:
    window.go("settings", "station")
    screen = window.current()
    assert isinstance(screen, SettingsScreen)
    return screen.station.keys


def test_the_passphrase_is_set_and_the_one_of_now_is_asked_for(card: KeysCard, library: Library) -> None:
    assert not card.current.isVisible()
    card.first.setText("short")
    card.second.setText("short")
    card.set_passphrase()
    assert "at least 8" in card.wrong.text()
    card.first.setText("cedar and snow")
    card.second.setText("cedar and snow")
    card.set_passphrase()
    assert library.keys.protected
    assert not card.wrong.isVisible()
    assert card.current.isVisible()
    card.remove_passphrase()
    assert library.keys.protected
    assert card.wrong.isVisible()
    card.current.setText("cedar and snow")
    card.remove_passphrase()
    assert not library.keys.protected
    read_keys(library.folder / FILE, None)


def test_the_sheet_is_written_only_with_the_pin(card: KeysCard, library: Library, tmp_path: Path) -> None:
    shown: list[Path] = []
    card.show_page = shown.append  # type: ignore[method-assign, assignment]
    assert "no recovery sheet" in card.sheet.text()
    assert library.person is not None
    pins.set_pin(library, library.person, "2468")
    card.refresh()
    assert card.secret.isVisible()
    card.secret.setText("0000")
    card.write_sheet(tmp_path)
    assert "neither the PIN" in card.not_written.text()
    assert list(tmp_path.glob("ranger-recovery-*")) == []
    card.secret.setText("2468")
    card.write_sheet(tmp_path)
    assert [one.name for one in shown] == [one.name for one in tmp_path.glob("ranger-recovery-*.html")]
    assert len(shown) == 1
    assert "A recovery sheet was written on" in card.sheet.text()
    assert card.secret.text() == ""


@pytest.mark.parametrize(
    ("found", "word", "told"), [(True, "disk encrypted", False), (False, "disk open", True), (None, "not known", False)]
)
def test_the_disk_is_said_in_settings_and_on_today_only_when_open(
    window: Window, library: Library, monkeypatch: pytest.MonkeyPatch, found: bool | None, word: str, told: bool
) -> None:
    monkeypatch.setattr(at_rest, "encrypted", lambda _folder: found)
    window.go("settings", "safety")
    settings = window.current()
    assert isinstance(settings, SettingsScreen)
    guard = settings.safety.guard
    assert word in guard.chip.text()
    assert guard.quiet.isVisible() is told
    window.go("today")
    today = window.current()
    assert isinstance(today, TodayScreen)
    today.refresh(None)
    assert ("disk" in [one.id for one in today.waiting]) is told
    guard.quiet.setChecked(True)
    today.refresh(None)
    assert "disk" not in [one.id for one in today.waiting]
    assert disk.quiet(library)


def test_the_cover_can_be_chosen_where_something_can_open_it(library: Library, bridge: Bridge, window: Window) -> None:
    window.go("settings", "safety")
    screen = window.current()
    assert isinstance(screen, SettingsScreen)
    guard: GuardCard = screen.safety.guard
    assert not guard.cover.isEnabled()
    assert library.person is not None
    pins.set_pin(library, library.person, "2468")
    guard.refresh()
    assert guard.cover.isEnabled()
    assert guard.cover.isChecked()
    guard.cover.setChecked(False)
    assert not proof.lock_chosen(library)
    guard.refresh()
    assert not guard.cover.isChecked()
