"""What processes cost, from the operating system's own accounting (Linux: /proc)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def available() -> bool:
    return (PROC / "self" / "smaps_rollup").exists()


def seconds(root: int) -> float:
    """CPU seconds of a process and everything that it started, those that have ended included.

    What a child used is added to its parent's account when it ends, so the sum over the living never falls.
    """
    return sum(_times(pid) for pid in tree(root)) / TICKS


def machine_seconds() -> float:
    """CPU seconds that the machine spent on work of any kind since it started."""
    fields = (PROC / "stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _wait, hard, soft, *_rest = map(int, fields)
    return (user + nice + system + hard + soft) / TICKS


def memory(root: int) -> float:
    """MiB that a process and its children take, shared pages split among those who share them (PSS)."""
    return sum(_proportional(pid) for pid in tree(root)) / 1024


def tree(root: int) -> list[int]:
    """A process and all that descend from it, as far as they are alive."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def is_alive(pid: int) -> bool:
    fields = _stat(pid)
    return bool(fields) and fields[0] != "Z"


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may itself hold spaces and brackets."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _times(pid: int) -> int:
    """User and system time of a process and of its children that were waited for, in ticks."""
    return sum(map(int, _stat(pid)[11:15]))


def _proportional(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


class Meters:
    """The accounts of a run, read together: name → process at the head of a tree, None while there is none."""

    def __init__(self, roots: dict[str, Callable[[], int | None]]) -> None:
        self.roots = roots
        self.peaks: dict[str, float] = {}

    def read(self) -> dict[str, float]:
        """CPU seconds by name, beside them those of this process alone and of the whole machine."""
        found = {name: seconds(pid) if (pid := root()) else 0.0 for name, root in self.roots.items()}
        own = os.times()
        return {**found, "own": own.user + own.system, "machine": machine_seconds()}

    def note_memory(self) -> None:
        """Keep the greatest memory seen of each."""
        for name, root in self.roots.items():
            if pid := root():
                self.peaks[name] = max(self.peaks.get(name, 0.0), memory(pid))
