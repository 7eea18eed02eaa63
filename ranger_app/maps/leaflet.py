"""Leaflet and its clusters out of the installed packages, as text that needs no file beside it."""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path

from ranger_app.errors import EnvironmentProblem
from ranger_app.i18n import _

_PICTURE = re.compile(r"url\(\s*[\"']?(images/[\w.-]+\.png)[\"']?\s*\)")
_MAP_OF_SOURCE = re.compile(r"^//[#@] ?sourceMappingURL=.*$", re.MULTILINE)


@cache
def _folders() -> tuple[Path, Path]:
    try:
        from xstatic.pkg import leaflet, leaflet_markercluster
    except ImportError as error:
        raise EnvironmentProblem(
            "MAP_PARTS_MISSING", _("The parts that draw the map are not installed."), _("Run the set-up once more.")
        ) from error
    return Path(leaflet.BASE_DIR), Path(leaflet_markercluster.BASE_DIR)


@cache
def script() -> str:
    """Leaflet's script, then that of the clusters; neither asks for a picture beside the page."""
    leaflet, clusters = _folders()
    texts = [_text(leaflet / "leaflet.js"), _text(clusters / "leaflet.markercluster.js")]
    return "\n".join(_MAP_OF_SOURCE.sub("", one).replace("</script", "<\\/script") for one in texts)


@cache
def style() -> str:
    """Their styles, with pictures inside."""
    leaflet, clusters = _folders()

    def inside(found: re.Match[str]) -> str:
        data = (leaflet / found[1]).read_bytes()
        return f"url(data:image/png;base64,{base64.b64encode(data).decode()})"

    return "\n".join((_PICTURE.sub(inside, _text(leaflet / "leaflet.css")), _text(clusters / "MarkerCluster.css")))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
