"""What this program is, which version runs, and under which licences its parts stand."""

from __future__ import annotations

import platform
from importlib import metadata

import PySide6
from PySide6.QtWidgets import QGridLayout, QWidget

from ranger_app import __version__
from ranger_app.geo import base_map
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.settings.page import Page
from ui.widgets.card import Card
from ui.widgets.text import label, muted

PARTS: tuple[tuple[str, str], ...] = (
    ("PySide6-Essentials", "LGPL-3.0"),
    ("sqlite-utils", "Apache-2.0"),
    ("pysqlite3", "zlib"),
    ("pillow", "MIT-CMU"),
    ("simplejpeg", "MIT"),
    ("ExifRead", "BSD-3-Clause"),
    ("pyproj", "MIT"),
    ("numpy", "BSD-3-Clause"),
    ("shapely", "BSD-3-Clause"),
    ("mgrs", "MIT"),
    ("pyshp", "MIT"),
    ("rasterio", "BSD-3-Clause"),
    ("pmtiles", "BSD-3-Clause"),
    ("pynmeagps", "BSD-3-Clause"),
    ("folium", "MIT"),
    ("XStatic-Leaflet", "BSD-2-Clause"),
    ("cryptography", "Apache-2.0 / BSD-3-Clause"),
    ("pyrage", "MIT"),
    ("msgspec", "BSD-3-Clause"),
    ("zstandard", "BSD-3-Clause"),
    ("platformdirs", "MIT"),
    ("filelock", "MIT"),
)
"""The packages the program is built on, with their licences."""


class About(Page):
    """Version, licence, parts."""

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        card = Card(f"Ranger {__version__}")
        card.body.addWidget(
            label(_("An offline record keeper for protected areas on both sides of a border."), wrap=True)
        )
        card.body.addWidget(
            muted(_("Free software under the Apache License 2.0. It never uses the network by itself."))
        )
        versions = f"Python {platform.python_version()} · Qt {PySide6.__version__} · {platform.system()}"
        card.body.addWidget(muted(versions))
        self.add_card(card)
        parts = Card(_("Built with"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        for row, (name, licence) in enumerate(PARTS):
            grid.addWidget(label(name), row, 0)
            grid.addWidget(label(_version(name), "muted"), row, 1)
            grid.addWidget(label(licence, "muted"), row, 2)
        grid.setColumnStretch(3, 1)
        parts.body.addLayout(grid)
        fonts = _("Letters are drawn with Noto Sans and Noto Sans CJK under the SIL Open Font License 1.1.")
        parts.body.addWidget(muted(fonts))
        self.add_card(parts)
        ground = Card(_("The map's ground"))
        for one in dict.fromkeys((one.source, one.credit, one.licence) for one in base_map.credits()):
            ground.body.addWidget(muted(" · ".join(dict.fromkeys((one[1], one[0], one[2])))))
        ground.body.addWidget(muted(_("The reference border is not an official boundary.")))
        self.add_card(ground)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
