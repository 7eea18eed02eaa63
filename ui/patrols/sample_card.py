"""One sample: what was taken, the hands it went through, what the laboratory found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QMargins
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import records, samples
from ranger_app.actions.listing import Line
from ranger_app.actions.samples import Link
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.values import exact, shown
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import origins
from ranger_app.store.origins import Origin
from ranger_app.store.rows import Record
from ui import theme
from ui.bridge import Bridge
from ui.commands import Command
from ui.widgets.buttons import button, primary
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.form import RecordForm
from ui.widgets.record_card import RecordCard
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label

RECORD, HANDS, RESULT, NOTES = range(4)
_FIRST = ("code", "type", "date", "time", "suspected_taxon", "collected_by", "latitude", "longitude", "preservative")
_MORE = (
    *("age_class", "substrate", "part", "container", "seal", "permits", "health_event", "part_of", "uncertainty"),
    *("remarks",),
)
_HANDED = (
    *("at", "given_by", "taken_by", "place", "condition", "seal", "seal_whole", "temperature", "purpose", "remarks"),
)


@dataclass(frozen=True, slots=True)
class SamplePage:
    """What the card shows."""

    record: Record
    origin: Origin | None
    links: list[Link]


class _SampleForm(RecordForm):
    """A new sample takes what its find or event knows."""

    def _make(self, values: dict[str, Value]) -> bytes:
        return samples.collect(self._library, values)


class _ResultForm(RecordForm):
    """The laboratory's answer: the species found becomes an observation."""

    def save(self) -> None:
        values = self.values()
        record = self.record
        if values is None or record is None:
            return
        self._bridge.act(
            lambda _cancel: samples.result(self._library, record, values),
            lambda told: self._told(record, told),
            self._refused,
            owner=self,
        )
        self._touched = False
        self._before = values

    def _told(self, record: bytes, told: tuple[bytes | None, bool]) -> None:
        words = _("Result saved, and an observation made from it") if told[1] else _("Result saved")
        self._bridge.say(words, undo=True)
        self.saved.emit(record)


class _HandOverForm(RecordForm):
    """A link of the chain of one sample."""

    sample: bytes = b""

    def _make(self, values: dict[str, Value]) -> bytes:
        return samples.hand_over(self._library, self.sample, values)


