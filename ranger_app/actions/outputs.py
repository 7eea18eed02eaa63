"""Where a page or card that a person asked for may be written: never over a file that a library is made of.

A slip of the hand that names ``ranger.db`` or the key file would otherwise end a station.
"""

from __future__ import annotations

import os
from pathlib import Path

from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.keys import FILE as KEY_FILE
from ranger_app.library import DATABASE


def spare_library(target: Path) -> None:
    """DataProblem FILE_OF_LIBRARY where ``target`` is there already and lies in a library, this one or another."""
    real = Path(os.path.realpath(target))  # Path.resolve raises where links run in a circle
    if real.exists() and any((one / DATABASE).is_file() and (one / KEY_FILE).is_file() for one in real.parents):
        raise DataProblem(
            "FILE_OF_LIBRARY",
            _("{file} is a file of a library.").format(file=target),
            _("Choose another name or folder."),
        )
