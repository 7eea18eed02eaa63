"""The dossier of a wetland: figures of an information sheet, in six languages, no more exact than the rule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from ranger_app import jobs
from ranger_app.actions import records, report
from ranger_app.actions.analysis import Question
from ranger_app.domain import dossier
from ranger_app.domain.dossier import Dossier
from ranger_app.domain.values import canonical
from ranger_app.i18n import LANGUAGES, use_language
from ranger_app.library import Library

VIPIO, TEAL = "Antigone vipio", "Sibirionetta formosa"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "lib", name="Khasan", country="RU", utc_offset=600) as made:
        observer = records.add(made, "person", {"name": "Observer Quux", "role": "ranger"})
        place = records.add(
            made,
            "location",
            {"name": "Secret lagoon", "type": "site", "flyway": "Eastern", "country": "RU", "area_ha": 120,
             "latitude": 424_567_891, "longitude": 1_306_543_219},
        )  # fmt: skip
        for year, cranes in ((2021, 140), (2022, 129), (2024, 150)):
            survey = records.add(
                made,
                "survey",
                {"site": place, "date": f"{year}-04-10", "observers": canonical([observer.hex()]), "method": "FT"},
            )
            for taxon, birds in ((VIPIO, cranes), (TEAL, 19_000 + cranes)):
                records.add(made, "count", {"survey": survey, "taxon": taxon, "count": birds})
        yield made
    use_language("en")


def made(library: Library, **asked: bool) -> Dossier:
    found = jobs.run(report.findings(library, "dossier", Question(**asked)))
    assert isinstance(found, Dossier)
    return found


def test_the_figures_of_an_information_sheet(library: Library) -> None:
    (sheet,) = made(library, exact=True).sheets
    facts = dict(sheet.facts)
    assert facts["Coordinates (WGS 84)"] == "42.45679° N, 130.65432° E"
    assert (facts["Area"], facts["Site"]) == ("120 ha", "Secret lagoon")
    species = {row[0]: row for row in sheet.species.rows}
    _taxon, name, named, most, population, level, share, iucn, reached = species[VIPIO]
    assert (name, most, reached) == ("White-naped crane", 150, "3 / 3")
    assert named == "R2, R4, R6, F 1 %, F 0.25 %"
    assert population == "Eastern (winters in Korea and Japan): 12,720 (1998-2023)"
    assert level == "130 (computed; Starter table, 2025)"
    assert round(float(share or 0), 2) == 1.18
    assert iucn == "VU (2018)"
    overall = dict(sheet.overall)
    assert overall["Most on one occasion"] == "19,300 (2024)"
    assert overall["From – to"] == "2021 – 2024"
    assert overall["Source"] == "3 visits with 6 counts"
    assert overall["Ramsar 5: 20,000 waterbirds"].startswith("Not met")
    assert sheet.years == (2021, 2022, 2023, 2024)
    ((season, cells),) = sheet.seasons
    assert (season, [cell.birds for cell in cells]) == ("Spring staging", [19_280, 19_258, None, 19_300])
    assert dict(sheet.provenance)["Observers"] == "1: Observer Quux"


def test_the_rule_makes_it_coarse(library: Library, tmp_path: Path) -> None:
    jobs.run(report.report(library, "dossier", tmp_path / "out", Question()))
    told = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    for secret in ("Secret", "Quux", "42.45679", "42.457", "130.654"):
        assert secret not in told
    assert "no count" in told
    (sheet,) = made(library).sheets
    assert sheet.name == "S1"
    coordinates = dict(sheet.facts)["Coordinates (WGS 84)"]
    assert "42.45679" not in coordinates
    assert dict(sheet.provenance)["Observers"] == "1"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_six_languages_and_says_what_nobody_confirmed(library: Library, language: str) -> None:
    use_language(language)
    page = report.html(library, made(library, exact=True))
    assert (dossier.word("unreviewed") == "") == (language == "en")
    assert dossier.word("unreviewed") in page
    assert dossier.word("title") in page
    for key in ("overall", "seasons", "provenance", "rule_regular", "spring", "no_count"):
        assert dossier.word(key) in page
    if language != "en":
        assert "Seasons missing" not in page
        assert "two thirds of the seasons" not in page


def test_every_word_keeps_its_placeholders() -> None:
    def fields(text: str) -> set[str]:
        return {name for _text, name, _spec, _conv in Formatter().parse(text) if name is not None}

    for key in sorted(dossier.fixed_texts()):
        use_language("en")
        english = fields(dossier.word(key))
        for language in LANGUAGES:
            use_language(language)
            assert dossier.word(key) or key == "unreviewed"
            assert fields(dossier.word(key)) == english, (key, language)
    use_language("en")


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("J", "Coastal brackish or saline lagoons (J)"),
        ("j, Tp; 9", "Coastal brackish or saline lagoons (J); Permanent freshwater marshes or pools (Tp); "
                     "Canals, drainage channels, ditches (9)"),
        ("Zk(b)", "Karst and subterranean water systems, inland (Zk(b))"),
        ("Ramsar: 5", "Salt exploitation sites (5)"),
        ("5", "5 (of which list of codes is not said)"),
        ("coastal lagoon", "coastal lagoon"),
        ("J, and some rice", "J, and some rice"),
        ("", "not known"),
    ],
)  # fmt: skip
def test_codes_of_wetland_types_are_printed_as_words(library: Library, written: str, printed: str) -> None:
    with library.read() as db:
        (place,) = db.conn.execute("SELECT id FROM location").fetchone()
    records.edit(library, "location", place, {"wetland_type": written or None})
    (sheet,) = made(library, exact=True).sheets
    assert dict(sheet.facts)["Type of wetland"] == printed


def test_wetland_types_have_words_in_all_languages(library: Library) -> None:
    types = dossier._wetland_types()
    assert len(types) == 42  # Ramsar Classification System: 12 marine and coastal, 20 inland, 10 human-made
    assert all(row[code].strip() for row in types.values() for code in LANGUAGES)
    assert len({row["ru"] for row in types.values()}) == 42
    use_language("ru")
    assert dossier.wetland("J") == "Прибрежные солоноватые и солёные лагуны (J)"


def test_the_starter_table_is_named_in_the_language_of_the_page(library: Library) -> None:
    use_language("ru")
    (sheet,) = made(library, exact=True).sheets
    assert "Начальная таблица, 2025" in str(sheet.provenance)
    assert "Starter" not in f"{sheet.provenance}{sheet.species.rows}"
