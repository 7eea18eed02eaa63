"""Parts of a batch withheld, revealed later, or purged: never a new value, and the same in whatever order they come."""

from __future__ import annotations

import itertools
import random

from ranger_app.domain import batch as batches
from ranger_app.domain import coarse, stubs
from ranger_app.domain.batch import Sealed
from ranger_app.domain.ops import Op, change, create, purge
from ranger_app.store import withheld
from ranger_app.store.connection import transaction
from ranger_app.store.rebuild import rebuild
from tests.station import KEYS, Station

DEN = {"name": "Den below the cliff", "latitude": 431_234_567, "longitude": 1_311_234_567, "type": "camera_site"}
PLACE = b"p" * 16
PICTURE = b"m" * 16
PERSON = b"w" * 16
SECRETS = (DEN["name"], "IMG_0007.JPG", "Observer A")


def rough(_number: int, op: Op) -> frozenset[str]:
    return frozenset({"open", "place.2"})


def nothing(_number: int, op: Op) -> frozenset[str]:
    return frozenset()


def season(station: Station) -> list[Sealed]:
    return [
        station.commit(
            create("location", PLACE, DEN),
            create("media", PICTURE, {"sha256": "a" * 64, "file_name": "IMG_0007.JPG", "width": 10}),
            create("person", PERSON, {"name": "Observer A", "role": "ranger"}),
        ),
        station.commit(change("location", PLACE, {"name": "Den", "latitude": 431_300_000})),
        station.commit(change("location", PLACE, {"remarks": "two cubs", "country": "RU"})),
    ]


def row(station: Station, kind: str, record: bytes, *names: str) -> tuple[object, ...]:
    columns = ", ".join(f'"{name}"' for name in names)
    found: tuple[object, ...] = station.db.conn.execute(
        f'SELECT {columns} FROM "{kind}" WHERE id=?', (record,)
    ).fetchone()
    return found


def test_a_stub_keeps_its_signature_and_its_secrets() -> None:
    for sealed in season(Station("stub-signature")):
        for keep in (rough, nothing):
            stub = stubs.withhold(sealed, keep, meta=False)
            batches.verify(stub, KEYS[batches.read_header(stub.head).origin])
            assert not any(word.encode() in stub.body for word in SECRETS if isinstance(word, str))
            assert stubs.mask(stub.body) is not None
            assert stubs.adds(stubs.mask(sealed.body), stubs.mask(stub.body))
            assert not stubs.adds(stubs.mask(stub.body), stubs.mask(sealed.body))


def test_a_coarse_place_stands_in_for_the_exact_one() -> None:
    giver, taker = Station("coarse-giver"), Station("coarse-taker")
    taker.read([stubs.withhold(one, rough, meta=True) for one in season(giver)])
    assert row(taker, "location", PLACE, "name", "latitude", "longitude", "uncertainty", "country") == (
        None, 431_300_000, 1_311_200_000, coarse.UNCERTAINTY[2], "RU",
    )  # fmt: skip
    assert withheld.groups_of(taker.db, "location", PLACE) == {"place"}
    assert "latitude" in withheld.fields_of(taker.db, "location", PLACE)
    assert withheld.groups_of(taker.db, "media", PICTURE) == {"file"}


def test_cells_are_fixed_and_symmetric() -> None:
    rng = random.Random(4)
    for _ in range(1000):
        value, digits = rng.randint(-1_800_000_000, 1_800_000_000), rng.choice(coarse.DIGITS)
        middle = coarse.cell(value, digits)
        assert abs(middle - value) * 2 <= 10 ** (7 - digits)
        assert coarse.cell(middle, digits) == middle


def test_full_beats_stub_in_any_order_and_by_any_road() -> None:
    whole = season(Station("order-giver"))
    states = [
        *whole,
        *(stubs.withhold(one, rough, meta=False) for one in whole),
        *(stubs.withhold(one, nothing, meta=True) for one in whole),
    ]
    told: set[str] = set()
    for seed in range(60):
        rng = random.Random(seed)
        taker = Station("order-taker")
        mixed = [*states, *rng.choices(states, k=4)]
        rng.shuffle(mixed)
        for one in mixed:
            taker.read([one])
        told.add(taker.hash())
        assert withheld.number(taker.db) == 0
        taker.close()
    assert told == {_all(whole)}


def _all(sealed: list[Sealed]) -> str:
    station = Station("order-all")
    station.read(sealed)
    found = station.hash()
    station.close()
    return found


