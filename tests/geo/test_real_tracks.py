"""Every real GPX file is taken or refused with a reason, and its raw distance is what others compute from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.geo.real_tracks import lines, table


@pytest.mark.realdata
def test_every_real_file(real_data: Path) -> None:
    found = list(lines(real_data / "gpx"))
    assert len(found) == 28
    assert [one.name for one in found if one.refused] == [
        "custom_schema_locations.gpx", "default_schema_locations.gpx", "unicode2.gpx",
    ]  # fmt: skip
    for one in found:
        assert one.raw.metres == pytest.approx(one.alone, rel=1e-9)
        assert one.cleaned.metres <= one.raw.metres
        if one.raw.seconds is not None:
            assert one.cleaned.seconds is not None
            assert one.still is not None
            assert one.still <= one.cleaned.seconds <= one.raw.seconds
    assert sum(one.points for one in found) > 2600
    assert table(found).count("\n") == 29
