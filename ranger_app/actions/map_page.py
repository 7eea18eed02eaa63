"""The map of a library as a page: for the window, which may show all that is here, and as a file, under a rule."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ranger_app.actions import layers as own_layers
from ranger_app.actions import ledger, map_layers, map_own_layers, permission
from ranger_app.actions.export_data import rule_named
from ranger_app.actions.map_sight import Period
from ranger_app.domain import sharing
from ranger_app.domain.sharing import Rule
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.i18n import _, language, ngettext
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.maps import page
from ranger_app.maps.layers import Layer, MapPage

OWN = map_layers.OWN
_EVERYWHERE = (-85.0, -180.0, 85.0, 180.0)


@dataclass(slots=True)
class MapFile:
    """What a map file holds: things by layer, and what the rule kept off it."""

    path: Path | None = None
    bytes: int = 0
    written: dict[str, int] = field(default_factory=dict)
    withheld: dict[str, int] = field(default_factory=dict)
    cancelled: bool = False

    def answer(self) -> dict[str, object]:
        """The answer of the command line."""
        return {
            "map": str(self.path) if self.path else None,
            "bytes": self.bytes,
            "written": dict(self.written),
            "withheld": dict(self.withheld),
            **({"cancelled": True} if self.cancelled else {}),
        }


def for_window(library: Library, *, dark: bool = False, cancel: CancelToken | None = None) -> Job[tuple[MapPage, str]]:
    """The map of all that is here, and its page, for those who work at this station.

    The layers that come back say how many things they held and hold them no more. The page may load tiles from its
    own local address and nothing from anywhere else.
    """
    drawn = yield from map_layers.layers(library, cancel=cancel, near=False)
    layers = _with_own(drawn.layers, map_own_layers.layers(library))
    shown = MapPage(_("Map"), layers, language(), bounds=drawn.bounds, in_window=True, dark=dark)
    yield Progress(1, 1, _("Writing the page"))
    text = page.write(shown)
    for layer in layers:  # the page has them now, and the window needs no second copy of ten thousand things
        layer.number, layer.things, layer.source, layer.pictures = len(layer.things), [], "", {}
    return shown, text


def _with_own(layers: list[Layer], own: list[Layer]) -> list[Layer]:
    """A person's own files lie on the ground and under the records."""
    ground = [one for one in layers if one.group == "ground"]
    return [*ground, *own, *(one for one in layers if one.group != "ground")]


def write(
    library: Library,
    out: Path,
    *,
    rule: str = sharing.OPEN.name,
    exact: bool = False,
    layers: Collection[str] | None = None,
    period: Period | None = None,
    cancel: CancelToken | None = None,
) -> Job[MapFile]:
    """Write one page that needs no other file and no network; it stands in the ledger with its rule.

    ``rule`` is ``open``, ``standard``, ``full`` or a partner. DataProblem for an unknown rule, or where exactness is
    asked for without the role or the file is there already; EnvironmentProblem where it cannot be written.
    """
    chosen = rule_named(library, rule)
    if exact or chosen.everything:
        permission.require(library, permission.EXCHANGE)
    map_layers.check(layers or ())
    target = out.expanduser().absolute()
    if target.suffix.casefold() not in (".html", ".htm"):
        target = target.with_name(f"{target.name}.html")
    if target.exists():
        raise DataProblem("FILE_EXISTS", _("The file {file} exists already.").format(file=target), _("Give a new one."))
    drawn = yield from map_layers.layers(library, None if exact else chosen, layers, period, cancel)
    made = MapFile(withheld=drawn.withheld)
    if cancel is not None and cancel.cancelled:
        made.cancelled = True
        return made
    yield Progress(1, 1, _("Writing the page"))
    records = [one for one in drawn.layers if one.group == "records"]
    for one in records if layers is not None else ():
        one.on = True  # who names a layer wants to see it
    notes = _notes(drawn.withheld)
    own: list[Layer] = []
    if layers is None or OWN in layers:
        if exact or chosen.everything:
            own = [one for one in map_own_layers.layers(library, drawn.bounds or _EVERYWHERE) if one.on]
        elif own_layers.layers(library):
            notes.append(_("Layers from files of our own are left out: no rule knows what is in them."))
    shown = MapPage(
        _("Map of {station}").format(station=library.station.name),
        _with_own(drawn.layers, own),
        language(),
        _made(library, chosen, exact),
        notes,
        drawn.bounds,
    )
    content = page.write(shown).encode()
    _keep(target, content)
    made.path, made.bytes = target, len(content)
    made.written = {one.id: len(one.things) for one in records}
    ledger.note_file(
        library,
        "map",
        target.name,
        place=str(target),
        rule="exact" if exact else sharing.to_text(chosen),
        records=made.written,
        bytes=len(content),
        digest=hashlib.sha256(content).hexdigest(),
    )
    return made


def _made(library: Library, rule: Rule, exact: bool) -> str:
    now = datetime.now(UTC) + timedelta(minutes=library.station.utc_offset)
    words = _("exact places") if exact else _("rule: {rule}").format(rule=rule.name)
    return f"{library.station.name}, {now:%Y-%m-%d}, {words}"


def _notes(withheld: dict[str, int]) -> list[str]:
    number = sum(withheld.values())
    if not number:
        return []
    return [
        ngettext(
            "{n} record is not on this map: the rule withholds it or its place.",
            "{n} records are not on this map: the rule withholds them or their places.",
            number,
        ).format(n=number)
    ]


def _keep(target: Path, content: bytes) -> None:
    """Write the file whole or not at all."""
    draft = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise EnvironmentProblem(
            "MAP_NOT_WRITTEN",
            _("The map could not be written: {what}.").format(what=error.strerror or str(error)),
            _("Check the folder {folder} and its disk.").format(folder=target.parent),
        ) from error
