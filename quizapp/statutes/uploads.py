"""Texts of laws handed in on the page: kept below the instance folder until the job has read them.

An archive is judged by its list when it comes, and by what really comes out of it when the job unpacks it.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import IO, Protocol
from uuid import UUID

from flask import current_app

from quizapp import clock
from quizapp.kernel.errors import FileError
from quizapp.kernel.handed_in import BROKEN, MAX_ENTRIES, MAX_UNPACKED_BYTES, is_link, leads_out
from quizapp.kernel.ids import new_id
from quizapp.statutes.files import SUFFIXES
from quizapp.statutes.rules.naming import is_branch

ARCHIVE = ".zip"
MAX_DEPTH = 6  # folders in one another
KEPT = timedelta(days=1)
_NAME_CHARS = 72  # of a file or folder: a Chinese character takes three bytes, a file system allows 255
_CHUNK = 64 * 1024
_ENCRYPTED, _UTF8 = 0x1, 0x800


class Upload(Protocol):
    """A file as the form hands it over."""

    filename: str | None
    stream: IO[bytes]

    def save(self, dst: str) -> None: ...


@dataclass(frozen=True)
class Pile:
    """What was handed in together lies in one folder: archives as they came, texts below `texts`."""

    folder: Path

    def keep(self, files: Sequence[Upload]) -> tuple[UUID, list[str]]:
        """Keep the files; their id and names. Raises FileError for what is no text of a law and no archive of them."""
        self.sweep()
        upload_id = new_id()
        names = [_last_part(file.filename or "") for file in files]
        _check_names(names)
        texts = self._path(upload_id) / "texts"
        texts.mkdir(parents=True, mode=0o700)
        try:
            for file, name in zip(files, names, strict=True):
                place = texts.parent / short_name(name) if _suffix(name) == ARCHIVE else _free(texts / short_name(name))
                file.save(str(place))
                if place.parent != texts:
                    check_archive(place, name)
        except FileError:
            self.drop(upload_id)
            raise
        return upload_id, names

    def open(self, upload_id: UUID) -> Path:
        """The folder of the texts, with an archive unpacked. Raises FileError when it is gone or not to be trusted."""
        texts = self._path(upload_id) / "texts"
        if not texts.is_dir():
            raise FileError("上传的文件已经清除，请重新上传", file="")
        for archive in [path for path in texts.parent.iterdir() if path != texts]:
            unpack(archive, texts)
            archive.unlink()
        return _without_wrapping(texts)

    def drop(self, upload_id: UUID) -> None:
        shutil.rmtree(self._path(upload_id), ignore_errors=True)

    def sweep(self) -> None:
        """Remove what a job that broke off has left for a day."""
        limit = (clock.now() - KEPT).timestamp()
        for path in self.folder.glob("*"):
            if path.stat().st_mtime < limit:
                shutil.rmtree(path, ignore_errors=True)

    def _path(self, upload_id: UUID) -> Path:
        return self.folder / upload_id.hex


def law_uploads() -> Pile:
    """The uploads of this installation, for the page and for the worker."""
    return Pile(current_app.config["SETTINGS"].instance_path / "uploads" / "laws")


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if _suffix(name) not in (*SUFFIXES, ARCHIVE):
            raise FileError("不能读取 %(file)s：只支持 .docx、.md、.txt，或者装着它们的一个 .zip。旧的 .doc 请另存为 .docx", file=name)
    if len(names) > 1 and any(_suffix(name) == ARCHIVE for name in names):
        raise FileError("压缩包请单独上传，一次一个", file=next(name for name in names if _suffix(name) == ARCHIVE))


# ---------------------------------------------------------------- archives


def check_archive(path: Path, name: str) -> None:
    """Judge an archive by its list. Raises FileError with what is wrong with it."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = list(_entries(archive, name))
            if len(entries) > MAX_ENTRIES:
                raise FileError("%(file)s 里有 %(n)s 个文件，一次最多 %(limit)s 个，请分几次上传", file=name, n=len(entries), limit=MAX_ENTRIES)
            if sum(info.file_size for info, _ in entries) > MAX_UNPACKED_BYTES:
                raise _too_large(name)
    except BROKEN as error:
        raise FileError("%(file)s 打不开：不是 zip 压缩包，或者已经损坏", file=name) from error
    if not entries:
        raise FileError("%(file)s 里没有可以读的法律文本（.md、.txt、.docx）", file=name)


