"""Nothing that a rule withholds can be had from what leaves: not in any encoding, not by guessing, not by the order."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import random
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import pytest
import zstandard
from PIL import Image, ImageDraw

from ranger_app.actions import sharing as rules
from ranger_app.actions.sharing_view import View
from ranger_app.domain import batch as batches
from ranger_app.domain import coarse, sharing, stubs
from ranger_app.domain.batch import Sealed, Shown
from ranger_app.domain.fields import Group, Value
from ranger_app.domain.kinds import KINDS
from ranger_app.domain.ops import Op, change, create, delete
from ranger_app.domain.sharing import FULL, OPEN, STANDARD, Rule
from ranger_app.library import Library
from ranger_app.media import vault
from ranger_app.store import log
from ranger_app.store.apply import ApplyReport
from ranger_app.store.statehash import state_hash
from ranger_app.sync import agekeys
from ranger_app.sync.sealing import CHUNK, FrameHead, Sealer
from tests import traces
from tests.station import Station

NOW = 1_700_000_000_000
DEN = (431_234_567, 1_319_876_543)
RIDGE = (437_654_321, 1_323_456_789)
"""Where a bear was: a cell of 0.1 degree is given by the standard rule."""
POINTS = [(431_233_111 + step * 977, 1_319_871_333 + step * 1_013) for step in range(40)]
WORDS = {
    "den": "Logovo-17",
    "deployment": "LGV17-north",
    "ridge": "Bear saddle",
    "remark": "below the split rock, three cubs",
    "file": "LGV17_0042.JPG",
    "folder": "117LGVDN",
    "serial": "HX-7788-1299",
    "address": "https://example.org/lgv17/42.jpg",
    "person": "Observer Alpha",
    "patrol": "Round of the split rock",
    "objective": "wait for the men from the quarry",
    "waypoint": "Cubs' playground",
    "attribute": "two men, grey car, K 417",
    "note": "Three men asked about the cubs",
    "event": "LGV17-north_2023_04",
    "source": "ussuri-cats LGV17",
}


def original() -> bytes:
    """A picture as a camera writes it: serial number, position and file name inside, the place in its strip."""
    noise = numpy.random.default_rng(3).integers(0, 255, (60, 80, 3), numpy.uint8)
    image = Image.fromarray(noise).resize((1600, 1200), Image.Resampling.BILINEAR)
    ImageDraw.Draw(image).rectangle((0, 1160, 1600, 1200), fill=(0, 0, 0))
    ImageDraw.Draw(image).text((10, 1170), f"{WORDS['den']} N43.1234567 E131.9876543", fill=(255, 255, 255))
    exif = Image.Exif()
    exif[0x010E], exif[0xA431], exif[0x010F] = WORDS["den"], WORDS["serial"], "Reconyx"
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, exif=exif, comment=f"43.1234567 131.9876543 {WORDS['file']}".encode())
    return out.getvalue()


ORIGINAL = original()
HASH = hashlib.sha256(ORIGINAL).hexdigest()


@dataclass
class Season:
    """A library with a den, and what of it must not be found."""

    library: Library
    secrets: traces.Traces
    places: dict[str, bytes]


@pytest.fixture
def season(tmp_path: Path) -> Iterator[Season]:
    with Library.create(tmp_path / "ours", name="A", country="RU", utc_offset=600, clock=lambda: NOW) as library:
        yield made(library)


def at(place: tuple[int, int]) -> dict[str, Value]:
    return {"latitude": place[0], "longitude": place[1], "uncertainty": 7}


def made(library: Library) -> Season:
    """A season of every kind of record about one tiger's den and a bear's ridge."""
    new = library.new_id
    area, den, ridge, camera, deployment, other = (new() for _ in range(6))
    person, media, patrol, mark, individual = (new() for _ in range(5))
    library.person = None
    points = b"".join(struct.pack("<dd", lat / 1e7, lon / 1e7) for lat, lon in POINTS)
    library.commit(
        [
            create("protected_area", area, {"name": "North Reserve", "country": "RU"}),
            create("person", person, {"name": WORDS["person"], "role": "ranger"}),
            create("location", den, {"name": WORDS["den"], **at(DEN), "type": "camera_site", "protected_area": area,
                                     "remarks": WORDS["remark"], "source": WORDS["source"], "country": "RU"}),
            create("location", ridge, {"name": WORDS["ridge"], **at(RIDGE), "type": "camera_site"}),
            create("camera", camera, {"name": f"Reconyx {WORDS['serial']}", "serial_number": WORDS["serial"],
                                      "make": "Reconyx", "owner": WORDS["person"]}),
            create("deployment", deployment, {"name": WORDS["deployment"], "location": den, "camera": camera,
                                              "start": "2023-04-01T10:00:00", "utc_offset": 600, "set_by": person,
                                              "feature": "burrow", "remarks": WORDS["remark"]}),
            create("deployment", other, {"name": WORDS["ridge"], "location": ridge, "utc_offset": 600}),
        ],
        label="season",
    )  # fmt: skip
    library.person = person
    bear, seen, twin = new(), new(), new()
    library.commit(
        [
            create("media", media, {"deployment": deployment, "sha256": HASH, "bytes": 1_234_567_890_123,
                                    "file_name": WORDS["file"], "folder": WORDS["folder"], **at(DEN),
                                    "serial_number": WORDS["serial"], "camera_time": "2023-04-05T06:07:08",
                                    "exif": json.dumps({"GPS": [43.1234567, 131.9876543]}),
                                    "address": WORDS["address"]}),
            create("media", bear, {"deployment": other, "camera_time": "2023-04-06T06:07:08"}),
            create("individual", individual, {"code": "T17F", "taxon": "Panthera tigris", "left_picture": media,
                                              "remarks": WORDS["remark"]}),
            create("individual", twin, {"code": "T18F", "taxon": "Panthera tigris", "remarks": WORDS["note"]}),
            create("same_animal", new(), {"one": individual, "other": twin, "answer": "same", "by": person, "at": NOW,
                                          "remarks": WORDS["remark"]}),
            create("second_opinion", new(), {"observation": seen, "asked_by": person, "asked_at": NOW, "by": person,
                                             "answer": "animal", "individual": twin, "remarks": WORDS["den"]}),
            create("observation", seen, {"media": media, "deployment": deployment, "type": "animal", "by": person,
                                          "taxon": "Panthera tigris", "individual": individual, "method": "human",
                                          "remarks": WORDS["remark"], "event": WORDS["event"]}),
            create("observation", new(), {"media": bear, "type": "animal", "taxon": "Ursus thibetanus",
                                          "method": "human"}),
            create("patrol", patrol, {"name": WORDS["patrol"], "date": "2023-04-05", "leader": person,
                                      "objective": WORDS["objective"], "notes": WORDS["remark"]}),
            create("track", new(), {"patrol": patrol, "points": points, "name": WORDS["patrol"],
                                    "source_name": WORDS["file"]}),
            create("waypoint", mark, {"patrol": patrol, "name": WORDS["waypoint"], **at(POINTS[7]),
                                      "attributes": json.dumps([{"name": "seen", "value": WORDS["attribute"]}]),
                                      "remarks": WORDS["remark"]}),
            create("sample", new(), {"code": "S-1", "type": "scat", **at(DEN), "individual": individual,
                                     "collected_by": person, "remarks": WORDS["remark"]}),
            create("note", new(), {"about_kind": "location", "about": den, "text": WORDS["note"], "by": person}),
            change("location", den, {"latitude": DEN[0] + 3, "remarks": WORDS["remark"]}),
        ],
        label="season",
    )  # fmt: skip
    library.commit([delete("deployment", deployment)], label="season")
    library.commit([change("deployment", deployment, {"deleted": 0, "name": WORDS["deployment"]})], label="season")
    secrets = traces.joined(
        [
            traces.of_place("den", *DEN),
            traces.of_place("ridge", *RIDGE),
            *(traces.of_place(f"point {number}", *point) for number, point in enumerate(POINTS)),
            *(traces.of_text(f"word {name}", word) for name, word in WORDS.items()),
            traces.of_bytes("hash", bytes.fromhex(HASH)),
            {"size": struct.pack(">Q", 1_234_567_890_123)},
        ]
    )
    return Season(library, secrets, {"den": den, "ridge": ridge, "person": person})


def projected(library: Library, rule: Rule) -> list[Sealed]:
    """Every batch as the rule lets it be seen."""
    found = []
    with library.read() as db:
        view = View(db, rule, NOW)
        for stored in log.stored(db):
            opened = batches.read(stored.sealed)
            found.append(stubs.withhold(stored.sealed, view.reveal(opened), meta=view.meta(opened), opened=opened))
    return found


def test_the_search_finds_what_is_there(season: Season) -> None:
    whole = b"".join(sealed.body for sealed in projected(season.library, FULL))
    found = traces.search(whole, season.secrets)
    for name in ("den latitude int >", "ridge longitude int >", "point 7 latitude double <", "hash hex", "size",
                 *(f"word {word} utf-8" for word in WORDS)):  # fmt: skip
        assert name in found, name


@pytest.mark.parametrize("rule", [STANDARD, OPEN], ids=["standard", "open"])
def test_no_trace_of_what_is_withheld(season: Season, rule: Rule) -> None:
    for sealed in projected(season.library, rule):
        data = sealed.head + sealed.signature + sealed.body
        assert traces.search(data, season.secrets) == []
        opened = batches.read(sealed)
        assert season.places["person"] != opened.meta.person
        for op in opened.ops:
            if op.id == season.places["den"]:
                assert not {"latitude", "longitude", "name", "remarks", "protected_area"} & set(op.fields)
            if op.id == season.places["ridge"] and rule is STANDARD:
                cell = {name: op.fields[name] for name in ("latitude", "longitude", "uncertainty")}
                assert cell == dict(zip(cell, sharing.coarse(*RIDGE, 1), strict=True))


@pytest.mark.parametrize("rule", [STANDARD, OPEN], ids=["standard", "open"])
def test_who_knows_the_place_cannot_prove_it(season: Season, rule: Rule) -> None:
    """The true fields of each withheld group, with every salt that is told or follows from one, match no commitment."""
    whole = projected(season.library, FULL)
    withheld = 0
    for full, given in zip(whole, projected(season.library, rule), strict=True):
        seen, truth = stubs.as_stub(given.body), stubs.as_stub(full.body)
        told = [part.salt for line in seen.lines for part in line.groups.values() if isinstance(part, Shown)]
        guesses = {bytes(16), given.hash[:16], given.head[:16], *told}
        for salt in list(guesses):
            guesses |= {hashlib.sha256(salt).digest()[:16], salt[::-1]}
            guesses |= {batches.group_salt(salt, number, "place") for number in range(3)}
        committed, true = set(), []
        for line, real in zip(seen.lines, truth.lines, strict=True):
            for name, part in line.groups.items():
                if not isinstance(part, Shown):
                    committed.add(part)
                    hidden = real.groups[name]
                    assert isinstance(hidden, Shown)
                    assert batches.commitment(*hidden) == part
                    assert hidden.salt not in guesses
                    assert hidden.salt not in given.body
                    true.append(hidden.payload)
        withheld += len(committed)
        for payload in true:
            assert not {batches.commitment(salt, payload) for salt in guesses} & committed
    assert withheld > 20


def test_salts_do_not_repeat(season: Season) -> None:
    parts = [
        part.salt
        for sealed in projected(season.library, FULL)
        for line in stubs.as_stub(sealed.body).lines
        for part in line.groups.values()
        if isinstance(part, Shown)
    ]
    assert len(set(parts)) == len(parts)


def test_ids_tell_neither_place_nor_time_nor_order(season: Season) -> None:
    with season.library.read() as db:
        ids = [row[0] for kind in KINDS for row in db.conn.execute(f'SELECT id FROM "{kind.name}" ORDER BY key')]
    assert ids != sorted(ids)
    beginnings = {record[:2] for record in ids}
    assert len(beginnings) > len(ids) * 0.9  # an id that began with the time would begin alike
    assert not any(record in word for word in season.secrets.values() for record in ids)


def test_two_cells_of_one_place_are_never_told() -> None:
    """A cell of 0.01 and one of 0.1 degree together tell on which side of an edge the place lies."""
    place = 430_499_999
    fine, rough = coarse.cell(place, 2), coarse.cell(place, 1)
    assert coarse.cell(fine, 1) != rough


def test_the_partner_has_nothing_either(season: Season, tmp_path: Path) -> None:
    """What was taken in, table by table: what a thief of the partner's laptop would find."""
    for rule in (STANDARD, OPEN):
        folder = tmp_path / rule.name
        with Library.create(folder, name="B", country="CN", utc_offset=480) as theirs:
            turn = [(sealed, batches.read(sealed)) for sealed in projected(season.library, rule)]
            theirs.take_in(turn, ApplyReport())
            with theirs.read() as db:
                assert traces.search(everything(db.conn), season.secrets) == []
                assert db.conn.execute("SELECT role FROM person").fetchone() == ("ranger",)
        for name, data in traces.files(folder):
            assert traces.search(data, season.secrets) == [], name