class SampleCard(RecordCard):
    """One sample on pages."""

    kind = "sample"
    kinds = frozenset({"sample", "hand_over", "person", "health_event"})

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(library, bridge, parent)
        self.links: dict[bytes | None, Link] = {}
        self.holder = Chip("")
        self.head.addWidget(self.holder)
        self.form = _SampleForm(
            library,
            bridge,
            "sample",
            groups=[("", _FIRST)],
            more=[("", _MORE)],
            fixed={},
            with_button=False,
        )
        self.form.saved.connect(self._saved)
        record = ScrolledColumn(QMargins(0, 0, theme.GRID * 2, 0))
        record.column.addWidget(self.form)
        self.result = _ResultForm(library, bridge, "sample", fields=samples.RESULTS, with_button=False)
        self.result.saved.connect(lambda _record: self._read())
        answer = ScrolledColumn(QMargins(0, 0, theme.GRID * 2, 0))
        answer.column.addWidget(
            label(_("The species found becomes an observation at the place of the sample."), "sentence", wrap=True)
        )
        answer.column.addWidget(self.result)
        self.pages = self._make_pages(
            [(_("Sample"), record), (_("Hand-overs"), self._hands_page()), (_("Laboratory"), answer)]
        )
        self.body.addWidget(self.pages, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        self.hand_button = button(_("Hand over"), self.hand_over, key="H")
        self.save_button = primary(_("Save"), self.save, key="Ctrl+S")
        for made in (self.hand_button, self.save_button):
            row.addWidget(made)
        self.body.addLayout(row)
        self.show_nothing()

    def _hands_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        headings = [_("Time"), _("Given by"), _("Given to"), _("Condition"), _("Signed by")]
        self.hands = LineTable(
            self._bridge,
            LinesModel(headings, [False] * len(headings)),
            lambda: [],
            (),
            EmptyState(_("Still with whoever took it. Press H when it changes hands."), icon="patrol"),
            with_filter=False,
            spare={4: 640, 3: 480},
        )
        self.hands.selected.connect(self._tell_link)
        column.addWidget(self.hands, 1)
        self.told = label("", "warning", wrap=True)
        column.addWidget(self.told)
        self.handing = QWidget()
        inside = QVBoxLayout(self.handing)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(label(_("A hand-over is signed and stays as it is. Look at it once more."), "sentence"))
        self.hand_form = _HandOverForm(
            self._library, self._bridge, "hand_over", fields=_HANDED, columns=3, with_button=False
        )
        self.hand_form.saved.connect(self._handed)
        area = ScrolledColumn(QMargins(0, 0, theme.GRID * 2, 0))
        area.column.addWidget(self.hand_form)
        inside.addWidget(area)
        self.handing.hide()
        column.addWidget(self.handing, 2)
        return page

    # -- what is shown -----------------------------------------------------------------------------------------

    def open_new(self, values: dict[str, Value]) -> None:
        """An empty sample to fill in."""
        super().open_new(values)
        self.name.setText(_("New sample"))
        self.holder.hide()
        self.handing.hide()
        self.links = {}
        self.hands.show_lines([])
        self.form.open_new(values)
        self.pages.choose(RECORD)
        self.form.editors["type"].control.setFocus()

    def _open_other(self, record: bytes) -> None:
        super()._open_other(record)
        self.result.open_record(record)
        self.handing.hide()

    def _page_of(self, record: bytes) -> SamplePage:
        links = samples.chain(self._library, record)
        with self._library.read() as db:
            return SamplePage(
                records.existing(db, "sample", record),
                origins.of(db, "sample", record, self._library.station),
                links,
            )

    def _show(self, page: SamplePage) -> None:
        record = page.record
        declared = kind_named("sample")
        kind = shown(declared.field("type"), record["type"])
        self.name.setText(f"{record.text('code')} · {kind}" if kind else record.text("code"))
        self._show_origin(page.origin)
        self.links = {one.id: one for one in page.links}
        self.hands.show_lines([_line(one) for one in page.links])
        self.pages.tell_number(HANDS, len(page.links))
        holder = samples.holder(page.links)
        self.holder.setVisible(bool(holder))
        doubtful = any(one.warnings for one in page.links if not one.corrected)
        self.holder.show_word(_("With {name}").format(name=holder), "attention" if doubtful else "neutral")
        self._tell_link(self.hands.current())
        if not self.result.touched:
            self.result.open_record(record.id)

    def _tell_link(self, link: bytes | None) -> None:
        told = self.links[link].warnings if link in self.links else []
        if not told:
            told = [text for one in self.links.values() if not one.corrected for text in one.warnings]
        self.told.setText(" ".join(told))
        self.told.setVisible(bool(told))

    # -- what a person does ------------------------------------------------------------------------------------

    def commands(self, group: str) -> list[Command]:
        """What can be done with the sample that is shown."""
        some = self._some
        return [
            Command("samples.hand_over", _("Hand the sample over"), self.hand_over, "H", some, group),
            Command("samples.record", _("Show the sample"), lambda: self.turn(RECORD), "T", some, group),
            Command("samples.hands", _("Show the hand-overs"), lambda: self.turn(HANDS), "W", some, group),
            Command("samples.result", _("Enter the laboratory's result"), lambda: self.turn(RESULT), "R", some, group),
            Command("samples.notes", _("Show and add notes"), lambda: self.turn(NOTES), "O", some, group),
            Command("samples.delete", _("Delete the sample"), self._delete, "Del", some, group),
        ]

    def _some(self) -> bool:
        return self.record is not None and self.isVisible()

    def turn(self, page: int) -> None:
        """Show one of the pages and give it the keyboard."""
        self.pages.choose(page)
        (self.form, self.hands, self.result, self.notes)[page].setFocus()

    def hand_over(self) -> None:
        """Open an empty link of the chain, given by whoever has the sample now."""
        if self.record is None:
            return
        self.pages.choose(HANDS)
        offset = timedelta(minutes=self._library.station.utc_offset)
        now = datetime.fromtimestamp(self._library.now_ms() / 1000, UTC) + offset
        links = list(self.links.values())
        giver = samples.holder(links)
        if not giver and self._library.person is not None:
            with self._library.read() as db:
                giver = records.title(db, "person", self._library.person)
        self.hand_form.sample = self.record
        self.hand_form.open_new(
            {
                "at": now.strftime("%Y-%m-%dT%H:%M:00"),
                "given_by": giver,
                "condition": "good",
                "seal": next((one.text("seal") for one in reversed(links) if one.text("seal")), None),
            }
        )
        self.handing.show()
        self.hand_form.editors["taken_by"].control.setFocus()

    def _handed(self, _link: bytes) -> None:
        self.handing.hide()
        self.hands.setFocus()
        self._read()

    def save(self) -> None:
        """Write the page that is shown."""
        if not self.isVisible():
            return
        if self.pages.index == RESULT:
            self.result.save()
        elif self.pages.index == HANDS and self.handing.isVisible():
            self.hand_form.save()
        else:
            self.pages.choose(RECORD)
            self.form.save()

    def _delete(self) -> None:
        self.delete_record(_("Sample deleted"))

    def keep_edits(self) -> bool:
        return super().keep_edits() and self._keep(self.result, RESULT)


def _line(link: Link) -> Line:
    declared = kind_named("hand_over")
    condition = shown(declared.field("condition"), link.values.get("condition"))
    warned = " ⚠" if link.warnings and not link.corrected else ""
    corrected = _("corrected later") if link.corrected else condition
    at = exact(declared.field("at"), link.values.get("at"))[:16].replace("T", " ")
    signed = link.signed_by.name if link.signed_by else ""
    texts = (at + warned, link.text("given_by"), link.text("taken_by"), corrected, signed)
    keys: tuple[tuple[int, int | str], ...] = tuple((1, text.casefold()) for text in texts)
    return Line(link.id, texts, keys)
