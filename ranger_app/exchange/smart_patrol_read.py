"""Reads a SMART patrol file of any version into plain values, whatever prefixes its elements carry.

Nothing is judged here. What the format does not name is kept as a tree beside what it does, so that it can be written
out again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from ranger_app.exchange.smart_patrol import (
    VALUE_ELEMENTS,
    Attachment,
    Custom,
    Day,
    Extra,
    Find,
    Label,
    Leg,
    Line,
    Patrol,
    Ranger,
    Told,
    Waypoint,
)
from ranger_app.exchange.xml_tree import Node, parse, refused
from ranger_app.i18n import _

Lost = Counter[str]
_PATROL = re.compile(r"https?://[^/]*smartconservation[^/]*/xml/([0-9][0-9.]{0,10})/patrol/?")


def read(data: bytes, file: str) -> Patrol:
    """The patrol in the bytes of one XML file; ``file`` names it in messages. DataProblem where it is none."""
    root, namespaces = parse(data, file)
    versions = [found[1] for one in sorted(namespaces) if (found := _PATROL.fullmatch(one.strip()))]
    if root.name != "patrol" or (namespaces and not versions):
        raise refused("NOT_SMART_PATROL", _("{file} is XML but no SMART patrol."), file)
    patrol = _patrol(root)
    patrol.version = versions[-1] if versions else ""
    if not patrol.legs and not patrol.name:
        raise refused("SMART_NO_PATROL", _("{file} holds neither a patrol's number nor a leg."), file)
    return patrol


def _patrol(node: Node) -> Patrol:
    lost: Lost = Counter()
    patrol = Patrol(
        node.pop("id"),
        node.pop("patrolType"),
        node.pop("startDate"),
        node.pop("endDate"),
        node.pop("isArmed"),
    )
    for child in node.children:
        if child.name == "objective" and not patrol.objective:
            patrol.objective = "".join(one.text for one in child.named("description")) or child.text.strip()
            _pass_over(child, lost, ("description",))
        elif child.name == "comment" and not patrol.comment:
            patrol.comment = child.text
        elif child.name == "team" and patrol.team is None:
            patrol.team = _label(child, lost)
        elif child.name == "station" and patrol.station is None:
            patrol.station = _label(child, lost)
        elif child.name == "attributes" and child.attributes.get("key"):
            patrol.custom += _custom(child, lost)
        elif child.name == "legs":
            patrol.legs.append(_leg(child, lost))
        else:
            patrol.extra.append(_tree(child))
    patrol.extra += _left(node)
    patrol.lost = dict(sorted(lost.items()))
    return patrol


def _label(node: Node, lost: Lost) -> Label:
    found = Label(node.pop("value"), node.pop("languageCode"))
    _pass_over(node, lost)
    return found


def _custom(node: Node, lost: Lost) -> list[Custom]:
    key = node.pop("key")
    found = [Custom(key, name, node.pop(name)) for name in ("stringValue", "doubleValue")]
    _pass_over(node, lost)
    filled = [one for one in found if one.text]
    return filled or [Custom(key)]


def _leg(node: Node, lost: Lost) -> Leg:
    leg = Leg(node.pop("id"), node.pop("startDate"), node.pop("endDate"))
    for child in node.children:
        if child.name == "transportType" and leg.transport is None:
            leg.transport = _label(child, lost)
        elif child.name == "mandate" and leg.mandate is None:
            leg.mandate = _label(child, lost)
        elif child.name == "members":
            leg.members.append(_ranger(child, lost))
        elif child.name == "days":
            leg.days.append(_day(child, lost))
        else:
            leg.extra.append(_tree(child))
    leg.extra += _left(node)
    return leg


def _ranger(node: Node, lost: Lost) -> Ranger:
    found = Ranger(
        node.pop("givenName"), node.pop("familyName"), node.pop("employeeId"), node.pop("isLeader"), node.pop("isPilot")
    )
    _pass_over(node, lost)
    return found


def _day(node: Node, lost: Lost) -> Day:
    day = Day(node.pop("date"), node.pop("startTime"), node.pop("endTime"), node.pop("restMinutes"))
    for child in node.children:
        if child.name == "waypoints":
            day.waypoints.append(_waypoint(child, lost))
        elif child.name == "track":
            day.lines.append(Line(child.pop("distance"), "".join(child.pop("geom").split())))
            _pass_over(child, lost)
        else:
            day.extra.append(_tree(child))
    day.extra += _left(node)
    return day


def _waypoint(node: Node, lost: Lost) -> Waypoint:
    waypoint = Waypoint(
        node.pop("id"), node.pop("x"), node.pop("y"), node.pop("time"), node.pop("direction"), node.pop("distance")
    )
    waypoint.comment = node.pop("comment")
    alone: list[Find] = []
    for child in node.children:
        if child.name == "groups":
            finds = [_find(one, lost) for one in child.named("observations")]
            _pass_over(child, lost, ("observations",))
            if finds:
                waypoint.groups.append(finds)
            else:
                lost["groups empty"] += 1
        elif child.name == "observations":
            alone.append(_find(child, lost))
        elif child.name == "attachments":
            waypoint.attachments.append(_attachment(child, lost))
        elif child.name == "comment" and not waypoint.comment:
            waypoint.comment = child.text
        elif child.name in ("direction", "distance") and not getattr(waypoint, child.name):
            setattr(waypoint, child.name, child.text.strip())
        else:
            waypoint.extra.append(_tree(child))
    if alone:
        waypoint.groups.insert(0, alone)
    waypoint.extra += _left(node)
    return waypoint


def _find(node: Node, lost: Lost) -> Find:
    find = Find(node.pop("categoryKey"))
    for child in node.children:
        if child.name == "attributes":
            find.told += _told(child, lost)
        elif child.name == "attachments":
            find.attachments.append(_attachment(child, lost))
        elif child.name == "observer" and find.observer is None:
            find.observer = _ranger(child, lost)
        else:
            find.extra.append(_tree(child))
    find.extra += _left(node)
    return find


def _told(node: Node, lost: Lost) -> list[Told]:
    """The values of one attribute. Older files carry all four elements with three of them empty."""
    key = node.pop("attributeKey")
    _pass_over(node, lost, VALUE_ELEMENTS)
    filled = (child for child in node.children if child.name in VALUE_ELEMENTS and child.text)
    return [Told(key, child.name, child.text) for child in filled] or [Told(key)]


def _attachment(node: Node, lost: Lost) -> Attachment:
    found = Attachment(node.pop("filename"), node.pop("signatureTypeKey"))
    _pass_over(node, lost)
    return found


def _pass_over(node: Node, lost: Lost, known: Collection[str] = ()) -> None:
    """Count what a small element says besides what is taken of it."""
    lost.update(f"{node.name} {name}" for name, text in node.attributes.items() if text)
    lost.update(f"{node.name} {child.name}" for child in node.children if child.name not in known)


def _left(node: Node) -> list[Extra]:
    return [[f"@{name}", text] for name, text in node.attributes.items()]


def _tree(node: Node) -> Extra:
    return [node.name, node.attributes, node.text.strip(), [_tree(child) for child in node.children]]
