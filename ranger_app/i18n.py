"""Translations for everything a person reads, with or without a screen.

gettext rather than Qt's own system, because reports and the command line speak the user's language too.
"""

from __future__ import annotations

import gettext
import string
from contextlib import suppress

from ranger_app.paths import resource

LANGUAGES: dict[str, str] = {
    "en": "English",
    "ru": "Русский",
    "zh_CN": "简体中文",
    "ko": "한국어",
    "mn": "Монгол",
    "ja": "日本語",
}
COMPLETE: tuple[str, ...] = ("en", "ru", "zh_CN")
"""Languages whose interface is complete; the others have forms, names of species and glyphs so far."""

_current: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def use_language(language: str) -> None:
    """Switch all later texts to ``language`` (a key of LANGUAGES); an unknown one means English."""
    global _current, _language
    _language = language if language in LANGUAGES else "en"
    _current = gettext.NullTranslations()
    if _language != "en":
        with suppress(OSError):
            _current = gettext.translation("ranger", str(resource("i18n")), [_language])


def language() -> str:
    """The language in use, a key of LANGUAGES."""
    return _language


def _fields(text: str) -> set[str]:
    return {name for _text, name, _spec, _conv in string.Formatter().parse(text) if name is not None}


def _guarded(source: str, translated: str) -> str:
    # A translation that lost or invented a placeholder would crash the screen that formats it.
    try:
        same = _fields(source) == _fields(translated)
    except ValueError:
        same = False
    return translated if same else source


def _(text: str) -> str:
    """``text`` in the language in use; the source text where the translation's placeholders differ."""
    translated = _current.gettext(text)
    return translated if translated is text else _guarded(text, translated)


def pgettext(meaning: str, text: str) -> str:
    """``text`` where one English word stands for two things; ``meaning`` tells translators which and is never shown."""
    translated = _current.pgettext(meaning, text)
    return translated if translated is text else _guarded(text, translated)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The form of the text that fits ``number`` in the language in use."""
    source = singular if number == 1 else plural
    translated = _current.ngettext(singular, plural, number)
    if translated in (singular, plural):
        return translated
    return translated if _fields(translated) <= _fields(singular) | _fields(plural) else source


def N_(text: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark ``text`` for translation where it is declared; translate it with _() where it is shown."""
    return text
