"""This station's card, and pairing with other stations: a partner counts only once people compared the digits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ranger_app.actions import permission
from ranger_app.actions.outputs import spare_library
from ranger_app.domain import sharing
from ranger_app.domain.station import fingerprint
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.media.formats import told_by_content
from ranger_app.store import partners as store
from ranger_app.store import revocations, sharing_rules
from ranger_app.store.connection import Database
from ranger_app.store.partners import KnownStation
from ranger_app.sync import cards, problems
from ranger_app.sync.cards import Card

FULL = sharing.FULL.name
STANDARD = sharing.STANDARD.name
"""What a partner gets unless somebody chose otherwise."""
CLEARANCES = tuple(sharing.PRESETS)


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as people see it; ``confirm`` are the digits to compare. Times in ms since 1970."""

    id: bytes
    name: str
    country: str
    utc_offset: int
    fingerprint: str
    confirm: str
    trusted: bool
    clearance: str
    confirmed_by: bytes | None
    confirmed_at: int | None
    last_read: int | None
    last_written: int | None
    withdrawn: bool = False
    """Whether the partner's keys are withdrawn here: nothing may be written to it."""


def card_text(library: Library) -> str:
    """This station's card as it is handed over."""
    station = library.station
    return cards.write_card(
        name=station.name,
        country=station.country,
        utc_offset=station.utc_offset,
        signing=station.signing,
        sealing=station.sealing,
        issued=library.now_ms(),
        sign=library.keys.signer.sign,
    )


def write_card(library: Library, out: Path) -> Path:
    """Write this station's card to a file, or into a folder; returns the file. EnvironmentProblem where it fails.

    A file that ends in .png becomes the picture of its QR code, one in .txt the text of that code.
    """
    target = out / f"ranger-{library.station.id.hex()[:8]}.json" if out.is_dir() else out
    spare_library(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_written(library, target.suffix.lower()))
    except OSError as error:
        raise EnvironmentProblem(
            "CARD_NOT_WRITTEN",
            _("The card could not be written to {file}.").format(file=target),
            _("Check the stick and the space on it."),
        ) from error
    return target


def _written(library: Library, suffix: str) -> bytes:
    if suffix == ".png":
        from ranger_app.media import qr

        return qr.draw(card_code(library), 8)
    return (card_code(library) + "\n" if suffix == ".txt" else card_text(library)).encode("utf-8")


def card_code(library: Library) -> str:
    """This station's card as the text of a QR code."""
    return cards.to_code(card_text(library))


def read_card(path: Path) -> Card:
    """A partner's card from its file, a text with its code, or a picture of its QR code.

    DataProblem where there is no card, or it was changed.
    """
    try:
        with path.open("rb") as file:
            data = file.read(cards.LIMIT + 1)
        if told_by_content(data) is None:
            return _card_in(data.decode("utf-8-sig"))
        from ranger_app.media import qr  # slow to load, and most cards come as a file

        for text in qr.read(path):
            if text.startswith(cards.CODE):
                return _card_in(text)
    except OSError as error:
        raise problems.no_card(path) from error
    except ValueError as error:
        raise problems.bad_card(path) from error
    raise DataProblem(
        "NO_CARD_IN_PICTURE",
        _("There is no QR code of a station card in {file}.").format(file=path),
        _("Take the picture again: sharp, straight and with the whole code on it. Or take the card as a file."),
    )


def _card_in(text: str) -> Card:
    return cards.read_card(cards.from_code(text) if text.lstrip().startswith(cards.CODE) else text)


def keep_card(db: Database, card: Card) -> None:
    """Keep a checked card, unless a newer one of the station is here. The caller holds a transaction."""
    known = store.station(db, card.station)
    if known is not None and cards.read_card(known.card).issued >= card.issued:
        return
    store.put_card(
        db,
        card.station,
        card.text,
        name=card.name,
        country=card.country,
        utc_offset=card.utc_offset,
        signing=card.signing,
        sealing=card.sealing,
    )


