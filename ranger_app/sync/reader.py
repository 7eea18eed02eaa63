"""Finds bundles on a stick and checks them, without ever writing there or believing a name found there.

First the signature, then every part by size and hash, then the seal; what fails is named in one sentence.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ranger_app.sync import agekeys, manifest, minisign, problems
from ranger_app.sync.files import hash_file, read_small
from ranger_app.sync.manifest import Inner, ManifestError, NewerFormat, Outer, Part
from ranger_app.sync.problems import BundleProblem
from ranger_app.sync.sealing import Sealer
from ranger_app.sync.writer import EXCHANGE, INNER_CONTEXT

MOST_ENTRIES = 20_000
"""Entries of a folder looked at when a stick's root is given."""
MOST_FOLDERS = 2000
"""Folders on a stick that are looked into."""
_FEW = 5000
"""Entries of a folder looked at to tell whether it is a bundle."""
_CONTROLS = (manifest.OUTER, manifest.OUTER_COPY)


@dataclass(frozen=True, slots=True)
class Signer:
    """A station whose keys are known here. ``trusted`` once people compared the digits."""

    name: str
    signing: bytes
    trusted: bool


Signers = Callable[[bytes], Signer | None]
"""The station with this id, if it is known here."""


@dataclass(slots=True)
class Checked:
    """What was found. ``sources`` names an undamaged file for each part that has one."""

    folder: Path
    outer: Outer | None = None
    signer: Signer | None = None
    done: bool = False
    good: int = 0
    damaged: int = 0
    missing: int = 0
    sources: dict[str, Path] = field(default_factory=dict)
    problem: BundleProblem | None = None
    seen: set[str] = field(default_factory=set)
    """Names of the parts looked at."""

    @property
    def name(self) -> str:
        """What a person sees of it on the stick."""
        return self.folder.name

    @property
    def inner(self) -> Path | None:
        """An undamaged file with the inner manifest."""
        return next((path for name, path in self.sources.items() if name in manifest.INNER_PARTS), None)

    @property
    def complete(self) -> bool:
        """Signed by somebody known and whole, second copies counted."""
        return self.outer is not None and self.done and len(self.sources) == len(self.outer.parts)

    @property
    def lost(self) -> list[str]:
        """Names of the parts that no second copy makes good, and of DONE."""
        if self.outer is None:
            return []
        parts = [part.name for part in self.outer.parts if part.name not in self.sources]
        return parts if self.done else [*parts, manifest.DONE]

    def count(self, path: Path, good: bool) -> None:
        """Note the state of one file."""
        if good:
            self.good += 1
        elif os.path.lexists(path):
            self.damaged += 1
        else:
            self.missing += 1


