"""A station's two secrets as lines that people copy by hand from paper, each with a check of its own.

A mistake is found in the line it stands in, so nobody has to compare seven lines to find one letter.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 of D. Crockford (2002): no I, L, O or U, which hands and eyes confuse."""
LINES = 7
PREFIX = "RGK1:"
"""Before the lines in a QR code."""
_A_LINE = 10
_CHECK = 4
_LENGTH = _A_LINE * 8 // 5 + _CHECK
_VERSION = 1
_CONTEXT = b"ranger recovery\0"
# Letters of a Russian keyboard that look like ours, and those the alphabet leaves out.
_ALIKE = str.maketrans("ILOАВЕКМНОРСТХ", "110ABEKMH0PCTX")
_NUMBER = re.compile(r"^\s*([1-7])\s*[.:)\s]\s*(?=\S)")


class RecoveryError(ValueError):
    """The text is not a recovery sheet. ``lines`` are the numbers (from 1) of the lines that are wrong."""

    def __init__(self, lines: tuple[int, ...] = ()) -> None:
        super().__init__(f"lines {lines}")
        self.lines = lines


def _spell(data: bytes) -> str:
    number = int.from_bytes(data, "big")
    return "".join(LETTERS[number >> shift & 31] for shift in range(len(data) * 8 - 5, -1, -5))


def _check(place: int, data: bytes) -> str:
    number = int.from_bytes(hashlib.sha256(_CONTEXT + bytes([place]) + data).digest()[:3], "big") >> 4
    return "".join(LETTERS[number >> shift & 31] for shift in (15, 10, 5, 0))


def spell(signing_secret: bytes, sealing_secret: bytes) -> list[str]:
    """Seven lines of five groups of four letters for two secrets of 32 bytes each; the last group checks the line."""
    secret = bytes([_VERSION]) + signing_secret + sealing_secret
    secret += hashlib.sha256(_CONTEXT + secret).digest()[: LINES * _A_LINE - len(secret)]
    found = []
    for place in range(LINES):
        part = secret[place * _A_LINE : (place + 1) * _A_LINE]
        letters = _spell(part) + _check(place, part)
        found.append(" ".join(letters[at : at + 4] for at in range(0, _LENGTH, 4)))
    return found


def code(lines: list[str]) -> str:
    """The lines as the text of a QR code."""
    return PREFIX + "".join(lines).replace(" ", "")


def read(text: str) -> tuple[bytes, bytes]:
    """The two secrets out of what was typed or read from a QR code; RecoveryError names the lines that are wrong.

    Line numbers, small letters, look-alikes of other keyboards and any spacing are taken as meant.
    """
    lines = _lines(text)
    parts = [_part(place, line) for place, line in enumerate(lines[:LINES])]
    wrong = [place + 1 for place, part in enumerate(parts) if part is None]
    wrong += range(len(parts) + 1, LINES + 1)  # those that are missing
    if wrong or len(lines) > LINES:
        raise RecoveryError(tuple(wrong))
    secret = b"".join(part for part in parts if part is not None)
    signing, sealing, rest = secret[1:33], secret[33:65], secret[65:]
    if secret[0] != _VERSION or rest != hashlib.sha256(_CONTEXT + secret[:65]).digest()[: len(rest)]:
        raise RecoveryError
    return signing, sealing


def _lines(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text.lstrip("\ufeff")).strip()
    if plain.upper().startswith(PREFIX):
        bare = "".join(plain[len(PREFIX) :].split())
        return [bare[at : at + _LENGTH] for at in range(0, len(bare), _LENGTH)]
    found = []
    for line in plain.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        bare = _bare(line)
        numbered = _NUMBER.match(line)
        # "1 ABCD …" is a line number; a group of letters that begins with 1 has no space after it.
        found.append(_bare(line[numbered.end() :]) if numbered and len(bare) != _LENGTH else bare)
    return found


def _bare(line: str) -> str:
    letters = line.upper().translate(_ALIKE)
    return "".join(letter for letter in letters if letter.isalnum())


def _part(place: int, line: str) -> bytes | None:
    if len(line) != _LENGTH or any(letter not in LETTERS for letter in line):
        return None
    number = 0
    for letter in line[:-_CHECK]:
        number = number << 5 | LETTERS.index(letter)
    data = number.to_bytes(_A_LINE, "big")
    return data if _check(place, data) == line[-_CHECK:] else None
