"""The list of places in the rail. A new screen is one line here and a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ranger_app.i18n import N_
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.widgets.screen import Screen

Maker = Callable[[Library, Bridge], Screen]


@dataclass(frozen=True, slots=True)
class Place:
    """One place: its id, untranslated word, icon and the function that builds its screen on the first visit."""

    id: str
    word: str
    icon: str
    make: Maker


# Imported inside: a place nobody visits costs nothing at the start.
def _today(library: Library, bridge: Bridge) -> Screen:
    from ui.today.screen import TodayScreen

    return TodayScreen(library, bridge)


def _camera_traps(library: Library, bridge: Bridge) -> Screen:
    from ui.camera_traps.screen import CameraTrapsScreen

    return CameraTrapsScreen(library, bridge)


def _patrols(library: Library, bridge: Bridge) -> Screen:
    from ui.patrols.screen import PatrolsScreen

    return PatrolsScreen(library, bridge)


def _waterbirds(library: Library, bridge: Bridge) -> Screen:
    from ui.waterbirds.screen import WaterbirdsScreen

    return WaterbirdsScreen(library, bridge)


def _map(library: Library, bridge: Bridge) -> Screen:
    from ui.map.screen import MapScreen

    return MapScreen(library, bridge)


def _exchange(library: Library, bridge: Bridge) -> Screen:
    from ui.exchange.screen import ExchangeScreen

    return ExchangeScreen(library, bridge)


def _reports(library: Library, bridge: Bridge) -> Screen:
    from ui.reports.screen import ReportsScreen

    return ReportsScreen(library, bridge)


def _settings(library: Library, bridge: Bridge) -> Screen:
    from ui.settings.screen import SettingsScreen

    return SettingsScreen(library, bridge)


PLACES: tuple[Place, ...] = (
    Place("today", N_("Today"), "today", _today),
    Place("camera_traps", N_("Camera traps"), "camera", _camera_traps),
    Place("patrols", N_("Patrols"), "patrol", _patrols),
    Place("waterbirds", N_("Waterbirds"), "bird", _waterbirds),
    Place("map", N_("Map"), "map", _map),
    Place("exchange", N_("Exchange"), "exchange", _exchange),
    Place("reports", N_("Reports"), "report", _reports),
    Place("settings", N_("Settings"), "settings", _settings),
)
"""At most eight; Ctrl+1 is the first."""
