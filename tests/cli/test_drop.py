"""``ranger drop``: keep, send, fetch and read by way of a drop point, with the exit status the product promises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, dict[str, Any]]]
Ok = Callable[..., dict[str, Any]]


def test_a_bundle_by_way_of_a_folder(pair: tuple[Path, Path], ok: Ok, ranger: Run, tmp_path: Path) -> None:
    ours, theirs = pair
    box = tmp_path / "box"
    box.mkdir()
    ok(ours, "note", "add", "--text", "seen at the ridge")
    for library in pair:
        kept = ok(library, "drop", "add", "harbour", box)
        assert (kept["name"], kept["kind"], kept["password"]) == ("harbour", "folder", False)
    assert ok(ours, "drop", "test", "harbour")["bundles"] == 0
    bundle = ok(ours, "bundle", "write", tmp_path / "out", "--to", "Hunchun")["bundle"]
    sent = ok(ours, "drop", "send", "harbour", bundle)
    assert sent["sent"] == [f"exchange/{Path(bundle).name}"]
    assert ok(ours, "drop", "send", "harbour", bundle)["there"] == sent["files"]
    kept = ok(theirs, "drop", "fetch", "harbour", "--keep", "--into", tmp_path / "in")
    assert kept["fetched"] == [str(tmp_path / "in" / "exchange" / Path(bundle).name)]
    assert "new" not in kept
    read = ok(theirs, "drop", "fetch", "harbour")
    assert read["new"] > 0
    assert (read["damaged"], read["damaged_files"]) == (0, [])
    again = ok(theirs, "drop", "fetch", "harbour")
    assert (again["new"], again["known"], again["bytes"]) == (0, 1, 0)
    assert ok(theirs, "drop", "remove", "harbour") == {"removed": "harbour"}
    assert ok(theirs, "drop", "list") == {"drops": []}
    assert ranger(theirs, "drop", "fetch", "harbour")[0] == 3


def test_the_password_comes_from_the_surroundings_and_failures_have_their_status(
    pair: tuple[Path, Path], ok: Ok, ranger: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, _theirs = pair
    monkeypatch.setenv("RANGER_DROP_PASSWORD", "geheim-9")
    kept = ok(ours, "drop", "add", "office", "sftp://127.0.0.1:1/in", "--user", "carrier")
    assert (kept["user"], kept["password"]) == ("carrier", True)
    listed = ok(ours, "drop", "list")
    assert "geheim" not in str(listed)
    assert b"geheim" not in b"".join(one.read_bytes() for one in ours.glob("ranger.db*"))
    status, answer = ranger(ours, "drop", "test", "office")  # nothing listens there
    assert (status, answer["error"]) == (4, "DROP_LINE")
    assert ranger(ours, "drop", "add", "open", "http://host.example/in")[0] == 2
    assert ranger(ours, "drop", "fetch", "office", "--into", tmp_path)[0] == 2
    assert ranger(ours, "drop", "send", "office", tmp_path)[0] == 3
    assert ok(ours, "drop", "add", "open", "http://host.example/in", "--plain")["plain"] is True
