"""The side panel in which drop points are added, tried out and removed.

Only "Try it" speaks to one, and says in one sentence what came of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QMargins
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ranger_app.actions import drop_points
from ranger_app.actions.drop_points import DropPoint
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge, Running
from ui.exchange.drop_rows import where_words
from ui.exchange.progress import ProgressCard
from ui.numbers import number
from ui.problems import worded
from ui.widgets.buttons import button, primary
from ui.widgets.layouts import clear
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import label, muted, section


class DropPanel(QWidget):
    """``changed()`` after a drop point was added or removed."""

    def __init__(
        self, library: Library, bridge: Bridge, changed: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._library, self._bridge, self._changed = library, bridge, changed
        self._running: Running | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        scrolled = ScrolledColumn(QMargins(16, 12, 16, 16))
        outer.addWidget(scrolled)
        column = scrolled.column
        column.setSpacing(8)
        about = _(
            "Places where bundles wait for a partner: a shared folder or a server. Only those a bundle is for can"
            " read it. Ranger speaks to one only when you press its button."
        )
        column.addWidget(muted(about))
        self._listed = QVBoxLayout()
        self._listed.setSpacing(8)
        column.addLayout(self._listed)
        self.progress = ProgressCard()
        column.addWidget(self.progress)
        self.said = label("", wrap=True)
        self.said.hide()
        column.addWidget(self.said)
        column.addSpacing(8)
        column.addWidget(section(_("Add a drop point")))
        self.name, self.url, self.user, self.password = (QLineEdit() for _number in range(4))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.url.setPlaceholderText("sftp://…  https://…  s3://…")
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for words, field in (
            (_("Name"), self.name),
            (_("Address or folder"), self.url),
            (_("User"), self.user),
            (_("Password"), self.password),
        ):
            field.setAccessibleName(words)
            field.returnPressed.connect(self.add)
            form.addRow(words, field)
        column.addLayout(form)
        self.plain = QCheckBox(_("Allow a line that is not encrypted"))
        column.addWidget(self.plain)
        self.add_button = primary(_("Keep"), self.add)
        column.addWidget(self.add_button)
        column.addStretch(1)
        self.setFocusProxy(self.name)
        self.tries: list[QPushButton] = []
        self.removes: list[QPushButton] = []
        self.refresh()

    def refresh(self) -> None:
        """Read the drop points again."""
        self._bridge.run(lambda _cancel: drop_points.known(self._library), self._show, owner=self)

    def _show(self, points: list[DropPoint]) -> None:
        clear(self._listed)
        self.tries, self.removes = [], []
        for point in points:
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(label(point.name, "strong"))
            words.addWidget(label(where_words(point), "muted", wrap=True))
            row.addLayout(words, 1)
            tried = button(_("Try it"), partial(self.try_out, point))
            gone = button(_("Remove"), role="quiet")
            gone.clicked.connect(partial(self._remove, point, gone))
            self.tries.append(tried)
            self.removes.append(gone)
            row.addWidget(tried)
            row.addWidget(gone)
            self._listed.addWidget(line)

    # -- adding, removing --------------------------------------------------------------------------------------

    def add(self) -> None:
        """Keep what was entered."""
        name, url, user = self.name.text(), self.url.text().strip(), self.user.text().strip()
        password, plain = self.password.text(), self.plain.isChecked()
        self._bridge.act(
            lambda _cancel: drop_points.add(self._library, name, url, user=user, password=password, plain=plain),
            self._added,
            self._failed,
            owner=self,
        )

    def _added(self, point: DropPoint) -> None:
        for field in (self.name, self.url, self.user, self.password):
            field.clear()
        self.plain.setChecked(False)
        self._say(_("{name} is kept. Try it once before you rely on it.").format(name=point.name))
        self.refresh()
        self._changed()

    def _remove(self, point: DropPoint, pressed: QPushButton, _checked: bool = False) -> None:
        really = _("Remove, password too")
        if pressed.text() != really:  # the password cannot be brought back by an undo
            pressed.setText(really)
            return
        self._bridge.act(
            lambda _cancel: drop_points.remove(self._library, point.id),
            lambda _none: self._removed(point),
            self._failed,
            owner=self,
        )

    def _removed(self, point: DropPoint) -> None:
        self._say(_("{name} is removed here. What lies there stays.").format(name=point.name))
        self.refresh()
        self._changed()

    # -- trying ------------------------------------------------------------------------------------------------

    def try_out(self, point: DropPoint) -> None:
        """Speak to a drop point, and say what came of it."""
        if self._running is not None and not self._running.finished:
            return
        self.said.hide()
        words = _("Calling {name}").format(name=point.name)
        self._running = self._bridge.run(
            lambda cancel: drop_points.try_out(self._library, point.id, cancel),
            lambda found: self._answered(point, found),
            self._failed,
            owner=self,
            title=words,
        )
        self.progress.follow(self._running, words)

    def _answered(self, point: DropPoint, found: int | None) -> None:
        self.progress.stop()
        if found is None:
            return
        words = ngettext("{name} answers. {n} bundle lies there.", "{name} answers. {n} bundles lie there.", found)
        self._say(words.format(name=point.name, n=number(found)))

    def _failed(self, error: BaseException) -> None:
        self.progress.stop()
        problem = worded(error)
        self._say(f"{problem.what} {problem.todo}".strip())

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.show()
