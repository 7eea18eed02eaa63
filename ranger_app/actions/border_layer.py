"""Which border this library reckons with: the shipped reference, or a layer that a manager put in its place.

A place's country is what people declare; the border only ever warns where the two differ.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from ranger_app.actions import permission
from ranger_app.errors import DataProblem
from ranger_app.geo import border, layer_files
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import settings
from ranger_app.store.connection import Database

_SETTING = "map.border"
DEFAULT_ACCURACY = 100
_MOST_ACCURACY = 50_000


@dataclass(frozen=True, slots=True)
class Choice:
    """The file that stands in for the reference border."""

    path: str
    name: str
    date: str
    """As its maker gives it, such as 2024-05-01; may be empty."""
    accuracy_m: int

    @property
    def missing(self) -> bool:
        """The file is not there now: the reference serves until it is."""
        return not Path(self.path).is_file()


def choice(library: Library) -> Choice | None:
    """The chosen layer, None where the reference is in use."""
    with library.read() as db:
        kept = settings.get(db, _SETTING)
    try:
        return Choice(**json.loads(kept)) if kept else None
    except (ValueError, TypeError):
        return None


def in_use(library: Library) -> border.Layer:
    """The border layer to ask: the chosen one, the reference where there is none or its file is not there now."""
    chosen = choice(library)
    if chosen is None or chosen.missing:
        return border.reference()
    try:
        stamp = Path(chosen.path).stat().st_mtime_ns
        return _load(chosen, stamp)
    except (OSError, DataProblem):  # changed since it was chosen; every answer names its layer
        return border.reference()


def choose(
    library: Library, path: Path, *, name: str = "", date: str = "", accuracy_m: int = DEFAULT_ACCURACY
) -> border.Layer:
    """Put the border of ``path`` in the reference's place: lines, or areas with a country each. Needs a manager.

    ``accuracy_m`` is how far its lines may be from the truth. DataProblem where the file holds no border.
    """
    permission.require(library, permission.MANAGER)
    if not 0 <= accuracy_m <= _MOST_ACCURACY:
        raise DataProblem(
            "ACCURACY_WRONG",
            _("The accuracy is not between 0 and {n} m.").format(n=_MOST_ACCURACY),
            _("Say in metres how far the line may be from the truth."),
        )
    path = path.absolute()
    chosen = Choice(str(path), name.strip() or path.stem, date.strip(), accuracy_m)
    if path.suffix.lower() not in layer_files.VECTORS:
        raise layer_files.unknown(path)
    if not path.is_file():
        layer_files.vector(path)  # says what is wrong with it
    layer = _load(chosen, path.stat().st_mtime_ns)
    _keep(library, json.dumps(asdict(chosen), ensure_ascii=False))
    return layer


def choose_reference(library: Library) -> None:
    """Go back to the shipped reference. Needs a manager."""
    permission.require(library, permission.MANAGER)
    _keep(library, "")


def warning(library: Library, latitude: int, longitude: int, country: str | None) -> str:
    """A sentence where the declared ``country`` is not the one the border says (1e-7 degree), "" otherwise.

    Nothing is said where the border is not sure: nearer to it than its accuracy, at sea, outside the layer.
    """
    if not country or not (len(country) == 2 and country.isascii()):
        return ""
    answer = border.side(latitude / 1e7, longitude / 1e7, in_use(library))
    if not answer.country or answer.uncertain or answer.country == country.upper():
        return ""
    return _("By the layer “{layer}” this place lies in {there}, {km} km from the border, not in {here}.").format(
        layer=answer.layer, there=answer.country, km=f"{answer.metres / 1000:.1f}", here=country.upper()
    )


def _keep(library: Library, text: str) -> None:
    def write(db: Database) -> None:
        settings.put(db, _SETTING, text)

    library.write(write)


@lru_cache(maxsize=2)
def _load(chosen: Choice, _stamp: int) -> border.Layer:
    """The layer, read once for each state of its file."""
    drawn = layer_files.vector(Path(chosen.path))
    return border.from_features(drawn, chosen.name, chosen.date, chosen.accuracy_m)
