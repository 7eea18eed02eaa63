"""Pictures of people and originals nobody looked at stay at home, whatever the bundle asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import bundle_outlook, leaving, records
from ranger_app.actions.bundle_outlook import outlook
from ranger_app.actions.identify import Answer, identify
from ranger_app.actions.undo import redo, undo
from ranger_app.domain.ops import create
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store import partners
from ranger_app.store.connection import Database


@pytest.fixture
def library(tmp_path: Path) -> Any:
    with Library.create(tmp_path / "l", name="Station A", country="RU", utc_offset=600) as made:
        yield made


def picture(library: Library, number: int, **fields: Any) -> bytes:
    sha256 = f"{number:02x}" * 32
    return records.add(library, "media", {"sha256": sha256, "bytes": 9, "media_type": "image/jpeg", **fields})


def leaves(library: Library, media: bytes) -> tuple[bool, bool]:
    """Whether (a preview, the original) of a picture may leave."""
    with library.read() as db:
        return (media in leaving.pixels_that_leave(db, [media]), media in leaving.originals_that_leave(db, [media]))


def machine(library: Library, media: bytes, kind: str) -> None:
    fields = {"media": media, "type": kind, "method": "machine", "certainty": 9000}
    library.commit([create("observation", library.new_id(), fields)], label="machine")


def test_an_original_leaves_once_a_person_has_looked(library: Library) -> None:
    media = picture(library, 1)
    assert leaves(library, media) == (True, False)
    machine(library, media, "animal")
    assert leaves(library, media) == (True, False)
    identify(library, [media], Answer("blank"))
    assert leaves(library, media) == (True, True)


def test_pixels_of_people_stay_until_released_one_by_one(library: Library) -> None:
    media, other = picture(library, 1), picture(library, 2)
    identify(library, [media, other], Answer("human"))
    assert leaves(library, media) == (False, False)
    leaving.release_pictures(library, [media])
    assert leaves(library, media) == (True, True)
    assert leaves(library, other) == (False, False)
    leaving.release_pictures(library, [media], released=False)
    assert leaves(library, media) == (False, False)


def test_a_machine_that_sees_people_is_believed_until_a_person_says_otherwise(library: Library) -> None:
    media = picture(library, 1)
    machine(library, media, "human")
    assert leaves(library, media) == (False, False)
    identify(library, [media], Answer("animal", "Sus scrofa"))
    assert leaves(library, media) == (True, True)


def test_a_released_deployment_lets_unseen_originals_go_but_no_people(library: Library) -> None:
    deployment = records.add(library, "deployment", {"name": "D", "utc_offset": 600})
    media, people = picture(library, 1, deployment=deployment), picture(library, 2, deployment=deployment)
    machine(library, people, "human")
    leaving.release_deployment(library, deployment)
    assert leaves(library, media) == (True, True)
    assert leaves(library, people) == (False, False)


def test_one_record_of_a_file_binds_its_twin(library: Library) -> None:
    media, twin = picture(library, 1), picture(library, 1)
    identify(library, [media], Answer("human"))
    identify(library, [twin], Answer("blank"))
    assert leaves(library, twin) == (False, False)


def test_releasing_needs_a_manager(library: Library) -> None:
    ranger = records.add(library, "person", {"name": "Ranger 1", "role": "ranger"})
    media = picture(library, 1)
    deployment = records.add(library, "deployment", {"name": "D", "utc_offset": 600})
    library.person = ranger
    acts: list[Callable[[], object]] = [
        lambda: leaving.release_pictures(library, [media]),
        lambda: leaving.release_deployment(library, deployment),
        lambda: records.edit(library, "media", media, {"people_released": 1}),
        lambda: records.edit(library, "deployment", deployment, {"released": 1}),
        lambda: records.edit(library, "person", ranger, {"role": "manager"}),
        lambda: records.add(library, "person", {"name": "Ranger 2", "role": "reviewer"}),
    ]
    for act in acts:
        with pytest.raises(DataProblem, match="ROLE_NEEDED"):
            act()


def test_the_outlook_and_the_count_of_what_stays_agree(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, unseen, people = (picture(library, number) for number in (1, 2, 3))
    identify(library, [seen], Answer("blank"))
    identify(library, [people], Answer("human"))
    assert unseen
    with library.read() as db:
        assert leaving.withheld(db) == {"people": 1, "unseen": 1}
    partner = b"\1" * 16

    def add(db: Database) -> None:
        partners.put_card(db, partner, "", name="P", country="CN", utc_offset=0, signing=b"", sealing=b"")
        partners.make_partner(db, partner, "full")

    library.write(add)
    for small in (8_000, 0):  # looked at one by one, and counted
        monkeypatch.setattr(bundle_outlook, "SMALL", small)
        assert outlook(library, (partner,)).originals == 1


def test_somebody_who_gives_no_answer_does_not_overrule_a_machine_that_saw_people(library: Library) -> None:
    media = picture(library, 1)
    machine(library, media, "human")
    identify(library, [media], Answer("unclassified"))
    assert leaves(library, media) == (False, False)


def test_nobody_gets_round_the_roles_by_editing_undo_or_a_decision(library: Library) -> None:
    """What only managers and reviewers may do is refused whichever way it comes."""
    ranger = records.add(library, "person", {"name": "Ranger 1", "role": "ranger"})
    manager = records.add(library, "person", {"name": "Manager", "role": "manager"})
    media = picture(library, 1)
    deployment = records.add(library, "deployment", {"name": "D", "utc_offset": 600})
    library.person = manager
    settled = records.add(library, "observation", {"media": media, "type": "human", "look": "settled"})
    library.person = ranger
    new = {"media": media, "type": "animal", "look": "settled"}
    own = records.add(library, "observation", {"media": media, "type": "animal", "by": ranger})
    acts: list[Callable[[], object]] = [
        lambda: records.add(library, "observation", new),
        lambda: records.edit(library, "observation", own, {"look": "settled"}),
        lambda: records.edit(library, "observation", settled, {"type": "animal"}),
        lambda: records.delete(library, "observation", settled),
        lambda: records.edit(library, "deployment", deployment, {"looks": 2}),
        lambda: records.add(library, "deployment", {"name": "E", "utc_offset": 600, "released": 1}),
    ]
    for act in acts:
        with pytest.raises(DataProblem, match="ROLE_NEEDED"):
            act()
    records.edit(library, "deployment", deployment, {"looks": 1, "name": "E"})  # one look is what it was

    library.person = manager
    leaving.release_pictures(library, [media])
    leaving.release_pictures(library, [media], released=False)
    library.person = ranger
    with pytest.raises(DataProblem, match="ROLE_NEEDED"):
        undo(library)
    assert leaves(library, media) == (False, False)
    library.person = manager
    undo(library)
    assert leaves(library, media) == (True, True)
    undo(library)
    library.person = ranger
    with pytest.raises(DataProblem, match="ROLE_NEEDED"):
        redo(library)
    assert leaves(library, media) == (False, False)
