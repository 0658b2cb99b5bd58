"""What the figures were taken on."""

import os
import platform
import sqlite3
import subprocess
from pathlib import Path

_CGROUP_CPU = Path("/sys/fs/cgroup/cpu.max")
_CGROUP_MEMORY = Path("/sys/fs/cgroup/memory.max")


def machine() -> dict[str, str]:
    """Each limit by its name, as text for people."""
    return {
        "cores": _cores(),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "git": subprocess.run(
            ["git", "version"], check=True, capture_output=True, text=True
        ).stdout.removeprefix("git version ").strip(),
        "sqlite": sqlite3.sqlite_version,
        "load": load(),
    }  # fmt: skip


def load() -> str:
    """Processes that wanted to run over the last 1, 5 and 15 minutes."""
    return ", ".join(f"{value:.2f}" for value in os.getloadavg())


def _cores() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _CGROUP_CPU.read_text().split() if _CGROUP_CPU.exists() else ["max"]
    if quota[0] == "max":
        return str(cores)
    return f"{cores}, limited to {int(quota[0]) / int(quota[1]):g} by a cgroup"


def _memory() -> str:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _CGROUP_MEMORY.read_text().strip() if _CGROUP_MEMORY.exists() else "max"
    text = f"{total / 2**30:.1f} GiB"
    return text if limit == "max" else f"{text}, limited to {int(limit) / 2**30:.1f} GiB by a cgroup"
