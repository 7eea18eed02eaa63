"""Collects the texts of the program and keeps the translations in step with them; runs inside the environment.

Babel does the reading and writing; what is decided here is that nothing is guessed: a changed text is untranslated
again until a person has looked at it, because a fuzzy guess in a data form does more harm than English.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
I18N = ROOT / "resources" / "i18n"
TEMPLATE = I18N / "ranger.pot"
PACKAGES = ("ranger_app", "ui")
LANGUAGES = ("ru", "zh_CN", "ko", "mn", "ja")
COMPLETE = ("ru", "zh_CN")
# A fixed date: the file changes when the texts change, not when somebody runs the command.
DATE = datetime(2026, 1, 1, tzinfo=UTC)


def _new(language: str | None) -> Catalog:
    comment = "# Ranger: texts of the program. Apache-2.0."
    return Catalog(
        locale=language,
        project="Ranger",
        version="1",
        header_comment=comment,
        msgid_bugs_address="the repository's issues",
        last_translator="Ranger team",
        language_team="Ranger team",
        creation_date=DATE,
        revision_date=DATE,
        fuzzy=False,
    )


def extract() -> Catalog:
    """All texts of the program as a template."""
    catalog = _new(None)
    keywords = {**DEFAULT_KEYWORDS, "N_": None, "_": None, "ngettext": (1, 2)}
    for package in PACKAGES:
        found = extract_from_dir(
            ROOT / package, method_map=[("**.py", "python")], keywords=keywords, comment_tags=("L10N:",)
        )
        for name, _line, message, comments, context in found:
            place = f"{package}/{Path(name).as_posix()}"
            catalog.add(message, None, [(place, 0)], auto_comments=comments, context=context)
        for path in sorted((ROOT / package).rglob("*.py")):
            for message in _in_f_strings(path):
                catalog.add(message, None, [(path.relative_to(ROOT).as_posix(), 0)])
    return catalog


def _in_f_strings(path: Path) -> Iterator[str | tuple[str, str]]:
    """Texts that are marked inside an f-string: Babel takes the whole of it for one text and passes them over."""
    for outer in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for call in ast.walk(outer) if isinstance(outer, ast.JoinedStr) else ():
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("_", "ngettext"):
                texts = [one.value for one in call.args[:2] if isinstance(one, ast.Constant)]
                if call.func.id == "ngettext":
                    yield texts[0], texts[1]
                elif texts:
                    yield texts[0]


def _write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=110, include_lineno=False, ignore_obsolete=True, sort_output=True)


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def untranslated(catalog: Catalog) -> list[str]:
    """The texts of ``catalog`` without a complete translation."""
    missing = []
    for message in catalog:
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and (message.fuzzy or not all(forms)):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def compile_all(sources: list[Path]) -> int:
    """Write the .mo beside each .po; how many texts no language needs to have, so never an error."""
    for source in sources:
        catalog = _read(source, source.parent.parent.name)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
    return 0


def update() -> int:
    """Renew the template and every translation that exists (the complete languages always); print what is missing."""
    template = extract()
    _write(TEMPLATE, template)
    print(f"{TEMPLATE.relative_to(ROOT)}: {len(template)} texts")
    for language in LANGUAGES:
        path = I18N / language / "LC_MESSAGES" / "ranger.po"
        if path.exists():
            catalog = _read(path, language)
        elif language in COMPLETE:
            catalog = _new(language)
        else:
            continue
        catalog.update(template, no_fuzzy_matching=True)
        catalog.creation_date = catalog.revision_date = DATE
        catalog.fuzzy = False
        _write(path, catalog)
        compile_all([path])
        missing = untranslated(catalog)
        print(f"{language}: {len(catalog) - len(missing)} of {len(catalog)} translated, {len(missing)} untranslated")
        for text in missing[:20]:
            print(f"    {text!r}")
        if len(missing) > 20:
            print(f"    ... and {len(missing) - 20} more")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["compile"]:
        raise SystemExit(compile_all([Path(name) for name in sys.argv[2:]]))
    raise SystemExit(update())
