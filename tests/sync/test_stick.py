"""Freeing a stick, and the slip that goes with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ranger_app import i18n
from ranger_app.actions import bundle_free, bundle_unfinished, receipts, records, slip
from ranger_app.actions.bundle_free import CONFIRMED, NO_RECEIPT, UNFINISHED, UNKNOWN
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.sync import manifest
from ranger_app.sync.problems import BundleProblem


def confirm(sender: Library, receiver: Library) -> None:
    receipts.take(sender, receipts.make(receiver, sender.station.id))


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_only_what_everybody_confirmed_goes(stations: Any, pictures: Any) -> None:
    one, two, three = stations.new("One"), stations.new("Two", "CN"), stations.new("Three", "MN")
    for other in (two, three):
        stations.pair(one, other)
    stations.pair(two, three)
    pictures(one, 2)
    stick = stations.folder / "stick"
    first = stations.write(one, two, media="originals")
    stations.read(two)
    confirm(one, two)
    joint = stations.write(one, two, three)
    stations.read(two)
    confirm(one, two)
    theirs = stations.write(two, three)
    broken = stations.write(one, two)
    (broken.folder / "DONE").unlink()
    (stick / "photos").mkdir()
    (stick / "photos" / "DONE").write_text("mine", encoding="utf-8")
    (first.folder / "notes.txt").write_text("somebody's", encoding="utf-8")
    before = everything(stick)
    found = {on.folder: on for on in bundle_free.on_stick(one, stick)}
    assert {folder: on.why for folder, on in found.items()} == {
        first.folder: CONFIRMED, joint.folder: NO_RECEIPT, broken.folder: UNFINISHED,
    }  # fmt: skip
    assert found[joint.folder].waiting == ("Three",)
    assert everything(stick) == before
    report = run(bundle_free.free(one, stick))
    assert [on.folder for on in report.freed] == [first.folder]
    assert {on.folder for on in report.kept} == {joint.folder, broken.folder}
    assert report.left == [first.folder]
    assert report.bytes == sum(len(data) for name, data in before.items() if first.folder.name in name) - len(
        "somebody's"
    )
    after = everything(stick)
    assert after == {
        name: data for name, data in before.items() if first.folder.name not in name or name.endswith("notes.txt")
    }
    assert theirs.folder.exists()
    stations.read(three)
    confirm(one, three)
    assert [on.folder for on in run(bundle_free.free(one, stick)).freed] == [joint.folder]
    assert not joint.folder.exists()


def test_what_the_ledger_does_not_know_stays(stations: Any, tmp_path: Path) -> None:
    one, two = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, two)
    records.add(one, "location", {"name": "Hide"})
    made = stations.write(one, two)
    stations.read(two)
    confirm(one, two)
    other = stations.write(one, two, stick="other")
    # Another bundle under the name of the confirmed one.
    for path in made.folder.iterdir():
        path.unlink()
    for path in other.folder.iterdir():
        (made.folder / path.name).write_bytes(path.read_bytes())
    strange = made.folder.with_name(made.folder.name[:-8] + "00000000")
    other.folder.rename(strange)
    before = everything(tmp_path / "stick")
    assert {on.why for on in bundle_free.on_stick(one, tmp_path / "stick")} == {UNKNOWN}
    report = run(bundle_free.free(one, tmp_path / "stick"))
    assert (report.freed, len(report.kept)) == ([], 2)
    assert everything(tmp_path / "stick") == before


def test_links_are_not_followed(stations: Any, tmp_path: Path) -> None:
    one, two = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, two)
    made = stations.write(one, two)
    stations.read(two)
    confirm(one, two)
    away = tmp_path / "away"
    made.folder.rename(away)
    try:
        made.folder.symlink_to(away, target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    assert bundle_free.on_stick(one, tmp_path / "stick") == []
    assert bundle_unfinished.unfinished(one, tmp_path / "stick") == []
    assert (away / "DONE").exists()


def test_a_stick_that_lets_nothing_go(stations: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, two)
    stations.write(one, two)
    stations.read(two)
    confirm(one, two)

    def refuse(_path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(EnvironmentProblem, match="STICK_NOT_FREED"):
        run(bundle_free.free(one, stations.folder / "stick"))


def test_slip_says_which_bundle_and_nothing_of_what_is_inside(stations: Any, pictures: Any, tmp_path: Path) -> None:
    one, two = stations.new("Север <1>"), stations.new("Two", "CN")
    stations.pair(one, two)
    pictures(one, 2)
    records.add(one, "location", {"name": "Leopard Valley"})
    made = stations.write(one, two, media="originals")
    page = slip.write_slip(one, tmp_path / "stick", tmp_path)
    text = page.read_text(encoding="utf-8")
    assert page.name == f"ranger-slip-{made.counter:06d}.html"
    digits = manifest.digits((made.folder / "bundle.json").read_bytes())
    assert re.fullmatch(r"(\d{5} ){3}\d{5}", digits)
    assert text.count(digits) == 2  # a half for each side
    assert "Север &lt;1&gt;" in text
    assert "Two" in text
    assert made.folder.name in text
    for word in ("Leopard", "IMG_", "http:", "https:", "src=", "<script"):
        assert word not in text
    files = [path for path in made.folder.iterdir() if path.name != "READ-ME.txt"]
    about = slip.slip(one, tmp_path / "stick")
    assert about.files == len(files)
    assert abs(about.size - sum(path.stat().st_size for path in files)) < 1000
    theirs = slip.slip(two, tmp_path / "stick")
    assert (theirs.digits, theirs.sender, theirs.number) == (digits, "Север <1>", made.counter)
    i18n.use_language("ru")
    try:
        slip.write_slip(one, tmp_path / "stick", tmp_path / "ru.html")
    finally:
        i18n.use_language("en")
    assert 'lang="ru"' in (tmp_path / "ru.html").read_text(encoding="utf-8")


def test_no_slip_for_what_is_not_finished(stations: Any, tmp_path: Path) -> None:
    one, two = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, two)
    made = stations.write(one, two)
    with pytest.raises(EnvironmentProblem, match="SLIP_NOT_WRITTEN"):
        slip.write_slip(one, tmp_path / "stick", tmp_path / "stick" / "exchange" / made.folder.name / "DONE" / "x.html")
    (made.folder / "DONE").unlink()
    with pytest.raises(BundleProblem):
        slip.write_slip(one, tmp_path / "stick", tmp_path)
    with pytest.raises(DataProblem):
        slip.write_slip(one, tmp_path / "nothing", tmp_path)
