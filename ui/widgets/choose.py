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


def choose_files(
    parent: QWidget, title: str, chosen: Callable[[list[Path]], object], suffixes: str = "", start: Path | None = None
) -> QFileDialog:
    """Let a person pick one or more files of a folder."""
    dialog = QFileDialog(parent.window(), title, str(start) if start else "")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda names: chosen([Path(name) for name in names]))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    if suffixes:
        dialog.setNameFilters([suffixes, _("All files") + " (*)"])
    dialog.open()
    return dialog


def choose_new_file(
    parent: QWidget, title: str, chosen: Callable[[Path], object], name: str, suffix: str
) -> QFileDialog:
    """Let a person say where a new file goes; ``name`` is proposed, ``suffix`` such as "html"."""
    dialog = _dialog(parent, title, None, chosen)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.setNameFilters([f"*.{suffix}"])
    dialog.selectFile(name)
    dialog.open()
    return dialog
