"""The words for what the track's judge leaves out, and the tone of each state of a patrol."""

from __future__ import annotations

from ranger_app.actions.patrol_state import REOPENED, REOPENED_WORD
from ranger_app.domain.kinds import kind_named
from ranger_app.geo import tracks
from ranger_app.i18n import N_, _

_REASONS = {
    tracks.BAD_PLACE: N_("No usable place"),
    tracks.ZERO_ZERO: N_("Place 0, 0"),
    tracks.TIME_ORDER: N_("Time runs back"),
    tracks.DUPLICATE: N_("Written twice"),
    tracks.SPIKE: N_("Jump away and back"),
    tracks.GAP: N_("After a gap of over 30 minutes"),
    tracks.NO_TIME: N_("Without time"),
}
_TONES = {"draft": "neutral", "submitted": "attention", "returned": "problem", "approved": "own", REOPENED: "attention"}


def reason_word(code: str) -> str:
    """Why a point does not count, or counts only in part; an unknown code is shown as it is."""
    return _(_REASONS[code]) if code in _REASONS else code


def state_word(code: str) -> str:
    """The word for a patrol's state, ``reopened`` among them."""
    if code == REOPENED:
        return _(REOPENED_WORD)
    choices = kind_named("patrol").field("state").choices
    return next((_(choice.label) for choice in choices if choice.code == code), code)


def state_tone(code: str) -> str:
    """The tone of the state's chip."""
    return _TONES.get(code, "neutral")
