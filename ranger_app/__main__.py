"""``python -m ranger_app`` is the command line."""

import sys

from ranger_app.cli.main import main

sys.exit(main())
