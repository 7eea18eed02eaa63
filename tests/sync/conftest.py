"""Two stations that trust each other, and a small bundle with records, thumbnails and originals."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from ranger_app.actions import partners
from ranger_app.actions.bundle_read import ReadReport, read_bundles
from ranger_app.actions.bundle_write import WriteReport, WriteRequest, write_bundle
from ranger_app.domain.ops import Op, create
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.media import vault
from ranger_app.sync.cards import confirmation_digits


def picture(number: int) -> bytes:
    """A small JPEG, different for each number."""
    image = Image.effect_noise((96, 64), 40 + number).convert("RGB")
    image.putpixel((0, 0), (number % 256, number // 256 % 256, 0))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def add_pictures(library: Library, number: int, first: int = 0) -> list[str]:
    """Put pictures into the vault with their records, seen by a person in one statement; returns their hashes."""
    ops: list[Op] = []
    hashes: list[str] = []
    for at in range(first, first + number):
        data = picture(at)
        name = sha256(data).hexdigest()
        target = vault.place(library.vault, name, "jpg")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        fields = {"sha256": name, "bytes": len(data), "media_type": "image/jpeg", "file_name": f"IMG_{at:04d}.JPG"}
        ops.append(create("media", library.new_id(), fields))
        hashes.append(name)
    pictures = json.dumps([op.id.hex() for op in ops])
    seen = {"pictures": pictures, "type": "blank", "method": "human"}
    library.commit([*ops, create("observation", library.new_id(), seen)], label="ingest")
    return hashes


def pair(one: Library, other: Library, folder: Path) -> None:
    """Let two stations trust each other."""
    digits = confirmation_digits(one.station.id, other.station.id)
    for left, right in ((one, other), (other, one)):
        card = partners.write_card(left, folder / f"{left.station.id.hex()}-{right.station.id.hex()}.json")
        partners.add_partner(right, card, confirm=digits, clearance="full")


@dataclass
class Stations:
    """Libraries made for one test."""

    folder: Path
    open: list[Library]

    def new(self, name: str, country: str = "RU") -> Library:
        """A fresh station."""
        library = Library.create(self.folder / name, name=name, country=country, utc_offset=600)
        self.open.append(library)
        return library

    def pair(self, one: Library, other: Library) -> None:
        """Let two stations trust each other."""
        pair(one, other, self.folder)

    def write(
        self, sender: Library, *receivers: Library, stick: str = "stick", media: str = "thumbnails"
    ) -> WriteReport:
        """Write a bundle."""
        ids = tuple(receiver.station.id for receiver in receivers)
        return run(write_bundle(sender, WriteRequest(self.folder / stick, ids, media)))  # type: ignore[arg-type]

    def read(self, receiver: Library, stick: str = "stick", *, partial: bool = False) -> ReadReport:
        """Read whatever lies on a stick."""
        return run(read_bundles(receiver, self.folder / stick, partial=partial))


@pytest.fixture
def stations(tmp_path: Path) -> Iterator[Stations]:
    """Makes stations and closes them."""
    made = Stations(tmp_path, [])
    yield made
    for library in made.open:
        library.close()


AddPictures = Callable[[Library, int], list[str]]


@pytest.fixture
def pictures() -> Callable[..., list[str]]:
    """Puts made-up pictures into a library."""
    return add_pictures


@pytest.fixture
def pairing() -> Callable[[Library, Library, Path], None]:
    """Lets two stations trust each other."""
    return pair
