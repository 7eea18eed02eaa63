"""``partner add --clearance``, ``partner rule`` and ``partner preview``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ranger_app.domain.sharing import OPEN, STANDARD, as_dict

Ok = Callable[..., dict[str, Any]]
Run = Callable[..., tuple[int, dict[str, Any]]]


def test_a_new_partner_gets_the_standard_rule(tmp_path: Path, ok: Ok, ranger: Run) -> None:
    ours, theirs = tmp_path / "khasan", tmp_path / "hunchun"
    for folder, country in ((ours, "RU"), (theirs, "CN")):
        ok(folder, "init", "--station", folder.name, "--country", country, "--utc-offset", "+10:00")
    card = tmp_path / "card.json"
    ok(theirs, "station", "card", card)
    assert ok(ours, "partner", "add", card)["clearance"] == "standard"
    assert ok(ours, "partner", "rule", "hunchun")["rule"] == as_dict(STANDARD)
    assert ok(ours, "partner", "add", card, "--clearance", "open")["clearance"] == "open"
    assert ok(ours, "partner", "add", card)["clearance"] == "open"
    assert ranger(ours, "partner", "add", card, "--clearance", "most")[0] == 2


def test_a_rule_is_set_and_said_in_words(pair: tuple[Path, Path], ok: Ok, ranger: Run) -> None:
    ours, _theirs = pair
    ok(ours, "protected_area", "add", "--name", "North Reserve")
    first = ok(ours, "partner", "rule", "Hunchun")
    assert first["rule"]["name"] == "full"
    assert len(first["words"]) == 1
    changed = ok(
        ours, "partner", "rule", "Hunchun", "--clearance", "standard", "--withhold-kind", "note", "--withhold-kind",
        "sample", "--withhold-species", "leopard", "--area", "North Reserve", "--embargo", 30, "--people", "yes",
        "--places", "0=3,4=withheld", "--pictures", "thumbnails",
    )  # fmt: skip
    rule = changed["rule"]
    assert rule["name"] == "own"
    assert (rule["kinds"], rule["species"]) == (["note", "sample"], ["Panthera pardus"])
    assert rule["places"] == {"0": "3", "1": "withheld", "2": "1", "3": "2", "4": "withheld"}
    assert (rule["people"], rule["tracks"], rule["embargo_days"], rule["pictures"]) == (True, False, 30, "thumbnails")
    told = " ".join(changed["words"])
    assert all(word in told for word in ("Notes, Samples", "Leopard", "North Reserve", "30 days", "0.001°", "Small"))
    assert ok(ours, "partner", "rule", "Hunchun") == changed
    cleared = ok(ours, "partner", "rule", "Hunchun", "--clearance", "open")
    assert cleared["rule"] == as_dict(OPEN)
    assert [one["clearance"] for one in ok(ours, "partner", "list")["partners"]] == ["open"]
    for wrong in (("--withhold-kind", "tigers"), ("--places", "0=metres"), ("--places", "9=exact"),
                  ("--area", "Nowhere"), ("--embargo", "-1")):  # fmt: skip
        assert ranger(ours, "partner", "rule", "Hunchun", *wrong)[0] == 3, wrong
    assert ranger(ours, "partner", "rule", "Hunchun", "--places", "exact")[0] == 2
    assert ok(ours, "partner", "rule", "Hunchun") == cleared


def test_a_rule_needs_the_role(pair: tuple[Path, Path], ok: Ok, ranger: Run) -> None:
    ours, _theirs = pair
    person = ok(ours, "person", "add", "--name", "Ranger 1", "--role", "ranger")["id"]
    status, answer = ranger(ours, "--as", person, "partner", "rule", "Hunchun", "--clearance", "standard")
    assert (status, answer["error"]) == (3, "ROLE_NEEDED")
    card = ours.parent / "hunchun.json"
    assert ranger(ours, "--as", person, "partner", "add", card, "--clearance", "open")[0] == 3
    carrier = ok(ours, "person", "add", "--name", "Carrier 1", "--role", "exchange")["id"]
    ok(ours, "--as", carrier, "partner", "rule", "Hunchun", "--clearance", "standard")


def test_a_preview_says_what_the_partner_will_see(pair: tuple[Path, Path], ok: Ok) -> None:
    ours, _theirs = pair
    den = ok(ours, "location", "add", "--name", "Den", "--latitude", "43.1234567", "--longitude", "131.7654321",
             "--type", "camera_site")["id"]  # fmt: skip
    ok(ours, "location", "add", "--name", "Post", "--latitude", "43.5", "--longitude", "131.5", "--type", "post")
    lake = ok(ours, "location", "add", "--name", "Lake", "--latitude", "44.5678", "--longitude", "132.1234",
              "--type", "site")["id"]  # fmt: skip
    survey = ok(ours, "survey", "add", "--site", lake, "--date", "2024-01-14")["id"]
    ok(ours, "count", "add", "--survey", survey, "--taxon", "Grus japonensis", "--count", "12")
    ok(ours, "note", "add", "--text", "Three men at the den")
    full = ok(ours, "partner", "preview", "Hunchun")
    assert full["kinds"]["location"] == {"whole": 3, "part": 0, "withheld": 0}
    assert full["precisions"] == {"exact": 3}
    ok(ours, "partner", "rule", "Hunchun", "--clearance", "standard")
    seen = ok(ours, "partner", "preview", "Hunchun")
    assert seen["kinds"]["note"] == {"whole": 0, "part": 0, "withheld": 1}
    assert seen["kinds"]["location"]["part"] == 2
    assert seen["precisions"] == {"withheld": 1, "exact": 1, "1": 1}
    assert seen["species"] == {"Grus japonensis": "1"}
    places = {one["id"]: one for one in seen["places"]}
    assert places[den]["after"] == {"name": None, "latitude": None, "longitude": None}
    assert places[lake]["after"] == {"name": None, "latitude": 44.6, "longitude": 132.1}
    assert places[lake]["uncertainty"] == 15_691
