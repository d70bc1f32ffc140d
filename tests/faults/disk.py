"""A disk that can fill up.

Where the run may mount (root on Linux), the databases lie on a small file system of their own (ext4 in a file),
and a file beside them takes what is left: every write that needs room gets the system's own ENOSPC. Elsewhere the
processes that write get a limit on the size of files (RLIMIT_FSIZE): PostgreSQL reports a short write as a full
disk, SQLite as a failed one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import psutil

SIZE = 1 << 30


class Disk:
    """`folder` is where the databases go. Close it in any case."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "disk"
        self.folder.mkdir()
        self._image = folder / "disk.img"
        self._limited = False
        self.mounted = self._mount()

    def fill(self, writers: Iterable[psutil.Process], limit: int) -> None:
        """`limit`: the size beyond which no file may grow where there is no disk of its own to fill."""
        if self.mounted:
            self._take_all_room()
        else:
            self._limited = True
            _limit(writers, str(limit))

    def free(self, writers: Callable[[], Iterable[psutil.Process]]) -> None:
        """`writers`: who writes now; a limit is handed down to children."""
        self._ballast.unlink(missing_ok=True)
        if self._limited:
            self._limited = False
            _limit(writers(), "unlimited")

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


def _limit(processes: Iterable[psutil.Process], size: str) -> None:
    """In the name of the owner of each: nobody else may in a closed container, not even root."""
    for process in processes:
        with suppress(psutil.Error):  # it may be gone
            command = ["prlimit", f"--pid={process.pid}", f"--fsize={size}:unlimited"]
            subprocess.run(command, check=False, capture_output=True, user=_other(process.uids().real))


def _other(user: int) -> int | None:
    return user if user != os.geteuid() else None
