"""One field of the line in which finds are entered: a caption, a short control and its unit, and what it offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from ranger_app.actions import patrol_offers
from ranger_app.actions.patrol_offers import Offer
from ranger_app.domain.model_words import unit_word
from ranger_app.domain.observation_model import Attribute, Model, attribute_word, value_word
from ranger_app.i18n import _
from ui.widgets.text import ElidedLabel, label, restyle

Search = Callable[[str], Sequence[Offer]]


class FindField(QWidget):
    """``line`` is where a person types. With ``search`` it offers values: ``chosen`` are those taken so far.

    ``several``: more than one may be taken, with commas between.
    """

    def __init__(
        self,
        caption: str,
        *,
        search: Search | None = None,
        several: bool = False,
        needed: bool = False,
        unit: str = "",
        hint: str = "",
    ) -> None:
        super().__init__()
        self.search, self.several, self.needed, self.words = search, several, needed, caption
        self.chosen: list[Offer] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.caption = ElidedLabel(_("{label} · needed").format(label=caption) if needed else caption, "muted")
        column.addWidget(self.caption)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.line = QLineEdit()
        self.line.setAccessibleName(caption)
        self.line.setPlaceholderText(hint)
        self.line.setMinimumWidth(48)
        self.caption.setBuddy(self.line)
        row.addWidget(self.line, 1)
        if unit:
            row.addWidget(label(unit, "muted"))
        column.addLayout(row)
        self.setFocusProxy(self.line)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def typed(self) -> str:
        """What is being typed now: behind the last comma where several may be taken."""
        text = self.line.text()
        return text.rpartition(",")[2].strip() if self.several else text.strip()

    @property
    def open(self) -> bool:
        """Whether something is typed that was not taken from what is offered."""
        return self.search is not None and bool(self.typed) and self.typed not in [one.word for one in self.chosen]

    def take(self, offer: Offer) -> None:
        """Take one of what is offered."""
        if self.several:
            self.chosen = [one for one in self._kept() if one.value != offer.value] + [offer]
            self.line.setText(", ".join(one.word for one in self.chosen))
        else:
            self.chosen = [offer]
            self.line.setText(offer.word)
        self.say("")

    def _kept(self) -> list[Offer]:
        """Those taken before whose word still stands in the line."""
        words = [word.strip() for word in self.line.text().split(",")]
        return [one for one in self.chosen if one.word in words]

    def values(self) -> list[str]:
        """What is to be stored: values taken, else the texts as they are, for the action to read."""
        texts = self.line.text().split(",") if self.several else [self.line.text()]
        by_word = {one.word: one.value for one in self.chosen}
        return [by_word.get(text.strip(), text.strip()) for text in texts if text.strip()]

    def clear(self) -> None:
        """Empty again."""
        self.chosen = []
        self.line.clear()
        self.say("")

    def put(self, offers: Sequence[Offer], text: str = "") -> None:
        """Show values taken before, or a text."""
        self.chosen = list(offers)
        self.line.setText(", ".join(one.word for one in offers) if offers else text)
        self.line.setCursorPosition(0)

    def say(self, sentence: str) -> None:
        """Mark the field as the one that has to be mended; an empty sentence clears it."""
        self.line.setToolTip(sentence)
        if bool(self.line.property("wrong")) != bool(sentence):
            self.line.setProperty("wrong", bool(sentence))
            restyle(self.line)


_HINTS = {"DATE": "2026-01-31"}


class AttributeField(FindField):
    """The field of one attribute of the model."""

    def __init__(self, model: Model, one: Attribute) -> None:
        self.model, self.attribute = model, one
        offers = one.type in ("LIST", "MLIST", "TREE", "BOOLEAN")
        super().__init__(
            attribute_word(one),
            search=(lambda text: patrol_offers.values(one, text)) if offers else None,
            several=one.type == "MLIST",
            needed=one.required,
            unit=unit_word(one.unit),
            hint=_HINTS.get(one.type, ""),
        )

    def put_values(self, values: Sequence[str]) -> None:
        """Show the values a find has."""
        if self.search is None:
            self.put([], values[0] if values else "")
        else:
            self.put([Offer(value, value_word(self.model, self.attribute.key, value)) for value in values])