def unpack(path: Path, target: Path) -> None:
    """Write the texts of an archive below `target`, counting what really comes out. Raises FileError."""
    room = MAX_UNPACKED_BYTES
    try:
        with zipfile.ZipFile(path) as archive:
            for info, place in _entries(archive, path.name):
                file = target.joinpath(*map(short_name, place.parts))
                file.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as source:
                    room -= _copied(source, _free(file), room, path.name)
    except BROKEN as error:
        raise FileError("%(file)s 打不开：不是 zip 压缩包，或者已经损坏", file=path.name) from error


def _copied(source: IO[bytes], place: Path, room: int, name: str) -> int:
    """Copy at most `room` bytes; how many they were. What an archive says of its sizes is not believed."""
    done = 0
    with place.open("wb") as file:
        while chunk := source.read(_CHUNK):
            done += len(chunk)
            if done > room:
                raise _too_large(name)
            file.write(chunk)
    return done


def _entries(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The texts in an archive with their places. Raises FileError for anything that has no business there."""
    for info in archive.infolist():
        listed = _name_of(info).replace("\\", "/")
        place = PurePosixPath(listed)
        if listed.endswith("/") or _is_litter(place):
            continue
        if leads_out(listed) or is_link(info) or len(place.parts) > MAX_DEPTH:
            raise FileError("%(file)s 里“%(entry)s”的位置不对：只能放在压缩包里面，文件夹不超过 %(limit)s 层", file=name,
                            entry=str(place)[:120], limit=MAX_DEPTH - 1)
        if _suffix(place.name) not in SUFFIXES:
            raise FileError("%(file)s 里有“%(entry)s”：压缩包里只能有 .docx、.md、.txt 文件，请去掉它再上传", file=name,
                            entry=str(place)[:120])
        if info.flag_bits & _ENCRYPTED:
            raise FileError("%(file)s 加了密码，请去掉密码再上传", file=name)
        yield info, place


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name of an entry: Chinese Windows writes GBK and says nothing of it."""
    if info.flag_bits & _UTF8:
        return info.filename
    raw = info.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).split("\0")[0]
        except UnicodeDecodeError:
            continue
    return info.filename


def _is_litter(place: PurePosixPath) -> bool:
    """What operating systems leave in archives by themselves."""
    return not place.parts or place.parts[0] == "__MACOSX" or place.name.startswith(".") or place.name in ("Thumbs.db", "desktop.ini")


def _without_wrapping(folder: Path) -> Path:
    """Below the folder that wraps everything, as far as its name says nothing of what is in it."""
    for _depth in range(MAX_DEPTH):
        inside = list(folder.iterdir())
        if len(inside) != 1 or not inside[0].is_dir() or is_branch(inside[0].name):
            break
        folder = inside[0]
    return folder


def _too_large(name: str) -> FileError:
    return FileError("%(file)s 解开以后超过 %(limit)s MB，请分几次上传", file=name, limit=MAX_UNPACKED_BYTES // 1024 // 1024)


# ---------------------------------------------------------------- names


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _last_part(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def short_name(name: str) -> str:
    """A name that any file system takes; the end stays, where the day of a version and the suffix stand."""
    kept = "".join(sign for sign in name if sign.isprintable() and sign not in '<>:"|?*/')[-_NAME_CHARS:].lstrip()
    return f"text{kept}" if not kept or kept.startswith(".") else kept


def _free(path: Path) -> Path:
    """This place, or one beside it where a file of that name lies already."""
    number = 2
    free = path
    while free.exists():
        free = path.with_name(f"{path.stem} {number}{path.suffix}")
        number += 1
    return free
