"""Who is taken to be working when the window opens: the last person, unless a PIN must be typed first."""

from __future__ import annotations

from ranger_app.actions import pins
from ranger_app.library import Library
from ui.preferences import Preferences
from ui.shell.who import people


def restore_person(library: Library, kept: Preferences) -> None:
    """Set ``library.person`` to the last worker without a PIN, or the only person there is; else nobody."""
    protected = pins.with_pin(library)
    found = [one for one in people(library) if one.id not in protected]
    last = kept.people.get(library.station.id.hex(), "")
    for one in found:
        if one.id.hex() == last:
            library.person = one.id
            return
    if len(found) == 1 and not protected:
        library.person = found[0].id