def add_partner(library: Library, path: Path, *, confirm: str | None = None, clearance: str | None = None) -> Partner:
    """Add the station of a card as a partner; with the right digits it is trusted.

    DataProblem for a card that is not valid, the station's own, an unknown clearance, wrong digits,
    or a person at work without the role.
    """
    card = read_card(path)
    if card.station == library.station.id:
        raise DataProblem(
            "OWN_CARD", _("This is the card of this very station."), _("Take the card that the partner wrote.")
        )
    if clearance is not None and clearance not in CLEARANCES:
        raise DataProblem(
            "CLEARANCE_UNKNOWN",
            _("There is no clearance called {clearance}.").format(clearance=clearance),
            _("Use one of: {words}.").format(words=", ".join(CLEARANCES)),
        )
    with library.read() as db:
        known = store.station(db, card.station)
    kept = known.clearance if known is not None and known.partner else ""
    wanted = clearance or kept or STANDARD
    if wanted != (kept or STANDARD) or (clearance is not None and known is not None and known.rule):
        permission.require(library, permission.EXCHANGE)
    if confirm is not None:
        permission.require(library, permission.EXCHANGE)
        _check_digits(library, card.station, confirm)

    def change(db: Database) -> None:
        keep_card(db, card)
        store.make_partner(db, card.station, wanted)
        if clearance is not None:
            sharing_rules.put(db, card.station, clearance, "")
        if confirm is not None:
            store.trust(db, card.station, library.person, library.now_ms())

    library.write(change)
    return partner(library, card.station)


def confirm_partner(library: Library, station: bytes, digits: str) -> Partner:
    """Trust a waiting partner after two people compared the digits; DataProblem where they differ."""
    permission.require(library, permission.EXCHANGE)
    _check_digits(library, station, digits)
    library.write(lambda db: store.trust(db, station, library.person, library.now_ms()))
    return partner(library, station)


def _check_digits(library: Library, station: bytes, digits: str) -> None:
    if not cards.same_digits(digits, cards.confirmation_digits(library.station.id, station)):
        raise DataProblem(
            "DIGITS_DIFFER",
            _("These are not the digits of this partner."),
            _("Compare them again; if they still differ, somebody changed the card: do not trust it."),
        )


def partner(library: Library, station: bytes) -> Partner:
    """The partner with this id; DataProblem NO_PARTNER where there is none."""
    with library.read() as db:
        known = store.station(db, station)
        if known is None or not known.partner:
            raise _no_partner(station.hex())
        return _partner(library, db, known)


def list_partners(library: Library) -> list[Partner]:
    """All partners, waiting ones too, by name."""
    with library.read() as db:
        return [_partner(library, db, known) for known in store.partners(db)]


def _partner(library: Library, db: Database, known: KnownStation) -> Partner:
    return Partner(
        known.id,
        known.name,
        known.country,
        known.utc_offset,
        fingerprint(known.id),
        cards.confirmation_digits(library.station.id, known.id),
        known.trusted,
        known.clearance,
        known.confirmed_by,
        known.confirmed_at,
        store.newest_time(db, store.READ, known.id),
        store.newest_time(db, store.WRITTEN, known.id),
        known.id in revocations.withdrawn(db),
    )


def require_trusted(library: Library, stations: Iterable[bytes]) -> None:
    """DataProblem unless records may be given to each of these stations.

    PARTNER_NOT_TRUSTED where nobody compared the digits yet, KEYS_WITHDRAWN where the partner's keys are withdrawn.
    """
    with library.read() as db:
        withdrawn = revocations.withdrawn(db)
        for station in stations:
            known = store.station(db, station)
            if known is None or not known.partner:
                raise _no_partner(station.hex())
            if not known.trusted:
                raise DataProblem(
                    "PARTNER_NOT_TRUSTED",
                    _("Nobody has confirmed the keys of {name} yet.").format(name=known.name),
                    _("Compare the digits with the partner first."),
                )
            if station in withdrawn:
                raise DataProblem(
                    "KEYS_WITHDRAWN",
                    _("The keys of {name} are withdrawn. Nothing is written to it.").format(name=known.name),
                    _("Pair with the partner's new card, or lift the withdrawal."),
                )


def find_partner(library: Library, word: str) -> bytes:
    """The id of the partner with this name, id or unique beginning of either; DataProblem otherwise."""
    wanted = word.strip().casefold()
    digits = wanted.replace(" ", "")
    with library.read() as db:
        known = store.partners(db)
    exact = [one for one in known if one.name.casefold() == wanted or one.id.hex() == digits]
    found = exact or [
        one for one in known if wanted and (one.name.casefold().startswith(wanted) or one.id.hex().startswith(digits))
    ]
    if not found:
        raise _no_partner(word)
    if len(found) > 1:
        raise DataProblem(
            "PARTNER_NOT_UNIQUE",
            _("Several partners are called {name}.").format(name=word),
            _("Use the station id instead."),
        )
    return found[0].id


def _no_partner(word: str) -> DataProblem:
    return DataProblem(
        "NO_PARTNER",
        _("There is no partner called {name}.").format(name=word),
        _("Add the partner's station card first."),
    )
