"""age's own writing of X25519 keys (Bech32), and sealing of small things for several stations.

pyrage is used in memory only and for a few megabytes at most: with files it can lose the end without an error.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyrage

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def _checksum(values: Sequence[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check


def _bech32(prefix: str, data: bytes) -> str:
    # BIP 173; age uses the original checksum constant 1.
    number = int.from_bytes(data, "big") << (-len(data) * 8 % 5)
    words = [number >> shift & 31 for shift in range((len(data) * 8 + 4) // 5 * 5 - 5, -1, -5)]
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _checksum([*spread, *words, 0, 0, 0, 0, 0, 0]) ^ 1
    words += [check >> shift & 31 for shift in range(25, -1, -5)]
    return prefix + "1" + "".join(LETTERS[word] for word in words)


def recipient(sealing_key: bytes) -> str:
    """``age1…`` for the 32 bytes of an X25519 public key."""
    return _bech32("age", sealing_key)


def identity(secret: bytes) -> str:
    """``AGE-SECRET-KEY-1…`` for the 32 bytes of an X25519 private key."""
    return _bech32("age-secret-key-", secret).upper()


def seal(data: bytes, sealing_keys: Sequence[bytes]) -> bytes:
    """``data`` as an age file that each of the X25519 public keys opens."""
    sealed: bytes = pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(recipient(key)) for key in sealing_keys])
    return sealed


def unseal(data: bytes, secret: bytes) -> bytes | None:
    """What an age file holds, or None where it is damaged or not for the X25519 private key ``secret``."""
    try:
        opened: bytes = pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(identity(secret))])
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError, OSError):
        return None
    return opened
