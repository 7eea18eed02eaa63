"""SMART patrol files as different programs write them, made up, and a comparer that lists every difference of two."""

from __future__ import annotations

import io
import random
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from PIL import Image

from ranger_app.exchange import smart_patrol as smart
from ranger_app.exchange import smart_wkb

NAMESPACE = "http://www.smartconservationsoftware.org/xml/{version}/patrol"
MIDNIGHT = 1_767_312_000_000
"""2026-01-02T00:00:00, as SMART writes it: local, as if it were UTC."""


def photo(seed: int, *, exif: bytes | None = None) -> bytes:
    """A small picture of its own."""
    chance = random.Random(seed)
    image = Image.new("RGB", (64, 48), tuple(chance.randrange(256) for _ in range(3)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, **({"exif": exif} if exif else {}))
    return out.getvalue()


def wkb(parts: list[list[tuple[float, float, float]]]) -> str:
    """A line as SMART writes it, made without the program's own writer: each fix twice, three milliseconds apart."""
    data = struct.pack(">BII", 0, 0x80000005, len(parts))
    for part in parts:
        twice = [one for x, y, t in part for one in ((x, y, t), (x, y, t + 3))]
        data += struct.pack(">BII", 0, 0x80000002, len(twice))
        data += b"".join(struct.pack(">ddd", *vertex) for vertex in twice)
    return data.hex().upper()


def walk(start: float, steps: int, chance: random.Random) -> list[tuple[float, float, float]]:
    """A walk of fixes every 30 seconds from ``start`` ms on."""
    x, y = 131.4 + chance.random() / 10, 43.2 + chance.random() / 10
    found = []
    for step in range(steps):
        x, y = x + chance.uniform(-0.0002, 0.0004), y + chance.uniform(-0.0002, 0.0003)
        found.append((x, y, start + step * 30_000.0))
    return found


@dataclass
class Written:
    """A file's bytes and the files beside it, by name."""

    xml: bytes
    attachments: dict[str, bytes]


def tag(name: str, inner: str = "", **attributes: str) -> str:
    """An element of the namespace's prefix; ``inner`` is XML."""
    pairs = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<ns2:{name}{pairs}>{inner}</ns2:{name}>" if inner else f"<ns2:{name}{pairs}/>"


def value(key: str, **elements: str) -> str:
    """An attribute of an observation; ``all_four`` older files carry every element, three of them empty."""
    inner = "".join(tag(name, text) if text else tag(name) for name, text in elements.items())
    return tag("attributes", inner, attributeKey=key)


def patrol(version: str = "1.3", *, seed: int = 1, ident: str = "ХТ_000017", root: str = "prefixed") -> Written:
    """A patrol of two legs and three days, in Russian and Chinese, with every turn that a round trip could lose."""
    chance = random.Random(seed)
    attachments = {f"фото {seed}-1.jpg": photo(seed), f"照片_{seed}.JPG": photo(seed + 1000)}
    first, second = attachments
    tree = "chordata_rl.mammalia_rl.carnivora_rl.felidae_rl.panthera_rl.pantheratigris_rl15955."
    snare = tag(
        "observations",
        tag("attachments", filename=first)
        + tag("observer", employeeId="E-104", givenName="Рейнджер", familyName="Первый")
        + value("typeoftrap", itemKey="wiresnare")
        + tag("attributes", tag("itemKey", "confiscated") + tag("itemKey", "destroyed"), attributeKey="actiontaken")
        + value("numberofitems", dValue="3.0")
        + value("isactive", bValue="true")
        + value("notes", sValue="Петля на кабана; висит с осени  "),
        categoryKey="humanactivity.weaponsequipment.trap.",
    )
    tiger = tag(
        "observations",
        value("species", itemKey=tree)
        + value("found", sValue="2025-12-30")
        + value("padwidth", dValue="10.55")
        + value("nothing", dValue="", bValue="", sValue="", itemKey="")
        + value("older", dValue="7", bValue="", sValue="", itemKey=""),
        categoryKey="animals.sign.track.",
    )
    unknown = tag(
        "observations",
        value("何の鍵", itemKey="未知的.值.") + tag("weather", "<ns2:wind>3</ns2:wind>", of="day"),
        categoryKey="保护区.自定义.类别.",
    )
    groups = version != "1.2"
    several = tag("groups", snare) + tag("groups", tiger + unknown) if groups else snare + tiger + unknown
    waypoints = tag(
        "waypoints",
        tag("attachments", filename=second, signatureTypeKey="leader") + several,
        id="1",
        x="131.41234567890123",
        y="43.212345678901234",
        time="09:15:07",
        direction="271.5",
        distance="42.25",
        comment="У ручья\nпод скалой",
    )
    waypoints += tag("waypoints", id="2", x="131.42", y="43.22", time="10:00:00", observer="x", altitude="123.4567")
    mixed = "43.2001 N, by the old post"
    waypoints += tag("waypoints", tag("gps", mixed), id="4", x="131.44", y="43.24", time="12:00:00")
    waypoints += tag("waypoints", snare if not groups else tag("groups", snare), id="3", x="131.43", y="43.23")
    missing = tag("waypoints", tag("attachments", filename="нет.jpg"), id="1", x="131.5", y="43.3", time="23:59:59")
    lines = wkb([walk(MIDNIGHT + 8 * 3_600_000, 12, chance), walk(MIDNIGHT + 11 * 3_600_000, 5, chance)])
    day_one = tag(
        "days",
        waypoints + tag("track", distance="1.234567", geom=lines),
        date="2026-01-02",
        startTime="08:00:00",
        endTime="17:30:00",
        restMinutes="45.5",
    )
    day_two = tag("days", missing, date="2026-01-03", startTime="07:00:00", endTime="12:00:00", restMinutes="0.0")
    third = wkb([walk(MIDNIGHT + 2 * 86_400_000 + 9 * 3_600_000, 8, chance)])
    day_three = tag("days", tag("track", distance="0.5", geom=third), date="2026-01-04", startTime="", endTime="25:00")
    leader = {"givenName": "Рейнджер", "familyName": "Первый", "employeeId": "E-104"}
    pilot = {"givenName": "巡护员", "familyName": "二", "employeeId": "", "isPilot": "true", "isLeader": "false"}
    same = {"givenName": "Рейнджер", "familyName": "Первый", "employeeId": "E-999"}
    leg_one = tag(
        "legs",
        tag("transportType", languageCode="ru", value="Пешком")
        + tag("members", **pilot)
        + tag("members", **leader, isPilot="false", isLeader="true")
        + tag("members", **same, isLeader="false", isPilot="false")
        + day_one
        + day_two
        + tag("mandate", languageCode="ru", value="Охрана тигра"),
        id="Нога А",
        startDate="2026-01-02",
        endDate="2026-01-03",
    )
    leg_two = tag(
        "legs",
        tag("transportType", languageCode="zh", value="雪橇犬队")
        + tag("members", **leader, isLeader="true")
        + day_three,
        id="2",
        startDate="2026-01-04",
        endDate="2026-01-04",
        weatherCode="7",
    )
    inner = (
        tag("objective", tag("description", "Снять петли на &quot;Скалистом&quot; 巡护"))
        + tag("team", languageCode="ru", value="Группа №3", colour="red")
        + tag("station", languageCode="zh", value="珲春站")
        + leg_one
        + leg_two
        + tag("comment", "Всё спокойно.\nСнег 40 см &lt;глубоко&gt;")
        + tag("attributes", key="fuel", doubleValue="12.50")
        + tag("attributes", key="программа", stringValue="тигр.")
        + tag("approvedBy", "nobody", level="2")
    )
    if version == "1.2":
        inner = inner.replace("<ns2:groups>", "").replace("</ns2:groups>", "")
    head = "".join(
        f" {key}={quoteattr(text)}"
        for key, text in (
            ("id", ident),
            ("patrolType", "GROUND"),
            ("startDate", "2026-01-02"),
            ("endDate", "2026-01-04"),
            ("isArmed", "true"),
        )
    )
    name = NAMESPACE.format(version=version)
    open_tag = {
        "prefixed": f'<ns2:patrol xmlns:ns2="{name}"{head}>',
        "unprefixed": f'<patrol xmlns:ns2="{name}"{head}>',
        "default": f'<patrol xmlns="{name}"{head}>',
    }[root]
    end = "</ns2:patrol>" if root == "prefixed" else "</patrol>"
    if root == "default":
        inner = inner.replace("ns2:", "")
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{open_tag}{inner}{end}'
    return Written(xml.encode(), attachments)


# -- comparing -------------------------------------------------------------------------------------------------


def differences(one: smart.Patrol, other: smart.Patrol) -> list[str]:
    """Every difference of two files, each with where it is: order of waypoints and Unicode forms apart."""
    return list(_compare("patrol", one, other))


_PASSED_OVER = {"record", "version", "lost"}


def _compare(where: str, one: object, other: object) -> Iterator[str]:
    if isinstance(one, smart.Line) and isinstance(other, smart.Line):
        yield from _compare(f"{where} distance", one.distance, other.distance)
        yield from _lines(where, one.geometry, other.geometry)
    elif hasattr(one, "__dataclass_fields__") and type(one) is type(other):
        for name in one.__dataclass_fields__:
            if name not in _PASSED_OVER:
                mine, theirs = getattr(one, name), getattr(other, name)
                if name == "waypoints":
                    mine, theirs = (sorted(of, key=lambda point: (point.name, point.x)) for of in (mine, theirs))
                if name == "extra":
                    mine, theirs = (sorted(of, key=repr) for of in (mine, theirs))
                yield from _compare(f"{where} {name}", mine, theirs)
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield f"{where}: {len(one)} became {len(other)}"
        for number, (mine, theirs) in enumerate(zip(one, other, strict=False)):
            yield from _compare(f"{where}[{number}]", mine, theirs)
    elif isinstance(one, str) and isinstance(other, str):
        if unicodedata.normalize("NFC", one) != unicodedata.normalize("NFC", other):
            yield f"{where}: {one!r} became {other!r}"
    elif one != other:
        yield f"{where}: {one!r} became {other!r}"


def _lines(where: str, one: str, other: str) -> Iterator[str]:
    if one == other:
        return
    mine, theirs = smart_wkb.decode(one), smart_wkb.decode(other)
    for name in ("latitude", "longitude", "time", "segment"):
        if getattr(mine, name).tobytes() != getattr(theirs, name).tobytes():
            yield f"{where} line: {name} differs"
