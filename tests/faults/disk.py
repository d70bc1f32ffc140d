"""A disk that can fill up.

Where the run may mount (root on Linux), the databases lie on a small file system of their own (ext4 in a file),
and a file beside them takes what is left: every write that needs room gets the system's own ENOSPC. Elsewhere the
processes that write get a limit on the size of files (RLIMIT_FSIZE): a write stops short in the middle, which
SQLite and PostgreSQL both report as a full disk.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

SIZE = 1 << 30
LIMIT = 256 * 1024 + 1000  # not at the edge of a page: the write that reaches it is cut


class Disk:
    """`folder` is where the databases go. Close it in any case."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "disk"
        self.folder.mkdir()
        self._image = folder / "disk.img"
        self._limited: list[psutil.Process] = []
        self.mounted = self._mount()

    def fill(self, writers: Iterable[psutil.Process]) -> None:
        if self.mounted:
            self._take_all_room()
        else:
            self._limited = list(writers)
            _limit(self._limited, LIMIT)

    def free(self, writers: Iterable[psutil.Process]) -> None:
        """`writers`: who writes now; the limit is handed down to children."""
        self._ballast.unlink(missing_ok=True)
        if not self.mounted:
            _limit([*self._limited, *writers], resource.RLIM_INFINITY)

    def close(self) -> None:
        if self.mounted:
            self._ballast.unlink(missing_ok=True)
            if subprocess.run(["umount", str(self.folder)], check=False, capture_output=True).returncode:
                subprocess.run(["umount", "-l", str(self.folder)], check=False, capture_output=True)

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def _mount(self) -> bool:
        if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None or shutil.which("mount") is None:
            return False
        with self._image.open("wb") as image:
            image.truncate(SIZE)
        make = ["mkfs.ext4", "-q", "-F", "-m", "0", str(self._image)]
        mount = ["mount", "-o", "loop", str(self._image), str(self.folder)]
        return all(subprocess.run(command, check=False, capture_output=True).returncode == 0 for command in (make, mount))

    def _take_all_room(self) -> None:
        with self._ballast.open("wb") as ballast:
            step = 1 << 24
            while step >= 1 << 10:
                room = os.statvfs(self.folder)
                try:
                    os.posix_fallocate(ballast.fileno(), ballast.tell(), min(step, max(room.f_bavail * room.f_frsize, 1024)))
                    ballast.seek(0, os.SEEK_END)
                except OSError:
                    step //= 4


def _limit(processes: Iterable[psutil.Process], size: int) -> None:
    for process in processes:
        # it may be gone, or wait to be buried
        with suppress(ProcessLookupError, PermissionError):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
