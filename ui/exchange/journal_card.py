"""What went over the border: every bundle written or read here, and which of them the partner has."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ranger_app.actions import ledger, ledger_words
from ranger_app.actions.journal import Entry, journal
from ranger_app.changes import Changes
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.exchange.rows import Row, Rows
from ui.numbers import moment, number
from ui.widgets.card import Card
from ui.widgets.text import muted

_DAY_MS = 86_400_000


class JournalCard(Card):
    """The journal, newest first."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(_("What went over the border"), parent)
        self._library, self._bridge = library, bridge
        self.rows = Rows()
        self.body.addWidget(self.rows, 1)
        self.setMinimumHeight(150)
        self.shown = 0
        self._states: dict[tuple[bytes, int], tuple[str, str]] = {}

    def refresh(self, changes: Changes | None) -> None:
        """Read the journal again."""
        self._bridge.run(lambda _cancel: (journal(self._library), ledger.lines(self._library)), self._show, owner=self)

    def _show(self, found: tuple[list[Entry], list[ledger.Line]]) -> None:
        entries, given = found
        self._states = {
            (line.given.station, line.given.counter or 0): ledger_words.state_words(line)
            for line in given
            if line.given.counter is not None and line.given.station is not None
        }
        entries = once_each(entries)
        self.shown = len(entries)
        if not entries:
            self.rows.fill([muted(_("Nothing has gone over the border yet. Write the first bundle above."))])
            return
        self.rows.fill([self._row(entry) for entry in entries])

    def _row(self, entry: Entry) -> Row:
        when = moment(entry.at / 1000, self._library.station.utc_offset)
        records = ngettext("{n} record", "{n} records", entry.operations).format(n=number(entry.operations))
        remark = [when, records]
        if entry.media:
            remark.append(ngettext("{n} picture", "{n} pictures", entry.media).format(n=number(entry.media)))
        if entry.written:
            what = _("Bundle {n} to {name}").format(n=number(entry.counter), name=entry.partner)
            word, tone = self._arrival(entry)
        else:
            what = _("Bundle {n} from {name}").format(n=number(entry.counter), name=entry.partner)
            word, tone = (_("read"), "partner")
            if entry.damaged:
                word, tone = _("read in part, damaged"), "problem"
        return Row(what, " · ".join(remark), word, tone)

    def _arrival(self, entry: Entry) -> tuple[str, str]:
        said = self._states.get((entry.station, entry.counter))
        if said is not None and said[0]:
            return said  # the words of the ledger: both pages say the same of one bundle
        if entry.partner_has:
            return _("confirmed"), "own"
        days = max(0, (self._library.now_ms() - entry.at) // _DAY_MS)
        if days == 0:
            return _("sent today, not confirmed"), "attention"
        words = ngettext("sent, not confirmed for {n} day", "sent, not confirmed for {n} days", days)
        return words.format(n=number(days)), "attention"


def once_each(entries: list[Entry]) -> list[Entry]:
    """One line for each bundle: of several readings the newest whole one, or else the newest."""
    best: dict[tuple[bool, bytes, int], Entry] = {}
    for entry in entries:
        key = (entry.written, entry.station, entry.counter)
        known = best.get(key)
        if known is None or (known.damaged and not entry.damaged):
            best[key] = entry
    return sorted(best.values(), key=lambda entry: -entry.at)
