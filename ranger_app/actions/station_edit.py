"""Name, country and UTC offset of this station, as its settings screen changes them."""

from __future__ import annotations

from ranger_app.actions import permission
from ranger_app.domain.station import usable_name
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import settings
from ranger_app.store.connection import Database


def edit_station(library: Library, *, name: str, country: str, utc_offset: int) -> None:
    """Change what this station calls itself; ``utc_offset`` is minutes east of UTC. Needs the role manager.

    Partners see the new name on the next card or bundle; the id and the keys stay.
    """
    permission.require(library, permission.MANAGER)
    name, country = name.strip(), country.strip().upper()
    if not name:
        raise DataProblem("NAME_MISSING", _("The station has no name."), _("Give it a name."))
    if not usable_name(name):
        raise DataProblem("NAME_WRONG", _("This cannot be the name of a station."), _("Use a short name on one line."))
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        raise DataProblem(
            "COUNTRY_WRONG", _("The country is not a two-letter code."), _("Use one such as RU, CN, MN, KP, KR or JP.")
        )

    def change(db: Database) -> None:
        settings.put(db, "station.name", name)
        settings.put(db, "station.country", country)
        settings.put(db, "station.utc_offset", str(utc_offset))

    library.write(change)
    library.reload_station()
