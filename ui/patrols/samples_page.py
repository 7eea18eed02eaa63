"""Samples and health events: the two lists, and what is chosen in them at the right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import records
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.commands import Command
from ui.numbers import day_at, number
from ui.patrols.health_card import HealthCard
from ui.patrols.sample_card import SampleCard
from ui.widgets.choose import choose_folder
from ui.widgets.empty_state import EmptyState
from ui.widgets.following import Following
from ui.widgets.record_card import RecordCard
from ui.widgets.segments import ENOUGH_INSIDE, Pages
from ui.widgets.table import RecordTable

SAMPLES, HEALTH = range(2)


class Beside(QWidget):
    """A list of records and the card of the chosen one."""

    def __init__(self, table: RecordTable, card: RecordCard, shares: tuple[int, int]) -> None:
        super().__init__()
        self.table, self.card = table, card
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.BETWEEN)
        row.addWidget(table, shares[0])
        row.addWidget(card, shares[1])
        self.following = Following(table, card, self)
        table.loaded.connect(lambda _n: self.following.choose_first())
        self.setFocusProxy(table.view)


class SamplesPage(QWidget):
    """Both lists. ``told`` when its commands or its sentence would be others."""

    told = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        no_samples = EmptyState(
            _("No sample yet. Enter what you took along, print its label, and write down who gets it."),
            _("New sample"),
            self.new_sample,
            icon="patrol",
            key="N",
        )
        sample_columns = ("code", "date", "suspected_taxon", "result_taxon")
        self.sample_card = SampleCard(library, bridge)
        self.samples = Beside(
            RecordTable(
                *(library, bridge, "sample", no_samples),
                columns=sample_columns,
                newest_first="date",
                spare={"suspected_taxon": 600, "result_taxon": 390, "date": 260},
            ),
            self.sample_card,
            (42, 66),
        )
        no_events = EmptyState(
            _("No health event yet. Enter sick or dead animals: what, where, how many."),
            _("New health event"),
            self.new_event,
            icon="patrol",
            key="Shift+N",
        )
        event_columns = ("name", "date", "disease", "certainty", "sick", "dead")
        self.health_card = HealthCard(library, bridge)
        self.health_card.sample_wanted.connect(self._sample_of)
        self.health_card.sample_opened.connect(self.open_sample)
        self.health = Beside(
            RecordTable(
                *(library, bridge, "health_event", no_events),
                columns=event_columns,
                newest_first="date",
                spare={"certainty": 560, "sick": 480, "dead": 480, "disease": 400, "date": 260},
            ),
            self.health_card,
            (42, 66),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.pages = Pages([(_("Samples"), self.samples), (_("Health events"), self.health)], enough=ENOUGH_INSIDE)
        self.pages.changed.connect(lambda _index: self.told.emit())
        column.addWidget(self.pages)
        for beside in (self.samples, self.health):
            beside.table.loaded.connect(lambda _n: self.told.emit())
            beside.table.selected.connect(lambda _record: self.told.emit())
        self.setFocusProxy(self.samples)

    # -- what the screen asks ----------------------------------------------------------------------------------

    def sentence(self) -> str:
        """How many there are, for the heading."""
        samples, events = len(self.samples.table.model.lines), len(self.health.table.model.lines)
        return _("{samples}, {events}").format(
            samples=ngettext("{n} sample", "{n} samples", samples).format(n=number(samples)),
            events=ngettext("{n} health event", "{n} health events", events).format(n=number(events)),
        )

    def commands(self) -> list[Command]:
        """What can be done here."""
        group = _("Samples")
        labels = Command("samples.labels", _("Print labels"), self.labels, "L", group=group)
        found = [Command("samples.new", _("New sample"), self.new_sample, "N", group=group), labels]
        event = Command("samples.event", _("New health event"), self.new_event, "Shift+N", group=group)
        # What the page shown is about comes first: the first two are buttons of the title line.
        found = [*found, event] if self.pages.index == SAMPLES else [event, *found]
        found += [
            Command("samples.list", _("Show the samples"), lambda: self.pages.choose(SAMPLES), "S", group=group),
            Command("samples.events", _("Show the health events"), lambda: self.pages.choose(HEALTH), "E", group=group),
            Command("samples.save", _("Save"), self.save, "Ctrl+S", group=group),
        ]
        if self.pages.index == SAMPLES:
            found += self.sample_card.commands(group)
        else:
            found += self.health_card.commands(group)
        return found

    def refresh(self, changes: Changes | None) -> None:
        """Read again what ``changes`` touches."""
        self.samples.following.refresh(changes)
        self.health.following.refresh(changes)

    def keep_edits(self) -> bool:
        """Save what was typed; False where something has to be mended first."""
        return self.sample_card.keep_edits() and self.health_card.keep_edits()

    # -- what a person does ------------------------------------------------------------------------------------

    def _today(self) -> str:
        return day_at(self._library.now_ms() / 1000, self._library.station.utc_offset).isoformat()

    def new_sample(self) -> None:
        """An empty sample with the next code."""
        self._sample_of(None)

    def _sample_of(self, event: bytes | None) -> None:
        from ranger_app.actions import samples

        self.pages.choose(SAMPLES)
        values: dict[str, Value] = {
            "code": samples.next_codes(self._library)[0],
            "type": "scat" if event is None else "carcass",
            "date": self._today(),
            "collected_by": self._library.person,
            "health_event": event,
        }
        if event is not None:
            with self._library.read() as db:
                found = records.existing(db, "health_event", event)
            values |= {
                "suspected_taxon": found["taxon"],
                **{name: found[name] for name in ("latitude", "longitude", "uncertainty")},
            }
        self.samples.following.open_new(values)

    def new_event(self) -> None:
        """An empty health event for today."""
        self.pages.choose(HEALTH)
        self.health.following.open_new({"date": self._today(), "certainty": "suspected", "by": self._library.person})

    def open_sample(self, sample: bytes) -> None:
        """Show a sample."""
        self.pages.choose(SAMPLES)
        self.samples.table.choose(sample)
        self.sample_card.open_record(sample)

    def open_event(self, event: bytes) -> None:
        """Show a health event."""
        self.pages.choose(HEALTH)
        self.health.table.choose(event)
        self.health_card.open_record(event)

    def save(self) -> None:
        """Write what is typed."""
        (self.sample_card if self.pages.index == SAMPLES else self.health_card).save()

    def labels(self) -> None:
        """Labels of the chosen sample and a sheet of empty ones, as a page to print."""
        choose_folder(self, _("Choose a folder for the page of labels"), self._write_labels)

    def _write_labels(self, folder: Path) -> None:
        path = folder / "labels.html"
        sample = self.sample_card.record

        def write(_cancel: Any) -> list[str]:
            from ranger_app.actions import sample_labels  # codes are slow to load

            wanted = [sample] if sample is not None and self.pages.index == SAMPLES else []
            return sample_labels.write(self._library, path, wanted, 24 - len(wanted))

        self._bridge.run(
            write,
            lambda codes: self._bridge.say(
                ngettext(
                    "{n} label written to {file}. Open the page and print it.",
                    "{n} labels written to {file}. Open the page and print it.",
                    len(codes),
                ).format(n=number(len(codes)), file=path)
            ),
            owner=self,
            title=_("Labels"),
        )
