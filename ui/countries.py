"""The countries of the region first, and the UTC offsets stations there keep."""

from __future__ import annotations

from ranger_app.i18n import N_

COUNTRIES: dict[str, str] = {
    "RU": N_("Russia"),
    "CN": N_("China"),
    "MN": N_("Mongolia"),
    "KP": N_("DPR Korea"),
    "KR": N_("Republic of Korea"),
    "JP": N_("Japan"),
    "KZ": N_("Kazakhstan"),
    "IN": N_("India"),
    "NP": N_("Nepal"),
    "BT": N_("Bhutan"),
    "TH": N_("Thailand"),
    "MY": N_("Malaysia"),
    "ID": N_("Indonesia"),
    "VN": N_("Viet Nam"),
}

OFFSETS: tuple[int, ...] = (
    0, 60, 120, 180, 210, 240, 270, 300, 330, 345, 360, 390, 420, 480, 525, 540, 570, 600, 630, 660, 720, 765, 780,
    -60, -120, -180, -210, -240, -300, -360, -420, -480, -540, -600, -660,
)  # fmt: skip
"""Minutes east of UTC."""

_USUAL = {"RU": 600, "CN": 480, "MN": 480, "KP": 540, "KR": 540, "JP": 540, "KZ": 300, "IN": 330, "NP": 345, "BT": 360}
_USUAL |= {"TH": 420, "MY": 480, "ID": 420, "VN": 420}


def usual_offset(country: str) -> int | None:
    """The offset most stations of ``country`` keep; None where there is no one answer."""
    return _USUAL.get(country)
