"""Choosing files and folders without stopping the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from ranger_app.i18n import _


def _dialog(parent: QWidget, title: str, start: Path | None, chosen: Callable[[Path], object]) -> QFileDialog:
    dialog = QFileDialog(parent.window(), title, str(start) if start else "")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    return dialog


def choose_folder(
    parent: QWidget, title: str, chosen: Callable[[Path], object], start: Path | None = None
) -> QFileDialog:
    """Let a person pick a folder; ``chosen(path)`` is called unless they turn away."""
    dialog = _dialog(parent, title, start, chosen)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
    dialog.open()
    return dialog


def choose_file(
    parent: QWidget, title: str, chosen: Callable[[Path], object], suffixes: str = "", start: Path | None = None
) -> QFileDialog:
    """Let a person pick a file; ``suffixes`` such as "*.gpx *.GPX"."""
    dialog = _dialog(parent, title, start, chosen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    if suffixes:
        dialog.setNameFilters([suffixes, _("All files") + " (*)"])
    dialog.open()
    return dialog
