"""Keys of one installation: files that are made on first use and that nobody but their owner may read."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from quizapp.kernel.errors import FileError


def kept_key(path: Path, make: Callable[[], bytes]) -> bytes:
    """The key in this file, made now where there is none. Raises FileError where others may read it."""
    if not path.exists():
        _write_whole(path, make())
    return private_bytes(path)


def private_bytes(path: Path) -> bytes:
    """As `read_private`; also raises FileError where there is no such file."""
    try:
        return read_private(path)
    except OSError as error:
        raise FileError("打不开文件 %(file)s，请检查路径和权限。", file=str(path)) from error


def read_private(path: Path) -> bytes:
    """What is in this file. Raises FileError where others than its owner may read it, OSError where it cannot be read."""
    with path.open("rb") as file:
        # asked of the very file that is read: its name may lead elsewhere a moment later
        if os.name == "posix" and os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise FileError("密钥文件 %(file)s 的权限太宽，请改为仅属主可读写（chmod 600）", file=str(path))
        return file.read()


def _write_whole(path: Path, raw: bytes) -> None:
    """Of two that start at once one makes the key; nobody ever reads half of it."""
    draft = path.with_suffix(f".{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # the other one was quicker
        path.hardlink_to(draft)
    draft.unlink()
