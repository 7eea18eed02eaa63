"""A page on paper or in a PDF, by the web engine that shows it: what is printed is what was seen.

Qt's printing is loaded when somebody prints, and not before.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from ranger_app.errors import EnvironmentProblem
from ranger_app.i18n import _
from ui.bridge import Bridge
from ui.widgets.web import WebView

Done = Callable[[bool], object]


class Printing:
    """Prints what ``web`` shows."""

    def __init__(self, web: WebView, bridge: Bridge) -> None:
        self._web, self._bridge = web, bridge
        self._printer: Any = None

    def pdf(self, file: Path, done: Done) -> None:
        """Write an A4 file; ``done`` hears whether it is there."""
        self._web.print_pdf(file, done)

    def ask(self, parent: QWidget, done: Done) -> None:
        """Ask for printer and sheets, then print; ``done`` hears whether the printer took it.

        Without a printer the window says so.
        """
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo

        if self._web.view is None or not QPrinterInfo.availablePrinterNames():
            self._bridge.report(
                EnvironmentProblem(
                    "NO_PRINTER",
                    _("No printer is set up on this computer."),
                    _("Save the page as PDF and print it elsewhere."),
                )
            )
            return
        self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(self._printer, parent.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._print(done))
        QDialog.open(dialog)  # the open() of its own wants a slot by its name in C++

    def _print(self, done: Done) -> None:
        view = self._web.view
        if view is None:
            done(False)
            return
        view.printFinished.connect(done, Qt.ConnectionType.SingleShotConnection)
        view.print(self._printer)
