"""Every text of the program is collected, and Russian and Chinese have all of them whole."""

from __future__ import annotations

import gettext
import io
import re
import string

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo

from ranger_app import i18n
from tests.i18n.words import NOT_OUR_WORDS

LANGUAGES = [language for language in i18n.COMPLETE if language != "en"]
PLURAL_FORMS = {"ru": 3, "zh_CN": 1}
LETTERS = {"ru": re.compile("[а-яё]", re.IGNORECASE), "zh_CN": re.compile("[一-鿿]")}
SAME_IN_EVERY_LANGUAGE = {
    *("Enter", "PIN", "kB", "MB", "GB", "TB"),
    *("GBIF", "WGS 84 (GPS)", "MGRS {place}", "UTM {place}", "g", "kg", "mm", "m³", "ha", "{km} km"),
}
"""Keys and units that people write as they are."""


def _id(message: Message) -> str | tuple[str, ...]:
    """What the compiled file looks the text up by: the meaning, a separator and the text, or both plural forms."""
    if not isinstance(message.id, str):
        return tuple(message.id)
    return f"{message.context}\4{message.id}" if message.context else message.id


def _texts(catalog: Catalog) -> dict[str | tuple[str, ...], Message]:
    return {_id(message): message for message in catalog if message.id}


def _forms(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (str(message.string),)


def _placeholders(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def test_the_collected_texts_are_those_of_the_program(program_texts: Catalog, template: Catalog) -> None:
    now, collected = set(_texts(program_texts)), set(_texts(template))
    assert len(now) > 500
    assert not now - collected, "not collected yet; run: python3 packaging/dev.py i18n"
    assert not collected - now, "no longer in the program; run: python3 packaging/dev.py i18n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_translation_has_the_same_texts(language: str, template: Catalog, catalogs: dict[str, Catalog]) -> None:
    there = set(_texts(catalogs[language]))
    assert there == set(_texts(template))
    assert not catalogs[language].obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str, catalogs: dict[str, Catalog]) -> None:
    catalog = catalogs[language]
    assert not catalog.fuzzy
    guessed = [key for key, message in _texts(catalog).items() if message.fuzzy]
    assert not guessed
    missing = [key for key, message in _texts(catalog).items() if not all(_forms(message))]
    assert not missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_complete(language: str, catalogs: dict[str, Catalog]) -> None:
    assert catalogs[language].num_plurals == PLURAL_FORMS[language]
    for key, message in _texts(catalogs[language]).items():
        wanted = PLURAL_FORMS[language] if isinstance(key, tuple) else 1
        assert len(_forms(message)) == wanted, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_the_same(language: str, catalogs: dict[str, Catalog]) -> None:
    for key, message in _texts(catalogs[language]).items():
        # A plural form may stand for many numbers, so it has every placeholder of the English plural.
        source = key if isinstance(key, str) else key[1]
        for form in _forms(message):
            assert _placeholders(form) == _placeholders(source), f"{source!r}: {form!r}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_was_left_in_english(language: str, catalogs: dict[str, Catalog]) -> None:
    for key, message in _texts(catalogs[language]).items():
        for form in _forms(message):
            words = re.sub(r"\{[^}]*\}", "", form)
            if form in SAME_IN_EVERY_LANGUAGE or not re.search(r"[^\W\d_]", words):
                continue
            assert LETTERS[language].search(words), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_spaces_and_ends_are_kept(language: str, catalogs: dict[str, Catalog]) -> None:
    for key, message in _texts(catalogs[language]).items():
        source = key if isinstance(key, str) else key[1]
        for form in _forms(message):
            assert form == form.strip(), key
            assert "  " not in form, key
            assert source.endswith(".") == form.endswith((".", "。")), key
            assert source.count("\n") == form.count("\n"), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_word_for_one_thing(language: str, catalogs: dict[str, Catalog]) -> None:
    for message in _texts(catalogs[language]).values():
        for form in _forms(message):
            assert not [word for word in NOT_OUR_WORDS[language] if word in form.casefold()], form


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_translation_compiles(language: str, catalogs: dict[str, Catalog]) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogs[language])
    compiled.seek(0)
    spoken = gettext.GNUTranslations(compiled)
    texts = _texts(catalogs[language])
    assert all(spoken.gettext(key) == message.string for key, message in texts.items() if isinstance(key, str))
    forms = _forms(texts["{n} picture", "{n} pictures"])
    chosen = [forms.index(spoken.ngettext("{n} picture", "{n} pictures", n)) for n in (0, 1, 2, 5, 11, 21, 104)]
    assert chosen == {"ru": [2, 0, 1, 2, 2, 0, 1], "zh_CN": [0] * 7}[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_program_speaks_it(language: str, catalogs: dict[str, Catalog]) -> None:
    # The compiled files that the set-up made, through the same door as the program.
    i18n.use_language(language)
    texts = _texts(catalogs[language])
    assert i18n._("Deployment") == texts["Deployment"].string
    assert i18n.ngettext("{n} picture", "{n} pictures", 3) == _forms(texts["{n} picture", "{n} pictures"])[-2:][0]