def _looks_like_bundle(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            for _number, entry in zip(range(_FEW), entries, strict=False):
                if entry.name in (*_CONTROLS, manifest.DONE) or manifest.NAME.match(entry.name):
                    return True
    except OSError:
        return False
    return False


def find_bundles(place: Path) -> list[Path]:
    """The bundle folders at ``place``: itself one, an exchange folder, or a stick's root.

    Raises BundleProblem NO_BUNDLE where there is none.
    """
    if not place.is_dir():
        raise problems.not_a_folder(place)
    if _looks_like_bundle(place):
        return [place]
    found: list[Path] = []
    for folder in (place / EXCHANGE, place):
        try:
            with os.scandir(folder) as entries:
                names = sorted(
                    entry.name
                    for number, entry in enumerate(entries)
                    if number < MOST_ENTRIES and entry.is_dir(follow_symlinks=False)
                )
        except (OSError, ValueError):
            continue
        found += [folder / name for name in names[:MOST_FOLDERS] if _looks_like_bundle(folder / name)]
    if not found:
        raise problems.no_bundle(place)
    return found


def look(folder: Path, signers: Signers) -> Checked:
    """Read the manifest and check its signature. Never raises; ``problem`` says what is wrong."""
    result = Checked(folder)
    data = _find_manifest(result, signers)
    if data is not None:
        done = folder / manifest.DONE
        expected = hashlib.sha256(data).hexdigest().encode("ascii")
        result.done = read_small(done, 200) == expected + b"\n"
        result.count(done, result.done)
    return result


def check_keys(result: Checked) -> Generator[int, None, None]:
    """Check the part with the keys alone, so that a bundle for others costs no further reading."""
    for part in result.outer.parts if result.outer else ():
        if part.name in manifest.INNER_PARTS:
            yield from _check_part(result, part, thorough=False)


def check_parts(result: Checked, *, thorough: bool = False) -> Generator[int, None, None]:
    """Check all parts not checked yet, yielding bytes read. Never raises; ``problem`` says what is wrong.

    ``thorough`` looks at second copies even where the first file is good.
    """
    if result.outer is None:
        return
    for part in result.outer.parts:
        if part.name not in result.seen:
            yield from _check_part(result, part, thorough)
    if result.problem is None and not result.complete:
        begun = not os.path.lexists(result.folder / manifest.DONE)
        result.problem = (
            problems.unfinished(result.name, in_part=True)
            if begun and result.damaged == 0
            else problems.not_whole(result.name, result.damaged, result.missing)
        )
        result.problem.in_part = result.inner is not None


def _find_manifest(result: Checked, signers: Signers) -> bytes | None:
    folder = result.folder
    texts = {base: read_small(folder / base, manifest.LIMIT) for base in _CONTROLS}
    signatures = {base: read_small(folder / (base + manifest.SIGNATURE), minisign.LIMIT) for base in _CONTROLS}
    stranger = newer = False
    for text in texts.values():
        if text is None:
            continue
        try:
            outer = manifest.read_outer(text)
        except NewerFormat:
            newer = True
            continue
        except ManifestError:
            continue
        signer = signers(bytes.fromhex(outer.station))
        if signer is None:
            stranger = True
            continue
        comment = f"ranger bundle {outer.bundle}"
        right = {
            base: file is not None and minisign.verify(text, file, signer.signing) == comment
            for base, file in signatures.items()
        }
        if not any(right.values()):
            continue
        result.outer, result.signer = outer, signer
        for base in _CONTROLS:
            result.count(folder / base, texts[base] == text)
            result.count(folder / (base + manifest.SIGNATURE), right[base])
        if not signer.trusted:
            result.problem = problems.from_unconfirmed(result.name, signer.name)
        return text
    if stranger:
        result.problem = problems.from_stranger(result.name)
    elif newer:
        result.problem = problems.newer(result.name)
    elif texts[manifest.OUTER] is None and not os.path.lexists(folder / manifest.DONE):
        result.problem = problems.unfinished(result.name)
    else:
        result.problem = problems.unreadable(result.name)
    for base in _CONTROLS:
        for path in (folder / base, folder / (base + manifest.SIGNATURE)):
            result.count(path, False)
    return None


def _check_part(result: Checked, part: Part, thorough: bool) -> Generator[int, None, None]:
    result.seen.add(part.name)
    for name in (part.name, part.copy):
        if name is None or (part.name in result.sources and not thorough):
            continue
        path = result.folder / name
        good = (yield from hash_file(path, part.size)) == part.sha256
        if not good and os.path.lexists(path):  # a second look before it is called damage
            good = (yield from hash_file(path, part.size)) == part.sha256
        result.count(path, good)
        if good:
            result.sources.setdefault(part.name, path)


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle whose seal was opened and whose inner manifest is signed by the same partner."""

    checked: Checked
    outer: Outer
    inner: Inner
    sealer: Sealer
    bad: dict[str, set[bytes]] = field(default_factory=dict)
    """Ids of frames that were found and did not open, by the kind of their part."""
    proved: set[str] = field(default_factory=set)
    """Parts that were hashed once more after a frame of them did not open, and are what the sender signed."""

    def note_bad(self, kind: str, frame_id: bytes) -> None:
        """Remember a frame that does not open."""
        self.bad.setdefault(kind, set()).add(frame_id)


def open_bundle(checked: Checked, station: bytes, secret: bytes, *, rescue: bool = False) -> Opened:
    """Open the seal for the station with this id and X25519 private key; an open bundle has none.

    Raises BundleProblem where the bundle is not whole (unless ``rescue``), not of a trusted partner, not for us,
    or contradicts itself.
    """
    name, outer, signer = checked.name, checked.outer, checked.signer
    if outer is None or signer is None or not signer.trusted or (checked.problem is not None and not rescue):
        raise checked.problem or problems.unreadable(name)
    sealed = read_small(checked.inner, manifest.LIMIT * 2) if checked.inner is not None else None
    if sealed is None:
        raise checked.problem or problems.unreadable(name)
    try:
        plain = sealed if manifest.is_open(outer) else _unsealed(sealed, secret, signer.signing)
        if plain is None:
            raise problems.not_for_us(name)
        inner = manifest.read_inner(plain)
        manifest.holds_in(inner.holds)
        manifest.partial_in(inner.partial)
    except NewerFormat as error:
        raise problems.newer(name) from error
    except (InvalidSignature, ManifestError, ValueError) as error:
        raise problems.false_content(name) from error
    same = (inner.bundle, inner.station, inner.counter) == (outer.bundle, outer.station, outer.counter)
    if not same or inner.parts_sha256 != manifest.parts_hash(outer.parts):
        raise problems.false_content(name)
    if station.hex() not in inner.to:
        raise problems.not_for_us(name)
    return Opened(checked, outer, inner, Sealer(bytes.fromhex(inner.bundle), bytes.fromhex(inner.key)))


def _unsealed(sealed: bytes, secret: bytes, signing: bytes) -> bytes | None:
    """The inner manifest of a sealed bundle; None where it is sealed for others, InvalidSignature for a false one."""
    plain = agekeys.unseal(sealed, secret)
    if plain is None:
        return None
    Ed25519PublicKey.from_public_bytes(signing).verify(plain[:64], INNER_CONTEXT + plain[64:])
    return plain[64:]


def still_there(checked: Checked) -> bool:
    """Whether the stick still gives the bundle's manifest; not so once it was pulled out."""
    return any(read_small(checked.folder / base, manifest.LIMIT) is not None for base in _CONTROLS)
