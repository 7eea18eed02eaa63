"""Writes a SMART patrol file, version 1.2 or 1.3, as SMART Desktop writes it: a prefixed root, one value an attribute.

1.2 knows no groups: there the observations of all groups stand under the waypoint, one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from ranger_app.exchange.smart_patrol import (
    NAMESPACE,
    Attachment,
    Day,
    Extra,
    Find,
    Label,
    Leg,
    Patrol,
    Ranger,
    Waypoint,
)

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,200}")
_DEEPEST = 40
Attributes = Iterable[tuple[str, str]]


class _Writer:
    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.parts: list[str] = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n']
        self._depth = 0

    def open(self, name: str, attributes: Attributes = (), more: str = "") -> None:
        self.parts.append(f"{'  ' * self._depth}<{self.prefix}{name}{more}{_attributes(attributes)}>\n")
        self._depth += 1

    def close(self, name: str) -> None:
        self._depth -= 1
        self.parts.append(f"{'  ' * self._depth}</{self.prefix}{name}>\n")

    def leaf(self, name: str, attributes: Attributes = (), text: str = "") -> None:
        start = f"{'  ' * self._depth}<{self.prefix}{name}{_attributes(attributes)}"
        inner = f">{escape(_plain(text), _LINES)}</{self.prefix}{name}>\n" if text else "/>\n"
        self.parts.append(start + inner)

    def tree(self, extra: Iterable[Extra], depth: int = 0) -> None:
        for one in extra:
            if len(one) == 4 and depth < _DEEPEST:
                self._element(one, depth)

    def _element(self, one: Extra, depth: int) -> None:
        name, attributes, text, children = one
        if not (isinstance(name, str) and _NAME.fullmatch(name) and isinstance(attributes, dict)):
            return
        pairs = [(str(key), str(value)) for key, value in attributes.items() if _NAME.fullmatch(str(key))]
        below = [child for child in children if isinstance(child, list)] if isinstance(children, list) else []
        if not below:
            self.leaf(name, pairs, str(text))
            return
        self.open(name, pairs)
        if text:
            self.parts.append(escape(_plain(str(text))))
        self.tree(below, depth + 1)
        self.close(name)


_LINES = {"\r": "&#13;"}


def _plain(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def _attributes(pairs: Attributes) -> str:
    more = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    return "".join(f" {name}={quoteattr(_plain(text), more)}" for name, text in pairs)


def _own(extra: Iterable[Extra]) -> list[tuple[str, str]]:
    """The attributes among what was not understood."""
    found = ((str(one[0])[1:], str(one[1])) for one in extra if len(one) == 2 and str(one[0]).startswith("@"))
    return [(name, text) for name, text in found if _NAME.fullmatch(name)]


def _filled(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    return [(name, text) for name, text in pairs if text]


def write(patrol: Patrol, version: str) -> bytes:
    """The file's bytes in UTF-8. ``version`` is 1.2 or 1.3."""
    prefix = "ns2"
    to = _Writer(f"{prefix}:")
    namespace = f" xmlns:{prefix}={quoteattr(NAMESPACE.format(version=version))}"
    head = _filled(
        ("id", patrol.name),
        ("patrolType", patrol.type),
        ("startDate", patrol.start),
        ("endDate", patrol.end),
        ("isArmed", patrol.armed),
    )
    to.open("patrol", head + _own(patrol.extra), namespace)
    if patrol.objective:
        to.open("objective")
        to.leaf("description", (), patrol.objective)
        to.close("objective")
    _label(to, "team", patrol.team)
    _label(to, "station", patrol.station)
    for leg in patrol.legs:
        _leg(to, leg, version)
    if patrol.comment:
        to.leaf("comment", (), patrol.comment)
    for custom in patrol.custom:
        to.leaf("attributes", [("key", custom.key), (custom.element, custom.text)])
    to.tree(patrol.extra)
    to.close("patrol")
    return "".join(to.parts).encode()


def _label(to: _Writer, name: str, found: Label | None) -> None:
    if found is not None:
        to.leaf(name, [*_filled(("languageCode", found.language)), ("value", found.value)])


def _leg(to: _Writer, leg: Leg, version: str) -> None:
    to.open("legs", _filled(("id", leg.name), ("startDate", leg.start), ("endDate", leg.end)) + _own(leg.extra))
    _label(to, "transportType", leg.transport)
    for member in leg.members:
        to.leaf("members", _ranger(member))
    for day in leg.days:
        _day(to, day, version)
    _label(to, "mandate", leg.mandate)
    to.tree(leg.extra)
    to.close("legs")


def _ranger(one: Ranger) -> list[tuple[str, str]]:
    return _filled(
        ("givenName", one.given),
        ("familyName", one.family),
        ("employeeId", one.employee),
        ("isPilot", one.pilot),
        ("isLeader", one.leader),
    )


def _day(to: _Writer, day: Day, version: str) -> None:
    head = _filled(("date", day.date), ("startTime", day.start), ("endTime", day.end), ("restMinutes", day.rest))
    to.open("days", head + _own(day.extra))
    for waypoint in day.waypoints:
        _waypoint(to, waypoint, version)
    for line in day.lines:
        to.leaf("track", _filled(("distance", line.distance), ("geom", line.geometry)))
    to.tree(day.extra)
    to.close("days")


def _waypoint(to: _Writer, one: Waypoint, version: str) -> None:
    head = _filled(
        ("id", one.name),
        ("x", one.x),
        ("y", one.y),
        ("time", one.time),
        ("direction", one.direction),
        ("distance", one.distance),
        ("comment", one.comment),
    )
    to.open("waypoints", head + _own(one.extra))
    for attachment in one.attachments:
        _attachment(to, attachment)
    for group in one.groups:
        if version != "1.2":
            to.open("groups")
        for find in group:
            _find(to, find)
        if version != "1.2":
            to.close("groups")
    to.tree(one.extra)
    to.close("waypoints")


def _find(to: _Writer, find: Find) -> None:
    to.open("observations", [("categoryKey", find.category), *_own(find.extra)])
    for attachment in find.attachments:
        _attachment(to, attachment)
    if find.observer is not None:
        to.leaf("observer", _ranger(find.observer))
    at = 0
    while at < len(find.told):  # the values of one attribute stand together
        key = find.told[at].key
        end = at
        to.open("attributes", [("attributeKey", key)])
        while end < len(find.told) and find.told[end].key == key and (end == at or find.told[end].element):
            if find.told[end].element:
                to.leaf(find.told[end].element, (), find.told[end].text)
            end += 1
        to.close("attributes")
        at = end
    to.tree(find.extra)
    to.close("observations")


def _attachment(to: _Writer, one: Attachment) -> None:
    to.leaf("attachments", [("filename", one.filename), *_filled(("signatureTypeKey", one.signature))])
