"""The largest memory of this process alone: what a parent held before it started this one is not counted."""

from __future__ import annotations

import sys
from pathlib import Path


def peak() -> float:
    """Most memory so far, MB; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0.0
    if sys.platform == "linux":  # getrusage there goes back to before exec
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
