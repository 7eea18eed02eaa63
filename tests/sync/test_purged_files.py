"""The file of a purged picture goes also where the stick, or the power, fails behind the record."""

from __future__ import annotations

from typing import Any

import pytest

from ranger_app.actions import purge
from ranger_app.domain.ops import purge as purge_op
from ranger_app.errors import EnvironmentProblem
from ranger_app.media import vault
from ranger_app.sync import reader
from tests.sync.conftest import add_pictures


def test_the_stick_is_pulled_behind_the_purge(stations: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = stations.new("a"), stations.new("b")
    stations.pair(ours, theirs)
    name = add_pictures(ours, 1)[0]
    stations.write(ours, theirs, stick="first", media="originals")
    stations.read(theirs, stick="first")
    file = vault.place(theirs.vault, name, "jpg")
    assert file.exists()
    with ours.read() as db:
        record = db.conn.execute("SELECT id FROM media").fetchone()[0]
    purge.purge(ours, "media", [record])
    stations.write(ours, theirs, stick="second")
    monkeypatch.setattr(reader, "still_there", lambda _checked: False)
    with pytest.raises(EnvironmentProblem, match="STICK_GONE"):
        stations.read(theirs, stick="second")
    assert not file.exists()


def test_what_a_kill_left_goes_with_the_next_bundle(stations: Any) -> None:
    ours, theirs = stations.new("a"), stations.new("b")
    stations.pair(ours, theirs)
    file = vault.place(ours.vault, add_pictures(ours, 1)[0], "jpg")
    with ours.read() as db:
        record = db.conn.execute("SELECT id FROM media").fetchone()[0]
    ours.commit([purge_op("media", record)], label="purge")  # and the power fails
    assert file.exists()
    stations.write(ours, theirs)
    assert not file.exists()
