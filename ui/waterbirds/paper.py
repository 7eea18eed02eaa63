"""The form on paper for the visit that is open: in which language it is printed, and where its page is written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from ranger_app.i18n import LANGUAGES, _, language
from ranger_app.library import Library
from ranger_app.reports.count_form import Form
from ui.bridge import Bridge
from ui.widgets.buttons import primary
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.choose import choose_new_file
from ui.widgets.text import label


class PaperPanel(QWidget):
    """Prints the form of ``site`` for ``date`` into a page that any browser prints on A4."""

    def __init__(self, library: Library, bridge: Bridge, site: bytes, name: str, date: str, observers: str) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self._site, self._date, self._observers = site, date, observers
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 12)
        outer.setSpacing(8)
        outer.addWidget(label(name, "sentence", wrap=True))
        outer.addWidget(
            label(
                _("It has the sectors and usual species of this site. A photo of it finds this visit by itself."),
                wrap=True,
            )
        )
        self.language = ChoiceBox()
        self.language.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.language.setAccessibleName(_("Language of the form"))
        for code, word in LANGUAGES.items():
            self.language.addItem(word, code)
        self.language.setCurrentIndex(max(0, self.language.findData(language())))
        outer.addWidget(label(_("Language of the form"), "strong", wrap=True))
        outer.addWidget(self.language)
        outer.addWidget(primary(_("Save as a page to print"), self.choose))
        outer.addStretch(1)
        self.setFocusProxy(self.language)

    def choose(self) -> None:
        """Ask where the page goes."""
        code = self.language.currentData()
        choose_new_file(self, _("Save the count form"), self.write, f"count-form-{self._date}-{code}.html", "html")

    def write(self, out: Path) -> None:
        """Write the page."""
        words = str(self.language.currentData())

        def work(_cancel: object) -> Form:
            from ranger_app.actions import count_form  # codes are slow to load

            return count_form.write(self._library, out, self._site, self._date, words=words, observers=self._observers)

        def done(_form: Form) -> None:
            self._bridge.say(_("The form is in {file}. Open it and print it on A4.").format(file=out.name))

        self._bridge.run(work, done, owner=self)
