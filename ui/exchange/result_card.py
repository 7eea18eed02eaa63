"""What reading a bundle brought, in plain words: figures, what is missing, and the receipt to give back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ranger_app.actions.bundle_losses import ORIGINAL, THUMBNAIL
from ranger_app.actions.bundle_read import BundleRead, ReadReport
from ranger_app.i18n import _, ngettext
from ui.numbers import number
from ui.widgets.buttons import button
from ui.widgets.card import Card, FigureCard, card_row
from ui.widgets.chip import Chip
from ui.widgets.text import label, muted, section


class ResultCard(Card):
    """From whom, and five figures: new, updated, merged, to decide, already known."""

    decide_wanted = Signal()
    receipt_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.name = section("")
        self.chip = Chip("", "partner")
        head.addWidget(self.name, 1)
        head.addWidget(self.chip)
        self.body.addLayout(head)
        self.sentence = muted("")
        self.body.addWidget(self.sentence)
        self.figures = {
            "new": FigureCard(_("new records")),
            "updated": FigureCard(_("changed")),
            "soft": FigureCard(_("changed on both sides")),
            "hard": FigureCard(
                _("records to decide"), action=_("Decide"), run=self.decide_wanted.emit, primary=True, key="D"
            ),
            "known": FigureCard(_("known already")),
        }
        self.body.addLayout(card_row(*self.figures.values()))
        self.more = label("", wrap=True)
        self.body.addWidget(self.more)
        self.senders: list[tuple[bytes, str]] = []
        """Those whose bundles were read: id and name."""
        self.receipt_row = QWidget()
        row = QHBoxLayout(self.receipt_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.receipt = button(_("Make a receipt"), self.receipt_wanted.emit, key="M")
        row.addWidget(self.receipt)
        row.addWidget(muted(_("It tells the sender what arrived. Your next bundle carries it anyway.")), 1)
        self.body.addWidget(self.receipt_row)
        self.hide()

    def show_report(
        self,
        report: ReadReport,
        before: int | None = None,
        now: int | None = None,
        withdrawn: Sequence[str] = (),
    ) -> None:
        """Show what reading changed; ``before`` and ``now`` are how many records lay here.

        ``withdrawn`` says whose keys no longer count, where some of it was signed with such keys.
        """
        self.name.setText(" · ".join(_from_words(one) for one in report.bundles))
        whole = not any(one.damaged for one in report.bundles)
        self.chip.show_word(_("whole") if whole else _("taken in part"), "partner" if whole else "problem")
        self.senders = list(dict.fromkeys((one.station, one.sender) for one in report.bundles))
        pictures = report.thumbnails + report.originals + report.copies
        nothing = not (report.new or report.updated or report.hard or report.revealed or pictures)
        known = _("Everything in it was known here already. Nothing changed.")
        said = [known if nothing else _("Checked and taken in. The stick may be taken out.")]
        if withdrawn and nothing:
            said = list(withdrawn)
        elif withdrawn:
            said += withdrawn
        if not nothing and before is not None and now is not None:
            counted = _("Records here: {before} before, {now} now.")
            said.append(counted.format(before=number(before), now=number(now)))
        self.sentence.setText(" ".join(said))
        remarks = {
            "new": (report.new, _("new records"), _("They were not here before.")),
            "updated": (report.updated, _("changed"), _("They got newer values.")),
            "soft": (report.soft, _("changed on both sides"), _("In different fields: both changes are kept.")),
            "hard": (report.hard, _("records to decide"), _("The same field was changed on both sides.")),
            "known": (report.already_known, _("known already"), _("Read before: nothing new in them.")),
        }
        for name, (figure, what, remark) in remarks.items():
            self.figures[name].show_figure(number(figure), what, remark, quiet=not figure)
        self.figures["hard"].button.setVisible(report.hard > 0)
        self.more.setText(" ".join(_more_words(report, withdrawn=bool(withdrawn))))
        self.receipt_row.setVisible(not withdrawn)
        self.more.setVisible(bool(self.more.text()))
        self.show()
        if report.hard:
            self.figures["hard"].button.setFocus()
        elif not withdrawn:
            self.receipt.setFocus()


def _from_words(one: BundleRead) -> str:
    return _("From {name}, bundle {n}").format(name=one.sender, n=number(one.counter))


def _more_words(report: ReadReport, *, withdrawn: bool) -> list[str]:
    notes = [one for one in report.notes if not (withdrawn and one in report.ignored)]
    words = []
    small, large = report.thumbnails, report.originals + report.copies
    if small:
        came = ngettext("{n} small picture came along.", "{n} small pictures came along.", small)
        words.append(came.format(n=number(small)))
    if large:
        came = ngettext("{n} original came along.", "{n} originals came along.", large)
        words.append(came.format(n=number(large)))
    if report.withheld:
        n = report.withheld
        held = ngettext(
            "In {n} record the sender's rule keeps something back.",
            "In {n} records the sender's rule keeps something back.",
            n,
        )
        words.append(held.format(n=number(n)))
    if report.revealed:
        n = report.revealed
        more = ngettext("{n} now tells more than before.", "{n} now tell more than before.", n)
        words.append(more.format(n=number(n)))
    if report.not_understood:
        n = report.not_understood
        kept = ngettext(
            "{n} was written by a newer Ranger; it is kept and shown after an update.",
            "{n} were written by a newer Ranger; they are kept and shown after an update.",
            n,
        )
        words.append(kept.format(n=number(n)))
    if report.quarantined:
        n = report.quarantined
        aside = ngettext(
            "{n} contradicts what this station knows and was put aside.",
            "{n} contradict what this station knows and were put aside.",
            n,
        )
        words.append(aside.format(n=number(n)))
    if report.lost:
        pictures = sum(one.what in (THUMBNAIL, ORIGINAL) for one in report.lost)
        records = sum(one.what == "operations" for one in report.lost)
        missing = []
        if records:
            groups = ngettext("{n} group of records", "{n} groups of records", records)
            missing.append(groups.format(n=number(records)))
        if pictures:
            missing.append(ngettext("{n} picture", "{n} pictures", pictures).format(n=number(pictures)))
        if missing:
            asked = _("Left out because it was damaged: {what}. Your next bundle or receipt asks for it again.")
            words.append(asked.format(what=", ".join(missing)))
            return words + notes
    if report.damaged:
        n = report.damaged
        lost = ngettext("{n} damaged piece was left out.", "{n} damaged pieces were left out.", n)
        words.append(lost.format(n=number(n)))
    return words + notes
