"""The page holds all it needs and asks for nothing; what records say stays text, whatever it looks like."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from ranger_app.maps import leaflet, page
from ranger_app.maps.layers import AREAS, LINES, POINTS, Layer, MapPage, Thing, extent

HOSTILE = (
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "`${window.hacked=1}`",
    "<!--<script>",
    '"};window.hacked=1;//',
    "{{ 7*7 }}{% raw %}",
    "line\u2028separator",
)


def hostile_page(in_window: bool = False) -> MapPage:
    square = {"type": "Polygon", "coordinates": [[[131, 43], [131.5, 43], [131.5, 43.4], [131, 43]]]}
    layers = [
        Layer("areas", HOSTILE[0], AREAS, [Thing(square, HOSTILE[0], HOSTILE, own=False)]),
        Layer("lines", HOSTILE[2], LINES, [Thing([[(43.0, 131.0), (43.1, 131.1)]], HOSTILE[1], HOSTILE)]),
        Layer(
            "points", "Points", POINTS,
            [Thing((43.1 + i / 100, 131.2), word, HOSTILE, "ab" * 16, "location", 20000, 20001, (i,)) for i, word in
             enumerate(HOSTILE)],
            list(HOSTILE), "species", note=HOSTILE[1], credit=HOSTILE[0],
        ),
    ]  # fmt: skip
    return MapPage(
        HOSTILE[0], layers, "en", HOSTILE[1], list(HOSTILE), extent(layers), in_window=in_window
    )  # fmt: skip


def parts(text: str) -> list[tuple[str, str]]:
    """The script elements as a browser cuts them: attributes and content."""
    return re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL | re.IGNORECASE)


def test_no_address_outside_is_asked_for() -> None:
    text = page.write(hostile_page())
    # Leaflet's own link to its home, which our script takes off the map, is the only address of a host.
    outside = re.findall(r"(?:src|href|action|data|poster)\s*=\s*[\"']?\s*(?:https?:)?//[\w.-]+", text)
    assert set(outside) <= {'href="https://leafletjs.com'}
    assert not re.findall(r"url\(\s*[\"']?(?!data:|#)[^)]*\)", text), "a style asks for a file"
    assert "@import" not in text
    assert "sourceMappingURL" not in text
    for word in ("jquery", "bootstrap", "cdn.", "unpkg", "fontawesome", "openstreetmap.org"):
        assert word not in text.casefold()


def test_the_policy_admits_only_our_scripts() -> None:
    text = page.write(hostile_page())
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', text)
    assert policy is not None
    assert text.index("<meta http-equiv") < text.index("<script"), "a script stands before the policy"
    assert "default-src 'none'" in policy[1]
    assert not re.search(r"https?:|unsafe-eval|script-src[^;]*unsafe-inline", policy[1])
    allowed = set(re.findall(r"sha256-([^']+)", policy[1]))
    running = [content for attributes, content in parts(text) if "application/json" not in attributes]
    hashes = {base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in running}
    assert hashes == allowed
    assert len(running) == len(page.SCRIPTS) + 3  # Leaflet and the two of folium


def test_what_records_say_is_data_only() -> None:
    text = page.write(hostile_page())
    blocks = [content for attributes, content in parts(text) if "application/json" in attributes]
    assert len(blocks) == 1
    assert "<" not in blocks[0]
    data = json.loads(blocks[0])
    points = data["layers"][2]
    assert [one[1] for one in points["things"]] == list(HOSTILE)
    assert points["things"][0][2] == list(HOSTILE)
    for attributes, content in parts(text):
        if "application/json" not in attributes:
            assert "window.hacked=1</script>" not in content


def test_a_file_names_no_record() -> None:
    assert "ab" * 16 not in page.write(hostile_page())
    assert "ab" * 16 in page.write(hostile_page(in_window=True))


def test_lines_are_steps_that_add_up() -> None:
    line = [(43.123456, 131.987654), (43.2, 132.0), (-1.0, -179.99999)]
    flat = page._steps(line)
    back, latitude, longitude = [], 0, 0
    for i in range(0, len(flat), 2):
        latitude += flat[i]
        longitude += flat[i + 1]
        back.append((latitude / 1e5, longitude / 1e5))
    assert back == [pytest.approx(one, abs=6e-6) for one in line]


def test_leaflet_is_the_version_folium_was_made_for() -> None:
    import folium

    wanted = {url for _name, url in folium.Map.default_js if "leaflet@" in url}
    version = re.search(r"Leaflet (\d+\.\d+\.\d+)", leaflet.script())
    assert version is not None
    assert any(f"leaflet@{version[1]}" in url for url in wanted), (version[1], wanted)
    assert "MarkerClusterGroup" in leaflet.script()


def test_the_same_layers_give_the_same_page() -> None:
    assert page.write(hostile_page()) == page.write(hostile_page())
