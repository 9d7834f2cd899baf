"""Processor time of processes, independent of other users of the machine.

With work divided over processes, the largest time of a server or worker is the time that the work takes with a core
each.
"""

from __future__ import annotations

import os
from pathlib import Path


def seconds_of(process: int) -> float:
    """Return user and system time of a process so far; Linux counts hundredths of a second."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
