"""Exchange: write a bundle in three steps, read one, decide what differs, and know the partners."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from ranger_app.actions import decisions
from ranger_app.changes import Changes
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.commands import Command
from ui.exchange.write_page import WritePage
from ui.numbers import number
from ui.widgets.later import Later
from ui.widgets.screen import Screen
from ui.widgets.segments import Pages

if TYPE_CHECKING:
    from ui.exchange.decisions_page import DecisionsPage
    from ui.exchange.ledger_page import LedgerPage
    from ui.exchange.partners_page import PartnersPage
    from ui.exchange.read_page import ReadPage
    from ui.exchange.rule_page import RulePage

WRITE, READ, DECIDE, PARTNERS, RULES, GIVEN = range(6)
_TARGETS = {"write": WRITE, "read": READ, "decisions": DECIDE, "partners": PARTNERS, "rules": RULES, "given": GIVEN}


class ExchangeScreen(Screen):
    """``open_at`` takes "write", "read", "decisions", "partners", "rules", "given", or the Path of a stick to read."""

    help_page = "exchange"

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge)
        self.write = WritePage(library, bridge)
        self._read_later = Later(self._make_read)
        self._decisions_later = Later(self._make_decisions)
        self._partners_later = Later(self._make_partners)
        self._rules_later = Later(self._make_rules)
        self._given_later = Later(self._make_ledger)
        self.pages = Pages(
            [
                (_("Write"), self.write),
                (_("Read"), self._read_later),
                (_("Decisions"), self._decisions_later),
                (_("Partners"), self._partners_later),
                (_("Sharing rules"), self._rules_later),
                (_("Given"), self._given_later),
            ],
            wrap=True,
        )
        self.body.addWidget(self.pages, 1)
        self._open = 0
        self.pages.changed.connect(self._turned)
        self.write.panel_wanted.connect(self.panel_wanted)
        self.write.panel_done.connect(self.panel_done)
        self.write.partners_wanted.connect(self.show_pairing)
        self.write.rules_wanted.connect(self._show_rule)
        self._asked = 0
        self._say_where()

    # The module of a page is imported with it: together they would hold the window up for a third of a second.

    @property
    def read(self) -> ReadPage:
        """The page that reads a bundle, made when somebody first turns to it."""
        return self._read_later.page

    @property
    def decisions(self) -> DecisionsPage:
        """The page of decisions, made when somebody first turns to it."""
        return self._decisions_later.page

    @property
    def partners(self) -> PartnersPage:
        """The page of partners, made when somebody first turns to it."""
        return self._partners_later.page

    @property
    def rules(self) -> RulePage:
        """The page of sharing rules, made when somebody first turns to it."""
        return self._rules_later.page

    @property
    def ledger(self) -> LedgerPage:
        """The page of what was given, made when somebody first turns to it."""
        return self._given_later.page

    def _make_read(self) -> ReadPage:
        from ui.exchange.read_page import ReadPage

        made = ReadPage(self.library, self.bridge)
        made.panel_wanted.connect(self.panel_wanted)
        made.partners_wanted.connect(lambda: self.turn(PARTNERS))
        made.decide_wanted.connect(lambda: self.turn(DECIDE))
        made.taken.connect(lambda: self._everything(None))
        return made

    def _make_decisions(self) -> DecisionsPage:
        from ui.exchange.decisions_page import DecisionsPage

        made = DecisionsPage(self.library, self.bridge)
        made.counted.connect(self._counted)
        return made

    def _make_partners(self) -> PartnersPage:
        from ui.exchange.partners_page import PartnersPage

        made = PartnersPage(self.library, self.bridge)
        made.changed.connect(self._partners_changed)
        made.write_wanted.connect(self._write_for)
        made.rules_wanted.connect(self._show_rule)
        return made

    def _make_rules(self) -> RulePage:
        from ui.exchange.rule_page import RulePage

        made = RulePage(self.library, self.bridge)
        made.saved.connect(lambda _partner: self.write.refresh(None))
        made.edited.connect(self.commands_changed)
        return made

    def _make_ledger(self) -> LedgerPage:
        from ui.exchange.ledger_page import LedgerPage

        made = LedgerPage(self.library, self.bridge)
        made.panel_wanted.connect(self.panel_wanted)
        return made

    # -- commands ----------------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        group = _("Exchange")
        found = [
            Command("exchange.read", _("Read a bundle"), lambda: self.turn(READ), "R", group=group),
            Command("exchange.write", _("Write a bundle"), self._write_page, "W", group=group),
            Command("exchange.decisions", _("Show the decisions"), lambda: self.turn(DECIDE), "D", group=group),
            Command("exchange.partners", _("Show the partners"), lambda: self.turn(PARTNERS), "P", group=group),
            Command("exchange.rules", _("Show the sharing rules"), self._rules, "U", group=group),
            Command("exchange.given", _("Show what we gave"), lambda: self.turn(GIVEN), "G", group=group),
        ]
        page = self.pages.index
        if page == WRITE:
            found += [
                Command("exchange.who", _("Choose who it is for"), self.write.choose_who, "1", group=group),
                Command("exchange.stick", _("Choose the stick"), self.write.choose_stick, "2", group=group),
                Command("exchange.drops", _("Drop points"), self.write.manage_drops, "O", group=group),
                Command("exchange.start", _("Write and check"), self.write.start, "3", self._can_write, group),
                Command("exchange.finish", _("Finish it"), self._finish, "I", self._unfinished, group),
                Command("exchange.slip", _("Hand-over slip"), self.write.slip, "L", self._written, group),
                Command("exchange.again", _("Write another"), self.write.write_another, "N", self._written, group),
                Command("exchange.free", _("Free this stick"), self._free, "F", self._confirmed, group),
            ]
        elif page == READ:
            found += [
                Command("exchange.folder", _("Choose a folder"), self.read.choose, "F", group=group),
                Command("exchange.drops", _("Drop points"), self.read.manage_drops, "O", group=group),
                Command("exchange.first", _("Read the stick"), self.read.read_first, "Ctrl+Return", group=group),
                Command(
                    "exchange.partial", _("Take what is whole"), self.read.take_what_is_whole, "T", self._damaged, group
                ),
                Command("exchange.receipt", _("Make a receipt"), self.read.give_receipt, "M", self._taken, group),
            ]
        elif page == DECIDE:
            found += [
                Command(
                    f"exchange.take{place + 1}",
                    _("Take value {n}").format(n=place + 1),
                    partial(self.decisions.take, place),
                    str(place + 1),
                    lambda: self.decisions.current() is not None,
                    group,
                )
                for place in range(len(self.decisions.sides))
            ]
        elif page == RULES:
            found += [
                Command("exchange.rule_save", _("Save the rule"), self.rules.save, "Ctrl+S", self._rule_edited, group),
                Command("exchange.rule_back", _("Undo changes"), self.rules.take_back, "B", self._rule_edited, group),
            ]
        elif page == GIVEN:
            found += [
                Command("exchange.make", _("Make a receipt"), self.ledger.make_receipt, "M", group=group),
                Command("exchange.take_receipt", _("Take a receipt"), self.ledger.take_receipt, "T", group=group),
                Command("exchange.save", _("Save to print"), self.ledger.save, "S", group=group),
            ]
        else:
            found += [
                Command("exchange.card", _("Save my card"), self.partners.save_card, "S", group=group),
                Command("exchange.pair", _("Pair with a partner"), self.partners.pair, "A", group=group),
                Command("exchange.same", _("The digits are the same"), self.partners.confirm, "Y", group=group),
                Command("exchange.differ", _("They differ"), self.partners.refuse, "N", group=group),
                Command(
                    "exchange.statement",
                    _("Take a statement about withdrawn keys"),
                    self.partners.choose_statement,
                    "K",
                    group=group,
                ),
                Command("exchange.list", _("Back to the list"), self.partners.show_list, "B", group=group),
            ]
        return found

    def _finish(self) -> None:
        if self.write.mine.place is not None:
            self.write.finish(self.write.mine.place)

    def _free(self) -> None:
        if self.write.mine.place is not None:
            self.write.free(self.write.mine.place)

    def _confirmed(self) -> bool:
        return self.write.mine.can_free

    def _taken(self) -> bool:
        return self.read.result.isVisible()

    def _write_for(self, partner: bytes) -> None:
        self.turn(WRITE)
        self.write.choose_for((partner,))

    def _write_page(self) -> None:
        pairing = self.pages.index == PARTNERS and self.partners.is_pairing
        just_paired = self.partners.pairing.compare.partner if pairing else None
        if just_paired is not None and just_paired.trusted:
            self._write_for(just_paired.id)
        else:
            self.turn(WRITE)

    def _rules(self) -> None:
        """Show the rule of whoever is looked at."""
        chosen = self.write.chosen if self.pages.index == WRITE else ()
        self._show_rule(chosen[0] if chosen else self.partners.shown if self.pages.index == PARTNERS else b"")

    def _partners_changed(self) -> None:
        self.write.refresh(None)
        for later in (self._rules_later, self._given_later):
            if later.made is not None:
                later.made.refresh(None)

    def _unfinished(self) -> bool:
        return self.write.mine.can_finish

    def _written(self) -> bool:
        return self.write.safe.isVisible()

    def _can_write(self) -> bool:
        return self.write.write_button.isEnabled()

    def _show_rule(self, partner: bytes) -> None:
        self.turn(RULES)
        if partner:
            self.rules.choose(partner)

    def _rule_edited(self) -> bool:
        return self.rules.is_edited

    def _damaged(self) -> bool:
        return self.read.partial_offered

    # -- pages -------------------------------------------------------------------------------------------------

    def turn(self, page: int) -> None:
        """Show one of the pages and give it the keyboard."""
        self.pages.choose(page)
        focus = self._first_of(page)
        if focus is not None:
            focus.setFocus()

    def _first_of(self, page: int) -> QWidget | None:
        if page == WRITE:
            return self.write.next_button
        if page == READ:
            return self.read.buttons[0] if self.read.buttons else self.read.folder_button
        if page == RULES:
            return self.rules.who
        if page == GIVEN:
            return self.ledger.table.view
        return (self.decisions if page == DECIDE else self.partners).table.view

    def _turned(self, page: int) -> None:
        if not self._reading():  # what partners, bundles and receipts changed is in no record
            self._page(page).refresh(None)
        self._say_where()
        self.commands_changed.emit()

    def _counted(self, n: int) -> None:
        self._open = n
        self.pages.tell_number(DECIDE, n)
        self._say_where()

    def _say_where(self) -> None:
        page = self.pages.index
        if page == WRITE:
            sentence = _("Three steps, then wait for “Safe to remove”.")
        elif page == READ:
            sentence = _("Put in the stick you were given. Reading twice changes nothing.")
        elif page == DECIDE:
            differ = ngettext("{n} field differs between stations.", "{n} fields differ between stations.", self._open)
            sentence = differ.format(n=number(self._open)) if self._open else _("Both sides agree.")
        elif page == RULES:
            sentence = _("What each partner may see. What was given cannot be taken back.")
        elif page == GIVEN:
            sentence = _("What left this station, to whom, and what they confirmed.")
        else:
            sentence = _("Stations whose keys people compared in person.")
        self.set_heading(_("Exchange"), sentence)
        read = self.commands()[0]
        self.set_actions(*([] if page == READ else [read]))

    def _reading(self) -> bool:
        return self._read_later.made is not None and self._read_later.made.reading

    def _everything(self, changes: Changes | None) -> None:
        """Read the page in view again, and how many decisions wait; the others are read when somebody turns to them."""
        self._page(self.pages.index).refresh(changes)
        if self.pages.index != DECIDE:
            self._count()

    def _count(self) -> None:
        self._asked += 1
        asked, library = self._asked, self.library

        def counted(n: int) -> None:
            if asked == self._asked and self.pages.index != DECIDE:
                self._counted(n)

        self.bridge.run(lambda _cancel: decisions.number(library), counted, owner=self)

    def _page(self, page: int) -> Any:
        if page in (RULES, GIVEN):
            return self.rules if page == RULES else self.ledger
        if page in (DECIDE, PARTNERS):
            return self.decisions if page == DECIDE else self.partners
        return self.write if page == WRITE else self.read

    # -- what the shell asks -----------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        if not self._reading():  # thousands of records come in at once: look again at the end
            self._everything(changes)

    def open_at(self, target: Any) -> None:
        if isinstance(target, Path):
            self.turn(READ)
            self.read.read(target)
        elif target in _TARGETS:
            self.turn(_TARGETS[target])

    def state(self) -> dict[str, Any]:
        return {
            "page": self.pages.index,
            "chosen": self.write.chosen,
            "pictures": self.write.pictures.currentIndex(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.pages.choose(state["page"])
        self.write.chosen = state["chosen"]
        self.write.pictures.setCurrentIndex(state["pictures"])
        self.write.refresh(None)

    def pictures(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            ("read", partial(self.turn, READ)),
            ("decisions", partial(self.turn, DECIDE)),
            ("partners", partial(self.turn, PARTNERS)),
            ("pairing", self.show_pairing),
            ("rules", partial(self.turn, RULES)),
            ("given", partial(self.turn, GIVEN)),
        ]

    def show_pairing(self) -> None:
        """Show the page on which two people pair their stations."""
        self.turn(PARTNERS)
        if not self.partners.is_pairing:  # else it would ask for the card
            self.partners.pair()

    def start_focus(self) -> QWidget | None:
        return self._first_of(self.pages.index)
