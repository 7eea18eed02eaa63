"""How SMART areas call a way of moving, in whatever language: their lists travel as words without keys.

A word is compared with our own words in every language, with others that are usual, and with those that a person has
said before; what stays unknown is kept as it is written.
"""

from __future__ import annotations

import gettext
import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cache

from ranger_app.domain.kinds_patrol import TRANSPORTS
from ranger_app.domain.taxa import fold
from ranger_app.errors import UsageProblem
from ranger_app.i18n import LANGUAGES, _, language
from ranger_app.library import Library
from ranger_app.paths import resource
from ranger_app.store import settings
from ranger_app.store.connection import Database

_SETTING = "smart.transport"
_USUAL = {
    "foot": "foot; walk; walking; on foot; foot patrol; пешком; пеший; пешая; пеший патруль; 步行; 徒步; 步巡; "
    "도보; явган; 徒歩",
    "ski": "ski; skis; skiing; лыжи; на лыжах; лыжный; 滑雪; 스키; цана; スキー",
    "horse": "horse; horseback; mounted; лошадь; на лошади; верхом; конный; 马; 骑马; 말; морь; морьтой; 馬",
    "bicycle": "bicycle; bike; cycle; велосипед; 自行车; 자전거; унадаг дугуй; дугуй; 自転車",
    "motorcycle": "motorcycle; motorbike; moto; мотоцикл; 摩托车; 摩托; 오토바이; мотоцикль; オートバイ; バイク",
    "car": "car; vehicle; truck; 4x4; 4wd; jeep; автомобиль; автомашина; машина; уаз; автопатруль; 汽车; 车辆; 车; "
    "巡护车; 자동차; 차량; машин; 車; 自動車",
    "snowmobile": "snowmobile; snow machine; снегоход; буран; на снегоходе; 雪地摩托; 雪地车; 스노모빌; "
    "цасны мотоцикл; スノーモービル",
    "boat": "boat; motorboat; ship; canoe; kayak; лодка; моторная лодка; катер; на лодке; 船; 快艇; 小船; "
    "보트; завь; 船舶; ボート",
    "drone": "drone; uav; дрон; беспилотник; бпла; 无人机; 드론; дрон нисгэгч; ドローン",
}


@cache
def _known() -> dict[str, str]:
    """Words of every language to codes; a word that stands for two ways of moving is left out."""
    found: dict[str, str] = {}
    twice: set[str] = set()

    def learn(word: str, code: str) -> None:
        folded = fold(word)
        if found.setdefault(folded, code) != code:
            twice.add(folded)

    for choice in TRANSPORTS:
        if choice.code == "other":
            continue
        learn(choice.label, choice.code)
        for one in LANGUAGES:
            with suppress(OSError):
                learn(gettext.translation("ranger", str(resource("i18n")), [one]).gettext(choice.label), choice.code)
    for code, words in _USUAL.items():
        for word in words.split(";"):
            learn(word.strip(), code)
    return {word: code for word, code in found.items() if word not in twice}


def transport_code(label: str, said: Mapping[str, str]) -> str | None:
    """The code of TRANSPORTS that a label means, None where nothing tells. ``said``: what people said before."""
    folded = fold(label)
    return said.get(folded) or _known().get(folded)


def transport_label(code: str | None) -> str:
    """Our word for a code, in the language in use; empty for none."""
    return next((_(choice.label) for choice in TRANSPORTS if choice.code == code), code or "")


def language_code() -> str:
    """The language in use as SMART writes it."""
    return language().partition("_")[0]


def said_before(db: Database) -> dict[str, str]:
    """Labels, folded, to codes, as people said at earlier imports."""
    try:
        found = json.loads(settings.get(db, _SETTING, "{}"))
    except ValueError:
        return {}
    return {str(word): str(code) for word, code in found.items()} if isinstance(found, dict) else {}


def remember(library: Library, text: str) -> None:
    """Keep what ``text`` says, as ``Буран=snowmobile; Моторка=boat``; UsageProblem where it is not written so."""
    if not text.strip():
        return
    codes = {choice.code for choice in TRANSPORTS}
    said: dict[str, str] = {}
    for one in text.split(";"):
        word, sign, code = one.rpartition("=")
        if not one.strip():
            continue
        if not sign or not word.strip() or code.strip() not in codes:
            raise UsageProblem(
                "TRANSPORT_WORD",
                _("{text} does not say which transport a word means.").format(text=one.strip()[:80]),
                _("Write it as Buran=snowmobile, with one of: {words}.").format(words=", ".join(sorted(codes))),
            )
        said[fold(word)] = code.strip()

    def keep(db: Database) -> None:
        settings.put(db, _SETTING, json.dumps(said_before(db) | said, ensure_ascii=False, sort_keys=True))

    library.write(keep)
