"""The form on paper: everything of the screen in six languages, and a photograph of it finds its survey."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import count_form
from ranger_app.domain import visit_words
from ranger_app.domain.bird_groups import WATERBIRDS
from ranger_app.domain.ops import create
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import LANGUAGES
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.media import qr
from ranger_app.reports import count_form as page
from ranger_app.store import rows

DATE = "2026-03-28"


class Bay:
    """A library with one site, its sectors and a visit."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.site, self.survey = library.new_id(), library.new_id()
        sectors = [library.new_id() for _n in range(8)]
        before = library.new_id()
        library.commit(
            [
                create("location", self.site, {"name": "Bay <1>", "type": "site"}),
                *(
                    create("location", one, {"name": f"Sector {n}", "type": "sector", "part_of": self.site})
                    for n, one in enumerate(sectors)
                ),
                create("survey", self.survey, {"site": self.site, "date": DATE}),
                create("survey", before, {"site": self.site, "date": "2025-03-28"}),
                create("count", library.new_id(), {"survey": before, "taxon": "Grus monacha", "count": 4}),
            ],
            label="edit",
        )


@pytest.fixture
def bay(tmp_path: Path) -> Iterator[Bay]:
    with Library.create(tmp_path / "library", name="Station", country="RU", utc_offset=600) as made:
        yield Bay(made)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_form_has_what_the_screen_has(bay: Bay, tmp_path: Path, language: str) -> None:
    out = tmp_path / "form.html"
    form = count_form.write(bay.library, out, bay.site, DATE, words=language)
    text = out.read_text(encoding="utf-8")
    assert form.species[0].latin == "Grus monacha"
    assert form.species[0].code == "GRMO"
    assert len(form.species) == count_form.LEAST_SPECIES
    assert "Bay &lt;1&gt;" in text
    assert all(f"Sector {n}" in text for n in range(8))
    assert len(re.findall("<section>", text)) == 2, "more sectors than fit go on a second sheet"
    said = page.words(language)
    assert set(said) == set(page.words("en"))
    assert all(said.values())
    assert all(page.escape(said[code]) in text for code in (*WATERBIRDS, *visit_words.DISTURBANCE, "no_birds"))
    assert (said["unreviewed"] in text) == (language in ("ko", "mn", "ja"))
    assert {f"water_{code}" for code in visit_words.WATER} <= set(said)
    assert {f"tide_{code}" for code in visit_words.TIDE} <= set(said)
    assert {f"method_{code}" for code in visit_words.METHODS} <= set(said)
    assert not re.search(r"(src|href)=|url\(", text), "nothing from outside"


def test_a_photograph_of_a_form_finds_its_survey(bay: Bay, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    picture, other, none = (folder / name for name in ("form.png", "later.png", "birds.png"))
    picture.write_bytes(qr.draw(f"{count_form.PREFIX}{bay.site.hex()} {DATE}"))
    other.write_bytes(qr.draw(f"{count_form.PREFIX}{bay.site.hex()} 2026-04-01"))
    none.write_bytes(qr.draw("https://example.org/"))
    done = run(count_form.attach(bay.library, [picture, other, none]))
    assert (done.attached, list(done.surveys)) == (1, [bay.survey])
    assert [(one.file, one.code) for one in done.failed] == [("later.png", "no_survey"), ("birds.png", "no_form")]
    with bay.library.read() as db:
        assert [one["survey"] for one in rows.find(db, "media")] == [bay.survey]
    again = run(count_form.attach(bay.library, [picture]))
    assert again.answer()["already_known"] == 1
    by_hand = run(count_form.attach(bay.library, [none], survey=bay.survey))
    assert by_hand.attached == 1
    with bay.library.read() as db:
        assert rows.number(db, "media") == 2


def test_the_code_of_a_form_tells_nothing_but_an_identifier(bay: Bay) -> None:
    form = count_form.form_of(bay.library, bay.site, DATE)
    assert "Bay" not in form.picture
    assert count_form.PREFIX not in form.picture


def test_a_wrong_date_or_language_is_said(bay: Bay, tmp_path: Path) -> None:
    for date, words in (("2026-02-30", "en"), (DATE, "xx"), ("28.03.2026", "en")):
        with pytest.raises(UsageProblem):
            count_form.write(bay.library, tmp_path / "f.html", bay.site, date, words=words)
    with pytest.raises(DataProblem):
        count_form.write(bay.library, tmp_path / "f.html", bay.survey, DATE)
