"""Where the frozen console program begins; PyInstaller needs a script, the environment has an entry point."""

from __future__ import annotations

import sys
from multiprocessing import freeze_support

from ranger_app.cli.main import main

if __name__ == "__main__":
    freeze_support()
    sys.exit(main())
