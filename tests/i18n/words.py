"""Words that the glossary at the head of each .po has another word for, in small letters.

They crept in once, or a dictionary offers them first; one thing has one word, on the screen and in the help.
"""

from __future__ import annotations

NOT_OUR_WORDS: dict[str, tuple[str, ...]] = {
    "ru": ("флэш", "патрулирован", "байндл", "бандл", "депло", "ревью", "локаци", "сектор", "чекпо"),
    "zh_CN": ("伙伴", "部署", "巡逻", "包裹", "密码短语", "管理者", "u盘", "用户"),
}
