"""A small observation model and a walked patrol, for tests that write up finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from ranger_app.actions import records
from ranger_app.actions.patrol_import import import_patrol
from ranger_app.domain.observation_model import Attribute, Category, Item, Model, to_text
from ranger_app.library import Library

SNARE, CAMP, TRACK = "threat.snare.", "threat.camp.", "animal.track."


def model() -> Model:
    """Snares, camps and animal tracks, with an attribute of every type, in three languages."""
    age = tuple(
        Item(key, {"en": word, "ru": russian, "zh_CN": chinese})
        for key, word, russian, chinese in (
            ("fresh", "Fresh", "Свежий", "新鲜"),
            ("old", "Old", "Старый", "陈旧"),
            ("veryold", "Very old", "Очень старый", "很旧"),
        )
    )
    species = (
        Item("tiger", {"en": "Amur tiger", "ru": "Амурский тигр", "zh_CN": "东北虎"}, taxon="Panthera tigris"),
        Item("deer", {"en": "Sika deer", "ru": "Пятнистый олень", "zh_CN": "梅花鹿"}, taxon="Cervus nippon"),
    )
    action = (
        Item("seen", {"en": "Only seen", "ru": "Только осмотр", "zh_CN": "仅观察"}),
        Item(
            "removed",
            {"en": "Removed", "ru": "Снято", "zh_CN": "清除"},
            (Item("burnt", {"en": "Burnt", "ru": "Сожжено", "zh_CN": "烧毁"}),),
        ),
    )
    return Model(
        "Test model",
        "1",
        ("en", "ru", "zh_CN"),
        (
            Attribute(
                "number", "NUMERIC", {"en": "How many", "ru": "Сколько", "zh_CN": "数量"}, minimum="1", maximum="99"
            ),
            Attribute("width", "NUMERIC", {"en": "Width", "ru": "Ширина", "zh_CN": "宽度"}, unit="cm"),
            Attribute("age", "LIST", {"en": "Age", "ru": "Возраст", "zh_CN": "年龄"}, required=True, items=age),
            Attribute("species", "LIST", {"en": "Species", "ru": "Вид", "zh_CN": "物种"}, items=species),
            Attribute("action", "TREE", {"en": "Action", "ru": "Действие", "zh_CN": "处理"}, items=action),
            Attribute("active", "BOOLEAN", {"en": "Active", "ru": "Активна", "zh_CN": "在用"}),
            Attribute("people", "MLIST", {"en": "Signs", "ru": "Признаки", "zh_CN": "迹象"}, items=age[:2]),
            Attribute("left", "DATE", {"en": "Left on", "ru": "Ушли", "zh_CN": "离开日期"}),
            Attribute("words", "TEXT", {"en": "Description", "ru": "Описание", "zh_CN": "描述"}),
        ),
        (
            Category(
                "threat",
                {"en": "Threats", "ru": "Угрозы", "zh_CN": "威胁"},
                (),
                (
                    Category(
                        "snare", {"en": "Snare", "ru": "Петля", "zh_CN": "猎套"}, ("number", "age", "active", "action")
                    ),
                    Category("camp", {"en": "Camp", "ru": "Стоянка", "zh_CN": "营地"}, ("words", "people", "left")),
                ),
            ),
            Category(
                "animal",
                {"en": "Animals", "ru": "Животные", "zh_CN": "动物"},
                ("species",),
                (Category("track", {"en": "Track", "ru": "След", "zh_CN": "足迹"}, ("width",)),),
            ),
        ),
    )


def use_model(library: Library) -> bytes:
    """Put the model in use; returns its record."""
    values = {"name": "Test model", "version": "1", "in_use": 1, "content": to_text(model())}
    return records.add(library, "observation_model", values)


def walk(
    path: Path, start: str = "2026-03-03T08:00", minutes: int = 120, offset: int = 600, stops: bool = False
) -> Path:
    """A GPX file of a walk north, 0.0005 degree a minute from 42.5, 130.8, by a clock ``offset`` minutes east.

    With ``stops`` nothing is recorded for the 40 minutes after the first hour.
    """
    first = datetime.fromisoformat(start).replace(tzinfo=UTC) - timedelta(minutes=offset)
    points = [
        f'<trkpt lat="{42.5 + i * 0.0005:.6f}" lon="130.8">'
        f"<time>{first + timedelta(minutes=i):%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
        for i in range(minutes)
        if not stops or not 60 < i < 100
    ]
    text = '<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    path.write_text(text + "".join(points) + "</trkseg></trk></gpx>", encoding="utf-8")
    return path


def walked(library: Library, folder: Path, **how: object) -> bytes:
    """A patrol made of ``walk``."""
    return import_patrol(library, walk(folder / "walk.gpx", **how)).patrol  # type: ignore[arg-type]