def test_showing_less_of_a_merge_is_merging_what_shows_less() -> None:
    one, other = Station("less-one"), Station("less-other")
    season(one)
    other.read([stubs.withhold(sealed, rough, meta=True) for sealed in one.batches()])
    other.commit(change("location", PLACE, {"country": "CN"}), create("note", b"n" * 16, {"text": "t"}))
    one.commit(change("location", PLACE, {"country": "KP", "longitude": 1_300_000_000}))
    one.read(other.batches())
    merged_then_less, less_then_merged = Station("less-a"), Station("less-b")
    merged_then_less.read([stubs.withhold(sealed, rough, meta=True) for sealed in one.batches()])
    for station in (other, one):
        less_then_merged.read([stubs.withhold(sealed, rough, meta=True) for sealed in station.batches()])
    assert merged_then_less.hash() == less_then_merged.hash()


def test_an_old_value_gives_way_to_a_newer_one_that_is_withheld() -> None:
    giver, taker = Station("newer-giver"), Station("newer-taker")
    first, second, _third = season(giver)
    taker.read([first])
    taker.read([stubs.withhold(second, nothing, meta=True)])
    assert row(taker, "location", PLACE, "name", "latitude", "country") == (None, None, None)
    taker.read([second])
    assert row(taker, "location", PLACE, "name", "latitude") == ("Den", 431_300_000)


def test_who_is_cleared_later_gets_the_truth() -> None:
    giver, taker = Station("later-giver"), Station("later-taker")
    whole = season(giver)
    first = taker.read([stubs.withhold(one, rough, meta=False) for one in whole])
    assert first.withheld > 0
    second = taker.read(whole)
    assert (second.new, second.withheld) == (0, 0)
    assert second.revealed > 0
    assert taker.hash() == giver.hash()
    again = taker.read([stubs.withhold(one, nothing, meta=False) for one in whole])
    assert (again.updated, again.revealed) == (0, 0)
    assert taker.hash() == giver.hash()


def test_a_purge_erases_everywhere_in_any_order() -> None:
    giver, partner = Station("purge-giver"), Station("purge-partner")
    season(giver)
    partner.read(giver.batches())
    partner.commit(change("person", PERSON, {"remarks": "knows the north"}))
    giver.commit(purge("person", PERSON), purge("media", PICTURE))
    everything = [*giver.batches(), *partner.batches()]
    hashes = set()
    for seed in range(40):
        rng = random.Random(seed)
        taker = Station("purge-taker")
        mixed = list(everything)
        rng.shuffle(mixed)
        for one in mixed:
            taker.read([one])
        hashes.add(taker.hash())
        for sealed in taker.batches():
            batches.verify(sealed, KEYS[batches.read_header(sealed.head).origin])
            assert not any(word in sealed.body for word in (b"Observer A", b"IMG_0007", b"knows the north"))
        assert row(taker, "person", PERSON, "name", "remarks", "deleted") == (None, None, 1)
        with transaction(taker.db):
            rebuild(taker.db, taker.log, taker.projection)
        hashes.add(taker.hash())
        taker.close()
    assert len(hashes) == 1


def test_only_the_station_that_made_a_record_can_purge_it() -> None:
    giver, partner = Station("own-giver"), Station("own-partner")
    season(giver)
    partner.read(giver.batches())
    partner.commit(purge("person", PERSON))
    for station in (giver, partner):
        station.read(partner.batches())
        assert row(station, "person", PERSON, "name", "deleted") == ("Observer A", 0)
    assert giver.hash() == partner.hash()


def test_joining_is_commutative_associative_and_idempotent() -> None:
    sealed = season(Station("laws"))[0]
    keeps = [
        lambda _n, op, names=names: frozenset(names)
        for names in (["open"], ["place.1"], ["open", "file"], ["place"], [])
    ]
    states = [sealed, *(stubs.withhold(sealed, keep, meta=bool(n % 2)) for n, keep in enumerate(keeps))]
    for one, other, third in itertools.product(states, repeat=3):
        assert stubs.join(one, other) == stubs.join(other, one)
        assert stubs.join(one, one) == one
        assert stubs.join(stubs.join(one, other), third) == stubs.join(one, stubs.join(other, third))


def test_no_partner_releases_another_stations_pictures() -> None:
    ours, theirs = Station("release-ours"), Station("release-theirs")
    ours.commit(create("media", PICTURE, {"width": 10}), create("deployment", PLACE, {"utc_offset": 600}))
    theirs.read(ours.batches())
    theirs.commit(
        change("media", PICTURE, {"people_released": 1, "remarks": "a fox"}),
        change("deployment", PLACE, {"released": 1}),
    )
    ours.read(theirs.batches())
    late = Station("release-late")
    late.read(list(reversed(theirs.batches())))
    late.read(ours.batches())
    for station in (ours, theirs, late):
        assert row(station, "media", PICTURE, "people_released", "remarks") == (None, "a fox")
        assert row(station, "deployment", PLACE, "released") == (None,)
    assert ours.hash() == theirs.hash() == late.hash()
    ours.commit(change("media", PICTURE, {"people_released": 1}))
    theirs.read(ours.batches())
    assert row(theirs, "media", PICTURE, "people_released") == (1,)
    assert ours.hash() == theirs.hash()