@pytest.mark.parametrize("rule", [STANDARD, OPEN], ids=["standard", "open"])
def test_no_trace_in_a_bundle_nor_where_it_was_read(
    season: Season, stations: Any, rule: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bundle with originals asked for: each plaintext the partner can open, the stick, and the partner's folder."""
    ours = season.library
    target = vault.place(ours.vault, HASH, "jpg")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(ORIGINAL)
    assert len(traces.search(ORIGINAL, season.secrets)) > 5
    theirs = stations.new("Partner", "CN")
    ours.person = None
    stations.pair(ours, theirs)
    rules.set_rule(ours, theirs.station.id, rule)
    plaintexts = opened_by(monkeypatch, theirs.station.sealing)
    stations.write(ours, theirs, media="originals")
    stations.read(theirs)
    assert len(plaintexts) > 3
    for plain in plaintexts:
        assert traces.search(plain, season.secrets) == []
    for name, data in traces.files(stations.folder / "stick"):
        assert traces.search(data, season.secrets) == [], name
    for name, data in traces.files(theirs.folder):
        assert traces.search(data, season.secrets) == [], name
    with theirs.read() as db:
        assert traces.search(everything(db.conn), season.secrets) == []
        (tiger,) = db.conn.execute("SELECT id FROM media WHERE deployment IN (SELECT id FROM deployment WHERE"
                                   " location = ?)", (season.places["den"],)).fetchall()  # fmt: skip
    copies = [theirs.cache / kind / tiger[0].hex()[:2] / f"{tiger[0].hex()}.jpg" for kind in ("thumbs", "review")]
    assert [copy.is_file() for copy in copies] == [rule is STANDARD] * 2
    for copy in copies if rule is STANDARD else ():
        picture = numpy.asarray(Image.open(copy))
        assert picture[-1].mean() > 60  # what was before the camera, not the black strip
    assert next(iter(theirs.vault.rglob("*.jpg")), None) is None
    rules.set_rule(ours, theirs.station.id, FULL)  # cleared later: everything comes, and counts
    stations.write(ours, theirs, stick="later", media="originals")
    stations.read(theirs, "later")
    with ours.read() as here, theirs.read() as there:
        assert state_hash(here) == state_hash(there)


def opened_by(monkeypatch: pytest.MonkeyPatch, sealing: bytes) -> list[bytes]:
    """What is sealed from now on for the owner of a key, before it is sealed; groups of batches unpacked."""
    found: list[bytes] = []
    blocks_of, age = Sealer.seal_blocks, agekeys.seal

    def blocks(self: Sealer, head: FrameHead, content: Iterator[bytes]) -> Iterator[bytes]:
        plain = b"".join(content)
        found.append(plain)
        if plain[:4] == b"\x28\xb5\x2f\xfd":
            found.append(zstandard.ZstdDecompressor().decompress(plain))
        return blocks_of(self, head, iter([plain[at : at + CHUNK] for at in range(0, len(plain), CHUNK)] or [b""]))

    def seal(data: bytes, sealing_keys: Sequence[bytes]) -> bytes:
        if sealing in sealing_keys:
            found.append(data)
        return age(data, sealing_keys)

    monkeypatch.setattr(Sealer, "seal_blocks", blocks)
    monkeypatch.setattr(agekeys, "seal", seal)
    return found


def everything(conn: object) -> bytes:
    """Every value of every table as bytes."""
    found = bytearray()
    names = [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type='table'")]  # type: ignore[attr-defined]
    for name in names:
        for row in conn.execute(f'SELECT * FROM "{name}"'):  # type: ignore[attr-defined]
            for value in row:
                if isinstance(value, bytes):
                    found += value
                    if name == "batch" and value[:4] == b"\x28\xb5\x2f\xfd":
                        found += log.unpack_body(value)
                else:
                    found += str(value).encode()
                found += b"\0"
    return bytes(found)


# ---------------------------------------------------------------- projecting and merging


def seeded(seed: int) -> tuple[list[Sealed], Station]:
    """Two stations that write, edit and meet in some order; all their batches and a station that saw them all."""
    chance = random.Random(seed)
    writers = [Station(f"leak-{seed}-{name}", 1_700_000_000_000_000 + chance.randrange(10**12)) for name in "ab"]
    known: list[tuple[str, bytes]] = []
    made: list[Sealed] = []
    for step in range(12):
        who = chance.choice(writers)
        kind = chance.choice(["location", "deployment", "observation", "person", "media", "waypoint", "count"])
        record = hashlib.sha256(f"{seed} {step}".encode()).digest()[:16]
        locations = [one for what, one in known if what == "location"]
        values: dict[str, dict[str, Value]] = {
            "location": {
                "name": f"P{step}",
                "latitude": chance.randrange(4 * 10**8),
                "longitude": chance.randrange(10**9),
            },
            "deployment": {"name": f"D{step}", "utc_offset": 600, **({"location": locations[-1]} if locations else {})},
            "observation": {"type": "animal", "taxon": chance.choice(["Panthera tigris", "Lynx lynx", "Sus scrofa"])},
            "person": {"name": f"N{step}", "role": "ranger"},
            "media": {"sha256": f"{step:064x}", "file_name": f"F{step}", "latitude": step, "longitude": step},
            "waypoint": {"name": f"W{step}", "latitude": step, "longitude": step},
            "count": {"taxon": chance.choice(["Grus japonensis", "Anas crecca"]), "count": step},
        }
        deployments = [one for what, one in known if what == "deployment"]
        if kind == "observation" and deployments:
            values["observation"]["deployment"] = chance.choice(deployments)
        ops: list[Op] = [create(kind, record, values[kind])]
        known.append((kind, record))
        what, old = chance.choice(known)
        edit: dict[str, dict[str, Value]] = {
            "location": {"name": f"P{step}x", "latitude": chance.randrange(4 * 10**8)},
            "person": {"name": f"N{step}x"},
            "count": {"count": step + 100},
        }
        ops.append(change(what, old, edit.get(what, {"remarks": f"r{step}"})))
        made.append(who.commit(*ops))
        if chance.random() < 0.4:
            writers[0].read(writers[1].batches())
            writers[1].read(writers[0].batches())
    merged = Station(f"leak-{seed}-all")
    merged.read(made)
    for writer in writers:
        writer.close()
    return made, merged


@pytest.mark.parametrize("seed", range(30))
def test_projecting_commutes_with_merging(seed: int) -> None:
    made, merged = seeded(seed)
    chance = random.Random(seed + 1000)
    for rule in (STANDARD, OPEN, dataclasses.replace(FULL, name="own", species=frozenset({"Lynx lynx"}))):
        view = View(merged.db, rule, NOW)
        given = [
            stubs.withhold(one, view.reveal(opened), meta=view.meta(opened), opened=opened)
            for one in made
            for opened in (batches.read(one),)
        ]
        once = Station(f"leak-{seed}-{rule.name}-once")
        once.read(given)
        often = Station(f"leak-{seed}-{rule.name}-often")
        for _round in range(3):
            some = chance.sample(given, chance.randrange(len(given)))
            often.read(some)
        often.read(chance.sample(given, len(given)))
        assert often.hash() == once.hash()
        _same_as_the_truth(merged, once, view)
        once.read(made)
        assert once.hash() == merged.hash()  # cleared later: the whole truth, and no stub in its way
        once.read(given)
        assert once.hash() == merged.hash()
        often.close()
        once.close()
    merged.close()


def _same_as_the_truth(merged: Station, partner: Station, view: View) -> None:
    """Every open field of every record that is given is the truth; what is withheld is not there."""
    for kind in KINDS:
        shown = ", ".join(f'"{f.name}"' for f in kind.fields)
        truth = {row[0]: row[1:] for row in merged.db.conn.execute(f'SELECT id, {shown} FROM "{kind.name}"')}
        for row in partner.db.conn.execute(f'SELECT id, {shown} FROM "{kind.name}"').fetchall():
            groups = view.records(kind.name, [row[0]])[row[0]]
            for field, mine, theirs in zip(kind.fields, row[1:], truth[row[0]], strict=True):
                if field.group is Group.OPEN and groups:
                    assert mine == theirs, (kind.name, field.name)
                elif not groups and kind.name != "observation":
                    assert mine is None, (kind.name, field.name)
                elif field.group is Group.PEOPLE and not view.rule.people:
                    assert mine is None


def test_while_two_sides_differ_the_more_sensitive_one_counts() -> None:
    ours, theirs = Station("leak-sides-a"), Station("leak-sides-b", 1_700_000_500_000_000)
    place, camera, said, media = (hashlib.sha256(word).digest()[:16] for word in (b"p", b"d", b"o", b"m"))
    first = ours.commit(
        create("location", place, {"name": "Ridge", "latitude": 1, "longitude": 2}),
        create("deployment", camera, {"name": "Ridge", "location": place, "utc_offset": 600}),
        create("media", media, {"deployment": camera}),
        create("observation", said, {"media": media, "type": "animal", "taxon": "Sus scrofa", "method": "human"}),
    )
    theirs.read([first])
    one = ours.commit(change("observation", said, {"taxon": "Panthera tigris"}))
    other = theirs.commit(change("observation", said, {"taxon": "Cervus nippon"}))  # the later clock: shown
    ours.read([other])
    assert ours.db.conn.execute("SELECT taxon FROM observation").fetchone() == ("Cervus nippon",)
    assert View(ours.db, STANDARD, NOW).place_for(place) == "withheld"
    theirs.read([one])
    theirs.commit(change("observation", said, {"taxon": "Cervus nippon"}))
    assert View(theirs.db, STANDARD, NOW).place_for(place) == "exact"
    ours.close()
    theirs.close()
