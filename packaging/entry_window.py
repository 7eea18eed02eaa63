"""Where the frozen windowed program begins; PyInstaller needs a script, the environment has an entry point."""

from __future__ import annotations

import sys
from multiprocessing import freeze_support

from ui.app import main

if __name__ == "__main__":
    freeze_support()
    sys.exit(main())
