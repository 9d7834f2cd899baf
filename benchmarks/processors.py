"""What processes took of the processors, whoever else was using them: the fair measure on a machine that is not ours alone.

The longest way through work that is shared out is what the least lucky server or worker took; with a core each, that is
the time it takes.
"""

from __future__ import annotations

import os
from pathlib import Path


def seconds_of(process: int) -> float:
    """User and system time of a process so far; Linux tells to a hundredth of a second."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
