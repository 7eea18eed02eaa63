"""The signed statement that keys are withdrawn: read as written, refused in every other form."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.keys import StationKeys
from ranger_app.sync import revocations
from ranger_app.sync.revocations import RevocationError

KEYS = StationKeys(bytes(range(32)), bytes(range(50, 82)))
THEIRS = bytes(range(16))


def statement(**changed: object) -> str:
    given = {
        "station": THEIRS, "name": "Хасан", "issuer": KEYS.station, "number": 3, "cut": {b"12345678": 812},
        "reason": "The laptop was stolen.", "issued": 1_790_000_000_000, "sign": KEYS.signer.sign,
    }  # fmt: skip
    return revocations.write(**{**given, **changed})  # type: ignore[arg-type]


def test_what_is_written_is_read() -> None:
    text = statement()
    found = revocations.verify(text, KEYS.signing)
    assert (found.station, found.issuer, found.number, found.lifted) == (THEIRS, KEYS.station, 3, False)
    assert found.cut == {b"12345678": 812}
    assert found.reason == "The laptop was stolen."
    assert revocations.is_revocation(text)
    assert not revocations.is_revocation('{"ranger_card": 1}')


def test_a_clock_of_any_year_is_taken() -> None:
    for issued in (0, 1, 4_000_000_000_000):
        assert revocations.verify(statement(issued=issued), KEYS.signing).issued == issued


@pytest.mark.parametrize(
    ("name", "value"),
    [("station", "00" * 16), ("number", 4), ("cut", {}), ("lifted", True), ("reason", "other"), ("issued", 5),
     ("issuer", "11" * 16), ("further", "x")],
)  # fmt: skip
def test_any_change_breaks_the_signature(name: str, value: object) -> None:
    content = json.loads(statement())
    content[name] = value
    with pytest.raises(RevocationError):
        revocations.verify(json.dumps(content), KEYS.signing)


def test_another_key_is_refused() -> None:
    with pytest.raises(RevocationError):
        revocations.verify(statement(), StationKeys.new().signing)
    with pytest.raises(RevocationError):
        revocations.verify(statement(), b"short")


@given(
    st.dictionaries(
        st.sampled_from(["ranger_revocation", "station", "name", "issuer", "number", "cut", "lifted", "reason"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=40), st.lists(st.integers(), max_size=2),
                  st.dictionaries(st.text(max_size=17), st.integers(), max_size=2)),
    )
)  # fmt: skip
def test_any_json_is_refused_with_our_own_error(changes: dict[str, object]) -> None:
    content = json.loads(statement()) | changes
    content["signature"] = "00" * 64
    with pytest.raises(RevocationError):
        revocations.verify(json.dumps(content), KEYS.signing)


@given(st.text(max_size=200))
def test_any_text_is_refused_with_our_own_error(text: str) -> None:
    with pytest.raises(RevocationError):
        revocations.verify(text, KEYS.signing)
    with pytest.raises(RevocationError):
        revocations.verify("[" * 5000 + text, KEYS.signing)
