"""The station's two private keys in one small file, sealed with a passphrase where the station has one.

scrypt (RFC 7914) turns the passphrase into a key; ChaCha20-Poly1305 (RFC 8439) seals the file.
"""

from __future__ import annotations

import json
import os
import secrets
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ranger_app.domain.station import station_id
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import _

FILE = "station.key"
LEAST_PASSPHRASE = 8
_COST = 16
"""scrypt's cost as a power of two: 64 MiB and a fifth of a second to a second, bearable on a laptop with 4 GB."""
_COSTS = range(14, 20)
"""Costs that are read; a file that asks for more would only fill the memory."""
_FIRST_COST = 15
"""Of files that do not say theirs."""


@dataclass(frozen=True, slots=True)
class StationKeys:
    """The secrets: 32 bytes each. ``protected`` tells whether the file needs a passphrase."""

    signing_secret: bytes = field(repr=False)  # a report of a mistake must not tell them
    sealing_secret: bytes = field(repr=False)
    protected: bool = False

    @classmethod
    def new(cls) -> StationKeys:
        """Fresh random keys."""
        return cls(secrets.token_bytes(32), secrets.token_bytes(32))

    @property
    def signer(self) -> Ed25519PrivateKey:
        """The key that signs batches, bundles and cards."""
        return Ed25519PrivateKey.from_private_bytes(self.signing_secret)

    @property
    def signing(self) -> bytes:
        """The public signing key, 32 bytes."""
        return self.signer.public_key().public_bytes_raw()

    @property
    def sealing(self) -> bytes:
        """The public key that bundles are sealed to, 32 bytes."""
        return X25519PrivateKey.from_private_bytes(self.sealing_secret).public_key().public_bytes_raw()

    @property
    def station(self) -> bytes:
        """The station id that belongs to these keys."""
        return station_id(self.signing, self.sealing)


def check_passphrase(passphrase: str) -> None:
    """UsageProblem where a new passphrase is too short to be one."""
    if len(passphrase.strip()) < LEAST_PASSPHRASE:
        raise UsageProblem(
            "PASSPHRASE_SHORT",
            _("A passphrase has at least {n} characters.").format(n=LEAST_PASSPHRASE),
            _("Take four or five words that nobody guesses."),
        )


def _sealed_with(passphrase: str, salt: bytes, cost: int) -> ChaCha20Poly1305:
    # The same word typed on another system may come in another Unicode form.
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8")
    return ChaCha20Poly1305(Scrypt(salt=salt, length=32, n=1 << cost, r=8, p=1).derive(secret))


def write_keys(path: Path, keys: StationKeys, passphrase: str | None) -> StationKeys:
    """Write the key file so that it is whole or not there; returns the keys as they are now protected."""
    secret = keys.signing_secret + keys.sealing_secret
    content: dict[str, object] = {"ranger_keys": 1, "station": keys.station.hex(), "protected": bool(passphrase)}
    if passphrase:
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
        sealed = _sealed_with(passphrase, salt, _COST).encrypt(nonce, secret, keys.station)
        content |= {"cost": _COST, "salt": salt.hex(), "nonce": nonce.hex(), "sealed": sealed.hex()}
    else:
        content["secret"] = secret.hex()
    draft = path.with_name(path.name + ".new")
    with draft.open("w", encoding="utf-8") as file:
        with suppress(OSError):
            draft.chmod(0o600)  # on Windows the folder's own rights protect it
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return StationKeys(keys.signing_secret, keys.sealing_secret, bool(passphrase))


def read_keys(path: Path, passphrase: str | None) -> StationKeys:
    """The keys from their file. DataProblem where the file is damaged, UsageProblem for a wrong passphrase."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        station = bytes.fromhex(content["station"])
        protected = bool(content["protected"])
        if protected:
            if not passphrase:
                raise UsageProblem(
                    "PASSPHRASE_NEEDED",
                    _("This station's keys are behind a passphrase."),
                    _("Give it in RANGER_PASSPHRASE or in the window."),
                )
            cost = content.get("cost", _FIRST_COST)
            if cost not in _COSTS:
                raise ValueError("cost")
            sealing = _sealed_with(passphrase, bytes.fromhex(content["salt"]), int(cost))
            secret = sealing.decrypt(bytes.fromhex(content["nonce"]), bytes.fromhex(content["sealed"]), station)
        else:
            secret = bytes.fromhex(content["secret"])
        keys = StationKeys(secret[:32], secret[32:], protected)
        if len(secret) != 64 or keys.station != station:
            raise ValueError("station")
    except InvalidTag as error:
        raise UsageProblem("PASSPHRASE_WRONG", _("The passphrase is not right."), _("Try again.")) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataProblem(
            "KEYS_DAMAGED",
            _("The station's key file is missing or damaged."),
            _("Make it again from the recovery sheet, or restore the newest backup."),
        ) from error
    return keys
