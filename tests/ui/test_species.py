"""Settings, Species: every known species with its status, and a form for one that is missing."""

from __future__ import annotations

from ranger_app.actions import records
from ranger_app.domain import taxa
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.settings.species import Species, lines


def test_every_listed_species_has_a_line_with_its_status() -> None:
    found = {line.texts[1]: line.texts for line in lines()}
    assert len(found) == len(taxa.load())
    assert found["Panthera tigris"][0] == "Tiger"
    assert found["Panthera tigris"][3].startswith("EN ")
    assert found["Panthera tigris"][4] == "1"


def test_a_species_added_in_the_form_stands_in_the_table(library: Library, bridge: Bridge, qtbot: object) -> None:
    page = Species(library, bridge)
    shown: list[object] = []
    page.panel_wanted.connect(lambda widget, _title: shown.append(widget))
    page.refresh(None)
    page.add()
    assert len(shown) == 1
    records.add(library, "taxon", {"scientific": "Desmana moschata", "russian": "Выхухоль", "group": "mammal"})
    page.refresh(None)
    texts = [line.texts for line in page.table.model.lines if line.texts[1] == "Desmana moschata"]
    assert [text[5] for text in texts] == ["changed here"]
