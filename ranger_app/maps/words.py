"""The words of the map's page, in the language in use: its script holds none of its own."""

from __future__ import annotations

from ranger_app.i18n import _


def words() -> dict[str, str]:
    """Key in the script -> text."""
    return {
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "north": _("North is up"),
        "all": _("All"),
        "species": _("Species"),
        "category": _("Category"),
        "from": _("From"),
        "to": _("To"),
        "time": _("Time"),
        "wholeTime": _("Whole time"),
        "filter": _("Choose"),
        "legend": _("Legend"),
        "own": _("Own station"),
        "partner": _("Partner"),
        "cell": _("Somewhere in this square"),
        "cells": _("A square: the place is known or told only roughly"),
        "uncertain": _("Within {n} m of this point"),
        "open": _("Open record"),
        "more": _("and {n} more"),
        "here": _("{n} records here"),
        "close": _("Close"),
        "drawn": _("{n} things drawn"),
        "failed": _("Failed"),
        "working": _("Working"),
        "measure": _("Measure a distance"),
        "length": _("Length"),
        "area": _("Area"),
        "distance": _("{n} km"),
        "hectares": _("{n} ha"),
        "draw": _("Click to add points. Enter ends, Backspace takes the last one back, Escape gives up."),
        "move": _("Move"),
        "outline": _("Draw its outline"),
        "found": _("Here"),
    }
